//! The last pass over content of either kind: page breaks, comments, addresses, attachment ids,
//! and paragraphs that hold what no paragraph may hold.

use super::{
    content::Notes,
    entities,
    html::{Token, Tokens, attribute, attributes, is_block, is_void, lower, with_attribute},
    urls::{Link, kind_of},
};

/// The marker a comment is, if it is one of those WordPress gives a meaning: `more`, `nextpage` or
/// `noteaser`.
pub(super) fn is_marker(comment: &str) -> Option<&'static str> {
    let inner = comment.strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    // The marker `more` may carry the text of the link.
    if let Some(rest) = inner.strip_prefix("more") {
        return (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some("more");
    }
    ["nextpage", "noteaser"]
        .into_iter()
        .find(|marker| *marker == inner)
}

/// Where a paragraph stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paragraph<'a> {
    None,
    /// Its opening tag was read but nothing was written of it yet.
    Pending(&'a str),
    Open,
    /// A block that may not be inside it has ended it; so many elements are open since.
    Interrupted(usize),
}

struct Finish<'a, 'n> {
    out: String,
    paragraph: Paragraph<'a>,
    notes: &'n mut Notes,
}

/// Runs the pass.
pub(super) fn finish(source: &str, notes: &mut Notes) -> String {
    let out = String::with_capacity(source.len().saturating_add(64));
    let mut pass = Finish {
        out,
        paragraph: Paragraph::None,
        notes,
    };
    let mut tokens = Tokens::new(source);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => pass.text(text),
            Token::Comment(raw) => pass.comment(raw),
            Token::Open { raw, name } => {
                let lowered = lower(name);
                pass.open(raw, &lowered);
                if matches!(&*lowered, "script" | "style" | "textarea")
                    && let Some(rest) = tokens.take_verbatim(name)
                {
                    pass.out.push_str(rest);
                }
            }
            Token::Close { raw, name } => pass.close(raw, &lower(name)),
        }
    }
    pass.out
}

impl<'a> Finish<'a, '_> {
    fn text(&mut self, text: &'a str) {
        let mut text = text;
        if !text.trim().is_empty() {
            if self.paragraph == Paragraph::Interrupted(0) {
                text = text.trim_start();
                self.out.push('\n');
            }
            self.begin_inline();
        } else if matches!(self.paragraph, Paragraph::Pending(_)) {
            return;
        }
        match text.strip_prefix('<') {
            // It opened nothing here; make sure nobody reads it as if it did.
            Some(rest) => {
                self.out.push_str("&lt;");
                self.out.push_str(rest);
            }
            None => self.out.push_str(text),
        }
    }

    fn begin_inline(&mut self) {
        match self.paragraph {
            Paragraph::Pending(tag) => self.out.push_str(tag),
            Paragraph::Interrupted(0) => self.out.push_str("<p>"),
            Paragraph::None | Paragraph::Open | Paragraph::Interrupted(_) => return,
        }
        self.paragraph = Paragraph::Open;
    }

    fn comment(&mut self, raw: &str) {
        match is_marker(raw) {
            Some("more") => {
                if self.notes.excerpt_before_more.is_none() {
                    let mut excerpt = self.out.trim().to_owned();
                    if self.paragraph == Paragraph::Open {
                        excerpt.push_str("</p>");
                    }
                    self.notes.excerpt_before_more = Some(excerpt);
                }
            }
            Some("nextpage") => {
                self.interrupt(0);
                self.notes.counts.page_breaks = self.notes.counts.page_breaks.saturating_add(1);
                self.out.push_str("<hr>");
            }
            Some(_) | None => {}
        }
    }

    /// Ends the paragraph before a block.
    fn interrupt(&mut self, depth: usize) {
        match self.paragraph {
            Paragraph::Open => {
                self.out.truncate(self.out.trim_end().len());
                self.out.push_str("</p>\n");
            }
            Paragraph::Pending(_) => {}
            Paragraph::None | Paragraph::Interrupted(_) => return,
        }
        self.paragraph = Paragraph::Interrupted(depth);
    }

    fn open(&mut self, raw: &'a str, name: &str) {
        if name == "p" {
            if self.paragraph == Paragraph::Open {
                self.out.push_str("</p>");
            }
            self.paragraph = Paragraph::Pending(raw);
            return;
        }
        let block = is_block(name) && name != "area";
        if block {
            let depth = usize::from(!is_void(name));
            match &mut self.paragraph {
                Paragraph::Interrupted(open) => *open = open.saturating_add(depth),
                Paragraph::None | Paragraph::Pending(_) | Paragraph::Open => self.interrupt(depth),
            }
        } else {
            self.begin_inline();
        }
        let mut id = None;
        for found in attributes(raw) {
            let attribute = lower(found.name);
            if let Some(kind) = kind_of(name, &attribute) {
                let url = entities::decode(found.value).trim().to_owned();
                if !url.is_empty() {
                    self.notes.links.push(Link { kind, url });
                }
            }
            if name == "img" && matches!(&*attribute, "class" | "data-id") {
                id = id.or_else(|| attachment_id(&attribute, found.value));
            }
        }
        let known = attribute(raw, "data-wp-id").and_then(|id| id.parse().ok());
        if let Some(id) = known.or(id) {
            self.notes.attachment(id);
        }
        match id.filter(|_| known.is_none()) {
            Some(id) => self
                .out
                .push_str(&with_attribute(raw, "data-wp-id", &id.to_string())),
            None => self.out.push_str(raw),
        }
    }

    fn close(&mut self, raw: &str, name: &str) {
        if name == "p" {
            match self.paragraph {
                Paragraph::Open => self.out.push_str(raw),
                // It is empty, or ended already, or never began.
                Paragraph::Pending(_) | Paragraph::None | Paragraph::Interrupted(0) => {}
                Paragraph::Interrupted(_) => return,
            }
            self.paragraph = Paragraph::None;
            return;
        }
        if is_block(name) {
            match &mut self.paragraph {
                Paragraph::Interrupted(open) => {
                    if *open == 0 {
                        // This closes what the paragraph itself stands in.
                        self.paragraph = Paragraph::None;
                    } else {
                        *open = open.saturating_sub(1);
                    }
                }
                Paragraph::Open => {
                    self.out.push_str("</p>");
                    self.paragraph = Paragraph::None;
                }
                Paragraph::Pending(_) => self.paragraph = Paragraph::None,
                Paragraph::None => {}
            }
        } else if matches!(self.paragraph, Paragraph::Pending(_)) {
            self.begin_inline();
        }
        self.out.push_str(raw);
    }
}

/// The id WordPress leaves on a picture: the class `wp-image-123`, or `data-id` in old galleries.
fn attachment_id(attribute: &str, value: &str) -> Option<u64> {
    if attribute == "data-id" {
        return value.trim().parse().ok();
    }
    value
        .split_ascii_whitespace()
        .find_map(|class| class.strip_prefix("wp-image-"))
        .and_then(|id| id.parse().ok())
}
