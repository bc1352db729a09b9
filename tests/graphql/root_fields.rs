//! Every field of the query root, on the demo publication.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{TestServer, texts};

/// One query for each root field; `…_id` is filled in.
const QUERIES: [(&str, &str); 34] = [
    ("node", "{ node(id: \"{article}\") { __typename id } }"),
    ("nodes", "{ nodes(ids: [\"{article}\"]) { __typename id } }"),
    (
        "site",
        "{ site { name version updatedAt editions { code } defaultEdition { code } } }",
    ),
    (
        "editions",
        "{ editions { id code name direction baseUrl title tagline isDefault fallback { code } permalinks { article tag } } }",
    ),
    (
        "edition",
        "{ edition(code: \"fa\") { code direction title } }",
    ),
    (
        "contentModel",
        "{ contentModel { kind fields { name type } } }",
    ),
    (
        "route",
        "{ route(path: \"/about\") { __typename ... on Page { title } } }",
    ),
    (
        "article",
        "{ article(by: { slug: \"how-to-read-the-river\" }) { title attachments { asset { fileName } } } }",
    ),
    ("articles", "{ articles { nodes { title } } }"),
    (
        "archive",
        "{ archive(edition: \"en\") { year month count } }",
    ),
    (
        "page",
        "{ page(by: { path: \"/about\" }) { title children { nodes { title } } } }",
    ),
    (
        "pages",
        "{ pages(edition: \"en\") { nodes { title position } } }",
    ),
    (
        "newsletter",
        "{ newsletter(by: { slug: \"thursday-letter\" }) { title path url } }",
    ),
    (
        "newsletters",
        "{ newsletters { nodes { title edition { code } } } }",
    ),
    (
        "issue",
        "{ issue(by: { slug: \"apples-bees-and-a-tower\" }) { number sections { heading } } }",
    ),
    ("issues", "{ issues { nodes { number } } }"),
    (
        "category",
        "{ category(by: { slug: \"clock-tower\" }) { name ancestors { slug } } }",
    ),
    ("categories", "{ categories { nodes { name } } }"),
    (
        "tag",
        "{ tag(by: { slug: \"river\" }) { name namespace articleCount } }",
    ),
    ("tags", "{ tags { nodes { name } } }"),
    (
        "author",
        "{ author(by: { slug: \"oscar-fennimore\" }) { name articles(first: 1) { totalCount } } }",
    ),
    ("authors", "{ authors { nodes { name } } }"),
    (
        "asset",
        "{ asset(id: \"{asset}\") { fileName usedBy { id } } }",
    ),
    ("assets", "{ assets { nodes { fileName } } }"),
    (
        "gallery",
        "{ gallery(by: { slug: \"market-day-hour-by-hour\" }) { itemCount items { caption } } }",
    ),
    ("galleries", "{ galleries { nodes { title } } }"),
    (
        "collection",
        "{ collection(by: { slug: \"front-page\" }) { items { nodes { title } } } }",
    ),
    ("collections", "{ collections { nodes { title } } }"),
    (
        "menu",
        "{ menu(location: \"primary\") { items { label children { label } } } }",
    ),
    ("menus", "{ menus { location } }"),
    (
        "comment",
        "{ comment(id: \"{comment}\") { authorName bodyText } }",
    ),
    ("comments", "{ comments { nodes { bodyHtml } } }"),
    (
        "redirects",
        "{ redirects { nodes { from href statusCode } } }",
    ),
    ("__typename", "{ __typename }"),
];

#[tokio::test]
async fn every_root_field_answers_on_the_demo() {
    let server = TestServer::with_demo().await;
    let ids = server
        .graphql(
            "{ articles(first: 1) { nodes { id } } assets(first: 1) { nodes { id } } \
             comments(first: 1) { nodes { id } } }",
        )
        .await;
    let id = |list: &str| ids[list]["nodes"][0]["id"].as_str().unwrap().to_owned();
    for (field, query) in QUERIES {
        let query = query
            .replace("{article}", &id("articles"))
            .replace("{asset}", &id("assets"))
            .replace("{comment}", &id("comments"));
        let data = server.graphql(&query).await;
        assert!(!is_hollow(&data[field]), "{field}: {data:#}");
    }
}

/// Whether there is nothing, or a list of nothing.
fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty() || items.iter().any(Value::is_null),
        Value::Object(fields) => fields
            .get("nodes")
            .is_some_and(|nodes| nodes.as_array().is_none_or(Vec::is_empty)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[tokio::test]
async fn no_root_field_is_left_out_of_the_test_above() {
    let server = TestServer::start().await;
    let data = server
        .graphql("{ __schema { queryType { fields { name } } } }")
        .await;
    let fields: BTreeSet<&str> = texts(&data["__schema"]["queryType"]["fields"], "name")
        .into_iter()
        .collect();
    let tested: BTreeSet<&str> = QUERIES
        .iter()
        .map(|(field, _)| *field)
        .filter(|field| !field.starts_with("__"))
        // Nobody is signed in on the demo.
        .chain(["viewer", "auditEntries", "revisionDiff"])
        .chain(["user", "users", "apiKey", "apiKeys", "job", "jobs"])
        .collect();
    assert_eq!(fields, tested);
}

#[tokio::test]
async fn an_empty_store_has_empty_lists_but_no_site() {
    let server = TestServer::start().await;
    let error = server.graphql_error("{ site { name } }").await;
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
    server.small_site().await;
    let data = server
        .graphql(
            "{ site { name editions { code } } articles { nodes { id } totalCount } tags { nodes { id } } menus { id } \
             archive(edition: \"en\") { count } comments { nodes { id } } redirects { nodes { id } } }",
        )
        .await;
    assert_eq!(data["site"]["name"], "Gazette");
    assert_eq!(data["articles"]["totalCount"], 0);
    for list in ["articles", "tags", "comments", "redirects"] {
        assert_eq!(data[list]["nodes"], serde_json::json!([]), "{list}");
    }
    assert_eq!(data["menus"], serde_json::json!([]));
    assert_eq!(data["archive"], serde_json::json!([]));
}
