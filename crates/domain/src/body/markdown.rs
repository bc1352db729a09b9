//! Markdown: read into HTML, and written from blocks so that reading it again gives the same text.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::block::{Align, Block, Cell, Direction, Embed, Image, Inline, Kind, Span, Table};
use super::embed;
use super::html::{LEVELS, Wrap, block as html_block, escape_attribute, together, wrap};
use super::inline::Mark;

/// Turns Markdown into HTML, as untrusted as the Markdown was.
pub(super) fn to_html(source: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut number = move |label: &CowStr<'_>| {
        let next = numbers.len() + 1;
        *numbers.entry(label.to_string()).or_insert(next)
    };
    let mut label: Option<usize> = None;
    let events = Parser::new_ext(source, options).flat_map(|event| {
        // Footnotes become what they are in print: a raised number, and again before the note.
        if let Event::FootnoteReference(name) = &event {
            return [Some(raised(number(name))), None];
        }
        if let Event::Start(Tag::FootnoteDefinition(name)) = &event {
            label = Some(number(name));
            return [None, None];
        }
        if event == Event::End(TagEnd::FootnoteDefinition) {
            return [None, None];
        }
        let note = if event == Event::Start(Tag::Paragraph) {
            label.take().map(raised)
        } else {
            None
        };
        [Some(event), note]
    });
    let mut out = String::with_capacity(source.len().saturating_mul(2));
    html::push_html(&mut out, events.flatten());
    out
}

fn raised(number: usize) -> Event<'static> {
    Event::InlineHtml(format!("<sup>{number}</sup>").into())
}

/// Writes blocks as `CommonMark` with tables. What Markdown has no form for is written as HTML.
pub(super) fn render(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut after_list = false;
    for block in blocks {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        let is_list = matches!(block.kind, Kind::List { .. });
        if after_list && is_list {
            // Otherwise two lists in a row would become one.
            out.push_str("<!-- -->\n\n");
        }
        after_list = is_list;
        out.push_str(&self::block(block));
    }
    out
}

fn block(block: &Block) -> String {
    if block.direction.is_some() || block.lang.is_some() {
        return as_html(block);
    }
    match &block.kind {
        Kind::Paragraph { content } => inline(content, Break::Hard),
        Kind::Heading { level, content, .. } => {
            format!(
                "{} {}",
                "#".repeat(usize::from(*level)),
                inline(content, Break::Html)
            )
        }
        Kind::List {
            ordered,
            start,
            items,
        } => list(*ordered, *start, items),
        Kind::Quote { blocks, citation } => {
            let mut inner = render(blocks);
            if !citation.is_empty() {
                inner.push_str("\n\n<footer>");
                inner.push_str(&citation.html());
                inner.push_str("</footer>");
            }
            prefixed(&inner, "> ", "> ")
        }
        Kind::Code { language, text } => {
            let fence = "`".repeat(Ord::max(3, longest_run(text, '`') + 1));
            let language = language.as_deref().unwrap_or_default();
            format!("{fence}{language}\n{text}\n{fence}")
        }
        Kind::Table(table) => pipe_table(table).unwrap_or_else(|| as_html(block)),
        Kind::Image(image) if image.caption.is_empty() => picture(image),
        Kind::Embed(embed) if is_bare(embed) => format!("<{}>", embed.url),
        Kind::Separator => "***".to_owned(),
        Kind::Image(_)
        | Kind::Gallery { .. }
        | Kind::Video(_)
        | Kind::Audio { .. }
        | Kind::File { .. }
        | Kind::Embed(_)
        | Kind::RawHtml { .. } => as_html(block),
    }
}

/// A block of HTML. Markdown ends it at a blank line, so it is kept on one line.
fn as_html(block: &Block) -> String {
    html_block(block).replace('\n', "&#10;")
}

/// Whether an address on its own line says all there is to say.
fn is_bare(embed: &Embed) -> bool {
    let plain = embed.title.is_none() && embed.aspect_ratio.is_none() && embed.caption.is_empty();
    plain && embed::from_page(&embed.url).is_some() && !embed.url.contains('&')
}

