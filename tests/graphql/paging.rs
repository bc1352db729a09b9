//! Lists page by page.

use serde_json::{Value, json};

use crate::harness::{TestServer, texts};

/// Articles of which many share their sort keys: six at each of three times, titles in pairs.
async fn crowd(server: &TestServer) -> Vec<String> {
    let site = server.small_site().await;
    let mut ids = Vec::new();
    for number in 0..18 {
        let time = format!("2026-05-0{}T12:00:00Z", 1 + number % 3);
        let title = format!("Title {}", number / 2);
        let id = server.article(site.en, &title).published_at(&time).await;
        ids.push(id.to_string());
    }
    ids
}

/// Walks a list forward; answers the ids.
async fn forward(server: &TestServer, size: usize, order: &str) -> Vec<String> {
    let query = format!(
        "query($after: String) {{ articles(first: {size}, after: $after{order}) {{ nodes {{ id }} \
         edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = server.graphql_with(&query, json!({ "after": after })).await;
        let page = &data["articles"];
        let (nodes, info) = (texts(&page["nodes"], "id"), &page["pageInfo"]);
        assert!(nodes.len() <= size);
        assert_eq!(info["hasPreviousPage"], !ids.is_empty());
        assert_eq!(info["startCursor"], page["edges"][0]["cursor"]);
        ids.extend(nodes.into_iter().map(str::to_owned));
        if info["hasNextPage"] == false {
            return ids;
        }
        after = info["endCursor"].clone();
    }
}

/// Walks a list backward; answers the ids in list order.
async fn backward(server: &TestServer, size: usize, order: &str) -> Vec<String> {
    let query = format!(
        "query($before: String) {{ articles(last: {size}, before: $before{order}) {{ nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor }} }} }}"
    );
    let (mut ids, mut before): (Vec<String>, _) = (Vec::new(), Value::Null);
    loop {
        let data = server
            .graphql_with(&query, json!({ "before": before }))
            .await;
        let page = &data["articles"];
        assert_eq!(page["pageInfo"]["hasNextPage"], !ids.is_empty());
        let nodes = texts(&page["nodes"], "id");
        ids.splice(0..0, nodes.into_iter().map(str::to_owned));
        if page["pageInfo"]["hasPreviousPage"] == false {
            return ids;
        }
        before = page["pageInfo"]["startCursor"].clone();
    }
}

const ORDERS: [&str; 7] = [
    "",
    ", edition: \"en\"",
    ", orderBy: { field: PUBLISHED_AT, direction: ASC }",
    ", orderBy: { field: UPDATED_AT }",
    ", orderBy: { field: UPDATED_AT, direction: ASC }",
    ", edition: \"en\", orderBy: { field: TITLE }",
    ", edition: \"en\", orderBy: { field: TITLE, direction: DESC }",
];

#[tokio::test]
async fn no_article_is_missed_or_doubled_where_sort_keys_are_equal() {
    let server = TestServer::start().await;
    let mut all = crowd(&server).await;
    all.sort();
    for order in ORDERS {
        let whole = forward(&server, 100, order).await;
        for size in [1, 4, 5] {
            assert_eq!(forward(&server, size, order).await, whole, "{size} {order}");
            assert_eq!(
                backward(&server, size, order).await,
                whole,
                "{size} {order}"
            );
        }
        let mut sorted = whole;
        sorted.sort();
        assert_eq!(sorted, all, "{order}");
    }
}

