//! Public paths: permalink patterns, and what lives where.

use crate::{
    authors::Author,
    content::Content,
    error::{Error, Result},
    newsletters::Newsletter,
    redirects::Redirect,
    terms::Term,
    time::Timestamp,
};
use chrono::Datelike;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization;

/// The longest path, in bytes.
pub const MAX_PATH_BYTES: usize = 1024;

/// What lives at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    /// An entry.
    Entry(Box<Content>),
    /// A category or tag.
    Term(Term),
    /// An author.
    Author(Author),
    /// A newsletter's archive.
    Newsletter(Newsletter),
    /// Something moved.
    Redirect(Redirect),
}

/// Brings a path to its stored form: one leading slash, none at the end, percent-decoded, NFC, no
/// query, no empty or dot segments.
pub fn normalise_path(path: &str) -> Result<String> {
    let wrong = |why: &str| Error::invalid("path", why.to_owned());
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path.len() > MAX_PATH_BYTES * 3 {
        return Err(wrong("is too long"));
    }
    let decoded = percent_decode_str(path)
        .decode_utf8()
        .map_err(|_source| wrong("is not UTF-8 once percent-decoded"))?;
    let mut normal = String::with_capacity(decoded.len() + 1);
    for segment in decoded
        .split('/')
        .filter(|segment| !segment.is_empty() && *segment != ".")
    {
        if segment == ".." || segment.chars().any(char::is_control) {
            return Err(wrong("must not hold `..` or control characters"));
        }
        normal.push('/');
        normal.extend(segment.nfc());
    }
    if normal.is_empty() {
        normal.push('/');
    }
    if normal.len() > MAX_PATH_BYTES {
        return Err(wrong("is too long"));
    }
    Ok(normal)
}

/// The form a path is stored in. WordPress's plain addresses (`/?p=12`, `/?page_id=3`,
/// `/?attachment_id=7`) are paths of their own.
pub fn stored_form(path: &str) -> Result<String> {
    let (before, query) = path.split_once('?').unwrap_or((path, ""));
    let plain = query.split('&').find(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        matches!(name, "p" | "page_id" | "attachment_id")
            && !value.is_empty()
            && value.len() <= 20
            && value.bytes().all(|byte| byte.is_ascii_digit())
    });
    let normal = normalise_path(before)?;
    Ok(match plain {
        Some(pair) if normal == "/" => format!("/?{pair}"),
        _ => normal,
    })
}

/// Percent-encodes a stored path for use in a URL (RFC 3986).
pub fn encode_path(path: &str) -> String {
    const KEEP: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'`')
        .add(b'#')
        .add(b'?')
        .add(b'{')
        .add(b'}')
        .add(b'%')
        .add(b'\\')
        .add(b'^')
        .add(b'|')
        .add(b'[')
        .add(b']');
    utf8_percent_encode(path, KEEP).to_string()
}

/// The values a pattern may name.
#[derive(Debug, Clone, Copy, Default)]
pub struct PathValues<'a> {
    /// `{slug}`
    pub slug: &'a str,
    /// `{path}`: the slugs of those above and its own, joined by `/`.
    pub slug_path: &'a str,
    /// `{category}`: the slug path of the primary category.
    pub category: Option<&'a str>,
    /// `{newsletter}`
    pub newsletter: Option<&'a str>,
    /// `{number}`
    pub number: Option<i64>,
    /// `{year}`, `{month}`, `{day}`
    pub date: Option<Timestamp>,
}

/// Makes a path from a pattern such as `/{year}/{month}/{slug}`. Parts without a value vanish.
pub fn expand(pattern: &str, values: &PathValues<'_>) -> String {
    let mut path = String::new();
    for segment in pattern.split('/').filter(|segment| !segment.is_empty()) {
        let mut text = String::new();
        let mut rest = segment;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                rest = "";
                break;
            };
            text.push_str(&value_of(name, values));
            rest = tail;
        }
        text.push_str(rest);
        if !text.is_empty() {
            path.push('/');
            path.push_str(&text);
        }
    }
    if path.is_empty() {
        "/".to_owned()
    } else {
        path
    }
}

fn value_of(name: &str, values: &PathValues<'_>) -> String {
    match name {
        "slug" => values.slug.to_owned(),
        "path" => values.slug_path.to_owned(),
        "category" => values.category.unwrap_or("general").to_owned(),
        "newsletter" => values.newsletter.unwrap_or_default().to_owned(),
        "number" => values.number.map(|n| n.to_string()).unwrap_or_default(),
        "year" => values
            .date
            .map(|d| format!("{:04}", d.year()))
            .unwrap_or_default(),
        "month" => values
            .date
            .map(|d| format!("{:02}", d.month()))
            .unwrap_or_default(),
        "day" => values
            .date
            .map(|d| format!("{:02}", d.day()))
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// The slug a path holds if it fits a pattern with one `{slug}` (or `{path}`, of which the last
/// segment counts); how terms and authors are found by path.
pub fn match_slug<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let (before, after) = pattern
        .split_once("{slug}")
        .or_else(|| pattern.split_once("{path}"))?;
    let middle = path
        .strip_prefix(before)?
        .strip_suffix(after.trim_end_matches('/'))?;
    if pattern.contains("{path}") {
        middle.rsplit('/').next().filter(|slug| !slug.is_empty())
    } else {
        (!middle.is_empty() && !middle.contains('/')).then_some(middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_makes_the_path() {
        let date = "2026-03-05T10:00:00Z".parse().ok();
        let values = PathValues {
            slug: "river",
            category: Some("news/local"),
            date,
            ..PathValues::default()
        };
        assert_eq!(expand("/{year}/{month}/{slug}", &values), "/2026/03/river");
        assert_eq!(expand("/{category}/{slug}", &values), "/news/local/river");
        assert_eq!(expand("/{nothing}/x-{slug}", &values), "/x-river");
        assert_eq!(expand("/{", &values), "/");
    }

    #[test]
    fn paths_are_brought_to_one_form() {
        assert_eq!(
            normalise_path("2026//03/%D8%B4%D9%87%D8%B1/?p=1").unwrap(),
            "/2026/03/شهر"
        );
        assert_eq!(normalise_path("").unwrap(), "/");
        assert!(normalise_path("/a/../b").is_err());
        assert!(normalise_path("/%FF").is_err());
    }

    #[test]
    fn a_slug_is_found_in_a_path_by_its_pattern() {
        assert_eq!(match_slug("/topic/{slug}", "/topic/bees"), Some("bees"));
        assert_eq!(match_slug("/topic/{slug}", "/topic/bees/x"), None);
        assert_eq!(
            match_slug("/category/{path}", "/category/news/local"),
            Some("local")
        );
    }
}
