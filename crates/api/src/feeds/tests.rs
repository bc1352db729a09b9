//! The three formats, the list of feeds and the sitemaps: snapshots, and what their readers read.

use domain::text::Direction;
use quick_xml::{Reader, XmlVersion, events::Event};

use super::{
    atom, json_feed,
    model::Feed,
    opml::{self, Outline, Outlines},
    rss,
    samples::{english, persian, time},
    sitemap_xml::{self, Location, NewsArticle},
};

/// Reads all of a document, so that anything not well-formed fails.
fn assert_well_formed(xml: &str) {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0_i32;
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Start(element) | Event::Empty(element) = &event {
            element.attributes().for_each(|attribute| {
                assert!(
                    attribute
                        .unwrap()
                        .normalized_value(XmlVersion::Explicit1_0)
                        .is_ok()
                );
            });
        }
        if let Event::GeneralRef(entity) = &event {
            assert!(
                entity.is_char_ref() || matches!(&**entity, "amp" | "lt" | "gt" | "quot" | "apos")
            );
        }
        depth +=
            i32::from(matches!(event, Event::Start(_))) - i32::from(matches!(event, Event::End(_)));
        if matches!(event, Event::Eof) {
            break;
        }
    }
    assert_eq!(depth, 0);
    assert!(
        xml.chars()
            .all(|c| c >= ' ' || matches!(c, '\n' | '\r' | '\t'))
    );
}

#[test]
fn rss_reads_as_it_was_meant() {
    for feed in [english(), persian()] {
        let xml = rss::render(&feed).unwrap();
        assert_well_formed(&xml);
        let channel = ::rss::Channel::read_from(xml.as_bytes()).unwrap();
        assert_eq!(channel.title(), feed.title);
        assert_eq!(channel.language(), Some(feed.language.as_str()));
        assert_eq!(channel.items().len(), feed.items.len());
        let links = channel.atom_ext().unwrap().links();
        assert!(
            links
                .iter()
                .any(|link| link.rel == "self" && link.href == feed.links.this)
        );
        for (read, item) in channel.items().iter().zip(&feed.items) {
            assert_eq!(read.guid().unwrap().value, item.guid);
            assert!(!read.guid().unwrap().permalink);
            assert_eq!(
                read.dublin_core_ext().map_or(0, |dc| dc.creators().len()),
                item.authors.len()
            );
            assert!(
                chrono::DateTime::parse_from_rfc2822(read.pub_date().unwrap()).unwrap()
                    == item.published
            );
        }
    }
}

#[test]
fn markup_inside_a_body_does_not_end_the_item() {
    let feed = english();
    let channel = ::rss::Channel::read_from(rss::render(&feed).unwrap().as_bytes()).unwrap();
    let body = "<pre>if (a[b[0]]&gt;1 &amp;&amp; x) ]]> </pre><p>🐝 &nbsp;©</p>";
    assert_eq!(channel.items()[1].content(), Some(body));
    assert_eq!(channel.items()[1].title(), Some("Bees & ]]> <wax> 🐝"));
    let atom = atom_syndication::Feed::read_from(atom::render(&feed).unwrap().as_bytes()).unwrap();
    assert_eq!(atom.entries()[1].content().unwrap().value(), Some(body));
}

#[test]
fn a_right_to_left_edition_says_its_direction_and_changes_no_letter() {
    let feed = persian();
    let expected = format!("<div dir=\"rtl\">{}</div>", feed.items[0].html);
    let channel = ::rss::Channel::read_from(rss::render(&feed).unwrap().as_bytes()).unwrap();
    assert_eq!(channel.items()[0].content(), Some(expected.as_str()));
    assert_eq!(
        channel.items()[0].description(),
        Some(feed.items[0].summary.as_str())
    );
    let atom = atom_syndication::Feed::read_from(atom::render(&feed).unwrap().as_bytes()).unwrap();
    assert_eq!(atom.lang(), Some("fa"));
    assert_eq!(
        atom.entries()[0].content().unwrap().value(),
        Some(expected.as_str())
    );
    let json: serde_json::Value = serde_json::from_str(&json_feed::render(&feed).unwrap()).unwrap();
    assert_eq!(json["items"][0]["content_html"], expected);
    assert_eq!(json["_colophon"]["direction"], "rtl");
}

#[test]
fn atom_reads_as_it_was_meant() {
    for feed in [english(), persian()] {
        let xml = atom::render(&feed).unwrap();
        assert_well_formed(&xml);
        let read = atom_syndication::Feed::read_from(xml.as_bytes()).unwrap();
        assert_eq!(read.id(), feed.id);
        assert_eq!(*read.updated(), feed.updated);
        assert_eq!(read.authors().len(), 1);
        let next = read
            .links()
            .iter()
            .find(|link| link.rel == "next")
            .map(|link| link.href.clone());
        assert_eq!(next, feed.links.next);
        for (read, item) in read.entries().iter().zip(&feed.items) {
            assert_eq!(read.id(), item.iri);
            assert_eq!(*read.published().unwrap(), item.published);
        }
    }
}

