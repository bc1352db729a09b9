//! Acceptance tests: the real server, on SQLite or on PostgreSQL (`COLOPHON_TEST_ENGINE`). One
//! binary, so that it is linked once; one file per resource or quality.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::wildcard_enum_match_arm,
    clippy::similar_names,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::needless_range_loop,
    clippy::too_many_arguments,
    unreachable_pub,
    reason = "a test that meets something unexpected should stop there, and may say the rest plainly"
)]

mod harness;

mod access_matrix;
mod addresses;
mod architecture;
mod auth;
mod callers;
mod command_line;
mod comments;
mod custom_fields;
mod docs;
mod feeds;
mod graphql;
mod import_wordpress;
mod jobs;
mod killed;
mod limits;
mod media;
mod previews;
mod query_plans;
mod rest;
mod schema_drift;
mod schema_rules;
mod smoke;
mod statement_counts;
mod store;
mod unauthorized;
mod visibility;
mod writing;
