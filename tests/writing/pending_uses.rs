//! What edits that wait name is in use: it is not deleted under them.

use application::{
    OnUse, articles, authors, entries, galleries, lifecycle, media, newsletters, terms,
};
use domain::{
    Error, Result,
    articles::{Article, ContributionDraft, ContributionRole},
    change::{ArticleChange, Change, FigureChange, IssueChange, SeoChange},
    id::{ArticleId, AssetId, AuthorId, CategoryId, GalleryId, TagId},
    lifecycle::Schedule,
    newsletters::{Section, SectionItem},
    terms::TermId,
};
use serde_json::{Value, json};
use server::Config;
use uuid::Uuid;

use super::{html, seen, step};
use crate::harness::{TestServer, builders::Editions};

/// One record of each kind an article can name, and another to take its place.
struct Named {
    categories: [CategoryId; 2],
    tags: [TagId; 2],
    authors: [AuthorId; 2],
    galleries: [GalleryId; 2],
    heroes: [AssetId; 2],
    related: [ArticleId; 2],
}

impl Named {
    async fn new(server: &TestServer, site: Editions) -> Self {
        let en = site.en;
        Self {
            categories: [
                server.category(en, "Old", None).await,
                server.category(en, "New", None).await,
            ],
            tags: [server.tag(en, "Old").await, server.tag(en, "New").await],
            authors: [
                server.author(en, "Old").await,
                server.author(en, "New").await,
            ],
            galleries: [
                server.gallery(en, "Old", &[]).await,
                server.gallery(en, "New", &[]).await,
            ],
            heroes: [
                server.picture(en, "Old").await,
                server.picture(en, "New").await,
            ],
            related: [
                server.article(en, "Old").await,
                server.article(en, "New").await,
            ],
        }
    }

    /// A change that names the old ones, and the new ones where there may be many.
    fn change(&self) -> ArticleChange {
        let line = |author, role| ContributionDraft {
            role,
            author: Some(author),
            name: None,
        };
        let [old, new] = self.authors;
        let mut change = ArticleChange {
            categories: Change::Set(self.categories.to_vec()),
            tags: Change::Set(self.tags.to_vec()),
            byline: Change::Set(vec![
                line(old, ContributionRole::Author),
                line(new, ContributionRole::Author),
                line(old, ContributionRole::Editor),
            ]),
            galleries: Change::Set(self.galleries.to_vec()),
            related: Change::Set(self.related.to_vec()),
            ..ArticleChange::default()
        };
        change.entry.hero = Change::Set(Some(FigureChange {
            asset: Change::Set(self.heroes[0]),
            ..FigureChange::default()
        }));
        change.entry.seo = Change::Set(Some(SeoChange {
            image: Change::Set(Some(self.heroes[0])),
            ..SeoChange::default()
        }));
        change
    }

    /// Deletes the old ones, each the same way.
    async fn delete(&self, server: &TestServer, how: impl Fn(Uuid) -> OnUse) -> Vec<Result<()>> {
        let cx = server.system();
        let [category, other] = self.categories;
        let mut all = vec![terms::delete(&cx, TermId::from(category), how(other.uuid())).await];
        let [tag, other] = self.tags;
        all.push(terms::delete(&cx, TermId::from(tag), how(other.uuid())).await);
        let [author, other] = self.authors;
        all.push(authors::delete(&cx, author, how(other.uuid())).await);
        let [gallery, other] = self.galleries;
        all.push(galleries::delete(&cx, gallery, how(other.uuid())).await);
        let [hero, other] = self.heroes;
        all.push(media::delete(&cx, hero, how(other.uuid())).await);
        let [article, other] = self.related;
        all.push(entries::delete(&cx, article.into(), how(other.uuid())).await);
        all
    }
}

/// A published article with an edit that waits and names all these.
async fn waiting(server: &TestServer, site: Editions, named: &Named) -> ArticleId {
    let id = server.article(site.en, "River").await;
    articles::change(&server.system(), id, 1, named.change())
        .await
        .unwrap();
    id
}

