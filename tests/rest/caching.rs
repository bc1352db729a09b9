//! Validators and what caches are told.

use reqwest::Method;

use crate::harness::TestServer;

#[tokio::test]
async fn the_tag_of_a_record_begins_with_its_version_and_changes_with_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server.article(site.en, "One");
    let mut draft = builder.draft.clone();
    let id = builder.await;
    let path = format!("/api/v1/articles/{id}");
    let first = server.get(&path).await.expect(200);
    assert!(
        first.header("etag").starts_with("\"1-"),
        "{}",
        first.header("etag")
    );
    assert_eq!(
        first.header("last-modified"),
        "Mon, 04 May 2026 12:00:00 GMT"
    );
    draft.entry.title = "Two".to_owned();
    server.clock.set("2026-05-04T13:00:00Z".parse().unwrap());
    application::articles::update(&server.system(), id, Some(1), draft)
        .await
        .unwrap();
    let second = server
        .get_with(&path, &[("if-none-match", first.header("etag"))])
        .await
        .expect(200);
    assert!(
        second.header("etag").starts_with("\"2-"),
        "{}",
        second.header("etag")
    );
    assert_eq!(
        second.header("last-modified"),
        "Mon, 04 May 2026 13:00:00 GMT"
    );
    assert_eq!(second.json()["title"], "Two");
    let third = server
        .get_with(&path, &[("if-none-match", second.header("etag"))])
        .await
        .expect(304);
    assert!(third.body.is_empty());
    for name in ["etag", "cache-control", "vary"] {
        assert_eq!(third.header(name), second.header(name), "{name}");
    }
}

#[tokio::test]
async fn the_tag_depends_on_what_was_selected() {
    let server = TestServer::with_demo().await;
    let path = "/api/v1/articles/by-slug/en/how-to-read-the-river";
    let plain = server.get(path).await.expect(200);
    let wide = server
        .get(&format!("{path}?include=hero"))
        .await
        .expect(200);
    assert_ne!(plain.header("etag"), wide.header("etag"));
    let tag = plain.header("etag");
    server
        .get_with(path, &[("if-none-match", &format!("W/{tag}"))])
        .await
        .expect(304);
    server
        .get_with(path, &[("if-none-match", &format!("\"x\", {tag}"))])
        .await
        .expect(304);
    server
        .get_with(path, &[("if-none-match", "*")])
        .await
        .expect(304);
    server
        .get_with(path, &[("if-none-match", "\"x\"")])
        .await
        .expect(200);
}

#[tokio::test]
async fn an_answer_names_what_it_is_made_of() {
    let server = TestServer::with_demo().await;
    let answer = server
        .get("/api/v1/articles/by-slug/en/clock-tower-will-strike-again?include=byline,terms,hero")
        .await
        .expect(200);
    let article = answer.json();
    let keys: Vec<&str> = answer.header("surrogate-key").split(' ').collect();
    let mut ids = vec![
        article["id"].as_str().unwrap(),
        article["hero"]["asset"]["id"].as_str().unwrap(),
    ];
    for line in article["byline"].as_array().unwrap() {
        ids.push(line["author"]["id"].as_str().unwrap());
    }
    for term in article["categories"]
        .as_array()
        .unwrap()
        .iter()
        .chain(article["tags"].as_array().unwrap())
    {
        ids.push(term["id"].as_str().unwrap());
    }
    assert_eq!(ids.len(), 7);
    for id in ids {
        assert!(keys.contains(&id), "{id} is not among {keys:?}");
    }
    let list = server.get("/api/v1/articles?edition=en").await.expect(200);
    assert!(
        list.header("surrogate-key").contains("article-list"),
        "{}",
        list.header("surrogate-key")
    );
}

#[tokio::test]
async fn head_tells_the_same_without_a_body() {
    let server = TestServer::with_demo().await;
    for path in [
        "/api/v1/articles?first=3",
        "/api/v1/site",
        "/api/v1/nothing",
        "/openapi.json",
        "/feeds/en/atom.xml",
    ] {
        let get = server.get(path).await;
        let head = server.send(server.request(Method::HEAD, path)).await;
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.body.is_empty(), "{path}");
        for name in [
            "etag",
            "content-type",
            "link",
            "cache-control",
            "last-modified",
            "vary",
        ] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn answers_are_the_same_every_time() {
    let server = TestServer::with_demo().await;
    for path in [
        "/api/v1/articles?first=100&include=byline,hero,terms,attachments,galleries,translations,related,seo,body",
        "/api/v1/issues?include=sections,hero",
        "/api/v1/menus",
        "/api/v1/categories?first=100",
    ] {
        let tag = server.get(path).await.expect(200).header("etag").to_owned();
        for _ in 0..5 {
            server
                .get_with(path, &[("if-none-match", &tag)])
                .await
                .expect(304);
        }
    }
}
