//! The three formats, read back with parsers.

use atom_syndication::Feed;
use domain::content::Status;
use rss::Channel;
use serde_json::json;

use super::{gazette, well_formed};
use crate::harness::TestServer;

async fn rss(server: &TestServer, path: &str) -> Channel {
    let answer = server.get(path).await.expect(200);
    assert_eq!(
        answer.header("content-type"),
        "application/rss+xml; charset=utf-8"
    );
    well_formed(answer.text());
    let channel = Channel::read_from(answer.body.as_slice()).unwrap();
    channel.validate_links();
    channel
}

async fn atom(server: &TestServer, path: &str) -> Feed {
    let answer = server.get(path).await.expect(200);
    assert_eq!(
        answer.header("content-type"),
        "application/atom+xml; charset=utf-8"
    );
    well_formed(answer.text());
    Feed::read_from(answer.body.as_slice()).unwrap()
}

trait Links {
    fn validate_links(&self);
}

impl Links for Channel {
    fn validate_links(&self) {
        for item in &self.items {
            let content = item.content.as_deref().unwrap_or_default();
            for address in super::between(content, "href=\"", "\"")
                .into_iter()
                .chain(super::between(content, "src=\"", "\""))
            {
                assert!(address.starts_with("http"), "{address} in {content}");
            }
        }
    }
}

#[tokio::test]
async fn rss_is_read_back_as_it_was_meant() {
    let server = TestServer::start().await;
    gazette(&server).await;
    let channel = rss(&server, "/feeds/en/rss.xml").await;
    assert_eq!(channel.title, "The en Gazette");
    assert_eq!(channel.link, "https://example.org/en/");
    assert_eq!(channel.language.as_deref(), Some("en"));
    let titles: Vec<_> = channel
        .items
        .iter()
        .map(|item| item.title.as_deref().unwrap())
        .collect();
    assert_eq!(titles, ["The river rises", "An old one"]);
    let river = &channel.items[0];
    assert_eq!(
        river.link.as_deref(),
        Some("https://example.org/en/2026/05/the-river-rises")
    );
    assert_eq!(
        river.pub_date.as_deref(),
        Some("Sun, 03 May 2026 08:00:00 GMT")
    );
    let categories: Vec<_> = river
        .categories
        .iter()
        .map(|category| category.name.as_str())
        .collect();
    assert_eq!(categories, ["Local", "River"]);
    assert_eq!(
        river.dublin_core_ext.as_ref().unwrap().creators,
        ["Ada Moor"]
    );
    let content = river.content.as_deref().unwrap();
    assert!(
        content.contains("href=\"https://elsewhere.example/\""),
        "{content}"
    );
    assert!(
        content.contains("src=\"https://pictures.example/river.jpg\""),
        "{content}"
    );
    assert!(content.contains("]]&gt; &amp;"), "{content}");
    let media = &river.extensions["media"]["content"];
    assert_eq!(media[0].attrs["url"], "https://pictures.example/river.jpg");
    assert_eq!(media[0].attrs["medium"], "image");
    let enclosure = river.enclosure.as_ref().unwrap();
    assert_eq!(
        (
            enclosure.url.as_str(),
            enclosure.length.as_str(),
            enclosure.mime_type.as_str()
        ),
        ("https://audio.example/bells.mp3", "4321", "audio/mpeg")
    );
    let links = &channel.atom_ext.as_ref().unwrap().links;
    assert!(
        links
            .iter()
            .any(|link| link.rel == "self"
                && link.href == format!("{}/feeds/en/rss.xml", server.url))
    );
}

#[tokio::test]
async fn an_imported_article_keeps_its_guid() {
    let server = TestServer::start().await;
    gazette(&server).await;
    let channel = rss(&server, "/feeds/en/rss.xml").await;
    let guids: Vec<_> = channel
        .items
        .iter()
        .map(|item| item.guid.as_ref().unwrap())
        .collect();
    assert_eq!(guids[1].value, "https://old.example/?p=7");
    assert!(guids[0].value.starts_with("article_"));
    assert!(guids.iter().all(|guid| !guid.permalink));
    assert_eq!(
        channel.items[1].dublin_core_ext.as_ref().unwrap().creators,
        ["B & C"]
    );
    let feed = atom(&server, "/feeds/en/atom.xml").await;
    assert_eq!(feed.entries[1].id, "https://old.example/?p=7");
    assert!(feed.entries[0].id.starts_with("urn:uuid:01970000-"));
    let json = server.get_json("/feeds/en/feed.json").await;
    assert_eq!(json["items"][1]["id"], "https://old.example/?p=7");
}

