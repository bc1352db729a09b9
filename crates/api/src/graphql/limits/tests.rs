//! What the check costs, what it refuses, and that it stays linear.

use async_graphql::parser::parse_query;
use async_graphql::{Variables, value};

use super::{Bound, Cost, Limits, Position, Violation, check};

const INTROSPECTION: &str = include_str!("introspection.graphql");

fn verdict(document: &str) -> Result<Cost, Violation> {
    check(document, None, &Variables::default(), &Limits::default())
}

fn cost(document: &str) -> Cost {
    let cost = verdict(document).unwrap();
    assert!(cost.understood, "not understood: {document}");
    parse_query(document).unwrap();
    cost
}

fn broken(document: &str) -> Bound {
    verdict(document).unwrap_err().bound
}

fn repeated(count: usize, form: impl Fn(usize) -> String) -> String {
    (0..count).map(form).collect()
}

/// Limits that only bound what a test does not ask for.
fn wide() -> Limits {
    Limits {
        max_document_bytes: usize::MAX,
        max_tokens: usize::MAX,
        max_aliases: usize::MAX,
        max_directives: usize::MAX,
        max_root_fields: usize::MAX,
        max_fragments: usize::MAX,
        max_expanded_selections: usize::MAX,
        max_merge_work: usize::MAX,
        max_argument_bytes: usize::MAX,
        max_complexity: usize::MAX,
        ..Limits::default()
    }
}

/// Fragments of which each spreads the next one twice.
fn bomb(levels: usize) -> String {
    let spreads = repeated(levels, |at| {
        let next = at + 1;
        format!(" fragment F{at:0>6} on Query {{ ...F{next:0>6} ...F{next:0>6} }}")
    });
    format!("{{ ...F000000 }}{spreads} fragment F{levels:0>6} on Query {{ hello }}")
}

#[test]
fn a_field_costs_one_and_a_list_multiplies_what_is_in_it() {
    let cost = cost("{ hello posts(first: 10) { nodes { id title __typename } } }");
    // hello + posts + ten times nodes, id and title.
    assert_eq!(cost.complexity, 2 + 10 * 3);
    assert_eq!(cost.depth, 3);
    assert_eq!(cost.root_fields, 2);
    assert_eq!(cost.expanded_selections, 6);
}

#[test]
fn nested_lists_multiply_each_other() {
    let cost = cost("{ posts(first: 10) { nodes { related(last: 5) { nodes { id } } } } }");
    assert_eq!(cost.complexity, 1 + 10 * (1 + 1 + 5 * 2));
}

#[test]
fn records_asked_for_by_their_ids_are_a_list() {
    for (document, number) in [
        ("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }", 3),
        ("{ nodes(ids: \"a\") { id } }", 1),
        ("{ nodes(ids: []) { id } }", 1),
        (
            "query($a: ID!, $b: ID!) { nodes(ids: [$a, $b, \"c\", $a]) { id } }",
            4,
        ),
        (
            "query($ids: [ID!]! = [\"a\", \"b\"]) { nodes(ids: $ids) { id } }",
            2,
        ),
        ("query($ids: [ID!]! = \"a\") { nodes(ids: $ids) { id } }", 1),
    ] {
        assert_eq!(cost(document).complexity, 1 + number, "{document}");
    }
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let variables = Variables::from_value(value!({ "ids": ["a", "b", "c", "d", "e"] }));
    let given = check(document, None, &variables, &Limits::default()).unwrap();
    assert_eq!(given.complexity, 1 + 5);
}

#[test]
fn a_list_size_may_come_from_a_variable_or_its_default() {
    let document = "query($n: Int = 7) { posts(first: $n) { id } }";
    assert_eq!(cost(document).complexity, 1 + 7);
    let variables = Variables::from_value(value!({ "n": 20 }));
    let given = check(document, None, &variables, &Limits::default()).unwrap();
    assert_eq!(given.complexity, 1 + 20);
}

