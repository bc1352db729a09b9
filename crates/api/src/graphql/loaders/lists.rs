//! Loaders of lists that hang on the items of other lists: the same page of each in one statement.

use std::{collections::HashMap, hash::Hash};

use application::{collections, comments, entries, media};
use async_graphql::dataloader::Loader;
use domain::{
    comments::CommentQuery,
    content::{ContentKind, EntryOrder, EntryQuery, Parts},
    id::{AssetId, CollectionId, EntryId},
    paging::{Page, PageArgs},
};
use futures::future::try_join_all;

use super::{SharedError, Source, grouped};
use crate::graphql::{comments::Comment, entries::Entry};

/// A page of a list of comments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CommentList {
    /// Which comments.
    pub(crate) query: CommentQuery,
    /// Which page of them.
    pub(crate) page: PageArgs,
}

impl Loader<CommentList> for Source {
    type Value = Page<Comment>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[CommentList],
    ) -> Result<HashMap<CommentList, Page<Comment>>, SharedError> {
        let groups = grouped(keys, |key| (key.page, key.query));
        let reads = groups.into_iter().map(async |(page, queries)| {
            let found = comments::lists(&self.cx, &queries, &page).await?;
            let keys = queries.into_iter().map(move |query| CommentList {
                query,
                page: page.clone(),
            });
            let pages = found.into_iter().map(|page| page.map(Comment::from));
            Ok::<_, SharedError>(keys.zip(pages))
        });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// A page of a list of entries, with parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct EntryList {
    /// Which entries, in which order.
    pub(crate) query: EntryQuery,
    /// Which page of them.
    pub(crate) page: PageArgs,
    /// With these parts.
    pub(crate) parts: Parts,
}

/// What lists must have in common to be read together.
#[derive(PartialEq, Eq, Hash)]
struct Together {
    kind: ContentKind,
    order: EntryOrder,
    page: PageArgs,
    parts: Parts,
}

impl Loader<EntryList> for Source {
    type Value = Page<Entry>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[EntryList],
    ) -> Result<HashMap<EntryList, Page<Entry>>, SharedError> {
        let groups = grouped(keys, |EntryList { query, page, parts }| {
            let together = Together {
                kind: query.kind,
                order: query.order,
                page,
                parts,
            };
            (together, query)
        });
        let reads = groups.into_iter().map(async |(together, queries)| {
            let Together { page, parts, .. } = together;
            let found = entries::lists(&self.cx, &queries, &page, parts).await?;
            let keys = queries.into_iter().map(move |query| EntryList {
                query,
                page: page.clone(),
                parts,
            });
            let pages = found.into_iter().map(|page| page.map(Entry::from));
            Ok::<_, SharedError>(keys.zip(pages))
        });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// A page of the entries of a collection, with parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CollectionItems {
    /// The collection.
    pub(crate) id: CollectionId,
    /// Which page.
    pub(crate) page: PageArgs,
    /// With these parts.
    pub(crate) parts: Parts,
}

impl Loader<CollectionItems> for Source {
    type Value = Page<Entry>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[CollectionItems],
    ) -> Result<HashMap<CollectionItems, Page<Entry>>, SharedError> {
        let groups = grouped(keys, |key| ((key.page, key.parts), key.id));
        let reads = groups.into_iter().map(async |((page, parts), ids)| {
            let found = collections::items_of_each(&self.cx, &ids, &page, parts).await?;
            let keys = ids.into_iter().map(move |id| CollectionItems {
                id,
                page: page.clone(),
                parts,
            });
            let pages = found.into_iter().map(|page| page.map(Entry::from));
            Ok::<_, SharedError>(keys.zip(pages))
        });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// The entries that use an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AssetUsers(pub AssetId);

impl Loader<AssetUsers> for Source {
    type Value = Vec<EntryId>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[AssetUsers],
    ) -> Result<HashMap<AssetUsers, Vec<EntryId>>, SharedError> {
        let ids: Vec<AssetId> = keys.iter().map(|key| key.0).collect();
        let found = media::used_by(&self.cx, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, entries)| (AssetUsers(id), entries))
            .collect())
    }
}
