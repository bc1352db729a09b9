//! The wire form of bodies: HTML, Markdown, text and typed blocks.

use std::{borrow::Cow, collections::HashMap};

use domain::{
    articles::EntryBody,
    body,
    id::{AssetId, EditionId},
    media::Asset,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    selection::Selection,
    view::View,
    wire::{Direction, Id, Included},
};

mod write;

use write::Writer;

/// A body, in the forms asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Body<'a> {
    /// The direction of the edition it belongs to.
    direction: Direction,
    /// As HTML that is safe to insert into a page; with `include=body`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = String)]
    html: Included<String>,
    /// As Markdown; with `include=body.markdown`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = String)]
    markdown: Included<String>,
    /// As plain text; with `include=body.text`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = String)]
    text: Included<&'a str>,
    /// As typed blocks; with `include=body.blocks`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Block<'_>>)]
    blocks: Included<Vec<Block<'a>>>,
    /// What was written, for those who may edit it.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source<'a>>,
}

/// What was written, unchanged.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BodySource)]
pub(super) struct Source<'a> {
    /// How it is written.
    format: Format,
    /// The text itself.
    text: &'a str,
}

/// How a source is written.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BodyFormat)]
pub(super) enum Format {
    /// HTML.
    Html,
    /// Markdown.
    Markdown,
}

/// One block of a body. `type` tells which of them it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Block<'a> {
    #[serde(flatten)]
    kind: BlockKind<'a>,
    /// The block's own direction, where it differs from its surroundings.
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<Direction>,
    /// The block's own language (BCP 47), where it differs from its surroundings.
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
}

/// The kinds of block.
#[derive(Debug, Serialize, ToSchema)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub(super) enum BlockKind<'a> {
    /// A paragraph of text.
    Paragraph(Inline<'a>),
    /// A heading.
    Heading {
        /// 1 (highest) to 6.
        #[schema(minimum = 1, maximum = 6)]
        level: u8,
        /// The anchor links may point to; unique within the body.
        anchor: &'a str,
        /// As HTML that is safe to insert, without the element around it.
        html: String,
        /// As plain text.
        text: String,
        /// As runs of text that look the same from end to end.
        spans: Vec<Span<'a>>,
    },
    /// A list.
    List {
        /// Whether the items are numbered.
        ordered: bool,
        /// The first number of an ordered list.
        start: u32,
        /// The items.
        items: Vec<ListItem<'a>>,
    },
    /// A quotation.
    Quote {
        /// What is quoted.
        #[schema(no_recursion)]
        blocks: Vec<Block<'a>>,
        /// Who or what is quoted.
        citation: Option<Inline<'a>>,
    },
    /// Program text, to be shown as it stands.
    Code {
        /// The language, where the author named it.
        language: Option<&'a str>,
        /// The code.
        text: &'a str,
    },
    /// A table.
    Table {
        /// Its caption.
        caption: Option<Inline<'a>>,
        /// The rows that head the columns.
        head: Vec<Vec<Cell<'a>>>,
        /// The other rows.
        rows: Vec<Vec<Cell<'a>>>,
    },
    /// A picture.
    Image(Image<'a>),
    /// Several pictures shown as one group.
    Gallery {
        /// The pictures.
        items: Vec<Image<'a>>,
        /// The caption of the whole group.
        caption: Option<Inline<'a>>,
    },
    /// A film.
    Video {
        /// Its address.
        src: Cow<'a, str>,
        /// The id of the asset behind it, if it is one of this site.
        #[schema(value_type = Option<Id>)]
        asset_id: Option<AssetId>,
        /// The address of the still shown before it plays.
        poster: Option<Cow<'a, str>>,
        /// Subtitles and the like.
        tracks: Vec<Track<'a>>,
        /// Width in pixels.
        width: Option<u32>,
        /// Height in pixels.
        height: Option<u32>,
        /// Its caption.
        caption: Option<Inline<'a>>,
    },
    /// A sound.
    Audio {
        /// Its address.
        src: Cow<'a, str>,
        /// The id of the asset behind it, if it is one of this site.
        #[schema(value_type = Option<Id>)]
        asset_id: Option<AssetId>,
        /// Its caption.
        caption: Option<Inline<'a>>,
    },
    /// A file offered for download.
    File {
        /// Its address.
        src: Cow<'a, str>,
        /// The id of the asset behind it, if it is one of this site.
        #[schema(value_type = Option<Id>)]
        asset_id: Option<AssetId>,
        /// What readers see as its name.
        name: &'a str,
    },
    /// Something shown from another site: a link, never a frame or a script.
    Embed {
        /// Whose content it is, such as `youtube`, `vimeo` or `x`; `iframe` for any other site.
        provider: &'static str,
        /// The canonical address, always https.
        url: &'a str,
        /// What the author or the provider called it.
        title: Option<&'a str>,
        /// The shape to reserve for it.
        aspect_ratio: Option<AspectRatio>,
        /// Its caption.
        caption: Option<Inline<'a>>,
    },
    /// A thematic break.
    Separator,
    /// What no other block can hold, as sanitised HTML.
    RawHtml {
        /// The HTML, safe to insert.
        html: &'a str,
        /// The same as plain text.
        text: &'a str,
    },
}

/// An item of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ListItem<'a> {
    /// What it is made of.
    #[schema(no_recursion)]
    blocks: Vec<Block<'a>>,
}

