//! Tables of text; a table that holds more than text stays raw.

use scraper::node::Element;

use super::super::block::{Align, Cell, Inline, Kind, Table};
use super::super::inline::Style;
use super::{Nodes, Sink, Walker, attribute, classes, inline_style, paragraph};

/// What a cell of text does not hold.
const BEYOND_TEXT: [&str; 18] = [
    "img",
    "figure",
    "video",
    "audio",
    "table",
    "ul",
    "ol",
    "blockquote",
    "pre",
    "hr",
    "dl",
    "details",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
];

/// What has been read of a table.
#[derive(Default)]
struct Parts {
    caption: Inline,
    head: Vec<Vec<Cell>>,
    rows: Vec<Vec<Cell>>,
}

impl Walker<'_> {
    pub(super) fn table(
        &mut self,
        node: Nodes<'_>,
        element: &Element,
        style: &Style,
        sink: &mut Sink,
    ) {
        let inside = node
            .descendants()
            .skip(1)
            .filter_map(|n| n.value().as_element());
        if inside.into_iter().any(|e| BEYOND_TEXT.contains(&e.name())) {
            return self.raw_html(node, element, sink);
        }
        sink.flush();
        let mut parts = Parts::default();
        self.parts(node, style, false, &mut parts);
        let Parts {
            caption,
            mut head,
            mut rows,
        } = parts;
        let named = |row: &Vec<Cell>| row.iter().all(|cell| cell.header);
        if head.is_empty() && rows.len() > 1 && rows.first().is_some_and(named) {
            head.push(rows.remove(0));
        }
        let full = |row: &Vec<Cell>| row.iter().any(|cell| !cell.content.is_empty());
        if head.iter().chain(&rows).any(full) {
            let kind = Kind::Table(Table {
                caption,
                head,
                rows,
            });
            sink.blocks.push(sink.frame.within(element).around(kind));
        } else if !caption.is_empty() {
            sink.push(paragraph(caption));
        }
    }

    fn parts(&mut self, node: Nodes<'_>, style: &Style, head: bool, parts: &mut Parts) {
        for child in node.children() {
            let Some(element) = child.value().as_element() else {
                continue;
            };
            match element.name() {
                "caption" => {
                    let style = inline_style(element, style, style.marks);
                    parts.caption = self.line(child, &style).0;
                }
                "thead" => self.parts(child, style, true, parts),
                "tbody" | "tfoot" => self.parts(child, style, false, parts),
                "tr" => {
                    let row = self.row(child, style);
                    if !row.is_empty() {
                        let rows = if head {
                            &mut parts.head
                        } else {
                            &mut parts.rows
                        };
                        rows.push(row);
                    }
                }
                _ => {}
            }
        }
    }

    fn row(&mut self, node: Nodes<'_>, style: &Style) -> Vec<Cell> {
        let mut row = Vec::new();
        for child in node.children() {
            let Some(element) = child.value().as_element() else {
                continue;
            };
            let header = element.name() == "th";
            if header || element.name() == "td" {
                let style = inline_style(element, style, style.marks);
                row.push(Cell {
                    content: self.line(child, &style).0,
                    header,
                    align: align(element),
                    colspan: span(element, "colspan"),
                    rowspan: span(element, "rowspan"),
                });
            }
        }
        row
    }
}

fn span(element: &Element, name: &str) -> u16 {
    let span = attribute(element, name).and_then(|value| value.trim().parse().ok());
    span.filter(|span| (1..=1000).contains(span)).unwrap_or(1)
}

/// The alignment of a cell, in any of the ways it has been written over the years.
fn align(element: &Element) -> Option<Align> {
    let attributes = ["data-align", "align"]
        .into_iter()
        .filter_map(|n| attribute(element, n));
    let styled = attribute(element, "style").and_then(|style| {
        let mut rules = style.split(';').filter_map(|rule| rule.split_once(':'));
        rules.find_map(|(name, value)| (name.trim() == "text-align").then_some(value))
    });
    let classed = classes(element).find_map(|c| c.strip_prefix("has-text-align-"));
    let mut values = attributes.chain(styled).chain(classed);
    values.find_map(|value| {
        [Align::Left, Align::Center, Align::Right]
            .into_iter()
            .find(|align| align.as_str().eq_ignore_ascii_case(value.trim()))
    })
}
