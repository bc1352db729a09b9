//! What passes for a token and what does not.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::access::Role;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::harness::{Answer, TestServer, people};

/// The places a token is looked at, each in its own way of answering.
const PLACES: [&str; 5] = [
    "/api/v1/articles",
    "/graphql?query=%7B__typename%7D",
    "/feeds/en/rss.xml",
    "/feeds/en/feed.json",
    "/media/asset_01jb0000000000000000000000/1/a.jpg",
];

fn key() -> Value {
    serde_json::from_str::<Value>(&people::keys()).unwrap()["keys"][0].take()
}

fn signing_key() -> EncodingKey {
    EncodingKey::from_ed_der(&STANDARD.decode(key()["ed25519"].as_str().unwrap()).unwrap())
}

/// A token with other members in its header or claims; null removes one.
fn altered(token: &str, header: &Value, claims: &Value) -> String {
    let part = |index: usize, changes: &Value| {
        let text = URL_SAFE_NO_PAD
            .decode(token.split('.').nth(index).unwrap())
            .unwrap();
        let mut part: Value = serde_json::from_slice(&text).unwrap();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(part.as_object_mut().unwrap().remove(name)),
                value => part[name] = value.clone(),
            }
        }
        part
    };
    let (header, claims) = (part(0, header), part(1, claims));
    let text = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", text(&header), text(&claims));
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), &signing_key(), Algorithm::EdDSA);
    format!("{message}.{}", signature.unwrap())
}

