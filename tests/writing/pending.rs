//! Edits of what is published: they wait, and nobody else sees them.

use application::{articles, entries, lifecycle};
use domain::{
    access::Role,
    change::{ArticleChange, Change, EntryChange},
    content::Status,
    id::ArticleId,
    lifecycle::Schedule,
    paging::PageArgs,
};

use super::{drafted, html, seen, step, titled};
use crate::harness::TestServer;

/// Everything readers get of an article, on every way there is, byte for byte.
async fn public_view(server: &TestServer, id: ArticleId) -> Vec<String> {
    let mut article = seen(&server.reader(), id).await.unwrap();
    // What stands inside is shown by no face to readers, as the answers below show.
    article.entry.has_pending_changes = false;
    article.entry.live_version = None;
    article.entry.scheduled_at = None;
    let mut views = vec![format!("{article:?}")];
    for path in [
        format!("/api/v1/articles/{id}?include=byline,hero,categories,tags,body,seo"),
        "/api/v1/articles?edition=en&include=byline,hero,categories,tags".to_owned(),
        "/api/v1/articles/by-slug/en/river".to_owned(),
        "/api/v1/route?edition=en&path=/2026/05/river".to_owned(),
        "/feeds/en/rss.xml".to_owned(),
        "/feeds/en/atom.xml".to_owned(),
        "/feeds/en/feed.json".to_owned(),
        "/feeds/en/sitemap.xml".to_owned(),
        "/feeds/en/sitemap-news.xml".to_owned(),
        "/feeds/en/sitemaps/2026-05/sitemap.xml".to_owned(),
    ] {
        let answer = server.get(&path).await.expect(200);
        views.push(format!(
            "{path} {} {}",
            answer.header("etag"),
            answer.text()
        ));
    }
    for query in [
        "{ articles(edition: \"en\") { totalCount nodes { title version hasPendingChanges scheduledChangeAt updatedAt body { html } categories { name } } facets(by: [CATEGORY]) { buckets { label count } } } }".to_owned(),
        format!("{{ article(by: {{ id: \"{id}\" }}) {{ title slug path version updatedAt revisions(first: 5) {{ nodes {{ title }} }} body {{ html }} seo {{ title }} }} }}"),
        "{ articles(edition: \"en\", filter: { category: { slug: \"news\" } }) { nodes { title } } }".to_owned(),
    ] {
        views.push(server.graphql(&query).await.to_string());
    }
    views
}

#[tokio::test]
async fn an_edit_waits_and_readers_see_nothing_of_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let sports = server.category(site.en, "Sports", None).await;
    let cx = server.system();
    let id = server
        .article(site.en, "River")
        .category(news)
        .body("<p>Old.</p>")
        .await;
    let before = public_view(&server, id).await;
    server.clock.set("2026-05-04T13:00:00Z".parse().unwrap());
    let mut change = titled("Sea");
    change.entry.body = html("<p>New.</p>");
    change.entry.slug = Change::Set(Some("sea".to_owned()));
    change.categories = Change::Set(vec![sports]);
    change.entry.note = Some("It is a sea".to_owned());
    let changed = articles::change(&cx, id, 1, change).await.unwrap();
    assert_eq!(changed.entry.title, "River");
    assert_eq!(changed.entry.version, 2);
    assert!(changed.entry.has_pending_changes);
    assert_eq!(public_view(&server, id).await, before);
    // Another edit goes on from there.
    let subtitle = ArticleChange {
        subtitle: Change::Set(Some("Blue".to_owned())),
        ..ArticleChange::default()
    };
    articles::change(&cx, id, 2, subtitle).await.unwrap();
    assert_eq!(public_view(&server, id).await, before);
    let published = lifecycle::publish(&cx, id.into(), step(3)).await.unwrap();
    let entry = published.entry();
    assert_eq!((entry.title.as_str(), entry.version), ("Sea", 4));
    assert!(!entry.has_pending_changes);
    assert_eq!(entry.path, "/2026/05/sea");
    let now = seen(&server.reader(), id).await.unwrap();
    assert_eq!(now.subtitle.as_deref(), Some("Blue"));
    assert_eq!(now.body.loaded().unwrap().derived.html, "<p>New.</p>");
    assert_eq!(now.entry.version, 4);
    // The old address leads to the new one.
    let moved = server
        .get("/api/v1/route?edition=en&path=/2026/05/river")
        .await;
    assert!(moved.text().contains("/2026/05/sea"), "{}", moved.text());
}

