//! Every operation of the OpenAPI document, on the demo publication.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;

use crate::harness::{Answer, TestServer};

/// The path parameters of operations, filled from the lists of the demo.
struct Samples {
    ids: BTreeMap<String, String>,
    slugs: BTreeMap<String, String>,
}

impl Samples {
    async fn of(server: &TestServer) -> Self {
        let (mut ids, mut slugs) = (BTreeMap::new(), BTreeMap::new());
        for list in [
            "articles",
            "pages",
            "issues",
            "categories",
            "tags",
            "authors",
            "assets",
            "galleries",
            "collections",
            "newsletters",
            "menus",
            "comments",
            "redirects",
        ] {
            let by_edition = if matches!(list, "comments" | "redirects") {
                ""
            } else {
                "?edition=en"
            };
            let answer = server
                .get_json(&format!("/api/v1/{list}{by_edition}"))
                .await;
            let first = &answer["data"][0];
            let id = first["id"].as_str().unwrap_or_else(|| panic!("no {list}"));
            ids.insert(list.to_owned(), id.to_owned());
            if let Some(slug) = first.get("slug").or_else(|| first.get("location")) {
                slugs.insert(list.to_owned(), slug.as_str().unwrap().to_owned());
            }
        }
        Self { ids, slugs }
    }

    /// A path of the document with real values in it.
    fn fill(&self, path: &str) -> String {
        let resource = path.split('/').nth(3).unwrap();
        let mut path = path.replace("{edition}", "en").replace("{code}", "en");
        // These are shown to nobody here, whichever they are.
        let hidden = match resource {
            "users" => Some("user_00000000000000000000000001"),
            "api-keys" => Some("apikey_00000000000000000000000001"),
            "jobs" => Some("job_00000000000000000000000001"),
            _ => None,
        };
        if let Some(id) = self.ids.get(resource).map(String::as_str).or(hidden) {
            path = path.replace("{id}", id);
        }
        if let Some(slug) = self.slugs.get(resource) {
            path = path.replace("{slug}", slug).replace("{location}", slug);
        }
        assert!(!path.contains('{'), "nothing is known to fill {path} with");
        match resource {
            "route" => path + "?path=/about",
            "archive" => path + "?edition=en",
            _ => path,
        }
    }
}

async fn paths(server: &TestServer) -> Vec<(String, Value)> {
    let document = server.get_json("/openapi.json").await;
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 40);
    paths.clone().into_iter().collect()
}

/// What readers can read.
async fn operations(server: &TestServer) -> Vec<(String, Value)> {
    let is_open = |operation: &Value| {
        let needed = operation["security"].as_array();
        needed.is_none_or(|needed| needed.iter().any(|way| way.as_object().unwrap().is_empty()))
    };
    let all = paths(server).await.into_iter();
    all.filter_map(|(path, mut item)| Some((path, item.get_mut("get")?.take())))
        .filter(|(_, operation)| is_open(operation))
        .collect()
}

fn assert_answers(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}: {}", answer.asked, answer.text());
    assert_eq!(
        answer.header("content-type"),
        "application/json",
        "{}",
        answer.asked
    );
    assert!(answer.header("etag").starts_with('"'), "{}", answer.asked);
    assert!(
        answer.header("cache-control").starts_with("public"),
        "{}",
        answer.asked
    );
    assert_eq!(
        answer.header("x-content-type-options"),
        "nosniff",
        "{}",
        answer.asked
    );
    assert!(
        !answer.header("x-request-id").is_empty(),
        "{}",
        answer.asked
    );
}

#[tokio::test]
async fn every_operation_answers_on_the_demo() {
    let server = TestServer::with_demo().await;
    let samples = Samples::of(&server).await;
    for (path, _) in operations(&server).await {
        let path = samples.fill(&path);
        let answer = server.get(&path).await;
        assert_answers(&answer);
        let again = server
            .get_with(&path, &[("if-none-match", answer.header("etag"))])
            .await;
        assert_eq!(again.status, 304, "{path}");
        let head = server.send(server.request(Method::HEAD, &path)).await;
        assert_eq!(
            (head.status, head.header("etag")),
            (200, answer.header("etag")),
            "{path}"
        );
        assert!(head.body.is_empty());
    }
}

