//! Acceptance tests live beside this file; see `main.rs`.
