//! What commands do to authors.

use super::{AuthorDraft, AuthorText};
use crate::{
    FieldError,
    change::Change,
    checks::{self, Checks},
    editions::EditionSet,
    fields::CustomFields,
    id::AssetId,
    texts::{ChangedFields, TextChange, TextChanges, all, set, slug_or_made},
};

/// What a command does to an author.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorChange {
    /// Their own site.
    pub website: Change<Option<String>>,
    /// Their picture.
    pub avatar: Change<Option<AssetId>>,
    /// Values of custom fields: those that are named are set, or cleared by null; `None` clears all.
    pub custom_fields: Change<Option<CustomFields>>,
    /// Their texts.
    pub texts: TextChanges<AuthorTextChange>,
}

/// What a command does to the text of an author in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorTextChange {
    /// The name under articles.
    pub name: Change<String>,
    /// The slug; `None`: made from the name.
    pub slug: Change<Option<String>>,
    /// `Reporter`, `Photographer`.
    pub job_title: Change<Option<String>>,
    /// A short biography, plain text.
    pub bio: Change<Option<String>>,
}

impl AuthorChange {
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
        checks.address("website", set(&self.website));
        self.texts.check(editions, checks);
    }

    /// Whether it leaves everything but texts alone.
    pub fn is_only_texts(&self) -> bool {
        self.website == Change::Keep
            && self.avatar == Change::Keep
            && self.custom_fields == Change::Keep
    }

    /// Changes a draft; answers the names of the fields that differ.
    pub fn apply(self, draft: &mut AuthorDraft, editions: &EditionSet) -> Vec<String> {
        let mut changed = ChangedFields::default();
        changed.set("website", self.website, &mut draft.website);
        changed.set("avatar", self.avatar, &mut draft.avatar);
        self.texts.apply(&mut draft.texts, editions, &mut changed);
        changed.into_names()
    }
}

impl TextChange for AuthorTextChange {
    type Text = AuthorText;

    fn has_name(&self) -> bool {
        self.name != Change::Keep
    }

    fn slug(&self) -> Option<&str> {
        set(&self.slug)
    }

    fn check(&self, at: &str, checks: &mut Checks) {
        checks.name(format_args!("{at}.name"), &self.name, checks::NAME);
        checks.slug(format_args!("{at}.slug"), set(&self.slug));
        let job_title = set(&self.job_title);
        checks.text(format_args!("{at}.jobTitle"), job_title, checks::LINE);
        let bio = set(&self.bio);
        checks.text(format_args!("{at}.bio"), bio, checks::DESCRIPTION);
    }

    fn apply(self, text: &mut AuthorText, at: &str, changed: &mut ChangedFields) {
        let slug = slug_or_made(self.slug);
        changed.set(format!("{at}.name"), self.name, &mut text.name);
        changed.set(format!("{at}.slug"), slug, &mut text.slug);
        changed.set(
            format!("{at}.jobTitle"),
            self.job_title,
            &mut text.job_title,
        );
        changed.set(format!("{at}.bio"), self.bio, &mut text.bio);
    }
}
