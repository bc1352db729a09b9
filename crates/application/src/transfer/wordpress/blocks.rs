//! Content of the block editor: HTML with comments that say where each block begins and ends.

use std::collections::HashMap;

use memchr::memmem;
use serde_json::Value;

use super::{
    content::{ContentContext, Notes, classic, count},
    entities, footnotes,
    html::{Token, Tokens, attribute, cut, lower, with_attribute},
    shortcodes,
};

/// How far back the block is looked for that a closing comment belongs to.
const FARTHEST: usize = 64;

/// A comment that begins or ends a block.
struct Delimiter<'a> {
    closing: bool,
    void: bool,
    /// With the namespace, which the comments of WordPress's own blocks leave out.
    name: String,
    attributes: &'a str,
}

/// A block whose end has not come yet.
struct Frame<'a> {
    name: String,
    attributes: &'a str,
    /// Where its content begins in what was written.
    start: usize,
    /// Whether blocks were found in it.
    parent: bool,
}

struct Render<'a, 'n> {
    out: String,
    frames: Vec<Frame<'a>>,
    open: HashMap<String, usize>,
    context: ContentContext,
    notes: &'n mut Notes,
}

/// Writes what the blocks hold, without the comments.
pub(super) fn render(source: &str, context: ContentContext, notes: &mut Notes) -> String {
    let out = String::with_capacity(source.len());
    let mut render = Render {
        out,
        frames: Vec::new(),
        open: HashMap::new(),
        context,
        notes,
    };
    let mut copied = 0;
    let mut at = 0;
    while let Some(start) = memmem::find(cut(source, at..source.len()).as_bytes(), b"<!--") {
        let start = at.saturating_add(start);
        let inner_start = start.saturating_add(4);
        let rest = cut(source, inner_start..source.len());
        let Some(len) = memmem::find(rest.as_bytes(), b"-->") else {
            break;
        };
        let end = inner_start.saturating_add(len).saturating_add(3);
        if let Some(delimiter) = delimiter(cut(rest, 0..len)) {
            render.stretch(cut(source, copied..start));
            copied = end;
            if delimiter.closing {
                render.close(&delimiter.name);
            } else {
                render.begin(delimiter);
            }
        }
        at = end;
    }
    render.stretch(cut(source, copied..source.len()));
    while let Some(frame) = render.frames.pop() {
        render.finish(&frame);
    }
    render.out
}

fn delimiter(comment: &str) -> Option<Delimiter<'_>> {
    let comment = comment.trim();
    let (closing, rest) = match comment.strip_prefix("/wp:") {
        Some(rest) => (true, rest),
        None => (false, comment.strip_prefix("wp:")?),
    };
    let (rest, void) = match rest.strip_suffix('/') {
        Some(rest) => (rest.trim_end(), true),
        None => (rest, false),
    };
    let end = rest
        .find(|c: char| c.is_whitespace() || c == '{')
        .unwrap_or(rest.len());
    let (name, attributes) = rest.split_at_checked(end)?;
    if name.is_empty() {
        return None;
    }
    let name = if name.contains('/') {
        name.to_owned()
    } else {
        format!("core/{name}")
    };
    Some(Delimiter {
        closing,
        void,
        name,
        attributes: attributes.trim(),
    })
}

fn is_core(name: &str) -> bool {
    // Embeds had a block for each provider once.
    name.starts_with("core/") || name.starts_with("core-embed/")
}

fn is_embed(name: &str) -> bool {
    name == "core/embed" || name.starts_with("core-embed/")
}