#[tokio::test]
async fn revisions_say_who_made_them_and_why() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let ada = server.person(Role::Author, site.en).await;
    let editor = server.person(Role::Editor, site.en).await;
    let article = drafted(&ada.cx, site.en, "One").await;
    let (id, entry) = (article.id(), article.entry.id);
    let noted = |title, note: &str| {
        let mut change = titled(title);
        change.entry.note = Some(note.to_owned());
        change
    };
    articles::change(&ada.cx, id, 1, noted("Two", "better"))
        .await
        .unwrap();
    lifecycle::publish(&editor.cx, entry, step(2))
        .await
        .unwrap();
    articles::change(&editor.cx, id, 3, noted("Three", "shorter"))
        .await
        .unwrap();
    articles::change(&ada.cx, id, 4, noted("Four", "longer"))
        .await
        .unwrap();
    lifecycle::publish(&editor.cx, entry, step(5))
        .await
        .unwrap();
    articles::change(&editor.cx, id, 6, titled("Five"))
        .await
        .unwrap();
    lifecycle::publish(&editor.cx, entry, step(7))
        .await
        .unwrap();
    let found = entries::revisions(&server.system(), entry, &PageArgs::first(20))
        .await
        .unwrap();
    let told: Vec<_> = found
        .nodes()
        .map(|revision| {
            let who = if revision.actor == ada.id.to_string() {
                "Ada"
            } else {
                "the editor"
            };
            (
                revision.version,
                revision.title.as_str(),
                who,
                revision.note.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (6, "Four", "Ada", Some("longer")),
            (4, "Three", "the editor", Some("shorter")),
            (3, "Two", "Ada", Some("better")),
            (1, "One", "Ada", None),
        ]
    );
}

#[tokio::test]
async fn a_contributor_may_prepare_a_change_and_not_publish_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let ben = server.person(Role::Contributor, site.en).await;
    let article = drafted(&ben.cx, site.en, "Mine").await;
    let (id, entry) = (article.id(), article.entry.id);
    lifecycle::publish(&server.system(), entry, step(1))
        .await
        .unwrap();
    let changed = articles::change(&ben.cx, id, 2, titled("Mine, again"))
        .await
        .unwrap();
    assert!(changed.entry.has_pending_changes);
    let error = lifecycle::publish(&ben.cx, entry, step(3))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "FORBIDDEN", "{error:?}");
    assert_eq!(
        seen(&server.reader(), id).await.unwrap().entry.title,
        "Mine"
    );
}

#[tokio::test]
async fn an_edit_that_is_dropped_leaves_what_is_out() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let id = server.article(site.en, "River").await;
    let before = public_view(&server, id).await;
    articles::change(&cx, id, 1, titled("Sea")).await.unwrap();
    let content = lifecycle::discard_pending(&cx, id.into(), step(2))
        .await
        .unwrap();
    assert!(!content.entry().has_pending_changes);
    assert_eq!(content.entry().version, 3);
    assert_eq!(public_view(&server, id).await, before);
    let error = lifecycle::publish(&cx, id.into(), step(3))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "CONFLICT", "{error:?}");
    let error = lifecycle::discard_pending(&cx, id.into(), step(3))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "CONFLICT", "{error:?}");
}

#[tokio::test]
async fn what_waits_goes_on_waiting_when_the_entry_is_taken_back() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let id = server.article(site.en, "River").body("<p>Old.</p>").await;
    let mut change = titled("Sea");
    change.entry.body = html("<p>New.</p>");
    articles::change(&cx, id, 1, change).await.unwrap();
    let taken = lifecycle::unpublish(&cx, id.into(), step(2)).await.unwrap();
    assert!(taken.entry().has_pending_changes);
    // A change of the draft is made to what was written last.
    let subtitle = ArticleChange {
        subtitle: Change::Set(Some("Blue".to_owned())),
        ..ArticleChange::default()
    };
    let changed = articles::change(&cx, id, 3, subtitle).await.unwrap();
    assert_eq!(changed.entry.title, "Sea");
    assert_eq!(changed.entry.status, Status::Draft);
    assert!(!changed.entry.has_pending_changes);
    let body = seen(&cx, id).await.unwrap().body.into_loaded().unwrap();
    assert_eq!(body.derived.html, "<p>New.</p>");
}

#[tokio::test]
async fn a_change_can_be_published_at_a_time() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let id = server.article(site.en, "River").await;
    let before = public_view(&server, id).await;
    articles::change(&cx, id, 1, titled("Sea")).await.unwrap();
    let soon = "2026-06-01T00:00:00Z".parse().unwrap();
    let times = Schedule {
        publish_at: Some(soon),
        unpublish_at: None,
    };
    let content = lifecycle::schedule(&cx, id.into(), step(2), times)
        .await
        .unwrap();
    assert_eq!(content.entry().status, Status::Published);
    assert_eq!(public_view(&server, id).await, before);
    server.clock.set(soon);
    let done = cx
        .write(async |tx| lifecycle::publish_due_in(tx, id.into(), soon).await)
        .await
        .unwrap();
    assert!(done);
    assert_eq!(seen(&server.reader(), id).await.unwrap().entry.title, "Sea");
}

#[tokio::test]
async fn a_slug_taken_meanwhile_is_named_when_it_is_published() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let id = server.article(site.en, "River").await;
    let change = ArticleChange {
        entry: EntryChange {
            slug: Change::Set(Some("sea".to_owned())),
            ..EntryChange::default()
        },
        ..ArticleChange::default()
    };
    articles::change(&cx, id, 1, change).await.unwrap();
    drafted(&cx, site.en, "Sea").await;
    let error = lifecycle::publish(&cx, id.into(), step(2))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, domain::Error::Conflict { field: Some(field), .. } if field == "slug"),
        "{error:?}"
    );
    assert_eq!(
        seen(&server.reader(), id).await.unwrap().entry.title,
        "River"
    );
}
