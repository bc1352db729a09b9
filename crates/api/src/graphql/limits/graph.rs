//! The sums of a document with its fragments, each evaluated once.

use std::collections::HashMap;

use super::walk::{Definition, Edge, Totals};
use super::{Bound, Cost, Limits, Violation, bounded};

/// How far the evaluation of a definition has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

impl Totals {
    /// Adds what one spread of a fragment contributes.
    fn add(&mut self, edge: &Edge<'_>, fragment: &Self) {
        let place = edge.place;
        self.expanded = self.expanded.saturating_add(fragment.expanded);
        self.full_depth = self
            .full_depth
            .max(place.depth.saturating_add(fragment.full_depth));
        self.merge = self
            .merge
            .saturating_add(place.repeats.saturating_mul(fragment.level));
        self.arguments = self
            .arguments
            .saturating_add(place.factor.saturating_mul(fragment.arguments));
        self.lists = self.lists.max(place.lists.saturating_add(fragment.lists));
        if place.root {
            self.level = self.level.saturating_add(fragment.level);
            self.root_fields = self.root_fields.saturating_add(fragment.root_fields);
        }
        if let Some((depth, lists)) = place.introspection {
            self.introspection_depth = self
                .introspection_depth
                .max(depth.saturating_add(fragment.full_depth));
            self.introspection_lists = self
                .introspection_lists
                .max(lists.saturating_add(fragment.lists));
        } else {
            self.complexity = self
                .complexity
                .saturating_add(place.factor.saturating_mul(fragment.complexity));
            self.depth = self.depth.max(place.depth.saturating_add(fragment.depth));
            self.introspection_fields = self
                .introspection_fields
                .saturating_add(fragment.introspection_fields);
            self.introspection_depth = self.introspection_depth.max(fragment.introspection_depth);
            self.introspection_lists = self.introspection_lists.max(fragment.introspection_lists);
        }
    }
}

/// The sums of all definitions, fragments included.
///
/// This is a depth-first walk with a stack of its own: a fragment is summed up
/// when everything it spreads has been, and never again.
pub(super) fn totals(
    document: &str,
    definitions: &[Definition<'_>],
    steps: &mut usize,
) -> Result<Vec<Totals>, Violation> {
    let fragments: HashMap<&str, usize> = definitions
        .iter()
        .enumerate()
        .filter(|(_, definition)| definition.fragment)
        .filter_map(|(at, definition)| Some((definition.name?, at)))
        .collect();
    let mut sums: Vec<Totals> = definitions
        .iter()
        .map(|definition| definition.totals)
        .collect();
    let mut states = vec![State::New; definitions.len()];
    for start in 0..definitions.len() {
        if states.get(start) != Some(&State::New) {
            continue;
        }
        let mut open = vec![(start, 0_usize)];
        while let Some((at, done)) = open.pop() {
            *steps = steps.saturating_add(1);
            if let Some(state) = states.get_mut(at) {
                *state = State::Open;
            }
            let edge = definitions
                .get(at)
                .and_then(|definition| definition.edges.get(done));
            let Some(edge) = edge else {
                if let Some(state) = states.get_mut(at) {
                    *state = State::Done;
                }
                continue;
            };
            // An unknown fragment is an error only the library can word.
            let target = fragments.get(edge.target).copied();
            let state = target.and_then(|target| states.get(target).copied());
            match (target, state) {
                (Some(_), Some(State::Open)) => {
                    return Err(Violation::new(Bound::FragmentCycle, 0, 1).at(document, edge.start));
                }
                (Some(target), Some(State::New)) => {
                    // The spread is looked at again once its fragment is done.
                    open.push((at, done));
                    open.push((target, 0));
                }
                (Some(target), Some(State::Done)) => {
                    let fragment = sums.get(target).copied().unwrap_or_default();
                    if let Some(sum) = sums.get_mut(at) {
                        sum.add(edge, &fragment);
                    }
                    open.push((at, done.saturating_add(1)));
                }
                (None, _) | (_, None) => open.push((at, done.saturating_add(1))),
            }
        }
    }
    Ok(sums)
}

/// Holds the sums of a document against the limits.
///
/// The library validates every operation of a document but runs one, so the work
/// of validation is summed over all and the rest taken from the one to run. If
/// that cannot be told, the largest counts.
pub(super) fn evaluate(
    definitions: &[Definition<'_>],
    sums: &[Totals],
    operation_name: Option<&str>,
    limits: &Limits,
    cost: Cost,
) -> Result<Cost, Violation> {
    let operations = || {
        definitions
            .iter()
            .zip(sums)
            .filter(|(definition, _)| !definition.fragment)
    };
    let named = operation_name.is_some()
        && operations().any(|(definition, _)| definition.name == operation_name);
    let chosen = || {
        operations()
            .filter(|(definition, _)| !named || definition.name == operation_name)
            .map(|(_, sum)| sum)
    };
    let most = |number: fn(&Totals) -> usize| chosen().map(number).max().unwrap_or_default();
    let all = |number: fn(&Totals) -> usize| {
        operations()
            .map(|(_, sum)| number(sum))
            .fold(0, usize::saturating_add)
    };
    let merge = sums
        .iter()
        .fold(0, |work: usize, sum| work.saturating_add(sum.merge));
    let cost = Cost {
        understood: true,
        complexity: most(|sum| sum.complexity),
        depth: most(|sum| sum.depth),
        root_fields: most(|sum| sum.root_fields),
        introspection_fields: most(|sum| sum.introspection_fields),
        expanded_selections: all(|sum| sum.expanded),
        ..cost
    };
    let found = [
        (Bound::Depth, limits.max_depth, cost.depth),
        (Bound::RootFields, limits.max_root_fields, cost.root_fields),
        (
            Bound::IntrospectionDepth,
            limits.max_introspection_depth,
            most(|sum| sum.introspection_depth),
        ),
        (
            Bound::IntrospectionLists,
            limits.max_introspection_lists,
            most(|sum| sum.introspection_lists),
        ),
        (
            Bound::IntrospectionFields,
            limits.max_introspection_fields,
            cost.introspection_fields,
        ),
        (
            Bound::ExpandedSelections,
            limits.max_expanded_selections,
            cost.expanded_selections,
        ),
        (Bound::MergeWork, limits.max_merge_work, merge),
        (
            Bound::ArgumentBytes,
            limits.max_argument_bytes,
            all(|sum| sum.arguments),
        ),
        (Bound::Complexity, limits.max_complexity, cost.complexity),
    ];
    for (bound, allowed, found) in found {
        bounded(bound, allowed, found)?;
    }
    Ok(cost)
}
