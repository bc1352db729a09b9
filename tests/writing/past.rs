//! Entries as they were at a time, over both faces.

use application::{articles, lifecycle};
use domain::{
    access::Role,
    change::{ArticleChange, Change},
    id::EntryId,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{drafted, html, step, titled};
use crate::harness::{Answer, FACES, Face, TestServer, records::page};

const CREATED: &str = "2026-05-04T12:00:00Z";
const EDITED: &str = "2026-05-05T12:00:00Z";
const PUBLISHED: &str = "2026-05-06T12:00:00Z";
const REVISED: &str = "2026-05-07T12:00:00Z";
const REPUBLISHED: &str = "2026-05-08T12:00:00Z";
const ARCHIVED: &str = "2026-05-09T12:00:00Z";
const NOW: &str = "2026-05-10T12:00:00Z";

fn at(server: &TestServer, time: &str) {
    server.clock.set(time.parse().unwrap());
}

/// An article with a life: a draft that is edited, published, edited, published again and archived.
async fn lived(server: &TestServer) -> EntryId {
    let site = server.small_site().await;
    let cx = server.system();
    let ada = server.author(site.en, "Ada Moor").await;
    let article = drafted(&cx, site.en, "River").await;
    let (id, entry) = (article.id(), article.entry.id);
    at(server, EDITED);
    let mut change = titled("Sea");
    change.entry.body = html("<p>A sea.</p>");
    change.byline = Change::Set(vec![domain::articles::ContributionDraft {
        role: domain::articles::ContributionRole::Author,
        author: Some(ada),
        name: None,
    }]);
    Box::pin(articles::change(&cx, id, 1, change))
        .await
        .unwrap();
    at(server, PUBLISHED);
    Box::pin(lifecycle::publish(&cx, entry, step(2)))
        .await
        .unwrap();
    at(server, REVISED);
    // Two edits: the first is never public.
    Box::pin(articles::change(&cx, id, 3, titled("Never shown")))
        .await
        .unwrap();
    let mut change: ArticleChange = titled("Ocean");
    change.byline = Change::Set(Vec::new());
    change.entry.slug = Change::Set(Some("ocean".to_owned()));
    Box::pin(articles::change(&cx, id, 4, change))
        .await
        .unwrap();
    at(server, REPUBLISHED);
    Box::pin(lifecycle::publish(&cx, entry, step(5)))
        .await
        .unwrap();
    at(server, ARCHIVED);
    lifecycle::archive(&cx, entry, step(6)).await.unwrap();
    at(server, NOW);
    entry
}

async fn ask(server: &TestServer, token: Option<&str>, path: &str) -> Answer {
    let mut request = server.request(Method::GET, path);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    server.send(request).await
}

/// What an entry was, in the words of REST, and the code of what went wrong.
async fn was(server: &TestServer, face: Face, token: &str, id: EntryId, at: &str) -> Value {
    let kind = id.kind.as_str();
    match face {
        Face::Rest => {
            let path = format!("/api/v1/{kind}s/{id}?include=body&asOf={at}");
            let answer = ask(server, Some(token), &path).await;
            assert_eq!(answer.header("cache-control"), "no-store");
            let body = answer.json();
            if answer.status == 200 {
                return json!([
                    body["title"],
                    body["slug"],
                    body["status"],
                    body["publishedAt"],
                    body["body"]["html"],
                ]);
            }
            body["code"].clone()
        }
        Face::Graphql => {
            let query = format!(
                "query ($at: DateTime) {{ {kind}(by: {{ id: \"{id}\" }}, asOf: $at) {{ title slug status publishedAt body {{ html }} }} }}"
            );
            let answer = server.graphql_as(token, &query, &json!({ "at": at })).await;
            if let Some(error) = answer["errors"].get(0) {
                return error["extensions"]["code"].clone();
            }
            let found = &answer["data"][kind];
            if found.is_null() {
                return json!("NOT_FOUND");
            }
            let status = found["status"].as_str().unwrap().to_lowercase();
            json!([
                found["title"],
                found["slug"],
                status,
                found["publishedAt"],
                found["body"]["html"],
            ])
        }
    }
}

#[tokio::test]
async fn an_entry_is_shown_as_it_was_at_a_time_by_both_faces() {
    let server = TestServer::start().await;
    let id = Box::pin(lived(&server)).await;
    let owner = server.signed_in(Role::Owner, None).await;
    let river = "<p>River and what came of it.</p>";
    let sea = "<p>A sea.</p>";
    for face in FACES {
        for (time, expected) in [
            ("2026-05-04T11:59:59Z", json!("NOT_FOUND")),
            (CREATED, json!(["River", "river", "draft", null, river])),
            (
                "2026-05-05T11:59:59Z",
                json!(["River", "river", "draft", null, river]),
            ),
            (EDITED, json!(["Sea", "river", "draft", null, sea])),
            (
                PUBLISHED,
                json!(["Sea", "river", "published", PUBLISHED, sea]),
            ),
            // The edit waited then: it is not what was out.
            (
                REVISED,
                json!(["Sea", "river", "published", PUBLISHED, sea]),
            ),
            (
                "2026-05-08T11:59:59.999999Z",
                json!(["Sea", "river", "published", PUBLISHED, sea]),
            ),
            (
                REPUBLISHED,
                json!(["Ocean", "ocean", "published", PUBLISHED, sea]),
            ),
            (
                ARCHIVED,
                json!(["Ocean", "ocean", "archived", PUBLISHED, sea]),
            ),
            (NOW, json!(["Ocean", "ocean", "archived", PUBLISHED, sea])),
            ("2026-05-10T12:00:01Z", json!("VALIDATION")),
        ] {
            let was = was(&server, face, &owner, id, time).await;
            assert_eq!(was, expected, "{face:?} at {time}");
        }
    }
}

#[tokio::test]
async fn what_an_entry_leads_to_is_its_own_of_then_and_said_as_today() {
    let server = TestServer::start().await;
    let id = Box::pin(lived(&server)).await;
    let owner = server.signed_in(Role::Owner, None).await;
    let path = format!("/api/v1/articles/{id}?include=byline&asOf={PUBLISHED}");
    let rest = ask(&server, Some(&owner), &path).await.expect(200).json();
    assert_eq!(rest["byline"][0]["name"], "Ada Moor");
    assert_eq!(rest["version"], 3);
    assert_eq!(rest["hasPendingChanges"], false);
    let query = format!(
        "{{ article(by: {{ slug: \"ocean\" }}, edition: \"en\", asOf: \"{PUBLISHED}\") {{ title version updatedAt byline {{ name }} corrections {{ text }} seo {{ jsonLd }} related {{ title }} }} now: article(by: {{ id: \"{id}\" }}) {{ title byline {{ name }} }} }}"
    );
    let answer = server.graphql_as(&owner, &query, &json!({})).await;
    let article = &answer["data"]["article"];
    assert_eq!(article["title"], "Sea", "{answer:#}");
    assert_eq!(article["byline"][0]["name"], "Ada Moor");
    assert_eq!(article["seo"]["jsonLd"]["headline"], "Sea");
    assert_eq!(article["updatedAt"], PUBLISHED);
    assert_eq!(answer["data"]["now"]["title"], "Ocean");
    assert_eq!(answer["data"]["now"]["byline"], json!([]));
    let path = format!("/api/v1/articles/by-slug/en/ocean?asOf={EDITED}");
    let rest = ask(&server, Some(&owner), &path).await.expect(200).json();
    assert_eq!(rest["title"], "Sea");
}

#[tokio::test]
async fn the_past_is_for_those_who_may_read_revisions() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id: EntryId = server.article(site.en, "River").await.into();
    let hidden: EntryId = server
        .article(site.en, "Hidden")
        .status(domain::content::Status::Draft)
        .await
        .into();
    for role in [Role::Viewer, Role::Contributor, Role::Author] {
        let token = server.signed_in(role, None).await;
        for face in FACES {
            let answered = was(&server, face, &token, id, CREATED).await;
            assert_eq!(answered, "FORBIDDEN", "{role:?} over {face:?}");
        }
    }
    let editor = server.signed_in(Role::Editor, Some(site.fa)).await;
    for face in FACES {
        let answered = was(&server, face, &editor, id, CREATED).await;
        assert_eq!(answered, "FORBIDDEN");
        let answered = was(&server, face, &editor, hidden, CREATED).await;
        assert_eq!(answered, "NOT_FOUND", "as if there were none");
    }
    let path = format!("/api/v1/articles/{id}?asOf={CREATED}");
    let answer = ask(&server, None, &path).await.expect(401);
    assert_eq!(answer.header("cache-control"), "no-store");
    let query = format!("{{ article(by: {{ id: \"{id}\" }}, asOf: \"{CREATED}\") {{ title }} }}");
    let error = server.graphql_error(&query).await;
    assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_time_that_cannot_be_answered_is_refused_by_its_name() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").await;
    let owner = server.signed_in(Role::Owner, None).await;
    for (query, status) in [
        ("asOf=2026-05-04T12:00:01Z", 400),
        ("asOf=yesterday", 400),
        ("asOf=2026-05-04T12:00:00Z&view=latest", 400),
    ] {
        let path = format!("/api/v1/articles/{id}?{query}");
        let problem = ask(&server, Some(&owner), &path).await.expect(status);
        let problem = problem.json();
        assert_eq!(problem["errors"][0]["parameter"], "asOf", "{problem:#}");
    }
    for more in [
        "asOf: \"2026-05-04T12:00:01Z\"",
        "asOf: \"2026-05-04T12:00:00Z\", view: LATEST",
    ] {
        let query = format!("{{ article(by: {{ id: \"{id}\" }}, {more}) {{ title }} }}");
        let answer = server.graphql_as(&owner, &query, &json!({})).await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(error["code"], "VALIDATION", "{answer:#}");
        assert_eq!(error["fields"][0]["field"], "asOf", "{answer:#}");
    }
}

