//! A transaction that writes: rows, audit and outbox together or not at all.

use std::sync::Arc;

use domain::{
    Error, Result,
    access::Permit,
    audit::{Changed, Origin},
    events::ContentEvent,
    fields::ContentModel,
    idempotency::KeyedRequest,
    time::Timestamp,
};
use sea_orm::{DatabaseTransaction, DbErr, TransactionTrait, Value};

use crate::{
    Reader,
    dialect::Engine,
    error::{ForeignKey, from_db, from_save},
    imports::NewRecords,
    jobs::JobRow,
    sql::{Changes, Connection, Row, Sql},
};

/// A transaction that writes. Its methods stand in the files of the records they change; each
/// takes a [`Permit`], from which the audit row is written.
#[derive(Debug)]
pub struct WriteTx {
    engine: Engine,
    transaction: DatabaseTransaction,
    pub(crate) content_model: Arc<ContentModel>,
    events: Vec<(Timestamp, ContentEvent)>,
    audit: Vec<AuditRow>,
    pub(crate) origin: Origin,
    pub(crate) new_records: NewRecords,
    pub(crate) new_jobs: Vec<JobRow>,
    pub(crate) wakes_workers: bool,
    pub(crate) keyed: Option<KeyedRequest>,
    first_target: Option<String>,
}

/// `at, actor, action, target_kind, target_id, event, edition_id, fields, note, address, request_id`
type AuditRow = [Value; 11];

/// A transaction in which everything is written. Dropped, it is undone.
#[derive(Debug)]
pub struct Sealed {
    transaction: DatabaseTransaction,
    events: Vec<ContentEvent>,
    wakes_workers: bool,
}

impl Sealed {
    /// Whether it put jobs into the queue.
    pub fn wakes_workers(&self) -> bool {
        self.wakes_workers
    }

    /// Takes out what will have happened.
    pub fn take_events(&mut self) -> Vec<ContentEvent> {
        std::mem::take(&mut self.events)
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await.map_err(from_db)
    }
}

