//! What a document costs of what its sender may do in a minute. It is known once the document is
//! within the limits, and counted before anything is executed.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{FragmentDefinition, OperationType, Selection, SelectionSet},
};
use http::request::Parts;

use super::{Cost, Refusal, operation};
use crate::{
    error::Problem,
    rate_limits::{Allowance, CHANGE, Policy},
};

/// So much complexity costs as much as a request.
const COMPLEXITY_OF_A_REQUEST: usize = 1_000;

/// Counts a request that is within the limits of documents, or refuses it.
pub(super) fn admit(
    parts: &Parts,
    cost: Option<&Cost>,
    request: &mut async_graphql::Request,
) -> Result<(), Refusal> {
    let Some(allowance) = parts.extensions.get::<Allowance>() else {
        return Ok(());
    };
    let complexity = cost.map_or(0, |cost| cost.complexity) / COMPLEXITY_OF_A_REQUEST;
    let changes = changes(request);
    let weight = u32::try_from(complexity)
        .unwrap_or(u32::MAX)
        .saturating_add(CHANGE.saturating_mul(u32::try_from(changes.len()).unwrap_or(u32::MAX)));
    let refused = |error: domain::Error| Refusal::problem(&Problem::from(error));
    allowance.spend(weight).map_err(refused)?;
    // How many changes a list asks for is known when its variables are.
    request.data.insert(allowance.clone());
    for policy in changes
        .iter()
        .filter_map(|field| Policy::of_mutation(field))
    {
        allowance.attempt(policy).map_err(refused)?;
    }
    Ok(())
}

/// The fields of a mutation, each as often as it stands there; none of other operations.
fn changes(request: &mut async_graphql::Request) -> Vec<String> {
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    if let Some(operation) = operation(document, name.as_deref())
        && operation.ty == OperationType::Mutation
    {
        collect(
            &operation.selection_set.node,
            &document.fragments,
            &mut fields,
        );
    }
    fields
}

/// The limits have seen to it that fragments do not hold each other, and that they are not too many
/// with every one written out.
fn collect(
    selections: &SelectionSet,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    fields: &mut Vec<String>,
) {
    for selection in &selections.items {
        match &selection.node {
            Selection::Field(field) => fields.push(field.node.name.node.to_string()),
            Selection::InlineFragment(fragment) => {
                collect(&fragment.node.selection_set.node, fragments, fields);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    collect(&fragment.node.selection_set.node, fragments, fields);
                }
            }
        }
    }
}
