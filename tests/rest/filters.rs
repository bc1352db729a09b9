//! Filters, orders and counts of lists.

use domain::content::Status;
use serde_json::{Value, json};

use crate::harness::{TestServer, texts};

async fn titles(server: &TestServer, query: &str) -> Vec<String> {
    let answer = server
        .get_json(&format!("/api/v1/articles?edition=en&sort=title&{query}"))
        .await;
    texts(&answer["data"], "title")
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn articles_are_filtered_by_what_they_are_about() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let bees = server.tag(site.en, "Bees").await;
    let ada = server.author(site.en, "Ada Moor").await;
    let picture = server.picture(site.en, "A river").await;
    server
        .article(site.en, "A")
        .category(local)
        .tag(bees)
        .published_at("2026-05-01T00:00:00Z")
        .await;
    server
        .article(site.en, "B")
        .category(news)
        .by(ada)
        .hero(picture)
        .published_at("2026-05-02T00:00:00Z")
        .await;
    server
        .article(site.en, "C")
        .featured()
        .published_at("2026-05-03T00:00:00Z")
        .await;
    server.article(site.fa, "D").tag(bees).await;
    server
        .article(site.en, "Hidden")
        .category(news)
        .tag(bees)
        .by(ada)
        .status(Status::Draft)
        .await;
    for (query, expected) in [
        ("filter[category]=news".to_owned(), &["A", "B"][..]),
        (format!("filter[category]={local}"), &["A"]),
        ("filter[tag]=bees".to_owned(), &["A"]),
        (format!("filter[tag]={bees}"), &["A"]),
        ("filter[author]=ada-moor".to_owned(), &["B"]),
        ("filter[hasMedia]=image".to_owned(), &["B"]),
        ("filter[isFeatured]=true".to_owned(), &["C"]),
        ("filter[publishedAt][gte]=2026-05-02T00:00:00Z".to_owned(), &["B", "C"]),
        ("filter[publishedAt][gt]=2026-05-01T00:00:00Z&filter[publishedAt][lt]=2026-05-03T00:00:00Z".to_owned(), &["B"]),
        ("filter[publishedAt][lte]=2026-05-01T02:00:00%2B02:00".to_owned(), &["A"]),
        ("filter[status]=draft".to_owned(), &[]),
        ("filter[status]=published,draft&filter[category]=news".to_owned(), &["A", "B"]),
        ("filter[tag]=none".to_owned(), &[]),
        ("filter[untranslatedIn]=fa".to_owned(), &["A", "B", "C"]),
    ] {
        assert_eq!(titles(&server, &query).await, expected, "{query}");
        let encoded = query.replace('[', "%5B").replace(']', "%5D");
        assert_eq!(titles(&server, &encoded).await, expected, "{encoded}");
    }
}

#[tokio::test]
async fn both_faces_find_the_same() {
    let server = TestServer::with_demo().await;
    for (rest, graphql) in [
        (
            "edition=en&filter[category]=town",
            "edition: \"en\", filter: { category: { slug: \"town\" } }",
        ),
        (
            "edition=fa&filter[hasMedia]=image&sort=title",
            "edition: \"fa\", filter: { hasMedia: IMAGE }, orderBy: { field: TITLE }",
        ),
        (
            "filter[isFeatured]=true&sort=publishedAt",
            "filter: { isFeatured: true }, orderBy: { field: PUBLISHED_AT, direction: ASC }",
        ),
        (
            "edition=en&filter[untranslatedIn]=sq&sort=-title",
            "edition: \"en\", filter: { untranslatedIn: \"sq\" }, orderBy: { field: TITLE, direction: DESC }",
        ),
        (
            "filter[source]=The%20Spade%20and%20Barrow",
            "filter: { source: { eq: \"The Spade and Barrow\" } }",
        ),
    ] {
        let one = server
            .get_json(&format!("/api/v1/articles?first=100&total=true&{rest}"))
            .await;
        let two = server
            .graphql(&format!(
                "{{ articles(first: 100, {graphql}) {{ totalCount nodes {{ id }} }} }}"
            ))
            .await;
        assert_eq!(
            texts(&one["data"], "id"),
            texts(&two["articles"]["nodes"], "id"),
            "{rest}"
        );
        assert_eq!(
            one["page"]["totalCount"], two["articles"]["totalCount"],
            "{rest}"
        );
        assert!(!one["data"].as_array().unwrap().is_empty(), "{rest}");
    }
}