#[test]
fn a_default_counts_for_a_fragment_that_stands_before_the_operation() {
    let document =
        "fragment F on Query { posts(first: $n) { id } } query($n: Int = 7 @d(a: 3)) { ...F }";
    let cost = verdict(document).unwrap();
    assert_eq!(cost.complexity, 1 + 7);
}

#[test]
fn a_list_without_a_size_takes_the_default_of_its_name() {
    let limits = Limits {
        list_defaults: [("tags".to_owned(), 12)].into(),
        ..Limits::default()
    };
    let cost = check("{ tags { id } }", None, &Variables::default(), &limits).unwrap();
    assert_eq!(cost.complexity, 1 + 12);
}

#[test]
fn a_negative_or_zero_list_size_counts_as_one() {
    assert_eq!(cost("{ posts(first: -5) { id } }").complexity, 2);
    assert_eq!(cost("{ posts(first: 0) { id } }").complexity, 2);
}

#[test]
fn a_list_size_too_large_for_a_number_is_refused_as_complexity() {
    let document = format!("{{ posts(first: {}) {{ id }} }}", "9".repeat(200));
    assert_eq!(broken(&document), Bound::Complexity);
}

#[test]
fn fragments_count_as_often_and_as_deep_as_they_are_spread() {
    let cost = cost(
        "{ posts(first: 3) { ...F } hello ...G }
         fragment F on Post { id author { ...N } }
         fragment N on Author { name }
         fragment G on Query { ... on Query { ... { hello } } }",
    );
    assert_eq!(cost.complexity, 1 + 3 * 3 + 1 + 1);
    assert_eq!(cost.depth, 3);
    assert_eq!(cost.root_fields, 3);
}

#[test]
fn only_the_operation_to_run_counts_for_its_own_limits() {
    let document = "query A { a } query B { a b c }";
    let run = |name| check(document, name, &Variables::default(), &Limits::default()).unwrap();
    assert_eq!(run(Some("A")).complexity, 1);
    assert_eq!(run(Some("B")).complexity, 3);
    // The library validates both, and nobody knows which of them is meant here.
    assert_eq!(run(None).complexity, 3);
    assert_eq!(run(Some("A")).expanded_selections, 4);
}

#[test]
fn the_introspection_query_of_graphiql_passes_almost_for_free() {
    let cost = cost(INTROSPECTION);
    assert_eq!(cost.complexity, 1);
    assert_eq!(cost.introspection_fields, 1);
    assert!(cost.tokens < 300, "{} tokens", cost.tokens);
}

#[test]
fn introspection_that_circles_through_the_types_is_refused() {
    let document = "{ __schema { types { ...T } } }
        fragment T on __Type { fields { type { fields { type { fields { name } } } } } }";
    assert_eq!(broken(document), Bound::IntrospectionLists);
    let deep = format!(
        "{{ __type(name: \"A\") {} kind {} }}",
        "{ ofType ".repeat(20) + "{",
        "}".repeat(21)
    );
    assert_eq!(broken(&deep), Bound::IntrospectionDepth);
}

#[test]
fn content_may_have_fields_named_like_introspection() {
    assert_eq!(
        cost("{ fields { fields { fields { interfaces } } } }").depth,
        4
    );
}

#[test]
fn a_fragment_bomb_is_refused() {
    let document = bomb(40);
    let violation = verdict(&document).unwrap_err();
    assert_eq!(violation.bound, Bound::RootFields);
    let inside = document.replacen("{ ...F000000 }", "{ me { ...F000000 } }", 1);
    assert_eq!(broken(&inside), Bound::ExpandedSelections);
}

#[test]
fn a_bomb_without_any_field_is_refused() {
    let document = bomb(40).replace("{ hello }", "{ ...Missing }");
    assert_eq!(broken(&document), Bound::ExpandedSelections);
}

#[test]
fn ten_thousand_aliases_are_refused() {
    let aliases = |count: usize| repeated(count, |at| format!("a{at}: b "));
    assert_eq!(
        broken(&format!("{{ {} }}", aliases(10_000))),
        Bound::DocumentBytes
    );
    assert_eq!(broken(&format!("{{ {} }}", aliases(101))), Bound::Aliases);
}

