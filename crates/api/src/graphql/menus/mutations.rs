//! Changes of menus.

use application::menus::{self, MenuGet};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    change::Change,
    id::{EditionId, MenuId, kinds},
    menus::{MenuChange, MenuItemDraft, MenuTarget},
};

use super::Menu;
use crate::graphql::{
    context::{Here, Session, parse_id, session},
    input::{DeleteRecordInput, Wrong},
    outcome::{DeletePayload, Outcome, UserError, outcome},
};

/// A new menu.
#[derive(InputObject, Debug)]
pub(crate) struct CreateMenuInput {
    /// The code of its edition.
    edition: String,
    /// Where the frontend shows it (`primary`, `footer`); unique per edition.
    location: MaybeUndefined<String>,
    /// Its name.
    name: MaybeUndefined<String>,
    /// Its links, in order.
    items: Option<Vec<MenuItemInput>>,
}

/// Changes of a menu. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateMenuInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// Where the frontend shows it (`primary`, `footer`); unique per edition.
    location: MaybeUndefined<String>,
    /// Its name.
    name: MaybeUndefined<String>,
    /// All of its links, in order; null empties it.
    items: MaybeUndefined<Vec<MenuItemInput>>,
}

/// A link as it is written. It leads to a record, to an address, or, with neither, nowhere: then it
/// is a heading.
#[derive(InputObject, Debug)]
pub(crate) struct MenuItemInput {
    /// What it says; of a link to a record its title, if absent.
    label: Option<String>,
    /// The id of the article, page, issue, category, tag or author it leads to.
    target: Option<ID>,
    /// The path or the address it leads to. Not together with `target`.
    href: Option<String>,
    /// A hint shown on hover.
    hint: Option<String>,
    /// Whether a new window is asked for.
    #[graphql(default)]
    opens_new_window: bool,
    /// The links below it; ten levels at most.
    children: Option<Vec<MenuItemInput>>,
}

impl MenuItemInput {
    fn read(self, at: &str, wrong: &mut Wrong) -> Option<MenuItemDraft> {
        let target = match &self.target {
            None => Some(None),
            Some(id) => {
                let target = MenuTarget::of_id(id.as_str());
                let target = target.map_err(|error| error.with_fields(|_| format!("{at}.target")));
                wrong.take(target).map(Some)
            }
        };
        if self.target.is_some() && self.href.is_some() {
            wrong.note(format!("{at}.href"), "cannot stand beside `target`");
        }
        let children = links(
            wrong,
            &format!("{at}.children"),
            self.children
                .map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
        );
        Some(MenuItemDraft {
            label: self.label.unwrap_or_default(),
            target: target?.unwrap_or_else(|| MenuTarget::Url(self.href.unwrap_or_default())),
            hint: self.hint,
            opens_new_window: self.opens_new_window,
            children: children.as_set().cloned().unwrap_or_default(),
        })
    }
}

/// The links of a list.
fn links(
    wrong: &mut Wrong,
    at: &str,
    items: MaybeUndefined<Vec<MenuItemInput>>,
) -> Change<Vec<MenuItemDraft>> {
    wrong.list(items, |wrong, number, item| {
        item.read(&format!("{at}.{number}"), wrong)
    })
}

/// What the fields of an input say, whether the record is new or not.
struct Fields {
    location: MaybeUndefined<String>,
    name: MaybeUndefined<String>,
    items: MaybeUndefined<Vec<MenuItemInput>>,
}

impl Fields {
    fn read(self, wrong: &mut Wrong) -> MenuChange {
        MenuChange {
            location: wrong.required("location", self.location),
            name: wrong.required("name", self.name),
            items: links(wrong, "items", self.items),
        }
    }
}

impl CreateMenuInput {
    /// The menu it asks for, and where.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(EditionId, MenuChange)> {
        let mut wrong = Wrong::default();
        let edition = wrong.take(session.edition_id(Some(&self.edition)));
        let new = Fields {
            location: self.location,
            name: self.name,
            items: self
                .items
                .map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
        }
        .read(&mut wrong);
        let new = wrong.finish(new, MenuChange::check_new)?;
        let edition = edition.ok_or_else(|| domain::Error::not_found("the edition"))?;
        Ok((edition, new))
    }
}

impl UpdateMenuInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self) -> domain::Result<(MenuId, i64, MenuChange)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<MenuId>("id", &self.id));
        let change = Fields {
            location: self.location,
            name: self.name,
            items: self.items,
        }
        .read(&mut wrong);
        let change = wrong.finish(change, MenuChange::check)?;
        let id = id.ok_or_else(|| domain::Error::not_found("the menu"))?;
        Ok((id, self.expected_version, change))
    }
}

/// What a change of a menu answers.
pub(crate) struct MenuPayload {
    id: Option<MenuId>,
    user_errors: Vec<UserError>,
}

/// What a change of a menu answers.
#[Object]
impl MenuPayload {
    /// The menu as it is now; null if nothing was changed.
    async fn menu(&self, ctx: &Context<'_>) -> Result<Option<Menu>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let found = menus::get(session.cx(), &MenuGet::Id(id)).await?;
        Ok(found.map(Menu::from))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<MenuId>> for MenuPayload {
    fn from(outcome: Outcome<MenuId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// The mutations of menus.
#[derive(Default)]
pub(crate) struct MenuMutations;

#[Object]
impl MenuMutations {
    /// Makes a menu.
    async fn create_menu(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new menu.")] input: CreateMenuInput,
    ) -> Result<MenuPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((edition, new)) => menus::create_from(session.cx(), edition, new).await,
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes a menu.
    async fn update_menu(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateMenuInput,
    ) -> Result<MenuPayload> {
        let session = session(ctx)?;
        let done = match input.read() {
            Ok((id, expected, change)) => {
                let changed = menus::change(session.cx(), id, expected, change);
                changed.await.map(|()| id)
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Deletes a menu. Where its links lead stays.
    async fn delete_menu(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteRecordInput,
    ) -> Result<DeletePayload> {
        let session = session(ctx)?;
        let done = match input.read::<kinds::Menu>() {
            Ok((id, expected)) => menus::delete_at(session.cx(), id, expected)
                .await
                .map(|()| ID(id.to_string())),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}

/// After a change: nothing of before it in the answer.
async fn finish(session: Here<'_>, done: domain::Result<MenuId>) -> Result<MenuPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
