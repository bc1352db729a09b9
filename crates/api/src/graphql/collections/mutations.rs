//! Changes of collections.

use application::collections::{self, CollectionGet};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    change::Change,
    collections::CollectionChange,
    id::{CollectionId, EditionId, EntryId},
};

use super::Collection;
use crate::graphql::{
    context::{Here, Session, parse_id, session},
    input::{Wrong, clearable},
    outcome::{DeletePayload, Outcome, UserError, outcome},
};

/// A new collection.
#[derive(InputObject, Debug)]
pub(crate) struct CreateCollectionInput {
    /// The code of its edition.
    edition: String,
    /// Its title.
    title: MaybeUndefined<String>,
    /// Its slug; made from the title if absent.
    slug: MaybeUndefined<String>,
    /// What it is.
    description: MaybeUndefined<String>,
    /// The ids of what is in it, in order.
    items: Option<Vec<ID>>,
}

/// Changes of a collection. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateCollectionInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// Its title.
    title: MaybeUndefined<String>,
    /// Its slug; null: made from the title.
    slug: MaybeUndefined<String>,
    /// What it is.
    description: MaybeUndefined<String>,
    /// The ids of all that is in it, in order; null empties it.
    items: MaybeUndefined<Vec<ID>>,
}

/// Deletes a record nothing else refers to.
#[derive(InputObject, Debug)]
pub(crate) struct DeleteCollectionInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
}

/// What the fields of an input say, whether the record is new or not.
struct Fields {
    title: MaybeUndefined<String>,
    slug: MaybeUndefined<String>,
    description: MaybeUndefined<String>,
    items: MaybeUndefined<Vec<ID>>,
}

impl Fields {
    fn read(self, wrong: &mut Wrong) -> CollectionChange {
        CollectionChange {
            slug: clearable(self.slug),
            title: wrong.required("title", self.title),
            description: clearable(self.description),
            items: match self.items {
                MaybeUndefined::Undefined => Change::Keep,
                MaybeUndefined::Null => Change::Set(Vec::new()),
                MaybeUndefined::Value(ids) => Change::Set(entries(wrong, &ids)),
            },
        }
    }
}

fn entries(wrong: &mut Wrong, ids: &[ID]) -> Vec<EntryId> {
    let ids = ids.iter().enumerate();
    ids.filter_map(|(number, id)| wrong.take(parse_id(&format!("items.{number}"), id)))
        .collect()
}

impl CreateCollectionInput {
    /// The collection it asks for, and where.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(EditionId, CollectionChange)> {
        let mut wrong = Wrong::default();
        let edition = wrong.take(session.edition_id(Some(&self.edition)));
        let fields = Fields {
            title: self.title,
            slug: self.slug,
            description: self.description,
            items: self
                .items
                .map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
        };
        let new = fields.read(&mut wrong);
        let new = wrong.finish(new, CollectionChange::check_new)?;
        let edition = edition.ok_or_else(|| domain::Error::not_found("the edition"))?;
        Ok((edition, new))
    }
}

impl UpdateCollectionInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self) -> domain::Result<(CollectionId, i64, CollectionChange)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<CollectionId>("id", &self.id));
        let fields = Fields {
            title: self.title,
            slug: self.slug,
            description: self.description,
            items: self.items,
        };
        let change = fields.read(&mut wrong);
        let change = wrong.finish(change, CollectionChange::check)?;
        let id = id.ok_or_else(|| domain::Error::not_found("the collection"))?;
        Ok((id, self.expected_version, change))
    }
}

impl DeleteCollectionInput {
    /// Which one, at which version.
    pub(crate) fn read(self) -> domain::Result<(CollectionId, i64)> {
        Ok((parse_id("id", &self.id)?, self.expected_version))
    }
}

/// What a change of a collection answers.
pub(crate) struct CollectionPayload {
    id: Option<CollectionId>,
    user_errors: Vec<UserError>,
}

/// What a change of a collection answers.
#[Object]
impl CollectionPayload {
    /// The collection as it is now; null if nothing was changed.
    async fn collection(&self, ctx: &Context<'_>) -> Result<Option<Collection>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let found = collections::get(session.cx(), &CollectionGet::Id(id)).await?;
        Ok(found.map(Collection::from))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<CollectionId>> for CollectionPayload {
    fn from(outcome: Outcome<CollectionId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// The mutations of collections.
#[derive(Default)]
pub(crate) struct CollectionMutations;

#[Object]
impl CollectionMutations {
    /// Makes a collection.
    async fn create_collection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new collection.")] input: CreateCollectionInput,
    ) -> Result<CollectionPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((edition, new)) => collections::create_from(session.cx(), edition, new).await,
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes a collection.
    async fn update_collection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateCollectionInput,
    ) -> Result<CollectionPayload> {
        let session = session(ctx)?;
        let done = match input.read() {
            Ok((id, expected, change)) => {
                let changed = collections::change(session.cx(), id, expected, change);
                changed.await.map(|()| id)
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Deletes a collection. What is in it stays.
    async fn delete_collection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: DeleteCollectionInput,
    ) -> Result<DeletePayload> {
        let session = session(ctx)?;
        let done = match input.read() {
            Ok((id, expected)) => collections::delete_at(session.cx(), id, expected)
                .await
                .map(|()| ID(id.to_string())),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}

/// After a change: nothing of before it in the answer.
async fn finish(
    session: Here<'_>,
    done: domain::Result<CollectionId>,
) -> Result<CollectionPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
