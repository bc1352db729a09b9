//! One category, tag or author takes over everything others have.

use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{AUTHOR, CATEGORY, TAG, at};
use crate::harness::{FACES, Face, Resource, TestServer};

/// Merges records: `DONE`, or what went wrong with which fields.
async fn merge(
    server: &TestServer,
    face: Face,
    token: &str,
    of: Resource,
    (from, into, version): (&[&str], &str, i64),
) -> (String, Vec<String>) {
    let body = json!({ "from": from, "into": into, "expectedVersion": version });
    match face {
        Face::Rest => {
            let path = format!("/api/v1/{}/merge", of.list);
            let request = server.request(Method::POST, &path).bearer_auth(token);
            let answer = server.send(request.json(&body)).await;
            let told = answer.json();
            if answer.status == 200 {
                assert_eq!(told["id"], into);
                return ("DONE".to_owned(), Vec::new());
            }
            let errors = told["errors"].as_array().cloned().unwrap_or_default();
            let place = |error: &Value| {
                let pointer = error["pointer"].as_str().unwrap_or_default();
                pointer.trim_start_matches('/').replace('/', ".")
            };
            let code = told["code"].as_str().unwrap().to_owned();
            (code, errors.iter().map(place).collect())
        }
        Face::Graphql => {
            let (field, record) = match of.kind {
                "Author" => ("mergeAuthors", "author"),
                "Category" => ("mergeTerms", "category"),
                _ => ("mergeTerms", "tag"),
            };
            let query = format!(
                "mutation ($input: MergeInput!) {{ {field}(input: $input) {{ {record} {{ id }} userErrors {{ code field }} }} }}"
            );
            let answer = server
                .graphql_as(token, &query, &json!({ "input": body }))
                .await;
            let payload = &answer["data"][field];
            let errors = payload["userErrors"].as_array().expect("a payload");
            let Some(first) = errors.first() else {
                assert_eq!(payload[record]["id"], into, "{answer:#}");
                return ("DONE".to_owned(), Vec::new());
            };
            let fields = errors.iter().filter_map(|error| error["field"].as_str());
            let code = match (first["code"].as_str().unwrap(), first["field"].as_str()) {
                ("CONFLICT", Some("expectedVersion")) => "PRECONDITION_FAILED",
                (code, _) => code,
            };
            let fields = fields.filter(|field| *field != "expectedVersion");
            (code.to_owned(), fields.map(str::to_owned).collect())
        }
    }
}

fn done() -> (String, Vec<String>) {
    ("DONE".to_owned(), Vec::new())
}

fn wrong(code: &str, fields: &[&str]) -> (String, Vec<String>) {
    let fields = fields.iter().map(|field| (*field).to_owned());
    (code.to_owned(), fields.collect())
}

