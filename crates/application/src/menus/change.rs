//! Making, changing and deleting menus field by field, as the faces do.

use std::collections::{BTreeSet, HashMap};

use domain::{
    Error, FieldError, Result,
    access::{Action, Permit, Target},
    audit::Changed,
    change::Change,
    content::Parts,
    events::RecordKind,
    id::{AuthorId, EditionId, EntryId, Id, MenuId},
    menus::{MenuChange, MenuDraft, MenuItemDraft, MenuTarget},
    terms::TermId,
};
use persistence::{OnUse, Save};

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
    check_targets(tx, &draft, &new).await?;
    new.apply(&mut draft);
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
pub async fn change_in(
    tx: &mut Tx,
    id: MenuId,
    expected: i64,
    mut change: MenuChange,
) -> Result<()> {
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
    check_targets(tx, &draft, &change).await?;
    if change.items != Change::Keep {
        // Links to what is hidden were not shown to whoever sends the list back.
        let mut links = Vec::new();
        gather(&draft.items, "", &mut links);
        let there = There::of(tx, draft.edition, links.iter().map(|(_, target)| *target)).await?;
        change.keep_unseen(&draft, &|target| there.hides(target));
    }
    let changed = change.apply(&mut draft);
    if changed.is_empty() {
        return Ok(());
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
    // Nothing refers to a menu.
    let record = (old.target(), id.uuid());
    shared_records::delete(tx, record, Some(expected), OnUse::Refuse).await
}

/// Where links are to lead must be seen by whoever sets them, and be there in the edition of the menu,
/// unless they lead there already. What is hidden is the same as absent.
async fn check_targets(tx: &mut Tx, before: &MenuDraft, change: &MenuChange) -> Result<()> {
    let (mut old, mut links) = (Vec::new(), Vec::new());
    gather(&before.items, "", &mut old);
    let items = change.items.as_set().map(Vec::as_slice);
    gather(items.unwrap_or_default(), "items", &mut links);
    links.retain(|(_, target)| !old.iter().any(|(_, known)| known == target));
    let edition = before.edition;
    let there = There::of(tx, edition, links.iter().map(|(_, target)| *target)).await?;
    let wrong = links.into_iter().filter_map(|(field, target)| {
        let (id, known) = there.edition_of(target)?;
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

/// What links lead to, as far as the actor may see it, and the edition it is served from.
struct There {
    edition: EditionId,
    entries: HashMap<EntryId, EditionId>,
    terms: HashMap<TermId, EditionId>,
    authors: HashMap<AuthorId, EditionId>,
}

impl There {
    async fn of(
        tx: &mut Tx,
        edition: EditionId,
        targets: impl Iterator<Item = &MenuTarget>,
    ) -> Result<Self> {
        let mut entries = BTreeSet::new();
        let mut terms = BTreeSet::new();
        let mut authors = BTreeSet::new();
        for target in targets {
            match target {
                MenuTarget::Entry(id) => drop(entries.insert(*id)),
                MenuTarget::Term(id) => drop(terms.insert(*id)),
                MenuTarget::Author(id) => drop(authors.insert(*id)),
                MenuTarget::Url(_) => {}
            }
        }
        let cx = tx.cx().clone();
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
        let of_entry = entries.into_iter();
        let of_term = terms.into_iter();
        let of_author = authors.into_iter();
        Ok(Self {
            edition,
            entries: of_entry
                .map(|(id, entry)| (id, entry.entry().edition))
                .collect(),
            terms: of_term.map(|(id, term)| (id, term.text.edition)).collect(),
            authors: of_author
                .map(|(id, author)| (id, author.text.edition))
                .collect(),
        })
    }

    /// The record a link leads to, and the edition it is served from if it is seen; nothing where it
    /// leads to no record.
    fn edition_of(&self, target: &MenuTarget) -> Option<(String, Option<EditionId>)> {
        match target {
            MenuTarget::Entry(id) => Some((id.to_string(), self.entries.get(id).copied())),
            MenuTarget::Term(id) => Some((id.to_string(), self.terms.get(id).copied())),
            MenuTarget::Author(id) => Some((id.to_string(), self.authors.get(id).copied())),
            MenuTarget::Url(_) => None,
        }
    }

    /// Whether the menu is shown without a link: to a hidden entry, or to what has no text in its
    /// edition.
    fn hides(&self, target: &MenuTarget) -> bool {
        let Some((_, known)) = self.edition_of(target) else {
            return false;
        };
        match target {
            MenuTarget::Entry(_) => known.is_none(),
            MenuTarget::Term(_) | MenuTarget::Author(_) | MenuTarget::Url(_) => {
                known != Some(self.edition)
            }
        }
    }
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
