//! A scanner that tells tags, comments and text apart in HTML of any quality, in linear time.

use std::{borrow::Cow, ops::Range};

use memchr::{memchr, memchr3, memmem};

/// A piece of HTML; together the pieces are the whole source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text; a `<` in it is one that opens nothing.
    Text(&'a str),
    /// An opening tag.
    Open { raw: &'a str, name: &'a str },
    /// A closing tag.
    Close { raw: &'a str, name: &'a str },
    /// A comment, or a declaration, which HTML takes for one.
    Comment(&'a str),
}

/// Elements whose content is not markup, or in which white space counts.
const VERBATIM: [&str; 5] = ["pre", "code", "script", "style", "textarea"];

/// The scanner.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    source: &'a str,
    at: usize,
    /// How many bytes may still be looked at in vain for the end of a quoted value.
    fuel: usize,
    /// Nothing ends a tag after the place where that was found out.
    no_tag_end: bool,
    no_comment_end: bool,
    /// Names of which no closing tag is left.
    never_closed: Vec<&'a str>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let fuel = source.len().saturating_mul(4);
        Self {
            source,
            at: 0,
            fuel,
            no_tag_end: false,
            no_comment_end: false,
            never_closed: Vec::new(),
        }
    }

    /// Where the next token begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes on elsewhere, which must be further on.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = self.at.max(at);
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, len: usize) -> &'a str {
        let end = self.at.saturating_add(len).min(self.source.len());
        let taken = cut(self.source, self.at..end);
        self.at = end;
        taken
    }

    /// Takes everything up to and including the closing tag of that name; nothing when there is
    /// none.
    pub(super) fn take_element(&mut self, name: &'a str) -> Option<&'a str> {
        if self
            .never_closed
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
        {
            return None;
        }
        let rest = self.rest();
        let end = memmem::find_iter(rest.as_bytes(), b"</").find_map(|at| {
            let from = at.checked_add(2)?;
            let to = from.checked_add(name.len())?;
            let tail = rest.get(to..)?;
            let ends = tail.starts_with(['>', ' ', '\n', '\t', '/']);
            (ends && rest.get(from..to)?.eq_ignore_ascii_case(name)).then_some(to)
        });
        let end = end.and_then(|to| {
            let len = memchr(b'>', rest.as_bytes().get(to..)?)?;
            to.checked_add(len)?.checked_add(1)
        });
        if end.is_none() {
            self.never_closed.push(name);
        }
        end.map(|end| self.take(end))
    }

    /// The content and closing tag of an element whose inside must not be touched.
    pub(super) fn take_verbatim(&mut self, name: &'a str) -> Option<&'a str> {
        let verbatim = VERBATIM
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name));
        verbatim.then(|| self.take_element(name)).flatten()
    }

    fn markup(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let second = bytes.get(1).copied()?;
        if second == b'!' || second == b'?' {
            if rest.starts_with("<!--") {
                return self.comment(rest);
            }
            let end = if self.no_tag_end {
                None
            } else {
                memchr(b'>', bytes)
            };
            self.no_tag_end |= end.is_none();
            return Some(Token::Comment(self.take(end?.saturating_add(1))));
        }
        let closing = second == b'/';
        let name_at = if closing { 2 } else { 1 };
        if !bytes.get(name_at)?.is_ascii_alphabetic() {
            return None;
        }
        let len = self.tag_len(bytes)?;
        let raw = self.take(len);
        let name = tag_name(raw, name_at);
        Some(if closing {
            Token::Close { raw, name }
        } else {
            Token::Open { raw, name }
        })
    }

    fn comment(&mut self, rest: &'a str) -> Option<Token<'a>> {
        if self.no_comment_end {
            return None;
        }
        let Some(end) = memmem::find(rest.as_bytes(), b"-->") else {
            self.no_comment_end = true;
            return None;
        };
        Some(Token::Comment(self.take(end.saturating_add(3))))
    }

    /// The length of the tag at the start: up to the first `>` outside quotes, or the first at
    /// all when the quotes do not add up.
    fn tag_len(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.no_tag_end {
            return None;
        }
        let Some(first) = memchr(b'>', bytes) else {
            self.no_tag_end = true;
            return None;
        };
        let plain = first.saturating_add(1);
        let inside = bytes.get(..first).unwrap_or_default();
        if memchr::memchr2(b'"', b'\'', inside).is_none() {
            return Some(plain);
        }
        let budget = self.fuel.min(bytes.len());
        let within = bytes.get(..budget).unwrap_or_default();
        let mut at = 0;
        while let Some(found) = within
            .get(at..)
            .and_then(|rest| memchr3(b'>', b'"', b'\'', rest))
        {
            at = at.saturating_add(found);
            let quote = match within.get(at) {
                Some(b'>') => return Some(at.saturating_add(1)),
                Some(quote) => *quote,
                None => break,
            };
            let value = within.get(at.saturating_add(1)..).unwrap_or_default();
            let Some(end) = memchr(quote, value) else {
                break;
            };
            at = at.saturating_add(end).saturating_add(2);
        }
        self.fuel = self.fuel.saturating_sub(within.len());
        Some(plain)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let mut skip = 0;
        if rest.starts_with('<') {
            if let Some(token) = self.markup() {
                return Some(token);
            }
            skip = 1;
        }
        let after = rest.as_bytes().get(skip..).unwrap_or_default();
        let len = memchr(b'<', after).map_or(rest.len(), |at| at.saturating_add(skip));
        Some(Token::Text(self.take(len)))
    }
}

