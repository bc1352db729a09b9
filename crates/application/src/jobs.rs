//! Jobs as owners see them: what waits, what failed for good, and what becomes of that.

use domain::{
    Result,
    access::{Action, Target},
    events::RecordKind,
    id::JobId,
    jobs::{JobCounts, JobQuery, JobRecord},
    paging::{Page, PageArgs},
};

use crate::{ActorContext, context::found};

/// A page of jobs, the next first.
pub async fn list(cx: &ActorContext, query: &JobQuery, page: &PageArgs) -> Result<Page<JobRecord>> {
    cx.authorize(Action::Inspect, Target::shared(RecordKind::Job, "jobs"))?;
    cx.reader().jobs(cx.scope(), query, page).await
}

/// One job that is not done.
pub async fn get(cx: &ActorContext, id: JobId) -> Result<JobRecord> {
    let permit = cx.authorize(Action::Inspect, Target::shared(RecordKind::Job, id))?;
    let job = cx.reader().job(&permit, id).await?;
    found(job, id)
}

/// How the queue stands.
pub async fn counts(cx: &ActorContext) -> Result<JobCounts> {
    cx.authorize(Action::Inspect, Target::shared(RecordKind::Job, "jobs"))?;
    cx.reader().job_counts().await
}

/// Has a job that is dead tried again. Answers it as it waits then.
pub async fn retry(cx: &ActorContext, id: JobId) -> Result<JobRecord> {
    let permit = cx.authorize(Action::Update, Target::shared(RecordKind::Job, id))?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let job = tx.store_tx().retry_job(&permit, id, now).await?;
    tx.commit().await?;
    Ok(job)
}

/// Removes a job that is dead.
pub async fn discard(cx: &ActorContext, id: JobId) -> Result<()> {
    let permit = cx.authorize(Action::Delete, Target::shared(RecordKind::Job, id))?;
    let mut tx = cx.begin().await?;
    tx.store_tx().discard_job(&permit, id, cx.now()).await?;
    tx.commit().await
}
