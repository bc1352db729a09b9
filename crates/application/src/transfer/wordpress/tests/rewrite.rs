//! Addresses within bodies: which are replaced, which wait, which stay.

use std::{collections::HashMap, sync::Arc};

use domain::{
    content::ContentKind,
    id::{AssetId, EditionId, EntryId, Id},
};
use url::Url;
use uuid::Uuid;

use super::super::{
    known::{Known, Target, Upload},
    rewrite::{
        ATTACHED_GALLERY, Found, Lookup, MOST_WAITS, Owner, Rewritten, Standing, fill_galleries,
        has_attached_gallery, replace, rewrite,
    },
};

struct Fixed;

fn asset() -> AssetId {
    Id::from_uuid(Uuid::from_u128(7))
}

fn edition() -> EditionId {
    Id::from_uuid(Uuid::from_u128(1))
}

fn upload(is_public: bool) -> Upload {
    let id = asset();
    Upload { id, is_public }
}

fn entry(path: &str, is_public: bool) -> Target {
    Target::Entry {
        id: EntryId::new(ContentKind::Article, Uuid::nil()),
        edition: edition(),
        path: Arc::from(path),
        is_public,
    }
}

impl Lookup for Fixed {
    fn owner(&self, host: &str) -> Owner {
        match host {
            "example.org" => Owner::Own,
            "fa.example.org" => Owner::Sister,
            _ => Owner::Foreign,
        }
    }
    fn is_front(&self, url: &Url) -> bool {
        url.path() == "/"
    }
    fn item(&self, id: u64) -> Option<Target> {
        match id {
            5 => Some(Target::Asset(upload(true))),
            6 => Some(Target::Asset(upload(false))),
            2 => Some(entry("/hidden", false)),
            1 => self.page(&Url::parse("https://example.org/a").unwrap()),
            _ => None,
        }
    }
    fn file(&self, key: &str) -> Option<Upload> {
        match key {
            "2020/a.jpg" | "example.wordpress.com/2008/06/b.jpg" => Some(upload(true)),
            "2020/hidden.jpg" => Some(upload(false)),
            _ => None,
        }
    }
    fn page(&self, url: &Url) -> Option<Target> {
        match url.path().trim_end_matches('/') {
            "/a" => Some(entry("/now/a b", true)),
            "/hidden" => Some(entry("/hidden", false)),
            _ => None,
        }
    }
}

fn run(html: &str) -> Rewritten {
    let known = Known::new();
    known.learn_editions(&[super::edition(edition(), "https://new.example/en")]);
    let base = Url::parse("https://example.org/2020/post/").unwrap();
    let standing = Standing {
        base: Some(&base),
        edition: edition(),
        known: &known,
    };
    rewrite(html, standing, &Fixed)
}

#[test]
fn links_to_what_was_imported_lead_to_its_new_place() {
    let done = run(
        "<a href=\"https://www.example.org/a/#top\">x</a><a href='/?p=1'>y</a><a href='/a?utm_source=x#b'>z</a>",
    );
    assert_eq!(
        done.html,
        "<a href=\"/now/a%20b#top\">x</a><a href='/now/a%20b'>y</a><a href='/now/a%20b#b'>z</a>"
    );
    assert_eq!(done.waits, []);
}

#[test]
fn what_is_not_there_yet_is_waited_for() {
    let done = run(
        "<a href=\"/later/\">x</a><a href=\"https://fa.example.org/b\">y</a><img data-wp-id=\"9\"><a href=\"https://else.example/\">z</a>",
    );
    assert!(done.html.contains("href=\"https://example.org/later/\""));
    let waits: Vec<&str> = done.waits.iter().map(|wait| wait.url.as_str()).collect();
    assert_eq!(
        waits,
        [
            "https://example.org/later/",
            "https://fa.example.org/b",
            "attachment:9"
        ]
    );
    let pair = |from: &str, to: &str| HashMap::from([(from.to_owned(), to.to_owned())]);
    let found = Found {
        linked: pair("https://example.org/later/", "/later"),
        shown: pair("attachment:9", "asset:x"),
    };
    let replaced = replace(&done.html, &found);
    assert!(replaced.contains("href=\"/later\"") && replaced.contains("src=\"asset:x\""));
}