#[tokio::test]
async fn items_are_counted_only_when_asked() {
    let server = TestServer::with_demo().await;
    for list in [
        "articles",
        "pages",
        "issues",
        "categories",
        "tags",
        "authors",
        "assets",
        "galleries",
        "collections",
        "newsletters",
        "comments",
        "redirects",
    ] {
        let plain = server.get_json(&format!("/api/v1/{list}?first=1")).await;
        assert_eq!(plain["page"].get("totalCount"), None, "{list}");
        let counted = server
            .get_json(&format!("/api/v1/{list}?first=1&total=true"))
            .await;
        let all = server.get_json(&format!("/api/v1/{list}?first=100")).await;
        assert_eq!(
            counted["page"]["totalCount"],
            all["data"].as_array().unwrap().len(),
            "{list}"
        );
    }
}

#[tokio::test]
async fn lists_are_ordered_as_asked() {
    let server = TestServer::with_demo().await;
    for (sort, field) in [("publishedAt", "publishedAt"), ("updatedAt", "updatedAt")] {
        let up = server
            .get_json(&format!("/api/v1/articles?first=100&sort={sort}"))
            .await;
        let down = server
            .get_json(&format!("/api/v1/articles?first=100&sort=-{sort}"))
            .await;
        let up = texts(&up["data"], field);
        assert!(up.is_sorted());
        let mut down = texts(&down["data"], field);
        down.reverse();
        assert_eq!(up, down);
    }
    let issues = server
        .get_json("/api/v1/issues?edition=en&sort=number")
        .await;
    let numbers: Vec<_> = issues["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["number"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2]);
}

#[tokio::test]
async fn what_stands_below_a_record_is_listed_below_its_address() {
    let server = TestServer::with_demo().await;
    let article = server
        .get_json("/api/v1/articles/by-slug/en/clock-tower-will-strike-again")
        .await;
    let id = article["id"].as_str().unwrap();
    let below = async |what: &str| {
        server
            .get_json(&format!("/api/v1/articles/{id}/{what}"))
            .await["data"]
            .take()
    };
    let comments = below("comments").await;
    assert_eq!(comments.as_array().unwrap().len(), 3, "all of them, flat");
    let first = comments[0]["id"].as_str().unwrap();
    let answers = below(&format!("comments?filter[parent]={first}")).await;
    assert_eq!(answers.as_array().unwrap().len(), 1);
    assert_eq!(answers[0]["parentId"], first);
    let translations = below("translations").await;
    assert_eq!(translations.as_array().unwrap().len(), 4);
    let related = below("related?first=2").await;
    assert_eq!(related.as_array().unwrap().len(), 2);
    assert_eq!(below("revisions?total=true").await, json!([]));
    let newsletter = server
        .get_json("/api/v1/newsletters/by-slug/en/thursday-letter")
        .await;
    let path = format!(
        "/api/v1/newsletters/{}/issues",
        newsletter["id"].as_str().unwrap()
    );
    assert_eq!(
        server.get_json(&path).await["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let collection = server
        .get_json("/api/v1/collections/by-slug/en/front-page")
        .await;
    let path = format!(
        "/api/v1/collections/{}/items?include=hero",
        collection["id"].as_str().unwrap()
    );
    let items = server.get_json(&path).await;
    assert_eq!(items["data"].as_array().unwrap().len(), 7);
    assert_ne!(items["data"][0].get("hero"), None::<&Value>);
}

#[tokio::test]
async fn several_tags_mean_any_of_them() {
    let server = TestServer::with_demo().await;
    let total = async |tag: &str| {
        let path = format!("/api/v1/articles?edition=en&filter[tag]={tag}&total=true&first=1");
        server.get_json(&path).await["page"]["totalCount"]
            .as_i64()
            .unwrap()
    };
    let (river, weather) = (total("river").await, total("weather").await);
    let both = total("river,weather").await;
    assert!(river > 0 && weather > 0);
    assert!(both >= river.max(weather) && both <= river + weather);
}

#[tokio::test]
async fn lists_come_in_the_same_order_as_in_graphql() {
    let server = TestServer::with_demo().await;
    for list in ["articles", "pages", "issues"] {
        let data = server
            .graphql(&format!("{{ {list}(first: 100) {{ nodes {{ id }} }} }}"))
            .await;
        let found = server.get_json(&format!("/api/v1/{list}?first=100")).await;
        assert_eq!(
            texts(&found["data"], "id"),
            texts(&data[list]["nodes"], "id"),
            "{list}"
        );
    }
}
