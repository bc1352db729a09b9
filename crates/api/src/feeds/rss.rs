//! RSS 2.0, with the modules readers know: `content`, `dc`, `media` and `atom`.

use std::collections::BTreeMap;

use domain::{Error, Result, media::AssetKind};
use rss::{
    Category, Channel, Enclosure, Guid, Item,
    extension::{
        Extension, ExtensionMap,
        atom::{AtomExtension, Link},
        dublincore::DublinCoreExtension,
    },
};

use super::{
    html::{directed, escape},
    model::{Feed, FeedItem, GENERATOR, Media, Person, rfc822},
    xml,
};

/// Its media type.
pub(super) const MEDIA_TYPE: &str = "application/rss+xml";
const MEDIA_NAMESPACE: &str = "http://search.yahoo.com/mrss/";

/// Writes a feed as RSS.
pub(super) fn render(feed: &Feed) -> Result<String> {
    let links = feed.links.relations().map(|(relation, href)| Link {
        href: href.to_owned(),
        rel: relation.to_owned(),
        mime_type: Some(MEDIA_TYPE.to_owned()),
        ..Link::default()
    });
    let channel = Channel {
        title: feed.title.clone(),
        link: feed.html_url.clone(),
        // The element must be there.
        description: feed
            .description
            .clone()
            .unwrap_or_else(|| feed.title.clone()),
        language: Some(feed.language.clone()),
        last_build_date: Some(rfc822(feed.updated)),
        generator: Some(GENERATOR.to_owned()),
        docs: Some("https://www.rssboard.org/rss-specification".to_owned()),
        atom_ext: Some(AtomExtension {
            links: links.collect(),
        }),
        namespaces: BTreeMap::from([("media".to_owned(), MEDIA_NAMESPACE.to_owned())]),
        items: feed.items.iter().map(|item| item_of(item, feed)).collect(),
        ..Channel::default()
    };
    xml::finish(
        channel
            .pretty_write_to(Vec::new(), b' ', 1)
            .map_err(Error::internal)?,
    )
}

fn item_of(item: &FeedItem, feed: &Feed) -> Item {
    let names = |people: &[Person]| people.iter().map(|person| person.name.clone()).collect();
    let enclosure = item.enclosure().map(|media| Enclosure {
        url: media.url.clone(),
        // The attribute must be there; where the size is not known, 0 is what readers expect.
        length: media.size_bytes.unwrap_or(0).to_string(),
        mime_type: media.mime_type.clone(),
    });
    let mut extensions = ExtensionMap::new();
    if let Some(media) = media_of(item) {
        extensions.insert("media".to_owned(), media);
    }
    Item {
        title: Some(item.title.clone()),
        link: Some(item.url.clone()),
        // Readers take it for HTML.
        description: Some(escape(&item.summary)),
        categories: item
            .categories
            .iter()
            .map(|category| Category {
                name: category.name.clone(),
                domain: None,
            })
            .collect(),
        enclosure,
        guid: Some(Guid {
            value: item.guid.clone(),
            permalink: false,
        }),
        pub_date: Some(rfc822(item.published)),
        content: Some(directed(item.html.clone(), feed.direction)),
        dublin_core_ext: Some(DublinCoreExtension {
            creators: names(&item.authors),
            contributors: names(&item.contributors),
            ..DublinCoreExtension::default()
        }),
        extensions,
        ..Item::default()
    }
}

/// `media:content` for the main picture and the attached files, `media:thumbnail` for the picture.
fn media_of(item: &FeedItem) -> Option<BTreeMap<String, Vec<Extension>>> {
    let contents: Vec<Extension> = item.media().map(media_content).collect();
    if contents.is_empty() {
        return None;
    }
    let mut media = BTreeMap::from([("content".to_owned(), contents)]);
    if let Some(hero) = item
        .hero
        .as_ref()
        .filter(|hero| hero.kind == AssetKind::Image)
    {
        let mut attrs = BTreeMap::from([("url".to_owned(), hero.url.clone())]);
        attrs.extend(dimensions(hero));
        media.insert(
            "thumbnail".to_owned(),
            vec![Extension {
                name: "media:thumbnail".to_owned(),
                attrs,
                ..Extension::default()
            }],
        );
    }
    Some(media)
}

fn media_content(media: &Media) -> Extension {
    let medium = match media.kind {
        AssetKind::Image => "image",
        AssetKind::Video => "video",
        AssetKind::Audio => "audio",
        AssetKind::Document => "document",
    };
    let mut attrs = BTreeMap::from([
        ("url".to_owned(), media.url.clone()),
        ("type".to_owned(), media.mime_type.clone()),
        ("medium".to_owned(), medium.to_owned()),
    ]);
    attrs.extend(dimensions(media));
    attrs.extend(
        media
            .size_bytes
            .map(|size| ("fileSize".to_owned(), size.to_string())),
    );
    attrs.extend(
        media
            .duration_ms
            .map(|duration| ("duration".to_owned(), (duration / 1000).to_string())),
    );
    let texts = [
        ("title", &media.title, Some(("type", "plain"))),
        // What a picture shows stands in for a caption.
        (
            "description",
            if media.caption.is_some() {
                &media.caption
            } else {
                &media.alt
            },
            Some(("type", "plain")),
        ),
        ("credit", &media.credit, None),
    ];
    let children = texts.into_iter().filter_map(|(name, text, attribute)| {
        let child = Extension {
            name: format!("media:{name}"),
            value: Some(text.clone()?),
            attrs: attribute
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Extension::default()
        };
        Some((name.to_owned(), vec![child]))
    });
    Extension {
        name: "media:content".to_owned(),
        attrs,
        children: children.collect(),
        ..Extension::default()
    }
}

fn dimensions(media: &Media) -> impl Iterator<Item = (String, String)> + use<> {
    [("width", media.width), ("height", media.height)]
        .into_iter()
        .filter_map(|(name, pixels)| pixels.map(|pixels| (name.to_owned(), pixels.to_string())))
}
