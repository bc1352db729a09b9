//! Who calls: where from, how often, and from whose pages.

mod addresses;
mod cors;
mod rate_limits;
