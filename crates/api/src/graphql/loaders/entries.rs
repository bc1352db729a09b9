//! Loaders of entries and of what hangs on them.

use std::{collections::HashMap, sync::Arc};

use application::{articles, entries, newsletters};
use async_graphql::dataloader::Loader;
use domain::{
    articles::{Correction, EntryBody},
    content::{Parts, Seo},
    id::{ArticleId, AuthorId, EditionId, EntryId, IssueId, TranslationGroupId},
    newsletters::Section,
    terms::TermId,
};
use futures::future::try_join_all;

use super::{SharedError, Source, grouped};
use crate::graphql::{
    articles::{Article, Contribution},
    entries::{Entry, Translation},
    galleries::Gallery,
    media::Figure,
    terms::{Category, Tag, split},
};

/// An entry of any kind, with parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct EntryKey {
    /// Which.
    pub(crate) id: EntryId,
    /// With these parts at least.
    pub(crate) parts: Parts,
}

impl Loader<EntryKey> for Source {
    type Value = Entry;
    type Error = SharedError;

    async fn load(&self, keys: &[EntryKey]) -> Result<HashMap<EntryKey, Entry>, SharedError> {
        let parts = keys
            .iter()
            .fold(Parts::NONE, |parts, key| parts.with(key.parts));
        let found: HashMap<EntryId, Entry> =
            entries::by_ids(&self.cx, &ids(keys, |key| key.id), parts)
                .await?
                .into_iter()
                .map(|(id, content)| (id, Entry::from(content)))
                .collect();
        Ok(keys
            .iter()
            .filter_map(|key| Some((*key, found.get(&key.id)?.clone())))
            .collect())
    }
}

/// Relations of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RelationsKey {
    /// The entry.
    pub(crate) id: EntryId,
    /// Its edition, in which the texts are wanted.
    pub(crate) edition: EditionId,
    /// Which relations.
    pub(crate) parts: Parts,
}

/// What an entry is related to, as objects of the schema.
pub(crate) struct Relations {
    /// Its categories.
    pub(crate) categories: Vec<Category>,
    /// Its tags.
    pub(crate) tags: Vec<Tag>,
    /// Who made it.
    pub(crate) byline: Vec<Contribution>,
    /// Its main picture.
    pub(crate) hero: Option<Figure>,
    /// Its attached files.
    pub(crate) attachments: Vec<Figure>,
}

impl Loader<RelationsKey> for Source {
    type Value = Arc<Relations>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[RelationsKey],
    ) -> Result<HashMap<RelationsKey, Arc<Relations>>, SharedError> {
        // All relations of a level are one statement: what one entry asks for is read for all.
        let parts = keys
            .iter()
            .fold(Parts::NONE, |parts, key| parts.with(key.parts));
        let editions: HashMap<EntryId, EditionId> =
            keys.iter().map(|key| (key.id, key.edition)).collect();
        let entry_ids: Vec<EntryId> = editions.keys().copied().collect();
        let found: HashMap<EntryId, Arc<Relations>> =
            entries::relations(&self.cx, &entry_ids, parts)
                .await?
                .into_iter()
                .filter_map(|(id, relations)| {
                    let edition = *editions.get(&id)?;
                    let (categories, tags) = split(relations.terms, edition);
                    let relations = Relations {
                        categories,
                        tags,
                        byline: relations
                            .byline
                            .into_iter()
                            .map(|contribution| Contribution::new(contribution, edition))
                            .collect(),
                        hero: relations.hero.map(|figure| Figure::new(figure, edition)),
                        attachments: relations
                            .attachments
                            .into_iter()
                            .map(|figure| Figure::new(figure, edition))
                            .collect(),
                    };
                    Some((id, Arc::new(relations)))
                })
                .collect();
        Ok(keys
            .iter()
            .filter_map(|key| Some((*key, Arc::clone(found.get(&key.id)?))))
            .collect())
    }
}

/// The body of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct BodyKey(pub EntryId);

impl Loader<BodyKey> for Source {
    type Value = Arc<EntryBody>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[BodyKey],
    ) -> Result<HashMap<BodyKey, Arc<EntryBody>>, SharedError> {
        let found = entries::bodies(&self.cx, &ids(keys, |key| key.0)).await?;
        Ok(found
            .into_iter()
            .map(|(id, body)| (BodyKey(id), Arc::new(body)))
            .collect())
    }
}

/// The texts of an entry for search engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SeoKey(pub EntryId);

impl Loader<SeoKey> for Source {
    type Value = Seo;
    type Error = SharedError;

    async fn load(&self, keys: &[SeoKey]) -> Result<HashMap<SeoKey, Seo>, SharedError> {
        let found = entries::seo(&self.cx, &ids(keys, |key| key.0)).await?;
        Ok(found
            .into_iter()
            .map(|(id, seo)| (SeoKey(id), seo))
            .collect())
    }
}

/// What was put right in an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CorrectionsKey(pub EntryId);

impl Loader<CorrectionsKey> for Source {
    type Value = Vec<Correction>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[CorrectionsKey],
    ) -> Result<HashMap<CorrectionsKey, Vec<Correction>>, SharedError> {
        let found = articles::corrections(&self.cx, &ids(keys, |key| key.0)).await?;
        Ok(found
            .into_iter()
            .map(|(id, corrections)| (CorrectionsKey(id), corrections))
            .collect())
    }
}

