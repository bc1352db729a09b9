//! Tests of the WordPress reader, on small invented exports.

mod content;
mod fixtures;
mod helpers;
mod properties;
mod reader;
mod reader_faults;
mod rewrite;
mod shortcodes;

use domain::{
    body::Direction,
    editions::{Edition, Permalinks, SlugStyle},
    id::{EditionId, Id},
};
use uuid::Uuid;

use super::{
    error::ReadError,
    items::{Entry, Item, Record},
    reader::WxrReader,
};

/// An edition that stands at an address.
pub(super) fn edition(id: EditionId, base_url: &str) -> Edition {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    Edition {
        id,
        code: "en".parse().unwrap(),
        name: "English".to_owned(),
        direction: Direction::Ltr,
        base_url: base_url.to_owned(),
        title: "Almanac".to_owned(),
        tagline: None,
        fallback: None,
        is_default: true,
        position: 0,
        permalinks: Permalinks::default(),
        slug_style: SlugStyle::default(),
        version: 1,
        created_at: at,
        updated_at: at,
    }
}

/// An edition of a language.
pub(super) fn edition_named(id: u128, code: &str) -> Edition {
    Edition {
        code: code.parse().unwrap(),
        ..edition(Id::from_uuid(Uuid::from_u128(id)), "https://example.org")
    }
}

pub(super) const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.5" created="2024-01-01 00:00" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Almanac</title><link>https://almanac.example</link><description>Notes</description><language>de-DE</language>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://almanac.example/</wp:base_site_url><wp:base_blog_url>https://almanac.example/blog</wp:base_blog_url>
"#;
pub(super) const FOOT: &str = "</channel></rss>\n";

/// An export with these elements in its channel.
pub(super) fn export(inner: &str) -> String {
    format!("{HEAD}{inner}{FOOT}")
}

pub(super) fn read(bytes: &[u8]) -> Vec<Result<Entry, ReadError>> {
    WxrReader::new(bytes).collect()
}

/// The items of an export that must not hold any error.
pub(super) fn items(inner: &str) -> Vec<Item> {
    let read: Result<Vec<Entry>, ReadError> = WxrReader::new(export(inner).as_bytes()).collect();
    read.unwrap()
        .into_iter()
        .filter_map(|entry| match entry.record {
            Record::Item(item) => Some(*item),
            Record::Channel(_)
            | Record::Author(_)
            | Record::Category(_)
            | Record::Tag(_)
            | Record::Term(_) => None,
        })
        .collect()
}

/// The titles of the items that were read, and the errors, in order.
pub(super) fn outline(bytes: &[u8]) -> Vec<String> {
    read(bytes)
        .into_iter()
        .filter_map(|result| match result {
            Ok(Entry {
                record: Record::Item(item),
                ..
            }) => Some(item.title.clone()),
            Ok(_) => None,
            Err(error) => Some(format!("! {error}")),
        })
        .collect()
}
