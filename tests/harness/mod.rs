//! Starts servers for tests: each with a database of its own, cloned from a migrated template, a
//! clock that stands still and ids that count.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use application::{ActorContext, App, Clock, IdSource};
use chrono::{DateTime, TimeZone, Utc};
use domain::{access::Actor, time::Timestamp};
use server::{BuildOptions, Config, build_with};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub mod builders;
mod client;
mod database;
mod demo;
mod faces;
pub mod issuer;
pub mod people;
pub mod post_office;
pub mod program;
mod raw;
pub mod records;
mod sign_in;
pub mod work;

pub use client::{Answer, client, texts};
pub use database::{engine, variable};
pub use faces::{FACES, Face, Resource};

/// A running server and everything a test may want of it.
pub struct TestServer {
    /// The application behind it, for what has no face yet.
    pub app: Arc<App>,
    /// Where it listens, without a slash at the end.
    pub url: String,
    /// The clock it goes by.
    pub clock: Arc<TestClock>,
    client: reqwest::Client,
    shutdown: CancellationToken,
    database: database::TestDatabase,
    files: tempfile::TempDir,
}

impl TestServer {
    /// Starts a server on an empty store.
    pub async fn start() -> Self {
        Self::start_with(|_config| {}).await
    }

    /// Starts a server with settings of the test's own.
    pub async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        let place = Place {
            database: database::TestDatabase::create().await,
            files: tempfile::tempdir().unwrap(),
            ids: TestIds::default(),
        };
        Self::start_at(place, configure).await
    }

    /// Starts a server that holds the demo publication.
    pub async fn with_demo() -> Self {
        Self::with_demo_and(|_config| {}).await
    }

    /// Starts a server that holds the demo publication, with settings of the test's own.
    pub async fn with_demo_and(configure: impl FnOnce(&mut Config)) -> Self {
        Self::start_at(demo::place().await, configure).await
    }

    /// Starts another server on the same store.
    pub async fn twin(&self) -> Self {
        let place = Place {
            database: self.database.shared(),
            files: tempfile::tempdir().unwrap(),
            ids: TestIds::from(1_u64 << 40),
        };
        // Tokens of the one are good for the other.
        Self::start_at(place, |config| {
            config.server.public_url.clone_from(&self.url);
        })
        .await
    }

    /// Another server on the same database, as one that was started again with other settings.
    pub async fn once_more(&self, configure: impl FnOnce(&mut Config)) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let place = Place {
            database: self.database.shared(),
            files: tempfile::tempdir().unwrap(),
            ids: TestIds::from(NUMBER.fetch_add(1, Ordering::Relaxed) * (1 << 40)),
        };
        Self::start_at(place, configure).await
    }

    async fn start_at(place: Place, configure: impl FnOnce(&mut Config)) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut config = place.config();
        config.server.public_url.clone_from(&url);
        configure(&mut config);
        let clock = Arc::new(TestClock::default());
        let options = BuildOptions {
            clock: clock.clone(),
            ids: Arc::new(place.ids),
            ..BuildOptions::default()
        };
        let built = build_with(&config, options).await.unwrap();
        let shutdown = CancellationToken::new();
        let (router, stop) = (built.router, shutdown.clone());
        let serve_options = (&config).into();
        #[expect(
            clippy::disallowed_methods,
            reason = "the server runs beside the test and ends with its runtime"
        )]
        tokio::spawn(async move { server::serve(listener, router, serve_options, stop).await });
        Self {
            app: built.app,
            url,
            clock,
            client: client::client(),
            shutdown,
            database: place.database,
            files: place.files,
        }
    }

    /// A context that may do everything.
    pub fn system(&self) -> ActorContext {
        self.app.context(Actor::System("test"))
    }

    /// A context of a reader.
    pub fn reader(&self) -> ActorContext {
        self.app.context(Actor::Anonymous)
    }

    /// How many SQL statements `work` costs.
    pub async fn statements<T>(&self, work: impl Future<Output = T>) -> (u64, T) {
        let before = self.app.store().statement_count();
        let value = work.await;
        (self.app.store().statement_count() - before, value)
    }
}

/// A number below this one, another one each time.
pub fn random(below: u64) -> u64 {
    RandomState::new().build_hasher().finish() % below
}

/// Where a server keeps its things.
struct Place {
    database: database::TestDatabase,
    files: tempfile::TempDir,
    ids: TestIds,
}

impl Place {
    fn config(&self) -> Config {
        let mut config = Config::defaults().unwrap();
        self.files.path().clone_into(&mut config.data.directory);
        config.database.url.clone_from(&self.database.url);
        config.database.readers = 3;
        config.metrics.enabled = false;
        // A test is one address that asks much in a moment; those of the limits switch them on.
        config.rate_limits.enabled = false;
        config.keys.value = people::keys();
        // As cheap as it gets: what a hash costs is not what tests are about.
        config.auth.argon2_memory_kib = 8;
        config.auth.argon2_passes = 1;
        config
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// A clock that moves only when told to: 2026-05-04T12:00:00Z at first.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl Default for TestClock {
    fn default() -> Self {
        Self(AtomicI64::new(
            Utc.with_ymd_and_hms(2026, 5, 4, 12, 0, 0)
                .unwrap()
                .timestamp(),
        ))
    }
}

impl TestClock {
    /// Moves it to a point in time.
    pub fn set(&self, time: Timestamp) {
        self.0.store(time.timestamp(), Ordering::Relaxed);
    }

    /// Moves it on.
    pub fn advance(&self, time: std::time::Duration) {
        let seconds = i64::try_from(time.as_secs()).unwrap();
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        DateTime::from_timestamp(self.0.load(Ordering::Relaxed), 0).unwrap()
    }
}

/// Ids that count: the same test makes the same ids.
#[derive(Debug, Default)]
struct TestIds(AtomicU64);

impl From<u64> for TestIds {
    fn from(first: u64) -> Self {
        Self(AtomicU64::new(first))
    }
}

impl IdSource for TestIds {
    fn next(&self) -> Uuid {
        let number = u128::from(self.0.fetch_add(1, Ordering::Relaxed) + 1);
        Uuid::from_u128((0x0197_0000_0000_7000_8000_u128 << 48) | number)
    }
}
