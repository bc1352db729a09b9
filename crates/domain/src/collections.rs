//! Collections: entries in an order an editor chose (front page, series).

mod change;

pub use change::CollectionChange;

use crate::{
    access::Target,
    events::RecordKind,
    id::{CollectionId, EditionId, EntryId},
    paging::ListOrder,
    time::Timestamp,
};

/// A curated list of one edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// Its id.
    pub id: CollectionId,
    /// The edition.
    pub edition: EditionId,
    /// Unique per edition.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Collection {
    /// The order of what is in it, as its cursors know it.
    pub const ITEM_ORDER: ListOrder = ListOrder::by_number("position");

    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::of_edition(RecordKind::Collection, self.id, self.edition)
    }
}

/// A new collection, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectionDraft {
    /// The edition.
    pub edition: EditionId,
    /// Empty: made from the title.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// What is in it, in order.
    pub items: Vec<EntryId>,
}
