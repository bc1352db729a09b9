//! What was put right in articles: dated notices, over both faces, in feeds and for search engines.

use application::lifecycle;
use domain::{access::Role, content::Status, id::EntryId};
use reqwest::Method;
use serde_json::{Value, json};

use super::{everything, step};
use crate::harness::{FACES, Face, Resource, TestServer, builders::edition};

const ARTICLE: Resource = Resource {
    list: "articles",
    kind: "Article",
    words: &[],
};
const NOW: &str = "2026-05-04T12:00:00Z";
const BEFORE: &str = "2026-01-01T08:30:00Z";

/// The notices as readers get them, which both faces agree on.
async fn public(server: &TestServer, id: impl Into<EntryId>) -> Value {
    let id = id.into();
    let path = format!("/api/v1/articles/{id}?include=corrections");
    let rest = server.get_json(&path).await["corrections"].clone();
    let query = format!("{{ article(by: {{ id: \"{id}\" }}) {{ corrections {{ at text }} }} }}");
    let graphql = server.graphql(&query).await["article"]["corrections"].clone();
    assert_eq!(rest, graphql);
    rest
}

/// The notices with the edit that waits, which both faces agree on.
async fn latest(server: &TestServer, token: &str, id: &str) -> Value {
    let path = format!("/api/v1/articles/{id}?include=corrections&view=latest");
    let request = server.request(Method::GET, &path).bearer_auth(token);
    let rest = server.send(request).await.expect(200).json()["corrections"].clone();
    let query = format!(
        "{{ article(by: {{ id: \"{id}\" }}, view: LATEST) {{ corrections {{ at text }} }} }}"
    );
    let graphql = server.graphql_as(token, &query, &json!({})).await;
    assert_eq!(rest, graphql["data"]["article"]["corrections"]);
    rest
}

#[tokio::test]
async fn corrections_are_listed_and_added_over_both_faces_and_wait_until_they_are_published() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for (number, face) in FACES.into_iter().enumerate() {
        let article = server.article(site.en, &format!("River {number}")).await;
        let id = article.to_string();
        assert_eq!(public(&server, article).await, json!([]));
        let added = json!({ "text": " It is blue. " });
        let reply = server.add_correction(face, &owner, (&id, 1), &added).await;
        assert_eq!(reply.done().version, 2);
        assert_eq!(public(&server, article).await, json!([]), "it waits");
        let blue = json!({ "at": NOW, "text": "It is blue." });
        assert_eq!(latest(&server, &owner, &id).await, json!([blue]));
        // Together they are a list like others; times put them in order.
        let older = json!({ "at": "2026-01-01T09:30:00+01:00", "text": "It is long." });
        let all = json!({ "corrections": [blue, older] });
        let reply = server.patch(face, &owner, ARTICLE, (&id, 2), &all).await;
        assert_eq!(reply.done().version, 3);
        let older = json!({ "at": BEFORE, "text": "It is long." });
        let expected = json!([older, blue]);
        assert_eq!(latest(&server, &owner, &id).await, expected);
        let note = json!({ "text": "It is wide.", "at": BEFORE, "note": "As they wrote" });
        let reply = server.add_correction(face, &owner, (&id, 3), &note).await;
        assert_eq!(reply.done().version, 4);
        lifecycle::publish(&server.system(), article.into(), step(4))
            .await
            .unwrap();
        let wide = json!({ "at": BEFORE, "text": "It is wide." });
        let expected = json!([older, wide, blue]);
        assert_eq!(public(&server, article).await, expected);
        // What is written again as it was read is no change.
        let same = json!({ "corrections": expected });
        let reply = server.patch(face, &owner, ARTICLE, (&id, 5), &same).await;
        assert_eq!(reply.done().version, 5);
        let none = json!({ "corrections": null });
        let reply = server.patch(face, &owner, ARTICLE, (&id, 5), &none).await;
        assert_eq!(reply.done().version, 6);
        assert_eq!(latest(&server, &owner, &id).await, json!([]));
        assert_eq!(public(&server, article).await, expected);
    }
}

