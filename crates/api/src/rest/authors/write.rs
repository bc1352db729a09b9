//! Changes of authors.

use std::collections::BTreeMap;

use application::{
    ActorContext,
    authors::{self, AuthorGet},
    batch::{Command, SharedCommand},
    custom_fields::records,
};
use axum::response::Response;
use domain::{
    FieldError,
    authors::{AuthorChange, AuthorTextChange},
    editions::EditionSet,
    events::RecordKind,
    fields::CustomFields,
    id::{AssetId, AuthorId, kinds},
};
use serde::Deserialize;
use utoipa::{ToSchema, openapi::schema::Object};

use super::{Author, one};
use crate::{
    error::Problem,
    rest::{
        batch::Operation,
        field::{self, Body, Collected, Field, Unknown, Wire, Words},
        merge::{Merge, MergeOf},
        parameters::{ById, Declared, Of, Record},
        selection::Selection,
        wire::Id as IdSchema,
        write::{Create, DeleteById, Refusal, Write, WriteAnswer, changed, deleted, on_use},
    },
};

/// The fields that bodies call otherwise than commands.
const WORDS: Words = &[("avatar", "avatarId")];

/// A new author.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewAuthor {
    /// Their own site.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2048)]
    website: Field<String>,
    /// The id of their picture.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    avatar_id: Field<String>,
    /// Values of custom fields by their names: each is set, or cleared by null; null for all clears
    /// them all.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    custom_fields: Field<CustomFields>,
    /// Their texts by the codes of their editions; at least one, with a name.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, AuthorText>, required)]
    texts: Field<BTreeMap<String, Field<AuthorText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of an author. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthorPatch {
    /// Their own site; null: none.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2048)]
    website: Field<String>,
    /// The id of their picture; null: none.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    avatar_id: Field<String>,
    /// Values of custom fields by their names: each is set, or cleared by null; null for all clears
    /// them all.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    custom_fields: Field<CustomFields>,
    #[serde(default)]
    #[schema(schema_with = texts_or_null, required = false)]
    texts: Field<BTreeMap<String, Field<AuthorText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What an author is called in one edition. Of a text that is there, what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuthorTextPatch)]
