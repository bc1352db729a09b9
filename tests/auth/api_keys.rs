//! API keys: who makes them, what they may do, what ends them.

use std::time::Duration;

use application::{api_keys, users};
use domain::{
    access::{Grant, Role},
    content::Status,
    users::{Email, UserDraft},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, FACES, Face, Resource, TestServer, people::Person, texts};

const KEY: Resource = Resource {
    list: "api-keys",
    kind: "ApiKey",
    words: &[],
};
const TAG: Resource = Resource {
    list: "tags",
    kind: "Tag",
    words: &[],
};

/// Makes a key: its id and the key itself.
async fn make(server: &TestServer, token: &str, scopes: &[&str]) -> (String, String) {
    let body = json!({ "name": "a program", "scopes": scopes });
    let request = server
        .request(Method::POST, "/api/v1/api-keys")
        .bearer_auth(token);
    let made = server.send(request.json(&body)).await.expect(201).json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

async fn ask(server: &TestServer, path: &str, token: &str) -> Answer {
    let header = format!("Bearer {token}");
    server.get_with(path, &[("authorization", &header)]).await
}

async fn give(server: &TestServer, person: &Person, is_active: bool, role: Role) {
    let version = server
        .app
        .store()
        .reader()
        .user(person.id)
        .await
        .unwrap()
        .unwrap()
        .version;
    let draft = UserDraft {
        email: Email::parse("email", &person.email).unwrap(),
        display_name: "Program".to_owned(),
        is_active,
        grants: vec![Grant {
            role,
            edition: None,
        }],
    };
    users::update(&server.system(), person.id, version, draft)
        .await
        .unwrap();
}

fn tag(name: &str) -> Value {
    json!({ "texts": { "en": { "name": name } } })
}

#[tokio::test]
async fn a_key_is_shown_once_and_good_on_every_face() {
    let server = TestServer::start().await;
    server.small_site().await;
    let token = server.signed_in(Role::Owner, None).await;
    let made = server
        .send(
            server
                .request(Method::POST, "/api/v1/api-keys")
                .bearer_auth(&token)
                .json(&json!({ "name": " CI ", "scopes": ["*:write", "articles:read:fa"], "requestsPerMinute": 30 })),
        )
        .await
        .expect(201);
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.json();
    let secret = made["secret"].as_str().unwrap();
    let prefix = made["prefix"].as_str().unwrap();
    assert!(secret.starts_with(prefix) && prefix.starts_with("colophon_"));
    assert_eq!(
        (&made["name"], &made["scopes"], &made["requestsPerMinute"]),
        (
            &json!("CI"),
            &json!(["*:write", "articles:read:fa"]),
            &json!(30)
        )
    );
    let query = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id prefix scopes maker usedAt } userErrors { code } } }";
    let input = json!({ "input": { "name": "CI", "scopes": ["tags:write:en"] } });
    let other = server.graphql_as(&token, query, &input).await;
    let other = other["data"]["createApiKey"].clone();
    assert_eq!(other["apiKey"]["scopes"], json!(["tags:write:en"]));
    let second = other["secret"].as_str().unwrap();

    for key in [secret, second] {
        for path in [
            "/api/v1/tags",
            "/graphql?query=%7Bviewer%7Bid%7D%7D",
            "/feeds/en/rss.xml",
        ] {
            ask(&server, path, key).await.expect(200);
        }
        let longer = format!("{key}x");
        let changed = key.replace(&key[key.len() - 2..], "--");
        for bad in [&key[..60], &longer, &changed, "colophon_"] {
            ask(&server, "/api/v1/tags", bad).await.expect(401);
        }
        // It is nowhere to be found again.
        let kept = format!("SELECT count(*) FROM api_key WHERE hash = '{key}' OR prefix = '{key}'");
        assert_eq!(server.count(&kept).await, 0);
    }
    let listed = ask(&server, "/api/v1/api-keys", &token).await.expect(200);
    assert_eq!(listed.header("cache-control"), "no-store");
    assert!(!listed.text().contains("secret") && !listed.text().contains(secret));
    let found = server
        .graphql_as(
            &token,
            "{ apiKeys(first: 5) { nodes { id name } totalCount } }",
            &json!({}),
        )
        .await;
    let ids = texts(&found["data"]["apiKeys"]["nodes"], "id");
    assert_eq!(
        ids,
        [
            other["apiKey"]["id"].as_str().unwrap(),
            made["id"].as_str().unwrap()
        ]
    );
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_no_more_than_its_maker_may() {
    let server = TestServer::start().await;
    server.small_site().await;
    let editor = server.person_of_site(Role::Editor).await;
    let token = server.sign_in(&editor).await;
    for face in FACES {
        let (_, tags) = make(&server, &token, &["tags:write"]).await;
        let (_, persian) = make(&server, &token, &["tags:write:fa"]).await;
        let (_, reader) = make(&server, &token, &["tags:read"]).await;
        let (_, none) = make(&server, &token, &[]).await;
        server
            .create(face, &tags, TAG, &tag(&format!("{face:?}")))
            .await
            .done();
        for key in [&persian, &reader, &none] {
            let refused = server.create(face, key, TAG, &tag("Other")).await;
            refused.refused("FORBIDDEN", &[]);
        }
        // A tag is no author, and a key is no person.
        let author = Resource {
            list: "authors",
            kind: "Author",
            words: &[],
        };
        let refused = server.create(face, &tags, author, &tag("Ada")).await;
        refused.refused("FORBIDDEN", &[]);
        let (_, every) = make(&server, &token, &["*:write"]).await;
        let refused = server
            .create(face, &every, KEY, &json!({ "name": "another" }))
            .await;
        refused.refused("FORBIDDEN", &[]);
    }
    let (_, every) = make(&server, &token, &["*:write"]).await;
    server
        .create(Face::Rest, &every, TAG, &tag("Before"))
        .await
        .done();
    // The key follows its maker: other roles, a closed account.
    give(&server, &editor, true, Role::Contributor).await;
    let refused = server.create(Face::Rest, &every, TAG, &tag("After")).await;
    refused.refused("FORBIDDEN", &[]);
    give(&server, &editor, false, Role::Editor).await;
    ask(&server, "/api/v1/tags", &every).await.expect(401);
    give(&server, &editor, true, Role::Editor).await;
    server
        .create(Face::Rest, &every, TAG, &tag("Again"))
        .await
        .done();
}

