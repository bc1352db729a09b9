//! Making and changing editions field by field, as the faces do.

use domain::{
    Error, FieldError, Result,
    access::{Action, Target},
    audit::Changed,
    change::Change,
    editions::{Edition, EditionChange, EditionDraft, EditionSet},
    error::Usage,
    events::RecordKind,
    id::{EditionId, Id},
};

use crate::{ActorContext, Tx, addresses, custom_fields, shared_records};

use super::{check, check_in, fresh};

/// Makes an edition. The first one is the default.
pub async fn create_from(cx: &ActorContext, new: EditionChange) -> Result<EditionId> {
    cx.write(async |tx| create_from_in(tx, new).await).await
}

/// Makes an edition, in a transaction.
pub async fn create_from_in(tx: &mut Tx, new: EditionChange) -> Result<EditionId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let target = Target::of_edition(RecordKind::Edition, id, id);
    let permit = tx.cx().authorize(Action::Create, target)?;
    let all = tx.editions().await?;
    let mut wrong = new.check_new();
    let Some(code) = new.code.as_set().cloned() else {
        return shared_records::good(wrong).map(|()| id);
    };
    let is_first = all.all().is_empty();
    let position = all.all().iter().map(|edition| edition.position + 1).max();
    let has_place = new.position != Change::Keep;
    let mut draft = new.into_draft(code);
    draft.is_default |= is_first;
    if !has_place {
        draft.position = position.unwrap_or_default();
    }
    let edition = fresh(id, &draft, tx.cx().now());
    look(&all, &edition, &draft, &mut wrong)?;
    shared_records::good(wrong)?;
    let mut edition = edition;
    edition.apply(draft);
    tx.store_tx().save_edition(&permit, &edition).await?;
    tx.forget_editions();
    custom_fields::follow_editions(tx, &all).await?;
    Ok(id)
}

/// Changes an edition that is at a version. What differs in nothing is not saved.
pub async fn change(
    cx: &ActorContext,
    id: EditionId,
    expected: i64,
    change: EditionChange,
) -> Result<()> {
    cx.write(async |tx| change_in(tx, id, expected, change).await)
        .await
}

/// Changes an edition, in a transaction. Entries keep the paths they have; categories, tags, authors
/// and newsletters follow new patterns, and what was at their old paths leads to them.
pub async fn change_in(
    tx: &mut Tx,
    id: EditionId,
    expected: i64,
    change: EditionChange,
) -> Result<()> {
    let known = tx.editions().await?;
    let permit = tx.cx().authorize(Action::Update, known.get(id)?.target())?;
    // To name another default changes that edition, too.
    if change.is_default == Change::Set(true) && !known.get(id)?.is_default {
        let default = known.default_edition()?.target();
        tx.cx().authorize(Action::Update, default)?;
    }
    let store = tx.store_tx();
    store.hold(RecordKind::Edition, id.uuid(), expected).await?;
    tx.forget_editions();
    let all = tx.editions().await?;
    let mut edition = all.get(id)?.clone();
    let mut wrong = change.check();
    let mut draft = EditionDraft::from(&edition);
    let changed = change.apply(&mut draft);
    look(&all, &edition, &draft, &mut wrong)?;
    shared_records::good(wrong)?;
    if changed.is_empty() {
        return Ok(());
    }
    let patterns = edition.permalinks.clone();
    edition.apply(draft);
    edition.version = expected + 1;
    edition.updated_at = tx.cx().now();
    let permit = permit.changing(Changed::Fields { changed });
    tx.store_tx().save_edition(&permit, &edition).await?;
    tx.forget_editions();
    custom_fields::follow_editions(tx, &all).await?;
    let patterns = (&patterns, &edition.permalinks);
    addresses::leave_of_patterns(tx, &permit, id, patterns).await
}

/// Deletes an edition that is at a version, and in which nothing stands.
pub async fn delete_at(cx: &ActorContext, id: EditionId, expected: i64) -> Result<()> {
    cx.write(async |tx| delete_at_in(tx, id, expected).await)
        .await
}

/// Deletes an edition, in a transaction. What shared records are called there goes with it, and so do
/// their addresses: it is for owners of the whole site.
pub async fn delete_at_in(tx: &mut Tx, id: EditionId, expected: i64) -> Result<()> {
    let cx = tx.cx().clone();
    cx.authorize(Action::Delete, Target::shared(RecordKind::Edition, id))?;
    let target = tx.editions().await?.get(id)?.target();
    let permit = cx.authorize(Action::Delete, target)?;
    let store = tx.store_tx();
    store.hold(RecordKind::Edition, id.uuid(), expected).await?;
    tx.forget_editions();
    let all = tx.editions().await?;
    if all.get(id)?.is_default {
        return Err(Error::conflict(
            "the default edition stays; make another one the default first",
        ));
    }
    let leaning = all.all().iter().filter(|other| other.fallback == Some(id));
    let used_by: Vec<Usage> = leaning
        .map(|other| Usage {
            id: other.id.to_string(),
            role: "fallback".to_owned(),
        })
        .collect();
    if !used_by.is_empty() {
        return Err(Error::Conflict {
            message: "other editions fall back to this one; give them another fallback first"
                .to_owned(),
            field: None,
            used_by,
        });
    }
    tx.store_tx().delete_edition(&permit, id, cx.now()).await?;
    tx.forget_editions();
    Ok(())
}

/// Adds what is wrong with a draft as a whole and among the other editions.
fn look(
    all: &EditionSet,
    edition: &Edition,
    draft: &EditionDraft,
    wrong: &mut Vec<FieldError>,
) -> Result<()> {
    for found in [check(draft), check_in(all, edition, draft)] {
        match found {
            Ok(()) => {}
            Err(Error::Invalid(errors)) => {
                for error in errors {
                    if wrong.iter().all(|known| known.field != error.field) {
                        wrong.push(error);
                    }
                }
            }
            Err(other) => return Err(other),
        }
    }
    Ok(())
}
