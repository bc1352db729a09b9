//! The worker: does jobs when their time has come.
//!
//! There are two lanes, so that what waits for a mail server never holds back a publication. Jobs
//! *inside* of the database are taken, done and removed in one transaction: a process that ends in
//! the middle gives them back at once. Jobs *outside* are held by a lease that is renewed while they
//! are done, and that another worker takes up when it ended.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use domain::{
    Error, Result,
    access::Actor,
    audit::Origin,
    jobs::{JobPolicy, NewJob, Publish, Unpublish},
    time::Timestamp,
};
use futures::{
    FutureExt,
    future::{join, join_all},
};
use persistence::{JobFailure, Lease, NextJobs, SetTime, TakenJob};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, error, info_span, warn};

use crate::{ActorContext, App};

mod handlers;

pub use handlers::{Due, Handlers, Inside, Outside};

/// How a worker works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerOptions {
    /// How many jobs of a lane are done at once.
    pub workers: usize,
    /// How often it looks for jobs other processes wanted. Of those of this process it is told.
    pub poll: Duration,
    /// How long a job is held that reaches out of the database, if nothing is heard of the worker.
    pub lease: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            workers: 4,
            poll: Duration::from_secs(1),
            lease: Duration::from_mins(1),
        }
    }
}

/// Does jobs.
#[derive(Debug)]
pub struct Worker {
    app: Arc<App>,
    handlers: Handlers,
    options: WorkerOptions,
    /// Told when there is something to do.
    inside: Notify,
    outside: Notify,
    /// Told when all that was due is done: the next job may be due before the next look.
    drained: Notify,
}

/// What a job needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Inside,
    Outside,
}

/// How many scheduled entries are looked at in one go.
const ENTRIES_AT_ONCE: u32 = 500;
/// The longest word about a failure that is kept.
const MAX_ERROR_CHARS: usize = 1_000;

impl Worker {
    /// Makes a worker that does what these handlers can.
    pub fn new(app: Arc<App>, handlers: Handlers, options: WorkerOptions) -> Self {
        Self {
            app,
            handlers,
            options,
            inside: Notify::new(),
            outside: Notify::new(),
            drained: Notify::new(),
        }
    }

    /// Works until it is told to stop, and ends when what it is at is done. Dropped before, it
    /// leaves that to the next one.
    pub async fn run(self, shutdown: CancellationToken) {
        let slots = self.options.workers.max(1);
        let writers = self.app.store().writers().unwrap_or(slots).min(slots);
        let inside = (0..writers).map(|_| self.work(Lane::Inside, &shutdown));
        let outside = (0..slots).map(|_| self.work(Lane::Outside, &shutdown));
        join(
            self.watch(&shutdown),
            join(join_all(inside), join_all(outside)),
        )
        .await;
    }

    /// Does all that is due, one after the other. Answers how many attempts that took.
    pub async fn run_due(&self) -> Result<u64> {
        let mut attempts = 0;
        while self.attempt(Lane::Inside).await? || self.attempt(Lane::Outside).await? {
            attempts += 1;
        }
        Ok(attempts)
    }

    /// Puts into the queue what must be in it: jobs that come back, and a job for every entry that
    /// is scheduled and has none, because it was before there were jobs.
    pub async fn prepare(&self) -> Result<()> {
        let now = self.cx().now();
        let at = |job: &NewJob| NewJob {
            run_at: now,
            ..job.clone()
        };
        self.enqueue_missing(self.handlers.periodic_jobs().map(at).collect())
            .await?;
        self.adopt(SetTime::Publish).await?;
        self.adopt(SetTime::Unpublish).await
    }

    /// Makes the jobs that are missing of entries for which such a time is set.
    async fn adopt(&self, which: SetTime) -> Result<()> {
        let mut after = None;
        loop {
            let reader = self.app.store().reader();
            let entries = reader.scheduled_entries(which, after, ENTRIES_AT_ONCE);
            let entries = entries.await?;
            after = entries.last().copied();
            if after.is_none() {
                return Ok(());
            }
            let job = |entry: persistence::ScheduledEntry| {
                let (entry, at) = (entry.id, entry.at);
                match which {
                    SetTime::Publish => NewJob::at(at, &Publish { entry, at }),
                    SetTime::Unpublish => NewJob::at(at, &Unpublish { entry, at }),
                }
            };
            let jobs: Result<Vec<NewJob>> = entries.into_iter().map(job).collect();
            self.enqueue_missing(jobs?).await?;
        }
    }

