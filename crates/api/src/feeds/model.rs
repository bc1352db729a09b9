//! A feed before it is RSS, Atom or JSON: what the three formats have in common.

use domain::{
    media::AssetKind,
    text::Direction,
    time::{Timestamp, rfc3339},
};

/// The name of the program in feeds.
pub(super) const GENERATOR: &str = "Colophon";

/// One page of a feed. All addresses in it are absolute.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feed {
    /// A permanent URN, the same for all pages and formats.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// The language of the edition (BCP 47).
    pub language: String,
    /// The direction of the edition's writing.
    pub direction: Direction,
    /// The publication: who stands behind items without a byline.
    pub publisher: String,
    /// The page for readers that lists the same.
    pub html_url: String,
    /// Where this page and its neighbours are.
    pub links: PageLinks,
    /// When the newest change in it was made.
    pub updated: Timestamp,
    /// What is in it, the newest first.
    pub items: Vec<FeedItem>,
}

/// Where a page of a feed and its neighbours are (RFC 5005, paged feeds).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageLinks {
    /// This page.
    pub this: String,
    /// The newest page.
    pub first: String,
    /// The page with older items.
    pub next: Option<String>,
    /// The page with newer items.
    pub previous: Option<String>,
}

impl PageLinks {
    /// The links by their relation, in the order feeds show them.
    pub(super) fn relations(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let optional = [
            ("next", self.next.as_deref()),
            ("previous", self.previous.as_deref()),
        ];
        [("self", self.this.as_str()), ("first", self.first.as_str())]
            .into_iter()
            .chain(
                optional
                    .into_iter()
                    .filter_map(|(relation, url)| url.map(|url| (relation, url))),
            )
    }
}

/// One item of a feed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FeedItem {
    /// What tells readers that they have seen it: the guid it was imported with, or its id.
    pub guid: String,
    /// The same for Atom, which takes nothing but an IRI.
    pub iri: String,
    /// Its page.
    pub url: String,
    /// Its headline.
    pub title: String,
    /// Plain text.
    pub summary: String,
    /// The whole of it, with absolute addresses.
    pub html: String,
    /// When it was published.
    pub published: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Who else worked on it.
    pub contributors: Vec<Person>,
    /// Its categories and tags.
    pub categories: Vec<Category>,
    /// Its main picture.
    pub hero: Option<Media>,
    /// Its attached files.
    pub attachments: Vec<Media>,
    /// Where it was first published, if elsewhere.
    pub via: Option<String>,
}

impl FeedItem {
    /// The file for formats that take one: the first sound or film that is attached.
    pub(super) fn enclosure(&self) -> Option<&Media> {
        self.attachments
            .iter()
            .find(|media| matches!(media.kind, AssetKind::Audio | AssetKind::Video))
    }

    /// The main picture and the attached files.
    pub(super) fn media(&self) -> impl Iterator<Item = &Media> {
        self.hero.iter().chain(&self.attachments)
    }
}

/// A name in a byline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    /// The name.
    pub name: String,
    /// Their page.
    pub url: Option<String>,
}

/// A category or a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Category {
    /// The last part of its address.
    pub slug: String,
    /// The name readers see.
    pub name: String,
}

/// A picture, film, sound or document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Media {
    /// Where it is.
    pub url: String,
    /// What it is.
    pub kind: AssetKind,
    /// `image/jpeg`.
    pub mime_type: String,
    /// Size, where known.
    pub size_bytes: Option<i64>,
    /// Width in pixels, where known.
    pub width: Option<i64>,
    /// Height in pixels, where known.
    pub height: Option<i64>,
    /// Playing time, where known.
    pub duration_ms: Option<i64>,
    /// Its title.
    pub title: Option<String>,
    /// What stands below it.
    pub caption: Option<String>,
    /// What is to be seen, for those who cannot.
    pub alt: Option<String>,
    /// Who made it.
    pub credit: Option<String>,
}

/// A time as RSS 2.0 writes it: RFC 822 with four digits of year.
pub(super) fn rfc822(time: Timestamp) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A time as Atom and JSON Feed write it.
pub(super) fn iso(time: Timestamp) -> String {
    rfc3339(time)
}