#[test]
fn ten_thousand_directives_are_refused() {
    let document = format!("{{ hello {} }}", "@a ".repeat(10_000));
    assert_eq!(broken(&document), Bound::Directives);
}

#[test]
fn ten_thousand_levels_are_refused_in_selections_values_and_types() {
    for document in [
        "{ a ".repeat(10_000),
        format!("{{ a(b: {}", "[".repeat(10_000)),
        format!("{{ a(b: {}", "{c:".repeat(10_000)),
        format!("query($a: {}", "[".repeat(10_000)),
    ] {
        assert_eq!(broken(&document), Bound::Nesting);
    }
    let deep = "{ a ".repeat(16) + &"}".repeat(16);
    assert_eq!(broken(&deep), Bound::Depth);
}

#[test]
fn a_circular_fragment_is_refused_at_the_spread_that_closes_the_circle() {
    let document = "{ ...A }\nfragment A on Q { ...B }\nfragment B on Q { x { ...A } }";
    let violation = verdict(document).unwrap_err();
    assert_eq!(violation.bound, Bound::FragmentCycle);
    assert_eq!(
        violation.position,
        Some(Position {
            line: 3,
            column: 23
        })
    );
    assert_eq!(
        broken("{ a } fragment A on Q { ...A ...A }"),
        Bound::FragmentCycle
    );
}

#[test]
fn thirty_two_megabytes_are_refused_without_reading_them() {
    assert_eq!(broken(&" ".repeat(32 << 20)), Bound::DocumentBytes);
    let variables = Variables::from_value(value!({ "text": "x".repeat(32 << 20) }));
    let violation = check("{ a }", None, &variables, &Limits::default()).unwrap_err();
    assert_eq!(violation.bound, Bound::VariablesBytes);
}

#[test]
fn merging_the_same_fragment_everywhere_is_refused() {
    let fields: String = repeated(900, |at| format!("f{at} "));
    let users: String = (0..900).map(|_| "...{ ...F } ").collect();
    let document = format!("query A {{ a {{ {users} }} }} fragment F on Q {{ {fields} }}");
    let limits = Limits {
        max_expanded_selections: usize::MAX,
        ..Limits::default()
    };
    let violation = check(&document, None, &Variables::default(), &limits).unwrap_err();
    assert_eq!(violation.bound, Bound::MergeWork);
}

#[test]
fn a_large_variable_used_often_is_refused() {
    let uses: String = "a(b: $v) ".repeat(30);
    let document = format!("query($v: String) {{ {uses} }}");
    let variables = Variables::from_value(value!({ "v": "x".repeat(1_000_000) }));
    let violation = check(&document, None, &variables, &Limits::default()).unwrap_err();
    assert_eq!(violation.bound, Bound::ArgumentBytes);
    let once = "query($v: String) { a(b: $v) }";
    check(once, None, &variables, &Limits::default()).unwrap();
}

#[test]
fn names_operations_fragments_and_variables_are_bounded() {
    assert_eq!(
        broken(&format!("{{ {} }}", "n".repeat(257))),
        Bound::NameBytes
    );
    let operations: String = repeated(17, |at| format!("query Q{at} {{ a }} "));
    assert_eq!(broken(&operations), Bound::Operations);
    let fragments: String = repeated(101, |at| format!("fragment F{at} on Q {{ a }} "));
    assert_eq!(broken(&fragments), Bound::Fragments);
    let variables: String = repeated(101, |at| format!("$v{at}: Int "));
    assert_eq!(
        broken(&format!("query({variables}) {{ a }}")),
        Bound::Variables
    );
}

#[test]
fn a_violation_names_its_limit_and_both_numbers() {
    let violation = verdict(&("{ a ".repeat(16) + &"}".repeat(16))).unwrap_err();
    assert_eq!(violation.code(), "LIMIT_EXCEEDED");
    assert_eq!(
        violation.to_string(),
        "Too many levels of fields: found 16, allowed 15 (limit max_depth)."
    );
}

