//! What is scheduled happens at its time, once, and not when it was planned anew or dropped.

use application::{
    articles,
    lifecycle::{self, Step},
    worker::Handlers,
};
use domain::{
    content::{Content, Status},
    id::{ArticleId, EntryId},
    jobs::{Job, NewJob, Publish},
    lifecycle::Schedule,
    time::Timestamp,
};

use crate::harness::{TestServer, work::DEAF};

const EARLY: &str = "2026-05-05T08:00:00Z";
const LATE: &str = "2026-05-06T08:00:00Z";
const AFTER: &str = "2026-05-07T08:00:00Z";

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn step(expected: i64) -> Step {
    let note = None;
    Step { expected, note }
}

fn publish_at(time: &str) -> Schedule {
    Schedule {
        publish_at: Some(at(time)),
        unpublish_at: None,
    }
}

async fn with_draft() -> (TestServer, EntryId) {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server.article(site.en, "River").status(Status::Draft).await;
    (server, id.into())
}

async fn plan(server: &TestServer, id: EntryId, version: i64, schedule: Schedule) -> Content {
    let cx = server.system();
    let planned = lifecycle::schedule(&cx, id, step(version), schedule).await;
    planned.unwrap()
}

/// Lets the jobs be done that are due at a time; how many readers' articles there are then.
async fn public_at(server: &TestServer, time: &str) -> (u64, usize) {
    server.clock.set(at(time));
    let done = server.run_due_jobs().await;
    let list = server.get_json("/api/v1/articles?edition=en").await;
    (done, list["data"].as_array().unwrap().len())
}

#[tokio::test]
async fn an_entry_is_published_at_its_time_and_dated_with_it() {
    let (server, id) = with_draft().await;
    plan(&server, id, 1, publish_at(EARLY)).await;
    assert_eq!(public_at(&server, "2026-05-05T07:59:59Z").await, (0, 0));
    // The worker comes a little late.
    assert_eq!(public_at(&server, "2026-05-05T08:00:30Z").await, (1, 1));
    let list = server.get_json("/api/v1/articles?edition=en").await;
    assert_eq!(list["data"][0]["publishedAt"], EARLY);
    assert_eq!(server.run_due_jobs().await, 0);
    let log =
        "SELECT count(*) FROM audit WHERE event = 'article.published' AND actor = 'system:job'";
    assert_eq!(server.count(log).await, 1);
}

#[tokio::test]
async fn an_entry_is_taken_back_at_its_time() {
    let (server, id) = with_draft().await;
    let both = Schedule {
        publish_at: Some(at(EARLY)),
        unpublish_at: Some(at(LATE)),
    };
    plan(&server, id, 1, both).await;
    assert_eq!(public_at(&server, EARLY).await, (1, 1));
    assert_eq!(public_at(&server, LATE).await, (1, 0));
    assert_eq!(server.jobs::<String>("kind").await, [] as [&str; 0]);
}

#[tokio::test]
async fn only_the_last_time_that_was_set_counts() {
    let (server, id) = with_draft().await;
    let planned = plan(&server, id, 1, publish_at(EARLY)).await;
    let version = planned.entry().version;
    plan(&server, id, version, publish_at(LATE)).await;
    assert_eq!(server.jobs::<String>("kind").await, ["publish"]);
    assert_eq!(public_at(&server, EARLY).await, (0, 0));
    assert_eq!(public_at(&server, LATE).await, (1, 1));
}

#[tokio::test]
async fn what_is_unscheduled_or_thrown_away_is_not_published() {
    let (server, id) = with_draft().await;
    let cx = server.system();
    let planned = plan(&server, id, 1, publish_at(EARLY)).await;
    let version = planned.entry().version;
    let dropped = lifecycle::unschedule(&cx, id, step(version)).await.unwrap();
    assert_eq!(server.jobs::<String>("kind").await, [] as [&str; 0]);
    let version = dropped.entry().version;
    let planned = plan(&server, id, version, publish_at(LATE)).await;
    let version = planned.entry().version;
    lifecycle::trash(&cx, id, step(version)).await.unwrap();
    assert_eq!(server.jobs::<String>("kind").await, [] as [&str; 0]);
    assert_eq!(public_at(&server, AFTER).await, (0, 0));
}

#[tokio::test]
async fn a_job_for_a_time_that_holds_no_more_does_nothing() {
    let (server, id) = with_draft().await;
    plan(&server, id, 1, publish_at(LATE)).await;
    let job = Publish {
        entry: id,
        at: at(EARLY),
    };
    let job = NewJob {
        dedupe: None,
        ..NewJob::at(job.at, &job).unwrap()
    };
    let cx = server.system();
    let put = cx.write(async |tx| {
        tx.enqueue(job);
        Ok(())
    });
    put.await.unwrap();
    assert_eq!(public_at(&server, EARLY).await, (1, 0));
    assert_eq!(server.jobs::<String>("kind").await, [Publish::KIND]);
    assert_eq!(public_at(&server, LATE).await, (1, 1));
}

#[tokio::test]
async fn what_is_saved_as_scheduled_has_its_job_at_once() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut scheduled = server.article(site.en, "Later").status(Status::Scheduled);
    scheduled.draft.entry.scheduled_at = Some(at(EARLY));
    let draft = scheduled.draft.clone();
    let id: ArticleId = scheduled.await;
    assert_eq!(server.jobs::<String>("kind").await, ["publish"]);
    let mut moved = draft.clone();
    moved.entry.scheduled_at = Some(at(LATE));
    let cx = server.system();
    articles::update(&cx, id, Some(1), moved).await.unwrap();
    assert_eq!(public_at(&server, EARLY).await, (0, 0));
    assert_eq!(public_at(&server, LATE).await, (1, 1));
}

#[tokio::test]
async fn a_time_that_has_no_job_gets_one_when_a_worker_starts() {
    let (server, id) = with_draft().await;
    let both = Schedule {
        publish_at: Some(at(EARLY)),
        unpublish_at: Some(at(LATE)),
    };
    plan(&server, id, 1, both).await;
    // As in a store of before there were jobs.
    server.rows("DELETE FROM job RETURNING id").await;
    assert_eq!(public_at(&server, EARLY).await.1, 0);
    let worker = || server.worker(Handlers::standard().unwrap(), DEAF);
    worker().prepare().await.unwrap();
    assert_eq!(public_at(&server, EARLY).await.1, 1);
    server.rows("DELETE FROM job RETURNING id").await;
    worker().prepare().await.unwrap();
    worker().prepare().await.unwrap();
    let waiting = "SELECT count(*) FROM job WHERE kind = 'unpublish'";
    assert_eq!(server.count(waiting).await, 1);
    assert_eq!(public_at(&server, "2026-05-06T07:59:59Z").await.1, 1);
    assert_eq!(public_at(&server, LATE).await.1, 0);
}