/// What readers see after the edit was published at its time.
async fn published_by_job(server: &TestServer, id: ArticleId) -> Article {
    let cx = server.system();
    let schedule = Schedule {
        publish_at: Some("2026-05-05T08:00:00Z".parse().unwrap()),
        unpublish_at: None,
    };
    lifecycle::schedule(&cx, id.into(), step(2), schedule)
        .await
        .unwrap();
    server.clock.set("2026-05-06T08:00:00Z".parse().unwrap());
    assert_eq!(server.run_due_jobs().await, 1);
    let article = seen(&server.reader(), id).await.unwrap();
    assert!(!article.entry.has_pending_changes, "{article:?}");
    article
}

fn byline(article: &Article) -> Vec<(ContributionRole, AuthorId)> {
    let lines = article.byline.loaded().unwrap().iter();
    lines
        .map(|line| (line.role, line.author.as_ref().unwrap().id))
        .collect()
}

#[tokio::test]
async fn what_only_an_edit_that_waits_names_is_in_use() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let named = Named::new(&server, site).await;
    let id = waiting(&server, site, &named).await;
    for refused in named.delete(&server, |_other| OnUse::Refuse).await {
        let Err(Error::Conflict { used_by, .. }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(used_by.len(), 1, "{used_by:?}");
        assert_eq!(used_by[0].role, "pendingEdit");
        assert_eq!(used_by[0].id, id.to_string());
    }
    lifecycle::discard_pending(&server.system(), id.into(), step(2))
        .await
        .unwrap();
    for deleted in named.delete(&server, |_other| OnUse::Refuse).await {
        deleted.unwrap();
    }
}

#[tokio::test]
async fn an_edit_that_waits_gets_what_takes_the_place_of_a_deleted_record() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let named = Named::new(&server, site).await;
    let id = waiting(&server, site, &named).await;
    for deleted in named.delete(&server, OnUse::ReplaceWith).await {
        deleted.unwrap();
    }
    let article = published_by_job(&server, id).await;
    let terms: Vec<Uuid> = article
        .terms
        .loaded()
        .unwrap()
        .iter()
        .map(|term| term.id.uuid())
        .collect();
    assert_eq!(terms, [named.categories[1].uuid(), named.tags[1].uuid()]);
    let author = named.authors[1];
    assert_eq!(
        byline(&article),
        [
            (ContributionRole::Author, author),
            (ContributionRole::Editor, author)
        ],
    );
    let hero = article.hero.loaded().unwrap().as_ref().unwrap();
    assert_eq!(hero.asset.id, named.heroes[1]);
    assert_eq!(article.seo.loaded().unwrap().image, Some(named.heroes[1]));
    for table in ["entry_gallery", "entry_related"] {
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(server.count(&count).await, 1, "{table}");
    }
}

#[tokio::test]
async fn an_edit_that_waits_loses_what_is_detached() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let named = Named::new(&server, site).await;
    let id = waiting(&server, site, &named).await;
    for deleted in named.delete(&server, |_other| OnUse::Detach).await {
        deleted.unwrap();
    }
    let article = published_by_job(&server, id).await;
    assert_eq!(article.primary_category, Some(named.categories[1]));
    assert_eq!(
        byline(&article),
        [(ContributionRole::Author, named.authors[1])]
    );
    assert_eq!(article.hero.loaded().unwrap(), &None);
    assert_eq!(article.seo.loaded().unwrap().image, None);
}

#[tokio::test]
async fn merging_reaches_the_edits_that_wait() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let named = Named::new(&server, site).await;
    let id = waiting(&server, site, &named).await;
    let cx = server.system();
    let [old, new] = named.tags.map(TermId::from);
    terms::merge(&cx, &[old], new, 1).await.unwrap();
    let [old, new] = named.authors;
    authors::merge(&cx, &[old], new, 1).await.unwrap();
    let article = published_by_job(&server, id).await;
    assert_eq!(
        byline(&article),
        [
            (ContributionRole::Author, new),
            (ContributionRole::Editor, new)
        ],
    );
}

