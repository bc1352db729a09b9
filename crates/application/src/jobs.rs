//! Jobs as owners see them: what waits, what failed for good, and what becomes of that.

use domain::{
    Result,
    access::{Action, Target},
    events::RecordKind,
    id::JobId,
    jobs::{JobCounts, JobQuery, JobRecord},
    paging::{Page, PageArgs},
};

use crate::ActorContext;

/// A page of jobs, the next first.
pub async fn list(cx: &ActorContext, query: &JobQuery, page: &PageArgs) -> Result<Page<JobRecord>> {
    cx.authorize(Action::Inspect, Target::shared(RecordKind::Job, "jobs"))?;
    cx.reader().jobs(cx.scope(), query, page).await
}

/// How the queue stands.
pub async fn counts(cx: &ActorContext) -> Result<JobCounts> {
    cx.authorize(Action::Inspect, Target::shared(RecordKind::Job, "jobs"))?;
    cx.reader().job_counts().await
}

/// Has a job that is dead tried again.
pub async fn retry(cx: &ActorContext, id: JobId) -> Result<()> {
    let permit = cx.authorize(Action::Update, Target::shared(RecordKind::Job, id))?;
    let mut tx = cx.begin().await?;
    tx.store_tx().retry_job(&permit, id, cx.now()).await?;
    tx.commit().await
}

/// Removes a job that is dead.
pub async fn discard(cx: &ActorContext, id: JobId) -> Result<()> {
    let permit = cx.authorize(Action::Delete, Target::shared(RecordKind::Job, id))?;
    let mut tx = cx.begin().await?;
    tx.store_tx().discard_job(&permit, id, cx.now()).await?;
    tx.commit().await
}
