//! Revisions: what an entry was before a save replaced it. For those who may change it.

use application::entries;
use chrono::{DateTime, Utc};
use domain::{
    id::{EntryId, RevisionId},
    revisions::Revision as DomainRevision,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{self, Answer, List},
    query::Query,
    request::Read,
    selection::Selection,
    wire::{Id, Status},
};

/// One saved state of an entry.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Revision<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("revision_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: RevisionId,
    /// The id of the entry.
    #[schema(value_type = Id)]
    entry_id: EntryId,
    /// The version it was.
    version: i64,
    /// The title it had.
    title: &'a str,
    /// The status it had.
    status: Status,
    /// Who saved it, as the audit log names them.
    actor: &'a str,
    /// What they said about it.
    note: Option<&'a str>,
    /// When.
    created_at: DateTime<Utc>,
}

/// A page of revisions.
pub(super) type RevisionList<'a> = List<Revision<'a>>;

impl<'a> From<&'a DomainRevision> for Revision<'a> {
    fn from(revision: &'a DomainRevision) -> Self {
        Self {
            id: revision.id,
            entry_id: revision.entry,
            version: revision.version,
            title: &revision.title,
            status: revision.status.into(),
            actor: &revision.actor,
            note: revision.note.as_deref(),
            created_at: revision.created_at,
        }
    }
}

/// Answers a page of the revisions of an entry.
pub(super) async fn list(read: &Read, query: &Query<'_>, entry: EntryId) -> Answer {
    let args = query.page()?;
    let page = entries::revisions(&read.cx, entry, &args).await?;
    let data: Vec<Revision<'_>> = page.nodes().map(Revision::from).collect();
    answer::list(read, query, &Selection::default(), &args, (&page, data))
}
