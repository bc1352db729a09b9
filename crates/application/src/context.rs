//! The application and the context every use case runs in.

use std::{
    fmt,
    num::NonZeroU32,
    ops::AsyncFnOnce,
    sync::{Arc, OnceLock, RwLock},
    time::Duration,
};

use domain::{
    Error, Result,
    access::{Action, Actor, Permit, ReadScope, SignedGrant, Target, authorize},
    audit::Origin,
    editions::EditionSet,
    events::ContentEvent,
    fields::ContentModel,
    id::{ApiKeyId, SessionId, UserId},
    time::{Timestamp, to_micros},
    users::Secret,
};
use object_store::ObjectStore;
use persistence::{Reader, Store};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    api_keys::{self, KeyUses},
    auth::{Auth, AuthOptions},
    idempotency::{Running, Ticket},
    keys::KeySet,
    oidc::Issuers,
};

mod tx;

pub use tx::Tx;

/// Tells the time; tests have one that stands still.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Makes ids; tests have one that counts.
pub trait IdSource: Send + Sync + 'static {
    /// A new id, greater than those before it.
    fn next(&self) -> Uuid;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the time comes from"
    )]
    fn now(&self) -> Timestamp {
        chrono::Utc::now()
    }
}

/// Time-ordered random ids (`UUIDv7`, RFC 9562).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// What an application is made of.
pub struct AppOptions {
    /// The content store.
    pub store: Store,
    /// Where the bytes of assets are.
    pub objects: Arc<dyn ObjectStore>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids.
    pub ids: Arc<dyn IdSource>,
    /// The origin readers reach this server at, without a slash at the end.
    pub public_url: String,
    /// What signs tokens; for commands that sign none, an empty set.
    pub keys: KeySet,
    /// How people sign in.
    pub auth: AuthOptions,
    /// The custom fields the site declares.
    pub content_model: ContentModel,
}

impl fmt::Debug for AppOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppOptions")
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

/// The application: everything a use case needs, shared by all requests.
pub struct App {
    store: Store,
    objects: Arc<dyn ObjectStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    public_url: String,
    editions: RwLock<Option<(Timestamp, Arc<EditionSet>)>>,
    keys: RwLock<Arc<KeySet>>,
    auth: Auth,
    issuers: OnceLock<Issuers>,
    content_model: Arc<ContentModel>,
    key_uses: KeyUses,
    jobs_wanted: Notify,
    running_requests: Running,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

/// How long another process may go on with the editions it knows. In this process a change shows
/// at once.
const EDITIONS_LIFETIME: Duration = Duration::from_secs(2);

impl App {
    /// Puts the parts together.
    pub fn new(options: AppOptions) -> Arc<Self> {
        let AppOptions {
            store,
            objects,
            clock,
            ids,
            public_url,
            keys,
            auth,
            content_model,
        } = options;
        let content_model = Arc::new(content_model);
        Arc::new(Self {
            store: store.with_content_model(Arc::clone(&content_model)),
            objects,
            clock,
            ids,
            public_url: public_url.trim_end_matches('/').to_owned(),
            editions: RwLock::default(),
            keys: RwLock::new(Arc::new(keys)),
            auth: Auth::new(auth),
            issuers: OnceLock::new(),
            content_model,
            key_uses: KeyUses::default(),
            jobs_wanted: Notify::new(),
            running_requests: Running::default(),
        })
    }

    /// A context for somebody: the only way to any use case.
    pub fn context(self: &Arc<Self>, actor: Actor) -> ActorContext {
        self.context_from(actor, Origin::default())
    }

    /// The same, for a request from somewhere.
    pub fn context_from(self: &Arc<Self>, actor: Actor, origin: Origin) -> ActorContext {
        ActorContext {
            origin: Arc::new(origin),
            credential: None,
            ticket: None,
            preview: None,
            scope: Arc::new(ReadScope::of(&actor)),
            actor: Arc::new(actor),
            app: Arc::clone(self),
        }
    }