#[test]
fn what_is_not_public_is_shown_where_it_stood_but_not_led_to() {
    let own = "https://example.org";
    for kept in [
        format!("<a href=\"{own}/?p=2\">x</a>"),
        format!("<a href=\"{own}/hidden/\">x</a>"),
        format!("<a href=\"{own}/?attachment_id=6\">x</a>"),
        format!("<img src=\"{own}/?attachment_id=6\" data-wp-id=\"1\">"),
        format!("<iframe src=\"{own}/?p=2\"></iframe>"),
        format!("<a href=\"{own}/uploads/2020/hidden.jpg\">x</a>"),
    ] {
        let done = run(&kept);
        assert_eq!(done.html, kept);
    }
    let shown = format!(
        "<a href=\"{own}/uploads/2020/hidden.jpg\"><img src=\"{own}/uploads/2020/hidden.jpg\"></a>"
    );
    let done = run(&shown);
    assert_eq!(
        done.html,
        format!(
            "<a href=\"{own}/uploads/2020/hidden.jpg\"><img src=\"asset:{}\"></a>",
            asset()
        )
    );
    assert_eq!((done.waits.len(), done.waits[0].shows), (1, false));
}

#[test]
fn an_item_of_a_site_below_this_one_is_waited_for() {
    let html = "<a href=\"https://example.org/fa/?p=1\">x</a>";
    let done = run(html);
    assert_eq!((done.html.as_str(), done.waits.len()), (html, 1));
}

#[test]
fn what_a_body_waits_for_is_counted_to_the_last() {
    let mut links = String::new();
    for at in 0..MOST_WAITS + 3 {
        let link = format!("<a href=\"/later-{at}/\">x</a>");
        links.push_str(&link.repeat(2));
    }
    let done = run(&links);
    assert_eq!((done.waits.len(), done.lost), (MOST_WAITS, 6));
}

#[test]
fn files_are_known_by_their_path_whatever_their_size() {
    let done = run(
        "<img src=\"https://example.org/wp-content/uploads/2020/a-300x200.jpg\"><img class=\"x\" data-wp-id=\"5\" src=\"https://cdn.example/uploads/2020/a.jpg\">",
    );
    assert_eq!(
        done.html
            .matches(&format!("src=\"asset:{}\"", asset()))
            .count(),
        2
    );
    // Where there is no folder of uploads, host and path tell.
    let hosted = run(
        "<img src=\"https://example.files.wordpress.com/2008/06/b-300x200.jpg?w=150\"><a href=\"https://example.org/wp-content/themes/x/c.pdf\">c</a><img src=\"https://example.org/theme/d.png\"><img class=\"x\" data-wp-id=\"5\" src=\"https://else.example/e.jpg\"><img src=\"https://else.files.wordpress.com/2008/06/later.jpg\">",
    );
    assert_eq!(hosted.html.matches("asset:").count(), 1, "{}", hosted.html);
    assert_eq!(hosted.waits.len(), 0);
    // A picture of somebody else that happens to have the same name is not ours.
    let foreign = "<img src=\"https://cdn.example/uploads/2020/a.jpg\">";
    assert_eq!(run(foreign).html, foreign);
}

#[test]
fn what_no_item_lives_at_is_left_alone() {
    let html = "<a href=\"https://example.org/category/news/\">x</a><a href=\"https://example.org/\">y</a><a href=\"mailto:a@b.example\">z</a><a href=\"#n\">n</a>";
    let done = run(html);
    assert_eq!((done.html.as_str(), done.waits.len()), (html, 0));
}

#[test]
fn a_gallery_of_attachments_is_filled() {
    let html = format!("<p>a</p>{ATTACHED_GALLERY}");
    assert!(has_attached_gallery(&html));
    let filled = fill_galleries(&html, &[3, 4]);
    assert!(filled.contains("<img data-wp-id=\"3\"><img data-wp-id=\"4\">"));
    assert!(!has_attached_gallery(&filled));
}
