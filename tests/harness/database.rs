//! A database for one test: a copy of a migrated SQLite file, or a PostgreSQL database made from a
//! migrated template.

use std::sync::atomic::{AtomicU64, Ordering};

use persistence::{Durability, Store, StoreOptions};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tokio::sync::OnceCell;

static NUMBER: AtomicU64 = AtomicU64::new(0);
static TEMPLATE: OnceCell<TestDatabase> = OnceCell::const_new();

/// A database that goes with its test.
pub struct TestDatabase {
    /// Where it is.
    pub url: String,
    folder: Option<tempfile::TempDir>,
    drop: Option<(String, String)>,
}

impl TestDatabase {
    /// An empty one, with the schema.
    pub async fn create() -> Self {
        let template = TEMPLATE.get_or_init(make_template).await;
        template.copy().await
    }

    /// One with the same content. Nobody may be connected to this one.
    pub async fn copy(&self) -> Self {
        if let Some(path) = self.url.strip_prefix("sqlite:") {
            let folder = tempfile::tempdir().unwrap();
            let copy = folder.path().join("test.db");
            std::fs::copy(path, &copy).unwrap();
            return Self {
                url: format!("sqlite:{}", copy.display()),
                folder: Some(folder),
                drop: None,
            };
        }
        let template = self.url.rsplit('/').next().unwrap();
        let own = format!(
            "colophon_test_{}_{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        admin(
            &postgres(),
            &format!("CREATE DATABASE {own} TEMPLATE {template}"),
        )
        .await;
        Self {
            url: with_database(&postgres(), &own),
            folder: None,
            drop: Some((postgres(), own)),
        }
    }

    /// The same database for another server; it goes with this one.
    pub fn shared(&self) -> Self {
        Self {
            url: self.url.clone(),
            folder: None,
            drop: None,
        }
    }

    /// A connection beside the server's own, for what no face shows. Just one, so that what is set
    /// on it holds.
    pub async fn connect(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(&self.url);
        options.max_connections(1);
        Database::connect(options).await.unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let _folder = self.folder.take();
        if let Some((server, name)) = self.drop.take() {
            // The test's own runtime is ending; a thread of its own outlives it.
            let cleanup = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(admin(
                    &server,
                    &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                ));
            });
            let _ended = cleanup.join();
        }
    }
}

async fn make_template() -> TestDatabase {
    let database = if engine() == "postgres" {
        let name = format!("colophon_template_{}", std::process::id());
        admin(
            &postgres(),
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await;
        admin(&postgres(), &format!("CREATE DATABASE {name}")).await;
        TestDatabase {
            url: with_database(&postgres(), &name),
            folder: None,
            drop: None,
        }
    } else {
        let folder = tempfile::tempdir().unwrap();
        TestDatabase {
            url: format!("sqlite:{}", folder.path().join("template.db").display()),
            folder: Some(folder),
            drop: None,
        }
    };
    migrate(database.url.clone()).await;
    database
}

fn postgres() -> String {
    variable("COLOPHON_TEST_POSTGRES_URL")
        .expect("COLOPHON_TEST_POSTGRES_URL names a PostgreSQL server; `make test` starts one")
}

async fn migrate(url: String) {
    let store = Store::open(&StoreOptions {
        url,
        readers: 2,
        durability: Durability::PowerSafe,
    })
    .await
    .unwrap();
    store.migrate().await.unwrap();
    store.close().await.unwrap();
}

async fn admin(server: &str, statement: &str) {
    let connection = Database::connect(server).await.unwrap();
    connection.execute_unprepared(statement).await.unwrap();
    connection.close().await.unwrap();
}

fn with_database(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(name);
    url.into()
}

/// `sqlite` or `postgres`.
pub fn engine() -> String {
    variable("COLOPHON_TEST_ENGINE").unwrap_or_else(|| "sqlite".to_owned())
}

/// A setting of the test run.
#[expect(
    clippy::disallowed_methods,
    reason = "the test run is configured by its environment"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
