//! Signing in and out: passwords for tokens, tokens for an actor.

use std::{net::IpAddr, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use domain::{
    Error, Result,
    access::{Action, Actor, authorize},
    audit::Origin,
    id::{SessionId, UserId},
    users::{self, Email, Password, Secret, SessionEnd, SignedIn, User},
};
use persistence::{Rotation, TokenHash};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    ActorContext, App,
    api_keys::{self, KEY_PREFIX},
    context::{Credential, Tx},
    keys::{TokenKind, random},
    oidc,
    passwords::{HashCost, Passwords, Verdict},
};

mod first;
mod recovery;

pub use first::{FirstOwner, offer_set_up, set_up};
pub(crate) use recovery::make_confirmation;
pub use recovery::{
    change_password, choose_password, confirm_email, make_reset, make_reset_by_hand,
    request_confirmation, request_reset, reset,
};

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 4096;
/// Marks refresh tokens, so that they are found where they should not be.
const REFRESH_PREFIX: &str = "crt_";
/// The prefix and 32 bytes in base64.
const REFRESH_LENGTH: usize = 47;
/// How far the clocks of two machines may be apart.
const LEEWAY_SECONDS: i64 = 5;

/// How people sign in.
#[derive(Debug, Clone, Copy)]
pub struct AuthOptions {
    /// What a hash of a password costs.
    pub hash_cost: HashCost,
    /// How long an access token lasts.
    pub access_lifetime: Duration,
    /// How long a session goes on without being used.
    pub session_lifetime: Duration,
    /// The fewest characters of a new password.
    pub min_password: usize,
}

impl Default for AuthOptions {
    fn default() -> Self {
        Self {
            hash_cost: HashCost {
                memory_kib: 19_456,
                passes: 2,
                lanes: 1,
                at_once: 2,
            },
            access_lifetime: Duration::from_mins(10),
            session_lifetime: Duration::from_hours(30 * 24),
            min_password: 10,
        }
    }
}

/// What signing in needs, made once.
#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) passwords: Passwords,
    pub(crate) options: AuthOptions,
}

impl Auth {
    pub(crate) fn new(options: AuthOptions) -> Self {
        Self {
            passwords: Passwords::new(options.hash_cost),
            options,
        }
    }
}

/// What a request shows to say who is asking.
#[derive(Clone, Copy)]
pub enum Credentials<'a> {
    /// Nothing.
    None,
    /// A token (RFC 6750): that of a session, or an API key.
    Bearer(&'a str),
}

/// Shows no token.
impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Bearer(_) => "Bearer",
        })
    }
}

/// What somebody is signed in with.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Shown with every request, for some minutes.
    pub access: Secret,
    /// Shown once for the next two.
    pub refresh: Secret,
    /// How long the access token lasts.
    pub expires_in: Duration,
    /// Who they are.
    pub user: User,
}

/// The claims of an access token (RFC 9068).
#[derive(Debug, Clone, Serialize, Deserialize)]
struct AccessClaims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Makes the context of a request out of what it shows. Whatever is wrong with a token, it is
/// refused: nobody is taken for a reader by mistake.
pub async fn authenticate(
    app: &Arc<App>,
    credentials: Credentials<'_>,
    origin: Origin,
) -> Result<ActorContext> {
    let Credentials::Bearer(token) = credentials else {
        return Ok(app.context_from(Actor::Anonymous, origin));
    };
    if let Some(issuers) = app.issuers()
        && let Some(issuer) = issuers.named_by(token)
    {
        return oidc::authenticate(app, (issuers, issuer), token, origin).await;
    }
    if token.len() > MAX_TOKEN {
        return Err(bad_token());
    }
    if token.starts_with(KEY_PREFIX) {
        return api_keys::authenticate(app, token, origin).await;
    }
    let now = app.now();
    let claims: AccessClaims = app
        .keys()
        .verify(TokenKind::Access, app.public_url(), token, now)
        .ok_or_else(bad_token)?;
    if claims.exp <= now.timestamp() || claims.nbf > now.timestamp() + LEEWAY_SECONDS {
        return Err(bad_token());
    }
    let user = app
        .store()
        .reader()
        .signed_in(claims.sid, now)
        .await?
        .filter(|user| user.id == claims.sub)
        .ok_or_else(bad_token)?;
    let actor = Actor::User {
        id: user.id,
        grants: user.grants,
    };
    let cx = app.context_from(actor, origin);
    Ok(cx.shown(Credential::Session(claims.sid)))
}