    /// The store, for what is about the store itself: migrations, readiness, diagnosis.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The origin readers reach this server at.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The keys of the site as they are now.
    pub fn keys(&self) -> Arc<KeySet> {
        Arc::clone(
            &self
                .keys
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    /// Takes other keys: what they sign and verify holds from now on.
    pub fn set_keys(&self, keys: KeySet) {
        *self
            .keys
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(keys);
    }

    /// Takes the tokens of outside issuers from now on. They are set once.
    pub fn set_issuers(&self, issuers: Issuers) {
        self.issuers.get_or_init(|| issuers);
    }

    /// The outside issuers whose tokens are taken, if there are any.
    pub fn issuers(&self) -> Option<&Issuers> {
        self.issuers.get()
    }

    /// The time now, in microseconds.
    pub fn now(&self) -> Timestamp {
        to_micros(self.clock.now())
    }

    pub(crate) fn auth(&self) -> &Auth {
        &self.auth
    }

    pub(crate) fn key_uses(&self) -> &KeyUses {
        &self.key_uses
    }

    /// Told when there are new jobs.
    pub(crate) fn jobs_wanted(&self) -> &Notify {
        &self.jobs_wanted
    }

    /// The requests with idempotency keys that are being carried out.
    pub(crate) fn running_requests(&self) -> &Running {
        &self.running_requests
    }

    pub(crate) fn objects(&self) -> &dyn ObjectStore {
        self.objects.as_ref()
    }

    async fn editions(&self) -> Result<Arc<EditionSet>> {
        let now = self.clock.now();
        let fresh = |at: Timestamp| (now - at).to_std().is_ok_and(|age| age < EDITIONS_LIFETIME);
        if let Some((at, set)) = &*self
            .editions
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            && fresh(*at)
        {
            return Ok(Arc::clone(set));
        }
        let set = Arc::new(self.store.reader().edition_set().await?);
        *self
            .editions
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some((now, Arc::clone(&set)));
        Ok(set)
    }

    /// After a commit: what is kept in memory follows what was written.
    fn committed(&self, events: &[ContentEvent]) {
        if events
            .iter()
            .any(|event| event.name.starts_with("edition.") || event.name.starts_with("site."))
        {
            *self
                .editions
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = None;
        }
    }
}

/// Who is asking, and everything they may use: the first argument of every use case.
#[derive(Clone)]
pub struct ActorContext {
    app: Arc<App>,
    actor: Arc<Actor>,
    origin: Arc<Origin>,
    credential: Option<Credential>,
    ticket: Option<Arc<Ticket>>,
    preview: Option<Arc<Secret>>,
    scope: Arc<ReadScope>,
}

/// What a request showed to say who is asking; it may be over before the request is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Credential {
    /// A token of a session.
    Session(SessionId),
    /// An API key.
    Key {
        /// Which one.
        id: ApiKeyId,
        /// How many requests a minute it has, if not as many as others.
        requests_per_minute: Option<u32>,
    },
    /// A token of an outside issuer, for this account.
    Outside(UserId),
}

impl fmt::Debug for ActorContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorContext")
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

impl ActorContext {
    /// Who is asking.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Where the request came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The session they are signed in by, if they are.
    pub fn session(&self) -> Option<SessionId> {
        match self.credential {
            Some(Credential::Session(session)) => Some(session),
            Some(Credential::Key { .. } | Credential::Outside(_)) | None => None,
        }
    }

    /// How many requests a minute the key that was shown has, if it says.
    pub fn requests_per_minute(&self) -> Option<NonZeroU32> {
        match self.credential {
            Some(Credential::Key {
                requests_per_minute,
                ..
            }) => requests_per_minute.and_then(NonZeroU32::new),
            Some(Credential::Session(_) | Credential::Outside(_)) | None => None,
        }
    }

    pub(crate) fn shown(self, credential: Credential) -> Self {
        Self {
            credential: Some(credential),
            ..self
        }
    }

