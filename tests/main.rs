//! Acceptance tests: the real server, on SQLite or on PostgreSQL (`COLOPHON_TEST_ENGINE`). One
//! binary, so that it is linked once; one file per resource or quality.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::missing_panics_doc,
    unreachable_pub,
    reason = "a test that meets something unexpected should stop there"
)]

mod harness;

mod docs;
mod feeds;
mod graphql;
mod limits;
mod media;
mod query_plans;
mod rest;
mod smoke;
mod statement_counts;
mod store;
mod visibility;
