//! OPML 2.0: the list of an edition's feeds, for readers that subscribe to many at once.

use std::io;

use domain::{Error, Result, time::Timestamp};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use super::{model::rfc822, xml};

/// Its media type.
pub(super) const MEDIA_TYPE: &str = "text/x-opml; charset=utf-8";

/// A list of feeds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outlines {
    /// Its name.
    pub title: String,
    /// When the edition was last changed.
    pub modified: Timestamp,
    /// Who publishes them.
    pub owner: String,
    /// The language of all of them (BCP 47).
    pub language: String,
    /// The feeds.
    pub feeds: Vec<Outline>,
}

/// One feed of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outline {
    /// What it is a feed of: `/edition`, `/category`, `/tag`, `/author`, `/newsletter`.
    pub category: &'static str,
    /// Its name.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// The feed.
    pub feed_url: String,
    /// The page for readers that lists the same.
    pub html_url: String,
}

/// Writes the list.
pub(super) fn render(list: &Outlines) -> Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    write(&mut writer, list).map_err(Error::internal)?;
    xml::finish(writer.into_inner())
}

fn write(writer: &mut Writer<Vec<u8>>, list: &Outlines) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("opml")
        .with_attribute(("version", "2.0"))
        .write_inner_content(|writer| {
            writer
                .create_element("head")
                .write_inner_content(|writer| {
                    let modified = rfc822(list.modified);
                    for (name, text) in [
                        ("title", list.title.as_str()),
                        ("dateModified", &modified),
                        ("ownerName", &list.owner),
                    ] {
                        writer
                            .create_element(name)
                            .write_text_content(BytesText::new(text))?;
                    }
                    Ok(())
                })?;
            writer
                .create_element("body")
                .write_inner_content(|writer| {
                    list.feeds.iter().try_for_each(|feed| {
                        let outline = writer.create_element("outline").with_attributes([
                            ("type", "rss"),
                            ("version", "RSS"),
                            ("text", feed.title.as_str()),
                            ("title", &feed.title),
                            ("category", feed.category),
                            ("language", &list.language),
                            ("xmlUrl", &feed.feed_url),
                            ("htmlUrl", &feed.html_url),
                        ]);
                        let description = feed
                            .description
                            .as_deref()
                            .map(|text| ("description", text));
                        outline
                            .with_attributes(description)
                            .write_empty()
                            .map(|_writer| ())
                    })
                })?;
            Ok(())
        })?;
    Ok(())
}
