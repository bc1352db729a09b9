//! Finds shortcodes in content: what is one, where it ends, and which closing tag belongs to it.

use std::{collections::HashMap, ops::Range};

use memchr::{memchr, memchr2};

use super::html::{Token, Tokens, cut};

/// What stands at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    /// `[[name]]`, which is meant to be read and not to be run.
    Escaped,
}

/// A shortcode's tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    /// The attributes as they are written.
    pub(super) attributes: &'a str,
    pub(super) range: Range<usize>,
    /// Which tag closes this one.
    pub(super) closed_by: Option<usize>,
    /// Whether an opening tag came before this closing one.
    pub(super) paired: bool,
}

/// Shortcodes that are turned into what they show.
pub(super) const HANDLED: [&str; 6] = [
    "caption",
    "wp_caption",
    "gallery",
    "embed",
    "audio",
    "video",
];

/// Well-known shortcodes that come without attributes as well.
const WELL_KNOWN: &[&str] = &[
    "playlist",
    "contact-form",
    "contact-form-7",
    "gravityform",
    "ninja_form",
    "wpforms",
    "woocommerce_cart",
    "woocommerce_checkout",
    "woocommerce_my_account",
    "products",
    "recent_products",
    "sitemap",
    "archives",
    "soundcloud",
    "youtube",
    "vimeo",
    "dailymotion",
    "slideshow",
    "slideshare",
    "gist",
    "tweet",
    "googlemaps",
    "googlemap",
    "table",
    "tablepress",
    "polldaddy",
    "poll",
    "latex",
    "toc",
    "rev_slider",
    "nggallery",
    "ngg_images",
    "vc_row",
    "vc_column",
    "vc_column_text",
    "et_pb_section",
    "et_pb_row",
    "et_pb_column",
    "et_pb_text",
    "fusion_text",
    "subscribe2",
    "jetpack_subscription_form",
    "adsense",
    "ad",
    "mailpoet_form",
    "mc4wp_form",
    "wpdatatable",
    "wp_sitemap_page",
    "login_form",
    "members_only",
];

impl Tag<'_> {
    pub(super) fn is_handled(&self) -> bool {
        HANDLED.contains(&self.name)
    }

    /// Whether this is a shortcode and not some word somebody put in brackets.
    pub(super) fn is_evident(&self) -> bool {
        self.is_handled()
            || WELL_KNOWN.contains(&self.name)
            || self.closed_by.is_some()
            || self.attributes.trim_end().ends_with('/')
            || pairs(self.attributes).any(|(key, _)| key.is_some())
    }
}

/// Finds every shortcode tag outside of HTML tags, comments and preformatted text.
pub(super) fn find(source: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut tokens = Tokens::new(source);
    loop {
        let start = tokens.at();
        let Some(token) = tokens.next() else { break };
        match token {
            Token::Open { name, .. } => {
                tokens.take_verbatim(name);
            }
            Token::Close { .. } | Token::Comment(_) => {}
            Token::Text(text) => {
                let end = start.saturating_add(text.len());
                let mut at = start;
                while let Some(found) = memchr(b'[', cut(source, at..end).as_bytes()) {
                    at = at.saturating_add(found);
                    if let Some(tag) = tag(source, at) {
                        at = tag.range.end;
                        tags.push(tag);
                        if at > end {
                            break;
                        }
                    } else {
                        at = at.saturating_add(1);
                    }
                }
                // A value may hold tags, which were read as such before this was known.
                tokens.seek(at);
            }
        }
    }
    pair(&mut tags);
    tags
}

/// Reads the shortcode that begins at the bracket there, if one does.
fn tag(source: &str, at: usize) -> Option<Tag<'_>> {
    let rest = source.get(at..)?;
    let escaped = rest.starts_with("[[");
    let inner = rest.get(if escaped { 2 } else { 1 }..)?;
    let closing = inner.starts_with('/');
    let inner = inner.get(usize::from(closing)..)?;
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    let name_len = inner
        .bytes()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-'));
    let name = inner.get(..name_len.count())?;
    let tail = inner.get(name.len()..)?;
    // Another bracket that opens means this one was never meant to be closed.
    let len = memchr2(b']', b'[', tail.as_bytes())?;
    if !tail.get(len..)?.starts_with(']') {
        return None;
    }
    let attributes = tail.get(..len)?;
    let short = attributes.starts_with('=') && WELL_KNOWN.contains(&name);
    let apart = attributes.is_empty()
        || attributes.starts_with(|c: char| c.is_whitespace() || c == '/')
        || short;
    // Only the caption is known to hold markup in its values.
    let markup = attributes.contains('<') && !HANDLED.contains(&name);
    if !apart || markup || (closing && !attributes.trim().is_empty()) {
        return None;
    }
    let close = rest
        .len()
        .checked_sub(tail.get(len..)?.len())?
        .checked_add(1)?;
    let doubled = escaped && rest.get(close..)?.starts_with(']');
    if escaped && !doubled {
        // `[[name]` is a bracket and then a shortcode, which is found when its turn comes.
        return None;
    }
    let end = at.checked_add(close)?.checked_add(usize::from(doubled))?;
    let kind = match (doubled, closing) {
        (true, _) => Kind::Escaped,
        (false, true) => Kind::Close,
        (false, false) => Kind::Open,
    };
    Some(Tag {
        kind,
        name,
        attributes,
        range: at..end,
        closed_by: None,
        paired: false,
    })
}

/// Gives each closing tag to the nearest open one of its name.
fn pair(tags: &mut [Tag<'_>]) {
    let mut open: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut pairs = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        match tag.kind {
            Kind::Open => open.entry(tag.name).or_default().push(at),
            Kind::Close => {
                if let Some(opened) = open.get_mut(tag.name).and_then(Vec::pop) {
                    pairs.push((opened, at));
                }
            }
            Kind::Escaped => {}
        }
    }
    for (opened, closed) in pairs {
        if let Some(tag) = tags.get_mut(opened) {
            tag.closed_by = Some(closed);
        }
        if let Some(tag) = tags.get_mut(closed) {
            tag.paired = true;
        }
    }
}

/// The attributes of a shortcode: `key="value"`, `key='value'`, `key=value`, or a value alone.
pub(super) fn pairs(attributes: &str) -> impl Iterator<Item = (Option<&str>, &str)> {
    let mut rest = attributes;
    // Once a quote turned out to have no end, none of its kind that comes later has one.
    let mut endless = [false; QUOTES.len()];
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() || rest == "/" {
            return None;
        }
        let key_len = rest
            .bytes()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-'));
        let key = rest.get(..key_len.count()).unwrap_or_default();
        let after = rest.get(key.len()..).unwrap_or_default().trim_start();
        let assigned = after.strip_prefix('=').filter(|_| !key.is_empty());
        let (value, left) = value(assigned.map_or(rest, str::trim_start), &mut endless);
        rest = left;
        Some((assigned.map(|_| key), value))
    })
}

/// The quotes around values. The editor of some languages makes them typographic.
const QUOTES: [(char, char); 4] = [
    ('"', '"'),
    ('\'', '\''),
    ('\u{201c}', '\u{201d}'),
    ('\u{201d}', '\u{201d}'),
];

fn value<'a>(text: &'a str, endless: &mut [bool; QUOTES.len()]) -> (&'a str, &'a str) {
    for ((open, close), endless) in QUOTES.into_iter().zip(endless) {
        if let Some(inner) = text.strip_prefix(open).filter(|_| !*endless) {
            if let Some(found) = inner.split_once(close) {
                return found;
            }
            *endless = true;
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}
