//! Editions: the language versions of a site, and how they stand in for each other.

mod change;
mod patterns;

pub use change::{EditionChange, PermalinksChange};

use std::{collections::HashMap, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    access::Target,
    error::{Error, Result},
    events::RecordKind,
    id::EditionId,
    routes::{PathValues, encode_path, expand},
    terms::Taxonomy,
    text::{Direction, Locale},
    time::Timestamp,
};

/// A language version of the site; readers see it as a site of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// Its id.
    pub id: EditionId,
    /// Its language (BCP 47); unique.
    pub code: Locale,
    /// The name of the language, in that language.
    pub name: String,
    /// The direction of its writing.
    pub direction: Direction,
    /// The address of its frontend, without a slash at the end.
    pub base_url: String,
    /// Its title.
    pub title: String,
    /// The line below the title.
    pub tagline: Option<String>,
    /// The edition whose texts stand in for missing ones.
    pub fallback: Option<EditionId>,
    /// Whether it is meant where none is named.
    pub is_default: bool,
    /// Its place among the editions.
    pub position: i64,
    /// How addresses are made.
    pub permalinks: Permalinks,
    /// How slugs are made from titles.
    pub slug_style: SlugStyle,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Edition {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::of_edition(RecordKind::Edition, self.id, self.id)
    }

    /// The absolute address of a path of this edition.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}", self.base_url, encode_path(path))
    }

    /// Sets the fields a draft names.
    pub fn apply(&mut self, draft: EditionDraft) {
        let EditionDraft {
            code,
            name,
            direction,
            base_url,
            title,
            tagline,
            fallback,
            is_default,
            position,
            permalinks,
            slug_style,
        } = draft;
        self.direction = direction.unwrap_or_else(|| code.direction());
        self.code = code;
        self.name = name;
        base_url
            .trim_end_matches('/')
            .clone_into(&mut self.base_url);
        self.title = title;
        self.tagline = tagline;
        self.fallback = fallback;
        self.is_default = is_default;
        self.position = position;
        self.permalinks = permalinks;
        self.slug_style = slug_style;
    }
}

/// A new edition, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq)]
pub struct EditionDraft {
    /// Its language.
    pub code: Locale,
    /// The name of the language.
    pub name: String,
    /// `None`: as the language's script is written.
    pub direction: Option<Direction>,
    /// The address of its frontend.
    pub base_url: String,
    /// Its title.
    pub title: String,
    /// The line below the title.
    pub tagline: Option<String>,
    /// The edition whose texts stand in for missing ones.
    pub fallback: Option<EditionId>,
    /// Whether it is meant where none is named.
    pub is_default: bool,
    /// Its place among the editions.
    pub position: i64,
    /// How addresses are made.
    pub permalinks: Permalinks,
    /// How slugs are made from titles.
    pub slug_style: SlugStyle,
}

/// How slugs are made from titles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlugStyle {
    /// In the script of the title.
    #[default]
    Native,
    /// In ASCII letters.
    Transliterated,
}

impl SlugStyle {
    /// The text in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Transliterated => "transliterated",
        }
    }
}

impl FromStr for SlugStyle {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "native" => Ok(Self::Native),
            "transliterated" => Ok(Self::Transliterated),
            _ => Err(Error::invalid(
                "slugStyle",
                "must be native or transliterated",
            )),
        }
    }
}

/// The patterns of an edition's addresses. Names in braces: `{slug}`, `{path}` (with the slugs of
/// those above), `{category}`, `{year}`, `{month}`, `{day}`, `{newsletter}`, `{number}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Permalinks {
    /// Of articles.
    pub article: String,
    /// Of pages.
    pub page: String,
    /// Of newsletter issues.
    pub issue: String,
    /// Of newsletters.
    pub newsletter: String,
    /// Of categories.
    pub category: String,
    /// Of tags.
    pub tag: String,
    /// Of authors.
    pub author: String,
}

