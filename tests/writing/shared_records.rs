//! Records all editions share: made, changed and deleted over both faces.

use domain::{access::Role, id::EditionId};
use serde_json::{Value, json};

use crate::harness::{FACES, Face, Resource, TestServer};

const CATEGORY: Resource = Resource {
    list: "categories",
    kind: "Category",
    words: &[("parentId", "parent")],
};
const TAG: Resource = Resource {
    list: "tags",
    kind: "Tag",
    words: &[],
};
const AUTHOR: Resource = Resource {
    list: "authors",
    kind: "Author",
    words: &[("avatarId", "avatar")],
};
const ALL: [Resource; 3] = [CATEGORY, TAG, AUTHOR];

/// A text of a kind of record besides its name and slug.
fn note(of: Resource) -> &'static str {
    if of.kind == "Author" {
        "bio"
    } else {
        "description"
    }
}

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

    async fn make(&self, face: Face, of: Resource, name: &str) -> (String, i64) {
        let body = json!({ "texts": { "en": { "name": name } } });
        let made = self
            .server
            .create(face, &self.owner, of, &body)
            .await
            .done();
        (made.id, made.version)
    }

    async fn read(&self, of: Resource, id: &str, edition: &str) -> Value {
        let path = format!("/api/v1/{}/{id}?edition={edition}", of.list);
        self.server.get_json(&path).await
    }
}

#[tokio::test]
async fn a_record_is_made_with_texts_of_editions() {
    let site = Site::new().await;
    for (face, of) in cases() {
        let name = format!("River {face:?}");
        let body = json!({ "texts": {
            "en": { "name": name, note(of): "Flows." },
            "fa": { "name": "رود", "slug": format!("رود-{face:?}") },
        } });
        let made = site
            .server
            .create(face, &site.owner, of, &body)
            .await
            .done();
        assert_eq!(made.version, 1);
        let read = site.read(of, &made.id, "en").await;
        let slug = name.to_lowercase().replace(' ', "-");
        assert_eq!((&read["name"], &read["slug"]), (&json!(name), &json!(slug)));
        assert_eq!(read[note(of)], "Flows.");
        let read = site.read(of, &made.id, "fa").await;
        assert_eq!(
            (&read["name"], &read["edition"]),
            (&json!("رود"), &json!("fa"))
        );
        let taken = site.server.create(face, &site.owner, of, &body).await;
        taken.refused("CONFLICT", &["texts.fa.slug"]);
    }
}

#[tokio::test]
async fn a_change_sets_clears_or_leaves_a_field() {
    let site = Site::new().await;
    for (face, of) in cases() {
        let (id, version) = site.make(face, of, &format!("One {face:?}")).await;
        let change = async |version: i64, text: Value| {
            let body = json!({ "texts": { "en": text } });
            let target = (id.as_str(), version);
            let changed = site
                .server
                .patch(face, &site.owner, of, target, &body)
                .await;
            (changed.done().version, site.read(of, &id, "en").await)
        };
        let (version, read) = change(version, json!({ note(of): "A note." })).await;
        assert_eq!((version, &read[note(of)]), (2, &json!("A note.")));
        assert_eq!(read["name"], format!("One {face:?}"));
        let (version, read) = change(version, json!({ "name": "Two", "slug": null })).await;
        assert_eq!((version, &read[note(of)]), (3, &json!("A note.")));
        assert_eq!(read["name"], "Two");
        assert!(
            read["slug"].as_str().unwrap().starts_with("two"),
            "{read:#}"
        );
        let (version, read) = change(version, json!({ note(of): null })).await;
        assert_eq!((version, &read[note(of)]), (4, &json!(null)));
        // What makes no difference makes no version.
        let (version, _) = change(version, json!({ note(of): null })).await;
        assert_eq!(version, 4);
        let (version, read) = change(version, json!({})).await;
        assert_eq!((version, &read["version"]), (4, &json!(4)));
    }
}

