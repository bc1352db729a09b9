//! Which site an embed comes from, and the one address it is known by.

use serde::{Deserialize, Serialize};
use url::Url;

/// Whose content an embed shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the sites say it all")]
pub enum Provider {
    Youtube,
    Vimeo,
    X,
    Soundcloud,
    Spotify,
    Instagram,
    Facebook,
    Tiktok,
    Openstreetmap,
    GoogleMaps,
    /// Any other site.
    Iframe,
}

impl Provider {
    /// The name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Youtube => "youtube",
            Self::Vimeo => "vimeo",
            Self::X => "x",
            Self::Soundcloud => "soundcloud",
            Self::Spotify => "spotify",
            Self::Instagram => "instagram",
            Self::Facebook => "facebook",
            Self::Tiktok => "tiktok",
            Self::Openstreetmap => "openstreetmap",
            Self::GoogleMaps => "googleMaps",
            Self::Iframe => "iframe",
        }
    }
}

/// The address of a frame, made canonical; any https site will do.
pub(super) fn from_frame(address: &str) -> Option<(Provider, String)> {
    let url = parse(address)?;
    if let Some(found) = recognise(&url) {
        return Some(found);
    }
    // Flash is long gone, and nothing can be shown in its place.
    let flash = url.path().rsplit_once('.');
    let flash = flash.is_some_and(|(_, suffix)| suffix.eq_ignore_ascii_case("swf"));
    (!flash).then(|| (by_host(&url), url.into()))
}

/// The address of a page that is known to be a film, a sound or a post, made canonical.
pub(super) fn from_page(address: &str) -> Option<(Provider, String)> {
    if address.contains(|c: char| c.is_whitespace()) {
        return None;
    }
    recognise(&parse(address)?)
}

/// Reads an absolute address and insists on https, which every provider offers.
fn parse(address: &str) -> Option<Url> {
    let address = address.trim();
    let rest = if let Some(rest) = address.strip_prefix("//") {
        rest
    } else {
        let (scheme, rest) = address.split_once("://")?;
        let mut web = ["http", "https"].into_iter();
        web.any(|known| known.eq_ignore_ascii_case(scheme))
            .then_some(rest)?
    };
    let mut url = Url::parse(&format!("https://{rest}")).ok()?;
    // Credentials have no place in a public page, and mislead readers about the host.
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

fn host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    ["www.", "m.", "mobile."]
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix))
        .unwrap_or(host)
}

fn by_host(url: &Url) -> Provider {
    match host(url) {
        "youtube.com" | "youtube-nocookie.com" | "youtu.be" => Provider::Youtube,
        "vimeo.com" | "player.vimeo.com" => Provider::Vimeo,
        "twitter.com" | "x.com" | "platform.twitter.com" | "platform.x.com" => Provider::X,
        "soundcloud.com" | "w.soundcloud.com" | "api.soundcloud.com" => Provider::Soundcloud,
        "open.spotify.com" | "embed.spotify.com" => Provider::Spotify,
        "instagram.com" => Provider::Instagram,
        "facebook.com" | "fb.watch" => Provider::Facebook,
        "tiktok.com" => Provider::Tiktok,
        "openstreetmap.org" => Provider::Openstreetmap,
        "maps.google.com" => Provider::GoogleMaps,
        "google.com" if url.path().starts_with("/maps") => Provider::GoogleMaps,
        _ => Provider::Iframe,
    }
}

