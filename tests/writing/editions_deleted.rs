//! Deleting an edition over both faces: only one in which nothing stands.

use domain::{
    access::Role,
    content::Status,
    id::{EditionId, Id},
    redirects::RedirectTarget,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::everything;
use crate::harness::{FACES, Face, TestServer};

/// `DONE` or a code, the words, and what uses the edition.
type Told = (String, String, Vec<(String, String)>);

async fn delete(
    server: &TestServer,
    face: Face,
    token: &str,
    (id, code, version): (EditionId, &str, i64),
) -> Told {
    let usage = |list: &Value| -> Vec<(String, String)> {
        let list = list.as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        list.map(|usage| (text(&usage["role"]), text(&usage["id"])))
            .collect()
    };
    match face {
        Face::Rest => {
            let request = server
                .request(Method::DELETE, &format!("/api/v1/editions/{code}"))
                .bearer_auth(token)
                .header("if-match", format!("\"{version}\""));
            let answer = server.send(request).await;
            if answer.status == 204 {
                return ("DONE".to_owned(), String::new(), Vec::new());
            }
            let problem = answer.json();
            let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
            (text("code"), text("detail"), usage(&problem["usedBy"]))
        }
        Face::Graphql => {
            let query = "mutation ($input: DeleteRecordInput!) { deleteEdition(input: $input) { deletedId userErrors { code message currentVersion usedBy { id role } } } }";
            let input = json!({ "input": { "id": id, "expectedVersion": version } });
            let answer = server.graphql_as(token, query, &input).await;
            let payload = &answer["data"]["deleteEdition"];
            let Some(error) = payload["userErrors"].get(0) else {
                assert_eq!(payload["deletedId"], json!(id), "{answer:#}");
                return ("DONE".to_owned(), String::new(), Vec::new());
            };
            let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
            let code = if error["currentVersion"].is_null() {
                text("code")
            } else {
                "PRECONDITION_FAILED".to_owned()
            };
            (code, text("message"), usage(&error["usedBy"]))
        }
    }
}

async fn version(server: &TestServer, code: &str) -> i64 {
    let edition = server.get_json(&format!("/api/v1/editions/{code}")).await;
    edition["version"].as_i64().unwrap()
}

#[tokio::test]
async fn an_edition_in_which_nothing_stands_is_deleted_with_its_texts_addresses_and_roles() {
    for face in FACES {
        let server = TestServer::start().await;
        let site = server.small_site().await;
        let owner = server.signed_in(Role::Owner, None).await;
        let person = server.person(Role::Editor, site.fa).await;
        let news = server.category(site.en, "News", None).await;
        let picture = server.picture(site.fa, "A river").await;
        for (name, version) in [("خبر", 1), ("خبرها", 2)] {
            let patch = server
                .request(Method::PATCH, &format!("/api/v1/categories/{news}"))
                .bearer_auth(&owner)
                .header("if-match", format!("\"{version}\""))
                .json(&json!({ "texts": { "fa": { "name": name, "slug": name } } }));
            server.send(patch).await.expect(200);
        }
        let old = "SELECT count(*) FROM route WHERE term_id IS NOT NULL";
        assert_eq!(server.count(old).await, 1, "the address it had leads on");
        let fa = (site.fa, "fa", version(&server, "fa").await);
        let stale = (site.fa, "fa", fa.2 + 1);
        let refused = delete(&server, face, &owner, stale).await;
        assert_eq!(refused.0, "PRECONDITION_FAILED", "{face:?}");

        let done = delete(&server, face, &owner, fa).await;
        assert_eq!(done.0, "DONE", "{face:?} {done:?}");

        // It is gone at once, in memory too.
        server.get("/api/v1/editions/fa").await.expect(404);
        let editions = server.get_json("/api/v1/editions").await;
        let codes: Vec<_> = editions["data"].as_array().unwrap().iter().collect();
        assert!(codes.iter().all(|edition| edition["code"] != "fa"));
        let shown = server.get_json(&format!("/api/v1/categories/{news}")).await;
        assert_eq!(shown["name"], "News");
        for table in ["term_text", "asset_text", "route", "role_grant"] {
            let left = format!(
                "SELECT count(*) FROM {table} t WHERE t.edition_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM edition e WHERE e.id = t.edition_id)"
            );
            assert_eq!(server.count(&left).await, 0, "{face:?} {table}");
        }
        assert_eq!(server.count(old).await, 0);
        let assets = "SELECT count(*) FROM asset";
        assert_eq!(server.count(assets).await, 1, "{picture} stays");
        // Who had a role there has none now.
        let token = server.sign_in(&person).await;
        let made = server
            .request(Method::POST, "/api/v1/articles")
            .bearer_auth(&token)
            .json(&json!({ "edition": "en", "title": "Mine" }));
        server.send(made).await.expect(403);
        let logged = format!(
            "SELECT count(*) FROM audit WHERE event = 'edition.deleted' AND action = 'delete' AND target_id = '{}'",
            site.fa
        );
        assert_eq!(server.count(&logged).await, 1, "{face:?}");
        let told = "SELECT count(*) FROM outbox WHERE name = 'edition.deleted'";
        assert_eq!(server.count(told).await, 1, "{face:?}");
    }
}

#[tokio::test]
async fn what_stands_in_an_edition_is_named_and_keeps_it() {
    for face in FACES {
        let server = TestServer::start().await;
        let site = server.small_site().await;
        let owner = server.signed_in(Role::Owner, None).await;
        let fa = (site.fa, "fa", version(&server, "fa").await);
        let trashed = server
            .article(site.fa, "رود")
            .status(Status::Trashed)
            .await
            .to_string();
        let letter = server.newsletter(site.fa, "نامه").await.to_string();
        let front = server.collection(site.fa, "Front", Vec::new()).await;
        let menu = server.menu(site.fa, "primary", Vec::new()).await;
        let away = RedirectTarget::Url("https://elsewhere.example/".to_owned());
        let redirect = server.redirect(site.fa, "/old", away).await;
        let gone = server
            .redirect(site.fa, "/gone", RedirectTarget::Gone)
            .await;
        let tag = server.tag(site.fa, "رودخانه").await;
        let ada = server.author(site.fa, "آدا").await;
        let before = everything(&server).await;
        let (code, words, used_by) = delete(&server, face, &owner, fa).await;
        assert_eq!(code, "CONFLICT", "{face:?} {words}");
        assert!(
            words.contains("something stands in this edition"),
            "{words}"
        );
        let expected = [
            ("edition", trashed),
            ("edition", letter),
            ("edition", front.to_string()),
            ("edition", menu.to_string()),
            ("edition", redirect.to_string()),
            ("onlyText", tag.to_string()),
            ("onlyText", ada.to_string()),
        ]
        .map(|(role, id)| (role.to_owned(), id));
        assert_eq!(used_by, expected, "{face:?}");
        assert!(used_by.iter().all(|(_, id)| *id != gone.to_string()));
        assert_eq!(everything(&server).await, before, "{face:?}");
    }
}

#[tokio::test]
async fn the_default_edition_and_fallbacks_of_others_stay() {
    for face in FACES {
        let server = TestServer::start().await;
        let site = server.small_site().await;
        let owner = server.signed_in(Role::Owner, None).await;
        let en = (site.en, "en", version(&server, "en").await);
        let (code, words, _) = delete(&server, face, &owner, en).await;
        assert_eq!(code, "CONFLICT", "{face:?}");
        assert!(words.contains("the default edition stays"), "{words}");

        // Somebody falls back to Persian.
        let new = server
            .request(Method::POST, "/api/v1/editions")
            .bearer_auth(&owner)
            .json(&json!({
                "code": "ps", "name": "پښتو", "title": "Gazette", "baseUrl": "https://ps.gazette.example", "fallback": "fa",
            }));
        server.send(new).await.expect(201);
        let pashto = server.system().editions().await.unwrap();
        let pashto = pashto.by_code("ps").unwrap().id;
        let fa = (site.fa, "fa", version(&server, "fa").await);
        let (code, words, used_by) = delete(&server, face, &owner, fa).await;
        assert_eq!(code, "CONFLICT", "{face:?}");
        assert!(words.contains("fall back to this one"), "{words}");
        assert_eq!(used_by, [("fallback".to_owned(), pashto.to_string())]);
        let done = delete(&server, face, &owner, (pashto, "ps", 1)).await;
        assert_eq!(done.0, "DONE", "{done:?}");
        let done = delete(&server, face, &owner, fa).await;
        assert_eq!(done.0, "DONE", "{done:?}");
    }
}

#[tokio::test]
async fn only_owners_of_the_whole_site_delete_editions() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let fa = (site.fa, "fa", version(&server, "fa").await);
    for token in [
        server.signed_in(Role::Editor, None).await,
        server.signed_in(Role::Owner, Some(site.fa)).await,
    ] {
        for face in FACES {
            let refused = delete(&server, face, &token, fa).await;
            assert_eq!(refused.0, "FORBIDDEN", "{face:?}");
        }
    }
    let nobody: EditionId = Id::from_uuid(uuid::Uuid::from_u128(1));
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let refused = delete(&server, face, &owner, (nobody, "xx", 1)).await;
        assert_eq!(refused.0, "NOT_FOUND", "{face:?}");
    }
    assert_eq!(server.count("SELECT count(*) FROM edition").await, 2);
}

