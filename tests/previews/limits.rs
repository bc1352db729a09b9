//! What a preview token never does, who may make one, and when it ends.

use std::time::Duration;

use application::users;
use domain::{access::Role, content::Status, users::UserDraft};
use reqwest::Method;
use serde_json::json;

use crate::harness::{FACES, TestServer};

use super::{Asked, somebody};

#[tokio::test]
async fn only_those_who_may_change_a_draft_show_it_to_others() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let draft = server.article(site.en, "River").status(Status::Draft).await;
    let out = server.article(site.en, "Sea").await;
    let (draft, out) = (draft.to_string(), out.to_string());
    for face in FACES {
        for (role, edition, of_draft, of_edition) in [
            (Role::Editor, site.en, "", ""),
            (Role::Editor, site.fa, "VALIDATION", "FORBIDDEN"),
            (Role::Author, site.en, "VALIDATION", "FORBIDDEN"),
            (Role::Viewer, site.en, "FORBIDDEN", "FORBIDDEN"),
        ] {
            let (_, token) = somebody(&server, role, edition).await;
            for (of, code) in [
                (json!({ "entryId": draft }), of_draft),
                (json!({ "edition": "en" }), of_edition),
            ] {
                let asked = server.ask_for_preview(face, &token, &of).await;
                let fields: &[&str] = if code == "VALIDATION" {
                    &["entry"]
                } else {
                    &[]
                };
                if code.is_empty() {
                    asked.made();
                } else {
                    asked.refused(code, fields);
                }
            }
            if role == Role::Author {
                let of = json!({ "entryId": out });
                let asked = server.ask_for_preview(face, &token, &of).await;
                asked.refused("FORBIDDEN", &[]);
            }
        }
    }
    let request = server.request(Method::POST, "/api/v1/previews");
    server.send(request.json(&json!({}))).await.expect(401);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_preview_is_told_at_once() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let draft = server.article(site.en, "River").status(Status::Draft).await;
    let draft = draft.to_string();
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        for (of, fields) in [
            (json!({}), &["entry"][..]),
            (json!({ "entryId": draft, "edition": "en" }), &["entry"]),
            (
                json!({ "edition": "xx", "expiresInSeconds": 59 }),
                &["edition", "expiresInSeconds"],
            ),
            (
                json!({ "entryId": "tag_1", "expiresInSeconds": 2_592_001 }),
                &["entry", "expiresInSeconds"],
            ),
            (
                json!({ "entryId": "article_00000000000000000000000009" }),
                &["entry"],
            ),
        ] {
            let asked = server.ask_for_preview(face, &owner, &of).await;
            asked.refused("VALIDATION", fields);
        }
    }
}

#[tokio::test]
async fn a_token_that_is_no_good_is_refused() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    server.article(site.en, "Sea").await;
    let good = server.preview_of(id).await;
    let access = server.signed_in(Role::Owner, None).await;
    let mut forged: Vec<&str> = good.split('.').collect();
    forged[2] = "AAAA";
    let forged = forged.join(".");
    let long = "a".repeat(2000);
    for bad in ["", "x", &forged, &access, &long, &format!("{good}x")] {
        for path in ["/api/v1/articles", "/api/v1/site", "/media/x/1/y"] {
            let answer = server.get_previewed(path, bad).await.expect(401);
            assert_eq!(answer.header("cache-control"), "no-store");
            let path = format!("{path}?preview={bad}");
            server.get(&path).await.expect(401);
        }
        let request = server.request(Method::POST, "/graphql");
        let request = request.header("colophon-preview", bad);
        let request = request.json(&json!({ "query": "{ site { name } }" }));
        let answer = server.send(request).await.expect(401);
        assert_eq!(
            answer.json()["errors"][0]["extensions"]["code"],
            "UNAUTHENTICATED"
        );
    }
    // One is enough, and a token for drafts lets nobody in.
    let path = format!("/api/v1/articles?preview={good}");
    server.get_previewed(&path, &good).await.expect(401);
    server
        .get(&format!("{path}&preview={good}"))
        .await
        .expect(401);
    let bearer = format!("Bearer {good}");
    let bearer = [("authorization", bearer.as_str())];
    server
        .get_with("/api/v1/articles", &bearer)
        .await
        .expect(401);
}

