//! What commands do to newsletters.

use super::NewsletterDraft;
use crate::{
    FieldError,
    change::Change,
    checks::{self, Checks},
    texts::{ChangedFields, all, set, slug_or_made},
};

/// What a command does to a newsletter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewsletterChange {
    /// The slug; `None`: made from the title.
    pub slug: Change<Option<String>>,
    /// Its name.
    pub title: Change<String>,
    /// What it is about.
    pub description: Change<Option<String>>,
}

impl NewsletterChange {
    /// What is wrong with it, whatever record it is for.
    pub fn check(&self) -> Vec<FieldError> {
        all(|checks| self.look(checks))
    }

    /// What is wrong with it as a new record.
    pub fn check_new(&self) -> Vec<FieldError> {
        all(|checks| {
            if self.title == Change::Keep {
                checks.wrong("title", "is required");
            }
            self.look(checks);
        })
    }

    fn look(&self, checks: &mut Checks) {
        checks.slug("slug", set(&self.slug));
        checks.name("title", &self.title, checks::NAME);
        checks.text("description", set(&self.description), checks::DESCRIPTION);
    }

    /// Changes a draft; answers the names of the fields that differ. An empty slug is made from the
    /// title later.
    pub fn apply(self, draft: &mut NewsletterDraft) -> Vec<String> {
        let mut changed = ChangedFields::default();
        changed.set("slug", slug_or_made(self.slug), &mut draft.slug);
        changed.set("title", self.title, &mut draft.title);
        changed.set("description", self.description, &mut draft.description);
        changed.into_names()
    }
}
