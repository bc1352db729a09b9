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

#[tokio::test]
async fn a_text_with_a_nul_names_nothing_on_either_engine() {
    let server = TestServer::with_demo().await;
    for query in [
        "query($t: String!) { article(by: { slug: $t }) { id } }",
        "query($t: String!) { category(by: { slug: $t }) { id } }",
        "query($t: String!) { author(by: { slug: $t }) { id } }",
        "query($t: String!) { gallery(by: { slug: $t }) { id } }",
        "query($t: String!) { collection(by: { slug: $t }) { id } }",
        "query($t: String!) { newsletter(by: { slug: $t }) { id } }",
        "query($t: String!) { menu(location: $t) { id } }",
        "query($t: String!) { tag(by: { slug: \"x\" }, namespace: $t) { id } }",
        "query($t: String!) { articles(filter: { tag: { slug: $t } }) { totalCount } }",
        "query($t: String!) { articles(filter: { tag: { namespace: $t } }) { totalCount } }",
        "query($t: String!) { articles(filter: { source: { eq: $t } }) { totalCount } }",
        "query($t: String!) { tags(filter: { slug: $t }) { totalCount } }",
        "query($t: String!) { authors(filter: { slug: $t }) { totalCount } }",
        "query($t: String!) { edition(code: $t) { id } }",
        "query($t: String!) { route(path: $t) { __typename } }",
        "query($t: ID!) { node(id: $t) { id } }",
    ] {
        for text in ["a\0b", "\0", "\u{feff}", "%", "' OR 1=1 --", "\u{d7ff}"] {
            let raw = server.graphql_raw(query, json!({ "t": text })).await;
            let code = raw["errors"][0]["extensions"]["code"].as_str();
            assert!(
                matches!(code, None | Some("VALIDATION")),
                "{query} {text:?}: {raw}"
            );
            let found = &raw["data"];
            assert!(
                !found.to_string().contains("_0") && !found.to_string().contains("totalCount\":1"),
                "{query} {text:?}: {raw}"
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_time_is_found_before_anything_is_executed() {
    let server = TestServer::with_demo().await;
    let literal = "{ articles(filter: { publishedAt: { gte: \"yesterday\" } }) { totalCount } }";
    let variable =
        "query($t: DateTime) { articles(filter: { publishedAt: { gte: $t } }) { totalCount } }";
    let whole = "query($f: ArticleFilter) { articles(filter: $f) { totalCount } }";
    for (query, variables) in [
        (literal, json!({})),
        (variable, json!({ "t": "yesterday" })),
        (
            whole,
            json!({ "f": { "publishedAt": { "gte": "yesterday" } } }),
        ),
    ] {
        let raw = server.graphql_raw(query, variables).await;
        assert_eq!(raw.get("data"), None, "{raw}");
        let message = raw["errors"][0]["message"].as_str().unwrap();
        assert!(
            message.contains("gte") && message.contains("DateTime"),
            "{message}"
        );
    }
    let data = server
        .graphql_with(variable, json!({ "t": "2026-01-01T00:00:00+03:30" }))
        .await;
    assert!(data["articles"]["totalCount"].as_i64().unwrap() > 0);
}

#[tokio::test]
async fn a_number_of_words_out_of_range_is_named() {
    let server = TestServer::with_demo().await;
    for query in [
        "{ article(by: { slug: \"how-to-read-the-river\" }) { excerpt(maxWords: -3) } }",
        "{ page(by: { path: \"/about\" }) { excerpt(maxWords: 1001) } }",
    ] {
        let error = server.graphql_error(query).await;
        assert_eq!(
            error["extensions"]["fields"],
            json!([{ "field": "maxWords", "message": "must be from 0 to 1000; leave it out for the whole excerpt" }])
        );
    }
    let data = server
        .graphql("{ page(by: { path: \"/about\" }) { excerpt(maxWords: 3) } }")
        .await;
    let excerpt = data["page"]["excerpt"].as_str().unwrap();
    assert_eq!(excerpt.split_whitespace().count(), 3, "{excerpt}");
}
