//! States of entries: compared, brought back, and seen before they are out.

use application::{articles, entries, lifecycle, revisions};
use domain::{
    access::Role,
    articles::{ContributionDraft, ContributionRole},
    change::{ArticleChange, Change, SeoChange},
    content::{Content, Parts, Status},
    id::{ArticleId, RevisionId},
    paging::PageArgs,
    revisions::{RevisionRef, TextDiffKind},
};

use super::{drafted, html, seen, step, titled};
use crate::harness::{TestServer, builders::Editions};

async fn newest_revision(server: &TestServer, id: ArticleId) -> RevisionId {
    let found = entries::revisions(&server.system(), id.into(), &PageArgs::first(1))
        .await
        .unwrap();
    found.edges[0].node.id
}

/// A change of many fields.
async fn rich(server: &TestServer, site: Editions) -> ArticleChange {
    let news = server.category(site.en, "News", None).await;
    let bees = server.tag(site.en, "Bees").await;
    let ada = server.author(site.en, "Ada Moor").await;
    let picture = server.picture(site.en, "A river").await;
    let mut change = titled("Second");
    change.entry.body = html("<p>The river rose at night.</p>");
    change.entry.slug = Change::Set(Some("second".to_owned()));
    change.entry.seo = Change::Set(Some(SeoChange {
        title: Change::Set(Some("Seen".to_owned())),
        ..SeoChange::default()
    }));
    change.entry.hero = Change::Set(Some(domain::change::FigureChange {
        asset: Change::Set(picture),
        caption: Change::Set(Some("Here".to_owned())),
        alt: Change::Keep,
    }));
    change.subtitle = Change::Set(Some("Below".to_owned()));
    change.categories = Change::Set(vec![news]);
    change.tags = Change::Set(vec![bees]);
    change.byline = Change::Set(vec![ContributionDraft {
        role: ContributionRole::Author,
        author: Some(ada),
        name: None,
    }]);
    change
}

#[tokio::test]
async fn two_states_are_told_apart_field_by_field_and_word_by_word() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let mut first = titled("First");
    first.entry.body = html("<p>The river rose at dawn.</p>");
    let new = articles::NewArticle {
        edition: site.en,
        change: first,
    };
    let id = articles::create_from(&cx, new).await.unwrap().id();
    let change = rich(&server, site).await;
    articles::change(&cx, id, 1, change).await.unwrap();
    let revision = newest_revision(&server, id).await;
    let diff = revisions::diff(
        &cx,
        id.into(),
        RevisionRef::Revision(revision),
        RevisionRef::Live,
    )
    .await
    .unwrap();
    let told: Vec<String> = diff
        .fields
        .iter()
        .map(|field| format!("{}: {} -> {}", field.field, field.before, field.after))
        .collect();
    insta::assert_snapshot!("fields_that_differ", told.join("\n"));
    let pieces: Vec<(TextDiffKind, &str)> = diff
        .body
        .iter()
        .map(|piece| (piece.kind, piece.text.as_str()))
        .collect();
    assert_eq!(
        pieces,
        [
            (TextDiffKind::Equal, "<p>The river rose at "),
            (TextDiffKind::Delete, "dawn"),
            (TextDiffKind::Insert, "night"),
            (TextDiffKind::Equal, ".</p>"),
        ]
    );
    let same = revisions::diff(&cx, id.into(), RevisionRef::Live, RevisionRef::Live)
        .await
        .unwrap();
    assert!(same.fields.is_empty() && same.body.is_empty());
    let error = revisions::diff(&cx, id.into(), RevisionRef::Live, RevisionRef::Pending)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "NOT_FOUND", "{error:?}");
}

#[tokio::test]
async fn states_are_for_those_who_may_change_the_entry() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let id = server.article(site.en, "River").await;
    articles::change(&cx, id, 1, titled("Sea")).await.unwrap();
    let other = server.article(site.en, "Other").await;
    let revision = newest_revision(&server, id).await;
    let author = server.person(Role::Author, site.en).await;
    for cx in [&server.reader(), &author.cx] {
        let error = revisions::diff(cx, id.into(), RevisionRef::Live, RevisionRef::Pending)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "NOT_FOUND", "{error:?}");
        let content = Content::Article(seen(cx, id).await.unwrap());
        let error = revisions::latest(cx, content, Parts::NONE)
            .await
            .unwrap_err();
        assert!(
            ["FORBIDDEN", "UNAUTHENTICATED"].contains(&error.code()),
            "{error:?}"
        );
    }
    // A revision of one entry is none of another.
    let error = revisions::restore(&cx, other.into(), revision, step(1))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "NOT_FOUND", "{error:?}");
}