#[tokio::test]
async fn an_author_merged_into_another_of_the_same_article_stands_there_once() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let (ada, ben) = (
        server.author(site.en, "Ada").await,
        server.author(site.en, "Ben").await,
    );
    let id = server
        .article(site.en, "River")
        .by(ada)
        .by(ben)
        .with(|draft| {
            draft.byline.push(ContributionDraft {
                role: ContributionRole::Photographer,
                author: Some(ben),
                name: None,
            });
        })
        .await;
    authors::merge(&server.system(), &[ben], ada, 1)
        .await
        .unwrap();
    let article = seen(&server.reader(), id).await.unwrap();
    assert_eq!(
        byline(&article),
        [
            (ContributionRole::Author, ada),
            (ContributionRole::Photographer, ada)
        ],
    );
}

#[tokio::test]
async fn an_asset_in_the_text_of_an_edit_that_waits_is_replaced_but_not_detached() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let (old, new) = (
        server.picture(site.en, "Old").await,
        server.picture(site.en, "New").await,
    );
    let id = server.article(site.en, "River").await;
    let mut change = ArticleChange::default();
    change.entry.body = html(&format!("<p><img src=\"asset:{old}\" alt=\"\"></p>"));
    articles::change(&cx, id, 1, change).await.unwrap();
    let refused = media::delete(&cx, old, OnUse::Detach).await.unwrap_err();
    assert_eq!(refused.code(), "CONFLICT", "{refused:?}");
    media::delete(&cx, old, OnUse::ReplaceWith(new.uuid()))
        .await
        .unwrap();
    lifecycle::publish(&cx, id.into(), step(2)).await.unwrap();
    let article = seen(&cx, id).await.unwrap();
    let html = &article.body.loaded().unwrap().derived.html;
    assert!(html.contains(&new.to_string()), "{html}");
}

#[tokio::test]
async fn what_an_issue_that_waits_names_is_in_use() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let weekly = server.newsletter(site.en, "Weekly").await;
    let daily = server.newsletter(site.en, "Daily").await;
    let (old, new) = (
        server.article(site.en, "Old").await,
        server.article(site.en, "New").await,
    );
    let id = server.issue(site.en, weekly, 1, Vec::new()).await;
    let item = |article| SectionItem {
        article: Some(article),
        ..SectionItem::default()
    };
    let change = IssueChange {
        newsletter: Change::Set(daily),
        sections: Change::Set(vec![Section {
            heading: Some("Read".to_owned()),
            items: vec![item(old), item(new)],
        }]),
        ..IssueChange::default()
    };
    newsletters::change_issue(&cx, id, 1, change).await.unwrap();
    let refused = newsletters::delete_at(&cx, daily, 1).await.unwrap_err();
    assert_eq!(refused.code(), "CONFLICT", "{refused:?}");
    entries::delete(&cx, old.into(), OnUse::Detach)
        .await
        .unwrap();
    lifecycle::publish(&cx, id.into(), step(2)).await.unwrap();
    let issue = newsletters::get_issue(
        &cx,
        &entries::EntryGet::id(id),
        domain::content::Parts::SECTIONS,
    )
    .await
    .unwrap()
    .unwrap();
    assert_eq!(issue.newsletter, daily);
    let sections = issue.sections.loaded().unwrap();
    assert_eq!(sections[0].items, [item(new)]);
}

#[tokio::test]
async fn edits_of_an_older_release_are_known_after_the_start() {
    for migrates in [true, false] {
        let server = TestServer::start().await;
        let site = server.small_site().await;
        let named = Named::new(&server, site).await;
        waiting(&server, site, &named).await;
        server
            .rows("DELETE FROM pending_reference WHERE 1 = 1 RETURNING ref_id")
            .await;
        let again = server
            .once_more(|config| config.database.migrate_at_start = migrates)
            .await;
        for refused in named.delete(&again, |_other| OnUse::Refuse).await {
            assert_eq!(refused.unwrap_err().code(), "CONFLICT", "{migrates}");
        }
    }
}