#[tokio::test]
async fn everything_moves_over_and_old_addresses_lead_to_the_one_that_stays() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        for (of, folder) in [(CATEGORY, "category"), (TAG, "tag"), (AUTHOR, "author")] {
            let slug = |name: &str| format!("{name}-{folder}-{face:?}").to_lowercase();
            let make = async |texts: Value| {
                let body = json!({ "texts": texts });
                server.create(face, &owner, of, &body).await.done().id
            };
            let stays = make(json!({ "en": { "name": "Stays", "slug": slug("stays") } })).await;
            let goes = make(json!({
                "en": { "name": "Goes", "slug": slug("goes") },
                "fa": { "name": "رود", "slug": slug("رود") },
            }))
            .await;
            let too = make(json!({ "en": { "name": "Goes too", "slug": slug("too") } })).await;
            let renamed = json!({ "texts": { "en": { "slug": slug("gone") } } });
            let target = (goes.as_str(), 1);
            server
                .patch(face, &owner, of, target, &renamed)
                .await
                .done();
            let article = |title: String| server.article(site.en, &title);
            let both = article(slug("both"));
            let one = article(slug("one"));
            let (both, one) = match of.kind {
                "Category" => (
                    both.category(stays.parse().unwrap())
                        .category(goes.parse().unwrap()),
                    one.category(too.parse().unwrap()),
                ),
                "Tag" => (
                    both.tag(stays.parse().unwrap()).tag(goes.parse().unwrap()),
                    one.tag(too.parse().unwrap()),
                ),
                _ => (both.by(goes.parse().unwrap()), one.by(too.parse().unwrap())),
            };
            both.await;
            one.await;
            let from = [goes.as_str(), too.as_str()];
            let late = merge(&server, face, &owner, of, (&from, &stays, 7)).await;
            assert_eq!(late, wrong("PRECONDITION_FAILED", &[]));
            let merged = merge(&server, face, &owner, of, (&from, &stays, 1)).await;
            assert_eq!(merged, done(), "{face:?} {folder}");
            let path = format!("/api/v1/{}/{stays}", of.list);
            assert_eq!(server.get_json(&path).await["version"], 2);
            let query = format!(
                "{{ node(id: \"{stays}\") {{ ... on Category {{ articles {{ nodes {{ id }} }} }} \
                 ... on Tag {{ articles {{ nodes {{ id }} }} }} ... on Author {{ articles {{ nodes {{ id }} }} }} }} }}"
            );
            let articles = server.graphql(&query).await;
            let articles = articles["node"]["articles"]["nodes"].as_array().unwrap();
            assert_eq!(articles.len(), 2, "{face:?} {folder}");
            // The text it had none of.
            let persian = server.get_json(&format!("{path}?edition=fa")).await;
            assert_eq!(
                (&persian["name"], &persian["edition"]),
                (&json!("رود"), &json!("fa"))
            );
            let new = format!(
                "Redirect: https://example.org/en/{folder}/{}",
                slug("stays")
            );
            for old in ["goes", "gone", "too"] {
                let old = format!("/{folder}/{}", slug(old));
                assert_eq!(at(&server, "en", &old).await, Some(new.clone()), "{old}");
            }
            let kept = at(&server, "fa", &format!("/{folder}/{}", slug("رود"))).await;
            assert_eq!(kept, Some(format!("{}: رود", of.kind)));
            for gone in from {
                let path = format!("/api/v1/{}/{gone}", of.list);
                server.get(&path).await.expect(404);
            }
        }
    }
    let kinds = "SELECT count(*) FROM outbox WHERE name IN ('category.deleted', 'tag.deleted', 'author.deleted')";
    assert_eq!(server.count(kinds).await, 12);
}

#[tokio::test]
async fn what_cannot_be_merged_is_told_by_its_place() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    let editor = server.signed_in(Role::Editor, Some(site.en)).await;
    let top = server.category(site.en, "Top", None).await;
    let low = server.category(site.en, "Low", Some(top)).await.to_string();
    let other = server.category(site.en, "Other", None).await.to_string();
    let top = top.to_string();
    let (top, low, other) = (top.as_str(), low.as_str(), other.as_str());
    let tag = server.tag(site.en, "Bees").await.to_string();
    let absent = "category_01jb2x9k3m4n5p6q7r8s9t0v1w";
    for face in FACES {
        let merge = async |token: &str, from: &[&str], into: &str| {
            merge(&server, face, token, CATEGORY, (from, into, 1)).await
        };
        let refused: [(&[&str], &str, &[&str]); 6] = [
            (&[], other, &["from"]),
            (&[other], other, &["from.0"]),
            (&[low, low], other, &["from.1"]),
            (&[&tag], other, &["from.0"]),
            (&[low, absent], other, &["from.1"]),
            // It would stand below itself.
            (&[top], low, &["from.0"]),
        ];
        for (from, into, fields) in refused {
            let told = merge(&owner, from, into).await;
            assert_eq!(told, wrong("VALIDATION", fields), "{from:?}");
        }
        assert_eq!(merge(&editor, &[low], other).await.0, "FORBIDDEN");
    }
    assert_eq!(server.count("SELECT count(*) FROM term").await, 4);
}

#[tokio::test]
async fn what_stands_below_a_category_that_is_merged_stands_below_the_other() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let owner = server.signed_in(Role::Owner, None).await;
    for face in FACES {
        let category = |name: &str| format!("{name} {face:?}");
        let old = server.category(site.en, &category("Old"), None).await;
        let below = server
            .category(site.en, &category("Below"), Some(old))
            .await;
        let new = server.category(site.en, &category("New"), None).await;
        let (old, new) = (old.to_string(), new.to_string());
        let merged = merge(&server, face, &owner, CATEGORY, (&[&old], &new, 1)).await;
        assert_eq!(merged, done());
        let read = server
            .get_json(&format!("/api/v1/categories/{below}"))
            .await;
        assert_eq!(read["parentId"], json!(new));
        let path = |above: &str| {
            let name = format!("{face:?}").to_lowercase();
            format!("/category/{above}-{name}/below-{name}")
        };
        assert_eq!(
            at(&server, "en", &path("old")).await,
            Some(format!("Redirect: https://example.org/en{}", path("new")))
        );
    }
}
