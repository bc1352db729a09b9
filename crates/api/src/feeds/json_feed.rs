//! JSON Feed 1.1.

use domain::{Error, Result, media::AssetKind};
use serde::Serialize;

use super::{
    html::directed,
    model::{Feed, FeedItem, Media, Person, iso},
};

/// Writes a feed as JSON Feed.
pub(super) fn render(feed: &Feed) -> Result<String> {
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: &feed.title,
        home_page_url: &feed.html_url,
        feed_url: &feed.links.this,
        description: feed.description.as_deref(),
        next_url: feed.links.next.as_deref(),
        authors: vec![Author {
            name: &feed.publisher,
            url: None,
        }],
        language: &feed.language,
        colophon: Extension {
            direction: feed.direction.as_str(),
        },
        items: feed.items.iter().map(|item| item_of(item, feed)).collect(),
    };
    serde_json::to_string(&document).map_err(Error::internal)
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'a str>,
    authors: Vec<Author<'a>>,
    language: &'a str,
    #[serde(rename = "_colophon")]
    colophon: Extension,
    items: Vec<Item<'a>>,
}

/// What JSON Feed has no field for.
#[derive(Serialize)]
struct Extension {
    direction: &'static str,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    content_html: String,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    language: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment<'a>>,
}

#[derive(Serialize)]
struct Attachment<'a> {
    url: &'a str,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_in_bytes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_in_seconds: Option<i64>,
}

fn item_of<'a>(item: &'a FeedItem, feed: &'a Feed) -> Item<'a> {
    Item {
        id: &item.guid,
        url: &item.url,
        title: &item.title,
        content_html: directed(item.html.clone(), feed.direction),
        summary: &item.summary,
        image: item
            .hero
            .as_ref()
            .filter(|hero| hero.kind == AssetKind::Image)
            .map(|hero| hero.url.as_str()),
        date_published: iso(item.published),
        date_modified: iso(item.updated),
        authors: item.authors.iter().map(author_of).collect(),
        tags: item
            .categories
            .iter()
            .map(|category| category.name.as_str())
            .collect(),
        language: &feed.language,
        attachments: item.attachments.iter().map(attachment_of).collect(),
    }
}

fn author_of(person: &Person) -> Author<'_> {
    Author {
        name: &person.name,
        url: person.url.as_deref(),
    }
}

fn attachment_of(media: &Media) -> Attachment<'_> {
    Attachment {
        url: &media.url,
        mime_type: &media.mime_type,
        title: media.title.as_deref(),
        size_in_bytes: media.size_bytes,
        duration_in_seconds: media.duration_ms.map(|duration| duration / 1000),
    }
}
