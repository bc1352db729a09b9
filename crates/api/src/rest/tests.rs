//! What holds for all operations: their document, and the names in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{
    articles::Article, authors::Author, collections::Collection, comments::Comment,
    editions::Edition, entries::AnyEntry, galleries::Gallery, issues::Issue, media::Asset,
    menus::Menu, newsletters::Newsletter, pages::Page, parameters::Record, redirects::Redirect,
    selection::Fields, terms,
};

fn document() -> Value {
    serde_json::to_value(super::openapi()).unwrap()
}

fn fields_of<T: PartialSchema>() -> Vec<String> {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
        RefOr::T(_) | RefOr::Ref(_) => Vec::new(),
    }
}

fn check<T: Record + PartialSchema>() {
    assert_eq!(fields_of::<T>(), T::FIELDS, "{}", T::PREFIX);
    for include in T::INCLUDES {
        assert!(
            include.fields.iter().all(|field| T::FIELDS.contains(field)),
            "{} {}",
            T::PREFIX,
            include.name
        );
    }
}

#[test]
fn the_fields_that_can_be_asked_for_are_those_of_the_schema() {
    check::<Article<'_>>();
    check::<Page<'_>>();
    check::<Issue<'_>>();
    check::<Author<'_>>();
    check::<terms::Category<'_>>();
    check::<terms::Tag<'_>>();
    check::<Asset<'_>>();
    check::<Gallery<'_>>();
    check::<Collection<'_>>();
    check::<Newsletter<'_>>();
    check::<Menu<'_>>();
    check::<Comment<'_>>();
    check::<Redirect<'_>>();
    check::<Edition<'_>>();
    let all: BTreeSet<&str> = [Article::FIELDS, Page::FIELDS, Issue::FIELDS]
        .concat()
        .into_iter()
        .collect();
    assert_eq!(
        AnyEntry::FIELDS.iter().copied().collect::<BTreeSet<_>>(),
        all
    );
}

/// Holds fields against a schema of the document, and those below them against those below it.
fn check_below(document: &Value, schema: &Value, fields: &Fields, path: &str) {
    let schema = resolve(document, schema);
    let properties = schema["properties"]
        .as_object()
        .unwrap_or_else(|| panic!("{path}: {schema}"));
    let names: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
    assert_eq!(
        fields.names.iter().copied().collect::<BTreeSet<_>>(),
        names,
        "{path}"
    );
    // With `fields`, nothing else is sure to be there.
    let required = schema["required"].as_array().into_iter().flatten();
    let has_more = required.clone().any(|name| name != "id" && name != "type");
    assert!(!has_more, "{path} requires {:?}", schema["required"]);
    for (name, fields) in fields.below {
        check_below(
            document,
            &properties[*name],
            fields,
            &format!("{path}.{name}"),
        );
    }
}

/// The record behind references, lists and the possibility of null.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return resolve(document, document.pointer(&reference[1..]).unwrap());
    }
    if schema.get("items").is_some() {
        return resolve(document, &schema["items"]);
    }
    let choices = schema["oneOf"]
        .as_array()
        .or_else(|| schema["anyOf"].as_array());
    match choices.and_then(|choices| choices.iter().find(|choice| choice["type"] != "null")) {
        Some(choice) => resolve(document, choice),
        None => schema,
    }
}

fn check_record<T: Record + ToSchema>(document: &Value) {
    let name = T::name();
    let fields = Fields {
        names: T::FIELDS,
        below: T::BELOW,
    };
    let schema = &document["components"]["schemas"][&*name];
    check_below(document, schema, &fields, &name);
}

#[test]
fn the_fields_within_fields_are_those_of_the_schema() {
    let document = document();
    check_record::<Article<'_>>(&document);
    check_record::<Page<'_>>(&document);
    check_record::<Issue<'_>>(&document);
    check_record::<Author<'_>>(&document);
    check_record::<terms::Category<'_>>(&document);
    check_record::<terms::Tag<'_>>(&document);
    check_record::<Asset<'_>>(&document);
    check_record::<Gallery<'_>>(&document);
    let below = |fields: &[(&'static str, Fields)]| -> BTreeSet<&str> {
        fields.iter().map(|(name, _)| *name).collect()
    };
    let all = [Article::BELOW, Page::BELOW, Issue::BELOW].concat();
    assert_eq!(below(AnyEntry::BELOW), below(&all));
}

/// All operations: path, method, what the document says.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            found.push((path.clone(), method.clone(), operation.clone()));
        }
    }
    found
}

#[test]
fn every_operation_is_documented() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} twice");
        assert!(
            operation["summary"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{id} has no summary"
        );
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{id}");
        let responses = &operation["responses"];
        let is_read = method == "get";
        let statuses: &[&str] = if is_read {
            &["200", "304", "400", "401", "500", "503"]
        } else {
            &[
                "400", "401", "403", "409", "413", "422", "429", "500", "503",
            ]
        };
        for status in statuses {
            assert!(
                responses.get(status).is_some(),
                "{id} does not document {status}"
            );
        }
        assert_eq!(
            path.contains('{') || ["get_route", "run_batch"].contains(&id),
            responses.get("404").is_some(),
            "{id}"
        );
        if is_read {
            assert!(responses["200"]["headers"]["ETag"].is_object(), "{id}");
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(
                parameter["description"]
                    .as_str()
                    .is_some_and(|text| text.ends_with(['.', ')'])),
                "{id} {}",
                parameter["name"]
            );
        }
    }
    assert!(ids.len() > 45, "{}", ids.len());
}

