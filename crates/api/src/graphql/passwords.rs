//! New passwords, confirmed addresses, the first owner of a site.

use application::auth::{self, FirstOwner};
use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use domain::users::{Email, NewPassword, Password};

use super::{
    accounts::SessionPayload,
    context::{Here, session},
    input::Wrong,
    outcome::{UserError, outcome},
};

/// One's own new password.
#[derive(InputObject)]
pub(crate) struct ChangePasswordInput {
    /// The password as it is.
    current_password: String,
    /// The new one.
    new_password: String,
}

/// An address whose owner wants a new password.
#[derive(InputObject)]
pub(crate) struct RequestPasswordResetInput {
    /// The e-mail address of the account.
    email: String,
}

/// A new password, by the link that came by mail.
#[derive(InputObject)]
pub(crate) struct ResetPasswordInput {
    /// What the link ends with.
    token: String,
    /// The new password.
    password: String,
}

/// That mail reaches somebody, by the link that came by it.
#[derive(InputObject)]
pub(crate) struct ConfirmEmailInput {
    /// What the link ends with.
    token: String,
}

/// Who is to be the first owner of the site.
#[derive(InputObject)]
pub(crate) struct SetUpInput {
    /// What the server printed when it began to serve.
    token: String,
    /// Their e-mail address.
    email: String,
    /// What they are called; the address up to the `@` if absent.
    #[graphql(default)]
    display_name: String,
    /// Their password.
    password: String,
}

impl SetUpInput {
    fn read(self, here: Here<'_>) -> domain::Result<(String, FirstOwner)> {
        let mut wrong = Wrong::default();
        let email = wrong.take(Email::parse("email", &self.email));
        let password = auth::choose_password(here.cx(), "password", &self.password);
        let password = wrong.take(password);
        let both = wrong.finish(email.zip(password), |_| Vec::new())?;
        let (email, password) = both.ok_or_else(lost)?;
        let owner = FirstOwner {
            email,
            display_name: self.display_name,
            password,
        };
        Ok((self.token, owner))
    }
}

/// What asking for something answers.
#[derive(SimpleObject)]
pub(crate) struct RequestPayload {
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

impl RequestPayload {
    fn of(done: domain::Result<()>) -> domain::Result<Self> {
        let (_, user_errors) = outcome(done)?.split();
        Ok(Self { user_errors })
    }
}

/// The mutations of passwords and addresses.
#[derive(Default)]
pub(crate) struct PasswordMutations;

#[Object]
impl PasswordMutations {
    /// Changes one's own password. All sessions end, and the answer has the tokens of a new one.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two passwords.")] input: ChangePasswordInput,
    ) -> Result<SessionPayload> {
        let here = session(ctx)?;
        let done = match two(here, &input) {
            Ok((current, new)) => auth::change_password(here.cx(), current, new).await,
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(done)?.into())
    }

    /// Has a link to a new password sent to an address, if somebody has it. The answer is always the
    /// same.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: RequestPasswordResetInput,
    ) -> Result<RequestPayload> {
        let done = match Email::parse("email", &input.email) {
            Ok(email) => auth::request_reset(session(ctx)?.cx(), &email).await,
            Err(wrong) => Err(wrong),
        };
        Ok(RequestPayload::of(done)?)
    }

    /// Gives somebody a new password by the link that came by mail, which is good once and for an
    /// hour. All their sessions end.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link and the password.")] input: ResetPasswordInput,
    ) -> Result<RequestPayload> {
        let here = session(ctx)?;
        let done = match auth::choose_password(here.cx(), "password", &input.password) {
            Ok(password) => auth::reset(here.cx(), &input.token, password).await,
            Err(wrong) => Err(wrong),
        };
        Ok(RequestPayload::of(done)?)
    }

    /// Has a link sent to whoever is signed in, by which they show that mail reaches them. It is good
    /// once and for a week.
    async fn request_email_confirmation(&self, ctx: &Context<'_>) -> Result<RequestPayload> {
        let done = auth::request_confirmation(session(ctx)?.cx()).await;
        Ok(RequestPayload::of(done)?)
    }

    /// Takes the link somebody was sent for a sign that mail reaches them.
    async fn confirm_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link.")] input: ConfirmEmailInput,
    ) -> Result<RequestPayload> {
        let done = auth::confirm_email(session(ctx)?.cx(), &input.token).await;
        Ok(RequestPayload::of(done)?)
    }

    /// Makes the first owner of the site, with the token a server prints when it begins to serve a
    /// site that has none, and signs them in.
    async fn set_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first owner.")] input: SetUpInput,
    ) -> Result<SessionPayload> {
        let here = session(ctx)?;
        let done = match input.read(here) {
            Ok((token, owner)) => auth::set_up(here.cx(), &token, owner).await,
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(done)?.into())
    }
}

fn two(here: Here<'_>, input: &ChangePasswordInput) -> domain::Result<(Password, NewPassword)> {
    let mut wrong = Wrong::default();
    let current = wrong.take(Password::given("currentPassword", &input.current_password));
    let new = auth::choose_password(here.cx(), "newPassword", &input.new_password);
    let new = wrong.take(new);
    let both = wrong.finish(current.zip(new), |_| Vec::new())?;
    both.ok_or_else(lost)
}

fn lost() -> domain::Error {
    domain::Error::internal("an input was lost")
}
