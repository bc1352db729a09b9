//! The generated schemas: what is in the repository is what the code says, and says it in words.

use std::path::Path;

use serde_json::Value;

use crate::harness::TestServer;

#[test]
fn the_generated_files_are_what_the_code_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let outdated = server::commands::schema::outdated(root).unwrap();
    let paths: Vec<_> = outdated.into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, [] as [&str; 0], "run: make schema");
}

const INTROSPECTION: &str = "{ __schema { types { name description kind \
    fields(includeDeprecated: true) { name description args { name description } } \
    inputFields { name description } enumValues(includeDeprecated: true) { name description } } \
    directives { name description args { name description } } } }";

/// What has no description, with its place.
fn silent(place: &str, item: &Value, found: &mut Vec<String>) {
    let place = format!("{place}{}", item["name"].as_str().unwrap());
    let description = item["description"].as_str().unwrap_or_default();
    if description.trim().is_empty() {
        found.push(place.clone());
    }
    for below in ["fields", "args", "inputFields", "enumValues"] {
        for item in item[below].as_array().into_iter().flatten() {
            silent(&format!("{place}."), item, found);
        }
    }
}

#[tokio::test]
async fn every_element_of_the_graphql_schema_has_a_description() {
    let server = TestServer::start().await;
    let data = server.graphql(INTROSPECTION).await;
    let mut found = Vec::new();
    for list in ["types", "directives"] {
        for item in data["__schema"][list].as_array().unwrap() {
            let name = item["name"].as_str().unwrap();
            // What the specification defines needs no words of ours.
            if !name.starts_with("__") && name != "ID" {
                silent("", item, &mut found);
            }
        }
    }
    assert_eq!(found, [] as [String; 0]);
}

#[tokio::test]
async fn every_element_of_the_openapi_document_has_a_description() {
    let server = TestServer::start().await;
    let document = server.get_json("/openapi.json").await;
    let mut found = Vec::new();
    let mut check = |place: String, value: &Value| {
        let text = value["description"].as_str().or(value["summary"].as_str());
        if text.is_none_or(|text| text.trim().is_empty()) && value.get("$ref").is_none() {
            found.push(place);
        }
    };
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            check(format!("{method} {path}"), operation);
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                check(format!("{method} {path} {}", parameter["name"]), parameter);
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                check(format!("{method} {path} {status}"), response);
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (property, value) in schema["properties"].as_object().into_iter().flatten() {
            let is_reference = value.get("oneOf").or(value.get("allOf")).is_some();
            if !is_reference {
                check(format!("{name}.{property}"), value);
            }
        }
    }
    assert_eq!(found, [] as [String; 0]);
}

#[tokio::test]
async fn the_served_document_is_the_one_in_the_repository() {
    let server = TestServer::start().await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let kept = std::fs::read_to_string(root.join("openapi/openapi.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let mut served = server.get_json("/openapi.json").await;
    // The server of the document is the one that serves it.
    served["servers"] = kept["servers"].clone();
    assert_eq!(served, kept);
}