#[tokio::test]
async fn a_token_ends_when_it_expires() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    let of = json!({ "entryId": id.to_string(), "expiresInSeconds": 2_592_000 });
    let (token, until) = server.previewed(&of).await;
    assert_eq!(until, "2026-06-03T12:00:00Z");
    let path = format!("/api/v1/articles/{id}");
    server.clock.advance(Duration::from_secs(2_591_999));
    server.get_previewed(&path, &token).await.expect(200);
    server.clock.advance(Duration::from_secs(1));
    server.get_previewed(&path, &token).await.expect(401);
}

#[tokio::test]
async fn a_token_outlives_the_key_that_signed_it_when_that_is_replaced() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    let of = json!({ "entryId": id.to_string(), "expiresInSeconds": 2_592_000 });
    let (token, _) = server.previewed(&of).await;
    let now = server.app.now();
    let keys = application::keys::rotate(&crate::harness::people::keys(), now).unwrap();
    let keys = application::keys::KeySet::parse(keys.reveal()).unwrap();
    server.app.set_keys(keys);
    server.clock.advance(Duration::from_hours(29 * 24));
    let path = format!("/api/v1/articles/{id}");
    server.get_previewed(&path, &token).await.expect(200);
}

#[tokio::test]
async fn a_token_ends_with_the_rights_of_who_made_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    for (grants, is_active) in [
        (Vec::new(), true),
        (vec![(Role::Viewer, site.en)], true),
        (vec![(Role::Editor, site.en)], false),
    ] {
        let (person, bearer) = somebody(&server, Role::Editor, site.en).await;
        let mut tokens = Vec::new();
        for of in [
            json!({ "entryId": id.to_string() }),
            json!({ "edition": "en" }),
        ] {
            let face = crate::harness::Face::Rest;
            let (token, _) = server.ask_for_preview(face, &bearer, &of).await.made();
            let path = format!("/api/v1/articles/{id}");
            server.get_previewed(&path, &token).await.expect(200);
            tokens.push(token);
        }
        let user = users::get(&server.system(), person.id).await.unwrap();
        let draft = UserDraft {
            email: user.email,
            display_name: user.display_name,
            is_active,
            grants: grants
                .into_iter()
                .map(|(role, edition)| domain::access::Grant {
                    role,
                    edition: Some(edition),
                })
                .collect(),
        };
        users::update(&server.system(), person.id, user.version, draft)
            .await
            .unwrap();
        for token in tokens {
            let path = format!("/api/v1/articles/{id}");
            server.get_previewed(&path, &token).await.expect(401);
        }
    }
}

#[tokio::test]
async fn what_a_token_shows_is_kept_by_nobody_and_repeats_no_token() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for number in 0..3 {
        server.article(site.en, &format!("Article {number}")).await;
    }
    let id = server.article(site.en, "River").status(Status::Draft).await;
    let token = server.preview_of(id).await;
    for path in [
        format!("/api/v1/articles?first=1&preview={token}"),
        format!("/api/v1/articles?preview={token}&first=1&edition=en"),
        format!("/api/v1/articles/{id}?preview={token}"),
        format!("/api/v1/site?preview={token}"),
    ] {
        let answer = server.get(&path).await.expect(200);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(answer.header("vary").contains("Colophon-Preview"));
        assert_eq!(answer.header("surrogate-key"), "");
        assert!(!format!("{:?}", answer.headers).contains(&token));
        assert!(!answer.text().contains(&token));
    }
    // What is public says too that it would differ.
    let answer = server.get("/api/v1/articles").await;
    assert!(answer.header("vary").contains("Colophon-Preview"));
    let query = format!("/graphql?query={{site{{name}}}}&preview={token}");
    assert!(!server.get(&query).await.text().contains("River"));
}

