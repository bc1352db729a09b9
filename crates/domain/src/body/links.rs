//! Addresses: which are safe, how they are mapped while deriving, and which a body refers to.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use scraper::Html;
use url::Url;

use super::block::{Block, Image, Inline, Kind, MediaRef};

/// What an address is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// A link readers may follow, including the one behind a picture.
    Link,
    /// A picture to show, including a film's poster.
    Image,
    /// A film, sound, text track or file.
    Media,
}

/// Maps one address to another; `None` keeps it.
pub type Resolve<'a> = dyn Fn(LinkKind, &str) -> Option<String> + 'a;

/// How to derive; the default maps nothing.
#[derive(Clone, Default)]
pub struct DeriveOptions<'a> {
    /// Maps the addresses found, for example to `asset:KEY` and `entry:KEY`. What it returns is
    /// held to the same safety rules as what the author wrote.
    pub resolve: Option<&'a Resolve<'a>>,
    /// What relative addresses are relative to; without it they stay relative.
    pub base_url: Option<Url>,
}

impl std::fmt::Debug for DeriveOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeriveOptions")
            .field("resolve", &self.resolve.is_some())
            .field("base_url", &self.base_url)
            .finish()
    }
}

impl DeriveOptions<'_> {
    /// The mapped, absolute, safe form of an address, or `None` if there is none.
    pub(super) fn address(&self, kind: LinkKind, raw: &str) -> Option<String> {
        let mut address = tidy(raw);
        if address.is_empty() {
            return None;
        }
        if let Some(mapped) = self.resolve.and_then(|resolve| resolve(kind, &address)) {
            address = tidy(&mapped);
        }
        if let Some(base) = &self.base_url
            && scheme(&address).is_none()
            && !address.starts_with('#')
        {
            address = tidy(base.join(&address).ok()?.as_str());
        }
        is_safe(kind, &address).then_some(address)
    }

    /// The address of a medium.
    pub(super) fn media(&self, kind: LinkKind, raw: &str) -> Option<MediaRef> {
        self.address(kind, raw).map(MediaRef::from_address)
    }
}

/// Drops what browsers ignore in an address, and escapes what would end it in HTML or Markdown.
fn tidy(raw: &str) -> String {
    let trimmed = raw.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let mut out = String::with_capacity(trimmed.len());
    for c in trimmed.chars() {
        match c {
            ' ' => out.push_str("%20"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '"' => out.push_str("%22"),
            '\\' => out.push('/'),
            _ if c.is_control() => {}
            _ => out.push(c),
        }
    }
    out
}

/// The scheme of an address, if it has one; a colon after a slash is not a scheme's.
fn scheme(address: &str) -> Option<&str> {
    let end = address.find([':', '/', '?', '#'])?;
    let (scheme, rest) = address.split_at_checked(end)?;
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    (rest.starts_with(':') && valid).then_some(scheme)
}

/// The schemes a link may have; a medium may only be on the web or one of our assets.
pub(super) const SCHEMES: [&str; 11] = [
    "http", "https", "asset", "entry", "mailto", "tel", "sms", "geo", "xmpp", "ftp", "news",
];

/// Whether readers may follow a link to an address: it has no scheme, or a harmless one.
pub fn is_safe_link(address: &str) -> bool {
    is_safe(LinkKind::Link, &tidy(address))
}

fn is_safe(kind: LinkKind, address: &str) -> bool {
    let allowed: &[&str] = match kind {
        LinkKind::Link => &SCHEMES,
        LinkKind::Image | LinkKind::Media => &["http", "https", "asset"],
    };
    match scheme(address) {
        Some(scheme) => allowed
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme)),
        // A fragment names a place in a text; no picture is there.
        None => kind == LinkKind::Link || !address.starts_with('#'),
    }
}

/// The key of an address in one of our own schemes.
pub(super) fn key<'a>(address: &'a str, scheme: &str) -> Option<&'a str> {
    let (found, rest) = address.split_once(':')?;
    (found == scheme && !rest.is_empty()).then_some(rest)
}

/// What a body points to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reference {
    /// One of our assets, by its key.
    Asset(String),
    /// One of our entries, by its key.
    Entry(String),
    /// Any other address.
    Url(String),
}

impl Reference {
    fn from_address(address: &str) -> Self {
        if let Some(key) = key(address, "asset") {
            return Self::Asset(key.to_owned());
        }
        match key(address, "entry") {
            // An entry may be linked at one of its headings; the key ends before that.
            Some(key) => Self::Entry(key.split(['#', '?']).next().unwrap_or(key).to_owned()),
            None => Self::Url(address.to_owned()),
        }
    }
}

