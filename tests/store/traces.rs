//! What every change leaves: an audit row, an event in the outbox, a revision.

use application::articles;
use sea_orm::TryGetable;

use crate::harness::TestServer;

async fn column<T: TryGetable>(server: &TestServer, statement: &str) -> Vec<T> {
    let rows = server.rows(statement).await;
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

#[tokio::test]
async fn every_change_is_audited_and_told() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let before = server
        .count("SELECT coalesce(max(sequence), 0) FROM audit")
        .await;
    let told_before = server
        .count("SELECT coalesce(max(sequence), 0) FROM outbox")
        .await;
    let tag = server.tag(site.en, "Bees").await;
    let builder = server.article(site.en, "First").tag(tag);
    let draft = builder.draft.clone();
    let id = builder.await;
    articles::update(&server.system(), id, Some(1), draft)
        .await
        .unwrap();
    let comment = server.comment(id, None, "Fine").await;
    application::entries::delete(&server.system(), id.into(), application::OnUse::Detach)
        .await
        .unwrap();
    let audited: Vec<String> = column(
        &server,
        &format!("SELECT actor || ' ' || action || ' ' || target_kind || ' ' || target_id FROM audit WHERE sequence > {before} ORDER BY sequence"),
    )
    .await;
    assert_eq!(
        audited,
        [
            format!("system:test create tag {tag}"),
            format!("system:test create article {id}"),
            format!("system:test update article {id}"),
            format!("system:test create comment {comment}"),
            format!("system:test delete article {id}"),
        ]
    );
    let told: Vec<String> = column(
        &server,
        &format!("SELECT name || ' ' || target_id FROM outbox WHERE sequence > {told_before} ORDER BY sequence"),
    )
    .await;
    assert_eq!(
        told,
        [
            format!("tag.created {tag}"),
            format!("article.created {id}"),
            format!("article.updated {id}"),
            format!("comment.created {comment}"),
            format!("article.purged {id}"),
        ]
    );
}

#[tokio::test]
async fn the_audit_tells_when() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.clock.set("2026-05-06T07:08:09Z".parse().unwrap());
    server.tag(site.en, "Bees").await;
    let times: Vec<domain::time::Timestamp> = column(
        &server,
        "SELECT at FROM audit ORDER BY sequence DESC LIMIT 1",
    )
    .await;
    assert_eq!(
        times,
        ["2026-05-06T07:08:09Z"
            .parse::<domain::time::Timestamp>()
            .unwrap()]
    );
}

#[tokio::test]
async fn what_a_save_replaces_is_kept_with_who_saved_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server.article(site.en, "Version 1");
    let mut draft = builder.draft.clone();
    let id = builder.await;
    let other = server.app.context(domain::access::Actor::System("other"));
    for version in 1..=3 {
        let cx = if version == 1 {
            &other
        } else {
            &server.system()
        };
        draft.entry.title = format!("Version {}", version + 1);
        articles::update(cx, id, Some(version), draft.clone())
            .await
            .unwrap();
    }
    let page = domain::paging::PageArgs::first(100).total(true);
    let revisions = application::entries::revisions(&server.system(), id.into(), &page)
        .await
        .unwrap();
    let kept: Vec<_> = revisions
        .nodes()
        .map(|revision| {
            let title = revision.title.as_str();
            (revision.version, title, revision.actor.as_str())
        })
        .collect();
    assert_eq!(
        kept,
        [
            (3, "Version 3", "system:test"),
            (2, "Version 2", "system:other"),
            (1, "Version 1", "system:test"),
        ]
    );
}