/// The sections of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SectionsKey(pub IssueId);

impl Loader<SectionsKey> for Source {
    type Value = Arc<Vec<Section>>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[SectionsKey],
    ) -> Result<HashMap<SectionsKey, Arc<Vec<Section>>>, SharedError> {
        let found = newsletters::sections(&self.cx, &ids(keys, |key| key.0)).await?;
        Ok(found
            .into_iter()
            .map(|(id, sections)| (SectionsKey(id), Arc::new(sections)))
            .collect())
    }
}

/// The entries that translate each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TranslationsKey(pub TranslationGroupId);

impl Loader<TranslationsKey> for Source {
    type Value = Vec<Translation>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[TranslationsKey],
    ) -> Result<HashMap<TranslationsKey, Vec<Translation>>, SharedError> {
        let found = entries::translations(&self.cx, &ids(keys, |key| key.0), Parts::NONE).await?;
        Ok(found
            .into_iter()
            .map(|(id, members)| {
                (
                    TranslationsKey(id),
                    members.into_iter().map(Translation::from).collect(),
                )
            })
            .collect())
    }
}

/// The galleries of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GalleriesOfEntry {
    /// The entry.
    pub(crate) id: EntryId,
    /// Its edition, in which the texts are wanted.
    pub(crate) edition: EditionId,
}

impl Loader<GalleriesOfEntry> for Source {
    type Value = Vec<Gallery>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[GalleriesOfEntry],
    ) -> Result<HashMap<GalleriesOfEntry, Vec<Gallery>>, SharedError> {
        let mut found = entries::galleries(&self.cx, &ids(keys, |key| key.id)).await?;
        Ok(keys
            .iter()
            .filter_map(|key| {
                let galleries = found.remove(&key.id)?;
                Some((
                    *key,
                    galleries
                        .into_iter()
                        .map(|gallery| Gallery::new(gallery, key.edition))
                        .collect(),
                ))
            })
            .collect())
    }
}

/// Articles to read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RelatedArticles {
    /// After this one.
    pub(crate) id: ArticleId,
    /// How many.
    pub(crate) first: u32,
    /// With these parts.
    pub(crate) parts: Parts,
}

impl Loader<RelatedArticles> for Source {
    type Value = Vec<Article>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[RelatedArticles],
    ) -> Result<HashMap<RelatedArticles, Vec<Article>>, SharedError> {
        let groups = grouped(keys, |key| ((key.first, key.parts), key.id));
        let reads = groups.into_iter().map(async |((first, parts), ids)| {
            let found = articles::related(&self.cx, &ids, first, parts).await?;
            Ok::<_, SharedError>(
                found
                    .into_iter()
                    .map(move |(id, list)| (RelatedArticles { id, first, parts }, objects(list))),
            )
        });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// The newest published articles of a category or tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LatestByTerm {
    /// The category or tag.
    pub(crate) id: TermId,
    /// Only of this edition.
    pub(crate) edition: Option<EditionId>,
    /// How many.
    pub(crate) size: u32,
    /// With these parts.
    pub(crate) parts: Parts,
}

impl Loader<LatestByTerm> for Source {
    type Value = Vec<Article>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[LatestByTerm],
    ) -> Result<HashMap<LatestByTerm, Vec<Article>>, SharedError> {
        let groups = grouped(keys, |key| ((key.edition, key.size, key.parts), key.id));
        let reads = groups
            .into_iter()
            .map(async |((edition, size, parts), ids)| {
                let found = articles::latest_by_term(&self.cx, &ids, edition, size, parts).await?;
                Ok::<_, SharedError>(found.into_iter().map(move |(id, list)| {
                    (
                        LatestByTerm {
                            id,
                            edition,
                            size,
                            parts,
                        },
                        objects(list),
                    )
                }))
            });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// The newest published articles of an author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LatestByAuthor {
    /// The author.
    pub(crate) id: AuthorId,
    /// Only of this edition.
    pub(crate) edition: Option<EditionId>,
    /// How many.
    pub(crate) size: u32,
    /// With these parts.
    pub(crate) parts: Parts,
}

impl Loader<LatestByAuthor> for Source {
    type Value = Vec<Article>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[LatestByAuthor],
    ) -> Result<HashMap<LatestByAuthor, Vec<Article>>, SharedError> {
        let groups = grouped(keys, |key| ((key.edition, key.size, key.parts), key.id));
        let reads = groups
            .into_iter()
            .map(async |((edition, size, parts), ids)| {
                let found =
                    articles::latest_by_author(&self.cx, &ids, edition, size, parts).await?;
                Ok::<_, SharedError>(found.into_iter().map(move |(id, list)| {
                    (
                        LatestByAuthor {
                            id,
                            edition,
                            size,
                            parts,
                        },
                        objects(list),
                    )
                }))
            });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

fn objects(articles: Vec<domain::articles::Article>) -> Vec<Article> {
    articles.into_iter().map(Article::from).collect()
}

/// The distinct ids of keys.
fn ids<K, I: std::hash::Hash + Eq + Copy>(keys: &[K], id: impl Fn(&K) -> I) -> Vec<I> {
    let mut seen = std::collections::HashSet::new();
    keys.iter().map(id).filter(|id| seen.insert(*id)).collect()
}
