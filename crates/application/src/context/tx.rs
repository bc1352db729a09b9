//! A transaction that writes: what a use case does in it is committed as a whole or not at all.

use std::{ops::AsyncFnOnce, sync::Arc};

use domain::{
    Result,
    audit::Origin,
    editions::EditionSet,
    events::ContentEvent,
    id::{Id, JobId},
    jobs::NewJob,
};
use persistence::{Reader, TakenJob, WriteTx};

use super::{ActorContext, App};

/// A transaction that writes, and who writes.
#[derive(Debug)]
pub struct Tx {
    pub(super) inner: WriteTx,
    pub(super) cx: ActorContext,
    pub(super) editions: Option<Arc<EditionSet>>,
}

/// Tells the process what was committed, even if the request that committed it is cut off before its
/// answer. To tell what was not committed after all does no harm.
struct Announcement<'a> {
    app: &'a App,
    events: Vec<ContentEvent>,
    wakes_workers: bool,
}

impl Drop for Announcement<'_> {
    fn drop(&mut self) {
        self.app.committed(&self.events);
        if self.wakes_workers {
            self.app.jobs_wanted.notify_one();
        }
    }
}

impl Tx {
    /// Makes everything durable.
    pub async fn commit(self) -> Result<()> {
        let mut sealed = self.inner.seal().await?;
        let announcement = Announcement {
            app: &self.cx.app,
            events: sealed.take_events(),
            wakes_workers: sealed.wakes_workers(),
        };
        let outcome = sealed.commit().await;
        if let (Ok(()), Some(ticket)) = (&outcome, &self.cx.ticket) {
            ticket.committed();
        }
        drop(announcement);
        outcome
    }

    /// Undoes everything.
    pub async fn rollback(self) -> Result<()> {
        self.inner.rollback().await
    }

    /// Who is writing.
    pub fn cx(&self) -> &ActorContext {
        &self.cx
    }

    /// Puts a job into the queue: it is there when this transaction is committed. If one with the
    /// same `dedupe` waits already, that one is kept.
    pub fn enqueue(&mut self, job: NewJob) {
        let (id, at): (JobId, _) = (Id::from_uuid(self.cx.next_id()), self.cx.now());
        self.inner.enqueue(id, job, &self.cx.actor, at);
    }

    /// Takes a job back that waits. Answers whether there was one.
    pub async fn cancel_job(&mut self, dedupe: &str) -> Result<bool> {
        self.cancel_jobs(&[dedupe.to_owned()]).await
    }

    /// Takes jobs back that wait. Answers whether there was one.
    pub async fn cancel_jobs(&mut self, dedupes: &[String]) -> Result<bool> {
        self.inner.cancel_jobs(dedupes).await
    }

    /// Takes a job off the queue, and goes on with the request that wanted it.
    pub(crate) async fn take_job(&mut self, kinds: &[&str]) -> Result<Option<TakenJob>> {
        let taken = self.inner.take_job(kinds, self.cx.now()).await?;
        if let Some(taken) = &taken {
            let origin = Origin {
                address: None,
                request_id: taken.request_id.clone(),
            };
            self.cx.origin = Arc::new(origin);
        }
        Ok(taken)
    }

    /// Reads what this transaction sees.
    pub fn reader(&self) -> Reader<'_> {
        self.inner.reader()
    }

    /// The store's side of it.
    pub(crate) fn store_tx(&mut self) -> &mut WriteTx {
        &mut self.inner
    }

    /// All editions, those made in this transaction included.
    pub async fn editions(&mut self) -> Result<Arc<EditionSet>> {
        if let Some(set) = &self.editions {
            return Ok(Arc::clone(set));
        }
        let set = Arc::new(self.inner.reader().edition_set().await?);
        self.editions = Some(Arc::clone(&set));
        Ok(set)
    }

    pub(crate) fn forget_editions(&mut self) {
        self.editions = None;
    }

    /// Runs a part of the changes that may fail without undoing the rest.
    pub async fn savepoint<T>(
        &mut self,
        change: impl AsyncFnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let mut part = Self {
            inner: self.inner.savepoint().await?,
            cx: self.cx.clone(),
            editions: self.editions.clone(),
        };
        match change(&mut part).await {
            Ok(value) => {
                self.editions = part.editions;
                self.inner.release(part.inner).await?;
                Ok(value)
            }
            Err(error) => {
                part.inner.rollback().await?;
                Err(error)
            }
        }
    }
}
