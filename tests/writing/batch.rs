//! Many changes with one request, over both faces: all or none, or each on its own.

use domain::{access::Role, content::Status};
use reqwest::Method;
use serde_json::{Value, json};

use super::everything;
use crate::harness::{Answer, TestServer};

const BATCH: &str = "mutation ($input: BatchInput!) { batch(input: $input) { \
    results { index deletedId record { id __typename ... on Article { title status version } \
    ... on Category { name } } userErrors { code field message currentVersion } } \
    userErrors { code field message currentVersion usedBy { id role } } } }";

async fn editor() -> (TestServer, String) {
    let server = TestServer::start().await;
    server.small_site().await;
    let token = server.signed_in(Role::Editor, None).await;
    (server, token)
}

async fn send(server: &TestServer, token: &str, body: &Value) -> Answer {
    let request = server.request(Method::POST, "/api/v1/batch");
    server.send(request.bearer_auth(token).json(body)).await
}

async fn mutate(server: &TestServer, token: &str, input: &Value) -> Value {
    let answer = server
        .graphql_as(token, BATCH, &json!({ "input": input }))
        .await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"]["batch"].clone()
}

fn create(title: &str) -> Value {
    json!({ "method": "POST", "path": "/articles", "body": { "edition": "en", "title": title } })
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer}: {value:#}"))
}

