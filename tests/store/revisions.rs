//! Revisions: everything an entry ever was, to read and to restore.

use application::{articles, entries, newsletters, pages};
use domain::{
    articles::{ArticleDraft, ContributionDraft, ContributionRole, SourceCredit},
    content::{Seo, Status},
    id::EntryId,
    media::FigureDraft,
    newsletters::{Section, SectionItem},
    paging::PageArgs,
    revisions::{Revision, Snapshot},
};
use serde_json::json;

use crate::harness::{
    TestServer,
    builders::Editions,
    records::{issue, page},
};

/// All revisions of an entry, the newest first.
async fn revisions(server: &TestServer, id: impl Into<EntryId>) -> Vec<Revision> {
    let page = PageArgs::first(100).total(true);
    let found = entries::revisions(&server.system(), id.into(), &page)
        .await
        .unwrap();
    assert_eq!(found.total, Some(found.edges.len() as u64));
    found.into_nodes()
}

async fn snapshot(server: &TestServer, revision: &Revision) -> Snapshot {
    entries::snapshot(&server.system(), revision.id)
        .await
        .unwrap()
        .unwrap()
}

/// A draft with something in every field.
async fn rich(server: &TestServer, site: Editions) -> ArticleDraft {
    let (news, tag) = (
        server.category(site.en, "News", None).await,
        server.tag(site.en, "Bees").await,
    );
    let local = server.category(site.en, "Local", Some(news)).await;
    let ada = server.author(site.en, "Ada Moor").await;
    let picture = server.picture(site.en, "A river").await;
    let gallery = server.gallery(site.en, "Dawn", &[picture]).await;
    let other = server.article(site.en, "Other").await;
    server
        .article(site.en, "First")
        .body("<p>What was said first.</p>")
        .category(local)
        .category(news)
        .tag(tag)
        .by(ada)
        .hero(picture)
        .related(other)
        .with(|draft| {
            draft.subtitle = Some("Below".to_owned());
            draft.galleries.push(gallery);
            draft.attachments.push(FigureDraft {
                asset: picture,
                caption: Some("Here".to_owned()),
                alt: None,
            });
            draft.byline.push(ContributionDraft {
                role: ContributionRole::Photographer,
                author: None,
                name: Some("Ben Hale".to_owned()),
            });
            draft.source_credit = Some(SourceCredit {
                outlet: Some("The Other".to_owned()),
                ..SourceCredit::default()
            });
            draft.post_format = Some("quote".to_owned());
            draft.entry.excerpt = Some("In short".to_owned());
            draft.entry.is_featured = true;
            draft.entry.comments_open = false;
            draft.entry.private_data = json!({ "key": [1, null] });
            draft.entry.translated_from = Some((other.into(), 1));
            draft.entry.guid = Some("https://old.example/?p=1".to_owned());
            draft.entry.seo = Seo {
                title: Some("Seen".to_owned()),
                image: Some(picture),
                ..Seo::default()
            };
        })
        .draft
}

#[tokio::test]
async fn every_version_that_was_replaced_is_kept_whole() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let first = rich(&server, site).await;
    let id = articles::create(&cx, first.clone()).await.unwrap();
    assert!(revisions(&server, id).await.is_empty());
    let mut second = server
        .article(site.en, "Second")
        .body("<p>Said later.</p>")
        .status(Status::Draft)
        .draft;
    second.entry.slug = "second".to_owned();
    articles::update(&cx, id, Some(1), second.clone())
        .await
        .unwrap();
    articles::update(&cx, id, Some(2), first.clone())
        .await
        .unwrap();
    let kept = revisions(&server, id).await;
    let told: Vec<_> = kept
        .iter()
        .map(|revision| (revision.version, revision.title.as_str(), revision.status))
        .collect();
    assert_eq!(
        told,
        [
            (2, "Second", Status::Draft),
            (1, "First", Status::Published)
        ]
    );
    let Snapshot::Article(was) = snapshot(&server, &kept[1]).await else {
        panic!("it is an article");
    };
    assert_eq!(was.entry.path.as_deref(), Some("/2026/05/first"));
    assert_eq!(was.entry.slug, "first");
    // What was drafted comes back, and what was decided when it was saved.
    let mut expected = first;
    expected.entry.path.clone_from(&was.entry.path);
    expected.entry.slug.clone_from(&was.entry.slug);
    expected.entry.group = was.entry.group;
    expected.entry.published_at = was.entry.published_at;
    expected.entry.created_at = was.entry.created_at;
    expected.entry.updated_at = was.entry.updated_at;
    assert_eq!(was, expected);
}

