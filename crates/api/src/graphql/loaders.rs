//! One statement per relation and level, however long the list: the loaders of one request.
//!
//! What look-ahead could not foresee is asked for here one by one, gathered for a millisecond, and
//! read together. A key names what is read and how; its module says from where.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use application::ActorContext;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use tokio::runtime::Handle;
use tracing::Instrument;

mod entries;
mod lists;
mod records;

pub(crate) use entries::{
    BodyKey, CorrectionsKey, EntryKey, GalleriesOfEntry, LatestByAuthor, LatestByTerm,
    RelatedArticles, Relations, RelationsKey, SectionsKey, SeoKey, TranslationsKey,
};
pub(crate) use lists::{AssetUsers, CollectionItems, CommentList, EntryList};
pub(crate) use records::{
    AssetKey, AssetTexts, AuthorKey, AuthorTexts, CommentKey, GalleryItems, GalleryKey,
    NewsletterKey, RecordFields, RedirectKey, Replies, TermArticleCount, TermChildren, TermKey,
    TermTexts,
};

/// An error that several waiting resolvers receive.
pub(crate) type SharedError = Arc<domain::Error>;

/// Where the loaders read from.
pub(crate) struct Source {
    cx: ActorContext,
}

/// The loaders of one request; never shared between actors.
pub(crate) struct Loaders(DataLoader<Source, HashMapCache>);

impl Loaders {
    /// Loaders that read as the actor of `cx`.
    pub(crate) fn new(cx: ActorContext) -> Self {
        let spawn = |batch: futures::future::BoxFuture<'static, ()>| {
            // A batch lives no longer than the request that waits for it.
            Handle::current().spawn(batch.instrument(tracing::Span::current()))
        };
        Self(DataLoader::with_cache(
            Source { cx },
            spawn,
            HashMapCache::default(),
        ))
    }

    /// Reads one record together with all others that are asked for within a millisecond.
    pub(crate) async fn load<K>(
        &self,
        key: K,
    ) -> Result<Option<<Source as Loader<K>>::Value>, SharedError>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Source: Loader<K, Error = SharedError>,
    {
        // In a box, since every field of an object takes as much memory as its largest.
        Box::pin(self.0.load_one(key)).await
    }

    /// Reads records at once, without waiting for others to be asked for.
    pub(crate) async fn load_now<K>(
        &self,
        keys: &[K],
    ) -> Result<HashMap<K, <Source as Loader<K>>::Value>, SharedError>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Source: Loader<K, Error = SharedError>,
    {
        Box::pin(self.0.loader().load(keys)).await
    }

    /// Reads several records, also together with all others.
    pub(crate) async fn load_many<K>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<HashMap<K, <Source as Loader<K>>::Value>, SharedError>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Source: Loader<K, Error = SharedError>,
    {
        Box::pin(self.0.load_many(keys)).await
    }
}

/// Groups keys by how they are to be read, as one call reads in one way only.
fn grouped<K: Clone, How: Hash + Eq, What>(
    keys: &[K],
    split: impl Fn(K) -> (How, What),
) -> HashMap<How, Vec<What>> {
    let mut groups: HashMap<How, Vec<What>> = HashMap::new();
    for key in keys {
        let (how, what) = split(key.clone());
        groups.entry(how).or_default().push(what);
    }
    groups
}
