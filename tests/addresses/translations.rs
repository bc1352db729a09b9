//! Which entries are translations of each other: linked and taken apart over both faces.

use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{FACES, Face, TestServer};

/// Links an entry to another, or takes it away from all: the code, and the fields that are wrong.
async fn link(
    server: &TestServer,
    face: Face,
    token: &str,
    (entry, version): (&str, i64),
    to: Option<&str>,
) -> (String, Vec<String>) {
    match face {
        Face::Rest => {
            let list = if entry.starts_with("page") {
                "pages"
            } else {
                "articles"
            };
            let path = format!("/api/v1/{list}/{entry}/translation-group");
            let method = if to.is_some() {
                Method::PUT
            } else {
                Method::DELETE
            };
            let request = server
                .request(method, &path)
                .bearer_auth(token)
                .header("if-match", format!("\"{version}\""));
            let request = match to {
                Some(to) => request.json(&json!({ "to": to })),
                None => request,
            };
            let answer = server.send(request).await;
            let told = answer.json();
            if answer.status == 200 {
                assert_eq!(told["id"], entry);
                return ("DONE".to_owned(), Vec::new());
            }
            let errors = told["errors"].as_array().cloned().unwrap_or_default();
            let place = |error: &Value| error["pointer"].as_str().unwrap().replace('/', "");
            let code = told["code"].as_str().unwrap().to_owned();
            (code, errors.iter().map(place).collect())
        }
        Face::Graphql => {
            let (field, kind) = match to {
                Some(_) => ("linkTranslations", "LinkTranslationsInput"),
                None => ("unlinkTranslation", "UnlinkTranslationInput"),
            };
            let mut input = json!({ "entry": entry, "expectedVersion": version });
            if let Some(to) = to {
                input["to"] = json!(to);
            }
            let query = format!(
                "mutation ($input: {kind}!) {{ {field}(input: $input) {{ entry {{ id }} userErrors {{ code field }} }} }}"
            );
            let answer = server
                .graphql_as(token, &query, &json!({ "input": input }))
                .await;
            let payload = &answer["data"][field];
            let errors = payload["userErrors"].as_array().expect("a payload");
            let Some(first) = errors.first() else {
                assert_eq!(payload["entry"]["id"], entry, "{answer:#}");
                return ("DONE".to_owned(), Vec::new());
            };
            if first["field"] == "expectedVersion" {
                return ("PRECONDITION_FAILED".to_owned(), Vec::new());
            }
            let fields = errors.iter().filter_map(|error| error["field"].as_str());
            let code = first["code"].as_str().unwrap().to_owned();
            (code, fields.map(str::to_owned).collect())
        }
    }
}

async fn translations(server: &TestServer, id: &str) -> Vec<String> {
    let path = format!("/api/v1/articles/{id}?include=translations");
    let read = server.get_json(&path).await;
    let all = read["translations"].as_array().unwrap().iter();
    all.map(|one| one["edition"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn entries_become_translations_of_each_other_and_are_taken_apart() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, None).await;
    for face in FACES {
        let english = server
            .article(site.en, &format!("River {face:?}"))
            .await
            .to_string();
        let persian = server
            .article(site.fa, &format!("رود {face:?}"))
            .await
            .to_string();
        let before = translations(&server, &english).await.len();
        let done = ("DONE".to_owned(), Vec::new());
        let late = link(&server, face, &editor, (&persian, 7), Some(&english)).await;
        assert_eq!(late, ("PRECONDITION_FAILED".to_owned(), Vec::new()));
        for _again in 0..2 {
            let linked = link(&server, face, &editor, (&persian, 1), Some(&english)).await;
            assert_eq!(linked, done);
        }
        assert_eq!(translations(&server, &english).await.len(), before + 1);
        assert_eq!(translations(&server, &persian).await.len(), before + 1);
        let unlinked = link(&server, face, &editor, (&persian, 1), None).await;
        assert_eq!(unlinked, done);
        assert_eq!(translations(&server, &english).await.len(), before);
    }
}

#[tokio::test]
async fn what_cannot_be_a_translation_is_told() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, None).await;
    let author = server.signed_in(Role::Author, None).await;
    let english = server.article(site.en, "River").await.to_string();
    let other = server.article(site.en, "Sea").await.to_string();
    let persian = server.article(site.fa, "رود").await.to_string();
    let page = server.page(site.fa, "درباره").await.to_string();
    let second = server.article(site.fa, "دریا").await.to_string();
    let linked = link(&server, Face::Rest, &editor, (&persian, 1), Some(&other)).await;
    assert_eq!(linked.0, "DONE");
    for face in FACES {
        let absent = "article_01jb2x9k3m4n5p6q7r8s9t0v1w";
        for to in [english.as_str(), &other, &page, absent] {
            let told = link(&server, face, &editor, (&english, 1), Some(to)).await;
            assert_eq!(
                told,
                ("VALIDATION".to_owned(), vec!["to".to_owned()]),
                "{to}"
            );
        }
        // The other has a translation of this edition already.
        let told = link(&server, face, &editor, (&second, 1), Some(&other)).await;
        assert_eq!(told, ("VALIDATION".to_owned(), vec!["to".to_owned()]));
        let told = link(&server, face, &author, (&english, 1), Some(&persian)).await;
        assert_eq!(told.0, "FORBIDDEN");
    }
}

#[tokio::test]
async fn what_was_translated_from_an_entry_that_is_taken_away_is_a_translation_of_nothing() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.signed_in(Role::Editor, None).await;
    for face in FACES {
        let original = server.article(site.en, &format!("River {face:?}")).await;
        let translation = server
            .article(site.fa, &format!("رود {face:?}"))
            .with(|draft| draft.entry.translated_from = Some((original.into(), 1)))
            .await;
        let (original, translation) = (original.to_string(), translation.to_string());
        let done = ("DONE".to_owned(), Vec::new());
        // Into one group, and out of it again.
        let linked = link(&server, face, &editor, (&translation, 1), Some(&original)).await;
        assert_eq!(linked, done);
        assert_eq!(
            link(&server, face, &editor, (&original, 1), None).await,
            done
        );
        let from = "SELECT count(*) FROM entry WHERE translated_from_id IS NOT NULL";
        assert_eq!(server.count(from).await, 0, "{face:?}");
    }
}