#[tokio::test]
async fn atom_is_read_back_as_it_was_meant() {
    let server = TestServer::start().await;
    gazette(&server).await;
    let feed = atom(&server, "/feeds/en/atom.xml").await;
    assert_eq!(feed.title.value, "The en Gazette");
    assert!(feed.id.starts_with("urn:uuid:"));
    assert_eq!(feed.lang.as_deref(), Some("en"));
    let entry = &feed.entries[0];
    assert_eq!(entry.title.value, "The river rises");
    assert_eq!(
        entry.published.unwrap().to_rfc3339(),
        "2026-05-03T08:00:00+00:00"
    );
    assert_eq!(entry.authors[0].name, "Ada Moor");
    assert_eq!(
        entry.authors[0].uri.as_deref(),
        Some("https://example.org/en/author/ada-moor")
    );
    let terms: Vec<_> = entry
        .categories
        .iter()
        .map(|category| category.term.as_str())
        .collect();
    assert_eq!(terms, ["local", "river"]);
    let content = entry.content.as_ref().unwrap();
    assert_eq!(content.content_type.as_deref(), Some("html"));
    assert!(content.value.as_deref().unwrap().contains("<em>of it</em>"));
    let alternate = entry
        .links
        .iter()
        .find(|link| link.rel == "alternate")
        .unwrap();
    assert_eq!(
        alternate.href,
        "https://example.org/en/2026/05/the-river-rises"
    );
    // Every entry has an author, or its feed has one.
    assert!(feed.entries.iter().all(|entry| !entry.authors.is_empty()) || !feed.authors.is_empty());
}

#[tokio::test]
async fn a_json_feed_has_what_its_version_wants() {
    let server = TestServer::start().await;
    gazette(&server).await;
    let answer = server.get("/feeds/en/feed.json").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/feed+json");
    let feed = answer.json();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(
        feed["feed_url"],
        format!("{}/feeds/en/feed.json", server.url)
    );
    assert_eq!(feed["home_page_url"], "https://example.org/en/");
    let item = &feed["items"][0];
    assert_eq!(
        item["url"],
        "https://example.org/en/2026/05/the-river-rises"
    );
    assert_eq!(item["image"], "https://pictures.example/river.jpg");
    assert_eq!(item["tags"], json!(["Local", "River"]));
    assert_eq!(item["date_published"], "2026-05-03T08:00:00Z");
    assert_eq!(
        item["authors"],
        json!([{ "name": "Ada Moor", "url": "https://example.org/en/author/ada-moor" }])
    );
    assert_eq!(item["attachments"][0]["mime_type"], "audio/mpeg");
}

#[tokio::test]
async fn right_to_left_feeds_say_so() {
    let server = TestServer::start().await;
    gazette(&server).await;
    let channel = rss(&server, "/feeds/fa/rss.xml").await;
    assert_eq!(channel.language.as_deref(), Some("fa"));
    let content = channel.items[0].content.as_deref().unwrap();
    assert!(content.starts_with("<div dir=\"rtl\">"), "{content}");
    let feed = atom(&server, "/feeds/fa/atom.xml").await;
    assert_eq!(feed.lang.as_deref(), Some("fa"));
    assert!(
        feed.entries[0]
            .content
            .as_ref()
            .unwrap()
            .value
            .as_deref()
            .unwrap()
            .starts_with("<div dir=\"rtl\">")
    );
    let json = server.get_json("/feeds/fa/feed.json").await;
    assert_eq!(json["language"], "fa");
    assert!(
        json["items"][0]["content_html"]
            .as_str()
            .unwrap()
            .starts_with("<div dir=\"rtl\">")
    );
    let english = rss(&server, "/feeds/en/rss.xml").await;
    assert!(
        !english.items[0]
            .content
            .as_deref()
            .unwrap()
            .contains("dir=")
    );
}

#[tokio::test]
async fn categories_tags_and_authors_have_feeds_of_their_own() {
    let server = TestServer::start().await;
    gazette(&server).await;
    for path in [
        "category/news",
        "category/local",
        "tag/river",
        "author/ada-moor",
    ] {
        let channel = rss(&server, &format!("/feeds/en/{path}/rss.xml")).await;
        assert_eq!(channel.items.len(), 1, "{path}");
        assert!(
            channel.title.ends_with(" – The en Gazette"),
            "{}",
            channel.title
        );
        assert!(
            channel.link.starts_with("https://example.org/en/"),
            "{}",
            channel.link
        );
        let feed = atom(&server, &format!("/feeds/en/{path}/atom.xml")).await;
        assert_eq!(feed.entries.len(), 1, "{path}");
        let json = server
            .get_json(&format!("/feeds/en/{path}/feed.json"))
            .await;
        assert_eq!(json["items"].as_array().unwrap().len(), 1, "{path}");
    }
}