#[tokio::test]
async fn an_article_can_be_made_with_corrections_and_lists_show_them() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let body = json!({ "edition": "en", "title": "River", "corrections": [
            { "text": "It is blue." },
        ] });
        let made = server.create(face, &owner, ARTICLE, &body).await.done();
        let blue = json!([{ "at": NOW, "text": "It is blue." }]);
        assert_eq!(latest(&server, &owner, &made.id).await, blue);
        let id: EntryId = made.id.parse().unwrap();
        lifecycle::publish(&server.system(), id, step(1))
            .await
            .unwrap();
        let list = server
            .get_json("/api/v1/articles?edition=en&include=corrections")
            .await;
        assert_eq!(list["data"][0]["corrections"], blue);
        let bare = server.get_json("/api/v1/articles?edition=en").await;
        assert_eq!(bare["data"][0].get("corrections"), None);
        let query = "{ articles(edition: \"en\") { nodes { ... on Entry { id } corrections { at text } } } }";
        let list = server.graphql(query).await;
        assert_eq!(list["articles"]["nodes"][0]["corrections"], blue);
    }
    let _ = site;
}

#[tokio::test]
async fn a_correction_that_cannot_be_is_refused_by_the_field_and_changes_nothing() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let id = server.article(site.en, "River").await.to_string();
    let before = everything(&server).await;
    let late = "2026-05-04T12:00:01Z";
    let long = "x".repeat(2_001);
    for face in FACES {
        for (body, fields) in [
            (json!({ "text": " \n " }), vec!["text"]),
            (json!({ "text": long, "at": late }), vec!["text", "at"]),
            (json!({ "text": "a\0b" }), vec!["text"]),
        ] {
            let reply = server.add_correction(face, &owner, (&id, 1), &body).await;
            reply.refused("VALIDATION", &fields);
        }
        let wrong = json!({ "corrections": [
            { "text": "Good." }, { "text": "" }, { "text": "Soon.", "at": late },
        ] });
        let reply = server.patch(face, &owner, ARTICLE, (&id, 1), &wrong).await;
        let fields = ["corrections.1.text", "corrections.2.at"];
        reply.refused("VALIDATION", &fields);
        let many = json!({ "corrections": vec![json!({ "text": "x" }); 101] });
        let reply = server.patch(face, &owner, ARTICLE, (&id, 1), &many).await;
        reply.refused("VALIDATION", &["corrections"]);
        let good = json!({ "text": "Good." });
        let reply = server.add_correction(face, &owner, (&id, 7), &good).await;
        reply.refused("STALE", &[]);
        let missing = "article_00000000000000000000000001";
        let reply = server
            .add_correction(face, &owner, (missing, 1), &good)
            .await;
        assert_eq!(reply.outcome, "NOT_FOUND");
    }
    let rest = Face::Rest;
    for (body, fields) in [
        (json!({}), vec!["text"]),
        (json!({ "text": 7, "more": 1 }), vec!["more", "text"]),
        (json!({ "text": "x", "at": "yesterday" }), vec!["at"]),
    ] {
        let reply = server.add_correction(rest, &owner, (&id, 1), &body).await;
        reply.refused("VALIDATION", &fields);
    }
    for role in [Role::Author, Role::Contributor, Role::Viewer] {
        let other = server.signed_in(role, None).await;
        for face in FACES {
            let good = json!({ "text": "Good." });
            let reply = server.add_correction(face, &other, (&id, 1), &good).await;
            assert_eq!(reply.outcome, "FORBIDDEN", "{role:?}");
        }
    }
    // Signing in is written down, too.
    let strip = |text: &str| -> String {
        let is_of_content =
            |line: &&str| !line.starts_with("audit: ") && !line.starts_with("outbox: ");
        text.lines()
            .filter(is_of_content)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(strip(&everything(&server).await), strip(&before));
}

#[tokio::test]
async fn an_article_takes_no_more_corrections_than_it_may_have() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let article = server.article(site.en, "River").status(Status::Draft).await;
    let id = article.to_string();
    let many = json!({ "corrections": vec![json!({ "text": "x" }); 100] });
    let reply = server.patch(Face::Rest, &owner, ARTICLE, (&id, 1), &many);
    assert_eq!(reply.await.done().version, 2);
    for face in FACES {
        let one = json!({ "text": "One more." });
        let reply = server.add_correction(face, &owner, (&id, 2), &one).await;
        reply.refused("VALIDATION", &["corrections"]);
    }
}

