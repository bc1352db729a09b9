//! What every publishable thing shares: the entry, where it is in its life, and the closed set of kinds.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    access::Target,
    articles::Article,
    error::Error,
    fields::{CustomFields, FieldFilter},
    id::{
        AssetId, AuthorId, CategoryId, EditionId, EntryId, NewsletterId, TagId, TranslationGroupId,
        UserId,
    },
    media::AssetKind,
    newsletters::Issue,
    pages::Page,
    paging::{KeyKind, ListOrder},
    time::Timestamp,
};

/// The kinds of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentKind {
    /// A dated piece of writing.
    Article,
    /// A standing page, possibly below another.
    Page,
    /// A numbered issue of a newsletter.
    Issue,
}

impl ContentKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Article, Self::Page, Self::Issue];

    /// The word for it: the prefix of ids, the text in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Page => "page",
            Self::Issue => "issue",
        }
    }
}

impl fmt::Display for ContentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ContentKind {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Error::invalid("kind", "must be article, page or issue"))
    }
}

/// Where an entry is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being written.
    Draft,
    /// Handed in.
    InReview,
    /// To be published at a set time.
    Scheduled,
    /// Public.
    Published,
    /// Taken off, kept.
    Archived,
    /// To be removed.
    Trashed,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::InReview,
        Self::Scheduled,
        Self::Published,
        Self::Archived,
        Self::Trashed,
    ];

    /// The text in the store and in REST.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Archived => "archived",
            Self::Trashed => "trashed",
        }
    }
}

impl FromStr for Status {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| {
                Error::invalid(
                    "status",
                    "must be draft, in_review, scheduled, published, archived or trashed",
                )
            })
    }
}

/// What articles, pages and issues share.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id, which knows its kind.
    pub id: EntryId,
    /// The edition it belongs to.
    pub edition: EditionId,
    /// Entries of one group translate each other.
    pub group: TranslationGroupId,
    /// The entry it was translated from, and that one's version at the time.
    pub translated_from: Option<(EntryId, i64)>,
    /// The parent page, or none.
    pub parent: Option<EntryId>,
    /// Unique per edition, kind and parent.
    pub slug: String,
    /// Unique per edition; begins with `/`.
    pub path: String,
    /// The headline.
    pub title: String,
    /// Where it is in its life.
    pub status: Status,
    /// Counts every save, from 1.
    pub version: i64,
    /// Whether an edit of the published text waits to be published.
    pub has_pending_changes: bool,
    /// The version readers see; `None`: the current one.
    pub live_version: Option<i64>,
    /// When a scheduled change happens.
    pub scheduled_at: Option<Timestamp>,
    /// When it is to be taken back.
    pub unpublish_at: Option<Timestamp>,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
    /// Orders lists: the publication time, or the creation time before that.
    pub sort_at: Timestamp,
    /// Whether it is marked to stand out.
    pub is_featured: bool,
    /// The account that wrote it.
    pub owner: Option<UserId>,
    /// The id feeds show, if it is not ours (an imported entry keeps its WordPress guid). No other
    /// entry has it.
    pub guid: Option<String>,
    /// The values of its custom fields, those that are declared no longer included.
    pub custom_fields: CustomFields,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Entry {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target {
            kind: self.id.kind.into(),
            id: self.id.to_string(),
            edition: Some(self.edition),
            owner: self.owner,
        }
    }
}

/// An entry of any kind.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all of it is articles; a box would cost each one an allocation"
)]
pub enum Content {
    /// An article.
    Article(Article),
    /// A page.
    Page(Page),
    /// A newsletter issue.
    Issue(Issue),
}

impl Content {
    /// What all kinds share.
    pub fn entry(&self) -> &Entry {
        match self {
            Self::Article(article) => &article.entry,
            Self::Page(page) => &page.entry,
            Self::Issue(issue) => &issue.entry,
        }
    }
    /// What all kinds share, to change it.
    pub fn entry_mut(&mut self) -> &mut Entry {
        match self {
            Self::Article(article) => &mut article.entry,
            Self::Page(page) => &mut page.entry,
            Self::Issue(issue) => &mut issue.entry,
        }
    }
}

