//! Bodies: what an author wrote, read once into typed blocks, and the forms derived from them.
//!
//! A [`Source`] is kept as it was written. [`derive()`] reads it into [`Block`]s and writes these as
//! HTML, Markdown and plain text. Untrusted HTML passes three gates, none of which relies on the
//! others: a fence lets only listed tags and attributes through to the parser, and bounds them; the
//! walk makes blocks only of what it knows, with addresses checked one by one; and the few pieces
//! kept as HTML are sanitised by ammonia. All other HTML is written from blocks, with every text
//! escaped, so nothing an author wrote reaches a reader as markup.
//!
//! Deriving takes time linear in the size of the source, whatever it holds, and cannot fail. The
//! size itself is for the caller to bound.

mod block;
mod embed;
mod fence;
mod html;
mod inline;
mod links;
mod markdown;
mod readers;
mod text;
mod walk;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use block::{
    Align, AspectRatio, Block, Cell, Direction, Embed, Image, Inline, Kind, Mark, Marks, MediaRef,
    Provider, Span, Table, Track, Video,
};
pub use html::render_html;
pub use links::{DeriveOptions, LinkKind, Reference, Resolve, is_safe_link, references};
pub use readers::of_readers;
pub use text::{base_direction, count_words, cut as excerpt};

/// Grows whenever the same source would give other blocks, so that stored bodies can be renewed.
pub const PARSER_VERSION: u32 = 2;

/// How fast most people read, in words per minute.
const READING_SPEED: u32 = 220;

/// How a source is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// HTML, of any quality.
    Html,
    /// `CommonMark` with tables, strikethrough and footnotes; HTML within it is allowed.
    Markdown,
}

impl Format {
    /// The text in the store and in REST.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "markdown",
        }
    }
}

impl std::str::FromStr for Format {
    type Err = crate::Error;
    fn from_str(text: &str) -> crate::Result<Self> {
        match text {
            "html" => Ok(Self::Html),
            "markdown" => Ok(Self::Markdown),
            _ => Err(crate::Error::invalid("format", "must be html or markdown")),
        }
    }
}

/// What the author wrote, unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// How the text is written.
    pub format: Format,
    /// The text itself.
    pub text: String,
}

/// Everything derived from a [`Source`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// The [`PARSER_VERSION`] that derived it.
    pub parser_version: u32,
    /// The blocks, written as HTML that is safe to insert. Our own addresses (`asset:KEY`,
    /// `entry:KEY`) stay as they are; [`render_html`] maps them.
    pub html: String,
    /// The blocks, written as Markdown.
    pub markdown: String,
    /// The blocks, written as plain text.
    pub text: String,
    /// The blocks.
    pub blocks: Vec<Block>,
    /// How many words there are to read.
    pub word_count: u32,
}

impl Body {
    /// Nothing derived yet.
    pub const fn empty() -> Self {
        Self {
            parser_version: PARSER_VERSION,
            html: String::new(),
            markdown: String::new(),
            text: String::new(),
            blocks: Vec::new(),
            word_count: 0,
        }
    }

    /// Puts together what the store holds.
    pub fn from_stored(
        parser_version: u32,
        html: String,
        markdown: String,
        text: String,
        blocks: Vec<Block>,
    ) -> Self {
        Self {
            parser_version,
            word_count: text::words_of(&blocks),
            html,
            markdown,
            text,
            blocks,
        }
    }

    /// The assets the blocks show or link to, once each, in reading order.
    pub fn asset_references(&self) -> impl Iterator<Item = String> {
        references(&self.blocks)
            .into_iter()
            .filter_map(|reference| match reference {
                Reference::Asset(key) => Some(key),
                Reference::Entry(_) | Reference::Url(_) => None,
            })
    }

    /// How long reading takes, in minutes; zero only if there is nothing to read.
    pub const fn reading_time_minutes(&self) -> u32 {
        self.word_count.div_ceil(READING_SPEED)
    }

    /// The first words of the prose, on one line; ends in `…` if there is more.
    pub fn excerpt(&self, max_words: usize) -> String {
        text::excerpt(&self.blocks, max_words)
    }

    /// The direction the text seems to run in, for want of a better source.
    pub fn direction(&self) -> Option<Direction> {
        base_direction(&self.text)
    }
}

/// Reads a source into blocks and writes these in all forms. Bad markup is repaired and unsafe
/// markup dropped; what it marked up stays, except in scripts, styles, drawings and form controls.
pub fn derive(source: &Source, options: &DeriveOptions<'_>) -> Body {
    let blocks = match source.format {
        Format::Html => walk::read(&source.text, options),
        Format::Markdown => walk::read(&markdown::to_html(&source.text), options),
    };
    Body {
        parser_version: PARSER_VERSION,
        html: render_html(&blocks, &|_, _| None),
        markdown: markdown::render(&blocks),
        text: text::plain(&blocks),
        word_count: text::words_of(&blocks),
        blocks,
    }
}
