//! Problem documents.

use domain::content::Status;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestServer};

fn problem(answer: &Answer) -> Value {
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{}",
        answer.asked
    );
    assert_eq!(
        answer.header("cache-control"),
        "no-store",
        "{}",
        answer.asked
    );
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status);
    assert!(problem["title"].is_string() && problem["detail"].is_string());
    assert_eq!(
        problem["instance"],
        format!("urn:uuid:{}", answer.header("x-request-id"))
    );
    assert!(problem["type"].as_str().unwrap().starts_with("/problems/"));
    problem
}

#[tokio::test]
async fn every_unknown_parameter_is_named() {
    let server = TestServer::with_demo().await;
    for (path, parameters) in [
        ("/api/v1/articles?colour=red", &["colour"][..]),
        (
            "/api/v1/articles?colour=red&filter[color]=x&first=101",
            &["colour", "filter[color]", "first"],
        ),
        ("/api/v1/site?x=1", &["x"]),
        ("/api/v1/editions/en?edition=fa", &["edition"]),
        ("/api/v1/menus?first=1", &["first"]),
        ("/api/v1/articles?first=2&first=3", &["first"]),
        ("/api/v1/route", &["path"]),
        ("/api/v1/articles?first=x", &["first"]),
        ("/api/v1/articles?first=1&last=1", &["last"]),
        ("/api/v1/articles?total=maybe", &["total"]),
        ("/api/v1/articles?sort=colour", &["sort"]),
        ("/api/v1/articles?fields=title,colour", &["fields"]),
        ("/api/v1/articles?include=colour", &["include"]),
        ("/api/v1/articles?edition=xx", &["edition"]),
        (
            "/api/v1/articles?filter[publishedAt][gte]=yesterday",
            &["filter[publishedAt][gte]"],
        ),
        (
            "/api/v1/articles?filter[hasMedia]=smell",
            &["filter[hasMedia]"],
        ),
        (
            "/api/v1/articles?filter[translationOf]=x",
            &["filter[translationOf]"],
        ),
        (
            "/api/v1/articles?filter[untranslatedIn]=xx",
            &["filter[untranslatedIn]"],
        ),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 400, "{path}");
        let problem = problem(&answer);
        assert_eq!(problem["code"], "VALIDATION", "{path}");
        let errors = problem["errors"].as_array().unwrap();
        let mut named: Vec<&str> = errors
            .iter()
            .map(|error| error["parameter"].as_str().unwrap())
            .collect();
        named.sort_unstable();
        let mut expected = parameters.to_vec();
        expected.sort_unstable();
        assert_eq!(named, expected, "{path}: {problem}");
    }
}

#[tokio::test]
async fn what_is_hidden_is_answered_as_if_it_were_absent() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let draft = server
        .article(site.en, "Secret")
        .slug("secret")
        .status(Status::Draft)
        .await;
    let pairs = [
        (
            format!("/api/v1/articles/{draft}"),
            "/api/v1/articles/article_00000000000000000000000000".to_owned(),
        ),
        (
            "/api/v1/articles/by-slug/en/secret".to_owned(),
            "/api/v1/articles/by-slug/en/absent".to_owned(),
        ),
        (
            "/api/v1/route?path=/2026/05/secret".to_owned(),
            "/api/v1/route?path=/2026/05/absent".to_owned(),
        ),
        (
            format!("/api/v1/articles/{draft}/comments"),
            "/api/v1/articles/article_00000000000000000000000000/comments".to_owned(),
        ),
        (
            format!("/api/v1/articles/{draft}/translations"),
            "/api/v1/articles/article_00000000000000000000000000/translations".to_owned(),
        ),
        (
            format!("/api/v1/articles/{draft}/related"),
            "/api/v1/articles/article_00000000000000000000000000/related".to_owned(),
        ),
        (
            format!("/api/v1/articles/{draft}/revisions"),
            "/api/v1/articles/article_00000000000000000000000000/revisions".to_owned(),
        ),
    ];
    for (hidden, absent) in pairs {
        let (hidden, absent) = (server.get(&hidden).await, server.get(&absent).await);
        assert_eq!(hidden.status, 404, "{}", hidden.asked);
        let without_ids = |answer: &Answer| {
            let mut problem = problem(answer);
            problem["instance"].take();
            let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            (problem, names)
        };
        assert_eq!(
            without_ids(&hidden),
            without_ids(&absent),
            "{}",
            hidden.asked
        );
    }
}