/// A part of a record that is read only when asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Part<T> {
    /// Was not asked for: not the same as empty.
    #[default]
    Absent,
    /// Was read.
    Loaded(T),
}

impl<T> Part<T> {
    /// The value, if it was read.
    pub fn loaded(&self) -> Option<&T> {
        match self {
            Self::Absent => None,
            Self::Loaded(value) => Some(value),
        }
    }
    /// The value, if it was read.
    pub fn into_loaded(self) -> Option<T> {
        match self {
            Self::Absent => None,
            Self::Loaded(value) => Some(value),
        }
    }
}

/// Which parts of entries a read wants: a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Parts(u16);

impl Parts {
    /// Only the columns of the entry itself.
    pub const NONE: Self = Self(0);
    /// The body's derived forms (and the source for those who may edit).
    pub const BODY: Self = Self(1);
    /// Categories and tags.
    pub const TERMS: Self = Self(1 << 1);
    /// Who wrote it.
    pub const BYLINE: Self = Self(1 << 2);
    /// The main picture.
    pub const HERO: Self = Self(1 << 3);
    /// Search engine texts.
    pub const SEO: Self = Self(1 << 4);
    /// Attached files.
    pub const ATTACHMENTS: Self = Self(1 << 5);
    /// An issue's sections.
    pub const SECTIONS: Self = Self(1 << 6);
    /// What was put right in an article.
    pub const CORRECTIONS: Self = Self(1 << 7);

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Whether all of `other` is in the set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
    /// Both sets without what is in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// Texts for search engines and link previews; what is missing is taken from the entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Seo {
    /// Title of the HTML page.
    pub title: Option<String>,
    /// Meta description.
    pub description: Option<String>,
    /// Where the original stands, if not here.
    pub canonical_url: Option<String>,
    /// Keep search engines away.
    pub noindex: bool,
    /// Picture for link previews.
    pub image: Option<AssetId>,
}

/// A list of entries of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntryQuery {
    /// Which kind.
    pub kind: ContentKind,
    /// Only this edition.
    pub edition: Option<EditionId>,
    /// Only those that match.
    pub filter: EntryFilter,
    /// In which order.
    pub order: EntryOrder,
}

impl EntryQuery {
    /// All of a kind, the newest first.
    pub fn all(kind: ContentKind) -> Self {
        Self {
            kind,
            edition: None,
            filter: EntryFilter::default(),
            order: EntryOrder::default(),
        }
    }
}

/// The order of a list of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryOrder {
    /// What decides.
    pub field: EntryOrderField,
    /// Largest, newest, last letter first.
    pub descending: bool,
}

impl Default for EntryOrder {
    fn default() -> Self {
        Self {
            field: EntryOrderField::PublishedAt,
            descending: true,
        }
    }
}

/// What a list of entries can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryOrderField {
    /// Publication (creation before that).
    PublishedAt,
    /// Last change.
    UpdatedAt,
    /// The title, as the edition's language sorts.
    Title,
    /// The position among the pages of a parent, or the number of an issue.
    Position,
}

impl EntryOrder {
    /// The order of a list of one kind for which none is asked: pages by title, what is dated with
    /// the newest first.
    pub fn of(kind: ContentKind) -> Self {
        match kind {
            ContentKind::Page => Self {
                field: EntryOrderField::Title,
                descending: false,
            },
            ContentKind::Article | ContentKind::Issue => Self::default(),
        }
    }

    /// The order as its cursors know it.
    pub fn of_list(self) -> ListOrder {
        let key = match self.field {
            EntryOrderField::PublishedAt | EntryOrderField::UpdatedAt => KeyKind::Time,
            EntryOrderField::Title => KeyKind::Text,
            EntryOrderField::Position => KeyKind::Int,
        };
        ListOrder {
            name: self.name(),
            key,
        }
    }

