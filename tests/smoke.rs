//! The thin path: content goes in, and every face shows it.

use domain::content::Status;

use crate::harness::TestServer;

#[tokio::test]
async fn an_article_is_read_over_every_face() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let ada = server.author(site.en, "Ada Moor").await;
    let picture = server.picture(site.en, "The river at dawn").await;
    let id = server
        .article(site.en, "The river rises")
        .category(news)
        .by(ada)
        .hero(picture)
        .await;
    server
        .article(site.en, "Not yet")
        .status(Status::Draft)
        .await;

    let data = server
        .graphql(
            "{ articles(first: 5, edition: \"en\") { totalCount nodes { id title path primaryCategory { name } \
             byline { author { name } } hero { alt } } } }",
        )
        .await;
    assert_eq!(data["articles"]["totalCount"], 1);
    let node = &data["articles"]["nodes"][0];
    assert_eq!(node["id"], id.to_string());
    assert_eq!(node["primaryCategory"]["name"], "News");
    assert_eq!(node["byline"][0]["author"]["name"], "Ada Moor");
    assert_eq!(node["hero"]["alt"], "The river at dawn");

    let list = server
        .get_json("/api/v1/articles?edition=en&include=byline,hero&total=true")
        .await;
    assert_eq!(list["page"]["totalCount"], 1, "{list}");
    let record = &list["data"][0];
    assert_eq!(
        (&record["id"], &record["path"]),
        (&node["id"], &node["path"])
    );
    assert_eq!(
        record["byline"][0]["author"]["name"], "Ada Moor",
        "{record}"
    );
    assert_eq!(record["hero"]["alt"], "The river at dawn", "{record}");

    let feed = server.get_json("/feeds/en/feed.json").await;
    assert_eq!(feed["items"].as_array().unwrap().len(), 1, "{feed}");
    assert_eq!(feed["items"][0]["title"], "The river rises");
    assert_eq!(feed["items"][0]["authors"][0]["name"], "Ada Moor");
}

#[tokio::test]
async fn answers_about_health_name_their_request_too() {
    let server = TestServer::start().await;
    for path in ["/healthz", "/readyz", "/api/v1/editions"] {
        let answer = server.get(path).await.expect(200);
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        let answer = server.get_with(path, &[("x-request-id", "mine")]).await;
        assert_eq!(answer.header("x-request-id"), "mine", "{path}");
    }
}
