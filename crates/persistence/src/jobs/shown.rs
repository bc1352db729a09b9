//! The queue as owners of the site see it, and what they decide about jobs that failed too often.

use domain::{
    Error, Result,
    access::{Action, Permit, Reach, ReadScope},
    events::{ContentEvent, RecordKind},
    id::{Id, JobId},
    jobs::{JobQuery, JobRecord},
    paging::{Key, ListOrder, Page, PageArgs},
    time::Timestamp,
};

use super::{NO_TWIN, attempts};
use crate::{
    Reader, WriteTx,
    lists::Order,
    sql::{Row, Sql},
};

const COLUMNS: &str = "id, kind, dedupe, state, run_at, attempts, max_attempts, last_error, actor, request_id, created_at, updated_at";

fn read(row: &mut Row) -> Result<JobRecord> {
    Ok(JobRecord {
        id: Id::from_uuid(row.get()?),
        kind: row.get()?,
        dedupe: row.get()?,
        state: row.parse()?,
        run_at: row.get()?,
        attempts: attempts(row)?,
        max_attempts: attempts(row)?,
        last_error: row.get()?,
        actor: row.get()?,
        request_id: row.get()?,
        created_at: row.get()?,
        updated_at: row.get()?,
    })
}

impl Reader<'_> {
    /// A page of jobs, the next first; empty for those who may not see them.
    pub async fn jobs(
        &self,
        scope: &ReadScope,
        query: &JobQuery,
        page: &PageArgs,
    ) -> Result<Page<JobRecord>> {
        if scope.reach(Action::Inspect, RecordKind::Job) != Reach::Everywhere {
            return Ok(Page {
                total: page.with_total.then_some(0),
                ..Page::default()
            });
        }
        let order = Order {
            list: ListOrder::by_time("runAt"),
            key: "j.run_at",
            id: "j.id",
            descending: false,
        };
        let mut from_where = Sql::new(" FROM job j WHERE 1 = 1");
        if let Some(state) = query.state {
            // Literal, as the conditions of the indexes are.
            from_where.push(&format!(" AND j.state = '{}'", state.as_str()));
        }
        if let Some(kind) = &query.kind {
            from_where.push(" AND j.kind = ").bind(kind.clone());
        }
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        order.collect(page, rows, total, |row| {
            let job = read(row)?;
            let (key, id) = (Key::Time(job.run_at), job.id.uuid());
            Ok((job, key, id))
        })
    }

    /// One job, if it is still there.
    pub async fn job(&self, permit: &Permit, id: JobId) -> Result<Option<JobRecord>> {
        permit.covers(RecordKind::Job, id)?;
        permit.allows(Action::Inspect)?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM job WHERE id = "));
        sql.bind(id.uuid());
        self.query_one(sql)
            .await?
            .map(|mut row| read(&mut row))
            .transpose()
    }
}

impl WriteTx {
    /// Has a job that failed too often tried again, from now on and as often as a new one. Answers it
    /// as it waits: a worker may have it the moment this is committed.
    pub async fn retry_job(
        &mut self,
        permit: &Permit,
        id: JobId,
        at: Timestamp,
    ) -> Result<JobRecord> {
        permit.covers(RecordKind::Job, id)?;
        permit.allows(Action::Update)?;
        let mut sql = Sql::new("UPDATE job SET state = 'waiting', attempts = 0, run_at = ");
        sql.bind(at)
            .push(", updated_at = ")
            .bind(at)
            .push(" WHERE state = 'dead' AND id = ")
            .bind(id.uuid())
            .push(&format!(" AND {NO_TWIN} RETURNING {COLUMNS}"));
        let Some(row) = &mut self.query(sql).await?.into_iter().next() else {
            return Err(self.why_not_dead(id).await?);
        };
        let job = read(row)?;
        self.wakes_workers = true;
        let event = ContentEvent::new(RecordKind::Job, "retried", id, None);
        self.record(permit, at, event);
        Ok(job)
    }

    /// Removes a job that failed too often.
    pub async fn discard_job(&mut self, permit: &Permit, id: JobId, at: Timestamp) -> Result<()> {
        permit.covers(RecordKind::Job, id)?;
        permit.allows(Action::Delete)?;
        let mut sql = Sql::new("DELETE FROM job WHERE state = 'dead' AND id = ");
        sql.bind(id.uuid());
        if self.execute(sql).await? == 0 {
            return Err(self.why_not_dead(id).await?);
        }
        let event = ContentEvent::new(RecordKind::Job, "discarded", id, None);
        self.record(permit, at, event);
        Ok(())
    }

    async fn why_not_dead(&self, id: JobId) -> Result<Error> {
        let mut sql = Sql::new("SELECT state FROM job WHERE id = ");
        sql.bind(id.uuid());
        let Some(row) = &mut self.query(sql).await?.into_iter().next() else {
            return Ok(Error::not_found(id));
        };
        let state: String = row.get()?;
        Ok(Error::conflict(if state == "dead" {
            "another job for the same waits already: discard this one".to_owned()
        } else {
            format!("the job is {state}: only one that is dead can be retried or discarded")
        }))
    }
}
