//! A linear-time check of a GraphQL document, made before the library sees it.
//!
//! The library's own visitors inline every fragment spread, so a document of a
//! kilobyte can cost them 2^32 steps, and its parser recurses on every bracket.
//! [`check`] reads the document once with an own lexer and an explicit stack,
//! costs every fragment once, and refuses what the library could not bear.

use std::collections::BTreeMap;
use std::fmt;

use async_graphql::Variables;
use serde::Deserialize;

mod graph;
mod inputs;
mod lexer;
#[cfg(test)]
mod proptests;
#[cfg(test)]
mod tests;
mod walk;

/// What a document may ask for; every bound is inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Length of the document in bytes. Default 65 536.
    pub max_document_bytes: usize,
    /// Size of all variable values: their text plus eight bytes for each value.
    /// Default 1 048 576, so that a long article body fits into a mutation.
    pub max_variables_bytes: usize,
    /// Lexical tokens of the document. Default 10 000; `GraphiQL`'s introspection
    /// query has fewer than 300.
    pub max_tokens: usize,
    /// Length of one name. Default 256: a name is repeated in every error about it.
    pub max_name_bytes: usize,
    /// Depth of open brackets of any kind, also in values and types. Default 100;
    /// the library's parser recurses on each of them.
    pub max_nesting: usize,
    /// Depth of fields, counted through fragments. Default 15. The library adds
    /// an own bound of 32 on selection sets, fragments included.
    pub max_depth: usize,
    /// Cost of the operation to run: one for each field, times the sizes of the
    /// lists around it. Default 50 000.
    pub max_complexity: usize,
    /// Aliased fields in the document. Default 100.
    pub max_aliases: usize,
    /// Directives in the document. Default 50.
    pub max_directives: usize,
    /// Fields at the root of the operation to run. Default 32.
    pub max_root_fields: usize,
    /// Operations in the document. Default 16: some rules walk all fragments
    /// again for each operation.
    pub max_operations: usize,
    /// Fragment definitions in the document. Default 100.
    pub max_fragments: usize,
    /// Variable definitions in the document. Default 100: the library looks each
    /// use of a variable up in a list.
    pub max_variables: usize,
    /// Selections (fields, spreads, inline fragments) of all operations with every
    /// fragment written out where it is spread.
    /// Default 10 000; this is what the library's visitors and executor walk.
    pub max_expanded_selections: usize,
    /// Field comparisons of the rule that overlapping fields can be merged.
    /// Default 50 000; each can become an error message of its own.
    pub max_merge_work: usize,
    /// Bytes of arguments the library copies: literals and variable values, once
    /// for every time their field is resolved. Default 8 388 608.
    pub max_argument_bytes: usize,
    /// Depth of fields below `__schema` or `__type`, that field included.
    /// Default 20; `GraphiQL` asks for 15, nine levels of `ofType` included.
    pub max_introspection_depth: usize,
    /// Nested `fields`, `inputFields`, `interfaces` and `possibleTypes` below
    /// `__schema` or `__type`. Default 2, as in graphql-js: each level multiplies
    /// the answer by the size of the schema.
    pub max_introspection_lists: usize,
    /// `__schema` and `__type` fields of the operation to run. Default 8.
    pub max_introspection_fields: usize,
    /// Sizes of the lists that come without `first` or `last`, by field name.
    /// Default empty: such a field counts as one.
    pub list_defaults: BTreeMap<String, usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_document_bytes: 65_536,
            max_variables_bytes: 1_048_576,
            max_tokens: 10_000,
            max_name_bytes: 256,
            max_nesting: 100,
            max_depth: 15,
            max_complexity: 50_000,
            max_aliases: 100,
            max_directives: 50,
            max_root_fields: 32,
            max_operations: 16,
            max_fragments: 100,
            max_variables: 100,
            max_expanded_selections: 10_000,
            max_merge_work: 50_000,
            max_argument_bytes: 8_388_608,
            max_introspection_depth: 20,
            max_introspection_lists: 2,
            max_introspection_fields: 8,
            list_defaults: BTreeMap::new(),
        }
    }
}

