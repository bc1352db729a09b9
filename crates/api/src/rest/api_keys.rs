//! API keys: what programs show instead of signing in.

use application::api_keys::{self, MadeKey};
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{
    FieldError,
    access::Scope,
    api_keys::{ApiKey, ApiKeyDraft},
    change::Change,
    editions::EditionSet,
    id::kinds,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    entries::members::{set, time},
    field::{Body, Collected, Field, Unknown},
    parameters::{Declared, Groups, Kind, Nothing, Of, PAGE, Parameter},
    request::Read,
    selection::Selection,
    wire::Id as IdSchema,
    write::{Write, WriteAnswer, deleted},
};

/// The operations on API keys.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_api_keys, create_api_key))
        .routes(routes!(get_api_key, revoke_api_key))
}

/// Lists keys.
struct ListKeys;
impl Declared for ListKeys {
    const PARAMETERS: Groups = &[PAGE];
}

/// Names one key.
struct OneKey;
impl Declared for OneKey {
    const PARAMETERS: Groups = &[&[Parameter::path(
        "id",
        Kind::Id("apikey"),
        "The id of the key.",
    )]];
}

/// A key as its maker sees it: all but the key itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
struct KeyBody {
    /// Its id.
    #[schema(value_type = IdSchema)]
    id: String,
    /// What its maker calls it.
    name: String,
    /// How it begins, to tell it from others: `colophon_5f2b81aa`.
    prefix: String,
    /// What it may do, such as `articles:write:en`.
    scopes: Vec<String>,
    /// The id of the account that made it; null: it was made on the command line.
    #[schema(value_type = Option<IdSchema>)]
    maker_id: Option<String>,
    /// How many requests a minute it has; null: as many as others.
    requests_per_minute: Option<u32>,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// From when on it is refused; null: never.
    expires_at: Option<DateTime<Utc>>,
    /// When it was used last, to the minute; null: never yet.
    used_at: Option<DateTime<Utc>>,
    /// Since when it is refused; null: it was not revoked.
    revoked_at: Option<DateTime<Utc>>,
}

impl KeyBody {
    fn new(key: ApiKey, editions: &EditionSet) -> Self {
        let scopes = key.scopes.iter().map(|scope| scope.write_for(editions));
        Self {
            scopes: scopes.collect(),
            id: key.id.to_string(),
            name: key.name,
            prefix: key.prefix,
            maker_id: key.maker.map(|id| id.to_string()),
            requests_per_minute: key.requests_per_minute,
            version: key.version,
            created_at: key.created_at,
            expires_at: key.expires_at,
            used_at: key.used_at,
            revoked_at: key.revoked_at,
        }
    }
}

type ApiKeyList = List<KeyBody>;

/// A key that was made, with the key itself: it is shown only now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MadeApiKey)]
struct MadeBody {
    /// What goes with every request: `Authorization: Bearer …`. Nobody can show it again.
    secret: String,
    #[serde(flatten)]
    key: KeyBody,
}

/// A new key.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewApiKey {
    /// What it is for.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 200)]
    name: Field<String>,
    /// What it may do: a kind of record, `:`, `read` or `write`, and for one edition `:` and its code.
    /// `articles:write:en`, `tags:read`, `*:write`. Without any it reads what readers read.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false, max_items = 100)]
    scopes: Field<Vec<Field<String>>>,
    /// From when on it is refused; never if absent.
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>)]
    expires_at: Field<String>,
    /// How many requests a minute it has; as many as others if absent.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 1_000_000)]
    requests_per_minute: Field<i32>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for NewApiKey {
    type Command = ApiKeyDraft;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> ApiKeyDraft {
        wrong.unknown(&self.unknown);
        let mut scopes = Vec::new();
        if let Change::Set(texts) = wrong.required("scopes", self.scopes) {
            for (number, text) in texts.into_iter().enumerate() {
                let place = format!("scopes.{number}");
                let text = wrong.needed(&place, text).unwrap_or_default();
                scopes.extend(wrong.take(Scope::read(&place, &text, editions)));
            }
        }
        ApiKeyDraft {
            name: wrong.needed("name", self.name).unwrap_or_default(),
            scopes,
            expires_at: set(time(wrong, "expiresAt", self.expires_at)),
            // One that is less than none is too few, too.
            requests_per_minute:
                set(wrong.clearable("requestsPerMinute", self.requests_per_minute))
                    .map(|number| u32::try_from(number).unwrap_or_default()),
        }
    }
}

