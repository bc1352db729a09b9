//! HTML kept as it is because no block can hold it: copied by a list, then sanitised once more.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use ego_tree::iter::Edge;
use scraper::Html;
use scraper::node::Element;

use super::super::block::Kind;
use super::super::html::{escape_attribute, escape_text};
use super::super::links::{DeriveOptions, LinkKind, SCHEMES};
use super::super::{embed, text};
use super::{Frame, Nodes, Sink, Walker, attribute};

const TAGS: [&str; 51] = [
    "a",
    "strong",
    "em",
    "u",
    "s",
    "code",
    "small",
    "span",
    "mark",
    "sub",
    "sup",
    "cite",
    "q",
    "bdi",
    "bdo",
    "ruby",
    "rt",
    "rp",
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "details",
    "summary",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "img",
    "hr",
    "br",
    "video",
    "audio",
];

const VOID: [&str; 3] = ["img", "hr", "br"];

const ATTRIBUTES: [(&str, &[&str]); 8] = [
    ("a", &["href", "title"]),
    ("img", &["src", "alt", "width", "height"]),
    ("video", &["src", "poster", "width", "height", "controls"]),
    ("audio", &["src", "controls"]),
    ("td", &["colspan", "rowspan", "align"]),
    ("th", &["colspan", "rowspan", "align"]),
    ("ol", &["start"]),
    ("details", &["open"]),
];

/// The last word on raw HTML. What is copied below would be safe on its own; a second, independent
/// judge makes sure that a mistake there stays without consequence.
static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let set = |names: &[&'static str]| names.iter().copied().collect::<HashSet<_>>();
    let mut builder = Builder::empty();
    builder
        .tags(set(&TAGS))
        .tag_attributes(
            ATTRIBUTES
                .iter()
                .map(|(tag, names)| (*tag, set(names)))
                .collect(),
        )
        .generic_attributes(set(&["dir", "lang"]))
        .url_schemes(set(&SCHEMES))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None);
    builder
});

impl Walker<'_> {
    pub(super) fn raw_html(&self, node: Nodes<'_>, element: &Element, sink: &mut Sink) {
        sink.flush();
        let html = SANITIZER
            .clean(&self.copy(node, &sink.frame.within(element)))
            .to_string();

        // The text is read from what was kept, not from what was written.
        let options = DeriveOptions::default();
        let kept = Walker::new(&options, true).read(&Html::parse_fragment(&html));
        let text = text::plain(&kept);
        if !text.is_empty() || html.contains(" src=") {
            sink.blocks.push(Kind::RawHtml { html, text }.into());
        }
    }

    /// The element written out with what is known of it; the frame goes onto the element itself.
    fn copy(&self, node: Nodes<'_>, frame: &Frame) -> String {
        let mut out = String::new();
        for edge in node.traverse() {
            let (node, opens) = match edge {
                Edge::Open(node) => (node, true),
                Edge::Close(node) => (node, false),
            };
            if let Some(text) = node.value().as_text().filter(|_| opens) {
                escape_text(&mut out, text);
            }
            let Some(element) = node.value().as_element() else {
                continue;
            };
            let name = element.name();
            if name == "iframe" {
                if opens {
                    frame_link(&mut out, element);
                }
            } else if TAGS.contains(&name) && opens {
                let own;
                let frame = if out.is_empty() {
                    frame
                } else {
                    own = Frame::of(element);
                    &own
                };
                self.open(&mut out, node, element, frame);
            } else if TAGS.contains(&name) && !VOID.contains(&name) {
                out.push_str("</");
                out.push_str(name);
                out.push('>');
            }
        }
        out
    }

    fn open(&self, out: &mut String, node: Nodes<'_>, element: &Element, frame: &Frame) {
        let name = element.name();
        out.push('<');
        out.push_str(name);
        if let Some(direction) = frame.direction {
            escape_attribute(out, "dir", direction.as_str());
        }
        if let Some(lang) = &frame.lang {
            escape_attribute(out, "lang", lang);
        }
        let known = ATTRIBUTES.iter().find(|(tag, _)| *tag == name);
        for attribute_name in known.map_or(&[][..], |(_, names)| *names) {
            if *attribute_name == "controls" {
                escape_attribute(out, "controls", "");
                continue;
            }
            if *attribute_name == "src" && name != "img" {
                if let Some(src) = self.source(node, element) {
                    escape_attribute(out, "src", &src.address());
                }
                continue;
            }
            let Some(value) = attribute(element, attribute_name) else {
                continue;
            };
            let kind = match *attribute_name {
                "href" => Some(LinkKind::Link),
                "poster" | "src" => Some(LinkKind::Image),
                _ => None,
            };
            match kind {
                Some(kind) => {
                    let address = match kind {
                        LinkKind::Link => self.link_address(value),
                        LinkKind::Image | LinkKind::Media => self.options.address(kind, value),
                    };
                    if let Some(address) = address {
                        escape_attribute(out, attribute_name, &address);
                    }
                }
                None => escape_attribute(out, attribute_name, value),
            }
        }
        out.push('>');
    }
}

/// A frame cannot stay, but readers can still follow it.
fn frame_link(out: &mut String, element: &Element) {
    let address = attribute(element, "src").unwrap_or_default();
    if let Some((_, url)) = embed::from_frame(address) {
        out.push_str("<a");
        escape_attribute(out, "href", &url);
        out.push('>');
        escape_text(out, &url);
        out.push_str("</a>");
    }
}
