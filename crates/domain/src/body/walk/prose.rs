//! Headings, lists, quotations and code.

use scraper::node::Element;

use super::super::block::{Block, Inline, Kind};
use super::super::inline::Style;
use super::super::text;
use super::{Frame, Nodes, Role, Sink, Walker, attribute, classes, has_class, media, paragraph};

impl Walker<'_> {
    pub(super) fn heading(
        &mut self,
        node: Nodes<'_>,
        element: &Element,
        style: &Style,
        sink: &mut Sink,
    ) {
        sink.flush();
        let (content, media) = self.line(node, style);
        if !content.is_empty() {
            let id = self.anchor(attribute(element, "id"), &content);
            let level = match element.name() {
                "h1" => 1,
                "h2" => 2,
                "h3" => 3,
                "h4" => 4,
                "h5" => 5,
                _ => 6,
            };
            let kind = Kind::Heading { level, id, content };
            sink.blocks.push(sink.frame.within(element).around(kind));
        }
        sink.blocks.extend(media);
    }

    /// The anchor of a heading: the author's or one made from its words, never the same twice.
    fn anchor(&mut self, given: Option<&str>, content: &Inline) -> String {
        if self.raw {
            return String::new();
        }
        let given: String = given
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '<' | '>'))
            .collect();
        let base = if given.is_empty() {
            text::slug(&content.text())
        } else {
            given
        };
        let mut number = self.ids.get(&base).copied().unwrap_or(0);
        let mut id = base.clone();
        if number > 0 {
            loop {
                number = number.saturating_add(1);
                id = format!("{base}-{number}");
                if !self.ids.contains_key(&id) || number == u32::MAX {
                    break;
                }
            }
        }
        self.ids.insert(base, number.max(1));
        self.ids.entry(id.clone()).or_insert(1);
        id
    }

    pub(super) fn list(
        &mut self,
        node: Nodes<'_>,
        element: &Element,
        style: &Style,
        sink: &mut Sink,
    ) {
        sink.flush();
        self.nesting += 1;
        let mut items: Vec<Vec<Block>> = Vec::new();
        for child in node.children() {
            let mut inner = Sink::new(Role::Flow, Frame::default());
            let mut own = false;
            if let Some(text) = child.value().as_text() {
                inner.text.text(text, style);
            } else if let Some(element) = child.value().as_element() {
                own = element.name() == "li";
                if own {
                    inner.frame = Frame::of(element);
                    self.children(child, style, &mut inner);
                } else {
                    self.element(child, element, style, &mut inner);
                }
            }
            let blocks = inner.finish();
            match items.last_mut() {
                _ if blocks.is_empty() => {}
                // What stands between items belongs to the one before, such as a nested list.
                Some(last) if !own => last.extend(blocks),
                _ => items.push(blocks),
            }
        }
        self.nesting -= 1;
        if !items.is_empty() {
            let ordered = element.name() == "ol";
            let start = attribute(element, "start").and_then(|s| s.trim().parse().ok());
            let start = if ordered { start.unwrap_or(1) } else { 1 };
            // Markdown knows no higher number.
            let start = Ord::min(start, 999_999_999);
            let kind = Kind::List {
                ordered,
                start,
                items,
            };
            sink.blocks.push(sink.frame.within(element).around(kind));
        }
    }

    pub(super) fn quote(
        &mut self,
        node: Nodes<'_>,
        element: &Element,
        style: &Style,
        sink: &mut Sink,
    ) {
        sink.flush();
        if let Some(kind) = media::quoted_post(node, element) {
            sink.push(kind);
            return;
        }
        let mut inner = Sink::new(Role::Quote, Frame::default());
        self.nesting += 1;
        self.children(node, style, &mut inner);
        self.nesting -= 1;
        inner.flush();
        let citation = inner.aside.finish();
        let frame = sink.frame.within(element);
        if !inner.blocks.is_empty() {
            let blocks = inner.blocks;
            sink.blocks
                .push(frame.around(Kind::Quote { blocks, citation }));
        } else if !citation.is_empty() {
            sink.blocks.push(frame.around(paragraph(citation)));
        }
    }

    pub(super) fn code(
        &mut self,
        node: Nodes<'_>,
        element: &Element,
        style: &Style,
        sink: &mut Sink,
    ) {
        sink.flush();
        if has_class(element, "wp-block-verse") {
            return self.verse(node, element, style, sink);
        }
        let mut code = String::new();
        let mut language = code_language(element);
        for inner in node.descendants() {
            if let Some(text) = inner.value().as_text() {
                let normal = |c: char| if c == '\r' { '\n' } else { c };
                let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
                code.extend(text.chars().map(normal).filter(kept));
            } else if let Some(element) = inner.value().as_element() {
                match element.name() {
                    "br" => code.push('\n'),
                    "code" => language = language.or_else(|| code_language(element)),
                    _ => {}
                }
            }
        }
        code.truncate(code.trim_end_matches('\n').len());
        if !code.trim().is_empty() {
            // Code reads from left to right whatever surrounds it, unless it says otherwise.
            let kind = Kind::Code {
                language,
                text: code,
            };
            sink.blocks.push(Frame::of(element).around(kind));
        }
    }

    /// A poem: a paragraph whose line breaks count, with all its marks.
    fn verse(&mut self, node: Nodes<'_>, element: &Element, style: &Style, sink: &mut Sink) {
        let outer = std::mem::replace(&mut self.verse, true);
        self.transparent(node, element, style, sink);
        self.verse = outer;
    }
}

/// The language of code, from the class names highlighters use.
fn code_language(element: &Element) -> Option<String> {
    let mut classes = classes(element).peekable();
    while let Some(class) = classes.next() {
        let prefixed = ["language-", "lang-"]
            .iter()
            .find_map(|p| class.strip_prefix(p));
        let named = match (prefixed, class) {
            (None, "brush:") => classes.peek().copied(),
            (found, _) => found,
        };
        let allowed =
            |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.');
        let language: String = named
            .unwrap_or_default()
            .chars()
            .take_while(allowed)
            .collect();
        if !language.is_empty() {
            return Some(language);
        }
    }
    None
}
