//! Making and changing the records of assets field by field, as the faces do, and the trash.

use domain::{
    Error, Result,
    access::{Action, Actor, Permit, ReadScope, Target},
    audit::Changed,
    change::Change,
    events::RecordKind,
    id::{AssetId, Id},
    lifecycle::Verb,
    media::{Asset, AssetChange, AssetDraft, RemoteAsset},
    text::EditionText,
};
use persistence::{Deletion, OnUse, Save};

use crate::{
    ActorContext, Tx,
    context::found,
    custom_fields::records,
    lifecycle::{Step, check_note},
    shared_records::{self, Touched},
};

/// Makes the record of an asset whose bytes are at another server.
pub async fn create_remote(cx: &ActorContext, new: RemoteAsset) -> Result<AssetId> {
    cx.write(async |tx| create_remote_in(tx, new).await).await
}

/// Makes the record of an asset whose bytes are at another server, in a transaction.
pub async fn create_remote_in(tx: &mut Tx, new: RemoteAsset) -> Result<AssetId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let owner = match tx.cx().actor() {
        Actor::User { id, .. } => Some(*id),
        Actor::Anonymous | Actor::ApiKey { .. } | Actor::Link(_) | Actor::System(_) => None,
    };
    let target = Target {
        owner,
        ..Target::shared(RecordKind::Asset, id)
    };
    let permit = tx.cx().authorize(Action::Create, target.clone())?;
    may_show(tx, &new.record, target)?;
    let editions = tx.editions().await?;
    let (set, wrong) = (&new.record.custom_fields, new.check(&editions));
    let fields = records::of_new(tx, RecordKind::Asset, set, wrong).await?;
    let draft = new.into_draft(&editions);
    save(tx, &permit, (id, 1), &draft).await?;
    records::save_new(tx, &permit, (RecordKind::Asset, id.uuid()), &fields).await?;
    Ok(id)
}

/// Changes the record of an asset that is at a version. What differs in nothing is not saved.
pub async fn change(
    cx: &ActorContext,
    id: AssetId,
    expected: i64,
    change: AssetChange,
) -> Result<()> {
    cx.write(async |tx| change_in(tx, id, expected, change).await)
        .await
}

/// Changes the record of an asset, in a transaction.
pub async fn change_in(tx: &mut Tx, id: AssetId, expected: i64, change: AssetChange) -> Result<()> {
    let editions = tx.editions().await?;
    let cx = tx.cx().clone();
    let (old, target) = one(tx, id).await?;
    let touched = Touched {
        is_only_texts: change.is_only_texts(),
        editions: change.texts.editions(),
    };
    let permit = shared_records::permit_for(&cx, &target, &touched)?;
    may_show(tx, &change, target)?;
    if old.is_trashed {
        return Err(Error::conflict(
            "this asset is in the trash; restore it first",
        ));
    }
    let store = tx.store_tx();
    store.hold(RecordKind::Asset, id.uuid(), expected).await?;
    let record = (RecordKind::Asset, id.uuid());
    let wrong = change.check(&editions);
    let fields = records::of_change(tx, record, &change.custom_fields, wrong).await?;
    let mut texts = tx.reader().all_asset_texts(cx.scope(), &[id]).await?;
    let texts = texts.remove(&id).unwrap_or_default();
    let mut draft = AssetDraft {
        kind: old.kind,
        location: old.location,
        file_name: old.file_name,
        media_type: old.media_type,
        size_bytes: old.size_bytes,
        width: old.width,
        height: old.height,
        duration_ms: old.duration_ms,
        focal_point: old.focal_point,
        licence: old.licence,
        is_public: old.is_public,
        created_at: Some(old.created_at),
        texts: texts
            .into_iter()
            .map(|text| EditionText {
                edition: text.edition,
                value: text.value,
            })
            .collect(),
    };
    let mut changed = change.apply(&mut draft, &editions);
    changed.extend(fields.as_ref().map(|_| records::CHANGED.to_owned()));
    if changed.is_empty() {
        return Ok(());
    }
    let permit = permit.changing(Changed::Fields { changed });
    save(tx, &permit, (id, expected + 1), &draft).await?;
    if let Some(fields) = fields {
        records::save(tx, &permit, record, &fields).await?;
    }
    Ok(())
}

/// Puts an asset into the trash: nobody is shown it, wherever it is used.
pub async fn trash(cx: &ActorContext, id: AssetId, step: Step) -> Result<()> {
    cx.write(async |tx| move_in(tx, id, Verb::Trash, &step).await)
        .await
}

