//! Sitemaps as XML: the index, pages of addresses, the news sitemap.

use domain::{
    Error, Result,
    time::{Timestamp, to_micros},
};
use sitemap_rs::{
    image::Image,
    jiff::{Timestamp as JiffTimestamp, Zoned, tz::TimeZone},
    news::{News, Publication},
    sitemap::Sitemap,
    sitemap_index::SitemapIndex,
    url::{Link, Url},
    url_set::UrlSet,
};

use super::xml;

/// The media type of all of them.
pub(super) const MEDIA_TYPE: &str = "application/xml; charset=utf-8";
/// The most addresses a sitemap may name, by its protocol.
pub(super) const MAX_URLS: usize = 50_000;
/// The most articles a news sitemap may name.
pub(super) const MAX_NEWS: usize = 1_000;
/// The language of the address for readers whose language the site does not speak.
pub(super) const ANY_LANGUAGE: &str = "x-default";

/// An address in a sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    /// The address.
    pub url: String,
    /// When it was last changed.
    pub modified: Timestamp,
    /// The same in other languages (and in its own): language and address.
    pub alternates: Vec<(String, String)>,
    /// Its main picture.
    pub image: Option<String>,
}

/// An article in a news sitemap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewsArticle {
    /// The address.
    pub url: String,
    /// The headline.
    pub title: String,
    /// When it was published.
    pub published: Timestamp,
}

/// Writes the list of an edition's sitemaps.
pub(super) fn render_index(urls: Vec<String>) -> Result<String> {
    let sitemaps = urls
        .into_iter()
        .take(MAX_URLS)
        .map(|url| Sitemap::new(url, None))
        .collect();
    let index = SitemapIndex::new(sitemaps).map_err(|error| Error::internal(error.to_string()))?;
    let mut bytes = Vec::new();
    index.write(&mut bytes).map_err(Error::internal)?;
    xml::finish(bytes)
}

/// Writes one sitemap. Addresses longer than the protocol allows are left out.
pub(super) fn render_urls(locations: Vec<Location>) -> Result<String> {
    let urls = locations.into_iter().take(MAX_URLS).filter_map(|location| {
        let links = location
            .alternates
            .into_iter()
            .map(|(language, url)| Link::new(language, url))
            .collect::<Vec<_>>();
        let mut url = Url::builder(location.url);
        url.links(links);
        if let Some(image) = location.image {
            url.images(vec![Image::new(image)]);
        }
        if let Some(modified) = zoned(location.modified) {
            url.last_modified(modified);
        }
        url.build().ok()
    });
    render_set(urls.collect())
}

/// Writes a news sitemap: `name` is the publication's, `language` the edition's.
pub(super) fn render_news(
    name: &str,
    language: &str,
    articles: Vec<NewsArticle>,
) -> Result<String> {
    let publication = Publication::new(name.to_owned(), news_language(language));
    let urls = articles.into_iter().take(MAX_NEWS).filter_map(|article| {
        let published = zoned(article.published)?;
        let mut url = Url::builder(article.url);
        url.news(News::new(publication.clone(), published, article.title));
        url.build().ok()
    });
    let text = render_set(urls.collect())?;
    if text.contains(NEWS_NAMESPACE) {
        return Ok(text);
    }
    // The library declares it only where an article makes use of it.
    let root = format!("<urlset xmlns:news=\"{NEWS_NAMESPACE}\" ");
    Ok(text.replacen("<urlset ", &root, 1))
}

/// What makes a sitemap one of news.
const NEWS_NAMESPACE: &str = "http://www.google.com/schemas/sitemap-news/0.9";

fn render_set(urls: Vec<Url>) -> Result<String> {
    let set = UrlSet::new(urls).map_err(|error| Error::internal(error.to_string()))?;
    let mut bytes = Vec::new();
    set.write(&mut bytes).map_err(Error::internal)?;
    xml::finish(bytes)
}

/// News sitemaps take ISO 639 codes, and `zh-cn` and `zh-tw` for the two ways to write Chinese.
fn news_language(tag: &str) -> String {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    match parts.next() {
        Some("zh") if parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo")) => {
            "zh-tw".to_owned()
        }
        Some("zh") => "zh-cn".to_owned(),
        language => language.unwrap_or_default().to_owned(),
    }
}

fn zoned(time: Timestamp) -> Option<Zoned> {
    let time = JiffTimestamp::from_microsecond(to_micros(time).timestamp_micros()).ok()?;
    Some(time.to_zoned(TimeZone::UTC))
}
