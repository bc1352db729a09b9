//! Signing in and out, and who is signed in.

use application::auth::{self, Tokens};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    FieldError,
    change::Change,
    editions::EditionSet,
    users::{Email, Password, User},
};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer},
    field::{Body, Collected, Field, Unknown},
    parameters::{Nothing, Of},
    request::Read,
    selection::Selection,
    wire::Id as IdSchema,
    write::{OpenWrite, Write, WriteAnswer, deleted},
};
use crate::{error::Problem, rate_limits::Policy};

/// The operations on accounts.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(log_in))
        .routes(routes!(refresh))
        .routes(routes!(log_out))
        .routes(routes!(get_viewer))
}

/// Who somebody is and what they may do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(super) struct UserBody {
    /// Its id.
    #[schema(value_type = IdSchema)]
    id: String,
    /// Where mail reaches them.
    email: String,
    /// What they are called.
    display_name: String,
    /// Whether they may sign in.
    is_active: bool,
    /// Their roles.
    grants: Vec<GrantBody>,
    /// When it was shown that mail to the address reaches them; null: not yet.
    email_confirmed_at: Option<DateTime<Utc>>,
    /// Counts every save, from 1.
    version: i64,
    /// When the account was made.
    created_at: DateTime<Utc>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
}

/// A role somebody holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
struct GrantBody {
    /// `viewer`, `contributor`, `author`, `editor` or `owner`.
    role: &'static str,
    /// The code of the edition it is for; null for the whole site.
    edition: Option<String>,
}

impl UserBody {
    pub(super) fn new(user: User, editions: &EditionSet) -> Self {
        let code = |id| {
            editions
                .get(id)
                .map(|edition| edition.code.to_string())
                .ok()
        };
        Self {
            id: user.id.to_string(),
            email: user.email.into(),
            display_name: user.display_name,
            is_active: user.is_active,
            grants: user
                .grants
                .into_iter()
                .map(|grant| GrantBody {
                    role: grant.role.as_str(),
                    edition: grant.edition.and_then(code),
                })
                .collect(),
            email_confirmed_at: user.email_confirmed_at,
            version: user.version,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// What somebody is signed in with (RFC 6749, section 5.1, in the names of this API).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tokens)]
pub(super) struct TokensBody {
    /// Goes with every request: `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the access token lasts, in seconds.
    expires_in_seconds: u64,
    /// Is good once, for the next two tokens.
    refresh_token: String,
    /// Who is signed in.
    viewer: UserBody,
}

/// Who wants in.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Login {
    /// The e-mail address of the account.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 254)]
    email: Field<String>,
    /// The password.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 1024)]
    password: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for Login {
    type Command = Option<(Email, Password)>;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        let email = wrong.needed("email", self.email);
        let password = wrong.needed("password", self.password);
        let email = email.and_then(|text| wrong.take(Email::parse("email", &text)));
        let password = password.and_then(|text| wrong.take(Password::given("password", &text)));
        email.zip(password)
    }
}

/// A session that is to go on.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Refresh {
    /// The refresh token of the last answer.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 200)]
    refresh_token: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for Refresh {
    type Command = Option<String>;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        wrong.needed("refreshToken", self.refresh_token)
    }
}

/// Which sessions are to end.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Logout {
    /// Whether all sessions end, not only this one.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    everywhere: Field<bool>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for Logout {
    type Command = bool;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> bool {
        wrong.unknown(&self.unknown);
        wrong.required("everywhere", self.everywhere) == Change::Set(true)
    }
}

/// Nothing but the shape can be wrong with these.
fn unchecked<T>(_command: &T) -> Vec<FieldError> {
    Vec::new()
}

/// Sign in
///
/// An unknown address and a wrong password have the same answer. Whoever guesses has to wait, longer
/// each time.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "Accounts",
    params(Of<Nothing>),
    request_body = Login,
    security(()),
    responses((status = 200, description = "They are signed in.", body = TokensBody)),
)]
async fn log_in(OpenWrite(write): OpenWrite) -> WriteAnswer {
    write.read.attempt(Policy::SignIn)?;
    write.query::<Nothing>()?;
    let editions = write.read.cx.editions().await?;
    let Some((email, password)) = write.body::<Login>(&editions, &[], unchecked)? else {
        return Err(Problem::of_status(StatusCode::UNPROCESSABLE_ENTITY).into());
    };
    let tokens = auth::log_in(&write.read.cx, &email, password).await?;
    Ok(answer_tokens(tokens, &editions))
}

/// Stay signed in
///
/// Answers two new tokens. A refresh token that comes a second time ends its session: somebody else
/// has it.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    tag = "Accounts",
    params(Of<Nothing>),
    request_body = Refresh,
    security(()),
    responses((status = 200, description = "They stay signed in.", body = TokensBody)),
)]
async fn refresh(OpenWrite(write): OpenWrite) -> WriteAnswer {
    write.query::<Nothing>()?;
    let editions = write.read.cx.editions().await?;
    let token = write.body::<Refresh>(&editions, &[], unchecked)?;
    let tokens = auth::refresh(&write.read.cx, &token.unwrap_or_default()).await?;
    Ok(answer_tokens(tokens, &editions))
}

/// Sign out
///
/// The tokens of the session are refused from now on, access tokens included.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "Accounts",
    params(Of<Nothing>),
    request_body = Logout,
    responses((status = 204, description = "They are signed out.")),
)]
async fn log_out(write: Write) -> WriteAnswer {
    write.query::<Nothing>()?;
    let editions = write.read.cx.editions().await?;
    let everywhere = write.body::<Logout>(&editions, &[], unchecked)?;
    auth::log_out(&write.read.cx, everywhere).await?;
    Ok(deleted())
}

/// Get who is signed in
#[utoipa::path(
    get,
    path = "/viewer",
    tag = "Accounts",
    params(Of<Nothing>),
    security(("bearer" = [])),
    responses((status = 200, description = "Who sent the request.", body = UserBody)),
)]
async fn get_viewer(read: Read) -> Answer {
    read.query::<Nothing>()?;
    let editions = read.cx.editions().await?;
    let user = auth::viewer(&read.cx)
        .await?
        .ok_or_else(|| Problem::unauthenticated("sign in to do this"))?;
    let stamp = (user.version, user.updated_at);
    let record = UserBody::new(user, &editions);
    answer::one(&read, &Selection::default(), &record, stamp)
}

pub(super) fn answer_tokens(tokens: Tokens, editions: &EditionSet) -> Response {
    let body = TokensBody {
        access_token: tokens.access.reveal().to_owned(),
        token_type: "Bearer",
        expires_in_seconds: tokens.expires_in.as_secs(),
        refresh_token: tokens.refresh.reveal().to_owned(),
        viewer: UserBody::new(tokens.user, editions),
    };
    let mut response = Json(body).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
