//! Token buckets, one for each of many keys. What has filled up again is forgotten, so that they take
//! no more memory than there were callers in the last minutes.

use std::{
    collections::HashMap,
    hash::Hash,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::time::Timestamp;
use governor::{
    Quota, RateLimiter, clock::Clock, middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use super::MINUTE;

/// How many charges there are at most before what is full again is forgotten.
const CHARGES_BETWEEN_SWEEPS: u32 = 100_000;

/// How a bucket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    /// What it holds when full.
    pub(super) quota: u32,
    /// What is left.
    pub(super) left: u32,
    /// In how many seconds it is full again; after a refusal, in how many to come back.
    pub(super) seconds: u64,
}

/// The time since the start, by a clock that may be set: it never goes back.
#[derive(Clone)]
pub(super) struct Elapsed {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// When it was asked last, and what it said.
    last: Arc<Mutex<(Timestamp, Duration)>>,
}

impl Elapsed {
    pub(super) fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        let start = now();
        Self {
            now: Arc::new(now),
            last: Arc::new(Mutex::new((start, Duration::ZERO))),
        }
    }
}

impl Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let now = (self.now)();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, elapsed) = *last;
        // A clock that was set back goes on from where it is now.
        let elapsed = elapsed + (now - at).to_std().unwrap_or_default();
        *last = (now, elapsed);
        elapsed
    }
}

/// A bucket for each key, all of one size.
pub(super) struct Buckets<K: Hash + Eq + Clone> {
    quota: NonZeroU32,
    clock: Elapsed,
    limiter: RateLimiter<K, DashMapStateStore<K>, Elapsed, StateInformationMiddleware>,
    swept_at: AtomicU64,
    charges: AtomicU32,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// Buckets that hold so much, and fill in a minute.
    pub(super) fn new(quota: NonZeroU32, clock: Elapsed) -> Self {
        Self {
            quota,
            limiter: RateLimiter::new(
                Quota::per_minute(quota),
                DashMapStateStore::default(),
                clock.clone(),
            ),
            swept_at: AtomicU64::new(clock.now().as_secs()),
            charges: AtomicU32::new(0),
            clock,
        }
    }

    /// Takes something out of a bucket, or, as the error, says how it stands. Something larger than
    /// the bucket takes all of it.
    pub(super) fn charge(&self, key: &K, cost: NonZeroU32) -> Result<Level, Level> {
        self.sweep_if_due();
        let quota = self.quota.get();
        match self.limiter.check_key_n(key, cost.min(self.quota)) {
            Ok(Ok(state)) => {
                let left = state.remaining_burst_capacity();
                let missing = u64::from(quota.saturating_sub(left));
                Ok(Level {
                    quota,
                    left,
                    seconds: (missing * MINUTE.as_secs()).div_ceil(u64::from(quota)),
                })
            }
            Ok(Err(not_yet)) => {
                let wait = not_yet.wait_time_from(self.clock.now());
                Err(Level {
                    quota,
                    left: 0,
                    seconds: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
                })
            }
            // It cannot be: no cost is larger than the bucket.
            Err(_too_much) => Err(Level {
                quota,
                left: 0,
                seconds: MINUTE.as_secs(),
            }),
        }
    }

    /// How many buckets are not full.
    pub(super) fn len(&self) -> usize {
        self.limiter.len()
    }

    /// Forgets full buckets each minute, or after many charges.
    fn sweep_if_due(&self) {
        let charges = self.charges.fetch_add(1, Ordering::Relaxed);
        let (now, before) = (
            self.clock.now().as_secs(),
            self.swept_at.load(Ordering::Relaxed),
        );
        if charges < CHARGES_BETWEEN_SWEEPS && now < before + MINUTE.as_secs() {
            return;
        }
        // One of those who see that it is due does it.
        if self
            .charges
            .compare_exchange(charges + 1, 0, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
        {
            self.swept_at.store(now, Ordering::Relaxed);
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
    }
}

/// Buckets of keys that have quotas of their own: those of one size are together.
pub(super) struct KeyBuckets<K: Hash + Eq + Clone> {
    clock: Elapsed,
    sizes: Mutex<HashMap<NonZeroU32, Arc<Buckets<K>>>>,
}

/// How many sizes are kept before those without a bucket in use are dropped.
const MOST_SIZES: usize = 64;

impl<K: Hash + Eq + Clone> KeyBuckets<K> {
    pub(super) fn new(clock: Elapsed) -> Self {
        Self {
            clock,
            sizes: Mutex::default(),
        }
    }

    /// Takes something out of the bucket of a key whose quota is this.
    pub(super) fn charge(
        &self,
        quota: NonZeroU32,
        key: &K,
        cost: NonZeroU32,
    ) -> Result<Level, Level> {
        self.of(quota).charge(key, cost)
    }

    fn of(&self, quota: NonZeroU32) -> Arc<Buckets<K>> {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        if sizes.len() >= MOST_SIZES && !sizes.contains_key(&quota) {
            sizes.retain(|_, buckets| {
                buckets.limiter.retain_recent();
                buckets.len() > 0
            });
        }
        let new = || Arc::new(Buckets::new(quota, self.clock.clone()));
        Arc::clone(sizes.entry(quota).or_insert_with(new))
    }
}
