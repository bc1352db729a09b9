//! Lists that are asked for by custom fields.

use serde_json::{Value, json};

use super::Site;
use crate::harness::{FACES, texts};

async fn filled() -> Site {
    let site = Site::new().await;
    for (title, fields) in [
        (
            "One",
            json!({ "rating": 1, "mood": "calm", "seen": "2025-12-31", "scores": [1, 2] }),
        ),
        (
            "Two",
            json!({ "rating": 2, "mood": "angry", "seen": "2026-01-01", "scores": [2, 30] }),
        ),
        (
            "Ten",
            json!({ "rating": 10, "mood": "calm", "byHand": true, "motto": "a, b" }),
        ),
        ("Minus", json!({ "rating": -0.5, "byHand": false })),
        ("None", json!({})),
    ] {
        site.published(title, fields).await;
    }
    site.draft(FACES[0], "Hidden", json!({ "rating": 1 })).await;
    site
}

/// The titles a condition finds over both faces, in order.
async fn found(site: &Site, condition: Value, over_rest: &str) -> Vec<String> {
    let query = "query ($filter: ArticleFilter) { articles(first: 20, filter: $filter, orderBy: { field: TITLE }) { nodes { title } } }";
    let variables = json!({ "filter": condition });
    let data = site.server.graphql_with(query, variables).await;
    let path = format!("/api/v1/articles?sort=title&{over_rest}");
    let list = site.server.get_json(&path).await;
    let by_graphql = texts(&data["articles"]["nodes"], "title");
    assert_eq!(by_graphql, texts(&list["data"], "title"), "{over_rest}");
    by_graphql.into_iter().map(str::to_owned).collect()
}

fn on(condition: &Value) -> Value {
    json!({ "customField": condition })
}

#[tokio::test]
async fn values_are_compared_as_what_they_are() {
    let site = filled().await;
    for (condition, over_rest, titles) in [
        (
            on(&json!({ "name": "rating", "eq": 10 })),
            "filter[customField.rating]=10",
            &["Ten"][..],
        ),
        (
            on(&json!({ "name": "rating", "gte": 2 })),
            "filter[customField.rating][gte]=2",
            &["Ten", "Two"],
        ),
        (
            on(&json!({ "name": "rating", "gte": -1, "lte": 1.5 })),
            "filter[customField.rating][gte]=-1&filter[customField.rating][lte]=1.5",
            &["Minus", "One"],
        ),
        (
            on(&json!({ "name": "rating", "in": [1, 2] })),
            "filter[customField.rating][in]=1,2",
            &["One", "Two"],
        ),
        (
            on(&json!({ "name": "rating", "isNull": true })),
            "filter[customField.rating][isNull]=true",
            &["None"],
        ),
        (
            on(&json!({ "name": "byHand", "isNull": false })),
            "filter[customField.byHand][isNull]=false",
            &["Minus", "Ten"],
        ),
        (
            on(&json!({ "name": "byHand", "eq": false })),
            "filter[customField.byHand]=false",
            &["Minus"],
        ),
        (
            on(&json!({ "name": "seen", "lte": "2025-12-31" })),
            "filter[customField.seen][lte]=2025-12-31",
            &["One"],
        ),
        (
            on(&json!({ "name": "motto", "eq": "a, b" })),
            "filter[customField.motto]=a,%20b",
            &["Ten"],
        ),
        (
            on(&json!({ "name": "scores", "eq": 2 })),
            "filter[customField.scores]=2",
            &["One", "Two"],
        ),
        (
            on(&json!({ "name": "scores", "gte": 3, "lte": 29 })),
            "filter[customField.scores][gte]=3&filter[customField.scores][lte]=29",
            &[],
        ),
        (
            json!({ "and": [on(&json!({ "name": "mood", "eq": "calm" })), on(&json!({ "name": "rating", "lte": 5 }))] }),
            "filter[customField.mood]=calm&filter[customField.rating][lte]=5",
            &["One"],
        ),
    ] {
        assert_eq!(
            found(&site, condition, over_rest).await,
            titles,
            "{over_rest}"
        );
    }
    let not = json!({ "not": { "customField": { "name": "mood", "eq": "calm" } } });
    let query =
        "query ($filter: ArticleFilter) { articles(first: 20, filter: $filter) { totalCount } }";
    let data = site
        .server
        .graphql_with(query, json!({ "filter": not }))
        .await;
    assert_eq!(data["articles"]["totalCount"], 3);
}

