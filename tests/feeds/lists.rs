//! The list of feeds.

use super::{between, gazette, well_formed};
use crate::harness::TestServer;

#[tokio::test]
async fn every_feed_in_the_list_is_there() {
    let server = TestServer::with_demo().await;
    for edition in ["en", "fa"] {
        let opml = server.get_text(&format!("/feeds/{edition}/opml.xml")).await;
        well_formed(&opml);
        let addresses = between(&opml, "xmlUrl=\"", "\"");
        assert!(addresses.len() > 20, "{}", addresses.len());
        for address in addresses {
            let path = address.strip_prefix(&server.url).unwrap();
            server.get(path).await.expect(200);
        }
    }
}

#[tokio::test]
async fn the_list_names_what_has_a_feed_in_its_edition() {
    let server = TestServer::start().await;
    gazette(&server).await;
    let english = server.get_text("/feeds/en/opml.xml").await;
    let paths: Vec<_> = between(&english, "xmlUrl=\"", "\"")
        .into_iter()
        .map(|address| address.strip_prefix(&server.url).unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "/feeds/en/rss.xml",
            "/feeds/en/category/local/rss.xml",
            "/feeds/en/category/news/rss.xml",
            "/feeds/en/tag/river/rss.xml",
            "/feeds/en/author/ada-moor/rss.xml"
        ]
    );
    let persian = server.get_text("/feeds/fa/opml.xml").await;
    assert_eq!(between(&persian, "xmlUrl=\"", "\"").len(), 1);
}

#[tokio::test]
async fn the_list_of_feeds_is_whole() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for number in 0..101 {
        server.tag(site.en, &format!("Tag {number}")).await;
    }
    let opml = server.get_text("/feeds/en/opml.xml").await;
    assert_eq!(opml.matches("/feeds/en/tag/").count(), 101);
}
