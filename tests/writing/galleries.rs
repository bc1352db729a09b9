//! Galleries: made, changed and deleted over both faces.

use domain::{access::Role, id::EditionId};
use serde_json::{Value, json};

use crate::harness::{FACES, Face, Resource, TestServer};

const GALLERY: Resource = Resource {
    list: "galleries",
    kind: "Gallery",
    words: &[],
};

const ARTICLE: Resource = Resource {
    list: "articles",
    kind: "Article",
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

    async fn picture(&self, alt: &str) -> String {
        self.server.picture(self.en, alt).await.to_string()
    }

    async fn make(&self, face: Face, title: &str, shown: Value) -> String {
        let body = json!({ "items": shown, "texts": { "en": { "title": title } } });
        let made = self.server.create(face, &self.owner, GALLERY, &body).await;
        made.done().id
    }

    async fn read(&self, id: &str, edition: &str) -> Value {
        let path = format!("/api/v1/galleries/{id}?edition={edition}&include=items");
        self.server.get_json(&path).await
    }

    /// What a gallery shows and what stands below it.
    async fn shown(&self, id: &str, edition: &str) -> Vec<(String, Value)> {
        let read = self.read(id, edition).await;
        let items = read["items"].as_array().unwrap().iter();
        items
            .map(|item| {
                let asset = item["asset"]["id"].as_str().unwrap();
                (asset.to_owned(), item["caption"].clone())
            })
            .collect()
    }
}

/// Items as a face writes them: each an asset and its captions by edition.
fn items(face: Face, items: &[(&str, Value)]) -> Value {
    let item = |(asset, captions): &(&str, Value)| match face {
        Face::Rest => json!({ "assetId": asset, "captions": captions }),
        Face::Graphql => {
            let captions = captions.as_object().unwrap().iter();
            let captions =
                captions.map(|(edition, text)| json!({ "edition": edition, "text": text }));
            json!({ "asset": asset, "captions": captions.collect::<Vec<_>>() })
        }
    };
    items.iter().map(item).collect()
}

fn asset_field(face: Face, number: usize) -> String {
    let name = match face {
        Face::Rest => "assetId",
        Face::Graphql => "asset",
    };
    format!("items.{number}.{name}")
}

#[tokio::test]
async fn a_gallery_is_made_with_texts_and_pictures_in_an_order() {
    let site = Site::new().await;
    let (one, two) = (site.picture("One").await, site.picture("Two").await);
    for face in FACES {
        let body = json!({
            "items": items(face, &[
                (&two, json!({ "en": "The second", "fa": "دومی" })),
                (&one, json!({})),
            ]),
            "texts": {
                "en": { "title": format!("The tower {face:?}"), "description": "From all sides." },
                "fa": { "title": "برج", "slug": format!("برج-{face:?}") },
            },
        });
        let made = site.server.create(face, &site.owner, GALLERY, &body).await;
        let made = made.done();
        let read = site.read(&made.id, "en").await;
        let slug = format!("the-tower-{face:?}").to_lowercase();
        assert_eq!(
            (&read["slug"], &read["description"], &read["itemCount"]),
            (&json!(slug), &json!("From all sides."), &json!(2))
        );
        let expected = [
            (two.clone(), json!("The second")),
            (one.clone(), json!(null)),
        ];
        assert_eq!(site.shown(&made.id, "en").await, expected);
        assert_eq!(site.shown(&made.id, "fa").await[0].1, "دومی");
        assert_eq!(site.read(&made.id, "fa").await["title"], "برج");
        let taken = site.server.create(face, &site.owner, GALLERY, &body).await;
        taken.refused("CONFLICT", &["texts.fa.slug"]);
    }
    let events = "SELECT count(*) FROM outbox WHERE name = 'gallery.created'";
    assert_eq!(site.server.count(events).await, 2);
}

