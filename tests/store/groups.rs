//! Translation groups: entries of one kind, one in each edition.

use application::{articles, pages};
use domain::content::ContentKind;

use crate::harness::{TestServer, records::page};

#[tokio::test]
async fn a_group_has_one_entry_in_each_edition() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let group = server.group();
    let english = server.article(site.en, "River").group(group).await;
    let twin = server.article(site.en, "Stream").group(group).draft;
    let error = articles::create(&cx, twin.clone()).await.unwrap_err();
    assert_eq!(error.fields()[0].field, "translationGroup", "{error:?}");
    // One that stands alone does not move in either.
    let lone = server.article(site.en, "Stream").await;
    let error = articles::update(&cx, lone, None, twin).await.unwrap_err();
    assert_eq!(error.fields()[0].field, "translationGroup", "{error:?}");
    // Nor does a translation that changes its edition.
    let builder = server.article(site.fa, "رود").group(group);
    let mut draft = builder.draft.clone();
    let persian = builder.await;
    draft.entry.edition = site.en;
    let error = articles::update(&cx, persian, None, draft)
        .await
        .unwrap_err();
    assert_eq!(error.fields()[0].field, "translationGroup", "{error:?}");
    let builder = server.article(site.en, "River").group(group);
    articles::update(&cx, english, Some(1), builder.draft)
        .await
        .expect("it is where it was");
}

#[tokio::test]
async fn a_group_holds_one_kind() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let group = server.group();
    let article = server.article(site.en, "River").group(group).await;
    let mut draft = page(site.fa, "رود");
    draft.entry.group = Some(group);
    let error = pages::create(&cx, draft).await.unwrap_err();
    assert_eq!(error.fields()[0].field, "translationGroup", "{error:?}");
    let found = application::entries::get(
        &cx,
        ContentKind::Article,
        &application::entries::EntryGet {
            translation_in: Some(site.fa),
            fallback: true,
            ..application::entries::EntryGet::id(article)
        },
        domain::content::Parts::NONE,
    )
    .await
    .unwrap();
    assert_eq!(found.unwrap().entry().id, article.into());
}

#[tokio::test]
async fn the_engines_keep_a_second_entry_of_an_edition_out_of_a_group() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.article(site.en, "River").await;
    server.article(site.en, "Stream").await;
    let connection = server.connect().await;
    let joined = sea_orm::ConnectionTrait::execute_unprepared(
        &connection,
        "UPDATE entry SET group_id = (SELECT group_id FROM entry ORDER BY id LIMIT 1)",
    )
    .await;
    assert!(joined.is_err(), "{joined:?}");
}
