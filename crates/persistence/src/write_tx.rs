//! A transaction that writes: rows, audit and outbox together or not at all.

use domain::{Error, Result, access::Permit, events::ContentEvent, time::Timestamp};
use sea_orm::{DatabaseTransaction, TransactionTrait};

use crate::{
    Reader,
    dialect::Engine,
    error::from_db,
    sql::{Connection, Row, Sql},
};

/// A transaction that writes. Its methods stand in the files of the records they change; each
/// takes a [`Permit`], from which the audit row is written.
#[derive(Debug)]
pub struct WriteTx {
    engine: Engine,
    transaction: DatabaseTransaction,
    events: Vec<(Timestamp, ContentEvent)>,
}

impl WriteTx {
    pub(crate) fn new(engine: Engine, transaction: DatabaseTransaction) -> Self {
        Self {
            engine,
            transaction,
            events: Vec::new(),
        }
    }

    /// Reads inside the transaction.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            engine: self.engine,
            connection: Connection::Transaction(&self.transaction),
        }
    }

    /// Begins a part that can fail alone.
    pub async fn savepoint(&self) -> Result<Self> {
        let transaction = self.transaction.begin().await.map_err(from_db)?;
        Ok(Self::new(self.engine, transaction))
    }

    /// Keeps what a savepoint did; its events go out with the outer transaction.
    pub async fn release(&mut self, savepoint: Self) -> Result<()> {
        savepoint.transaction.commit().await.map_err(from_db)?;
        self.events.extend(savepoint.events);
        Ok(())
    }

    /// Makes everything durable and answers with what happened. Outbox rows come last, on
    /// PostgreSQL under a lock, so that their numbers follow the order of commits.
    pub async fn commit(mut self) -> Result<Vec<ContentEvent>> {
        let events = std::mem::take(&mut self.events);
        if !events.is_empty() {
            if let Some(lock) = self.engine.outbox_lock() {
                self.execute(Sql::new(lock)).await?;
            }
            for chunk in events.chunks(100) {
                let mut sql =
                    Sql::new("INSERT INTO outbox (at, name, target_id, edition_id) VALUES ");
                for (index, (at, event)) in chunk.iter().enumerate() {
                    sql.push(if index == 0 { "(" } else { ", (" });
                    sql.bind(*at)
                        .push(", ")
                        .bind(event.name.clone())
                        .push(", ")
                        .bind(event.id.clone())
                        .push(", ")
                        .bind(event.edition.map(domain::id::Id::uuid))
                        .push(")");
                }
                self.execute(sql).await?;
            }
        }
        self.transaction.commit().await.map_err(from_db)?;
        Ok(events.into_iter().map(|(_, event)| event).collect())
    }

    /// Undoes everything.
    pub async fn rollback(self) -> Result<()> {
        self.transaction.rollback().await.map_err(from_db)
    }

    /// Writes the audit row of a change and remembers its event.
    pub(crate) async fn record(
        &mut self,
        permit: &Permit,
        at: Timestamp,
        event: ContentEvent,
    ) -> Result<()> {
        let target = permit.target();
        let mut sql =
            Sql::new("INSERT INTO audit (at, actor, action, target_kind, target_id) VALUES (");
        sql.bind(at)
            .push(", ")
            .bind(permit.actor().to_string())
            .push(", ")
            .bind(permit.action().as_str())
            .push(", ");
        sql.bind(target.kind.as_str())
            .push(", ")
            .bind(target.id.clone())
            .push(")");
        self.execute(sql).await?;
        self.events.push((at, event));
        Ok(())
    }

    pub(crate) async fn query(&self, sql: Sql) -> Result<Vec<Row>> {
        Connection::Transaction(&self.transaction)
            .query(self.engine, sql)
            .await
    }

    /// Runs a statement and answers how many rows it touched.
    pub(crate) async fn execute(&self, sql: Sql) -> Result<u64> {
        Ok(Connection::Transaction(&self.transaction)
            .execute(self.engine, sql)
            .await?
            .rows_affected())
    }

    /// Inserts many rows of equal width with few statements.
    pub(crate) async fn insert_rows<const N: usize>(
        &self,
        into: &str,
        rows: Vec<[sea_orm::Value; N]>,
    ) -> Result<()> {
        // SQLite takes at most 32,766 values in a statement.
        for chunk in rows.chunks(30_000 / N.max(1)) {
            let mut sql = Sql::new("INSERT INTO ");
            sql.push(into).push(" VALUES ");
            for (index, row) in chunk.iter().enumerate() {
                sql.push(if index == 0 { "(" } else { ", (" })
                    .bind_all(row.iter().cloned())
                    .push(")");
            }
            self.execute(sql).await?;
        }
        Ok(())
    }

    /// Removes the rows of a table that belong to one record.
    pub(crate) async fn clear(&self, table: &str, column: &str, id: uuid::Uuid) -> Result<()> {
        let mut sql = Sql::new(&format!("DELETE FROM {table} WHERE {column} = "));
        sql.bind(id);
        self.execute(sql).await.map(|_rows| ())
    }
}

/// Which record is saved, as which version, when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Save<I> {
    /// The record.
    pub id: I,
    /// The version it becomes: 1 makes a new one.
    pub version: i64,
    /// The time of the change.
    pub at: Timestamp,
}

/// A stale version, in the words every face answers with.
pub(crate) fn stale(current: i64) -> Error {
    Error::Conflict {
        message: format!(
            "the record has changed since you read it: its version is {current} now; read it again and repeat the change on it"
        ),
        field: Some("expectedVersion".to_owned()),
        used_by: Vec::new(),
    }
}
