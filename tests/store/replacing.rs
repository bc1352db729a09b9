//! Replacing a record by one that stands below it or names it: no circles, nothing that names itself.

use std::time::Duration;

use application::{OnUse, entries, pages, terms};
use domain::{Result, menus::MenuTarget, terms::TermId};
use serde_json::json;

use crate::harness::{
    TestServer,
    people::sql_id,
    records::{link, page},
};

/// What must not go on for ever.
async fn ends<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("it ends")
}

#[tokio::test]
async fn a_category_is_not_replaced_by_one_below_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let street = server.category(site.en, "Street", Some(local)).await;
    for below in [local, street] {
        let replaced = terms::delete(&cx, TermId::from(news), OnUse::ReplaceWith(below.uuid()));
        let error = ends(replaced).await.unwrap_err();
        assert_eq!(error.code(), "VALIDATION", "{error:?}");
        assert_eq!(error.fields()[0].field, "replaceWith");
    }
    let data = server
        .graphql("{ category(by: { slug: \"street\" }) { ancestors { slug } } }")
        .await;
    assert_eq!(
        data["category"]["ancestors"],
        json!([{ "slug": "news" }, { "slug": "local" }])
    );
}

#[tokio::test]
async fn a_page_is_not_replaced_by_one_below_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let one = server.page(site.en, "One").await;
    let mut draft = page(site.en, "Two");
    draft.entry.parent = Some(one.into());
    let two = server.save_page(draft).await;
    let mut draft = page(site.en, "Three");
    draft.entry.parent = Some(two.into());
    let three = server.save_page(draft.clone()).await;
    for below in [two, three] {
        let replaced = entries::delete(&cx, one.into(), OnUse::ReplaceWith(below.uuid()));
        let error = ends(replaced).await.unwrap_err();
        assert_eq!(error.code(), "VALIDATION", "{error:?}");
        assert_eq!(error.fields()[0].field, "replaceWith");
    }
    ends(pages::update(&cx, three, Some(1), draft))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_article_that_takes_the_place_of_another_does_not_name_itself() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let old = server.article(site.en, "Old").await;
    let new = server
        .article(site.en, "New")
        .related(old)
        .with(|draft| draft.entry.translated_from = Some((old.into(), 1)))
        .await;
    let other = server
        .article(site.en, "Other")
        .related(old)
        .related(new)
        .await;
    entries::delete(&cx, old.into(), OnUse::ReplaceWith(new.uuid()))
        .await
        .unwrap();
    let of = |id: uuid::Uuid| {
        let id = sql_id(id);
        format!("SELECT count(*) FROM entry_related WHERE entry_id = {id}")
    };
    assert_eq!(server.count(&of(new.uuid())).await, 0);
    assert_eq!(server.count(&of(other.uuid())).await, 1, "once, not twice");
    assert_eq!(
        server
            .count("SELECT count(*) FROM entry WHERE translated_from_id = id")
            .await,
        0
    );
}

#[tokio::test]
async fn what_stood_below_a_detached_heading_goes_with_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let (bees, wax) = (
        server.tag(site.en, "Bees").await,
        server.tag(site.en, "Wax").await,
    );
    let below = |label: &str, target: MenuTarget, children| {
        let mut item = link(label, target);
        item.children = children;
        item
    };
    let url = |label: &str| link(label, MenuTarget::Url(format!("/{label}")));
    server
        .menu(
            site.en,
            "main",
            vec![
                below(
                    "first",
                    MenuTarget::Url("/first".to_owned()),
                    vec![url("kept")],
                ),
                below(
                    "bees",
                    MenuTarget::Term(bees.into()),
                    vec![below(
                        "hive",
                        MenuTarget::Url("/hive".to_owned()),
                        vec![url("comb")],
                    )],
                ),
                below("wax", MenuTarget::Term(wax.into()), vec![url("candle")]),
                url("last"),
            ],
        )
        .await;
    terms::delete(&cx, TermId::from(bees), OnUse::Detach)
        .await
        .unwrap();
    let menu =
        "{ menu(location: \"main\") { items { label children { label children { label } } } } }";
    let child = |label: &str| json!({ "label": label, "children": [] });
    assert_eq!(
        server.graphql(menu).await["menu"]["items"],
        json!([
            { "label": "first", "children": [child("kept")] },
            { "label": "wax", "children": [child("candle")] },
            { "label": "last", "children": [] },
        ])
    );
}

#[tokio::test]
async fn nothing_is_replaced_by_what_is_hidden_from_whoever_asks() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let editor = server.person(domain::access::Role::Editor, site.en).await;
    let old = server.article(site.en, "Old").await;
    let hidden = server
        .article(site.fa, "پنهان")
        .status(domain::content::Status::Draft)
        .await;
    let replaced = entries::delete(&editor.cx, old.into(), OnUse::ReplaceWith(hidden.uuid()));
    let error = replaced.await.unwrap_err();
    assert_eq!(error.code(), "VALIDATION", "{error:?}");
    assert_eq!(error.fields()[0].field, "replaceWith");
}

#[tokio::test]
async fn pages_below_a_deleted_one_stand_among_others_with_slugs_of_their_own() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let above = server.page(site.en, "Above").await;
    server.page(site.en, "Team").await;
    let mut draft = page(site.en, "Team");
    draft.entry.parent = Some(above.into());
    let below = server.save_page(draft).await;
    entries::delete(&cx, above.into(), OnUse::Detach)
        .await
        .unwrap();
    let read = async |id: domain::id::PageId| {
        let path = format!("/api/v1/pages/{id}");
        let page = server.get_json(&path).await;
        (page["slug"].clone(), page["path"].clone())
    };
    assert_eq!(read(below).await, (json!("team-2"), json!("/above/team")));
    // Another that is made there finds the slug taken.
    let third = server.page(site.en, "Team 2").await;
    assert_eq!(read(third).await.0, json!("team-2-2"));
}
