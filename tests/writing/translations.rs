//! Beginning translations, and keeping them up to date.

use application::{articles, lifecycle};
use domain::{access::Role, content::Status, id::ArticleId};
use reqwest::Method;
use serde_json::{Value, json};

use super::{step, titled};
use crate::harness::{FACES, Face, TestServer, builders::Editions, texts};

/// What came of a change: the record in the words of REST, or the code and the fields of what is
/// wrong.
type Outcome = Result<Value, (String, Vec<String>)>;

impl TestServer {
    /// Begins a translation of an article.
    async fn translate(&self, face: Face, token: &str, of: ArticleId, body: &Value) -> Outcome {
        if face == Face::Rest {
            let path = format!(
                "/api/v1/articles/{of}/translations?include=body,categories,tags,byline,translations"
            );
            let request = self.request(Method::POST, &path).bearer_auth(token);
            return of_rest(&self.send(request.json(body)).await);
        }
        let mut input = body.clone();
        input["of"] = json!(of.to_string());
        let query = format!(
            "mutation ($input: CreateTranslationInput!) {{ createTranslation(input: $input) {{ {SHOWN} }} }}"
        );
        let answer = self
            .graphql_as(token, &query, &json!({ "input": input }))
            .await;
        of_graphql(&answer, "createTranslation")
    }

    /// Tells that a translation says what its original says.
    async fn mark(&self, face: Face, token: &str, id: &str, version: i64) -> Outcome {
        if face == Face::Rest {
            let path =
                format!("/api/v1/articles/{id}/mark-translation-current?include=translations");
            let request = self.request(Method::POST, &path).bearer_auth(token);
            let request = request.header("if-match", format!("\"{version}\""));
            return of_rest(&self.send(request).await);
        }
        let input = json!({ "id": id, "expectedVersion": version });
        let query = format!(
            "mutation ($input: MarkTranslationCurrentInput!) {{ markTranslationCurrent(input: $input) {{ {SHOWN} }} }}"
        );
        let answer = self
            .graphql_as(token, &query, &json!({ "input": input }))
            .await;
        of_graphql(&answer, "markTranslationCurrent")
    }

    /// The titles of what is stale in an edition, as both faces list it.
    async fn stale(&self, code: &str, is_stale: bool, token: &str) -> Vec<String> {
        let path = format!(
            "/api/v1/articles?edition={code}&filter[isStaleTranslation]={is_stale}&sort=title"
        );
        let bearer = format!("Bearer {token}");
        let answer = self
            .get_with(&path, &[("authorization", &bearer)])
            .await
            .json();
        let listed: Vec<String> = texts(&answer["data"], "title")
            .into_iter()
            .map(str::to_owned)
            .collect();
        let query = format!(
            "{{ articles(edition: \"{code}\", orderBy: {{ field: TITLE, direction: ASC }}, filter: {{ isStaleTranslation: {is_stale} }}) {{ nodes {{ title }} }} }}"
        );
        let data = self.graphql_as(token, &query, &json!({})).await;
        assert_eq!(texts(&data["data"]["articles"]["nodes"], "title"), listed);
        listed
    }
}

const SHOWN: &str = "entry { id version ... on Article { title subtitle status edition { code } body { html } categories { name } tags { name } byline { name } translations { isStale edition { code } } } } userErrors { code field }";

