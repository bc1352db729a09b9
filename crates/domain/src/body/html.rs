//! Blocks written as HTML: small, semantic, the same for the same blocks, and safe to insert.

use super::block::{
    Block, Cell, Direction, Embed, Image, Inline, Kind, MediaRef, Span, Table, Video,
};
use super::inline::Mark;
use super::links::{LinkKind, Resolve};

/// Writes blocks as HTML. `resolve` maps addresses on the way out, for example `asset:KEY` to
/// where the asset is served; `None` keeps an address.
pub fn render_html(blocks: &[Block], resolve: &Resolve<'_>) -> String {
    let mut writer = Writer {
        out: String::new(),
        resolve,
    };
    writer.blocks(blocks);
    writer.out
}

/// A single block as HTML, with its addresses as they are.
pub(super) fn block(block: &Block) -> String {
    render_html(std::slice::from_ref(block), &|_, _| None)
}

pub(super) fn inline(inline: &Inline) -> String {
    let mut writer = Writer {
        out: String::new(),
        resolve: &|_, _| None,
    };
    writer.inline(inline);
    writer.out
}

/// Appends text so that it reads as itself.
pub(super) fn escape_text(out: &mut String, text: &str) {
    escape(out, text, &['&', '<', '>']);
}

/// Appends ` name="value"`.
pub(super) fn escape_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(out, value, &['&', '<', '>', '"']);
    out.push('"');
}

fn escape(out: &mut String, text: &str, special: &[char]) {
    for piece in text.split_inclusive(special) {
        let mut chars = piece.chars();
        let entity = match chars.next_back() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') if special.contains(&'"') => "&quot;",
            _ => {
                out.push_str(piece);
                continue;
            }
        };
        out.push_str(chars.as_str());
        out.push_str(entity);
    }
}

/// How spans nest when written out; each level groups the neighbours that agree in it.
pub(super) enum Wrap<'s> {
    /// A link.
    Link {
        href: &'s str,
        title: Option<&'s str>,
    },
    /// A direction, a language or both.
    Frame {
        direction: Option<Direction>,
        lang: Option<&'s str>,
    },
    /// A mark.
    Mark(Mark),
}

/// The wrap of a span at a level, if it has one there. Levels end after the last mark.
pub(super) fn wrap(span: &Span, level: usize) -> Option<Wrap<'_>> {
    match level {
        0 => span.href.as_deref().map(|href| Wrap::Link {
            href,
            title: span.title.as_deref(),
        }),
        1 => (span.direction.is_some() || span.lang.is_some()).then_some(Wrap::Frame {
            direction: span.direction,
            lang: span.lang.as_deref(),
        }),
        _ => {
            let mark = Mark::ALL.get(level.saturating_sub(2)).copied()?;
            span.marks.contains(mark).then_some(Wrap::Mark(mark))
        }
    }
}

/// How many levels [`wrap`] has.
pub(super) const LEVELS: usize = Mark::ALL.len() + 2;

/// Whether two spans are wrapped together at a level.
pub(super) fn together(a: &Span, b: &Span, level: usize) -> bool {
    match level {
        0 => a.href == b.href && a.title == b.title,
        1 => a.direction == b.direction && a.lang == b.lang,
        _ => wrap(a, level).is_some() == wrap(b, level).is_some(),
    }
}

