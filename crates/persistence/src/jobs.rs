//! The queue of jobs, as workers need it (taking, leases, attempts): without a permit. What people do
//! with it is in [`shown`].

use std::collections::HashSet;

mod shown;

use domain::{
    Error, Result,
    access::Actor,
    audit::Origin,
    id::{EntryId, Id, JobId},
    jobs::{JobCounts, NewJob},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, Store, WriteTx,
    sql::{IDS_PER_STATEMENT, Row, Sql},
};

fn attempts(row: &mut Row) -> Result<u32> {
    u32::try_from(row.count()?).map_err(Error::internal)
}

/// A job a worker has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenJob {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// What it is about, as JSON.
    pub payload: String,
    /// The time it was to be done.
    pub run_at: Timestamp,
    /// Which attempt this is; the first is 1.
    pub attempt: u32,
    /// How many there may be.
    pub max_attempts: u32,
    /// The request that wanted it.
    pub request_id: Option<String>,
    /// The lease it is held by; none when it is done in the transaction that took it.
    pub lease: Option<Uuid>,
}

const TAKEN: &str = "id, kind, payload, run_at, attempts, max_attempts, request_id";

fn read_taken(row: &mut Row, lease: Option<Uuid>) -> Result<TakenJob> {
    Ok(TakenJob {
        id: Id::from_uuid(row.get()?),
        kind: row.get()?,
        payload: row.get()?,
        run_at: row.get()?,
        attempt: attempts(row)?,
        max_attempts: attempts(row)?,
        request_id: row.get()?,
        lease,
    })
}

/// A hold on a job that ends by itself, should the worker end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Tells it from those before and after it.
    pub id: Uuid,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// An attempt that failed.
#[derive(Debug)]
pub struct JobFailure<'a> {
    /// The job.
    pub job: &'a TakenJob,
    /// Why.
    pub error: String,
    /// When to try again; none: it was the last attempt.
    pub retry_at: Option<Timestamp>,
    /// When it failed.
    pub at: Timestamp,
}

/// When workers have something to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NextJobs {
    /// The time of the first job that is done inside of a transaction.
    pub inside: Option<Timestamp>,
    /// The time of the first job that is done outside, or of the first lease that ends.
    pub outside: Option<Timestamp>,
}

/// What a time is set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetTime {
    /// Publishing an entry, or what waits of it.
    Publish,
    /// Taking it back.
    Unpublish,
}

/// An entry with a time set for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduledEntry {
    /// The entry.
    pub id: EntryId,
    /// The time.
    pub at: Timestamp,
}

/// `id, kind, payload, dedupe, state, run_at, attempts, max_attempts, actor, request_id, created_at, updated_at`
pub(crate) type JobRow = [Value; 12];

/// `(SELECT … LIMIT 1)`: the first job of these kinds whose time (this column) has come.
fn first_due(sql: &mut Sql, kinds: &[&str], at: (&str, &str, Timestamp), lock: &str) {
    let (state, column, now) = at;
    sql.push("(SELECT id FROM job WHERE state = '")
        .push(state)
        .push("' AND ")
        .push(column)
        .push(" <= ")
        .bind(now)
        .push(" AND kind IN (")
        .bind_all(kinds.iter().copied())
        .push(") ORDER BY ")
        .push(column)
        .push(", id LIMIT 1")
        .push(lock)
        .push(")");
}

/// `(SELECT … LIMIT 1)`: the first time in this column of jobs of these kinds.
fn first_time(sql: &mut Sql, kinds: &[&str], state: &str, column: &str) {
    if kinds.is_empty() {
        sql.push("NULL");
        return;
    }
    sql.push("(SELECT ")
        .push(column)
        .push(" FROM job WHERE state = '")
        .push(state)
        .push("' AND kind IN (")
        .bind_all(kinds.iter().copied())
        .push(") ORDER BY ")
        .push(column)
        .push(", id LIMIT 1)");
}

