//! Links that show drafts.

use application::previews::{self, NewPreview};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    FieldError,
    change::Change,
    editions::EditionSet,
    id::{EditionId, EntryId},
};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    field::{Body, Collected, Field, Unknown, Words},
    parameters::{Declared, Groups, Of},
    wire::Id as IdSchema,
    write::{Refusal, Write, WriteAnswer},
};

/// The operations on previews.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(create_preview))
}

/// Takes nothing from the query.
struct CreatePreview;
impl Declared for CreatePreview {
    const PARAMETERS: Groups = &[];
}

/// What bodies call otherwise than use cases.
const WORDS: Words = &[("entry", "entryId")];

/// What a preview is to show: an entry, or every draft of an edition.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewPreviewBody {
    /// The id of an entry. Either this or `edition`.
    #[serde(default)]
    #[schema(value_type = IdSchema, required = false)]
    entry_id: Field<String>,
    /// The code of an edition: all of its drafts, and the edits that wait.
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 35)]
    edition: Field<String>,
    /// How long the token lasts: from a minute to 30 days; a day if absent.
    #[serde(default)]
    #[schema(value_type = i32, required = false, minimum = 60, maximum = 2_592_000)]
    expires_in_seconds: Field<i32>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for NewPreviewBody {
    type Command = (NewPreview, bool);
    /// With it: whether what it is to show can be told.
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        let mut is_told = true;
        let mut entry: Option<EntryId> = None;
        if let Change::Set(id) = wrong.required("entryId", self.entry_id) {
            entry = wrong.take(
                id.parse::<EntryId>()
                    .map_err(|error| error.with_fields(|_| "entryId".to_owned())),
            );
            is_told &= entry.is_some();
        }
        let mut edition: Option<EditionId> = None;
        if !matches!(self.edition, Field::Absent) {
            edition = wrong.edition_of("edition", self.edition, editions);
            is_told &= edition.is_some();
        }
        let expires_in_seconds = match wrong.required("expiresInSeconds", self.expires_in_seconds) {
            Change::Set(seconds) => Some(seconds.into()),
            Change::Keep => None,
        };
        let new = NewPreview {
            entry,
            edition,
            expires_in_seconds,
        };
        (new, is_told)
    }
}

/// What is wrong with it besides what cannot be read.
fn faults((new, is_told): &(NewPreview, bool)) -> Vec<FieldError> {
    let mut faults = new.faults();
    faults.retain(|fault| *is_told || fault.field != "entry");
    faults
}

/// A preview token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Preview)]
struct PreviewBody {
    /// Goes into the header `Colophon-Preview`, or as `preview` into the address of a GET.
    token: String,
    /// Until when it is good.
    expires_at: DateTime<Utc>,
}

/// Make a preview token
///
/// Whoever holds it sees the draft, or the edit that waits: of one entry, for those who may change it;
/// of an edition, for those who may publish all of it. It ends when it expires, and as soon as who
/// made it could not make it any more. What is put into the trash is not shown.
#[utoipa::path(
    post,
    path = "/previews",
    tag = "Previews",
    params(Of<CreatePreview>),
    request_body = NewPreviewBody,
    responses((status = 201, description = "The token.", body = PreviewBody)),
)]
async fn create_preview(write: Write) -> WriteAnswer {
    write.query::<CreatePreview>()?;
    let editions = write.read.cx.editions().await?;
    let (new, _) = write.body::<NewPreviewBody>(&editions, WORDS, faults)?;
    let made = previews::create(&write.read.cx, new)
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    let body = PreviewBody {
        token: made.token.reveal().to_owned(),
        expires_at: made.expires_at,
    };
    let mut response: Response = (StatusCode::CREATED, Json(body)).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}