impl<'a> Render<'a, '_> {
    /// Writes the HTML between two delimiters.
    fn stretch(&mut self, html: &str) {
        if html.trim().is_empty() {
            self.out.push_str(html);
            return;
        }
        let name = self.frames.last().map(|frame| frame.name.as_str());
        if matches!(name, None | Some("core/freeform" | "core/shortcode")) {
            let html = classic(html, self.context, self.notes);
            self.out.push_str(&html);
        } else {
            self.out.push_str(&shortcodes::expand(html, self.notes));
        }
    }

    fn begin(&mut self, delimiter: Delimiter<'a>) {
        if let Some(parent) = self.frames.last_mut() {
            parent.parent = true;
        }
        let start = self.out.len();
        let Delimiter {
            name,
            attributes,
            void,
            ..
        } = delimiter;
        let frame = Frame {
            name,
            attributes,
            start,
            parent: false,
        };
        if void {
            self.finish(&frame);
        } else {
            let open = self.open.entry(frame.name.clone()).or_default();
            *open = open.saturating_add(1);
            self.frames.push(frame);
        }
    }

    fn close(&mut self, name: &str) {
        if self.open.get(name).is_none_or(|open| *open == 0) {
            return;
        }
        let Some(back) = self
            .frames
            .iter()
            .rev()
            .take(FARTHEST)
            .position(|f| f.name == name)
        else {
            return;
        };
        // Blocks that were begun within this one and not ended are ended with it.
        for _ in 0..=back {
            let Some(frame) = self.frames.pop() else {
                return;
            };
            if let Some(open) = self.open.get_mut(&frame.name) {
                *open = open.saturating_sub(1);
            }
            self.finish(&frame);
        }
    }

    /// Makes of a block's content what it is to be.
    fn finish(&mut self, frame: &Frame<'_>) {
        let name = frame.name.as_str();
        let blank = !frame.parent
            && cut(&self.out, frame.start..self.out.len())
                .trim()
                .is_empty();
        match name {
            "core/more" if blank => self.replace(frame, "<!--more-->"),
            "core/nextpage" if blank => self.replace(frame, "<!--nextpage-->"),
            "core/separator" if blank => self.replace(frame, "<hr>"),
            "core/more" | "core/nextpage" => {}
            "core/block" => {
                let reference = json(frame.attributes).and_then(|json| id_in(&json, "ref"));
                self.notes.reusable_blocks.extend(reference);
                count(&mut self.notes.counts.unsupported_blocks, name);
            }
            _ if is_embed(name) && !frame.parent => self.embed(frame),
            "core/footnotes" if blank => self.replace(frame, footnotes::PLACE),
            // White space someone asked for is no content.
            "core/spacer" => self.replace(frame, ""),
            "core/paragraph" | "core/freeform" | "core/html" | "core/shortcode" if blank => {}
            _ if blank => count(&mut self.notes.counts.unsupported_blocks, name),
            "core/gallery" if !frame.parent => self.gallery(frame),
            "core/image" if !frame.parent => self.mark(frame, &["img"]),
            "core/video" | "core/audio" if !frame.parent => self.mark(frame, &["video", "audio"]),
            "core/file" if !frame.parent => self.mark(frame, &["a"]),
            _ if !is_core(name) => count(&mut self.notes.counts.unknown_blocks, name),
            _ => {}
        }
    }

    fn replace(&mut self, frame: &Frame<'_>, html: &str) {
        self.out.truncate(frame.start);
        self.out.push_str(html);
    }

    /// Leaves the id of the attachment on the first of the elements.
    fn mark(&mut self, frame: &Frame<'_>, elements: &[&str]) {
        let Some(id) = json(frame.attributes).and_then(|json| id_in(&json, "id")) else {
            return;
        };
        let body = cut(&self.out, frame.start..self.out.len());
        let mut tokens = Tokens::new(body);
        loop {
            let at = tokens.at();
            let Some(token) = tokens.next() else { return };
            if let Token::Open { raw, name } = token
                && elements.contains(&&*lower(name))
            {
                if attribute(raw, "data-wp-id").is_none() {
                    let marked = with_attribute(raw, "data-wp-id", &id.to_string());
                    let from = frame.start.saturating_add(at);
                    let to = from.saturating_add(raw.len());
                    self.out.replace_range(from..to, &marked);
                }
                return;
            }
        }
    }

    fn embed(&mut self, frame: &Frame<'_>) {
        let body = cut(&self.out, frame.start..self.out.len());
        let mut text = String::new();
        let mut caption = String::new();
        let mut in_caption = false;
        for token in Tokens::new(body) {
            match token {
                Token::Open { name, .. } if lower(name) == "figcaption" => in_caption = true,
                Token::Close { name, .. } if lower(name) == "figcaption" => in_caption = false,
                Token::Text(raw)
                | Token::Open { raw, .. }
                | Token::Close { raw, .. }
                | Token::Comment(raw)
                    if in_caption =>
                {
                    caption.push_str(raw);
                }
                Token::Text(raw) => text.push_str(raw),
                Token::Open { .. } | Token::Close { .. } | Token::Comment(_) => {}
            }
        }
        let url = json(frame.attributes)
            .and_then(|json| Some(json.get("url")?.as_str()?.trim().to_owned()))
            .or_else(|| Some(entities::decode(text.trim()).into_owned()))
            .filter(|url| !url.is_empty());
        let Some(url) = url else {
            count(&mut self.notes.counts.unsupported_blocks, &frame.name);
            return;
        };
        let mut html = format!(
            "<figure class=\"wp-block-embed\">{}",
            entities::encode(&url)
        );
        if !caption.trim().is_empty() {
            html.push_str("<figcaption>");
            html.push_str(caption.trim());
            html.push_str("</figcaption>");
        }
        html.push_str("</figure>");
        self.replace(frame, &html);
    }

    /// Galleries were lists of pictures before they were blocks with blocks in them.
    fn gallery(&mut self, frame: &Frame<'_>) {
        let body = cut(&self.out, frame.start..self.out.len());
        let old = body.trim_start().starts_with("<ul") || body.contains("blocks-gallery-");
        if !old {
            return;
        }
        let mut html = "<figure class=\"wp-block-gallery\">".to_owned();
        let mut last = String::new();
        let mut link: Option<&str> = None;
        let mut tokens = Tokens::new(body);
        let mut list_closed = false;
        while let Some(token) = tokens.next() {
            match token {
                Token::Open { raw, name } => match &*lower(name) {
                    "img" => {
                        html.push_str(&std::mem::take(&mut last));
                        last = match link.take() {
                            Some(link) => format!("<figure>{link}{raw}</a></figure>"),
                            None => format!("<figure>{raw}</figure>"),
                        };
                    }
                    "a" => link = Some(raw),
                    "figcaption" => {
                        let rest = tokens.take_element(name).unwrap_or_default();
                        let caption = format!("{raw}{rest}");
                        let own = last.strip_suffix("</figure>").filter(|_| !list_closed);
                        if let Some(head) = own {
                            last = format!("{head}{caption}</figure>");
                        } else {
                            html.push_str(&std::mem::take(&mut last));
                            html.push_str(&caption);
                        }
                    }
                    _ => {}
                },
                Token::Close { name, .. } => match &*lower(name) {
                    "a" => link = None,
                    "ul" => list_closed = true,
                    _ => {}
                },
                Token::Text(_) | Token::Comment(_) => {}
            }
        }
        html.push_str(&last);
        html.push_str("</figure>");
        self.replace(frame, &html);
    }
}

fn json(attributes: &str) -> Option<Value> {
    serde_json::from_str(attributes).ok()
}

fn id_in(json: &Value, key: &str) -> Option<u64> {
    let value = json.get(key)?;
    value
        .as_u64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|id| *id != 0)
}