fn tag_name(raw: &str, at: usize) -> &str {
    let rest = raw.get(at..).unwrap_or_default();
    let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

/// An attribute of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    /// The value as it is written, entities and all.
    pub(super) value: &'a str,
    /// Where the value stands in the tag.
    pub(super) range: Range<usize>,
    /// Whether the value is in quotes.
    pub(super) quoted: bool,
}

/// The attributes of an opening tag.
pub(super) fn attributes(raw: &str) -> impl Iterator<Item = Attribute<'_>> {
    let mut at = tag_name(raw, 1).len().saturating_add(1);
    let end = raw.len().saturating_sub(usize::from(raw.ends_with('>')));
    std::iter::from_fn(move || {
        at = skip_while(raw, at, |byte| byte.is_ascii_whitespace() || byte == b'/');
        if at >= end {
            return None;
        }
        let name_end = skip_while(raw, at.saturating_add(1), |byte| {
            !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>' | b'/')
        });
        let name = cut(raw, at..name_end);
        let equals = skip_while(raw, name_end, |byte| byte.is_ascii_whitespace());
        if raw.as_bytes().get(equals) != Some(&b'=') {
            at = name_end;
            return Some(Attribute {
                name,
                value: "",
                range: name_end..name_end,
                quoted: false,
            });
        }
        let start = skip_while(raw, equals.saturating_add(1), |byte| {
            byte.is_ascii_whitespace()
        });
        let quote = raw
            .as_bytes()
            .get(start)
            .copied()
            .filter(|byte| matches!(byte, b'"' | b'\''));
        let range = if let Some(quote) = quote {
            let from = start.saturating_add(1).min(end);
            let to = skip_while(raw, from, |byte| byte != quote)
                .min(end)
                .max(from);
            at = to.saturating_add(1);
            from..to
        } else {
            let to = skip_while(raw, start, |byte| !byte.is_ascii_whitespace()).min(end);
            at = to;
            start.min(to)..to
        };
        let value = cut(raw, range.clone());
        Some(Attribute {
            name,
            value,
            range,
            quoted: quote.is_some(),
        })
    })
}

/// The value of one attribute, as it is written.
pub(super) fn attribute<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    attributes(raw)
        .find(|found| found.name.eq_ignore_ascii_case(name))
        .map(|found| found.value)
}

/// The tag with one more attribute; the value must already be escaped.
pub(super) fn with_attribute(raw: &str, name: &str, value: &str) -> String {
    let at = tag_name(raw, 1).len().saturating_add(1);
    let (head, tail) = (cut(raw, 0..at), cut(raw, at..raw.len()));
    format!("{head} {name}=\"{value}\"{tail}")
}

fn skip_while(text: &str, from: usize, passes: impl Fn(u8) -> bool) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    from.saturating_add(rest.iter().take_while(|byte| passes(**byte)).count())
        .min(text.len())
}

/// A part of a text; nothing when there is no such part.
pub(super) fn cut(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// The name of a tag in small letters.
pub(super) fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Whether an element of that name, in small letters, stands on its own and not within a line.
/// These are the elements WordPress counts as such.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "table"
            | "thead"
            | "tfoot"
            | "caption"
            | "col"
            | "colgroup"
            | "tbody"
            | "tr"
            | "td"
            | "th"
            | "div"
            | "dl"
            | "dd"
            | "dt"
            | "ul"
            | "ol"
            | "li"
            | "pre"
            | "form"
            | "map"
            | "area"
            | "blockquote"
            | "address"
            | "style"
            | "p"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "fieldset"
            | "legend"
            | "section"
            | "article"
            | "aside"
            | "hgroup"
            | "header"
            | "footer"
            | "nav"
            | "figure"
            | "figcaption"
            | "details"
            | "menu"
            | "summary"
    )
}

/// Whether an element of that name has neither content nor closing tag.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}