struct Writer<'r> {
    out: String,
    resolve: &'r Resolve<'r>,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) {
        for (index, block) in blocks.iter().enumerate() {
            if index > 0 {
                self.out.push('\n');
            }
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match &block.kind {
            Kind::Paragraph { content } => self.element("p", block, |w| w.inline(content)),
            Kind::Heading { level, id, content } => {
                let name = match level {
                    1 => "h1",
                    2 => "h2",
                    3 => "h3",
                    4 => "h4",
                    5 => "h5",
                    _ => "h6",
                };
                self.start(name, block);
                self.attribute("id", id);
                self.out.push('>');
                self.inline(content);
                self.end(name);
            }
            Kind::List {
                ordered,
                start,
                items,
            } => self.list(block, *ordered, *start, items),
            Kind::Quote { blocks, citation } => self.element("blockquote", block, |w| {
                w.blocks(blocks);
                w.optional("footer", citation);
            }),
            Kind::Code { language, text } => self.element("pre", block, |w| {
                w.out.push_str("<code");
                if let Some(language) = language {
                    w.attribute("class", &format!("language-{language}"));
                }
                w.out.push('>');
                escape_text(&mut w.out, text);
                w.end("code");
            }),
            Kind::Table(table) => self.table(block, table),
            Kind::Image(image) => self.element("figure", block, |w| w.image(image)),
            Kind::Gallery { items, caption } => {
                self.start("figure", block);
                self.attribute("class", "gallery");
                self.out.push('>');
                for image in items {
                    self.out.push_str("<figure>");
                    self.image(image);
                    self.end("figure");
                }
                self.optional("figcaption", caption);
                self.end("figure");
            }
            Kind::Video(video) => self.element("figure", block, |w| w.video(video)),
            Kind::Audio { src, caption } => self.element("figure", block, |w| {
                w.out.push_str("<audio controls");
                w.media("src", LinkKind::Media, src);
                w.out.push_str("></audio>");
                w.optional("figcaption", caption);
            }),
            Kind::File { src, name } => {
                self.start("figure", block);
                self.out.push_str(" data-file><a");
                self.media("href", LinkKind::Media, src);
                self.out.push_str(" download>");
                escape_text(&mut self.out, name);
                self.out.push_str("</a></figure>");
            }
            Kind::Embed(embed) => self.embed(block, embed),
            Kind::Separator => self.out.push_str("<hr>"),
            Kind::RawHtml { html, .. } => self.raw(html),
        }
    }

    fn list(&mut self, block: &Block, ordered: bool, start: u32, items: &[Vec<Block>]) {
        let name = if ordered { "ol" } else { "ul" };
        self.start(name, block);
        if ordered && start != 1 {
            self.attribute("start", &start.to_string());
        }
        self.out.push('>');
        for item in items {
            self.out.push_str("<li>");
            let mut rest = item.as_slice();
            // A lone paragraph needs no tags of its own, unless it has something to say in them.
            if let [first, others @ ..] = rest
                && let Kind::Paragraph { content } = &first.kind
                && first.direction.is_none()
                && first.lang.is_none()
                && !matches!(
                    others.first().map(|b| &b.kind),
                    Some(Kind::Paragraph { .. })
                )
            {
                self.inline(content);
                rest = others;
            }
            self.blocks(rest);
            self.end("li");
        }
        self.end(name);
    }

    fn table(&mut self, block: &Block, table: &Table) {
        self.element("table", block, |w| {
            w.optional("caption", &table.caption);
            for (name, rows) in [("thead", &table.head), ("tbody", &table.rows)] {
                if rows.is_empty() {
                    continue;
                }
                w.out.push('<');
                w.out.push_str(name);
                w.out.push('>');
                for row in rows {
                    w.out.push_str("<tr>");
                    for cell in row {
                        w.cell(cell);
                    }
                    w.end("tr");
                }
                w.end(name);
            }
        });
    }

    fn cell(&mut self, cell: &Cell) {
        let name = if cell.header { "th" } else { "td" };
        self.out.push('<');
        self.out.push_str(name);
        for (span, value) in [("colspan", cell.colspan), ("rowspan", cell.rowspan)] {
            if value > 1 {
                self.attribute(span, &value.to_string());
            }
        }
        if let Some(align) = cell.align {
            self.attribute("data-align", align.as_str());
        }
        self.out.push('>');
        self.inline(&cell.content);
        self.end(name);
    }

    fn image(&mut self, image: &Image) {
        if let Some(href) = &image.link_href {
            self.out.push_str("<a");
            self.address("href", LinkKind::Link, href);
            self.out.push('>');
        }
        self.out.push_str("<img");
        self.media("src", LinkKind::Image, &image.src);
        self.attribute("alt", &image.alt);
        self.size(image.width, image.height);
        self.out.push('>');
        if image.link_href.is_some() {
            self.end("a");
        }
        self.optional("figcaption", &image.caption);
    }

    fn video(&mut self, video: &Video) {
        self.out.push_str("<video controls");
        self.media("src", LinkKind::Media, &video.src);
        if let Some(poster) = &video.poster {
            self.media("poster", LinkKind::Image, poster);
        }
        self.size(video.width, video.height);
        self.out.push('>');
        for track in &video.tracks {
            self.out.push_str("<track");
            self.media("src", LinkKind::Media, &track.src);
            self.attribute("kind", &track.kind);
            if let Some(lang) = &track.lang {
                self.attribute("srclang", lang);
            }
            if let Some(label) = &track.label {
                self.attribute("label", label);
            }
            self.out.push('>');
        }
        self.end("video");
        self.optional("figcaption", &video.caption);
    }

    fn embed(&mut self, block: &Block, embed: &Embed) {
        self.start("figure", block);
        self.attribute("data-embed", embed.provider.as_str());
        if let Some(ratio) = embed.aspect_ratio {
            self.attribute("data-ratio", &ratio.to_string());
        }
        self.out.push_str("><a");
        self.attribute("href", &embed.url);
        self.out.push('>');
        escape_text(&mut self.out, embed.title.as_deref().unwrap_or(&embed.url));
        self.end("a");
        self.optional("figcaption", &embed.caption);
        self.end("figure");
    }

    /// Raw HTML is inserted as it is, but for the addresses in our own schemes: the sanitiser
    /// writes attributes in one form only, so they are easy to find.
    fn raw(&mut self, html: &str) {
        let mut rest = html;
        while let Some(at) = rest.find("=\"") {
            let (before, after) = rest.split_at(at + 2);
            self.out.push_str(before);
            let value = after
                .find('"')
                .and_then(|end| after.get(..end))
                .unwrap_or_default();
            let kind = if before.ends_with("href=\"") {
                LinkKind::Link
            } else {
                LinkKind::Image
            };
            let ours = ["asset:", "entry:"]
                .iter()
                .any(|scheme| value.starts_with(scheme));
            match (self.resolve)(kind, value).filter(|_| ours) {
                Some(mapped) => escape(&mut self.out, &mapped, &['&', '<', '>', '"']),
                None => self.out.push_str(value),
            }
            rest = after.get(value.len()..).unwrap_or_default();
        }
        self.out.push_str(rest);
    }

    fn inline(&mut self, inline: &Inline) {
        self.spans(&inline.spans, 0);
    }

    fn spans(&mut self, spans: &[Span], level: usize) {
        let plain = |span: &Span| {
            span.marks.is_empty()
                && span.href.is_none()
                && span.direction.is_none()
                && span.lang.is_none()
        };
        if let [span] = spans
            && (level >= LEVELS || plain(span))
        {
            for (index, line) in span.text.split('\n').enumerate() {
                if index > 0 {
                    self.out.push_str("<br>");
                }
                escape_text(&mut self.out, line);
            }
            return;
        }
        if level >= LEVELS {
            // Neighbours differ in something, so this is not reached with more than one span.
            spans.chunks(1).for_each(|span| self.spans(span, level));
            return;
        }
        for group in spans.chunk_by(|a, b| together(a, b, level)) {
            let Some(wrap) = group.first().and_then(|span| wrap(span, level)) else {
                self.spans(group, level + 1);
                continue;
            };
            let name = match wrap {
                Wrap::Link { href, title } => {
                    self.out.push_str("<a");
                    self.address("href", LinkKind::Link, href);
                    if let Some(title) = title {
                        self.attribute("title", title);
                    }
                    "a"
                }
                Wrap::Frame { direction, lang } => {
                    self.out.push_str("<span");
                    self.frame(direction, lang);
                    "span"
                }
                Wrap::Mark(mark) => {
                    self.out.push('<');
                    self.out.push_str(mark.element());
                    mark.element()
                }
            };
            self.out.push('>');
            self.spans(group, level + 1);
            self.end(name);
        }
    }

    fn element(&mut self, name: &str, block: &Block, content: impl FnOnce(&mut Self)) {
        self.start(name, block);
        self.out.push('>');
        content(self);
        self.end(name);
    }

    fn optional(&mut self, name: &str, content: &Inline) {
        if !content.is_empty() {
            self.out.push('<');
            self.out.push_str(name);
            self.out.push('>');
            self.inline(content);
            self.end(name);
        }
    }

    /// An open start tag, for more attributes to follow.
    fn start(&mut self, name: &str, block: &Block) {
        self.out.push('<');
        self.out.push_str(name);
        self.frame(block.direction, block.lang.as_deref());
    }

    fn frame(&mut self, direction: Option<Direction>, lang: Option<&str>) {
        if let Some(direction) = direction {
            self.attribute("dir", direction.as_str());
        }
        if let Some(lang) = lang {
            self.attribute("lang", lang);
        }
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn attribute(&mut self, name: &str, value: &str) {
        escape_attribute(&mut self.out, name, value);
    }

    fn size(&mut self, width: Option<u32>, height: Option<u32>) {
        for (name, side) in [("width", width), ("height", height)] {
            if let Some(side) = side {
                self.attribute(name, &side.to_string());
            }
        }
    }

    fn media(&mut self, name: &str, kind: LinkKind, media: &MediaRef) {
        self.address(name, kind, &media.address());
    }

    fn address(&mut self, name: &str, kind: LinkKind, address: &str) {
        match (self.resolve)(kind, address) {
            Some(mapped) => self.attribute(name, &mapped),
            None => self.attribute(name, address),
        }
    }
}
