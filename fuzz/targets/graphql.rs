//! GraphQL documents: the limits look at them before the library's parser does, in linear time.
#![no_main]

use api::graphql::limits::{Limits, check};
use async_graphql::{Variables, parser::parse_query};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let checked = check(text, None, &Variables::default(), &Limits::default());
    // What the limits let through must not be too much for the parser.
    if let Ok(cost) = checked {
        let parsed = parse_query(text);
        assert!(cost.understood || parsed.is_err() || !text.is_empty());
    }
});