    /// The same for somebody who also holds a signed link.
    pub(crate) fn previewing(self, grant: SignedGrant, token: &str) -> Self {
        let actor = match &*self.actor {
            Actor::Anonymous => Arc::new(Actor::Link(grant)),
            Actor::User { .. } | Actor::ApiKey { .. } | Actor::Link(_) | Actor::System(_) => {
                self.actor
            }
        };
        Self {
            scope: Arc::new(ReadScope::of(&actor).with_preview(grant)),
            actor,
            preview: Some(Arc::new(Secret::new(token.to_owned()))),
            ..self
        }
    }

    /// Whether an outside issuer says who they are.
    pub(crate) fn is_signed_in_outside(&self) -> bool {
        matches!(self.credential, Some(Credential::Outside(_)))
    }

    /// The same for a request with an idempotency key.
    pub(crate) fn keyed(&self, ticket: Arc<Ticket>) -> Self {
        Self {
            ticket: Some(ticket),
            ..self.clone()
        }
    }

    /// The signed link they hold, as it came.
    pub(crate) fn preview(&self) -> Option<&Secret> {
        self.preview.as_deref()
    }

    /// What they may read.
    pub fn scope(&self) -> &ReadScope {
        &self.scope
    }

    /// The time now, in microseconds.
    pub fn now(&self) -> Timestamp {
        self.app.now()
    }

    /// The origin readers reach this server at, without a slash at the end.
    pub fn public_url(&self) -> &str {
        self.app.public_url()
    }

    /// The custom fields the site declares.
    pub fn content_model(&self) -> &ContentModel {
        &self.app.content_model
    }

    /// All editions. They change rarely and are public, so they are kept at hand.
    pub async fn editions(&self) -> Result<Arc<EditionSet>> {
        self.scope.note(domain::events::CacheTag::Settings);
        self.app.editions().await
    }

    /// Asks the policy; the permit is what the store wants to see.
    pub fn authorize(&self, action: Action, target: Target) -> Result<Permit> {
        authorize(&self.actor, action, target)
    }

    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    pub(crate) fn reader(&self) -> Reader<'_> {
        self.app.store.reader()
    }

    pub(crate) fn next_id(&self) -> Uuid {
        self.app.ids.next()
    }

    /// Begins a transaction that writes. Dropped, it is undone. A session that has ended since the
    /// request began writes nothing any more, nor does a key that may do something else by now, nor
    /// an account that was closed.
    pub async fn begin(&self) -> Result<Tx> {
        let mut inner = self.app.store.begin((*self.origin).clone()).await?;
        let (reader, now) = (inner.reader(), self.now());
        let goes_on = match self.credential {
            None => true,
            Some(Credential::Session(session)) => reader.signed_in(session, now).await?.is_some(),
            Some(Credential::Key { id, .. }) => {
                let bearer = reader.key_bearer_by_id(id, now).await?;
                bearer.is_some_and(|bearer| api_keys::actor(bearer) == *self.actor)
            }
            Some(Credential::Outside(account)) => {
                let user = reader.user(account).await?;
                user.is_some_and(|user| user.is_active)
            }
        };
        if !goes_on {
            return Err(crate::auth::bad_token());
        }
        if let Some(ticket) = &self.ticket {
            ticket.claim_in(&mut inner, self.now()).await?;
        }
        Ok(Tx {
            inner,
            cx: self.clone(),
            editions: None,
        })
    }

    /// Runs changes in one transaction: all of them, or, if any fails, none. What must be kept
    /// although the answer is an error is therefore an `Ok` of the change.
    pub async fn write<T>(&self, change: impl AsyncFnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        let mut tx = self.begin().await?;
        match change(&mut tx).await {
            Ok(value) => {
                tx.commit().await?;
                Ok(value)
            }
            Err(error) => {
                tx.rollback().await?;
                Err(error)
            }
        }
    }

    /// Runs changes and undoes them: what they would have answered.
    pub async fn rehearse<T>(&self, change: impl AsyncFnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        let mut tx = self.begin().await?;
        let value = change(&mut tx).await;
        tx.rollback().await?;
        value
    }
}

/// Something that must be there for the change to make sense.
pub(crate) fn found<T>(value: Option<T>, what: impl fmt::Display) -> Result<T> {
    value.ok_or_else(|| Error::not_found(what))
}
