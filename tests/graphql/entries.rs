//! What articles, pages and issues have in common, and pages and issues themselves.

use domain::newsletters::{Section, SectionItem};
use serde_json::json;

use crate::harness::{TestServer, texts};

#[tokio::test]
async fn entries_of_all_kinds_share_their_fields() {
    let server = TestServer::with_demo().await;
    let fields = "... on Entry { id slug path url title status isFeatured version publishedAt createdAt updatedAt edition { code } translations { edition { code } } }";
    let data = server
        .graphql(&format!(
            "{{ a: route(path: \"/2026/10/how-to-read-the-river\") {{ {fields} }} p: route(path: \"/about\") {{ {fields} }} i: route(path: \"/letter/thursday-letter/1\") {{ {fields} }} }}"
        ))
        .await;
    for alias in ["a", "p", "i"] {
        let entry = &data[alias];
        assert_eq!(entry["status"], "PUBLISHED");
        assert_eq!(entry["edition"]["code"], "en");
        let url = format!("https://gazette.example{}", entry["path"].as_str().unwrap());
        assert_eq!(entry["url"], url.as_str());
    }
}

#[tokio::test]
async fn an_entry_is_found_by_id_slug_and_path() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ page(by: { slug: \"history\" }) { id path title } }")
        .await;
    let (id, path) = (
        data["page"]["id"].as_str().unwrap(),
        data["page"]["path"].as_str().unwrap(),
    );
    let same = server
        .graphql(&format!("{{ byId: page(by: {{ id: \"{id}\" }}) {{ title }} byPath: page(by: {{ path: \"{path}\" }}) {{ title }} article(by: {{ path: \"{path}\" }}) {{ id }} }}"))
        .await;
    assert_eq!(same["byId"]["title"], data["page"]["title"]);
    assert_eq!(same["byPath"]["title"], data["page"]["title"]);
    assert_eq!(same["article"], json!(null), "a page is no article");
}

#[tokio::test]
async fn a_path_of_an_entry_may_be_written_as_a_browser_sends_it() {
    let server = TestServer::with_demo().await;
    let path = "/2026/%DA%86%D8%B7%D9%88%D8%B1-%D8%B1%D9%88%D8%AF-%D8%B1%D8%A7-%D8%A8%D8%AE%D9%88%D8%A7%D9%86%DB%8C%D9%85/";
    let data = server
        .graphql(&format!(
            "{{ article(by: {{ path: \"{path}\" }}, edition: \"fa\") {{ slug }} }}"
        ))
        .await;
    assert_eq!(data["article"]["slug"], "چطور-رود-را-بخوانیم");
}

#[tokio::test]
async fn an_issue_is_made_of_sections_of_articles_and_notes() {
    let server = TestServer::with_demo().await;
    let data = server
        .graphql("{ issue(by: { slug: \"a-cup-a-chair-and-noon\" }) { number outro newsletter { title url } sections { heading items { title summary note article { slug } } } body { text } } }")
        .await;
    let issue = &data["issue"];
    assert_eq!(issue["number"], 2);
    assert_eq!(issue["newsletter"]["title"], "The Thursday Letter");
    assert_eq!(
        texts(&issue["sections"], "heading"),
        ["Worth reading", "From the shelf"]
    );
    let items = &issue["sections"][0]["items"];
    assert_eq!(items[1]["title"], "Nine plays, one chair");
    assert_eq!(items[1]["article"]["slug"], "one-chair-nine-evenings");
    let note = &issue["sections"][1]["items"][1];
    assert_eq!(note["article"], json!(null));
    assert!(note["note"].as_str().unwrap().starts_with("Still wanted"));
    assert!(
        issue["body"]["text"]
            .as_str()
            .unwrap()
            .starts_with("Good afternoon")
    );
    assert!(
        issue["outro"]
            .as_str()
            .unwrap()
            .starts_with("Set your clocks")
    );
}

#[tokio::test]
async fn an_issue_has_the_comments_rest_shows_under_it() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let newsletter = server.newsletter(site.en, "Letter").await;
    let issue = server.issue(site.en, newsletter, 1, Vec::new()).await;
    let first = server.comment(issue, None, "Well said.").await;
    server.comment(issue, Some(first), "Indeed.").await;
    let query = format!(
        "{{ issue(by: {{ id: \"{issue}\" }}) {{ comments(first: 5) {{ totalCount nodes {{ id bodyText replyCount }} }} }} }}"
    );
    let data = server.graphql(&query).await;
    let comments = &data["issue"]["comments"];
    assert_eq!(comments["totalCount"], 1, "{comments}");
    assert_eq!(comments["nodes"][0]["id"], first.to_string());
    assert_eq!(comments["nodes"][0]["replyCount"], 1);
}

#[tokio::test]
async fn sections_keep_their_order_however_many_there_are() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let newsletter = server.newsletter(site.en, "Letter").await;
    let item = |number: usize| SectionItem {
        note: Some(format!("Note {number}")),
        ..SectionItem::default()
    };
    let sections = (0..12)
        .map(|number| Section {
            heading: Some(format!("Section {number}")),
            items: if number == 3 {
                Vec::new()
            } else {
                (0..11).map(item).collect()
            },
        })
        .collect();
    server.issue(site.en, newsletter, 1, sections).await;
    let data = server
        .graphql("{ issues { nodes { sections { heading items { note } } } } }")
        .await;
    let sections = data["issues"]["nodes"][0]["sections"].as_array().unwrap();
    assert_eq!(sections.len(), 12);
    for (number, section) in sections.iter().enumerate() {
        assert_eq!(section["heading"], format!("Section {number}"));
        let notes: Vec<String> = if number == 3 {
            Vec::new()
        } else {
            (0..11).map(|n| format!("Note {n}")).collect()
        };
        assert_eq!(texts(&section["items"], "note"), notes);
    }
}

#[tokio::test]
async fn the_archive_counts_the_months() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    for time in [
        "2026-05-01T00:00:00Z",
        "2026-04-30T23:59:59.999999Z",
        "2026-04-01T00:00:00Z",
        "2025-12-31T23:00:00Z",
    ] {
        server.article(site.en, time).published_at(time).await;
    }
    server
        .article(site.fa, "فارسی")
        .published_at("2026-05-01T00:00:00Z")
        .await;
    let data = server
        .graphql("{ archive(edition: \"en\") { year month count } }")
        .await;
    assert_eq!(
        data["archive"],
        json!([{ "year": 2026, "month": 5, "count": 1 }, { "year": 2026, "month": 4, "count": 2 }, { "year": 2025, "month": 12, "count": 1 }])
    );
}
