//! The queue: what gets into it, and who sees it.

use application::{ActorContext, jobs};
use domain::{
    Error, Result,
    access::{Action, Role, Target},
    events::RecordKind,
    jobs::{JobQuery, JobState, NewJob},
    paging::PageArgs,
};

use crate::harness::{
    TestServer,
    work::{Letter, Remark},
};

fn letter(to: &str) -> NewJob {
    let at = "2026-05-04T12:00:00Z".parse().unwrap();
    NewJob::at(at, &Letter { to: to.to_owned() }).unwrap()
}

#[tokio::test]
async fn a_job_is_there_with_the_change_that_wants_it_or_not_at_all() {
    let server = TestServer::start().await;
    let cx = server.system();
    let undone: Result<()> = cx
        .write(async |tx| {
            tx.enqueue(letter("ada"));
            Err(Error::conflict("no"))
        })
        .await;
    undone.unwrap_err();
    assert_eq!(server.jobs::<String>("dedupe").await, [] as [&str; 0]);

    let mut dropped = cx.begin().await.unwrap();
    dropped.enqueue(letter("ada"));
    drop(dropped);
    assert_eq!(server.jobs::<String>("dedupe").await, [] as [&str; 0]);

    cx.write(async |tx| {
        tx.enqueue(letter("ada"));
        let part: Result<()> = tx
            .savepoint(async |tx| {
                tx.enqueue(letter("bo"));
                Err(Error::conflict("no"))
            })
            .await;
        part.unwrap_err();
        tx.savepoint(async |tx| {
            tx.enqueue(letter("cy"));
            Ok(())
        })
        .await
    })
    .await
    .unwrap();
    let mut found = server.jobs::<String>("dedupe").await;
    found.sort();
    assert_eq!(found, ["letter:ada", "letter:cy"]);
}

#[tokio::test]
async fn of_two_jobs_for_the_same_the_one_that_waits_is_kept() {
    let server = TestServer::start().await;
    let later = NewJob {
        run_at: "2026-06-01T00:00:00Z".parse().unwrap(),
        ..letter("ada")
    };
    server
        .system()
        .write(async |tx| {
            tx.enqueue(letter("ada"));
            tx.enqueue(later.clone());
            Ok(())
        })
        .await
        .unwrap();
    server
        .system()
        .write(async |tx| {
            tx.enqueue(later.clone());
            Ok(())
        })
        .await
        .unwrap();
    let cx = server.system();
    let found = jobs::list(&cx, &JobQuery::default(), &PageArgs::first(10))
        .await
        .unwrap();
    assert_eq!(found.edges.len(), 1);
    assert_eq!(found.edges[0].node.run_at, letter("ada").run_at);
}

#[tokio::test]
async fn a_job_is_taken_back_and_another_takes_its_place() {
    let server = TestServer::start().await;
    let (first, second) = (
        letter("ada"),
        NewJob {
            run_at: "2026-06-01T00:00:00Z".parse().unwrap(),
            ..letter("ada")
        },
    );
    server
        .system()
        .write(async |tx| {
            assert!(!tx.cancel_job("letter:ada").await?);
            tx.enqueue(first);
            // Not written yet.
            assert!(tx.cancel_job("letter:ada").await?);
            tx.enqueue(second);
            Ok(())
        })
        .await
        .unwrap();
    let cx = server.system();
    let list = async || {
        let page = jobs::list(&cx, &JobQuery::default(), &PageArgs::first(10)).await;
        let jobs = page.unwrap().edges.into_iter().map(|edge| edge.node);
        jobs.map(|job| job.run_at.to_rfc3339()).collect::<Vec<_>>()
    };
    assert_eq!(list().await, ["2026-06-01T00:00:00+00:00"]);
    let taken_back = cx.write(async |tx| tx.cancel_job("letter:ada").await);
    assert!(taken_back.await.unwrap());
    assert_eq!(list().await, [] as [&str; 0]);
}

/// Asks for all that can be done with jobs; the codes of what is refused.
async fn refusals(cx: &ActorContext, id: domain::id::JobId) -> Vec<String> {
    let listed = jobs::list(cx, &JobQuery::default(), &PageArgs::first(10)).await;
    [
        listed.map(|_page| ()),
        jobs::counts(cx).await.map(|_counts| ()),
        jobs::retry(cx, id).await.map(drop),
        jobs::discard(cx, id).await,
    ]
    .into_iter()
    .filter_map(Result::err)
    .map(|error| error.code().to_owned())
    .collect()
}

