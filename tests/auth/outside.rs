//! Tokens of an outside issuer: who gets in with them, as whom, and what passes for none.

use std::time::Duration;

use application::{auth, users};
use domain::{
    access::{Actor, Role},
    audit::Origin,
    users::{Email, UserDraft},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Answer, TestServer,
    issuer::{FakeIssuer, Mood},
};

/// The places a token is looked at, each in its own way of answering.
const PLACES: [&str; 5] = [
    "/api/v1/articles",
    "/graphql?query=%7B__typename%7D",
    "/feeds/en/rss.xml",
    "/feeds/en/feed.json",
    "/media/asset_01jb0000000000000000000000/1/a.jpg",
];

const MINUTE: Duration = Duration::from_mins(1);

async fn demo() -> (FakeIssuer, TestServer) {
    let issuer = FakeIssuer::start().await;
    let server = TestServer::with_demo_and(|config| issuer.configure(config)).await;
    (issuer, server)
}

async fn ask(server: &TestServer, place: &str, token: &str) -> Answer {
    let header = format!("Bearer {token}");
    server.get_with(place, &[("authorization", &header)]).await
}

async fn viewer(server: &TestServer, token: &str) -> Value {
    ask(server, "/api/v1/viewer", token)
        .await
        .expect(200)
        .json()
}

async fn accounts(server: &TestServer) -> i64 {
    server.count("SELECT count(*) FROM user_identity").await
}