    /// The name in cursors and in REST's `sort`.
    pub fn name(self) -> &'static str {
        match (self.field, self.descending) {
            (EntryOrderField::PublishedAt, true) => "-publishedAt",
            (EntryOrderField::PublishedAt, false) => "publishedAt",
            (EntryOrderField::UpdatedAt, true) => "-updatedAt",
            (EntryOrderField::UpdatedAt, false) => "updatedAt",
            (EntryOrderField::Title, true) => "-title",
            (EntryOrderField::Title, false) => "title",
            (EntryOrderField::Position, true) => "-position",
            (EntryOrderField::Position, false) => "position",
        }
    }
}

/// Conditions on entries; all that are set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct EntryFilter {
    /// All of these must hold too.
    pub and: Vec<EntryFilter>,
    /// One of these must hold, unless there are none.
    pub or: Vec<EntryFilter>,
    /// This must not hold.
    pub not: Option<Box<EntryFilter>>,
    /// Stands in these categories.
    pub category: Option<TermFilter>,
    /// Has these tags.
    pub tag: Option<TermFilter>,
    /// Has these authors in its byline.
    pub author: Option<TermFilter>,
    /// Publication time.
    pub published_at: Option<TimeRange>,
    /// Time of the last change.
    pub updated_at: Option<TimeRange>,
    /// Has one of these.
    pub status: Option<Vec<Status>>,
    /// Has a picture (video, …) as hero, attachment or in its body.
    pub has_media: Option<AssetKind>,
    /// Is another language's version of this entry.
    pub translation_of: Option<EntryId>,
    /// Has no version in this edition.
    pub untranslated_in: Option<EditionId>,
    /// Is a translation whose original says something else by now.
    pub is_stale_translation: Option<bool>,
    /// Name of the outlet it was first published by.
    pub source: Option<StringFilter>,
    /// Is marked to stand out.
    pub is_featured: Option<bool>,
    /// Has such values in custom fields.
    pub custom_fields: Vec<FieldFilter>,
    /// Is below this page; `Some(None)`: has no parent.
    pub parent: Option<Option<EntryId>>,
    /// Is an issue of this newsletter.
    pub newsletter: Option<NewsletterId>,
}

impl EntryFilter {
    /// How many conditions there are, nested ones included: the faces bound it.
    pub fn size(&self) -> usize {
        let nested: usize = self
            .and
            .iter()
            .chain(&self.or)
            .map(Self::size)
            .sum::<usize>()
            + self.not.as_ref().map_or(0, |not| not.size());
        1 + nested
    }

    /// Whether any of the conditions is on the status.
    pub fn names_status(&self) -> bool {
        self.status.is_some()
            || self.and.iter().chain(&self.or).any(Self::names_status)
            || self.not.as_ref().is_some_and(|not| not.names_status())
    }
}

/// Names one category, tag or author.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TermKey {
    /// By slug, in the edition of the query (or in any, when it has none).
    Slug(String),
    /// By category id.
    Category(CategoryId),
    /// By tag id.
    Tag(TagId),
    /// By author id.
    Author(AuthorId),
}

/// A condition on categories, tags or authors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct TermFilter {
    /// At least one of these, unless empty.
    pub any_of: Vec<TermKey>,
    /// Every one of these.
    pub all_of: Vec<TermKey>,
    /// Any tag of this namespace; slugs are looked up in it.
    pub namespace: Option<String>,
    /// Whether a category stands for those below it as well.
    pub include_descendants: bool,
}

/// A span of time; what is set must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct TimeRange {
    /// At or after.
    pub gte: Option<Timestamp>,
    /// After.
    pub gt: Option<Timestamp>,
    /// At or before.
    pub lte: Option<Timestamp>,
    /// Before.
    pub lt: Option<Timestamp>,
}

/// A condition on a text; what is set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct StringFilter {
    /// Is exactly this.
    pub eq: Option<String>,
    /// Is one of these.
    pub any_of: Option<Vec<String>>,
    /// Is there (`false`) or not (`true`).
    pub is_null: Option<bool>,
}

/// How one entry is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryRef {
    /// By id.
    Id(EntryId),
    /// By slug, in an edition (pages: of those without a parent first).
    Slug {
        /// The edition.
        edition: EditionId,
        /// The slug.
        slug: String,
    },
    /// By path, in an edition.
    Path {
        /// The edition.
        edition: EditionId,
        /// The path, beginning with `/`.
        path: String,
    },
}