type Named = (&'static str, String);

/// A token of HMAC with the public key as its secret: what a verifier takes that trusts `alg`.
fn confused(token: &str, public: &str) -> String {
    let claims = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1).unwrap())
        .unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let header = Header {
        typ: Some("at+jwt".to_owned()),
        kid: Some(key()["kid"].as_str().unwrap().to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let secret = URL_SAFE_NO_PAD.decode(public).unwrap();
    encode(&header, &claims, &EncodingKey::from_secret(&secret)).unwrap()
}

/// What is wrong with the form, the signature or the header.
fn bad_tokens(token: &str, now: i64) -> Vec<Named> {
    let none = json!({});
    let (head, signature) = token.rsplit_once('.').unwrap();
    let header = |changes: Value| altered(token, &changes, &none);
    let unsigned = header(json!({ "alg": "none" }));
    let unsigned = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    let reversed = signature.chars().rev().collect::<String>();
    vec![
        ("no token", "x".to_owned()),
        ("two parts", head.to_owned()),
        ("an empty signature", format!("{head}.")),
        ("another signature", format!("{head}.{reversed}")),
        ("a fourth part", format!("{token}.{signature}")),
        ("alg none", unsigned),
        ("alg none, signed", header(json!({ "alg": "none" }))),
        ("alg RS256", header(json!({ "alg": "RS256" }))),
        ("an unknown alg", header(json!({ "alg": "XX1" }))),
        ("another typ", header(json!({ "typ": "preview+jwt" }))),
        ("typ JWT", header(json!({ "typ": "JWT" }))),
        ("no typ", header(json!({ "typ": null }))),
        ("an unknown kid", header(json!({ "kid": "k0" }))),
        ("no kid", header(json!({ "kid": null }))),
        (
            "an extension",
            header(json!({ "crit": ["b64"], "b64": false })),
        ),
        (
            "an oversized one",
            altered(token, &none, &json!({ "x": "y".repeat(5_000) })),
        ),
        ("a refresh token", format!("crt_{}", "A".repeat(43))),
        (
            "an unknown key",
            format!("colophon_AAAAAAAA_{}", "A".repeat(43)),
        ),
        ("expired", altered(token, &none, &json!({ "exp": now }))),
        (
            "not yet valid",
            altered(token, &none, &json!({ "nbf": now + 60 })),
        ),
    ]
}

/// What is wrong with the claims.
fn bad_claims(token: &str) -> Vec<Named> {
    let claims = |changes: Value| altered(token, &json!({}), &changes);
    let nobody = "01jb0000000000000000000000";
    vec![
        ("another aud", claims(json!({ "aud": "preview" }))),
        ("no aud", claims(json!({ "aud": null }))),
        (
            "another iss",
            claims(json!({ "iss": "https://example.org" })),
        ),
        ("no iss", claims(json!({ "iss": null }))),
        ("no exp", claims(json!({ "exp": null }))),
        ("an exp that is a text", claims(json!({ "exp": "never" }))),
        (
            "somebody else",
            claims(json!({ "sub": format!("user_{nobody}") })),
        ),
        (
            "no user",
            claims(json!({ "sub": format!("article_{nobody}") })),
        ),
        (
            "another session",
            claims(json!({ "sid": format!("session_{nobody}") })),
        ),
    ]
}

async fn ask(server: &TestServer, place: &str, token: &str) -> Answer {
    let header = format!("Bearer {token}");
    server.get_with(place, &[("authorization", &header)]).await
}

#[tokio::test]
async fn a_token_lets_its_owner_in_everywhere() {
    let server = TestServer::with_demo().await;
    let token = server
        .sign_in(&server.person_of_site(Role::Viewer).await)
        .await;
    for place in &PLACES[..4] {
        ask(&server, place, &token).await.expect(200);
    }
    let media = ask(&server, PLACES[4], &token).await;
    assert_eq!(media.status, 404);
    // What was made up to be wrong below is wrong for its own reason only.
    ask(&server, PLACES[0], &altered(&token, &json!({}), &json!({})))
        .await
        .expect(200);
    ask(
        &server,
        PLACES[0],
        &altered(&token, &json!({"typ": "application/AT+JWT"}), &json!({})),
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn whatever_is_wrong_with_a_token_it_is_refused_and_nobody_is_taken_for_a_reader() {
    let server = TestServer::with_demo().await;
    let person = server.person_of_site(Role::Owner).await;
    let token = server.sign_in(&person).await;
    let now = server.system().now().timestamp();
    let public = key_of_the_public_set(&server).await;
    let bad = bad_tokens(&token, now)
        .into_iter()
        .chain(bad_claims(&token));
    let bad: Vec<_> = bad
        .chain([(
            "the public key as a shared secret",
            confused(&token, &public),
        )])
        .collect();
    for (what, token) in &bad {
        for place in PLACES {
            let answer = ask(&server, place, token).await;
            assert_eq!(answer.status, 401, "{what} at {place}: {}", answer.text());
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer realm=\"colophon\", error=\"invalid_token\"",
                "{what} at {place}"
            );
            assert_eq!(
                answer.header("cache-control"),
                "no-store",
                "{what} at {place}"
            );
            assert!(
                answer.text().contains("UNAUTHENTICATED"),
                "{what} at {place}"
            );
        }
    }
}

async fn key_of_the_public_set(server: &TestServer) -> String {
    let set = server.get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(set.header("content-type"), "application/jwk-set+json");
    let set = set.json();
    let key = &set["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"], &key["use"]),
        (&json!("OKP"), &json!("Ed25519"), &json!("sig"))
    );
    assert!(!set.to_string().contains("secret") && key.get("d").is_none());
    key["x"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_runs_out() {
    let server = TestServer::start().await;
    let token = server
        .sign_in(&server.person_of_site(Role::Editor).await)
        .await;
    ask(&server, PLACES[0], &token).await.expect(200);
    server.clock.advance(std::time::Duration::from_secs(599));
    ask(&server, PLACES[0], &token).await.expect(200);
    server.clock.advance(std::time::Duration::from_secs(1));
    ask(&server, PLACES[0], &token).await.expect(401);
}

#[tokio::test]
async fn what_a_retired_key_signed_stays_valid_and_a_new_key_signs_after_five_minutes() {
    let server = TestServer::start().await;
    let person = server.person_of_site(Role::Editor).await;
    let before = server.sign_in(&person).await;
    let now = server.system().now();
    let rotated = application::keys::rotate(&people::keys(), now).unwrap();
    let keys = application::keys::KeySet::parse(rotated.reveal()).unwrap();
    server.app.set_keys(keys);
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    ask(&server, PLACES[0], &before).await.expect(200);
    assert_eq!(kid(&server.sign_in(&person).await), kid(&before));
    let public = server
        .get("/.well-known/jwks.json")
        .await
        .expect(200)
        .json();
    assert_eq!(public["keys"].as_array().unwrap().len(), 2);
    server.clock.advance(std::time::Duration::from_secs(301));
    let after = server.sign_in(&person).await;
    assert_eq!(public["keys"][0]["kid"], kid(&after));
    assert_ne!(kid(&after), kid(&before));
    ask(&server, PLACES[0], &after).await.expect(200);
    ask(&server, PLACES[0], &before).await.expect(200);
}

#[tokio::test]
async fn a_request_of_somebody_signed_in_costs_one_statement_more() {
    let server = TestServer::with_demo().await;
    let token = server
        .sign_in(&server.person_of_site(Role::Viewer).await)
        .await;
    server.get(PLACES[0]).await.expect(200);
    let (anonymous, _) = server.statements(server.get(PLACES[0])).await;
    ask(&server, PLACES[0], &token).await.expect(200);
    let (signed_in, _) = server.statements(ask(&server, PLACES[0], &token)).await;
    assert_eq!(signed_in, anonymous + 1);
}

#[tokio::test]
async fn a_key_that_retired_verifies_nothing_a_day_later() {
    let server = TestServer::start().await;
    let now = server.system().now();
    let rotated = application::keys::rotate(&people::keys(), now).unwrap();
    server
        .app
        .set_keys(application::keys::KeySet::parse(rotated.reveal()).unwrap());
    let person = server.person_of_site(Role::Editor).await;
    let token = server.sign_in(&person).await;
    let days = std::time::Duration::from_hours(25);
    server.clock.advance(days);
    let later = server.system().now().timestamp();
    // Whoever stole the key goes on signing.
    let forged = altered(
        &token,
        &json!({}),
        &json!({ "iat": later, "nbf": later, "exp": later + 600 }),
    );
    ask(&server, PLACES[0], &forged).await.expect(401);
    let public = server
        .get("/.well-known/jwks.json")
        .await
        .expect(200)
        .json();
    assert_eq!(public["keys"].as_array().unwrap().len(), 1);
}
