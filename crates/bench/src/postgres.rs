//! Brings a filled SQLite store to PostgreSQL, row by row: both engines then hold the same records
//! with the same ids. COPY takes a fraction of the time of the create functions there.

use std::time::{Duration, Instant};

use application::{Durability, Store, StoreOptions};
use rusqlite::types::ValueRef;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use url::Url;

use crate::{Result, fault, note, stores::Filled};

/// How much is sent at once.
const CHUNK: usize = 1 << 20;

/// A filled database.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) url: String,
    /// How long it took; `None`: kept from an earlier run.
    pub(crate) time: Option<Duration>,
}

/// The database with what is in this store: the one an earlier run left, if it still fits.
pub(crate) async fn filled(server: &str, store: &Filled, articles: usize) -> Result<Database> {
    let name = format!("colophon_bench_{articles}");
    let mut url = Url::parse(server)?;
    url.set_path(&name);
    let url = url.to_string();
    let mut admin = PgConnection::connect(server).await?;
    let kept = sqlx::query(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1",
    )
    .bind(&name)
    .fetch_optional(&mut admin)
    .await?;
    let kept: Option<String> = kept.map(|row| row.try_get(0)).transpose()?.flatten();
    if kept.as_deref() == Some(&store.stamp) {
        return Ok(Database { url, time: None });
    }
    note(format_args!("copying {articles} articles to PostgreSQL"));
    let begun = Instant::now();
    run(&mut admin, format!("DROP DATABASE IF EXISTS {name}")).await?;
    run(&mut admin, format!("CREATE DATABASE {name}")).await?;
    copy_all(store, &url).await?;
    run(
        &mut admin,
        format!("COMMENT ON DATABASE {name} IS '{}'", store.stamp),
    )
    .await?;
    admin.close().await?;
    Ok(Database {
        url,
        time: Some(begun.elapsed()),
    })
}

/// A database with the same rows as another one of ours, which nobody may be connected to.
pub(crate) async fn copy_of(server: &str, template: &str, name: &str) -> Result<String> {
    let template = template.rsplit('/').next().unwrap_or_default();
    let mut url = Url::parse(server)?;
    url.set_path(name);
    let mut admin = PgConnection::connect(server).await?;
    run(&mut admin, format!("DROP DATABASE IF EXISTS {name}")).await?;
    run(
        &mut admin,
        format!("CREATE DATABASE {name} TEMPLATE {template}"),
    )
    .await?;
    admin.close().await?;
    Ok(url.into())
}

/// Runs a statement of ours.
async fn run(connection: &mut PgConnection, sql: String) -> Result<()> {
    connection.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}

async fn copy_all(store: &Filled, url: &str) -> Result<()> {
    let target = Store::open(&StoreOptions {
        url: url.to_owned(),
        readers: 2,
        durability: Durability::Bulk,
    })
    .await?;
    target.migrate().await?;
    target.close().await?;
    let mut connection = PgConnection::connect(url).await?;
    let indexes = drop_indexes(&mut connection).await?;
    let tables = tables(&mut connection).await?;
    // The bodies are most of the bytes: they go beside all the rest.
    let (bodies, others): (Vec<Table>, Vec<Table>) = tables
        .into_iter()
        .partition(|table| table.name == "entry_body");
    let (first, second) = tokio::join!(
        copy_tables(store, url, bodies),
        copy_tables(store, url, others)
    );
    first?;
    second?;
    for index in indexes {
        run(&mut connection, index).await?;
    }
    follow_sequences(&mut connection).await?;
    run(&mut connection, "VACUUM ANALYZE".to_owned()).await?;
    run(&mut connection, "CHECKPOINT".to_owned()).await?;
    connection.close().await?;
    Ok(())
}

/// Drops the indexes that are no constraints; answers with the statements that make them again.
async fn drop_indexes(connection: &mut PgConnection) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' AND NOT EXISTS \
         (SELECT 1 FROM pg_constraint c JOIN pg_class x ON x.oid = c.conindid WHERE x.relname = i.indexname)",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut definitions = Vec::new();
    for row in rows {
        let name: String = row.try_get(0)?;
        definitions.push(row.try_get(1)?);
        run(connection, format!("DROP INDEX {name}")).await?;
    }
    Ok(definitions)
}

struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Uuid,
    Boolean,
    Other,
}

