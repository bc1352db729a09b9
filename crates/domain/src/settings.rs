//! Settings of the whole site.

use std::str::FromStr;

use crate::{
    error::{Error, Result},
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