#[tokio::test]
async fn a_token_of_an_issuer_lets_its_holder_in_everywhere_beside_our_own() {
    let (issuer, server) = demo().await;
    let theirs = issuer.token(&server, "ada", "desk");
    let ours = server
        .sign_in(&server.person_of_site(Role::Viewer).await)
        .await;
    for token in [&theirs, &ours] {
        for place in &PLACES[..4] {
            ask(&server, place, token).await.expect(200);
        }
        ask(&server, PLACES[4], token).await.expect(404);
    }
    for (header, claims) in [
        (json!({ "typ": "application/at+JWT" }), json!({})),
        (json!({}), json!({ "aud": ["web", "colophon-tests"] })),
        (
            json!({ "jku": "https://evil.example/keys" }),
            json!({ "nbf": 1 }),
        ),
    ] {
        let token = issuer.altered(&server, &header, &claims);
        ask(&server, PLACES[0], &token).await.expect(200);
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn they_have_an_account_of_their_own_and_the_roles_of_their_token() {
    let (issuer, server) = demo().await;
    let token = issuer.token(&server, "ada", "desk");
    let rest = viewer(&server, &token).await;
    assert_eq!(rest["displayName"], "Ada Lovelace");
    assert_eq!(rest["email"], "ada@example.org");
    let roles = |grants: &Value| {
        let text = |grant: &Value| {
            let edition = grant["edition"].get("code").unwrap_or(&grant["edition"]);
            format!(
                "{} {edition}",
                grant["role"].as_str().unwrap().to_lowercase()
            )
        };
        let grants = grants.as_array().unwrap().iter();
        let mut roles: Vec<String> = grants.map(text).collect();
        roles.sort();
        roles
    };
    let expected = ["author \"fa\"", "editor \"en\""];
    assert_eq!(roles(&rest["grants"]), expected, "{rest}");
    let query = json!({ "query": "{ viewer { id grants { role edition { code } } } }" });
    let request = server.request(Method::POST, "/graphql").bearer_auth(&token);
    let graphql = server.send(request.json(&query)).await.expect(200).json();
    let graphql = &graphql["data"]["viewer"];
    assert_eq!(
        (&graphql["id"], roles(&graphql["grants"])),
        (&rest["id"], expected.map(str::to_owned).into())
    );

    // The same person later, with other roles and another name.
    let token = issuer.altered(
        &server,
        &json!({}),
        &json!({ "name": "Countess", "email": "c@example.org", "realm_access": { "roles": ["guest", "x"] } }),
    );
    let later = viewer(&server, &token).await;
    assert_eq!(
        (&later["id"], &later["displayName"]),
        (&rest["id"], &rest["displayName"])
    );
    assert_eq!(roles(&later["grants"]), ["viewer null"]);
    let granted = server.count("SELECT count(*) FROM role_grant").await;
    let identities = accounts(&server).await;
    assert_eq!((granted, identities), (0, 1));
    let made = server
        .count("SELECT count(*) FROM audit WHERE event = 'user.created' AND actor = 'system:oidc' AND note IS NOT NULL")
        .await;
    assert_eq!(made, 1);
}

#[tokio::test]
async fn they_write_on_both_faces_as_themselves_and_within_their_roles() {
    let (issuer, server) = demo().await;
    let token = issuer.token(&server, "ada", "desk");
    let id = viewer(&server, &token).await["id"].clone();
    let create = async |edition: &str, token: &str| {
        let body = json!({ "edition": edition, "title": "Notes on the engine" });
        let request = server.request(Method::POST, "/api/v1/articles");
        server.send(request.bearer_auth(token).json(&body)).await
    };
    let article = create("en", &token).await.expect(201).json();
    let query = "mutation($id: ID!) { publishArticle(input: { id: $id, expectedVersion: 1 }) { article { status } userErrors { message } } }";
    let body = json!({ "query": query, "variables": { "id": article["id"] } });
    let request = server.request(Method::POST, "/graphql").bearer_auth(&token);
    let published = server.send(request.json(&body)).await.expect(200).json();
    let published = &published["data"]["publishArticle"];
    assert_eq!(published["article"]["status"], "PUBLISHED", "{published}");
    let by_them = format!(
        "SELECT count(*) FROM audit WHERE actor = {id} AND event LIKE 'article.%'",
        id = id.to_string().replace('"', "'")
    );
    assert_eq!(server.count(&by_them).await, 2);
    create("en", &issuer.token(&server, "eve", "guest"))
        .await
        .expect(403);
}

#[tokio::test]
async fn what_would_outlive_their_token_is_not_theirs_to_make() {
    let (issuer, server) = demo().await;
    let token = issuer.token(&server, "ada", "desk");
    for (path, body) in [
        (
            "api-keys",
            json!({ "name": "a program", "scopes": ["*:write"] }),
        ),
        ("previews", json!({ "edition": "en" })),
    ] {
        let request = server.request(Method::POST, &format!("/api/v1/{path}"));
        let answer = server.send(request.bearer_auth(&token).json(&body)).await;
        let problem = answer.expect(409).json();
        assert!(
            problem["detail"]
                .as_str()
                .unwrap()
                .contains("outside issuer"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn an_address_is_no_proof_of_who_somebody_is() {
    let (issuer, server) = demo().await;
    let owner = server.person_of_site(Role::Owner).await;
    for (subject, email, verified) in [
        ("thief", owner.email.to_uppercase(), true),
        ("liar", "liar@example.org".to_owned(), false),
        ("mute", "no address".to_owned(), true),
    ] {
        let claims = json!({ "sub": subject, "email": email, "email_verified": verified });
        let token = issuer.altered(&server, &json!({}), &claims);
        let viewer = viewer(&server, &token).await;
        assert_ne!(viewer["id"], owner.id.to_string());
        let made_up = format!("{}@oidc.invalid", viewer["id"].as_str().unwrap());
        assert_eq!(viewer["email"], made_up);
    }
    // Nor is the same name at another issuer.
    let other = FakeIssuer::start().await;
    // Their keys have the same name.
    issuer.rotate();
    other.rotate();
    let server = TestServer::start_with(|config| {
        issuer.configure(config);
        other.configure(config);
    })
    .await;
    for issuer in [&issuer, &other] {
        viewer(&server, &issuer.token(&server, "ada", "chief")).await;
    }
    assert_eq!(accounts(&server).await, 2);
    // One issuer cannot speak for another.
    let crossed = other.altered(&server, &json!({}), &json!({ "iss": issuer.url }));
    ask(&server, PLACES[0], &crossed).await.expect(401);
}

#[tokio::test]
async fn of_many_first_requests_one_makes_the_account() {
    let (issuer, server) = demo().await;
    let token = issuer.token(&server, "ada", "desk");
    let asks = (0..12).map(|_| ask(&server, "/api/v1/viewer", &token));
    let answers = futures::future::join_all(asks).await;
    let ids: std::collections::HashSet<String> = answers
        .into_iter()
        .map(|answer| answer.expect(200).json()["id"].to_string())
        .collect();
    assert_eq!((ids.len(), accounts(&server).await), (1, 1));
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn a_token_without_a_role_here_is_refused_and_makes_no_account() {
    let (issuer, server) = demo().await;
    for role in ["nobody", "ghost", ""] {
        let answer = ask(&server, PLACES[0], &issuer.token(&server, "ada", role)).await;
        assert_eq!(answer.expect(403).json()["code"], "FORBIDDEN");
    }
    assert_eq!(accounts(&server).await, 0);
}

#[tokio::test]
async fn an_account_that_was_closed_is_refused_at_once_in_the_middle_of_a_request_too() {
    let (issuer, server) = demo().await;
    let token = issuer.token(&server, "ada", "chief");
    let credentials = auth::Credentials::Bearer(&token);
    let cx = auth::authenticate(&server.app, credentials, Origin::default())
        .await
        .unwrap();
    drop(cx.begin().await.unwrap());
    let Actor::User { id, .. } = cx.actor() else {
        panic!("{cx:?}")
    };
    let closed = UserDraft {
        email: Email::parse("email", "ada@example.org").unwrap(),
        display_name: "Ada".to_owned(),
        is_active: false,
        grants: Vec::new(),
    };
    users::update(&server.system(), *id, 1, closed)
        .await
        .unwrap();
    assert_eq!(cx.begin().await.unwrap_err().code(), "UNAUTHENTICATED");
    ask(&server, PLACES[0], &token).await.expect(401);
}

type Named = (&'static str, String);

/// A token of HMAC with the public RSA key as its secret: what a verifier takes that trusts `alg`.
fn confused(issuer: &FakeIssuer, server: &TestServer) -> Vec<Named> {
    let key = &issuer.public()[0];
    let now = server.reader().now().timestamp();
    let claims = json!({
        "iss": issuer.url, "aud": crate::harness::issuer::AUDIENCE, "sub": "ada", "iat": now,
        "exp": now + 300, "realm_access": { "roles": ["chief"] },
    });
    let header = Header {
        kid: Some("rsa".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let n = key["n"].as_str().unwrap();
    let decoded = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, n);
    let secrets = [
        key.to_string().into_bytes(),
        n.as_bytes().to_vec(),
        decoded.unwrap(),
    ];
    let token = |secret: &Vec<u8>| {
        let key = EncodingKey::from_secret(secret);
        (
            "the public key as a shared secret",
            encode(&header, &claims, &key).unwrap(),
        )
    };
    secrets.iter().map(token).collect()
}

fn bad_heads(issuer: &FakeIssuer, server: &TestServer) -> Vec<Named> {
    let good = issuer.token(server, "ada", "chief");
    let (message, signature) = good.rsplit_once('.').unwrap();
    let header = |changes: Value| issuer.altered(server, &changes, &json!({}));
    let unsigned = header(json!({ "alg": "none" }));
    let unsigned = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    let reversed = signature.chars().rev().collect::<String>();
    vec![
        ("two parts", message.to_owned()),
        ("an empty signature", format!("{message}.")),
        ("another signature", format!("{message}.{reversed}")),
        ("a fourth part", format!("{good}.{signature}")),
        ("alg none", unsigned),
        ("alg none, signed", header(json!({ "alg": "none" }))),
        (
            "alg HS256, signed with RSA",
            header(json!({ "alg": "HS256" })),
        ),
        (
            "an alg that is not configured",
            header(json!({ "alg": "RS512" })),
        ),
        (
            "an alg the key is not for",
            header(json!({ "alg": "ES256" })),
        ),
        ("an unknown alg", header(json!({ "alg": "XX1" }))),
        (
            "typ of an ID of something else",
            header(json!({ "typ": "logout+jwt" })),
        ),
        ("no typ", header(json!({ "typ": null }))),
        ("an unknown kid", header(json!({ "kid": "k0" }))),
        ("no kid", header(json!({ "kid": null }))),
        (
            "an extension",
            header(json!({ "crit": ["b64"], "b64": false })),
        ),
        ("crit that is no list", header(json!({ "crit": "b64" }))),
        ("an encrypted one", header(json!({ "enc": "A128GCM" }))),
    ]
}

fn bad_claims(issuer: &FakeIssuer, server: &TestServer) -> Vec<Named> {
    let now = server.reader().now().timestamp();
    let claims = |changes: Value| issuer.altered(server, &json!({}), &changes);
    vec![
        ("another aud", claims(json!({ "aud": "web" }))),
        ("no aud", claims(json!({ "aud": null }))),
        ("an aud that is a number", claims(json!({ "aud": 7 }))),
        (
            "another iss",
            claims(json!({ "iss": "https://example.org" })),
        ),
        (
            "nearly this iss",
            claims(json!({ "iss": format!("{}/", issuer.url) })),
        ),
        ("our own iss", claims(json!({ "iss": server.url }))),
        ("no iss", claims(json!({ "iss": null }))),
        ("many iss", claims(json!({ "iss": [issuer.url] }))),
        ("no exp", claims(json!({ "exp": null }))),
        ("an exp that is a text", claims(json!({ "exp": "never" }))),
        ("expired", claims(json!({ "exp": now - 30 }))),
        ("not yet valid", claims(json!({ "nbf": now + 31 }))),
        ("issued in the future", claims(json!({ "iat": now + 31 }))),
        (
            "issued too long ago",
            claims(json!({ "iat": now - 3_631, "exp": now + 600 })),
        ),
        ("no iat", claims(json!({ "iat": null }))),
        ("no sub", claims(json!({ "sub": null }))),
        (
            "a sub the store cannot hold",
            claims(json!({ "sub": "a\u{0}b" })),
        ),
        (
            "a sub that is too long",
            claims(json!({ "sub": "s".repeat(256) })),
        ),
        (
            "an oversized one",
            claims(json!({ "x": "y".repeat(9_000) })),
        ),
    ]
}

#[tokio::test]
async fn whatever_is_wrong_with_a_token_of_an_issuer_it_is_refused_on_every_face() {
    let (issuer, server) = demo().await;
    viewer(&server, &issuer.token(&server, "ada", "chief")).await;
    let mut bad = bad_heads(&issuer, &server);
    bad.extend(bad_claims(&issuer, &server));
    bad.extend(confused(&issuer, &server));
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
    assert_eq!(accounts(&server).await, 1);
    // Names of keys that somebody made up make nobody ask again within a minute.
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn a_token_runs_out_without_a_session() {
    let (issuer, server) = demo().await;
    let token = issuer.token(&server, "ada", "desk");
    ask(&server, PLACES[0], &token).await.expect(200);
    let log_out = server.request(Method::POST, "/api/v1/auth/logout");
    let log_out = log_out.bearer_auth(&token).json(&json!({}));
    server.send(log_out).await.expect(409);
    server.clock.advance(Duration::from_secs(329));
    ask(&server, PLACES[0], &token).await.expect(200);
    server.clock.advance(Duration::from_secs(1));
    ask(&server, PLACES[0], &token).await.expect(401);
    assert_eq!(server.count("SELECT count(*) FROM session").await, 0);
}

#[tokio::test]
async fn a_new_key_is_asked_for_once_a_minute_at_most_and_an_old_one_ends_with_it() {
    let (issuer, server) = demo().await;
    let old = issuer.token(&server, "ada", "desk");
    ask(&server, PLACES[0], &old).await.expect(200);
    issuer.rotate();
    let new = issuer.token(&server, "ada", "desk");
    ask(&server, PLACES[0], &new).await.expect(401);
    ask(&server, PLACES[0], &old).await.expect(200);
    assert_eq!(issuer.asked(), 1);
    server.clock.advance(MINUTE);
    // Of many at once, one asks.
    let asks = (0..12).map(|_| ask(&server, PLACES[0], &new));
    for answer in futures::future::join_all(asks).await {
        answer.expect(200);
    }
    assert_eq!(issuer.asked(), 2);
    ask(&server, PLACES[0], &old).await.expect(401);
    server.clock.advance(MINUTE);
    for _ in 0..3 {
        ask(&server, PLACES[0], &old).await.expect(401);
    }
    assert_eq!(issuer.asked(), 3);
}

#[tokio::test]
async fn keys_are_asked_for_again_when_they_are_old_and_kept_while_nobody_answers() {
    let (issuer, server) = demo().await;
    let fresh = || issuer.token(&server, "ada", "desk");
    ask(&server, PLACES[0], &fresh()).await.expect(200);
    server.clock.advance(MINUTE * 59);
    ask(&server, PLACES[0], &fresh()).await.expect(200);
    assert_eq!(issuer.asked(), 1);
    server.clock.advance(MINUTE);
    ask(&server, PLACES[0], &fresh()).await.expect(200);
    assert_eq!(issuer.asked(), 2);
    let away = [
        Mood {
            failure: Some(500),
            ..Mood::default()
        },
        Mood {
            failure: Some(302),
            ..Mood::default()
        },
        Mood {
            keys: Some("{}".to_owned()),
            ..Mood::default()
        },
        Mood {
            keys: Some(" ".repeat(300_000)),
            ..Mood::default()
        },
        Mood {
            name: Some("https://evil.example".to_owned()),
            ..Mood::default()
        },
        Mood {
            keys_at: Some("http://169.254.169.254/".to_owned()),
            ..Mood::default()
        },
        Mood {
            keys_at: Some("file:///etc/passwd".to_owned()),
            ..Mood::default()
        },
    ];
    for mood in away {
        let told = format!("{mood:?}");
        issuer.set(mood);
        server.clock.advance(MINUTE * 120);
        let answer = ask(&server, PLACES[0], &fresh()).await;
        assert_eq!(answer.status, 200, "{told}");
    }
    // Nobody had to wait for any of these: the last attempt may still be under way.
    issuer.set(Mood::default());
    issuer.rotate();
    for attempt in 0.. {
        server.clock.advance(MINUTE);
        if ask(&server, PLACES[0], &fresh()).await.status == 200 {
            break;
        }
        assert!(attempt < 50, "the new key is never found");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn keys_that_were_withdrawn_are_good_no_longer() {
    let (issuer, server) = demo().await;
    let fresh = || issuer.token(&server, "ada", "desk");
    ask(&server, PLACES[0], &fresh()).await.expect(200);
    issuer.set(Mood {
        keys: Some("{\"keys\": []}".to_owned()),
        ..Mood::default()
    });
    for _attempt in 0..50 {
        server.clock.advance(MINUTE * 61);
        if ask(&server, PLACES[0], &fresh()).await.status != 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ask(&server, PLACES[0], &fresh()).await.expect(401);
}

#[tokio::test]
async fn keys_of_an_issuer_that_does_not_answer_are_trusted_for_a_day() {
    let (issuer, server) = demo().await;
    let fresh = || issuer.token(&server, "ada", "desk");
    ask(&server, PLACES[0], &fresh()).await.expect(200);
    issuer.set(Mood {
        failure: Some(500),
        ..Mood::default()
    });
    server.clock.advance(MINUTE * (24 * 60 - 1));
    ask(&server, PLACES[0], &fresh()).await.expect(200);
    server.clock.advance(MINUTE);
    ask(&server, PLACES[0], &fresh()).await.expect(503);
    issuer.set(Mood::default());
    server.clock.advance(MINUTE);
    ask(&server, PLACES[0], &fresh()).await.expect(200);
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_makes_its_tokens_wait_and_no_others() {
    let (issuer, server) = demo().await;
    issuer.set(Mood {
        failure: Some(503),
        ..Mood::default()
    });
    let person = server.person_of_site(Role::Viewer).await;
    let (theirs, ours) = (
        issuer.token(&server, "ada", "desk"),
        server.sign_in(&person).await,
    );
    for place in PLACES {
        let answer = ask(&server, place, &theirs).await;
        assert_eq!(answer.status, 503, "{place}: {}", answer.text());
        assert_ne!(answer.header("retry-after"), "", "{place}");
        assert!(answer.text().contains("UNAVAILABLE"), "{place}");
    }
    ask(&server, PLACES[0], &ours).await.expect(200);
    server.get(PLACES[0]).await.expect(200);
    // What is wrong in form is wrong whatever its keys are.
    let wrong = issuer.altered(&server, &json!({ "alg": "HS256" }), &json!({}));
    ask(&server, PLACES[0], &wrong).await.expect(401);
    issuer.set(Mood::default());
    server.clock.advance(Duration::from_secs(5));
    ask(&server, PLACES[0], &theirs).await.expect(200);
}

#[tokio::test]
async fn a_request_that_is_cut_off_does_not_cut_off_the_asking() {
    let (issuer, server) = demo().await;
    issuer.set(Mood {
        delay: Duration::from_millis(150),
        ..Mood::default()
    });
    let token = issuer.token(&server, "ada", "desk");
    let credentials = auth::Credentials::Bearer(&token);
    let first = auth::authenticate(&server.app, credentials, Origin::default());
    tokio::time::timeout(Duration::from_millis(50), first)
        .await
        .unwrap_err();
    auth::authenticate(&server.app, credentials, Origin::default())
        .await
        .unwrap();
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn a_request_with_a_token_of_an_issuer_costs_one_statement_more() {
    let (issuer, server) = demo().await;
    let token = issuer.token(&server, "ada", "guest");
    server.get(PLACES[0]).await.expect(200);
    ask(&server, PLACES[0], &token).await.expect(200);
    let (anonymous, _) = server.statements(server.get(PLACES[0])).await;
    let (outside, _) = server.statements(ask(&server, PLACES[0], &token)).await;
    assert_eq!(outside, anonymous + 1);
}