/// Width to height, in lowest terms.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AspectRatio {
    /// The width.
    width: u32,
    /// The height.
    height: u32,
}

/// A text with marks and links, in three forms that say the same.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InlineText)]
pub(super) struct Inline<'a> {
    /// As HTML that is safe to insert, without the element around it.
    html: String,
    /// As plain text.
    text: String,
    /// As runs of text that look the same from end to end.
    spans: Vec<Span<'a>>,
}

/// A run of text that looks the same from end to end. A line break is a `\n` in its text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Span<'a> {
    /// The characters.
    text: &'a str,
    /// How they are marked, the outermost mark first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<Mark>,
    /// Where they link to.
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<&'a str>,
    /// The title of the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// Their own direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<Direction>,
    /// Their own language (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    lang: Option<&'a str>,
}

/// What a run of text looks or means beyond its words.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mark {
    /// Of importance.
    Strong,
    /// Stressed.
    Emphasis,
    /// Underlined or inserted.
    Underline,
    /// No longer valid or deleted.
    Strike,
    /// Highlighted.
    #[serde(rename = "mark")]
    Highlight,
    /// Small print.
    Small,
    /// Below the line.
    Sub,
    /// Above the line.
    Sup,
    /// Code or keyboard input.
    Code,
}

/// A cell of a table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TableCell)]
pub(super) struct Cell<'a> {
    /// As HTML that is safe to insert, without the element around it.
    html: String,
    /// As plain text.
    text: String,
    /// As runs of text that look the same from end to end.
    spans: Vec<Span<'a>>,
    /// Whether it names its row or column.
    is_header: bool,
    /// How its text is aligned: `left`, `center` or `right`.
    align: Option<&'static str>,
    /// How many columns it spans.
    colspan: u16,
    /// How many rows it spans.
    rowspan: u16,
}

/// A picture in a body.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BodyImage)]
pub(super) struct Image<'a> {
    /// Its address.
    src: Cow<'a, str>,
    /// The id of the asset behind it, if it is one of this site.
    #[schema(value_type = Option<Id>)]
    asset_id: Option<AssetId>,
    /// What it shows, for those who do not see it; empty for mere decoration.
    alt: &'a str,
    /// The caption under it.
    caption: Option<Inline<'a>>,
    /// Width in pixels.
    width: Option<u32>,
    /// Height in pixels.
    height: Option<u32>,
    /// Where a click on it leads.
    link_href: Option<&'a str>,
}

/// A timed text track of a film.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Track<'a> {
    /// Its address.
    src: Cow<'a, str>,
    /// `subtitles`, `captions`, `descriptions`, `chapters` or `metadata`.
    kind: &'a str,
    /// Its language (BCP 47).
    lang: Option<&'a str>,
    /// What viewers choose it by.
    label: Option<&'a str>,
}

/// The words in `include` that ask for a form of the body.
const FORMS: [&str; 4] = ["body", "body.markdown", "body.text", "body.blocks"];

/// The assets that bodies show.
pub(super) type Assets = HashMap<AssetId, Asset>;

/// Whether any form of the body is wanted that shows assets.
pub(super) fn shows_assets(selection: &Selection<'_>) -> bool {
    ["body", "body.markdown", "body.blocks"]
        .iter()
        .any(|form| selection.includes(form))
}

impl<'a> View<'a> {
    /// A body of an edition, in the forms asked for; none if no form is.
    pub(super) fn body(
        &self,
        body: Option<&'a EntryBody>,
        edition: EditionId,
        selection: &Selection<'_>,
        assets: &'a Assets,
    ) -> Included<Body<'a>> {
        let Some(body) = body.filter(|_| selection.includes_any(&FORMS)) else {
            return Included::No;
        };
        let form = |name, value: &'a str| {
            if selection.includes(name) {
                Included::Yes(value)
            } else {
                Included::No
            }
        };
        let derived = &body.derived;
        let direction = self
            .editions
            .get(edition)
            .map_or(body::Direction::Auto, |edition| edition.direction);
        Included::Yes(Body {
            direction: direction.into(),
            html: selection
                .includes("body")
                .then(|| application::body::html(self.cx, derived, assets))
                .into(),
            markdown: selection
                .includes("body.markdown")
                .then(|| application::body::markdown(self.cx, derived, assets))
                .into(),
            text: form("body.text", &derived.text),
            blocks: selection
                .includes("body.blocks")
                .then(|| {
                    Writer {
                        cx: self.cx,
                        assets,
                    }
                    .blocks(&derived.blocks)
                })
                .into(),
            source: body.source.as_ref().map(Source::from),
        })
    }
}
