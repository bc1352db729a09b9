//! Blocks of text, and the text in them.

use async_graphql::Object;
use domain::body::{Cell, Inline, Span as DomainSpan, Table as DomainTable};

use super::Within;
use crate::graphql::enums::{Align, Direction, Mark};

/// A text with marks and links.
pub struct InlineText<'a>(&'a Inline);

impl<'a> InlineText<'a> {
    /// The text, unless it is empty.
    pub fn new(inline: &'a Inline) -> Option<Self> {
        (!inline.is_empty()).then_some(Self(inline))
    }
}

/// A text with marks and links, in three forms that say the same.
#[Object]
impl InlineText<'_> {
    /// HTML that is safe to insert.
    async fn html(&self) -> String {
        self.0.html()
    }

    /// Plain text; line breaks are `\n`.
    async fn text(&self) -> String {
        self.0.text()
    }

    /// Runs of text that look the same from end to end.
    async fn spans(&self) -> Vec<Span<'_>> {
        self.0.spans.iter().map(Span).collect()
    }
}

/// A run of text that looks the same from end to end.
pub struct Span<'a>(&'a DomainSpan);

/// A run of text that looks the same from end to end.
#[Object]
impl Span<'_> {
    /// The characters, unescaped; line breaks are `\n`.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// How they are marked, the outermost mark first.
    async fn marks(&self) -> Vec<Mark> {
        self.0.marks.iter().map(Mark::from).collect()
    }

    /// Where they link to.
    async fn href(&self) -> Option<&str> {
        self.0.href.as_deref()
    }

    /// The title of the link.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Their own direction, where the author gave one.
    async fn direction(&self) -> Option<Direction> {
        self.0.direction.map(Into::into)
    }

    /// Their own language (BCP 47), where the author gave one.
    async fn lang(&self) -> Option<&str> {
        self.0.lang.as_deref()
    }
}

/// A paragraph.
pub struct Paragraph<'a> {
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
    async fn html(&self) -> String {
        self.content.html()
    }

    /// Plain text; line breaks are `\n`.
    async fn text(&self) -> String {
        self.content.text()
    }

    /// Runs of text that look the same from end to end.
    async fn spans(&self) -> Vec<Span<'_>> {
        self.content.spans.iter().map(Span).collect()
    }
}

/// A heading.
pub struct Heading<'a> {
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
    async fn html(&self) -> String {
        self.content.html()
    }

    /// Plain text; line breaks are `\n`.
    async fn text(&self) -> String {
        self.content.text()
    }

    /// Runs of text that look the same from end to end.
    async fn spans(&self) -> Vec<Span<'_>> {
        self.content.spans.iter().map(Span).collect()
    }
}

/// Program text.
pub struct Code<'a> {
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
    async fn text(&self) -> &str {
        self.text
    }
}

/// What no other block can hold.
pub struct RawHtml<'a> {
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
    async fn html(&self) -> &str {
        self.html
    }

    /// The same as plain text.
    async fn text(&self) -> &str {
        self.text
    }
}

/// A table.
pub struct Table<'a> {
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
        InlineText::new(&self.table.caption)
    }

    /// The rows that head the columns.
    async fn head(&self) -> Vec<TableRow<'_>> {
        self.table.head.iter().map(|cells| TableRow(cells)).collect()
    }

    /// The other rows.
    async fn rows(&self) -> Vec<TableRow<'_>> {
        self.table.rows.iter().map(|cells| TableRow(cells)).collect()
    }
}

/// A row of a table.
pub struct TableRow<'a>(&'a [Cell]);

/// A row of a table.
#[Object]
impl TableRow<'_> {
    /// Its cells, in reading order.
    async fn cells(&self) -> Vec<TableCell<'_>> {
        self.0.iter().map(TableCell).collect()
    }
}

/// A cell of a table.
pub struct TableCell<'a>(&'a Cell);

/// A cell of a table.
#[Object]
impl TableCell<'_> {
    /// HTML that is safe to insert, without the element around it.
    async fn html(&self) -> String {
        self.0.content.html()
    }

    /// Plain text; line breaks are `\n`.
    async fn text(&self) -> String {
        self.0.content.text()
    }

    /// Runs of text that look the same from end to end.
    async fn spans(&self) -> Vec<Span<'_>> {
        self.0.content.spans.iter().map(Span).collect()
    }

    /// Whether it names its row or column.
    async fn is_header(&self) -> bool {
        self.0.header
    }

    /// How its text is aligned, where the author said so.
    async fn align(&self) -> Option<Align> {
        self.0.align.map(Into::into)
    }

    /// How many columns it spans.
    async fn colspan(&self) -> u16 {
        self.0.colspan
    }

    /// How many rows it spans.
    async fn rowspan(&self) -> u16 {
        self.0.rowspan
    }
}
