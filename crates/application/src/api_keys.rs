//! API keys: what programs show instead of signing in. No key does more than who made it may do now,
//! and none of somebody who may not sign in any more does anything.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Error, FieldError, Result,
    access::{Action, Actor, Target},
    api_keys::{ApiKey, ApiKeyDraft, KeyBearer, target},
    audit::Origin,
    events::RecordKind,
    id::{ApiKeyId, UserId},
    paging::{Page, PageArgs},
    time::Timestamp,
    users::Secret,
};
use persistence::{NewApiKey, TokenHash};

use crate::{
    ActorContext, App,
    auth::{bad_token, hash_of},
    context::{Credential, found},
    keys::random,
};

/// Marks keys, so that they are told from other tokens, and found where they should not be.
pub(crate) const KEY_PREFIX: &str = "colophon_";
/// `colophon_`, 8 characters that are shown, `_`, and 32 bytes in base64.
const KEY_LENGTH: usize = 61;
/// How many keys of one account are good at the same time.
pub const MAX_KEYS: u64 = 100;
/// How often it is noted when keys were used.
const NOTED_EVERY: Duration = Duration::from_mins(1);

/// A key that was made, and the one time it is seen.
#[derive(Debug, Clone)]
pub struct MadeKey {
    /// What is kept of it.
    pub key: ApiKey,
    /// What goes with every request.
    pub secret: Secret,
}

/// A page of the keys, the newest first: owners of the site see all, others their own.
pub async fn list(cx: &ActorContext, page: &PageArgs) -> Result<Page<ApiKey>> {
    cx.scope().note_private();
    let maker = whose(cx)?;
    cx.reader().api_keys(maker, page).await
}

/// One key; for its maker and the owners of the site. To others it is not there.
pub async fn get(cx: &ActorContext, id: ApiKeyId) -> Result<ApiKey> {
    cx.scope().note_private();
    let maker = whose(cx)?;
    let key = cx.reader().api_key(id).await?;
    found(
        key.filter(|key| maker.is_none() || key.maker == maker),
        format_args!("the key {id}"),
    )
}

/// Whose keys somebody sees; `None`: everybody's.
fn whose(cx: &ActorContext) -> Result<Option<UserId>> {
    match cx.authorize(
        Action::Inspect,
        Target::shared(RecordKind::ApiKey, RecordKind::ApiKey.as_str()),
    ) {
        Ok(_everybody) => Ok(None),
        Err(error) => match cx.actor() {
            Actor::User { id, .. } => Ok(Some(*id)),
            Actor::Anonymous | Actor::ApiKey { .. } | Actor::Link(_) | Actor::System(_) => {
                Err(error)
            }
        },
    }
}

