//! What the store says about the site: its editions, their addresses, the patterns of their paths.

use std::collections::HashMap;

use domain::editions::{Edition, Permalinks};
use url::Url;

use super::Check;

const EDITIONS: &str = "editions";
const ADDRESSES: &str = "base addresses";
const PATTERNS: &str = "permalinks";

/// Checks all editions.
pub(super) fn examine(editions: &[Edition]) -> Vec<Check> {
    if editions.is_empty() {
        return vec![Check::warning(
            EDITIONS,
            "there are none yet: `colophon demo` loads an example, `colophon import wordpress FILE` your own",
        )];
    }
    let mut checks = vec![defaults(editions)];
    checks.extend(base_urls(editions));
    let mut wrong: Vec<Check> = editions.iter().flat_map(permalinks).collect();
    if wrong.is_empty() {
        wrong.push(Check::ok(
            PATTERNS,
            "all patterns make paths that tell entries apart",
        ));
    }
    checks.extend(wrong);
    checks
}

fn defaults(editions: &[Edition]) -> Check {
    let codes: Vec<&str> = editions
        .iter()
        .map(|edition| edition.code.as_str())
        .collect();
    match editions.iter().filter(|edition| edition.is_default).count() {
        1 => Check::ok(EDITIONS, codes.join(", ")),
        0 => Check::problem(
            EDITIONS,
            format!(
                "none of {} is the default one: requests that name no edition get the first",
                codes.join(", ")
            ),
        ),
        _ => Check::problem(
            EDITIONS,
            format!("more than one of {} is the default one", codes.join(", ")),
        ),
    }
}

fn base_urls(editions: &[Edition]) -> Vec<Check> {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    let mut checks = Vec::new();
    for edition in editions {
        let (code, url) = (edition.code.as_str(), edition.base_url.as_str());
        if let Some(other) = seen.insert(url, code) {
            checks.push(Check::problem(
                ADDRESSES,
                format!(
                    "{code} and {other} both have {url}: their pages would have the same addresses"
                ),
            ));
        }
        match Url::parse(url) {
            Ok(parsed) if !matches!(parsed.scheme(), "http" | "https") => {
                checks.push(Check::problem(
                    ADDRESSES,
                    format!("{code}: {url} must begin with `https://` or `http://`"),
                ));
            }
            Ok(parsed) if parsed.query().is_some() || parsed.fragment().is_some() => {
                checks.push(Check::problem(
                    ADDRESSES,
                    format!("{code}: {url} must not hold `?` or `#`"),
                ));
            }
            Ok(_) => {}
            Err(error) => checks.push(Check::problem(
                ADDRESSES,
                format!("{code}: `{url}` is not an address: {error}"),
            )),
        }
    }
    if checks.is_empty() {
        checks.push(Check::ok(
            ADDRESSES,
            editions
                .iter()
                .map(|edition| edition.base_url.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        ));
    }
    checks
}

/// The names a pattern may hold, and which of them tell its things apart (one is enough).
type Rule<'a> = (&'a str, &'a str, &'a [&'a str], &'a [&'a str]);

fn permalinks(edition: &Edition) -> Vec<Check> {
    let Permalinks {
        article,
        page,
        issue,
        newsletter,
        category,
        tag,
        author,
    } = &edition.permalinks;
    let rules: [Rule<'_>; 7] = [
        (
            "article",
            article,
            &["slug", "path", "category", "year", "month", "day"],
            &["slug", "path"],
        ),
        ("page", page, &["slug", "path"], &["slug", "path"]),
        (
            "issue",
            issue,
            &[
                "slug",
                "path",
                "newsletter",
                "number",
                "year",
                "month",
                "day",
            ],
            &["slug", "path", "number"],
        ),
        (
            "newsletter",
            newsletter,
            &["slug", "path"],
            &["slug", "path"],
        ),
        ("category", category, &["slug", "path"], &["slug", "path"]),
        ("tag", tag, &["slug", "path"], &["slug", "path"]),
        ("author", author, &["slug", "path"], &["slug", "path"]),
    ];
    let mut checks: Vec<Check> = rules
        .iter()
        .filter_map(|(what, pattern, known, telling)| {
            let why = wrong_pattern(pattern, known, telling)?;
            Some(Check::problem(
                PATTERNS,
                format!("{}, {what}: `{pattern}` {why}", edition.code),
            ))
        })
        .collect();
    if checks.is_empty() && !issue.contains("{newsletter}") {
        checks.push(Check::warning(
            PATTERNS,
            format!(
                "{}, issue: `{issue}` does not hold {{newsletter}}: issues of two newsletters may want one path",
                edition.code
            ),
        ));
    }
    checks
}

/// What is wrong with a pattern, if anything is.
fn wrong_pattern(pattern: &str, known: &[&str], telling: &[&str]) -> Option<String> {
    if !pattern.starts_with('/') {
        return Some("must begin with `/`".to_owned());
    }
    let mut names = Vec::new();
    let mut rest = pattern;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            return Some("has a `{` without its `}`".to_owned());
        };
        names.push(name);
        rest = tail;
    }
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        return Some(format!("names {{{name}}}; there are: {}", braced(known)));
    }
    let tells = names.iter().any(|name| telling.contains(name));
    (!tells).then(|| {
        format!(
            "gives different things the same path: it must hold one of {}",
            braced(telling)
        )
    })
}