/// What a release does that knows nothing of the rows beside an edit, when it publishes the edit or
/// saves another.
async fn shelve_as_before(server: &TestServer) {
    let sql = "UPDATE revision SET is_pending = false WHERE is_pending RETURNING id";
    assert_eq!(server.rows(sql).await.len(), 1);
    server
        .rows("UPDATE entry SET has_pending_changes = false WHERE has_pending_changes RETURNING id")
        .await;
}

#[tokio::test]
async fn edits_an_older_release_has_shelved_hold_nothing_after_the_start() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let named = Named::new(&server, site).await;
    waiting(&server, site, &named).await;
    shelve_as_before(&server).await;
    let again = server.once_more(|_config| {}).await;
    let rows = "SELECT count(*) FROM pending_reference";
    assert_eq!(again.count(rows).await, 0);
    for deleted in named.delete(&again, |_other| OnUse::Refuse).await {
        deleted.unwrap();
    }
}

#[tokio::test]
async fn edits_an_older_release_has_shelved_stay_as_they_were() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let named = Named::new(&server, site).await;
    waiting(&server, site, &named).await;
    shelve_as_before(&server).await;
    for deleted in named.delete(&server, OnUse::ReplaceWith).await {
        deleted.unwrap();
    }
    let old = named.tags[0];
    let kept = format!("SELECT count(*) FROM revision WHERE snapshot LIKE '%{old}%'");
    assert_eq!(server.count(&kept).await, 1);
}

/// Articles have a motto and a reviewer.
fn with_fields(config: &mut Config) {
    config.fields = serde_json::from_value(json!({ "article": {
        "motto": { "type": "text" },
        "reviewer": { "type": "reference", "kind": "author" },
    } }))
    .unwrap();
}

/// A published article with an edit that waits and gives it these custom fields.
async fn waiting_with(server: &TestServer, site: Editions, fields: Value) -> ArticleId {
    let id = server.article(site.en, "River").await;
    let mut change = ArticleChange::default();
    change.entry.custom_fields = Change::Set(Some(serde_json::from_value(fields).unwrap()));
    articles::change(&server.system(), id, 1, change)
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn a_text_of_an_edit_that_waits_that_looks_like_an_id_is_no_reference() {
    let server = TestServer::start_with(with_fields).await;
    let site = server.small_site().await;
    let cx = server.system();
    let (ada, ben) = (
        server.author(site.en, "Ada").await,
        server.author(site.en, "Ben").await,
    );
    let id = waiting_with(&server, site, json!({ "motto": ada })).await;
    let other = waiting_with(&server, site, json!({ "motto": ben, "reviewer": ben })).await;
    authors::delete(&cx, ada, OnUse::Refuse).await.unwrap();
    let refused = authors::delete(&cx, ben, OnUse::Refuse).await.unwrap_err();
    assert_eq!(refused.code(), "CONFLICT", "{refused:?}");
    authors::delete(&cx, ben, OnUse::Detach).await.unwrap();
    for (id, author) in [(id, ada), (other, ben)] {
        lifecycle::publish(&cx, id.into(), step(2)).await.unwrap();
        let fields = seen(&cx, id).await.unwrap().entry.custom_fields;
        assert_eq!(json!(fields), json!({ "motto": author }));
    }
}

#[tokio::test]
async fn a_field_of_an_edit_that_waits_is_in_use_once_it_is_declared_a_reference() {
    let server = TestServer::start_with(|config| {
        with_fields(config);
        let articles = config.fields.get_mut("article").unwrap();
        let motto = articles["motto"].clone();
        articles.insert("reviewer".to_owned(), motto);
    })
    .await;
    let site = server.small_site().await;
    let ada = server.author(site.en, "Ada").await;
    waiting_with(&server, site, json!({ "reviewer": ada })).await;
    let again = server.once_more(with_fields).await;
    again.run_due_jobs().await;
    let cx = again.system();
    let refused = authors::delete(&cx, ada, OnUse::Refuse).await.unwrap_err();
    assert_eq!(refused.code(), "CONFLICT", "{refused:?}");
}
