//! Making and changing pages.

use application::pages::{self, NewPage};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    change::PageChange,
    content::ContentKind,
    id::{EntryId, PageId},
};

use super::Page;
use crate::graphql::{
    context::{Session, parse_id, session},
    entries::{
        self,
        input::EntryInput,
        steps::{EntryPayload, finish},
    },
    enums::View,
    input::Wrong,
    outcome::{Outcome, UserError},
};

/// The fields only pages have.
#[derive(InputObject, Debug)]
pub(crate) struct PageFieldsInput {
    /// The id of the page right above it; null: it stands at the root.
    parent: MaybeUndefined<ID>,
    /// Its place among the pages of the same parent.
    position: MaybeUndefined<i64>,
}

impl PageFieldsInput {
    fn read(self, wrong: &mut Wrong, entry: EntryInput) -> PageChange {
        PageChange {
            entry: entry.read(wrong),
            parent: wrong.id("parent", self.parent),
            position: wrong.required("position", self.position),
        }
    }
}

/// A new page: a draft.
#[derive(InputObject, Debug)]
pub(crate) struct CreatePageInput {
    /// The code of its edition.
    edition: String,
    #[graphql(flatten)]
    entry: EntryInput,
    #[graphql(flatten)]
    fields: PageFieldsInput,
}

/// Changes of a page. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdatePageInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    #[graphql(flatten)]
    entry: EntryInput,
    #[graphql(flatten)]
    fields: PageFieldsInput,
}

impl CreatePageInput {
    /// The page it asks for.
    pub(crate) fn read(self, session: &Session) -> domain::Result<NewPage> {
        let mut wrong = Wrong::default();
        let edition = wrong.take(session.edition_id(Some(&self.edition)));
        let change = self.fields.read(&mut wrong, self.entry);
        let change = wrong.finish_entry(session.cx(), change, true)?;
        let edition = edition.ok_or_else(|| domain::Error::internal("an input was lost"))?;
        Ok(NewPage { edition, change })
    }
}

impl UpdatePageInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(PageId, i64, PageChange)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<PageId>("id", &self.id));
        let change = self.fields.read(&mut wrong, self.entry);
        let change = wrong.finish_entry(session.cx(), change, false)?;
        let id = id.ok_or_else(|| domain::Error::internal("an input was lost"))?;
        Ok((id, self.expected_version, change))
    }
}

/// What a change of a page answers.
pub(crate) struct PagePayload {
    id: Option<EntryId>,
    user_errors: Vec<UserError>,
}

/// What a change of a page answers.
#[Object]
impl PagePayload {
    /// The page as it is now; null if nothing was changed.
    async fn page(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Which state of it. An edit that waits to be published shows in `LATEST` only.",
            default_with = "Some(View::Latest)"
        )]
        view: Option<View>,
    ) -> Result<Option<Page>> {
        let found = entries::changed(ctx, self.id, view).await?;
        let found = found.map(domain::pages::Page::try_from);
        Ok(found.transpose()?.map(Page::from))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<EntryId>> for PagePayload {
    fn from(outcome: Outcome<EntryId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

impl EntryPayload for PagePayload {
    const KIND: ContentKind = ContentKind::Page;
}

/// The mutations that make and change pages.
#[derive(Default)]
pub(crate) struct PageWrites;

#[Object]
impl PageWrites {
    /// Makes a page: a draft.
    async fn create_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new page.")] input: CreatePageInput,
    ) -> Result<PagePayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok(new) => {
                let made = Box::pin(pages::create_from(session.cx(), new)).await;
                made.map(|page| page.entry.id)
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes a page. One that is published stays as readers see it: the change waits until it is
    /// published.
    async fn update_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdatePageInput,
    ) -> Result<PagePayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((id, expected, change)) => {
                Box::pin(pages::change(session.cx(), id, expected, change))
                    .await
                    .map(|_| id.into())
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }
}
