//! API keys: what programs show instead of signing in.

use application::api_keys::{self, MadeKey};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    access::Scope,
    api_keys::ApiKeyDraft,
    id::{ApiKeyId, Id},
};

use super::{
    connection::{Connection, Listed, Paging},
    context::{Here, parse_id, session},
    input::Wrong,
    lookahead,
    outcome::{Outcome, UserError, outcome},
    scalars::DateTime,
};

/// A key as its maker sees it.
pub(crate) struct ApiKey(domain::api_keys::ApiKey);

impl From<domain::api_keys::ApiKey> for ApiKey {
    fn from(key: domain::api_keys::ApiKey) -> Self {
        Self(key)
    }
}

impl Listed for ApiKey {
    const CONNECTION: &'static str = "ApiKeyConnection";
    const EDGE: &'static str = "ApiKeyEdge";
}

/// A key that a program shows instead of signing in. It never does more than the account that made it
/// may do, and nothing once that account is closed.
#[Object]
impl ApiKey {
    /// Its id.
    #[graphql(name = "id")]
    async fn global_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What its maker calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How it begins, to tell it from others: `colophon_5f2b81aa`.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// What it may do, such as `articles:write:en`.
    async fn scopes(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let editions = session(ctx)?.edition_set();
        let scopes = self.0.scopes.iter();
        Ok(scopes.map(|scope| scope.write_for(&editions)).collect())
    }

    /// The id of the account that made it; null: it was made on the command line.
    async fn maker(&self) -> Option<ID> {
        self.0.maker.map(|id| ID(id.to_string()))
    }

    /// How many requests a minute it has; null: as many as others.
    async fn requests_per_minute(&self) -> Option<u32> {
        self.0.requests_per_minute
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// From when on it is refused; null: never.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was used last, to the minute; null: never yet.
    async fn used_at(&self) -> Option<DateTime> {
        self.0.used_at.map(DateTime)
    }

    /// Since when it is refused; null: it was not revoked.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }
}

/// A new key.
#[derive(InputObject)]
pub(crate) struct CreateApiKeyInput {
    /// What it is for.
    name: String,
    /// What it may do: a kind of record, `:`, `read` or `write`, and for one edition `:` and its code.
    /// `articles:write:en`, `tags:read`, `*:write`. Without any it reads what readers read.
    #[graphql(default)]
    scopes: Vec<String>,
    /// From when on it is refused; never if absent.
    expires_at: Option<DateTime>,
    /// How many requests a minute it has; as many as others if absent.
    requests_per_minute: Option<i32>,
}

impl CreateApiKeyInput {
    fn read(self, here: Here<'_>) -> domain::Result<ApiKeyDraft> {
        let editions = here.edition_set();
        let mut wrong = Wrong::default();
        let scopes = self.scopes.iter().enumerate().filter_map(|(number, text)| {
            wrong.take(Scope::read(&format!("scopes.{number}"), text, &editions))
        });
        let draft = ApiKeyDraft {
            scopes: scopes.collect(),
            name: self.name,
            expires_at: self.expires_at.map(|DateTime(at)| at),
            // One that is less than none is too few, too.
            requests_per_minute: self
                .requests_per_minute
                .map(|number| u32::try_from(number).unwrap_or_default()),
        };
        let now = here.cx().now();
        wrong.finish(draft, |draft| draft.faults(now))
    }
}

/// Which key is to be refused.
#[derive(InputObject)]
pub(crate) struct RevokeApiKeyInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
}

/// What making a key answers.
#[derive(SimpleObject, Default)]
pub(crate) struct CreateApiKeyPayload {
    /// The new key; null if none was made.
    api_key: Option<ApiKey>,
    /// What goes with every request: `Authorization: Bearer …`. Nobody can show it again.
    secret: Option<String>,
    /// Why none was made.
    user_errors: Vec<UserError>,
}

impl From<Outcome<MadeKey>> for CreateApiKeyPayload {
    fn from(outcome: Outcome<MadeKey>) -> Self {
        let (made, user_errors) = outcome.split();
        let secret = made.as_ref().map(|made| made.secret.reveal().to_owned());
        Self {
            api_key: made.map(|made| ApiKey(made.key)),
            secret,
            user_errors,
        }
    }
}

/// What revoking a key answers.
#[derive(SimpleObject)]
pub(crate) struct ApiKeyPayload {
    /// The key as it is now; null if nothing was changed.
    api_key: Option<ApiKey>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

/// The root fields about API keys.
#[derive(Default)]
pub(crate) struct ApiKeyQueries;

#[Object]
impl ApiKeyQueries {
    /// One API key; null if it is not there, or somebody else's.
    async fn api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<ApiKey>> {
        let id: ApiKeyId = parse_id("id", &id)?;
        match api_keys::get(session(ctx)?.cx(), id).await {
            Ok(key) => Ok(Some(ApiKey(key))),
            Err(domain::Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The API keys, the newest first. Owners of the site see all, others those they made.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
    ) -> Result<Connection<ApiKey>> {
        let page = Paging::forward(first, after).check(lookahead::page(ctx))?;
        Ok(Connection::new(
            api_keys::list(session(ctx)?.cx(), &page).await?,
        ))
    }
}

/// The mutations of API keys.
#[derive(Default)]
pub(crate) struct ApiKeyMutations;

#[Object]
impl ApiKeyMutations {
    /// Makes an API key. The key itself is in this answer and in no other.
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new key.")] input: CreateApiKeyInput,
    ) -> Result<CreateApiKeyPayload> {
        let session = session(ctx)?;
        let done = match input.read(session) {
            Ok(draft) => api_keys::create(session.cx(), draft).await,
            Err(wrong) => Err(wrong),
        };
        Ok(outcome(done)?.into())
    }

    /// Revokes an API key: it is refused from now on, and stays in the list.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: RevokeApiKeyInput,
    ) -> Result<ApiKeyPayload> {
        let done = match parse_id::<Id<_>>("id", &input.id) {
            Ok(id) => api_keys::revoke(session(ctx)?.cx(), id, input.expected_version).await,
            Err(wrong) => Err(wrong),
        };
        let (key, user_errors) = outcome(done)?.split();
        Ok(ApiKeyPayload {
            api_key: key.map(ApiKey),
            user_errors,
        })
    }
}
