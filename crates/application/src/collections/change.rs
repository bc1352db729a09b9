//! Making, changing and deleting collections field by field, as the faces do.

use domain::{
    FieldError, Result,
    access::{Action, Permit, Target},
    audit::Changed,
    collections::{CollectionChange, CollectionDraft},
    content::Parts,
    events::RecordKind,
    id::{CollectionId, EditionId, Id},
};
use persistence::{Neighbours, OnUse, Save};

use crate::{
    ActorContext, Tx,
    context::found,
    shared_records::{self, WantedSlug},
};

/// Makes a collection of an edition.
pub async fn create_from(
    cx: &ActorContext,
    edition: EditionId,
    new: CollectionChange,
) -> Result<CollectionId> {
    cx.write(async |tx| create_from_in(tx, edition, new).await)
        .await
}

/// Makes a collection of an edition, in a transaction.
pub async fn create_from_in(
    tx: &mut Tx,
    edition: EditionId,
    new: CollectionChange,
) -> Result<CollectionId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let target = Target::of_edition(RecordKind::Collection, id, edition);
    let permit = tx.cx().authorize(Action::Create, target)?;
    shared_records::good(new.check_new())?;
    let mut draft = CollectionDraft {
        edition,
        slug: String::new(),
        title: String::new(),
        description: None,
        items: Vec::new(),
    };
    new.apply(&mut draft);
    check_items(tx, &draft).await?;
    save(tx, &permit, (id, 1), draft, None).await?;
    Ok(id)
}

/// Changes a collection that is at a version. What differs in nothing is not saved.
pub async fn change(
    cx: &ActorContext,
    id: CollectionId,
    expected: i64,
    change: CollectionChange,
) -> Result<()> {
    cx.write(async |tx| change_in(tx, id, expected, change).await)
        .await
}

/// Changes a collection, in a transaction.
pub async fn change_in(
    tx: &mut Tx,
    id: CollectionId,
    expected: i64,
    change: CollectionChange,
) -> Result<()> {
    let cx = tx.cx().clone();
    let old = found(tx.reader().collection(cx.scope(), id).await?, id)?;
    let permit = cx.authorize(Action::Update, old.target())?;
    let store = tx.store_tx();
    let kind = RecordKind::Collection;
    store.hold(kind, id.uuid(), expected).await?;
    shared_records::good(change.check())?;
    let mut draft = CollectionDraft {
        edition: old.edition,
        slug: old.slug.clone(),
        title: old.title,
        description: old.description,
        items: store.collection_entries(&permit, id).await?,
    };
    let changed = change.apply(&mut draft);
    if changed.is_empty() {
        return Ok(());
    }
    if changed.iter().any(|field| field == "items") {
        check_items(tx, &draft).await?;
    }
    let permit = permit.changing(Changed::Fields { changed });
    save(tx, &permit, (id, expected + 1), draft, Some(&old.slug)).await
}

/// Deletes a collection that is at a version.
pub async fn delete_at(cx: &ActorContext, id: CollectionId, expected: i64) -> Result<()> {
    cx.write(async |tx| delete_at_in(tx, id, expected).await)
        .await
}

/// Deletes a collection, in a transaction.
pub async fn delete_at_in(tx: &mut Tx, id: CollectionId, expected: i64) -> Result<()> {
    let cx = tx.cx().clone();
    let old = found(tx.reader().collection(cx.scope(), id).await?, id)?;
    // Nothing refers to a collection.
    let record = (old.target(), id.uuid());
    shared_records::delete(tx, record, Some(expected), OnUse::Refuse).await
}

/// What is in it must be seen by whoever puts it there, and be of its edition. What is hidden is the
/// same as absent.
async fn check_items(tx: &mut Tx, draft: &CollectionDraft) -> Result<()> {
    let cx = tx.cx().clone();
    let seen = tx
        .reader()
        .entries_by_ids(cx.scope(), &draft.items, Parts::NONE)
        .await?;
    let wrong = draft.items.iter().enumerate().filter_map(|(number, id)| {
        let field = format!("items.{number}");
        match seen.get(id) {
            None => Some(FieldError::new(field, format!("{id} was not found"))),
            Some(entry) if entry.entry().edition != draft.edition => Some(FieldError::new(
                field,
                format!("{id} belongs to another edition"),
            )),
            Some(_) => None,
        }
    });
    shared_records::good(wrong.collect())
}

async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (CollectionId, i64),
    draft: CollectionDraft,
    settled: Option<&str>,
) -> Result<()> {
    let editions = tx.editions().await?;
    let edition = editions.get(draft.edition)?;
    let wanted = WantedSlug {
        id: id.uuid(),
        name: &draft.title,
        slug: &draft.slug,
        is_settled: settled == Some(draft.slug.as_str()),
    };
    let among = Neighbours::Collection(id);
    let slug = shared_records::slug(tx, edition, wanted, among)
        .await
        .map_err(|error| error.with_fields(|_| "slug".to_owned()))?;
    let draft = CollectionDraft { slug, ..draft };
    let at = tx.cx().now();
    let save = Save { id, version, at };
    tx.store_tx().save_collection(permit, save, &draft).await
}
