//! Writing custom fields, and reading them back.

use serde_json::{Value, json};

use super::{ARTICLE, PAGE, Site};
use crate::harness::{FACES, Face};

#[tokio::test]
async fn values_are_written_and_read_back_as_they_are_declared() {
    let site = Site::new().await;
    for face in FACES {
        let given = json!({
            "rating": 4.5, "mood": "calm", "seen": "2026-03-05", "scores": [1, 2, 3],
            "original": "https://example.org/a", "byHand": true, "motto": "زندگی",
        });
        let id = site.draft(face, "Written", given.clone()).await;
        let fields = site.fields(&site.owner, &id).await;
        for (name, value) in given.as_object().unwrap() {
            assert_eq!(&fields[name], value, "{face:?}");
        }
        assert_eq!(
            fields["sequel"],
            Value::Null,
            "it is declared and has no value"
        );
        assert!(
            fields.get("onlyPersian").is_none(),
            "it is of another edition"
        );
    }
}

#[tokio::test]
async fn a_change_sets_clears_and_keeps_each_field_by_itself() {
    let site = Site::new().await;
    for face in FACES {
        let id = site
            .draft(
                face,
                "Three states",
                json!({ "rating": 4, "mood": "calm", "motto": "a" }),
            )
            .await;
        let change = |fields: Value| json!({ "customFields": fields });
        let patch = async |version, body: Value| {
            let at = (id.as_str(), version);
            site.server
                .patch(face, &site.owner, ARTICLE, at, &body)
                .await
        };
        let changed = patch(1, change(json!({ "rating": null, "motto": "b" })))
            .await
            .done();
        assert_eq!(changed.version, 2);
        let fields = site.fields(&site.owner, &id).await;
        assert_eq!(
            (&fields["rating"], &fields["mood"], &fields["motto"]),
            (&Value::Null, &json!("calm"), &json!("b")),
            "{face:?}"
        );
        let same = patch(2, change(json!({ "motto": "b" }))).await.done();
        assert_eq!(same.version, 2, "it makes no difference");
        patch(2, change(Value::Null)).await.done();
        let fields = site.fields(&site.owner, &id).await;
        assert!(fields.as_object().unwrap().values().all(Value::is_null));
    }
}

#[tokio::test]
async fn every_wrong_value_is_named_with_all_else_that_is_wrong() {
    let site = Site::new().await;
    for face in FACES {
        let body = json!({ "edition": "en", "title": " ", "customFields": {
            "rating": "five", "mood": "sad", "seen": "2026-02-30", "scores": [1, "2"],
            "original": "javascript:x", "byHand": 1, "motto": ["a"], "unknown": 1,
            "onlyPersian": "a", "reviewer": "tag_01h455vb4pex5vsknk084sn02q",
        } });
        let reply = site.server.create(face, &site.owner, ARTICLE, &body).await;
        let mut fields = reply.fields.clone();
        fields.sort();
        assert_eq!(
            fields,
            [
                "customFields.byHand",
                "customFields.mood",
                "customFields.motto",
                "customFields.onlyPersian",
                "customFields.original",
                "customFields.rating",
                "customFields.reviewer",
                "customFields.scores.1",
                "customFields.seen",
                "customFields.unknown",
                "title",
            ],
            "{face:?} {reply:?}"
        );
        let wrong = json!({ "edition": "en", "title": "A", "customFields": 5 });
        let reply = site.server.create(face, &site.owner, ARTICLE, &wrong).await;
        assert_eq!(reply.fields, ["customFields"], "{face:?}");
    }
    assert_eq!(site.server.count("SELECT count(*) FROM entry").await, 0);
}

#[tokio::test]
async fn what_is_required_is_asked_for_when_it_goes_out_and_not_before() {
    let site = Site::new().await;
    for face in FACES {
        let body = json!({ "edition": "en", "title": "A plan" });
        let page = site
            .server
            .create(face, &site.owner, PAGE, &body)
            .await
            .done();
        for step in ["submit", "publish"] {
            let refused = site.step(face, PAGE, step, (&page.id, 1)).await;
            let text = refused.text();
            assert!(text.contains("budget"), "{face:?} {step}: {text}");
            assert!(
                text.contains("VALIDATION") || text.contains("INVALID"),
                "{text}"
            );
        }
        let at = (page.id.as_str(), 1);
        let budget = json!({ "customFields": { "budget": 100 } });
        site.server
            .patch(face, &site.owner, PAGE, at, &budget)
            .await
            .done();
        site.step(face, PAGE, "publish", (&page.id, 2))
            .await
            .expect(200);
        let shown = site
            .server
            .get_json(&format!("/api/v1/pages/{}", page.id))
            .await;
        assert_eq!(shown["customFields"], json!({ "budget": 100 }));
        // What is public stays so; the edit without it waits, and does not get out.
        let none = json!({ "customFields": { "budget": null } });
        let at = (page.id.as_str(), 3);
        site.server
            .patch(face, &site.owner, PAGE, at, &none)
            .await
            .done();
        let refused = site.step(face, PAGE, "publish", (&page.id, 4)).await;
        assert!(refused.text().contains("budget"), "{}", refused.text());
        let shown = site
            .server
            .get_json(&format!("/api/v1/pages/{}", page.id))
            .await;
        assert_eq!(shown["customFields"]["budget"], 100);
    }
}

