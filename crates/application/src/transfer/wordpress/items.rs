//! The typed records a WordPress export is read into.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::dates;

/// Where in the file something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Position {
    /// The line, counted from one.
    pub line: u64,
    /// The distance from the start of the file in bytes.
    pub byte_offset: u64,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} (byte {})", self.line, self.byte_offset)
    }
}

/// A hash (SHA-256) of a record as it stands in the file.
pub(super) type Digest = [u8; 32];

/// One record of the export and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// Where the record's opening tag stands.
    pub position: Position,
    /// A hash of the record as it stands in the file: the same hash is the same record.
    pub digest: Digest,
    /// The record itself.
    pub record: Record,
}

/// What an export is made of, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    /// What is said about the site; always the first record, and sent once.
    Channel(Box<Site>),
    /// A user who wrote something.
    Author(Author),
    /// A term of the taxonomy `category`.
    Category(Category),
    /// A term of the taxonomy `post_tag`.
    Tag(Tag),
    /// A term of any other taxonomy.
    Term(Term),
    /// A post, page, attachment, menu item or custom post.
    Item(Box<Item>),
}

/// What the head of the export says about the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Site {
    /// The site's name.
    pub title: String,
    /// The site's tagline.
    pub description: String,
    /// The address of the site.
    pub link: Option<String>,
    /// The language of the site, for example `en-US`.
    pub language: Option<String>,
    /// The address of the network's main site.
    pub base_site_url: Option<String>,
    /// The address of this site.
    pub base_blog_url: Option<String>,
    /// The version of the export format, for example `1.2`.
    pub wxr_version: Option<String>,
    /// The software that wrote the export. WordPress repeats it in a comment at the top, which is
    /// what the channel record shows; the element stands after the terms and is then visible
    /// through [`WxrReader::site`](super::reader::WxrReader::site).
    pub generator: Option<String>,
}

/// A user of the exported site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Author {
    /// The id on the exported site.
    pub id: Option<u64>,
    /// The login name, which is what [`Item::creator`] refers to.
    pub login: String,
    /// The mail address.
    pub email: Option<String>,
    /// The name shown to readers.
    pub display_name: Option<String>,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
}

/// A term of the taxonomy `category`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Category {
    /// The term id on the exported site.
    pub id: Option<u64>,
    /// The slug.
    pub nicename: String,
    /// The slug of the category above this one.
    pub parent: Option<String>,
    /// The name shown to readers.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The custom fields of the term.
    pub meta: Vec<Meta>,
}

/// A term of the taxonomy `post_tag`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tag {
    /// The term id on the exported site.
    pub id: Option<u64>,
    /// The slug.
    pub slug: String,
    /// The name shown to readers.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The custom fields of the term.
    pub meta: Vec<Meta>,
}

/// A term of any taxonomy, custom ones included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Term {
    /// The term id on the exported site.
    pub id: Option<u64>,
    /// The taxonomy's name, for example `nav_menu` or `post_translations`.
    pub taxonomy: String,
    /// The slug.
    pub slug: String,
    /// The slug of the term above this one.
    pub parent: Option<String>,
    /// The name shown to readers.
    pub name: String,
    /// The description; plugins keep serialised data in it.
    pub description: Option<String>,
    /// The custom fields of the term.
    pub meta: Vec<Meta>,
}

/// One custom field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meta {
    /// The name of the field; those of plugins mostly begin with an underscore.
    pub key: String,
    /// The value as it was stored, which may be serialised PHP.
    pub value: String,
}

/// A term an item is filed under.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ItemTerm {
    /// The taxonomy, for example `category`, `post_tag`, `language` or `post_format`.
    pub domain: String,
    /// The slug of the term.
    pub nicename: String,
    /// The name of the term.
    pub name: String,
}

/// A comment on an item. The address it was sent from is in the export but is never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Comment {
    /// The comment's id on the exported site.
    pub id: Option<u64>,
    /// The name its author gave.
    pub author: String,
    /// The mail address its author gave.
    pub author_email: Option<String>,
    /// The home page its author gave.
    pub author_url: Option<String>,
    /// When it was written, by the clock of the site.
    pub date: Option<NaiveDateTime>,
    /// When it was written.
    pub date_gmt: Option<DateTime<Utc>>,
    /// What was written.
    pub content: String,
    /// `1`, `0`, `spam` or `trash`.
    pub approved: String,
    /// Empty or `comment` for a comment, else `pingback` or `trackback`.
    pub kind: String,
    /// The comment it answers.
    pub parent: Option<u64>,
    /// The user who wrote it, when it was not a guest.
    pub user_id: Option<u64>,
}

