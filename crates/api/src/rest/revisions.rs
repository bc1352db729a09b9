//! Revisions: what an entry was before a save replaced it. For those who may change it.

use application::entries;
use chrono::{DateTime, Utc};
use domain::{
    id::{EntryId, RevisionId},
    revisions::{Revision as DomainRevision, RevisionDiff as DomainDiff, TextDiffKind},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{self, Answer, List},
    parameters::{Kind, Parameter},
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

/// Which states are compared.
pub(super) const DIFF: &[Parameter] = &[
    Parameter::optional(
        "from",
        Kind::State,
        "The state before: the id of a revision, `live` (meant where it is absent) for what readers see, or `pending` for the edit that waits.",
    ),
    Parameter::optional(
        "to",
        Kind::State,
        "The state after, in the same words; `pending` if absent.",
    ),
];

/// How two states of an entry differ.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RevisionDiff<'a> {
    /// The fields that differ, but for the text of the body.
    fields: Vec<FieldDiff<'a>>,
    /// The text of the body in pieces, those that stayed included; empty if it is the same.
    body: Vec<TextDiff<'a>>,
}

/// A field that differs.
#[derive(Debug, Serialize, ToSchema)]
struct FieldDiff<'a> {
    /// Its place, with dots between its steps: `seo.title`, `byline.0.name`.
    field: &'a str,
    /// What it was; null: nothing.
    #[schema(value_type = Value)]
    before: &'a serde_json::Value,
    /// What it became; null: nothing.
    #[schema(value_type = Value)]
    after: &'a serde_json::Value,
}

/// A piece of a text.
#[derive(Debug, Serialize, ToSchema)]
struct TextDiff<'a> {
    /// What became of it.
    kind: Piece,
    /// The piece.
    text: &'a str,
}

/// What became of a piece of a text.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TextDiffKind)]
enum Piece {
    /// It stayed.
    Equal,
    /// It is new.
    Insert,
    /// It went.
    Delete,
}

/// Answers how two states differ.
pub(super) fn answer_diff(read: &Read, diff: &DomainDiff) -> Answer {
    let fields = diff.fields.iter().map(|differing| FieldDiff {
        field: &differing.field,
        before: &differing.before,
        after: &differing.after,
    });
    let body = diff.body.iter().map(|piece| TextDiff {
        kind: match piece.kind {
            TextDiffKind::Equal => Piece::Equal,
            TextDiffKind::Insert => Piece::Insert,
            TextDiffKind::Delete => Piece::Delete,
        },
        text: &piece.text,
    });
    let diff = RevisionDiff {
        fields: fields.collect(),
        body: body.collect(),
    };
    answer::plain(read, &diff)
}
