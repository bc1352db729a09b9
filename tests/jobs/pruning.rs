//! What is removed when it was kept long enough, and what every queue must hold.

use domain::{content::Status, jobs::Job as _, jobs::Publish};
use sea_orm::ConnectionTrait;
use std::time::Duration;
use uuid::Uuid;

use application::worker::Handlers;
use domain::access::Role;

use crate::harness::{TestServer, people::sql_id, work::DEAF};

async fn prepared(server: &TestServer) -> u64 {
    let handlers = Handlers::standard().unwrap();
    let worker = server.worker(handlers, DEAF);
    worker.prepare().await.unwrap();
    worker.run_due().await.unwrap()
}

#[tokio::test]
async fn the_audit_log_forgets_addresses_after_ninety_days() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server
        .rows("UPDATE audit SET address = '192.0.2.7', at = '2026-02-03T11:59:59Z'")
        .await;
    let old = server.count("SELECT count(*) FROM audit").await;
    assert!(old > 1);
    server.category(site.en, "New", None).await;
    server
        .rows("UPDATE audit SET address = '192.0.2.8' WHERE address IS NULL")
        .await;
    let young = server
        .count("SELECT count(*) FROM audit WHERE address = '192.0.2.8'")
        .await;
    assert_eq!(prepared(&server).await, 3);
    let with = "SELECT count(*) FROM audit WHERE address IS NOT NULL";
    assert_eq!(server.count(with).await, young);
    let told = "SELECT count(*) FROM audit WHERE event = 'audit.pruned' AND actor = 'system:job'";
    assert_eq!(server.count(told).await, 1);
    // The rows stay, and what happened with them.
    let all = "SELECT count(*) FROM audit";
    assert_eq!(server.count(all).await, old + young + 1);
}

#[tokio::test]
async fn more_than_fits_into_one_run_is_removed_by_the_next() {
    let server = TestServer::start().await;
    let connection = server.connect().await;
    let row = "('2026-01-01T00:00:00Z', 'user_1', 'update', 'article', 'a', '192.0.2.7')";
    let rows = vec![row; 1500].join(", ");
    let insert = format!(
        "INSERT INTO audit (at, actor, action, target_kind, target_id, address) VALUES {rows}"
    );
    connection.execute_unprepared(&insert).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(prepared(&server).await, 4);
    let with = "SELECT count(*) FROM audit WHERE address IS NOT NULL";
    assert_eq!(server.count(with).await, 0);
}

#[tokio::test]
async fn sessions_go_a_month_after_they_ended_and_their_tokens_with_them() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let person = server.person(Role::Author, site.en).await;
    let connection = server.connect().await;
    // The clock says 2026-05-04.
    for (number, expires, ended) in [
        (1, "2026-06-01T00:00:00Z", "NULL"),
        (2, "2026-04-03T00:00:00Z", "NULL"),
        (3, "2026-06-01T00:00:00Z", "'2026-04-03T00:00:00Z'"),
        (4, "2026-06-01T00:00:00Z", "'2026-04-05T00:00:00Z'"),
        (5, "2026-04-05T00:00:00Z", "NULL"),
    ] {
        let (id, user) = (sql_id(Uuid::from_u128(number)), sql_id(person.id.uuid()));
        let time = "'2026-01-01T00:00:00Z'";
        for statement in [
            format!(
                "INSERT INTO session (id, user_id, created_at, used_at, expires_at, ended_at) VALUES ({id}, {user}, {time}, {time}, '{expires}', {ended})"
            ),
            format!(
                "INSERT INTO refresh_token (hash, session_id, created_at) VALUES ('{number}', {id}, {time})"
            ),
        ] {
            connection.execute_unprepared(&statement).await.unwrap();
        }
    }
    for (subject, failed, retry) in [
        ("old", "2026-05-01T00:00:00Z", "2026-05-01T00:15:00Z"),
        ("new", "2026-05-04T11:00:00Z", "2026-05-04T11:15:00Z"),
    ] {
        let statement = format!(
            "INSERT INTO sign_in_throttle (subject, failures, failed_at, retry_at) VALUES ('{subject}', 9, '{failed}', '{retry}')"
        );
        connection.execute_unprepared(&statement).await.unwrap();
    }
    connection.close().await.unwrap();
    prepared(&server).await;
    let left = async |sql: &str| -> Vec<String> {
        let rows = server.rows(sql).await;
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    };
    let tokens = left("SELECT hash FROM refresh_token ORDER BY hash").await;
    assert_eq!(tokens, ["1", "4", "5"]);
    assert_eq!(server.count("SELECT count(*) FROM session").await, 3);
    assert_eq!(left("SELECT subject FROM sign_in_throttle").await, ["new"]);
}

#[tokio::test]
async fn what_is_removed_daily_is_removed_again_a_day_later() {
    let server = TestServer::start().await;
    assert_eq!(prepared(&server).await, 3);
    assert_eq!(prepared(&server).await, 0);
    assert_eq!(
        server.jobs::<String>("kind").await,
        ["prune_idempotency_keys", "prune_audit", "prune_sessions"]
    );
    let now = server.system().now();
    server.clock.set(now + Duration::from_hours(24));
    assert_eq!(server.run_due_jobs().await, 3);
    assert_eq!(server.jobs::<String>("state").await, ["waiting"; 3]);
    // Nothing was there to be removed: nothing is said in the log.
    assert_eq!(server.count("SELECT count(*) FROM audit").await, 0);
}

#[tokio::test]
async fn what_was_scheduled_without_a_job_gets_one_when_a_worker_starts() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut scheduled = server.article(site.en, "Later").status(Status::Scheduled);
    let at = "2026-07-01T08:00:00Z".parse().unwrap();
    scheduled.draft.entry.scheduled_at = Some(at);
    let id = scheduled.await;
    server.article(site.en, "Now").await;
    server.rows("DELETE FROM job").await;
    prepared(&server).await;
    let sql = "dedupe";
    let dedupe = Publish::dedupe_of(id.into());
    assert!(server.jobs::<String>(sql).await.contains(&dedupe));
    prepared(&server).await;
    let sql = format!("SELECT count(*) FROM job WHERE kind = '{}'", Publish::KIND);
    assert_eq!(server.count(&sql).await, 1);
}
