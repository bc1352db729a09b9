//! What search engines are told.

use domain::content::{Seo, Status};

use super::{between, well_formed};
use crate::harness::{
    TestServer,
    records::{issue, page},
};

#[tokio::test]
async fn sitemaps_name_what_search_engines_may_show() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let group = server.group();
    let picture = server.picture(site.en, "The river").await;
    let news = server.category(site.en, "News", None).await;
    server
        .article(site.en, "The river rises")
        .category(news)
        .group(group)
        .hero(picture)
        .published_at("2026-05-03T10:00:00Z")
        .await;
    server
        .article(site.fa, "رود")
        .group(group)
        .published_at("2026-05-03T10:00:00Z")
        .await;
    server
        .article(site.en, "Alone")
        .published_at("2025-12-31T23:59:59Z")
        .await;
    let hidden = server
        .article(site.en, "Hidden")
        .published_at("2026-05-03T10:00:00Z");
    hidden
        .with(|draft| {
            draft.entry.seo = Seo {
                noindex: true,
                ..Seo::default()
            }
        })
        .await;
    let elsewhere = server
        .article(site.en, "Elsewhere")
        .published_at("2026-05-03T10:00:00Z");
    elsewhere
        .with(|draft| draft.entry.seo.canonical_url = Some("https://other.example/x".to_owned()))
        .await;
    server
        .article(site.en, "Draft")
        .status(Status::Draft)
        .published_at("2026-05-03T10:00:00Z")
        .await;

    let index = server.get_text("/feeds/en/sitemap.xml").await;
    let names = ["pages", "categories", "2026-05", "2025-12"]
        .map(|page| format!("https://example.org/en/sitemaps/{page}/sitemap.xml"));
    assert_eq!(between(&index, "<loc>", "</loc>"), names);
    for address in between(&index, "<loc>", "</loc>") {
        let path = address.replace("https://example.org/en", "/feeds/en");
        well_formed(&server.get_text(&path).await);
    }

    let may = server
        .get_text("/feeds/en/sitemaps/2026-05/sitemap.xml")
        .await;
    assert_eq!(
        between(&may, "<loc>", "</loc>"),
        ["https://example.org/en/2026/05/the-river-rises"]
    );
    assert_eq!(
        between(&may, "hreflang=\"", "\""),
        ["en", "fa", "x-default"]
    );
    assert!(
        may.contains("href=\"https://example.org/fa/2026/05/%D8%B1%D9%88%D8%AF\""),
        "{may}"
    );
    assert!(
        may.contains("<image:loc>https://pictures.example/river.jpg</image:loc>"),
        "{may}"
    );
    let december = server
        .get_text("/feeds/en/sitemaps/2025-12/sitemap.xml")
        .await;
    assert_eq!(
        between(&december, "<loc>", "</loc>"),
        ["https://example.org/en/2025/12/alone"]
    );
    assert!(!december.contains("hreflang"));

    let categories = server
        .get_text("/feeds/en/sitemaps/categories/sitemap.xml")
        .await;
    assert_eq!(
        between(&categories, "<loc>", "</loc>"),
        ["https://example.org/en/category/news"]
    );
}

fn noindex() -> Seo {
    Seo {
        noindex: true,
        ..Seo::default()
    }
}

#[tokio::test]
async fn translations_search_engines_may_not_show_are_no_alternates() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let elsewhere = Seo {
        canonical_url: Some("https://other.example/x".to_owned()),
        ..Seo::default()
    };
    let here = Seo {
        title: Some("Its own".to_owned()),
        canonical_url: Some("https://example.org/fa/2026/05/three".to_owned()),
        ..Seo::default()
    };
    for (title, seo) in [("One", noindex()), ("Two", elsewhere), ("Three", here)] {
        let group = server.group();
        let translated = server.article(site.fa, title).group(group);
        translated.with(|draft| draft.entry.seo = seo).await;
        server.article(site.en, title).group(group).await;
    }
    let may = server
        .get_text("/feeds/en/sitemaps/2026-05/sitemap.xml")
        .await;
    assert_eq!(between(&may, "<loc>", "</loc>").len(), 3);
    assert_eq!(
        between(&may, "hreflang=\"fa\" href=\"", "\""),
        ["https://example.org/fa/2026/05/three"],
        "{may}"
    );
    assert_eq!(between(&may, "hreflang=\"", "\"").len(), 3, "{may}");
}

