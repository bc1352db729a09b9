//! The records of assets: made, changed, put into the trash and taken out over both faces.

use domain::{access::Role, id::EditionId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{FACES, Face, Resource, TestServer};

const ASSET: Resource = Resource {
    list: "assets",
    kind: "Asset",
    words: &[],
};

struct Site {
    server: TestServer,
    owner: String,
    en: EditionId,
    fa: EditionId,
}

impl Site {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let editions = server.small_site().await;
        Self {
            owner: server.signed_in(Role::Owner, None).await,
            server,
            en: editions.en,
            fa: editions.fa,
        }
    }

    async fn make(&self, face: Face, token: &str) -> String {
        let body =
            json!({ "url": "https://files.example.org/a/river.jpg?x=1", "mimeType": "image/jpeg" });
        let made = self.server.create(face, token, ASSET, &body).await;
        made.done().id
    }

    /// An asset as somebody is answered, and the status of the answer.
    async fn read(&self, token: &str, id: &str) -> (u16, Value) {
        self.get(token, &format!("/api/v1/assets/{id}?include=translations"))
            .await
    }

    async fn get(&self, token: &str, path: &str) -> (u16, Value) {
        let request = self.server.request(Method::GET, path).bearer_auth(token);
        let answer = self.server.send(request).await;
        (answer.status, answer.json())
    }

    /// Takes a step with an asset: its outcome, its version then, and what uses it.
    async fn step(
        &self,
        face: Face,
        token: &str,
        verb: &str,
        (id, version): (&str, i64),
    ) -> (String, i64, Vec<String>) {
        let users = |list: &Value| -> Vec<String> {
            let list = list.as_array().into_iter().flatten();
            list.map(|user| user["id"].as_str().unwrap().to_owned())
                .collect()
        };
        match face {
            Face::Rest => {
                let path = format!("/api/v1/assets/{id}/{verb}");
                let request = self
                    .server
                    .request(Method::POST, &path)
                    .bearer_auth(token)
                    .header("if-match", format!("\"{version}\""))
                    .json(&json!({ "note": "As asked." }));
                let answer = self.server.send(request).await;
                if answer.status == 204 {
                    return ("DONE".to_owned(), 0, Vec::new());
                }
                let body = answer.json();
                if answer.status == 200 {
                    return (
                        "DONE".to_owned(),
                        body["version"].as_i64().unwrap(),
                        Vec::new(),
                    );
                }
                let code = body["code"].as_str().unwrap().to_owned();
                (
                    code,
                    body["currentVersion"].as_i64().unwrap_or_default(),
                    users(&body["usedBy"]),
                )
            }
            Face::Graphql => {
                let record = if verb == "purge" {
                    "deletedId"
                } else {
                    "asset { version isTrashed }"
                };
                let document = format!(
                    "mutation {{ done: {verb}Asset(input: {{ id: \"{id}\", expectedVersion: {version}, note: \"As asked.\" }}) \
                     {{ {record} userErrors {{ code currentVersion usedBy {{ id }} }} }} }}"
                );
                let answer = self.server.graphql_as(token, &document, &json!({})).await;
                let done = &answer["data"]["done"];
                let error = &done["userErrors"][0];
                if error.is_null() {
                    let version = done["asset"]["version"].as_i64().unwrap_or_default();
                    return ("DONE".to_owned(), version, Vec::new());
                }
                let current = error["currentVersion"].as_i64();
                let code = current.map_or_else(
                    || error["code"].as_str().unwrap(),
                    |_| "PRECONDITION_FAILED",
                );
                (
                    code.to_owned(),
                    current.unwrap_or_default(),
                    users(&error["usedBy"]),
                )
            }
        }
    }
}

