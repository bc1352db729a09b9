//! Objects of which nothing is selected, or all of whose fields fail: they are there nonetheless.

use serde_json::{Value, json};

use crate::harness::TestServer;

/// What a query answers beside its errors.
async fn data(server: &TestServer, query: &str) -> Value {
    let raw = server
        .graphql_raw(query, json!({ "yes": true, "no": false }))
        .await;
    raw["data"].clone()
}

#[tokio::test]
async fn an_object_no_fragment_is_for_is_empty_and_not_null() {
    let server = TestServer::with_demo().await;
    for (query, expected) in [
        (
            "{ route(path: \"/section/town\") { ... on Article { title } } }",
            json!({ "route": {} }),
        ),
        (
            "query { route(path: \"/section/town\") { ...F } } fragment F on Article { title }",
            json!({ "route": {} }),
        ),
        (
            "{ collection(by: { slug: \"front-page\" }) { items(first: 2) { nodes { ... on Page { title } } edges { node { ... on Page { title } } } } } }",
            json!({ "collection": { "items": { "nodes": [{}, {}], "edges": [{ "node": {} }, { "node": {} }] } } }),
        ),
        (
            "{ route(path: \"/no/such/path\") { ... on Article { title } } }",
            json!({ "route": null }),
        ),
        (
            "{ a: route(path: \"/section/town\") { ... on Article { title } } a: route(path: \"/section/town\") { ... on Category { name } } }",
            json!({ "a": { "name": "Town" } }),
        ),
    ] {
        assert_eq!(data(&server, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn blocks_no_fragment_is_for_are_empty() {
    let server = TestServer::with_demo().await;
    let data = data(
        &server,
        "{ article(by: { slug: \"clock-tower-will-strike-again\" }) { body { blocks { ... on Heading { text } } all: blocks { __typename } } } }",
    )
    .await;
    let body = &data["article"]["body"];
    let (blocks, all) = (
        body["blocks"].as_array().unwrap(),
        body["all"].as_array().unwrap(),
    );
    assert_eq!(blocks.len(), all.len());
    for (block, any) in blocks.iter().zip(all) {
        let is_heading = any["__typename"] == "Heading";
        assert_eq!(block.get("text").is_some(), is_heading, "{block}");
        assert_eq!(block.as_object().unwrap().len(), usize::from(is_heading));
    }
}

#[tokio::test]
async fn an_object_whose_fields_are_all_left_out_is_empty() {
    let server = TestServer::with_demo().await;
    let with = |selection: &str| format!("query($yes: Boolean!, $no: Boolean!) {selection}");
    for (query, expected) in [
        (
            "{ articles(first: 2) { nodes { title @include(if: $no) slug @skip(if: $yes) } } }",
            json!({ "articles": { "nodes": [{}, {}] } }),
        ),
        (
            "{ site { name @skip(if: $yes) title: name @include(if: $no) } }",
            json!({ "site": {} }),
        ),
        (
            "{ site @skip(if: $yes) { name } a: site @include(if: $no) { name } }",
            json!({}),
        ),
        (
            "{ __schema { queryType { name @skip(if: $yes) kind @include(if: $no) } } }",
            json!({ "__schema": { "queryType": {} } }),
        ),
    ] {
        assert_eq!(data(&server, &with(query)).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_field_that_fails_is_null_also_where_it_is_the_only_one() {
    let server = TestServer::with_demo().await;
    for query in [
        "{ node(id: \"nope\") { id } }",
        "{ node(id: \"nope\") { ... on Article { title } } }",
    ] {
        let raw = server.graphql_raw(query, json!({})).await;
        assert_eq!(raw["data"], json!({ "node": null }), "{query}: {raw}");
        assert_eq!(raw["errors"][0]["path"], json!(["node"]));
    }
    let raw = server
        .graphql_raw("{ nodes(ids: [\"nope\"]) { id } }", json!({}))
        .await;
    assert_eq!(raw["data"], Value::Null, "{raw}");
}
