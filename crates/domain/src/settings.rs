//! Settings of the whole site.

use std::str::FromStr;

use crate::{
    FieldError,
    change::Change,
    checks,
    error::{Error, Result},
    texts::{ChangedFields, all},
    time::Timestamp,
};

/// The publication.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// When what readers write is shown.
    pub comment_policy: CommentPolicy,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What can be set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteDraft {
    /// Its name.
    pub name: String,
    /// When what readers write is shown; as it was, if it is not said.
    pub comment_policy: Option<CommentPolicy>,
}

/// When what readers write is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CommentPolicy {
    /// Once a moderator has approved it.
    #[default]
    Before,
    /// At once; moderators look at it later.
    After,
    /// Never: nobody may comment any more.
    Closed,
}

impl CommentPolicy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Before, Self::After, Self::Closed];

    /// The word in the store and in REST.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Closed => "closed",
        }
    }
}

impl FromStr for CommentPolicy {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|policy| policy.as_str() == text)
            .ok_or_else(|| Error::invalid("commentPolicy", "must be before, after or closed"))
    }
}

/// What a command does to the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteChange {
    /// Its name.
    pub name: Change<String>,
    /// When what readers write is shown.
    pub comment_policy: Change<CommentPolicy>,
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
        let policy = self.comment_policy.map(Some);
        changed.set("commentPolicy", policy, &mut draft.comment_policy);
        changed.into_names()
    }
}