#[tokio::test]
async fn a_preview_does_not_bring_an_edit_that_waits_into_the_past() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").await;
    articles::change(&server.system(), id, 1, titled("Sea"))
        .await
        .unwrap();
    let owner = server.signed_in(Role::Owner, None).await;
    let request = server.request(Method::POST, "/api/v1/previews");
    let body = json!({ "entryId": id.to_string() });
    let made = server.send(request.bearer_auth(&owner).json(&body)).await;
    let made = made.expect(201).json();
    let token = made["token"].as_str().unwrap();
    let path = format!("/api/v1/articles/{id}");
    let seen = server.get_with(&path, &[("colophon-preview", token)]).await;
    assert_eq!(seen.expect(200).json()["title"], "Sea");
    let path = format!("{path}?asOf={CREATED}");
    let request = server.request(Method::GET, &path).bearer_auth(&owner);
    let request = request.header("colophon-preview", token);
    let seen = server.send(request).await.expect(200).json();
    assert_eq!(seen["title"], "River");
    assert_eq!(seen["hasPendingChanges"], false);
}

#[tokio::test]
async fn pages_and_issues_have_a_past_too() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let page_id = server.page(site.en, "About").await;
    let letter = server.newsletter(site.en, "Letter").await;
    let issue_id = server.issue(site.en, letter, 1, Vec::new()).await;
    at(&server, EDITED);
    let cx = server.system();
    application::pages::update(&cx, page_id, Some(1), page(site.en, "Us"))
        .await
        .unwrap();
    let change = domain::change::IssueChange {
        outro: Change::Set(Some("Bye.".to_owned())),
        ..domain::change::IssueChange::default()
    };
    application::newsletters::change_issue(&cx, issue_id, 1, change)
        .await
        .unwrap();
    lifecycle::publish(&cx, issue_id.into(), step(2))
        .await
        .unwrap();
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let was = was(&server, face, &owner, page_id.into(), CREATED).await;
        assert_eq!(was[0], "About");
    }
    let outro = async |time: &str| {
        let path = format!("/api/v1/issues/{issue_id}?asOf={time}");
        let answer = ask(&server, Some(&owner), &path).await;
        answer.expect(200).json()["outro"].clone()
    };
    assert_eq!(outro(CREATED).await, json!(null));
    assert_eq!(outro(EDITED).await, "Bye.");
}
