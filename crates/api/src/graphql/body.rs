//! Bodies: the derived forms, and the typed blocks.

use std::{borrow::Cow, sync::Arc};

use application::body::SCHEME;
use async_graphql::{Context, Object, Result, SimpleObject, Union};
use domain::{
    articles::EntryBody,
    body::{Block as DomainBlock, Kind},
    id::EditionId,
};
use tokio::sync::OnceCell;

use super::{
    context::{Here, session},
    enums::{BodyFormat, Direction},
};

mod assets;
mod media;
mod text;

use assets::Assets;

pub(crate) use media::{AudioBlock, Embed, FileBlock, GalleryBlock, ImageBlock, VideoBlock};
pub(crate) use text::{Code, Heading, Paragraph, RawHtml, Table};

/// The body of an entry.
pub(crate) struct Body {
    stored: Arc<EntryBody>,
    edition: EditionId,
    assets: OnceCell<Assets>,
}

impl Body {
    /// The body of an entry of an edition.
    pub(crate) fn new(body: Arc<EntryBody>, edition: EditionId) -> Self {
        Self {
            stored: body,
            edition,
            assets: OnceCell::new(),
        }
    }

    /// The assets it shows, read once for all its forms.
    async fn assets(&self, session: Here<'_>) -> Result<&Assets> {
        self.assets
            .get_or_try_init(|| Assets::of(session, &self.stored.derived, self.edition))
            .await
    }
}

