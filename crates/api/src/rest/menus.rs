//! Menus: trees of links, per edition and location.

use application::menus::{self, MenuGet};
use chrono::{DateTime, Utc};
use domain::{
    editions::Edition,
    id::{MenuId, kinds},
    menus::{MenuItem as DomainItem, MenuTarget},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    parameters::{Declared, EDITION_SEGMENT, Groups, Kind, Of, OwnById, Parameter, Record},
    request::Read,
    selection::Selection,
    view::{View, absolute},
    wire::{Direction, Id},
};
use crate::error::Problem;

mod write;

pub(super) use write::batched;

/// A tree of links.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Menu<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("menu_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: MenuId,
    /// The code of its edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// Where the frontend shows it, such as `primary`; unique per edition.
    location: &'a str,
    /// Its name.
    name: &'a str,
    /// Its links.
    items: Vec<MenuItem<'a>>,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

/// A link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MenuItem<'a> {
    /// What it says.
    label: &'a str,
    /// What it leads to.
    kind: MenuItemKind,
    /// The id of the record it leads to.
    #[schema(value_type = Option<Id>)]
    target_id: Option<String>,
    /// Where it leads: a path of the edition, or an absolute address; empty for a heading.
    href: &'a str,
    /// The same as an absolute address; null for a heading.
    url: Option<String>,
    /// A hint shown on hover.
    hint: Option<&'a str>,
    /// Whether a new window is asked for.
    opens_new_window: bool,
    /// The links below it.
    #[schema(no_recursion)]
    children: Vec<MenuItem<'a>>,
}

/// What a link leads to.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MenuItemKind {
    /// An article, page or issue.
    Entry,
    /// A category or tag.
    Term,
    /// An author.
    Author,
    /// An address, or nothing (a heading).
    Url,
}

impl Record for Menu<'_> {
    const PREFIX: &'static str = "menu";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "edition",
        "direction",
        "location",
        "name",
        "items",
        "version",
        "createdAt",
        "updatedAt",
    ];
}

impl<'a> MenuItem<'a> {
    fn new(item: &'a DomainItem, edition: &Edition) -> Self {
        let (kind, target_id) = match &item.target {
            MenuTarget::Entry(id) => (MenuItemKind::Entry, Some(id.to_string())),
            MenuTarget::Term(id) => (MenuItemKind::Term, Some(id.to_string())),
            MenuTarget::Author(id) => (MenuItemKind::Author, Some(id.to_string())),
            MenuTarget::Url(_) => (MenuItemKind::Url, None),
        };
        Self {
            label: &item.label,
            kind,
            target_id,
            href: &item.href,
            url: (!item.href.is_empty()).then(|| absolute(edition, &item.href)),
            hint: item.hint.as_deref(),
            opens_new_window: item.opens_new_window,
            children: item
                .children
                .iter()
                .map(|child| Self::new(child, edition))
                .collect(),
        }
    }
}

impl<'a> View<'a> {
    fn menu(&self, menu: &'a domain::menus::Menu) -> Result<Menu<'a>, Problem> {
        let edition = self.edition(menu.edition)?;
        Ok(Menu {
            id: menu.id,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            location: &menu.location,
            name: &menu.name,
            items: menu
                .items
                .iter()
                .map(|item| MenuItem::new(item, edition))
                .collect(),
            version: menu.version,
            created_at: menu.created_at,
            updated_at: menu.updated_at,
        })
    }
}

/// The operations on menus.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_menus, write::create_menu))
        .routes(routes!(get_menu, write::update_menu, write::delete_menu))
        .routes(routes!(get_menu_by_location))
}

struct ListMenus;
impl Declared for ListMenus {
    const PARAMETERS: Groups = &[
        &[Parameter::optional(
            "edition",
            Kind::Edition,
            "The edition whose menus are wanted; the default edition if absent.",
        )],
        Menu::SELECTION,
    ];
}

struct GetMenuByLocation;
impl Declared for GetMenuByLocation {
    const PARAMETERS: Groups = &[
        &[
            EDITION_SEGMENT,
            Parameter::path(
                "location",
                Kind::Text,
                "Where the frontend shows it, such as `primary`.",
            ),
        ],
        Menu::SELECTION,
    ];
}

/// List the menus of an edition
///
/// All of them at once.
#[utoipa::path(
    get,
    path = "/menus",
    tag = "Menus",
    params(Of<ListMenus>),
    responses((status = 200, description = "The menus.", body = MenuList<'_>)),
)]
async fn list_menus(read: Read) -> Answer {
    let query = read.query::<ListMenus>()?;
    let edition = read.edition_of_texts(&query).await?;
    let menus = menus::list(&read.cx, edition).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = menus
        .iter()
        .map(|menu| view.menu(menu))
        .collect::<Result<Vec<_>, _>>()?;
    answer::whole_list(&read, &Selection::of(&query, Menu::INCLUDES), &data)
}
type MenuList<'a> = List<Menu<'a>>;

/// Get a menu
///
/// Links to what the caller may not read are left out.
#[utoipa::path(
    get,
    path = "/menus/{id}",
    tag = "Menus",
    params(Of<OwnById<Menu<'_>>>),
    responses((status = 200, description = "The menu.", body = Menu<'_>)),
)]
async fn get_menu(read: Read) -> Answer {
    let query = read.query::<OwnById<Menu<'_>>>()?;
    let wanted = MenuGet::Id(read.id::<kinds::Menu>()?);
    one(&read, &wanted, &Selection::of(&query, Menu::INCLUDES)).await
}

/// Get a menu by its place
#[utoipa::path(
    get,
    path = "/menus/by-location/{edition}/{location}",
    tag = "Menus",
    params(Of<GetMenuByLocation>),
    responses((status = 200, description = "The menu.", body = Menu<'_>)),
)]
async fn get_menu_by_location(read: Read) -> Answer {
    let query = read.query::<GetMenuByLocation>()?;
    let edition = read.edition_in_path().await?;
    let wanted = MenuGet::Location {
        edition,
        location: read.segment("location")?.to_owned(),
    };
    one(&read, &wanted, &Selection::of(&query, Menu::INCLUDES)).await
}

async fn one(read: &Read, wanted: &MenuGet, selection: &Selection<'_>) -> Answer {
    let menu = menus::get(&read.cx, wanted)
        .await?
        .ok_or_else(|| Problem::not_found("the menu"))?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::one(
        read,
        selection,
        &view.menu(&menu)?,
        (menu.version, menu.updated_at),
    )
}
