//! Addresses within bodies: what leads to something that was imported leads to its new place.

use std::collections::{HashMap, HashSet};

use domain::id::{AssetId, EditionId};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    addresses::{Named, file_candidates, host_of, without_tracking},
    known::{Known, Target, Upload},
    pictures::bare,
    urls::{Address, UrlKind, rewrite_urls},
};

/// How many addresses of one body are waited for; more have no real body.
const MOST_WAITS: usize = 10_000;
/// What the normaliser leaves for a gallery of whatever is attached to the post.
const ATTACHED_GALLERY: &str =
    "<figure class=\"wp-block-gallery\" data-wp-gallery=\"attached\"></figure>";

/// An address that leads to something nobody has imported yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Wait {
    /// The address as it now stands in the body; `attachment:ID` for a picture without an address,
    /// `gallery:ID` for a gallery of what is attached to an item.
    pub(super) url: String,
    /// The attachment a picture says it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attachment: Option<u64>,
    /// Whether it shows something in its place, rather than leads to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) shows: bool,
}

/// What was found of what a body waited for, by address: apart for what shows it and what leads to
/// it, since not all that may be shown may be led to.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) shown: HashMap<String, String>,
    pub(super) linked: HashMap<String, String>,
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        self.shown.is_empty() && self.linked.is_empty()
    }
}

/// Whose a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The site that is being imported.
    Own,
    /// Another site of the publication, or what looks like one.
    Sister,
    /// Somebody else.
    Foreign,
}

/// What is known about addresses.
pub(super) trait Lookup {
    fn owner(&self, host: &str) -> Owner;
    /// Whether an address is that of the site itself, or of a language of it, whatever its query.
    fn is_front(&self, url: &Url) -> bool;
    fn item(&self, id: u64) -> Option<Target>;
    fn file(&self, key: &str) -> Option<Upload>;
    fn page(&self, url: &Url) -> Option<Target>;
}

/// A body with its addresses rewritten.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rewritten {
    pub(super) html: String,
    pub(super) waits: Vec<Wait>,
    /// How many more there were than are waited for.
    pub(super) lost: u64,
}

/// Where a body stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    /// What its relative addresses are relative to.
    pub(super) base: Option<&'a Url>,
    /// The edition it belongs to.
    pub(super) edition: EditionId,
    /// Knows how editions are linked to.
    pub(super) known: &'a Known,
}

enum Answer {
    Found(String),
    Waits,
    Foreign,
}

/// Rewrites the addresses of a body as far as what they lead to is known.
pub(super) fn rewrite(html: &str, standing: Standing<'_>, lookup: &dyn Lookup) -> Rewritten {
    let mut waits: Vec<Wait> = Vec::new();
    let mut seen: HashSet<Wait> = HashSet::new();
    let mut lost = 0;
    let html = rewrite_urls(html, &mut |address| {
        let shows = shows(address.kind);
        let mut wait = |url: &str, attachment: Option<u64>| {
            let wait = Wait {
                url: url.to_owned(),
                attachment,
                shows,
            };
            if seen.contains(&wait) {
                return;
            }
            if waits.len() >= MOST_WAITS {
                lost += 1;
                return;
            }
            seen.insert(wait.clone());
            waits.push(wait);
        };
        if address.kind == UrlKind::Attachment {
            let id = address.attachment?;
            if let Some(Target::Asset(upload)) = lookup.item(id) {
                return Some(place_of_file(upload.id));
            }
            wait(&attachment_token(id), Some(id));
            return None;
        }
        if address.url.starts_with('#') || address.url.is_empty() {
            return None;
        }
        let parsed = Url::parse(address.url);
        let is_relative = parsed == Err(url::ParseError::RelativeUrlWithoutBase);
        let absolute = parsed.ok().or_else(|| {
            standing
                .base
                .filter(|_| is_relative)?
                .join(address.url)
                .ok()
        })?;
        if !matches!(absolute.scheme(), "http" | "https") {
            return None;
        }
        // The old site is where a relative address led, and goes on leading until it is resolved.
        let kept = || is_relative.then(|| absolute.as_str().to_owned());
        match answer(&absolute, address, standing, lookup) {
            Answer::Found(found) => Some(found),
            Answer::Waits => {
                let url = kept().unwrap_or_else(|| address.url.to_owned());
                wait(&url, address.attachment);
                kept()
            }
            Answer::Foreign => kept(),
        }
    });
    Rewritten { html, waits, lost }
}