#[tokio::test]
async fn drafts_are_read_by_keys_that_say_so() {
    let server = TestServer::start().await;
    let editions = server.small_site().await;
    let token = server.signed_in(Role::Editor, None).await;
    let draft = server
        .article(editions.en, "Not yet")
        .status(Status::Draft)
        .await;
    let path = format!("/api/v1/articles/{draft}");
    for (scopes, status) in [
        (&["articles:read"][..], 200),
        (&["articles:write:en"], 200),
        (&["preview:read"], 200),
        (&["*:read:en"], 200),
        (&["articles:read:fa"], 404),
        (&["pages:write"], 404),
        (&[], 404),
    ] {
        let (_, key) = make(&server, &token, scopes).await;
        let answer = ask(&server, &path, &key).await;
        assert_eq!(answer.status, status, "{scopes:?}");
    }
}

#[tokio::test]
async fn a_key_that_was_revoked_or_ran_out_is_refused() {
    let server = TestServer::start().await;
    server.small_site().await;
    let token = server.signed_in(Role::Editor, None).await;
    for face in FACES {
        let (id, key) = make(&server, &token, &["*:write"]).await;
        // A request that has begun and waits for the rest of its body.
        let credentials = application::auth::Credentials::Bearer(&key);
        let origin = domain::audit::Origin::default();
        let cx = application::auth::authenticate(&server.app, credentials, origin)
            .await
            .unwrap();
        assert!(cx.begin().await.is_ok());
        match face {
            Face::Rest => {
                let path = format!("/api/v1/api-keys/{id}");
                let request = server.request(Method::DELETE, &path).bearer_auth(&token);
                server.send(request).await.expect(428);
                let request = server
                    .request(Method::DELETE, &path)
                    .bearer_auth(&token)
                    .header("if-match", "\"1\"");
                server.send(request).await.expect(204);
            }
            Face::Graphql => {
                let query = "mutation ($id: ID!) { revokeApiKey(input: { id: $id, expectedVersion: 1 }) { apiKey { version revokedAt } userErrors { code } } }";
                let answer = server.graphql_as(&token, query, &json!({ "id": id })).await;
                let key = &answer["data"]["revokeApiKey"]["apiKey"];
                assert_eq!(key["version"], 2, "{answer}");
                assert_eq!(key["revokedAt"], "2026-05-04T12:00:00Z");
            }
        }
        ask(&server, "/api/v1/tags", &key).await.expect(401);
        assert_eq!(cx.begin().await.unwrap_err().code(), "UNAUTHENTICATED");
    }
    let body =
        json!({ "name": "short", "scopes": ["*:read"], "expiresAt": "2026-05-05T12:00:00Z" });
    let request = server.request(Method::POST, "/api/v1/api-keys");
    let made = server
        .send(request.bearer_auth(&token).json(&body))
        .await
        .expect(201)
        .json();
    let key = made["secret"].as_str().unwrap();
    ask(&server, "/api/v1/tags", key).await.expect(200);
    server.clock.advance(Duration::from_hours(24));
    ask(&server, "/api/v1/tags", key).await.expect(401);
    let events = server
        .count("SELECT count(*) FROM audit WHERE event IN ('apikey.created', 'apikey.revoked')")
        .await;
    assert_eq!(events, 5);
}

