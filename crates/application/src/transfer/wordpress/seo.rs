//! What the plugins Yoast SEO and Rank Math keep about a post, as one type.

use super::{
    items::{Item, Meta, meta_value},
    meta::strings,
};

/// What is said to search engines about a post.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SeoMeta {
    /// The title, when one was given.
    pub title: Option<String>,
    /// The description, when one was given.
    pub description: Option<String>,
    /// The address that counts as the original.
    pub canonical: Option<String>,
    /// Whether search engines are to leave it out; `None` when nothing was said.
    pub noindex: Option<bool>,
    /// The picture for social networks.
    pub image: Option<String>,
    /// The id of the category that counts most.
    pub primary_category: Option<u64>,
}

/// What the variables in titles and descriptions stand for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SeoContext<'a> {
    /// The name of the site.
    pub site_name: &'a str,
    /// The tagline of the site.
    pub site_description: &'a str,
    /// What is put between the parts of a title; a dash when empty.
    pub separator: &'a str,
}

/// Reads what Yoast or, failing that, Rank Math says about an item; `None` when neither does.
#[must_use]
pub(super) fn seo_meta(item: &Item, context: &SeoContext<'_>) -> Option<SeoMeta> {
    let yoast = yoast(&item.meta);
    let rank_math = rank_math(&item.meta);
    let first = [yoast, rank_math]
        .into_iter()
        .find(|found| *found != SeoMeta::default())?;
    let filled = |text: Option<String>| {
        text.map(|text| fill(&text, item, context))
            .filter(|text| !text.is_empty())
    };
    Some(SeoMeta {
        title: filled(first.title),
        description: filled(first.description),
        ..first
    })
}

fn field(meta: &[Meta], key: &str) -> Option<String> {
    meta_value(meta, key)
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
}

fn yoast(meta: &[Meta]) -> SeoMeta {
    let field = |name: &str| field(meta, &format!("_yoast_wpseo_{name}"));
    SeoMeta {
        title: field("title"),
        description: field("metadesc"),
        canonical: field("canonical"),
        // Zero leaves it to the settings of the site.
        noindex: match field("meta-robots-noindex").as_deref() {
            Some("1") => Some(true),
            Some("2") => Some(false),
            Some(_) | None => None,
        },
        image: field("opengraph-image"),
        primary_category: field("primary_category").and_then(|id| id.parse().ok()),
    }
}

fn rank_math(meta: &[Meta]) -> SeoMeta {
    let field = |name: &str| field(meta, &format!("rank_math_{name}"));
    let robots = field("robots").map(|robots| strings(&robots));
    SeoMeta {
        title: field("title"),
        description: field("description"),
        canonical: field("canonical_url"),
        noindex: robots.and_then(|robots| {
            let has = |word: &str| robots.iter().any(|robot| robot == word);
            if has("noindex") {
                Some(true)
            } else {
                has("index").then_some(false)
            }
        }),
        image: field("facebook_image"),
        primary_category: field("primary_category").and_then(|id| id.parse().ok()),
    }
}

/// Puts values in the place of variables: `%%title%%` as Yoast writes them, `%title%` as Rank Math
/// does. Those which cannot be known here are dropped, and separators left without a neighbour too.
fn fill(template: &str, item: &Item, context: &SeoContext<'_>) -> String {
    let separator = match context.separator {
        "" => "-",
        separator => separator,
    };
    let mut words: Vec<String> = vec![String::new()];
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('%') {
        push(&mut words, before);
        let double = after.strip_prefix('%');
        let end = if double.is_some() { "%%" } else { "%" };
        let inner = double.unwrap_or(after);
        let variable = inner.find(end).and_then(|at| {
            let name = inner.get(..at)?;
            is_variable(name).then_some((name, inner.get(at.checked_add(end.len())?..)?))
        });
        let Some((name, left)) = variable else {
            push(&mut words, "%");
            rest = after;
            continue;
        };
        match value(name, item, context) {
            Some(Piece::Separator) => words.push(String::new()),
            Some(Piece::Text(text)) => push(&mut words, &text),
            None => {}
        }
        rest = left;
    }
    push(&mut words, rest);
    let words = words
        .iter()
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let words: Vec<String> = words.filter(|part| !part.is_empty()).collect();
    words.join(&format!(" {separator} "))
}

fn push(words: &mut [String], text: &str) {
    if let Some(last) = words.last_mut() {
        last.push_str(text);
    }
}

/// A lone percent sign is no variable: the name has no white space and is short.
fn is_variable(name: &str) -> bool {
    let name = name.split_once('(').map_or(name, |(name, _)| name);
    !name.is_empty()
        && name.len() <= 40
        && name
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-'))
}

enum Piece {
    Separator,
    Text(String),
}

fn value(name: &str, item: &Item, context: &SeoContext<'_>) -> Option<Piece> {
    let text = match name {
        "sep" | "separator" => return Some(Piece::Separator),
        "title" | "post_title" | "seo_title" => item.title.clone(),
        "sitename" | "site_title" => context.site_name.to_owned(),
        "sitedesc" | "tagline" => context.site_description.to_owned(),
        "excerpt" | "excerpt_only" => item.excerpt.clone(),
        "category" | "primary_category" | "categories" => item
            .terms_of("category")
            .next()
            .map(|term| term.name.clone())?,
        "tag" | "tags" => {
            let tags: Vec<&str> = item
                .terms_of("post_tag")
                .map(|term| term.name.as_str())
                .collect();
            tags.join(", ")
        }
        "id" => item.post_id?.to_string(),
        "date" => item.published_at()?.format("%Y-%m-%d").to_string(),
        _ => return None,
    };
    Some(Piece::Text(text))
}
