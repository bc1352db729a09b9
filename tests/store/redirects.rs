//! Redirects: where they may lead, and what becomes of them when that goes.

use application::{OnUse, entries, redirects};
use domain::{
    Error,
    redirects::{RedirectDraft, RedirectTarget},
};
use serde_json::json;

use crate::harness::TestServer;

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, field: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), "VALIDATION", "{error:?}");
    assert_eq!(error.fields()[0].field, field, "{error:?}");
}

#[tokio::test]
async fn a_redirect_leads_where_a_reader_may_be_led() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let english = server.article(site.en, "River").await;
    let draft = |to: RedirectTarget| RedirectDraft {
        edition: site.fa,
        from: "/old".to_owned(),
        to,
        is_permanent: true,
    };
    let url = |address: &str| RedirectTarget::Url(address.to_owned());
    for wrong in [
        url("javascript:alert(1)"),
        url("//evil.example"),
        url("somewhere"),
        url(""),
        url("/old"),
        url("/old/?x=1"),
        url("http://"),
    ] {
        refused(redirects::create(&cx, draft(wrong)).await, "to");
    }
    redirects::create(&cx, draft(url("/new"))).await.unwrap();
    let elsewhere = RedirectDraft {
        from: "/english".to_owned(),
        ..draft(RedirectTarget::Entry(english.into()))
    };
    redirects::create(&cx, elsewhere).await.unwrap();
    let away = RedirectDraft {
        from: "/away".to_owned(),
        ..draft(url("https://elsewhere.example/x"))
    };
    redirects::create(&cx, away).await.unwrap();
}

#[tokio::test]
async fn a_redirect_outlives_the_entry_it_leads_to() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let cx = server.system();
    let (old, new) = (
        server.article(site.en, "Old").await,
        server.article(site.en, "New").await,
    );
    let to = |id: domain::id::ArticleId| RedirectTarget::Entry(id.into());
    server.redirect(site.en, "/short", to(old)).await;
    entries::delete(&cx, old.into(), OnUse::ReplaceWith(new.uuid()))
        .await
        .unwrap();
    let route = "{ route(path: \"/short\") { ... on Redirect { isGone href } } }";
    assert_eq!(
        server.graphql(route).await["route"],
        json!({ "isGone": false, "href": "/2026/05/new" })
    );
    entries::delete(&cx, new.into(), OnUse::Refuse)
        .await
        .unwrap();
    assert_eq!(
        server.graphql(route).await["route"],
        json!({ "isGone": true, "href": null })
    );
}
