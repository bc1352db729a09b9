//! Turns the blocks of a body into their wire form.

use std::borrow::Cow;

use application::{ActorContext, media};
use domain::{body, id::AssetId};

use crate::rest::wire::Direction;

use super::{
    AspectRatio, Assets, Block, BlockKind, Cell, Format, Image, Inline, ListItem, Mark, Source,
    Span, Track,
};

impl<'a> From<&'a body::Source> for Source<'a> {
    fn from(source: &'a body::Source) -> Self {
        let format = match source.format {
            body::Format::Html => Format::Html,
            body::Format::Markdown => Format::Markdown,
        };
        Self {
            format,
            text: &source.text,
        }
    }
}

/// Turns blocks into their wire form.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) cx: &'a ActorContext,
    pub(super) assets: &'a Assets,
}

impl<'a> Writer<'a> {
    pub(super) fn blocks(self, blocks: &'a [body::Block]) -> Vec<Block<'a>> {
        let block = |block: &'a body::Block| Block {
            kind: self.kind(&block.kind),
            direction: block.direction.map(Direction::from),
            lang: block.lang.as_deref(),
        };
        blocks.iter().map(block).collect()
    }

    fn kind(self, kind: &'a body::Kind) -> BlockKind<'a> {
        match kind {
            body::Kind::Paragraph { content } => BlockKind::Paragraph(content.into()),
            body::Kind::Heading { level, id, content } => {
                let Inline { html, text, spans } = content.into();
                BlockKind::Heading {
                    level: *level,
                    anchor: id,
                    html,
                    text,
                    spans,
                }
            }
            body::Kind::List {
                ordered,
                start,
                items,
            } => BlockKind::List {
                ordered: *ordered,
                start: *start,
                items: items
                    .iter()
                    .map(|item| ListItem {
                        blocks: self.blocks(item),
                    })
                    .collect(),
            },
            body::Kind::Quote { blocks, citation } => BlockKind::Quote {
                blocks: self.blocks(blocks),
                citation: some(citation),
            },
            body::Kind::Code { language, text } => BlockKind::Code {
                language: language.as_deref(),
                text,
            },
            body::Kind::Table(table) => BlockKind::Table {
                caption: some(&table.caption),
                head: rows(&table.head),
                rows: rows(&table.rows),
            },
            body::Kind::Image(image) => BlockKind::Image(self.image(image)),
            body::Kind::Gallery { items, caption } => BlockKind::Gallery {
                items: items.iter().map(|image| self.image(image)).collect(),
                caption: some(caption),
            },
            body::Kind::Video(video) => {
                let (src, asset_id) = self.source(&video.src);
                BlockKind::Video {
                    src,
                    asset_id,
                    poster: video.poster.as_ref().map(|poster| self.source(poster).0),
                    tracks: video.tracks.iter().map(|track| self.track(track)).collect(),
                    width: video.width,
                    height: video.height,
                    caption: some(&video.caption),
                }
            }
            body::Kind::Audio { src, caption } => {
                let (src, asset_id) = self.source(src);
                BlockKind::Audio {
                    src,
                    asset_id,
                    caption: some(caption),
                }
            }
            body::Kind::File { src, name } => {
                let (src, asset_id) = self.source(src);
                BlockKind::File {
                    src,
                    asset_id,
                    name,
                }
            }
            body::Kind::Embed(embed) => BlockKind::Embed {
                provider: embed.provider.as_str(),
                url: &embed.url,
                title: embed.title.as_deref(),
                aspect_ratio: embed.aspect_ratio.map(|ratio| AspectRatio {
                    width: ratio.width,
                    height: ratio.height,
                }),
                caption: some(&embed.caption),
            },
            body::Kind::Separator => BlockKind::Separator,
            body::Kind::RawHtml { html, text } => BlockKind::RawHtml { html, text },
        }
    }

    fn image(self, image: &'a body::Image) -> Image<'a> {
        let (src, asset_id) = self.source(&image.src);
        Image {
            src,
            asset_id,
            alt: &image.alt,
            caption: some(&image.caption),
            width: image.width,
            height: image.height,
            link_href: image.link_href.as_deref(),
        }
    }

    fn track(self, track: &'a body::Track) -> Track<'a> {
        Track {
            src: self.source(&track.src).0,
            kind: &track.kind,
            lang: track.lang.as_deref(),
            label: track.label.as_deref(),
        }
    }

    /// The address of a medium, and the asset behind it. A key that names no asset the caller may
    /// read stays as it is.
    fn source(self, source: &'a body::MediaRef) -> (Cow<'a, str>, Option<AssetId>) {
        match source {
            body::MediaRef::Asset(key) => {
                match key.parse().ok().and_then(|id| self.assets.get(&id)) {
                    Some(asset) => (media::url(self.cx, asset).into(), Some(asset.id)),
                    None => (source.address().into(), None),
                }
            }
            body::MediaRef::Url(url) => (url.into(), None),
        }
    }
}

fn rows(rows: &[Vec<body::Cell>]) -> Vec<Vec<Cell<'_>>> {
    rows.iter()
        .map(|row| row.iter().map(Cell::from).collect())
        .collect()
}

/// A caption or citation, if there is anything to read in it.
fn some(inline: &body::Inline) -> Option<Inline<'_>> {
    (!inline.is_empty()).then(|| inline.into())
}

impl<'a> From<&'a body::Inline> for Inline<'a> {
    fn from(inline: &'a body::Inline) -> Self {
        Self {
            html: inline.html(),
            text: inline.text(),
            spans: inline.spans.iter().map(Span::from).collect(),
        }
    }
}

impl<'a> From<&'a body::Span> for Span<'a> {
    fn from(span: &'a body::Span) -> Self {
        Self {
            text: &span.text,
            marks: span.marks.iter().map(Mark::from).collect(),
            href: span.href.as_deref(),
            title: span.title.as_deref(),
            direction: span.direction.map(Direction::from),
            lang: span.lang.as_deref(),
        }
    }
}

impl From<body::Mark> for Mark {
    fn from(mark: body::Mark) -> Self {
        match mark {
            body::Mark::Strong => Self::Strong,
            body::Mark::Emphasis => Self::Emphasis,
            body::Mark::Underline => Self::Underline,
            body::Mark::Strike => Self::Strike,
            body::Mark::Highlight => Self::Highlight,
            body::Mark::Small => Self::Small,
            body::Mark::Sub => Self::Sub,
            body::Mark::Sup => Self::Sup,
            body::Mark::Code => Self::Code,
        }
    }
}

impl<'a> From<&'a body::Cell> for Cell<'a> {
    fn from(cell: &'a body::Cell) -> Self {
        let Inline { html, text, spans } = (&cell.content).into();
        Self {
            html,
            text,
            spans,
            is_header: cell.header,
            align: cell.align.map(body::Align::as_str),
            colspan: cell.colspan,
            rowspan: cell.rowspan,
        }
    }
}