fn of_rest(answer: &crate::harness::Answer) -> Outcome {
    let body = answer.json();
    if answer.status < 300 {
        return Ok(body);
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    let fields = errors
        .iter()
        .map(|it| text(&it["pointer"]).trim_start_matches('/').to_owned());
    let code = text(&body["code"]).replace("PRECONDITION_FAILED", "CONFLICT");
    Err((code, fields.collect()))
}

fn of_graphql(answer: &Value, field: &str) -> Outcome {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(error) = answer["errors"].get(0) {
        return Err((text(&error["extensions"]["code"]), Vec::new()));
    }
    let payload = &answer["data"][field];
    let errors = payload["userErrors"].as_array().unwrap();
    if let Some(first) = errors.first() {
        let fields = errors.iter().filter_map(|it| it["field"].as_str());
        let fields = fields
            .filter(|it| *it != "expectedVersion")
            .map(str::to_owned);
        return Err((text(&first["code"]), fields.collect()));
    }
    let mut entry = payload["entry"].clone();
    entry["edition"] = entry["edition"]["code"].take();
    entry["status"] = json!(text(&entry["status"]).to_lowercase());
    Ok(entry)
}

fn wrong(code: &str, fields: &[&str]) -> Outcome {
    let fields = fields.iter().map(|field| (*field).to_owned()).collect();
    Err((code.to_owned(), fields))
}

/// A published article with everything.
async fn original(server: &TestServer, site: Editions, title: &str) -> ArticleId {
    let news = server
        .category(site.en, &format!("News of {title}"), None)
        .await;
    let tag = server.tag(site.en, &format!("Tag of {title}")).await;
    let ada = server.author(site.en, &format!("Writer of {title}")).await;
    let picture = server.picture(site.en, "A river").await;
    let article = server.article(site.en, title).category(news).tag(tag);
    article
        .by(ada)
        .hero(picture)
        .with(|draft| draft.subtitle = Some("And on".to_owned()))
        .await
}

#[tokio::test]
async fn a_translation_begins_with_the_texts_or_without_and_with_all_relations() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let token = server.signed_in(Role::Editor, Some(site.fa)).await;
    for face in FACES {
        let title = format!("River {face:?}");
        let of = original(&server, site, &title).await;
        let body = json!({ "edition": "fa" });
        let made = server.translate(face, &token, of, &body).await.unwrap();
        assert_eq!(made["title"], title);
        assert_eq!(made["subtitle"], "And on");
        assert_eq!(
            (made["status"].as_str(), made["edition"].as_str()),
            (Some("draft"), Some("fa"))
        );
        let html = made["body"]["html"].as_str().unwrap();
        assert_eq!(html.trim(), format!("<p>{title} and what came of it.</p>"));
        assert_eq!(made["categories"].as_array().unwrap().len(), 1);
        assert_eq!(made["tags"].as_array().unwrap().len(), 1);
        assert_eq!(made["byline"].as_array().unwrap().len(), 1);
        assert_eq!(made["translations"].as_array().unwrap().len(), 2);
        // There is one already.
        let again = server.translate(face, &token, of, &body).await;
        assert_eq!(again.unwrap_err().0, "CONFLICT");
        let bare = original(&server, site, &format!("Bare {face:?}")).await;
        let body = json!({ "edition": "fa", "copyBody": false });
        let made = server.translate(face, &token, bare, &body).await.unwrap();
        assert_eq!(made["subtitle"], json!(null));
        assert_eq!(made["body"]["html"].as_str().unwrap().trim(), "");
        assert_eq!(made["byline"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn only_those_who_write_in_the_edition_translate_and_only_what_they_see() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let of = original(&server, site, "River").await;
    let hidden = server.article(site.en, "Draft").status(Status::Draft).await;
    let here = server.signed_in(Role::Editor, Some(site.en)).await;
    let there = server.signed_in(Role::Editor, Some(site.fa)).await;
    for face in FACES {
        let body = json!({ "edition": "fa" });
        let refused = server.translate(face, &here, of, &body).await;
        assert_eq!(refused, wrong("FORBIDDEN", &[]));
        let refused = server.translate(face, &there, hidden, &body).await;
        assert_eq!(refused, wrong("NOT_FOUND", &[]));
        let body = json!({ "edition": "en" });
        let refused = server.translate(face, &here, of, &body).await;
        assert_eq!(refused, wrong("VALIDATION", &["edition"]));
        let body = json!({ "edition": "xx" });
        let refused = server.translate(face, &here, of, &body).await;
        assert_eq!(refused, wrong("VALIDATION", &["edition"]));
    }
}

#[tokio::test]
async fn a_translation_is_stale_when_its_original_says_something_else_and_not_before() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let title = format!("River {face:?}");
        let of = original(&server, site, &title).await;
        let body = json!({ "edition": "fa" });
        let made = server.translate(face, &owner, of, &body).await.unwrap();
        let (id, version) = (
            made["id"].as_str().unwrap(),
            made["version"].as_i64().unwrap(),
        );
        let none: Vec<String> = Vec::new();
        assert_eq!(server.stale("fa", true, &owner).await, none);
        // An edit that waits makes nothing stale.
        let cx = server.system();
        articles::change(&cx, of, 1, titled("Sea")).await.unwrap();
        assert_eq!(server.stale("fa", true, &owner).await, none);
        lifecycle::publish(&cx, of.into(), step(2)).await.unwrap();
        assert_eq!(
            server.stale("fa", true, &owner).await,
            std::slice::from_ref(&title)
        );
        assert!(!server.stale("fa", false, &owner).await.contains(&title));
        let stale = server.mark(face, &owner, id, version + 1).await;
        assert_eq!(stale, wrong("CONFLICT", &[]));
        let marked = server.mark(face, &owner, id, version).await.unwrap();
        assert_eq!(marked["version"].as_i64(), Some(version));
        let stale = marked["translations"].as_array().unwrap();
        assert!(stale.iter().all(|it| it["isStale"] == false), "{marked}");
        assert_eq!(server.stale("fa", true, &owner).await, none);
        let refused = server.mark(face, &owner, &of.to_string(), 3).await;
        assert_eq!(refused, wrong("CONFLICT", &[]));
    }
}

#[tokio::test]
async fn what_waits_of_a_translation_is_marked_with_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let of = original(&server, site, "River").await;
    let body = json!({ "edition": "fa" });
    let made = server
        .translate(Face::Rest, &owner, of, &body)
        .await
        .unwrap();
    let id: ArticleId = made["id"].as_str().unwrap().parse().unwrap();
    let cx = server.system();
    lifecycle::publish(&cx, id.into(), step(1)).await.unwrap();
    articles::change(&cx, id, 2, titled("رود")).await.unwrap();
    articles::change(&cx, of, 1, titled("Sea")).await.unwrap();
    lifecycle::publish(&cx, of.into(), step(2)).await.unwrap();
    server
        .mark(Face::Rest, &owner, &id.to_string(), 3)
        .await
        .unwrap();
    lifecycle::publish(&cx, id.into(), step(3)).await.unwrap();
    let none: Vec<String> = Vec::new();
    assert_eq!(server.stale("fa", true, &owner).await, none);
}

#[tokio::test]
async fn the_translation_of_a_page_stands_below_that_of_the_page_above() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let above = server.page(site.en, "About").await;
    let mut draft = crate::harness::records::page(site.en, "People");
    draft.entry.parent = Some(above.into());
    let below = server.save_page(draft).await;
    let mut made = Vec::new();
    for page in [above, below] {
        let path = format!("/api/v1/pages/{page}/translations");
        let request = post(&server, &path, &owner).json(&json!({ "edition": "fa" }));
        made.push(server.send(request).await.expect(201).json());
    }
    assert_eq!(made[0]["parentId"], json!(null));
    assert_eq!(made[1]["parentId"], made[0]["id"]);
    let query = format!(
        "mutation {{ createTranslation(input: {{ of: \"{below}\", edition: \"fa\" }}) {{ entry {{ id }} userErrors {{ code }} }} }}"
    );
    let again = server.graphql_as(&owner, &query, &json!({})).await;
    let code = &again["data"]["createTranslation"]["userErrors"][0]["code"];
    assert_eq!(code, "CONFLICT", "{again}");
}

fn post(server: &TestServer, path: &str, token: &str) -> reqwest::RequestBuilder {
    server.request(Method::POST, path).bearer_auth(token)
}
