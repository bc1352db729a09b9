//! Categories, tags and the terms of other taxonomies, which become tags in a namespace.

use domain::{
    id::EditionId,
    terms::{Taxonomy, TermId, TermText},
    text::{EditionText, Localized},
};
use percent_encoding::percent_decode_str;
use persistence::ImportRecord;

use super::{
    items::{self, Position},
    plain,
    report::Kind,
};

/// A term, ready to be written but for the ids of what it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PreparedTerm {
    pub(super) position: Position,
    pub(super) digest: String,
    pub(super) external_id: String,
    /// The taxonomy, as WordPress names it.
    pub(super) taxonomy: String,
    pub(super) slug: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    pub(super) description: Option<String>,
}

/// Where the terms of a taxonomy go: a taxonomy of ours and a namespace. `None`: they are no terms
/// to readers.
pub(super) fn place_of(taxonomy: &str) -> Option<(Taxonomy, &str)> {
    match taxonomy {
        "category" => Some((Taxonomy::Category, "")),
        "post_tag" => Some((Taxonomy::Tag, "")),
        ""
        | "nav_menu"
        | "post_format"
        | "link_category"
        | "language"
        | "post_translations"
        | "term_language"
        | "term_translations"
        | "author"
        | "wp_theme"
        | "wp_template_part_area"
        | "wp_pattern_category" => None,
        other => Some((Taxonomy::Tag, other)),
    }
}

fn kind_of(taxonomy: &str) -> Kind {
    match taxonomy {
        "category" => Kind::Categories,
        "post_tag" => Kind::Tags,
        _ => Kind::Taxonomies,
    }
}

/// The name a term is looked up by.
pub(super) fn key_of(taxonomy: &str, slug: &str) -> String {
    format!("{taxonomy}/{}", readable(slug))
}

/// Slugs of other scripts are percent-encoded in exports.
pub(super) fn readable(slug: &str) -> String {
    percent_decode_str(slug).decode_utf8_lossy().into_owned()
}

impl PreparedTerm {
    pub(super) fn report_kind(&self) -> Kind {
        kind_of(&self.taxonomy)
    }

    pub(super) fn key(&self) -> String {
        key_of(&self.taxonomy, &self.slug)
    }

    /// A term of the head of an export; `None` when it is no term to readers.
    pub(super) fn of_head(record: &items::Record) -> Option<Self> {
        let term = match record {
            items::Record::Category(category) => items::Term {
                id: category.id,
                taxonomy: "category".to_owned(),
                slug: category.nicename.clone(),
                parent: category.parent.clone(),
                name: category.name.clone(),
                description: category.description.clone(),
                meta: Vec::new(),
            },
            items::Record::Tag(tag) => items::Term {
                id: tag.id,
                taxonomy: "post_tag".to_owned(),
                slug: tag.slug.clone(),
                parent: None,
                name: tag.name.clone(),
                description: tag.description.clone(),
                meta: Vec::new(),
            },
            items::Record::Term(term) => term.clone(),
            items::Record::Channel(_) | items::Record::Author(_) | items::Record::Item(_) => {
                return None;
            }
        };
        place_of(&term.taxonomy)?;
        let name = plain::some_line(&term.name);
        let key = key_of(&term.taxonomy, &term.slug);
        Some(Self {
            position: Position {
                line: 0,
                byte_offset: 0,
            },
            digest: String::new(),
            external_id: term.id.map_or(key, |id| id.to_string()),
            name: name.unwrap_or_else(|| readable(&term.slug)),
            description: term.description.as_deref().and_then(plain::some_text),
            parent: term.parent.filter(|parent| !parent.is_empty()),
            taxonomy: term.taxonomy,
            slug: term.slug,
        })
    }

    pub(super) fn text(&self) -> TermText {
        TermText {
            name: self.name.clone(),
            slug: readable(&self.slug),
            slug_path: String::new(),
            description: self.description.clone(),
        }
    }
}

/// The texts of a record with one of them replaced or added.
pub(super) fn with_text<T>(
    texts: Vec<Localized<T>>,
    edition: EditionId,
    value: T,
) -> Vec<EditionText<T>> {
    let mut value = Some(value);
    let mut all: Vec<EditionText<T>> = texts
        .into_iter()
        .map(|text| {
            let own = (text.edition == edition).then(|| value.take()).flatten();
            EditionText {
                edition: text.edition,
                value: own.unwrap_or(text.value),
            }
        })
        .collect();
    all.extend(value.map(|value| EditionText { edition, value }));
    all
}

/// The term an import record stands for.
pub(super) fn term_id(record: &ImportRecord) -> TermId {
    let taxonomy = match record.target_kind.as_str() {
        "category" => Taxonomy::Category,
        _ => Taxonomy::Tag,
    };
    TermId::new(taxonomy, record.target_id)
}