impl WriteTx {
    pub(crate) fn new(
        engine: Engine,
        transaction: DatabaseTransaction,
        origin: Origin,
        content_model: Arc<ContentModel>,
    ) -> Self {
        Self {
            engine,
            transaction,
            content_model,
            origin,
            events: Vec::new(),
            audit: Vec::new(),
            new_records: NewRecords::new(),
            new_jobs: Vec::new(),
            wakes_workers: false,
            keyed: None,
            first_target: None,
        }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    /// Reads inside the transaction.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            engine: self.engine,
            connection: Connection::Transaction(&self.transaction),
            new_records: Some(&self.new_records),
            records: None,
        }
    }

    /// Begins a part that can fail alone.
    pub async fn savepoint(&mut self) -> Result<Self> {
        self.write_late_rows().await?;
        let transaction = self.transaction.begin().await.map_err(from_db)?;
        let (origin, model) = (self.origin.clone(), Arc::clone(&self.content_model));
        Ok(Self::new(self.engine, transaction, origin, model))
    }

    /// Keeps what a savepoint did; what it leaves to the end is written with the outer transaction.
    pub async fn release(&mut self, savepoint: Self) -> Result<()> {
        savepoint.transaction.commit().await.map_err(from_db)?;
        self.events.extend(savepoint.events);
        self.audit.extend(savepoint.audit);
        self.new_records.extend(savepoint.new_records);
        self.new_jobs.extend(savepoint.new_jobs);
        self.wakes_workers |= savepoint.wakes_workers;
        self.first_target = self.first_target.take().or(savepoint.first_target);
        Ok(())
    }

    /// Writes what nobody reads before, many rows with each statement. Outbox rows come last of all,
    /// on PostgreSQL under a lock, so that their numbers follow the order of commits. Nothing but the
    /// commit is left then.
    pub async fn seal(mut self) -> Result<Sealed> {
        self.write_late_rows().await?;
        if let (Some(keyed), Some(target)) = (&self.keyed, &self.first_target) {
            self.name_target(keyed, target).await?;
        }
        let events = std::mem::take(&mut self.events);
        let outbox: Vec<_> = events.iter().map(outbox_row).collect();
        if !outbox.is_empty()
            && let Some(lock) = self.engine.outbox_lock()
        {
            self.execute(Sql::new(lock)).await?;
        }
        self.insert_late("outbox (at, name, target_id, edition_id)", outbox)
            .await?;
        Ok(Sealed {
            transaction: self.transaction,
            events: events.into_iter().map(|(_, event)| event).collect(),
            wakes_workers: self.wakes_workers,
        })
    }

    /// Undoes everything.
    pub async fn rollback(self) -> Result<()> {
        self.transaction.rollback().await.map_err(from_db)
    }

    /// Remembers a change for its audit row, and its event.
    pub(crate) fn record(&mut self, permit: &Permit, at: Timestamp, event: ContentEvent) {
        self.audit(permit, at, &event);
        self.events.push((at, event));
    }

    /// Remembers a change for its audit row alone: what is not content is nobody's event.
    pub(crate) fn audit(&mut self, permit: &Permit, at: Timestamp, event: &ContentEvent) {
        let target = permit.target();
        if self.first_target.is_none() {
            self.first_target = Some(target.id.clone());
        }
        self.audit.push([
            Value::from(at),
            permit.actor().to_string().into(),
            permit.action().as_str().into(),
            target.kind.as_str().into(),
            target.id.clone().into(),
            event.name.clone().into(),
            event.edition.map(domain::id::Id::uuid).into(),
            fields_of(permit.changed()).into(),
            permit.note().map(str::to_owned).into(),
            self.origin
                .address
                .map(|address| address.to_string())
                .into(),
            self.origin.request_id.clone().into(),
        ]);
    }

    /// Remembers what follows from a change of another record, which has the audit row.
    pub(crate) fn tell(&mut self, at: Timestamp, event: ContentEvent) {
        self.events.push((at, event));
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

    /// Writes what was put off because nobody asks for it.
    async fn write_late_rows(&mut self) -> Result<()> {
        self.write_new_records().await?;
        let audit = std::mem::take(&mut self.audit);
        let into = "audit (at, actor, action, target_kind, target_id, event, edition_id, fields, note, address, request_id)";
        self.insert_late(into, audit).await?;
        self.write_new_jobs().await
    }

    /// Inserts rows of any number a few at a time: a statement is kept prepared for each number.
    async fn insert_late<const N: usize>(&self, into: &str, rows: Vec<[Value; N]>) -> Result<()> {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            self.insert_rows(into, rows.by_ref().take(100).collect())
                .await?;
        }
        Ok(())
    }

    /// Begins a list of changes.
    pub(crate) fn changes(&self) -> Changes {
        Changes::new(self.engine)
    }

    /// Runs changes whose answers nobody needs.
    pub(crate) async fn run(&self, changes: Changes) -> Result<()> {
        for sql in changes.into_statements() {
            self.execute(sql).await?;
        }
        Ok(())
    }

    /// Inserts many rows of equal width with few statements.
    pub(crate) async fn insert_rows<const N: usize>(
        &self,
        into: &str,
        rows: Vec<[Value; N]>,
    ) -> Result<()> {
        let table = into.split(' ').next().unwrap_or(into);
        let mut changes = self.changes();
        changes.insert(into, rows);
        for sql in changes.into_statements() {
            self.save_into(table, sql).await?;
        }
        Ok(())
    }

    /// Runs a statement that saves into a table and answers how many rows it touched.
    pub(crate) async fn save_into(&self, table: &str, sql: Sql) -> Result<u64> {
        self.try_execute(sql)
            .await
            .map_err(|error| from_save(error, table))
    }

    /// Runs changes; a reference to what is not there is told by the field that makes it. Looking
    /// for it costs something only then.
    pub(crate) async fn run_naming(
        &self,
        changes: impl IntoIterator<Item = Sql>,
        references: impl Fn() -> Vec<Named>,
    ) -> Result<u64> {
        let mut touched = 0;
        for sql in changes {
            match self.try_execute(sql).await {
                Ok(rows) => touched += rows,
                Err(error) => {
                    return Err(match ForeignKey::broken_by(&error) {
                        Some(key) => self.absent(key, references()).await,
                        None => from_db(error),
                    });
                }
            }
        }
        Ok(touched)
    }

    /// PostgreSQL says which id is not there and answers nothing any more; SQLite is asked.
    async fn absent(&self, key: ForeignKey, references: Vec<Named>) -> Error {
        for named in references {
            let is_absent = match key {
                ForeignKey::To(id) => Ok(named.id == id),
                ForeignKey::Unknown => {
                    let mut sql = Sql::new(&format!("SELECT 1 FROM {} WHERE id = ", named.table));
                    sql.bind(named.id);
                    self.query(sql).await.map(|found| found.is_empty())
                }
            };
            match is_absent {
                Ok(true) => {
                    return Error::invalid(named.field, "names something that does not exist");
                }
                Ok(false) => {}
                Err(error) => return error,
            }
        }
        Error::conflict("something it refers to does not exist, or something still refers to it")
    }

    async fn try_execute(&self, sql: Sql) -> Result<u64, DbErr> {
        Connection::Transaction(&self.transaction)
            .try_execute(self.engine, sql)
            .await
            .map(|done| done.rows_affected())
    }

    /// Who made the latest change of a record, if this transaction has not told the store yet.
    pub(crate) fn untold_actor(&self, kind: &str, id: &str) -> Option<&Value> {
        let (kind, id) = (Value::from(kind), Value::from(id));
        let of_it = |row: &&AuditRow| {
            let [_, _, _, known_kind, known_id, ..] = row;
            *known_kind == kind && *known_id == id
        };
        let [_, actor, ..] = self.audit.iter().rev().find(of_it)?;
        Some(actor)
    }

    /// Removes the rows of a table that belong to one record.
    pub(crate) async fn clear(&self, table: &str, column: &str, id: uuid::Uuid) -> Result<()> {
        let mut changes = self.changes();
        changes.clear(table, column, id);
        self.run(changes).await
    }
}

/// A reference as a draft makes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    /// The field, in the words of drafts.
    pub(crate) field: &'static str,
    /// Where what it names stands.
    pub(crate) table: &'static str,
    /// What it names.
    pub(crate) id: uuid::Uuid,
}

fn fields_of(changed: &Changed) -> Option<String> {
    match changed {
        Changed::Whole => None,
        Changed::Fields { .. } | Changed::Transition { .. } => serde_json::to_string(changed).ok(),
    }
}

fn outbox_row((at, event): &(Timestamp, ContentEvent)) -> [Value; 4] {
    [
        Value::from(*at),
        event.name.clone().into(),
        event.id.clone().into(),
        event.edition.map(domain::id::Id::uuid).into(),
    ]
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
