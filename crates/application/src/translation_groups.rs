//! Which entries are translations of each other.

use domain::{
    Error, Result,
    access::Action,
    content::{Content, Entry, Parts},
    id::EntryId,
};

use crate::{
    ActorContext, Tx,
    context::found,
    entries::{check_version, move_to_group_in, new_group},
    writing::{answer, permit_to_change},
};

/// Makes an entry that is at a version a translation of another, and of all that are its translations
/// already: one of each edition, of one kind. It leaves those it belonged to.
pub async fn link(cx: &ActorContext, id: EntryId, expected: i64, to: EntryId) -> Result<Content> {
    cx.write(async |tx| link_in(tx, id, expected, to).await)
        .await?;
    answer(cx, id).await
}

/// Makes an entry a translation of another, in a transaction.
pub async fn link_in(tx: &mut Tx, id: EntryId, expected: i64, to: EntryId) -> Result<()> {
    let cx = tx.cx().clone();
    let mut both = tx
        .reader()
        .entries_by_ids(cx.scope(), &[id, to], Parts::NONE)
        .await?;
    let entry = found(both.get(&id), id)?.entry().clone();
    // First: who may not is told so, whatever else is wrong.
    permit_to_change(&cx, &entry)?;
    check_version(&entry, Some(expected))?;
    let wrong = |message: String| Err(Error::invalid("to", message));
    if id == to {
        return wrong("is the entry itself".to_owned());
    }
    let Some(other) = both.remove(&to) else {
        return wrong(format!("{to} was not found"));
    };
    let other = other.entry();
    if other.id.kind != entry.id.kind {
        return wrong(format!("must be the id of another {}", entry.id.kind));
    }
    if other.edition == entry.edition {
        return wrong("is of the same edition".to_owned());
    }
    if other.group == entry.group {
        return Ok(());
    }
    nothing_waits(&entry)?;
    move_to_group_in(tx, &entry, other.group)
        .await
        .map_err(|error| error.with_fields(|_| "to".to_owned()))?;
    forget(tx, &entry).await
}

/// Makes an entry that is at a version a translation of none.
pub async fn unlink(cx: &ActorContext, id: EntryId, expected: i64) -> Result<Content> {
    cx.write(async |tx| unlink_in(tx, id, expected).await)
        .await?;
    answer(cx, id).await
}

/// Makes an entry a translation of none, in a transaction.
pub async fn unlink_in(tx: &mut Tx, id: EntryId, expected: i64) -> Result<()> {
    let cx = tx.cx().clone();
    let entry = tx
        .reader()
        .entries_by_ids(cx.scope(), &[id], Parts::NONE)
        .await?
        .remove(&id);
    let entry = found(entry, id)?;
    permit_to_change(&cx, entry.entry())?;
    check_version(entry.entry(), Some(expected))?;
    nothing_waits(entry.entry())?;
    let group = new_group(&cx);
    move_to_group_in(tx, entry.entry(), group).await?;
    forget(tx, entry.entry()).await
}

/// What it was translated from is no translation of it any more.
async fn forget(tx: &mut Tx, entry: &Entry) -> Result<()> {
    let permit = tx.cx().authorize(Action::Update, entry.target())?;
    let store = tx.store_tx();
    store.forget_source_elsewhere(&permit, entry.id).await
}

/// An edit that waits has its own translations, which would come back when it is published.
fn nothing_waits(entry: &Entry) -> Result<()> {
    if entry.has_pending_changes {
        return Err(Error::conflict(
            "has an edit that waits; publish it or discard it first",
        ));
    }
    Ok(())
}
