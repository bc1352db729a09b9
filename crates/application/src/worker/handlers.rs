//! What does jobs: one handler for each kind.

use std::{collections::BTreeMap, fmt, time::Duration};

use domain::{
    Error, Result,
    id::JobId,
    jobs::{Job, JobPolicy, NewJob, PruneAudit, PruneIdempotencyKeys, PruneSessions},
    time::Timestamp,
};
use futures::future::BoxFuture;
use persistence::TakenJob;

use crate::{
    ActorContext, Tx,
    custom_fields::FieldIndexer,
    idempotency::KeyPruner,
    pruning::{AuditPruner, SessionPruner},
    schedules::{Publisher, Unpublisher},
};

/// A job whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due<J> {
    /// Its id: the same at every attempt.
    pub id: JobId,
    /// Which attempt this is; the first is 1.
    pub attempt: u32,
    /// The time it was to be done.
    pub run_at: Timestamp,
    /// What it is about.
    pub job: J,
}

impl<J: Job> Due<J> {
    fn read(taken: &TakenJob) -> Result<Self> {
        Ok(Self {
            id: taken.id,
            attempt: taken.attempt,
            run_at: taken.run_at,
            job: serde_json::from_str(&taken.payload).map_err(Error::internal)?,
        })
    }
}

/// Does a kind of job in the database alone, in the transaction that takes it off the queue: what it
/// changes and that it is done are one commit, so that it happens exactly once.
pub trait Inside: Send + Sync + 'static {
    /// The kind.
    type Job: Job;

    /// Does one. What it returns an error for is undone.
    fn run<'a>(&'a self, tx: &'a mut Tx, due: Due<Self::Job>) -> BoxFuture<'a, Result<()>>;
}

/// Does a kind of job that reaches out of the database: it happens at least once. Twice, if the
/// process ends between the deed and its note.
pub trait Outside: Send + Sync + 'static {
    /// The kind.
    type Job: Job;

    /// Does one.
    fn run<'a>(&'a self, cx: &'a ActorContext, due: Due<Self::Job>) -> BoxFuture<'a, Result<()>>;
}

/// [`Inside`], whatever its kind.
pub(super) trait DoInside: Send + Sync {
    fn take<'a>(&'a self, tx: &'a mut Tx, taken: &'a TakenJob) -> BoxFuture<'a, Result<()>>;
}

impl<H: Inside> DoInside for H {
    fn take<'a>(&'a self, tx: &'a mut Tx, taken: &'a TakenJob) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.run(tx, Due::read(taken)?).await })
    }
}

/// [`Outside`], whatever its kind.
pub(super) trait DoOutside: Send + Sync {
    fn take<'a>(&'a self, cx: &'a ActorContext, taken: &'a TakenJob) -> BoxFuture<'a, Result<()>>;
}

impl<H: Outside> DoOutside for H {
    fn take<'a>(&'a self, cx: &'a ActorContext, taken: &'a TakenJob) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.run(cx, Due::read(taken)?).await })
    }
}

/// A handler, and what becomes of jobs it fails at.
pub(super) struct Known<H: ?Sized> {
    pub(super) policy: JobPolicy,
    pub(super) handler: Box<H>,
}

/// A job that comes back.
struct Periodic {
    every: Duration,
    job: NewJob,
}

/// The handlers of a worker. It leaves alone what it has no handler for: another release may know it.
#[derive(Default)]
pub struct Handlers {
    pub(super) inside: BTreeMap<&'static str, Known<dyn DoInside>>,
    pub(super) outside: BTreeMap<&'static str, Known<dyn DoOutside>>,
    periodic: Vec<Periodic>,
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handlers")
            .field("inside", &self.inside.keys())
            .field("outside", &self.outside.keys())
            .finish_non_exhaustive()
    }
}

/// How often what need not be kept is removed.
const DAILY: Duration = Duration::from_hours(24);

/// The same for what is many and soon of no more use.
const HOURLY: Duration = Duration::from_hours(1);

impl Handlers {
    /// The handlers of every kind of job there is.
    pub fn standard() -> Result<Self> {
        Self::default()
            .inside(Publisher)
            .inside(Unpublisher)
            .inside(AuditPruner)
            .inside(KeyPruner)
            .inside(SessionPruner)
            .inside(FieldIndexer)
            .every(DAILY, &PruneAudit {})?
            .every(HOURLY, &PruneIdempotencyKeys {})?
            .every(DAILY, &PruneSessions {})
    }

    /// Adds one that needs the database alone.
    #[must_use]
    pub fn inside<H: Inside>(mut self, handler: H) -> Self {
        let handler: Box<dyn DoInside> = Box::new(handler);
        let policy = H::Job::POLICY;
        let known = Known { policy, handler };
        self.inside.insert(H::Job::KIND, known);
        self
    }

    /// Adds one that reaches out of the database.
    #[must_use]
    pub fn outside<H: Outside>(mut self, handler: H) -> Self {
        let handler: Box<dyn DoOutside> = Box::new(handler);
        let policy = H::Job::POLICY;
        let known = Known { policy, handler };
        self.outside.insert(H::Job::KIND, known);
        self
    }

    /// Has a job done again and again. It is one that needs the database alone, and no two of it
    /// may wait at once.
    pub fn every<J: Job>(mut self, every: Duration, job: &J) -> Result<Self> {
        let job = NewJob::at(Timestamp::UNIX_EPOCH, job)?;
        self.periodic.push(Periodic { every, job });
        Ok(self)
    }

    /// The jobs that come back.
    pub(super) fn periodic_jobs(&self) -> impl Iterator<Item = &NewJob> {
        self.periodic.iter().map(|periodic| &periodic.job)
    }

    /// What is to be done after a job of this kind was done.
    pub(super) fn next_of(&self, kind: &str, now: Timestamp) -> Option<NewJob> {
        let periodic = self.periodic.iter().find(|known| known.job.kind == kind)?;
        Some(NewJob {
            run_at: now + periodic.every,
            ..periodic.job.clone()
        })
    }
}
