//! What moderators do.

use domain::{access::Role, comments::CommentStatus, id::CommentId, settings::CommentPolicy};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Site, text, texts};
use crate::harness::{FACES, Face, TestServer};

/// What came of a step: the status of the comment, or the code of what was wrong.
async fn step(
    server: &TestServer,
    (face, token): (Face, &str),
    verb: &str,
    (id, version): (CommentId, i64),
) -> Result<String, String> {
    match face {
        Face::Rest => {
            let path = format!("/api/v1/comments/{id}/{verb}");
            let request = server
                .request(Method::POST, &path)
                .bearer_auth(token)
                .header("if-match", format!("\"{version}\""));
            let answer = server.send(request).await;
            match answer.status {
                204 => Ok("gone".to_owned()),
                200 => Ok(text(&answer.json()["status"])),
                412 => Err("STALE".to_owned()),
                _ => Err(text(&answer.json()["code"])),
            }
        }
        Face::Graphql => {
            let record = if verb == "purge" {
                "deletedId"
            } else {
                "comment { status }"
            };
            let query = format!(
                "mutation {{ {verb}Comment(input: {{ id: \"{id}\", expectedVersion: {version} }}) {{ {record} userErrors {{ code currentVersion }} }} }}"
            );
            let answer = server.graphql_as(token, &query, &json!({})).await;
            let payload = &answer["data"][format!("{verb}Comment")];
            let errors = payload["userErrors"]
                .as_array()
                .unwrap_or_else(|| panic!("{answer}"));
            match errors.first() {
                Some(error) if error["currentVersion"].is_i64() => Err("STALE".to_owned()),
                Some(error) => Err(text(&error["code"])),
                None if verb == "purge" => Ok("gone".to_owned()),
                None => Ok(text(&payload["comment"]["status"]).to_lowercase()),
            }
        }
    }
}

#[tokio::test]
async fn a_comment_goes_through_the_hands_of_moderators() {
    let site = Site::new().await;
    for face in FACES {
        let id = site
            .server
            .comment_of(site.article, None, CommentStatus::Pending, "Well")
            .await;
        let mut version = 1;
        for (verb, expected, count) in [
            ("restore", Err("CONFLICT"), 0),
            ("purge", Err("CONFLICT"), 0),
            ("approve", Ok("approved"), 1),
            ("reject", Ok("spam"), 0),
            ("approve", Ok("approved"), 1),
            ("trash", Ok("trashed"), 0),
            ("approve", Err("CONFLICT"), 0),
            ("restore", Ok("pending"), 0),
            ("reject", Ok("spam"), 0),
            ("restore", Ok("pending"), 0),
            ("trash", Ok("trashed"), 0),
            ("purge", Ok("gone"), 0),
            ("purge", Err("NOT_FOUND"), 0),
        ] {
            let by = (face, site.owner.as_str());
            let done = step(&site.server, by, verb, (id, version)).await;
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(done, expected, "{face:?} {verb}");
            assert_eq!(site.count().await, count, "{face:?} {verb}");
            version += i64::from(done.is_ok());
        }
    }
    let events = "SELECT count(*) FROM outbox WHERE name IN ('comment.approved', 'comment.rejected', 'comment.trashed', 'comment.restored', 'comment.purged')";
    assert_eq!(site.server.count(events).await, 18);
    let logged = "SELECT count(*) FROM audit WHERE target_kind = 'comment' AND actor LIKE 'user_%' AND action = 'moderate'";
    assert_eq!(site.server.count(logged).await, 16);
}

#[tokio::test]
async fn a_judgement_is_meant_for_one_version_and_made_once() {
    let site = Site::new().await;
    for face in FACES {
        let id = site.server.comment(site.article, None, "Shown").await;
        let by = (face, site.owner.as_str());
        let stale = step(&site.server, by, "reject", (id, 7)).await;
        assert_eq!(stale, Err("STALE".to_owned()));
        // It is approved already: nothing is done, and the version stays.
        for _ in 0..2 {
            let same = step(&site.server, by, "approve", (id, 1)).await;
            assert_eq!(same, Ok("approved".to_owned()));
        }
    }
}

