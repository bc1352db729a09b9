//! Where the public keys of outside issuers come from: their own servers, found by OpenID Connect
//! Discovery and kept for as long as they say.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use application::{
    App, Clock,
    oidc::{Issuer, IssuerKeys, KeySource},
};
use chrono::TimeDelta;
use domain::{Error, Result, time::Timestamp};
use futures::future::BoxFuture;
use reqwest::{
    Client, StatusCode, Url,
    header::{CACHE_CONTROL, HeaderMap},
    redirect::Policy,
};
use serde::Deserialize;
use tokio::sync::{Mutex, oneshot};
use tracing::{debug, info, warn};

use crate::{commands::explain, config::check_address, tasks::Tasks};

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest answer that is read.
const MAX_BYTES: usize = 262_144;
/// How long keys are good when the issuer does not say, and at least and at most.
const LIFETIME: TimeDelta = TimeDelta::hours(1);
const SHORTEST: TimeDelta = TimeDelta::minutes(5);
const LONGEST: TimeDelta = TimeDelta::hours(24);
/// How long keys are trusted whose issuer does not answer any more: it may have withdrawn them.
const OLDEST: TimeDelta = LONGEST;
/// How long an issuer is left alone after it was asked: tokens with made-up names of keys must not
/// make us ask it all the time.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// The same as long as it has never answered: nobody gets in meanwhile.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(5);
/// How long a request waits for new keys while old ones would do.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often keys that will soon be old are looked for.
const LOOK: Duration = Duration::from_secs(30);

/// The keys of all issuers.
pub(crate) struct RemoteKeys {
    issuers: BTreeMap<String, Arc<Remote>>,
    client: Client,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.issuers.values()).finish()
    }
}

/// One issuer and what is known of its keys.
#[derive(Debug)]
struct Remote {
    issuer: String,
    state: RwLock<State>,
    /// Held by whoever asks: one at a time.
    asking: Arc<Mutex<()>>,
}

#[derive(Debug, Default, Clone)]
struct State {
    known: Option<Known>,
    asked_at: Option<Timestamp>,
    /// Counts how often it was asked.
    asked: u64,
    is_away: bool,
}

#[derive(Debug, Clone)]
struct Known {
    keys: Arc<IssuerKeys>,
    since: Timestamp,
    lifetime: TimeDelta,
}

impl Known {
    /// Whether they are good while their issuer does not answer.
    fn is_trusted(&self, now: Timestamp) -> bool {
        now < self.since + OLDEST
    }
}

/// What an issuer answered: its keys, and how long they are good.
pub(crate) struct Fetched {
    pub(crate) keys: IssuerKeys,
    lifetime: TimeDelta,
}

impl State {
    /// Whether the issuer has been left alone for long enough.
    fn may_ask(&self, now: Timestamp) -> bool {
        let pause = if self.known.is_some() {
            PAUSE
        } else {
            FIRST_PAUSE
        };
        // A clock that was put back must not stop the asking.
        self.asked_at
            .is_none_or(|at| !(TimeDelta::zero()..pause).contains(&(now - at)))
    }

    fn wants(&self, kid: &str, now: Timestamp) -> bool {
        self.known
            .as_ref()
            .is_none_or(|known| now >= known.since + known.lifetime || !known.keys.has(kid))
    }

    /// How long somebody waits for new keys whose own is there, but old; `None`: it is not there.
    fn patience(&self, kid: &str, now: Timestamp) -> Option<Duration> {
        let is_good = |known: &Known| known.is_trusted(now) && known.keys.has(kid);
        let is_known = self.known.as_ref().is_some_and(is_good);
        is_known.then_some(if self.is_away {
            Duration::ZERO
        } else {
            PATIENCE
        })
    }

    /// Whether the keys will be old before long.
    fn is_ageing(&self, now: Timestamp) -> bool {
        self.known
            .as_ref()
            .is_none_or(|known| now >= known.since + known.lifetime * 4 / 5)
    }
}

