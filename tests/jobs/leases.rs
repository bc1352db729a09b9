//! Leases: what becomes of a letter when the worker ends that was about to send it.

use std::{sync::atomic::Ordering, time::Duration};

use application::worker::{Handlers, WorkerOptions};
use persistence::{Lease, TakenJob};
use uuid::Uuid;

use crate::harness::{
    TestServer,
    work::{DEAF, Letter, Post, until},
};

/// Takes a letter as a worker does that ends right after.
async fn taken_by_another(server: &TestServer) -> TakenJob {
    let now = server.system().now();
    let lease = Lease {
        id: Uuid::from_u128(7),
        ends_at: now + Duration::from_mins(1),
    };
    let taken = server.app.store().claim_job(&["test_letter"], now, lease);
    taken.await.unwrap().unwrap()
}

async fn with_letter() -> (TestServer, Post) {
    let server = TestServer::start().await;
    let now = server.system().now();
    server.enqueue(now, &Letter { to: "ada".into() }).await;
    (server, Post::default())
}

fn later(server: &TestServer, seconds: u64) {
    let now = server.system().now();
    server.clock.set(now + Duration::from_secs(seconds));
}

#[tokio::test]
async fn a_letter_whose_worker_ended_is_taken_up_when_its_lease_ended() {
    let (server, post) = with_letter().await;
    let lost = taken_by_another(&server).await;
    let worker = server.worker(Handlers::default().outside(post.clone()), DEAF);
    later(&server, 59);
    assert_eq!(worker.run_due().await.unwrap(), 0);
    later(&server, 2);
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(post.sent.load(Ordering::SeqCst), 1);
    assert_eq!(server.jobs::<String>("state").await, [] as [&str; 0]);
    // It was not dead after all: what it says now is of no weight.
    assert!(!server.app.store().finish_job(&lost).await.unwrap());
}

#[tokio::test]
async fn who_lost_a_lease_changes_nothing_any_more() {
    let (server, _) = with_letter().await;
    let lost = taken_by_another(&server).await;
    later(&server, 61);
    let now = server.system().now();
    let lease = Lease {
        id: Uuid::from_u128(8),
        ends_at: now + Duration::from_mins(1),
    };
    let store = server.app.store();
    let held = store.claim_job(&["test_letter"], now, lease).await;
    let held = held.unwrap().unwrap();
    assert_eq!((held.id, lost.attempt, held.attempt), (lost.id, 1, 2));
    let old = Lease {
        id: Uuid::from_u128(7),
        ..lease
    };
    assert!(!store.renew_lease(lost.id, old).await.unwrap());
    let failure = persistence::JobFailure {
        job: &lost,
        error: "late".to_owned(),
        retry_at: Some(now),
        at: now,
    };
    assert!(!store.fail_job(&failure).await.unwrap());
    assert_eq!(server.jobs::<String>("state").await, ["running"]);
    assert!(store.renew_lease(held.id, lease).await.unwrap());
    assert!(store.finish_job(&held).await.unwrap());
}

#[tokio::test]
async fn a_letter_that_ends_every_worker_is_not_sent_for_ever() {
    let (server, post) = with_letter().await;
    for _ in 0..3 {
        taken_by_another(&server).await;
        later(&server, 61);
    }
    let worker = server.worker(Handlers::default().outside(post.clone()), DEAF);
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(post.begun.load(Ordering::SeqCst), 0);
    assert_eq!(server.jobs::<String>("state").await, ["dead"]);
    assert_eq!(server.jobs::<i64>("attempts").await, [3]);
}

#[tokio::test]
async fn a_lease_is_renewed_while_the_letter_is_written_and_let_go_when_another_has_it() {
    let (server, _) = with_letter().await;
    let go = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let post = Post {
        go: Some(go),
        ..Post::default()
    };
    let options = WorkerOptions {
        lease: Duration::from_millis(300),
        ..DEAF
    };
    let worker = server.worker(Handlers::default().outside(post.clone()), options);
    let ends = async || {
        server
            .jobs::<String>("CAST(lease_ends_at AS text)")
            .await
            .remove(0)
    };
    let work = async {
        until(async || post.begun.load(Ordering::SeqCst) == 1).await;
        let first = ends().await;
        later(&server, 5);
        until(async || ends().await != first).await;
        let other = "UPDATE job SET lease_id = ";
        server
            .rows(&format!(
                "{other}{}",
                crate::harness::people::sql_id(Uuid::from_u128(9))
            ))
            .await;
    };
    let (done, ()) = tokio::join!(worker.run_due(), work);
    // It gave up by itself, and left the job to the other.
    assert_eq!(done.unwrap(), 1);
    assert_eq!(post.sent.load(Ordering::SeqCst), 0);
    assert_eq!(server.jobs::<String>("state").await, ["running"]);
}