#[tokio::test]
async fn keys_are_seen_by_their_makers_and_by_owners() {
    let server = TestServer::start().await;
    server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let author = server.signed_in(Role::Author, None).await;
    let other = server.signed_in(Role::Editor, None).await;
    let viewer = server.signed_in(Role::Viewer, None).await;
    let (id, key) = make(&server, &author, &["*:write"]).await;
    let path = format!("/api/v1/api-keys/{id}");
    let query = "query ($id: ID!) { apiKey(id: $id) { id } apiKeys { nodes { id } } }";
    for (token, sees) in [(&owner, true), (&author, true), (&other, false)] {
        let status = if sees { 200 } else { 404 };
        ask(&server, &path, token).await.expect(status);
        let listed = ask(&server, "/api/v1/api-keys", token)
            .await
            .expect(200)
            .json();
        assert_eq!(listed["data"].as_array().unwrap().len(), usize::from(sees));
        let answer = server.graphql_as(token, query, &json!({ "id": id })).await;
        assert_eq!(answer["data"]["apiKey"].is_object(), sees, "{answer}");
        let nodes = answer["data"]["apiKeys"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), usize::from(sees));
    }
    for face in FACES {
        let refused = server
            .create(face, &viewer, KEY, &json!({ "name": "mine" }))
            .await;
        refused.refused("FORBIDDEN", &[]);
    }
    let request = server
        .request(Method::DELETE, &path)
        .header("if-match", "\"1\"");
    let others = request.try_clone().unwrap().bearer_auth(&other);
    server.send(others).await.expect(404);
    ask(&server, "/api/v1/api-keys", &key).await.expect(403);
    server.get("/api/v1/api-keys").await.expect(401);
    server.send(request.bearer_auth(&owner)).await.expect(204);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_new_key_is_told_at_once() {
    let server = TestServer::start().await;
    server.small_site().await;
    let token = server.signed_in(Role::Editor, None).await;
    let body = json!({
        "name": "",
        "scopes": ["tags:write", "users:write", "articles:read:xx"],
        "expiresAt": "2020-01-01T00:00:00Z",
        "requestsPerMinute": -5,
    });
    for face in FACES {
        let reply = server.create(face, &token, KEY, &body).await;
        reply.refused(
            "VALIDATION",
            &[
                "scopes.1",
                "scopes.2",
                "name",
                "expiresAt",
                "requestsPerMinute",
            ],
        );
    }
}

#[tokio::test]
async fn the_use_of_a_key_is_noted_and_no_request_waits_for_it() {
    let server = TestServer::start().await;
    server.small_site().await;
    let token = server.signed_in(Role::Editor, None).await;
    let (id, key) = make(&server, &token, &["tags:read"]).await;
    let anonymous = server.statements(server.get("/api/v1/tags")).await.0;
    for _ in 0..3 {
        let asked = ask(&server, "/api/v1/tags", &key);
        let (statements, _) = server.statements(asked).await;
        assert_eq!(statements, anonymous + 1);
    }
    let used = async || {
        let path = format!("/api/v1/api-keys/{id}");
        ask(&server, &path, &token).await.json()["usedAt"].clone()
    };
    assert_eq!(used().await, Value::Null);
    server.clock.advance(Duration::from_mins(5));
    let token = server.signed_in(Role::Owner, None).await;
    let used = async || {
        let path = format!("/api/v1/api-keys/{id}");
        ask(&server, &path, &token).await.json()["usedAt"].clone()
    };
    api_keys::note_uses(&server.app).await.unwrap();
    assert_eq!(used().await, "2026-05-04T12:00:00Z");
    // Nothing was used since: nothing is written.
    let (statements, noted) = server.statements(api_keys::note_uses(&server.app)).await;
    noted.unwrap();
    assert_eq!(statements, 0);
}

#[tokio::test]
async fn the_limit_of_a_key_goes_with_its_requests() {
    let server = TestServer::start().await;
    server.small_site().await;
    let token = server.signed_in(Role::Owner, None).await;
    let body = json!({ "name": "busy", "requestsPerMinute": 1200 });
    let request = server.request(Method::POST, "/api/v1/api-keys");
    let made = server
        .send(request.bearer_auth(&token).json(&body))
        .await
        .expect(201)
        .json();
    let limit = async |token: &str| {
        let credentials = application::auth::Credentials::Bearer(token);
        let cx = application::auth::authenticate(
            &server.app,
            credentials,
            domain::audit::Origin::default(),
        );
        cx.await.unwrap().requests_per_minute()
    };
    assert_eq!(
        limit(made["secret"].as_str().unwrap())
            .await
            .map(std::num::NonZero::get),
        Some(1200)
    );
    assert_eq!(limit(&token).await, None);
}