/// What a document within the limits asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Whether the document could be read. A document that could not must not be
    /// executed, whatever the library's parser makes of it: the numbers below are
    /// then those of the part before the error.
    pub understood: bool,
    /// Fields of the operation to run, times the sizes of the lists around them.
    pub complexity: usize,
    /// Deepest field of the operation to run.
    pub depth: usize,
    /// Fields at the root of the operation to run.
    pub root_fields: usize,
    /// `__schema` and `__type` fields of the operation to run.
    pub introspection_fields: usize,
    /// Selections of all operations with every fragment written out.
    pub expanded_selections: usize,
    /// Aliased fields in the document.
    pub aliases: usize,
    /// Directives in the document.
    pub directives: usize,
    /// Lexical tokens of the document.
    pub tokens: usize,
    /// Steps the check itself took; tests see by it that the check is linear.
    pub steps: usize,
}

/// The bounds a document can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// [`Limits::max_document_bytes`].
    DocumentBytes,
    /// [`Limits::max_variables_bytes`].
    VariablesBytes,
    /// [`Limits::max_tokens`].
    Tokens,
    /// [`Limits::max_name_bytes`].
    NameBytes,
    /// [`Limits::max_nesting`].
    Nesting,
    /// [`Limits::max_depth`].
    Depth,
    /// [`Limits::max_complexity`].
    Complexity,
    /// [`Limits::max_aliases`].
    Aliases,
    /// [`Limits::max_directives`].
    Directives,
    /// [`Limits::max_root_fields`].
    RootFields,
    /// [`Limits::max_operations`].
    Operations,
    /// [`Limits::max_fragments`].
    Fragments,
    /// [`Limits::max_variables`].
    Variables,
    /// [`Limits::max_expanded_selections`].
    ExpandedSelections,
    /// [`Limits::max_merge_work`].
    MergeWork,
    /// [`Limits::max_argument_bytes`].
    ArgumentBytes,
    /// [`Limits::max_introspection_depth`].
    IntrospectionDepth,
    /// [`Limits::max_introspection_lists`].
    IntrospectionLists,
    /// [`Limits::max_introspection_fields`].
    IntrospectionFields,
    /// A fragment that spreads itself, however indirectly: its depth is endless.
    FragmentCycle,
    /// Not GraphQL, and too deep to let the library's parser say why.
    Syntax,
}

impl Bound {
    /// The name of the limit as the configuration spells it, and what it counts.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::DocumentBytes => ("max_document_bytes", "bytes of the document"),
            Self::VariablesBytes => ("max_variables_bytes", "bytes of variable values"),
            Self::Tokens => ("max_tokens", "tokens in the document"),
            Self::NameBytes => ("max_name_bytes", "bytes in a name"),
            Self::Nesting => ("max_nesting", "brackets open at once"),
            Self::Depth => ("max_depth", "levels of fields"),
            Self::Complexity => ("max_complexity", "points of complexity"),
            Self::Aliases => ("max_aliases", "aliases in the document"),
            Self::Directives => ("max_directives", "directives in the document"),
            Self::RootFields => ("max_root_fields", "fields at the root of the operation"),
            Self::Operations => ("max_operations", "operations in the document"),
            Self::Fragments => ("max_fragments", "fragments in the document"),
            Self::Variables => ("max_variables", "variable definitions in the document"),
            Self::ExpandedSelections => (
                "max_expanded_selections",
                "selections with all fragments written out",
            ),
            Self::MergeWork => ("max_merge_work", "comparisons of overlapping fields"),
            Self::ArgumentBytes => ("max_argument_bytes", "bytes of arguments to copy"),
            Self::IntrospectionDepth => ("max_introspection_depth", "levels of introspection"),
            Self::IntrospectionLists => (
                "max_introspection_lists",
                "lists of introspection inside each other",
            ),
            Self::IntrospectionFields => (
                "max_introspection_fields",
                "introspection fields at the root",
            ),
            Self::FragmentCycle => ("fragment_cycles", "fragments that spread themselves"),
            Self::Syntax => ("syntax", "syntax errors"),
        }
    }
}

/// A place in a document, both numbers counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The bound that is broken.
    pub bound: Bound,
    /// What the bound allows.
    pub allowed: usize,
    /// What was found; counting stops at the bound, so there may be more.
    pub found: usize,
    /// Where, if one place can be named.
    pub position: Option<Position>,
}

