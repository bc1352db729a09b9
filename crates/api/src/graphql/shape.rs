//! Puts an answer into the shape the specification asks for.
//!
//! The library writes fields in the order in which they were finished, and leaves out those that
//! failed. Here keys get the order of the selection, so that the same content is always the same
//! bytes, and an error makes its field null, or what is around it as far up as needed. The field that
//! [`presence`] asks for besides is left out.

use std::collections::HashMap;

use async_graphql::{
    Name, PathSegment, Positioned, Response, Value,
    indexmap::IndexMap,
    parser::types::{
        BaseType, DocumentOperations, ExecutableDocument, FragmentDefinition, OperationDefinition,
        OperationType, Selection, SelectionSet,
    },
};

use super::{presence, types::Types};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// What is selected, by response key, in order, with all fragments written out.
type Fields = IndexMap<Name, Field>;

/// What stands behind one response key.
#[derive(Debug)]
struct Field {
    /// The name of the field.
    name: Name,
    /// The type a fragment names for it, if it stands in one.
    on: Option<Name>,
    /// What is selected of it.
    inner: Fields,
}

/// The shape of the answer to an operation.
#[derive(Debug)]
pub(crate) struct Shape {
    root: &'static str,
    fields: Fields,
}

impl Shape {
    /// The shape of the answer to the operation that will be run, if there is one. The document
    /// must be within the limits, as its fragments are written out.
    pub(crate) fn of(document: &ExecutableDocument, operation_name: Option<&str>) -> Option<Self> {
        let operation: &OperationDefinition = match (&document.operations, operation_name) {
            (DocumentOperations::Single(operation), _) => &operation.node,
            (DocumentOperations::Multiple(operations), Some(name)) => &operations.get(name)?.node,
            (DocumentOperations::Multiple(operations), None) => &operations.values().next()?.node,
        };
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut fields = Fields::new();
        collect(
            &operation.selection_set.node,
            None,
            &document.fragments,
            &mut fields,
        );
        Some(Self { root, fields })
    }

    /// Gives an answer this shape.
    pub(crate) fn restore(&self, response: &mut Response, types: &Types) {
        let mut places: Vec<&[PathSegment]> = response
            .errors
            .iter()
            .filter_map(|error| self.null_for(&error.path, types))
            .collect();
        // The deepest first: an object that is null by then has lost all its fields to errors.
        places.sort_by_key(|place| std::cmp::Reverse(place.len()));
        for place in places {
            set_null(&mut response.data, place);
        }
        order(&mut response.data, &self.fields);
    }

    /// The place that becomes null when the field at `path` fails: that field, or the closest one
    /// around it that may be null.
    fn null_for<'p>(&self, path: &'p [PathSegment], types: &Types) -> Option<&'p [PathSegment]> {
        if path.is_empty() {
            return None;
        }
        let mut kept = 0;
        let mut around = self.root;
        let mut fields = &self.fields;
        let mut ty: Option<&BaseType> = None;
        for (depth, segment) in (1..).zip(path) {
            let here = match segment {
                PathSegment::Field(key) => {
                    let field = fields.get(key.as_str())?;
                    fields = &field.inner;
                    types.field(field.on.as_deref().unwrap_or(around), &field.name)?
                }
                PathSegment::Index(_) => match ty {
                    Some(BaseType::List(inner)) => inner.as_ref(),
                    Some(BaseType::Named(_)) | None => return None,
                },
            };
            if here.nullable {
                kept = depth;
            }
            around = named(&here.base);
            ty = Some(&here.base);
        }
        path.get(..kept)
    }
}

/// The type of what a list holds at last.
fn named(mut ty: &BaseType) -> &str {
    loop {
        match ty {
            BaseType::Named(name) => return name,
            BaseType::List(inner) => ty = &inner.base,
        }
    }
}

fn collect(set: &SelectionSet, on: Option<&Name>, fragments: &Fragments, into: &mut Fields) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let field = &field.node;
                let collected = into
                    .entry(field.response_key().node.clone())
                    .or_insert_with(|| Field {
                        name: field.name.node.clone(),
                        on: on.cloned(),
                        inner: Fields::new(),
                    });
                collect(
                    &field.selection_set.node,
                    None,
                    fragments,
                    &mut collected.inner,
                );
            }
            Selection::InlineFragment(fragment) => {
                let on = fragment
                    .node
                    .type_condition
                    .as_ref()
                    .map(|condition| &condition.node.on.node)
                    .or(on);
                collect(&fragment.node.selection_set.node, on, fragments, into);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    collect(
                        &fragment.node.selection_set.node,
                        Some(&fragment.node.type_condition.node.on.node),
                        fragments,
                        into,
                    );
                }
            }
        }
    }
}