async fn tables(connection: &mut PgConnection) -> Result<Vec<Table>> {
    let rows = sqlx::query(
        "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT IN ('seaql_migrations', 'record_generation') ORDER BY table_name, ordinal_position",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut tables: Vec<Table> = Vec::new();
    for row in rows {
        let (name, column, kind): (String, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let kind = match kind.as_str() {
            "uuid" => Kind::Uuid,
            "boolean" => Kind::Boolean,
            _ => Kind::Other,
        };
        match tables.last_mut().filter(|table| table.name == name) {
            Some(table) => table.columns.push((column, kind)),
            None => tables.push(Table {
                name,
                columns: vec![(column, kind)],
            }),
        }
    }
    Ok(tables)
}

async fn copy_tables(store: &Filled, url: &str, tables: Vec<Table>) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    // The rows come from a store that has checked its references already.
    run(
        &mut connection,
        "SET session_replication_role = replica".to_owned(),
    )
    .await?;
    for table in tables {
        copy_table(store, &mut connection, table).await?;
    }
    connection.close().await?;
    Ok(())
}

async fn copy_table(store: &Filled, connection: &mut PgConnection, table: Table) -> Result<()> {
    let names: Vec<&str> = table
        .columns
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let list = names.join(", ");
    let select = format!("SELECT {list} FROM {}", table.name);
    let statement = format!("COPY {} ({list}) FROM STDIN", table.name);
    // SQLite is read in a thread of its own, a few chunks ahead.
    let (sender, mut chunks) = tokio::sync::mpsc::channel::<Result<Vec<u8>>>(4);
    let path = store.path.clone();
    let reader = tokio::task::spawn_blocking(move || {
        if let Err(error) = read(&path, &select, &table.columns, |chunk| {
            sender.blocking_send(Ok(chunk)).is_ok()
        }) {
            let _stopped = sender.blocking_send(Err(error));
        }
    });
    let mut copy = connection.copy_in_raw(&statement).await?;
    while let Some(chunk) = chunks.recv().await {
        copy.send(chunk?).await?;
    }
    copy.finish().await?;
    reader.await?;
    Ok(())
}

/// Reads rows as COPY's text form wants them.
fn read(
    path: &std::path::Path,
    select: &str,
    columns: &[(String, Kind)],
    send: impl Fn(Vec<u8>) -> bool,
) -> Result<()> {
    let connection = rusqlite::Connection::open(path)?;
    let mut statement = connection.prepare(select)?;
    let mut rows = statement.query(())?;
    let mut chunk = Vec::with_capacity(CHUNK + CHUNK / 4);
    while let Some(row) = rows.next()? {
        for (index, (_, kind)) in columns.iter().enumerate() {
            if index > 0 {
                chunk.push(b'\t');
            }
            write(&mut chunk, row.get_ref(index)?, *kind)?;
        }
        chunk.push(b'\n');
        if chunk.len() >= CHUNK
            && !send(std::mem::replace(
                &mut chunk,
                Vec::with_capacity(CHUNK + CHUNK / 4),
            ))
        {
            return Ok(());
        }
    }
    send(chunk);
    Ok(())
}

fn write(out: &mut Vec<u8>, value: ValueRef<'_>, kind: Kind) -> Result<()> {
    match (value, kind) {
        (ValueRef::Null, _) => out.extend_from_slice(b"\\N"),
        (ValueRef::Integer(number), Kind::Boolean) => {
            out.push(if number == 0 { b'f' } else { b't' });
        }
        (ValueRef::Integer(number), _) => out.extend_from_slice(number.to_string().as_bytes()),
        (ValueRef::Real(number), _) => out.extend_from_slice(number.to_string().as_bytes()),
        (ValueRef::Blob(bytes), Kind::Uuid) => {
            for byte in bytes {
                out.extend_from_slice(format!("{byte:02x}").as_bytes());
            }
        }
        (ValueRef::Blob(_), _) => return Err(fault("bytes in a column that holds no id")),
        (ValueRef::Text(text), _) => {
            for byte in text {
                match byte {
                    b'\\' => out.extend_from_slice(b"\\\\"),
                    b'\n' => out.extend_from_slice(b"\\n"),
                    b'\r' => out.extend_from_slice(b"\\r"),
                    b'\t' => out.extend_from_slice(b"\\t"),
                    byte => out.push(*byte),
                }
            }
        }
    }
    Ok(())
}

/// Numbers the database gives out go on after those that were copied.
async fn follow_sequences(connection: &mut PgConnection) -> Result<()> {
    for table in ["audit", "outbox", "import_deferred"] {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'sequence'), (SELECT coalesce(max(sequence), 0) + 1 FROM {table}), false)"
        );
        run(connection, sql).await?;
    }
    Ok(())
}

/// The process that started this server's connections, if it is on this machine and can be seen.
pub(crate) async fn postmaster(server: &str) -> Result<Option<u32>> {
    let mut connection = PgConnection::connect(server).await?;
    let row = sqlx::query("SELECT pg_backend_pid(), version()")
        .fetch_one(&mut connection)
        .await?;
    let backend: i32 = row.try_get(0)?;
    let parent = u32::try_from(backend).ok().and_then(crate::process::parent);
    connection.close().await?;
    Ok(parent)
}
