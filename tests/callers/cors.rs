//! What pages of other sites may read.

use reqwest::Method;
use serde_json::json;
use server::Config;

use crate::harness::{Answer, TestServer};

const OURS: &str = "https://www.example.org";

async fn start(origins: &[&str]) -> TestServer {
    let origins: Vec<String> = origins.iter().map(|origin| (*origin).to_owned()).collect();
    let server = TestServer::start_with(|config: &mut Config| config.cors.origins = origins).await;
    server.small_site().await;
    server
}

fn vary(answer: &Answer) -> String {
    let values = answer.headers.get_all("vary").iter();
    let values = values.map(|value| value.to_str().unwrap().to_lowercase());
    values.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn nobody_is_allowed_by_default() {
    let server = start(&[]).await;
    let answer = server
        .get_with("/api/v1/site", &[("origin", OURS)])
        .await
        .expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_page_of_an_allowed_site_reads_answers_and_refusals() {
    let server = start(&["HTTPS://www.Example.org:443"]).await;
    let origin = ("origin", OURS);
    let read = server.get_with("/api/v1/site", &[origin]).await.expect(200);
    let tag = read.header("etag").to_owned();
    let same = [origin, ("if-none-match", tag.as_str())];
    let token = [origin, ("authorization", "Bearer x")];
    let not_modified = server.get_with("/api/v1/site", &same).await.expect(304);
    let stranger = server.get_with("/api/v1/site", &token).await.expect(401);
    let absent = server.get_with("/nowhere", &[origin]).await.expect(404);
    let query = server
        .request(Method::POST, "/graphql")
        .header("origin", OURS)
        .json(&json!({ "query": "{ site { name } }" }));
    let graphql = server.send(query).await.expect(200);
    for answer in [read, not_modified, stranger, absent, graphql] {
        let asked = &answer.asked;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            OURS,
            "{asked}"
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert!(
            vary(&answer).contains("origin"),
            "{asked}: {}",
            vary(&answer)
        );
        assert!(
            answer
                .header("access-control-expose-headers")
                .contains("etag")
        );
        assert!(!answer.header("x-request-id").is_empty(), "{asked}");
    }
    let with_both = server.get_with("/api/v1/site", &[origin]).await;
    assert!(vary(&with_both).contains("accept-encoding"));
}

#[tokio::test]
async fn another_site_is_not_allowed_and_no_cache_mixes_the_two() {
    let server = start(&[OURS]).await;
    let other = [("origin", "https://evil.example")];
    let answer = server.get_with("/api/v1/site", &other).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert!(vary(&answer).contains("origin"));
}

#[tokio::test]
async fn everybody_is_allowed_without_telling_them_apart() {
    let server = start(&["*"]).await;
    let other = [("origin", "https://any.example")];
    let answer = server.get_with("/api/v1/site", &other).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(!vary(&answer).contains("origin"));
}

#[tokio::test]
async fn a_browser_learns_beforehand_what_it_may_send() {
    let server = start(&[OURS]).await;
    let ask = server
        .request(Method::OPTIONS, "/api/v1/articles")
        .header("origin", OURS)
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization,if-match");
    let answer = server.send(ask).await.expect(200);
    let methods = answer.header("access-control-allow-methods");
    assert!(
        methods.contains("PATCH") && methods.contains("DELETE"),
        "{methods}"
    );
    let headers = answer.header("access-control-allow-headers");
    for name in ["authorization", "if-match", "idempotency-key"] {
        assert!(headers.contains(name), "{headers}");
    }
    assert_eq!(answer.header("access-control-max-age"), "600");
}
