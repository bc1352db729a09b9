//! A database for one test: a copy of a migrated SQLite file, or a PostgreSQL database made from a
//! migrated template.

use std::sync::atomic::{AtomicU64, Ordering};

use persistence::{Durability, Store, StoreOptions};
use sea_orm::{ConnectionTrait, Database};
use tokio::sync::OnceCell;

static NUMBER: AtomicU64 = AtomicU64::new(0);
static TEMPLATE: OnceCell<Template> = OnceCell::const_new();

enum Template {
    Sqlite(tempfile::TempDir),
    Postgres { server: String, name: String },
}

/// A database that goes with its test.
pub struct TestDatabase {
    /// Where it is.
    pub url: String,
    folder: Option<tempfile::TempDir>,
    drop: Option<(String, String)>,
}

impl TestDatabase {
    pub async fn create() -> Self {
        match TEMPLATE.get_or_init(make_template).await {
            Template::Sqlite(template) => {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("test.db");
                std::fs::copy(template.path().join("template.db"), &path).unwrap();
                Self { url: format!("sqlite:{}", path.display()), folder: Some(folder), drop: None }
            }
            Template::Postgres { server, name } => {
                let own = format!("colophon_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
                admin(server, &format!("CREATE DATABASE {own} TEMPLATE {name}")).await;
                Self { url: with_database(server, &own), folder: None, drop: Some((server.clone(), own)) }
            }
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let _folder = self.folder.take();
        if let Some((server, name)) = self.drop.take() {
            // The test's own runtime is ending; a thread of its own outlives it.
            let cleanup = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(admin(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
            });
            let _ended = cleanup.join();
        }
    }
}

async fn make_template() -> Template {
    if engine() == "postgres" {
        let server = variable("COLOPHON_TEST_POSTGRES_URL").expect("COLOPHON_TEST_POSTGRES_URL names a PostgreSQL server; `make test` starts one");
        let name = format!("colophon_template_{}", std::process::id());
        admin(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        admin(&server, &format!("CREATE DATABASE {name}")).await;
        migrate(with_database(&server, &name)).await;
        Template::Postgres { server, name }
    } else {
        let folder = tempfile::tempdir().unwrap();
        migrate(format!("sqlite:{}", folder.path().join("template.db").display())).await;
        Template::Sqlite(folder)
    }
}

async fn migrate(url: String) {
    let store = Store::open(&StoreOptions { url, readers: 2, durability: Durability::PowerSafe }).await.unwrap();
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

#[expect(clippy::disallowed_methods, reason = "the test run is configured by its environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
