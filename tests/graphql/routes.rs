//! What lives at a public path.

use domain::{content::Status, redirects::RedirectTarget};
use serde_json::{Value, json};

use crate::harness::{TestServer, records::page};

const ROUTE: &str = "query($path: String!, $edition: String) { route(path: $path, edition: $edition) { __typename \
    ... on Article { title } ... on Page { title } ... on Issue { number } ... on Category { name } ... on Tag { name } \
    ... on Author { name } ... on Newsletter { title } ... on Redirect { href url isGone isPermanent statusCode entry { id title } } } }";

async fn route(server: &TestServer, path: &str, edition: &str) -> Value {
    server
        .graphql_with(ROUTE, json!({ "path": path, "edition": edition }))
        .await["route"]
        .take()
}

#[tokio::test]
async fn everything_with_an_address_is_found_at_it() {
    let server = TestServer::with_demo().await;
    for (path, edition, expected) in [
        (
            "/2026/10/how-to-read-the-river",
            "en",
            json!({ "__typename": "Article", "title": "How to read the river: a walk along the Wenna" }),
        ),
        (
            "/history",
            "en",
            json!({ "__typename": "Page", "title": "How it all began" }),
        ),
        (
            "/letter/thursday-letter/2",
            "en",
            json!({ "__typename": "Issue", "number": 2 }),
        ),
        (
            "/section/clock-tower",
            "en",
            json!({ "__typename": "Category", "name": "The clock tower" }),
        ),
        (
            "/topic/bees",
            "en",
            json!({ "__typename": "Tag", "name": "Bees" }),
        ),
        (
            "/by/maryam-dashti",
            "en",
            json!({ "__typename": "Author", "name": "Maryam Dashti" }),
        ),
        (
            "/newsletter/thursday-letter",
            "en",
            json!({ "__typename": "Newsletter", "title": "The Thursday Letter" }),
        ),
        (
            "/بخش/آشپزخانه",
            "fa",
            json!({ "__typename": "Category", "name": "آشپزخانه" }),
        ),
        (
            "/%D8%A8%D8%AE%D8%B4/%D8%A2%D8%B4%D9%BE%D8%B2%D8%AE%D8%A7%D9%86%D9%87",
            "fa",
            json!({ "__typename": "Category", "name": "آشپزخانه" }),
        ),
        ("/tema/bletë", "sq", json!(null)),
        (
            "/tema/blete",
            "sq",
            json!({ "__typename": "Tag", "name": "Bletë" }),
        ),
    ] {
        assert_eq!(
            route(&server, path, edition).await,
            expected,
            "{edition} {path}"
        );
    }
}

#[tokio::test]
async fn a_path_is_found_however_it_is_written() {
    let server = TestServer::with_demo().await;
    for path in [
        "about",
        "/about/",
        "//about",
        "/about?utm_source=letter",
        "/about#top",
        "/%61bout",
        "/./about",
    ] {
        assert_eq!(
            route(&server, path, "en").await["__typename"],
            "Page",
            "{path}"
        );
    }
    for path in ["/About", "/about/x", "/nothing", "/", ""] {
        assert_eq!(route(&server, path, "en").await, json!(null), "{path}");
    }
    for path in ["/../about", "/%FF", "/a%00b"] {
        let raw = server
            .graphql_raw(ROUTE, json!({ "path": path, "edition": "en" }))
            .await;
        assert_eq!(
            raw["errors"][0]["extensions"]["code"], "VALIDATION",
            "{path}: {raw}"
        );
        assert_eq!(raw["errors"][0]["extensions"]["fields"][0]["field"], "path");
    }
}

#[tokio::test]
async fn the_default_edition_is_meant_if_none_is_named() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ route(path: \"/about\") { ... on Page { edition { code } } } }")
        .await;
    assert_eq!(data["route"]["edition"]["code"], "en");
    let error = server
        .graphql_error("{ route(path: \"/about\", edition: \"xx\") { __typename } }")
        .await;
    assert_eq!(error["extensions"]["fields"][0]["field"], "edition");
}

