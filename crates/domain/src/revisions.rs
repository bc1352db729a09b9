//! Revisions: what an entry was.

use crate::{
    content::Status,
    id::{EntryId, RevisionId},
    time::Timestamp,
};

/// The number of the snapshot's format; raised when its shape changes.
pub const SNAPSHOT_FORMAT: i64 = 1;

/// One saved state of an entry. Editors only.
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
