//! How much whom: requests are counted by address and by who asks, weighed by what they cost, and
//! those beyond the limit are refused before they are worked on. In the memory of this process alone.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use application::{ActorContext, App};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::{
    Error, Result,
    access::Actor,
    id::{ApiKeyId, UserId},
};
use http::{HeaderMap, HeaderName, HeaderValue};

mod buckets;

use crate::client_address::{ClientAddress, SharedAddress};
use buckets::{Buckets, Elapsed, KeyBuckets, Level};

/// What is left (draft-ietf-httpapi-ratelimit-headers).
pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// What there is in all.
pub(crate) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What a change costs besides the request itself.
pub(crate) const CHANGE: u32 = 4;

/// What the changes of one request cost, beside the first of them.
pub(crate) fn of_more(changes: usize) -> u32 {
    let more = u32::try_from(changes.saturating_sub(1)).unwrap_or(u32::MAX);
    CHANGE.saturating_mul(more)
}

/// How much whom. What is left comes back evenly over a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitOptions {
    /// Whether there are limits at all.
    pub enabled: bool,
    /// For each person, and for each address whose requests come without credentials.
    pub requests_per_minute: NonZeroU32,
    /// For each address, whoever asks there; counted before anybody's credentials are looked at.
    pub address_requests_per_minute: NonZeroU32,
    /// Attempts to sign in, for each address.
    pub sign_in_per_minute: NonZeroU32,
    /// Wishes for a new password, for each address.
    pub reset_per_minute: NonZeroU32,
    /// Comments, for each person or address.
    pub comments_per_minute: NonZeroU32,
}

/// What is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Every request of an address.
    Address,
    /// The requests of somebody.
    Default,
    /// Attempts to sign in.
    SignIn,
    /// Wishes for a new password.
    Reset,
    /// Comments.
    Comments,
}

impl Policy {
    /// Its name in headers.
    const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Default => "default",
            Self::SignIn => "sign-in",
            Self::Reset => "reset",
            Self::Comments => "comments",
        }
    }

    /// The limit of its own that a mutation of GraphQL has.
    pub(crate) fn of_mutation(field: &str) -> Option<Self> {
        match field {
            "login" | "setUp" => Some(Self::SignIn),
            "requestPasswordReset" | "resetPassword" | "confirmEmail" => Some(Self::Reset),
            "submitComment" => Some(Self::Comments),
            _ => None,
        }
    }
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Client {
    Address(IpAddr),
    User(UserId),
    Key(ApiKeyId),
}

/// How many people an address is taken to have that stands for many.
const PEOPLE_BEHIND_A_PROXY: u32 = 10;

/// The quota of an address that many people share. It is wider and not without end: whoever comes
/// through a proxy can make the requests look so that tell of it.
fn of_many(quota: NonZeroU32) -> NonZeroU32 {
    NonZeroU32::new(quota.get().saturating_mul(PEOPLE_BEHIND_A_PROXY)).unwrap_or(quota)
}

/// All that is counted.
pub(crate) struct RateLimits {
    addresses: Buckets<Client>,
    requests: Buckets<Client>,
    /// Keys that have a quota of their own.
    keys: KeyBuckets<ApiKeyId>,
    sign_in: Buckets<Client>,
    /// Of addresses that many people share.
    shared_sign_in: Buckets<Client>,
    reset: Buckets<Client>,
    /// Of addresses that many people share.
    shared_reset: Buckets<Client>,
    comments: Buckets<Client>,
}

impl RateLimits {
    /// Counts by the clock of an application; `None` where there are no limits.
    pub(crate) fn new(app: &Arc<App>, options: RateLimitOptions) -> Option<Arc<Self>> {
        let app = Arc::clone(app);
        options
            .enabled
            .then(|| Self::by_clock(Elapsed::new(move || app.now()), options))
    }

    fn by_clock(clock: Elapsed, options: RateLimitOptions) -> Arc<Self> {
        let buckets = |quota| Buckets::new(quota, clock.clone());
        Arc::new(Self {
            addresses: buckets(options.address_requests_per_minute),
            requests: buckets(options.requests_per_minute),
            sign_in: buckets(options.sign_in_per_minute),
            shared_sign_in: buckets(of_many(options.sign_in_per_minute)),
            reset: buckets(options.reset_per_minute),
            shared_reset: buckets(of_many(options.reset_per_minute)),
            comments: buckets(options.comments_per_minute),
            keys: KeyBuckets::new(clock),
        })
    }

    /// What a request from an address may still do.
    fn allowance(self: &Arc<Self>, address: Option<IpAddr>, is_shared: bool) -> Allowance {
        let client = address.map(|address| Client::Address(network(address)));
        Allowance(Arc::new(Spending {
            limits: Arc::clone(self),
            address: client,
            is_shared,
            state: Mutex::new(Spent {
                client,
                quota: None,
                levels: Vec::new(),
            }),
        }))
    }
}

