//! Keeps an object that is there from being taken for one that is not.
//!
//! The library answers null for an object none of whose fields were asked for: all were left out by
//! a condition, or stood in fragments on other types. A selection of which that may be true is given
//! one field more, which every object has; [`Shape`](super::shape::Shape) takes it out of the answer.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{
        BaseType, DocumentOperations, ExecutableDocument, Field, OperationDefinition,
        OperationType, Selection, SelectionSet,
    },
};

use super::types::Types;

/// The key of the additional field. Names that begin with two underscores belong to GraphQL, so
/// that it is no client's.
pub(crate) const KEY: &str = "__present";

/// The document with a field that is always there in each selection that needs one; `None` if none
/// does, as is true of nearly all documents.
pub(crate) fn ensured(document: &ExecutableDocument, types: &Types) -> Option<ExecutableDocument> {
    let presence = Presence::of(document, types);
    let whole = operations(&document.operations).all(|operation| presence.holds_in(operation))
        && document.fragments.values().all(|fragment| {
            let fragment = &fragment.node;
            presence.holds_within(
                &fragment.selection_set.node,
                Some(&fragment.type_condition.node.on.node),
            )
        });
    if whole {
        return None;
    }
    let mut document = document.clone();
    match &mut document.operations {
        DocumentOperations::Single(operation) => presence.ensure_in(&mut operation.node),
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                presence.ensure_in(&mut operation.node);
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        let fragment = &mut fragment.node;
        presence.ensure_within(
            &mut fragment.selection_set.node,
            Some(&fragment.type_condition.node.on.node),
        );
    }
    Some(document)
}

fn operations(operations: &DocumentOperations) -> impl Iterator<Item = &OperationDefinition> {
    operations.iter().map(|(_, operation)| &operation.node)
}

/// The name of the root type; a subscription has exactly one field, so that none can be added.
fn root(operation: &OperationDefinition) -> Option<&'static str> {
    match operation.ty {
        OperationType::Query => Some("Query"),
        OperationType::Mutation => Some("Mutation"),
        OperationType::Subscription => None,
    }
}

/// What is known of the fragments of a document.
struct Presence<'t> {
    types: &'t Types,
    /// The type of each fragment, and whether every object of this type has a field of it.
    fragments: HashMap<Name, (Name, bool)>,
}

impl<'t> Presence<'t> {
    fn of(document: &ExecutableDocument, types: &'t Types) -> Self {
        let fragments = document
            .fragments
            .iter()
            .map(|(name, fragment)| {
                let on = &fragment.node.type_condition.node.on.node;
                (name.clone(), (on.clone(), false))
            })
            .collect();
        let mut presence = Self { types, fragments };
        // A fragment is sure once one it spreads is; a chain of them takes as many rounds.
        loop {
            let found: Vec<&Name> = document
                .fragments
                .iter()
                .filter(|(name, fragment)| {
                    let known = presence.fragments.get(*name);
                    known.is_some_and(|(on, sure)| {
                        !sure && presence.is_sure(&fragment.node.selection_set.node, Some(on))
                    })
                })
                .map(|(name, _)| name)
                .collect();
            if found.is_empty() {
                return presence;
            }
            for name in found {
                if let Some((_, sure)) = presence.fragments.get_mut(name) {
                    *sure = true;
                }
            }
        }
    }

    /// Whether every object of the type `on` has at least one field of a selection.
    fn is_sure(&self, set: &SelectionSet, on: Option<&Name>) -> bool {
        set.items
            .iter()
            .map(|selection| &selection.node)
            .any(|selection| match selection {
                Selection::Field(field) => field.node.directives.is_empty(),
                Selection::InlineFragment(fragment) => {
                    let fragment = &fragment.node;
                    let fits = fragment
                        .type_condition
                        .as_ref()
                        .is_none_or(|condition| Some(&condition.node.on.node) == on);
                    fits && fragment.directives.is_empty()
                        && self.is_sure(&fragment.selection_set.node, on)
                }
                Selection::FragmentSpread(spread) => {
                    spread.node.directives.is_empty()
                        && self
                            .fragments
                            .get(&spread.node.fragment_name.node)
                            .is_some_and(|(of, sure)| *sure && Some(of) == on)
                }
            })
    }

    /// Whether nothing need be added to an operation.
    fn holds_in(&self, operation: &OperationDefinition) -> bool {
        let set = &operation.selection_set.node;
        let root = root(operation).map(Name::new);
        (root.is_none() || self.is_sure(set, root.as_ref()))
            && self.holds_within(set, root.as_ref())
    }

