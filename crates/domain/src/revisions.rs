//! Revisions: what an entry was before a save replaced it.

use serde::{Deserialize, Serialize};

use crate::{
    articles::{ArticleDraft, EntryDraft},
    content::Status,
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
