//! Authors: the public profiles in bylines, apart from user accounts.

mod change;

pub use change::{AuthorChange, AuthorTextChange};

use crate::{
    access::Target,
    events::RecordKind,
    fields::FieldFilter,
    id::{AssetId, AuthorId},
    terms::TermOrder,
    text::{EditionText, Localized},
    time::Timestamp,
};

/// A public profile, with its text in one edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Author {
    /// Its id.
    pub id: AuthorId,
    /// Their own site.
    pub website: Option<String>,
    /// Their picture.
    pub avatar: Option<AssetId>,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Name and so on, in the edition asked for or a fallback.
    pub text: Localized<AuthorText>,
}

impl Author {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::shared(RecordKind::Author, self.id)
    }
}

/// What an author is called in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorText {
    /// The name under articles.
    pub name: String,
    /// Unique per edition.
    pub slug: String,
    /// `Reporter`, `Photographer`.
    pub job_title: Option<String>,
    /// A short biography, plain text.
    pub bio: Option<String>,
}

/// A list of authors.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorQuery {
    /// Only the one with this slug in the edition asked for.
    pub slug: Option<String>,
    /// Only those whose custom fields meet all of these.
    pub custom_fields: Vec<FieldFilter>,
    /// In which order; by name, authors without a text in the edition are left out.
    pub order: TermOrder,
}

/// A new author, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq)]
pub struct AuthorDraft {
    /// Their own site.
    pub website: Option<String>,
    /// Their picture.
    pub avatar: Option<AssetId>,
    /// Texts; at least one. An empty slug is made from the name.
    pub texts: Vec<EditionText<AuthorText>>,
}
