//! Custom fields of categories, tags, authors and assets in answers.

use std::collections::HashMap;

use application::custom_fields::records;
use domain::{events::RecordKind, fields::CustomFields};
use uuid::Uuid;

use super::{request::Read, selection::Selection, wire::Included};
use crate::error::Problem;

/// The custom fields of some records, if they are wanted.
#[derive(Debug, Default)]
pub(super) struct RecordFields(Option<HashMap<Uuid, CustomFields>>);

impl RecordFields {
    /// Of records of a kind.
    pub(super) async fn load(
        read: &Read,
        kind: RecordKind,
        ids: &[Uuid],
        selection: &Selection<'_>,
    ) -> Result<Self, Problem> {
        let mask = selection.mask();
        if !mask.is_whole() && mask.of("customFields").is_none() {
            return Ok(Self::default());
        }
        Ok(Self(Some(records::shown(&read.cx, kind, ids).await?)))
    }

    /// Those of one.
    pub(super) fn of(&self, id: Uuid) -> Included<CustomFields> {
        let fields = self.0.as_ref();
        fields
            .map(|fields| fields.get(&id).cloned().unwrap_or_default())
            .into()
    }
}