/// What one request may still do, and what it has done. Where the address of the client is not known,
/// nothing is counted.
#[derive(Clone)]
pub(crate) struct Allowance(Arc<Spending>);

struct Spending {
    limits: Arc<RateLimits>,
    address: Option<Client>,
    /// Whether many people have the address: what one of them tries must not lock out the others.
    is_shared: bool,
    state: Mutex<Spent>,
}

struct Spent {
    client: Option<Client>,
    /// The quota of the client alone.
    quota: Option<NonZeroU32>,
    /// How each policy stands that has been asked, in this order.
    levels: Vec<(Policy, Level)>,
}

impl Allowance {
    /// Counts the request for its address, before it is known who asks.
    pub(crate) fn arrive(&self) -> Result<()> {
        self.charge(Policy::Address, NonZeroU32::MIN)
    }

    /// From here on it is known who asks.
    pub(crate) fn recognise(&self, cx: &ActorContext) {
        let client = match cx.actor() {
            Actor::User { id, .. } => Some(Client::User(*id)),
            Actor::ApiKey { id, .. } => Some(Client::Key(*id)),
            Actor::Anonymous | Actor::Link(_) | Actor::System(_) => self.0.address,
        };
        let mut state = self.state();
        state.client = client;
        state.quota = cx.requests_per_minute();
    }

    /// Counts what the request costs.
    pub(crate) fn spend(&self, cost: u32) -> Result<()> {
        match NonZeroU32::new(cost) {
            Some(cost) => self.charge(Policy::Default, cost),
            None => Ok(()),
        }
    }

    /// Counts something that has a limit of its own.
    pub(crate) fn attempt(&self, policy: Policy) -> Result<()> {
        self.charge(policy, NonZeroU32::MIN)
    }

    fn charge(&self, policy: Policy, cost: NonZeroU32) -> Result<()> {
        let limits = &self.0.limits;
        let mut state = self.state();
        let client = match policy {
            // Who is signed in already is not asked who they are.
            Policy::Address | Policy::SignIn | Policy::Reset => self.0.address,
            Policy::Default | Policy::Comments => state.client,
        };
        let Some(client) = client else { return Ok(()) };
        let outcome = match (policy, client, state.quota) {
            (Policy::Default, Client::Key(key), Some(quota)) => {
                limits.keys.charge(quota, &key, cost)
            }
            (Policy::Default, ..) => limits.requests.charge(&client, cost),
            (Policy::Address, ..) => limits.addresses.charge(&client, cost),
            (Policy::SignIn, ..) if self.0.is_shared => limits.shared_sign_in.charge(&client, cost),
            (Policy::SignIn, ..) => limits.sign_in.charge(&client, cost),
            (Policy::Reset, ..) if self.0.is_shared => limits.shared_reset.charge(&client, cost),
            (Policy::Reset, ..) => limits.reset.charge(&client, cost),
            (Policy::Comments, ..) => limits.comments.charge(&client, cost),
        };
        let level = *outcome.as_ref().unwrap_or_else(|refused| refused);
        state.levels.retain(|(known, _)| *known != policy);
        state.levels.push((policy, level));
        outcome.map(drop).map_err(|refused| Error::RateLimited {
            retry_after_seconds: refused.seconds.max(1),
        })
    }

    /// Tells how things stand (draft-ietf-httpapi-ratelimit-headers: lists of structured fields).
    fn tell(&self, headers: &mut HeaderMap) {
        use std::fmt::Write as _;
        let state = self.state();
        let (mut policies, mut levels) = (String::new(), String::new());
        for (number, (policy, level)) in state.levels.iter().enumerate() {
            let (comma, name) = (if number == 0 { "" } else { ", " }, policy.name());
            let _ = write!(policies, "{comma}\"{name}\";q={};w=60", level.quota);
            let _ = write!(
                levels,
                "{comma}\"{name}\";r={};t={}",
                level.left, level.seconds
            );
        }
        if state.levels.is_empty() {
            return;
        }
        for (name, list) in [(RATE_LIMIT_POLICY, policies), (RATE_LIMIT, levels)] {
            if let Ok(value) = HeaderValue::try_from(list) {
                headers.insert(name, value);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, Spent> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Allowance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Allowance").finish_non_exhaustive()
    }
}

/// A layer that gives a request its allowance, and the answer its headers.
pub(crate) async fn measure(
    State(limits): State<Arc<RateLimits>>,
    mut request: Request,
    next: Next,
) -> Response {
    let address = request.extensions().get::<ClientAddress>();
    let is_shared = request.extensions().get::<SharedAddress>().is_some();
    let address = address.and_then(|ClientAddress(address)| *address);
    let allowance = limits.allowance(address, is_shared);
    request.extensions_mut().insert(allowance.clone());
    let mut response = next.run(request).await;
    allowance.tell(response.headers_mut());
    response
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

/// How long what was spent takes to come back.
const MINUTE: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests;
