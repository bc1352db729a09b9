//! Paths: unique in an edition whatever lives there, and remembered when they change.

use application::{articles, pages};
use domain::{Error, redirects::RedirectTarget};
use serde_json::json;

use crate::harness::{
    TestServer,
    builders::entry,
    records::{issue, page},
    texts,
};

#[tokio::test]
async fn entries_of_different_kinds_never_share_a_path() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server
        .article(site.en, "First")
        .with(|draft| draft.entry.path = Some("/about".to_owned()))
        .await;
    let page = server.page(site.en, "About").await;
    let data = server
        .graphql(&format!(
            "{{ page(by: {{ id: \"{page}\" }}) {{ slug path }} }}"
        ))
        .await;
    assert_eq!(data["page"], json!({ "slug": "about", "path": "/about-2" }));
    let other = server.page(site.fa, "About").await;
    let data = server
        .graphql(&format!("{{ page(by: {{ id: \"{other}\" }}) {{ path }} }}"))
        .await;
    assert_eq!(
        data["page"]["path"], "/about",
        "another edition has paths of its own"
    );
}

#[tokio::test]
async fn a_path_that_is_asked_for_and_taken_is_refused() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.page(site.en, "About").await;
    let mut second = page(site.en, "Second");
    for taken in ["/about", "about/", "//about", "/%61bout"] {
        second.entry.path = Some(taken.to_owned());
        let error = pages::create(&server.system(), second.clone())
            .await
            .unwrap_err();
        let Error::Conflict { field, .. } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(field.as_deref(), Some("path"), "{taken}");
    }
    server
        .redirect(site.en, "/gone", RedirectTarget::Gone)
        .await;
    second.entry.path = Some("/gone".to_owned());
    assert!(matches!(
        pages::create(&server.system(), second).await,
        Err(Error::Conflict { .. })
    ));
}

#[tokio::test]
async fn a_redirect_never_hides_an_entry() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.page(site.en, "About").await;
    let draft = domain::redirects::RedirectDraft {
        edition: site.en,
        from: "/about/".to_owned(),
        to: RedirectTarget::Url("https://elsewhere.example".to_owned()),
        is_permanent: true,
    };
    let error = application::redirects::create(&server.system(), draft)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Conflict { field: Some(field), .. } if field == "from"),
        "{error:?}"
    );
}

#[tokio::test]
async fn every_path_an_entry_had_leads_to_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server.article(site.en, "Moving");
    let mut draft = builder.draft.clone();
    let id = builder.await;
    for (version, path) in [(1, "/one"), (2, "/two"), (3, "/three"), (4, "/one")] {
        draft.entry.path = Some(path.to_owned());
        articles::update(&server.system(), id, Some(version), draft.clone())
            .await
            .unwrap();
    }
    let data = server
        .graphql("{ redirects { nodes { id from href } } route(path: \"/one\") { __typename } }")
        .await;
    assert_eq!(data["route"]["__typename"], "Article");
    let mut from = texts(&data["redirects"]["nodes"], "from");
    from.sort_unstable();
    assert_eq!(from, ["/2026/05/moving", "/three", "/two"]);
    for redirect in data["redirects"]["nodes"].as_array().unwrap() {
        assert_eq!(redirect["href"], "/one");
        let node = server
            .graphql(&format!(
                "{{ node(id: {}) {{ ... on Redirect {{ href }} }} }}",
                redirect["id"]
            ))
            .await;
        assert_eq!(node["node"]["href"], "/one");
    }
}

#[tokio::test]
async fn a_new_entry_does_not_take_an_old_path_of_another() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server.article(site.en, "Old").slug("name");
    let mut draft = builder.draft.clone();
    let id = builder.await;
    "other".clone_into(&mut draft.entry.slug);
    articles::update(&server.system(), id, Some(1), draft)
        .await
        .unwrap();
    let second = server.article(site.en, "New").slug("name").await;
    let data = server.graphql(&format!("{{ article(by: {{ id: \"{second}\" }}) {{ slug path }} route(path: \"/2026/05/name\") {{ ... on Redirect {{ href }} }} }}")).await;
    assert_eq!(
        data["article"],
        json!({ "slug": "name", "path": "/2026/05/name-2" })
    );
    assert_eq!(data["route"]["href"], "/2026/05/other");
}

#[tokio::test]
async fn the_pattern_of_the_edition_makes_the_path() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut patterned = crate::harness::builders::edition("ar", Some(site.en));
    patterned.permalinks.article = "/{category}/{year}/{day}/{slug}".to_owned();
    patterned.permalinks.page = "/{path}".to_owned();
    patterned.permalinks.issue = "/letters/{newsletter}/{number}-{slug}".to_owned();
    let ar = application::editions::create(&server.system(), patterned)
        .await
        .unwrap();
    let news = server.category(ar, "News", None).await;
    let local = server.category(ar, "Local", Some(news)).await;
    let one = server
        .article(ar, "One")
        .category(local)
        .published_at("2026-02-03T04:05:06Z")
        .await;
    let none = server
        .article(ar, "None")
        .published_at("2026-02-03T04:05:06Z")
        .await;
    let mut top = page(ar, "Top");
    top.entry = entry(ar, "Top", "");
    let top = server.save_page(top).await;
    let mut below = page(ar, "Below");
    below.entry.parent = Some(top.into());
    let below = server.save_page(below).await;
    let newsletter = server.newsletter(ar, "Letter").await;
    let issue = server.save_issue(issue(ar, newsletter, 7)).await;
    for (id, path) in [
        (one.to_string(), "/news/local/2026/03/one"),
        (none.to_string(), "/general/2026/03/none"),
        (below.to_string(), "/top/below"),
        (issue.to_string(), "/letters/letter/7-issue-7"),
    ] {
        let data = server
            .graphql(&format!(
                "{{ node(id: \"{id}\") {{ ... on Entry {{ path }} }} }}"
            ))
            .await;
        assert_eq!(data["node"]["path"], path);
    }
}

#[tokio::test]
async fn the_pattern_of_pages_stands_once_in_the_path() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let mut patterned = crate::harness::builders::edition("ar", Some(site.en));
    patterned.permalinks.page = "/p/{path}".to_owned();
    let ar = application::editions::create(&server.system(), patterned)
        .await
        .unwrap();
    let top = server.page(ar, "Top").await;
    let mut below = page(ar, "Below");
    below.entry.parent = Some(top.into());
    server.save_page(below).await;
    let data = server
        .graphql("{ pages(edition: \"ar\") { nodes { path } } }")
        .await;
    let mut paths = texts(&data["pages"]["nodes"], "path");
    paths.sort_unstable();
    assert_eq!(paths, ["/p/top", "/p/top/below"]);
}