#[tokio::test]
async fn what_waits_is_seen_as_it_will_be() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let id = server.article(site.en, "River").await;
    let change = rich(&server, site).await;
    articles::change(&cx, id, 1, change).await.unwrap();
    let parts = Parts::BODY
        .with(Parts::TERMS)
        .with(Parts::BYLINE)
        .with(Parts::HERO)
        .with(Parts::SEO)
        .with(Parts::ATTACHMENTS);
    let live = Content::Article(seen(&cx, id).await.unwrap());
    let Content::Article(latest) = revisions::latest(&cx, live, parts).await.unwrap() else {
        panic!("it is an article");
    };
    lifecycle::publish(&cx, id.into(), step(2)).await.unwrap();
    let mut published = seen(&cx, id).await.unwrap();
    // But for what publishing itself changes, and what only the state of an edit carries along.
    published.leads.clone_from(&latest.leads);
    published.entry.version = latest.entry.version;
    published.entry.has_pending_changes = true;
    published.entry.live_version = latest.entry.live_version;
    published.entry.updated_at = latest.entry.updated_at;
    assert_eq!(latest, published);
}

#[tokio::test]
async fn a_state_is_brought_back_whole() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let article = drafted(&cx, site.en, "First").await;
    let id = article.id();
    let before = super::articles::stored(&server, id).await;
    let change = rich(&server, site).await;
    articles::change(&cx, id, 1, change).await.unwrap();
    let revision = newest_revision(&server, id).await;
    let back = revisions::restore(&cx, id.into(), revision, step(2))
        .await
        .unwrap();
    assert_eq!(back.entry().version, 3);
    assert_eq!(super::articles::stored(&server, id).await, before);
    let body = seen(&cx, id).await.unwrap().body.into_loaded().unwrap();
    assert_eq!(body.derived.html, "<p>First and what came of it.</p>");
    // Of what is published it makes an edit that waits.
    lifecycle::publish(&cx, id.into(), step(3)).await.unwrap();
    let revision = newest_revision(&server, id).await;
    let back = revisions::restore(&cx, id.into(), revision, step(4))
        .await
        .unwrap();
    assert!(back.entry().has_pending_changes);
    assert_eq!(back.entry().title, "First");
    lifecycle::publish(&cx, id.into(), step(5)).await.unwrap();
    let now = seen(&server.reader(), id).await.unwrap();
    assert_eq!(now.entry.title, "Second");
    assert_eq!(now.entry.status, Status::Published);
    assert_eq!(
        now.body.loaded().unwrap().derived.html,
        "<p>The river rose at night.</p>"
    );
}

#[tokio::test]
async fn what_is_gone_is_named_when_a_state_is_brought_back() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let article = drafted(&cx, site.en, "First").await;
    let id = article.id();
    let change = rich(&server, site).await;
    articles::change(&cx, id, 1, change.clone()).await.unwrap();
    let plain = ArticleChange {
        tags: Change::Set(Vec::new()),
        byline: Change::Set(Vec::new()),
        ..ArticleChange::default()
    };
    articles::change(&cx, id, 2, plain).await.unwrap();
    let revision = newest_revision(&server, id).await;
    let (Change::Set(tags), Change::Set(byline)) = (&change.tags, &change.byline) else {
        panic!("they are set");
    };
    let refuse = application::OnUse::Refuse;
    application::terms::delete(&cx, tags[0].into(), refuse)
        .await
        .unwrap();
    let author = byline[0].author.unwrap();
    application::authors::delete(&cx, author, refuse)
        .await
        .unwrap();
    let before = super::everything(&server).await;
    let error = revisions::restore(&cx, id.into(), revision, step(3))
        .await
        .unwrap_err();
    let told: Vec<&str> = error.fields().iter().map(|f| f.field.as_str()).collect();
    assert_eq!(told, ["tags.0", "byline.0.author"]);
    assert_eq!(super::everything(&server).await, before);
}
