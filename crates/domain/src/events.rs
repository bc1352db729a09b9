//! What happened to the content, and which cached answers that touches.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    content::ContentKind,
    id::{CategoryId, EditionId, EntryId, Id, IdKind, TagId, write_type_id},
    terms::{Taxonomy, TermId},
};

/// Names a piece of content that an answer was made from. A change names the tags it touches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CacheTag {
    /// One entry.
    Entry(EntryId),
    /// The lists of a kind in an edition (`None`: in every edition).
    List(ContentKind, Option<EditionId>),
    /// One record that is not an entry: the prefix of its public id, and the rest of it.
    Record(&'static str, Uuid),
    /// What stands at a path of an edition.
    Path(EditionId, String),
    /// The lists of a kind of record that is not an entry.
    Records(RecordKind),
    /// Settings, editions and permalink patterns.
    Settings,
}

impl fmt::Display for CacheTag {
    /// The tag as it stands in a `Surrogate-Key` header, except for what a path may hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(id) => id.fmt(f),
            Self::List(kind, None) => write!(f, "{kind}-list"),
            Self::List(kind, Some(edition)) => write!(f, "{kind}-list-{edition}"),
            Self::Record(prefix, id) => write_type_id(f, prefix, *id),
            Self::Path(edition, path) => write!(f, "path-{edition}-{path}"),
            Self::Records(kind) => write!(f, "{}-list", kind.as_str()),
            Self::Settings => f.write_str("settings"),
        }
    }
}

impl<K: IdKind> From<Id<K>> for CacheTag {
    fn from(id: Id<K>) -> Self {
        Self::Record(K::PREFIX, id.uuid())
    }
}

impl From<TermId> for CacheTag {
    fn from(id: TermId) -> Self {
        match id.taxonomy {
            Taxonomy::Category => CategoryId::from_uuid(id.uuid()).into(),
            Taxonomy::Tag => TagId::from_uuid(id.uuid()).into(),
        }
    }
}

/// Every kind of record there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// Site settings.
    Site,
    /// An edition.
    Edition,
    /// An article.
    Article,
    /// A page.
    Page,
    /// A newsletter issue.
    Issue,
    /// A category.
    Category,
    /// A tag.
    Tag,
    /// An author.
    Author,
    /// An asset.
    Asset,
    /// A gallery.
    Gallery,
    /// A collection.
    Collection,
    /// A newsletter.
    Newsletter,
    /// A menu.
    Menu,
    /// A comment.
    Comment,
    /// A redirect.
    Redirect,
    /// A user account.
    User,
    /// What somebody is signed in by.
    Session,
    /// An API key.
    ApiKey,
    /// An entry of the audit log.
    Audit,
    /// A job of the queue.
    Job,
}

impl RecordKind {
    /// Whether it is part of what is published. What is not is for owners; a new kind has to say
    /// which it is.
    pub const fn is_content(self) -> bool {
        match self {
            Self::Article
            | Self::Page
            | Self::Issue
            | Self::Category
            | Self::Tag
            | Self::Author
            | Self::Asset
            | Self::Gallery
            | Self::Collection
            | Self::Newsletter
            | Self::Menu
            | Self::Comment
            | Self::Redirect => true,
            Self::Site
            | Self::Edition
            | Self::User
            | Self::Session
            | Self::ApiKey
            | Self::Audit
            | Self::Job => false,
        }
    }

    /// The word both faces, events and logs use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Edition => "edition",
            Self::Article => "article",
            Self::Page => "page",
            Self::Issue => "issue",
            Self::Category => "category",
            Self::Tag => "tag",
            Self::Author => "author",
            Self::Asset => "asset",
            Self::Gallery => "gallery",
            Self::Collection => "collection",
            Self::Newsletter => "newsletter",
            Self::Menu => "menu",
            Self::Comment => "comment",
            Self::Redirect => "redirect",
            Self::User => "user",
            Self::Session => "session",
            Self::ApiKey => "apikey",
            Self::Audit => "audit",
            Self::Job => "job",
        }
    }
}

impl From<ContentKind> for RecordKind {
    fn from(kind: ContentKind) -> Self {
        match kind {
            ContentKind::Article => Self::Article,
            ContentKind::Page => Self::Page,
            ContentKind::Issue => Self::Issue,
        }
    }
}

/// One thing that happened, as the outbox keeps it: `article.published`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentEvent {
    /// `kind.verb`.
    pub name: String,
    /// The public id of the record.
    pub id: String,
    /// The edition it happened in, where it has one.
    pub edition: Option<EditionId>,
}

impl ContentEvent {
    /// Names what happened to a record.
    pub fn new(
        kind: RecordKind,
        verb: &str,
        id: impl std::fmt::Display,
        edition: Option<EditionId>,
    ) -> Self {
        Self {
            name: format!("{}.{verb}", kind.as_str()),
            id: id.to_string(),
            edition,
        }
    }
}