#[tokio::test]
async fn jobs_are_for_owners_of_the_site_and_what_is_done_to_them_is_logged() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let now = server.system().now();
    server.enqueue(now, &Letter { to: "ada".into() }).await;
    server
        .rows("UPDATE job SET state = 'dead', attempts = 3")
        .await;
    let query = JobQuery {
        state: Some(JobState::Dead),
        kind: Some("test_letter".to_owned()),
    };
    let page = jobs::list(&server.system(), &query, &PageArgs::first(10)).await;
    let id = page.unwrap().edges[0].node.id;

    for role in [Role::Editor, Role::Author, Role::Viewer, Role::Owner] {
        // An owner of one edition is none of the site.
        let person = server.person(role, site.en).await;
        assert_eq!(refusals(&person.cx, id).await, ["FORBIDDEN"; 4], "{role:?}");
    }
    assert_eq!(refusals(&server.reader(), id).await, ["UNAUTHENTICATED"; 4]);

    let person = server.person(Role::Viewer, site.en).await;
    let owner = server.app.context(domain::access::Actor::User {
        id: person.id,
        grants: vec![domain::access::Grant {
            role: Role::Owner,
            edition: None,
        }],
    });
    jobs::retry(&owner, id).await.unwrap();
    let counts = jobs::counts(&owner).await.unwrap();
    assert_eq!((counts.waiting, counts.dead), (1, 0));
    assert_eq!(counts.first_run_at, Some(now));
    // It waits now: neither can be done again.
    assert_eq!(refusals(&owner, id).await, ["CONFLICT"; 2]);
    server.rows("UPDATE job SET state = 'dead'").await;
    jobs::discard(&owner, id).await.unwrap();
    assert_eq!(refusals(&owner, id).await, ["NOT_FOUND"; 2]);
    let actions = server
        .rows(
            "SELECT action || ' ' || event FROM audit WHERE target_kind = 'job' ORDER BY sequence",
        )
        .await;
    let actions: Vec<String> = actions
        .iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect();
    assert_eq!(actions, ["update job.retried", "delete job.discarded"]);
}

#[tokio::test]
async fn a_permit_for_one_job_does_for_no_other() {
    let server = TestServer::start().await;
    let now = server.system().now();
    for to in ["ada", "bo"] {
        server.enqueue(now, &Letter { to: to.into() }).await;
    }
    server.rows("UPDATE job SET state = 'dead'").await;
    let page = jobs::list(&server.system(), &JobQuery::default(), &PageArgs::first(10)).await;
    let ids: Vec<_> = page
        .unwrap()
        .edges
        .into_iter()
        .map(|edge| edge.node.id)
        .collect();
    let of_one = |action| {
        let target = Target::shared(RecordKind::Job, ids[0]);
        server.system().authorize(action, target).unwrap()
    };
    let store = server.app.store();
    let mut tx = store.begin(domain::audit::Origin::default()).await.unwrap();
    let (update, delete) = (of_one(Action::Update), of_one(Action::Delete));
    tx.retry_job(&update, ids[1], now).await.unwrap_err();
    tx.discard_job(&delete, ids[1], now).await.unwrap_err();
    tx.retry_job(&delete, ids[0], now).await.unwrap_err();
    tx.discard_job(&update, ids[0], now).await.unwrap_err();
    tx.rollback().await.unwrap();
}

#[tokio::test]
async fn a_dead_job_is_not_revived_beside_another_for_the_same() {
    let server = TestServer::start().await;
    let now = server.system().now();
    server.enqueue(now, &Letter { to: "ada".into() }).await;
    server.rows("UPDATE job SET state = 'dead'").await;
    server.enqueue(now, &Letter { to: "ada".into() }).await;
    let query = JobQuery {
        state: Some(JobState::Dead),
        kind: None,
    };
    let cx = server.system();
    let page = jobs::list(&cx, &query, &PageArgs::first(10)).await.unwrap();
    let id = page.edges[0].node.id;
    let error = jobs::retry(&cx, id).await.unwrap_err();
    assert!(error.to_string().contains("discard this one"), "{error}");
    jobs::discard(&cx, id).await.unwrap();
    assert_eq!(server.jobs::<String>("state").await, ["waiting"]);
}

#[tokio::test]
async fn the_queue_is_read_a_page_at_a_time() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let entry = server.article(site.en, "River").await.into();
    let now = server.system().now();
    for number in 0..5_u64 {
        let text = number.to_string();
        let at = now + std::time::Duration::from_secs(10 - number);
        server.enqueue(at, &Remark { entry, text }).await;
    }
    let cx = server.system();
    let (mut page, mut seen) = (PageArgs::first(2).total(true), Vec::new());
    loop {
        let read = jobs::list(&cx, &JobQuery::default(), &page).await.unwrap();
        assert_eq!(read.total, Some(5));
        page.cursor = read.edges.last().map(|edge| edge.cursor.clone());
        seen.extend(read.edges.into_iter().map(|edge| edge.node.run_at));
        if !read.has_next {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted(), "{seen:?}");
}