#[tokio::test]
async fn a_stale_change_is_refused_with_the_version_it_lacks() {
    let site = Site::new().await;
    for (face, of) in cases() {
        let (id, _) = site.make(face, of, &format!("Stale {face:?}")).await;
        let rename = json!({ "texts": { "en": { "name": "New" } } });
        let (server, owner) = (&site.server, site.owner.as_str());
        server
            .patch(face, owner, of, (&id, 1), &rename)
            .await
            .done();
        let late = server.patch(face, owner, of, (&id, 1), &rename).await;
        late.refused("STALE", &[]);
        assert_eq!(late.version, 2);
        let late = server.remove(face, owner, of, (&id, 1), &[]).await;
        late.refused("STALE", &[]);
        assert_eq!(site.read(of, &id, "en").await["version"], 2);
        server.remove(face, owner, of, (&id, 2), &[]).await.done();
        let gone = server.remove(face, owner, of, (&id, 2), &[]).await;
        gone.refused("NOT_FOUND", &[]);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let site = Site::new().await;
    for (face, of) in cases() {
        let body = json!({ "texts": {
            "en": { "name": " ", "slug": "a/b" },
            "fa": { "slug": "x" },
            "xx": { "name": "Nowhere" },
        } });
        let refused = site.server.create(face, &site.owner, of, &body).await;
        let mut fields = refused.fields.clone();
        fields.sort();
        assert_eq!(refused.outcome, "VALIDATION");
        let expected = [
            "texts.en.name",
            "texts.en.slug",
            "texts.fa.name",
            "texts.xx",
        ];
        assert_eq!(fields, expected, "{face:?}");
        let none = site
            .server
            .create(face, &site.owner, of, &json!({ "texts": {} }))
            .await;
        none.refused("VALIDATION", &["texts"]);
    }
    let count = "SELECT (SELECT count(*) FROM term) + (SELECT count(*) FROM author)";
    assert_eq!(site.server.count(count).await, 0);
}

#[tokio::test]
async fn the_last_text_of_a_record_stays() {
    let site = Site::new().await;
    for (face, of) in cases() {
        let (id, _) = site.make(face, of, &format!("Last {face:?}")).await;
        let (server, owner) = (&site.server, site.owner.as_str());
        let both = json!({ "texts": { "fa": { "name": "آخر" } } });
        server.patch(face, owner, of, (&id, 1), &both).await.done();
        let less = json!({ "texts": { "en": null } });
        server.patch(face, owner, of, (&id, 2), &less).await.done();
        assert_eq!(site.read(of, &id, "en").await["edition"], "fa");
        let none = json!({ "texts": { "fa": null } });
        let refused = server.patch(face, owner, of, (&id, 3), &none).await;
        assert_eq!(refused.outcome, "VALIDATION");
        assert_eq!(site.read(of, &id, "fa").await["version"], 3);
    }
}

#[tokio::test]
async fn an_editor_of_one_edition_changes_its_texts_and_nothing_else() {
    let site = Site::new().await;
    let persian = site.server.signed_in(Role::Editor, Some(site.fa)).await;
    for (face, of) in cases() {
        let (id, _) = site.make(face, of, &format!("Shared {face:?}")).await;
        let patch = async |version: i64, body: Value| {
            let target = (id.as_str(), version);
            site.server.patch(face, &persian, of, target, &body).await
        };
        let english = json!({ "texts": { "en": { "name": "Mine" } } });
        patch(1, english).await.refused("FORBIDDEN", &[]);
        let both = json!({ "texts": { "en": { "name": "Mine" }, "fa": { "name": "من" } } });
        patch(1, both).await.refused("FORBIDDEN", &[]);
        let persian_text = json!({ "texts": { "fa": { "name": "من" } } });
        assert_eq!(patch(1, persian_text).await.done().version, 2);
        let more = match of.kind {
            "Category" => json!({ "position": 7, "texts": { "fa": { "name": "تو" } } }),
            "Tag" => json!({ "namespace": "x", "texts": { "fa": { "name": "تو" } } }),
            _ => json!({ "website": "https://example.org", "texts": { "fa": { "name": "تو" } } }),
        };
        patch(2, more).await.refused("FORBIDDEN", &[]);
        let removed = site.server.remove(face, &persian, of, (&id, 2), &[]).await;
        removed.refused("FORBIDDEN", &[]);
        assert_eq!(site.read(of, &id, "fa").await["name"], "من");
        assert_eq!(site.read(of, &id, "en").await["version"], 2);
    }
}

#[tokio::test]
async fn each_role_makes_what_the_policy_lets_it() {
    let site = Site::new().await;
    let expected = [
        (Role::Viewer, [false, false, false]),
        (Role::Contributor, [false, false, false]),
        (Role::Author, [false, true, false]),
        (Role::Editor, [true, true, true]),
        (Role::Owner, [true, true, true]),
    ];
    for (role, may) in expected {
        let token = site.server.signed_in(role, None).await;
        for (of, may) in ALL.into_iter().zip(may) {
            for face in FACES {
                let body = json!({ "texts": { "en": { "name": format!("{role:?} {face:?}") } } });
                let made = site.server.create(face, &token, of, &body).await;
                let outcome = if may { "DONE" } else { "FORBIDDEN" };
                assert_eq!(made.outcome, outcome, "{role:?} {face:?} {}", of.kind);
            }
        }
    }
}

#[tokio::test]
async fn what_is_in_use_is_kept_or_detached_or_replaced() {
    let site = Site::new().await;
    for (face, of) in cases() {
        let (server, owner) = (&site.server, site.owner.as_str());
        let (used, _) = site.make(face, of, &format!("Used {face:?}")).await;
        let (other, _) = site.make(face, of, &format!("Other {face:?}")).await;
        let article = server.article(site.en, &format!("{} {face:?}", of.kind));
        let article = match of.kind {
            "Category" => article.category(used.parse().unwrap()),
            "Tag" => article.tag(used.parse().unwrap()),
            _ => article.by(used.parse().unwrap()),
        };
        let article = article.await.to_string();
        let role = if of.kind == "Author" {
            "byline"
        } else {
            "term"
        };
        let refused = server.remove(face, owner, of, (&used, 1), &[]).await;
        refused.refused("CONFLICT", &[]);
        assert_eq!(refused.used_by[0], (role.to_owned(), article.clone()));
        let itself = [("replaceWith", used.as_str())];
        let refused = server.remove(face, owner, of, (&used, 1), &itself).await;
        refused.refused("VALIDATION", &["replaceWith"]);
        let with = [("replaceWith", other.as_str())];
        server
            .remove(face, owner, of, (&used, 1), &with)
            .await
            .done();
        let refused = server.remove(face, owner, of, (&other, 1), &[]).await;
        assert_eq!(refused.used_by[0], (role.to_owned(), article));
        let detach = [("onUse", "detach")];
        server
            .remove(face, owner, of, (&other, 1), &detach)
            .await
            .done();
    }
}

#[tokio::test]
async fn a_category_moves_with_what_stands_below_it_and_never_below_itself() {
    let site = Site::new().await;
    for face in FACES {
        let (server, owner) = (&site.server, site.owner.as_str());
        let (top, _) = site.make(face, CATEGORY, &format!("Top {face:?}")).await;
        let (low, _) = site.make(face, CATEGORY, &format!("Low {face:?}")).await;
        let below = json!({ "parentId": top });
        server
            .patch(face, owner, CATEGORY, (&low, 1), &below)
            .await
            .done();
        let path = site.read(CATEGORY, &low, "en").await["path"].clone();
        let end = format!("top-{face:?}/low-{face:?}").to_lowercase();
        assert!(path.as_str().unwrap().ends_with(&end), "{path}");
        let circle = json!({ "parentId": low });
        let refused = server
            .patch(face, owner, CATEGORY, (&top, 1), &circle)
            .await;
        refused.refused("VALIDATION", &["parentId"]);
        let other_kind = json!({ "parentId": "tag_01jb2x9k3m4n5p6q7r8s9t0v1w" });
        let refused = server
            .patch(face, owner, CATEGORY, (&top, 1), &other_kind)
            .await;
        refused.refused("VALIDATION", &["parentId"]);
        let root = json!({ "parentId": null });
        server
            .patch(face, owner, CATEGORY, (&low, 2), &root)
            .await
            .done();
        assert_eq!(
            site.read(CATEGORY, &low, "en").await["parentId"],
            json!(null)
        );
    }
}

#[tokio::test]
async fn a_picture_must_be_one_the_caller_sees() {
    let site = Site::new().await;
    let picture = site.server.picture(site.en, "A face").await.to_string();
    for face in FACES {
        let (server, owner) = (&site.server, site.owner.as_str());
        let (id, _) = site.make(face, AUTHOR, &format!("Ada {face:?}")).await;
        let absent = json!({ "avatarId": "asset_01jb2x9k3m4n5p6q7r8s9t0v1w" });
        let refused = server.patch(face, owner, AUTHOR, (&id, 1), &absent).await;
        refused.refused("VALIDATION", &["avatarId"]);
        let bad = json!({ "avatarId": picture, "website": "javascript:alert(1)" });
        let refused = server.patch(face, owner, AUTHOR, (&id, 1), &bad).await;
        refused.refused("VALIDATION", &["website"]);
        let seen = json!({ "avatarId": picture });
        server
            .patch(face, owner, AUTHOR, (&id, 1), &seen)
            .await
            .done();
        assert_eq!(
            site.read(AUTHOR, &id, "en").await["avatarId"],
            json!(picture)
        );
    }
}

#[tokio::test]
async fn the_audit_log_names_the_fields_of_a_change() {
    let site = Site::new().await;
    let (id, _) = site.make(Face::Rest, TAG, "Bees").await;
    let change =
        json!({ "namespace": "animals", "texts": { "en": { "description": "They hum." } } });
    let changed = site
        .server
        .patch(Face::Rest, &site.owner, TAG, (&id, 1), &change)
        .await;
    changed.done();
    let rows = site
        .server
        .rows("SELECT fields FROM audit WHERE action = 'update' AND target_kind = 'tag'")
        .await;
    let fields: String = rows[0].try_get_by_index(0).unwrap();
    assert_eq!(
        fields,
        r#"{"changed":["namespace","texts.en.description"]}"#
    );
}

#[tokio::test]
async fn what_one_mutation_wrote_the_next_one_reads() {
    let site = Site::new().await;
    let (id, _) = site.make(Face::Graphql, TAG, "First").await;
    let change = |name: &str, version: i64| {
        format!(
            "updateTag(input: {{ id: \"{id}\", expectedVersion: {version}, texts: [{{ edition: \"en\", name: \"{name}\" }}] }}) \
             {{ tag {{ name version translations {{ name }} }} userErrors {{ message }} }}"
        )
    };
    let document = format!(
        "mutation {{ one: {} two: {} }}",
        change("Second", 1),
        change("Third", 2)
    );
    let answer = site
        .server
        .graphql_as(&site.owner, &document, &json!({}))
        .await;
    let told = |key: &str| answer["data"][key]["tag"].clone();
    assert_eq!(
        told("one"),
        json!({ "name": "Second", "version": 2, "translations": [{ "name": "Second" }] }),
        "{answer:#}"
    );
    assert_eq!(
        told("two"),
        json!({ "name": "Third", "version": 3, "translations": [{ "name": "Third" }] })
    );
}

#[tokio::test]
async fn a_change_over_rest_says_what_it_is_for_and_in_which_form() {
    let site = Site::new().await;
    let (id, _) = site.make(Face::Rest, TAG, "Bees").await;
    let path = format!("/api/v1/tags/{id}");
    let send = async |headers: &[(&str, &str)], body: &'static str| {
        let mut request = site.server.request(reqwest::Method::PATCH, &path);
        request = request.bearer_auth(&site.owner);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        site.server.send(request.body(body)).await
    };
    let json = ("content-type", "application/json");
    let tag = ("if-match", "\"1\"");
    send(&[json], "{}").await.expect(428);
    send(&[tag], "{}").await.expect(415);
    send(&[tag, ("content-type", "text/plain")], "{}")
        .await
        .expect(415);
    send(&[json, ("if-match", "*")], "{}").await.expect(400);
    send(&[json, ("if-match", "W/\"1-ab\"")], "{}")
        .await
        .expect(400);
    send(&[json, tag], "{").await.expect(400);
    send(&[json, tag], "[]").await.expect(422);
    let unknown = send(&[json, tag], r#"{"colour": 1}"#)
        .await
        .expect(422)
        .json();
    assert_eq!(unknown["errors"][0]["pointer"], "/colour");
    assert_eq!(unknown["errors"][0]["code"], "UNKNOWN");
    let read = site.server.get(&path).await.expect(200);
    let whole = ("if-match", read.header("etag"));
    send(&[json, whole, ("if-none-match", read.header("etag"))], "{}")
        .await
        .expect(200);
}

fn cases() -> impl Iterator<Item = (Face, Resource)> {
    FACES
        .into_iter()
        .flat_map(|face| ALL.into_iter().map(move |of| (face, of)))
}