impl Reader<'_> {
    /// When there is something to do for a worker that knows these kinds: one statement, which takes
    /// no lock.
    pub async fn next_jobs(&self, inside: &[&str], outside: &[&str]) -> Result<NextJobs> {
        let mut sql = Sql::new("SELECT ");
        first_time(&mut sql, inside, "waiting", "run_at");
        sql.push(", ");
        first_time(&mut sql, outside, "waiting", "run_at");
        sql.push(", ");
        first_time(&mut sql, outside, "running", "lease_ends_at");
        let Some(mut row) = self.query_one(sql).await? else {
            return Ok(NextJobs::default());
        };
        let inside: Option<Timestamp> = row.get()?;
        let times: [Option<Timestamp>; 2] = [row.get()?, row.get()?];
        Ok(NextJobs {
            inside,
            outside: times.into_iter().flatten().min(),
        })
    }

    /// How the queue stands: numbers without names, for the figures.
    pub async fn job_counts(&self) -> Result<JobCounts> {
        let sql = Sql::new(
            "SELECT (SELECT count(*) FROM job WHERE state = 'waiting'), \
             (SELECT count(*) FROM job WHERE state = 'running'), \
             (SELECT count(*) FROM job WHERE state = 'dead'), \
             (SELECT run_at FROM job WHERE state = 'waiting' ORDER BY run_at, id LIMIT 1)",
        );
        let Some(mut row) = self.query_one(sql).await? else {
            return Ok(JobCounts::default());
        };
        Ok(JobCounts {
            waiting: row.count()?,
            running: row.count()?,
            dead: row.count()?,
            first_run_at: row.get()?,
        })
    }

    /// Which of these wait already.
    pub async fn waiting_jobs(&self, dedupes: &[String]) -> Result<HashSet<String>> {
        let mut found = HashSet::new();
        for chunk in dedupes.chunks(IDS_PER_STATEMENT) {
            let mut sql =
                Sql::new("SELECT dedupe FROM job WHERE state = 'waiting' AND dedupe IN (");
            sql.bind_all(chunk.iter().cloned()).push(")");
            for row in &mut self.query(sql).await? {
                found.insert(row.get()?);
            }
        }
        Ok(found)
    }

    /// Some of the entries for which such a time is set, after this one, for the worker.
    pub async fn scheduled_entries(
        &self,
        which: SetTime,
        after: Option<ScheduledEntry>,
        size: u32,
    ) -> Result<Vec<ScheduledEntry>> {
        let column = match which {
            SetTime::Publish => "scheduled_at",
            SetTime::Unpublish => "unpublish_at",
        };
        let mut sql = Sql::new(&format!(
            "SELECT kind, id, {column} FROM entry WHERE {column} IS NOT NULL AND status IN ('scheduled', 'published')"
        ));
        if let Some(after) = after {
            sql.push(&format!(" AND ({column}, id) > ("))
                .bind(after.at)
                .push(", ")
                .bind(after.id.uuid())
                .push(")");
        }
        sql.push(&format!(" ORDER BY {column}, id LIMIT {size}"));
        let read = |mut row: Row| {
            Ok(ScheduledEntry {
                id: EntryId::new(row.parse()?, row.get()?),
                at: row.get()?,
            })
        };
        self.query(sql).await?.into_iter().map(read).collect()
    }
}

impl WriteTx {
    /// Puts a job into the queue when this transaction is committed. If one with the same `dedupe`
    /// waits already, that one is kept.
    pub fn enqueue(&mut self, id: JobId, job: NewJob, actor: &Actor, at: Timestamp) {
        let dedupe = Value::from(job.dedupe);
        if is_some(&dedupe) && self.new_jobs.iter().any(|row| dedupe_of(row) == &dedupe) {
            return;
        }
        self.new_jobs.push([
            Value::from(id.uuid()),
            job.kind.into(),
            job.payload.into(),
            dedupe,
            "waiting".into(),
            job.run_at.into(),
            0_i64.into(),
            i64::from(job.max_attempts).into(),
            actor.to_string().into(),
            self.origin.request_id.clone().into(),
            at.into(),
            at.into(),
        ]);
        self.wakes_workers = true;
    }

    /// Takes jobs back that wait. Answers whether there was one.
    pub async fn cancel_jobs(&mut self, dedupes: &[String]) -> Result<bool> {
        let before = self.new_jobs.len();
        let wanted: Vec<Value> = dedupes.iter().cloned().map(Value::from).collect();
        self.new_jobs.retain(|row| !wanted.contains(dedupe_of(row)));
        let mut sql = Sql::new("DELETE FROM job WHERE state = 'waiting' AND dedupe IN (");
        sql.bind_all(dedupes.iter().cloned()).push(")");
        Ok(self.execute(sql).await? > 0 || self.new_jobs.len() < before)
    }

    /// Takes the first job that is due off the queue: it is done when this transaction is committed,
    /// and back in the queue when it is not. The request that wanted it is the transaction's from
    /// now on.
    pub async fn take_job(&mut self, kinds: &[&str], now: Timestamp) -> Result<Option<TakenJob>> {
        let mut sql = Sql::new("DELETE FROM job WHERE id = ");
        let lock = self.engine().lock_one_row();
        first_due(&mut sql, kinds, ("waiting", "run_at", now), lock);
        sql.push(" RETURNING ").push(TAKEN);
        let Some(row) = &mut self.query(sql).await?.into_iter().next() else {
            return Ok(None);
        };
        let mut taken = read_taken(row, None)?;
        taken.attempt = taken.attempt.saturating_add(1);
        self.origin.request_id.clone_from(&taken.request_id);
        Ok(Some(taken))
    }