fn answer(url: &Url, address: Address<'_>, standing: Standing<'_>, lookup: &dyn Lookup) -> Answer {
    let url = &*without_tracking(url);
    let owner = host_of(url).map_or(Owner::Foreign, |host| lookup.owner(&host));
    let by_id = || match lookup.item(address.attachment?)? {
        Target::Asset(asset) => Some(asset),
        Target::Entry { .. } => None,
    };
    let is_link = address.kind == UrlKind::Link;
    let named = Named::by(url);
    let found = match &named {
        Named::File(key) => {
            let mut files = file_candidates(key)
                .into_iter()
                .filter_map(|key| lookup.file(&key));
            let upload = match owner {
                Owner::Own => files.next().or_else(by_id),
                // Two sites may both have a file of that name: the id must agree.
                Owner::Sister | Owner::Foreign => {
                    let id = by_id();
                    files.find(|upload| Some(*upload) == id)
                }
            };
            upload.map(Target::Asset)
        }
        // Below another path it may be an item of another site on this host.
        Named::Item(id) if owner == Owner::Own && lookup.is_front(url) => lookup.item(*id),
        Named::Path if owner != Owner::Foreign && is_link => {
            if is_service(url.path()) || url.query().is_some() {
                return Answer::Foreign;
            }
            lookup.page(url)
        }
        Named::Path if owner == Owner::Own => by_id().map(Target::Asset),
        Named::Item(_) | Named::Path => None,
    };
    let found = found
        .filter(|target| may_replace(&named, target, shows(address.kind)))
        .and_then(|target| place(url, &target, standing));
    match (found, owner) {
        (Some(found), _) => Answer::Found(found),
        (None, Owner::Own | Owner::Sister) if is_link || address.attachment.is_some() => {
            Answer::Waits
        }
        (None, Owner::Own | Owner::Sister) if matches!(named, Named::File(_)) => Answer::Waits,
        (None, _) => Answer::Foreign,
    }
}

/// Whether an address of this kind shows what it names.
fn shows(kind: UrlKind) -> bool {
    match kind {
        UrlKind::Image | UrlKind::Media | UrlKind::Poster | UrlKind::Attachment => true,
        UrlKind::Link | UrlKind::Frame => false,
    }
}

/// Whether what an address names may take its place. The path of an entry that is not public, and
/// the file of an asset that is not, are nobody's to learn from a link; a picture that stands in a
/// body was shown with it.
pub(super) fn may_replace(named: &Named, target: &Target, shows: bool) -> bool {
    let is_shown = || match (named, target) {
        (Named::File(_) | Named::Path, Target::Asset(_)) => shows,
        (Named::Item(_), _) | (_, Target::Entry { .. }) => false,
    };
    target.is_public() || is_shown()
}

/// The asset behind an address of a file of the site itself.
pub(super) fn asset_at(url: &Url, lookup: &dyn Lookup) -> Option<AssetId> {
    let owner = lookup.owner(&host_of(url)?);
    match Named::by(url) {
        Named::File(key) if owner == Owner::Own => file_candidates(&key)
            .into_iter()
            .find_map(|key| lookup.file(&key))
            .map(|upload| upload.id),
        Named::File(_) | Named::Item(_) | Named::Path => None,
    }
}

/// What a body writes for something that was found.
pub(super) fn place(url: &Url, target: &Target, standing: Standing<'_>) -> Option<String> {
    match target {
        Target::Asset(upload) => Some(place_of_file(upload.id)),
        Target::Entry { edition, path, .. } => {
            let href = standing.known.href(standing.edition, *edition, path)?;
            Some(match url.fragment() {
                Some(fragment) => format!("{href}#{fragment}"),
                None => href,
            })
        }
    }
}

/// What a body writes for an asset.
pub(super) fn place_of_file(asset: AssetId) -> String {
    format!("asset:{asset}")
}

/// Whether a path is one WordPress answers itself, so that no item will ever live there.
fn is_service(path: &str) -> bool {
    const SERVICES: [&str; 8] = [
        "/category/",
        "/tag/",
        "/author/",
        "/wp-admin",
        "/wp-login",
        "/wp-json",
        "/wp-includes/",
        "/wp-content/",
    ];
    let is_feed = path.trim_end_matches('/').ends_with("/feed");
    path == "/" || is_feed || SERVICES.iter().any(|service| path.contains(service))
}

pub(super) fn attachment_token(id: u64) -> String {
    format!("attachment:{id}")
}

pub(super) fn gallery_token(post: u64) -> String {
    format!("gallery:{post}")
}

/// Puts what was found later in the place of what a body waited for.
pub(super) fn replace(html: &str, found: &Found) -> String {
    rewrite_urls(html, &mut |address| {
        let found = if shows(address.kind) {
            &found.shown
        } else {
            &found.linked
        };
        match address.kind {
            UrlKind::Attachment => found.get(&attachment_token(address.attachment?)).cloned(),
            UrlKind::Link | UrlKind::Image | UrlKind::Media | UrlKind::Poster | UrlKind::Frame => {
                found.get(address.url).cloned()
            }
        }
    })
}

/// Whether a body has a gallery of whatever is attached to the post.
pub(super) fn has_attached_gallery(html: &str) -> bool {
    html.contains(ATTACHED_GALLERY)
}

/// Fills the galleries of whatever is attached to the post.
pub(super) fn fill_galleries(html: &str, attachments: &[u64]) -> String {
    let pictures: String = attachments.iter().copied().map(bare).collect();
    let filled = format!("<figure class=\"wp-block-gallery\">{pictures}</figure>");
    html.replace(ATTACHED_GALLERY, &filled)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{
        content::ContentKind,
        id::{EntryId, Id},
    };
    use uuid::Uuid;

    use super::*;

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
                "2020/a.jpg" => Some(upload(true)),
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
        known.learn_editions(&[super::super::tests::edition(
            edition(),
            "https://new.example/en",
        )]);
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
}
