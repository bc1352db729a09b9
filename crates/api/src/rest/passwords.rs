//! New passwords, confirmed addresses, the first owner of a site.

use application::auth::{self, FirstOwner};
use axum::response::{IntoResponse, Response};
use domain::{
    FieldError,
    editions::EditionSet,
    users::{Email, Password},
};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    accounts::{TokensBody, answer_tokens},
    entries::members::set,
    field::{Body, Collected, Field, Unknown},
    parameters::{Nothing, Of},
    write::{OpenWrite, Write, WriteAnswer, deleted},
};
use crate::{error::Problem, rate_limits::Policy};

/// The operations on passwords and addresses.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(change_password))
        .routes(routes!(request_password_reset))
        .routes(routes!(reset_password))
        .routes(routes!(request_email_confirmation))
        .routes(routes!(confirm_email))
        .routes(routes!(set_up))
}

/// One's own new password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PasswordChange {
    /// The password as it is.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 1024)]
    current_password: Field<String>,
    /// The new one.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 1024)]
    new_password: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for PasswordChange {
    type Command = (Option<Password>, String);
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        let current = wrong.needed("currentPassword", self.current_password);
        let current =
            current.and_then(|text| wrong.take(Password::given("currentPassword", &text)));
        let new = wrong.needed("newPassword", self.new_password);
        (current, new.unwrap_or_default())
    }
}

/// An address whose owner wants a new password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PasswordResetRequest {
    /// The e-mail address of the account.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 254)]
    email: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for PasswordResetRequest {
    type Command = Option<Email>;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        let email = wrong.needed("email", self.email);
        email.and_then(|text| wrong.take(Email::parse("email", &text)))
    }
}

/// A new password, by the link that came by mail.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PasswordReset {
    /// What the link ends with.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 200)]
    token: Field<String>,
    /// The new password.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 1024)]
    password: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for PasswordReset {
    type Command = (String, String);
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        let token = wrong.needed("token", self.token);
        let password = wrong.needed("password", self.password);
        (token.unwrap_or_default(), password.unwrap_or_default())
    }
}

/// That mail reaches somebody, by the link that came by it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EmailConfirmation {
    /// What the link ends with.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 200)]
    token: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for EmailConfirmation {
    type Command = String;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> String {
        wrong.unknown(&self.unknown);
        wrong.needed("token", self.token).unwrap_or_default()
    }
}

/// Who is to be the first owner of the site.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SetUp {
    /// What the server printed when it began to serve.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 200)]
    token: Field<String>,
    /// Their e-mail address.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 254)]
    email: Field<String>,
    /// What they are called; the address up to the `@` if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    display_name: Field<String>,
    /// Their password.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 1024)]
    password: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// The first owner as they were read.
struct Owner {
    token: String,
    email: Option<Email>,
    display_name: String,
    password: String,
}

impl Body for SetUp {
    type Command = Owner;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Owner {
        wrong.unknown(&self.unknown);
        let token = wrong.needed("token", self.token);
        let email = wrong.needed("email", self.email);
        let display_name = set(wrong.clearable("displayName", self.display_name));
        let password = wrong.needed("password", self.password);
        Owner {
            token: token.unwrap_or_default(),
            email: email.and_then(|text| wrong.take(Email::parse("email", &text))),
            display_name: display_name.unwrap_or_default(),
            password: password.unwrap_or_default(),
        }
    }
}

/// What is wrong with a password somebody chooses.
fn faults(write: &Write, field: &str, text: &str) -> Vec<FieldError> {
    match auth::choose_password(&write.read.cx, field, text) {
        Ok(_good) => Vec::new(),
        Err(error) => error.fields().to_vec(),
    }
}

fn lost() -> Problem {
    Problem::of_status(StatusCode::UNPROCESSABLE_ENTITY)
}

fn accepted() -> Response {
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (StatusCode::ACCEPTED, [no_store]).into_response()
}

/// Change one's own password
///
/// All sessions end, and the answer has the tokens of a new one.
#[utoipa::path(
    post,
    path = "/auth/password",
    tag = "Accounts",
    params(Of<Nothing>),
    request_body = PasswordChange,
    responses((status = 200, description = "They are signed in anew.", body = TokensBody)),
)]
async fn change_password(write: Write) -> WriteAnswer {
    write.query::<Nothing>()?;
    let cx = &write.read.cx;
    let editions = cx.editions().await?;
    let (current, new) = write.body::<PasswordChange>(&editions, &[], |(_, new)| {
        faults(&write, "newPassword", new)
    })?;
    let new = auth::choose_password(cx, "newPassword", &new)?;
    let tokens = auth::change_password(cx, current.ok_or_else(lost)?, new).await?;
    Ok(answer_tokens(tokens, &editions))
}

