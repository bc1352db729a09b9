//! Where categories, tags and authors are found. The texts are made while they are written, so that
//! those `fields` leaves out cost nothing.

use application::{authors, terms};
use domain::{
    authors::AuthorText,
    editions::EditionSet,
    terms::{Term, TermText},
    text::Localized,
};
use serde::{Serialize, Serializer, ser::Error as _};

/// A text of a record whose page has an address made from a pattern.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named<'a> {
    /// A term, and the text its address is made from.
    Term(&'a Term, &'a Localized<TermText>),
    /// The text of an author.
    Author(&'a Localized<AuthorText>),
}

impl Named<'_> {
    fn path(self, editions: &EditionSet) -> String {
        match self {
            Self::Term(term, text) => terms::text_path(editions, term, text),
            Self::Author(text) => authors::text_path(editions, text),
        }
    }

    fn url(self, editions: &EditionSet) -> domain::Result<String> {
        let edition = match self {
            Self::Term(_, text) => text.edition,
            Self::Author(text) => text.edition,
        };
        Ok(editions.get(edition)?.url(&self.path(editions)))
    }
}

/// The path of a page in the edition its text was served from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    pub(super) editions: &'a EditionSet,
    pub(super) of: Named<'a>,
}

impl Serialize for Path<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.of.path(self.editions))
    }
}

/// The address of that page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Url<'a> {
    pub(super) editions: &'a EditionSet,
    pub(super) of: Named<'a>,
}

impl Serialize for Url<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let url = self.of.url(self.editions).map_err(S::Error::custom)?;
        serializer.serialize_str(&url)
    }
}
