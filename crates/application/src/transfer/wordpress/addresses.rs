//! The addresses of the exported sites: which are theirs, and what they name.

use std::borrow::Cow;

use domain::routes::normalise_path;
use percent_encoding::percent_decode_str;
use url::Url;

use super::media_types::{UNKNOWN, media_type_of};

/// What the hosts of files at WordPress.com end in.
const FILES_OF_WORDPRESS_COM: &str = ".files.wordpress.com";

/// Where a site, or one language of it, stood: a host and the path everything of it begins with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Base {
    /// The host, as [`host_of`] gives it.
    pub(super) host: String,
    /// The path, without a slash at the end; empty at the root of the host.
    pub(super) path: String,
}

impl Base {
    pub(super) fn parse(address: &str) -> Option<Self> {
        let url = Url::parse(address.trim()).ok()?;
        let path = normalise_path(url.path()).ok()?;
        Some(Self {
            host: host_of(&url)?,
            path: path.trim_end_matches('/').to_owned(),
        })
    }

    /// The path of an address below this base, as paths are stored; `None` when it is elsewhere.
    pub(super) fn below(&self, url: &Url) -> Option<String> {
        if host_of(url)? != self.host {
            return None;
        }
        let path = normalise_path(url.path()).ok()?;
        match path.strip_prefix(&self.path)? {
            "" => Some("/".to_owned()),
            rest if rest.starts_with('/') => Some(rest.to_owned()),
            _ => None,
        }
    }

    /// Whether an address is this base itself, whatever its query.
    pub(super) fn is_front(&self, url: &Url) -> bool {
        matches!(self.below(url).as_deref(), Some("/" | "/index.php"))
    }

    /// The base of a language whose addresses look like this one: WordPress puts a language into
    /// the first segment of the path or into the host, or leaves the main one as it is.
    pub(super) fn of_language(&self, sample: &Url, language: &str) -> Self {
        let host = host_of(sample).unwrap_or_else(|| self.host.clone());
        if host != self.host {
            return Self {
                host,
                path: String::new(),
            };
        }
        let first = self
            .below(sample)
            .and_then(|path| path.split('/').nth(1).map(str::to_owned));
        let path = match first.filter(|first| first.eq_ignore_ascii_case(language)) {
            Some(first) => format!("{}/{first}", self.path),
            None => self.path.clone(),
        };
        Self { host, path }
    }

    /// The address of it, with the scheme of another.
    pub(super) fn to_url(&self, like: Option<&str>) -> String {
        let like = like.and_then(|address| Url::parse(address).ok());
        let secure = like.as_ref().is_none_or(|url| url.scheme() == "https");
        let scheme = if secure { "https" } else { "http" };
        // The host was compared without it, but readers go on using it.
        let www = like
            .as_ref()
            .and_then(Url::host_str)
            .is_some_and(|host| host.strip_prefix("www.") == Some(self.host.as_str()));
        let www = if www { "www." } else { "" };
        let path = domain::routes::encode_path(&self.path);
        format!("{scheme}://{www}{}{path}", self.host)
    }
}

/// The host of an address in small letters, without `www.`, with the port if it is an unusual one.
/// The files of a site at WordPress.com stand at a host of their own; they are the site's.
pub(super) fn host_of(url: &Url) -> Option<String> {
    let host = url.host_str()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let host = match host.strip_suffix(FILES_OF_WORDPRESS_COM) {
        Some(site) => format!("{site}.wordpress.com"),
        None => host.to_owned(),
    };
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

/// Whether an address is that of a file at WordPress.com.
pub(super) fn is_file_of_wordpress_com(url: &Url) -> bool {
    url.host_str()
        .is_some_and(|host| host.ends_with(FILES_OF_WORDPRESS_COM))
}

/// Whether two hosts seem to belong to one publication: `fa.example.org` and `example.org`.
pub(super) fn are_related(a: &str, b: &str) -> bool {
    let below = |a: &str, b: &str| {
        a.strip_suffix(b)
            .is_some_and(|rest| rest.ends_with('.') && b.contains('.'))
    };
    let sibling = || {
        let (a, b) = (a.split_once('.'), b.split_once('.'));
        a.zip(b)
            .is_some_and(|((_, a), (_, b))| a == b && a.contains('.'))
    };
    a == b || below(a, b) || below(b, a) || sibling()
}

/// An address without what only tells those who look at statistics where a reader came from.
pub(super) fn without_tracking(url: &Url) -> Cow<'_, Url> {
    const TRACKING: [&str; 4] = ["fbclid", "gclid", "mc_cid", "mc_eid"];
    let is_tracking = |name: &str| name.starts_with("utm_") || TRACKING.contains(&name);
    if !url.query_pairs().any(|(name, _)| is_tracking(&name)) {
        return Cow::Borrowed(url);
    }
    let mut bare = url.clone();
    bare.set_query(None);
    let kept = url.query_pairs().filter(|(name, _)| !is_tracking(name));
    for (name, value) in kept {
        bare.query_pairs_mut().append_pair(&name, &value);
    }
    Cow::Owned(bare)
}