#[tokio::test]
async fn corrections_stand_in_revisions_and_are_told_by_their_differences() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let article = server.article(site.en, "River").await;
    let id = article.to_string();
    let one = json!({ "text": "It is blue." });
    let added = server.add_correction(Face::Rest, &owner, (&id, 1), &one);
    added.await.done();
    let path = format!("/api/v1/articles/{id}/revisions/diff?from=live&to=pending");
    let diff = server
        .send(server.request(Method::GET, &path).bearer_auth(&owner))
        .await
        .expect(200)
        .json();
    assert_eq!(diff["fields"][0]["field"], "corrections.0");
    assert_eq!(diff["fields"][0]["after"]["text"], "It is blue.");
    let cx = server.system();
    lifecycle::publish(&cx, article.into(), step(2))
        .await
        .unwrap();
    let log = "SELECT count(*) FROM audit WHERE event = 'article.revised' AND fields LIKE '%corrections%'";
    assert_eq!(server.count(log).await, 1);
    // The first text comes back as it was: there was nothing to put right.
    let path = format!("/api/v1/articles/{id}/revisions");
    let revisions = server
        .send(server.request(Method::GET, &path).bearer_auth(&owner))
        .await
        .expect(200)
        .json();
    let first = revisions["data"][0]["id"].as_str().unwrap();
    application::revisions::restore(&cx, article.into(), first.parse().unwrap(), step(3))
        .await
        .unwrap();
    assert_eq!(latest(&server, &owner, &id).await, json!([]));
}

#[tokio::test]
async fn a_snapshot_of_before_there_were_corrections_is_brought_back() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let article = server.article(site.en, "River").status(Status::Draft).await;
    application::articles::change(&cx, article, 1, super::titled("Sea"))
        .await
        .unwrap();
    server
        .rows("UPDATE revision SET snapshot = replace(snapshot, ',\"corrections\":[]', '') RETURNING id")
        .await;
    let kept = "SELECT count(*) FROM revision WHERE snapshot LIKE '%corrections%'";
    assert_eq!(server.count(kept).await, 0);
    let page = domain::paging::PageArgs::first(1);
    let revisions = application::entries::revisions(&cx, article.into(), &page).await;
    let first = revisions.unwrap().edges.remove(0).node.id;
    let back = application::revisions::restore(&cx, article.into(), first, step(2)).await;
    assert_eq!(back.unwrap().entry().title, "River");
}

#[tokio::test]
async fn a_preview_shows_a_correction_that_waits() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let id = server.article(site.en, "River").await.to_string();
    let one = json!({ "text": "It is blue." });
    let added = server.add_correction(Face::Graphql, &owner, (&id, 1), &one);
    added.await.done();
    let body = json!({ "entryId": id });
    let request = server.request(Method::POST, "/api/v1/previews");
    let made = server.send(request.bearer_auth(&owner).json(&body)).await;
    let made = made.expect(201).json();
    let token = made["token"].as_str().unwrap();
    let path = format!("/api/v1/articles/{id}?include=corrections,seo");
    let shown = server.get_with(&path, &[("colophon-preview", token)]).await;
    let shown = shown.expect(200).json();
    assert_eq!(shown["corrections"][0]["text"], "It is blue.");
    let told = &shown["seo"]["jsonLd"]["correction"];
    assert_eq!(told[0]["text"], "It is blue.");
}

#[tokio::test]
async fn search_engines_are_told_of_corrections_in_the_words_of_schema_org() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server
        .article(site.en, "River")
        .with(|draft| {
            draft.corrections = vec![domain::articles::Correction {
                at: BEFORE.parse().unwrap(),
                text: "It is blue.".to_owned(),
            }];
        })
        .await;
    let expected = json!([{
        "@type": "CorrectionComment", "datePublished": BEFORE, "text": "It is blue.",
    }]);
    let path = format!("/api/v1/articles/{id}?include=seo");
    let rest = server.get_json(&path).await;
    assert_eq!(rest["seo"]["jsonLd"]["correction"], expected);
    let query = format!("{{ article(by: {{ id: \"{id}\" }}) {{ seo {{ jsonLd }} }} }}");
    let graphql = server.graphql(&query).await;
    assert_eq!(graphql["article"]["seo"]["jsonLd"]["correction"], expected);
    // The same where the parts are not foreseen.
    let query = format!(
        "{{ node(id: \"{id}\") {{ ... on Article {{ corrections {{ at }} seo {{ jsonLd }} }} }} }}"
    );
    let graphql = server.graphql(&query).await;
    assert_eq!(graphql["node"]["seo"]["jsonLd"]["correction"], expected);
    assert_eq!(graphql["node"]["corrections"], json!([{ "at": BEFORE }]));
    let plain = server.article(site.en, "Sea").await;
    let path = format!("/api/v1/articles/{plain}?include=seo");
    let rest = server.get_json(&path).await;
    assert_eq!(rest["seo"]["jsonLd"].get("correction"), None);
}