/// Makes a key for whoever asks; the command line makes keys of nobody.
pub async fn create(cx: &ActorContext, draft: ApiKeyDraft) -> Result<MadeKey> {
    let maker = match cx.actor() {
        Actor::User { id, .. } => Some(*id),
        Actor::Anonymous | Actor::ApiKey { .. } | Actor::Link(_) | Actor::System(_) => None,
    };
    // A key has the rights of its maker's account, and theirs are those of their token.
    if cx.is_signed_in_outside() {
        return Err(Error::conflict(
            "an outside issuer signed you in: keys are for those who sign in here",
        ));
    }
    let id = ApiKeyId::from_uuid(cx.next_id());
    let permit = cx.authorize(Action::Create, target(id, maker))?;
    let mut faults = draft.faults(cx.now());
    // Whoever is limited does not choose the limit.
    if draft.requests_per_minute.is_some() && whose(cx).map_or(true, |whose| whose.is_some()) {
        faults.push(FieldError::new(
            "requestsPerMinute",
            "is for the owners of the site to say",
        ));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let (prefix, secret) = make()?;
    let hash = hash_of(secret.reveal());
    let at = cx.now();
    cx.write(async |tx| {
        if let Some(maker) = maker
            && tx.store_tx().count_api_keys(maker, at).await? >= MAX_KEYS
        {
            return Err(Error::conflict(format!(
                "this account has {MAX_KEYS} keys that are good: revoke one first"
            )));
        }
        let new = NewApiKey {
            id,
            hash: TokenHash(&hash),
            prefix: &prefix,
            maker,
            at,
        };
        tx.store_tx().create_api_key(&permit, new, &draft).await
    })
    .await?;
    let ApiKeyDraft {
        name,
        scopes,
        expires_at,
        requests_per_minute,
    } = draft;
    let key = ApiKey {
        id,
        name: name.trim().to_owned(),
        prefix,
        scopes,
        maker,
        requests_per_minute,
        version: 1,
        created_at: at,
        expires_at,
        used_at: None,
        revoked_at: None,
    };
    Ok(MadeKey { key, secret })
}

/// Refuses a key from now on; again does no harm. For its maker and the owners of the site.
pub async fn revoke(cx: &ActorContext, id: ApiKeyId, expected: i64) -> Result<ApiKey> {
    let key = get(cx, id).await?;
    let permit = cx.authorize(Action::Delete, key.target())?;
    if key.version != expected {
        return Err(Error::stale(key.version));
    }
    cx.write(async |tx| {
        let now = tx.cx().now();
        tx.store_tx().revoke_api_key(&permit, id, now).await
    })
    .await?;
    get(cx, id).await
}

/// Makes the context of a request that shows a key.
pub(crate) async fn authenticate(
    app: &Arc<App>,
    token: &str,
    origin: Origin,
) -> Result<ActorContext> {
    if token.len() != KEY_LENGTH {
        return Err(bad_token());
    }
    let (hash, now) = (hash_of(token), app.now());
    let bearer = app
        .store()
        .reader()
        .key_bearer(TokenHash(&hash), now)
        .await?
        .ok_or_else(bad_token)?;
    app.key_uses().note(bearer.id, now);
    let credential = Credential::Key {
        id: bearer.id,
        requests_per_minute: bearer.requests_per_minute,
    };
    let cx = app.context_from(actor(bearer), origin);
    Ok(cx.shown(credential))
}

/// Who acts by a key.
pub(crate) fn actor(bearer: KeyBearer) -> Actor {
    Actor::ApiKey {
        id: bearer.id,
        scopes: bearer.scopes,
        maker: bearer.maker,
    }
}

/// A new key: how it begins, and all of it.
fn make() -> Result<(String, Secret)> {
    let shown = hex::encode(random::<4>()?.as_slice());
    let random = random::<32>()?;
    let hidden = URL_SAFE_NO_PAD.encode(random.as_slice());
    let prefix = format!("{KEY_PREFIX}{shown}");
    let secret = Secret::new(format!("{prefix}_{hidden}"));
    Ok((prefix, secret))
}

/// When keys were used, until it is noted: no request waits for that.
#[derive(Debug, Default)]
pub(crate) struct KeyUses(Mutex<BTreeMap<ApiKeyId, Timestamp>>);

impl KeyUses {
    fn note(&self, id: ApiKeyId, at: Timestamp) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.insert(id, at);
    }

    fn take(&self) -> BTreeMap<ApiKeyId, Timestamp> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes when keys were used since the last time.
pub async fn note_uses(app: &Arc<App>) -> Result<()> {
    let uses = app.key_uses().take();
    if uses.is_empty() {
        return Ok(());
    }
    let cx = app.context(Actor::System("keys"));
    cx.write(async |tx| {
        for (id, at) in uses {
            tx.store_tx().note_key_use(id, at).await?;
        }
        Ok(())
    })
    .await
}

/// Notes when keys were used, each minute, for as long as it runs. What is lost when it ends is not
/// worth waiting for.
pub async fn follow_uses(app: Arc<App>) {
    loop {
        tokio::time::sleep(NOTED_EVERY).await;
        if let Err(error) = note_uses(&app).await {
            tracing::warn!(%error, "when keys were used could not be noted");
        }
    }
}
