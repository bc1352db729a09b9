//! The audit log of writing.

use application::{articles, audit, lifecycle};
use domain::{
    access::{Actor, Role},
    audit::{AuditEntry, AuditQuery, Origin},
    change::Change,
    paging::PageArgs,
};

use super::{drafted, step, titled};
use crate::harness::TestServer;

async fn log(server: &TestServer, query: &AuditQuery) -> Vec<AuditEntry> {
    audit::list(&server.system(), query, &PageArgs::first(50))
        .await
        .unwrap()
        .into_nodes()
}

fn told(entries: &[AuditEntry]) -> String {
    let mut lines: Vec<String> = entries
        .iter()
        .rev()
        .map(|entry| {
            format!(
                "{} {} {} {} {} {} {}",
                entry.actor,
                entry.action,
                entry.event.as_deref().unwrap_or("-"),
                serde_json::to_string(&entry.changed).unwrap(),
                entry.note.as_deref().unwrap_or("-"),
                entry.address.as_deref().unwrap_or("-"),
                entry.request_id.as_deref().unwrap_or("-"),
            )
        })
        .collect();
    lines.push(String::new());
    lines.join("\n")
}

#[tokio::test]
async fn every_write_leaves_who_what_and_from_where() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let ada = server.person(Role::Author, site.en).await;
    let origin = Origin {
        address: Some("192.0.2.7".parse().unwrap()),
        request_id: Some("r-1".to_owned()),
    };
    let Actor::User { id, grants } = ada.cx.actor().clone() else {
        panic!("a person");
    };
    let cx = server.app.context_from(Actor::User { id, grants }, origin);
    let article = drafted(&cx, site.en, "First").await;
    let (id, entry) = (article.id(), article.entry.id);
    let mut change = titled("Second");
    change.entry.note = Some("A better title".to_owned());
    change.entry.slug = Change::Set(Some("second".to_owned()));
    articles::change(&cx, id, 1, change).await.unwrap();
    let with_note = |expected, note: &str| lifecycle::Step {
        expected,
        note: Some(note.to_owned()),
    };
    lifecycle::submit(&cx, entry, with_note(2, "Please read"))
        .await
        .unwrap();
    lifecycle::publish(&cx, entry, step(3)).await.unwrap();
    articles::change(&cx, id, 4, titled("Third")).await.unwrap();
    lifecycle::discard_pending(&cx, entry, step(5))
        .await
        .unwrap();
    articles::change(&cx, id, 6, titled("Fourth"))
        .await
        .unwrap();
    lifecycle::publish(&cx, entry, step(7)).await.unwrap();
    lifecycle::trash(&cx, entry, step(8)).await.unwrap();
    let system = server.system();
    lifecycle::purge(&system, entry, step(9), application::OnUse::Refuse)
        .await
        .unwrap();
    let query = AuditQuery {
        target: Some(id.to_string()),
        ..AuditQuery::default()
    };
    insta::assert_snapshot!("log", told(&log(&server, &query).await));
}

#[tokio::test]
async fn the_log_is_filtered_and_paged_and_owners_read_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let ada = server.person(Role::Author, site.en).await;
    let cx = &ada.cx;
    for title in ["One", "Two", "Three"] {
        drafted(cx, site.en, title).await;
    }
    server.clock.set("2026-05-05T00:00:00Z".parse().unwrap());
    let four = drafted(cx, site.en, "Four").await;
    lifecycle::publish(cx, four.entry.id, step(1))
        .await
        .unwrap();
    let count = async |query: AuditQuery| log(&server, &query).await.len();
    let any = AuditQuery::default;
    let actor = Some(ada.id.to_string());
    assert_eq!(
        count(AuditQuery {
            actor: actor.clone(),
            ..any()
        })
        .await,
        5
    );
    let event = Some("article.published".to_owned());
    assert_eq!(count(AuditQuery { event, ..any() }).await, 1);
    let target = Some(four.entry.id.to_string());
    assert_eq!(count(AuditQuery { target, ..any() }).await, 2);
    let midnight = Some("2026-05-05T00:00:00Z".parse().unwrap());
    let since = AuditQuery {
        actor: actor.clone(),
        since: midnight,
        ..any()
    };
    assert_eq!(count(since).await, 2);
    let until = AuditQuery {
        actor: actor.clone(),
        until: midnight,
        ..any()
    };
    assert_eq!(count(until).await, 3);
    // Two pages, and back again.
    let query = AuditQuery { actor, ..any() };
    let first = audit::list(&server.system(), &query, &PageArgs::first(3).total(true))
        .await
        .unwrap();
    assert_eq!((first.total, first.has_next), (Some(5), true));
    let mut next = PageArgs::first(3);
    next.cursor = Some(first.edges[2].cursor.clone());
    let second = audit::list(&server.system(), &query, &next).await.unwrap();
    assert_eq!(second.edges.len(), 2);
    assert!(second.has_previous && !second.has_next);
    let mut back = PageArgs::first(3);
    back.backward = true;
    back.cursor = Some(second.edges[0].cursor.clone());
    let again = audit::list(&server.system(), &query, &back).await.unwrap();
    let numbers = |page: &domain::paging::Page<AuditEntry>| -> Vec<i64> {
        page.nodes().map(|entry| entry.sequence).collect()
    };
    assert_eq!(numbers(&again), numbers(&first));
    for role in [Role::Editor, Role::Author, Role::Viewer] {
        let person = server.person(role, site.en).await;
        let error = audit::list(&person.cx, &query, &next).await.unwrap_err();
        assert_eq!(error.code(), "FORBIDDEN", "{role:?} {error:?}");
    }
    let error = audit::list(&server.reader(), &query, &next)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "UNAUTHENTICATED", "{error:?}");
}