#[tokio::test]
async fn an_edit_of_what_is_public_waits_with_its_fields() {
    let site = Site::new().await;
    for face in FACES {
        let id = site.published("Public", json!({ "rating": 1 })).await;
        let change = json!({ "customFields": { "rating": 2 } });
        site.server
            .patch(face, &site.owner, ARTICLE, (&id, 2), &change)
            .await
            .done();
        assert_eq!(site.public_fields(&id).await["rating"], 1);
        assert_eq!(site.fields(&site.owner, &id).await["rating"], 2);
        site.step(face, ARTICLE, "publish", (&id, 3))
            .await
            .expect(200);
        assert_eq!(site.public_fields(&id).await["rating"], 2, "{face:?}");
        let found = site
            .server
            .get_json("/api/v1/articles?filter[customField.rating]=2")
            .await;
        assert_eq!(found["data"][0]["id"], json!(id));
        site.server
            .graphql_as(
                &site.owner,
                "mutation ($input: TransitionInput!) { unpublishArticle(input: $input) { userErrors { code } } }",
                &json!({ "input": { "id": id, "expectedVersion": 4 } }),
            )
            .await;
    }
}

#[tokio::test]
async fn revisions_keep_the_fields_tell_how_they_differ_and_bring_them_back() {
    let site = Site::new().await;
    let face = FACES[1];
    let id = site
        .draft(face, "Kept", json!({ "rating": 1, "mood": "calm" }))
        .await;
    let change = json!({ "customFields": { "rating": 2 } });
    site.server
        .patch(face, &site.owner, ARTICLE, (&id, 1), &change)
        .await
        .done();
    let query =
        "query ($id: ID!) { article(by: { id: $id }) { revisions(first: 5) { nodes { id } } } }";
    let answer = site
        .server
        .graphql_as(&site.owner, query, &json!({ "id": id }))
        .await;
    let revision = answer["data"]["article"]["revisions"]["nodes"][0]["id"].clone();
    let query = "query ($id: ID!, $from: RevisionBy!) { revisionDiff(entry: $id, from: $from, to: { state: LIVE }) { fieldDiffs { field before after } } }";
    let variables = json!({ "id": id, "from": { "id": revision } });
    let answer = site.server.graphql_as(&site.owner, query, &variables).await;
    assert_eq!(
        answer["data"]["revisionDiff"]["fieldDiffs"],
        json!([{ "field": "customFields.rating", "before": 1, "after": 2 }]),
        "{answer:#}"
    );
    let query = "mutation ($input: RestoreRevisionInput!) { restoreArticleRevision(input: $input) { userErrors { message } } }";
    let variables = json!({ "input": { "id": id, "revision": revision, "expectedVersion": 2 } });
    let answer = site.server.graphql_as(&site.owner, query, &variables).await;
    assert_eq!(
        answer["data"]["restoreArticleRevision"]["userErrors"],
        json!([]),
        "{answer:#}"
    );
    let fields = site.fields(&site.owner, &id).await;
    assert_eq!(
        (&fields["rating"], &fields["mood"]),
        (&json!(1), &json!("calm"))
    );
    let logged = site
        .server
        .count("SELECT count(*) FROM audit WHERE fields LIKE '%customFields%'")
        .await;
    assert_eq!(logged, 2, "the change and the restoring");
}

#[tokio::test]
async fn custom_fields_can_be_selected() {
    let site = Site::new().await;
    let id = site.published("Chosen", json!({ "rating": 3 })).await;
    let path = format!("/api/v1/articles/{id}?fields=customFields");
    let answer = site.server.get_json(&path).await;
    assert_eq!(answer["customFields"]["rating"], 3);
    assert!(answer.get("title").is_none());
    let answer = site
        .server
        .get_json(&format!("/api/v1/articles/{id}?fields=title"))
        .await;
    assert!(answer.get("customFields").is_none());
}

#[tokio::test]
async fn what_is_scheduled_does_not_go_back_to_where_it_lacked_what_is_required() {
    let site = Site::new().await;
    let body = json!({ "edition": "en", "title": "A plan" });
    let server = &site.server;
    let page = server.create(Face::Rest, &site.owner, PAGE, &body).await;
    let id = page.done().id;
    let budget = json!({ "customFields": { "budget": 100 } });
    server
        .patch(Face::Rest, &site.owner, PAGE, (&id, 1), &budget)
        .await
        .done();
    let send = async |path: String, version: i64, body: Value| {
        let request = server
            .request(reqwest::Method::POST, &path)
            .bearer_auth(&site.owner)
            .header("if-match", format!("\"{version}\""));
        server.send(request.json(&body)).await
    };
    let when = json!({ "publishAt": "2026-05-05T08:00:00Z" });
    send(format!("/api/v1/pages/{id}/schedule"), 2, when)
        .await
        .expect(200);
    let request = server
        .request(
            reqwest::Method::GET,
            &format!("/api/v1/pages/{id}/revisions"),
        )
        .bearer_auth(&site.owner);
    let revisions = server.send(request).await.expect(200).json();
    let all = revisions["data"].as_array().unwrap();
    let first = all.iter().find(|known| known["version"] == 1).unwrap();
    let first = first["id"].as_str().unwrap();
    let restore = format!("/api/v1/pages/{id}/revisions/{first}/restore");
    let refused = send(restore, 3, json!({})).await.expect(422);
    assert!(refused.text().contains("budget"), "{}", refused.text());
}
