//! Comments: threaded, moderated.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    access::Target,
    error::Error,
    events::RecordKind,
    id::{CommentId, EditionId, EntryId},
    paging::ListOrder,
    time::Timestamp,
};

/// What a reader wrote under an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// Under which entry.
    pub entry: EntryId,
    /// The edition of that entry.
    pub edition: EditionId,
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// Whether it is shown.
    pub status: CommentStatus,
    /// The name given.
    pub author_name: String,
    /// The site given.
    pub author_url: Option<String>,
    /// Sanitised HTML.
    pub body_html: String,
    /// The same as plain text.
    pub body_text: String,
    /// Answers that are shown.
    pub reply_count: i64,
    /// When it was written.
    pub created_at: Timestamp,
    /// Counts every save, from 1.
    pub version: i64,
}

impl Comment {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::of_edition(RecordKind::Comment, self.id, self.edition)
    }
}

/// Whether a comment is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentStatus {
    /// Waits for a moderator.
    Pending,
    /// Is shown.
    Approved,
    /// Was rejected as spam.
    Spam,
    /// Is in the trash.
    Trashed,
}

impl CommentStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Spam, Self::Trashed];

    /// The text in the store and in REST.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Spam => "spam",
            Self::Trashed => "trashed",
        }
    }
}

impl FromStr for CommentStatus {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| Error::invalid("status", "must be pending, approved, spam or trashed"))
    }
}

/// A list of comments, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct CommentQuery {
    /// Under this entry.
    pub entry: Option<EntryId>,
    /// Answers to this one; `Some(None)`: those that answer none.
    pub parent: Option<Option<CommentId>>,
}

impl CommentQuery {
    /// Their order, as its cursors know it.
    pub const ORDER: ListOrder = ListOrder::by_time("createdAt");
}

/// A new comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentDraft {
    /// Under which entry.
    pub entry: EntryId,
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// Whether it is shown.
    pub status: CommentStatus,
    /// The name given.
    pub author_name: String,
    /// The address given; never shown, never logged.
    pub author_email: Option<String>,
    /// The site given.
    pub author_url: Option<String>,
    /// HTML or plain text as sent; sanitised when stored.
    pub body: String,
    /// When it was written, if that is known better than "now".
    pub created_at: Option<Timestamp>,
}