    /// Whether nothing need be added to what the fields of a selection select.
    fn holds_within(&self, set: &SelectionSet, on: Option<&Name>) -> bool {
        set.items
            .iter()
            .map(|selection| &selection.node)
            .all(|selection| match selection {
                Selection::Field(field) => {
                    let inner = &field.node.selection_set.node;
                    let of = || self.type_of(&field.node, on);
                    inner.items.is_empty()
                        || of().is_some_and(|of| {
                            self.is_sure(inner, Some(&of)) && self.holds_within(inner, Some(&of))
                        })
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map(|condition| &condition.node.on.node).or(on);
                    self.holds_within(&fragment.node.selection_set.node, on)
                }
                Selection::FragmentSpread(_) => true,
            })
    }

    fn ensure_in(&self, operation: &mut OperationDefinition) {
        let root = root(operation).map(Name::new);
        let set = &mut operation.selection_set.node;
        self.ensure_within(set, root.as_ref());
        if root.is_some() && !self.is_sure(set, root.as_ref()) {
            set.items.push(always_there());
        }
    }

    fn ensure_within(&self, set: &mut SelectionSet, on: Option<&Name>) {
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => {
                    let of = self.type_of(&field.node, on);
                    let inner = &mut field.node.selection_set.node;
                    if inner.items.is_empty() {
                        continue;
                    }
                    self.ensure_within(inner, of.as_ref());
                    if !self.is_sure(inner, of.as_ref()) {
                        inner.items.push(always_there());
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let fragment = &mut fragment.node;
                    let condition = fragment.type_condition.as_ref();
                    let on = condition.map(|condition| &condition.node.on.node).or(on);
                    self.ensure_within(&mut fragment.selection_set.node, on);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// The type of the objects a field holds.
    fn type_of(&self, field: &Field, on: Option<&Name>) -> Option<Name> {
        let mut ty = &self.types.field(on?, &field.name.node)?.base;
        loop {
            match ty {
                BaseType::Named(name) => return Some(name.clone()),
                BaseType::List(inner) => ty = &inner.base,
            }
        }
    }
}

/// The field every object has.
fn always_there() -> Positioned<Selection> {
    let here = |name| Positioned::new(Name::new(name), async_graphql::Pos::default());
    let field = Field {
        alias: Some(here(KEY)),
        name: here("__typename"),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    Positioned::new(
        Selection::Field(Positioned::new(field, async_graphql::Pos::default())),
        async_graphql::Pos::default(),
    )
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    /// The paths of the selections that were given a field.
    fn given(document: &str) -> Vec<String> {
        let types = Types::of(
            "type Query { thing: Thing any: Any } interface Any { id: ID! } \
             type Thing implements Any { id: ID! inner: Thing! things: [[Thing]!]! }",
        )
        .unwrap();
        let Some(ensured) = ensured(&parse_query(document).unwrap(), &types) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for operation in operations(&ensured.operations) {
            paths(&operation.selection_set.node, "", &mut found);
        }
        for (name, fragment) in &ensured.fragments {
            paths(&fragment.node.selection_set.node, name, &mut found);
        }
        found
    }

    fn paths(set: &SelectionSet, at: &str, found: &mut Vec<String>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if field.node.response_key().node == KEY => {
                    found.push(at.to_owned());
                }
                Selection::Field(field) => {
                    let at = format!("{at}/{}", field.node.name.node);
                    paths(&field.node.selection_set.node, &at, found);
                }
                Selection::InlineFragment(fragment) => {
                    paths(&fragment.node.selection_set.node, at, found);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    #[test]
    fn a_selection_with_a_plain_field_is_left_alone() {
        for document in [
            "{ thing { id inner { things { id } } } }",
            "{ thing { ... on Thing { id } } any { ... { id } ... on Thing { inner { id } } } }",
            "{ thing { ...A } } fragment A on Thing { ...B } fragment B on Thing { id }",
            "subscription { thing @include(if: true) { id } }",
        ] {
            assert!(given(document).is_empty(), "{document}");
        }
    }

    #[test]
    fn a_selection_that_may_come_out_empty_gets_a_field() {
        for (document, expected) in [
            ("{ thing { id @skip(if: true) } }", &["/thing"][..]),
            ("{ any { ... on Thing { id } } }", &["/any"]),
            ("{ any { ...A } } fragment A on Thing { id }", &["/any"]),
            (
                "{ thing { ...A @include(if: true) } } fragment A on Thing { id }",
                &["/thing"],
            ),
            (
                "{ any { ...A } } fragment A on Any { things: id inner { ... on Any { id } } }",
                &["A/inner"],
            ),
            (
                "{ thing @skip(if: true) { things { ... @skip(if: true) { id } } } }",
                &["/thing/things", ""],
            ),
        ] {
            assert_eq!(given(document), expected, "{document}");
        }
    }
}
