//! Changes that are sent again: made once, answered again.

use std::{net::IpAddr, time::Duration};

use application::{
    articles::{self, NewArticle},
    idempotency::{self, Claimed},
    worker::Handlers,
};
use domain::{
    Error,
    access::{Actor, Role},
    audit::Origin,
    idempotency::IdempotencyKey,
};
use futures::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::titled;
use crate::harness::{Answer, TestServer, work::DEAF};

const ARTICLES: &str = "SELECT count(*) FROM article";
const KEYS: &str = "SELECT count(*) FROM idempotency_key";
const CREATE: &str = "mutation ($input: CreateArticleInput!) \
    { createArticle(input: $input) { article { id title version } userErrors { code field } } }";

fn post(server: &TestServer, token: &str, key: &str, body: &Value) -> RequestBuilder {
    server
        .request(Method::POST, "/api/v1/articles")
        .bearer_auth(token)
        .header("idempotency-key", key)
        .json(body)
}

fn mutate(
    server: &TestServer,
    token: &str,
    key: &str,
    query: &str,
    input: &Value,
) -> RequestBuilder {
    server
        .request(Method::POST, "/graphql")
        .bearer_auth(token)
        .header("idempotency-key", key)
        .json(&json!({ "query": query, "variables": { "input": input } }))
}

fn new(title: &str) -> Value {
    json!({ "edition": "en", "title": title })
}

async fn editor() -> (TestServer, String) {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let token = server.signed_in(Role::Editor, Some(site.en)).await;
    (server, token)
}

