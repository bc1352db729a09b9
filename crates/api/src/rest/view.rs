//! What turning a record into its wire form takes besides the record.

use application::ActorContext;
use domain::{
    editions::{Edition, EditionSet},
    id::EditionId,
};

use super::{
    place::{Named, Path, Url},
    wire::Direction,
};
use crate::error::Problem;

/// Who reads, and the editions of the site.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// Who reads.
    pub(super) cx: &'a ActorContext,
    /// The editions of the site.
    pub(super) editions: &'a EditionSet,
}

impl<'a> View<'a> {
    /// An edition that a record names.
    pub(super) fn edition(&self, id: EditionId) -> Result<&'a Edition, Problem> {
        // A record of an edition that is not there is a defect, not a wish for something absent.
        self.editions
            .get(id)
            .map_err(|error| Problem::from(domain::Error::internal(error)))
    }

    /// The path and the address of the page of a record.
    pub(super) fn place(&self, of: Named<'a>) -> (Path<'a>, Url<'a>) {
        let editions = self.editions;
        (Path { editions, of }, Url { editions, of })
    }

    /// The code of an edition that a record names, and the direction of its writing.
    pub(super) fn language(&self, id: EditionId) -> Result<(&'a str, Direction), Problem> {
        let edition = self.edition(id)?;
        Ok((edition.code.as_str(), edition.direction.into()))
    }
}

/// The absolute address of a link: a path of the edition, or an absolute address already.
pub(super) fn absolute(edition: &Edition, href: &str) -> String {
    if href.starts_with('/') && !href.starts_with("//") {
        edition.url(href)
    } else {
        href.to_owned()
    }
}
