//! Galleries.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{Action, Target},
    events::RecordKind,
    galleries::{Gallery, GalleryDraft, GalleryItem},
    id::{EditionId, GalleryId, Id},
    paging::{Page, PageArgs},
};
use persistence::{Neighbours, OnUse, Save};

use crate::{
    ActorContext, Tx,
    bounds::{self, Bounds},
    context::found,
    shared_records, slugs,
};

mod change;

pub use change::{change, change_in, create_from, create_from_in, delete_at};

/// How one gallery is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GalleryGet {
    /// By id.
    Id(GalleryId),
    /// By slug, in the edition of the call.
    Slug(String),
}

/// A page of galleries, the newest first.
pub async fn list(cx: &ActorContext, edition: EditionId, page: &PageArgs) -> Result<Page<Gallery>> {
    cx.reader().galleries(cx.scope(), edition, page).await
}

/// One gallery.
pub async fn get(
    cx: &ActorContext,
    get: &GalleryGet,
    edition: EditionId,
) -> Result<Option<Gallery>> {
    match get {
        GalleryGet::Id(id) => Ok(by_ids(cx, &[*id], edition).await?.remove(id)),
        GalleryGet::Slug(slug) => cx.reader().gallery_by_slug(cx.scope(), slug, edition).await,
    }
}

/// Galleries by id.
pub async fn by_ids(
    cx: &ActorContext,
    ids: &[GalleryId],
    edition: EditionId,
) -> Result<HashMap<GalleryId, Gallery>> {
    cx.reader().galleries_by_ids(cx.scope(), ids, edition).await
}

/// The pictures of galleries, in order.
pub async fn items(
    cx: &ActorContext,
    ids: &[GalleryId],
    edition: EditionId,
) -> Result<HashMap<GalleryId, Vec<GalleryItem>>> {
    cx.reader().gallery_items(cx.scope(), ids, edition).await
}

/// Makes a gallery.
pub async fn create(cx: &ActorContext, draft: GalleryDraft) -> Result<GalleryId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes a gallery, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &GalleryDraft) -> Result<GalleryId> {
    check(draft)?;
    let id = Id::from_uuid(tx.cx().next_id());
    let permit = tx
        .cx()
        .authorize(Action::Create, Target::shared(RecordKind::Gallery, id))?;
    let editions = tx.editions().await?;
    let mut draft = draft.clone();
    for text in &mut draft.texts {
        let edition = editions.get(text.edition)?;
        let slug = slugs::free(
            tx.store_tx(),
            edition,
            slugs::Wanted {
                slug: &text.value.slug,
                title: &text.value.title,
                id: id.uuid(),
            },
            Neighbours::Gallery(id),
        )
        .await?;
        slug.as_str().clone_into(&mut text.value.slug);
    }
    let now = tx.cx().now();
    tx.store_tx()
        .save_gallery(
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

/// Deletes a gallery.
pub async fn delete(cx: &ActorContext, id: GalleryId, on_use: OnUse) -> Result<()> {
    cx.write(async |tx| delete_in(tx, id, None, on_use).await)
        .await
}

/// Deletes a gallery, in a transaction; only if it is at a version, where one is expected.
pub async fn delete_in(
    tx: &mut Tx,
    id: GalleryId,
    expected: Option<i64>,
    on_use: OnUse,
) -> Result<()> {
    let edition = tx.editions().await?.default_edition()?.id;
    let gallery = tx
        .reader()
        .galleries_by_ids(tx.cx().scope(), &[id], edition)
        .await?
        .remove(&id);
    let gallery = found(gallery, id)?;
    shared_records::delete(tx, (gallery.target(), id.uuid()), expected, on_use).await
}

fn check(draft: &GalleryDraft) -> Result<()> {
    if draft.texts.is_empty()
        || draft
            .texts
            .iter()
            .any(|text| text.value.title.trim().is_empty())
    {
        return Err(Error::invalid(
            "texts.title",
            "must not be empty, in at least one edition",
        ));
    }
    let titles = draft.texts.iter().map(|text| text.value.title.as_str());
    titles
        .fold(Bounds::default(), |bounds, title| {
            bounds.text("texts.title", title, bounds::NAME)
        })
        .list("items", draft.items.len(), bounds::ITEMS)
        .check()
}