/// The code of the only error of an answer of GraphQL.
fn code(answer: &Answer) -> String {
    let answer = answer.json();
    assert!(
        answer["errors"].get(1).is_none() && answer.get("data").is_none(),
        "{answer:#}"
    );
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn the_same_request_is_answered_again_and_made_once() {
    let (server, token) = editor().await;
    let first = server
        .send(post(&server, &token, "one", &new("Once")))
        .await
        .expect(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = server
        .send(post(&server, &token, "one", &new("Once")))
        .await
        .expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.body, first.body);
    for name in [
        "location",
        "etag",
        "content-type",
        "cache-control",
        "last-modified",
    ] {
        assert_eq!(again.header(name), first.header(name), "{name}");
        assert_ne!(first.header(name), "", "{name}");
    }
    assert_eq!(server.count(ARTICLES).await, 1);
    // A change of it, and its deletion, which answers nothing.
    let id = first.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/articles/{id}");
    for replayed in ["", "true"] {
        let request = server.request(Method::PATCH, &path).bearer_auth(&token);
        let request = request
            .header("idempotency-key", "two")
            .header("if-match", "\"1\"");
        let changed = server
            .send(request.json(&json!({ "title": "Changed" })))
            .await
            .expect(200);
        assert_eq!(changed.header("idempotency-replayed"), replayed);
        assert_eq!(changed.json()["version"], 2);
    }
    for replayed in ["", "true"] {
        let request = server.request(Method::DELETE, &path).bearer_auth(&token);
        let request = request
            .header("idempotency-key", "three")
            .header("if-match", "\"2\"");
        let gone = server.send(request).await.expect(204);
        assert_eq!(gone.header("idempotency-replayed"), replayed);
    }
}

#[tokio::test]
async fn the_same_mutation_is_answered_again_and_made_once() {
    let (server, token) = editor().await;
    let send = async || {
        server
            .send(mutate(&server, &token, "one", CREATE, &new("Once")))
            .await
            .expect(200)
    };
    let (first, again) = (send().await, send().await);
    assert_eq!(
        first.json()["data"]["createArticle"]["article"]["title"],
        "Once"
    );
    assert_eq!(first.header("idempotency-replayed"), "");
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(server.count(ARTICLES).await, 1);
    // A query changes nothing, and needs no key.
    let query = "{ site { name } }";
    for _ in 0..2 {
        let answer = server
            .send(mutate(&server, &token, "one", query, &json!(null)))
            .await
            .expect(200);
        assert_eq!(answer.header("idempotency-replayed"), "");
        assert!(answer.json().get("errors").is_none());
    }
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused() {
    let (server, token) = editor().await;
    server
        .send(post(&server, &token, "one", &new("Once")))
        .await
        .expect(201);
    let other = server
        .send(post(&server, &token, "one", &new("Twice")))
        .await
        .expect(422);
    assert_eq!(other.json()["errors"][0]["header"], "Idempotency-Key");
    let mutation = mutate(&server, &token, "one", CREATE, &new("Once"));
    assert_eq!(code(&server.send(mutation).await), "VALIDATION");
    let elsewhere = server
        .request(Method::POST, "/api/v1/pages")
        .bearer_auth(&token);
    let elsewhere = elsewhere
        .header("idempotency-key", "one")
        .json(&new("Once"));
    server.send(elsewhere).await.expect(422);
    assert_eq!(server.count(ARTICLES).await, 1);
    assert_eq!(server.count("SELECT count(*) FROM page").await, 0);
}

#[tokio::test]
async fn fifty_of_the_same_at_the_same_time_make_one_article() {
    let (server, token) = editor().await;
    let body = new("Once");
    let all = (0..50).map(|_| server.send(post(&server, &token, "one", &body)));
    let answers = join_all(all).await;
    check_one(&server, &answers).await;
    let last = server
        .send(post(&server, &token, "one", &body))
        .await
        .expect(201);
    assert_eq!(last.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn two_servers_on_one_store_make_one_article() {
    let (server, token) = editor().await;
    let twin = server.twin().await;
    let body = new("Once");
    let here = join_all((0..10).map(|_| server.send(post(&server, &token, "one", &body))));
    let there = join_all((0..10).map(|_| twin.send(post(&twin, &token, "one", &body))));
    let (mut answers, there) = futures::join!(here, there);
    answers.extend(there);
    check_one(&server, &answers).await;
    let last = twin
        .send(post(&twin, &token, "one", &body))
        .await
        .expect(201);
    assert_eq!(last.header("idempotency-replayed"), "true");
    let input = new("Once");
    let (here, there) = futures::join!(
        server.send(mutate(&server, &token, "two", CREATE, &input)),
        twin.send(mutate(&twin, &token, "two", CREATE, &input)),
    );
    let is_made = |answer: &Answer| answer.json().get("errors").is_none();
    assert!(is_made(&here) || is_made(&there), "{here:?} {there:?}");
    for refused in [&here, &there]
        .into_iter()
        .filter(|answer| !is_made(answer))
    {
        assert_eq!(code(refused), "CONFLICT");
    }
    assert_eq!(server.count(ARTICLES).await, 2);
}

async fn check_one(server: &TestServer, answers: &[Answer]) {
    let made = answers.iter().filter(|answer| answer.status == 201);
    let fresh = made
        .clone()
        .filter(|answer| answer.header("idempotency-replayed").is_empty());
    assert_eq!(fresh.count(), 1);
    let first = &made.clone().next().unwrap().body;
    for answer in answers {
        match answer.status {
            201 => assert_eq!(&answer.body, first),
            _ => assert_eq!(
                (answer.status, &answer.json()["code"]),
                (409, &json!("CONFLICT"))
            ),
        }
    }
    assert_eq!(server.count(ARTICLES).await, 1);
    assert_eq!(server.count(KEYS).await, 1);
}

#[tokio::test]
async fn what_was_refused_changed_nothing_and_leaves_the_key_free() {
    let (server, token) = editor().await;
    server
        .send(post(&server, &token, "one", &json!({ "edition": "en" })))
        .await
        .expect(422);
    let taken = json!({ "edition": "en", "title": "A", "path": "/no/../path" });
    server
        .send(post(&server, &token, "one", &taken))
        .await
        .expect(422);
    let refused = server
        .send(mutate(
            &server,
            &token,
            "one",
            CREATE,
            &json!({ "edition": "en" }),
        ))
        .await;
    let errors = &refused.json()["data"]["createArticle"]["userErrors"];
    assert_eq!(errors[0]["field"], "title");
    assert_eq!(server.count(KEYS).await, 0);
    server
        .send(post(&server, &token, "one", &new("Once")))
        .await
        .expect(201);
}

#[tokio::test]
async fn who_lost_the_answer_is_told_what_was_changed() {
    let (server, token) = editor().await;
    let first = server
        .send(post(&server, &token, "one", &new("Once")))
        .await
        .expect(201);
    let id = first.json()["id"].as_str().unwrap().to_owned();
    // As if the process had ended between the change and the keeping of its answer.
    server
        .rows("UPDATE idempotency_key SET status = NULL, headers = NULL, body = NULL")
        .await;
    let lost = server
        .send(post(&server, &token, "one", &new("Once")))
        .await
        .expect(409);
    assert!(lost.text().contains(&id), "{}", lost.text());
    server
        .send(post(&server, &token, "one", &new("Twice")))
        .await
        .expect(422);
    assert_eq!(server.count(ARTICLES).await, 1);
}

#[tokio::test]
async fn a_request_that_is_cut_off_after_its_commit_is_not_made_again() {
    let (server, _token) = editor().await;
    let site = server
        .system()
        .editions()
        .await
        .unwrap()
        .default_edition()
        .unwrap()
        .id;
    let key: IdempotencyKey = "one".parse().unwrap();
    let cx = server.system();
    let claim = async || idempotency::claim(&cx, key.clone(), "print".to_owned()).await;
    let make = async |cx| {
        let new = NewArticle {
            edition: site,
            change: titled("Once"),
        };
        articles::create_from(cx, new).await
    };
    let Claimed::New(first) = claim().await.unwrap() else {
        panic!("it is new")
    };
    // Dropped before the commit, nothing has happened.
    {
        let tx = first.cx().begin().await.unwrap();
        drop(tx);
    }
    // Until the database has heard of it, the key is taken.
    let made = loop {
        match make(first.cx()).await {
            Err(Error::Conflict { .. }) => tokio::time::sleep(Duration::from_millis(10)).await,
            made => break made.unwrap(),
        }
    };
    // While it is carried out, no other is.
    assert!(matches!(claim().await, Err(Error::Conflict { .. })));
    drop(first);
    let told = claim().await.unwrap_err().to_string();
    assert!(told.contains(&made.entry.id.to_string()), "{told}");
    assert_eq!(server.count(ARTICLES).await, 1);
}

#[tokio::test]
async fn a_long_answer_is_not_kept() {
    let (server, token) = editor().await;
    let body = json!({ "edition": "en", "title": "Long", "body": { "html": "<p>word</p>".repeat(60_000) } });
    let send = || {
        server
            .request(Method::POST, "/api/v1/articles?include=body")
            .bearer_auth(&token)
            .header("idempotency-key", "one")
            .json(&body)
    };
    let first = server.send(send()).await.expect(201);
    assert!(first.body.len() > 1_048_576);
    let again = server.send(send()).await.expect(409);
    assert!(again.text().contains(first.json()["id"].as_str().unwrap()));
}

#[tokio::test]
async fn keys_of_different_people_have_nothing_to_do_with_each_other() {
    let (server, token) = editor().await;
    let site = server
        .system()
        .editions()
        .await
        .unwrap()
        .default_edition()
        .unwrap()
        .id;
    let other = server.signed_in(Role::Author, Some(site)).await;
    for token in [&token, &other] {
        let made = server
            .send(post(&server, token, "one", &new("Once")))
            .await
            .expect(201);
        assert_eq!(made.header("idempotency-replayed"), "");
    }
    assert_eq!(server.count(ARTICLES).await, 2);
    // Nor those of strangers, whose addresses are not kept.
    let stranger = |address: &str| {
        let address: IpAddr = address.parse().unwrap();
        let origin = Origin {
            address: Some(address),
            request_id: None,
        };
        server.app.context_from(Actor::Anonymous, origin)
    };
    let (one, two) = (stranger("192.0.2.1"), stranger("192.0.2.2"));
    let claim = async |cx| idempotency::claim(cx, "one".parse().unwrap(), "print".to_owned()).await;
    let (first, second) = (claim(&one).await, claim(&two).await);
    assert!(matches!(
        (&first, &second),
        (Ok(Claimed::New(_)), Ok(Claimed::New(_)))
    ));
    assert!(claim(&one).await.is_err());
}

#[tokio::test]
async fn a_mutation_under_a_key_has_one_root_field() {
    let (server, token) = editor().await;
    let one = "createArticle(input: $input) { article { id } }";
    for fields in [
        format!("a: {one} b: {one}"),
        "...F".to_owned(),
        format!("... on Mutation {{ {one} }}"),
    ] {
        let fragment = match fields.as_str() {
            "...F" => format!("fragment F on Mutation {{ {one} }}"),
            _ => String::new(),
        };
        let query = format!("mutation ($input: CreateArticleInput!) {{ {fields} }} {fragment}");
        let answer = server
            .send(mutate(&server, &token, "one", &query, &new("Once")))
            .await;
        assert_eq!(code(&answer), "VALIDATION", "{query}");
    }
    assert_eq!(server.count(ARTICLES).await, 0);
    let query = format!(
        "mutation M($input: CreateArticleInput!) {{ __typename {one} }} query Q {{ __typename }}"
    );
    let body =
        json!({ "query": query, "operationName": "M", "variables": { "input": new("Once") } });
    let send = || {
        let request = server.request(Method::POST, "/graphql").bearer_auth(&token);
        request.header("idempotency-key", "one").json(&body)
    };
    for replayed in ["", "true"] {
        let answer = server.send(send()).await.expect(200);
        assert_eq!(
            answer.header("idempotency-replayed"),
            replayed,
            "{}",
            answer.text()
        );
    }
    assert_eq!(server.count(ARTICLES).await, 1);
}

#[tokio::test]
async fn answers_that_hold_secrets_are_not_kept() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let person = server.person(Role::Author, site.en).await;
    let credentials =
        json!({ "email": person.email, "password": crate::harness::people::PASSWORD });
    let login = server
        .request(Method::POST, "/api/v1/auth/login")
        .json(&credentials);
    let refused = server
        .send(login.header("idempotency-key", "one"))
        .await
        .expect(400);
    assert_eq!(refused.json()["errors"][0]["header"], "Idempotency-Key");
    let query = "mutation ($input: LoginInput!) { l: login(input: $input) { accessToken } }";
    let answer = server
        .send(mutate(&server, "", "one", query, &credentials))
        .await;
    assert_eq!(code(&answer), "UNAUTHENTICATED", "no token is sent");
    let body = json!({ "query": query, "variables": { "input": credentials } });
    let request = server
        .request(Method::POST, "/graphql")
        .header("idempotency-key", "one");
    assert_eq!(code(&server.send(request.json(&body)).await), "VALIDATION");
    assert_eq!(server.count("SELECT count(*) FROM session").await, 0);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let (server, token) = editor().await;
    let long = "k".repeat(256);
    for key in ["", "a b", &long] {
        let refused = server
            .send(post(&server, &token, key, &new("Once")))
            .await
            .expect(400);
        assert_eq!(refused.json()["errors"][0]["header"], "Idempotency-Key");
        let refused = server
            .send(mutate(&server, &token, key, CREATE, &new("Once")))
            .await;
        assert_eq!(code(&refused), "VALIDATION");
    }
    let twice = post(&server, &token, "one", &new("Once")).header("idempotency-key", "one");
    server.send(twice).await.expect(400);
    // Reads take no notice of it.
    server
        .get_with("/api/v1/articles", &[("idempotency-key", "a b")])
        .await
        .expect(200);
    assert_eq!(server.count(ARTICLES).await, 0);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let (server, token) = editor().await;
    server
        .send(post(&server, &token, "one", &new("Once")))
        .await
        .expect(201);
    server.clock.advance(Duration::from_hours(24));
    let worker = server.worker(Handlers::standard().unwrap(), DEAF);
    worker.prepare().await.unwrap();
    worker.run_due().await.unwrap();
    assert_eq!(server.count(KEYS).await, 1);
    server.clock.advance(Duration::from_secs(1));
    // The token is of no more use by then.
    let editions = server.system().editions().await.unwrap();
    let site = editions.default_edition().unwrap().id;
    let token = server.signed_in(Role::Editor, Some(site)).await;
    server
        .send(post(&server, &token, "one", &new("Once")))
        .await
        .expect(201);
    assert_eq!(server.count(ARTICLES).await, 2);
    assert_eq!(server.count(KEYS).await, 2);
    server.clock.advance(Duration::from_hours(1));
    worker.run_due().await.unwrap();
    assert_eq!(server.count(KEYS).await, 1);
}

#[tokio::test]
async fn a_key_that_was_not_removed_yet_is_used_anew_after_a_day() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let key: IdempotencyKey = "one".parse().unwrap();
    let cx = server.system();
    for print in ["first", "second"] {
        let claimed = idempotency::claim(&cx, key.clone(), print.to_owned())
            .await
            .unwrap();
        let Claimed::New(claim) = claimed else {
            panic!("it is new")
        };
        let new = NewArticle {
            edition: site.en,
            change: titled("Once"),
        };
        articles::create_from(claim.cx(), new).await.unwrap();
        server.clock.advance(Duration::from_secs(24 * 3600 + 1));
    }
    assert_eq!(server.count(ARTICLES).await, 2);
    assert_eq!(server.count(KEYS).await, 1);
}