/// Ask for a new password
///
/// If somebody has this address, a mail with a link to a new password is sent to it. The answer is
/// always the same.
#[utoipa::path(
    post,
    path = "/auth/password-reset",
    tag = "Accounts",
    params(Of<Nothing>),
    request_body = PasswordResetRequest,
    security(()),
    responses((status = 202, description = "If somebody has this address, they get a mail.")),
)]
async fn request_password_reset(OpenWrite(write): OpenWrite) -> WriteAnswer {
    write.read.attempt(Policy::Reset)?;
    write.query::<Nothing>()?;
    let editions = write.read.cx.editions().await?;
    let email = write.body::<PasswordResetRequest>(&editions, &[], |_email| Vec::new())?;
    auth::request_reset(&write.read.cx, &email.ok_or_else(lost)?).await?;
    Ok(accepted())
}

/// Choose a new password
///
/// By the link that came by mail, which is good once and for an hour. All sessions end.
#[utoipa::path(
    post,
    path = "/auth/password-reset/confirm",
    tag = "Accounts",
    params(Of<Nothing>),
    request_body = PasswordReset,
    security(()),
    responses((status = 204, description = "They can sign in with it.")),
)]
async fn reset_password(OpenWrite(write): OpenWrite) -> WriteAnswer {
    write.read.attempt(Policy::Reset)?;
    write.query::<Nothing>()?;
    let cx = &write.read.cx;
    let editions = cx.editions().await?;
    let (token, password) = write.body::<PasswordReset>(&editions, &[], |(_, password)| {
        faults(&write, "password", password)
    })?;
    let password = auth::choose_password(cx, "password", &password)?;
    auth::reset(cx, &token, password).await?;
    Ok(deleted())
}

/// Ask for a mail that confirms one's address
///
/// Whoever is signed in is sent a link, which is good once and for a week.
#[utoipa::path(
    post,
    path = "/auth/email",
    tag = "Accounts",
    params(Of<Nothing>),
    responses((status = 202, description = "They get a mail.")),
)]
async fn request_email_confirmation(write: Write) -> WriteAnswer {
    write.query::<Nothing>()?;
    auth::request_confirmation(&write.read.cx).await?;
    Ok(accepted())
}

/// Confirm one's address
#[utoipa::path(
    post,
    path = "/auth/email/confirm",
    tag = "Accounts",
    params(Of<Nothing>),
    request_body = EmailConfirmation,
    security(()),
    responses((status = 204, description = "It is confirmed.")),
)]
async fn confirm_email(OpenWrite(write): OpenWrite) -> WriteAnswer {
    write.read.attempt(Policy::Reset)?;
    write.query::<Nothing>()?;
    let editions = write.read.cx.editions().await?;
    let token = write.body::<EmailConfirmation>(&editions, &[], |_token| Vec::new())?;
    auth::confirm_email(&write.read.cx, &token).await?;
    Ok(deleted())
}

/// Make the first owner of the site
///
/// With the token a server prints when it begins to serve a site that has no owner. The answer is
/// signed in.
#[utoipa::path(
    post,
    path = "/auth/setup",
    tag = "Accounts",
    params(Of<Nothing>),
    request_body = SetUp,
    security(()),
    responses((status = 200, description = "They are signed in.", body = TokensBody)),
)]
async fn set_up(OpenWrite(write): OpenWrite) -> WriteAnswer {
    write.read.attempt(Policy::SignIn)?;
    write.query::<Nothing>()?;
    let cx = &write.read.cx;
    let editions = cx.editions().await?;
    let owner = write.body::<SetUp>(&editions, &[], |owner| {
        faults(&write, "password", &owner.password)
    })?;
    let first = FirstOwner {
        email: owner.email.ok_or_else(lost)?,
        display_name: owner.display_name,
        password: auth::choose_password(cx, "password", &owner.password)?,
    };
    let tokens = auth::set_up(cx, &owner.token, first).await?;
    Ok(answer_tokens(tokens, &editions))
}
