//! Redirects: old paths and where they lead.

use std::{fmt, str::FromStr};

mod change;
mod trail;

pub use change::RedirectChange;
pub use trail::{MOST_HOPS, Place, Trail, trail};

use crate::{
    access::Target,
    editions::Edition,
    error::Error,
    events::RecordKind,
    id::{AuthorId, EditionId, EntryId, NewsletterId, RedirectId},
    terms::TermId,
    time::Timestamp,
};

/// An old path.
#[derive(Debug, Clone, PartialEq)]
pub struct Redirect {
    /// Its id.
    pub id: RedirectId,
    /// The edition.
    pub edition: EditionId,
    /// The old path, beginning with `/`; unique among all paths of the edition.
    pub from: String,
    /// Where it leads.
    pub to: RedirectTarget,
    /// The address it leads to now; `None` for what is gone.
    pub href: Option<String>,
    /// Whether it is for good (301, 308) or for now (302, 307).
    pub is_permanent: bool,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Redirect {
    /// The absolute address it leads to now, from a path of its edition; `None` for what is gone.
    pub fn url(&self, edition: &Edition) -> Option<String> {
        let href = self.href.as_deref()?;
        if !href.starts_with('/') || href.starts_with("//") {
            return Some(href.to_owned());
        }
        let RedirectTarget::Url(_) = self.to else {
            return Some(edition.url(href));
        };
        // What somebody wrote may have a query, and be percent-encoded or not.
        let end = href.find(['?', '#']).unwrap_or(href.len());
        let (path, rest) = href.split_at(end);
        let path = crate::routes::normalise_path(path).unwrap_or_else(|_bad| path.to_owned());
        Some(format!("{}{rest}", edition.url(&path)))
    }

    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::of_edition(RecordKind::Redirect, self.id, self.edition)
    }
}

/// Where an old path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectTarget {
    /// To an entry, wherever its path moves.
    Entry(EntryId),
    /// To a category or a tag, wherever its path moves.
    Term(TermId),
    /// To an author, wherever their path moves.
    Author(AuthorId),
    /// To a newsletter, wherever its path moves.
    Newsletter(NewsletterId),
    /// To a path of the edition or an absolute URL.
    Url(String),
    /// Nowhere: gone for good (410).
    Gone,
}

impl RedirectTarget {
    /// Reads what leads somewhere: the id of a record, a path of the edition, or an absolute http or
    /// https address.
    fn read(text: &str) -> Option<Self> {
        let is_path = text.starts_with('/') && !text.starts_with("//");
        if is_path {
            return crate::routes::stored_form(text)
                .ok()
                .map(|_path| Self::Url(text.to_owned()));
        }
        if let Some((scheme, _)) = text.split_once(':') {
            let is_web =
                scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
            let has_host = || url::Url::parse(text).is_ok_and(|url| url.has_host());
            return (is_web && has_host()).then(|| Self::Url(text.to_owned()));
        }
        let (kind, _) = text.split_once('_')?;
        match kind {
            "category" | "tag" => text.parse().ok().map(Self::Term),
            "author" => text.parse().ok().map(Self::Author),
            "newsletter" => text.parse().ok().map(Self::Newsletter),
            _ => text.parse().ok().map(Self::Entry),
        }
    }

    /// What it is written as: an id, a path or an address; nothing for what is gone.
    pub fn written(&self) -> Option<String> {
        match self {
            Self::Gone => None,
            Self::Entry(_)
            | Self::Term(_)
            | Self::Author(_)
            | Self::Newsletter(_)
            | Self::Url(_) => Some(self.to_string()),
        }
    }
}

impl FromStr for RedirectTarget {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let is_short = text.chars().count() <= crate::checks::ADDRESS;
        Self::read(text).filter(|_| is_short).ok_or_else(|| {
            Error::invalid(
                "to",
                "must be the id of an entry, a category, a tag, an author or a newsletter, a path that begins with `/`, or an absolute http or https address",
            )
        })
    }
}

impl fmt::Display for RedirectTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(id) => id.fmt(f),
            Self::Term(id) => id.fmt(f),
            Self::Author(id) => id.fmt(f),
            Self::Newsletter(id) => id.fmt(f),
            Self::Url(address) => f.write_str(address),
            Self::Gone => Ok(()),
        }
    }
}

/// A new redirect, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectDraft {
    /// The edition.
    pub edition: EditionId,
    /// The old path.
    pub from: String,
    /// Where it leads.
    pub to: RedirectTarget,
    /// For good or for now.
    pub is_permanent: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_redirect_leads_to_is_read_as_it_is_written() {
        for good in [
            "article_01jb2x9k3m4n5p6q7r8s9t0v1w",
            "page_01jb2x9k3m4n5p6q7r8s9t0v1w",
            "category_01jb2x9k3m4n5p6q7r8s9t0v1w",
            "tag_01jb2x9k3m4n5p6q7r8s9t0v1w",
            "author_01jb2x9k3m4n5p6q7r8s9t0v1w",
            "newsletter_01jb2x9k3m4n5p6q7r8s9t0v1w",
            "/new/\u{634}\u{647}\u{631}?x=1#y",
            "https://example.org/a?b#c",
        ] {
            let target: RedirectTarget = good.parse().unwrap();
            assert_eq!(target.written().as_deref(), Some(good));
        }
        for bad in [
            "",
            "new",
            "//example.org/x",
            "/a/../b",
            "javascript:alert(1)",
            "https://",
            "ftp://example.org/",
            "asset_01jb2x9k3m4n5p6q7r8s9t0v1w",
            "article_1",
        ] {
            assert_eq!(
                bad.parse::<RedirectTarget>().unwrap_err().fields()[0].field,
                "to",
                "{bad}"
            );
        }
        assert_eq!(RedirectTarget::Gone.written(), None);
    }
}
