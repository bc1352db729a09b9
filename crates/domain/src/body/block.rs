//! The blocks a body is made of, and what they refer to.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use super::embed::Provider;
pub use super::inline::{Direction, Inline, Mark, Marks, Span};

/// One block, with the direction and language its author gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// What the block is and holds; `type` in JSON, beside its own fields.
    #[serde(flatten)]
    pub kind: Kind,
    /// The block's own direction, where it differs from its surroundings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The block's own language, as a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
}

impl From<Kind> for Block {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            direction: None,
            lang: None,
        }
    }
}

/// The kinds of block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Kind {
    /// A paragraph of text.
    Paragraph {
        /// Its text.
        content: Inline,
    },
    /// A heading.
    Heading {
        /// 1 (highest) to 6.
        level: u8,
        /// The anchor links may point to, unique within the body.
        id: String,
        /// Its text.
        content: Inline,
    },
    /// A list.
    List {
        /// Whether the items are numbered.
        ordered: bool,
        /// The first number of an ordered list.
        start: u32,
        /// The items, each made of blocks.
        items: Vec<Vec<Block>>,
    },
    /// A quotation.
    Quote {
        /// What is quoted.
        blocks: Vec<Block>,
        /// Who or what is quoted.
        #[serde(default, skip_serializing_if = "Inline::is_empty")]
        citation: Inline,
    },
    /// Program text, to be shown as it stands.
    Code {
        /// The language, where the author named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
        /// The code, without a final line break.
        text: String,
    },
    /// A table.
    Table(Table),
    /// A picture.
    Image(Image),
    /// Several pictures shown as one group.
    Gallery {
        /// The pictures.
        items: Vec<Image>,
        /// The caption of the whole group.
        #[serde(default, skip_serializing_if = "Inline::is_empty")]
        caption: Inline,
    },
    /// A film.
    Video(Video),
    /// A sound.
    Audio {
        /// Where it is.
        src: MediaRef,
        /// Its caption.
        #[serde(default, skip_serializing_if = "Inline::is_empty")]
        caption: Inline,
    },
    /// A file offered for download.
    File {
        /// Where it is.
        src: MediaRef,
        /// What readers see as its name.
        name: String,
    },
    /// Something shown from another site.
    Embed(Embed),
    /// A thematic break.
    Separator,
    /// What no other block can hold, as sanitised HTML.
    RawHtml {
        /// The HTML, safe to insert.
        html: String,
        /// The same as plain text.
        text: String,
    },
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Where it is.
    pub src: MediaRef,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// The caption under it.
    #[serde(default, skip_serializing_if = "Inline::is_empty")]
    pub caption: Inline,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Where a click on it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_href: Option<String>,
}

/// A film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Video {
    /// Where it is.
    pub src: MediaRef,
    /// The still shown before it plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster: Option<MediaRef>,
    /// Subtitles and the like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<Track>,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Its caption.
    #[serde(default, skip_serializing_if = "Inline::is_empty")]
    pub caption: Inline,
}

/// A timed text track of a film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Track {
    /// Where it is.
    pub src: MediaRef,
    /// `subtitles`, `captions`, `descriptions`, `chapters` or `metadata`.
    pub kind: String,
    /// The track's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// What viewers choose it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// Something shown from another site: always a link, never a frame or a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Embed {
    /// Whose content it is.
    pub provider: Provider,
    /// The canonical address, always https.
    pub url: String,
    /// What the author or the provider called it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The shape to reserve for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// Its caption.
    #[serde(default, skip_serializing_if = "Inline::is_empty")]
    pub caption: Inline,
}

/// Width to height, in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AspectRatio {
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
}

impl AspectRatio {
    /// The ratio of two lengths, unless one of them is zero.
    pub fn new(width: u32, height: u32) -> Option<Self> {
        let (mut divisor, mut rest) = (width, height);
        while rest != 0 {
            (divisor, rest) = (rest, divisor.checked_rem(rest)?);
        }
        let ratio = Self {
            width: width.checked_div(divisor)?,
            height: height.checked_div(divisor)?,
        };
        (ratio.width > 0 && ratio.height > 0).then_some(ratio)
    }

    /// Reads `16:9`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (width, height) = text.split_once(':')?;
        Self::new(width.trim().parse().ok()?, height.trim().parse().ok()?)
    }
}

impl fmt::Display for AspectRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.width, self.height)
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// Its caption.
    #[serde(default, skip_serializing_if = "Inline::is_empty")]
    pub caption: Inline,
    /// The rows that head the columns.
    pub head: Vec<Vec<Cell>>,
    /// The other rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// Its text.
    pub content: Inline,
    /// Whether it names its row or column.
    #[serde(default)]
    pub header: bool,
    /// How its text is aligned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub align: Option<Align>,
    /// How many columns it spans.
    pub colspan: u16,
    /// How many rows it spans.
    pub rowspan: u16,
}

/// How the text of a cell is aligned. The names are physical, as in HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Align {
    /// To the left.
    Left,
    /// In the middle.
    Center,
    /// To the right.
    Right,
}

impl Align {
    /// The name used in HTML.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Center => "center",
            Self::Right => "right",
        }
    }
}

/// Where a picture, film, sound or file is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MediaRef {
    /// One of our assets, by its key; written `asset:KEY` in a source.
    Asset(String),
    /// Elsewhere.
    Url(String),
}

impl MediaRef {
    /// The address as it stands in a `src` attribute.
    pub fn address(&self) -> String {
        match self {
            Self::Asset(key) => format!("asset:{key}"),
            Self::Url(url) => url.clone(),
        }
    }

    pub(super) fn from_address(address: String) -> Self {
        match super::links::key(&address, "asset") {
            Some(key) => Self::Asset(key.to_owned()),
            None => Self::Url(address),
        }
    }
}
