//! Categories (a tree) and tags (in namespaces): what entries are about.

use std::{fmt, str::FromStr};

use uuid::Uuid;

mod change;

pub use change::{TermChange, TermTextChange};

use crate::{
    access::Target,
    error::Error,
    events::RecordKind,
    fields::FieldFilter,
    id::{CategoryId, TagId},
    text::{EditionText, Localized},
    time::Timestamp,
};

/// The two kinds of term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Taxonomy {
    /// A tree of sections.
    Category,
    /// A flat set of words, in namespaces.
    Tag,
}

impl Taxonomy {
    /// The text in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Tag => "tag",
        }
    }
}

impl FromStr for Taxonomy {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "category" => Ok(Self::Category),
            "tag" => Ok(Self::Tag),
            _ => Err(Error::invalid("taxonomy", "must be category or tag")),
        }
    }
}

impl From<Taxonomy> for RecordKind {
    fn from(taxonomy: Taxonomy) -> Self {
        match taxonomy {
            Taxonomy::Category => Self::Category,
            Taxonomy::Tag => Self::Tag,
        }
    }
}

/// The id of a term of either kind; shown with the prefix of its kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId {
    /// Which kind.
    pub taxonomy: Taxonomy,
    uuid: Uuid,
}

impl TermId {
    /// Joins a kind and a UUID; for the id source and the store only.
    pub const fn new(taxonomy: Taxonomy, uuid: Uuid) -> Self {
        Self { taxonomy, uuid }
    }
    /// The bare UUID; for the store only.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl fmt::Display for TermId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.taxonomy {
            Taxonomy::Category => CategoryId::from_uuid(self.uuid).fmt(f),
            Taxonomy::Tag => TagId::from_uuid(self.uuid).fmt(f),
        }
    }
}
impl FromStr for TermId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.split_once('_') {
            Some(("category", _)) => text.parse::<CategoryId>().map(Self::from),
            Some(("tag", _)) => text.parse::<TagId>().map(Self::from),
            _ => Err(Error::invalid("id", "is not the id of a category or a tag")),
        }
    }
}
impl fmt::Debug for TermId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl From<CategoryId> for TermId {
    fn from(id: CategoryId) -> Self {
        Self::new(Taxonomy::Category, id.uuid())
    }
}
impl From<TagId> for TermId {
    fn from(id: TagId) -> Self {
        Self::new(Taxonomy::Tag, id.uuid())
    }
}

/// A category or a tag, with its text in one edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Its id, which knows its kind.
    pub id: TermId,
    /// The namespace of a tag; empty for plain tags and for categories.
    pub namespace: String,
    /// The category above.
    pub parent: Option<CategoryId>,
    /// Place among the children of its parent.
    pub position: i64,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Its name and so on, in the edition asked for or a fallback.
    pub text: Localized<TermText>,
}

impl Term {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::shared(self.id.taxonomy.into(), self.id)
    }
}

/// What a term is called in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TermText {
    /// The name readers see.
    pub name: String,
    /// Unique per edition, taxonomy and namespace.
    pub slug: String,
    /// The slugs from the root of the tree down to this one, joined by `/`; made by the store.
    pub slug_path: String,
    /// What it is about.
    pub description: Option<String>,
}

/// A list of terms.
#[derive(Debug, Clone, PartialEq)]
pub struct TermQuery {
    /// Categories or tags.
    pub taxonomy: Taxonomy,
    /// Only tags of this namespace.
    pub namespace: Option<String>,
    /// Only children of this category; `Some(None)`: roots only.
    pub parent: Option<Option<CategoryId>>,
    /// Only those with a slug equal to this in the edition asked for.
    pub slug: Option<String>,
    /// Only those whose custom fields meet all of these.
    pub custom_fields: Vec<FieldFilter>,
    /// In which order.
    pub order: TermOrder,
}

impl TermQuery {
    /// All of a taxonomy, by name.
    pub fn all(taxonomy: Taxonomy) -> Self {
        Self {
            taxonomy,
            namespace: None,
            parent: None,
            slug: None,
            custom_fields: Vec::new(),
            order: TermOrder::Name,
        }
    }
}

/// The order of a list of terms or authors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TermOrder {
    /// As the language sorts the names; what has no text in the edition is left out.
    #[default]
    Name,
    /// As they were made.
    Created,
}

/// A new category or tag, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq)]
pub struct TermDraft {
    /// Category or tag.
    pub taxonomy: Taxonomy,
    /// Namespace of a tag; empty for plain ones.
    pub namespace: String,
    /// The category above.
    pub parent: Option<CategoryId>,
    /// Place among its siblings.
    pub position: i64,
    /// Its texts; at least one. An empty slug is made from the name.
    pub texts: Vec<EditionText<TermText>>,
}
