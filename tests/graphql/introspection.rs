//! The schema as clients see it.

use serde_json::json;

use crate::harness::TestServer;

#[tokio::test]
async fn the_schema_can_be_asked_for() {
    let server = TestServer::start().await;
    let data = server.graphql("{ __schema { queryType { name } mutationType { name } } __type(name: \"Article\") { interfaces { name } } }").await;
    assert_eq!(data["__schema"]["queryType"]["name"], "Query");
    assert_eq!(
        data["__schema"]["mutationType"],
        json!({ "name": "Mutation" })
    );
    assert_eq!(
        data["__type"]["interfaces"],
        json!([{ "name": "Entry" }, { "name": "Node" }])
    );
    let error = server.graphql_error("{ sit { name } }").await;
    assert!(
        error["message"].as_str().unwrap().contains("site"),
        "a suggestion: {error}"
    );
}

#[tokio::test]
async fn introspection_and_suggestions_are_switched_off_together() {
    let server = TestServer::with_demo_and(|config| config.graphql.introspection = false).await;
    for query in [
        "{ __schema { queryType { name } } }",
        "{ __type(name: \"Article\") { name } }",
        "query($n: String!) { x: __type(name: $n) { name } }",
        "{ ...F } fragment F on Query { __schema { types { name } } }",
    ] {
        let raw = server.graphql_raw(query, json!({ "n": "Article" })).await;
        assert_eq!(
            raw["errors"][0]["extensions"]["code"], "FORBIDDEN",
            "{query}: {raw}"
        );
        assert!(raw.get("data").is_none_or(serde_json::Value::is_null));
    }
    let error = server.graphql_error("{ sit { name } }").await;
    assert!(
        !error["message"].as_str().unwrap().contains("site"),
        "no suggestion: {error}"
    );
    let data = server
        .graphql("{ __typename site { __typename name } }")
        .await;
    assert_eq!(data["site"]["__typename"], "Site");
}
