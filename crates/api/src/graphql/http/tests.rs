//! A toy schema behind the HTTP layer.
#![expect(clippy::unused_async, reason = "resolvers are async by contract")]

use async_graphql::{EmptySubscription, ErrorExtensions, Object, Schema, SimpleObject};
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::{Answer, COST_HEADER, HttpOptions, Outcome, PersistedQueries, answer, hide_schema};

mod persisted;

const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";

#[derive(SimpleObject)]
struct Post {
    id: i32,
    title: String,
}

struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &'static str {
        "world"
    }

    async fn posts(&self, first: usize) -> Vec<Post> {
        (0..first)
            .map(|at| Post {
                id: i32::try_from(at).unwrap(),
                title: format!("Post {at}"),
            })
            .collect()
    }

    async fn echo(&self, text: String) -> String {
        text
    }

    async fn broken(&self) -> async_graphql::Result<Option<String>> {
        Err(
            async_graphql::Error::new("gone").extend_with(|_, extensions| {
                extensions.set("code", "GONE");
            }),
        )
    }

    async fn fatal(&self) -> async_graphql::Result<String> {
        Err("no luck".into())
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn bump(&self, by: i32) -> i32 {
        by + 1
    }
}

async fn run(request: Request<Body>, options: &HttpOptions) -> Answer {
    let persisted = PersistedQueries::new(options.max_persisted_bytes);
    run_with(request, options, &persisted).await
}

async fn run_with(
    request: Request<Body>,
    options: &HttpOptions,
    persisted: &PersistedQueries,
) -> Answer {
    let builder = Schema::build(Query, Mutation, EmptySubscription);
    let schema = if options.introspection {
        builder.finish()
    } else {
        hide_schema(builder).finish()
    };
    answer(request, options, persisted, |request| async move {
        schema.execute(request).await
    })
    .await
}

async fn post(accept: &str, body: &Value) -> Answer {
    raw(accept, OLD, body.to_string()).await
}

async fn raw(accept: &str, content_type: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post("/graphql")
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, content_type)
        .body(body.into())
        .unwrap();
    run(request, &HttpOptions::default()).await
}

async fn get(method: Method, query: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/graphql?{query}"))
        .header(header::ACCEPT, NEW)
        .body(Body::empty())
        .unwrap();
    run(request, &HttpOptions::default()).await
}

fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn code(answer: &Answer) -> String {
    body(answer)["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn media(answer: &Answer) -> String {
    answer.headers[header::CONTENT_TYPE]
        .to_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_query_is_answered_in_the_type_the_client_accepts() {
    let query = json!({ "query": "{ hello }" });
    for (accept, expected) in [
        (NEW, NEW),
        (OLD, OLD),
        ("*/*", OLD),
        ("application/*", OLD),
        ("", OLD),
        ("application/json, application/graphql-response+json", NEW),
        (
            "application/graphql-response+json, application/json;q=0.9",
            NEW,
        ),
        (
            "application/graphql-response+json;q=0.8, application/json",
            OLD,
        ),
        ("application/graphql-response+json;q=0, */*;q=0.1", OLD),
        ("application/json;q=0, */*", NEW),
        ("Application/JSON; Charset=\"UTF-8\"", OLD),
        ("text/html, application/graphql-response+json;q=0.5", NEW),
    ] {
        let answer = post(accept, &query).await;
        assert_eq!(answer.status, StatusCode::OK, "{accept}");
        assert_eq!(
            media(&answer),
            format!("{expected}; charset=utf-8"),
            "{accept}"
        );
        assert_eq!(body(&answer), json!({ "data": { "hello": "world" } }));
        assert_eq!(answer.outcome, Outcome::Complete);
    }
}

#[tokio::test]
async fn a_client_that_accepts_neither_type_is_told_so() {
    for accept in [
        "text/html",
        "image/*",
        "application/json;q=0",
        "application/json;q=2",
        "application/json;charset=latin1",
    ] {
        let answer = post(accept, &json!({ "query": "{ hello }" })).await;
        assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{accept}");
        assert_eq!(code(&answer), "VALIDATION");
    }
}

#[tokio::test]
async fn a_bad_document_is_400_only_in_the_type_of_graphql() {
    for query in [
        "{",
        "{ nothing }",
        "query($n: Int!) { posts(first: $n) { id } }",
        "queryA{hello}",
    ] {
        let new = post(NEW, &json!({ "query": query })).await;
        assert_eq!(new.status, StatusCode::BAD_REQUEST, "{query}");
        let old = post(OLD, &json!({ "query": query })).await;
        assert_eq!(old.status, StatusCode::OK, "{query}");
        for answer in [new, old] {
            assert!(body(&answer).get("data").is_none(), "{query}");
            assert_eq!(code(&answer), "VALIDATION", "{query}");
            assert_eq!(answer.outcome, Outcome::Refused);
        }
    }
}

#[tokio::test]
async fn variables_of_the_wrong_type_are_refused_before_execution() {
    for variables in [
        json!({}),
        json!({ "n": null }),
        json!({ "n": "x" }),
        json!({ "n": [1] }),
    ] {
        let answer = post(
            NEW,
            &json!({ "query": "query($n: Int!) { posts(first: $n) { id } }", "variables": variables }),
        )
        .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{variables}");
        assert_eq!(code(&answer), "VALIDATION");
    }
}

#[tokio::test]
async fn partial_data_is_200_and_keeps_its_codes() {
    let answer = post(NEW, &json!({ "query": "{ hello broken }" })).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.outcome, Outcome::Partial);
    assert_eq!(code(&answer), "GONE");
    let answer = post(NEW, &json!({ "query": "{ fatal }" })).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(body(&answer)["data"], Value::Null);
    assert!(body(&answer).get("data").is_some());
}

#[tokio::test]
async fn a_malformed_body_is_400_in_both_types() {
    for accept in [NEW, OLD] {
        for text in [
            "",
            "nonsense",
            "{\"query\":",
            "{}",
            "\"{ hello }\"",
            r#"{"qeury":"{ hello }"}"#,
            r#"{"query":null}"#,
            r#"{"query":7}"#,
            r#"{"query":"{ hello }","query":"{ hello }"}"#,
            r#"{"query":"{ hello }","operationName":7}"#,
            r#"{"query":"{ hello }","variables":[7]}"#,
            r#"{"query":"{ hello }","variables":"{}"}"#,
            r#"{"query":"{ hello }","extensions":false}"#,
            "[{\"query\":\"{ hello }\"}]",
        ] {
            let answer = raw(accept, OLD, text).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{text}");
            assert_eq!(code(&answer), "VALIDATION", "{text}");
        }
        let answer = raw(accept, OLD, vec![b'{', 0xFF, b'}']).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn unknown_and_null_members_are_ignored() {
    let answer = post(
        NEW,
        &json!({
            "query": "{ hello }", "operationName": null, "variables": null,
            "extensions": null, "id": [{}],
        }),
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn only_json_bodies_are_read() {
    for content_type in [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin1",
        "text/plain; application/json",
        "application/json, text/plain",
        "",
    ] {
        let answer = raw(NEW, content_type, r#"{"query":"{ hello }"}"#).await;
        assert_eq!(
            answer.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{content_type}"
        );
    }
    let answer = raw(
        NEW,
        "Application/JSON;charset=\"utf-8\"",
        r#"{"query":"{ hello }"}"#,
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_compressed_body_is_refused_by_its_header() {
    for (coding, status) in [("gzip", 415), ("identity", 200)] {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, OLD)
            .header(header::CONTENT_ENCODING, coding)
            .body(r#"{"query":"{ hello }"}"#.into())
            .unwrap();
        let answer = run(request, &HttpOptions::default()).await;
        assert_eq!(answer.status.as_u16(), status, "{coding}");
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_413_whether_announced_or_not() {
    let answer = raw(NEW, OLD, vec![b' '; 32 << 20]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(code(&answer), "LIMIT_EXCEEDED");
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, OLD)
        .header(header::CONTENT_LENGTH, "33554432")
        .body(Body::empty())
        .unwrap();
    let answer = run(request, &HttpOptions::default()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_query_may_come_in_the_url() {
    let answer = get(
        Method::GET,
        "query=query+A($n:Int!)%7Bposts(first:$n)%7Bid+title%7D%7D+query+B%7Bhello%7D\
         &operationName=A&variables=%7B%22n%22%3A1%7D&extensions=&x=%FF",
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(body(&answer)["data"]["posts"][0]["title"], "Post 0");
}

#[tokio::test]
async fn bad_parameters_in_the_url_are_400() {
    for query in [
        "",
        "query=",
        "query=%FF",
        "query={hello}&query={hello}",
        "query={hello}&variables=7",
        "query={hello}&variables={",
        "query={hello}&extensions=[]",
    ] {
        let query = query.replace('{', "%7B").replace('}', "%7D");
        let answer = get(Method::GET, &query).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn a_mutation_needs_post() {
    let document = "query+A%7Bhello%7D+mutation+B%7Bbump(by:1)%7D";
    for method in [Method::GET, Method::HEAD] {
        let answer = get(method, &format!("query={document}&operationName=B")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers[header::ALLOW], "POST");
    }
    let answer = get(Method::GET, &format!("query={document}&operationName=A")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = post(NEW, &json!({ "query": "mutation { bump(by: 1) }" })).await;
    assert_eq!(body(&answer)["data"]["bump"], 2);
}

#[tokio::test]
async fn other_methods_are_told_which_ones_there_are() {
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = get(method, "query=%7Bhello%7D").await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers[header::ALLOW], "GET, POST");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    use axum::response::IntoResponse;
    let answer = get(Method::HEAD, "query=%7Bhello%7D").await;
    let length = answer.body.len();
    assert!(length > 0);
    let response = answer.into_response();
    assert_eq!(
        response.headers()[header::CONTENT_LENGTH],
        length.to_string()
    );
    let bytes = axum::body::to_bytes(response.into_body(), 9).await.unwrap();
    assert!(bytes.is_empty());
}

#[tokio::test]
async fn a_document_above_a_limit_is_refused_with_its_code() {
    let answer = post(NEW, &json!({ "query": "{ a ".repeat(5_000) })).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(code(&answer), "LIMIT_EXCEEDED");
    assert_eq!(body(&answer)["errors"][0]["locations"][0]["line"], 1);
}

#[tokio::test]
async fn the_cost_is_told_to_those_who_ask() {
    for (asked, exposed) in [("1", true), ("0", true), ("1", false)] {
        let request = Request::get("/graphql?query=%7Bposts(first:9)%7Bid%7D%7D")
            .header(COST_HEADER, asked)
            .body(Body::empty())
            .unwrap();
        let options = HttpOptions {
            expose_cost: exposed,
            ..HttpOptions::default()
        };
        let answer = run(request, &options).await;
        let told = body(&answer)["extensions"]["cost"]["complexity"].as_u64();
        assert_eq!(told, (asked == "1" && exposed).then_some(10));
        assert_eq!(answer.cost.unwrap().complexity, 10);
    }
}

#[tokio::test]
async fn a_hidden_schema_neither_answers_introspection_nor_suggests_names() {
    let options = HttpOptions {
        introspection: false,
        ..HttpOptions::default()
    };
    for (query, code_expected) in [
        ("%7B__schema%7Btypes%7Bname%7D%7D%7D", "FORBIDDEN"),
        (
            "%7B...F%7Dfragment+F+on+Query%7Ba:__type(name:%22Query%22)%7Bname%7D%7D",
            "FORBIDDEN",
        ),
        ("%7Bhelo%7D", "VALIDATION"),
        ("%7Bhello@skip(iff:true)%7D", "VALIDATION"),
    ] {
        let request = Request::get(format!("/graphql?query={query}"))
            .body(Body::empty())
            .unwrap();
        let answer = run(request, &options).await;
        assert_eq!(code(&answer), code_expected);
        assert!(!String::from_utf8_lossy(&answer.body).contains("Did you mean"));
    }
    let request = Request::get("/graphql?query=%7B__typename%7D")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        body(&run(request, &options).await)["data"]["__typename"],
        "Query"
    );
}

#[tokio::test]
async fn the_errors_of_one_answer_are_bounded() {
    let unknown = (0..25)
        .map(|at| format!("x{at} {{ y }}"))
        .collect::<Vec<_>>()
        .join(" ");
    let options = HttpOptions {
        max_errors: 3,
        ..HttpOptions::default()
    };
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, OLD)
        .body(Body::from(
            json!({ "query": format!("{{ {unknown} }}") }).to_string(),
        ))
        .unwrap();
    let answer = run(request, &options).await;
    let errors = body(&answer)["errors"].as_array().unwrap().clone();
    assert_eq!(errors.len(), 4);
    assert_eq!(errors[3]["message"], "22 more errors were left out.");
    assert!(
        errors
            .iter()
            .all(|error| error["extensions"]["code"] == "VALIDATION")
    );
}

#[tokio::test]
async fn a_refusal_of_the_caller_gets_the_status_of_its_code() {
    for (code, status) in [
        ("UNAUTHENTICATED", 401),
        ("RATE_LIMITED", 429),
        ("INTERNAL", 500),
    ] {
        let request = Request::get("/graphql?query=%7Bhello%7D")
            .body(Body::empty())
            .unwrap();
        let persisted = PersistedQueries::new(0);
        let answer = answer(request, &HttpOptions::default(), &persisted, |_| async {
            let mut error = async_graphql::ServerError::new("no", None);
            super::set_code(&mut error, code);
            async_graphql::Response::from_errors(vec![error])
        })
        .await;
        assert_eq!(answer.status.as_u16(), status);
    }
}
