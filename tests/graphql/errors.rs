//! The shape of errors.

use serde_json::json;

use crate::harness::TestServer;

#[tokio::test]
async fn a_refused_argument_has_code_fields_path_and_place() {
    let server = TestServer::with_demo().await;
    let error = server
        .graphql_error("{\n  site { name }\n  articles(first: 101) { nodes { id } }\n}")
        .await;
    assert_eq!(error["path"], json!(["articles"]));
    assert_eq!(error["locations"], json!([{ "line": 3, "column": 3 }]));
    assert_eq!(
        error["extensions"],
        json!({ "code": "VALIDATION", "fields": [{ "field": "first", "message": "must be from 0 to 100; page through longer lists" }] })
    );
}

#[tokio::test]
async fn what_is_wrong_with_the_document_has_a_code_too() {
    let server = TestServer::with_demo().await;
    for query in [
        "{ nothing }",
        "{ site { name } ",
        "query($x: Int) { site { name } } query Two { site { name } }",
        "{ articles(first: \"x\") { nodes { id } } }",
        "",
        "mutation { x }",
    ] {
        let raw = server.graphql_raw(query, json!({})).await;
        let errors = raw["errors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{query}");
        for error in errors {
            assert_eq!(error["extensions"]["code"], "VALIDATION", "{query}: {raw}");
            assert!(
                error["message"]
                    .as_str()
                    .is_some_and(|message| !message.is_empty())
            );
        }
    }
}

#[tokio::test]
async fn variables_that_do_not_fit_are_refused() {
    let server = TestServer::with_demo().await;
    let query = "query($first: Int!) { articles(first: $first) { nodes { id } } }";
    for variables in [
        json!({}),
        json!({ "first": null }),
        json!({ "first": "x" }),
        json!({ "first": 1.5 }),
        json!({ "first": 99_999_999_999_i64 }),
    ] {
        let raw = server.graphql_raw(query, variables.clone()).await;
        assert!(raw["errors"].is_array(), "{variables}: {raw}");
        assert!(
            raw.get("data").is_none_or(serde_json::Value::is_null),
            "{raw}"
        );
    }
}

#[tokio::test]
async fn an_unknown_edition_is_refused_with_those_there_are() {
    let server = TestServer::with_demo().await;
    let error = server
        .graphql_error("{ articles(edition: \"de\") { nodes { id } } }")
        .await;
    assert_eq!(error["extensions"]["fields"][0]["field"], "edition");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("en, fa, ar, sq"),
        "{error}"
    );
}