/// Takes an asset out of the trash.
pub async fn restore(cx: &ActorContext, id: AssetId, step: Step) -> Result<()> {
    cx.write(async |tx| move_in(tx, id, Verb::Restore, &step).await)
        .await
}

/// Puts an asset into the trash or takes it out, in a transaction.
pub async fn move_in(tx: &mut Tx, id: AssetId, verb: Verb, step: &Step) -> Result<()> {
    let cx = tx.cx().clone();
    let (old, target) = one(tx, id).await?;
    let permit = cx.authorize(verb.action(), target.clone())?;
    // What readers see is not for everybody to take away, nor what was taken from them to bring back.
    if verb == Verb::Restore || hidden_from_readers(tx, &[id]).await?.is_empty() {
        cx.authorize(Action::Publish, target)?;
    }
    check_note(step)?;
    let store = tx.store_tx();
    let kind = RecordKind::Asset;
    store.hold(kind, id.uuid(), step.expected).await?;
    let goes = verb == Verb::Trash;
    if old.is_trashed == goes {
        return Err(Error::conflict(if goes {
            "this asset is in the trash already"
        } else {
            "this asset is not in the trash"
        }));
    }
    let permit = permit
        .changing(Changed::Fields {
            changed: vec!["isTrashed".to_owned()],
        })
        .with_note(step.note.clone());
    let save = Save {
        id,
        version: step.expected + 1,
        at: cx.now(),
    };
    tx.store_tx().move_asset(&permit, save, verb).await
}

/// Those of some assets that readers are not shown.
pub(crate) async fn hidden_from_readers(tx: &Tx, ids: &[AssetId]) -> Result<Vec<AssetId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let edition = tx.cx().editions().await?.default_edition()?.id;
    let scope = ReadScope::of(&Actor::Anonymous);
    let seen = tx.reader().assets_by_ids(&scope, ids, edition).await?;
    let hidden = ids.iter().filter(|id| !seen.contains_key(id));
    Ok(hidden.copied().collect())
}

/// Removes an asset that is in the trash for good.
pub async fn purge(cx: &ActorContext, id: AssetId, step: Step, on_use: OnUse) -> Result<()> {
    cx.write(async |tx| purge_in(tx, id, &step, on_use).await)
        .await
}

/// Removes an asset that is in the trash, in a transaction. Its bytes stay until nothing names them.
pub async fn purge_in(tx: &mut Tx, id: AssetId, step: &Step, on_use: OnUse) -> Result<()> {
    let cx = tx.cx().clone();
    let (old, target) = one(tx, id).await?;
    let permit = cx.authorize(Action::Delete, target)?;
    check_note(step)?;
    let store = tx.store_tx();
    let kind = RecordKind::Asset;
    store.hold(kind, id.uuid(), step.expected).await?;
    if !old.is_trashed {
        return Err(Error::conflict(
            "only what is in the trash can be purged; trash this asset first",
        ));
    }
    let deletion = Deletion {
        id: id.uuid(),
        on_use,
        at: cx.now(),
    };
    let permit = permit.with_note(step.note.clone());
    store.delete_record(&permit, cx.scope(), deletion).await
}

/// An asset, from the trash too for those who may see that, and what the policy needs to know.
async fn one(tx: &mut Tx, id: AssetId) -> Result<(Asset, Target)> {
    let default = tx.editions().await?.default_edition()?.id;
    let cx = tx.cx().clone();
    let reader = tx.reader();
    let mut known = reader.assets_by_ids(cx.scope(), &[id], default).await?;
    if known.is_empty() {
        known = reader.trashed_assets(cx.scope(), &[id], default).await?;
    }
    let asset = found(known.remove(&id), id)?;
    let target = Target {
        owner: tx.store_tx().asset_owner(id).await?,
        ..asset.target()
    };
    Ok((asset, target))
}

/// To show something to everybody is to publish it.
fn may_show(tx: &Tx, change: &AssetChange, target: Target) -> Result<()> {
    if change.is_public == Change::Set(true) {
        tx.cx().authorize(Action::Publish, target)?;
    }
    Ok(())
}

async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (AssetId, i64),
    draft: &AssetDraft,
) -> Result<()> {
    super::check(draft)?;
    let at = tx.cx().now();
    let save = Save { id, version, at };
    tx.store_tx().save_asset(permit, save, draft).await
}
