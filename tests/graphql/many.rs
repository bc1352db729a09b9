//! More of everything than one statement takes, and cursors at their limits.

use domain::{
    id::TagId,
    paging::{Cursor, Key},
    redirects::RedirectTarget,
};
use serde_json::{Value, json};

use crate::harness::{TestServer, builders::Editions};

/// A hundred articles in pairs, each pair with tags of its own.
async fn pairs(server: &TestServer, site: Editions, tags_each: usize) {
    for pair in 0..50 {
        let mut tags: Vec<TagId> = Vec::new();
        for tag in 0..tags_each {
            tags.push(server.tag(site.en, &format!("Tag {pair} {tag}")).await);
        }
        for side in ["left", "right"] {
            let article = server.article(site.en, &format!("{side} {pair}"));
            article.with(|draft| draft.tags.clone_from(&tags)).await;
        }
    }
}

#[tokio::test]
async fn what_is_related_does_not_depend_on_what_else_is_on_the_page() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    pairs(&server, site, 5).await;
    let data = server
        .graphql("{ articles(first: 100) { nodes { slug related(first: 2) { slug } } } }")
        .await;
    let nodes = data["articles"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 100);
    for node in nodes {
        let slug = node["slug"].as_str().unwrap();
        let (side, pair) = slug.split_once('-').unwrap();
        let other = if side == "left" { "right" } else { "left" };
        assert_eq!(
            node["related"],
            json!([{ "slug": format!("{other}-{pair}") }]),
            "{slug}"
        );
    }
}

#[tokio::test]
async fn a_page_may_lead_to_more_lists_than_one_statement_takes() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    pairs(&server, site, 12).await;
    let data = server
        .graphql("{ articles(first: 100) { nodes { slug tags { articleCount articles(first: 2) { nodes { slug } } } } } }")
        .await;
    let nodes = data["articles"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 100);
    for node in nodes {
        let tags = node["tags"].as_array().unwrap();
        assert_eq!(tags.len(), 12);
        for tag in tags {
            let articles = tag["articles"]["nodes"].as_array().unwrap();
            assert_eq!(articles.len(), 2);
            assert!(articles.contains(&json!({ "slug": node["slug"] })));
            assert_eq!(tag["articleCount"], 2);
        }
    }
}

#[tokio::test]
async fn a_list_goes_on_after_the_longest_path() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let gone = RedirectTarget::Gone;
    for first in ["a", "b", "c"] {
        let path = format!("/{first}{}", "x".repeat(1022));
        server.redirect(site.en, &path, gone.clone()).await;
    }
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = server
            .graphql_with(
                "query($after: String) { redirects(first: 1, after: $after) { nodes { from } pageInfo { hasNextPage endCursor } } }",
                json!({ "after": after }),
            )
            .await;
        let page = &data["redirects"];
        let from = page["nodes"][0]["from"].as_str().unwrap();
        seen.push(from.get(1..2).unwrap().to_owned());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_cursor_with_a_key_of_another_type_is_refused() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.article(site.en, "River").await;
    let lists = [
        ("articles", "-publishedAt", ""),
        (
            "articles",
            "title",
            ", edition: \"en\", orderBy: { field: TITLE, direction: ASC }",
        ),
        ("tags", "name", ""),
        ("comments", "createdAt", ""),
        ("redirects", "from", ""),
    ];
    let keys = [
        Key::Int(1),
        Key::Text("x".to_owned()),
        Key::Time("2026-01-01T00:00:00Z".parse().unwrap()),
    ];
    let mut refused = 0;
    for (list, order, arguments) in lists {
        for key in &keys {
            let cursor = Cursor {
                order: order.to_owned(),
                key: key.clone(),
                id: uuid::Uuid::from_u128(1),
            };
            let query = format!(
                "{{ {list}(first: 1, after: \"{}\"{arguments}) {{ nodes {{ __typename }} }} }}",
                cursor.encode()
            );
            let answer = server.graphql_raw(&query, json!({})).await;
            if let Some(error) = answer["errors"].get(0) {
                assert_eq!(
                    error["extensions"]["code"], "VALIDATION",
                    "{query}: {answer}"
                );
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 10, "of three keys, one fits a list");
}
