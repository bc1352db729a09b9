//! Atom (RFC 4287), with paging links (RFC 5005).

use atom_syndication::{
    Category, Content, Entry, Feed as AtomFeed, Generator, Link, Person as AtomPerson, Text,
    WriteConfig,
};
use domain::{Error, Result};

use super::{
    html::directed,
    model::{Feed, FeedItem, GENERATOR, Person},
    xml,
};

/// Its media type.
pub(super) const MEDIA_TYPE: &str = "application/atom+xml";

/// Writes a feed as Atom.
pub(super) fn render(feed: &Feed) -> Result<String> {
    let mut links = vec![Link {
        mime_type: Some("text/html".to_owned()),
        hreflang: Some(feed.language.clone()),
        ..link("alternate", &feed.html_url)
    }];
    links.extend(feed.links.relations().map(|(relation, href)| Link {
        mime_type: Some(MEDIA_TYPE.to_owned()),
        ..link(relation, href)
    }));
    let atom = AtomFeed {
        title: Text::plain(feed.title.clone()),
        id: feed.id.clone(),
        updated: feed.updated.fixed_offset(),
        // Entries without an author of their own take this one; RFC 4287 wants one or the other.
        authors: vec![AtomPerson {
            name: feed.publisher.clone(),
            uri: Some(feed.html_url.clone()),
            ..AtomPerson::default()
        }],
        generator: Some(Generator {
            value: GENERATOR.to_owned(),
            ..Generator::default()
        }),
        links,
        subtitle: feed.description.clone().map(Text::plain),
        entries: feed.items.iter().map(|item| entry_of(item, feed)).collect(),
        lang: Some(feed.language.clone()),
        ..AtomFeed::default()
    };
    let config = WriteConfig {
        write_document_declaration: true,
        indent_size: Some(1),
    };
    xml::finish(
        atom.write_with_config(Vec::new(), config)
            .map_err(Error::internal)?,
    )
}

fn entry_of(item: &FeedItem, feed: &Feed) -> Entry {
    let mut links = vec![Link {
        mime_type: Some("text/html".to_owned()),
        ..link("alternate", &item.url)
    }];
    links.extend(item.media().map(|media| Link {
        mime_type: Some(media.mime_type.clone()),
        length: media.size_bytes.map(|size| size.to_string()),
        title: media.title.clone(),
        ..link("enclosure", &media.url)
    }));
    links.extend(item.via.iter().map(|url| link("via", url)));
    Entry {
        title: Text::plain(item.title.clone()),
        id: item.iri.clone(),
        updated: item.updated.fixed_offset(),
        authors: item.authors.iter().map(person_of).collect(),
        categories: item
            .categories
            .iter()
            .map(|category| Category {
                term: category.slug.clone(),
                label: Some(category.name.clone()),
                scheme: None,
            })
            .collect(),
        contributors: item.contributors.iter().map(person_of).collect(),
        links,
        published: Some(item.published.fixed_offset()),
        summary: Some(Text::plain(item.summary.clone())),
        content: Some(Content {
            content_type: Some("html".to_owned()),
            value: Some(directed(item.html.clone(), feed.direction)),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

fn person_of(person: &Person) -> AtomPerson {
    AtomPerson {
        name: person.name.clone(),
        uri: person.url.clone(),
        ..AtomPerson::default()
    }
}

fn link(relation: &str, href: &str) -> Link {
    Link {
        href: href.to_owned(),
        rel: relation.to_owned(),
        ..Link::default()
    }
}