fn braced(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("{{{name}}}"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use domain::{editions::EditionDraft, id::EditionId, time::Timestamp};

    use super::*;
    use crate::commands::doctor::Verdict;

    fn edition(code: &str, base_url: &str, article: &str) -> Edition {
        let permalinks = Permalinks {
            article: article.to_owned(),
            ..Permalinks::default()
        };
        let mut edition = Edition {
            id: EditionId::from_uuid(uuid::Uuid::nil()),
            code: code.parse().unwrap(),
            name: String::new(),
            direction: domain::text::Direction::Ltr,
            base_url: String::new(),
            title: String::new(),
            tagline: None,
            fallback: None,
            is_default: false,
            position: 0,
            permalinks: Permalinks::default(),
            slug_style: domain::editions::SlugStyle::Native,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        edition.apply(EditionDraft {
            code: code.parse().unwrap(),
            name: code.to_owned(),
            direction: None,
            base_url: base_url.to_owned(),
            title: code.to_owned(),
            tagline: None,
            fallback: None,
            is_default: code == "en",
            position: 0,
            permalinks,
            slug_style: domain::editions::SlugStyle::Native,
        });
        edition
    }

    fn problems(editions: &[Edition]) -> Vec<String> {
        examine(editions)
            .into_iter()
            .filter(|check| check.verdict == Verdict::Problem)
            .map(|check| check.detail)
            .collect()
    }

    #[test]
    fn the_default_patterns_are_good() {
        let pattern = Permalinks::default().article;
        assert_eq!(
            problems(&[
                edition("en", "https://a.example", &pattern),
                edition("fa", "https://a.example/fa", &pattern)
            ]),
            [""; 0]
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_its_edition() {
        for (base_url, pattern, expected) in [
            (
                "https://a.example",
                "/{year}/{month}",
                "en, article: `/{year}/{month}` gives different things the same path",
            ),
            (
                "https://a.example",
                "/{slugg}",
                "en, article: `/{slugg}` names {slugg}; there are: {slug}, {path}",
            ),
            (
                "https://a.example",
                "/{slug",
                "en, article: `/{slug` has a `{` without its `}`",
            ),
            (
                "https://a.example",
                "{slug}",
                "en, article: `{slug}` must begin with `/`",
            ),
            ("a.example", "/{slug}", "en: `a.example` is not an address"),
            (
                "ftp://a.example",
                "/{slug}",
                "en: ftp://a.example must begin with",
            ),
        ] {
            let found = problems(&[edition("en", base_url, pattern)]);
            assert!(
                matches!(found.as_slice(), [one] if one.starts_with(expected)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_pattern_that_does_not_tell_newsletters_apart_is_a_warning() {
        let mut one = edition("en", "https://a.example", "/{slug}");
        one.permalinks.issue = "/letters/{number}".to_owned();
        let found: Vec<_> = examine(&[one])
            .into_iter()
            .filter(|check| check.verdict != Verdict::Ok)
            .collect();
        let [check] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(check.verdict, Verdict::Warning);
        assert!(check.detail.contains("{newsletter}"), "{}", check.detail);
    }

    #[test]
    fn two_editions_at_one_address_are_a_problem() {
        let found = problems(&[
            edition("en", "https://a.example", "/{slug}"),
            edition("fa", "https://a.example", "/{slug}"),
        ]);
        assert!(
            matches!(found.as_slice(), [one] if one.contains("both have")),
            "{found:?}"
        );
    }
}