/// The canonical address; recognising it again gives the same one.
fn recognise(url: &Url) -> Option<(Provider, String)> {
    let provider = by_host(url);
    let path: Vec<&str> = url.path().split('/').filter(|s| !s.is_empty()).collect();
    let canonical = match provider {
        Provider::Youtube => youtube(url, &path),
        Provider::Vimeo => vimeo(url, &path),
        Provider::X => match path.as_slice() {
            [user, "status" | "statuses", id, ..] if is_number(id) => {
                Some(format!("https://x.com/{user}/status/{id}"))
            }
            _ => None,
        },
        Provider::Soundcloud => match (host(url), path.as_slice()) {
            ("w.soundcloud.com", _) => {
                let inner = parse(&query(url, "url")?)?;
                // A player inside a player is nobody's honest address.
                let known = by_host(&inner) == provider && host(&inner) != "w.soundcloud.com";
                known.then(|| settle(inner))
            }
            ("soundcloud.com", [user, track]) => {
                Some(format!("https://soundcloud.com/{user}/{track}"))
            }
            ("soundcloud.com", [user, "sets", set]) => {
                Some(format!("https://soundcloud.com/{user}/sets/{set}"))
            }
            _ => None,
        },
        Provider::Spotify => spotify(&path),
        Provider::Instagram => match path.as_slice() {
            [kind @ ("p" | "reel" | "tv"), id, ..] => {
                Some(format!("https://www.instagram.com/{kind}/{id}/"))
            }
            _ => None,
        },
        Provider::Facebook => facebook(url, &path),
        Provider::Tiktok => match path.as_slice() {
            [user, "video", id, ..] if user.starts_with('@') => {
                Some(format!("https://www.tiktok.com/{user}/video/{id}"))
            }
            _ => None,
        },
        // Maps are only ever framed, and their addresses cannot be shortened.
        Provider::Openstreetmap | Provider::GoogleMaps | Provider::Iframe => None,
    };
    Some((provider, canonical?))
}

/// The canonical form of an address found inside another, or the address itself.
fn settle(url: Url) -> String {
    match recognise(&url) {
        Some((_, canonical)) => canonical,
        None => url.into(),
    }
}

fn youtube(url: &Url, path: &[&str]) -> Option<String> {
    if host(url) != "youtu.be"
        && let ["embed", "videoseries"] | ["playlist"] = path
    {
        let list = query(url, "list").filter(|list| is_token(list))?;
        return Some(format!("https://www.youtube.com/playlist?list={list}"));
    }
    let id = match (host(url), path) {
        ("youtu.be", [id, ..]) | (_, ["embed" | "shorts" | "live" | "v" | "e", id, ..]) => {
            // Old players carried their options behind an ampersand in the path.
            id.split('&').next().unwrap_or(id).to_owned()
        }
        (_, ["watch"]) => query(url, "v")?,
        _ => return None,
    };
    if !is_token(&id) {
        return None;
    }
    let start = query(url, "t").or_else(|| query(url, "start"));
    let start = start.filter(|start| is_token(start));
    let start = start.map_or_else(String::new, |start| format!("&t={start}"));
    Some(format!("https://www.youtube.com/watch?v={id}{start}"))
}

fn vimeo(url: &Url, path: &[&str]) -> Option<String> {
    let (id, hash) = match path {
        ["video", id] | [id] => (*id, query(url, "h")),
        [id, hash] => (*id, Some((*hash).to_owned())),
        _ => return None,
    };
    let hash = hash.filter(|hash| is_token(hash));
    let hash = hash.map_or_else(String::new, |hash| format!("/{hash}"));
    is_number(id).then(|| format!("https://vimeo.com/{id}{hash}"))
}

fn spotify(path: &[&str]) -> Option<String> {
    let path = path.strip_prefix(&["embed"]).unwrap_or(path);
    // Shared links may start with the reader's language.
    let path = match path {
        [first, rest @ ..] if first.starts_with("intl-") => rest,
        _ => path,
    };
    match path {
        [
            kind @ ("track" | "album" | "playlist" | "artist" | "episode" | "show"),
            id,
            ..,
        ] => Some(format!("https://open.spotify.com/{kind}/{id}")),
        _ => None,
    }
}

fn facebook(url: &Url, path: &[&str]) -> Option<String> {
    match path {
        ["plugins", ..] => {
            let inner = parse(&query(url, "href")?)?;
            let known = host(&inner) == "facebook.com" && !inner.path().starts_with("/plugins");
            known.then(|| settle(inner))
        }
        [_, "posts" | "videos", ..] => Some(format!("https://www.facebook.com/{}", path.join("/"))),
        ["watch"] => {
            let id = query(url, "v").filter(|id| is_number(id))?;
            Some(format!("https://www.facebook.com/watch?v={id}"))
        }
        [id] if host(url) == "fb.watch" => Some(format!("https://fb.watch/{id}")),
        _ => None,
    }
}

fn query(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_token(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !text.is_empty() && text.bytes().all(allowed)
}
