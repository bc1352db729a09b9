//! Relay's way to fetch a record by its id alone.

use serde_json::json;

use crate::harness::{TestServer, texts};

/// The lists whose records are nodes.
const LISTS: [(&str, &str); 12] = [
    ("articles", "Article"),
    ("pages", "Page"),
    ("issues", "Issue"),
    ("categories", "Category"),
    ("tags", "Tag"),
    ("authors", "Author"),
    ("assets", "Asset"),
    ("galleries", "Gallery"),
    ("collections", "Collection"),
    ("newsletters", "Newsletter"),
    ("comments", "Comment"),
    ("redirects", "Redirect"),
];

#[tokio::test]
async fn every_record_is_a_node_of_its_type() {
    let server = TestServer::with_demo().await;
    let mut known = Vec::new();
    for (list, name) in LISTS {
        let data = server
            .graphql(&format!("{{ {list}(first: 1) {{ nodes {{ id }} }} }}"))
            .await;
        known.push((
            data[list]["nodes"][0]["id"].as_str().unwrap().to_owned(),
            name,
        ));
    }
    let more = server.graphql("{ editions { id } menus { id } }").await;
    known.push((
        more["editions"][0]["id"].as_str().unwrap().to_owned(),
        "Edition",
    ));
    known.push((more["menus"][0]["id"].as_str().unwrap().to_owned(), "Menu"));
    let ids: Vec<&str> = known.iter().map(|(id, _)| id.as_str()).collect();
    let query = "query($ids: [ID!]!, $id: ID!) { nodes(ids: $ids) { __typename id } node(id: $id) { __typename id } }";
    for (id, name) in &known {
        let data = server
            .graphql_with(query, json!({ "ids": ids, "id": id }))
            .await;
        assert_eq!(data["node"], json!({ "__typename": name, "id": id }));
    }
    let data = server
        .graphql_with(query, json!({ "ids": ids, "id": ids[0] }))
        .await;
    assert_eq!(texts(&data["nodes"], "id"), ids);
    let names: Vec<_> = known.iter().map(|(_, name)| *name).collect();
    assert_eq!(texts(&data["nodes"], "__typename"), names);
}

#[tokio::test]
async fn an_id_begins_with_what_it_names() {
    let server = TestServer::with_demo().await;
    let query: String = LISTS
        .iter()
        .map(|(list, _)| format!("{list}(first: 3) {{ nodes {{ __typename id }} }} "))
        .collect();
    let data = server.graphql(&format!("{{ {query} }}")).await;
    for (list, name) in LISTS {
        for id in texts(&data[list]["nodes"], "id") {
            let (prefix, suffix) = id.rsplit_once('_').unwrap();
            assert_eq!(prefix, name.to_lowercase());
            assert_eq!(suffix.len(), 26);
        }
    }
}

#[tokio::test]
async fn what_is_absent_is_null_in_its_place() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ articles(first: 1) { nodes { id } } }")
        .await;
    let id = data["articles"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let absent = "article_00000000000000000000000000";
    let other_kind = id.replace("article_", "page_");
    let data = server
        .graphql_with(
            "query($ids: [ID!]!, $absent: ID!) { nodes(ids: $ids) { id } node(id: $absent) { id } }",
            json!({ "ids": [absent, id, other_kind, id, "revision_00000000000000000000000000"], "absent": absent }),
        )
        .await;
    assert_eq!(
        data["nodes"],
        json!([null, { "id": id }, null, { "id": id }, null])
    );
    assert_eq!(data["node"], json!(null));
}

#[tokio::test]
async fn what_is_no_id_is_refused_with_its_place() {
    let server = TestServer::with_demo().await;
    for id in [
        "",
        "x",
        "article_",
        "article_0000000000000000000000000O",
        "user_00000000000000000000000000",
        "article_8zzzzzzzzzzzzzzzzzzzzzzzzz",
    ] {
        let raw = server
            .graphql_raw(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({ "id": id }),
            )
            .await;
        assert_eq!(
            raw["errors"][0]["extensions"]["code"], "VALIDATION",
            "{id}: {raw}"
        );
        assert_eq!(
            raw["errors"][0]["extensions"]["fields"][0]["field"], "id",
            "{id}"
        );
    }
    let raw = server
        .graphql_raw(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ["x", "article_00000000000000000000000000", "y"] }),
        )
        .await;
    assert_eq!(
        texts(&raw["errors"][0]["extensions"]["fields"], "field"),
        ["ids.0", "ids.2"]
    );
    let many = vec!["article_00000000000000000000000000"; 101];
    let raw = server
        .graphql_raw(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": many }),
        )
        .await;
    assert_eq!(
        raw["errors"][0]["extensions"]["code"], "VALIDATION",
        "{raw}"
    );
}

#[tokio::test]
async fn an_id_of_another_kind_is_refused_where_one_kind_is_asked_for() {
    let server = TestServer::with_demo().await;
    for query in [
        "{ article(by: { id: \"page_00000000000000000000000000\" }) { id } }",
        "{ tag(by: { id: \"category_00000000000000000000000000\" }) { id } }",
        "{ asset(id: \"article_00000000000000000000000000\") { id } }",
    ] {
        let error = server.graphql_error(query).await;
        assert_eq!(error["extensions"]["code"], "VALIDATION", "{query}");
    }
    for query in [
        "{ article(by: { id: \"article_00000000000000000000000000\" }) { id } }",
        "{ tag(by: { slug: \"none\" }) { id } }",
        "{ page(by: { path: \"/none\" }) { id } }",
        "{ asset(id: \"asset_00000000000000000000000000\") { id } }",
        "{ menu(location: \"none\") { id } }",
        "{ edition(code: \"xx\") { id } }",
    ] {
        let data = server.graphql(query).await;
        assert!(
            data.as_object()
                .unwrap()
                .values()
                .all(serde_json::Value::is_null),
            "{query}: {data}"
        );
    }
}

#[tokio::test]
async fn a_reference_names_one_thing_only() {
    let server = TestServer::with_demo().await;
    for reference in ["{}", "{ slug: \"a\", path: \"/a\" }", "{ slug: null }"] {
        let raw = server
            .graphql_raw(
                &format!("{{ article(by: {reference}) {{ id }} }}"),
                json!({}),
            )
            .await;
        assert!(raw["errors"].is_array(), "{reference}: {raw}");
    }
}

#[tokio::test]
async fn a_shared_record_comes_with_the_texts_of_the_edition_asked_for() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ category(by: { slug: \"town\" }, edition: \"en\") { id } }")
        .await;
    let id = data["category"]["id"].as_str().unwrap();
    let data = server
        .graphql(&format!(
            "{{ en: node(id: \"{id}\") {{ ...F }} fa: node(id: \"{id}\", edition: \"fa\") {{ ...F }} \
             all: nodes(ids: [\"{id}\"], edition: \"fa\") {{ ...F }} \
             category(by: {{ id: \"{id}\" }}, edition: \"fa\") {{ ...F }} }} \
             fragment F on Category {{ name edition {{ code }} }}"
        ))
        .await;
    assert_eq!(data["en"]["edition"]["code"], "en");
    assert_eq!(data["fa"], data["category"]);
    assert_eq!(data["all"], json!([data["category"]]));
    assert_ne!(data["fa"]["name"], data["en"]["name"]);
    let error = server
        .graphql_error(&format!(
            "{{ node(id: \"{id}\", edition: \"xx\") {{ id }} }}"
        ))
        .await;
    assert_eq!(error["extensions"]["fields"][0]["field"], "edition");
}
