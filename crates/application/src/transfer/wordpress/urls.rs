//! The addresses in HTML: finding them, and putting others in their place.

use super::{
    entities,
    html::{Token, Tokens, attribute, attributes, cut, lower, with_attribute},
};

/// What an address is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum UrlKind {
    /// Something a reader can go to: `<a href>`, `<area href>`.
    Link,
    /// A picture: `<img src>`.
    Image,
    /// A sound or film: `<audio>`, `<video>`, `<source>`, `<track>`.
    Media,
    /// The still picture of a film: `<video poster>`.
    Poster,
    /// Another page shown inside this one: `<iframe>`, `<embed>`, `<object data>`.
    Frame,
    /// Not an address but the id of an attachment, of a picture that has no address yet. What is
    /// given for it becomes its `src`.
    Attachment,
}

/// An address found in HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// What it is used for.
    pub kind: UrlKind,
    /// The address, its entities decoded.
    pub url: String,
}

/// The kind of address an attribute of an element holds, both names in small letters.
pub(super) fn kind_of(element: &str, name: &str) -> Option<UrlKind> {
    Some(match (element, name) {
        ("a" | "area", "href") => UrlKind::Link,
        ("img", "src") => UrlKind::Image,
        ("audio" | "video" | "source" | "track", "src") => UrlKind::Media,
        ("video", "poster") => UrlKind::Poster,
        ("iframe" | "embed", "src") | ("object", "data") => UrlKind::Frame,
        _ => return None,
    })
}

/// An address that may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// What it is used for.
    pub kind: UrlKind,
    /// The address, its entities decoded.
    pub url: &'a str,
    /// The attachment the element says it shows.
    pub attachment: Option<u64>,
}

/// Offers every address in the HTML and puts what is given in return in its place. Everything
/// else stays as it is, byte for byte.
pub(super) fn rewrite_urls(
    html: &str,
    replace: &mut dyn FnMut(Address<'_>) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(html.len());
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(raw) | Token::Close { raw, .. } | Token::Comment(raw) => out.push_str(raw),
            Token::Open { raw, name } => {
                tag(raw, &lower(name), replace, &mut out);
                if matches!(&*lower(name), "script" | "style" | "textarea")
                    && let Some(rest) = tokens.take_verbatim(name)
                {
                    out.push_str(rest);
                }
            }
        }
    }
    out
}

fn tag(
    raw: &str,
    element: &str,
    replace: &mut dyn FnMut(Address<'_>) -> Option<String>,
    out: &mut String,
) {
    let id = attribute(raw, "data-wp-id").filter(|_| element == "img");
    let attachment = id.and_then(|id| id.parse().ok());
    let mut copied = 0;
    let mut has_source = false;
    for found in attributes(raw) {
        let Some(kind) = kind_of(element, &lower(found.name)) else {
            continue;
        };
        has_source |= kind == UrlKind::Image;
        let url = entities::decode(found.value);
        let url = url.trim();
        let Some(url) = replace(Address {
            kind,
            url,
            attachment,
        }) else {
            continue;
        };
        out.push_str(cut(raw, copied..found.range.start));
        let url = entities::encode(&url);
        if found.quoted {
            out.push_str(&url);
        } else {
            out.push('"');
            out.push_str(&url);
            out.push('"');
        }
        copied = found.range.end;
    }
    let kind = UrlKind::Attachment;
    let id = id.filter(|_| !has_source);
    match id.and_then(|url| {
        replace(Address {
            kind,
            url,
            attachment,
        })
    }) {
        Some(url) => out.push_str(&with_attribute(raw, "src", &entities::encode(&url))),
        None => out.push_str(cut(raw, copied..raw.len())),
    }
}
