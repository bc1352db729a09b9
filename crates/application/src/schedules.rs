//! What is planned for entries, as jobs: one place puts them into the queue and takes them back.

use domain::{
    Result,
    content::{Entry, Status},
    jobs::{Job, NewJob, Publish, Unpublish},
    time::Timestamp,
};
use futures::future::BoxFuture;

use crate::{
    Tx, lifecycle,
    worker::{Due, Inside},
};

/// Brings the jobs of an entry into line with its `scheduled_at` and `unpublish_at`.
pub(crate) async fn plan_in(tx: &mut Tx, entry: &Entry) -> Result<()> {
    let id = entry.id;
    let is_out = matches!(entry.status, Status::Scheduled | Status::Published);
    let planned = |at: Option<Timestamp>| at.filter(|_| is_out);
    let publish = planned(entry.scheduled_at).map(|at| Publish { entry: id, at });
    let unpublish = planned(entry.unpublish_at).map(|at| Unpublish { entry: id, at });
    tx.cancel_jobs(&[Publish::dedupe_of(id), Unpublish::dedupe_of(id)])
        .await?;
    enqueue(tx, publish.map(|job| (job.at, job)))?;
    enqueue(tx, unpublish.map(|job| (job.at, job)))
}

/// The same for an entry that is saved whole, as imports and demos do; it costs nothing where no
/// time is set.
pub(crate) async fn plan_saved(tx: &mut Tx, entry: &Entry, old: Option<&Entry>) -> Result<()> {
    let has_times = |entry: &Entry| entry.scheduled_at.is_some() || entry.unpublish_at.is_some();
    if has_times(entry) || old.is_some_and(has_times) {
        plan_in(tx, entry).await?;
    }
    Ok(())
}

fn enqueue<J: Job>(tx: &mut Tx, planned: Option<(Timestamp, J)>) -> Result<()> {
    if let Some((at, job)) = planned {
        tx.enqueue(NewJob::at(at, &job)?);
    }
    Ok(())
}

/// Does [`Publish`]: what was scheduled for another time meanwhile, or is no more, stays as it is.
#[derive(Debug)]
pub(crate) struct Publisher;

impl Inside for Publisher {
    type Job = Publish;

    fn run<'a>(&'a self, tx: &'a mut Tx, due: Due<Publish>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let Publish { entry, at } = due.job;
            lifecycle::publish_due_in(tx, entry, at).await.map(drop)
        })
    }
}

/// Does [`Unpublish`], likewise.
#[derive(Debug)]
pub(crate) struct Unpublisher;

impl Inside for Unpublisher {
    type Job = Unpublish;

    fn run<'a>(&'a self, tx: &'a mut Tx, due: Due<Unpublish>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let Unpublish { entry, at } = due.job;
            lifecycle::unpublish_due_in(tx, entry, at).await.map(drop)
        })
    }
}