#[tokio::test]
async fn absent_things_are_not_found() {
    let server = TestServer::with_demo().await;
    for path in [
        "/api/v1/nothing",
        "/api/v1/articles/nonsense",
        "/api/v1/articles/article_00000000000000000000000000",
        "/api/v1/articles/page_00000000000000000000000000",
        "/api/v1/articles/by-slug/en/none",
        "/api/v1/articles/by-slug/xx/none",
        "/api/v1/editions/xx",
        "/api/v1/menus/by-location/en/none",
        "/api/v1/route?path=/none",
        "/api/v1",
        "/api/v1/articles/",
        "/api/v2/articles",
        "/nothing",
        "/",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        let problem = problem(&answer);
        assert_eq!(problem["code"], "NOT_FOUND", "{path}");
        assert_eq!(problem["type"], "/problems/not-found");
    }
}

#[tokio::test]
async fn a_problem_leads_to_its_explanation() {
    let server = TestServer::with_demo().await;
    let answer = server.get("/api/v1/nothing").await;
    let kind = problem(&answer)["type"].as_str().unwrap().to_owned();
    let page = server.get(&kind).await.expect(200);
    assert!(page.text().contains("NOT_FOUND"), "{}", page.text());
}

#[tokio::test]
async fn a_method_that_is_not_allowed_is_refused_with_those_that_are() {
    let server = TestServer::with_demo().await;
    for path in [
        "/api/v1/articles",
        "/api/v1/site",
        "/feeds/en/rss.xml",
        "/openapi.json",
    ] {
        let answer = server.send(server.request(Method::DELETE, path)).await;
        assert_eq!(answer.status, 405, "{path}");
        assert!(answer.header("allow").contains("GET"), "{path}");
        assert_eq!(problem(&answer)["code"], "METHOD_NOT_ALLOWED");
    }
}

#[tokio::test]
async fn credentials_nobody_can_check_are_refused() {
    let server = TestServer::with_demo().await;
    for path in [
        "/api/v1/articles",
        "/graphql?query=%7B__typename%7D",
        "/feeds/en/rss.xml",
    ] {
        let answer = server
            .get_with(path, &[("authorization", "Bearer x")])
            .await;
        assert_eq!(answer.status, 401, "{path}");
        assert!(
            answer.header("www-authenticate").starts_with("Bearer"),
            "{path}"
        );
        assert_eq!(
            answer
                .json()
                .pointer("/code")
                .or(answer.json().pointer("/errors/0/extensions/code")),
            Some(&json!("UNAUTHENTICATED"))
        );
    }
}

#[tokio::test]
async fn credentials_nobody_can_check_are_refused_in_the_form_graphql_clients_read() {
    let server = TestServer::with_demo().await;
    for (accept, media) in [
        (
            "application/graphql-response+json",
            "application/graphql-response+json",
        ),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/turtle", "application/json"),
    ] {
        let answer = server
            .get_with(
                "/graphql?query=%7B__typename%7D",
                &[("authorization", "Bearer x"), ("accept", accept)],
            )
            .await;
        assert_eq!(answer.status, 401, "{accept}");
        let given = answer.header("content-type").to_owned();
        assert_eq!(given.split(';').next(), Some(media), "{accept}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
        assert_eq!(answer.header("cache-control"), "no-store");
        let body = answer.json();
        assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
        let errors = body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0]["extensions"]["code"], "UNAUTHENTICATED");
        assert!(
            errors[0]["message"]
                .as_str()
                .unwrap()
                .contains("sign in again")
        );
    }
}

#[tokio::test]
async fn an_address_nobody_can_read_is_refused() {
    let server = TestServer::with_demo().await;
    for path in [
        "/api/v1/articles?filter[tag]=%FF",
        "/api/v1/articles/%FF",
        "/api/v1/articles/by-slug/en/%00",
        "/api/v1/route?path=/..%2f..",
        "/api/v1/articles?%5B%5D=1",
        "/api/v1/articles?=",
        "/api/v1/articles?&&&",
    ] {
        let answer = server.get(path).await;
        assert!(answer.status < 500, "{path}: {}", answer.text());
    }
    let long = format!("/api/v1/articles?filter[tag]={}", "a".repeat(50_000));
    let answer = server.get(&long).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}

#[tokio::test]
async fn a_nul_in_an_address_names_nothing_on_either_engine() {
    let server = TestServer::with_demo().await;
    for path in [
        "/api/v1/articles/by-slug/en/a%00b",
        "/api/v1/menus/by-location/en/%00",
        "/api/v1/articles?filter[tag]=a%00b",
        "/api/v1/articles?filter[source]=%00",
        "/api/v1/route?path=/a%00b",
        "/feeds/en/tag/a%00b/rss.xml",
        "/feeds/en/author/%00/feed.json",
        "/feeds/%00/rss.xml",
        "/media/asset_00000000000000000000000000/1/%00",
    ] {
        let answer = server.get(path).await;
        assert!(
            matches!(answer.status, 400 | 404),
            "{path}: {}",
            answer.text()
        );
        problem(&answer);
    }
}
