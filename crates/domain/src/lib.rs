//! What content *is* and who may do what: types, rules, lifecycle, access policy, events.
//!
//! Pure: nothing here is async, touches the network or a disk, or reads a clock. Everything above
//! (`persistence`, `application`, `api`) speaks in these types.

pub mod access;
pub mod api_keys;
pub mod articles;
pub mod audit;
pub mod authors;
pub mod body;
pub mod change;
pub mod checks;
pub mod collections;
pub mod comments;
pub mod content;
pub mod editions;
pub mod error;
pub mod events;
pub mod fields;
pub mod galleries;
pub mod id;
pub mod idempotency;
pub mod jobs;
pub mod lifecycle;
pub mod media;
pub mod menus;
pub mod newsletters;
pub mod pages;
pub mod paging;
pub mod redirects;
pub mod revisions;
pub mod routes;
pub mod settings;
pub mod terms;
pub mod text;
pub mod texts;
pub mod time;
pub mod unseen;
pub mod users;

pub use error::{Error, FieldError, Result};
