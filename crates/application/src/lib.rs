//! One function per thing an actor can do, as if HTTP did not exist.
//!
//! Every function takes an [`ActorContext`] first: there is no way in without an actor. Reads go
//! through its scope; changes ask the policy for a permit and happen in one transaction.

pub mod addresses;
pub mod api_keys;
pub mod articles;
pub mod audit;
pub mod auth;
pub mod authors;
pub mod batch;
pub mod body;
mod bounds;
pub mod collections;
pub mod comments;
pub mod context;
pub mod custom_fields;
pub mod editions;
pub mod entries;
pub mod galleries;
pub mod idempotency;
pub mod jobs;
pub mod keys;
pub mod lifecycle;
pub mod mails;
pub mod media;
pub mod menus;
pub mod newsletters;
pub mod oidc;
pub mod pages;
mod passwords;
pub mod previews;
pub mod pruning;
pub mod redirects;
pub mod revisions;
pub mod routes;
mod schedules;
#[cfg(test)]
mod sending;
pub mod seo;
pub mod settings;
mod shared_records;
mod slugs;
pub mod terms;
pub mod transfer;
pub mod translation_groups;
pub mod translations;
pub mod users;
pub mod worker;
pub mod writing;

pub use context::{ActorContext, App, AppOptions, Clock, IdSource, SystemClock, SystemIds, Tx};
pub use passwords::HashCost;
pub use persistence::{Bucket, Durability, Engine, Facet, FacetField, OnUse, Store, StoreOptions};