fn statuses(answer: &Value) -> Vec<u64> {
    let results = answer["results"].as_array().unwrap().iter();
    results
        .map(|result| result["status"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn every_kind_of_change_can_stand_in_a_batch_over_rest() {
    let (server, token) = editor().await;
    let made = send(&server, &token, &json!({ "operations": [
        create("One"),
        { "method": "POST", "path": "/pages", "body": { "edition": "en", "title": "Page" } },
        { "method": "POST", "path": "/categories", "body": { "texts": { "en": { "name": "Culture" } } } },
        { "method": "POST", "path": "/tags", "body": { "texts": { "en": { "name": "Books" } } } },
        { "method": "POST", "path": "/authors", "body": { "texts": { "en": { "name": "Ada" } } } },
        { "method": "POST", "path": "/collections", "body": { "edition": "en", "title": "Front" } },
    ] })).await.expect(200);
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.json();
    assert_eq!(statuses(&made), [201; 6]);
    let ids: Vec<&str> = (0..6)
        .map(|index| text(&made, &format!("/results/{index}/id")))
        .collect();
    for (index, list) in [
        "articles",
        "pages",
        "categories",
        "tags",
        "authors",
        "collections",
    ]
    .iter()
    .enumerate()
    {
        let location = format!("{}/api/v1/{list}/{}", server.url, ids[index]);
        assert_eq!(text(&made, &format!("/results/{index}/location")), location);
        assert_eq!(text(&made, &format!("/results/{index}/etag")), "\"1\"");
    }
    let one = |rest: &str| format!("/articles/{}{rest}", ids[0]);
    let changed = send(&server, &token, &json!({ "operations": [
        { "method": "PATCH", "path": one(""), "ifMatch": "1", "body": { "title": "Two", "categories": [ids[2]], "tags": [ids[3]] } },
        { "method": "POST", "path": one("/publish"), "ifMatch": "\"2-0a1b\"", "body": { "note": "out with it" } },
        { "method": "PATCH", "path": one(""), "ifMatch": "\"3\"", "body": { "title": "Three" } },
        { "method": "POST", "path": one("/discard-changes"), "ifMatch": "4" },
        { "method": "POST", "path": one("/schedule"), "ifMatch": "5", "body": { "unpublishAt": "2026-06-01T00:00:00Z" } },
        { "method": "DELETE", "path": format!("/pages/{}", ids[1]), "ifMatch": "1" },
        { "method": "POST", "path": format!("/pages/{}/purge", ids[1]), "ifMatch": "2" },
        { "method": "PATCH", "path": format!("/categories/{}", ids[2]), "ifMatch": "1", "body": { "position": 5 } },
        { "method": "PATCH", "path": format!("/authors/{}", ids[4]), "ifMatch": "1", "body": { "website": "https://ada.example" } },
        { "method": "PATCH", "path": format!("/collections/{}", ids[5]), "ifMatch": "1", "body": { "items": [ids[0]] } },
        { "method": "DELETE", "path": format!("/tags/{}?onUse=detach", ids[3]), "ifMatch": "1" },
        { "method": "DELETE", "path": format!("/authors/{}", ids[4]), "ifMatch": "2" },
        { "method": "DELETE", "path": format!("/collections/{}", ids[5]), "ifMatch": "2" },
    ] })).await.expect(200).json();
    assert_eq!(
        statuses(&changed),
        [
            200, 200, 200, 200, 200, 200, 204, 200, 200, 200, 204, 204, 204
        ],
        "{changed:#}"
    );
    assert_eq!(text(&changed, "/results/2/etag"), "\"4\"");
    let article = server
        .get_json(&format!("/api/v1{}?include=terms", one("")))
        .await;
    assert_eq!(
        (&article["title"], &article["status"]),
        (&json!("Two"), &json!("published"))
    );
    assert_eq!(article["tags"], json!([]));
    for path in [
        format!("/pages/{}", ids[1]),
        format!("/tags/{}", ids[3]),
        format!("/collections/{}", ids[5]),
    ] {
        server.get(&format!("/api/v1{path}")).await.expect(404);
    }
    // Each is in the log, as if it had come alone.
    let told = server
        .count("SELECT count(*) FROM audit WHERE note = 'out with it'")
        .await;
    assert_eq!(told, 1);
}

#[tokio::test]
async fn every_kind_of_change_can_stand_in_a_batch_over_graphql() {
    let (server, token) = editor().await;
    let made = mutate(
        &server,
        &token,
        &json!({ "operations": [
        { "createArticle": { "edition": "en", "title": "One" } },
        { "createPage": { "edition": "en", "title": "Page" } },
        { "createCategory": { "texts": [{ "edition": "en", "name": "Culture" }] } },
        { "createTag": { "texts": [{ "edition": "en", "name": "Books" }] } },
        { "createAuthor": { "texts": [{ "edition": "en", "name": "Ada" }] } },
        { "createCollection": { "edition": "en", "title": "Front" } },
    ] }),
    )
    .await;
    let ids: Vec<String> = (0..6)
        .map(|index| text(&made, &format!("/results/{index}/record/id")).to_owned())
        .collect();
    assert_eq!(made["results"][2]["record"]["name"], "Culture");
    let of = |id: usize, version: i64| json!({ "id": ids[id], "expectedVersion": version });
    let with = |id: usize, version: i64, more: Value| {
        let mut input = of(id, version);
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let changed = mutate(&server, &token, &json!({ "operations": [
        { "updateArticle": with(0, 1, json!({ "title": "Two", "categories": [ids[2]], "tags": [ids[3]] })) },
        { "publish": with(0, 2, json!({ "note": "out with it" })) },
        { "updateArticle": with(0, 3, json!({ "title": "Three" })) },
        { "discardChanges": of(0, 4) },
        { "schedule": with(0, 5, json!({ "unpublishAt": "2026-06-01T00:00:00Z" })) },
        { "trash": of(1, 1) },
        { "purge": of(1, 2) },
        { "updateCategory": with(2, 1, json!({ "position": 5 })) },
        { "updateAuthor": with(4, 1, json!({ "website": "https://ada.example" })) },
        { "updateCollection": with(5, 1, json!({ "items": [ids[0]] })) },
        { "deleteTag": with(3, 1, json!({ "onUse": "DETACH" })) },
        { "deleteAuthor": of(4, 2) },
        { "deleteCollection": of(5, 2) },
    ] })).await;
    assert_eq!(changed["userErrors"], json!([]), "{changed:#}");
    let results = changed["results"].as_array().unwrap();
    assert_eq!(results.len(), 13);
    for (index, result) in results.iter().enumerate() {
        assert_eq!(result["index"], json!(index));
        assert_eq!(result["userErrors"], json!([]), "{result:#}");
        let is_gone = [6, 10, 11, 12].contains(&index);
        assert_eq!(result["deletedId"].is_string(), is_gone, "{result:#}");
        // What is gone by now is not shown where it was changed.
        let is_shown = ![1, 4, 5].iter().any(|id| {
            let of_it = [&[5, 6][..], &[8, 11], &[9, 12]];
            let number = match id {
                1 => 0,
                4 => 1,
                _ => 2,
            };
            of_it[number].contains(&index)
        }) && index != 10;
        assert_eq!(result["record"].is_object(), is_shown, "{index} {result:#}");
    }
    let shown = &results[0]["record"];
    assert_eq!(
        (&shown["title"], &shown["status"], &shown["version"]),
        (&json!("Two"), &json!("PUBLISHED"), &json!(6))
    );
}

/// Operations that cannot be made, wrong in form, wrong in what is stored, stale, absent; with the
/// status and the place they are refused with. There is an article, at version 1, at a path.
fn impossible(article: &str, taken: &str) -> Vec<(Value, u16, &'static str)> {
    let patch = |version: &str, body: Value| json!({ "method": "PATCH", "path": format!("/articles/{article}"), "ifMatch": version, "body": body });
    vec![
        (
            json!({ "method": "POST", "path": "/articles", "body": { "edition": "en", "title": "" } }),
            422,
            "/operations/1/body/title",
        ),
        (
            json!({ "method": "POST", "path": "/articles", "body": { "edition": "en", "title": "A", "categories": ["category_01jb2x9k3m4n5p6q7r8s9t0v1w"] } }),
            422,
            "/operations/1/body/categories/0",
        ),
        (
            json!({ "method": "POST", "path": "/articles", "body": { "edition": "en", "title": "A", "path": taken } }),
            409,
            "/operations/1",
        ),
        (
            json!({ "method": "POST", "path": "/tags", "body": { "texts": { "en": { "name": 5 } } } }),
            422,
            "/operations/1/body/texts/en/name",
        ),
        (
            json!({ "method": "POST", "path": "/categories", "body": { "parentId": "category_01jb2x9k3m4n5p6q7r8s9t0v1w", "texts": { "en": { "name": "A" } } } }),
            422,
            "/operations/1/body/parentId",
        ),
        (
            json!({ "method": "POST", "path": "/articles", "body": [] }),
            422,
            "/operations/1/body",
        ),
        (
            json!({ "method": "POST", "path": "/articles?include=body", "body": {} }),
            400,
            "/operations/1/path",
        ),
        (
            json!({ "method": "PUT", "path": "/articles", "body": {} }),
            422,
            "/operations/1/path",
        ),
        (
            json!({ "method": "GET", "path": "/articles" }),
            422,
            "/operations/1/path",
        ),
        (patch("x", json!({})), 400, "/operations/1/ifMatch"),
        (patch("7", json!({ "title": "B" })), 412, "/operations/1"),
        (
            json!({ "method": "PATCH", "path": format!("/articles/{article}"), "body": {} }),
            428,
            "/operations/1",
        ),
        (
            json!({ "method": "POST", "path": format!("/articles/{article}/restore"), "ifMatch": "1" }),
            409,
            "/operations/1",
        ),
        (
            json!({ "method": "DELETE", "path": "/tags/tag_01jb2x9k3m4n5p6q7r8s9t0v1w", "ifMatch": "1" }),
            404,
            "/operations/1",
        ),
        (
            json!({ "method": "DELETE", "path": "/tags/nonsense", "ifMatch": "1" }),
            404,
            "/operations/1",
        ),
    ]
}

async fn with_article() -> (TestServer, String, (String, String)) {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let token = server.signed_in(Role::Editor, None).await;
    let article = server.article(site.en, "There").await.to_string();
    let shown = server
        .get_json(&format!("/api/v1/articles/{article}"))
        .await;
    let path = text(&shown, "/path").to_owned();
    (server, token, (article, path))
}

#[tokio::test]
async fn an_atomic_batch_is_refused_as_the_first_that_cannot_be_made() {
    let (server, token, (article, taken)) = with_article().await;
    let before = everything(&server).await;
    for (operation, status, pointer) in impossible(&article, &taken) {
        let body = json!({ "operations": [create("Good"), operation, create("Never")] });
        let refused = send(&server, &token, &body).await.expect(status).json();
        let found = text(&refused, "/errors/0/pointer");
        assert!(found.starts_with(pointer), "{found} {refused:#}");
        if status == 412 {
            assert_eq!(refused["currentVersion"], 1);
        }
        assert_eq!(everything(&server).await, before);
    }
}

#[tokio::test]
async fn an_atomic_batch_over_graphql_names_what_cannot_be_made_by_its_place() {
    let (server, token, (article, _path)) = with_article().await;
    let before = everything(&server).await;
    let refused = mutate(
        &server,
        &token,
        &json!({ "operations": [
        { "createArticle": { "edition": "en", "title": "Good" } },
        { "updateArticle": { "id": article, "expectedVersion": 7, "title": "B" } },
    ] }),
    )
    .await;
    assert_eq!(refused["results"], json!([]));
    assert_eq!(
        refused["userErrors"][0]["field"],
        "operations.1.updateArticle.expectedVersion"
    );
    assert_eq!(refused["userErrors"][0]["currentVersion"], 1);
    let refused = mutate(&server, &token, &json!({ "operations": [
        { "createCategory": { "texts": [{ "edition": "en", "name": "A" }, { "edition": "fa", "name": "" }] } },
    ] })).await;
    assert_eq!(
        refused["userErrors"][0]["field"],
        "operations.0.createCategory.texts.1.name"
    );
    assert_eq!(everything(&server).await, before);
}

#[tokio::test]
async fn in_a_batch_that_is_not_atomic_each_succeeds_or_fails_alone() {
    let (server, token) = editor().await;
    let answer = send(
        &server,
        &token,
        &json!({ "atomic": false, "operations": [
        create("One"),
        { "method": "POST", "path": "/articles", "body": { "edition": "en" } },
        { "method": "DELETE", "path": "/tags/tag_01jb2x9k3m4n5p6q7r8s9t0v1w", "ifMatch": "1" },
        create("Two"),
        { "method": "POST", "path": "/nowhere" },
    ] }),
    )
    .await
    .expect(200)
    .json();
    assert_eq!(statuses(&answer), [201, 422, 404, 201, 422]);
    assert_eq!(
        text(&answer, "/results/1/problem/errors/0/pointer"),
        "/operations/1/body/title"
    );
    assert_eq!(text(&answer, "/results/2/problem/code"), "NOT_FOUND");
    assert!(
        answer["results"][1].get("id").is_none() && answer["results"][0].get("problem").is_none()
    );
    assert_eq!(server.count("SELECT count(*) FROM article").await, 2);
    // What failed is in no log.
    let told = "SELECT count(*) FROM audit WHERE target_kind = 'article'";
    assert_eq!(server.count(told).await, 2);
    let told = "SELECT count(*) FROM outbox WHERE name = 'article.created'";
    assert_eq!(server.count(told).await, 2);
    let answer = mutate(
        &server,
        &token,
        &json!({ "atomic": false, "operations": [
        { "createArticle": { "edition": "en" } },
        { "createArticle": { "edition": "en", "title": "Three" } },
        { "deleteTag": { "id": "tag_01jb2x9k3m4n5p6q7r8s9t0v1w", "expectedVersion": 1 } },
    ] }),
    )
    .await;
    assert_eq!(answer["userErrors"], json!([]));
    assert_eq!(
        answer["results"][0]["userErrors"][0]["field"],
        "operations.0.createArticle.title"
    );
    assert_eq!(answer["results"][1]["record"]["title"], "Three");
    assert_eq!(answer["results"][2]["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(server.count("SELECT count(*) FROM article").await, 3);
}

#[tokio::test]
async fn what_comes_later_in_a_batch_sees_what_came_before() {
    let (server, token) = editor().await;
    // The same title three times: each slug is made beside those before it.
    let body = json!({ "operations": [create("Same"), create("Same"), create("Same")] });
    let made = send(&server, &token, &body).await.expect(200).json();
    let mut slugs = Vec::new();
    for index in 0..3 {
        let id = text(&made, &format!("/results/{index}/id"));
        let request = server.request(Method::GET, &format!("/api/v1/articles/{id}"));
        let article = server
            .send(request.bearer_auth(&token))
            .await
            .expect(200)
            .json();
        slugs.push(text(&article, "/slug").to_owned());
    }
    slugs.dedup();
    assert_eq!(slugs.len(), 3, "{slugs:?}");
}

#[tokio::test]
async fn who_may_not_do_it_alone_may_not_do_it_in_a_batch() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let author = server.signed_in(Role::Author, Some(site.en)).await;
    let hidden = server
        .article(site.fa, "پنهان")
        .status(Status::Draft)
        .await
        .to_string();
    let viewer = server.signed_in(Role::Viewer, None).await;
    let before = everything(&server).await;
    for (operation, status) in [
        (
            json!({ "method": "POST", "path": "/categories", "body": { "texts": { "en": { "name": "A" } } } }),
            403,
        ),
        (
            json!({ "method": "POST", "path": format!("/articles/{hidden}/publish"), "ifMatch": "1" }),
            404,
        ),
        (
            json!({ "method": "POST", "path": "/articles", "body": { "edition": "fa", "title": "A" } }),
            403,
        ),
    ] {
        let body = json!({ "operations": [create("Mine"), operation] });
        send(&server, &author, &body).await.expect(status);
        assert_eq!(everything(&server).await, before);
    }
    let request = server.request(Method::POST, "/api/v1/batch");
    server
        .send(request.json(&json!({ "operations": [create("A")] })))
        .await
        .expect(401);
    let refused = mutate(
        &server,
        &viewer,
        &json!({ "operations": [{ "createArticle": { "edition": "en", "title": "A" } }] }),
    )
    .await;
    assert_eq!(refused["userErrors"][0]["code"], "FORBIDDEN");
    assert_eq!(everything(&server).await, before);
}

#[tokio::test]
async fn a_batch_holds_one_to_a_hundred_operations() {
    let (server, token) = editor().await;
    let of = |count: usize| json!({ "operations": vec![create("One"); count] });
    for count in [0, 101] {
        let refused = send(&server, &token, &of(count)).await.expect(422).json();
        assert_eq!(text(&refused, "/errors/0/pointer"), "/operations");
        let operation = json!({ "createArticle": { "edition": "en", "title": "One" } });
        let refused = mutate(
            &server,
            &token,
            &json!({ "operations": vec![operation; count] }),
        )
        .await;
        assert_eq!(refused["userErrors"][0]["field"], "operations");
    }
    for body in [
        json!({}),
        json!({ "operations": [5, { "path": "/articles" }, { "method": "POST", "path": "/articles", "more": 1 }] }),
    ] {
        send(&server, &token, &body).await.expect(422);
    }
    assert_eq!(server.count("SELECT count(*) FROM article").await, 0);
    let all = send(&server, &token, &of(100)).await.expect(200).json();
    assert_eq!(statuses(&all), [201; 100]);
    assert_eq!(server.count("SELECT count(*) FROM article").await, 100);
}

#[tokio::test]
async fn a_batch_is_made_once_under_its_key() {
    let (server, token) = editor().await;
    let body = json!({ "operations": [create("One"), create("Two")] });
    let mut answers = Vec::new();
    for replayed in ["", "true"] {
        let request = server
            .request(Method::POST, "/api/v1/batch")
            .bearer_auth(&token);
        let request = request.header("idempotency-key", "one").json(&body);
        let answer = server.send(request).await.expect(200);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
        answers.push(answer.body);
    }
    assert_eq!(answers[0], answers[1]);
    let input =
        json!({ "operations": [{ "createArticle": { "edition": "en", "title": "Three" } }] });
    for replayed in ["", "true"] {
        let request = server.request(Method::POST, "/graphql").bearer_auth(&token);
        let request = request.header("idempotency-key", "two");
        let request = request.json(&json!({ "query": BATCH, "variables": { "input": input } }));
        let answer = server.send(request).await.expect(200);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    assert_eq!(server.count("SELECT count(*) FROM article").await, 3);
    // A batch of which nothing could be made leaves its key free.
    let nothing = json!({ "atomic": false, "operations": [{ "method": "POST", "path": "/articles", "body": {} }] });
    for _ in 0..2 {
        let request = server
            .request(Method::POST, "/api/v1/batch")
            .bearer_auth(&token);
        let answer = server
            .send(request.header("idempotency-key", "three").json(&nothing))
            .await
            .expect(200);
        assert_eq!(answer.header("idempotency-replayed"), "");
    }
    assert_eq!(
        server.count("SELECT count(*) FROM idempotency_key").await,
        2
    );
}
