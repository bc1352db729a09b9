//! Newsletters: made, changed and deleted over both faces.

use domain::access::Role;
use serde_json::{Value, json};

use crate::harness::{FACES, Resource, TestServer};

const NEWSLETTER: Resource = Resource {
    list: "newsletters",
    kind: "Newsletter",
    words: &[],
};

#[tokio::test]
async fn a_newsletter_is_made_changed_and_deleted_by_the_editors_of_its_edition() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    for face in FACES {
        let body = json!({ "edition": "en", "title": format!("The Letter {face:?}"), "description": "On Thursdays." });
        let made = server.create(face, &editor, NEWSLETTER, &body).await.done();
        let id = made.id.as_str();
        let read = async || server.get_json(&format!("/api/v1/newsletters/{id}")).await;
        let slug = format!("the-letter-{face:?}").to_lowercase();
        let first = read().await;
        assert_eq!(
            (&first["slug"], &first["description"]),
            (&json!(slug), &json!("On Thursdays."))
        );
        assert_eq!(first["path"], format!("/newsletter/{slug}"));
        let same = json!({ "edition": "en", "title": "Another", "slug": slug });
        let taken = server.create(face, &editor, NEWSLETTER, &same).await;
        taken.refused("CONFLICT", &["slug"]);
        let patch = async |version: i64, body: Value| {
            server
                .patch(face, &editor, NEWSLETTER, (id, version), &body)
                .await
        };
        let renamed = json!({ "title": format!("The Note {face:?}"), "slug": null });
        assert_eq!(patch(1, renamed).await.done().version, 2);
        let second = read().await;
        assert_eq!(
            (&second["slug"], &second["description"]),
            (
                &json!(slug.replace("letter", "note")),
                &json!("On Thursdays.")
            )
        );
        assert_eq!(
            patch(2, json!({ "description": null }))
                .await
                .done()
                .version,
            3
        );
        assert_eq!(
            patch(3, json!({ "description": null }))
                .await
                .done()
                .version,
            3
        );
        assert_eq!(read().await["description"], json!(null));
        let late = patch(2, json!({ "title": "Late" })).await;
        late.refused("STALE", &[]);
        assert_eq!(late.version, 3);
        let wrong = json!({ "title": " ", "slug": "a/b", "description": "x".repeat(20_001) });
        let refused = patch(3, wrong).await;
        let mut fields = refused.fields.clone();
        fields.sort();
        assert_eq!(fields, ["description", "slug", "title"]);
        let removed = server.remove(face, &editor, NEWSLETTER, (id, 3), &[]).await;
        removed.done();
        server
            .get(&format!("/api/v1/newsletters/{id}"))
            .await
            .expect(404);
        let missing = server
            .create(face, &editor, NEWSLETTER, &json!({ "edition": "en" }))
            .await;
        missing.refused("VALIDATION", &["title"]);
        let foreign = json!({ "edition": "fa", "title": "نامه" });
        let refused = server.create(face, &editor, NEWSLETTER, &foreign).await;
        refused.refused("FORBIDDEN", &[]);
    }
    let logged = r#"SELECT count(*) FROM audit WHERE target_kind = 'newsletter' AND fields = '{"changed":["slug","title"]}'"#;
    assert_eq!(server.count(logged).await, 2);
    let events = "SELECT count(*) FROM outbox WHERE name IN ('newsletter.created', 'newsletter.updated', 'newsletter.deleted')";
    assert_eq!(server.count(events).await, 8);
}

#[tokio::test]
async fn a_newsletter_with_issues_stays() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let newsletter = server
            .newsletter(site.en, &format!("Letter {face:?}"))
            .await;
        let issue = server
            .issue(site.en, newsletter, 1, Vec::new())
            .await
            .to_string();
        let id = newsletter.to_string();
        let refused = server.remove(face, &owner, NEWSLETTER, (&id, 1), &[]).await;
        refused.refused("CONFLICT", &[]);
        assert_eq!(refused.used_by, [("newsletter".to_owned(), issue)]);
    }
}

#[tokio::test]
async fn newsletters_are_made_by_editors_and_owners() {
    let server = TestServer::start().await;
    server.small_site().await;
    for role in Role::ALL {
        let token = server.signed_in(role, None).await;
        for face in FACES {
            let body = json!({ "edition": "en", "title": format!("{role:?} {face:?}") });
            let made = server.create(face, &token, NEWSLETTER, &body).await;
            let may = matches!(role, Role::Editor | Role::Owner);
            assert_eq!(
                made.outcome,
                if may { "DONE" } else { "FORBIDDEN" },
                "{role:?}"
            );
        }
    }
}
