//! Merging records: one takes over everything others have.

use std::{marker::PhantomData, str::FromStr};

use domain::editions::EditionSet;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    field::{Body, Collected, Field, Unknown},
    wire::Id as IdSchema,
};

/// What is merged into what.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Merge {
    /// The ids of those that are merged; they are gone then.
    #[serde(default)]
    #[schema(value_type = Vec<IdSchema>, required, min_items = 1, max_items = 100)]
    from: Field<Vec<Field<String>>>,
    /// The id of the one that takes over what they have.
    #[serde(default)]
    #[schema(value_type = IdSchema, required)]
    into: Field<String>,
    /// The version that one has.
    #[serde(default)]
    #[schema(value_type = i32, required)]
    expected_version: Field<i32>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What is merged into what, by ids of one kind.
#[derive(Debug, Deserialize)]
#[serde(bound = "")]
pub(super) struct MergeOf<I> {
    #[serde(flatten)]
    merge: Merge,
    #[serde(skip)]
    kind: PhantomData<fn() -> I>,
}

/// The ids of those that are merged, of the one they are merged into, and its version.
pub(super) type Merging<I> = Option<(Vec<I>, I, i64)>;

impl<I: FromStr<Err = domain::Error>> Body for MergeOf<I> {
    type Command = Merging<I>;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Merging<I> {
        let Merge {
            from,
            into,
            expected_version,
            unknown,
        } = self.merge;
        wrong.unknown(&unknown);
        let from = wrong.needed("from", from);
        let from = from.map(|from| wrong.ids("from", from));
        let into = wrong.needed("into", into);
        let into = into.and_then(|into| {
            let read: domain::Result<I> = into.parse();
            wrong.take(read.map_err(|error| error.with_fields(|_| "into".to_owned())))
        });
        let version = wrong.needed("expectedVersion", expected_version);
        Some((from?, into?, i64::from(version?)))
    }
}
