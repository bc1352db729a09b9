//! Arguments that have a default: it counts when they are left out, are null, or come from a
//! variable that is.

use serde_json::{Value, json};

use crate::harness::TestServer;

/// A query with one argument or input field as `$x`, and the type of that.
const ARGUMENTS: [(&str, &str); 11] = [
    (
        "Boolean",
        "article(by: { slug: \"how-to-read-the-river\" }, fallback: $x) { title }",
    ),
    (
        "View",
        "article(by: { slug: \"how-to-read-the-river\" }, view: $x) { title }",
    ),
    (
        "Boolean",
        "page(by: { path: \"/about\" }, fallback: $x) { title }",
    ),
    (
        "Boolean",
        "issue(by: { slug: \"apples-bees-and-a-tower\" }, fallback: $x) { number }",
    ),
    ("TermOrder", "categories(orderBy: $x) { nodes { name } }"),
    ("TermOrder", "tags(orderBy: $x) { nodes { name } }"),
    (
        "String",
        "tag(by: { slug: \"river\" }, namespace: $x) { name }",
    ),
    (
        "Int",
        "article(by: { slug: \"how-to-read-the-river\" }) { related(first: $x) { title } }",
    ),
    (
        "Int",
        "comments(first: 3) { nodes { replies(first: $x) { bodyText } } }",
    ),
    (
        "Boolean",
        "articles(filter: { category: { slug: \"town\", includeDescendants: $x } }) { totalCount }",
    ),
    (
        "Boolean",
        "categories(filter: { rootsOnly: $x }) { nodes { name } }",
    ),
];

#[tokio::test]
async fn a_variable_left_out_stands_for_the_default() {
    let server = TestServer::with_demo().await;
    for (ty, field) in ARGUMENTS {
        let written = |value: &str| format!("{{ {} }}", field.replace("$x", value));
        let plain = {
            let (before, after) = field.split_once("$x").unwrap();
            let before = before.trim_end_matches(|c: char| c.is_alphabetic() || ": ".contains(c));
            format!("{{ {before}{after} }}")
                .replace("()", "")
                .replace("{ }", "{}")
        };
        let expected = server.graphql(&plain).await;
        assert_eq!(server.graphql(&written("null")).await, expected, "{field}");
        let query = format!("query($x: {ty}) {{ {field} }}");
        for variables in [json!({}), json!({ "x": null })] {
            let found = server.graphql_with(&query, variables).await;
            assert_eq!(found, expected, "{field}");
        }
    }
}

#[tokio::test]
async fn the_schema_tells_the_defaults_of_what_may_be_left_out() {
    let server = TestServer::start().await;
    let data = server
        .graphql(
            "{ __type(name: \"Query\") { fields { name args { name defaultValue type { kind } } } } }",
        )
        .await;
    let mut with_default = 0;
    for field in data["__type"]["fields"].as_array().unwrap() {
        for argument in field["args"].as_array().unwrap() {
            if argument["defaultValue"] != Value::Null {
                with_default += 1;
                assert_ne!(argument["type"]["kind"], "NON_NULL", "{argument}");
            }
        }
    }
    assert_eq!(with_default, 10);
}
