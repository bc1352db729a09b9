//! Changes of collections.

use application::{
    batch::{Command, LocalCommand},
    collections::{self, CollectionGet},
};
use axum::response::Response;
use domain::{
    change::Change,
    collections::CollectionChange,
    editions::EditionSet,
    id::{CollectionId, EditionId, EntryId, kinds},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Collection, one};
use crate::{
    error::Problem,
    rest::{
        batch::Operation,
        field::{Body, Collected, Field, Unknown},
        parameters::{Declared, Groups, Of, OwnById, Record},
        selection::Selection,
        wire::Id as IdSchema,
        write::{Write, WriteAnswer, changed, deleted},
    },
};

/// A new collection.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewCollection {
    /// The code of its edition.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 35)]
    edition: Field<String>,
    /// Its title.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 500)]
    title: Field<String>,
    /// Its slug; made from the title if it is absent or null.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    slug: Field<String>,
    /// What it is.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    description: Field<String>,
    /// The ids of what is in it, in order.
    #[serde(default)]
    #[schema(value_type = Vec<IdSchema>, required = false, max_items = 10_000)]
    items: Field<Vec<Field<String>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of a collection. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CollectionPatch {
    /// Its title.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    title: Field<String>,
    /// Its slug; null: made from the title.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    slug: Field<String>,
    /// What it is.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    description: Field<String>,
    /// The ids of all that is in it, in order; null empties it.
    #[serde(default)]
    #[schema(value_type = Option<Vec<IdSchema>>, max_items = 10_000)]
    items: Field<Vec<Field<String>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for CollectionPatch {
    type Command = CollectionChange;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> CollectionChange {
        wrong.unknown(&self.unknown);
        CollectionChange {
            slug: wrong.clearable("slug", self.slug),
            title: wrong.required("title", self.title),
            description: wrong.clearable("description", self.description),
            items: match wrong.clearable("items", self.items) {
                Change::Keep => Change::Keep,
                Change::Set(items) => {
                    Change::Set(wrong.ids::<EntryId>("items", items.unwrap_or_default()))
                }
            },
        }
    }
}

/// A collection that is to be made, and where.
pub(super) struct Made {
    edition: Option<EditionId>,
    new: CollectionChange,
}

impl Body for NewCollection {
    type Command = Made;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Made {
        let Self {
            edition,
            title,
            slug,
            description,
            items,
            unknown,
        } = self;
        Made {
            edition: wrong.edition_of("edition", edition, editions),
            new: CollectionPatch {
                title,
                slug,
                description,
                items,
                unknown,
            }
            .read(editions, wrong),
        }
    }
}

struct CreateCollection;
impl Declared for CreateCollection {
    const PARAMETERS: Groups = &[Collection::SELECTION];
}

struct DeleteCollection;
impl Declared for DeleteCollection {
    const PARAMETERS: Groups = &[&[Collection::ID]];
}

/// Create a collection
#[utoipa::path(
    post,
    path = "/collections",
    tag = "Collections",
    params(Of<CreateCollection>),
    request_body = NewCollection,
    responses((status = 201, description = "The new collection.", body = Collection<'_>)),
)]
pub(super) async fn create_collection(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<CreateCollection>()?;
    let made = write.body::<NewCollection>(&editions, &[], |made| made.new.check_new())?;
    let edition = made
        .edition
        .ok_or_else(|| Problem::not_found("the edition"))?;
    let id = collections::create_from(&write.read.cx, edition, made.new).await?;
    let read = answer::<CreateCollection>(&write, id).await?;
    Ok(write.created("collections", id, read))
}

/// Change a collection
///
/// What is left out stays, null clears (RFC 7396); `items` is replaced as a whole.
#[utoipa::path(
    patch,
    path = "/collections/{id}",
    tag = "Collections",
    params(Of<OwnById<Collection<'_>>>),
    request_body(content(
        (CollectionPatch = "application/merge-patch+json"),
        (CollectionPatch = "application/json"),
    )),
    responses((status = 200, description = "The collection as it is now.", body = Collection<'_>)),
)]
pub(super) async fn update_collection(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<OwnById<Collection<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Collection>()?, write.version()?);
    let change = write.body::<CollectionPatch>(&editions, &[], CollectionChange::check)?;
    collections::change(&write.read.cx, id, expected, change).await?;
    let read = answer::<OwnById<Collection<'_>>>(&write, id).await?;
    Ok(changed(read))
}

/// Delete a collection
///
/// What is in it stays.
#[utoipa::path(
    delete,
    path = "/collections/{id}",
    tag = "Collections",
    params(Of<DeleteCollection>),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete_collection(write: Write) -> WriteAnswer {
    write.query::<DeleteCollection>()?;
    let (id, expected) = (write.id::<kinds::Collection>()?, write.version()?);
    collections::delete_at(&write.read.cx, id, expected).await?;
    Ok(deleted())
}

/// The collection as a read of it answers.
async fn answer<P: Declared>(write: &Write, id: CollectionId) -> Result<Response, Problem> {
    let query = write.query::<P>()?;
    let selection = Selection::of(&query, Collection::INCLUDES);
    one(&write.read, &CollectionGet::Id(id), &selection).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    vec![
        Operation::create("collections", &[], |sent| {
            let made = sent.body::<NewCollection>(&[], |made| made.new.check_new())?;
            let edition = made
                .edition
                .ok_or_else(|| Problem::not_found("the edition"))?;
            Ok(Command::Collection(LocalCommand::Create {
                edition,
                new: made.new,
            }))
        }),
        Operation::update("collections", &[], |sent| {
            let (id, expected) = (sent.id::<kinds::Collection>()?, sent.version()?);
            let change = sent.body::<CollectionPatch>(&[], CollectionChange::check)?;
            Ok(Command::Collection(LocalCommand::Change {
                id,
                expected,
                change,
            }))
        }),
        Operation::delete("collections", |sent| {
            sent.query::<DeleteCollection>()?;
            Ok(Command::Collection(LocalCommand::Delete {
                id: sent.id::<kinds::Collection>()?,
                expected: sent.version()?,
            }))
        }),
    ]
}
