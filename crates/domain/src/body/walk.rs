//! From the parsed document to blocks: one walk, in which only what is known becomes anything.

mod figure;
mod media;
mod prose;
mod raw;
mod table;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ego_tree::NodeRef;
use scraper::node::Element;
use scraper::{Html, Node};

use super::block::{Block, Direction, Inline, Kind, Mark};
use super::fence;
use super::inline::{Builder, Link, Style};
use super::links::{DeriveOptions, LinkKind, dead_fragments};

/// How deep the walk recurses; below that only text is read. The fence keeps documents shallower.
const MAX_DEPTH: usize = 160;

/// How deep lists and quotations nest; deeper ones join the one around them. It is so far below
/// the fence's bound that what is written out can always be read back.
const MAX_NESTING: usize = 24;

/// Reads untrusted HTML into blocks.
pub(super) fn read(html: &str, options: &DeriveOptions<'_>) -> Vec<Block> {
    let document = Html::parse_fragment(&fence::fence(html));
    let blocks = Walker::new(options, false).read(&document);
    if !html.contains('#') {
        return blocks;
    }
    let dead = dead_fragments(&blocks);
    if dead.is_empty() {
        return blocks;
    }
    let walker = Walker {
        dead,
        ..Walker::new(options, false)
    };
    walker.read(&document)
}

/// What a sink collects for, which decides what some elements mean in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A sequence of blocks.
    Flow,
    /// A single text, where the end of a block is at most a line break.
    Line,
    /// A figure, with a caption aside.
    Figure,
    /// A figure of several pictures, each with its own caption.
    Gallery,
    /// A quotation, with a citation aside.
    Quote,
}

/// The direction and language of a block.
#[derive(Debug, Clone, Default)]
struct Frame {
    direction: Option<Direction>,
    lang: Option<String>,
}

impl Frame {
    fn of(element: &Element) -> Self {
        Self {
            direction: attribute(element, "dir").and_then(Direction::parse),
            lang: attribute(element, "lang").and_then(language),
        }
    }

    /// What an element says, or else what its surroundings say.
    fn within(&self, element: &Element) -> Self {
        let own = Self::of(element);
        Self {
            direction: own.direction.or(self.direction),
            lang: own.lang.or_else(|| self.lang.clone()),
        }
    }

    fn around(self, kind: Kind) -> Block {
        Block {
            kind,
            direction: self.direction,
            lang: self.lang,
        }
    }
}

/// Where blocks and loose text go.
struct Sink {
    role: Role,
    blocks: Vec<Block>,
    text: Builder,
    /// The caption or citation.
    aside: Builder,
    frame: Frame,
}

impl Sink {
    fn new(role: Role, frame: Frame) -> Self {
        Self {
            role,
            blocks: Vec::new(),
            text: Builder::default(),
            aside: Builder::default(),
            frame,
        }
    }

    /// Ends the text read so far: it becomes a paragraph, or an embed if it is only an address.
    fn flush(&mut self) {
        if self.role == Role::Line {
            self.text.soft_break();
            return;
        }
        let content = self.text.finish();
        if content.is_empty() {
            return;
        }
        self.blocks
            .push(self.frame.clone().around(paragraph(content)));
    }

    fn push(&mut self, kind: Kind) {
        if self.role == Role::Line {
            self.blocks.push(kind.into());
        } else {
            self.flush();
            self.blocks.push(self.frame.clone().around(kind));
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.flush();
        self.blocks
    }
}

struct Walker<'o> {
    options: &'o DeriveOptions<'o>,
    /// The anchors given so far, and the last number tried for each.
    ids: HashMap<String, u32>,
    depth: usize,
    nesting: usize,
    /// Whether the walk is only for the text of what stays raw.
    raw: bool,
    /// Whether line breaks in text are to be kept.
    verse: bool,
    /// Addresses of places within the body that are not there.
    dead: HashSet<String>,
}

type Nodes<'a> = NodeRef<'a, Node>;

impl<'o> Walker<'o> {
    fn new(options: &'o DeriveOptions<'o>, raw: bool) -> Self {
        Self {
            options,
            ids: HashMap::new(),
            depth: 0,
            nesting: 0,
            raw,
            verse: false,
            dead: HashSet::new(),
        }
    }

