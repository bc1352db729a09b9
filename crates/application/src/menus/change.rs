//! Making, changing and deleting menus field by field, as the faces do.

use std::collections::BTreeSet;

use domain::{
    Error, FieldError, Result,
    access::{Action, Permit, Target},
    audit::Changed,
    content::Parts,
    events::RecordKind,
    id::{EditionId, Id, MenuId},
    menus::{MenuChange, MenuDraft, MenuItemDraft, MenuTarget},
};
use persistence::{Deletion, OnUse, Save};

use crate::{ActorContext, Tx, context::found, shared_records};

/// Makes a menu of an edition.
pub async fn create_from(cx: &ActorContext, edition: EditionId, new: MenuChange) -> Result<MenuId> {
    cx.write(async |tx| create_from_in(tx, edition, new).await)
        .await
}

/// Makes a menu of an edition, in a transaction.
pub async fn create_from_in(tx: &mut Tx, edition: EditionId, new: MenuChange) -> Result<MenuId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let target = Target::of_edition(RecordKind::Menu, id, edition);
    let permit = tx.cx().authorize(Action::Create, target)?;
    shared_records::good(new.check_new())?;
    let mut draft = MenuDraft {
        edition,
        location: String::new(),
        name: String::new(),
        items: Vec::new(),
    };
    new.apply(&mut draft);
    check_targets(tx, &draft).await?;
    save(tx, &permit, (id, 1), &draft).await?;
    Ok(id)
}

/// Changes a menu that is at a version. What differs in nothing is not saved.
pub async fn change(
    cx: &ActorContext,
    id: MenuId,
    expected: i64,
    change: MenuChange,
) -> Result<()> {
    cx.write(async |tx| change_in(tx, id, expected, change).await)
        .await
}

/// Changes a menu, in a transaction.
pub async fn change_in(tx: &mut Tx, id: MenuId, expected: i64, change: MenuChange) -> Result<()> {
    let cx = tx.cx().clone();
    let old = found(tx.reader().menu(cx.scope(), id).await?, id)?;
    let permit = cx.authorize(Action::Update, old.target())?;
    let store = tx.store_tx();
    store.hold(RecordKind::Menu, id.uuid(), expected).await?;
    shared_records::good(change.check())?;
    let mut draft = MenuDraft {
        edition: old.edition,
        location: old.location,
        name: old.name,
        items: store.menu_links(&permit, id).await?,
    };
    let changed = change.apply(&mut draft);
    if changed.is_empty() {
        return Ok(());
    }
    if changed.iter().any(|field| field == "items") {
        check_targets(tx, &draft).await?;
    }
    let permit = permit.changing(Changed::Fields { changed });
    save(tx, &permit, (id, expected + 1), &draft).await
}

/// Deletes a menu that is at a version.
pub async fn delete_at(cx: &ActorContext, id: MenuId, expected: i64) -> Result<()> {
    cx.write(async |tx| delete_at_in(tx, id, expected).await)
        .await
}

/// Deletes a menu, in a transaction.
pub async fn delete_at_in(tx: &mut Tx, id: MenuId, expected: i64) -> Result<()> {
    let cx = tx.cx().clone();
    let old = found(tx.reader().menu(cx.scope(), id).await?, id)?;
    let permit = cx.authorize(Action::Delete, old.target())?;
    let store = tx.store_tx();
    store.hold(RecordKind::Menu, id.uuid(), expected).await?;
    // Nothing refers to a menu.
    let deletion = Deletion {
        id: id.uuid(),
        on_use: OnUse::Refuse,
        at: cx.now(),
    };
    store.delete_record(&permit, cx.scope(), deletion).await
}

/// Where links lead must be seen by whoever sets them, and be there in the edition of the menu. What
/// is hidden is the same as absent.
async fn check_targets(tx: &mut Tx, draft: &MenuDraft) -> Result<()> {
    let mut links = Vec::new();
    gather(&draft.items, "items", &mut links);
    let mut entries = BTreeSet::new();
    let mut terms = BTreeSet::new();
    let mut authors = BTreeSet::new();
    for (_, target) in &links {
        match target {
            MenuTarget::Entry(id) => drop(entries.insert(*id)),
            MenuTarget::Term(id) => drop(terms.insert(*id)),
            MenuTarget::Author(id) => drop(authors.insert(*id)),
            MenuTarget::Url(_) => {}
        }
    }
    let (cx, edition) = (tx.cx().clone(), draft.edition);
    let (entries, terms, authors) = (
        entries.into_iter().collect::<Vec<_>>(),
        terms.into_iter().collect::<Vec<_>>(),
        authors.into_iter().collect::<Vec<_>>(),
    );
    let reader = tx.reader();
    let entries = reader
        .entries_by_ids(cx.scope(), &entries, Parts::NONE)
        .await?;
    let terms = reader.terms_by_ids(cx.scope(), &terms, edition).await?;
    let authors = reader.authors_by_ids(cx.scope(), &authors, edition).await?;
    let wrong = links.into_iter().filter_map(|(field, target)| {
        let (id, known) = match target {
            MenuTarget::Entry(id) => {
                let known = entries.get(id).map(|entry| entry.entry().edition);
                (id.to_string(), known)
            }
            MenuTarget::Term(id) => {
                let known = terms.get(id).map(|term| term.text.edition);
                (id.to_string(), known)
            }
            MenuTarget::Author(id) => {
                let known = authors.get(id).map(|author| author.text.edition);
                (id.to_string(), known)
            }
            MenuTarget::Url(_) => return None,
        };
        let why = match known {
            None => format!("leads to {id}, which was not found"),
            Some(known) if known != edition => {
                format!("leads to {id}, which is not there in the edition of the menu")
            }
            Some(_) => return None,
        };
        Some(FieldError::new(field, why))
    });
    shared_records::good(wrong.collect())
}

/// Where the links of a menu lead, by their places.
fn gather<'a>(items: &'a [MenuItemDraft], place: &str, links: &mut Vec<(String, &'a MenuTarget)>) {
    for (number, item) in items.iter().enumerate() {
        let at = format!("{place}.{number}");
        gather(&item.children, &format!("{at}.children"), links);
        links.push((at, &item.target));
    }
}

async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (MenuId, i64),
    draft: &MenuDraft,
) -> Result<()> {
    let cx = tx.cx().clone();
    let there = tx
        .reader()
        .menus(cx.scope(), draft.edition, Some(&draft.location))
        .await?;
    if there.iter().any(|menu| menu.id != id) {
        return Err(Error::Conflict {
            message: format!("this edition has a menu at `{}` already", draft.location),
            field: Some("location".to_owned()),
            used_by: Vec::new(),
        });
    }
    let at = cx.now();
    let save = Save { id, version, at };
    tx.store_tx().save_menu(permit, save, draft).await
}