#[test]
fn a_syntax_error_is_left_to_the_library() {
    for document in [
        "",
        "{",
        "{ a(b: ) }",
        "{ a } }",
        "query { \"text\" }",
        "{ a(b: \"open) }",
        "{ ü }",
        "fragment on on Q { a }",
    ] {
        let cost = verdict(document).unwrap();
        assert!(
            !cost.understood || parse_query(document).is_err(),
            "{document}"
        );
    }
}

#[test]
fn brackets_behind_a_lexical_error_are_counted_as_open() {
    let document = format!("{{ a(b: \"\"\"open {}", "{a".repeat(200));
    let violation = verdict(&document).unwrap_err();
    assert_eq!(violation.bound, Bound::Syntax);
    assert_eq!(violation.code(), "VALIDATION");
}

#[test]
fn what_only_the_library_reads_is_not_understood() {
    // The library's keywords need no end, so each of these hides something.
    for document in [
        "queryA { ...F } fragmentF on Query { hello }",
        "{ a(b: truefirst: 1000) { c } }",
        "{ a(b: nullfirst: 1000) { c } }",
    ] {
        parse_query(document).unwrap();
        assert!(!verdict(document).unwrap().understood, "{document}");
    }
}

#[test]
fn strings_comments_and_marks_hide_their_brackets() {
    let cost = cost(
        "\u{feff}{ # } {{{{\r\n a(b: \"}{\\\"}\", c: \"\"\" } \\\"\"\" { \"\"\", d: -1.5e+3),, b }",
    );
    assert_eq!(cost.complexity, 2);
}

#[test]
fn the_parser_survives_the_nesting_that_is_allowed() {
    let levels = Limits::default().max_nesting - 2;
    let documents = [
        "{ a ".repeat(levels + 2) + &"}".repeat(levels + 2),
        format!("{{ a(b: {}{}) }}", "[".repeat(levels), "]".repeat(levels)),
        format!(
            "{{ a(b: {}1{}) }}",
            "{c:".repeat(levels),
            "}".repeat(levels)
        ),
        format!(
            "query($a: {}T{}) {{ a }}",
            "[".repeat(levels),
            "]".repeat(levels)
        ),
    ];
    // A worker of tokio has two megabytes; half of that has to do.
    std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(move || {
            for document in documents {
                let _ = verdict(&document);
                let _ = parse_query(&document);
            }
        })
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn a_document_twice_as_large_takes_twice_the_steps() {
    let flat = |size: usize| format!("{{ {} }}", "a(b: [1, 2]) { c ...F } ".repeat(size));
    let chain = |size: usize| {
        "{ ...F000000 }".to_owned()
            + &repeated(size, |at| {
                format!(" fragment F{at:0>6} on Q {{ a {{ ...F{:0>6} }} }}", at + 1)
            })
    };
    let limits = Limits {
        max_depth: usize::MAX,
        ..wide()
    };
    let steps = |document: String| {
        check(&document, None, &Variables::default(), &limits)
            .unwrap()
            .steps
    };
    let shapes: [&dyn Fn(usize) -> String; 3] = [&flat, &chain, &bomb];
    for shape in shapes {
        for size in [100, 1_000, 10_000] {
            let (once, twice) = (steps(shape(size)), steps(shape(2 * size)));
            assert!(twice <= 2 * once + 100, "{once} then {twice}");
        }
    }
}

#[test]
fn limits_are_read_with_defaults_and_without_unknown_names() {
    let limits: Limits = serde_json::from_str(r#"{"max_depth": 4}"#).unwrap();
    assert_eq!(limits.max_depth, 4);
    assert_eq!(limits.max_tokens, Limits::default().max_tokens);
    assert!(serde_json::from_str::<Limits>(r#"{"max_deth": 4}"#).is_err());
}
