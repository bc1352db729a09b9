//! Changes of redirects.

use application::{
    batch::{Command, LocalCommand},
    redirects,
};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use domain::{
    change::Change,
    editions::EditionSet,
    id::{EditionId, RedirectId, kinds},
    redirects::{RedirectChange, RedirectTarget},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Redirect, one};
use crate::{
    error::Problem,
    rest::{
        batch::Operation,
        field::{Body, Collected, Field, Unknown},
        parameters::{Declared, Groups, Kind, Of, OwnById, Parameter, Record},
        selection::Selection,
        write::{Write, WriteAnswer, changed, deleted},
    },
};

/// A new redirect.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewRedirect {
    /// The code of its edition.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 35)]
    edition: Field<String>,
    /// The old path; nothing else may live there.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 1024)]
    from: Field<String>,
    /// Where it leads: the id of an entry, a category, a tag, an author or a newsletter, a path of the
    /// edition, or an absolute address; null for what is gone for good.
    #[serde(default)]
    #[schema(value_type = Option<String>, required, max_length = 2048)]
    to: Field<String>,
    /// Whether it is for good; true if absent.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_permanent: Field<bool>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of a redirect. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RedirectPatch {
    /// The old path; nothing else may live there.
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 1024)]
    from: Field<String>,
    /// Where it leads: the id of an entry, a category, a tag, an author or a newsletter, a path of the
    /// edition, or an absolute address; null for what is gone for good.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2048)]
    to: Field<String>,
    /// Whether it is for good.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_permanent: Field<bool>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for RedirectPatch {
    type Command = RedirectChange;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> RedirectChange {
        wrong.unknown(&self.unknown);
        RedirectChange {
            from: wrong.required("from", self.from),
            to: match wrong.clearable("to", self.to) {
                Change::Keep => Change::Keep,
                Change::Set(None) => Change::Set(RedirectTarget::Gone),
                Change::Set(Some(text)) => {
                    wrong.take(text.parse()).map_or(Change::Keep, Change::Set)
                }
            },
            is_permanent: wrong.required("isPermanent", self.is_permanent),
        }
    }
}

/// A redirect that is to be made, and where.
pub(super) struct Made {
    edition: Option<EditionId>,
    new: RedirectChange,
}

impl Body for NewRedirect {
    type Command = Made;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Made {
        let Self {
            edition,
            from,
            to,
            is_permanent,
            unknown,
        } = self;
        Made {
            edition: wrong.edition_of("edition", edition, editions),
            new: RedirectPatch {
                from,
                to,
                is_permanent,
                unknown,
            }
            .read(editions, wrong),
        }
    }
}

/// What came of an import.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImportedRedirects {
    /// How many redirects were made.
    created: usize,
    /// How many were there already, just as the text has them.
    unchanged: usize,
}

struct CreateRedirect;
impl Declared for CreateRedirect {
    const PARAMETERS: Groups = &[Redirect::SELECTION];
}

struct DeleteRedirect;
impl Declared for DeleteRedirect {
    const PARAMETERS: Groups = &[&[Redirect::ID]];
}

struct ImportRedirects;
impl Declared for ImportRedirects {
    const PARAMETERS: Groups = &[&[Parameter::required(
        "edition",
        Kind::Edition,
        "The edition of the redirects.",
    )]];
}

/// Create a redirect
#[utoipa::path(
    post,
    path = "/redirects",
    tag = "Redirects",
    params(Of<CreateRedirect>),
    request_body = NewRedirect,
    responses((status = 201, description = "The new redirect.", body = Redirect<'_>)),
)]
pub(super) async fn create_redirect(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<CreateRedirect>()?;
    let made = write.body::<NewRedirect>(&editions, &[], |made| made.new.check_new())?;
    let edition = made
        .edition
        .ok_or_else(|| Problem::not_found("the edition"))?;
    let id = redirects::create_from(&write.read.cx, edition, made.new).await?;
    let read = answer::<CreateRedirect>(&write, id).await?;
    Ok(write.created("redirects", id, read))
}

/// Change a redirect
///
/// What is left out stays. `to` is null for what is gone for good.
#[utoipa::path(
    patch,
    path = "/redirects/{id}",
    tag = "Redirects",
    params(Of<OwnById<Redirect<'_>>>),
    request_body(content(
        (RedirectPatch = "application/merge-patch+json"),
        (RedirectPatch = "application/json"),
    )),
    responses((status = 200, description = "The redirect as it is now.", body = Redirect<'_>)),
)]
pub(super) async fn update_redirect(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<OwnById<Redirect<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Redirect>()?, write.version()?);
    let change = write.body::<RedirectPatch>(&editions, &[], RedirectChange::check)?;
    redirects::change(&write.read.cx, id, expected, change).await?;
    let read = answer::<OwnById<Redirect<'_>>>(&write, id).await?;
    Ok(changed(read))
}

/// Delete a redirect
///
/// Nothing lives at its path then.
#[utoipa::path(
    delete,
    path = "/redirects/{id}",
    tag = "Redirects",
    params(Of<DeleteRedirect>),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete_redirect(write: Write) -> WriteAnswer {
    write.query::<DeleteRedirect>()?;
    let (id, expected) = (write.id::<kinds::Redirect>()?, write.version()?);
    redirects::delete_at(&write.read.cx, id, expected).await?;
    Ok(deleted())
}

/// Import redirects
///
/// A CSV text with the columns `from,to,permanent`: the old path; where it leads, empty for what is
/// gone for good; and `true`, `false` or nothing, which means true. The last column may be left out.
/// 5 MiB and 50,000 lines at most. All redirects are made or, if any line is wrong, none: then `errors`
/// names every wrong line, by pointers such as `/3/to` (line 3, the header being line 1).
#[utoipa::path(
    post,
    path = "/redirects/import",
    tag = "Redirects",
    params(Of<ImportRedirects>),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "What came of it.", body = ImportedRedirects)),
)]
pub(super) async fn import_redirects(write: Write) -> WriteAnswer {
    let query = write.query::<ImportRedirects>()?;
    let edition = write.read.edition_of_texts(&query).await?;
    let text = write.csv()?;
    let imported = redirects::import_csv(&write.read.cx, edition, text).await?;
    let body = ImportedRedirects {
        created: imported.created,
        unchanged: imported.unchanged,
    };
    Ok(changed(Json(body).into_response()))
}

/// The redirect as a read of it answers.
async fn answer<P: Declared>(write: &Write, id: RedirectId) -> Result<Response, Problem> {
    let query = write.query::<P>()?;
    one(&write.read, id, &Selection::of(&query, Redirect::INCLUDES)).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    vec![
        Operation::create("redirects", &[], |sent| {
            let made = sent.body::<NewRedirect>(&[], |made| made.new.check_new())?;
            let edition = made
                .edition
                .ok_or_else(|| Problem::not_found("the edition"))?;
            Ok(Command::Redirect(LocalCommand::Create {
                edition,
                new: made.new,
            }))
        }),
        Operation::update("redirects", &[], |sent| {
            let (id, expected) = (sent.id::<kinds::Redirect>()?, sent.version()?);
            let change = sent.body::<RedirectPatch>(&[], RedirectChange::check)?;
            Ok(Command::Redirect(LocalCommand::Change {
                id,
                expected,
                change,
            }))
        }),
        Operation::delete("redirects", |sent| {
            sent.query::<DeleteRedirect>()?;
            Ok(Command::Redirect(LocalCommand::Delete {
                id: sent.id::<kinds::Redirect>()?,
                expected: sent.version()?,
            }))
        }),
    ]
}
