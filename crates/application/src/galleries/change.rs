//! Making, changing and deleting galleries field by field, as the faces do.

use domain::{
    FieldError, Result,
    access::{Action, Permit, Target},
    audit::Changed,
    events::RecordKind,
    galleries::{GalleryChange, GalleryDraft, GalleryText},
    id::{GalleryId, Id},
    text::EditionText,
};
use persistence::{Neighbours, OnUse, Referent, Save};

use crate::{
    ActorContext, Tx,
    context::found,
    shared_records::{self, Touched, WantedSlug},
};

/// Makes a gallery.
pub async fn create_from(cx: &ActorContext, new: GalleryChange) -> Result<GalleryId> {
    cx.write(async |tx| create_from_in(tx, new).await).await
}

/// Makes a gallery, in a transaction.
pub async fn create_from_in(tx: &mut Tx, new: GalleryChange) -> Result<GalleryId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let target = Target::shared(RecordKind::Gallery, id);
    let permit = tx.cx().authorize(Action::Create, target)?;
    let editions = tx.editions().await?;
    shared_records::good(new.check_new(&editions))?;
    let mut draft = GalleryDraft {
        texts: Vec::new(),
        items: Vec::new(),
    };
    new.apply(&mut draft, &editions);
    check_items(tx, &draft).await?;
    save(tx, &permit, (id, 1), draft, &[]).await?;
    Ok(id)
}

/// Changes a gallery that is at a version. What differs in nothing is not saved.
pub async fn change(
    cx: &ActorContext,
    id: GalleryId,
    expected: i64,
    change: GalleryChange,
) -> Result<()> {
    cx.write(async |tx| change_in(tx, id, expected, change).await)
        .await
}

/// Changes a gallery, in a transaction.
pub async fn change_in(
    tx: &mut Tx,
    id: GalleryId,
    expected: i64,
    change: GalleryChange,
) -> Result<()> {
    let editions = tx.editions().await?;
    let cx = tx.cx().clone();
    let default = editions.default_edition()?.id;
    let known = tx
        .reader()
        .galleries_by_ids(cx.scope(), &[id], default)
        .await?;
    let target = found(known.into_values().next(), id)?.target();
    // What it shows may stand there only to be captioned; that is known when it has been read.
    let touched = Touched {
        is_only_texts: true,
        editions: change.editions(),
    };
    let permit = shared_records::permit(&cx, RecordKind::Gallery, &target.id, &touched)?;
    let store = tx.store_tx();
    store.hold(RecordKind::Gallery, id.uuid(), expected).await?;
    let mut draft = store.gallery_draft(&permit, id).await?;
    let permit = if change.is_only_texts(&draft) {
        permit
    } else {
        cx.authorize(Action::Update, target)?
    };
    shared_records::good(change.check(&editions))?;
    let settled = draft.texts.clone();
    let changed = change.apply(&mut draft, &editions);
    if changed.is_empty() {
        return Ok(());
    }
    if changed.iter().any(|field| field == "items") {
        check_items(tx, &draft).await?;
    }
    let permit = permit.changing(Changed::Fields { changed });
    save(tx, &permit, (id, expected + 1), draft, &settled).await
}

/// Deletes a gallery that is at a version.
pub async fn delete_at(
    cx: &ActorContext,
    id: GalleryId,
    expected: i64,
    on_use: OnUse,
) -> Result<()> {
    cx.write(async |tx| super::delete_in(tx, id, Some(expected), on_use).await)
        .await
}

/// What it shows must be seen by whoever puts it there: what is hidden is the same as absent.
async fn check_items(tx: &mut Tx, draft: &GalleryDraft) -> Result<()> {
    let cx = tx.cx().clone();
    let named = draft.items.iter().map(|item| Referent::Asset(item.asset));
    let known = tx.reader().known(cx.scope(), &named.collect()).await?;
    let absent = draft.items.iter().enumerate().filter_map(|(number, item)| {
        let is_known = known.contains(&Referent::Asset(item.asset));
        let message = || format!("{} was not found", item.asset);
        (!is_known).then(|| FieldError::new(format!("items.{number}.asset"), message()))
    });
    shared_records::good(absent.collect())
}

async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (GalleryId, i64),
    mut draft: GalleryDraft,
    settled: &[EditionText<GalleryText>],
) -> Result<()> {
    super::check(&draft)?;
    let editions = tx.editions().await?;
    for text in &mut draft.texts {
        let edition = editions.get(text.edition)?;
        let is_settled = settled
            .iter()
            .any(|known| known.edition == text.edition && known.value.slug == text.value.slug);
        let wanted = WantedSlug {
            id: id.uuid(),
            name: &text.value.title,
            slug: &text.value.slug,
            is_settled,
        };
        let among = Neighbours::Gallery(id);
        text.value.slug = shared_records::slug(tx, edition, wanted, among).await?;
    }
    let at = tx.cx().now();
    let save = Save { id, version, at };
    tx.store_tx().save_gallery(permit, save, &draft).await
}
