//! What commands do to categories and tags.

use super::{TermDraft, TermText};
use crate::{
    FieldError,
    change::Change,
    checks::{self, Checks},
    editions::EditionSet,
    fields::CustomFields,
    id::CategoryId,
    texts::{ChangedFields, TextChange, TextChanges, all, set, slug_or_made},
};

/// What a command does to a category or tag.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TermChange {
    /// The namespace of a tag; empty for plain ones.
    pub namespace: Change<String>,
    /// The category above.
    pub parent: Change<Option<CategoryId>>,
    /// Place among its siblings.
    pub position: Change<i64>,
    /// Values of custom fields: those that are named are set, or cleared by null; `None` clears all.
    pub custom_fields: Change<Option<CustomFields>>,
    /// Its texts.
    pub texts: TextChanges<TermTextChange>,
}

/// What a command does to the text of a category or tag in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TermTextChange {
    /// The name readers see.
    pub name: Change<String>,
    /// The slug; `None`: made from the name.
    pub slug: Change<Option<String>>,
    /// What it is about.
    pub description: Change<Option<String>>,
}

impl TermChange {
    /// What is wrong with it, whatever record it is for.
    pub fn check(&self, editions: &EditionSet) -> Vec<FieldError> {
        all(|checks| self.look(editions, checks))
    }

    /// What is wrong with it as a new record.
    pub fn check_new(&self, editions: &EditionSet) -> Vec<FieldError> {
        all(|checks| {
            self.texts.check_new(editions, checks);
            self.look(editions, checks);
        })
    }

    fn look(&self, editions: &EditionSet, checks: &mut Checks) {
        if let Some(namespace) = self.namespace.as_set().filter(|text| !text.is_empty()) {
            checks.slug("namespace", Some(namespace));
            checks.text("namespace", Some(namespace), checks::KEY);
        }
        self.texts.check(editions, checks);
    }

    /// Whether it leaves everything but texts alone.
    pub fn is_only_texts(&self) -> bool {
        self.namespace == Change::Keep
            && self.parent == Change::Keep
            && self.position == Change::Keep
            && self.custom_fields == Change::Keep
    }

    /// Changes a draft; answers the names of the fields that differ.
    pub fn apply(self, draft: &mut TermDraft, editions: &EditionSet) -> Vec<String> {
        let mut changed = ChangedFields::default();
        changed.set("namespace", self.namespace, &mut draft.namespace);
        changed.set("parent", self.parent, &mut draft.parent);
        changed.set("position", self.position, &mut draft.position);
        self.texts.apply(&mut draft.texts, editions, &mut changed);
        changed.into_names()
    }
}

impl TextChange for TermTextChange {
    type Text = TermText;

    fn has_name(&self) -> bool {
        self.name != Change::Keep
    }

    fn slug(&self) -> Option<&str> {
        set(&self.slug)
    }

    fn check(&self, at: &str, checks: &mut Checks) {
        checks.name(format_args!("{at}.name"), &self.name, checks::NAME);
        checks.slug(format_args!("{at}.slug"), set(&self.slug));
        let description = set(&self.description);
        let most = checks::DESCRIPTION;
        checks.text(format_args!("{at}.description"), description, most);
    }

    fn apply(self, text: &mut TermText, at: &str, changed: &mut ChangedFields) {
        let slug = slug_or_made(self.slug);
        changed.set(format!("{at}.name"), self.name, &mut text.name);
        changed.set(format!("{at}.slug"), slug, &mut text.slug);
        let description = self.description;
        changed.set(
            format!("{at}.description"),
            description,
            &mut text.description,
        );
    }
}