pub(crate) fn bad_token() -> Error {
    Error::Unauthenticated("the token is not valid, or no longer: sign in again".to_owned())
}

fn refused() -> Error {
    Error::Unauthenticated("the e-mail address or the password is wrong".to_owned())
}

/// Signs somebody in. An unknown address and a wrong password have the same answer after the same
/// time and work. An attempt counts before the password is looked at: many at once are no way
/// around the wait, nor is going away.
pub async fn log_in(cx: &ActorContext, email: &Email, password: Password) -> Result<Tokens> {
    let guard = Guard::of(cx, email)?;
    if !guard.admit(cx).await? {
        return Err(refused());
    }
    let known = cx.reader().credentials(&email.normal()).await?;
    let (user, hash) = match known {
        Some(known) => (Some(known.user), known.password),
        None => (None, None),
    };
    let passwords = &cx.app().auth().passwords;
    let verdict = passwords.verify(password, hash.clone()).await?;
    let user = user.filter(|user| user.is_active && verdict != Verdict::Wrong);
    let user = user.ok_or_else(refused)?;
    let token = refresh_token()?;
    let signed_in = cx
        .write(async |tx| {
            // What was compared may be over by now: a new password, other roles, a closed account.
            tx.store_tx().hold_user(user.id).await?;
            let current = tx.reader().credentials(&email.normal()).await?;
            let current = current.filter(|now| now.user.is_active && now.password == hash);
            let Some(current) = current.filter(|now| now.user.id == user.id) else {
                return Ok(None);
            };
            guard.forgive(tx).await?;
            if let (Verdict::Rehashed(new), Some(old)) = (&verdict, &hash) {
                tx.store_tx().rehash_password(user.id, old, new).await?;
            }
            begin_in(tx, current.user, &token).await.map(Some)
        })
        .await?;
    tokens(cx, signed_in.ok_or_else(refused)?, token)
}

/// Gives two new tokens for a refresh token. One that comes a second time ends its session: either
/// it was stolen, or the answer to it was.
pub async fn refresh(cx: &ActorContext, token: &str) -> Result<Tokens> {
    if token.len() != REFRESH_LENGTH || !token.starts_with(REFRESH_PREFIX) {
        return Err(bad_token());
    }
    let (shown, next) = (hash_of(token), refresh_token()?);
    // Strangers with tokens they made up do not get the one who writes.
    if !cx.reader().knows_refresh_token(TokenHash(&shown)).await? {
        return Err(bad_token());
    }
    let signed_in = cx
        .write(async |tx| {
            let now = tx.cx().now();
            match tx
                .store_tx()
                .use_refresh_token(TokenHash(&shown), now)
                .await?
            {
                Rotation::Rotated(signed_in) => {
                    let lifetime = session_lifetime(tx.cx())?;
                    let (times, forgotten) = ((now, now + lifetime), now - lifetime);
                    let hash = hash_of(next.reveal());
                    tx.store_tx()
                        .extend_session(signed_in.session, TokenHash(&hash), times, forgotten)
                        .await?;
                    Ok(Some(signed_in))
                }
                Rotation::Reused(session, user) => {
                    let guard = Actor::System("auth");
                    let permit = authorize(&guard, Action::Delete, users::session(session, user))?;
                    tx.store_tx()
                        .end_session(&permit, session, SessionEnd::Reuse, now)
                        .await?;
                    Ok(None)
                }
                Rotation::Unknown => Ok(None),
            }
        })
        .await?;
    tokens(cx, signed_in.ok_or_else(bad_token)?, next)
}

