//! Signing in and out, and who is signed in.

use application::auth::{self, Tokens};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::users::{Email, Password};

use super::{
    context::session,
    editions::Edition,
    input::Wrong,
    outcome::{Outcome, UserError, outcome},
    scalars::DateTime,
};

/// What people are to the publication.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::access::Role")]
pub(crate) enum Role {
    /// Reads all drafts.
    Viewer,
    /// Writes and submits their own.
    Contributor,
    /// Writes and publishes their own.
    Author,
    /// Writes and publishes everything of their editions.
    Editor,
    /// Everything, people and settings included.
    Owner,
}

/// A role somebody holds.
#[derive(SimpleObject, Clone)]
pub(crate) struct Grant {
    /// The role.
    role: Role,
    /// The edition it is for; null: the whole site.
    edition: Option<Edition>,
}

/// An account: who may sign in.
#[derive(Clone)]
pub(crate) struct User(domain::users::User);

/// An account: who may sign in. Shown to its owner and to the owners of the site.
#[Object]
impl User {
    /// Its id.
    #[graphql(name = "id")]
    async fn global_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Where mail reaches them.
    async fn email(&self) -> &str {
        self.0.email.as_str()
    }

    /// What they are called.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// Whether they may sign in.
    async fn is_active(&self) -> bool {
        self.0.is_active
    }

    /// Their roles.
    async fn grants(&self, ctx: &Context<'_>) -> Result<Vec<Grant>> {
        let session = session(ctx)?;
        let mut grants = Vec::with_capacity(self.0.grants.len());
        for grant in &self.0.grants {
            grants.push(Grant {
                role: grant.role.into(),
                edition: grant.edition.map(|id| session.edition(id)).transpose()?,
            });
        }
        Ok(grants)
    }

    /// When it was shown that mail to the address reaches them; null: not yet.
    async fn email_confirmed_at(&self) -> Option<DateTime> {
        self.0.email_confirmed_at.map(DateTime)
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was changed last.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

impl From<domain::users::User> for User {
    fn from(user: domain::users::User) -> Self {
        Self(user)
    }
}

/// Who wants in.
#[derive(InputObject)]
pub(crate) struct LoginInput {
    /// The e-mail address of the account.
    email: String,
    /// The password.
    password: String,
}

/// A session that is to go on.
#[derive(InputObject)]
pub(crate) struct RefreshSessionInput {
    /// The refresh token of the last answer.
    refresh_token: String,
}

/// Which sessions are to end.
#[derive(InputObject, Default)]
pub(crate) struct LogoutInput {
    /// Whether all sessions end, not only this one.
    #[graphql(default)]
    everywhere: bool,
}

/// What somebody is signed in with.
#[derive(SimpleObject, Default)]
pub(crate) struct SessionPayload {
    /// Goes with every request: `Authorization: Bearer …`.
    access_token: Option<String>,
    /// Is good once, for the next two tokens.
    refresh_token: Option<String>,
    /// How long the access token lasts.
    expires_in_seconds: Option<u64>,
    /// Who is signed in.
    viewer: Option<User>,
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

impl From<Outcome<Tokens>> for SessionPayload {
    fn from(outcome: Outcome<Tokens>) -> Self {
        let (tokens, user_errors) = outcome.split();
        let Some(tokens) = tokens else {
            return Self {
                user_errors,
                ..Self::default()
            };
        };
        Self {
            access_token: Some(tokens.access.reveal().to_owned()),
            refresh_token: Some(tokens.refresh.reveal().to_owned()),
            expires_in_seconds: Some(tokens.expires_in.as_secs()),
            viewer: Some(User(tokens.user)),
            user_errors,
        }
    }
}

/// What signing out answers.
#[derive(SimpleObject)]
pub(crate) struct LogoutPayload {
    /// What is wrong with the input.
    user_errors: Vec<UserError>,
}

/// The root fields about accounts.
#[derive(Default)]
pub(crate) struct AccountQueries;

#[Object]
impl AccountQueries {
    /// Who sent the request; null for readers and for programs with a key.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Ok(auth::viewer(session(ctx)?.cx()).await?.map(User))
    }
}

/// The mutations of accounts.
#[derive(Default)]
pub(crate) struct AccountMutations;

#[Object]
impl AccountMutations {
    /// Signs somebody in. An unknown address and a wrong password have the same answer: the error
    /// `UNAUTHENTICATED`.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who wants in.")] input: LoginInput,
    ) -> Result<SessionPayload> {
        let mut wrong = Wrong::default();
        let email = wrong.take(Email::parse("email", &input.email));
        let password = wrong.take(Password::given("password", &input.password));
        let done = match wrong.finish(email.zip(password), |_| Vec::new()) {
            Ok(Some((email, password))) => auth::log_in(session(ctx)?.cx(), &email, password).await,
            Ok(None) => Err(domain::Error::internal("an input was lost")),
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(done)?.into())
    }

    /// Keeps somebody signed in: answers two new tokens. A refresh token that comes a second time
    /// ends its session: somebody else has it.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: RefreshSessionInput,
    ) -> Result<SessionPayload> {
        let done = auth::refresh(session(ctx)?.cx(), &input.refresh_token).await;
        Ok(outcome(done)?.into())
    }

    /// Signs out. The tokens of the session are refused from now on, access tokens included.
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions end. This one if absent.")] input: Option<LogoutInput>,
    ) -> Result<LogoutPayload> {
        let everywhere = input.unwrap_or_default().everywhere;
        let done = auth::log_out(session(ctx)?.cx(), everywhere).await;
        let (_, user_errors) = outcome(done)?.split();
        Ok(LogoutPayload { user_errors })
    }
}
