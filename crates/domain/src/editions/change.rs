//! What commands do to editions.

use super::{Edition, EditionDraft, Permalinks, SlugStyle};
use crate::{
    FieldError,
    change::Change,
    checks::{self, Checks},
    id::EditionId,
    text::{Direction, Locale, non_empty},
    texts::{ChangedFields, all, set},
};

/// What a command does to an edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EditionChange {
    /// Its language.
    pub code: Change<Locale>,
    /// The name of the language, in that language.
    pub name: Change<String>,
    /// The direction of its writing; `None`: as the language's script is written.
    pub direction: Change<Option<Direction>>,
    /// The address of its frontend.
    pub base_url: Change<String>,
    /// Its title.
    pub title: Change<String>,
    /// The line below the title.
    pub tagline: Change<Option<String>>,
    /// The edition whose texts stand in for missing ones.
    pub fallback: Change<Option<EditionId>>,
    /// Whether it is meant where none is named.
    pub is_default: Change<bool>,
    /// Its place among the editions.
    pub position: Change<i64>,
    /// How addresses are made.
    pub permalinks: PermalinksChange,
    /// How slugs are made from titles.
    pub slug_style: Change<SlugStyle>,
}

/// What a command does to the patterns of an edition; `None`: the pattern a new edition has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PermalinksChange {
    /// Of articles.
    pub article: Change<Option<String>>,
    /// Of pages.
    pub page: Change<Option<String>>,
    /// Of newsletter issues.
    pub issue: Change<Option<String>>,
    /// Of newsletters.
    pub newsletter: Change<Option<String>>,
    /// Of categories.
    pub category: Change<Option<String>>,
    /// Of tags.
    pub tag: Change<Option<String>>,
    /// Of authors.
    pub author: Change<Option<String>>,
}

impl EditionChange {
    /// What is wrong with it, whatever edition it is for.
    pub fn check(&self) -> Vec<FieldError> {
        all(|checks| self.look(checks))
    }

    /// What is wrong with it as a new edition.
    pub fn check_new(&self) -> Vec<FieldError> {
        all(|checks| {
            for (field, is_missing) in [
                ("code", self.code == Change::Keep),
                ("name", self.name == Change::Keep),
                ("baseUrl", self.base_url == Change::Keep),
                ("title", self.title == Change::Keep),
            ] {
                if is_missing {
                    checks.wrong(field, "is required");
                }
            }
            self.look(checks);
        })
    }

    fn look(&self, checks: &mut Checks) {
        checks.name("name", &self.name, checks::NAME);
        checks.name("title", &self.title, checks::NAME);
        if self.direction == Change::Set(Some(Direction::Auto)) {
            checks.wrong("direction", "must be ltr or rtl");
        }
        checks.text("tagline", set(&self.tagline), checks::LINE);
        let base_url = self.base_url.as_set().map(String::as_str);
        checks.address("baseUrl", base_url);
        if base_url.is_some_and(|address| address.contains(['?', '#'])) {
            checks.wrong("baseUrl", "must have no query and no fragment");
        }
        for (kind, pattern) in self.permalinks.set() {
            let field = format_args!("permalinks.{kind}");
            checks.text(field, Some(pattern), checks::LINE);
        }
        // Those that are not set are as they were, and good.
        let mut patterns = Permalinks::default();
        let changed = &mut ChangedFields::default();
        self.permalinks.clone().apply(&mut patterns, changed);
        for wrong in patterns.errors() {
            checks.wrong(wrong.field, wrong.message);
        }
    }

    /// The draft of a new edition. What is missing is empty.
    pub fn into_draft(self, code: Locale) -> EditionDraft {
        let mut draft = EditionDraft {
            direction: None,
            code,
            name: String::new(),
            base_url: String::new(),
            title: String::new(),
            tagline: None,
            fallback: None,
            is_default: false,
            position: 0,
            permalinks: Permalinks::default(),
            slug_style: SlugStyle::default(),
        };
        self.apply(&mut draft);
        draft
    }

    /// Changes a draft; answers the names of the fields that differ.
    pub fn apply(self, draft: &mut EditionDraft) -> Vec<String> {
        let mut changed = ChangedFields::default();
        let tagline = self.tagline.map(|text| text.and_then(non_empty));
        let base_url = self
            .base_url
            .map(|address| address.trim_end_matches('/').to_owned());
        changed.set("code", self.code, &mut draft.code);
        changed.set("name", self.name, &mut draft.name);
        changed.set("direction", self.direction, &mut draft.direction);
        changed.set("baseUrl", base_url, &mut draft.base_url);
        changed.set("title", self.title, &mut draft.title);
        changed.set("tagline", tagline, &mut draft.tagline);
        changed.set("fallback", self.fallback, &mut draft.fallback);
        changed.set("isDefault", self.is_default, &mut draft.is_default);
        changed.set("position", self.position, &mut draft.position);
        self.permalinks.apply(&mut draft.permalinks, &mut changed);
        changed.set("slugStyle", self.slug_style, &mut draft.slug_style);
        changed.into_names()
    }
}

impl PermalinksChange {
    fn fields(self) -> [(&'static str, Change<Option<String>>); 7] {
        [
            ("article", self.article),
            ("page", self.page),
            ("issue", self.issue),
            ("newsletter", self.newsletter),
            ("category", self.category),
            ("tag", self.tag),
            ("author", self.author),
        ]
    }

    fn set(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("article", &self.article),
            ("page", &self.page),
            ("issue", &self.issue),
            ("newsletter", &self.newsletter),
            ("category", &self.category),
            ("tag", &self.tag),
            ("author", &self.author),
        ]
        .into_iter()
        .filter_map(|(kind, pattern)| Some((kind, set(pattern)?)))
    }

    fn apply(self, patterns: &mut Permalinks, changed: &mut ChangedFields) {
        let usual = Permalinks::default();
        let slots = [
            (usual.article, &mut patterns.article),
            (usual.page, &mut patterns.page),
            (usual.issue, &mut patterns.issue),
            (usual.newsletter, &mut patterns.newsletter),
            (usual.category, &mut patterns.category),
            (usual.tag, &mut patterns.tag),
            (usual.author, &mut patterns.author),
        ];
        for ((kind, change), (usual, slot)) in self.fields().into_iter().zip(slots) {
            let change = change.map(|pattern| pattern.unwrap_or(usual));
            changed.set(format!("permalinks.{kind}"), change, slot);
        }
    }
}

impl From<&Edition> for EditionDraft {
    /// The whole of an edition as it is.
    fn from(edition: &Edition) -> Self {
        Self {
            code: edition.code.clone(),
            name: edition.name.clone(),
            // A direction that is the language's own follows it.
            direction: Some(edition.direction)
                .filter(|direction| *direction != edition.code.direction()),
            base_url: edition.base_url.clone(),
            title: edition.title.clone(),
            tagline: edition.tagline.clone(),
            fallback: edition.fallback,
            is_default: edition.is_default,
            position: edition.position,
            permalinks: edition.permalinks.clone(),
            slug_style: edition.slug_style,
        }
    }
}