#[tokio::test]
async fn only_moderators_of_the_edition_judge() {
    let site = Site::new().await;
    let server = &site.server;
    let shown = server.comment(site.article, None, "Shown").await;
    let waits = server
        .comment_of(site.article, None, CommentStatus::Pending, "Waits")
        .await;
    let elsewhere = server.signed_in(Role::Editor, Some(site.fa)).await;
    let author = server.signed_in(Role::Author, Some(site.en)).await;
    for face in FACES {
        for token in [&elsewhere, &author] {
            for verb in ["approve", "reject", "trash", "restore", "purge"] {
                let by = (face, token.as_str());
                let of_shown = step(server, by, verb, (shown, 1)).await;
                assert_eq!(of_shown, Err("FORBIDDEN".to_owned()), "{face:?} {verb}");
                let of_waiting = step(server, by, verb, (waits, 1)).await;
                assert_eq!(of_waiting, Err("NOT_FOUND".to_owned()), "{face:?} {verb}");
            }
        }
    }
    let path = format!("/api/v1/comments/{shown}/trash");
    let request = server.request(Method::POST, &path);
    server
        .send(request.header("if-match", "\"1\""))
        .await
        .expect(401);
    for token in [&elsewhere, &author] {
        let seen = site.seen(Some(token), "").await;
        assert_eq!(texts(&seen), ["Shown"]);
        assert!(
            site.seen(Some(token), "&filter[status]=pending")
                .await
                .is_empty()
        );
    }
    let here = server.signed_in(Role::Editor, Some(site.en)).await;
    let seen = site.seen(Some(&here), "&filter[status]=pending").await;
    assert_eq!(texts(&seen), ["Waits"]);
    let query = "{ comments(status: PENDING) { nodes { bodyText status } } }";
    let answer = server.graphql_as(&here, query, &json!({})).await;
    let nodes = &answer["data"]["comments"]["nodes"];
    assert_eq!(
        *nodes,
        json!([{ "bodyText": "Waits", "status": "PENDING" }])
    );
    let done = step(server, (Face::Rest, &here), "approve", (waits, 1)).await;
    assert_eq!(done, Ok("approved".to_owned()));
}

#[tokio::test]
async fn what_answers_a_hidden_comment_is_hidden_with_it() {
    let site = Site::new().await;
    let server = &site.server;
    for face in FACES {
        let by = (face, site.owner.as_str());
        let first = server.comment(site.article, None, "First").await;
        let answer = server.comment(site.article, Some(first), "Answer").await;
        let third = server.comment(site.article, Some(answer), "Third").await;
        let all = ["First", "Answer", "Third"].map(str::to_owned);
        assert_eq!(texts(&site.seen(None, "").await), all);
        step(server, by, "reject", (first, 1)).await.unwrap();
        assert!(site.seen(None, "").await.is_empty());
        assert_eq!(site.count().await, 0);
        server
            .get(&format!("/api/v1/comments/{third}"))
            .await
            .expect(404);
        step(server, by, "trash", (answer, 1)).await.unwrap();
        step(server, by, "approve", (first, 2)).await.unwrap();
        // One in between is in the trash now.
        assert_eq!(texts(&site.seen(None, "").await), ["First"]);
        step(server, by, "restore", (answer, 2)).await.unwrap();
        step(server, by, "approve", (answer, 3)).await.unwrap();
        assert_eq!(texts(&site.seen(None, "").await), all);
        assert_eq!(site.count().await, 3);
        step(server, by, "trash", (first, 3)).await.unwrap();
        step(server, by, "purge", (first, 4)).await.unwrap();
        assert_eq!(server.count("SELECT count(*) FROM comment").await, 0);
    }
}