#[tokio::test]
async fn a_record_of_something_elsewhere_is_made_with_what_is_known_of_it() {
    let site = Site::new().await;
    for face in FACES {
        let body = json!({
            "url": "https://files.example.org/a/river.mp4", "mimeType": "video/mp4",
            "sizeBytes": 5_000_000_000_i64, "width": 1920, "height": 1080, "durationMs": 61_000,
            "focalPoint": { "x": 0.25, "y": 1 }, "licence": "CC BY 4.0", "isPublic": true,
            "texts": { "en": { "title": "The river", "credit": "Ada" }, "fa": { "alt": "رود" } },
        });
        let made = site
            .server
            .create(face, &site.owner, ASSET, &body)
            .await
            .done();
        let read = site
            .server
            .get_json(&format!("/api/v1/assets/{}", made.id))
            .await;
        for (member, expected) in [
            ("kind", json!("video")),
            ("url", json!("https://files.example.org/a/river.mp4")),
            ("fileName", json!("river.mp4")),
            ("sizeBytes", json!(5_000_000_000_i64)),
            ("width", json!(1920)),
            ("durationMs", json!(61_000)),
            ("focalPoint", json!({ "x": 0.25, "y": 1.0 })),
            ("licence", json!("CC BY 4.0")),
            ("isPublic", json!(true)),
            ("isTrashed", json!(false)),
            ("title", json!("The river")),
            ("credit", json!("Ada")),
        ] {
            assert_eq!(read[member], expected, "{member}");
        }
        let path = format!("/api/v1/assets/{}?edition=fa", made.id);
        assert_eq!(site.server.get_json(&path).await["alt"], "رود");
    }
    let events = "SELECT count(*) FROM outbox WHERE name = 'asset.created'";
    assert_eq!(site.server.count(events).await, 2);
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_asset_is_told_at_once() {
    let site = Site::new().await;
    for face in FACES {
        let body = json!({
            "url": "ftp://example.org", "mimeType": "image", "width": -1, "fileName": "a/b",
            "focalPoint": { "x": 1.5, "y": 0 },
            "texts": { "en": { "title": "x".repeat(1_001) }, "xx": { "alt": "Nowhere" } },
        });
        let refused = site.server.create(face, &site.owner, ASSET, &body).await;
        let mut fields = refused.fields.clone();
        fields.sort();
        let expected = [
            "fileName",
            "focalPoint",
            "mimeType",
            "texts.en.title",
            "texts.xx",
            "url",
            "width",
        ];
        assert_eq!(
            (refused.outcome.as_str(), fields),
            ("VALIDATION", expected.map(str::to_owned).to_vec())
        );
    }
    assert_eq!(site.server.count("SELECT count(*) FROM asset").await, 0);
}

#[tokio::test]
async fn a_change_of_an_asset_sets_clears_or_leaves_what_it_names() {
    let site = Site::new().await;
    for face in FACES {
        let id = site.make(face, &site.owner).await;
        let created = site.read(&site.owner, &id).await.1["createdAt"].clone();
        site.server.clock.advance(std::time::Duration::from_mins(1));
        let patch = async |version: i64, body: Value| {
            let target = (id.as_str(), version);
            site.server
                .patch(face, &site.owner, ASSET, target, &body)
                .await
        };
        let set = json!({ "licence": "CC0", "focalPoint": { "x": 0.5, "y": 0.5 }, "texts": { "en": { "alt": "A river", "credit": "Ada" } } });
        assert_eq!(patch(1, set).await.done().version, 2);
        let text = json!({ "texts": { "en": { "credit": null }, "fa": { "alt": "رود" } } });
        assert_eq!(patch(2, text.clone()).await.done().version, 3);
        assert_eq!(patch(3, text).await.done().version, 3);
        let (_, read) = site.read(&site.owner, &id).await;
        assert_eq!(
            (&read["licence"], &read["alt"], &read["credit"]),
            (&json!("CC0"), &json!("A river"), &json!(null))
        );
        assert_eq!(read["createdAt"], created);
        assert_eq!(read["translations"].as_array().unwrap().len(), 2);
        let clear = json!({ "licence": null, "focalPoint": null, "fileName": "stream.jpg", "texts": { "fa": null } });
        assert_eq!(patch(3, clear).await.done().version, 4);
        let (_, read) = site.read(&site.owner, &id).await;
        assert_eq!(
            (&read["licence"], &read["focalPoint"], &read["fileName"]),
            (&json!(null), &json!(null), &json!("stream.jpg"))
        );
        assert_eq!(read["translations"].as_array().unwrap().len(), 1);
        let late = patch(3, json!({ "licence": "CC0" })).await;
        late.refused("STALE", &[]);
        assert_eq!(late.version, 4);
    }
    let logged = r#"SELECT count(*) FROM audit WHERE target_kind = 'asset' AND fields = '{"changed":["texts.en.credit","texts.fa.alt"]}'"#;
    assert_eq!(site.server.count(logged).await, 2);
}

#[tokio::test]
async fn each_changes_their_own_uploads_and_editors_the_texts_of_their_edition() {
    let site = Site::new().await;
    let contributor = site
        .server
        .signed_in(Role::Contributor, Some(site.en))
        .await;
    let other = site.server.signed_in(Role::Author, Some(site.en)).await;
    let viewer = site.server.signed_in(Role::Viewer, None).await;
    let persian = site.server.signed_in(Role::Editor, Some(site.fa)).await;
    for face in FACES {
        let body = json!({ "url": "https://example.org/x.jpg", "mimeType": "image/jpeg" });
        let made = site.server.create(face, &viewer, ASSET, &body).await;
        made.refused("FORBIDDEN", &[]);
        let id = site.make(face, &contributor).await;
        let patch = async |token: &str, version: i64, body: Value| {
            let target = (id.as_str(), version);
            site.server.patch(face, token, ASSET, target, &body).await
        };
        let english = json!({ "texts": { "en": { "alt": "A river" } } });
        assert_eq!(
            patch(&contributor, 1, english.clone()).await.done().version,
            2
        );
        patch(&other, 2, english.clone())
            .await
            .refused("FORBIDDEN", &[]);
        patch(&persian, 2, english).await.refused("FORBIDDEN", &[]);
        let text = json!({ "texts": { "fa": { "alt": "رود" } } });
        assert_eq!(patch(&persian, 2, text).await.done().version, 3);
        patch(&persian, 3, json!({ "licence": "CC0" }))
            .await
            .refused("FORBIDDEN", &[]);
        // To show something to everybody is to publish it.
        let public = json!({ "isPublic": true });
        patch(&contributor, 3, public.clone())
            .await
            .refused("FORBIDDEN", &[]);
        let body = json!({ "url": "https://example.org/x.jpg", "mimeType": "image/jpeg", "isPublic": true });
        let made = site.server.create(face, &contributor, ASSET, &body).await;
        made.refused("FORBIDDEN", &[]);
        assert_eq!(patch(&site.owner, 3, public).await.done().version, 4);
    }
}

#[tokio::test]
async fn what_is_in_the_trash_is_shown_nowhere_and_found_by_those_who_may_take_it_out() {
    let site = Site::new().await;
    let author = site.server.signed_in(Role::Author, None).await;
    let other = site.server.signed_in(Role::Author, None).await;
    let listed = async |token: &str, trashed: bool| {
        let path = format!("/api/v1/assets?filter[isTrashed]={trashed}");
        let (_, list) = site.get(token, &path).await;
        let items = list["data"].as_array().unwrap().clone();
        items
            .into_iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for face in FACES {
        let id = site.make(face, &author).await;
        let text = json!({ "isPublic": true, "texts": { "en": { "alt": "A river" } } });
        site.server
            .patch(face, &author, ASSET, (&id, 1), &text)
            .await
            .done();
        site.server
            .get(&format!("/api/v1/assets/{id}"))
            .await
            .expect(200);
        let (refused, ..) = site.step(face, &other, "trash", (&id, 2)).await;
        assert_eq!(refused, "FORBIDDEN");
        assert_eq!(
            site.step(face, &author, "purge", (&id, 2)).await.0,
            "FORBIDDEN"
        );
        assert_eq!(
            site.step(face, &site.owner, "purge", (&id, 2)).await.0,
            "CONFLICT"
        );
        assert_eq!(
            site.step(face, &author, "restore", (&id, 2)).await.0,
            "CONFLICT"
        );
        let stale = site.step(face, &author, "trash", (&id, 1)).await;
        assert_eq!((stale.0.as_str(), stale.1), ("PRECONDITION_FAILED", 2));
        let done = site.step(face, &author, "trash", (&id, 2)).await;
        assert_eq!((done.0.as_str(), done.1), ("DONE", 3));
        site.server
            .get(&format!("/api/v1/assets/{id}"))
            .await
            .expect(404);
        assert_eq!(site.read(&other, &id).await.0, 404);
        for token in [&author, &site.owner] {
            let (status, read) = site.read(token, &id).await;
            assert_eq!(
                (status, &read["isTrashed"], &read["alt"]),
                (200, &json!(true), &json!("A river"))
            );
            assert_eq!(read["translations"].as_array().unwrap().len(), 1);
            assert_eq!(listed(token, true).await, std::slice::from_ref(&id));
            assert!(!listed(token, false).await.contains(&id));
        }
        assert_eq!(listed(&other, true).await, Vec::<String>::new());
        let anybody = site
            .server
            .get_json("/api/v1/assets?filter[isTrashed]=true")
            .await;
        assert_eq!(anybody["data"], json!([]));
        let found = site
            .server
            .graphql_as(
                &author,
                "{ assets(filter: { isTrashed: true }) { nodes { id isTrashed } } }",
                &json!({}),
            )
            .await;
        assert_eq!(
            found["data"]["assets"]["nodes"],
            json!([{ "id": id, "isTrashed": true }])
        );
        // In the trash it is changed by nobody and can be put nowhere.
        let late = site
            .server
            .patch(face, &author, ASSET, (&id, 3), &json!({ "licence": "CC0" }))
            .await;
        late.refused("CONFLICT", &[]);
        assert_eq!(
            site.step(face, &author, "trash", (&id, 3)).await.0,
            "CONFLICT"
        );
        let done = site.step(face, &author, "restore", (&id, 3)).await;
        assert_eq!((done.0.as_str(), done.1), ("DONE", 4));
        site.server
            .get(&format!("/api/v1/assets/{id}"))
            .await
            .expect(200);
        assert_eq!(listed(&author, true).await, Vec::<String>::new());
    }
    for event in ["asset.trashed", "asset.restored"] {
        let events = format!("SELECT count(*) FROM outbox WHERE name = '{event}'");
        assert_eq!(site.server.count(&events).await, 2);
        let logged =
            format!("SELECT count(*) FROM audit WHERE event = '{event}' AND note = 'As asked.'");
        assert_eq!(site.server.count(&logged).await, 2);
    }
}

#[tokio::test]
async fn a_change_leaves_what_is_in_the_trash_there_and_a_purge_says_who_uses_it() {
    let site = Site::new().await;
    for face in FACES {
        let picture = site.server.picture(site.en, "A river").await;
        let article = site
            .server
            .article(site.en, &format!("River {face:?}"))
            .hero(picture)
            .await
            .to_string();
        let id = picture.to_string();
        let article_path = format!("/api/v1/articles/{article}?include=hero");
        assert_eq!(
            site.server.get_json(&article_path).await["hero"]["asset"]["id"],
            json!(id)
        );
        assert_eq!(
            site.step(face, &site.owner, "trash", (&id, 1)).await.0,
            "DONE"
        );
        assert_eq!(
            site.server.get_json(&article_path).await["hero"],
            json!(null)
        );
        let (refused, _, users) = site.step(face, &site.owner, "purge", (&id, 2)).await;
        assert_eq!(
            (refused.as_str(), users),
            ("CONFLICT", vec![article.clone()])
        );
        assert_eq!(
            site.step(face, &site.owner, "restore", (&id, 2)).await.0,
            "DONE"
        );
        assert_eq!(
            site.server.get_json(&article_path).await["hero"]["asset"]["id"],
            json!(id)
        );
        let free = site.make(face, &site.owner).await;
        site.step(face, &site.owner, "trash", (&free, 1)).await;
        assert_eq!(
            site.step(face, &site.owner, "purge", (&free, 2)).await.0,
            "DONE"
        );
        assert_eq!(site.read(&site.owner, &free).await.0, 404);
    }
}

#[tokio::test]
async fn deleting_an_asset_over_rest_puts_it_into_the_trash() {
    let site = Site::new().await;
    let id = site.make(Face::Rest, &site.owner).await;
    let removed = site
        .server
        .remove(Face::Rest, &site.owner, ASSET, (&id, 1), &[])
        .await;
    removed.done();
    let (status, read) = site.read(&site.owner, &id).await;
    assert_eq!(
        (status, &read["isTrashed"], &read["version"]),
        (200, &json!(true), &json!(2))
    );
}

#[tokio::test]
async fn what_readers_see_and_what_was_taken_from_them_is_for_those_who_publish() {
    for face in FACES {
        let site = Site::new().await;
        let contributor = site
            .server
            .signed_in(Role::Contributor, Some(site.en))
            .await;
        let id = site.make(face, &contributor).await;
        // As long as nobody is shown it, they may throw it away; another has to bring it back.
        let (outcome, ..) = site.step(face, &contributor, "trash", (&id, 1)).await;
        assert_eq!(outcome, "DONE");
        let (outcome, version, _) = site.step(face, &contributor, "restore", (&id, 2)).await;
        assert_eq!((outcome.as_str(), version), ("FORBIDDEN", 0));
        let (outcome, ..) = site.step(face, &site.owner, "restore", (&id, 2)).await;
        assert_eq!(outcome, "DONE");
        let change = json!({ "isPublic": true });
        let shown = site
            .server
            .patch(face, &site.owner, ASSET, (&id, 3), &change);
        shown.await.done();
        let (outcome, ..) = site.step(face, &contributor, "trash", (&id, 4)).await;
        assert_eq!(outcome, "FORBIDDEN");
    }
}
