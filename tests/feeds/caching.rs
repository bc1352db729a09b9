//! Validators of feeds, and what is not there.

use reqwest::Method;

use super::gazette;
use crate::harness::TestServer;

const PATHS: [(&str, &str); 8] = [
    ("/feeds/en/rss.xml", "application/rss+xml; charset=utf-8"),
    ("/feeds/en/atom.xml", "application/atom+xml; charset=utf-8"),
    ("/feeds/en/feed.json", "application/feed+json"),
    ("/feeds/en/opml.xml", "text/x-opml; charset=utf-8"),
    ("/feeds/en/sitemap.xml", "application/xml; charset=utf-8"),
    (
        "/feeds/en/sitemaps/2026-05/sitemap.xml",
        "application/xml; charset=utf-8",
    ),
    (
        "/feeds/en/sitemap-news.xml",
        "application/xml; charset=utf-8",
    ),
    ("/feeds/en/robots.txt", "text/plain; charset=utf-8"),
];

#[tokio::test]
async fn who_has_the_feed_is_told_so() {
    let server = TestServer::start().await;
    gazette(&server).await;
    for (path, media_type) in PATHS {
        let first = server.get(path).await.expect(200);
        assert_eq!(first.header("content-type"), media_type, "{path}");
        assert!(
            first.header("cache-control").starts_with("public"),
            "{path}"
        );
        let tag = first.header("etag");
        server
            .get_with(path, &[("if-none-match", tag)])
            .await
            .expect(304);
        let head = server
            .send(server.request(Method::HEAD, path))
            .await
            .expect(200);
        assert_eq!(head.header("etag"), tag, "{path}");
        assert!(head.body.is_empty());
    }
}

#[tokio::test]
async fn a_new_article_makes_a_new_feed() {
    let server = TestServer::start().await;
    let site = gazette(&server).await;
    let path = "/feeds/en/rss.xml";
    let tag = server.get(path).await.header("etag").to_owned();
    server.article(site.fa, "دیگر").await;
    server
        .get_with(path, &[("if-none-match", &tag)])
        .await
        .expect(304);
    server.article(site.en, "Another").await;
    let changed = server
        .get_with(path, &[("if-none-match", &tag)])
        .await
        .expect(200);
    assert_ne!(changed.header("etag"), tag);
    assert!(changed.text().contains("Another"));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = TestServer::start().await;
    gazette(&server).await;
    for path in [
        "/feeds/xx/rss.xml",
        "/feeds/en/feed.xml",
        "/feeds/en/category/none/rss.xml",
        "/feeds/en/tag/none/rss.xml",
        "/feeds/fa/tag/river/rss.xml",
        "/feeds/en/author/none/atom.xml",
        "/feeds/en/newsletter/none/feed.json",
        "/feeds/en/gallery/none/feed.json",
        "/feeds/xx/sitemap.xml",
        "/feeds/xx/sitemap-news.xml",
        "/feeds/xx/robots.txt",
        "/feeds/xx/opml.xml",
        "/feeds/en/sitemaps/2026-13/sitemap.xml",
        "/feeds/en/sitemaps/everything/sitemap.xml",
        "/feeds/en",
        "/feeds",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
    }
}