impl Remote {
    fn state(&self) -> State {
        self.state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes over what came of asking: all of it, though it be empty. Keys that were there stay, until
    /// they are too old, when nothing came.
    fn keep(&self, fetched: Result<Fetched>, now: Timestamp) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.asked_at = Some(now);
        state.asked += 1;
        match fetched {
            Ok(Fetched { keys, lifetime }) => {
                if state.is_away {
                    info!(oidc.issuer = self.issuer, "the issuer answers again");
                }
                debug!(oidc.issuer = self.issuer, ?keys, "the keys of an issuer");
                state.is_away = false;
                state.known = Some(Known {
                    keys: Arc::new(keys),
                    since: now,
                    lifetime,
                });
            }
            // Told once, not at every attempt.
            Err(error) if !state.is_away => {
                state.is_away = true;
                let error = explain(&error);
                warn!(oidc.issuer = self.issuer, %error, had_keys = state.known.is_some(), "the keys of an issuer cannot be had");
            }
            Err(_) => {}
        }
    }
}

impl RemoteKeys {
    pub(crate) fn new(issuers: &[Issuer], clock: Arc<dyn Clock>) -> Result<Self> {
        let remote = |issuer: &Issuer| {
            let remote = Remote {
                issuer: issuer.issuer.clone(),
                state: RwLock::default(),
                asking: Arc::default(),
            };
            (issuer.issuer.clone(), Arc::new(remote))
        };
        Ok(Self {
            issuers: issuers.iter().map(remote).collect(),
            client: client()?,
            clock,
            tasks: Tasks::default(),
        })
    }

    /// Asks an issuer, unless somebody else does already: then it waits for them. A request that is
    /// cut off does not cut off the asking, which others may wait for.
    async fn ask(&self, remote: &Arc<Remote>, seen: u64) {
        let turn = Arc::clone(&remote.asking).lock_owned().await;
        if remote.state().asked != seen {
            return;
        }
        let (done, ended) = oneshot::channel::<()>();
        let (remote, client) = (Arc::clone(remote), self.client.clone());
        let now = self.clock.now();
        self.tasks.spawn(async move {
            let fetched = fetch(&client, &remote.issuer).await;
            remote.keep(fetched, now);
            drop((turn, done));
        });
        // It ends by being dropped.
        let _ended = ended.await;
    }

    async fn keys_of(&self, issuer: &str, kid: &str) -> Result<Arc<IssuerKeys>> {
        let remote = self
            .issuers
            .get(issuer)
            .ok_or_else(|| Error::internal("an issuer that is not configured"))?;
        let (state, now) = (remote.state(), self.clock.now());
        if state.wants(kid, now) && state.may_ask(now) {
            let asking = self.ask(remote, state.asked);
            if let Some(patience) = state.patience(kid, now) {
                // The asking goes on even if nobody waits for it.
                let _in_time = tokio::time::timeout(patience, asking).await;
            } else {
                asking.await;
            }
        }
        let known = remote.state().known;
        known
            .filter(|known| known.is_trusted(now))
            .map(|known| known.keys)
            .ok_or_else(|| Error::Unavailable {
                message: "the issuer of the token cannot be asked for its keys; try again"
                    .to_owned(),
                source: None,
            })
    }

    async fn renew_ageing(&self) {
        let now = self.clock.now();
        for remote in self.issuers.values() {
            let state = remote.state();
            if state.is_ageing(now) && state.may_ask(now) {
                self.ask(remote, state.asked).await;
            }
        }
    }
}

impl KeySource for RemoteKeys {
    fn keys<'a>(&'a self, issuer: &'a str, kid: &'a str) -> BoxFuture<'a, Result<Arc<IssuerKeys>>> {
        Box::pin(self.keys_of(issuer, kid))
    }

    fn renew(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.renew_ageing())
    }
}

/// Keeps the keys of the issuers fresh for as long as the server runs.
pub(crate) async fn follow(app: Arc<App>) {
    while let Some(issuers) = app.issuers() {
        issuers.renew().await;
        tokio::time::sleep(LOOK).await;
    }
}

/// What asks issuers: not for long, and nobody they point to.
pub(crate) fn client() -> Result<Client> {
    Client::builder()
        .timeout(TIMEOUT)
        .redirect(Policy::none())
        .user_agent(concat!("Colophon/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|source| Error::Unavailable {
            message: "issuers cannot be asked over HTTPS: are the certificates of authorities (ca-certificates) installed?".to_owned(),
            source: Some(source.into()),
        })
}

