//! The content store: what it keeps apart, what it refuses, and what it remembers.

mod bounds;
mod connections;
mod deleting;
mod groups;
mod moving;
mod paths;
mod permits;
mod record_cache;
mod redirects;
mod references;
mod replacing;
mod revisions;
mod saving;
mod slugs;
mod traces;
