//! Tests of problem documents.

use axum::{Router, body::to_bytes, middleware::from_fn, routing::get};
use tower::ServiceExt;

use super::*;

async fn json(response: Response) -> serde_json::Value {
    assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
    serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap()
}

#[test]
fn every_code_of_the_domain_is_a_known_kind() {
    let errors = [
        domain::Error::not_found("it"),
        domain::Error::invalid("a", "b"),
        domain::Error::conflict("c"),
        domain::Error::Forbidden("d".to_owned()),
        domain::Error::Unauthenticated("e".to_owned()),
        domain::Error::RateLimited {
            retry_after_seconds: 7,
        },
        domain::Error::LimitExceeded("f".to_owned()),
        domain::Error::Unavailable {
            message: "g".to_owned(),
            source: None,
        },
        domain::Error::internal("h"),
    ];
    for error in errors {
        let code = error.code();
        let problem = Problem::from(error);
        assert_eq!(problem.code(), code);
        assert!(
            KINDS
                .iter()
                .any(|(status, known, ..)| *known == code && *status == problem.status()),
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_stale_change_fails_its_condition_and_tells_the_version() {
    let response = Problem::of_change(domain::Error::Stale { current: 7 }).into_response();
    assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED);
    let body = json(response).await;
    assert_eq!(body["code"], "PRECONDITION_FAILED");
    assert_eq!(body["currentVersion"], 7);
}

#[tokio::test]
async fn wrong_fields_of_a_body_are_named_by_pointers() {
    let fields = vec![
        FieldError::new("texts.fa.name", "must not be empty"),
        FieldError::new("", "is strange"),
    ];
    let response = Problem::of_change(domain::Error::Invalid(fields)).into_response();
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let body = json(response).await;
    assert_eq!(
        (body["status"].as_u64(), body["code"].as_str()),
        (Some(422), Some("VALIDATION"))
    );
    assert_eq!(body["errors"][0]["pointer"], "/texts/fa/name");
    assert_eq!(body["errors"][1]["pointer"], "");
    assert_eq!(
        body["detail"],
        "/texts/fa/name: must not be empty; is strange"
    );
}

#[test]
fn a_pointer_escapes_what_means_something_in_it() {
    assert_eq!(pointer("a/b.c~d"), "/a~1b/c~0d");
}

#[tokio::test]
async fn wrong_fields_are_all_named() {
    let fields = vec![
        FieldError::new("first", "is too many"),
        FieldError::new("", "is strange"),
    ];
    let response = Problem::from(domain::Error::Invalid(fields)).into_response();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let body = json(response).await;
    assert_eq!(body["type"], "/problems/validation");
    assert_eq!(body["detail"], "first: is too many; is strange");
    assert_eq!(
        body["errors"][0],
        serde_json::json!({"parameter": "first", "message": "is too many", "code": "INVALID"})
    );
    assert!(body["errors"][1].get("parameter").is_none());
}

#[tokio::test]
async fn the_cause_of_an_internal_error_stays_inside() {
    let body = json(Problem::from(domain::Error::internal("secret")).into_response()).await;
    assert!(!body.to_string().contains("secret"));
    assert_eq!(body["code"], "INTERNAL");
}

#[tokio::test]
async fn bare_errors_become_problems_with_the_id_of_the_request() {
    let app = Router::new()
        .route(
            "/problem",
            get(|| async { Problem::not_found("the thing") }),
        )
        .route(
            "/json",
            get(|| async {
                (
                    StatusCode::BAD_REQUEST,
                    [(header::CONTENT_TYPE, "application/json")],
                    "{}",
                )
            }),
        )
        .layer(from_fn(problems));
    let ask = |method: &str, path: &str| {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .body(axum::body::Body::empty())
            .unwrap();
        request
            .extensions_mut()
            .insert(RequestId::new(HeaderValue::from_static("abc")));
        app.clone().oneshot(request)
    };
    let body = json(ask("GET", "/problem").await.unwrap()).await;
    assert_eq!(
        (body["instance"].as_str(), body["detail"].as_str()),
        (Some("abc"), Some("the thing was not found"))
    );

    let refused = ask("POST", "/problem").await.unwrap();
    assert_eq!(refused.headers()[header::ALLOW], "GET,HEAD");
    let body = json(refused).await;
    assert_eq!(
        (body["code"].as_str(), body["status"].as_u64()),
        (Some("METHOD_NOT_ALLOWED"), Some(405))
    );

    let absent = ask("GET", "/absent").await.unwrap();
    assert_eq!(json(absent).await["code"], "NOT_FOUND");

    let own = ask("GET", "/json").await.unwrap();
    assert_eq!(own.headers()[header::CONTENT_TYPE], "application/json");
}