/// Asks an issuer where its keys are, and for the keys.
pub(crate) async fn fetch(client: &Client, issuer: &str) -> Result<Fetched> {
    #[derive(Deserialize)]
    struct Discovery {
        issuer: String,
        jwks_uri: String,
    }
    let start = issuer.trim_end_matches('/');
    let address = format!("{start}/.well-known/openid-configuration");
    let (_, body) = get(client, &address).await?;
    let found: Discovery = serde_json::from_slice(&body)
        .map_err(|error| unusable(&address, format!("is no discovery document: {error}")))?;
    // Otherwise one issuer could speak for another (OpenID Connect Discovery, section 4.3).
    if found.issuer != issuer {
        let why = format!("says that it is {}, not {issuer}", found.issuer);
        return Err(unusable(&address, why));
    }
    check_address(&found.jwks_uri)
        .map_err(|why| unusable(&address, format!("`jwks_uri` {why}")))?;
    let (headers, body) = get(client, &found.jwks_uri).await?;
    let keys = IssuerKeys::parse(&body).map_err(|error| unusable(&found.jwks_uri, error))?;
    Ok(Fetched {
        keys,
        lifetime: lifetime(&headers),
    })
}

async fn get(client: &Client, address: &str) -> Result<(HeaderMap, Vec<u8>)> {
    let failed = |error: reqwest::Error| Error::Unavailable {
        message: format!("{address} does not answer"),
        source: Some(error.without_url().into()),
    };
    let url: Url = address
        .parse()
        .map_err(|error| unusable(address, format!("is not an address: {error}")))?;
    let mut answer = client.get(url).send().await.map_err(failed)?;
    if answer.status() != StatusCode::OK {
        return Err(unusable(address, format!("answers {}", answer.status())));
    }
    let headers = std::mem::take(answer.headers_mut());
    let mut body = Vec::new();
    while let Some(bytes) = answer.chunk().await.map_err(failed)? {
        if body.len() + bytes.len() > MAX_BYTES {
            return Err(unusable(address, "answers too much"));
        }
        body.extend_from_slice(&bytes);
    }
    Ok((headers, body))
}

fn unusable(address: &str, why: impl std::fmt::Display) -> Error {
    Error::Unavailable {
        message: format!("{address} {why}"),
        source: None,
    }
}

/// How long an answer is good, as its `Cache-Control` says, within bounds of ours.
fn lifetime(headers: &HeaderMap) -> TimeDelta {
    let mut said = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in value.to_str().unwrap_or_default().split(',') {
            let directive = directive.trim().to_ascii_lowercase();
            if directive == "no-store" || directive == "no-cache" {
                return SHORTEST;
            }
            let seconds = directive.strip_prefix("max-age=");
            let seconds = seconds.and_then(|text| text.trim_matches('"').parse::<u32>().ok());
            said = seconds
                .map(|seconds| TimeDelta::seconds(seconds.into()))
                .or(said);
        }
    }
    said.unwrap_or(LIFETIME).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn keys_are_kept_as_long_as_the_issuer_says_within_bounds() {
        for (said, seconds) in [
            (&[][..], 3_600),
            (&["public, max-age=19845, must-revalidate"], 19_845),
            (&["Max-Age=600"], 600),
            (&["public", "max-age=\"900\""], 900),
            (&["max-age=1"], 300),
            (&["max-age=99999999"], 86_400),
            (&["max-age=never"], 3_600),
            (&["no-store, max-age=3600"], 300),
        ] {
            let mut headers = HeaderMap::new();
            for value in said {
                headers.append(CACHE_CONTROL, HeaderValue::from_static(value));
            }
            assert_eq!(lifetime(&headers).num_seconds(), seconds, "{said:?}");
        }
    }

    #[test]
    fn an_issuer_is_left_alone_for_a_while() {
        let at = |seconds: i64| Timestamp::from_timestamp(1_780_000_000 + seconds, 0).unwrap();
        let mut state = State::default();
        assert!(state.may_ask(at(0)) && state.wants("a", at(0)));
        state.asked_at = Some(at(0));
        assert!(!state.may_ask(at(4)) && state.may_ask(at(5)));
        state.known = Some(Known {
            keys: Arc::default(),
            since: at(0),
            lifetime: TimeDelta::minutes(10),
        });
        assert!(!state.may_ask(at(59)) && state.may_ask(at(60)) && state.may_ask(at(-1)));
        assert!(!state.is_ageing(at(479)) && state.is_ageing(at(480)));
    }
}
