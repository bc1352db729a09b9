//! The life of entries: which step is possible where, and for whom.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};

use application::{
    ActorContext, OnUse, articles,
    lifecycle::{self, Step},
};
use domain::{
    Error, Result,
    access::{Actor, Grant, Role},
    content::{Content, Status},
    id::{EntryId, UserId},
    lifecycle::{Schedule, Verb},
};

use super::{drafted, everything, seen, step, titled};
use crate::harness::{TestServer, builders::Editions, records};

const SOON: &str = "2026-06-01T00:00:00Z";

async fn do_it(
    cx: &ActorContext,
    verb: Verb,
    id: EntryId,
    version: i64,
) -> Result<Option<Content>> {
    let step = step(version);
    match verb {
        Verb::Submit => lifecycle::submit(cx, id, step).await,
        Verb::RequestChanges => lifecycle::request_changes(cx, id, step).await,
        Verb::Publish => lifecycle::publish(cx, id, step).await,
        Verb::Schedule => {
            let times = Schedule {
                publish_at: Some(SOON.parse().unwrap()),
                unpublish_at: None,
            };
            lifecycle::schedule(cx, id, step, times).await
        }
        Verb::Unschedule => lifecycle::unschedule(cx, id, step).await,
        Verb::Unpublish => lifecycle::unpublish(cx, id, step).await,
        Verb::Archive => lifecycle::archive(cx, id, step).await,
        Verb::Unarchive => lifecycle::unarchive(cx, id, step).await,
        Verb::Trash => lifecycle::trash(cx, id, step).await,
        Verb::Restore => lifecycle::restore(cx, id, step).await,
        Verb::Purge => {
            return lifecycle::purge(cx, id, step, OnUse::Refuse)
                .await
                .map(|()| None);
        }
    }
    .map(Some)
}

/// What leads from a draft to a status.
fn way_to(status: Status) -> &'static [Verb] {
    match status {
        Status::Draft => &[],
        Status::InReview => &[Verb::Submit],
        Status::Scheduled => &[Verb::Schedule],
        Status::Published => &[Verb::Publish],
        Status::Archived => &[Verb::Archive],
        Status::Trashed => &[Verb::Trash],
    }
}

/// An article of somebody's in a status, and its version.
async fn article_in(
    server: &TestServer,
    site: Editions,
    status: Status,
    owner: Option<UserId>,
) -> (EntryId, i64) {
    // Hundreds of the same name would be looked through for a free slug.
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let cx = server.system();
    let draft = server
        .article(site.en, &format!("Piece number {number}"))
        .status(Status::Draft)
        .with(|draft| draft.entry.owner = owner);
    let id: EntryId = draft.await.into();
    let mut version = 1;
    for verb in way_to(status) {
        let done = Box::pin(do_it(&cx, *verb, id, version)).await;
        done.unwrap();
        version += 1;
    }
    (id, version)
}

fn outcome(result: &Result<Option<Content>>) -> String {
    match result {
        Ok(Some(content)) => content.entry().status.as_str().to_owned(),
        Ok(None) => "gone".to_owned(),
        Err(Error::Conflict { .. }) => "-".to_owned(),
        Err(Error::Forbidden(_)) => "forbidden".to_owned(),
        Err(Error::NotFound(_)) => "not found".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

/// A row for each step, a column for each status.
#[tokio::test]
async fn steps_are_open_to_statuses_and_roles_as_the_table_says() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut table = String::new();
    for role in [
        Role::Owner,
        Role::Editor,
        Role::Author,
        Role::Contributor,
        Role::Viewer,
    ] {
        let person = server.person(role, site.en).await;
        for (whose, owner) in [("their own", Some(person.id)), ("another's", None)] {
            writeln!(table, "\n{role:?}, {whose}").unwrap();
            write!(table, "{:16}", "").unwrap();
            for status in Status::ALL {
                write!(table, "{:12}", status.as_str()).unwrap();
            }
            table.push('\n');
            for verb in Verb::ALL {
                write!(table, "{:16}", verb.as_str()).unwrap();
                for status in Status::ALL {
                    let (id, version) = article_in(&server, site, status, owner).await;
                    let done = do_it(&person.cx, verb, id, version).await;
                    write!(table, "{:12}", outcome(&done)).unwrap();
                }
                table.push('\n');
            }
        }
    }
    let trimmed: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!("steps", trimmed.join("\n"));
}

#[tokio::test]
async fn a_refused_step_says_what_is_possible_and_changes_nothing() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let mut said = String::new();
    for status in Status::ALL {
        let (id, version) = article_in(&server, site, status, None).await;
        let before = everything(&server).await;
        for verb in Verb::ALL {
            if verb.leads(status).is_none() {
                let error = do_it(&cx, verb, id, version).await.unwrap_err();
                assert_eq!(error.code(), "CONFLICT", "{error:?}");
                writeln!(said, "{error}").unwrap();
            }
            let error = do_it(&cx, verb, id, version + 7).await.unwrap_err();
            assert!(matches!(&error, Error::Stale { .. }), "{verb:?} {error:?}");
        }
        assert_eq!(everything(&server).await, before, "{status:?}");
    }
    insta::assert_snapshot!("refused_steps", said);
}

