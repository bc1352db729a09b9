//! What may stand in the patterns of an edition's addresses.

use super::Permalinks;
use crate::FieldError;

impl Permalinks {
    /// What is wrong with them.
    pub fn errors(&self) -> Vec<FieldError> {
        errors_of(self)
    }
}

/// What is wrong with permalink patterns: each kind of record fills its own names only, and one of
/// those that tell two records apart must stand in its pattern.
fn errors_of(links: &Permalinks) -> Vec<FieldError> {
    const DATED: &[&str] = &["year", "month", "day"];
    let patterns: [(&str, &str, &[&str], &[&str]); 7] = [
        (
            "permalinks.article",
            &links.article,
            &["slug", "path"],
            &["category"],
        ),
        ("permalinks.page", &links.page, &["path", "slug"], &[]),
        (
            "permalinks.category",
            &links.category,
            &["path", "slug"],
            &[],
        ),
        ("permalinks.tag", &links.tag, &["slug"], &[]),
        ("permalinks.author", &links.author, &["slug"], &[]),
        ("permalinks.newsletter", &links.newsletter, &["slug"], &[]),
        (
            "permalinks.issue",
            &links.issue,
            &["number", "slug", "path"],
            &["newsletter"],
        ),
    ];
    let mut errors = Vec::new();
    for (field, pattern, telling, others) in patterns {
        let is_dated = matches!(
            field,
            "permalinks.article" | "permalinks.page" | "permalinks.issue"
        );
        let dates = if is_dated { DATED } else { &[] };
        let known: Vec<&str> = [telling, others, dates].concat();
        let Some(names) = names_in(pattern) else {
            errors.push(FieldError::new(field, "has a `{` without its `}`"));
            continue;
        };
        if !pattern.starts_with('/') {
            errors.push(FieldError::new(field, "must begin with `/`"));
        } else if let Some(name) = names.iter().find(|name| !known.contains(name)) {
            let known: Vec<String> = known.iter().map(|name| format!("`{{{name}}}`")).collect();
            errors.push(FieldError::new(
                field,
                format!("holds `{{{name}}}`, but may hold {} only", known.join(", ")),
            ));
        } else if !names.iter().any(|name| telling.contains(name)) {
            let telling: Vec<String> = telling.iter().map(|name| format!("`{{{name}}}`")).collect();
            errors.push(FieldError::new(
                field,
                format!(
                    "must hold {}, or all addresses would be the same",
                    telling.join(" or ")
                ),
            ));
        }
    }
    errors
}

/// The names in braces; `None` if a brace is left open.
fn names_in(pattern: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = pattern;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}')?;
        names.push(name);
        rest = tail;
    }
    Some(names)
}
