//! Assets: pictures, videos, audio and documents, stored here or elsewhere.

mod change;

pub use change::{AssetChange, AssetTextChange, RemoteAsset};

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    access::Target,
    error::Error,
    events::RecordKind,
    fields::FieldFilter,
    id::{AssetId, UserId},
    text::{EditionText, Localized},
    time::Timestamp,
};

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// A file to read or keep.
    Document,
}

impl AssetKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Image, Self::Video, Self::Audio, Self::Document];

    /// The text in the store and in REST.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
        }
    }

    /// The kind of a media type: `image/png` is an image.
    pub fn of_media_type(media_type: &str) -> Self {
        match media_type.split('/').next() {
            Some("image") => Self::Image,
            Some("video") => Self::Video,
            Some("audio") => Self::Audio,
            _ => Self::Document,
        }
    }
}

impl FromStr for AssetKind {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Error::invalid("kind", "must be image, video, audio or document"))
    }
}

/// Where the bytes of an asset are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssetLocation {
    /// In our object store, under this key (a hash of the content).
    Stored {
        /// The key.
        key: String,
    },
    /// At another server.
    Remote {
        /// The address.
        url: String,
    },
}

/// An asset, with its text in one edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// What it is.
    pub kind: AssetKind,
    /// Where its bytes are.
    pub location: AssetLocation,
    /// The name it came with; shown, never used as a path.
    pub file_name: String,
    /// `image/jpeg`.
    pub media_type: String,
    /// Size, where known.
    pub size_bytes: Option<i64>,
    /// Width in pixels, of pictures and films, where known.
    pub width: Option<i64>,
    /// Height in pixels, of pictures and films, where known.
    pub height: Option<i64>,
    /// Playing time, where known.
    pub duration_ms: Option<i64>,
    /// What must stay visible when it is cropped: 0..1 from the left and from the top.
    pub focal_point: Option<(f64, f64)>,
    /// Under what licence it may be used.
    pub licence: Option<String>,
    /// Whether anybody may read it, used by something published or not.
    pub is_public: bool,
    /// Whether it is in the trash.
    pub is_trashed: bool,
    /// Who uploaded it.
    pub owner: Option<UserId>,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Alternative text and so on, in the edition asked for or a fallback.
    pub text: Localized<AssetText>,
}

impl Asset {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target {
            owner: self.owner,
            ..Target::shared(RecordKind::Asset, self.id)
        }
    }
}

/// What is said about an asset in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetText {
    /// A title.
    pub title: Option<String>,
    /// What is to be seen, for those who cannot.
    pub alt: Option<String>,
    /// What stands below it.
    pub caption: Option<String>,
    /// Who made it.
    pub credit: Option<String>,
    /// A longer text.
    pub description: Option<String>,
}

/// A list of assets, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssetQuery {
    /// Only this kind.
    pub kind: Option<AssetKind>,
    /// What is in the trash, instead of what is not.
    pub is_trashed: bool,
    /// Only those whose custom fields meet all of these.
    pub custom_fields: Vec<FieldFilter>,
}

/// A new asset, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetDraft {
    /// What it is.
    pub kind: AssetKind,
    /// Where its bytes are.
    pub location: AssetLocation,
    /// The name it came with.
    pub file_name: String,
    /// `image/jpeg`.
    pub media_type: String,
    /// Size, where known.
    pub size_bytes: Option<i64>,
    /// Width in pixels, where known.
    pub width: Option<i64>,
    /// Height in pixels, where known.
    pub height: Option<i64>,
    /// Playing time, where known.
    pub duration_ms: Option<i64>,
    /// What must stay visible: 0..1 from the left and from the top.
    pub focal_point: Option<(f64, f64)>,
    /// Under what licence it may be used.
    pub licence: Option<String>,
    /// Whether anybody may read it.
    pub is_public: bool,
    /// When it was made, if that is known better than "now".
    pub created_at: Option<Timestamp>,
    /// Texts; may be none.
    pub texts: Vec<EditionText<AssetText>>,
}

/// An asset in its place in an entry, with the caption and alternative text it has there.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The asset.
    pub asset: Asset,
    /// The caption here; without one the asset's own is served.
    pub caption: Option<String>,
    /// The alternative text here; without one the asset's own is served.
    pub alt: Option<String>,
}

/// A figure as a command writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FigureDraft {
    /// The asset.
    pub asset: AssetId,
    /// The caption here.
    pub caption: Option<String>,
    /// The alternative text here.
    pub alt: Option<String>,
}

impl FigureDraft {
    /// An asset with its own texts.
    pub fn plain(asset: AssetId) -> Self {
        Self {
            asset,
            caption: None,
            alt: None,
        }
    }
}