#[tokio::test]
async fn what_is_published_is_public_and_keeps_its_date() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let news = server.category(site.en, "News", None).await;
    let article = server
        .article(site.en, "River")
        .category(news)
        .status(Status::Draft)
        .await;
    let listed = async || {
        let data = server
            .graphql("{ articles(edition: \"en\", filter: { category: { slug: \"news\" } }) { nodes { title publishedAt path } } }")
            .await;
        data["articles"]["nodes"].to_string()
    };
    let id: EntryId = article.into();
    assert_eq!(listed().await, "[]");
    server.clock.set("2026-07-01T08:00:00Z".parse().unwrap());
    let published = do_it(&cx, Verb::Publish, id, 1).await.unwrap().unwrap();
    let entry = published.entry();
    assert_eq!(entry.version, 2);
    assert_eq!(
        entry.published_at,
        Some("2026-07-01T08:00:00Z".parse().unwrap())
    );
    // The address holds the date of the publication; the one before never was public.
    assert_eq!(entry.path, "/2026/07/river");
    assert_eq!(server.count("SELECT count(*) FROM route").await, 1);
    assert!(listed().await.contains("River"));
    assert!(seen(&server.reader(), article).await.is_some());
    server.clock.set("2026-08-01T08:00:00Z".parse().unwrap());
    do_it(&cx, Verb::Unpublish, id, 2).await.unwrap();
    assert_eq!(listed().await, "[]");
    assert!(seen(&server.reader(), article).await.is_none());
    let again = do_it(&cx, Verb::Publish, id, 3).await.unwrap().unwrap();
    assert_eq!(again.entry().published_at, entry.published_at);
    assert_eq!(again.entry().path, "/2026/07/river");
    assert!(listed().await.contains("River"));
}

#[tokio::test]
async fn times_that_cannot_be_are_refused_by_name() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let (draft, _) = article_in(&server, site, Status::Draft, None).await;
    let (public, _) = article_in(&server, site, Status::Published, None).await;
    let time = |text: &str| Some(text.parse().unwrap());
    let (past, soon, later) = (
        time("2026-05-04T12:00:00Z"),
        time(SOON),
        time("2026-07-01T00:00:00Z"),
    );
    let before = everything(&server).await;
    for (id, version, publish_at, unpublish_at, wrong) in [
        (draft, 1, None, None, vec!["publishAt"]),
        (draft, 1, None, later, vec!["publishAt"]),
        (draft, 1, past, None, vec!["publishAt"]),
        (draft, 1, later, soon, vec!["unpublishAt"]),
        (draft, 1, soon, soon, vec!["unpublishAt"]),
        (public, 2, None, None, vec!["publishAt"]),
        (public, 2, None, past, vec!["unpublishAt"]),
    ] {
        let times = Schedule {
            publish_at,
            unpublish_at,
        };
        let error = lifecycle::schedule(&cx, id, step(version), times)
            .await
            .unwrap_err();
        let told: Vec<&str> = error.fields().iter().map(|f| f.field.as_str()).collect();
        assert_eq!(told, wrong, "{error:?}");
    }
    // There is nothing to publish yet.
    let times = Schedule {
        publish_at: soon,
        unpublish_at: None,
    };
    let error = lifecycle::schedule(&cx, public, step(2), times)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "CONFLICT", "{error:?}");
    assert_eq!(everything(&server).await, before);
}