#[tokio::test]
async fn pages_of_a_value_go_on_where_the_last_one_ended() {
    let site = Site::new().await;
    for number in 0..5 {
        site.published(&format!("No {number}"), json!({ "mood": "calm" }))
            .await;
        site.server.clock.advance(std::time::Duration::from_mins(1));
    }
    let (mut titles, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/articles?filter[customField.mood]=calm&first=2{after}");
        let page = site.server.get_json(&path).await;
        titles.extend(texts(&page["data"], "title").into_iter().map(str::to_owned));
        if page["page"]["hasNextPage"] != true {
            break;
        }
        after = format!("&after={}", page["page"]["endCursor"].as_str().unwrap());
        let answer = site.server.get(&path).await;
        assert!(
            answer.header("link").contains("customField.mood"),
            "{}",
            answer.header("link")
        );
    }
    assert_eq!(titles, ["No 4", "No 3", "No 2", "No 1", "No 0"]);
}

#[tokio::test]
async fn a_value_finds_what_is_public_only_as_long_as_it_is() {
    let site = Site::new().await;
    let id = site.published("Seen", json!({ "mood": "calm" })).await;
    let path = "/api/v1/articles?filter[customField.mood]=calm";
    let count = async || {
        site.server.get_json(path).await["data"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count().await, 1);
    site.step(FACES[0], super::ARTICLE, "unpublish", (&id, 2))
        .await
        .expect(200);
    assert_eq!(count().await, 0);
    site.step(FACES[0], super::ARTICLE, "publish", (&id, 3))
        .await
        .expect(200);
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn only_declared_and_filterable_fields_can_be_asked_for_and_only_by_their_types() {
    let site = Site::new().await;
    for (condition, field) in [
        (
            json!({ "name": "original", "eq": "https://example.org" }),
            "filter.customField.name",
        ),
        (
            json!({ "name": "nothing", "eq": 1 }),
            "filter.customField.name",
        ),
        (
            json!({ "name": "rating", "eq": "1" }),
            "filter.customField.eq",
        ),
        (json!({ "name": "rating" }), "filter.customField.name"),
        (
            json!({ "name": "mood", "gte": "a" }),
            "filter.customField.gte",
        ),
        (json!({ "name": "mood", "in": [] }), "filter.customField.in"),
    ] {
        let query = "query ($filter: ArticleFilter) { articles(filter: $filter) { nodes { id } } }";
        let answer = site
            .server
            .graphql_raw(query, json!({ "filter": on(&condition) }))
            .await;
        let text = answer["errors"][0].to_string();
        assert!(text.contains(field), "{field}: {text}");
    }
    for wrong in [
        "filter[customField.original]=a",
        "filter[customField.rating]=one",
        "filter[customField.rating][gt]=1",
        "filter[customField.rating",
        "filter[customField.]=1",
        "filter[customField.rating]=1&filter[customField.rating]=1",
        "filter[customField.rating][isNull]=1",
        "filter[customField.mood][gte]=calm",
    ] {
        let answer = site
            .server
            .get(&format!("/api/v1/articles?{wrong}"))
            .await
            .expect(400);
        let problem = answer.json();
        let named = problem["errors"][0]["parameter"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            named.starts_with("filter[customField."),
            "{wrong}: {problem}"
        );
    }
    let of_pages = site
        .server
        .get("/api/v1/pages?filter[customField.rating]=1")
        .await;
    of_pages.expect(400);
}
