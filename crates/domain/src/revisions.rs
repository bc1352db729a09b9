//! Revisions: what an entry was before a save replaced it, and the edit that waits to be published.

use serde::{Deserialize, Serialize};

use crate::{
    articles::{ArticleDraft, EntryDraft},
    content::{ContentKind, Status},
    id::{EntryId, RevisionId},
    newsletters::IssueDraft,
    pages::PageDraft,
    time::Timestamp,
};

/// The number of the snapshot's format; raised when its shape changes.
pub const SNAPSHOT_FORMAT: i64 = 1;

/// One saved state of an entry, as a later save found it. Editors only.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Its id.
    pub id: RevisionId,
    /// Of which entry.
    pub entry: EntryId,
    /// The version it was.
    pub version: i64,
    /// Whether it waits to be published.
    pub is_pending: bool,
    /// The title it had.
    pub title: String,
    /// The status it had.
    pub status: Status,
    /// Who saved it, as the audit log names them.
    pub actor: String,
    /// What they said about it.
    pub note: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// The whole of an entry as it was: saving it again restores it. The derived forms of the body are
/// not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all of it is articles, and there is one at a time"
)]
pub enum Snapshot {
    /// An article.
    Article(ArticleDraft),
    /// A page.
    Page(PageDraft),
    /// A newsletter issue.
    Issue(IssueDraft),
}

impl Snapshot {
    /// The kind of entry it is of.
    pub fn kind(&self) -> ContentKind {
        match self {
            Self::Article(_) => ContentKind::Article,
            Self::Page(_) => ContentKind::Page,
            Self::Issue(_) => ContentKind::Issue,
        }
    }
    /// What all kinds share.
    pub fn entry(&self) -> &EntryDraft {
        match self {
            Self::Article(draft) => &draft.entry,
            Self::Page(draft) => &draft.entry,
            Self::Issue(draft) => &draft.entry,
        }
    }
    /// What all kinds share, to change it.
    pub fn entry_mut(&mut self) -> &mut EntryDraft {
        match self {
            Self::Article(draft) => &mut draft.entry,
            Self::Page(draft) => &mut draft.entry,
            Self::Issue(draft) => &mut draft.entry,
        }
    }
}

/// Names one state of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionRef {
    /// One of the past, or the one that waits.
    Revision(RevisionId),
    /// What readers see; what has never been public, as it is.
    Live,
    /// The edit that waits to be published.
    Pending,
}

/// How two states of an entry differ.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionDiff {
    /// The fields that differ, by their paths, but for the text of the body.
    pub fields: Vec<FieldDiff>,
    /// The source of the body in pieces: all of it, those that did not change included. Empty if
    /// none did.
    pub body: Vec<TextDiff>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDiff {
    /// Its path in the draft: `seo.title`, `byline.0.name`.
    pub field: String,
    /// What it was; null: nothing.
    pub before: serde_json::Value,
    /// What it became; null: nothing.
    pub after: serde_json::Value,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextDiff {
    /// What became of it.
    pub kind: TextDiffKind,
    /// The piece.
    pub text: String,
}

/// What became of a piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextDiffKind {
    /// It stayed.
    Equal,
    /// It is new.
    Insert,
    /// It went.
    Delete,
}
