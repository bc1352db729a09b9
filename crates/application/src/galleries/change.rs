//! Making, changing and deleting galleries field by field, as the faces do.

use std::collections::BTreeSet;

use domain::{
    FieldError, Result,
    access::{Action, Permit, Target},
    audit::Changed,
    change::Change,
    events::RecordKind,
    galleries::{GalleryChange, GalleryDraft, GalleryText},
    id::{AssetId, GalleryId, Id},
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
    check_items(tx, &draft, &new).await?;
    new.apply(&mut draft, &editions);
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
    mut change: GalleryChange,
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
    // What is in the trash was not shown to whoever sends the list back.
    let sent = change.clone();
    if sent.items != Change::Keep {
        let seen = seen(tx, draft.items.iter().map(|item| item.asset)).await?;
        change.keep_unseen(&draft, |asset| !seen.contains(&Referent::Asset(asset)));
    }
    let permit = if change.is_only_texts(&draft) {
        permit
    } else {
        cx.authorize(Action::Update, target)?
    };
    shared_records::good(sent.check(&editions))?;
    check_items(tx, &draft, &sent).await?;
    let settled = draft.texts.clone();
    let changed = change.apply(&mut draft, &editions);
    if changed.is_empty() {
        return Ok(());
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

/// What it is to show must be seen by whoever puts it there, unless it is there already: what is
/// hidden is the same as absent.
async fn check_items(tx: &mut Tx, before: &GalleryDraft, change: &GalleryChange) -> Result<()> {
    let items = change.items.as_set().map(Vec::as_slice).unwrap_or_default();
    let old: BTreeSet<AssetId> = before.items.iter().map(|item| item.asset).collect();
    let new = items.iter().map(|item| item.asset);
    let known = seen(tx, new.filter(|asset| !old.contains(asset))).await?;
    let absent = items.iter().enumerate().filter_map(|(number, item)| {
        let asset = item.asset;
        let is_known = old.contains(&asset) || known.contains(&Referent::Asset(asset));
        let message = || format!("{asset} was not found");
        (!is_known).then(|| FieldError::new(format!("items.{number}.asset"), message()))
    });
    shared_records::good(absent.collect())
}

/// Those of these assets the actor may see.
async fn seen(tx: &mut Tx, assets: impl Iterator<Item = AssetId>) -> Result<BTreeSet<Referent>> {
    let cx = tx.cx().clone();
    let named: BTreeSet<Referent> = assets.map(Referent::Asset).collect();
    tx.reader().known(cx.scope(), &named).await
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
