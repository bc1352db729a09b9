//! Feeds page by page.

use atom_syndication::Feed;
use rss::Channel;

use crate::harness::TestServer;

async fn seven(server: &TestServer) {
    let site = server.small_site().await;
    for number in 1..=7 {
        let time = format!("2026-05-01T0{number}:00:00Z");
        server
            .article(site.en, &format!("Number {number}"))
            .published_at(&time)
            .await;
    }
}

fn expected() -> Vec<String> {
    (1..=7)
        .rev()
        .map(|number| format!("Number {number}"))
        .collect()
}

#[tokio::test]
async fn a_json_feed_is_walked_by_its_next_address() {
    let server = TestServer::start().await;
    seven(&server).await;
    let (mut titles, mut path) = (Vec::new(), "/feeds/en/feed.json?first=3".to_owned());
    loop {
        let page = server.get_json(&path).await;
        for item in page["items"].as_array().unwrap() {
            titles.push(item["title"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next_url"].as_str() else {
            break;
        };
        next.strip_prefix(&server.url)
            .unwrap()
            .clone_into(&mut path);
    }
    assert_eq!(titles, expected());
}

#[tokio::test]
async fn xml_feeds_are_walked_by_their_links() {
    let server = TestServer::start().await;
    seven(&server).await;
    let (mut titles, mut path) = (Vec::new(), "/feeds/en/rss.xml?first=3".to_owned());
    loop {
        let channel = Channel::read_from(server.get_text(&path).await.as_bytes()).unwrap();
        titles.extend(channel.items.iter().map(|item| item.title.clone().unwrap()));
        let links = channel.atom_ext.unwrap().links;
        let find = |rel: &str| {
            links
                .iter()
                .find(|link| link.rel == rel)
                .map(|link| link.href.strip_prefix(&server.url).unwrap().to_owned())
        };
        assert_eq!(find("self").unwrap(), path);
        assert_eq!(
            find("first").unwrap_or_else(|| path.clone()),
            "/feeds/en/rss.xml?first=3"
        );
        let Some(next) = find("next") else { break };
        path = next;
    }
    assert_eq!(titles, expected());
    let (mut titles, mut path) = (Vec::new(), path.replace("rss.xml", "atom.xml"));
    loop {
        let feed = Feed::read_from(server.get_text(&path).await.as_bytes()).unwrap();
        let page: Vec<String> = feed
            .entries
            .iter()
            .map(|entry| entry.title.value.clone())
            .collect();
        titles.splice(0..0, page);
        let Some(previous) = feed.links.iter().find(|link| link.rel == "previous") else {
            break;
        };
        previous
            .href
            .strip_prefix(&server.url)
            .unwrap()
            .clone_into(&mut path);
    }
    assert_eq!(titles, expected());
}

#[tokio::test]
async fn a_page_nobody_can_want_is_refused() {
    let server = TestServer::start().await;
    seven(&server).await;
    for wrong in [
        "first=101",
        "first=x",
        "first=-1",
        "page=2",
        "after=nonsense",
        "first=1&first=2",
        "first=1&last=1",
        "before=x&first=1",
    ] {
        for file in ["rss.xml", "atom.xml", "feed.json", "tag/none/rss.xml"] {
            let answer = server.get(&format!("/feeds/en/{file}?{wrong}")).await;
            assert!(matches!(answer.status, 400 | 404), "{wrong}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        let problem = server
            .get(&format!("/feeds/en/rss.xml?{wrong}"))
            .await
            .expect(400)
            .json();
        assert!(problem["errors"][0]["parameter"].is_string(), "{problem}");
    }
    for path in [
        "sitemap.xml",
        "sitemap-news.xml",
        "robots.txt",
        "opml.xml",
        "sitemaps/2026-05/sitemap.xml",
    ] {
        server
            .get(&format!("/feeds/en/{path}?first=1"))
            .await
            .expect(400);
    }
}
