//! Loaders of the records that editions share, of newsletters and of comments.

use std::{collections::HashMap, sync::Arc};

use application::{
    authors, comments, custom_fields, galleries, media, newsletters, redirects, terms,
};
use async_graphql::dataloader::Loader;
use domain::{
    authors::AuthorText,
    events::RecordKind,
    fields::CustomFields,
    id::{
        AssetId, AuthorId, CategoryId, CommentId, EditionId, GalleryId, NewsletterId, RedirectId,
    },
    media::AssetText,
    terms::{Term, TermId, TermText},
    text::Localized,
};
use futures::future::try_join_all;
use uuid::Uuid;

use super::{SharedError, Source, grouped};
use crate::graphql::{
    authors::Author,
    comments::Comment,
    galleries::Gallery,
    media::{Asset, Figure},
    newsletters::Newsletter,
    redirects::Redirect,
    terms::Category,
};

/// A category or tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TermKey {
    /// Which.
    pub(crate) id: TermId,
    /// The edition its text is wanted in.
    pub(crate) edition: EditionId,
}

impl Loader<TermKey> for Source {
    type Value = Arc<Term>;
    type Error = SharedError;

    async fn load(&self, keys: &[TermKey]) -> Result<HashMap<TermKey, Arc<Term>>, SharedError> {
        let reads =
            grouped(keys, |key| (key.edition, key.id))
                .into_iter()
                .map(async |(edition, ids)| {
                    let found = terms::by_ids(&self.cx, &ids, edition).await?;
                    Ok::<_, SharedError>(
                        found
                            .into_iter()
                            .map(move |(id, term)| (TermKey { id, edition }, Arc::new(term))),
                    )
                });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// The categories right below one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TermChildren {
    /// The one above.
    pub(crate) id: CategoryId,
    /// The edition their texts are wanted in.
    pub(crate) edition: EditionId,
}

impl Loader<TermChildren> for Source {
    type Value = Vec<Category>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[TermChildren],
    ) -> Result<HashMap<TermChildren, Vec<Category>>, SharedError> {
        let reads =
            grouped(keys, |key| (key.edition, key.id))
                .into_iter()
                .map(async |(edition, ids)| {
                    let found = terms::children(&self.cx, &ids, edition).await?;
                    Ok::<_, SharedError>(found.into_iter().map(move |(id, children)| {
                        let children = children
                            .into_iter()
                            .map(|term| Category::new(Arc::new(term), edition))
                            .collect();
                        (TermChildren { id, edition }, children)
                    }))
                });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// What a category or tag is called in every edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TermTexts(pub TermId);

impl Loader<TermTexts> for Source {
    type Value = Arc<Vec<Localized<TermText>>>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[TermTexts],
    ) -> Result<HashMap<TermTexts, Self::Value>, SharedError> {
        let ids: Vec<TermId> = keys.iter().map(|key| key.0).collect();
        let found = terms::texts(&self.cx, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, texts)| (TermTexts(id), Arc::new(texts)))
            .collect())
    }
}

/// How many published articles a category or tag has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TermArticleCount {
    /// The category or tag.
    pub(crate) id: TermId,
    /// Only of this edition.
    pub(crate) edition: Option<EditionId>,
}

impl Loader<TermArticleCount> for Source {
    type Value = u64;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[TermArticleCount],
    ) -> Result<HashMap<TermArticleCount, u64>, SharedError> {
        let reads =
            grouped(keys, |key| (key.edition, key.id))
                .into_iter()
                .map(async |(edition, ids)| {
                    let found = terms::article_counts(&self.cx, &ids, edition).await?;
                    Ok::<_, SharedError>(
                        found
                            .into_iter()
                            .map(move |(id, count)| (TermArticleCount { id, edition }, count)),
                    )
                });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// The custom fields of a record that all editions share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RecordFields {
    /// What it is.
    pub(crate) kind: RecordKind,
    /// Which.
    pub(crate) id: Uuid,
}

impl Loader<RecordFields> for Source {
    type Value = Arc<CustomFields>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[RecordFields],
    ) -> Result<HashMap<RecordFields, Self::Value>, SharedError> {
        let reads = grouped(keys, |key| (key.kind, key.id))
            .into_iter()
            .map(async |(kind, ids)| {
                let found = custom_fields::records::shown(&self.cx, kind, &ids).await?;
                Ok::<_, SharedError>(
                    found
                        .into_iter()
                        .map(move |(id, fields)| (RecordFields { kind, id }, Arc::new(fields))),
                )
            });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// An author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AuthorKey {
    /// Which.
    pub(crate) id: AuthorId,
    /// The edition the text is wanted in.
    pub(crate) edition: EditionId,
}

impl Loader<AuthorKey> for Source {
    type Value = Author;
    type Error = SharedError;

    async fn load(&self, keys: &[AuthorKey]) -> Result<HashMap<AuthorKey, Author>, SharedError> {
        let reads =
            grouped(keys, |key| (key.edition, key.id))
                .into_iter()
                .map(async |(edition, ids)| {
                    let found = authors::by_ids(&self.cx, &ids, edition).await?;
                    Ok::<_, SharedError>(found.into_iter().map(move |(id, author)| {
                        (AuthorKey { id, edition }, Author::new(author, edition))
                    }))
                });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// What an author is called in every edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AuthorTexts(pub AuthorId);

impl Loader<AuthorTexts> for Source {
    type Value = Arc<Vec<Localized<AuthorText>>>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[AuthorTexts],
    ) -> Result<HashMap<AuthorTexts, Self::Value>, SharedError> {
        let ids: Vec<AuthorId> = keys.iter().map(|key| key.0).collect();
        let found = authors::texts(&self.cx, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, texts)| (AuthorTexts(id), Arc::new(texts)))
            .collect())
    }
}