#[tokio::test]
async fn a_version_can_be_restored() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let first = rich(&server, site).await;
    let id = articles::create(&cx, first).await.unwrap();
    let shown = "{ articles(filter: { isFeatured: true }) { nodes { title subtitle path excerpt body { html } categories { slug } tags { slug } byline { name role } hero { alt } attachments { caption } galleries { title } related { title } seo { title } } } }";
    let before = server.graphql(shown).await;
    assert_eq!(before["articles"]["nodes"].as_array().unwrap().len(), 1);
    let second = server.article(site.en, "Second").draft;
    articles::update(&cx, id, Some(1), second).await.unwrap();
    let kept = revisions(&server, id).await;
    let Snapshot::Article(was) = snapshot(&server, &kept[0]).await else {
        panic!("it is an article");
    };
    articles::update(&cx, id, Some(2), was).await.unwrap();
    assert_eq!(server.graphql(shown).await, before);
    assert_eq!(revisions(&server, id).await.len(), 2);
}

#[tokio::test]
async fn pages_and_issues_have_revisions_too() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let top = server.page(site.en, "Top").await;
    let mut draft = page(site.en, "About");
    draft.position = 7;
    draft.entry.parent = Some(top.into());
    let id = server.save_page(draft.clone()).await;
    pages::update(&cx, id, Some(1), page(site.en, "Else"))
        .await
        .unwrap();
    let Snapshot::Page(was) = snapshot(&server, &revisions(&server, id).await[0]).await else {
        panic!("it is a page");
    };
    assert_eq!((was.position, was.entry.parent), (7, Some(top.into())));
    assert_eq!(was.entry.source, draft.entry.source);
    let letter = server.newsletter(site.en, "Letter").await;
    let article = server.article(site.en, "In it").await;
    let mut draft = issue(site.en, letter, 1);
    draft.outro = Some("Bye".to_owned());
    draft.sections = vec![
        Section {
            heading: Some("News".to_owned()),
            items: vec![
                SectionItem {
                    article: Some(article),
                    ..SectionItem::default()
                },
                SectionItem {
                    note: Some("A note".to_owned()),
                    ..SectionItem::default()
                },
            ],
        },
        Section {
            heading: Some("Empty".to_owned()),
            items: Vec::new(),
        },
    ];
    let id = server.save_issue(draft.clone()).await;
    newsletters::update_issue(&cx, id, Some(1), issue(site.en, letter, 2))
        .await
        .unwrap();
    let Snapshot::Issue(was) = snapshot(&server, &revisions(&server, id).await[0]).await else {
        panic!("it is an issue");
    };
    assert_eq!((was.number, &was.outro), (1, &draft.outro));
    assert_eq!(was.sections, draft.sections);
}

#[tokio::test]
async fn readers_see_no_snapshot() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server.article(site.en, "First");
    let draft = builder.draft.clone();
    let id = builder.await;
    articles::update(&server.system(), id, Some(1), draft)
        .await
        .unwrap();
    let kept = revisions(&server, id).await;
    let seen = entries::snapshot(&server.reader(), kept[0].id)
        .await
        .unwrap();
    assert_eq!(seen, None);
}