impl Default for Permalinks {
    fn default() -> Self {
        Self {
            article: "/{year}/{month}/{slug}".to_owned(),
            page: "/{path}".to_owned(),
            issue: "/newsletter/{newsletter}/{number}".to_owned(),
            newsletter: "/newsletter/{slug}".to_owned(),
            category: "/category/{path}".to_owned(),
            tag: "/tag/{slug}".to_owned(),
            author: "/author/{slug}".to_owned(),
        }
    }
}

impl Permalinks {
    /// The path of a term with these slugs. Tags in a namespace live below its name, as WordPress
    /// has it: `/season/spring`.
    pub fn term_path(&self, taxonomy: Taxonomy, namespace: &str, slugs: &PathValues<'_>) -> String {
        match (taxonomy, namespace) {
            (Taxonomy::Category, _) => expand(&self.category, slugs),
            (Taxonomy::Tag, "") => expand(&self.tag, slugs),
            (Taxonomy::Tag, namespace) => format!("/{namespace}/{}", slugs.slug),
        }
    }
}

/// All editions of the site, and the order in which they stand in for each other.
#[derive(Debug, Clone, Default)]
pub struct EditionSet {
    editions: Vec<Edition>,
    chains: HashMap<EditionId, Vec<EditionId>>,
}

impl EditionSet {
    /// Works out the fallback chains.
    pub fn new(mut editions: Vec<Edition>) -> Self {
        editions.sort_by_key(|edition| (!edition.is_default, edition.position, edition.id));
        let by_id: HashMap<EditionId, &Edition> = editions
            .iter()
            .map(|edition| (edition.id, edition))
            .collect();
        let chains = editions
            .iter()
            .map(|edition| {
                let mut chain = vec![edition.id];
                let mut next = edition.fallback;
                while let Some(id) = next.filter(|id| !chain.contains(id)) {
                    chain.push(id);
                    next = by_id.get(&id).and_then(|edition| edition.fallback);
                }
                (edition.id, chain)
            })
            .collect();
        Self { editions, chains }
    }

    /// All of them: the default first, then by position.
    pub fn all(&self) -> &[Edition] {
        &self.editions
    }

    /// One by id.
    pub fn get(&self, id: EditionId) -> Result<&Edition> {
        self.editions
            .iter()
            .find(|edition| edition.id == id)
            .ok_or_else(|| Error::not_found(format_args!("edition {id}")))
    }

    /// One by code.
    pub fn by_code(&self, code: &str) -> Option<&Edition> {
        self.editions
            .iter()
            .find(|edition| edition.code.as_str().eq_ignore_ascii_case(code))
    }

    /// One by code for an input field; the default where none is named.
    pub fn resolve(&self, code: Option<&str>) -> Result<&Edition> {
        match code {
            Some(code) => self.by_code(code).ok_or_else(|| {
                let known: Vec<&str> = self
                    .editions
                    .iter()
                    .map(|edition| edition.code.as_str())
                    .collect();
                let why = if known.is_empty() {
                    "is not an edition of this site, which has none yet".to_owned()
                } else {
                    let known = known.join(", ");
                    format!("is not an edition of this site; there are: {known}")
                };
                Error::invalid("edition", why)
            }),
            None => self.default_edition(),
        }
    }

    /// The one that is meant where none is named.
    pub fn default_edition(&self) -> Result<&Edition> {
        self.editions
            .first()
            .ok_or_else(|| Error::NotFound("the site has no edition yet".to_owned()))
    }

    /// The edition and its declared fallbacks, in order.
    pub fn chain(&self, id: EditionId) -> &[EditionId] {
        self.chains.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The order in which texts of shared records are looked for: the edition, its declared
    /// fallbacks, then all the others, so that a record that has any text is never nameless.
    pub fn text_order(&self, id: EditionId) -> Vec<EditionId> {
        let chain = self.chain(id);
        let others = self
            .editions
            .iter()
            .map(|edition| edition.id)
            .filter(|id| !chain.contains(id));
        chain.iter().copied().chain(others).collect()
    }
}
