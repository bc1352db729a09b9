//! The only crate that knows SQL. One concrete [`Store`]: domain types in, domain types out.
//!
//! Every read takes a [`ReadScope`](domain::access::ReadScope) and hides what the actor may not
//! see; every change happens in a [`WriteTx`] and takes a [`Permit`](domain::access::Permit). No
//! type of the database library appears in this crate's public surface.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use domain::{Error, Result, audit::Origin, fields::ContentModel};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{DatabaseConnection, Statement, TransactionTrait};

mod api_keys;
mod assets;
mod audit;
mod authors;
mod collections;
mod comments;
mod dialect;
mod editions;
mod entries;
mod error;
mod field_filters;
mod galleries;
mod idempotency;
mod identities;
mod imports;
mod jobs;
mod lists;
mod menus;
mod newsletters;
mod one_time;
mod prune;
mod record_cache;
mod record_fields;
mod redirects;
mod references;
mod revisions;
mod sessions;
mod slugs;
mod sql;
mod terms;
mod usage;
mod users;
mod versions;
mod write_tx;

pub use api_keys::NewApiKey;
pub use comments::{CommentEdit, CommentSave};
pub use dialect::Engine;
pub use entries::{
    Above, Below, BodySave, Bucket, EntrySave, Facet, FacetField, FieldsOfEntry, Followed, Latest,
    Moved, Pending, PendingSave, RelatedTo, Relations, Replaced,
};
pub use idempotency::KeyClaim;
pub use imports::{Deferred, ImportLink, ImportRecord};
pub use jobs::{JobFailure, Lease, NextJobs, ScheduledEntry, SetTime, TakenJob};
pub use one_time::{OneTime, Purpose};
pub use prune::PRUNE_AT_ONCE;
pub use record_fields::FieldsOfRecord;
pub use redirects::{Addressed, PathChange, PathRow, Standing};
pub use references::Referent;
pub use sessions::{Rotation, TokenHash};
pub use slugs::Neighbours;
pub use terms::TermSlug;
pub use usage::{Deletion, OnUse};
pub use users::Credentials;
pub use write_tx::{Save, Sealed, WriteTx};

use dialect::Pools;
use error::from_db;
use imports::NewRecords;
use record_cache::RecordCache;
use sql::{Connection, Row, Sql};

/// How to open a store.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections that read (SQLite), or all (PostgreSQL).
    pub readers: u32,
    /// What a power cut may take.
    pub durability: Durability,
}

/// What a power cut may take with it, on SQLite; PostgreSQL's own settings rule there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Nothing that was acknowledged.
    #[default]
    PowerSafe,
    /// The last moments of an import, which can be run again. The file stays whole.
    Bulk,
}

/// The content store.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
    log: Arc<StatementLog>,
    records: Arc<RecordCache>,
    content_model: Arc<ContentModel>,
}

/// What ran: always a number, and the texts while somebody asks for them.
#[derive(Debug, Default)]
struct StatementLog {
    count: AtomicU64,
    is_recording: AtomicBool,
    texts: Mutex<Vec<String>>,
}

impl StatementLog {
    fn note(&self, statement: &Statement) {
        self.count.fetch_add(1, Ordering::Relaxed);
        if self.is_recording.load(Ordering::Relaxed) {
            self.texts
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(statement.to_string());
        }
    }
}

impl Store {
    /// Opens a store; SQLite files and their folder are made when missing.
    pub async fn open(options: &StoreOptions) -> Result<Self> {
        let mut pools = dialect::connect(options).await?;
        let log = Arc::new(StatementLog::default());
        for pool in [&mut pools.reader, &mut pools.writer] {
            let log = Arc::clone(&log);
            pool.set_metric_callback(move |info| log.note(info.statement));
        }
        Ok(Self {
            pools,
            log,
            records: Arc::default(),
            content_model: Arc::default(),
        })
    }

