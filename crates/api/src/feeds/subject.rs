//! What a feed is of: an edition, or one category, tag, author or newsletter of it.

use application::{
    ActorContext,
    authors::{self, AuthorGet},
    newsletters::{self, NewsletterGet},
    redirects::{self, KnownBy},
    terms::{self, TermGet},
};
use domain::{
    Error, Result,
    authors::Author,
    content::{EntryFilter, TermFilter, TermKey},
    editions::{Edition, EditionSet},
    id::{EditionId, Id},
    newsletters::Newsletter,
    redirects::RedirectTarget,
    routes::encode_path,
    terms::{Taxonomy, Term},
};
use sha2::{Digest, Sha256};

/// The kinds of feed below an edition's own, as their addresses name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SubjectKind {
    /// `/category/{slug}`
    Category,
    /// `/tag/{slug}`, and `/tag/{namespace}/{slug}`
    Tag,
    /// `/author/{slug}`
    Author,
    /// `/newsletter/{slug}`
    Newsletter,
}

impl SubjectKind {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Category, Self::Tag, Self::Author, Self::Newsletter];

    /// The folder in the address.
    pub(super) const fn folder(self) -> &'static str {
        match self {
            Self::Category => "/category",
            Self::Tag => "/tag",
            Self::Author => "/author",
            Self::Newsletter => "/newsletter",
        }
    }
}

/// What a feed is of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Subject {
    /// Everything of the edition.
    Edition,
    /// A category, with those below it.
    Category(Term),
    /// A tag.
    Tag(Term),
    /// An author.
    Author(Author),
    /// The issues of a newsletter.
    Newsletter(Newsletter),
}

impl Subject {
    /// Looks one up by its slug in an edition.
    pub(super) async fn find(
        cx: &ActorContext,
        edition: &Edition,
        kind: SubjectKind,
        slug: &str,
    ) -> Result<Self> {
        let absent = || {
            Error::not_found(format_args!(
                "{} `{slug}`",
                kind.folder().trim_start_matches('/')
            ))
        };
        // Tags of a namespace are named with it: `season/spring`.
        let term = || {
            let (namespace, slug) = slug.rsplit_once('/').unwrap_or(("", slug));
            TermGet::Slug {
                namespace: namespace.to_owned(),
                slug: slug.to_owned(),
            }
        };
        let subject = match kind {
            SubjectKind::Category => terms::get(cx, Taxonomy::Category, &term(), edition.id)
                .await?
                .map(Self::Category),
            SubjectKind::Tag => terms::get(cx, Taxonomy::Tag, &term(), edition.id)
                .await?
                .map(Self::Tag),
            SubjectKind::Author => authors::get(cx, &AuthorGet::Slug(slug.to_owned()), edition.id)
                .await?
                .map(Self::Author),
            SubjectKind::Newsletter => {
                let by = NewsletterGet::Slug {
                    edition: edition.id,
                    slug: slug.to_owned(),
                };
                newsletters::get(cx, &by).await?.map(Self::Newsletter)
            }
        };
        subject.ok_or_else(absent)
    }

    /// Looks up the one that had a slug in an edition before.
    pub(super) async fn find_moved(
        cx: &ActorContext,
        edition: &Edition,
        kind: SubjectKind,
        slug: &str,
    ) -> Result<Option<Self>> {
        let (namespace, name) = slug.rsplit_once('/').unwrap_or(("", slug));
        let known_by = match kind {
            SubjectKind::Category => KnownBy::Category(slug),
            SubjectKind::Tag => KnownBy::Tag(namespace, name),
            SubjectKind::Author => KnownBy::Author(slug),
            SubjectKind::Newsletter => KnownBy::Newsletter(slug),
        };
        let by = match redirects::moved(cx, edition.id, known_by).await? {
            None => return Ok(None),
            Some(RedirectTarget::Term(id)) => {
                let term = terms::get(cx, id.taxonomy, &TermGet::Id(id), edition.id).await?;
                return Ok(term.map(|term| match id.taxonomy {
                    Taxonomy::Category => Self::Category(term),
                    Taxonomy::Tag => Self::Tag(term),
                }));
            }
            Some(RedirectTarget::Author(id)) => {
                let author = authors::get(cx, &AuthorGet::Id(id), edition.id).await?;
                return Ok(author.map(Self::Author));
            }
            Some(RedirectTarget::Newsletter(id)) => NewsletterGet::Id(id),
            Some(RedirectTarget::Entry(_) | RedirectTarget::Url(_) | RedirectTarget::Gone) => {
                return Ok(None);
            }
        };
        Ok(newsletters::get(cx, &by).await?.map(Self::Newsletter))
    }

    fn kind(&self) -> Option<SubjectKind> {
        match self {
            Self::Edition => None,
            Self::Category(_) => Some(SubjectKind::Category),
            Self::Tag(_) => Some(SubjectKind::Tag),
            Self::Author(_) => Some(SubjectKind::Author),
            Self::Newsletter(_) => Some(SubjectKind::Newsletter),
        }
    }

