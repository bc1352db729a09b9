//! What holds for all operations: their document, and the names in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use utoipa::{
    PartialSchema,
    openapi::{RefOr, Schema},
};

use super::{
    articles::Article, authors::Author, collections::Collection, comments::Comment,
    editions::Edition, entries::AnyEntry, galleries::Gallery, issues::Issue, media::Asset,
    menus::Menu, newsletters::Newsletter, pages::Page, parameters::Record, redirects::Redirect,
    terms,
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

#[test]
fn every_operation_is_documented() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/"), "{path}");
        let operation = &item["get"];
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} twice");
        assert!(
            operation["summary"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{id} has no summary"
        );
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{id}");
        for status in ["200", "304", "400", "401", "500", "503"] {
            assert!(
                operation["responses"].get(status).is_some(),
                "{id} does not document {status}"
            );
        }
        assert_eq!(
            path.contains('{') || id == "get_route",
            operation["responses"].get("404").is_some(),
            "{id}"
        );
        assert!(
            operation["responses"]["200"]["headers"]["ETag"].is_object(),
            "{id}"
        );
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
