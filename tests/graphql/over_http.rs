//! GraphQL over HTTP: methods, media types, and what a stranger's page may not do.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::TestServer;

const NEW: &str = "application/graphql-response+json";

#[tokio::test]
async fn the_media_type_is_the_one_asked_for() {
    let server = TestServer::with_demo().await;
    for (accept, expected) in [
        (
            "application/graphql-response+json",
            "application/graphql-response+json; charset=utf-8",
        ),
        ("application/json", "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
        (
            "application/json;q=0.5, application/graphql-response+json",
            "application/graphql-response+json; charset=utf-8",
        ),
        (
            "application/graphql-response+json;q=0.5, application/json",
            "application/json; charset=utf-8",
        ),
    ] {
        for answer in [
            server
                .send(
                    server
                        .request(Method::POST, "/graphql")
                        .header("accept", accept)
                        .json(&json!({ "query": "{ __typename }" })),
                )
                .await,
            server
                .get_with("/graphql?query=%7B__typename%7D", &[("accept", accept)])
                .await,
        ] {
            let answer = answer.expect(200);
            assert_eq!(answer.header("content-type"), expected, "{accept}");
            assert!(
                answer.header("vary").to_lowercase().contains("accept"),
                "{accept}"
            );
            assert_eq!(answer.json(), json!({ "data": { "__typename": "Query" } }));
        }
    }
    let refused = server
        .get_with(
            "/graphql?query=%7B__typename%7D",
            &[("accept", "image/png")],
        )
        .await;
    assert_eq!(refused.status, 406);
}

#[tokio::test]
async fn the_status_depends_on_the_media_type() {
    let server = TestServer::with_demo().await;
    let ask = async |accept: &str, query: &str| {
        let request = server
            .request(Method::POST, "/graphql")
            .header("accept", accept);
        server.send(request.json(&json!({ "query": query }))).await
    };
    assert_eq!(ask(NEW, "{ nothing }").await.status, 400);
    assert_eq!(ask("application/json", "{ nothing }").await.status, 200);
    assert_eq!(ask(NEW, "{ site { name").await.status, 400);
    let partial = ask(NEW, "{ articles(first: 101) { nodes { id } } }").await;
    assert_eq!(partial.status, 200, "it was executed");
    assert_eq!(partial.json()["data"], Value::Null);
    for body in [
        json!({}),
        json!({ "query": 1 }),
        json!({ "query": "{ __typename }", "variables": [] }),
        json!([{ "query": "{ __typename }" }]),
    ] {
        let answer = server
            .send(server.request(Method::POST, "/graphql").json(&body))
            .await;
        assert_eq!(answer.status, 400, "{body}");
    }
}

#[tokio::test]
async fn a_post_that_needs_no_preflight_is_refused() {
    let server = TestServer::with_demo().await;
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; charset=utf-8",
    ] {
        let request = server
            .request(Method::POST, "/graphql")
            .header("content-type", media_type);
        let answer = server
            .send(request.body("{\"query\":\"{ __typename }\"}"))
            .await;
        assert_eq!(answer.status, 415, "{media_type}");
        assert_eq!(
            answer.json()["errors"][0]["extensions"]["code"],
            "VALIDATION"
        );
        assert!(answer.json().get("data").is_none());
    }
    let bare = server
        .send(
            server
                .request(Method::POST, "/graphql")
                .body("{\"query\":\"{ __typename }\"}"),
        )
        .await;
    assert_eq!(bare.status, 415);
}

#[tokio::test]
async fn methods_other_than_get_and_post_are_refused() {
    let server = TestServer::with_demo().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = server
            .send(
                server
                    .request(method, "/graphql")
                    .json(&json!({ "query": "{ __typename }" })),
            )
            .await;
        assert_eq!(answer.status, 405);
        assert!(
            answer.header("allow").contains("POST"),
            "{}",
            answer.header("allow")
        );
    }
}

#[tokio::test]
async fn a_get_takes_variables_and_an_operation_name() {
    let server = TestServer::with_demo().await;
    let query = "query A($f: Int!) { articles(first: $f) { nodes { id } } } query B { __typename }";
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let path = format!(
        "/graphql?query={}&operationName=A&variables={}",
        encode(query),
        encode("{\"f\":3}")
    );
    let answer = server.get(&path).await.expect(200).json();
    assert_eq!(
        answer["data"]["articles"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let unnamed = format!("/graphql?query={}", encode(query));
    assert!(server.get(&unnamed).await.json()["errors"].is_array());
}

#[tokio::test]
async fn the_cost_is_told_to_those_who_ask() {
    let server = TestServer::with_demo().await;
    let body = json!({ "query": "{ articles(first: 10) { nodes { title } } }" });
    let answer = server
        .send(
            server
                .request(Method::POST, "/graphql")
                .header("colophon-cost", "1")
                .json(&body),
        )
        .await
        .json();
    assert!(
        answer["extensions"]["cost"]["complexity"].as_u64().unwrap() > 10,
        "{answer}"
    );
    let silent = server
        .send(server.request(Method::POST, "/graphql").json(&body))
        .await
        .json();
    assert!(silent.get("extensions").is_none());
}