#[tokio::test]
async fn a_schedule_fires_once_and_only_as_planned() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let (id, _) = article_in(&server, site, Status::Draft, None).await;
    let (soon, later) = (
        SOON.parse().unwrap(),
        "2026-07-01T00:00:00Z".parse().unwrap(),
    );
    let times = Schedule {
        publish_at: Some(soon),
        unpublish_at: Some(later),
    };
    let content = lifecycle::schedule(&cx, id, step(1), times).await.unwrap();
    assert_eq!(content.entry().status, Status::Scheduled);
    assert_eq!(content.entry().published_at, None);
    server.clock.set("2026-06-01T00:00:01Z".parse().unwrap());
    let publish = async |at| {
        cx.write(async |tx| lifecycle::publish_due_in(tx, id, at).await)
            .await
            .unwrap()
    };
    let unpublish = async |at| {
        cx.write(async |tx| lifecycle::unpublish_due_in(tx, id, at).await)
            .await
            .unwrap()
    };
    assert!(!publish(later).await, "it was planned for another time");
    assert!(publish(soon).await);
    assert!(!publish(soon).await, "it has been done");
    let entry = application::entries::by_ids(&cx, &[id], domain::content::Parts::NONE)
        .await
        .unwrap()
        .remove(&id)
        .unwrap();
    assert_eq!(entry.entry().published_at, Some(soon), "as it was planned");
    assert_eq!(entry.entry().scheduled_at, None);
    assert_eq!(entry.entry().unpublish_at, Some(later));
    assert!(!unpublish(soon).await);
    assert!(unpublish(later).await);
    assert!(!unpublish(later).await);
}

#[tokio::test]
async fn what_is_in_the_trash_is_not_listed_and_not_changed() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let article = drafted(&cx, site.en, "Old").await;
    let id = article.entry.id;
    do_it(&cx, Verb::Trash, id, 1).await.unwrap();
    let query = domain::content::EntryQuery::all(domain::content::ContentKind::Article);
    let page = domain::paging::PageArgs::first(10);
    let parts = domain::content::Parts::NONE;
    let listed = articles::list(&cx, &query, &page, parts).await.unwrap();
    assert_eq!(listed.edges.len(), 0);
    let mut trash = query.clone();
    trash.filter.status = Some(vec![Status::Trashed]);
    let listed = articles::list(&cx, &trash, &page, parts).await.unwrap();
    assert_eq!(listed.edges.len(), 1);
    let error = articles::change(&cx, article.id(), 2, titled("New"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "CONFLICT", "{error:?}");
}

#[tokio::test]
async fn steps_are_the_same_for_pages_and_issues() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let letter = server.newsletter(site.en, "Letter").await;
    let mut page = records::page(site.en, "About");
    page.entry.status = Status::Draft;
    let ids: [EntryId; 2] = [
        server.save_page(page).await.into(),
        server.draft_issue(site.en, letter, 1).await.into(),
    ];
    for id in ids {
        let mut version = 1;
        for (verb, status) in [
            (Verb::Submit, Status::InReview),
            (Verb::RequestChanges, Status::Draft),
            (Verb::Schedule, Status::Scheduled),
            (Verb::Unschedule, Status::Draft),
            (Verb::Publish, Status::Published),
            (Verb::Archive, Status::Archived),
            (Verb::Unarchive, Status::Draft),
            (Verb::Trash, Status::Trashed),
            (Verb::Restore, Status::Draft),
            (Verb::Trash, Status::Trashed),
        ] {
            let content = do_it(&cx, verb, id, version).await.unwrap().unwrap();
            version += 1;
            assert_eq!(content.entry().status, status, "{verb:?} {id}");
            assert_eq!(content.entry().version, version, "{verb:?} {id}");
        }
        do_it(&cx, Verb::Purge, id, version).await.unwrap();
        let found = application::entries::by_ids(&cx, &[id], domain::content::Parts::NONE)
            .await
            .unwrap();
        assert!(found.is_empty());
    }
}

#[tokio::test]
async fn a_note_that_is_too_long_is_refused() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let (id, _) = article_in(&server, site, Status::Draft, None).await;
    let step = Step {
        expected: 1,
        note: Some("x".repeat(2_001)),
    };
    let error = lifecycle::submit(&server.system(), id, step)
        .await
        .unwrap_err();
    assert_eq!(error.fields()[0].field, "note");
}

#[tokio::test]
async fn a_site_wide_editor_takes_every_step() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let person = server.person(Role::Editor, site.en).await;
    let cx = server.app.context(Actor::User {
        id: person.id,
        grants: vec![Grant {
            role: Role::Editor,
            edition: None,
        }],
    });
    let (id, version) = article_in(&server, site, Status::InReview, None).await;
    do_it(&cx, Verb::Publish, id, version).await.unwrap();
}