    fn read(mut self, document: &Html) -> Vec<Block> {
        let mut sink = Sink::new(Role::Flow, Frame::default());
        self.children(document.tree.root(), &Style::default(), &mut sink);
        sink.finish()
    }
}

impl Walker<'_> {
    fn children(&mut self, node: Nodes<'_>, style: &Style, sink: &mut Sink) {
        if self.depth >= MAX_DEPTH {
            for text in node.descendants().filter_map(|n| n.value().as_text()) {
                sink.text.text(text, style);
            }
            return;
        }
        self.depth += 1;
        for child in node.children() {
            if let Some(text) = child.value().as_text() {
                if self.verse {
                    sink.text.verse(text, style);
                } else {
                    sink.text.text(text, style);
                }
            } else if let Some(element) = child.value().as_element() {
                self.element(child, element, style, sink);
            }
        }
        self.depth -= 1;
    }

    fn element(&mut self, node: Nodes<'_>, element: &Element, style: &Style, sink: &mut Sink) {
        let name = element.name();
        if let Some(mark) = mark(name) {
            let style = inline_style(element, style, style.marks.with(mark));
            return self.children(node, &style, sink);
        }
        match name {
            "p" | "div" => self.wrapper(node, element, style, sink),
            "a" => self.link(node, element, style, sink),
            "br" => sink.text.line_break(style),
            "span" | "bdo" | "ruby" => {
                let style = inline_style(element, style, style.marks);
                self.children(node, &style, sink);
            }
            "bdi" => {
                let mut style = inline_style(element, style, style.marks);
                // An element made to isolate does so even without saying how.
                if attribute(element, "dir").is_none() {
                    style.direction = Some(Direction::Auto);
                }
                self.children(node, &style, sink);
            }
            "q" => self.enclosed(node, style, sink, ["“", "”"]),
            "rt" => self.enclosed(node, style, sink, ["(", ")"]),
            // Readings get their own brackets; sources are read with what they are a source of.
            "rp" | "source" | "track" => {}
            "cite" if sink.role == Role::Quote && at_quote_level(node) => {
                self.aside(node, element, style, sink);
            }
            "cite" => {
                let style = inline_style(element, style, style.marks.with(Mark::Emphasis));
                self.children(node, &style, sink);
            }
            "img" => self.image(element, style, sink),
            "iframe" => self.frame(element, style, sink),
            "video" => self.video(node, element, sink),
            "audio" => self.audio(node, element, sink),
            _ => self.block(node, element, style, sink),
        }
    }

    fn block(&mut self, node: Nodes<'_>, element: &Element, style: &Style, sink: &mut Sink) {
        let line = sink.role == Role::Line;
        match element.name() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if !line => {
                self.heading(node, element, style, sink);
            }
            "ul" | "ol" if !line && sink.role != Role::Gallery && self.nesting < MAX_NESTING => {
                self.list(node, element, style, sink);
            }
            "blockquote" if !line && self.nesting < MAX_NESTING => {
                self.quote(node, element, style, sink);
            }
            "pre" if !line => self.code(node, element, style, sink),
            "table" if !line && !self.raw => self.table(node, element, style, sink),
            "figure" if !line => self.figure(node, element, style, sink),
            "details" | "dl" if !line && !self.raw && sink.role != Role::Gallery => {
                self.raw_html(node, element, sink);
            }
            "hr" if !line => {
                sink.flush();
                sink.blocks.push(Kind::Separator.into());
            }
            "figcaption" if matches!(sink.role, Role::Figure | Role::Gallery) => {
                self.aside(node, element, style, sink);
            }
            "footer" if sink.role == Role::Quote => self.aside(node, element, style, sink),
            "dd" if sink.role == Role::Gallery => self.aside(node, element, style, sink),
            _ => self.transparent(node, element, style, sink),
        }
    }

    /// A block that is nothing in itself, but whose text stands apart and may have a direction.
    fn transparent(&mut self, node: Nodes<'_>, element: &Element, style: &Style, sink: &mut Sink) {
        sink.flush();
        let frame = sink.frame.within(element);
        let outer = std::mem::replace(&mut sink.frame, frame);
        self.children(node, style, sink);
        sink.flush();
        sink.frame = outer;
    }

    fn enclosed(&mut self, node: Nodes<'_>, style: &Style, sink: &mut Sink, ends: [&str; 2]) {
        let [start, end] = ends;
        sink.text.text(start, style);
        self.children(node, style, sink);
        sink.text.text(end, style);
    }

    fn link(&mut self, node: Nodes<'_>, element: &Element, style: &Style, sink: &mut Sink) {
        if sink.role != Role::Line
            && has_class(element, "wp-block-file")
            && let Some(kind) = self.file(node)
        {
            return sink.push(kind);
        }
        let raw = attribute(element, "href").unwrap_or_default();
        let href = self.link_address(raw);
        let mut style = inline_style(element, style, style.marks);
        if let Some(href) = href {
            let title = attribute(element, "title").and_then(one_line);
            style.link = Some(Rc::new(Link { href, title }));
        }
        self.children(node, &style, sink);
    }

    /// The address of a link, if it leads anywhere.
    fn link_address(&self, raw: &str) -> Option<String> {
        self.options
            .address(LinkKind::Link, raw)
            .filter(|href| !self.dead.contains(href))
    }

    /// Reads an element as a single text; media within it come back as blocks.
    fn line(&mut self, node: Nodes<'_>, style: &Style) -> (Inline, Vec<Block>) {
        let mut sink = Sink::new(Role::Line, Frame::default());
        self.children(node, style, &mut sink);
        (sink.text.finish(), sink.blocks)
    }

    /// Adds an element to the caption or citation.
    fn aside(&mut self, node: Nodes<'_>, element: &Element, style: &Style, sink: &mut Sink) {
        sink.flush();
        let style = inline_style(element, style, style.marks);
        if sink.role == Role::Gallery
            && let Some(caption) = figure::free_caption(&mut sink.blocks)
            && element.name() != "figcaption"
        {
            let (text, media) = self.line(node, &style);
            *caption = text;
            sink.blocks.extend(media);
            return;
        }
        let mut inner = Sink::new(Role::Line, Frame::default());
        inner.text = std::mem::take(&mut sink.aside);
        inner.text.soft_break();
        self.children(node, &style, &mut inner);
        sink.aside = inner.text;
        sink.blocks.append(&mut inner.blocks);
    }
}