    /// The store of a site that declares these fields: which values of edits that wait are references
    /// is told by them. Without it, none are.
    #[must_use]
    pub fn with_content_model(self, model: Arc<ContentModel>) -> Self {
        Self {
            content_model: model,
            ..self
        }
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<()> {
        Migrator::up(&self.pools.writer, None)
            .await
            .map_err(from_db)
    }

    /// How many steps are still to be run.
    pub async fn pending_migrations(&self) -> Result<usize> {
        let pending = Migrator::get_pending_migrations(&self.pools.writer)
            .await
            .map_err(from_db)?;
        Ok(pending.len())
    }

    /// The engine behind it.
    pub fn engine(&self) -> Engine {
        self.pools.engine
    }

    /// How many statements ran since it was opened; tests count with it.
    pub fn statement_count(&self) -> u64 {
        self.log.count.load(Ordering::Relaxed)
    }

    /// Begins to keep the texts of statements, with their values in place; for tests.
    pub fn record_statements(&self) {
        self.log.is_recording.store(true, Ordering::Relaxed);
    }

    /// Ends the recording and answers with it.
    pub fn recorded_statements(&self) -> Vec<String> {
        self.log.is_recording.store(false, Ordering::Relaxed);
        std::mem::take(
            &mut *self
                .log
                .texts
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// How the engine would run a recorded statement, line by line; for tests.
    pub async fn explain(&self, statement: &str) -> Result<Vec<String>> {
        let engine = self.pools.engine;
        let rows = self
            .reader()
            .query(Sql::new(&format!("{}{statement}", engine.explain())))
            .await?;
        rows.into_iter().map(|row| engine.plan_line(row)).collect()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.reader()
            .query(Sql::new("SELECT 1"))
            .await
            .map(|_rows| ())
    }

    /// What the engine says about itself (version, and on SQLite its compile-time options): for
    /// `colophon doctor` and for the test that guards the query planner's stability.
    pub async fn engine_facts(&self) -> Result<Vec<String>> {
        let mut facts = Vec::new();
        let statements: &[&str] = match self.pools.engine {
            Engine::Sqlite => &[
                "SELECT 'SQLite ' || sqlite_version()",
                "PRAGMA compile_options",
                "PRAGMA journal_mode",
            ],
            Engine::Postgres => &["SELECT version()"],
        };
        for statement in statements {
            for mut row in self.reader().query(Sql::new(statement)).await? {
                facts.push(row.get()?);
            }
        }
        Ok(facts)
    }

    /// Reads outside a transaction.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            engine: self.pools.engine,
            connection: Connection::Pool(&self.pools.reader),
            new_records: None,
            records: Some(&self.records),
        }
    }

    /// Begins a transaction that writes; the audit log keeps where it came from.
    pub async fn begin(&self, origin: Origin) -> Result<WriteTx> {
        let transaction = self
            .pools
            .writer
            .begin_with_options(self.pools.engine.write_transaction())
            .await
            .map_err(from_db)?;
        let model = Arc::clone(&self.content_model);
        Ok(WriteTx::new(self.pools.engine, transaction, origin, model))
    }

    /// How many transactions can write at the same time; `None`: as many as there are connections.
    pub fn writers(&self) -> Option<usize> {
        self.pools.engine.writers()
    }

    /// Closes the pools; SQLite writes its log back into the file.
    pub async fn close(self) -> Result<()> {
        let Pools {
            engine,
            reader,
            writer,
        } = self.pools;
        let both: [Option<DatabaseConnection>; 2] =
            [Some(reader), (engine == Engine::Sqlite).then_some(writer)];
        for pool in both.into_iter().flatten() {
            pool.close().await.map_err(from_db)?;
        }
        Ok(())
    }
}

/// Runs reads, on a pool or inside a transaction. Its methods stand in the files of the records
/// they read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    engine: Engine,
    connection: Connection<'a>,
    new_records: Option<&'a NewRecords>,
    /// None inside a transaction: what it sees may never come true.
    records: Option<&'a RecordCache>,
}

impl Reader<'_> {
    async fn query(&self, sql: Sql) -> Result<Vec<Row>> {
        self.connection.query(self.engine, sql).await
    }

    async fn query_one(&self, sql: Sql) -> Result<Option<Row>> {
        Ok(self.query(sql).await?.into_iter().next())
    }
}

/// Tells what is missing when a row that must be there is not.
fn required<T>(found: Option<T>, what: impl std::fmt::Display) -> Result<T> {
    found.ok_or_else(|| Error::not_found(what))
}
