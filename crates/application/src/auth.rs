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
    context::Tx,
    keys::{TokenKind, random},
    passwords::{HashCost, Passwords, Verdict},
};

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 4096;
/// Marks refresh tokens, so that they are found where they should not be.
const REFRESH_PREFIX: &str = "crt_";
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
#[derive(Debug, Clone, Copy)]
pub enum Credentials<'a> {
    /// Nothing.
    None,
    /// A token (RFC 6750).
    Bearer(&'a str),
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
    if token.len() > MAX_TOKEN {
        return Err(bad_token());
    }
    let now = app.now();
    let claims: AccessClaims = app
        .keys()
        .verify(TokenKind::Access, app.public_url(), token)
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
    Ok(app.context_from(actor, origin).within(claims.sid))
}

fn bad_token() -> Error {
    Error::Unauthenticated("the token is not valid, or no longer: sign in again".to_owned())
}

fn refused() -> Error {
    Error::Unauthenticated("the e-mail address or the password is wrong".to_owned())
}

/// Signs somebody in. An unknown address and a wrong password have the same answer after the same
/// time and work.
pub async fn log_in(cx: &ActorContext, email: &Email, password: Password) -> Result<Tokens> {
    let guard = Guard::of(cx, email)?;
    if guard.refuses(cx).await? {
        return Err(refused());
    }
    let known = cx.reader().credentials(&email.normal()).await?;
    let (user, hash) = match known {
        Some(known) => (Some(known.user), known.password),
        None => (None, None),
    };
    let verdict = cx.app().auth().passwords.verify(password, hash).await?;
    let user = user.filter(|user| user.is_active && verdict != Verdict::Wrong);
    let (outcome, token) = (user, refresh_token()?);
    let signed_in = cx
        .write(async |tx| {
            let Some(user) = outcome else {
                // Kept although the answer is an error: an `Ok` of the change.
                guard.count(tx).await?;
                return Ok(None);
            };
            guard.forgive(tx).await?;
            if let Verdict::Rehashed(hash) = &verdict {
                let now = tx.cx().now();
                tx.store_tx().keep_password(user.id, hash, now).await?;
            }
            begin_in(tx, user, &token).await.map(Some)
        })
        .await?;
    tokens(cx, signed_in.ok_or_else(refused)?, token)
}

/// Gives two new tokens for a refresh token. One that comes a second time ends its session: either
/// it was stolen, or the answer to it was.
pub async fn refresh(cx: &ActorContext, token: &str) -> Result<Tokens> {
    if token.len() > MAX_TOKEN || !token.starts_with(REFRESH_PREFIX) {
        return Err(bad_token());
    }
    let (shown, next) = (hash_of(token), refresh_token()?);
    let signed_in = cx
        .write(async |tx| {
            let now = tx.cx().now();
            match tx
                .store_tx()
                .use_refresh_token(TokenHash(&shown), now)
                .await?
            {
                Rotation::Rotated(signed_in) => {
                    let times = (now, now + session_lifetime(tx.cx())?);
                    let hash = hash_of(next.reveal());
                    tx.store_tx()
                        .extend_session(signed_in.session, TokenHash(&hash), times)
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
        Actor::User { id, .. } => cx.reader().user(*id).await,
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
fn hash_of(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Slows down guessing, by account and by address, whether the account exists or not.
struct Guard {
    account: String,
    address: Option<String>,
}

impl Guard {
    /// Failures before an account has to wait.
    const ACCOUNT: u64 = 5;
    /// Failures before an address has to wait: many people may share one.
    const ADDRESS: u64 = 20;
    /// Failures this long ago are forgotten.
    const MEMORY: TimeDelta = TimeDelta::hours(1);
    /// The longest wait.
    const LONGEST: TimeDelta = TimeDelta::minutes(15);

    fn of(cx: &ActorContext, email: &Email) -> Result<Self> {
        let (keys, now) = (cx.app().keys(), cx.now());
        let address = cx.origin().address.map(network);
        Ok(Self {
            account: keys.pseudonym("sign-in account", &email.normal(), now)?,
            address: address
                .map(|address| keys.pseudonym("sign-in address", &address.to_string(), now))
                .transpose()?,
        })
    }

    fn subjects(&self) -> Vec<&str> {
        let address = self.address.as_deref();
        std::iter::once(self.account.as_str())
            .chain(address)
            .collect()
    }

    /// Whether the account has to wait. That an address has to is told: it says nothing about any
    /// account.
    async fn refuses(&self, cx: &ActorContext) -> Result<bool> {
        let now = cx.now();
        let found = cx.reader().throttles(&self.subjects(), now).await?;
        let mut is_refused = false;
        for throttle in found {
            if Some(&throttle.subject) == self.address.as_ref() {
                let wait = (throttle.retry_at - now).num_seconds().max(0);
                return Err(Error::RateLimited {
                    retry_after_seconds: wait.unsigned_abs() + 1,
                });
            }
            is_refused = true;
        }
        Ok(is_refused)
    }

    async fn count(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.cx().now();
        for subject in self.subjects() {
            let allowed = if subject == self.account {
                Self::ACCOUNT
            } else {
                Self::ADDRESS
            };
            let store = tx.store_tx();
            let failures = store
                .count_failure(subject, now, now - Self::MEMORY)
                .await?;
            if failures >= allowed {
                let doublings = u32::try_from(failures - allowed)
                    .unwrap_or(u32::MAX)
                    .min(10);
                let wait = TimeDelta::seconds(2_i64.pow(doublings + 1)).min(Self::LONGEST);
                store.refuse_until(subject, now + wait).await?;
            }
        }
        Ok(())
    }

    /// A good password clears the account, not the address: others guess from there too.
    async fn forgive(&self, tx: &mut Tx) -> Result<()> {
        tx.store_tx().forget_failures(&self.account).await
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