#[test]
fn a_change_needs_credentials_and_the_version_it_is_meant_for() {
    let document = document();
    let changes = operations(&document);
    // Signing in and out changes no record, readers comment without an account, and a batch names the
    // versions within.
    let is_open = |path: &str| {
        path.starts_with("/api/v1/auth/") || path.ends_with("}/comments") || path == "/api/v1/batch"
    };
    let changes = changes
        .iter()
        .filter(|(path, method, _)| method != "get" && !is_open(path));
    for (path, method, operation) in changes {
        assert_eq!(
            operation["security"],
            serde_json::json!([{"bearer": []}]),
            "{method} {path}"
        );
        let parameters = operation["parameters"].as_array().unwrap();
        let names_version = parameters
            .iter()
            .any(|parameter| parameter["name"] == "If-Match" && parameter["required"] == true);
        let made = &operation["responses"]["201"];
        // What is made is at no version yet; the settings of the site are one record, without an id.
        let is_one = path.contains("{id}") || path.contains("{code}");
        // Of a job its state decides.
        let is_job = path.starts_with("/api/v1/jobs/");
        let has_version = is_one && !made.is_object() && !is_job || method == "patch";
        assert_eq!(has_version, names_version, "{method} {path}");
        for status in ["412", "428"] {
            assert_eq!(
                names_version,
                operation["responses"].get(status).is_some(),
                "{method} {path}"
            );
        }
        assert_eq!(
            operation.get("requestBody").is_some(),
            operation["responses"].get("415").is_some(),
            "{method} {path}"
        );
        let last = path.rsplit('/').next().unwrap_or_default();
        let is_list = !path.contains("{id}") && !["moderate", "merge", "import"].contains(&last);
        let makes = method == "post" && (is_list || last == "translations");
        assert_eq!(made.is_object(), makes, "{method} {path}");
        if made.is_object() {
            assert!(made["headers"]["Location"].is_object(), "{path}");
        }
    }
}

#[test]
fn changes_take_a_key_unless_they_answer_secrets() {
    let document = document();
    let mut secrets = 0;
    for (path, method, operation) in operations(&document) {
        if method == "get" {
            continue;
        }
        let good = ["200", "201"].map(|status| {
            let content = &operation["responses"][status]["content"]["application/json"];
            resolve(&document, &content["schema"])["properties"].as_object()
        });
        let is_secret = good.into_iter().flatten().flatten().any(|(name, _)| {
            let name = name.to_lowercase();
            name.contains("token") || name.contains("secret")
        });
        secrets += usize::from(is_secret);
        let parameters = operation["parameters"].as_array();
        let takes_key = parameters
            .into_iter()
            .flatten()
            .any(|parameter| parameter["name"] == "Idempotency-Key");
        assert!(!(is_secret && takes_key), "{method} {path}");
        assert_eq!(takes_key, !crate::idempotency::is_secret_path(&path));
    }
    assert!(secrets >= 2, "{secrets}");
}

#[test]
fn what_is_sent_has_no_other_members() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    for name in [
        "NewCategory",
        "CategoryPatch",
        "TermTextPatch",
        "AuthorPatch",
        "NewArticle",
        "ArticlePatch",
        "SeoPatch",
        "ContributionInput",
        "SectionItemInput",
        "Note",
        "Schedule",
    ] {
        assert_eq!(schemas[name]["additionalProperties"], false, "{name}");
    }
    assert_eq!(
        schemas["NewIssue"]["required"],
        serde_json::json!(["edition", "title", "newsletterId"])
    );
    assert!(schemas["IssuePatch"].get("required").is_none());
    assert_eq!(schemas["NewTag"]["required"], serde_json::json!(["texts"]));
    assert!(schemas["TagPatch"].get("required").is_none());
    assert_eq!(
        schemas["CategoryPatch"]["properties"]["texts"]["type"],
        "object"
    );
}

#[test]
fn every_reference_leads_somewhere() {
    fn collect(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    found.insert(reference.clone());
                }
                fields.values().for_each(|value| collect(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn what_fields_can_leave_out_is_not_required() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    assert_eq!(
        schemas["Article"]["required"],
        serde_json::json!(["id", "type"])
    );
    for name in [
        "Author",
        "Asset",
        "Category",
        "Tag",
        "Gallery",
        "Collection",
        "Newsletter",
        "Menu",
        "Comment",
        "Redirect",
        "Edition",
    ] {
        assert_eq!(
            schemas[name]["required"],
            serde_json::json!(["id"]),
            "{name}"
        );
    }
}

#[test]
fn schemas_have_descriptions() {
    let document = document();
    let missing: BTreeMap<_, _> = document["components"]["schemas"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, schema)| schema.get("description").is_none() && !name.ends_with("List"))
        .collect();
    assert!(missing.is_empty(), "{:?}", missing.keys());
}

#[test]
fn the_document_is_the_same_each_time() {
    assert_eq!(
        super::openapi().to_pretty_json().unwrap(),
        super::openapi().to_pretty_json().unwrap()
    );
}
