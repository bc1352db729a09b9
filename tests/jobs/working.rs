//! Workers at work: each job once, in time, and an end that leaves nothing half done.

use std::{sync::atomic::Ordering, time::Duration};

use application::{
    SystemClock,
    worker::{Handlers, Worker, WorkerOptions},
};
use domain::{access::Actor, audit::Origin, id::EntryId, jobs::NewJob};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::harness::{
    TestServer, engine,
    work::{DEAF, Letter, Post, Remark, Remarker, enqueue, until},
};

async fn with_entry() -> (TestServer, EntryId) {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let entry = server.article(site.en, "River").await.into();
    (server, entry)
}

fn remark(entry: EntryId, text: &str) -> Remark {
    let text = text.to_owned();
    Remark { entry, text }
}

fn remarks(how: Remarker) -> Handlers {
    Handlers::default().inside(how)
}

#[tokio::test]
async fn what_a_job_does_and_that_it_is_done_are_one() {
    let (server, entry) = with_entry().await;
    let cx = server.app.context_from(
        Actor::System("test"),
        Origin {
            address: Some([192, 0, 2, 7].into()),
            request_id: Some("request-7".to_owned()),
        },
    );
    let job = NewJob::at(cx.now(), &remark(entry, "Well said.")).unwrap();
    let put = cx.write(async |tx| {
        tx.enqueue(job);
        Ok(())
    });
    put.await.unwrap();
    let worker = server.worker(remarks(Remarker::Sound), DEAF);
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(worker.run_due().await.unwrap(), 0);
    assert_eq!(server.remarks().await, 1);
    assert_eq!(server.jobs::<String>("state").await, [] as [&str; 0]);
    // The log says who did it, and which request wanted it; the address is that request's own.
    let log = "SELECT count(*) FROM audit WHERE event = 'comment.created' AND actor = 'system:job' AND request_id = 'request-7' AND address IS NULL";
    assert_eq!(server.count(log).await, 1);
}

#[tokio::test]
async fn a_worker_that_ends_between_the_deed_and_its_commit_gives_the_job_back_at_once() {
    let (server, entry) = with_entry().await;
    let now = server.system().now();
    server.enqueue(now, &remark(entry, "Well said.")).await;
    let (how, written, _go) = Remarker::waiting();
    let worker = server.worker(remarks(how), DEAF);
    {
        let work = worker.run_due();
        tokio::pin!(work);
        tokio::select! {
            done = &mut work => panic!("{done:?}"),
            permit = written.acquire() => permit.unwrap().forget(),
        }
    }
    assert_eq!(server.remarks().await, 0);
    assert_eq!(server.jobs::<i64>("attempts").await, [0]);
    let other = server.another_app(server.clock.clone()).await;
    let other = Worker::new(other, remarks(Remarker::Sound), DEAF);
    assert_eq!(other.run_due().await.unwrap(), 1);
    assert_eq!(server.remarks().await, 1);
    assert_eq!(server.jobs::<i64>("attempts").await, [] as [i64; 0]);
}

#[tokio::test]
async fn two_processes_do_each_of_many_jobs_exactly_once() {
    let (server, entry) = with_entry().await;
    let cx = server.system();
    let jobs: Vec<NewJob> = (0..200)
        .map(|number| NewJob::at(cx.now(), &remark(entry, &format!("Number {number}"))).unwrap())
        .collect();
    let put = cx.write(async |tx| {
        for job in &jobs {
            tx.enqueue(job.clone());
        }
        Ok(())
    });
    put.await.unwrap();
    let other = server.another_app(server.clock.clone()).await;
    let options = WorkerOptions {
        poll: Duration::from_millis(20),
        ..DEAF
    };
    let one = server.worker(remarks(Remarker::Sound), options);
    let two = Worker::new(other, remarks(Remarker::Sound), options);
    let stop = CancellationToken::new();
    let watch = async {
        until(async || server.count("SELECT count(*) FROM job").await == 0).await;
        stop.cancel();
    };
    tokio::join!(one.run(stop.clone()), two.run(stop.clone()), watch);
    assert_eq!(server.remarks().await, 200);
    let log = "SELECT count(*) FROM audit WHERE event = 'comment.created' AND actor = 'system:job'";
    assert_eq!(server.count(log).await, 200);
    let different = "SELECT count(DISTINCT body_text) FROM comment";
    assert_eq!(server.count(different).await, 200);
}

#[tokio::test]
async fn a_worker_is_told_of_a_new_job_and_does_it_within_a_second() {
    let (server, entry) = with_entry().await;
    let post = Post::default();
    let handlers = remarks(Remarker::Sound).outside(post.clone());
    let stop = CancellationToken::new();
    let worker = server.worker(handlers, DEAF).run(stop.clone());
    let work = async {
        // It has looked, and would not look again for an hour.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = server.system().now();
        let begin = Instant::now();
        server.enqueue(now, &remark(entry, "Well said.")).await;
        until(async || server.remarks().await == 1).await;
        server.enqueue(now, &Letter { to: "ada".into() }).await;
        until(async || post.sent.load(Ordering::SeqCst) == 1).await;
        assert!(begin.elapsed() < Duration::from_secs(1));
        stop.cancel();
    };
    tokio::join!(worker, work);
}

