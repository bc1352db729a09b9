//! Feeds for the tests of the three formats: plain, right-to-left, and hostile.

use domain::{media::AssetKind, text::Direction, time::Timestamp};

use super::model::{Category, Feed, FeedItem, Media, PageLinks, Person};

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn person(name: &str, url: Option<&str>) -> Person {
    Person {
        name: name.to_owned(),
        url: url.map(str::to_owned),
    }
}

fn category(slug: &str, name: &str) -> Category {
    Category {
        slug: slug.to_owned(),
        name: name.to_owned(),
    }
}

fn media(url: &str, kind: AssetKind, mime_type: &str) -> Media {
    Media {
        url: url.to_owned(),
        kind,
        mime_type: mime_type.to_owned(),
        size_bytes: None,
        width: None,
        height: None,
        duration_ms: None,
        title: None,
        caption: None,
        alt: None,
        credit: None,
    }
}

fn item(id: &str, url: &str, title: &str, html: &str) -> FeedItem {
    FeedItem {
        guid: id.to_owned(),
        iri: "urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        url: url.to_owned(),
        title: title.to_owned(),
        summary: title.to_owned(),
        html: html.to_owned(),
        published: time("2026-03-05T06:30:00Z"),
        updated: time("2026-03-06T17:45:10.250Z"),
        authors: Vec::new(),
        contributors: Vec::new(),
        categories: Vec::new(),
        hero: None,
        attachments: Vec::new(),
        via: None,
    }
}

/// An English page in the middle of a feed: a full item, and one that tries to break the markup.
pub(super) fn english() -> Feed {
    let hero = Media {
        size_bytes: Some(48_211),
        width: Some(1600),
        height: Some(900),
        caption: Some("The bridge at dusk".to_owned()),
        alt: Some("A stone bridge".to_owned()),
        credit: Some("R. Holm & Co.".to_owned()),
        ..media(
            "https://api.example/media/asset_01/1/bridge.jpg",
            AssetKind::Image,
            "image/jpeg",
        )
    };
    let sound = Media {
        size_bytes: Some(9_000_000),
        duration_ms: Some(61_500),
        title: Some("Listen".to_owned()),
        ..media(
            "https://api.example/media/asset_02/3/bridge.mp3",
            AssetKind::Audio,
            "audio/mpeg",
        )
    };
    let full = FeedItem {
        iri: "https://old.example/?p=42".to_owned(),
        summary: "The old bridge closes for a month.".to_owned(),
        authors: vec![
            person(
                "Ada Quill",
                Some("https://gazette.example/author/ada-quill"),
            ),
            person("Bo Reed", None),
        ],
        contributors: vec![person("Cleo Tran", None)],
        categories: vec![
            category("town", "Town & Council"),
            category("bridges", "Bridges"),
        ],
        hero: Some(hero),
        attachments: vec![
            media(
                "https://api.example/media/asset_03/1/plan.pdf",
                AssetKind::Document,
                "application/pdf",
            ),
            sound,
        ],
        via: Some("https://river-news.example/bridge?a=1&b=2".to_owned()),
        ..item(
            "https://old.example/?p=42",
            "https://gazette.example/2026/03/bridge",
            "The bridge closes — for now",
            "<p>Read <a href=\"https://gazette.example/about?a=1&amp;b=2\">about us</a>.</p>",
        )
    };
    let hostile = FeedItem {
        summary: "a\u{0}b\u{1b} <b>not bold</b> & ]]> \u{ffff}🐝".to_owned(),
        authors: vec![person("<O'Malley> & \"Sons\"\u{7}", None)],
        ..item(
            "article_01h455vb4pex5vsknk084sn02q",
            "https://gazette.example/2026/03/bees",
            "Bees & ]]> <wax> 🐝\u{1}",
            "<pre>if (a[b[0]]&gt;1 &amp;&amp; x) ]]> \u{c}</pre><p>🐝 &nbsp;©</p>",
        )
    };
    Feed {
        id: "urn:uuid:7f3d1c9e-0000-8000-8000-000000000001".to_owned(),
        title: "The Gazette".to_owned(),
        description: Some("News & notes from a town".to_owned()),
        language: "en".to_owned(),
        direction: Direction::Ltr,
        publisher: "The Gazette".to_owned(),
        html_url: "https://gazette.example/".to_owned(),
        links: PageLinks {
            this: "https://api.example/feeds/en/rss.xml?first=2&after=AQAB".to_owned(),
            first: "https://api.example/feeds/en/rss.xml?first=2".to_owned(),
            next: Some("https://api.example/feeds/en/rss.xml?first=2&after=AQAC".to_owned()),
            previous: Some("https://api.example/feeds/en/rss.xml?last=2&before=AQAB".to_owned()),
        },
        updated: time("2026-03-06T17:45:10.250Z"),
        items: vec![full, hostile],
    }
}

/// A Persian feed, with Latin words and numbers inside, as it is written in real life.
pub(super) fn persian() -> Feed {
    let article = FeedItem {
        summary: "کتاب‌خانهٔ شهر با ۱۲٬۰۰۰ جلد (PDF و EPUB) باز شد.".to_owned(),
        authors: vec![person("نرگس فرهی", None)],
        categories: vec![category("شهر", "شهر")],
        ..item(
            "article_01h455vb4pex5vsknk084sn02q",
            "https://gazette.example/fa/2026/03/%DA%A9%D8%AA%D8%A7%D8%A8",
            "کتاب‌خانهٔ «Riverside» باز شد",
            "<p>نسخهٔ <bdi dir=\"ltr\">EPUB 3.3</bdi> هم هست؛ نشانی: <code>lib.example/?q=کتاب</code>\u{200f}.</p>",
        )
    };
    Feed {
        id: "urn:uuid:7f3d1c9e-0000-8000-8000-000000000002".to_owned(),
        title: "روزنامهٔ شهر".to_owned(),
        description: None,
        language: "fa".to_owned(),
        direction: Direction::Rtl,
        publisher: "روزنامهٔ شهر".to_owned(),
        html_url: "https://gazette.example/fa/".to_owned(),
        links: PageLinks {
            this: "https://api.example/feeds/fa/rss.xml".to_owned(),
            first: "https://api.example/feeds/fa/rss.xml".to_owned(),
            next: None,
            previous: None,
        },
        updated: time("2026-03-06T17:45:10.250Z"),
        items: vec![article],
    }
}
