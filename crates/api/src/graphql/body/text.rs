//! Blocks of text, and the text in them.

use std::borrow::Cow;

use async_graphql::{Object, Result};
use domain::body::{Cell, Inline, Span as DomainSpan, Table as DomainTable};

use super::{Assets, Within};
use crate::graphql::enums::{Align, Direction, Mark};

/// A text with marks and links.
pub(crate) struct InlineText<'a> {
    inline: &'a Inline,
    assets: &'a Assets,
}

impl<'a> InlineText<'a> {
    /// The text, unless it is empty.
    pub(crate) fn new(inline: &'a Inline, assets: &'a Assets) -> Option<Self> {
        (!inline.is_empty()).then_some(Self { inline, assets })
    }
}

/// A text with marks and links, in three forms that say the same.
#[Object]
impl InlineText<'_> {
    /// HTML that is safe to insert.
    async fn html(&self) -> Result<Cow<'_, str>> {
        self.assets.html(self.inline.html())
    }

    /// Plain text; line breaks are `\n`.
    async fn text(&self) -> Result<Cow<'_, str>> {
        self.assets.text(self.inline.text())
    }

    /// Runs of text that look the same from end to end.
    async fn spans(&self) -> Result<Vec<Span<'_>>> {
        spans(self.inline, self.assets)
    }
}

fn spans<'a>(inline: &'a Inline, assets: &'a Assets) -> Result<Vec<Span<'a>>> {
    assets.budget().items(inline.spans.len())?;
    Ok(inline
        .spans
        .iter()
        .map(|span| Span { span, assets })
        .collect())
}

/// A run of text that looks the same from end to end.
pub(crate) struct Span<'a> {
    span: &'a DomainSpan,
    assets: &'a Assets,
}

/// A run of text that looks the same from end to end.
#[Object]
impl Span<'_> {
    /// The characters, unescaped; line breaks are `\n`.
    async fn text(&self) -> Result<Cow<'_, str>> {
        self.assets.text(&self.span.text)
    }

    /// How they are marked, the outermost mark first.
    async fn marks(&self) -> Vec<Mark> {
        self.span.marks.iter().map(Mark::from).collect()
    }

    /// Where they link to.
    async fn href(&self) -> Option<Cow<'_, str>> {
        self.span
            .href
            .as_deref()
            .map(|href| self.assets.plain(href))
    }

    /// The title of the link.
    async fn title(&self) -> Option<&str> {
        self.span.title.as_deref()
    }

    /// Their own direction, where the author gave one.
    async fn direction(&self) -> Option<Direction> {
        self.span.direction.map(Into::into)
    }

    /// Their own language (BCP 47), where the author gave one.
    async fn lang(&self) -> Option<&str> {
        self.span.lang.as_deref()
    }
}

/// A paragraph.
pub(crate) struct Paragraph<'a> {
    pub(super) within: Within<'a>,
    pub(super) content: &'a Inline,
}

/// A paragraph.
#[Object]
impl Paragraph<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// HTML that is safe to insert, without the element around it.
    async fn html(&self) -> Result<Cow<'_, str>> {
        self.within.assets.html(self.content.html())
    }

    /// Plain text; line breaks are `\n`.
    async fn text(&self) -> Result<Cow<'_, str>> {
        self.within.assets.text(self.content.text())
    }

    /// Runs of text that look the same from end to end.
    async fn spans(&self) -> Result<Vec<Span<'_>>> {
        spans(self.content, self.within.assets)
    }
}

/// A heading.
pub(crate) struct Heading<'a> {
    pub(super) within: Within<'a>,
    pub(super) level: u8,
    pub(super) anchor: &'a str,
    pub(super) content: &'a Inline,
}

/// A heading.
#[Object]
impl Heading<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// From 1 (highest) to 6.
    async fn level(&self) -> u8 {
        self.level
    }

    /// The anchor links may point to, unique within the body.
    async fn anchor(&self) -> &str {
        self.anchor
    }

    /// HTML that is safe to insert, without the element around it.
    async fn html(&self) -> Result<Cow<'_, str>> {
        self.within.assets.html(self.content.html())
    }

    /// Plain text; line breaks are `\n`.
    async fn text(&self) -> Result<Cow<'_, str>> {
        self.within.assets.text(self.content.text())
    }

    /// Runs of text that look the same from end to end.
    async fn spans(&self) -> Result<Vec<Span<'_>>> {
        spans(self.content, self.within.assets)
    }
}

