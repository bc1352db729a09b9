//! Workers for tests, and jobs of kinds that only tests have.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use application::{
    ActorContext, App, Clock, Tx, comments,
    worker::{Due, Handlers, Inside, Outside, Worker, WorkerOptions},
};
use domain::{
    Error, Result,
    access::Actor,
    comments::{CommentDraft, CommentStatus},
    id::EntryId,
    jobs::{Job, JobPolicy, NewJob},
    time::Timestamp,
};
use futures::future::BoxFuture;
use sea_orm::TryGetable;
use serde::{Deserialize, Serialize};
use server::BuildOptions;
use tokio::sync::Semaphore;

use super::{TestIds, TestServer};

/// A job inside: writes a comment under an entry. Done twice, there are two.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Remark {
    pub entry: EntryId,
    pub text: String,
}

impl Job for Remark {
    const KIND: &'static str = "test_remark";
    const POLICY: JobPolicy = JobPolicy {
        max_attempts: 3,
        ..JobPolicy::INSIDE
    };
}

/// Does it, as the test wants it.
#[derive(Debug, Clone)]
pub enum Remarker {
    /// As it should be.
    Sound,
    /// It writes and then says that it failed, this many times.
    Failing(Arc<AtomicU32>),
    /// It writes and then panics, this many times.
    Panicking(Arc<AtomicU32>),
    /// It writes and then waits for a permit.
    Waiting(Arc<Semaphore>, Arc<Semaphore>),
}

impl Remarker {
    pub fn failing(times: u32) -> Self {
        Self::Failing(Arc::new(AtomicU32::new(times)))
    }
    pub fn panicking(times: u32) -> Self {
        Self::Panicking(Arc::new(AtomicU32::new(times)))
    }
    /// The first semaphore is told when the remark is written, the second one lets it be committed.
    pub fn waiting() -> (Self, Arc<Semaphore>, Arc<Semaphore>) {
        let (written, go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        (Self::Waiting(written.clone(), go.clone()), written, go)
    }
}

fn once_more(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        left.checked_sub(1)
    })
    .is_ok()
}

impl Inside for Remarker {
    type Job = Remark;

    fn run<'a>(&'a self, tx: &'a mut Tx, due: Due<Remark>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let draft = CommentDraft {
                entry: due.job.entry,
                parent: None,
                status: CommentStatus::Approved,
                author_name: "A job".to_owned(),
                author_email: None,
                author_url: None,
                body: due.job.text,
                created_at: None,
            };
            comments::create_in(tx, &draft).await?;
            match self {
                Self::Failing(left) if once_more(left) => {
                    return Err(Error::internal("the ink is dry"));
                }
                Self::Panicking(left) => assert!(!once_more(left), "the pen broke"),
                Self::Sound | Self::Failing(_) => {}
                Self::Waiting(written, go) => {
                    written.add_permits(1);
                    go.acquire().await.unwrap().forget();
                }
            }
            Ok(())
        })
    }
}

/// A job outside: sends a letter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
}

impl Job for Letter {
    const KIND: &'static str = "test_letter";
    const POLICY: JobPolicy = JobPolicy {
        max_attempts: 3,
        ..JobPolicy::OUTSIDE
    };
    fn dedupe(&self) -> Option<String> {
        Some(format!("letter:{}", self.to))
    }
}

/// Counts letters, and sends each only when it is allowed to.
#[derive(Debug, Clone, Default)]
pub struct Post {
    pub begun: Arc<AtomicU32>,
    pub sent: Arc<AtomicU32>,
    pub fails: Arc<AtomicU32>,
    /// None: at once.
    pub go: Option<Arc<Semaphore>>,
}

impl Outside for Post {
    type Job = Letter;

    fn run<'a>(&'a self, _cx: &'a ActorContext, _due: Due<Letter>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.begun.fetch_add(1, Ordering::SeqCst);
            if once_more(&self.fails) {
                return Err(Error::Unavailable {
                    message: "no stamps".to_owned(),
                    source: None,
                });
            }
            if let Some(go) = &self.go {
                go.acquire().await.unwrap().forget();
            }
            self.sent.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    }
}

/// Options of a worker that looks only when it is told.
pub const DEAF: WorkerOptions = WorkerOptions {
    workers: 4,
    poll: Duration::from_hours(1),
    lease: Duration::from_mins(1),
};

impl TestServer {
    /// Does all jobs that are due, as the server would. Answers how many attempts it took.
    pub async fn run_due_jobs(&self) -> u64 {
        let handlers = Handlers::standard().unwrap();
        self.worker(handlers, DEAF).run_due().await.unwrap()
    }

    /// A worker of this server that can do this.
    pub fn worker(&self, handlers: Handlers, options: WorkerOptions) -> Worker {
        Worker::new(Arc::clone(&self.app), handlers, options)
    }

    /// The application once more, as another process has it: on the same database.
    pub async fn another_app(&self, clock: Arc<dyn Clock>) -> Arc<App> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let mut config = server::Config::defaults().unwrap();
        self.database_url().clone_into(&mut config.database.url);
        config.database.readers = 3;
        config.data.directory = self.files.path().to_owned();
        let options = BuildOptions {
            clock,
            ids: Arc::new(TestIds::from(
                NUMBER.fetch_add(1, Ordering::SeqCst) * (1 << 32),
            )),
            ..BuildOptions::default()
        };
        server::open(&config, options).await.unwrap()
    }

    /// Puts a job into the queue that is due at this time.
    pub async fn enqueue<J: Job>(&self, run_at: Timestamp, job: &J) {
        enqueue(&self.app, run_at, job).await;
    }

    /// What a column says of all jobs, the next first.
    pub async fn jobs<T: TryGetable>(&self, column: &str) -> Vec<T> {
        let sql = format!("SELECT {column} FROM job ORDER BY run_at, id");
        let rows = self.rows(&sql).await;
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    }

    /// How many comments there are.
    pub async fn remarks(&self) -> i64 {
        self.count("SELECT count(*) FROM comment").await
    }
}

/// Puts a job into the queue of an application.
pub async fn enqueue<J: Job>(app: &Arc<App>, run_at: Timestamp, job: &J) {
    let cx = app.context(Actor::System("test"));
    let job = NewJob::at(run_at, job).unwrap();
    let put = cx.write(async |tx| {
        tx.enqueue(job);
        Ok(())
    });
    put.await.unwrap();
}

/// Waits until something is so; not for ever.
pub async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..1000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it took longer than ten seconds");
}