pub(super) struct AuthorText {
    /// The name under articles. A new text needs one.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    name: Field<String>,
    /// The slug; null: made from the name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    slug: Field<String>,
    /// `Reporter`, `Photographer`.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    job_title: Field<String>,
    /// A short biography, plain text.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    bio: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

fn texts_or_null() -> Object {
    field::texts_or_null("AuthorTextPatch")
}

impl Wire for AuthorText {
    const MUST_BE: &'static str = "must be an object";
}

impl AuthorText {
    fn read(self, wrong: &mut Collected) -> AuthorTextChange {
        wrong.unknown(&self.unknown);
        AuthorTextChange {
            name: wrong.required("name", self.name),
            slug: wrong.clearable("slug", self.slug),
            job_title: wrong.clearable("jobTitle", self.job_title),
            bio: wrong.clearable("bio", self.bio),
        }
    }
}

impl Body for AuthorPatch {
    type Command = AuthorChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> AuthorChange {
        wrong.unknown(&self.unknown);
        AuthorChange {
            website: wrong.clearable("website", self.website),
            avatar: wrong.id::<AssetId>("avatarId", self.avatar_id),
            custom_fields: wrong.clearable("customFields", self.custom_fields),
            texts: wrong.texts(editions, self.texts, |wrong, text: AuthorText| {
                text.read(wrong)
            }),
        }
    }
}

impl Body for NewAuthor {
    type Command = AuthorChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> AuthorChange {
        let Self {
            website,
            avatar_id,
            custom_fields,
            texts,
            unknown,
        } = self;
        AuthorPatch {
            website,
            avatar_id,
            custom_fields,
            texts,
            unknown,
        }
        .read(editions, wrong)
    }
}

fn faults_of_new(cx: &ActorContext, new: &AuthorChange, editions: &EditionSet) -> Vec<FieldError> {
    let wrong = new.check_new(editions);
    records::faults_of_new(cx, RecordKind::Author, &new.custom_fields, wrong)
}

fn faults_of_change(
    cx: &ActorContext,
    change: &AuthorChange,
    editions: &EditionSet,
) -> Vec<FieldError> {
    let wrong = change.check(editions);
    records::faults_of_change(cx, RecordKind::Author, &change.custom_fields, wrong)
}

/// Create an author
#[utoipa::path(
    post,
    path = "/authors",
    tag = "Authors",
    params(Of<Create<Author<'_>>>),
    request_body = NewAuthor,
    responses((status = 201, description = "The new author.", body = Author<'_>)),
)]
pub(super) async fn create_author(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<Create<Author<'_>>>()?;
    let new = write.body::<NewAuthor>(&editions, WORDS, |new| {
        faults_of_new(&write.read.cx, new, &editions)
    })?;
    let id = authors::create_from(&write.read.cx, new)
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    let read = answer::<Create<Author<'_>>>(&write, id).await?;
    Ok(write.created("authors", id, read))
}

/// Change an author
///
/// What is left out stays, null clears (RFC 7396).
#[utoipa::path(
    patch,
    path = "/authors/{id}",
    tag = "Authors",
    params(Of<ById<Author<'_>>>),
    request_body(content(
        (AuthorPatch = "application/merge-patch+json"),
        (AuthorPatch = "application/json"),
    )),
    responses((status = 200, description = "The author as they are now.", body = Author<'_>)),
)]
pub(super) async fn update_author(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<ById<Author<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Author>()?, write.version()?);
    let change = write.body::<AuthorPatch>(&editions, WORDS, |change| {
        faults_of_change(&write.read.cx, change, &editions)
    })?;
    authors::change(&write.read.cx, id, expected, change)
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    Ok(changed(answer::<ById<Author<'_>>>(&write, id).await?))
}

/// Delete an author
///
/// Articles whose byline names them use them.
#[utoipa::path(
    delete,
    path = "/authors/{id}",
    tag = "Authors",
    params(Of<DeleteById<Author<'_>>>),
    responses((status = 204, description = "They are gone.")),
)]
pub(super) async fn delete_author(write: Write) -> WriteAnswer {
    let query = write.query::<DeleteById<Author<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Author>()?, write.version()?);
    let on_use = on_use::<kinds::Author>(&query)?;
    authors::delete_at(&write.read.cx, id, expected, on_use)
        .await
        .map_err(Refusal::of_query)?;
    Ok(deleted())
}

/// Merge authors
///
/// The one they are merged into gets their bylines and the links to them in menus, their texts in
/// editions they have none in, and picture, website and values of custom fields where they have none.
/// What leads to the others in custom fields leads to them, and so do their addresses; the others are
/// gone.
#[utoipa::path(
    post,
    path = "/authors/merge",
    tag = "Authors",
    params(Of<Create<Author<'_>>>),
    request_body = Merge,
    responses((status = 200, description = "The author as they are now.", body = Author<'_>)),
)]
pub(super) async fn merge_authors(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<Create<Author<'_>>>()?;
    let merging = write.body::<MergeOf<AuthorId>>(&editions, &[], |_merging| Vec::new())?;
    let (from, into, expected) = merging.ok_or_else(|| Problem::not_found("the author"))?;
    authors::merge(&write.read.cx, &from, into, expected).await?;
    Ok(changed(answer::<Create<Author<'_>>>(&write, into).await?))
}

/// The author as a read of them answers.
async fn answer<P: Declared>(write: &Write, id: AuthorId) -> Result<Response, Problem> {
    let query = write.query::<P>()?;
    let edition = write.read.edition_of_texts(&query).await?;
    let selection = Selection::of(&query, Author::INCLUDES);
    one(&write.read, &AuthorGet::Id(id), edition, &selection).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    vec![
        Operation::create("authors", WORDS, |sent| {
            let new = sent
                .body::<NewAuthor>(WORDS, |new| faults_of_new(sent.cx(), new, sent.editions()))?;
            Ok(Command::Author(SharedCommand::Create { new }))
        }),
        Operation::update("authors", WORDS, |sent| {
            let (id, expected) = (sent.id::<kinds::Author>()?, sent.version()?);
            let change = sent.body::<AuthorPatch>(WORDS, |change| {
                faults_of_change(sent.cx(), change, sent.editions())
            })?;
            Ok(Command::Author(SharedCommand::Change {
                id,
                expected,
                change,
            }))
        }),
        Operation::delete("authors", |sent| {
            let query = sent.query::<DeleteById<Author<'_>>>()?;
            Ok(Command::Author(SharedCommand::Delete {
                id: sent.id::<kinds::Author>()?,
                expected: sent.version()?,
                on_use: on_use::<kinds::Author>(&query)?,
            }))
        }),
    ]
}