#[tokio::test]
async fn jobs_of_another_process_are_found_by_looking() {
    let (server, entry) = with_entry().await;
    let other = server.another_app(server.clock.clone()).await;
    let stop = CancellationToken::new();
    let options = WorkerOptions::default();
    let worker = server
        .worker(remarks(Remarker::Sound), options)
        .run(stop.clone());
    let work = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let begin = Instant::now();
        enqueue(&other, server.system().now(), &remark(entry, "Far")).await;
        until(async || server.remarks().await == 1).await;
        assert!(begin.elapsed() < Duration::from_secs(2));
        stop.cancel();
    };
    tokio::join!(worker, work);
}

#[tokio::test]
async fn a_job_for_later_waits_for_its_time_and_no_longer() {
    let (server, entry) = with_entry().await;
    let app = server.another_app(std::sync::Arc::new(SystemClock)).await;
    let stop = CancellationToken::new();
    let worker = Worker::new(app.clone(), remarks(Remarker::Sound), DEAF).run(stop.clone());
    let work = async {
        let begin = Instant::now();
        let at = app.context(Actor::Anonymous).now() + Duration::from_millis(800);
        enqueue(&app, at, &remark(entry, "Later")).await;
        until(async || server.remarks().await == 1).await;
        let took = begin.elapsed();
        assert!(took >= Duration::from_millis(800), "{took:?}");
        assert!(took < Duration::from_millis(1800), "{took:?}");
        stop.cancel();
    };
    tokio::join!(worker, work);
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_ends_what_it_is_at_and_begins_nothing() {
    let (server, entry) = with_entry().await;
    let now = server.system().now();
    let (how, written, go) = Remarker::waiting();
    let post = Post {
        go: Some(go.clone()),
        ..Post::default()
    };
    server.enqueue(now, &Letter { to: "ada".into() }).await;
    let options = WorkerOptions { workers: 1, ..DEAF };
    let stop = CancellationToken::new();
    let worker = server
        .worker(remarks(how).outside(post.clone()), options)
        .run(stop.clone());
    let work = async {
        // The letter first: on SQLite the remark holds the one writer until it is let go, and a
        // letter is taken by a write.
        until(async || post.begun.load(Ordering::SeqCst) == 1).await;
        server.enqueue(now, &remark(entry, "One")).await;
        written.acquire().await.unwrap().forget();
        stop.cancel();
        // There is nothing to wait for: a worker that did not wait would have ended by now.
        tokio::time::sleep(Duration::from_millis(100)).await;
        go.add_permits(2);
    };
    tokio::join!(worker, work);
    assert_eq!(server.remarks().await, 1);
    assert_eq!(post.sent.load(Ordering::SeqCst), 1);
    assert_eq!(server.jobs::<String>("state").await, [] as [&str; 0]);
    // What is wanted now is for the next worker.
    server.enqueue(now, &remark(entry, "Two")).await;
    assert_eq!(server.jobs::<String>("state").await, ["waiting"]);
}

#[tokio::test]
async fn letters_that_are_slow_hold_no_publication_back() {
    let (server, entry) = with_entry().await;
    let now = server.system().now();
    let go = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let post = Post {
        go: Some(go.clone()),
        ..Post::default()
    };
    for number in 0..10 {
        let to = format!("reader {number}");
        server.enqueue(now, &Letter { to }).await;
    }
    let stop = CancellationToken::new();
    let handlers = remarks(Remarker::Sound).outside(post.clone());
    let worker = server.worker(handlers, DEAF).run(stop.clone());
    let work = async {
        until(async || post.begun.load(Ordering::SeqCst) == 4).await;
        server.enqueue(now, &remark(entry, "In time")).await;
        until(async || server.remarks().await == 1).await;
        assert_eq!(post.sent.load(Ordering::SeqCst), 0);
        go.add_permits(10);
        until(async || post.sent.load(Ordering::SeqCst) == 10).await;
        until(async || server.count("SELECT count(*) FROM job").await == 0).await;
        stop.cancel();
    };
    tokio::join!(worker, work);
    assert_eq!(post.begun.load(Ordering::SeqCst), 10);
}

#[tokio::test]
async fn a_worker_leaves_alone_what_it_does_not_know() {
    let (server, entry) = with_entry().await;
    let now = server.system().now();
    server.enqueue(now, &Letter { to: "ada".into() }).await;
    server.enqueue(now, &remark(entry, "One")).await;
    let worker = server.worker(remarks(Remarker::Sound), DEAF);
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(server.jobs::<String>("kind").await, ["test_letter"]);
    assert_eq!(server.run_due_jobs().await, 0);
}

/// A look, the transaction's begin is not counted; the job, what it does, its log, and the commit.
#[tokio::test]
async fn a_job_costs_few_statements_beside_what_it_does() {
    let (server, entry) = with_entry().await;
    let cx = server.system();
    let own = server
        .statements(server.comment(entry, None, "Well said."))
        .await
        .0;
    server.enqueue(cx.now(), &remark(entry, "Well said.")).await;
    let worker = server.worker(remarks(Remarker::Sound), DEAF);
    let (idle, _) = server
        .statements(async { server.worker(remarks(Remarker::Sound), DEAF) })
        .await;
    assert_eq!(idle, 0);
    let (cost, done) = server.statements(worker.run_due()).await;
    assert_eq!(done.unwrap(), 1);
    // One look finds the job, one statement takes it; two more looks find nothing, one a lane.
    assert_eq!(cost - own, 4, "{} on {}", cost, engine());
}