#[tokio::test]
async fn keys_for_a_deleted_edition_may_do_nothing_in_its_name() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let mut keys = Vec::new();
    for scopes in [
        json!(["articles:write:fa"]),
        json!(["articles:read", "articles:write:fa"]),
    ] {
        let request = server.request(Method::POST, "/api/v1/api-keys");
        let body = json!({ "name": "a program", "scopes": scopes });
        let made = server.send(request.bearer_auth(&owner).json(&body)).await;
        let made = made.expect(201).json();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        keys.push((text("id"), text("secret")));
    }
    let fa = (site.fa, "fa", version(&server, "fa").await);
    let done = delete(&server, Face::Rest, &owner, fa).await;
    assert_eq!(done.0, "DONE", "{done:?}");
    let bearer = |token: &str| format!("Bearer {token}");
    let left = [&keys[0], &keys[1]].map(|(id, _)| format!("/api/v1/api-keys/{id}"));
    let ask = async |path: &str, token: &str| {
        server
            .get_with(path, &[("authorization", &bearer(token))])
            .await
    };
    let revoked = ask(&left[0], &owner).await.expect(200).json();
    assert!(revoked["revokedAt"].is_string(), "{revoked:#}");
    ask("/api/v1/articles", &keys[0].1).await.expect(401);
    let other = ask(&left[1], &owner).await.expect(200).json();
    assert_eq!(other["scopes"], json!(["articles:read"]));
    assert!(other["revokedAt"].is_null(), "{other:#}");
    ask("/api/v1/articles", &keys[1].1).await.expect(200);
}
