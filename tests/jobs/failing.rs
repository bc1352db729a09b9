//! Jobs that fail: they are tried again, later each time, and then left to people.

use std::{sync::atomic::Ordering, time::Duration};

use application::{
    jobs,
    worker::{Handlers, WorkerOptions},
};
use domain::{
    id::EntryId,
    jobs::{Job, JobPolicy, JobQuery, JobRecord, NewJob},
    paging::PageArgs,
};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::harness::{
    TestServer,
    work::{DEAF, Letter, Post, Remark, Remarker, until},
};

async fn with_job(text: &str) -> (TestServer, EntryId) {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let entry = server.article(site.en, "River").await.into();
    let text = text.to_owned();
    let now = server.system().now();
    server.enqueue(now, &Remark { entry, text }).await;
    (server, entry)
}

async fn all(server: &TestServer) -> Vec<JobRecord> {
    let cx = server.system();
    let page = jobs::list(&cx, &JobQuery::default(), &PageArgs::first(100)).await;
    let edges = page.unwrap().edges.into_iter();
    edges.map(|edge| edge.node).collect()
}

/// Moves the clock past the time of the first job.
async fn wait_for_it(server: &TestServer) {
    let at = all(server).await[0].run_at;
    server.clock.set(at + Duration::from_secs(1));
}

#[tokio::test]
async fn a_job_that_fails_is_undone_and_tried_again_later_each_time_until_it_is_dead() {
    let (server, _) = with_job("Well said.").await;
    let worker = server.worker(Handlers::default().inside(Remarker::failing(3)), DEAF);
    let mut waits = Vec::new();
    for attempt in 1..=3 {
        let now = server.system().now();
        // A failed one is not due again at once.
        assert_eq!(worker.run_due().await.unwrap(), 1, "{attempt}");
        let job = all(&server).await.remove(0);
        assert_eq!((job.attempts, job.max_attempts), (attempt, 3));
        assert_eq!(job.last_error.as_deref(), Some("the ink is dry"));
        assert_eq!(server.remarks().await, 0);
        if attempt == 3 {
            assert_eq!(job.state.as_str(), "dead");
        } else {
            assert_eq!(job.state.as_str(), "waiting");
            waits.push((job.run_at - now).to_std().unwrap());
            wait_for_it(&server).await;
        }
    }
    // Ids of tests count: the random part of the wait is nearly none, and half of it is left.
    let near =
        |wait: Duration, half: u64| wait.abs_diff(Duration::from_millis(half)).as_millis() < 5;
    assert!(near(waits[0], 500) && near(waits[1], 1000), "{waits:?}");
    server.clock.set("2027-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(worker.run_due().await.unwrap(), 0);

    let id = all(&server).await[0].id;
    jobs::retry(&server.system(), id).await.unwrap();
    let job = all(&server).await.remove(0);
    assert_eq!((job.attempts, job.state.as_str()), (0, "waiting"));
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(server.remarks().await, 1);
    assert_eq!(all(&server).await, []);
}

#[tokio::test]
async fn a_panic_counts_as_a_failure_and_does_not_stop_the_worker() {
    let (server, entry) = with_job("First").await;
    let stop = CancellationToken::new();
    // A second one could try again before the first has noted that it failed.
    let alone = WorkerOptions { workers: 1, ..DEAF };
    let worker = server
        .worker(Handlers::default().inside(Remarker::panicking(1)), alone)
        .run(stop.clone());
    let work = async {
        until(async || server.jobs::<i64>("attempts").await == [1]).await;
        let job = all(&server).await.remove(0);
        assert_eq!(
            job.last_error.as_deref(),
            Some("it panicked: the pen broke")
        );
        let text = "Second".to_owned();
        let now = server.system().now();
        server.enqueue(now, &Remark { entry, text }).await;
        until(async || server.remarks().await == 1).await;
        stop.cancel();
    };
    tokio::join!(worker, work);
    assert_eq!(all(&server).await.len(), 1);
    wait_for_it(&server).await;
    let worker = server.worker(Handlers::default().inside(Remarker::Sound), DEAF);
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(server.remarks().await, 2);
}

#[tokio::test]
async fn a_job_outside_of_the_database_fails_and_dies_alike() {
    let server = TestServer::start().await;
    let now = server.system().now();
    server.enqueue(now, &Letter { to: "ada".into() }).await;
    let post = Post::default();
    post.fails.store(3, Ordering::SeqCst);
    let worker = server.worker(Handlers::default().outside(post.clone()), DEAF);
    for attempt in 1..=3 {
        assert_eq!(worker.run_due().await.unwrap(), 1);
        let job = all(&server).await.remove(0);
        assert_eq!(
            (job.attempts, job.last_error.as_deref()),
            (attempt, Some("no stamps"))
        );
        server.clock.set(job.run_at + Duration::from_secs(1));
    }
    let job = all(&server).await.remove(0);
    assert_eq!(job.state.as_str(), "dead");
    jobs::retry(&server.system(), job.id).await.unwrap();
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(
        (
            post.begun.load(Ordering::SeqCst),
            post.sent.load(Ordering::SeqCst)
        ),
        (4, 1)
    );
    assert_eq!(all(&server).await, []);
}

#[tokio::test]
async fn a_letter_that_failed_gives_way_to_a_newer_one_to_the_same() {
    let server = TestServer::start().await;
    let now = server.system().now();
    server.enqueue(now, &Letter { to: "ada".into() }).await;
    let go = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let failing = Post {
        go: Some(go.clone()),
        ..Post::default()
    };
    let worker = server.worker(Handlers::default().outside(failing.clone()), DEAF);
    let work = async {
        until(async || failing.begun.load(Ordering::SeqCst) == 1).await;
        let later = now + Duration::from_secs(30);
        server.enqueue(later, &Letter { to: "ada".into() }).await;
        assert_eq!(server.jobs::<String>("state").await, ["running", "waiting"]);
        // The semaphore fails the first letter: whoever waits for it panics.
        go.close();
    };
    let (done, ()) = tokio::join!(worker.run_due(), work);
    assert_eq!(done.unwrap(), 1);
    let left = all(&server).await;
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].attempts, left[0].run_at),
        (0, now + Duration::from_secs(30))
    );
}

/// What another release wrote under the same name.
#[derive(Debug, Serialize, Deserialize)]
struct Unreadable(u8);

impl Job for Unreadable {
    const KIND: &'static str = Remark::KIND;
    const POLICY: JobPolicy = JobPolicy::INSIDE;
}

#[tokio::test]
async fn what_cannot_be_read_fails_like_anything_else() {
    let server = TestServer::start().await;
    let mut job = NewJob::at(server.system().now(), &Unreadable(7)).unwrap();
    job.max_attempts = 1;
    let cx = server.system();
    let put = cx.write(async |tx| {
        tx.enqueue(job);
        Ok(())
    });
    put.await.unwrap();
    let worker = server.worker(Handlers::default().inside(Remarker::Sound), DEAF);
    assert_eq!(worker.run_due().await.unwrap(), 1);
    let job = all(&server).await.remove(0);
    assert_eq!(job.state.as_str(), "dead");
    assert!(job.last_error.unwrap().contains("invalid type"));
}