#[test]
fn an_empty_feed_is_a_feed() {
    let feed = Feed {
        items: Vec::new(),
        ..english()
    };
    assert!(
        ::rss::Channel::read_from(rss::render(&feed).unwrap().as_bytes())
            .unwrap()
            .items()
            .is_empty()
    );
    assert!(
        atom_syndication::Feed::read_from(atom::render(&feed).unwrap().as_bytes())
            .unwrap()
            .entries()
            .is_empty()
    );
    assert!(json_feed::render(&feed).unwrap().contains("\"items\":[]"));
}

#[test]
fn the_formats_look_like_this() {
    for (name, feed) in [("en", english()), ("fa", persian())] {
        insta::assert_snapshot!(format!("rss_{name}"), rss::render(&feed).unwrap());
        insta::assert_snapshot!(format!("atom_{name}"), atom::render(&feed).unwrap());
        insta::assert_snapshot!(
            format!("json_feed_{name}"),
            json_feed::render(&feed).unwrap().replace(",\"", ",\n\"")
        );
    }
    assert_eq!(persian().direction, Direction::Rtl);
}

#[test]
fn the_list_of_feeds_looks_like_this() {
    let list = Outlines {
        title: "روزنامهٔ شهر".to_owned(),
        modified: time("2026-03-06T17:45:10Z"),
        owner: "Gazette & Sons".to_owned(),
        language: "fa".to_owned(),
        feeds: vec![
            Outline {
                category: "/edition",
                title: "روزنامهٔ شهر".to_owned(),
                description: Some("هر روز \"تازه\"".to_owned()),
                feed_url: "https://api.example/feeds/fa/rss.xml".to_owned(),
                html_url: "https://gazette.example/fa/".to_owned(),
            },
            Outline {
                category: "/tag",
                title: "R&D\u{3}".to_owned(),
                description: None,
                feed_url: "https://api.example/feeds/fa/tag/r-d/rss.xml".to_owned(),
                html_url: "https://gazette.example/fa/tag/r-d".to_owned(),
            },
        ],
    };
    let xml = opml::render(&list).unwrap();
    assert_well_formed(&xml);
    insta::assert_snapshot!("opml", xml);
}

fn location(url: &str) -> Location {
    Location {
        url: url.to_owned(),
        modified: time("2026-03-06T17:45:10.25Z"),
        alternates: Vec::new(),
        image: None,
    }
}

#[test]
fn sitemaps_look_like_this() {
    let translated = Location {
        alternates: [
            ("en", "https://gazette.example/bees"),
            ("fa", "https://gazette.example/fa/%D8%B2"),
            ("x-default", "https://gazette.example/bees"),
        ]
        .map(|(language, url)| (language.to_owned(), url.to_owned()))
        .to_vec(),
        image: Some("https://api.example/media/asset_01/1/bee.jpg?w=1&h=2".to_owned()),
        ..location("https://gazette.example/bees")
    };
    let too_long = location(&format!("https://gazette.example/{}", "a".repeat(2048)));
    let xml = sitemap_xml::render_urls(vec![
        translated,
        too_long,
        location("https://gazette.example/a&b"),
    ])
    .unwrap();
    assert_well_formed(&xml);
    insta::assert_snapshot!("sitemap", xml);

    let xml = sitemap_xml::render_index(vec![
        "https://gazette.example/sitemaps/2026-03/sitemap.xml".to_owned(),
    ])
    .unwrap();
    assert_well_formed(&xml);
    insta::assert_snapshot!("sitemap_index", xml);

    let news = NewsArticle {
        url: "https://gazette.example/bees".to_owned(),
        title: "Bees & \u{2}wax".to_owned(),
        published: time("2026-03-06T17:45:10Z"),
    };
    let xml = sitemap_xml::render_news("The Gazette", "zh-Hant-TW", vec![news]).unwrap();
    assert_well_formed(&xml);
    insta::assert_snapshot!("sitemap_news", xml);
}

#[test]
fn a_sitemap_without_addresses_is_well_formed() {
    assert_well_formed(&sitemap_xml::render_urls(Vec::new()).unwrap());
    assert_well_formed(&sitemap_xml::render_news("x", "en", Vec::new()).unwrap());
    assert_well_formed(&sitemap_xml::render_index(Vec::new()).unwrap());
}