/// What an address of one of the sites names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// An uploaded file.
    File(FileKey),
    /// An item, by its id.
    Item(u64),
    /// Whatever lives at the path.
    Path,
}

impl Named {
    pub(super) fn by(url: &Url) -> Self {
        if let Some(key) = file_key(url) {
            return Self::File(key);
        }
        let id = url.query_pairs().find_map(|(name, value)| {
            matches!(&*name, "p" | "page_id" | "attachment_id")
                .then(|| value.parse().ok())
                .flatten()
        });
        id.map_or(Self::Path, Self::Item)
    }
}

/// What an uploaded file is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileKey {
    /// Its path below the folder of uploads, which stays the same when the host changes or the
    /// files are moved to another server; host and path where there is no such folder.
    pub(super) text: String,
    /// Whether that names the host too, so that it means one file whoever has it.
    pub(super) is_whole: bool,
}

/// What the file at an address is known by, if it is an uploaded file or looks like one.
pub(super) fn file_key(url: &Url) -> Option<FileKey> {
    let path = url.path();
    let at = path.rfind("/uploads/").map(|at| at + "/uploads/".len());
    // Old networks of sites served uploads from `/files/`.
    let at = at.or_else(|| path.rfind("/files/").map(|at| at + "/files/".len()));
    let (key, host) = match at {
        Some(at) => (path.get(at..)?, None),
        None if media_type_of(path) == UNKNOWN => return None,
        None => (path, Some(host_of(url)?)),
    };
    if key.is_empty() || key.ends_with('/') {
        return None;
    }
    let key = percent_decode_str(key).decode_utf8().ok()?;
    Some(FileKey {
        is_whole: host.is_some(),
        text: host.unwrap_or_default() + &key,
    })
}

/// The files an address of a file can mean: itself, the original of a smaller version of it
/// (`name-300x200.jpg`), and what WordPress made of an original that was very large.
pub(super) fn file_candidates(key: &str) -> Vec<String> {
    let mut candidates = vec![key.to_owned()];
    let Some((stem, extension)) = key.rsplit_once('.') else {
        return candidates;
    };
    let original = without_size(stem);
    let mut push = |candidate: String| {
        if !candidates.contains(&candidate) {
            candidates.push(candidate);
        }
    };
    push(format!("{original}.{extension}"));
    push(format!("{original}-scaled.{extension}"));
    if let Some(original) = original.strip_suffix("-scaled") {
        push(format!("{original}.{extension}"));
    }
    candidates
}

fn without_size(stem: &str) -> &str {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    stem.rsplit_once('-')
        .filter(|(_, size)| {
            size.split_once('x')
                .is_some_and(|(width, height)| digits(width) && digits(height))
        })
        .map_or(stem, |(stem, _)| stem)
}

/// The form in which addresses of pages are compared: host and path, without a slash at the end.
pub(super) fn page_key(url: &Url) -> Option<String> {
    let path = normalise_path(url.path()).ok()?;
    let path = match path.rsplit_once("/comment-page-") {
        Some((path, page)) if page.bytes().all(|byte| byte.is_ascii_digit()) => path,
        _ => &path,
    };
    Some(format!("{}{}", host_of(url)?, path.trim_end_matches('/')))
}

