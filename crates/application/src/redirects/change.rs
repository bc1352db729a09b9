//! Making, changing and deleting redirects field by field, as the faces do.

use domain::{
    Error, FieldError, Result,
    access::{Action, Target},
    audit::Changed,
    events::RecordKind,
    id::{EditionId, Id, RedirectId},
    redirects::{Redirect, RedirectChange, RedirectDraft, RedirectTarget},
};
use persistence::Save;

use super::rules::{Fault, look_for_circles, look_for_records, look_for_targets};
use crate::{ActorContext, Tx, context::found, shared_records};

/// Makes a redirect of an edition.
pub async fn create_from(
    cx: &ActorContext,
    edition: EditionId,
    new: RedirectChange,
) -> Result<RedirectId> {
    cx.write(async |tx| create_from_in(tx, edition, new).await)
        .await
}

/// Makes a redirect of an edition, in a transaction.
pub async fn create_from_in(
    tx: &mut Tx,
    edition: EditionId,
    new: RedirectChange,
) -> Result<RedirectId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let target = Target::of_edition(RecordKind::Redirect, id, edition);
    let permit = tx.cx().authorize(Action::Create, target)?;
    shared_records::good(new.check_new())?;
    let mut draft = RedirectDraft {
        edition,
        from: String::new(),
        to: RedirectTarget::Gone,
        is_permanent: true,
    };
    new.apply(&mut draft);
    look(tx, &draft, None).await?;
    let at = tx.cx().now();
    let store = tx.store_tx();
    store.insert_redirect(&permit, id, &draft, at).await?;
    Ok(id)
}

/// Changes a redirect that is at a version. What differs in nothing is not saved.
pub async fn change(
    cx: &ActorContext,
    id: RedirectId,
    expected: i64,
    change: RedirectChange,
) -> Result<()> {
    cx.write(async |tx| change_in(tx, id, expected, change).await)
        .await
}

/// Changes a redirect, in a transaction.
pub async fn change_in(
    tx: &mut Tx,
    id: RedirectId,
    expected: i64,
    change: RedirectChange,
) -> Result<()> {
    let old = stored(tx, id).await?;
    let permit = tx.cx().authorize(Action::Update, old.target())?;
    let store = tx.store_tx();
    store
        .hold(RecordKind::Redirect, id.uuid(), expected)
        .await?;
    shared_records::good(change.check())?;
    let mut draft = RedirectDraft {
        edition: old.edition,
        from: old.from.clone(),
        to: old.to,
        is_permanent: old.is_permanent,
    };
    let changed = change.apply(&mut draft);
    if changed.is_empty() {
        return Ok(());
    }
    look(tx, &draft, Some(&old.from)).await?;
    let at = tx.cx().now();
    let permit = permit.changing(Changed::Fields { changed });
    let version = expected + 1;
    let save = Save { id, version, at };
    tx.store_tx().update_redirect(&permit, save, &draft).await
}

/// Deletes a redirect that is at a version.
pub async fn delete_at(cx: &ActorContext, id: RedirectId, expected: i64) -> Result<()> {
    cx.write(async |tx| delete_at_in(tx, id, expected).await)
        .await
}

/// Deletes a redirect, in a transaction.
pub async fn delete_at_in(tx: &mut Tx, id: RedirectId, expected: i64) -> Result<()> {
    let old = stored(tx, id).await?;
    let permit = tx.cx().authorize(Action::Delete, old.target())?;
    let at = tx.cx().now();
    let store = tx.store_tx();
    store
        .hold(RecordKind::Redirect, id.uuid(), expected)
        .await?;
    store.delete_redirect(&permit, id, at).await
}

async fn stored(tx: &mut Tx, id: RedirectId) -> Result<Redirect> {
    let cx = tx.cx().clone();
    let old = tx.reader().redirects_by_ids(cx.scope(), &[id]).await?;
    found(old.into_values().next(), id)
}

/// Refuses a redirect that leads nowhere, round in a circle, or away from where something lives.
async fn look(tx: &mut Tx, draft: &RedirectDraft, from_before: Option<&str>) -> Result<()> {
    let drafts = std::slice::from_ref(draft);
    let mut faults = look_for_targets(tx, drafts).await?;
    let leaving = from_before.map(|path| (draft.edition, path.to_owned()));
    faults.extend(look_for_circles(tx, drafts, leaving.as_ref()).await?);
    if from_before != Some(draft.from.as_str()) {
        let path = std::slice::from_ref(&draft.from);
        let store = tx.store_tx();
        let taken = store.standing_at(draft.edition, path).await?;
        if faults.is_empty() && !taken.is_empty() {
            return Err(taken_by(format!("the path {} is taken", draft.from)));
        }
        faults.extend(look_for_records(tx, draft.edition, drafts).await?);
    }
    if let [only] = faults.as_slice()
        && only.is_conflict
    {
        return Err(taken_by(only.message.clone()));
    }
    shared_records::good(
        faults
            .into_iter()
            .map(|Fault { field, message, .. }| FieldError::new(field, message))
            .collect(),
    )
}

fn taken_by(message: String) -> Error {
    Error::Conflict {
        message,
        field: Some("from".to_owned()),
        used_by: Vec::new(),
    }
}
