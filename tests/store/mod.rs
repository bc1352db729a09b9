//! The content store: what it keeps apart, what it refuses, and what it remembers.

mod deleting;
mod moving;
mod paths;
mod saving;
mod slugs;
mod traces;
