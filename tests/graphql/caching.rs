//! Validators of GraphQL answers.

use reqwest::Method;

use crate::harness::TestServer;

const PATH: &str = "/graphql?query=%7B%20articles(first%3A%203%2C%20edition%3A%20%22en%22)%20%7B%20nodes%20%7B%20title%20%7D%20%7D%20%7D";

#[tokio::test]
async fn who_has_the_answer_to_a_get_is_told_so() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.article(site.en, "One").await;
    let first = server.get(PATH).await.expect(200);
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 20, "{tag}");
    assert!(
        first.header("cache-control").starts_with("public"),
        "{:?}",
        first.headers
    );
    assert!(
        first.header("surrogate-key").contains("article-list"),
        "{:?}",
        first.headers
    );
    let again = server
        .get_with(PATH, &[("if-none-match", &tag)])
        .await
        .expect(304);
    assert!(again.body.is_empty());
    assert_eq!(again.header("etag"), tag);
    server.article(site.en, "Two").await;
    let changed = server
        .get_with(PATH, &[("if-none-match", &tag)])
        .await
        .expect(200);
    assert_ne!(changed.header("etag"), tag);
}

#[tokio::test]
async fn the_same_question_has_the_same_answer_every_time() {
    let server = TestServer::with_demo().await;
    let query = "{articles(first:50){nodes{title categories{name}tags{name}byline{name}hero{alt}related{title}galleries{title}}facets(by:[CATEGORY,TAG,AUTHOR]){buckets{label count}}}menus{items{label}}}";
    let path = format!("/graphql?query={query}")
        .replace('{', "%7B")
        .replace('}', "%7D");
    let tag = server
        .get(&path)
        .await
        .expect(200)
        .header("etag")
        .to_owned();
    for _ in 0..5 {
        server
            .get_with(&path, &[("if-none-match", &tag)])
            .await
            .expect(304);
    }
}

#[tokio::test]
async fn head_tells_of_a_get_without_its_body() {
    let server = TestServer::with_demo().await;
    let get = server.get(PATH).await.expect(200);
    let head = server
        .send(server.request(Method::HEAD, PATH))
        .await
        .expect(200);
    assert!(head.body.is_empty());
    for name in ["etag", "content-type", "content-length"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[tokio::test]
async fn answers_to_posts_and_failures_are_not_kept() {
    let server = TestServer::with_demo().await;
    let post = server
        .post_graphql("{ site { name } }", &serde_json::json!({}))
        .await;
    assert_eq!(post.header("cache-control"), "no-store");
    assert_eq!(post.header("etag"), "");
    let failed = server.get("/graphql?query=%7Bnothing%7D").await;
    assert_eq!(failed.header("cache-control"), "no-store");
    assert_eq!(failed.header("etag"), "");
}
