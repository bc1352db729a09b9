//! Accounts: who may sign in, and what they may do.

use application::{auth, users};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use domain::{
    change::Change,
    id::UserId,
    users::{Email, NewPassword, UserChange, UserDraft},
};

use super::{
    accounts::{Role, User},
    connection::{Connection, Listed, Paging},
    context::{Here, parse_id, session},
    input::{Wrong, clearable},
    lookahead,
    outcome::{Outcome, UserError, outcome},
};

impl Listed for User {
    const CONNECTION: &'static str = "UserConnection";
    const EDGE: &'static str = "UserEdge";
}

/// A role somebody is to hold.
#[derive(InputObject)]
pub(crate) struct GrantInput {
    /// The role.
    role: Role,
    /// The code of the edition it is for; null: the whole site.
    edition: Option<String>,
}

fn grants(
    wrong: &mut Wrong,
    here: Here<'_>,
    inputs: Vec<GrantInput>,
) -> Vec<domain::access::Grant> {
    let editions = here.edition_set();
    let read = |(number, input): (usize, GrantInput)| {
        let edition = match &input.edition {
            None => None,
            Some(code) => {
                let found = editions.resolve(Some(code)).map(|edition| edition.id);
                let found = found
                    .map_err(|error| error.with_fields(|_| format!("grants.{number}.edition")));
                Some(wrong.take(found)?)
            }
        };
        Some(domain::access::Grant {
            role: input.role.into(),
            edition,
        })
    };
    inputs.into_iter().enumerate().filter_map(read).collect()
}

/// A new account.
#[derive(InputObject)]
pub(crate) struct CreateUserInput {
    /// Where mail reaches them.
    email: String,
    /// What they are called; the address up to the `@` if absent.
    #[graphql(default)]
    display_name: String,
    /// Their password. Without one they ask for a mail by which they choose it.
    password: Option<String>,
    /// Their roles.
    #[graphql(default)]
    grants: Vec<GrantInput>,
}

impl CreateUserInput {
    fn read(self, here: Here<'_>) -> domain::Result<(UserDraft, Option<NewPassword>)> {
        let mut wrong = Wrong::default();
        let email = wrong.take(Email::parse("email", &self.email));
        let password = self
            .password
            .map(|text| wrong.take(auth::choose_password(here.cx(), "password", &text)));
        let grants = grants(&mut wrong, here, self.grants);
        let display_name = self.display_name;
        let draft = email.map(|email| UserDraft {
            email,
            display_name,
            is_active: true,
            grants,
        });
        let faults = |draft: &Option<UserDraft>| draft.as_ref().map(UserDraft::faults);
        let draft = wrong.finish(draft, |draft| faults(draft).unwrap_or_default())?;
        let draft = draft.ok_or_else(|| domain::Error::internal("an input was lost"))?;
        Ok((draft, password.flatten()))
    }
}

/// Changes of an account. What is left out stays.
#[derive(InputObject)]
pub(crate) struct UpdateUserInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// Where mail reaches them. Their sessions end.
    email: MaybeUndefined<String>,
    /// What they are called; null: the address up to the `@`.
    display_name: MaybeUndefined<String>,
    /// Whether they may sign in. If not, their sessions end and their keys are refused.
    is_active: MaybeUndefined<bool>,
    /// Their roles: all of them. Their sessions end when they change.
    grants: MaybeUndefined<Vec<GrantInput>>,
}

impl UpdateUserInput {
    fn read(self, here: Here<'_>) -> domain::Result<(UserId, i64, UserChange)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<UserId>("id", &self.id));
        let email = match wrong.required("email", self.email) {
            Change::Set(text) => wrong
                .take(Email::parse("email", &text))
                .map_or(Change::Keep, Change::Set),
            Change::Keep => Change::Keep,
        };
        let grants = match wrong.required("grants", self.grants) {
            Change::Set(inputs) => Change::Set(grants(&mut wrong, here, inputs)),
            Change::Keep => Change::Keep,
        };
        let change = UserChange {
            email,
            display_name: clearable(self.display_name).map(Option::unwrap_or_default),
            is_active: wrong.required("isActive", self.is_active),
            grants,
        };
        let change = wrong.finish(change, UserChange::faults)?;
        let id = id.ok_or_else(|| domain::Error::internal("an input was lost"))?;
        Ok((id, self.expected_version, change))
    }
}

/// Names an account at a version.
#[derive(InputObject)]
pub(crate) struct UserInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
}

/// What a change of an account answers.
#[derive(SimpleObject)]
pub(crate) struct UserPayload {
    /// The account as it is now; null if nothing was changed.
    user: Option<User>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

impl From<Outcome<domain::users::User>> for UserPayload {
    fn from(outcome: Outcome<domain::users::User>) -> Self {
        let (user, user_errors) = outcome.split();
        Self {
            user: user.map(User::from),
            user_errors,
        }
    }
}

/// The root fields about accounts of others.
#[derive(Default)]
pub(crate) struct UserQueries;

#[Object]
impl UserQueries {
    /// One account; for its owner and for owners of the site. Null if it is not there.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<User>> {
        let id: UserId = parse_id("id", &id)?;
        match users::get(session(ctx)?.cx(), id).await {
            Ok(user) => Ok(Some(user.into())),
            Err(domain::Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The accounts, by their addresses. Only for owners of the site; an error for others.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
    ) -> Result<Connection<User>> {
        let page = Paging::forward(first, after).check(lookahead::page(ctx))?;
        Ok(Connection::new(
            users::list(session(ctx)?.cx(), &page).await?,
        ))
    }
}

/// The mutations of accounts of others.
#[derive(Default)]
pub(crate) struct UserMutations;

#[Object]
impl UserMutations {
    /// Makes an account. For owners of the site.
    async fn create_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new account.")] input: CreateUserInput,
    ) -> Result<UserPayload> {
        let here = session(ctx)?;
        let made = match input.read(here) {
            Ok((draft, password)) => create(here, draft, password).await,
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(made)?.into())
    }

    /// Changes an account. Everybody changes their own name; all else is for owners of the site. The
    /// last owner of the site stays.
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateUserInput,
    ) -> Result<UserPayload> {
        let here = session(ctx)?;
        let done = match input.read(here) {
            Ok((id, expected, change)) => users::change(here.cx(), id, expected, change).await,
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(done)?.into())
    }

    /// Lets somebody not sign in any more: they are signed out everywhere, and their keys are refused.
    /// For owners of the site.
    async fn deactivate_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: UserInput,
    ) -> Result<UserPayload> {
        let here = session(ctx)?;
        let done = match parse_id("id", &input.id) {
            Ok(id) => users::deactivate(here.cx(), id, input.expected_version).await,
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(done)?.into())
    }

    /// Signs somebody out everywhere: oneself, or, for owners of the site, anybody.
    async fn sign_out_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: UserInput,
    ) -> Result<UserPayload> {
        let here = session(ctx)?;
        let done = match parse_id("id", &input.id) {
            Ok(id) => sign_out(here, id, input.expected_version).await,
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(done)?.into())
    }
}

async fn create(
    here: Here<'_>,
    draft: UserDraft,
    password: Option<NewPassword>,
) -> domain::Result<domain::users::User> {
    let id = users::create(here.cx(), draft, password).await?;
    users::get(here.cx(), id).await
}

async fn sign_out(
    here: Here<'_>,
    id: UserId,
    expected: i64,
) -> domain::Result<domain::users::User> {
    users::sign_out(here.cx(), id, expected).await?;
    users::get(here.cx(), id).await
}
