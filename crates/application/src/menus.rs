//! Menus.

use domain::{
    Result,
    access::{Action, Target},
    events::RecordKind,
    id::{EditionId, Id, MenuId},
    menus::{Menu, MenuDraft, MenuItemDraft},
};

use persistence::Save;

use crate::{
    ActorContext, Tx,
    bounds::{self, Bounds},
    context::found,
};

mod change;

pub use change::{change, change_in, create_from, create_from_in, delete_at, delete_at_in};

/// How one menu is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuGet {
    /// By id.
    Id(MenuId),
    /// By the place a frontend shows it in.
    Location {
        /// The edition.
        edition: EditionId,
        /// The place: `primary`, `footer`.
        location: String,
    },
}

/// The menus of an edition, by location.
pub async fn list(cx: &ActorContext, edition: EditionId) -> Result<Vec<Menu>> {
    cx.reader().menus(cx.scope(), edition, None).await
}

/// One menu.
pub async fn get(cx: &ActorContext, get: &MenuGet) -> Result<Option<Menu>> {
    match get {
        MenuGet::Id(id) => cx.reader().menu(cx.scope(), *id).await,
        MenuGet::Location { edition, location } => Ok(cx
            .reader()
            .menus(cx.scope(), *edition, Some(location))
            .await?
            .into_iter()
            .next()),
    }
}

/// Makes a menu.
pub async fn create(cx: &ActorContext, draft: MenuDraft) -> Result<MenuId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes a menu, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &MenuDraft) -> Result<MenuId> {
    let id = Id::from_uuid(tx.cx().next_id());
    save(tx, id, 1, Action::Create, draft).await?;
    Ok(id)
}

/// Replaces a menu, in a transaction.
pub async fn update_in(tx: &mut Tx, id: MenuId, draft: &MenuDraft) -> Result<()> {
    let old = tx.reader().menu(tx.cx().scope(), id).await?;
    save(tx, id, found(old, id)?.version + 1, Action::Update, draft).await
}

async fn save(
    tx: &mut Tx,
    id: MenuId,
    version: i64,
    action: Action,
    draft: &MenuDraft,
) -> Result<()> {
    draft.check()?;
    Bounds::default()
        .text("location", &draft.location, bounds::KEY)
        .text("name", &draft.name, bounds::NAME)
        .list("items", count(&draft.items), bounds::ITEMS)
        .check()?;
    let permit = tx.cx().authorize(
        action,
        Target::of_edition(RecordKind::Menu, id, draft.edition),
    )?;
    let now = tx.cx().now();
    tx.store_tx()
        .save_menu(
            &permit,
            Save {
                id,
                version,
                at: now,
            },
            draft,
        )
        .await
}

/// How many links there are, nested ones included.
fn count(items: &[MenuItemDraft]) -> usize {
    items.iter().map(|item| 1 + count(&item.children)).sum()
}