/// The body of an entry in all its forms, which say the same.
#[Object]
impl Body {
    /// HTML that is safe to insert.
    async fn html(&self, ctx: &Context<'_>) -> Result<Cow<'_, str>> {
        let body = &self.stored.derived;
        let session = session(ctx)?;
        let html = if body.html.contains(SCHEME) {
            Cow::Owned(self.assets(session).await?.body_html(session.cx(), body))
        } else {
            Cow::Borrowed(body.html.as_str())
        };
        Ok(session.budget().text(html)?)
    }

    /// Markdown (`CommonMark` with tables and strikethrough).
    async fn markdown(&self, ctx: &Context<'_>) -> Result<Cow<'_, str>> {
        let text = &self.stored.derived.markdown;
        let session = session(ctx)?;
        let markdown = if text.contains(SCHEME) {
            self.assets(session).await?.plain(text)
        } else {
            Cow::Borrowed(text.as_str())
        };
        Ok(session.budget().text(markdown)?)
    }

    /// Plain text.
    async fn text(&self, ctx: &Context<'_>) -> Result<&str> {
        let text = self.stored.derived.text.as_str();
        Ok(session(ctx)?.budget().text(text)?)
    }

    /// Typed blocks, in order, to be shown by components of your own.
    async fn blocks(&self, ctx: &Context<'_>) -> Result<Vec<Block<'_>>> {
        blocks(
            &self.stored.derived.blocks,
            self.assets(session(ctx)?).await?,
        )
    }

    /// The direction of its language; blocks and spans may differ.
    async fn direction(&self, ctx: &Context<'_>) -> Result<Direction> {
        Ok(session(ctx)?
            .edition_set()
            .get(self.edition)?
            .direction
            .into())
    }

    /// What its author wrote. Only for those who may edit it; null for others.
    async fn source(&self, ctx: &Context<'_>) -> Result<Option<BodySource>> {
        let Some(source) = &self.stored.source else {
            return Ok(None);
        };
        session(ctx)?.budget().spend(source.text.len())?;
        Ok(Some(BodySource {
            format: source.format.into(),
            text: source.text.clone(),
        }))
    }
}

/// What the author of a body wrote, unchanged.
#[derive(SimpleObject)]
pub(crate) struct BodySource {
    /// How it is written.
    format: BodyFormat,
    /// The text itself.
    text: String,
}

/// One block of a body.
#[derive(Union)]
pub(crate) enum Block<'a> {
    /// A paragraph.
    Paragraph(Paragraph<'a>),
    /// A heading.
    Heading(Heading<'a>),
    /// A list.
    List(List<'a>),
    /// A quotation.
    Quote(Quote<'a>),
    /// Program text.
    Code(Code<'a>),
    /// A table.
    Table(Table<'a>),
    /// A picture.
    Image(ImageBlock<'a>),
    /// Several pictures shown as one group.
    Gallery(GalleryBlock<'a>),
    /// A film.
    Video(VideoBlock<'a>),
    /// A sound.
    Audio(AudioBlock<'a>),
    /// A file offered for download.
    File(FileBlock<'a>),
    /// Something shown from another site.
    Embed(Embed<'a>),
    /// A thematic break.
    Separator(Separator<'a>),
    /// What no other block can hold.
    RawHtml(RawHtml<'a>),
}

/// A block and what else its object needs.
#[derive(Clone, Copy)]
pub(crate) struct Within<'a> {
    /// The block.
    block: &'a DomainBlock,
    /// The assets the body shows.
    assets: &'a Assets,
}

/// What all blocks share.
#[Object]
impl Within<'_> {
    /// The direction its author gave it, where it differs from its surroundings.
    async fn direction(&self) -> Option<Direction> {
        self.block.direction.map(Into::into)
    }

    /// The language its author gave it (BCP 47), where it differs from its surroundings.
    async fn lang(&self) -> Option<&str> {
        self.block.lang.as_deref()
    }
}

fn blocks<'a>(blocks: &'a [DomainBlock], assets: &'a Assets) -> Result<Vec<Block<'a>>> {
    assets.budget().items(blocks.len())?;
    Ok(blocks
        .iter()
        .map(|block| object(Within { block, assets }))
        .collect())
}

fn object(within: Within<'_>) -> Block<'_> {
    match &within.block.kind {
        Kind::Paragraph { content } => Block::Paragraph(Paragraph { within, content }),
        Kind::Heading { level, id, content } => Block::Heading(Heading {
            within,
            level: *level,
            anchor: id,
            content,
        }),
        Kind::List {
            ordered,
            start,
            items,
        } => Block::List(List {
            within,
            ordered: *ordered,
            start: *start,
            items,
        }),
        Kind::Quote { blocks, citation } => Block::Quote(Quote {
            within,
            blocks,
            citation,
        }),
        Kind::Code { language, text } => Block::Code(Code {
            within,
            language: language.as_deref(),
            text,
        }),
        Kind::Table(table) => Block::Table(Table { within, table }),
        Kind::Image(image) => Block::Image(ImageBlock { within, image }),
        Kind::Gallery { items, caption } => Block::Gallery(GalleryBlock {
            within,
            items,
            caption,
        }),
        Kind::Video(video) => Block::Video(VideoBlock { within, video }),
        Kind::Audio { src, caption } => Block::Audio(AudioBlock {
            within,
            src,
            caption,
        }),
        Kind::File { src, name } => Block::File(FileBlock { within, src, name }),
        Kind::Embed(embed) => Block::Embed(Embed { within, embed }),
        Kind::Separator => Block::Separator(Separator { within }),
        Kind::RawHtml { html, text } => Block::RawHtml(RawHtml { within, html, text }),
    }
}

/// A list.
pub(crate) struct List<'a> {
    within: Within<'a>,
    ordered: bool,
    start: u32,
    items: &'a [Vec<DomainBlock>],
}

/// A list.
#[Object]
impl List<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// Whether its items are numbered.
    async fn ordered(&self) -> bool {
        self.ordered
    }

    /// The first number, if they are.
    async fn start(&self) -> u32 {
        self.start
    }

    /// Its items.
    async fn items(&self) -> Result<Vec<ListItem<'_>>> {
        let assets = self.within.assets;
        assets.budget().items(self.items.len())?;
        Ok(self
            .items
            .iter()
            .map(|blocks| ListItem { blocks, assets })
            .collect())
    }
}

/// An item of a list.
pub(crate) struct ListItem<'a> {
    blocks: &'a [DomainBlock],
    assets: &'a Assets,
}

/// An item of a list.
#[Object]
impl ListItem<'_> {
    /// What it is made of.
    async fn blocks(&self) -> Result<Vec<Block<'_>>> {
        blocks(self.blocks, self.assets)
    }
}

/// A quotation.
pub(crate) struct Quote<'a> {
    within: Within<'a>,
    blocks: &'a [DomainBlock],
    citation: &'a domain::body::Inline,
}

/// A quotation.
#[Object]
impl Quote<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// What is quoted.
    async fn blocks(&self) -> Result<Vec<Block<'_>>> {
        blocks(self.blocks, self.within.assets)
    }

    /// Who or what is quoted.
    async fn citation(&self) -> Option<text::InlineText<'_>> {
        text::InlineText::new(self.citation, self.within.assets)
    }
}

/// A thematic break.
pub(crate) struct Separator<'a> {
    within: Within<'a>,
}

/// A thematic break.
#[Object]
impl Separator<'_> {
    /// The direction its author gave it.
    async fn direction(&self) -> Option<Direction> {
        self.within.block.direction.map(Into::into)
    }

    /// The language its author gave it (BCP 47).
    async fn lang(&self) -> Option<&str> {
        self.within.block.lang.as_deref()
    }
}