/// An asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AssetKey {
    /// Which.
    pub(crate) id: AssetId,
    /// The edition its text is wanted in.
    pub(crate) edition: EditionId,
}

impl Loader<AssetKey> for Source {
    type Value = Asset;
    type Error = SharedError;

    async fn load(&self, keys: &[AssetKey]) -> Result<HashMap<AssetKey, Asset>, SharedError> {
        let reads =
            grouped(keys, |key| (key.edition, key.id))
                .into_iter()
                .map(async |(edition, ids)| {
                    let found = media::by_ids(&self.cx, &ids, edition).await?;
                    Ok::<_, SharedError>(found.into_iter().map(move |(id, asset)| {
                        (AssetKey { id, edition }, Asset::new(asset, edition))
                    }))
                });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// What is said about an asset in every edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AssetTexts(pub AssetId);

impl Loader<AssetTexts> for Source {
    type Value = Arc<Vec<Localized<AssetText>>>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[AssetTexts],
    ) -> Result<HashMap<AssetTexts, Self::Value>, SharedError> {
        let ids: Vec<AssetId> = keys.iter().map(|key| key.0).collect();
        let found = media::texts(&self.cx, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, texts)| (AssetTexts(id), Arc::new(texts)))
            .collect())
    }
}

/// A gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GalleryKey {
    /// Which.
    pub(crate) id: GalleryId,
    /// The edition its text is wanted in.
    pub(crate) edition: EditionId,
}

impl Loader<GalleryKey> for Source {
    type Value = Gallery;
    type Error = SharedError;

    async fn load(&self, keys: &[GalleryKey]) -> Result<HashMap<GalleryKey, Gallery>, SharedError> {
        let reads =
            grouped(keys, |key| (key.edition, key.id))
                .into_iter()
                .map(async |(edition, ids)| {
                    let found = galleries::by_ids(&self.cx, &ids, edition).await?;
                    Ok::<_, SharedError>(found.into_iter().map(move |(id, gallery)| {
                        (GalleryKey { id, edition }, Gallery::new(gallery, edition))
                    }))
                });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// What a gallery shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GalleryItems {
    /// The gallery.
    pub(crate) id: GalleryId,
    /// The edition the texts are wanted in.
    pub(crate) edition: EditionId,
}

impl Loader<GalleryItems> for Source {
    type Value = Vec<Figure>;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[GalleryItems],
    ) -> Result<HashMap<GalleryItems, Vec<Figure>>, SharedError> {
        let reads =
            grouped(keys, |key| (key.edition, key.id))
                .into_iter()
                .map(async |(edition, ids)| {
                    let found = galleries::items(&self.cx, &ids, edition).await?;
                    Ok::<_, SharedError>(found.into_iter().map(move |(id, items)| {
                        let items = items
                            .into_iter()
                            .map(|figure| Figure::new(figure, edition))
                            .collect();
                        (GalleryItems { id, edition }, items)
                    }))
                });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}

/// A newsletter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NewsletterKey(pub NewsletterId);

impl Loader<NewsletterKey> for Source {
    type Value = Newsletter;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[NewsletterKey],
    ) -> Result<HashMap<NewsletterKey, Newsletter>, SharedError> {
        let ids: Vec<NewsletterId> = keys.iter().map(|key| key.0).collect();
        let found = newsletters::by_ids(&self.cx, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, newsletter)| (NewsletterKey(id), Newsletter::from(newsletter)))
            .collect())
    }
}

/// A comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CommentKey(pub CommentId);

impl Loader<CommentKey> for Source {
    type Value = Comment;
    type Error = SharedError;

    async fn load(&self, keys: &[CommentKey]) -> Result<HashMap<CommentKey, Comment>, SharedError> {
        let ids: Vec<CommentId> = keys.iter().map(|key| key.0).collect();
        let found = comments::by_ids(&self.cx, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, comment)| (CommentKey(id), Comment::from(comment)))
            .collect())
    }
}

/// A redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RedirectKey(pub RedirectId);

impl Loader<RedirectKey> for Source {
    type Value = Redirect;
    type Error = SharedError;

    async fn load(
        &self,
        keys: &[RedirectKey],
    ) -> Result<HashMap<RedirectKey, Redirect>, SharedError> {
        let ids: Vec<RedirectId> = keys.iter().map(|key| key.0).collect();
        let found = redirects::by_ids(&self.cx, &ids).await?;
        Ok(found
            .into_iter()
            .map(|(id, redirect)| (RedirectKey(id), Redirect::from(redirect)))
            .collect())
    }
}

/// The first answers to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Replies {
    /// The comment.
    pub(crate) id: CommentId,
    /// How many.
    pub(crate) first: u32,
}

impl Loader<Replies> for Source {
    type Value = Vec<Comment>;
    type Error = SharedError;

    async fn load(&self, keys: &[Replies]) -> Result<HashMap<Replies, Vec<Comment>>, SharedError> {
        let reads =
            grouped(keys, |key| (key.first, key.id))
                .into_iter()
                .map(async |(first, ids)| {
                    let found = comments::replies(&self.cx, &ids, first).await?;
                    Ok::<_, SharedError>(found.into_iter().map(move |(id, replies)| {
                        (
                            Replies { id, first },
                            replies.into_iter().map(Comment::from).collect(),
                        )
                    }))
                });
        Ok(try_join_all(reads).await?.into_iter().flatten().collect())
    }
}