#[tokio::test]
async fn the_index_names_no_sitemap_that_is_empty() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let canonical = |url: &str| Seo {
        canonical_url: Some(url.to_owned()),
        ..Seo::default()
    };
    let titled = Seo {
        title: Some("\"noindex\":true".to_owned()),
        ..Seo::default()
    };
    for (month, seo) in [
        ("2026-01", noindex()),
        ("2026-02", canonical("https://other.example/x")),
        (
            "2026-03",
            canonical("https://example.org/en/2026/03/2026-03"),
        ),
        ("2026-04", titled),
        ("2026-05", Seo::default()),
    ] {
        server
            .article(site.en, month)
            .published_at(&format!("{month}-02T10:00:00Z"))
            .with(|draft| draft.entry.seo = seo)
            .await;
    }
    let index = server.get_text("/feeds/en/sitemap.xml").await;
    let named = ["pages", "2026-05", "2026-04", "2026-03"]
        .map(|page| format!("https://example.org/en/sitemaps/{page}/sitemap.xml"));
    assert_eq!(between(&index, "<loc>", "</loc>"), named);
    for page in ["2026-03", "2026-04"] {
        let text = server
            .get_text(&format!("/feeds/en/sitemaps/{page}/sitemap.xml"))
            .await;
        assert!(text.contains("<url>"), "{text}");
    }
}

#[tokio::test]
async fn issues_hidden_from_search_engines_make_no_sitemap() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let newsletter = server.newsletter(site.en, "Weekly").await;
    let mut hidden = issue(site.en, newsletter, 1);
    hidden.entry.seo = noindex();
    server.save_issue(hidden).await;
    let index = server.get_text("/feeds/en/sitemap.xml").await;
    assert!(!index.contains("/issues/"), "{index}");
    server.issue(site.en, newsletter, 2, Vec::new()).await;
    let index = server.get_text("/feeds/en/sitemap.xml").await;
    assert!(index.contains("/issues/"), "{index}");
}

#[tokio::test]
async fn the_front_page_stands_before_the_pages() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let group = server.group();
    let mut about = page(site.en, "About");
    about.entry.group = Some(group);
    let mut translated = page(site.fa, "درباره");
    translated.entry.group = Some(group);
    server.save_page(about).await;
    server.save_page(translated).await;
    let pages = server
        .get_text("/feeds/en/sitemaps/pages/sitemap.xml")
        .await;
    well_formed(&pages);
    assert_eq!(
        between(&pages, "<loc>", "</loc>"),
        ["https://example.org/en/", "https://example.org/en/about"]
    );
    assert_eq!(
        between(&pages, "hreflang=\"", "\""),
        ["en", "fa", "x-default", "en", "fa", "x-default"]
    );
}

#[tokio::test]
async fn the_front_page_is_as_new_as_the_newest_article() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let modified = async || {
        let pages = server
            .get_text("/feeds/en/sitemaps/pages/sitemap.xml")
            .await;
        between(&pages, "<lastmod>", "</lastmod>")[0].to_owned()
    };
    let before = modified().await;
    server.clock.set("2026-06-01T12:00:00Z".parse().unwrap());
    server.article(site.fa, "فارسی").await;
    assert_eq!(modified().await, before);
    server.article(site.en, "News").await;
    let after = modified().await;
    assert!(after.starts_with("2026-06-01T12:00:00"), "{after}");
}