#[tokio::test]
async fn every_optional_parameter_is_taken() {
    let server = TestServer::with_demo().await;
    let samples = Samples::of(&server).await;
    for (path, operation) in operations(&server).await {
        let path = samples.fill(&path);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] != "query" || parameter["required"] == true {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            for value in values(name, &parameter["schema"], &samples) {
                let sign = if path.contains('?') { '&' } else { '?' };
                let answer = server.get(&format!("{path}{sign}{name}={value}")).await;
                if (name, value.as_str()) == ("view", "latest") || name == "asOf" {
                    // What waits is not for readers, nor is what was.
                    assert_eq!(answer.status, 401, "{}", answer.asked);
                    continue;
                }
                assert!(
                    matches!(answer.status, 200 | 404),
                    "{}: {}",
                    answer.asked,
                    answer.text()
                );
                assert!(
                    answer.status == 200 || name == "edition" || name == "namespace",
                    "{}",
                    answer.asked
                );
            }
        }
    }
}

/// Values a parameter may have.
fn values(name: &str, schema: &Value, samples: &Samples) -> Vec<String> {
    let words = |list: &Value| -> Vec<String> {
        let words = list.as_array().into_iter().flatten();
        words
            .map(|word| word.as_str().unwrap().to_owned())
            .collect()
    };
    let id = |list: &str| vec![samples.ids[list].clone()];
    match (name, schema["type"].as_str().unwrap()) {
        ("after" | "before", _) => Vec::new(),
        ("edition" | "filter[untranslatedIn]", _) => vec!["fa".to_owned()],
        ("filter[parent]", _)
            if schema["pattern"]
                .as_str()
                .is_some_and(|pattern| pattern.contains("page")) =>
        {
            id("pages")
        }
        ("filter[parent]", _)
            if schema["pattern"]
                .as_str()
                .is_some_and(|pattern| pattern.contains("category")) =>
        {
            id("categories")
        }
        ("filter[parent]", _) => id("comments"),
        ("filter[translationOf]" | "filter[entry]", _) => id("articles")
            .into_iter()
            .map(|id| {
                let kinds = schema["pattern"].as_str().unwrap_or_default();
                let kind = ["article", "page", "issue"]
                    .into_iter()
                    .find(|kind| kinds.contains(kind))
                    .unwrap();
                samples.ids.get(&format!("{kind}s")).cloned().unwrap_or(id)
            })
            .collect(),
        ("filter[newsletter]", _) => id("newsletters"),
        (_, "boolean") => vec!["true".to_owned(), "false".to_owned()],
        (_, "integer") => vec!["0".to_owned(), "2".to_owned(), "100".to_owned()],
        (_, "array") => {
            let mut all = words(&schema["items"]["enum"]);
            all.push(all.join(","));
            all
        }
        (_, "string") if schema["enum"].is_array() => words(&schema["enum"]),
        (_, "string") if schema["format"] == "date-time" => vec!["2026-01-01T00:00:00Z".to_owned()],
        _ => vec!["river".to_owned()],
    }
}

#[tokio::test]
async fn every_path_names_its_operations_and_has_no_other_methods() {
    let server = TestServer::with_demo().await;
    let samples = Samples::of(&server).await;
    for (template, item) in paths(&server).await {
        let operations = item.as_object().unwrap();
        for (method, operation) in operations {
            assert!(operation["operationId"].is_string(), "{method} {template}");
            assert!(operation["summary"].is_string(), "{method} {template}");
        }
        let Some(_) = item.get("get") else { continue };
        let path = samples.fill(&template);
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if operations.contains_key(&method.as_str().to_lowercase()) {
                continue;
            }
            let answer = server.send(server.request(method, &path)).await;
            assert_eq!(answer.status, 405, "{}", answer.asked);
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert!(answer.header("allow").contains("GET"), "{}", answer.asked);
        }
    }
}
