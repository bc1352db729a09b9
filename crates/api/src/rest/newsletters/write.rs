//! Changes of newsletters.

use application::{
    batch::{Command, LocalCommand},
    newsletters::{self, NewsletterGet},
};
use axum::response::Response;
use domain::{
    editions::EditionSet,
    id::{EditionId, NewsletterId, kinds},
    newsletters::NewsletterChange,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Newsletter, one};
use crate::{
    error::Problem,
    rest::{
        batch::Operation,
        field::{Body, Collected, Field, Unknown},
        parameters::{Declared, Groups, Of, OwnById, Record},
        selection::Selection,
        write::{Write, WriteAnswer, changed, deleted},
    },
};

/// A new newsletter.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewNewsletter {
    /// The code of its edition.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 35)]
    edition: Field<String>,
    /// Its name.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 500)]
    title: Field<String>,
    /// Its slug; made from the title if it is absent or null.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    slug: Field<String>,
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    description: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of a newsletter. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewsletterPatch {
    /// Its name.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    title: Field<String>,
    /// Its slug; null: made from the title.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    slug: Field<String>,
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    description: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for NewsletterPatch {
    type Command = NewsletterChange;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> NewsletterChange {
        wrong.unknown(&self.unknown);
        NewsletterChange {
            slug: wrong.clearable("slug", self.slug),
            title: wrong.required("title", self.title),
            description: wrong.clearable("description", self.description),
        }
    }
}

/// A newsletter that is to be made, and where.
pub(super) struct Made {
    edition: Option<EditionId>,
    new: NewsletterChange,
}

impl Body for NewNewsletter {
    type Command = Made;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Made {
        let Self {
            edition,
            title,
            slug,
            description,
            unknown,
        } = self;
        Made {
            edition: wrong.edition_of("edition", edition, editions),
            new: NewsletterPatch {
                title,
                slug,
                description,
                unknown,
            }
            .read(editions, wrong),
        }
    }
}

struct CreateNewsletter;
impl Declared for CreateNewsletter {
    const PARAMETERS: Groups = &[Newsletter::SELECTION];
}

struct DeleteNewsletter;
impl Declared for DeleteNewsletter {
    const PARAMETERS: Groups = &[&[Newsletter::ID]];
}

/// Create a newsletter
#[utoipa::path(
    post,
    path = "/newsletters",
    tag = "Newsletters",
    params(Of<CreateNewsletter>),
    request_body = NewNewsletter,
    responses((status = 201, description = "The new newsletter.", body = Newsletter<'_>)),
)]
pub(super) async fn create_newsletter(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<CreateNewsletter>()?;
    let made = write.body::<NewNewsletter>(&editions, &[], |made| made.new.check_new())?;
    let edition = made
        .edition
        .ok_or_else(|| Problem::not_found("the edition"))?;
    let id = newsletters::create_from(&write.read.cx, edition, made.new).await?;
    let read = answer::<CreateNewsletter>(&write, id).await?;
    Ok(write.created("newsletters", id, read))
}

/// Change a newsletter
///
/// What is left out stays, null clears (RFC 7396). Its issues keep the paths they have.
#[utoipa::path(
    patch,
    path = "/newsletters/{id}",
    tag = "Newsletters",
    params(Of<OwnById<Newsletter<'_>>>),
    request_body(content(
        (NewsletterPatch = "application/merge-patch+json"),
        (NewsletterPatch = "application/json"),
    )),
    responses((status = 200, description = "The newsletter as it is now.", body = Newsletter<'_>)),
)]
pub(super) async fn update_newsletter(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<OwnById<Newsletter<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Newsletter>()?, write.version()?);
    let change = write.body::<NewsletterPatch>(&editions, &[], NewsletterChange::check)?;
    newsletters::change(&write.read.cx, id, expected, change).await?;
    let read = answer::<OwnById<Newsletter<'_>>>(&write, id).await?;
    Ok(changed(read))
}

/// Delete a newsletter
///
/// Only one that has no issues can be deleted; 409 names those it has.
#[utoipa::path(
    delete,
    path = "/newsletters/{id}",
    tag = "Newsletters",
    params(Of<DeleteNewsletter>),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete_newsletter(write: Write) -> WriteAnswer {
    write.query::<DeleteNewsletter>()?;
    let (id, expected) = (write.id::<kinds::Newsletter>()?, write.version()?);
    newsletters::delete_at(&write.read.cx, id, expected).await?;
    Ok(deleted())
}

/// The newsletter as a read of it answers.
async fn answer<P: Declared>(write: &Write, id: NewsletterId) -> Result<Response, Problem> {
    let query = write.query::<P>()?;
    let selection = Selection::of(&query, Newsletter::INCLUDES);
    one(&write.read, &NewsletterGet::Id(id), &selection).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    vec![
        Operation::create("newsletters", &[], |sent| {
            let made = sent.body::<NewNewsletter>(&[], |made| made.new.check_new())?;
            let edition = made
                .edition
                .ok_or_else(|| Problem::not_found("the edition"))?;
            Ok(Command::Newsletter(LocalCommand::Create {
                edition,
                new: made.new,
            }))
        }),
        Operation::update("newsletters", &[], |sent| {
            let (id, expected) = (sent.id::<kinds::Newsletter>()?, sent.version()?);
            let change = sent.body::<NewsletterPatch>(&[], NewsletterChange::check)?;
            Ok(Command::Newsletter(LocalCommand::Change {
                id,
                expected,
                change,
            }))
        }),
        Operation::delete("newsletters", |sent| {
            sent.query::<DeleteNewsletter>()?;
            Ok(Command::Newsletter(LocalCommand::Delete {
                id: sent.id::<kinds::Newsletter>()?,
                expected: sent.version()?,
            }))
        }),
    ]
}
