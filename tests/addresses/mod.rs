//! Addresses: redirects, what moves, what is merged, what belongs together.

mod redirects;
