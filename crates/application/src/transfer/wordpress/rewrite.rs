//! Addresses within bodies: what leads to something that was imported leads to its new place.

use std::collections::{HashMap, HashSet};

use domain::id::{AssetId, EditionId};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    addresses::{Named, file_candidates, host_of, is_file_of_wordpress_com, without_tracking},
    known::{Known, Target, Upload},
    pictures::bare,
    urls::{Address, UrlKind, rewrite_urls},
};

/// How many addresses of one body are waited for; more have no real body.
pub(super) const MOST_WAITS: usize = 10_000;
/// What the normaliser leaves for a gallery of whatever is attached to the post.
pub(super) const ATTACHED_GALLERY: &str =
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
            let mut files = file_candidates(&key.text)
                .into_iter()
                .filter_map(|key| lookup.file(&key));
            let upload = match owner {
                Owner::Own => files.next().or_else(by_id),
                Owner::Sister | Owner::Foreign if key.is_whole => files.next(),
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
        (None, _) if matches!(&named, Named::File(key) if key.is_whole && is_service(url.path())) => {
            Answer::Foreign
        }
        (None, Owner::Own | Owner::Sister) if is_link || address.attachment.is_some() => {
            Answer::Waits
        }
        (None, Owner::Own | Owner::Sister) if is_upload(&named, url) => Answer::Waits,
        (None, _) => Answer::Foreign,
    }
}

/// Whether an address is certain to be that of an uploaded file: others may be of a picture that
/// belongs to the theme.
fn is_upload(named: &Named, url: &Url) -> bool {
    match named {
        Named::File(key) => !key.is_whole || is_file_of_wordpress_com(url),
        Named::Item(_) | Named::Path => false,
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
        Named::File(key) if key.is_whole || owner == Owner::Own => file_candidates(&key.text)
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