/// Program text.
pub(crate) struct Code<'a> {
    pub(super) within: Within<'a>,
    pub(super) language: Option<&'a str>,
    pub(super) text: &'a str,
}

/// Program text, to be shown as it stands.
#[Object]
impl Code<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// The programming language, where the author named it.
    async fn language(&self) -> Option<&str> {
        self.language
    }

    /// The code, without a final line break.
    async fn text(&self) -> Result<Cow<'_, str>> {
        self.within.assets.text(self.text)
    }
}

/// What no other block can hold.
pub(crate) struct RawHtml<'a> {
    pub(super) within: Within<'a>,
    pub(super) html: &'a str,
    pub(super) text: &'a str,
}

/// What no other block can hold, as sanitised HTML.
#[Object]
impl RawHtml<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// HTML that is safe to insert.
    async fn html(&self) -> Result<Cow<'_, str>> {
        self.within.assets.html(self.html)
    }

    /// The same as plain text.
    async fn text(&self) -> Result<Cow<'_, str>> {
        self.within.assets.text(self.text)
    }
}

/// A table.
pub(crate) struct Table<'a> {
    pub(super) within: Within<'a>,
    pub(super) table: &'a DomainTable,
}

/// A table.
#[Object]
impl Table<'_> {
    #[graphql(flatten)]
    async fn shared(&self) -> &Within<'_> {
        &self.within
    }

    /// Its caption.
    async fn caption(&self) -> Option<InlineText<'_>> {
        InlineText::new(&self.table.caption, self.within.assets)
    }

    /// The rows that head the columns.
    async fn head(&self) -> Result<Vec<TableRow<'_>>> {
        rows(&self.table.head, self.within.assets)
    }

    /// The other rows.
    async fn rows(&self) -> Result<Vec<TableRow<'_>>> {
        rows(&self.table.rows, self.within.assets)
    }
}

fn rows<'a>(rows: &'a [Vec<Cell>], assets: &'a Assets) -> Result<Vec<TableRow<'a>>> {
    assets.budget().items(rows.len())?;
    Ok(rows
        .iter()
        .map(|cells| TableRow { cells, assets })
        .collect())
}

/// A row of a table.
pub(crate) struct TableRow<'a> {
    cells: &'a [Cell],
    assets: &'a Assets,
}

/// A row of a table.
#[Object]
impl TableRow<'_> {
    /// Its cells, in reading order.
    async fn cells(&self) -> Result<Vec<TableCell<'_>>> {
        let assets = self.assets;
        assets.budget().items(self.cells.len())?;
        Ok(self
            .cells
            .iter()
            .map(|cell| TableCell { cell, assets })
            .collect())
    }
}

/// A cell of a table.
pub(crate) struct TableCell<'a> {
    cell: &'a Cell,
    assets: &'a Assets,
}

/// A cell of a table.
#[Object]
impl TableCell<'_> {
    /// HTML that is safe to insert, without the element around it.
    async fn html(&self) -> Result<Cow<'_, str>> {
        self.assets.html(self.cell.content.html())
    }

    /// Plain text; line breaks are `\n`.
    async fn text(&self) -> Result<Cow<'_, str>> {
        self.assets.text(self.cell.content.text())
    }

    /// Runs of text that look the same from end to end.
    async fn spans(&self) -> Result<Vec<Span<'_>>> {
        spans(&self.cell.content, self.assets)
    }

    /// Whether it names its row or column.
    async fn is_header(&self) -> bool {
        self.cell.header
    }

    /// How its text is aligned, where the author said so.
    async fn align(&self) -> Option<Align> {
        self.cell.align.map(Into::into)
    }

    /// How many columns it spans.
    async fn colspan(&self) -> u16 {
        self.cell.colspan
    }

    /// How many rows it spans.
    async fn rowspan(&self) -> u16 {
        self.cell.rowspan
    }
}
