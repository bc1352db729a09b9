//! Feeds, sitemaps and their like, as readers and search engines fetch them.

use domain::{
    articles::{ContributionDraft, ContributionRole},
    media::{AssetDraft, AssetKind, AssetLocation, FigureDraft},
};
use quick_xml::{Reader, events::Event};

use crate::harness::{TestServer, builders::Editions, records::remote_picture};

mod caching;
mod formats;
mod issues;
mod lists;
mod paging;
mod sitemaps;
mod snapshots;

/// A small site with something of everything a feed shows.
async fn gazette(server: &TestServer) -> Editions {
    let site = server.small_site().await;
    let news = server.category(site.en, "News", None).await;
    let local = server.category(site.en, "Local", Some(news)).await;
    let river = server.tag(site.en, "River").await;
    let ada = server.author(site.en, "Ada Moor").await;
    let mut picture = remote_picture(site.en, "The river at dawn");
    picture.texts[0].value.caption = Some("Dawn & dusk".to_owned());
    picture.texts[0].value.credit = Some("Ada Moor".to_owned());
    let picture = server.asset(picture).await;
    let bells = server
        .asset(AssetDraft {
            kind: AssetKind::Audio,
            location: AssetLocation::Remote {
                url: "https://audio.example/bells.mp3".to_owned(),
            },
            file_name: "bells.mp3".to_owned(),
            media_type: "audio/mpeg".to_owned(),
            size_bytes: Some(4321),
            width: None,
            height: None,
            duration_ms: Some(61_000),
            ..remote_picture(site.en, "Bells")
        })
        .await;
    let group = server.group();
    let html = format!(
        "<p>See <a href=\"https://elsewhere.example/\">them</a> ]]&gt; &amp; <img src=\"asset:{picture}\" alt=\"Here\"></p><p>More <em>of it</em>.</p>"
    );
    server
        .article(site.en, "The river rises")
        .group(group)
        .category(local)
        .tag(river)
        .by(ada)
        .hero(picture)
        .body(&html)
        .published_at("2026-05-03T08:00:00Z")
        .with(|draft| draft.attachments.push(FigureDraft::plain(bells)))
        .await;
    server
        .article(site.en, "An old one")
        .published_at("2020-01-01T00:00:00Z")
        .with(|draft| {
            draft.entry.guid = Some("https://old.example/?p=7".to_owned());
            draft.byline.push(ContributionDraft {
                role: ContributionRole::Author,
                author: None,
                name: Some("B & C".to_owned()),
            });
        })
        .await;
    server
        .article(site.fa, "رود بالا می‌آید")
        .group(group)
        .published_at("2026-05-03T09:30:00Z")
        .await;
    site
}

/// Asserts that a text is well-formed XML.
fn well_formed(xml: &str) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                for attribute in tag.attributes() {
                    attribute.unwrap();
                }
            }
            Ok(Event::Eof) => return,
            Ok(_) => {}
            Err(error) => panic!("{error}: {xml}"),
        }
    }
}

/// The texts between two marks, in order.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    text.split(from)
        .skip(1)
        .map(|rest| rest.split(to).next().unwrap())
        .collect()
}
