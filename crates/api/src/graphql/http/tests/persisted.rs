//! Documents named by their hash.

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::json;

use super::{NEW, OLD, body, code, post, run, run_with};
use crate::graphql::http::{HttpOptions, Outcome, PersistedQueries, TrustedDocuments};

/// A request that names its document by a hash, and may bring it too.
fn by_hash(document: Option<&str>, hash: &str, accept: &str) -> Request<Body> {
    let mut body =
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } });
    if let Some(document) = document {
        body["query"] = json!(document);
    }
    Request::post("/graphql")
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, OLD)
        .body(body.to_string().into())
        .unwrap()
}

fn sha256(document: &str) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(document))
}

#[tokio::test]
async fn a_document_sent_once_with_its_hash_is_named_by_the_hash_from_then_on() {
    let options = HttpOptions::default();
    let persisted = PersistedQueries::new(options.max_persisted_bytes);
    let ask = |request| run_with(request, &options, &persisted);
    let (document, hash) = ("{ hello }", sha256("{ hello }"));
    for (accept, status) in [(OLD, 200), (NEW, 400)] {
        let unknown = ask(by_hash(None, &hash, accept)).await;
        assert_eq!(unknown.status.as_u16(), status);
        assert_eq!(unknown.outcome, Outcome::Refused);
        assert_eq!(code(&unknown), "PERSISTED_QUERY_NOT_FOUND");
        assert_eq!(
            body(&unknown)["errors"][0]["message"],
            "PersistedQueryNotFound"
        );
    }
    let expected = json!({ "data": { "hello": "world" } });
    let sent = ask(by_hash(Some(document), &hash, NEW)).await;
    assert_eq!(body(&sent), expected);
    assert_eq!(body(&ask(by_hash(None, &hash, NEW)).await), expected);
    let extensions = format!(
        "%7B%22persistedQuery%22:%7B%22version%22:1,%22sha256Hash%22:%22{}%22%7D%7D",
        hash.to_uppercase()
    );
    let got = Request::get(format!("/graphql?extensions={extensions}"))
        .body(Body::empty())
        .unwrap();
    let got = ask(got).await;
    assert_eq!(
        (got.status, body(&got), got.outcome),
        (StatusCode::OK, expected, Outcome::Complete)
    );
}

#[tokio::test]
async fn a_hash_stands_only_for_its_own_document() {
    let options = HttpOptions::default();
    let persisted = PersistedQueries::new(options.max_persisted_bytes);
    let ask = |request| run_with(request, &options, &persisted);
    let hash = sha256("{ hello }");
    let other = ask(by_hash(Some("{ broken }"), &hash, NEW)).await;
    assert_eq!(
        (other.status.as_u16(), code(&other).as_str()),
        (400, "VALIDATION")
    );
    // What cannot be executed is not kept.
    let wrong = "{ hello ";
    ask(by_hash(Some(wrong), &sha256(wrong), NEW)).await;
    for hash in [hash, sha256(wrong)] {
        let unknown = ask(by_hash(None, &hash, NEW)).await;
        assert_eq!(code(&unknown), "PERSISTED_QUERY_NOT_FOUND");
    }
    for asked in [
        json!(1),
        json!({ "sha256Hash": sha256("x") }),
        json!({ "version": 2, "sha256Hash": sha256("x") }),
        json!({ "version": 1 }),
        json!({ "version": 1, "sha256Hash": "abc" }),
    ] {
        let request = json!({ "extensions": { "persistedQuery": asked } });
        let answer = post(NEW, &request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{request}");
        assert_eq!(code(&answer), "VALIDATION", "{request}");
    }
    let mutation = "mutation { bump(by: 1) }";
    ask(by_hash(Some(mutation), &sha256(mutation), NEW)).await;
    let extensions = format!(
        "%7B%22persistedQuery%22:%7B%22version%22:1,%22sha256Hash%22:%22{}%22%7D%7D",
        sha256(mutation)
    );
    let got = Request::get(format!("/graphql?extensions={extensions}"))
        .body(Body::empty())
        .unwrap();
    assert_eq!(ask(got).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn persisted_queries_that_are_switched_off_are_said_to_be() {
    let options = HttpOptions {
        max_persisted_bytes: 0,
        ..HttpOptions::default()
    };
    let hash = sha256("{ hello }");
    let refused = run(by_hash(None, &hash, NEW), &options).await;
    assert_eq!(code(&refused), "PERSISTED_QUERY_NOT_SUPPORTED");
    let whole = run(by_hash(Some("{ hello }"), &hash, NEW), &options).await;
    assert_eq!(body(&whole)["data"]["hello"], "world");
}

#[tokio::test]
async fn a_trusted_document_is_named_by_its_id() {
    let list = r#"{ "greeting": "{ hello }" }"#;
    for is_strict in [false, true] {
        let options = HttpOptions {
            trusted: std::sync::Arc::new(TrustedDocuments::read(list, is_strict).unwrap()),
            ..HttpOptions::default()
        };
        let ask = async |json: serde_json::Value| {
            let request = Request::post("/graphql")
                .header(header::ACCEPT, NEW)
                .header(header::CONTENT_TYPE, OLD)
                .body(json.to_string().into())
                .unwrap();
            let answer = run(request, &options).await;
            (answer.status.as_u16(), body(&answer))
        };
        let expected = (200, json!({ "data": { "hello": "world" } }));
        assert_eq!(ask(json!({ "documentId": "greeting" })).await, expected);
        let both = json!({ "documentId": "greeting", "query": "{ hello }" });
        assert_eq!(ask(both).await, expected);
        let other = json!({ "documentId": "greeting", "query": "{ other }" });
        assert_eq!(ask(other).await.0, 400);
        let unknown = ask(json!({ "documentId": "farewell" })).await.1;
        assert_eq!(
            unknown["errors"][0]["extensions"]["code"],
            "PERSISTED_QUERY_NOT_FOUND"
        );
        let by_hash = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "greeting" } } });
        assert_eq!(ask(by_hash).await, expected);
        let got = Request::get("/graphql?documentId=greeting")
            .body(Body::empty())
            .unwrap();
        assert_eq!(body(&run(got, &options).await), expected.1);
        let own = ask(json!({ "query": "query { hello }" })).await;
        if is_strict {
            assert_eq!(
                (own.0, &own.1["errors"][0]["extensions"]["code"]),
                (400, &json!("PERSISTED_QUERY_NOT_IN_LIST"))
            );
        } else {
            assert_eq!(own, expected);
        }
    }
}