/// Something in an item that was mended rather than refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Oddity {
    /// An entity nobody defines was kept as it was written.
    UnknownEntity(String),
    /// Characters which XML forbids were left out.
    ControlCharacters,
    /// A date could not be understood and counts as absent.
    UnreadableDate(String),
}

/// A post, page, attachment, menu item or custom post.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Item {
    /// The title, in which WordPress allows some HTML.
    pub title: String,
    /// The address on the exported site.
    pub link: Option<String>,
    /// The date of publication in the manner of RSS.
    pub pub_date: Option<DateTime<Utc>>,
    /// The login name of the author.
    pub creator: Option<String>,
    /// The identifier feeds know the item by.
    pub guid: Option<String>,
    /// Whether the identifier is an address too.
    pub guid_is_permalink: bool,
    /// The description of RSS, which WordPress leaves empty.
    pub description: String,
    /// The content as it was stored; see [`content::normalise`](super::content::normalise).
    pub content: String,
    /// The hand-written excerpt.
    pub excerpt: String,
    /// The id on the exported site.
    pub post_id: Option<u64>,
    /// The date by the clock of the site.
    pub post_date: Option<NaiveDateTime>,
    /// The date; absent for what was never published.
    pub post_date_gmt: Option<DateTime<Utc>>,
    /// The date of the last change.
    pub post_modified_gmt: Option<DateTime<Utc>>,
    /// `open` or `closed`.
    pub comment_status: Option<String>,
    /// `open` or `closed`.
    pub ping_status: Option<String>,
    /// The slug.
    pub post_name: String,
    /// `publish`, `draft`, `pending`, `private`, `future`, `inherit`, `trash` or a custom one.
    pub status: String,
    /// The item this one belongs under.
    pub post_parent: Option<u64>,
    /// The place among its siblings.
    pub menu_order: i64,
    /// `post`, `page`, `attachment`, `nav_menu_item` or a custom one.
    pub post_type: String,
    /// Whether a password was set. The password itself is never kept.
    pub has_password: bool,
    /// Whether the item is pinned to the top.
    pub is_sticky: bool,
    /// The address of the file, for an attachment.
    pub attachment_url: Option<String>,
    /// The terms the item is filed under.
    pub terms: Vec<ItemTerm>,
    /// The custom fields.
    pub meta: Vec<Meta>,
    /// The comments.
    pub comments: Vec<Comment>,
    /// What had to be mended while reading; at most [`MAX_ODDITIES`] of them.
    pub oddities: Vec<Oddity>,
}

/// How many oddities are kept for each item.
pub(super) const MAX_ODDITIES: usize = 16;

impl Item {
    /// The value of the first custom field of that name.
    #[must_use]
    pub(super) fn meta_value(&self, key: &str) -> Option<&str> {
        meta_value(&self.meta, key)
    }

    /// The terms of one taxonomy.
    pub(super) fn terms_of<'a>(&'a self, domain: &'a str) -> impl Iterator<Item = &'a ItemTerm> {
        self.terms.iter().filter(move |term| term.domain == domain)
    }

    /// When the item was published: the GMT date, else the date of RSS, else the date by the
    /// clock of the site taken as if that were GMT.
    #[must_use]
    pub(super) fn published_at(&self) -> Option<DateTime<Utc>> {
        self.post_date_gmt
            .or(self.pub_date)
            .or_else(|| self.post_date.map(|date| dates::as_utc(&date)))
    }

    /// The post format (`aside`, `gallery`, `quote`, …), when one was chosen.
    #[must_use]
    pub(super) fn post_format(&self) -> Option<&str> {
        let term = self.terms_of("post_format").next()?;
        Some(
            term.nicename
                .strip_prefix("post-format-")
                .unwrap_or(&term.nicename),
        )
    }
}

/// The value of the first custom field of that name.
pub(crate) fn meta_value<'a>(meta: &'a [Meta], key: &str) -> Option<&'a str> {
    meta.iter()
        .find(|field| field.key == key)
        .map(|field| field.value.as_str())
}
