//! The tags and attributes that may pass the fence, and what each tag does to the others.

/// How an element behaves towards those open around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Has no content and no end tag.
    Void,
    /// A mark browsers carry over from block to block.
    Formatting,
    /// Any other element within text.
    Inline,
    /// A reading within ruby text.
    Ruby,
    /// A paragraph, which every block ends.
    Paragraph,
    /// A heading.
    Heading,
    /// A wrapper without meaning.
    Div,
    /// A list item.
    Item,
    /// A term or description.
    Term,
    /// A table.
    Table,
    /// A table's caption.
    Caption,
    /// A table's head, body or foot.
    Section,
    /// A table row.
    Row,
    /// A table cell.
    Cell,
    /// Any other block.
    Block,
}

impl Class {
    /// Whether the element starts on a line of its own.
    pub(super) fn is_block(self) -> bool {
        match self {
            Self::Void | Self::Formatting | Self::Inline | Self::Ruby => false,
            Self::Paragraph
            | Self::Heading
            | Self::Div
            | Self::Item
            | Self::Term
            | Self::Table
            | Self::Caption
            | Self::Section
            | Self::Row
            | Self::Cell
            | Self::Block => true,
        }
    }

    /// Whether what is open outside is out of reach within.
    pub(super) fn is_table_bound(self) -> bool {
        matches!(self, Self::Table | Self::Caption | Self::Cell)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: &'static str,
    pub(super) class: Class,
}

/// What to do with a tag.
pub(super) enum Rule {
    /// Write it, under a name of few.
    Keep(Tag),
    /// Leave it out; what it holds stays.
    Drop,
    /// Leave it out with all it holds.
    Skip {
        /// The element's name.
        name: &'static str,
        /// Whether it may hold another of its name; if not, it holds raw text.
        nests: bool,
    },
    /// Write it as a frame, without content.
    Frame {
        /// Whether it has an end tag.
        closes: bool,
    },
}

/// The rule for a lower-case tag name. Elements that mean the same to us share a name from here on.
pub(super) fn rule(name: &str) -> Rule {
    use Class::{
        Block, Caption, Cell, Div, Formatting, Heading, Inline, Item, Paragraph, Row, Ruby,
        Section, Table, Term, Void,
    };
    let (name, class) = match name {
        "p" => ("p", Paragraph),
        "a" => ("a", Formatting),
        "strong" | "b" => ("strong", Formatting),
        "em" | "i" | "var" | "dfn" => ("em", Formatting),
        "br" => ("br", Void),
        "img" | "image" => ("img", Void),
        "li" => ("li", Item),
        "span" | "abbr" => ("span", Inline),
        "h1" => ("h1", Heading),
        "h2" => ("h2", Heading),
        "h3" => ("h3", Heading),
        "h4" => ("h4", Heading),
        "h5" => ("h5", Heading),
        "h6" => ("h6", Heading),
        "ul" | "menu" | "dir" => ("ul", Block),
        "ol" => ("ol", Block),
        "div" | "section" | "article" | "main" | "header" | "aside" | "nav" | "hgroup"
        | "address" | "center" | "form" | "fieldset" | "search" => ("div", Div),
        "figure" => ("figure", Block),
        "figcaption" => ("figcaption", Block),
        "blockquote" => ("blockquote", Block),
        "footer" => ("footer", Block),
        "pre" | "listing" => ("pre", Block),
        "details" => ("details", Block),
        "summary" => ("summary", Block),
        "dl" => ("dl", Block),
        "dt" => ("dt", Term),
        "dd" => ("dd", Term),
        "hr" => ("hr", Class::Void),
        "u" | "ins" => ("u", Formatting),
        "s" | "strike" | "del" => ("s", Formatting),
        "code" | "tt" | "kbd" | "samp" => ("code", Formatting),
        "small" => ("small", Formatting),
        "mark" => ("mark", Inline),
        "sub" => ("sub", Inline),
        "sup" => ("sup", Inline),
        "cite" => ("cite", Inline),
        "q" => ("q", Inline),
        "bdi" => ("bdi", Inline),
        "bdo" => ("bdo", Inline),
        "ruby" => ("ruby", Inline),
        "rt" => ("rt", Ruby),
        "rp" => ("rp", Ruby),
        "table" => ("table", Table),
        "caption" => ("caption", Caption),
        "thead" => ("thead", Section),
        "tbody" => ("tbody", Section),
        "tfoot" => ("tfoot", Section),
        "tr" => ("tr", Row),
        "td" => ("td", Cell),
        "th" => ("th", Cell),
        "video" => ("video", Inline),
        "audio" => ("audio", Inline),
        "source" => ("source", Void),
        "track" => ("track", Void),
        other => return unwritten(other),
    };
    Rule::Keep(Tag { name, class })
}

fn unwritten(name: &str) -> Rule {
    const RAW: [&str; 8] = [
        "script",
        "style",
        "title",
        "textarea",
        "noembed",
        "noframes",
        "xmp",
        "plaintext",
    ];
    const NESTING: [&str; 9] = [
        "svg", "math", "template", "canvas", "button", "select", "datalist", "label", "legend",
    ];
    match name {
        "iframe" => return Rule::Frame { closes: true },
        "embed" => return Rule::Frame { closes: false },
        _ => {}
    }
    if let Some(name) = RAW.into_iter().find(|known| *known == name) {
        return Rule::Skip { name, nests: false };
    }
    match NESTING.into_iter().find(|known| *known == name) {
        Some(name) => Rule::Skip { name, nests: true },
        None => Rule::Drop,
    }
}

/// The name of an attribute that may pass. Event handlers and `style` are not among them, except
/// that of a cell, of which only the alignment is ever read.
pub(super) fn attribute(name: &str) -> Option<&'static str> {
    const KNOWN: [&str; 26] = [
        "href",
        "src",
        "class",
        "alt",
        "title",
        "id",
        "dir",
        "lang",
        "width",
        "height",
        "start",
        "colspan",
        "rowspan",
        "align",
        "style",
        "poster",
        "kind",
        "srclang",
        "label",
        "open",
        "data-embed",
        "data-ratio",
        "data-file",
        "data-align",
        "cite",
        "data-instgrm-permalink",
    ];
    KNOWN
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
}
