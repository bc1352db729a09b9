//! Collections.

use domain::{
    Error, Result,
    access::{Action, Target},
    collections::{Collection, CollectionDraft},
    content::{Content, Parts},
    events::RecordKind,
    id::{CollectionId, EditionId, Id},
    paging::{Page, PageArgs},
};

use persistence::{Neighbours, Save};

use crate::{
    ActorContext, Tx,
    bounds::{self, Bounds},
    previews, slugs,
};

mod change;

pub use change::{change, change_in, create_from, create_from_in, delete_at, delete_at_in};

/// How one collection is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CollectionGet {
    /// By id.
    Id(CollectionId),
    /// By slug.
    Slug {
        /// The edition.
        edition: EditionId,
        /// The slug.
        slug: String,
    },
}

/// A page of collections, the newest first.
pub async fn list(
    cx: &ActorContext,
    edition: Option<EditionId>,
    page: &PageArgs,
) -> Result<Page<Collection>> {
    cx.reader().collections(cx.scope(), edition, page).await
}

/// One collection.
pub async fn get(cx: &ActorContext, get: &CollectionGet) -> Result<Option<Collection>> {
    match get {
        CollectionGet::Id(id) => cx.reader().collection(cx.scope(), *id).await,
        CollectionGet::Slug { edition, slug } => {
            cx.reader()
                .collection_by_slug(cx.scope(), *edition, slug)
                .await
        }
    }
}

/// A page of the entries of a collection, in the order an editor chose.
pub async fn items(
    cx: &ActorContext,
    id: CollectionId,
    page: &PageArgs,
    parts: Parts,
) -> Result<Page<Content>> {
    let found = items_of_each(cx, &[id], page, parts).await?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// The same page of the entries of several collections.
pub async fn items_of_each(
    cx: &ActorContext,
    ids: &[CollectionId],
    page: &PageArgs,
    parts: Parts,
) -> Result<Vec<Page<Content>>> {
    let mut found = cx
        .reader()
        .collection_items(cx.scope(), ids, page, parts)
        .await?;
    let edges = found.iter_mut().flat_map(|page| &mut page.edges);
    previews::lay_over(cx, edges.map(|edge| &mut edge.node), parts).await?;
    Ok(found)
}

/// Makes a collection.
pub async fn create(cx: &ActorContext, draft: CollectionDraft) -> Result<CollectionId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes a collection, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &CollectionDraft) -> Result<CollectionId> {
    if draft.title.trim().is_empty() {
        return Err(Error::invalid("title", "must not be empty"));
    }
    Bounds::default()
        .text("title", &draft.title, bounds::NAME)
        .list("items", draft.items.len(), bounds::ITEMS)
        .check()?;
    let id = Id::from_uuid(tx.cx().next_id());
    let permit = tx.cx().authorize(
        Action::Create,
        Target::of_edition(RecordKind::Collection, id, draft.edition),
    )?;
    let editions = tx.editions().await?;
    let edition = editions.get(draft.edition)?;
    let slug = slugs::free(
        tx.store_tx(),
        edition,
        slugs::Wanted {
            slug: &draft.slug,
            title: &draft.title,
            id: id.uuid(),
        },
        Neighbours::Collection(id),
    )
    .await?;
    let draft = CollectionDraft {
        slug: slug.to_string(),
        ..draft.clone()
    };
    let now = tx.cx().now();
    tx.store_tx()
        .save_collection(
            &permit,
            Save {
                id,
                version: 1,
                at: now,
            },
            &draft,
        )
        .await?;
    Ok(id)
}