/// A paragraph, or the embed its text stands for.
fn paragraph(content: Inline) -> Kind {
    media::bare_embed(&content).unwrap_or(Kind::Paragraph { content })
}

/// The mark an element stands for, by the names the fence writes.
fn mark(name: &str) -> Option<Mark> {
    Mark::ALL.into_iter().find(|mark| mark.element() == name)
}

/// The style within an inline element.
fn inline_style(element: &Element, style: &Style, marks: super::block::Marks) -> Style {
    let frame = Frame::of(element);
    Style {
        marks,
        link: style.link.clone(),
        direction: frame.direction.or(style.direction),
        lang: frame.lang.map(Rc::from).or_else(|| style.lang.clone()),
    }
}

/// Whether a node is a quotation's own child, and not part of a sentence in it.
fn at_quote_level(node: Nodes<'_>) -> bool {
    let parent = node.parent().and_then(|p| p.value().as_element());
    parent.is_some_and(|parent| matches!(parent.name(), "blockquote" | "div"))
}

fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attrs()
        .find_map(|(known, value)| (known == name).then_some(value))
}

fn has_class(element: &Element, class: &str) -> bool {
    classes(element).any(|known| known == class)
}

fn classes(element: &Element) -> impl Iterator<Item = &str> {
    attribute(element, "class")
        .unwrap_or_default()
        .split_ascii_whitespace()
}

/// A language tag, if it looks like one.
fn language(value: &str) -> Option<String> {
    let value = value.trim();
    let valid = (1..=35).contains(&value.len())
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    valid.then(|| value.to_owned())
}

/// Text for an attribute: white space folded and trimmed; `None` if nothing is left.
fn one_line(text: &str) -> Option<String> {
    let folded = Inline::plain(text.replace('\n', " ")).text();
    (!folded.is_empty()).then_some(folded)
}