/// The addresses of places within a body that are not there. Only headings are such places, beside
/// the top of whatever page shows the body.
pub(super) fn dead_fragments(blocks: &[Block]) -> HashSet<String> {
    let mut places = HashSet::new();
    headings(blocks, &mut places);
    references(blocks)
        .into_iter()
        .filter_map(|reference| match reference {
            Reference::Url(url) => Some(url),
            Reference::Asset(_) | Reference::Entry(_) => None,
        })
        .filter(|url| {
            let place = url.strip_prefix('#').map(|place| {
                let place = percent_decode_str(place);
                place.decode_utf8_lossy().into_owned()
            });
            place.is_some_and(|place| {
                !matches!(place.as_str(), "" | "top") && !places.contains(place.as_str())
            })
        })
        .collect()
}

fn headings<'b>(blocks: &'b [Block], places: &mut HashSet<&'b str>) {
    for block in blocks {
        match &block.kind {
            Kind::Heading { id, .. } => {
                places.insert(id);
            }
            Kind::List { items, .. } => items.iter().for_each(|item| headings(item, places)),
            Kind::Quote { blocks, .. } => headings(blocks, places),
            Kind::Paragraph { .. }
            | Kind::Code { .. }
            | Kind::Table(_)
            | Kind::Image(_)
            | Kind::Gallery { .. }
            | Kind::Video(_)
            | Kind::Audio { .. }
            | Kind::File { .. }
            | Kind::Embed(_)
            | Kind::Separator
            | Kind::RawHtml { .. } => {}
        }
    }
}

/// Everything the blocks point to, once each, in reading order.
pub fn references(blocks: &[Block]) -> Vec<Reference> {
    let mut found = Found::default();
    found.blocks(blocks);
    found.list
}

#[derive(Default)]
struct Found {
    list: Vec<Reference>,
    seen: HashSet<Reference>,
}

impl Found {
    fn address(&mut self, address: &str) {
        let reference = Reference::from_address(address);
        if self.seen.insert(reference.clone()) {
            self.list.push(reference);
        }
    }

    fn media(&mut self, media: &MediaRef) {
        self.address(&media.address());
    }

    fn inline(&mut self, inline: &Inline) {
        for href in inline.spans.iter().filter_map(|span| span.href.as_deref()) {
            self.address(href);
        }
    }

    fn image(&mut self, image: &Image) {
        self.media(&image.src);
        if let Some(href) = &image.link_href {
            self.address(href);
        }
        self.inline(&image.caption);
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match &block.kind {
                Kind::Paragraph { content } | Kind::Heading { content, .. } => self.inline(content),
                Kind::List { items, .. } => items.iter().for_each(|item| self.blocks(item)),
                Kind::Quote { blocks, citation } => {
                    self.blocks(blocks);
                    self.inline(citation);
                }
                Kind::Table(table) => {
                    self.inline(&table.caption);
                    for cell in table.head.iter().chain(&table.rows).flatten() {
                        self.inline(&cell.content);
                    }
                }
                Kind::Image(image) => self.image(image),
                Kind::Gallery { items, caption } => {
                    for image in items {
                        self.image(image);
                    }
                    self.inline(caption);
                }
                Kind::Video(video) => {
                    self.media(&video.src);
                    video.poster.iter().for_each(|poster| self.media(poster));
                    video.tracks.iter().for_each(|track| self.media(&track.src));
                    self.inline(&video.caption);
                }
                Kind::Audio { src, caption } => {
                    self.media(src);
                    self.inline(caption);
                }
                Kind::File { src, .. } => self.media(src),
                Kind::Embed(embed) => {
                    self.address(&embed.url);
                    self.inline(&embed.caption);
                }
                Kind::RawHtml { html, .. } => self.raw(html),
                Kind::Code { .. } | Kind::Separator => {}
            }
        }
    }

    /// Raw HTML is rare and small, so it is read again rather than stored with a list of links.
    fn raw(&mut self, html: &str) {
        for node in Html::parse_fragment(html).tree.nodes() {
            let attributes = node
                .value()
                .as_element()
                .into_iter()
                .flat_map(|e| e.attrs());
            for (name, value) in attributes {
                if matches!(name, "href" | "src" | "poster") {
                    self.address(value);
                }
            }
        }
    }
}
