//! Collections: made, changed and deleted over both faces.

use domain::{access::Role, content::Status};
use serde_json::{Value, json};

use crate::harness::{FACES, Resource, TestServer};

const COLLECTION: Resource = Resource {
    list: "collections",
    kind: "Collection",
    words: &[],
};

async fn items(server: &TestServer, id: &str) -> Vec<String> {
    let list = server
        .get_json(&format!("/api/v1/collections/{id}/items"))
        .await;
    let items = list["data"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_editor_puts_entries_in_an_order_and_changes_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    let one = server.article(site.en, "One").await.to_string();
    let two = server.article(site.en, "Two").await.to_string();
    let draft = server.article(site.en, "Later").status(Status::Draft);
    let draft = draft.await.to_string();
    for face in FACES {
        let slug = format!("front-{face:?}").to_lowercase();
        let body = json!({ "edition": "en", "title": "Front", "slug": slug, "items": [one, two] });
        let made = server.create(face, &editor, COLLECTION, &body).await.done();
        let id = made.id.as_str();
        assert_eq!(items(&server, id).await, [one.clone(), two.clone()]);
        server
            .create(face, &editor, COLLECTION, &body)
            .await
            .refused("CONFLICT", &["slug"]);
        let patch = async |version: i64, body: Value| {
            server
                .patch(face, &editor, COLLECTION, (id, version), &body)
                .await
        };
        let ordered = json!({ "items": [two, draft, one] });
        assert_eq!(patch(1, ordered).await.done().version, 2);
        assert_eq!(items(&server, id).await, [two.clone(), one.clone()]);
        // What readers do not see stays when something else is changed.
        let described = json!({ "description": "Chosen by hand.", "title": "The front" });
        assert_eq!(patch(2, described).await.done().version, 3);
        let count = "SELECT max(n) FROM (SELECT count(*) AS n FROM collection_item GROUP BY collection_id) counted";
        assert_eq!(server.count(count).await, 3);
        patch(2, json!({ "title": "Late" }))
            .await
            .refused("STALE", &[]);
        patch(3, json!({ "title": " ", "items": [one, one] }))
            .await
            .refused("VALIDATION", &["title", "items.1"]);
        let read = server.get_json(&format!("/api/v1/collections/{id}")).await;
        assert_eq!(
            (&read["title"], &read["slug"], &read["description"]),
            (&json!("The front"), &json!(slug), &json!("Chosen by hand."))
        );
        assert_eq!(patch(3, json!({ "items": null })).await.done().version, 4);
        assert_eq!(items(&server, id).await, Vec::<String>::new());
        let gone = server.remove(face, &editor, COLLECTION, (id, 4), &[]).await;
        gone.done();
        server
            .get(&format!("/api/v1/collections/{id}"))
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn what_is_put_into_a_collection_is_seen_by_who_puts_it_and_of_its_edition() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    let hidden = server.article(site.fa, "پنهان").status(Status::Draft);
    let hidden = hidden.await.to_string();
    let foreign = server.article(site.fa, "بیرون").await.to_string();
    for face in FACES {
        let body = json!({ "edition": "en", "title": "Front", "items": [
            hidden, foreign, "article_01jb2x9k3m4n5p6q7r8s9t0v1w",
        ] });
        let refused = server.create(face, &editor, COLLECTION, &body).await;
        refused.refused("VALIDATION", &["items.0", "items.1", "items.2"]);
        let body = json!({ "edition": "en", "items": ["tag_01jb2x9k3m4n5p6q7r8s9t0v1w"] });
        let refused = server.create(face, &editor, COLLECTION, &body).await;
        refused.refused("VALIDATION", &["items.0", "title"]);
        let body = json!({ "edition": "fa", "title": "Front" });
        let refused = server.create(face, &editor, COLLECTION, &body).await;
        refused.refused("FORBIDDEN", &[]);
    }
    assert_eq!(server.count("SELECT count(*) FROM collection").await, 0);
}
