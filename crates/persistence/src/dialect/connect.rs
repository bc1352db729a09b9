//! Opens the pools: SQLite with one writer and read-only readers, PostgreSQL with one pool.

use std::{path::Path, time::Duration};

use domain::{Error, Result, error::BoxError};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection,
    sqlx::{ConnectOptions as _, Connection as _, postgres::PgConnectOptions},
};

use super::Engine;
use crate::{Durability, StoreOptions, error::from_db};

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections of a store. On PostgreSQL both are the same pool.
#[derive(Debug, Clone)]
pub(crate) struct Pools {
    pub(crate) engine: Engine,
    pub(crate) reader: DatabaseConnection,
    pub(crate) writer: DatabaseConnection,
}

/// Opens a store by its address: `sqlite:PATH` or `postgres://…`.
pub(crate) async fn connect(options: &StoreOptions) -> Result<Pools> {
    if let Some(path) = options.url.strip_prefix("sqlite:") {
        sqlite(path.trim_start_matches("//"), options).await
    } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
        postgres(options).await
    } else {
        Err(Error::invalid(
            "database.url",
            "must begin with `sqlite:` or `postgres://`",
        ))
    }
}

async fn sqlite(path: &str, options: &StoreOptions) -> Result<Pools> {
    if let Some(folder) = Path::new(path)
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|source| Error::Unavailable {
            message: format!("cannot make the folder {}", folder.display()),
            source: Some(source.into()),
        })?;
    }
    // In bulk, pages that many transactions touch stay in memory longer and are copied from the log
    // into the file less often.
    let (synchronous, cache, checkpoint) = match options.durability {
        Durability::PowerSafe => ("FULL", "-16384", "1000"),
        Durability::Bulk => ("NORMAL", "-32768", "16000"),
    };
    let mut write = base(format!("sqlite://{path}?mode=rwc"));
    write.max_connections(1).min_connections(1);
    write.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", synchronous)
            .pragma("foreign_keys", "ON")
            .pragma("busy_timeout", "10000")
            .pragma("cache_size", cache)
            .pragma("wal_autocheckpoint", checkpoint)
            .statement_cache_capacity(500)
    });
    let writer = Database::connect(write).await.map_err(from_db)?;
    let mut read = base(format!("sqlite://{path}?mode=ro"));
    read.max_connections(options.readers.max(1))
        .min_connections(1);
    read.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .pragma("query_only", "ON")
            .pragma("busy_timeout", "10000")
            .pragma("cache_size", "-8192")
            // A mapped file is faster to read, but all of it that was ever read counts as memory.
            .pragma("mmap_size", "0")
            .statement_cache_capacity(500)
    });
    let reader = Database::connect(read).await.map_err(from_db)?;
    Ok(Pools {
        engine: Engine::Sqlite,
        reader,
        writer,
    })
}

async fn postgres(options: &StoreOptions) -> Result<Pools> {
    try_postgres(&options.url).await?;
    let mut connect = base(options.url.clone());
    connect
        .max_connections(options.readers.max(2))
        .min_connections(1)
        // What has lain idle is asked whether it is still there, so that after a restart of the
        // server nobody meets the connections of before. Under load nothing lies idle.
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        .set_application_name("colophon");
    connect.map_sqlx_postgres_opts(|postgres| postgres.statement_cache_capacity(500));
    let pool = Database::connect(connect).await.map_err(from_db)?;
    Ok(Pools {
        engine: Engine::Postgres,
        reader: pool.clone(),
        writer: pool,
    })
}

/// Connects once outside of the pool, which would try for as long as it may and then not say what
/// was wrong.
async fn try_postgres(url: &str) -> Result<()> {
    let trial = async {
        let connection = url.parse::<PgConnectOptions>()?.connect().await?;
        connection.close().await
    };
    let refused: BoxError = match tokio::time::timeout(PATIENCE, trial).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.into(),
        Err(_elapsed) => format!("no answer within {} seconds", PATIENCE.as_secs()).into(),
    };
    Err(Error::Unavailable {
        message: "the database cannot be reached".to_owned(),
        source: Some(refused),
    })
}

fn base(url: String) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect
        .sqlx_logging(false)
        .acquire_timeout(PATIENCE)
        .connect_timeout(PATIENCE)
        // A ping before every use would be a round trip for every read.
        .test_before_acquire(false);
    connect
}