#[tokio::test]
async fn many_comments_are_judged_together_or_not_at_all() {
    let site = Site::new().await;
    let server = &site.server;
    let moderate = async |face: Face, ids: &[String], verdict: &str| -> Result<(), Value> {
        if face == Face::Rest {
            let request = server
                .request(Method::POST, "/api/v1/comments/moderate")
                .bearer_auth(&site.owner);
            let body = json!({ "ids": ids, "verdict": verdict });
            let answer = server.send(request.json(&body)).await;
            return if answer.status == 204 {
                Ok(())
            } else {
                Err(answer.json()["errors"][0]["pointer"].clone())
            };
        }
        let input = json!({ "ids": ids, "verdict": verdict.to_uppercase() });
        let query = "mutation ($input: ModerateCommentsInput!) { moderateComments(input: $input) { comments { id status } userErrors { field } } }";
        let answer = server
            .graphql_as(&site.owner, query, &json!({ "input": input }))
            .await;
        let payload = &answer["data"]["moderateComments"];
        if let Some(error) = payload["userErrors"].get(0) {
            let field = text(&error["field"]).replace('.', "/");
            return Err(json!(format!("/{field}")));
        }
        assert_eq!(payload["comments"].as_array().unwrap().len(), ids.len());
        Ok(())
    };
    let other = server.article(site.en, "Another").await;
    for face in FACES {
        let mut ids = Vec::new();
        for number in 0..6 {
            let entry = if number % 2 == 0 { site.article } else { other };
            let id = server.comment_of(entry, None, CommentStatus::Pending, "Waits");
            ids.push(id.await.to_string());
        }
        let mut wrong = ids.clone();
        wrong.push("comment_00000000000000000000000000".to_owned());
        assert_eq!(
            moderate(face, &wrong, "approve").await,
            Err(json!("/ids/6"))
        );
        assert_eq!(site.count().await, 0);
        assert_eq!(moderate(face, &ids, "approve").await, Ok(()));
        assert_eq!(site.count().await, 3);
        assert_eq!(moderate(face, &ids, "restore").await, Err(json!("/ids/0")));
        assert_eq!(moderate(face, &ids, "trash").await, Ok(()));
        assert_eq!(moderate(face, &ids[..2], "trash").await, Ok(()));
        assert_eq!(site.count().await, 0);
        assert_eq!(moderate(face, &[], "trash").await, Err(json!("/ids")));
    }
}

#[tokio::test]
async fn a_moderator_mends_the_words_of_a_comment() {
    let site = Site::with(CommentPolicy::After).await;
    let server = &site.server;
    for face in FACES {
        let id = server.comment(site.article, None, "Damn ferry").await;
        let change = async |token: &str, version: i64, fields: Value| match face {
            Face::Rest => {
                let request = server
                    .request(Method::PATCH, &format!("/api/v1/comments/{id}"))
                    .bearer_auth(token)
                    .header("if-match", format!("\"{version}\""));
                server.send(request.json(&fields)).await.status == 200
            }
            Face::Graphql => {
                let mut input = fields;
                input["id"] = json!(id.to_string());
                input["expectedVersion"] = json!(version);
                let query = "mutation ($input: UpdateCommentInput!) { updateComment(input: $input) { comment { id } userErrors { code } } }";
                let answer = server
                    .graphql_as(token, query, &json!({ "input": input }))
                    .await;
                answer["data"]["updateComment"]["comment"].is_object()
            }
        };
        assert!(
            change(
                &site.owner,
                1,
                json!({ "body": "Dear <b>ferry</b>", "authorUrl": "https://a.example" })
            )
            .await
        );
        assert!(
            !change(&site.owner, 1, json!({ "body": "Again" })).await,
            "stale"
        );
        assert!(
            !change(&site.owner, 2, json!({ "body": "" })).await,
            "empty"
        );
        let author = server.signed_in(Role::Author, Some(site.en)).await;
        assert!(
            !change(&author, 2, json!({ "body": "Mine" })).await,
            "forbidden"
        );
        let read = server.get_json(&format!("/api/v1/comments/{id}")).await;
        assert_eq!(read["bodyText"], "Dear ferry");
        assert_eq!(read["bodyHtml"], "<p>Dear <strong>ferry</strong></p>");
        assert_eq!(read["authorName"], "A reader");
        assert_eq!(read["authorUrl"], "https://a.example");
        assert_eq!(read["version"], 2);
    }
}

#[tokio::test]
async fn moderators_see_the_whole_thread() {
    let site = Site::new().await;
    let server = &site.server;
    let first = server.comment(site.article, None, "First").await;
    server
        .comment_of(site.article, Some(first), CommentStatus::Pending, "Waits")
        .await;
    let query = format!(
        "{{ article(by: {{ id: \"{}\" }}) {{ comments {{ nodes {{ replyCount replies {{ bodyText }} }} }} }} }}",
        site.article
    );
    let replies =
        |answer: &Value| answer["data"]["article"]["comments"]["nodes"][0]["replies"].clone();
    let as_reader = server.graphql_raw(&query, json!({})).await;
    assert_eq!(replies(&as_reader), json!([]));
    let as_owner = server.graphql_as(&site.owner, &query, &json!({})).await;
    assert_eq!(replies(&as_owner), json!([{ "bodyText": "Waits" }]));
}
