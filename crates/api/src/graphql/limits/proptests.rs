//! The check against arbitrary input: it never panics, and it agrees with the
//! library's parser about everything it claims to understand.

use std::collections::HashMap;

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Selection, SelectionSet,
};
use proptest::prelude::*;

use super::{Cost, Limits, check};

/// Scraps of GraphQL, and of what is nearly GraphQL.
fn soup() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "{ a",
        "a",
        "b: c",
        "...",
        "...F",
        "... on",
        "... on Q {",
        "fragment F on Q {",
        "fragment",
        "on",
        "query",
        "query Q",
        "mutation",
        "subscription",
        "($v: Int = 3)",
        "(first: 10)",
        "(first: $v)",
        "(x: true first: 2)",
        "truefirst",
        "null",
        "@d",
        "@skip(if: true)",
        "$",
        "$v",
        ":",
        "=",
        "!",
        "1",
        "-1.5",
        "01",
        "\"",
        "\"s\"",
        "\"\"\"",
        "\\",
        "#",
        "\n",
        ",",
        "\u{feff}",
        "é",
        "__schema {",
        "__typename",
        "fields {",
    ]);
    (
        prop::collection::vec(scrap, 0..60),
        prop::sample::select(vec!["", " "]),
    )
        .prop_map(|(scraps, between)| scraps.join(between))
}

/// Documents that are GraphQL, with fragments that only spread later ones.
fn documents() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a".to_owned(),
        "b: c".to_owned(),
        "__typename".to_owned(),
        "d(first: 4)".to_owned(),
        "...F0".to_owned(),
        "...F1".to_owned(),
        "...F2".to_owned(),
    ]);
    let selections = leaf.prop_recursive(4, 24, 4, |inner| {
        (
            prop::sample::select(vec!["x", "y(first: 3)", "...", "... on Q", "__schema"]),
            prop::collection::vec(inner, 1..4),
        )
            .prop_map(|(head, inner)| format!("{head} {{ {} }}", inner.join(" ")))
    });
    prop::collection::vec(selections, 4).prop_map(|parts| {
        let mut definitions = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            // The last fragments may not spread the first: that would be a circle.
            let part = (0..=at)
                .filter(|_| at > 0)
                .fold(part.clone(), |part, earlier| {
                    let gone = format!("...F{}", earlier.saturating_sub(1));
                    part.replace(&gone, "a")
                });
            if at == 0 {
                definitions.push(format!("{{ {part} }}"));
            } else {
                definitions.push(format!("fragment F{} on Q {{ {part} }}", at - 1));
            }
        }
        definitions.join(" ")
    })
}

fn limits() -> Limits {
    Limits {
        max_depth: usize::MAX,
        max_complexity: usize::MAX,
        max_root_fields: usize::MAX,
        max_introspection_depth: usize::MAX,
        max_introspection_lists: usize::MAX,
        max_introspection_fields: usize::MAX,
        ..Limits::default()
    }
}

fn cost(document: &str) -> Option<Cost> {
    check(document, None, &Variables::default(), &limits()).ok()
}

/// Depth and number of selections, as the library's visitors go through them.
fn expand(document: &ExecutableDocument, set: &SelectionSet, seen: &mut HashMap<usize, usize>) {
    fn go(
        document: &ExecutableDocument,
        set: &SelectionSet,
        depth: usize,
        seen: &mut HashMap<usize, usize>,
    ) {
        for selection in &set.items {
            *seen.entry(0).or_default() += 1;
            match &selection.node {
                Selection::Field(field) => {
                    let deepest = seen.entry(1).or_default();
                    *deepest = (*deepest).max(depth + 1);
                    go(document, &field.node.selection_set.node, depth + 1, seen);
                }
                Selection::InlineFragment(fragment) => {
                    go(document, &fragment.node.selection_set.node, depth, seen);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = document.fragments.get(name) {
                        go(document, &fragment.node.selection_set.node, depth, seen);
                    }
                }
            }
        }
    }
    go(document, set, 0, seen);
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".*") {
        let _ = check(&text, Some("Q"), &Variables::default(), &Limits::default());
    }

    #[test]
    fn token_soup_never_panics(text in soup()) {
        let _ = check(&text, Some("Q"), &Variables::default(), &Limits::default());
    }

    #[test]
    fn understood_soup_has_the_size_the_library_sees(text in soup()) {
        if let (Some(cost), Ok(document)) = (cost(&text), parse_query(&text)) && cost.understood {
            let mut seen = HashMap::new();
            for (_, operation) in document.operations.iter() {
                expand(&document, &operation.node.selection_set.node, &mut seen);
            }
            prop_assert_eq!(Some(&cost.expanded_selections), seen.get(&0));
        }
    }

    #[test]
    fn documents_have_the_size_and_depth_the_library_sees(text in documents()) {
        let cost = cost(&text);
        prop_assert!(cost.is_some_and(|cost| cost.understood), "{}", text);
        let document = parse_query(&text);
        prop_assert!(document.is_ok(), "{}", text);
        if let (Some(cost), Ok(document)) = (cost, document)
            && let DocumentOperations::Single(operation) = &document.operations
        {
            let mut seen = HashMap::new();
            expand(&document, &operation.node.selection_set.node, &mut seen);
            prop_assert_eq!(Some(&cost.expanded_selections), seen.get(&0));
            if !text.contains("__schema") {
                prop_assert_eq!(cost.depth, seen.get(&1).copied().unwrap_or_default());
            }
        }
    }
}