#[tokio::test]
async fn news_are_news_for_two_days() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    server
        .article(site.en, "Fresh & new")
        .published_at("2026-05-03T10:00:00Z")
        .await;
    server
        .article(site.en, "Just in time")
        .published_at("2026-05-02T12:00:00Z")
        .await;
    server
        .article(site.en, "Old")
        .published_at("2026-05-02T11:59:59Z")
        .await;
    server
        .article(site.fa, "فارسی")
        .published_at("2026-05-03T10:00:00Z")
        .await;
    server
        .article(site.en, "Of tomorrow")
        .published_at("2026-05-05T10:00:00Z")
        .await;
    let path = "/feeds/en/sitemap-news.xml";
    let news = server.get_text(path).await;
    well_formed(&news);
    assert_eq!(
        between(&news, "<news:title>", "</news:title>"),
        ["Fresh &amp; new", "Just in time"]
    );
    assert_eq!(
        between(&news, "<news:language>", "</news:language>"),
        ["en", "en"]
    );
    assert_eq!(
        between(&news, "<news:name>", "</news:name>")[0],
        "The en Gazette"
    );
    server.clock.set("2026-05-04T12:00:01Z".parse().unwrap());
    assert_eq!(
        between(&server.get_text(path).await, "<news:title>", "<").len(),
        1
    );
    server.clock.set("2026-05-05T10:00:01Z".parse().unwrap());
    assert_eq!(
        between(&server.get_text(path).await, "<news:title>", "<"),
        ["Of tomorrow"]
    );
    server.clock.set("2026-05-07T10:00:01Z".parse().unwrap());
    assert!(!server.get_text(path).await.contains("<url>"));
}

#[tokio::test]
async fn robots_are_led_to_the_sitemaps_of_their_edition() {
    let server = TestServer::start().await;
    server.small_site().await;
    let robots = server.get_text("/feeds/fa/robots.txt").await;
    assert_eq!(
        robots,
        "User-agent: *\nDisallow:\n\nSitemap: https://example.org/fa/sitemap.xml\nSitemap: https://example.org/fa/sitemap-news.xml\n"
    );
}

#[tokio::test]
async fn every_published_entry_of_the_demo_is_in_one_sitemap() {
    let server = TestServer::with_demo().await;
    for (edition, base) in [
        ("en", "https://gazette.example"),
        ("fa", "https://gazette.example/fa"),
        ("ar", "https://gazette.example/ar"),
        ("sq", "https://gazette.example/sq"),
    ] {
        let index = server
            .get_text(&format!("/feeds/{edition}/sitemap.xml"))
            .await;
        let mut found = Vec::new();
        for address in between(&index, "<loc>", "</loc>") {
            let path = address.replacen(base, &format!("/feeds/{edition}"), 1);
            let text = server.get_text(&path).await;
            well_formed(&text);
            found.extend(
                between(&text, "<loc>", "</loc>")
                    .into_iter()
                    .map(str::to_owned),
            );
        }
        let mut sorted = found.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(
            sorted.len(),
            found.len(),
            "{edition}: something is named twice"
        );
        for list in ["articles", "pages", "issues"] {
            let answer = server
                .get_json(&format!(
                    "/api/v1/{list}?edition={edition}&first=100&fields=url"
                ))
                .await;
            for entry in answer["data"].as_array().unwrap() {
                let url = entry["url"].as_str().unwrap();
                assert!(
                    found.iter().any(|known| known == url),
                    "{url} is in no sitemap"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_news_sitemap_without_news_is_still_one_of_news() {
    let server = TestServer::start().await;
    let site = server.small_site().await;
    let old = server
        .article(site.en, "Old")
        .published_at("2020-01-01T00:00:00Z")
        .await;
    let empty = server.get_text("/feeds/en/sitemap-news.xml").await;
    assert!(!empty.contains("<url>"), "{old} is no news: {empty}");
    server.article(site.en, "New").await;
    let full = server.get_text("/feeds/en/sitemap-news.xml").await;
    assert!(full.contains("<url>"), "{full}");
    for text in [empty, full] {
        let namespace = "xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\"";
        assert_eq!(text.matches(namespace).count(), 1, "{text}");
        assert!(
            text.contains("xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\""),
            "{text}"
        );
    }
}