/// Ends the session the request came in, or all of this person: access tokens are refused from now on.
pub async fn log_out(cx: &ActorContext, everywhere: bool) -> Result<()> {
    if cx.is_signed_in_outside() {
        return Err(Error::conflict(
            "an outside issuer signed you in: sign out there",
        ));
    }
    let (Some(session), Actor::User { id, .. }) = (cx.session(), cx.actor()) else {
        return Err(nobody());
    };
    if everywhere {
        return log_out_everywhere(cx, *id).await.map(drop);
    }
    let permit = cx.authorize(Action::Delete, users::session(session, *id))?;
    cx.write(async |tx| {
        let now = tx.cx().now();
        tx.store_tx()
            .end_session(&permit, session, SessionEnd::LogOut, now)
            .await
    })
    .await
}

/// Ends every session of somebody, one's own or, for owners, anybody's; answers how many there were.
pub async fn log_out_everywhere(cx: &ActorContext, user: UserId) -> Result<u64> {
    let permit = cx.authorize(Action::Update, users::account(user))?;
    cx.write(async |tx| {
        let now = tx.cx().now();
        tx.store_tx()
            .end_sessions_of(&permit, user, SessionEnd::LogOut, now)
            .await
    })
    .await
}

/// The account of whoever is asking; `None` for readers, keys and the program itself.
pub async fn viewer(cx: &ActorContext) -> Result<Option<User>> {
    cx.scope().note_private();
    match cx.actor() {
        Actor::User { id, grants } => {
            let mut user = cx.reader().user(*id).await?;
            // The roles of somebody an outside issuer signed in are those of their token.
            if let (Some(user), true) = (&mut user, cx.is_signed_in_outside()) {
                user.grants.clone_from(grants);
            }
            Ok(user)
        }
        Actor::Anonymous | Actor::ApiKey { .. } | Actor::Link(_) | Actor::System(_) => Ok(None),
    }
}

pub(crate) fn nobody() -> Error {
    Error::Unauthenticated("sign in to do this".to_owned())
}

async fn begin_in(tx: &mut Tx, user: User, token: &Secret) -> Result<SignedIn> {
    let session = SessionId::from_uuid(tx.cx().next_id());
    let actor = Actor::User {
        id: user.id,
        grants: user.grants.clone(),
    };
    let permit = authorize(&actor, Action::Create, users::session(session, user.id))?;
    let now = tx.cx().now();
    let times = (now, now + session_lifetime(tx.cx())?);
    let hash = hash_of(token.reveal());
    tx.store_tx()
        .begin_session(&permit, (session, user.id), TokenHash(&hash), times)
        .await?;
    Ok(SignedIn { session, user })
}

fn session_lifetime(cx: &ActorContext) -> Result<TimeDelta> {
    TimeDelta::from_std(cx.app().auth().options.session_lifetime).map_err(Error::internal)
}

fn tokens(cx: &ActorContext, signed_in: SignedIn, refresh: Secret) -> Result<Tokens> {
    let expires_in = cx.app().auth().options.access_lifetime;
    let now = cx.now();
    let issued = now.timestamp();
    let lifetime = i64::try_from(expires_in.as_secs()).map_err(Error::internal)?;
    let access = cx.app().keys().sign(
        TokenKind::Access,
        &AccessClaims {
            iss: cx.public_url().to_owned(),
            aud: TokenKind::Access.audience().to_owned(),
            sub: signed_in.user.id,
            sid: signed_in.session,
            iat: issued,
            nbf: issued,
            exp: issued + lifetime,
        },
        now,
    )?;
    Ok(Tokens {
        access: Secret::new(access),
        refresh,
        expires_in,
        user: signed_in.user,
    })
}

fn refresh_token() -> Result<Secret> {
    let random = random::<32>()?;
    Ok(Secret::new(format!(
        "{REFRESH_PREFIX}{}",
        URL_SAFE_NO_PAD.encode(random.as_slice())
    )))
}

