//! Changes of menus.

use application::{
    batch::{Command, LocalCommand},
    menus::{self, MenuGet},
};
use axum::response::Response;
use domain::{
    change::Change,
    editions::EditionSet,
    id::{EditionId, MenuId, kinds},
    menus::{MenuChange, MenuItemDraft, MenuTarget},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Menu, one};
use crate::{
    error::Problem,
    rest::{
        batch::Operation,
        entries::members::{list, set},
        field::{Body, Collected, Field, Unknown, Wire},
        parameters::{Declared, Groups, Of, OwnById, Record},
        selection::Selection,
        wire::Id as IdSchema,
        write::{Write, WriteAnswer, changed, deleted},
    },
};

/// A new menu.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewMenu {
    /// The code of its edition.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 35)]
    edition: Field<String>,
    /// Where the frontend shows it, such as `primary`; unique per edition.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 100)]
    location: Field<String>,
    /// Its name.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 500)]
    name: Field<String>,
    /// Its links, in order.
    #[serde(default)]
    #[schema(value_type = Vec<Link>, required = false)]
    items: Field<Vec<Field<Link>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of a menu. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MenuPatch {
    /// Where the frontend shows it, such as `primary`; unique per edition.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 100)]
    location: Field<String>,
    /// Its name.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    name: Field<String>,
    /// All of its links, in order; null empties it.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Link>>)]
    items: Field<Vec<Field<Link>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// A link as it is written. It leads to a record, to an address, or, with neither, nowhere: then it
/// is a heading.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MenuItemInput)]
pub(super) struct Link {
    /// What it says; of a link to a record its title, if absent or null.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    label: Field<String>,
    /// The id of the article, page, issue, category, tag or author it leads to.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    target_id: Field<String>,
    /// The path or the address it leads to. Not together with `targetId`.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2048)]
    href: Field<String>,
    /// A hint shown on hover.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    hint: Field<String>,
    /// Whether a new window is asked for.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    opens_new_window: Field<bool>,
    /// The links below it; ten levels at most.
    #[serde(default)]
    #[schema(value_type = Vec<Link>, required = false, no_recursion)]
    children: Field<Vec<Field<Link>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Wire for Link {
    const MUST_BE: &'static str = "must be an object";
}

impl Link {
    fn read(self, wrong: &mut Collected) -> Option<MenuItemDraft> {
        wrong.unknown(&self.unknown);
        let label = set(wrong.clearable("label", self.label));
        let target = match wrong.clearable("targetId", self.target_id) {
            Change::Keep | Change::Set(None) => Some(None),
            Change::Set(Some(id)) => {
                let target = MenuTarget::of_id(&id);
                let target = target.map_err(|error| error.with_fields(|_| "targetId".to_owned()));
                wrong.take(target).map(Some)
            }
        };
        let href = set(wrong.clearable("href", self.href));
        if target != Some(None) && href.is_some() {
            wrong.note("href", "cannot stand beside `targetId`");
        }
        let hint = set(wrong.clearable("hint", self.hint));
        let opens_new_window = wrong.required("opensNewWindow", self.opens_new_window);
        let children = list(wrong, "children", self.children, Self::read);
        Some(MenuItemDraft {
            label: label.unwrap_or_default(),
            target: target?.unwrap_or_else(|| MenuTarget::Url(href.unwrap_or_default())),
            hint,
            opens_new_window: *opens_new_window.as_set().unwrap_or(&false),
            children: children.as_set().cloned().unwrap_or_default(),
        })
    }
}

impl Body for MenuPatch {
    type Command = MenuChange;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> MenuChange {
        wrong.unknown(&self.unknown);
        MenuChange {
            location: wrong.required("location", self.location),
            name: wrong.required("name", self.name),
            items: list(wrong, "items", self.items, Link::read),
        }
    }
}

/// A menu that is to be made, and where.
pub(super) struct Made {
    edition: Option<EditionId>,
    new: MenuChange,
}

impl Body for NewMenu {
    type Command = Made;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Made {
        let Self {
            edition,
            location,
            name,
            items,
            unknown,
        } = self;
        Made {
            edition: wrong.edition_of("edition", edition, editions),
            new: MenuPatch {
                location,
                name,
                items,
                unknown,
            }
            .read(editions, wrong),
        }
    }
}

struct CreateMenu;
impl Declared for CreateMenu {
    const PARAMETERS: Groups = &[Menu::SELECTION];
}

struct DeleteMenu;
impl Declared for DeleteMenu {
    const PARAMETERS: Groups = &[&[Menu::ID]];
}

/// Create a menu
#[utoipa::path(
    post,
    path = "/menus",
    tag = "Menus",
    params(Of<CreateMenu>),
    request_body = NewMenu,
    responses((status = 201, description = "The new menu.", body = Menu<'_>)),
)]
pub(super) async fn create_menu(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<CreateMenu>()?;
    let made = write.body::<NewMenu>(&editions, &[], |made| made.new.check_new())?;
    let edition = made
        .edition
        .ok_or_else(|| Problem::not_found("the edition"))?;
    let id = menus::create_from(&write.read.cx, edition, made.new).await?;
    let read = answer::<CreateMenu>(&write, id).await?;
    Ok(write.created("menus", id, read))
}

/// Change a menu
///
/// What is left out stays, null clears (RFC 7396); `items` is replaced as a whole.
#[utoipa::path(
    patch,
    path = "/menus/{id}",
    tag = "Menus",
    params(Of<OwnById<Menu<'_>>>),
    request_body(content(
        (MenuPatch = "application/merge-patch+json"),
        (MenuPatch = "application/json"),
    )),
    responses((status = 200, description = "The menu as it is now.", body = Menu<'_>)),
)]
pub(super) async fn update_menu(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<OwnById<Menu<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Menu>()?, write.version()?);
    let change = write.body::<MenuPatch>(&editions, &[], MenuChange::check)?;
    menus::change(&write.read.cx, id, expected, change).await?;
    let read = answer::<OwnById<Menu<'_>>>(&write, id).await?;
    Ok(changed(read))
}

/// Delete a menu
///
/// Where its links lead stays.
#[utoipa::path(
    delete,
    path = "/menus/{id}",
    tag = "Menus",
    params(Of<DeleteMenu>),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete_menu(write: Write) -> WriteAnswer {
    write.query::<DeleteMenu>()?;
    let (id, expected) = (write.id::<kinds::Menu>()?, write.version()?);
    menus::delete_at(&write.read.cx, id, expected).await?;
    Ok(deleted())
}

/// The menu as a read of it answers.
async fn answer<P: Declared>(write: &Write, id: MenuId) -> Result<Response, Problem> {
    let query = write.query::<P>()?;
    let selection = Selection::of(&query, Menu::INCLUDES);
    one(&write.read, &MenuGet::Id(id), &selection).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    vec![
        Operation::create("menus", &[], |sent| {
            let made = sent.body::<NewMenu>(&[], |made| made.new.check_new())?;
            let edition = made
                .edition
                .ok_or_else(|| Problem::not_found("the edition"))?;
            Ok(Command::Menu(LocalCommand::Create {
                edition,
                new: made.new,
            }))
        }),
        Operation::update("menus", &[], |sent| {
            let (id, expected) = (sent.id::<kinds::Menu>()?, sent.version()?);
            let change = sent.body::<MenuPatch>(&[], MenuChange::check)?;
            Ok(Command::Menu(LocalCommand::Change {
                id,
                expected,
                change,
            }))
        }),
        Operation::delete("menus", |sent| {
            sent.query::<DeleteMenu>()?;
            Ok(Command::Menu(LocalCommand::Delete {
                id: sent.id::<kinds::Menu>()?,
                expected: sent.version()?,
            }))
        }),
    ]
}