#[tokio::test]
async fn a_page_goes_on_where_it_was_though_articles_come_and_go() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for day in 1..=6 {
        let time = format!("2026-05-0{day}T12:00:00Z");
        server
            .article(site.en, &format!("Day {day}"))
            .published_at(&time)
            .await;
    }
    let query = "query($after: String) { articles(first: 2, after: $after) { nodes { title } pageInfo { endCursor } } }";
    let first = server.graphql(query).await;
    assert_eq!(
        texts(&first["articles"]["nodes"], "title"),
        ["Day 6", "Day 5"]
    );
    server
        .article(site.en, "Newest")
        .published_at("2026-05-09T00:00:00Z")
        .await;
    let after = first["articles"]["pageInfo"]["endCursor"].clone();
    let second = server.graphql_with(query, json!({ "after": after })).await;
    assert_eq!(
        texts(&second["articles"]["nodes"], "title"),
        ["Day 4", "Day 3"]
    );
}

#[tokio::test]
async fn titles_are_ordered_as_the_language_of_the_edition_sorts() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for title in ["zebra", "Éclair", "apple", "Zoo", "eel", "Apple pie"] {
        server.article(site.en, title).await;
    }
    for title in ["یک", "پدر", "آب", "گاو", "بابا", "ژاله"] {
        server.article(site.fa, title).await;
    }
    let titles = async |edition: &str| {
        let query = format!(
            "{{ articles(edition: \"{edition}\", orderBy: {{ field: TITLE }}) {{ nodes {{ title }} }} }}"
        );
        let data = server.graphql(&query).await;
        let titles = texts(&data["articles"]["nodes"], "title");
        titles.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        titles("en").await,
        ["apple", "Apple pie", "Éclair", "eel", "zebra", "Zoo"]
    );
    assert_eq!(
        titles("fa").await,
        ["آب", "بابا", "پدر", "ژاله", "گاو", "یک"]
    );
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ articles(first: 1) { pageInfo { endCursor } } tags(first: 1) { pageInfo { endCursor } } }")
        .await;
    for (list, query) in [
        (
            "articles",
            "{ articles(first: 1, after: \"CURSOR\", orderBy: { field: TITLE }) { nodes { id } } }",
        ),
        (
            "articles",
            "{ articles(first: 1, after: \"CURSOR\", orderBy: { field: PUBLISHED_AT, direction: ASC }) { nodes { id } } }",
        ),
        (
            "articles",
            "{ tags(first: 1, after: \"CURSOR\") { nodes { id } } }",
        ),
        (
            "tags",
            "{ articles(first: 1, after: \"CURSOR\") { nodes { id } } }",
        ),
    ] {
        let cursor = data[list]["pageInfo"]["endCursor"].as_str().unwrap();
        let error = server.graphql_error(&query.replace("CURSOR", cursor)).await;
        assert_eq!(error["extensions"]["code"], "VALIDATION", "{query}");
        assert_eq!(
            error["extensions"]["fields"][0]["field"], "after",
            "{query}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("another order"), "{message}");
    }
}

#[tokio::test]
async fn what_is_no_cursor_is_refused() {
    let server = TestServer::with_demo().await;
    for cursor in [
        "",
        "nonsense",
        "AQ",
        "AgAA",
        "\u{202e}",
        "AQGiAFpSXHJpp1kZ4qTQMfcMLXB1Ymxpc2hlZEF0eAAGXvU6ZZwA",
    ] {
        let raw = server
            .graphql_raw(
                "query($after: String) { articles(first: 1, after: $after) { nodes { id } } }",
                json!({ "after": cursor }),
            )
            .await;
        let error = &raw["errors"][0];
        assert_eq!(error["extensions"]["code"], "VALIDATION", "{cursor}: {raw}");
        assert_eq!(error["extensions"]["fields"][0]["field"], "after");
    }
}