/// What the store keeps of a token: who reads the store cannot show it.
pub(crate) fn hash_of(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Slows down guessing, whether the account exists or not: by account and address together, by
/// account from everywhere, and by address.
struct Guard {
    /// The account from this address: somebody else's guesses do not keep its owner out.
    here: String,
    account: String,
    /// Not known where requests come through a proxy: everybody would share it.
    address: Option<String>,
}

/// How many attempts somebody has, and how long they are remembered.
struct Patience {
    attempts: u64,
    memory: TimeDelta,
}

impl Guard {
    const HERE: Patience = Patience {
        attempts: 5,
        memory: TimeDelta::hours(1),
    };
    const ACCOUNT: Patience = Patience {
        attempts: 50,
        memory: TimeDelta::hours(1),
    };
    /// Many people may share one.
    const ADDRESS: Patience = Patience {
        attempts: 20,
        memory: TimeDelta::minutes(10),
    };
    /// The longest wait.
    const LONGEST: TimeDelta = TimeDelta::minutes(15);

    fn of(cx: &ActorContext, email: &Email) -> Result<Self> {
        let (keys, now) = (cx.app().keys(), cx.now());
        let address = cx.origin().address.map(network);
        let address = address.map(|address| address.to_string());
        let email = email.normal();
        let here = format!("{email} {}", address.as_deref().unwrap_or_default());
        let public = cx.origin().address.filter(|address| is_public(*address));
        let address = address.filter(|_| public.is_some());
        Ok(Self {
            here: keys.pseudonym("sign-in here", &here, now)?,
            account: keys.pseudonym("sign-in account", &email, now)?,
            address: address
                .map(|address| keys.pseudonym("sign-in address", &address, now))
                .transpose()?,
        })
    }

    /// Counts an attempt, whatever comes of it, and tells whether it may go on. That an address has
    /// to wait is told: it says nothing about any account.
    async fn admit(&self, cx: &ActorContext) -> Result<bool> {
        let now = cx.now();
        cx.write(async |tx| {
            if let Some(address) = &self.address
                && !attempt(tx, address, &Self::ADDRESS).await?
            {
                let until = tx.reader().retry_at(address).await?.unwrap_or(now);
                return Ok(Some(until));
            }
            let here = attempt(tx, &self.here, &Self::HERE).await?;
            let account = attempt(tx, &self.account, &Self::ACCOUNT).await?;
            Ok((!here || !account).then_some(now))
        })
        .await
        .and_then(|refused| match refused {
            None => Ok(true),
            Some(until) if until <= now => Ok(false),
            Some(until) => Err(Error::RateLimited {
                retry_after_seconds: (until - now).num_seconds().unsigned_abs() + 1,
            }),
        })
    }

    /// A good password starts the count of the account again, not that of the address: others guess
    /// from there too.
    async fn forgive(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.cx().now();
        tx.store_tx().forget_attempts(&self.here).await?;
        tx.store_tx().forgive_attempt(&self.account, now).await?;
        if let Some(address) = &self.address {
            tx.store_tx().forgive_attempt(address, now).await?;
        }
        Ok(())
    }
}

/// Counts an attempt of somebody, unless they have to wait. From the last one they have at once,
/// each doubles the wait for the next.
async fn attempt(tx: &mut Tx, subject: &str, patience: &Patience) -> Result<bool> {
    let now = tx.cx().now();
    let store = tx.store_tx();
    let since = now - patience.memory;
    let Some(attempts) = store.count_attempt(subject, now, since).await? else {
        return Ok(false);
    };
    if let Some(over) = attempts.checked_sub(patience.attempts) {
        let doublings = u32::try_from(over).unwrap_or(u32::MAX).min(10);
        let wait = TimeDelta::seconds(2_i64.pow(doublings + 1)).min(Guard::LONGEST);
        store.refuse_until(subject, now + wait).await?;
    }
    Ok(true)
}

/// Whether an address is that of one client, not of a proxy in front of the server.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !(v4.is_loopback() || v4.is_private() || v4.is_link_local()),
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()),
    }
}

/// The address, or for IPv6 the network, that one client has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6([a, b, c, d, 0, 0, 0, 0].into())
        }
    }
}