fn list(ordered: bool, start: u32, items: &[Vec<Block>]) -> String {
    // A list is tight when each item is a line of text, perhaps with a list under it.
    let tight = items.iter().all(|item| match item.as_slice() {
        [only] => is_plain_paragraph(only),
        [
            first,
            Block {
                kind: Kind::List { ordered, start, .. },
                direction: None,
                lang: None,
            },
        ] => {
            // A numbered list can only follow a text at once if it starts at one.
            is_plain_paragraph(first) && (!ordered || *start == 1)
        }
        _ => false,
    });
    let mut out = String::new();
    for (item, index) in items.iter().zip(0_u32..) {
        if !out.is_empty() {
            out.push_str(if tight { "\n" } else { "\n\n" });
        }
        let marker = if ordered {
            format!("{}. ", start.saturating_add(index))
        } else {
            "- ".to_owned()
        };
        let content = if tight {
            let parts: Vec<String> = item.iter().map(self::block).collect();
            parts.join("\n")
        } else {
            render(item)
        };
        out.push_str(&prefixed(&content, &marker, &" ".repeat(marker.len())));
    }
    out
}

fn is_plain_paragraph(block: &Block) -> bool {
    let plain = block.direction.is_none() && block.lang.is_none();
    plain && matches!(block.kind, Kind::Paragraph { .. })
}

/// Puts `first` before the first line and `rest` before the others, but no spaces on blank ones.
fn prefixed(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(first.len()));
    for (index, line) in text.split('\n').enumerate() {
        let prefix = if index == 0 { first } else { rest };
        if index > 0 {
            out.push('\n');
        }
        out.push_str(if line.is_empty() {
            prefix.trim_end()
        } else {
            prefix
        });
        out.push_str(line);
    }
    out
}

fn pipe_table(table: &Table) -> Option<String> {
    let [head] = table.head.as_slice() else {
        return None;
    };
    let same_length = table.rows.iter().all(|row| row.len() == head.len());
    let simple = |cell: &Cell| cell.colspan == 1 && cell.rowspan == 1;
    let body_is_body = table.rows.iter().flatten().all(|cell| !cell.header);
    let all = head.iter().chain(table.rows.iter().flatten());
    if !table.caption.is_empty() || !same_length || !body_is_body || !all.into_iter().all(simple) {
        return None;
    }
    let line = |row: &[Cell]| {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| inline(&cell.content, Break::Html))
            .collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule = head.iter().map(|cell| match cell.align {
        None => "---",
        Some(Align::Left) => ":--",
        Some(Align::Center) => ":-:",
        Some(Align::Right) => "--:",
    });
    let rule = format!("| {} |", rule.collect::<Vec<_>>().join(" | "));
    let rows = table.rows.iter().map(|row| line(row));
    let lines: Vec<String> = [line(head), rule].into_iter().chain(rows).collect();
    Some(lines.join("\n"))
}

fn picture(image: &Image) -> String {
    let alt = inline(&Inline::plain(image.alt.clone()), Break::Html);
    let picture = format!("![{alt}]({})", destination(&image.src.address()));
    match &image.link_href {
        Some(href) => format!("[{picture}]({})", destination(href)),
        None => picture,
    }
}

/// A link's destination; addresses hold no spaces, angle brackets or backslashes.
fn destination(address: &str) -> String {
    let mut out = String::from("<");
    escape_entities(&mut out, address);
    out.push('>');
    if address.contains(['(', ')']) || out.contains('\\') {
        return out;
    }
    address.to_owned()
}

/// What a line break within a text becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Break {
    /// A backslash at the end of the line.
    Hard,
    /// A tag, where the text must stay on one line.
    Html,
}

fn inline(content: &Inline, breaks: Break) -> String {
    let mut out = String::new();
    spans(&mut out, &content.spans, 0, breaks);
    out
}

