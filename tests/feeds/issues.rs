//! Feeds of newsletters.

use domain::{
    content::Status,
    newsletters::{Section, SectionItem},
};

use super::between;
use crate::harness::{TestServer, records::issue};

#[tokio::test]
async fn an_issue_is_in_the_feed_with_all_its_sections() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let shown = server.article(site.en, "Bees & wax").await;
    let hidden = server
        .article(site.en, "Hidden")
        .status(Status::Draft)
        .await;
    let item = |article| SectionItem {
        article: Some(article),
        ..SectionItem::default()
    };
    let note = SectionItem {
        note: Some("A **note** with <script>alert(1)</script>".to_owned()),
        ..SectionItem::default()
    };
    let newsletter = server.newsletter(site.en, "The Friday Letter").await;
    let mut draft = issue(site.en, newsletter, 1);
    draft.outro = Some("*Until* Friday".to_owned());
    draft.sections = vec![Section {
        heading: Some("News & more".to_owned()),
        items: vec![item(shown), item(hidden), note],
    }];
    server.save_issue(draft).await;
    server.draft_issue(site.en, newsletter, 2).await;

    let json = server
        .get_json("/feeds/en/newsletter/the-friday-letter/feed.json")
        .await;
    assert_eq!(json["items"].as_array().unwrap().len(), 1);
    let html = json["items"][0]["content_html"].as_str().unwrap();
    assert!(html.contains("<h2>News &amp; more</h2><h3><a href=\"https://example.org/en/2026/05/bees-wax\">Bees &amp; wax</a></h3>"), "{html}");
    assert!(
        html.contains("<strong>note</strong>") && html.contains("<em>Until</em> Friday"),
        "{html}"
    );
    assert!(
        !html.contains("Hidden") && !html.contains("script"),
        "{html}"
    );
    let issues = server
        .get_text("/feeds/en/sitemaps/issues/sitemap.xml")
        .await;
    assert_eq!(
        between(&issues, "<loc>", "</loc>"),
        ["https://example.org/en/newsletter/the-friday-letter/1"]
    );
    let articles = server.get_json("/feeds/en/feed.json").await;
    assert_eq!(
        articles["items"].as_array().unwrap().len(),
        1,
        "an issue is no article"
    );
}