#[tokio::test]
async fn a_change_of_a_gallery_sets_clears_or_leaves_what_it_names() {
    let site = Site::new().await;
    let (one, two) = (site.picture("One").await, site.picture("Two").await);
    for face in FACES {
        let title = format!("Walk {face:?}");
        let shown = items(
            face,
            &[
                (&one, json!({ "en": "Here", "fa": "این" })),
                (&two, json!({})),
            ],
        );
        let id = site.make(face, &title, shown).await;
        let patch = async |version: i64, body: Value| {
            let target = (id.as_str(), version);
            site.server
                .patch(face, &site.owner, GALLERY, target, &body)
                .await
        };
        // Another order, and what is not named stays below each.
        let turned = items(
            face,
            &[
                (&two, json!({ "en": "There" })),
                (&one, json!({ "fa": null })),
            ],
        );
        let changed = patch(1, json!({ "items": turned })).await.done();
        assert_eq!(changed.version, 2);
        let expected = [(two.clone(), json!("There")), (one.clone(), json!("Here"))];
        assert_eq!(site.shown(&id, "en").await, expected);
        // The English caption stands in for the one that is gone.
        assert_eq!(site.shown(&id, "fa").await[1].1, "Here");
        let text = json!({ "texts": { "en": { "description": "By foot." } } });
        assert_eq!(patch(2, text).await.done().version, 3);
        let read = site.read(&id, "en").await;
        assert_eq!(
            (&read["title"], &read["description"], &read["itemCount"]),
            (&json!(title), &json!("By foot."), &json!(2))
        );
        let text =
            json!({ "texts": { "en": { "title": "Other", "slug": null, "description": null } } });
        assert_eq!(patch(3, text.clone()).await.done().version, 4);
        let read = site.read(&id, "en").await;
        assert_eq!(
            (&read["title"], &read["description"]),
            (&json!("Other"), &json!(null))
        );
        // What makes no difference makes no version.
        assert_eq!(patch(4, json!({})).await.done().version, 4);
        let late = patch(3, text).await;
        late.refused("STALE", &[]);
        assert_eq!(late.version, 4);
        assert_eq!(patch(4, json!({ "items": null })).await.done().version, 5);
        assert_eq!(site.shown(&id, "en").await, []);
        let last = patch(5, json!({ "texts": { "en": null } })).await;
        assert_eq!(last.outcome, "VALIDATION");
    }
    let fields = "SELECT count(*) FROM audit WHERE target_kind = 'gallery' AND fields = '{\"changed\":[\"texts.en.description\"]}'";
    assert_eq!(site.server.count(fields).await, 2);
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_gallery_is_told_at_once() {
    let site = Site::new().await;
    let one = site.picture("One").await;
    for face in FACES {
        let long = "x".repeat(2_001);
        let body = json!({
            "items": items(face, &[(&one, json!({ "en": long }))]),
            "texts": {
                "en": { "title": " ", "slug": "a/b" },
                "fa": { "slug": "x" },
                "xx": { "title": "Nowhere" },
            },
        });
        let refused = site.server.create(face, &site.owner, GALLERY, &body).await;
        let mut fields = refused.fields.clone();
        fields.sort();
        let expected = [
            "items.0.captions",
            "texts.en.slug",
            "texts.en.title",
            "texts.fa.title",
            "texts.xx",
        ];
        assert_eq!(
            (refused.outcome.as_str(), fields),
            ("VALIDATION", expected.map(str::to_owned).to_vec())
        );
        let none = json!({ "texts": {} });
        let refused = site.server.create(face, &site.owner, GALLERY, &none).await;
        refused.refused("VALIDATION", &["texts"]);
        let body = json!({
            "items": items(face, &[("tag_01jb2x9k3m4n5p6q7r8s9t0v1w", json!({}))]),
            "texts": { "en": { "title": "Tags" } },
        });
        let refused = site.server.create(face, &site.owner, GALLERY, &body).await;
        refused.refused("VALIDATION", &[&asset_field(face, 0)]);
    }
    assert_eq!(site.server.count("SELECT count(*) FROM gallery").await, 0);
}

#[tokio::test]
async fn a_gallery_shows_only_what_is_there() {
    let site = Site::new().await;
    let one = site.picture("One").await;
    for face in FACES {
        let absent = "asset_01jb2x9k3m4n5p6q7r8s9t0v1w";
        let body = json!({
            "items": items(face, &[(&one, json!({})), (absent, json!({}))]),
            "texts": { "en": { "title": "Half" } },
        });
        let refused = site.server.create(face, &site.owner, GALLERY, &body).await;
        refused.refused("VALIDATION", &[&asset_field(face, 1)]);
    }
    assert_eq!(site.server.count("SELECT count(*) FROM gallery").await, 0);
}

#[tokio::test]
async fn an_editor_of_one_edition_writes_its_titles_and_captions_and_nothing_else() {
    let site = Site::new().await;
    let (one, two) = (site.picture("One").await, site.picture("Two").await);
    let persian = site.server.signed_in(Role::Editor, Some(site.fa)).await;
    for face in FACES {
        let shown = items(face, &[(&one, json!({ "en": "Here" })), (&two, json!({}))]);
        let id = site.make(face, &format!("Shared {face:?}"), shown).await;
        let patch = async |version: i64, body: Value| {
            let target = (id.as_str(), version);
            site.server
                .patch(face, &persian, GALLERY, target, &body)
                .await
        };
        let title = json!({ "texts": { "fa": { "title": "من" } } });
        assert_eq!(patch(1, title).await.done().version, 2);
        let captions = |edition: &str| {
            items(
                face,
                &[
                    (&one, json!({ edition: "این" })),
                    (&two, json!({ edition: "آن" })),
                ],
            )
        };
        let captioned = json!({ "items": captions("fa") });
        assert_eq!(patch(2, captioned).await.done().version, 3);
        let shown = site.shown(&id, "fa").await;
        assert_eq!((&shown[0].1, &shown[1].1), (&json!("این"), &json!("آن")));
        assert_eq!(site.shown(&id, "en").await[0].1, "Here");
        for forbidden in [
            json!({ "items": captions("en") }),
            json!({ "texts": { "en": { "title": "Mine" } } }),
            json!({ "items": items(face, &[(&two, json!({ "fa": "آن" })), (&one, json!({}))]) }),
            json!({ "items": items(face, &[(&one, json!({ "fa": "آن" }))]) }),
            json!({ "items": null }),
        ] {
            patch(3, forbidden).await.refused("FORBIDDEN", &[]);
        }
        let removed = site
            .server
            .remove(face, &persian, GALLERY, (&id, 3), &[])
            .await;
        removed.refused("FORBIDDEN", &[]);
        assert_eq!(site.read(&id, "fa").await["version"], 3);
    }
}

#[tokio::test]
async fn galleries_are_made_by_editors_and_owners() {
    let site = Site::new().await;
    for role in Role::ALL {
        let token = site.server.signed_in(role, None).await;
        for face in FACES {
            let body = json!({ "texts": { "en": { "title": format!("{role:?} {face:?}") } } });
            let made = site.server.create(face, &token, GALLERY, &body).await;
            let may = matches!(role, Role::Editor | Role::Owner);
            assert_eq!(
                made.outcome,
                if may { "DONE" } else { "FORBIDDEN" },
                "{role:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_gallery_in_use_is_kept_or_detached_or_replaced() {
    let site = Site::new().await;
    for face in FACES {
        let (server, owner) = (&site.server, site.owner.as_str());
        let used = site.make(face, &format!("Used {face:?}"), json!([])).await;
        let other = site.make(face, &format!("Other {face:?}"), json!([])).await;
        let article =
            json!({ "edition": "en", "title": format!("Shows it {face:?}"), "galleries": [used] });
        let article = server
            .create(Face::Rest, owner, ARTICLE, &article)
            .await
            .done()
            .id;
        let refused = server.remove(face, owner, GALLERY, (&used, 1), &[]).await;
        refused.refused("CONFLICT", &[]);
        assert_eq!(refused.used_by, [("gallery".to_owned(), article.clone())]);
        let late = server.remove(face, owner, GALLERY, (&used, 2), &[]).await;
        late.refused("STALE", &[]);
        let with = [("replaceWith", other.as_str())];
        server
            .remove(face, owner, GALLERY, (&used, 1), &with)
            .await
            .done();
        let refused = server.remove(face, owner, GALLERY, (&other, 1), &[]).await;
        assert_eq!(refused.used_by, [("gallery".to_owned(), article)]);
        let detach = [("onUse", "detach")];
        server
            .remove(face, owner, GALLERY, (&other, 1), &detach)
            .await
            .done();
        let gone = server.remove(face, owner, GALLERY, (&other, 1), &[]).await;
        gone.refused("NOT_FOUND", &[]);
    }
}
