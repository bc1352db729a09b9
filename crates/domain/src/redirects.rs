//! Redirects: old paths and where they lead.

use crate::{
    access::Target,
    events::RecordKind,
    id::{EditionId, EntryId, RedirectId},
    time::Timestamp,
};

/// An old path.
#[derive(Debug, Clone, PartialEq)]
pub struct Redirect {
    /// Its id.
    pub id: RedirectId,
    /// The edition.
    pub edition: EditionId,
    /// The old path, beginning with `/`; unique among all paths of the edition.
    pub from: String,
    /// Where it leads.
    pub to: RedirectTarget,
    /// The address it leads to now; `None` for what is gone.
    pub href: Option<String>,
    /// Whether it is for good (301, 308) or for now (302, 307).
    pub is_permanent: bool,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Redirect {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::of_edition(RecordKind::Redirect, self.id, self.edition)
    }
}

/// Where an old path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectTarget {
    /// To an entry, wherever its path moves.
    Entry(EntryId),
    /// To a path of the edition or an absolute URL.
    Url(String),
    /// Nowhere: gone for good (410).
    Gone,
}

/// A new redirect, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectDraft {
    /// The edition.
    pub edition: EditionId,
    /// The old path.
    pub from: String,
    /// Where it leads.
    pub to: RedirectTarget,
    /// For good or for now.
    pub is_permanent: bool,
}