#[tokio::test]
async fn a_page_that_is_too_long_is_refused_with_its_field() {
    let server = TestServer::with_demo().await;
    for (arguments, field) in [
        ("first: 101", "first"),
        ("first: -1", "first"),
        ("last: 101", "last"),
        ("first: 1, last: 1", "last"),
        ("first: 1, before: \"x\"", "before"),
        ("last: 1, after: \"x\"", "after"),
    ] {
        let query = format!("{{ articles({arguments}) {{ nodes {{ id }} }} }}");
        let error = server.graphql_error(&query).await;
        assert_eq!(error["extensions"]["code"], "VALIDATION", "{query}");
        let fields = texts(&error["extensions"]["fields"], "field");
        assert!(fields.contains(&field), "{query}: {error}");
        assert_eq!(error["path"], json!(["articles"]));
    }
    for list in [
        "pages",
        "issues",
        "tags",
        "categories",
        "authors",
        "assets",
        "galleries",
        "collections",
        "newsletters",
        "comments",
        "redirects",
    ] {
        let error = server
            .graphql_error(&format!("{{ {list}(first: 101) {{ nodes {{ id }} }} }}"))
            .await;
        assert_eq!(error["extensions"]["fields"][0]["field"], "first", "{list}");
    }
}

#[tokio::test]
async fn the_length_of_a_page_is_twenty_unless_asked() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ articles { nodes { id } totalCount } none: articles(first: 0) { nodes { id } pageInfo { hasNextPage endCursor } } all: articles(first: 100) { nodes { id } } }")
        .await;
    assert_eq!(data["articles"]["nodes"].as_array().unwrap().len(), 20);
    assert_eq!(data["articles"]["totalCount"], 79);
    assert_eq!(data["none"]["nodes"], json!([]));
    assert_eq!(
        data["none"]["pageInfo"],
        json!({ "hasNextPage": true, "endCursor": null })
    );
    assert_eq!(data["all"]["nodes"].as_array().unwrap().len(), 79);
}

#[tokio::test]
async fn every_list_of_records_can_be_walked() {
    let server = TestServer::with_demo().await;
    for list in [
        "pages",
        "issues",
        "tags",
        "categories",
        "authors",
        "assets",
        "galleries",
        "collections",
        "newsletters",
        "comments",
        "redirects",
    ] {
        let whole = server
            .graphql(&format!(
                "{{ {list}(first: 100) {{ nodes {{ id }} totalCount }} }}"
            ))
            .await;
        let whole_ids = texts(&whole[list]["nodes"], "id");
        assert_eq!(whole[list]["totalCount"], whole_ids.len(), "{list}");
        let query = format!(
            "query($after: String) {{ {list}(first: 2, after: $after) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let (mut ids, mut after): (Vec<String>, _) = (Vec::new(), Value::Null);
        loop {
            let data = server.graphql_with(&query, json!({ "after": after })).await;
            let nodes = texts(&data[list]["nodes"], "id");
            ids.extend(nodes.into_iter().map(str::to_owned));
            if data[list]["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = data[list]["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(ids, whole_ids, "{list}");
    }
}

#[tokio::test]
async fn lists_below_records_can_be_walked() {
    let server = TestServer::with_demo().await;
    let query = "query($after: String) { category(by: { slug: \"nature\" }) { articles(first: 3, after: $after) { totalCount nodes { slug } pageInfo { hasNextPage endCursor } } } }";
    let (mut slugs, mut after): (Vec<String>, _) = (Vec::new(), Value::Null);
    let total = loop {
        let data = server.graphql_with(query, json!({ "after": after })).await;
        let page = &data["category"]["articles"];
        let nodes = texts(&page["nodes"], "slug");
        slugs.extend(nodes.into_iter().map(str::to_owned));
        if page["pageInfo"]["hasNextPage"] == false {
            break page["totalCount"].as_u64().unwrap();
        }
        after = page["pageInfo"]["endCursor"].clone();
    };
    assert_eq!(slugs.len(), usize::try_from(total).unwrap());
    assert!(slugs.contains(&"nine-orchards-in-blossom".to_owned()));
    let filtered = server
        .graphql("{ articles(first: 100, edition: \"en\", filter: { category: { slug: \"nature\" } }) { nodes { slug } } }")
        .await;
    assert_eq!(texts(&filtered["articles"]["nodes"], "slug"), slugs);
}