#[tokio::test]
async fn who_is_limited_does_not_choose_the_limit_of_a_key() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for edition in [None, Some(site.en)] {
        let token = server.signed_in(Role::Editor, edition).await;
        let body = json!({ "name": "busy", "requestsPerMinute": 100_000 });
        let request = server.request(Method::POST, "/api/v1/api-keys");
        let answer = server.send(request.bearer_auth(&token).json(&body)).await;
        let problem = answer.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], "/requestsPerMinute");
    }
    assert_eq!(server.count("SELECT count(*) FROM api_key").await, 0);
}

#[tokio::test]
async fn an_account_has_a_hundred_good_keys_at_most() {
    let server = TestServer::start().await;
    server.small_site().await;
    let person = server.person_of_site(Role::Editor).await;
    let token = server.sign_in(&person).await;
    let (first, _) = make(&server, &token, &["tags:read"]).await;
    let draft = |number: usize| domain::api_keys::ApiKeyDraft {
        name: format!("program {number}"),
        ..domain::api_keys::ApiKeyDraft::default()
    };
    for number in 1..100 {
        api_keys::create(&person.cx, draft(number)).await.unwrap();
    }
    let one_more = async |face: Face| -> (String, String) {
        match face {
            Face::Rest => {
                let request = server.request(Method::POST, "/api/v1/api-keys");
                let request = request.bearer_auth(&token).json(&json!({ "name": "x" }));
                let problem = server.send(request).await.json();
                let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
                (text("code"), text("detail"))
            }
            Face::Graphql => {
                let query = "mutation { createApiKey(input: { name: \"x\" }) { secret userErrors { code message } } }";
                let answer = server.graphql_as(&token, query, &json!({})).await;
                let payload = &answer["data"]["createApiKey"];
                assert!(payload["secret"].is_null(), "{answer:#}");
                let error = &payload["userErrors"][0];
                let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
                (text("code"), text("message"))
            }
        }
    };
    for face in FACES {
        let (code, words) = one_more(face).await;
        assert_eq!(code, "CONFLICT", "{face:?}");
        assert_eq!(
            words, "this account has 100 keys that are good: revoke one first",
            "{face:?}"
        );
    }
    let held = "SELECT count(*) FROM api_key";
    assert_eq!(server.count(held).await, 100);
    // Others have their own hundred, and the command line has no bound.
    let other = server.signed_in(Role::Editor, None).await;
    make(&server, &other, &[]).await;
    api_keys::create(&server.system(), draft(0)).await.unwrap();
    // One that is refused now makes room.
    let path = format!("/api/v1/api-keys/{first}");
    let revoke = server.request(Method::DELETE, &path).bearer_auth(&token);
    let revoke = revoke.header("if-match", "\"1\"");
    server.send(revoke).await.expect(204);
    make(&server, &token, &[]).await;
    assert_eq!(one_more(Face::Rest).await.0, "CONFLICT");
}

#[tokio::test]
async fn a_key_sees_the_library_only_if_it_is_for_assets_or_for_what_shows_them() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let picture = server.picture(site.en, "Not yet shown").await;
    let path = format!("/api/v1/assets/{picture}");
    let owner = server.signed_in(Role::Owner, None).await;
    for (scopes, status) in [
        (&["articles:write"][..], 200),
        (&["galleries:write:en"], 200),
        (&["assets:read"], 200),
        (&["assets:write"], 200),
        (&["*:write"], 200),
        (&["articles:read"], 404),
        (&["*:read:en"], 404),
        (&["tags:write"], 404),
        (&["comments:write", "redirects:write"], 404),
        (&["menus:write", "articles:read"], 404),
        (&[], 404),
    ] {
        let (_, key) = make(&server, &owner, scopes).await;
        let seen = ask(&server, &path, &key).await;
        assert_eq!(seen.status, status, "{scopes:?}");
        let listed = ask(&server, "/api/v1/assets", &key).await.expect(200);
        let count = listed.json()["data"].as_array().unwrap().len();
        assert_eq!(count, usize::from(status == 200), "{scopes:?}");
    }
    // Whoever may only read has no key that chooses.
    let viewer = server.person_of_site(Role::Viewer).await;
    give(&server, &viewer, true, Role::Author).await;
    let token = server.sign_in(&viewer).await;
    let (_, key) = make(&server, &token, &["assets:read"]).await;
    ask(&server, &path, &key).await.expect(200);
    give(&server, &viewer, true, Role::Viewer).await;
    let seen = ask(&server, &path, &key).await;
    assert_ne!(seen.status, 500);
    assert_eq!(seen.status, 404, "{}", seen.text());
}