/// List API keys
///
/// The newest first. Owners of the site see all, others those they made.
#[utoipa::path(
    get,
    path = "/api-keys",
    tag = "API keys",
    params(Of<ListKeys>),
    security(("bearer" = [])),
    responses((status = 200, description = "A page of the keys.", body = ApiKeyList)),
)]
async fn list_api_keys(read: Read) -> Answer {
    let query = read.query::<ListKeys>()?;
    let args = query.page()?;
    let page = api_keys::list(&read.cx, &args).await?;
    let editions = read.cx.editions().await?;
    let page = page.map(|key| KeyBody::new(key, &editions));
    let data: Vec<&KeyBody> = page.nodes().collect();
    answer::list(&read, &query, &Selection::default(), &args, (&page, data))
}

/// Get an API key
#[utoipa::path(
    get,
    path = "/api-keys/{id}",
    tag = "API keys",
    params(Of<OneKey>),
    security(("bearer" = [])),
    responses((status = 200, description = "The key.", body = KeyBody)),
)]
async fn get_api_key(read: Read) -> Answer {
    read.query::<OneKey>()?;
    let key = api_keys::get(&read.cx, read.id::<kinds::ApiKey>()?).await?;
    let editions = read.cx.editions().await?;
    let stamp = (key.version, key.updated_at());
    let record = KeyBody::new(key, &editions);
    answer::one(&read, &Selection::default(), &record, stamp)
}

/// Create an API key
///
/// The key itself is in this answer and in no other. It never does more than the account that made it
/// may do, and nothing once that account is closed.
#[utoipa::path(
    post,
    path = "/api-keys",
    tag = "API keys",
    params(Of<Nothing>),
    request_body = NewApiKey,
    responses((status = 201, description = "The new key, with the key itself.", body = MadeBody)),
)]
async fn create_api_key(write: Write) -> WriteAnswer {
    write.query::<Nothing>()?;
    let editions = write.read.cx.editions().await?;
    let now = write.read.cx.now();
    let draft = write.body::<NewApiKey>(&editions, &[], |draft| faults(draft, now))?;
    let made = api_keys::create(&write.read.cx, draft).await?;
    Ok(made_answer(&write, made, &editions)?)
}

fn faults(draft: &ApiKeyDraft, now: DateTime<Utc>) -> Vec<FieldError> {
    draft.faults(now)
}

fn made_answer(write: &Write, made: MadeKey, editions: &EditionSet) -> Answer {
    let (id, stamp) = (made.key.id, (made.key.version, made.key.updated_at()));
    let record = MadeBody {
        secret: made.secret.reveal().to_owned(),
        key: KeyBody::new(made.key, editions),
    };
    let read: Response = answer::one(&write.read, &Selection::default(), &record, stamp)?;
    Ok(write.created("api-keys", id, read))
}

/// Revoke an API key
///
/// It is refused from now on, and stays in the list.
#[utoipa::path(
    delete,
    path = "/api-keys/{id}",
    tag = "API keys",
    params(Of<OneKey>),
    responses((status = 204, description = "It is refused.")),
)]
async fn revoke_api_key(write: Write) -> WriteAnswer {
    write.query::<OneKey>()?;
    let (id, expected) = (write.id::<kinds::ApiKey>()?, write.version()?);
    api_keys::revoke(&write.read.cx, id, expected).await?;
    Ok(deleted())
}