/// Puts null at a place. An object without any field that did not fail was made null by the library;
/// it becomes an object again.
fn set_null(value: &mut Value, place: &[PathSegment]) {
    let Some((segment, rest)) = place.split_first() else {
        *value = Value::Null;
        return;
    };
    if *value == Value::Null && rest.is_empty() && matches!(segment, PathSegment::Field(_)) {
        *value = Value::Object(IndexMap::new());
    }
    match (value, segment) {
        (Value::Object(object), PathSegment::Field(key)) => {
            if rest.is_empty() {
                object.insert(Name::new(key), Value::Null);
            } else if let Some(inner) = object.get_mut(key.as_str()) {
                set_null(inner, rest);
            }
        }
        (Value::List(items), PathSegment::Index(index)) => {
            if let Some(item) = items.get_mut(*index) {
                set_null(item, rest);
            }
        }
        _ => {}
    }
}

fn order(value: &mut Value, fields: &Fields) {
    match value {
        Value::Object(object) => order_object(object, fields),
        Value::List(items) => items.iter_mut().for_each(|item| order(item, fields)),
        Value::Null
        | Value::Number(_)
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_) => {}
    }
}

fn order_object(object: &mut IndexMap<Name, Value>, fields: &Fields) {
    // Nearly every object is in order already, so that its keys are met on one walk over the fields.
    let mut expected = fields.iter();
    let mut sorted = true;
    for (key, value) in object.iter_mut() {
        let field = expected
            .find(|(name, _)| *name == key)
            .map(|(_, field)| field)
            .or_else(|| {
                sorted = false;
                fields.get(key)
            });
        if let Some(field) = field.filter(|field| !field.inner.is_empty()) {
            order(value, &field.inner);
        }
    }
    if !sorted {
        object.shift_remove(presence::KEY);
        object.sort_by_cached_key(|key, _| fields.get_index_of(key));
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, parser::parse_query, value};

    use super::*;

    fn restored(document: &str, data: Value, path: Option<Vec<PathSegment>>) -> Value {
        static TYPES: std::sync::LazyLock<Types> = std::sync::LazyLock::new(|| {
            Types::of("type Query { list: [Thing!]! maybe: Thing loose: [Thing] } interface Any { id: ID! } type Thing implements Any { id: ID! name: String! note: String inner: Thing! }").unwrap()
        });
        let mut response = Response::new(data);
        response.errors.extend(path.map(|path| ServerError {
            path,
            ..ServerError::new("failed", None)
        }));
        Shape::of(&parse_query(document).unwrap(), None)
            .unwrap()
            .restore(&mut response, &TYPES);
        response.data
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "it stands where paths are optional"
    )]
    fn path(segments: &[&str]) -> Option<Vec<PathSegment>> {
        let segment = |text: &&str| {
            text.parse().map_or_else(
                |_| PathSegment::Field((*text).to_owned()),
                PathSegment::Index,
            )
        };
        Some(segments.iter().map(segment).collect())
    }

    #[test]
    fn keys_stand_in_the_order_of_the_selection() {
        let document = "{ b: maybe { note ...F id } list { id } } fragment F on Thing { name }";
        let data =
            value!({ "list": [{ "id": "1" }], "b": { "id": "1", "name": "n", "note": null } });
        let text = restored(document, data, None).to_string();
        assert_eq!(
            text,
            r#"{b: {note: null, name: "n", id: "1"}, list: [{id: "1"}]}"#
        );
    }

    #[test]
    fn a_field_that_failed_is_null_if_it_may_be() {
        let data = value!({ "maybe": { "id": "1" } });
        let data = restored("{ maybe { note id } }", data, path(&["maybe", "note"]));
        assert_eq!(data.to_string(), r#"{maybe: {note: null, id: "1"}}"#);
    }

    #[test]
    fn a_failure_goes_up_to_what_may_be_null() {
        let document =
            "{ maybe { inner { ... on Any { key: id } } } list { name } loose { name } }";
        let whole = || value!({ "maybe": { "inner": {} }, "list": [{}, { "name": "b" }], "loose": [{}, { "name": "b" }] });
        let text = |at: &[&str]| restored(document, whole(), path(at)).to_string();
        assert_eq!(
            text(&["maybe", "inner", "key"]),
            r#"{maybe: null, list: [{}, {name: "b"}], loose: [{}, {name: "b"}]}"#
        );
        assert_eq!(
            text(&["loose", "0", "name"]),
            r#"{maybe: {inner: {}}, list: [{}, {name: "b"}], loose: [null, {name: "b"}]}"#
        );
        assert_eq!(text(&["list", "0", "name"]), "null");
    }

    #[test]
    fn an_object_all_of_whose_fields_failed_is_still_there() {
        let failed = |document, data, at: &[&str]| restored(document, data, path(at)).to_string();
        let document = "{ maybe { note } }";
        assert_eq!(
            failed(document, value!({ "maybe": null }), &["maybe", "note"]),
            "{maybe: {note: null}}"
        );
        assert_eq!(failed(document, Value::Null, &["maybe"]), "{maybe: null}");
    }

    #[test]
    fn the_field_that_was_asked_for_besides_is_left_out() {
        let document = "{ maybe { note id } list { ... on Any { id } } }";
        let data = value!({ "list": [{ "__present": "Thing" }], "maybe": { "id": "1", "__present": "Thing", "note": "n" }, "__present": "Query" });
        assert_eq!(
            restored(document, data, None).to_string(),
            r#"{maybe: {note: "n", id: "1"}, list: [{}]}"#
        );
    }
}
