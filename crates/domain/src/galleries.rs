//! Galleries: assets in an order, shared by all editions.

mod change;

pub use change::{GalleryChange, GalleryItemChange, GalleryTextChange};

use std::collections::BTreeMap;

use crate::{
    access::Target,
    events::RecordKind,
    id::{AssetId, EditionId, GalleryId},
    media::Figure,
    text::{EditionText, Localized},
    time::Timestamp,
};

/// Assets in an order, with its text in one edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Gallery {
    /// Its id.
    pub id: GalleryId,
    /// How many items it has.
    pub item_count: i64,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Title and so on, in the edition asked for or a fallback.
    pub text: Localized<GalleryText>,
}

impl Gallery {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::shared(RecordKind::Gallery, self.id)
    }
}

/// What a gallery is called in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GalleryText {
    /// Its title.
    pub title: String,
    /// Unique per edition.
    pub slug: String,
    /// What it shows.
    pub description: Option<String>,
}

/// One picture of a gallery, its caption in the edition asked for.
pub type GalleryItem = Figure;

/// A new gallery, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq)]
pub struct GalleryDraft {
    /// Texts; at least one. An empty slug is made from the title.
    pub texts: Vec<EditionText<GalleryText>>,
    /// What it shows, in order.
    pub items: Vec<GalleryItemDraft>,
}

/// One picture, as a command writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GalleryItemDraft {
    /// The asset.
    pub asset: AssetId,
    /// Captions that differ from the asset's own.
    pub captions: BTreeMap<EditionId, String>,
}