/// The path an item had, if it had one of its own: plain addresses (`?p=12`) are none.
pub(super) fn old_path(link: &str, bases: &[&Base]) -> Option<String> {
    let url = Url::parse(link).ok()?;
    if url.query().is_some_and(|query| !query.is_empty()) {
        return None;
    }
    bases
        .iter()
        .find_map(|base| base.below(&url))
        .or_else(|| normalise_path(url.path()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_path_is_what_stands_below_the_site() {
        let base = Base::parse("https://www.Example.org/blog/").unwrap();
        assert_eq!(
            base.below(&url("http://example.org/blog/2020/01/x/"))
                .unwrap(),
            "/2020/01/x"
        );
        assert_eq!(base.below(&url("https://example.org/blog")).unwrap(), "/");
        assert_eq!(base.below(&url("https://example.org/blogs/x")), None);
        assert_eq!(base.below(&url("https://other.org/blog/x")), None);
        assert!(base.is_front(&url("https://example.org/blog/?p=1")));
        assert!(base.is_front(&url("https://example.org/blog/index.php?p=1")));
        assert!(!base.is_front(&url("https://example.org/blog/fa/?p=1")));
        assert_eq!(
            base.to_url(Some("https://www.example.org/")),
            "https://www.example.org/blog"
        );
        assert_eq!(
            base.to_url(Some("http://example.org/")),
            "http://example.org/blog"
        );
        assert_eq!(Base::parse("weekly"), None);
    }

    #[test]
    fn a_language_stands_in_the_path_or_in_the_host() {
        let base = Base::parse("https://example.org").unwrap();
        let of = |sample: &str| base.of_language(&url(sample), "fa").to_url(None);
        assert_eq!(
            of("https://example.org/fa/2020/x/"),
            "https://example.org/fa"
        );
        assert_eq!(of("https://example.org/2020/x/"), "https://example.org");
        assert_eq!(
            of("https://fa.example.org/2020/x/"),
            "https://fa.example.org"
        );
    }

    #[test]
    fn hosts_of_one_publication_are_told() {
        assert!(are_related("fa.example.org", "example.org"));
        assert!(are_related("fa.example.org", "ar.example.org"));
        assert!(!are_related("example.org", "other.org"));
        assert!(!are_related("badexample.org", "example.org"));
    }

    #[test]
    fn addresses_name_files_items_or_paths() {
        let named = |text: &str| Named::by(&url(text));
        assert_eq!(
            named("https://cdn.example/wp-content/uploads/2020/01/a%20b.jpg?w=300"),
            Named::File(FileKey {
                text: "2020/01/a b.jpg".to_owned(),
                is_whole: false
            })
        );
        assert_eq!(
            named("https://a.files.wordpress.com/2008/06/x%20y.JPG?w=150"),
            Named::File(FileKey {
                text: "a.wordpress.com/2008/06/x y.JPG".to_owned(),
                is_whole: true
            })
        );
        assert_eq!(named("https://example.org/a.b/"), Named::Path);
        assert_eq!(named("https://example.org/?p=12"), Named::Item(12));
        assert_eq!(
            named("https://example.org/?post_type=book&p=7"),
            Named::Item(7)
        );
        assert_eq!(named("https://example.org/about/"), Named::Path);
        assert_eq!(named("https://example.org/?p=x"), Named::Path);
    }

    #[test]
    fn tracking_is_no_part_of_an_address() {
        let bare = |text: &str| without_tracking(&url(text)).to_string();
        assert_eq!(
            bare("https://example.org/a/?utm_source=x&fbclid=y#top"),
            "https://example.org/a/#top"
        );
        assert_eq!(
            bare("https://example.org/?utm_medium=x&p=7"),
            "https://example.org/?p=7"
        );
        assert_eq!(bare("https://example.org/?s=x"), "https://example.org/?s=x");
    }

    #[test]
    fn a_smaller_version_means_its_original() {
        assert_eq!(
            file_candidates("2020/a-300x200.jpg"),
            ["2020/a-300x200.jpg", "2020/a.jpg", "2020/a-scaled.jpg"]
        );
        assert_eq!(file_candidates("a-scaled.png")[0], "a-scaled.png");
        assert!(file_candidates("a-scaled.png").contains(&"a.png".to_owned()));
        assert_eq!(file_candidates("none"), ["none"]);
    }

    #[test]
    fn only_an_address_of_its_own_is_a_path() {
        let base = Base::parse("https://example.org/blog").unwrap();
        assert_eq!(
            old_path("https://example.org/blog/a/", &[&base]).unwrap(),
            "/a"
        );
        assert_eq!(old_path("https://example.org/blog/?p=1", &[&base]), None);
        assert_eq!(
            old_path("https://elsewhere.org/a/", &[&base]).unwrap(),
            "/a"
        );
        assert_eq!(old_path("not an address", &[&base]), None);
    }

    #[test]
    fn pages_of_comments_are_the_page_itself() {
        assert_eq!(
            page_key(&url("https://www.example.org/a/comment-page-2/#comment-9")).unwrap(),
            "example.org/a"
        );
        assert_eq!(
            page_key(&url("https://example.org")).unwrap(),
            "example.org"
        );
    }
}