#[tokio::test]
async fn redirects_say_where_to() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let id = server
        .article(site.en, "Moved here")
        .slug("moved-here")
        .await;
    server
        .redirect(site.en, "/old", RedirectTarget::Entry(id.into()))
        .await;
    server
        .redirect(
            site.en,
            "/away",
            RedirectTarget::Url("https://elsewhere.example/x".to_owned()),
        )
        .await;
    server
        .redirect(
            site.en,
            "/section",
            RedirectTarget::Url("/category/news".to_owned()),
        )
        .await;
    server
        .redirect(site.en, "/gone", RedirectTarget::Gone)
        .await;
    server
        .redirect(site.en, "/?p=12", RedirectTarget::Entry(id.into()))
        .await;
    let article = json!({ "id": id.to_string(), "title": "Moved here" });
    let here = json!({ "__typename": "Redirect", "href": "/2026/05/moved-here", "url": "https://example.org/en/2026/05/moved-here",
        "isGone": false, "isPermanent": true, "statusCode": 301, "entry": article });
    assert_eq!(route(&server, "/old", "en").await, here);
    assert_eq!(route(&server, "/?p=12", "en").await, here);
    assert_eq!(route(&server, "/?utm=x&p=12", "en").await, here);
    let away = route(&server, "/away", "en").await;
    assert_eq!(away["href"], "https://elsewhere.example/x");
    assert_eq!(away["url"], "https://elsewhere.example/x");
    assert_eq!(away["entry"], json!(null));
    assert_eq!(
        route(&server, "/section", "en").await["url"],
        "https://example.org/en/category/news"
    );
    let gone = route(&server, "/gone", "en").await;
    assert_eq!(
        (&gone["isGone"], &gone["statusCode"], &gone["href"]),
        (&json!(true), &json!(410), &json!(null))
    );
    assert_eq!(route(&server, "/old", "fa").await, json!(null));
}

#[tokio::test]
async fn a_path_that_was_changed_leads_to_the_new_one() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let builder = server.article(site.en, "First").slug("first");
    let mut draft = builder.draft.clone();
    let id = builder.await;
    let cx = server.system();
    for (version, slug) in [(1, "second"), (2, "third")] {
        slug.clone_into(&mut draft.entry.slug);
        application::articles::update(&cx, id, Some(version), draft.clone())
            .await
            .unwrap();
    }
    for old in ["/2026/05/first", "/2026/05/second"] {
        let found = route(&server, old, "en").await;
        assert_eq!(found["__typename"], "Redirect", "{old}");
        assert_eq!(
            found["href"], "/2026/05/third",
            "{old}: straight to the end"
        );
        assert_eq!(found["statusCode"], 301);
    }
    assert_eq!(
        route(&server, "/2026/05/third", "en").await["__typename"],
        "Article"
    );
    "first".clone_into(&mut draft.entry.slug);
    application::articles::update(&cx, id, Some(3), draft)
        .await
        .unwrap();
    assert_eq!(
        route(&server, "/2026/05/first", "en").await["__typename"],
        "Article"
    );
    assert_eq!(
        route(&server, "/2026/05/third", "en").await["href"],
        "/2026/05/first"
    );
}

#[tokio::test]
async fn what_is_hidden_has_no_route() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let draft = server
        .article(site.en, "Draft")
        .slug("draft")
        .status(Status::Draft)
        .await;
    server
        .redirect(site.en, "/to-draft", RedirectTarget::Entry(draft.into()))
        .await;
    let mut hidden = page(site.en, "Hidden");
    hidden.entry.status = Status::Archived;
    server.save_page(hidden).await;
    for path in ["/2026/05/draft", "/to-draft", "/hidden"] {
        assert_eq!(route(&server, path, "en").await, json!(null), "{path}");
    }
}