fn spans(out: &mut String, spans: &[Span], level: usize, breaks: Break) {
    if level >= LEVELS {
        for span in spans {
            escape(out, &span.text, breaks);
        }
        return;
    }
    for group in spans.chunk_by(|a, b| together(a, b, level)) {
        let Some(wrap) = group.first().and_then(|span| wrap(span, level)) else {
            self::spans(out, group, level + 1, breaks);
            continue;
        };
        if let (Wrap::Mark(Mark::Code), [span]) = (&wrap, group)
            && !span.text.contains(['\n', '|'])
            && !out.ends_with('`')
        {
            code_span(out, &span.text);
            continue;
        }
        let mut inner = String::new();
        self::spans(&mut inner, group, level + 1, breaks);
        wrapped(out, &wrap, &inner);
    }
}

fn wrapped(out: &mut String, wrap: &Wrap<'_>, inner: &str) {
    match wrap {
        Wrap::Link { href, title } => {
            if out.ends_with('!') {
                out.pop();
                out.push_str("\\!");
            }
            out.push('[');
            out.push_str(inner);
            out.push_str("](");
            out.push_str(&destination(href));
            if let Some(title) = title {
                out.push_str(" \"");
                let mut escaped = String::new();
                escape(&mut escaped, title, Break::Html);
                out.push_str(&escaped.replace('"', "\\\""));
                out.push('"');
            }
            out.push(')');
        }
        Wrap::Frame { direction, lang } => {
            out.push_str("<span");
            if let Some(direction) = direction {
                escape_attribute(out, "dir", Direction::as_str(*direction));
            }
            if let Some(lang) = lang {
                escape_attribute(out, "lang", lang);
            }
            out.push('>');
            out.push_str(inner);
            out.push_str("</span>");
        }
        Wrap::Mark(mark) => {
            let delimiter = match mark {
                Mark::Strong => Some("**"),
                Mark::Emphasis => Some("*"),
                Mark::Strike => Some("~~"),
                Mark::Underline
                | Mark::Highlight
                | Mark::Small
                | Mark::Sub
                | Mark::Sup
                | Mark::Code => None,
            };
            // Delimiters only work next to letters and digits for certain; tags work anywhere.
            let certain = inner.starts_with(char::is_alphanumeric)
                && inner.ends_with(char::is_alphanumeric)
                && !out.ends_with(['*', '~', '\\']);
            if let Some(delimiter) = delimiter.filter(|_| certain) {
                out.push_str(delimiter);
                out.push_str(inner);
                out.push_str(delimiter);
            } else {
                let name = mark.element();
                out.push('<');
                out.push_str(name);
                out.push('>');
                out.push_str(inner);
                out.push_str("</");
                out.push_str(name);
                out.push('>');
            }
        }
    }
}

fn code_span(out: &mut String, text: &str) {
    let fence = "`".repeat(longest_run(text, '`') + 1);
    let inner_space = text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty();
    let pad = if inner_space || text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    for piece in [&fence, pad, text, pad, &fence] {
        out.push_str(piece);
    }
}

fn longest_run(text: &str, of: char) -> usize {
    let (mut longest, mut current) = (0, 0);
    for c in text.chars() {
        current = if c == of { current + 1 } else { 0 };
        longest = Ord::max(longest, current);
    }
    longest
}

/// Appends text so that nothing in it is taken for markup.
fn escape(out: &mut String, text: &str, breaks: Break) {
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str(match breaks {
                Break::Hard => "\\\n",
                Break::Html => "<br>",
            });
        }
        let at_start = out.is_empty() || out.ends_with('\n');
        let number = line.find(|c: char| !c.is_ascii_digit());
        let after_number = number.filter(|end| at_start && *end > 0);
        let mut previous = None;
        for (at, c) in line.char_indices() {
            let rest = line.get(at..).unwrap_or_default();
            let needed = match c {
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' => true,
                '#' => previous.is_none_or(|p: char| !p.is_alphanumeric()),
                '+' | '-' | '=' => at_start && at == 0,
                '.' | ')' => after_number == Some(at),
                '&' => is_entity_like(rest),
                _ => false,
            };
            if needed {
                out.push('\\');
            }
            out.push(c);
            previous = Some(c);
        }
    }
}

fn escape_entities(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        if c == '&' && is_entity_like(text.get(at..).unwrap_or_default()) {
            out.push('\\');
        }
        out.push(c);
    }
}

fn is_entity_like(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    chars
        .next()
        .is_some_and(|c| c == '#' || c.is_ascii_alphanumeric())
}