    /// Writes nothing, and takes no lock, where nothing is missing.
    async fn enqueue_missing(&self, jobs: Vec<NewJob>) -> Result<()> {
        let dedupes: Vec<String> = jobs.iter().filter_map(|job| job.dedupe.clone()).collect();
        let waiting = self.app.store().reader().waiting_jobs(&dedupes).await?;
        let is_waiting =
            |job: &NewJob| matches!(&job.dedupe, Some(dedupe) if waiting.contains(dedupe));
        let missing: Vec<NewJob> = jobs.into_iter().filter(|job| !is_waiting(job)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut tx = self.cx().begin().await?;
        for job in missing {
            tx.enqueue(job);
        }
        tx.commit().await
    }

    fn cx(&self) -> ActorContext {
        self.cx_of(None)
    }

    fn cx_of(&self, request_id: Option<String>) -> ActorContext {
        let origin = Origin {
            address: None,
            request_id,
        };
        self.app.context_from(Actor::System("job"), origin)
    }

    fn told(&self, lane: Lane) -> &Notify {
        match lane {
            Lane::Inside => &self.inside,
            Lane::Outside => &self.outside,
        }
    }

    /// Looks for what is due, and tells the lanes.
    async fn watch(&self, shutdown: &CancellationToken) {
        let (mut is_prepared, mut was_lost) = (false, false);
        while !shutdown.is_cancelled() {
            let looked = async {
                if !is_prepared {
                    self.prepare().await?;
                    is_prepared = true;
                }
                self.look().await
            };
            let wait = match looked.await {
                Ok(wait) => {
                    was_lost = false;
                    wait
                }
                Err(error) => {
                    // Told once, not every second until the database is back.
                    if !was_lost {
                        warn!(error = in_words(&error), "jobs cannot be looked for");
                    }
                    was_lost = true;
                    self.options.poll
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
                () = self.app.jobs_wanted().notified() => {}
                () = self.drained.notified() => {}
            }
        }
    }

    /// Tells the lanes what is due, and answers how long nothing else will be.
    async fn look(&self) -> Result<Duration> {
        let (next, now) = (self.next_jobs().await?, self.cx().now());
        let mut wait = self.options.poll;
        for (lane, at) in [(Lane::Inside, next.inside), (Lane::Outside, next.outside)] {
            match at.map(|at| (at - now).to_std()) {
                // Due, though perhaps all are busy, or another process is at it.
                Some(Err(_) | Ok(Duration::ZERO)) => self.told(lane).notify_one(),
                Some(Ok(time)) => wait = wait.min(time.max(Duration::from_millis(1))),
                None => {}
            }
        }
        Ok(wait)
    }

    async fn next_jobs(&self) -> Result<NextJobs> {
        let (inside, outside) = (self.kinds(Lane::Inside), self.kinds(Lane::Outside));
        self.app.store().reader().next_jobs(&inside, &outside).await
    }

    fn kinds(&self, lane: Lane) -> Vec<&'static str> {
        match lane {
            Lane::Inside => self.handlers.inside.keys().copied().collect(),
            Lane::Outside => self.handlers.outside.keys().copied().collect(),
        }
    }

    /// One of those who do the jobs of a lane.
    async fn work(&self, lane: Lane, shutdown: &CancellationToken) {
        let told = self.told(lane);
        while shutdown
            .run_until_cancelled(told.notified())
            .await
            .is_some()
        {
            let mut has_worked = false;
            while !shutdown.is_cancelled() {
                match self.attempt(lane).await {
                    Ok(true) => has_worked = true,
                    Ok(false) => break,
                    Err(error) => {
                        warn!(error = in_words(&error), "a job could not be taken");
                        has_worked = false;
                        break;
                    }
                }
            }
            // Only then: what another process is at stays due, and would be looked at without end.
            if has_worked {
                self.drained.notify_one();
            }
        }
    }

    /// Takes a job and tries to do it. Answers whether there was one.
    async fn attempt(&self, lane: Lane) -> Result<bool> {
        // A look costs no lock.
        let next = self.next_jobs().await?;
        let now = self.cx().now();
        let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        match lane {
            Lane::Inside if is_due(next.inside) => self.attempt_inside().await,
            Lane::Outside if is_due(next.outside) => self.attempt_outside().await,
            Lane::Inside | Lane::Outside => Ok(false),
        }
    }

    async fn attempt_inside(&self) -> Result<bool> {
        let mut tx = self.cx().begin().await?;
        let Some(taken) = tx.take_job(&self.kinds(Lane::Inside)).await? else {
            tx.rollback().await?;
            return Ok(false);
        };
        let Some(known) = self.handlers.inside.get(taken.kind.as_str()) else {
            return Ok(false);
        };
        self.inside.notify_one();
        let span = info_span!("job", job.id = %taken.id, job.kind = taken.kind);
        let outcome = async {
            let work = known.handler.take(&mut tx, &taken);
            if let Err(error) = bounded(work, known.policy.limit).await {
                // What cannot be undone now is when the connection ends.
                let _undone = tx.rollback().await;
                return Err(error);
            }
            if let Some(next) = self.handlers.next_of(&taken.kind, tx.cx().now()) {
                tx.enqueue(next);
            }
            tx.commit().await
        };
        // Between the two another worker may take it: then it is tried once more without a wait.
        if let Err(error) = outcome.instrument(span).await {
            self.failed(&taken, known.policy, &error).await?;
        }
        Ok(true)
    }

    async fn attempt_outside(&self) -> Result<bool> {
        let (store, kinds) = (self.app.store(), self.kinds(Lane::Outside));
        let lease = self.lease(self.cx().next_id());
        let Some(mut taken) = store.claim_job(&kinds, self.cx().now(), lease).await? else {
            return Ok(false);
        };
        let Some(known) = self.handlers.outside.get(taken.kind.as_str()) else {
            return Ok(false);
        };
        self.outside.notify_one();
        if taken.attempt > taken.max_attempts {
            taken.attempt = taken.max_attempts;
            let error = Error::internal("the worker ended while it was at the last attempt");
            self.failed(&taken, known.policy, &error).await?;
            return Ok(true);
        }
        let cx = self.cx_of(taken.request_id.clone());
        let span = info_span!("job", job.id = %taken.id, job.kind = taken.kind);
        let work = bounded(known.handler.take(&cx, &taken), known.policy.limit).instrument(span);
        let outcome = tokio::select! {
            outcome = work => outcome,
            () = self.hold(&taken, lease.id) => {
                warn!(job.id = %taken.id, "the lease of a job ended: another worker has it");
                return Ok(true);
            }
        };
        match outcome {
            Ok(()) => {
                store.finish_job(&taken).await?;
            }
            Err(error) => {
                // What is refused for what it is will be refused again.
                if matches!(error, Error::Invalid(_)) {
                    taken.max_attempts = taken.attempt;
                }
                self.failed(&taken, known.policy, &error).await?;
            }
        }
        Ok(true)
    }

    fn lease(&self, id: uuid::Uuid) -> Lease {
        Lease {
            id,
            ends_at: self.cx().now() + self.options.lease,
        }
    }

    /// Renews a lease until it is lost.
    async fn hold(&self, taken: &TakenJob, lease: uuid::Uuid) {
        loop {
            tokio::time::sleep(self.options.lease / 3).await;
            let renewed = self.app.store().renew_lease(taken.id, self.lease(lease));
            match renewed.await {
                Ok(true) => {}
                Ok(false) => return,
                // Nobody else can have it while nobody can ask for it.
                Err(error) => warn!(error = in_words(&error), "a lease could not be renewed"),
            }
        }
    }

    /// Notes a failed attempt.
    async fn failed(&self, taken: &TakenJob, policy: JobPolicy, error: &Error) -> Result<()> {
        let at = self.cx().now();
        let words: String = in_words(error).chars().take(MAX_ERROR_CHARS).collect();
        let retry_at = (taken.attempt < taken.max_attempts)
            .then(|| at + policy.delay(taken.attempt, self.random()));
        let (id, kind, attempt) = (taken.id, taken.kind.as_str(), taken.attempt);
        if retry_at.is_some() {
            warn!(job.id = %id, job.kind = kind, attempt, error = words, "a job failed and will be tried again");
        } else {
            error!(job.id = %id, job.kind = kind, attempt, error = words, "a job failed too often: see `colophon jobs list --state dead`");
        }
        let failure = JobFailure {
            job: taken,
            error: words,
            retry_at,
            at,
        };
        self.app.store().fail_job(&failure).await?;
        Ok(())
    }

    /// The last bits of an id are random; those of tests count.
    fn random(&self) -> u32 {
        let bits = self.cx().next_id().as_u128() & u128::from(u32::MAX);
        u32::try_from(bits).unwrap_or_default()
    }
}

/// Does the work unless it takes too long. A panic is an error like others.
async fn bounded(work: impl Future<Output = Result<()>>, limit: Duration) -> Result<()> {
    // What a panic leaves half done is the transaction, which is undone.
    match tokio::time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            Err(Error::internal(format!(
                "it panicked: {}",
                text.unwrap_or("without a word")
            )))
        }
        Err(_elapsed) => Err(Error::internal(format!(
            "it took longer than {} seconds",
            limit.as_secs()
        ))),
    }
}

/// An error with its causes, for those who run the server.
fn in_words(error: &Error) -> String {
    // Its own words are for callers from outside.
    let mut text = if matches!(error, Error::Internal(_)) {
        String::new()
    } else {
        error.to_string()
    };
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        let words = source.to_string();
        if !text.ends_with(&words) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&words);
        }
        cause = source.source();
    }
    text
}