    /// Writes the jobs of this transaction, after all that they are about.
    pub(crate) async fn write_new_jobs(&mut self) -> Result<()> {
        let mut rows = std::mem::take(&mut self.new_jobs).into_iter().peekable();
        while rows.peek().is_some() {
            let mut sql = Sql::new(
                "INSERT INTO job (id, kind, payload, dedupe, state, run_at, attempts, max_attempts, actor, request_id, created_at, updated_at) VALUES ",
            );
            sql.rows(rows.by_ref().take(100))
                .push(" ON CONFLICT (dedupe) WHERE state = 'waiting' DO NOTHING");
            self.execute(sql).await?;
        }
        Ok(())
    }
}

/// That no job for the same waits.
const NO_TWIN: &str = "(dedupe IS NULL OR NOT EXISTS (SELECT 1 FROM job t WHERE t.dedupe = job.dedupe AND t.state = 'waiting'))";

fn dedupe_of(row: &JobRow) -> &Value {
    let [_, _, _, dedupe, ..] = row;
    dedupe
}

fn is_some(value: &Value) -> bool {
    *value != Value::String(None)
}

/// What workers write that hold a job by a lease, and what they write of attempts that failed. Each
/// is a transaction of its own.
impl Store {
    /// Takes the first job that is due, by a lease: one that waits, or one whose lease ended.
    pub async fn claim_job(
        &self,
        kinds: &[&str],
        now: Timestamp,
        lease: Lease,
    ) -> Result<Option<TakenJob>> {
        let tx = self.begin(Origin::default()).await?;
        let mut taken = None;
        for (state, column) in [("waiting", "run_at"), ("running", "lease_ends_at")] {
            let mut sql = Sql::new("UPDATE job SET state = 'running', attempts = attempts + 1");
            sql.push(", lease_id = ")
                .bind(lease.id)
                .push(", lease_ends_at = ")
                .bind(lease.ends_at)
                .push(", updated_at = ")
                .bind(now)
                .push(" WHERE id = ");
            let lock = tx.engine().lock_one_row();
            first_due(&mut sql, kinds, (state, column, now), lock);
            sql.push(" RETURNING ").push(TAKEN);
            if let Some(row) = &mut tx.query(sql).await?.into_iter().next() {
                taken = Some(read_taken(row, Some(lease.id))?);
                break;
            }
        }
        tx.seal().await?.commit().await?;
        Ok(taken)
    }

    /// Holds a job for longer. Answers whether the lease still held.
    pub async fn renew_lease(&self, id: JobId, lease: Lease) -> Result<bool> {
        let mut sql = Sql::new("UPDATE job SET lease_ends_at = ");
        sql.bind(lease.ends_at)
            .push(" WHERE state = 'running' AND id = ")
            .bind(id.uuid())
            .push(" AND lease_id = ")
            .bind(lease.id);
        self.touch_job(sql).await
    }

    /// Removes a job that is done. Answers whether the lease still held.
    pub async fn finish_job(&self, job: &TakenJob) -> Result<bool> {
        let mut sql = Sql::new("DELETE FROM job WHERE state = 'running' AND id = ");
        sql.bind(job.id.uuid())
            .push(" AND lease_id = ")
            .bind(job.lease);
        self.touch_job(sql).await
    }

    /// Notes that an attempt failed: the job waits for the next one, or is dead. Of two that are
    /// about the same, the one that waits already is kept. Answers whether the job was still held.
    pub async fn fail_job(&self, failure: &JobFailure<'_>) -> Result<bool> {
        let job = failure.job;
        let mut sql = Sql::new("UPDATE job SET updated_at = ");
        sql.bind(failure.at)
            .push(", last_error = ")
            .bind(failure.error.clone())
            .push(", attempts = ")
            .bind(i64::from(job.attempt))
            .push(", lease_id = NULL, lease_ends_at = NULL, state = ");
        match failure.retry_at {
            Some(at) => sql.push("'waiting', run_at = ").bind(at),
            None => sql.push("'dead'"),
        };
        sql.push(" WHERE id = ").bind(job.id.uuid());
        match job.lease {
            Some(lease) => sql
                .push(" AND state = 'running' AND lease_id = ")
                .bind(lease),
            // Whoever took it first after it came back has counted an attempt.
            None => sql
                .push(" AND state = 'waiting' AND attempts = ")
                .bind(i64::from(job.attempt.saturating_sub(1))),
        };
        if job.lease.is_some() && failure.retry_at.is_some() {
            sql.push(&format!(" AND {NO_TWIN}"));
            return Ok(self.touch_job(sql).await? || self.finish_job(job).await?);
        }
        self.touch_job(sql).await
    }

    async fn touch_job(&self, sql: Sql) -> Result<bool> {
        let tx = self.begin(Origin::default()).await?;
        let touched = tx.execute(sql).await?;
        tx.seal().await?.commit().await?;
        Ok(touched > 0)
    }
}