#[tokio::test]
async fn feeds_begin_with_the_corrections_in_the_language_of_the_edition() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let ar = edition("ar", None);
    let ar = application::editions::create(&cx, ar).await.unwrap();
    let sq = edition("sq", None);
    let sq = application::editions::create(&cx, sq).await.unwrap();
    for (code, edition, word, direction) in [
        ("en", site.en, "Correction", "ltr"),
        ("fa", site.fa, "اصلاحیه", "rtl"),
        ("ar", ar, "تصحيح", "rtl"),
        ("sq", sq, "Korrigjim", "ltr"),
    ] {
        server
            .article(edition, "River")
            .slug("river")
            .body("<p>It is long.</p>")
            .with(|draft| {
                draft.corrections = vec![domain::articles::Correction {
                    at: BEFORE.parse().unwrap(),
                    text: "2 < 3,\nnot more.".to_owned(),
                }];
            })
            .await;
        let feed = server.get_json(&format!("/feeds/{code}/feed.json")).await;
        let html = feed["items"][0]["content_html"].as_str().unwrap();
        let notice = format!(
            "<p lang=\"{code}\" dir=\"{direction}\"><strong>{word}</strong> (<time datetime=\"{BEFORE}\" dir=\"ltr\">2026-01-01</time>): 2 &lt; 3,<br>not more.</p><p>It is long.</p>"
        );
        assert!(html.contains(&notice), "{html}");
        for file in ["rss.xml", "atom.xml"] {
            let feed = server.get_text(&format!("/feeds/{code}/{file}")).await;
            let escaped = notice.replace('&', "&amp;").replace('<', "&lt;");
            let is_there = feed.contains(&notice)
                || feed.contains(&escaped)
                || feed.contains(&escaped.replace('>', "&gt;"))
                || feed.contains(&escaped.replace('>', "&gt;").replace('"', "&quot;"));
            assert!(is_there, "{file}: {feed}");
        }
    }
}

#[tokio::test]
async fn an_item_of_a_feed_is_updated_when_a_correction_is_published() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let id = server.article(site.en, "River").await;
    let new = application::articles::NewCorrection {
        draft: domain::articles::CorrectionDraft {
            at: Some(BEFORE.parse().unwrap()),
            text: "It is blue.".to_owned(),
        },
        note: None,
    };
    application::articles::add_correction(&cx, id, 1, new)
        .await
        .unwrap();
    let waiting = server.get_json("/feeds/en/feed.json").await;
    assert_eq!(waiting["items"][0]["date_modified"], NOW);
    server.clock.set("2026-05-06T07:00:00Z".parse().unwrap());
    lifecycle::publish(&cx, id.into(), step(2)).await.unwrap();
    let feed = server.get_json("/feeds/en/feed.json").await;
    let item = &feed["items"][0];
    assert_eq!(item["date_modified"], "2026-05-06T07:00:00Z");
    assert!(item["content_html"].to_string().contains("It is blue."));
    let atom = server.get_text("/feeds/en/atom.xml").await;
    assert!(
        atom.contains("<updated>2026-05-06T07:00:00+00:00</updated>"),
        "{atom}"
    );
}

#[tokio::test]
async fn a_batch_adds_corrections_over_both_faces() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let id = server.article(site.en, "River").await.to_string();
    let body = json!({ "operations": [{
        "method": "POST", "path": format!("/articles/{id}/corrections"), "ifMatch": "1",
        "body": { "text": "It is blue." },
    }] });
    let request = server.request(Method::POST, "/api/v1/batch");
    let answer = server.send(request.bearer_auth(&owner).json(&body)).await;
    answer.expect(200);
    let query = "mutation ($id: ID!) { batch(input: { operations: [{ addCorrection: { id: $id, expectedVersion: 2, text: \"It is long.\" } }] }) { results { userErrors { message } } userErrors { message } } }";
    let answer = server.graphql_as(&owner, query, &json!({ "id": id })).await;
    let done = json!({ "results": [{ "userErrors": [] }], "userErrors": [] });
    assert_eq!(answer["data"]["batch"], done, "{answer:#}");
    let expected = json!([
        { "at": NOW, "text": "It is blue." },
        { "at": NOW, "text": "It is long." },
    ]);
    assert_eq!(latest(&server, &owner, &id).await, expected);
}