#[tokio::test]
async fn all_feeds_of_the_demo_can_be_read() {
    let server = TestServer::with_demo().await;
    for edition in ["en", "fa", "ar", "sq"] {
        let channel = rss(&server, &format!("/feeds/{edition}/rss.xml?first=100")).await;
        let feed = atom(&server, &format!("/feeds/{edition}/atom.xml?first=100")).await;
        let json = server
            .get_json(&format!("/feeds/{edition}/feed.json?first=100"))
            .await;
        let count = server
            .get_json(&format!(
                "/api/v1/articles?edition={edition}&first=0&total=true"
            ))
            .await["page"]["totalCount"]
            .as_u64()
            .unwrap();
        assert_eq!(channel.items.len() as u64, count);
        assert_eq!(feed.entries.len() as u64, count);
        assert_eq!(json["items"].as_array().unwrap().len() as u64, count);
        for item in &channel.items {
            let content = item.content.as_deref().unwrap();
            assert!(
                !content.contains("asset:") && !content.contains("entry:"),
                "{content}"
            );
            assert!(
                !content.contains("<script") && !content.contains("<iframe"),
                "{content}"
            );
        }
    }
    let letter = rss(&server, "/feeds/en/newsletter/thursday-letter/rss.xml").await;
    assert_eq!(letter.items.len(), 2);
}

#[tokio::test]
async fn texts_that_look_like_markup_stay_texts() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let title = "A <b>bold</b> & \"quoted\" title ]]> \u{1F41D}";
    server
        .article(site.en, title)
        .body("<p>1 &lt; 2 ]]&gt; <code>&lt;script&gt;</code></p>")
        .await;
    let channel = rss(&server, "/feeds/en/rss.xml").await;
    assert_eq!(channel.items[0].title.as_deref(), Some(title));
    let feed = atom(&server, "/feeds/en/atom.xml").await;
    assert_eq!(
        feed.entries[0]
            .title
            .value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
        title
    );
    let json = server.get_json("/feeds/en/feed.json").await;
    assert_eq!(json["items"][0]["title"], title);
    assert!(
        json["items"][0]["content_html"]
            .as_str()
            .unwrap()
            .contains("<code>&lt;script&gt;</code>")
    );
}

#[tokio::test]
async fn what_cannot_stand_in_xml_is_left_out() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server
        .article(site.en, "Bell \u{7} and \u{b} tab\u{fffe}")
        .body("<p>a\u{c}b \u{1}</p>")
        .await;
    for path in [
        "/feeds/en/rss.xml",
        "/feeds/en/atom.xml",
        "/feeds/en/sitemap-news.xml",
    ] {
        let text = server.get_text(path).await;
        well_formed(&text);
        assert!(
            !text.chars().any(|c| matches!(
                c,
                '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{fffe}' | '\u{ffff}'
            )),
            "{path}"
        );
    }
}

#[tokio::test]
async fn drafts_are_in_no_feed() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server.article(site.en, "Out").await;
    server
        .article(site.en, "Not yet")
        .status(Status::Draft)
        .await;
    for file in ["rss.xml", "atom.xml", "feed.json"] {
        let text = server.get_text(&format!("/feeds/en/{file}")).await;
        assert!(text.contains("Out") && !text.contains("Not yet"), "{file}");
    }
}

#[tokio::test]
async fn links_in_bodies_lead_to_their_edition() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let picture = server.picture(site.fa, "Bridge").await;
    let target = server.article(site.fa, "Target").slug("target").await;
    server
        .article(site.fa, "Linking")
        .body(&format!(
            "<p><a href=\"/2026/05/target\">there</a> <a href=\"/fa/2026/05/target#end\">its end</a> \
             <a href=\"https://elsewhere.example/x\">elsewhere</a> <img src=\"/pictures/a.png\" alt=\"\"> \
             <img src=\"asset:{picture}\" alt=\"\"></p>"
        ))
        .await;
    let target = server.get_json(&format!("/api/v1/articles/{target}")).await;
    let url = target["url"].as_str().unwrap();
    assert_eq!(url, "https://example.org/fa/2026/05/target");
    let asset = server.get_json(&format!("/api/v1/assets/{picture}")).await;
    let asset = asset["url"].as_str().unwrap();
    for file in ["rss.xml", "atom.xml", "feed.json"] {
        let text = server.get_text(&format!("/feeds/fa/{file}")).await;
        let text = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("\\\"", "\"");
        for expected in [
            &format!("href=\"{url}\""),
            &format!("href=\"{url}#end\""),
            "href=\"https://elsewhere.example/x\"",
            "src=\"https://example.org/fa/pictures/a.png\"",
            &format!("src=\"{asset}\""),
        ] {
            assert!(text.contains(expected), "{file}: {expected}\n{text}");
        }
    }
}