#[tokio::test]
async fn a_token_changes_nothing() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    let token = server.preview_of(id).await;
    let path = format!("/api/v1/articles/{id}");
    let request = server
        .request(Method::PATCH, &path)
        .header("if-match", "\"1\"");
    let request = request.header("colophon-preview", &token);
    server
        .send(request.json(&json!({ "title": "Sea" })))
        .await
        .expect(401);
    let owner = server.signed_in(Role::Owner, None).await;
    let path = format!("/api/v1/articles/{id}/publish?preview={token}");
    let request = server
        .request(Method::POST, &path)
        .header("if-match", "\"1\"");
    server.send(request.bearer_auth(&owner)).await.expect(400);
    let query = format!(
        "mutation {{ publishArticle(input: {{ id: \"{id}\", expectedVersion: 1 }}) {{ userErrors {{ code }} }} }}"
    );
    let request = server.request(Method::POST, "/graphql");
    let request = request.header("colophon-preview", &token);
    let answer = server
        .send(request.json(&json!({ "query": query })))
        .await
        .json();
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
        "{answer}"
    );
    // Signing in goes on without one.
    let person = server.person(Role::Viewer, site.en).await;
    let request = server.request(Method::POST, "/api/v1/auth/login");
    let body = json!({ "email": person.email, "password": crate::harness::people::PASSWORD });
    let request = request.header("colophon-preview", "x").json(&body);
    server.send(request).await.expect(200);
}

#[tokio::test]
async fn feeds_know_no_tokens() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.article(site.en, "Sea").await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    let token = server.preview_of(id).await;
    for path in ["/feeds/en/rss.xml", "/feeds/en/sitemap.xml"] {
        let plain = server.get(path).await.expect(200);
        let answer = server.get_previewed(path, &token).await.expect(200);
        assert_eq!(answer.text(), plain.text());
        server.get_previewed(path, "x").await.expect(200);
        server
            .get(&format!("{path}?preview={token}"))
            .await
            .expect(400);
    }
}

#[tokio::test]
async fn a_token_made_with_a_key_shows_what_the_key_may_show_and_ends_with_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    let owner = server.signed_in(Role::Owner, None).await;
    let request = server.request(Method::POST, "/api/v1/api-keys");
    let body = json!({ "name": "desk", "scopes": ["articles:write:en"] });
    let made = server
        .send(request.bearer_auth(&owner).json(&body))
        .await
        .expect(201)
        .json();
    let key = made["secret"].as_str().unwrap();
    let face = crate::harness::Face::Rest;
    // A link to an edition shows pages and issues, too, which this key may not.
    let edition = json!({ "edition": "en" });
    let asked = server.ask_for_preview(face, key, &edition).await;
    assert_eq!(asked, Asked::Refused("FORBIDDEN".to_owned(), Vec::new()));
    let of = json!({ "entryId": id.to_string() });
    let (token, _) = server.ask_for_preview(face, key, &of).await.made();
    let path = format!("/api/v1/articles/{id}");
    server.get_previewed(&path, &token).await.expect(200);
    let keys = format!("/api/v1/api-keys/{}", made["id"].as_str().unwrap());
    let request = server.request(Method::DELETE, &keys).bearer_auth(&owner);
    let revoked = server.send(request.header("if-match", "\"1\"")).await;
    assert!(revoked.status < 300, "{}", revoked.text());
    server.get_previewed(&path, &token).await.expect(401);
}

#[tokio::test]
async fn what_is_answered_under_a_token_is_not_kept_to_be_answered_again() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    let owner = server.signed_in(Role::Owner, None).await;
    let token = server.preview_of(id).await;
    let request = server
        .request(Method::POST, "/api/v1/articles")
        .bearer_auth(&owner)
        .header("colophon-preview", &token)
        .header("idempotency-key", "once");
    let body = json!({ "edition": "en", "title": "Sea" });
    let answer = server.send(request.json(&body)).await;
    assert_eq!(answer.status / 100, 4, "{}", answer.text());
    assert!(
        answer.text().contains("Idempotency-Key"),
        "{}",
        answer.text()
    );
    assert_eq!(server.count("SELECT count(*) FROM article").await, 1);
    assert_eq!(
        server.count("SELECT count(*) FROM idempotency_key").await,
        0
    );
}
