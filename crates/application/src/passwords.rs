//! Hashing passwords with argon2id (RFC 9106), a few at a time.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordVerifier as _, Version,
    password_hash::PasswordHasher as _,
};
use domain::{Error, Result, users::Password};
use tokio::sync::Semaphore;

use crate::keys::random;

/// How long somebody waits for their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// How many are made at once: each takes its memory and a core.
    pub at_once: usize,
}

impl HashCost {
    fn params(self) -> Result<Params> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|error| Error::invalid("auth", format!("argon2: {error}")))
    }

    /// Whether argon2 takes these figures.
    pub fn check(self) -> Result<()> {
        self.params().map(drop)
    }
}

/// Makes and compares hashes of passwords.
#[derive(Debug)]
pub(crate) struct Passwords {
    cost: HashCost,
    turns: Arc<Semaphore>,
    /// A hash of nothing anybody knows: comparing with it takes as long as with a real one. Made when
    /// the first password is compared, whose ever it is.
    dummy: Arc<OnceLock<String>>,
}

/// What came of a comparison.
#[derive(PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is another password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, and its hash is of other costs than wanted now: here is a new one.
    Rehashed(String),
}

impl Passwords {
    pub(crate) fn new(cost: HashCost) -> Self {
        Self {
            cost,
            turns: Arc::new(Semaphore::new(cost.at_once.max(1))),
            dummy: Arc::default(),
        }
    }

    pub(crate) async fn hash(&self, password: Password) -> Result<String> {
        let params = self.cost.params()?;
        self.in_turn(move || hash_now(&params, &password)).await
    }

    /// Compares with a hash; without one it takes as long and is wrong.
    pub(crate) async fn verify(&self, password: Password, hash: Option<String>) -> Result<Verdict> {
        let params = self.cost.params()?;
        let dummy = Arc::clone(&self.dummy);
        self.in_turn(move || {
            if dummy.get().is_none() {
                let unknown =
                    Password::given("password", &hex::encode(random::<32>()?.as_slice()))?;
                let made = hash_now(&params, &unknown)?;
                dummy.get_or_init(|| made);
            }
            let is_real = hash.is_some();
            let hash = hash.or_else(|| dummy.get().cloned()).unwrap_or_default();
            let parsed =
                PasswordHash::new(&hash).map_err(|error| Error::internal(error.to_string()))?;
            let is_right = Argon2::default()
                .verify_password(password.reveal().as_bytes(), &parsed)
                .is_ok();
            if !(is_right && is_real) {
                return Ok(Verdict::Wrong);
            }
            let known =
                Params::try_from(&parsed).map_err(|error| Error::internal(error.to_string()))?;
            let same = |a: &Params, b: &Params| {
                (a.m_cost(), a.t_cost(), a.p_cost()) == (b.m_cost(), b.t_cost(), b.p_cost())
            };
            if same(&known, &params) {
                return Ok(Verdict::Right);
            }
            hash_now(&params, &password).map(Verdict::Rehashed)
        })
        .await
    }

    /// Runs the work on a thread of its own when it is its turn. The turn goes with the work: a
    /// client that goes away does not make room for another.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let waiting = Arc::clone(&self.turns).acquire_owned();
        let Ok(turn) = tokio::time::timeout(PATIENCE, waiting).await else {
            return Err(Error::Unavailable {
                message: "too many people sign in at once; try again in a moment".to_owned(),
                source: None,
            });
        };
        let turn = turn.map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(Error::internal)?
    }
}

fn hash_now(params: &Params, password: &Password) -> Result<String> {
    let salt = random::<16>()?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_with_salt(password.reveal().as_bytes(), salt.as_slice())
        .map(|hash| hash.to_string())
        .map_err(|error| Error::internal(error.to_string()))
}