    /// What it is, as lists of feeds say it: `/edition`, `/category`, …
    pub(super) fn folder(&self) -> &'static str {
        self.kind().map_or("/edition", SubjectKind::folder)
    }

    /// The edition its slug and its texts come from, if it has such.
    pub(super) fn text_edition(&self) -> Option<EditionId> {
        match self {
            Self::Edition => None,
            Self::Category(term) | Self::Tag(term) => Some(term.text.edition),
            Self::Author(author) => Some(author.text.edition),
            Self::Newsletter(newsletter) => Some(newsletter.edition),
        }
    }

    /// The path of its feeds below `/feeds/{edition}`, without the file; percent-encoded.
    pub(super) fn feed_path(&self) -> String {
        let slug = match self {
            Self::Edition => return String::new(),
            Self::Tag(term) if !term.namespace.is_empty() => {
                &format!("{}/{}", term.namespace, term.text.value.slug)
            }
            Self::Category(term) | Self::Tag(term) => &term.text.value.slug,
            Self::Author(author) => &author.text.value.slug,
            Self::Newsletter(newsletter) => &newsletter.slug,
        };
        format!("{}/{}", self.folder(), encode_path(slug))
    }

    /// The address of its page for readers.
    pub(super) fn html_url(&self, edition: &Edition, editions: &EditionSet) -> Result<String> {
        Ok(match self {
            Self::Edition => edition.url("/"),
            Self::Category(term) | Self::Tag(term) => editions
                .get(term.text.edition)?
                .url(&terms::path(editions, term)),
            Self::Author(author) => editions
                .get(author.text.edition)?
                .url(&authors::path(editions, author)),
            Self::Newsletter(newsletter) => editions
                .get(newsletter.edition)?
                .url(&newsletters::path(editions, newsletter)),
        })
    }

    /// Its own name; none for the whole edition.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Edition => None,
            Self::Category(term) | Self::Tag(term) => Some(&term.text.value.name),
            Self::Author(author) => Some(&author.text.value.name),
            Self::Newsletter(newsletter) => Some(&newsletter.title),
        }
    }

    /// What it is about.
    pub(super) fn description(&self, edition: &Edition) -> Option<String> {
        match self {
            Self::Edition => edition.tagline.clone(),
            Self::Category(term) | Self::Tag(term) => term.text.value.description.clone(),
            Self::Author(author) => author.text.value.bio.clone(),
            Self::Newsletter(newsletter) => newsletter.description.clone(),
        }
    }

    /// The condition on the entries in its feed.
    pub(super) fn filter(&self) -> EntryFilter {
        let one = |key: TermKey| {
            Some(TermFilter {
                any_of: vec![key],
                include_descendants: true,
                ..TermFilter::default()
            })
        };
        match self {
            Self::Edition => EntryFilter::default(),
            Self::Category(term) => EntryFilter {
                category: one(TermKey::Category(Id::from_uuid(term.id.uuid()))),
                ..EntryFilter::default()
            },
            Self::Tag(term) => EntryFilter {
                tag: one(TermKey::Tag(Id::from_uuid(term.id.uuid()))),
                ..EntryFilter::default()
            },
            Self::Author(author) => EntryFilter {
                author: one(TermKey::Author(author.id)),
                ..EntryFilter::default()
            },
            Self::Newsletter(newsletter) => EntryFilter {
                newsletter: Some(newsletter.id),
                ..EntryFilter::default()
            },
        }
    }

    /// The permanent id of its feed in an edition: a URN that no change of a name, a slug or an
    /// address touches.
    pub(super) fn urn(&self, edition: &Edition) -> String {
        let name = match self {
            Self::Edition => String::new(),
            Self::Category(term) | Self::Tag(term) => term.id.to_string(),
            Self::Author(author) => author.id.to_string(),
            Self::Newsletter(newsletter) => newsletter.id.to_string(),
        };
        urn_of(&format!("{}/{name}", edition.id))
    }
}

/// A name-based UUID (version 8 of RFC 9562, over SHA-256) as a URN.
fn urn_of(name: &str) -> String {
    let head = Sha256::digest(name)
        .iter()
        .take(16)
        .fold(0_u128, |value, &byte| (value << 8) | u128::from(byte));
    let version = (head & !(0xf << 76)) | (8 << 76);
    let value = (version & !(0b11 << 62)) | (0b10 << 62);
    let part = |from: u32, bits: u32| (value >> from) & ((1 << bits) - 1);
    format!(
        "urn:uuid:{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        part(96, 32),
        part(80, 16),
        part(64, 16),
        part(48, 16),
        part(0, 48)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_feed_is_a_uuid_of_version_eight() {
        let urn = urn_of("edition_01h455vb4pex5vsknk084sn02q/");
        let uuid: Vec<&str> = urn.strip_prefix("urn:uuid:").unwrap().split('-').collect();
        assert_eq!(
            uuid.iter().map(|part| part.len()).collect::<Vec<_>>(),
            [8, 4, 4, 4, 12]
        );
        assert!(uuid[2].starts_with('8'));
        assert!(matches!(uuid[3].as_bytes()[0], b'8' | b'9' | b'a' | b'b'));
        assert_eq!(urn, urn_of("edition_01h455vb4pex5vsknk084sn02q/"));
        assert_ne!(urn, urn_of("edition_01h455vb4pex5vsknk084sn02r/"));
    }
}
