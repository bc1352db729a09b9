//! Jobs on the command line.

use std::time::Duration;

use serde_json::Value;

use crate::harness::{
    TestServer,
    program::{Ended, colophon, start},
    work::{Letter, until},
};

fn on(server: &TestServer, arguments: &[&str]) -> Ended {
    let files = tempfile::tempdir().unwrap();
    let data = files.path().to_str().unwrap();
    let mut all = vec!["--database", server.database_url(), "--data", data];
    all.extend(arguments);
    colophon(&all)
}

#[tokio::test]
async fn dead_jobs_are_listed_retried_and_discarded() {
    let server = TestServer::start().await;
    let now = server.system().now();
    for to in ["ada", "bo"] {
        server.enqueue(now, &Letter { to: to.into() }).await;
    }
    server
        .rows("UPDATE job SET state = 'dead', attempts = 3, last_error = 'no stamps'")
        .await;
    let listed = on(&server, &["jobs", "list", "--state", "dead", "--json"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(listed[0]["lastError"], "no stamps");
    assert_eq!(listed[0]["runAt"], "2026-05-04T12:00:00Z");
    // What a letter says is nobody's business.
    assert!(listed[0].get("payload").is_none());
    let [one, two] = [0, 1].map(|index| listed[index]["id"].as_str().unwrap().to_owned());
    assert_eq!(on(&server, &["jobs", "retry", &one]).code, 0);
    assert_eq!(on(&server, &["jobs", "discard", &two]).code, 0);
    let again = on(&server, &["jobs", "discard", &two]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("was not found"), "{again:?}");
    let table = on(
        &server,
        &["jobs", "list", "--kind", "test_letter", "--limit", "1"],
    );
    assert!(table.stdout.contains(&one), "{}", table.stdout);
    assert!(table.stdout.contains("waiting"), "{}", table.stdout);
    assert!(!table.stdout.contains(&two), "{}", table.stdout);
}

/// Waits until the jobs that come back were done and wait for their next time.
async fn until_pruned(server: &TestServer) {
    let done = "SELECT count(*) FROM job WHERE kind LIKE 'prune%' AND run_at > created_at";
    until(async || server.count(done).await == 3).await;
}

#[tokio::test]
async fn a_worker_works_without_a_server_and_stops_when_it_is_told_to() {
    let server = TestServer::start().await;
    let files = tempfile::tempdir().unwrap();
    let data = files.path().to_str().unwrap();
    let line = [
        "--database",
        server.database_url(),
        "--data",
        data,
        "worker",
    ];
    let mut worker = start(&line, &[]);
    worker.says("The worker is at work.");
    until_pruned(&server).await;
    assert_eq!(worker.terminate(), Some(0));
}

#[tokio::test]
async fn a_server_does_jobs_too_unless_it_is_told_not_to() {
    for (enabled, expected) in [("true", 3), ("false", 0)] {
        let server = TestServer::start().await;
        let files = tempfile::tempdir().unwrap();
        let data = files.path().to_str().unwrap();
        let mut line = vec!["--database", server.database_url(), "--data", data];
        line.extend(["serve", "--address", "127.0.0.1:0"]);
        let keys = crate::harness::people::keys();
        let settings = [
            ("COLOPHON_METRICS__ADDRESS", "127.0.0.1:0"),
            ("COLOPHON_KEYS__VALUE", keys.as_str()),
            ("COLOPHON_JOBS__ENABLED", enabled),
            ("COLOPHON_DEMO__LOAD_WHEN_EMPTY", "false"),
        ];
        let mut serving = start(&line, &settings);
        let metrics = serving.says("Metrics");
        if enabled == "true" {
            until_pruned(&server).await;
        } else {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        assert_eq!(server.count("SELECT count(*) FROM job").await, expected);
        server
            .rows("UPDATE job SET state = 'dead' WHERE kind = 'prune_audit'")
            .await;
        let figures = reqwest::get(&metrics).await.unwrap().text().await.unwrap();
        let (waiting, dead) = if enabled == "true" { (2, 1) } else { (0, 0) };
        for line in [
            format!("colophon_jobs_waiting {waiting}"),
            format!("colophon_jobs_dead {dead}"),
            "colophon_jobs_late_seconds 0".to_owned(),
        ] {
            assert!(figures.contains(&line), "{line}\n{figures}");
        }
        assert_eq!(serving.terminate(), Some(0));
    }
}
