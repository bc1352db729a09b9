//! Settings of the whole site.

use crate::{
    FieldError,
    change::Change,
    checks,
    texts::{ChangedFields, all},
    time::Timestamp,
};

/// The publication.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What can be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteDraft {
    /// Its name.
    pub name: String,
}

/// What a command does to the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteChange {
    /// Its name.
    pub name: Change<String>,
}

impl SiteChange {
    /// What is wrong with it.
    pub fn check(&self) -> Vec<FieldError> {
        all(|checks| checks.name("name", &self.name, checks::NAME))
    }

    /// Changes a draft; answers the names of the fields that differ.
    pub fn apply(self, draft: &mut SiteDraft) -> Vec<String> {
        let mut changed = ChangedFields::default();
        changed.set("name", self.name, &mut draft.name);
        changed.into_names()
    }
}
