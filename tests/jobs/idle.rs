//! What a worker costs that has nothing to do.

use std::time::Duration;

use application::worker::{Handlers, WorkerOptions};
use sea_orm::ConnectionTrait;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::harness::{
    TestServer, engine,
    work::{DEAF, Letter, Post},
};

#[tokio::test]
async fn an_idle_worker_asks_one_question_each_time_it_looks() {
    let server = TestServer::start().await;
    let handlers = || Handlers::standard().unwrap().outside(Post::default());
    server.worker(handlers(), DEAF).prepare().await.unwrap();
    server.run_due_jobs().await;
    let options = WorkerOptions {
        poll: Duration::from_millis(100),
        ..DEAF
    };
    let stop = CancellationToken::new();
    let worker = server.worker(handlers(), options).run(stop.clone());
    let store = server.app.store();
    let watch = async {
        // Its first look finds out that nothing is missing.
        tokio::time::sleep(Duration::from_millis(300)).await;
        store.record_statements();
        let before = store.statement_count();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let asked = store.statement_count() - before;
        stop.cancel();
        asked
    };
    let ((), asked) = tokio::join!(worker, watch);
    assert!((5..=11).contains(&asked), "{asked} statements in a second");
    for statement in store.recorded_statements() {
        assert!(statement.starts_with("SELECT ("), "{statement}");
        let plan = store.explain(&statement).await.unwrap().join("\n");
        if engine() == "sqlite" {
            assert_eq!(plan.matches("USING INDEX job_").count(), 3, "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}

#[tokio::test]
async fn a_worker_without_work_waits_for_nobody_who_writes() {
    let server = TestServer::start().await;
    let handlers = || Handlers::standard().unwrap().outside(Post::default());
    server.worker(handlers(), DEAF).prepare().await.unwrap();
    server.run_due_jobs().await;
    let later = server.system().now() + Duration::from_hours(1);
    server.enqueue(later, &Letter { to: "ada".into() }).await;
    let writer = server.connect().await;
    if engine() == "sqlite" {
        writer.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    } else {
        let lock = "BEGIN; LOCK TABLE job IN EXCLUSIVE MODE";
        writer.execute_unprepared(lock).await.unwrap();
    }
    let begin = Instant::now();
    let worker = server.worker(handlers(), DEAF);
    worker.prepare().await.unwrap();
    assert_eq!(worker.run_due().await.unwrap(), 0);
    assert!(begin.elapsed() < Duration::from_secs(1));
    writer.execute_unprepared("ROLLBACK").await.unwrap();
}
