//! One whole file of each kind, of a small site with fixed ids and times.

use super::gazette;
use crate::harness::TestServer;

async fn snapshot(name: &str, path: &str) {
    let server = TestServer::start().await;
    gazette(&server).await;
    let text = server
        .get_text(path)
        .await
        .replace(&server.url, "http://[server]");
    insta::assert_snapshot!(name, text);
}

#[tokio::test]
async fn the_rss_feed_is_as_it_was() {
    snapshot("rss", "/feeds/en/rss.xml").await;
}

#[tokio::test]
async fn the_right_to_left_rss_feed_is_as_it_was() {
    snapshot("rss_fa", "/feeds/fa/rss.xml").await;
}

#[tokio::test]
async fn the_atom_feed_is_as_it_was() {
    snapshot("atom", "/feeds/en/atom.xml").await;
}

#[tokio::test]
async fn the_json_feed_is_as_it_was() {
    snapshot("json", "/feeds/en/feed.json").await;
}

#[tokio::test]
async fn the_sitemap_is_as_it_was() {
    snapshot("sitemap", "/feeds/en/sitemaps/2026-05/sitemap.xml").await;
}
