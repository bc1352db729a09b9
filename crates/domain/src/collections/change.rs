//! What commands do to collections.

use super::CollectionDraft;
use crate::{
    FieldError,
    change::Change,
    checks::{self, Checks},
    id::EntryId,
    texts::{ChangedFields, all, set, slug_or_made},
};

/// What a command does to a collection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CollectionChange {
    /// The slug; `None`: made from the title.
    pub slug: Change<Option<String>>,
    /// Its title.
    pub title: Change<String>,
    /// What it is.
    pub description: Change<Option<String>>,
    /// What is in it, in order.
    pub items: Change<Vec<EntryId>>,
}

impl CollectionChange {
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
        let Change::Set(items) = &self.items else {
            return;
        };
        if !checks.items("items", items.len()) {
            return;
        }
        let mut known = std::collections::HashSet::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            if !known.insert(*item) {
                checks.wrong(format_args!("items.{number}"), "is there twice");
            }
        }
    }

    /// Changes a draft; answers the names of the fields that differ. An empty slug is made from the
    /// title later.
    pub fn apply(self, draft: &mut CollectionDraft) -> Vec<String> {
        let mut changed = ChangedFields::default();
        changed.set("slug", slug_or_made(self.slug), &mut draft.slug);
        changed.set("title", self.title, &mut draft.title);
        changed.set("description", self.description, &mut draft.description);
        changed.set("items", self.items, &mut draft.items);
        changed.into_names()
    }
}