impl Violation {
    fn new(bound: Bound, allowed: usize, found: usize) -> Self {
        Self {
            bound,
            allowed,
            found,
            position: None,
        }
    }

    fn at(mut self, document: &str, offset: usize) -> Self {
        self.position = Some(lexer::position(document, offset));
        self
    }

    /// The error code clients see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.bound {
            Bound::Syntax => "VALIDATION",
            Bound::DocumentBytes
            | Bound::VariablesBytes
            | Bound::Tokens
            | Bound::NameBytes
            | Bound::Nesting
            | Bound::Depth
            | Bound::Complexity
            | Bound::Aliases
            | Bound::Directives
            | Bound::RootFields
            | Bound::Operations
            | Bound::Fragments
            | Bound::Variables
            | Bound::ExpandedSelections
            | Bound::MergeWork
            | Bound::ArgumentBytes
            | Bound::IntrospectionDepth
            | Bound::IntrospectionLists
            | Bound::IntrospectionFields
            | Bound::FragmentCycle => "LIMIT_EXCEEDED",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (limit, what) = self.bound.names();
        if self.bound == Bound::Syntax {
            return f.write_str("The document is not GraphQL: unexpected character.");
        }
        if self.found == usize::MAX {
            // The sum was cut off; the number would only look like a mistake.
            return write!(
                f,
                "Too many {what}: found an astronomical number, allowed {} (limit {limit}).",
                self.allowed
            );
        }
        write!(
            f,
            "Too many {what}: found {}, allowed {} (limit {limit}).",
            self.found, self.allowed
        )
    }
}

impl std::error::Error for Violation {}

/// Why reading a document ended early.
enum Stop {
    /// It breaks a bound.
    Refuse(Violation),
    /// It is not GraphQL; the library's parser knows best how to say so.
    NotUnderstood,
}

impl From<Violation> for Stop {
    fn from(violation: Violation) -> Self {
        Self::Refuse(violation)
    }
}

/// Returns an error if `found` is more than `allowed`.
fn bounded(bound: Bound, allowed: usize, found: usize) -> Result<(), Violation> {
    if found > allowed {
        return Err(Violation::new(bound, allowed, found));
    }
    Ok(())
}

/// Checks a document in time linear to its size and that of its variables.
///
/// A document with a syntax error passes with [`Cost::understood`] false, so that
/// the library's parser can report it; it must not be executed even if that
/// parser accepts it.
///
/// # Errors
///
/// The first bound of `limits` the document breaks.
pub fn check(
    document: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<Cost, Violation> {
    check_counting(document, operation_name, variables, limits, &mut 0)
}

/// The same as [`check`]; adds the steps it took to `steps`, also for a document it
/// refuses: bytes and values looked at, tokens taken, fragments summed up.
///
/// # Errors
///
/// The first bound of `limits` the document breaks.
pub fn check_counting(
    document: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
    steps: &mut usize,
) -> Result<Cost, Violation> {
    bounded(
        Bound::DocumentBytes,
        limits.max_document_bytes,
        document.len(),
    )?;
    let mut inputs = inputs::Inputs::measure(variables, limits)?;
    *steps = steps.saturating_add(inputs.steps);
    let lexed = lexer::read(document, limits, steps)?;
    let mut cost = Cost {
        tokens: lexed.tokens.len(),
        directives: lexed.directives,
        ..Cost::default()
    };
    if lexed.whole {
        let result = inputs
            .read_definitions(&lexed.tokens, limits)
            .map_err(Stop::from)
            .and_then(|()| {
                // The definitions are read in one pass of their own.
                *steps = steps.saturating_add(lexed.tokens.len());
                walk::walk(document, &lexed.tokens, &inputs, limits, steps)
            })
            .and_then(|walked| {
                cost.aliases = walked.aliases;
                let sums = graph::totals(document, &walked.definitions, steps)?;
                *steps = steps.saturating_add(sums.len());
                graph::evaluate(&walked.definitions, &sums, operation_name, limits, cost)
                    .map_err(Stop::from)
            });
        match result {
            Ok(whole) => cost = whole,
            Err(Stop::Refuse(violation)) => return Err(violation),
            Err(Stop::NotUnderstood) => {}
        }
    }
    cost.steps = *steps;
    Ok(cost)
}
