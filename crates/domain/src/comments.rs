//! Comments: threaded, moderated.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    FieldError,
    access::Target,
    change::Change,
    checks::{self, Checks},
    error::Error,
    events::RecordKind,
    id::{CommentId, EditionId, EntryId},
    paging::ListOrder,
    time::Timestamp,
    users::Email,
};

/// The longest comment, in bytes.
pub const MAX_COMMENT_BYTES: usize = 64 * 1024;

/// How deep answers stand: the first in a thread is at 1. What answers one at the last level stands
/// beside it.
pub const MAX_DEPTH: usize = 10;

/// How many comments are judged at once.
pub const MAX_JUDGED: usize = 100;

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
    /// Whether one above it is not shown; then it is not shown either.
    pub is_below_hidden: bool,
    /// The name given.
    pub author_name: String,
    /// The e-mail address given; only where the reader moderates.
    pub author_email: Option<String>,
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
    /// When a moderator touched it last; when it was written, if nobody did.
    pub updated_at: Timestamp,
    /// Counts every save, from 1.
    pub version: i64,
}

impl Comment {
    /// Whether readers see it.
    pub fn is_shown(&self) -> bool {
        self.status == CommentStatus::Approved && !self.is_below_hidden
    }

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
    /// Of this status.
    pub status: Option<CommentStatus>,
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

/// What a reader sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentSubmission {
    /// Under which entry.
    pub entry: EntryId,
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// The name given.
    pub author_name: String,
    /// The e-mail address given.
    pub author_email: Option<String>,
    /// The site given.
    pub author_url: Option<String>,
    /// Plain text, or simple HTML.
    pub body: String,
    /// What stands in the field that people do not see. Programs that fill in forms betray themselves.
    pub honeypot: Option<String>,
}

impl CommentSubmission {
    /// All that is wrong with it.
    pub fn check(&self) -> Vec<FieldError> {
        let mut checks = Checks::default();
        let name = Change::Set(self.author_name.clone());
        checks.name("authorName", &name, checks::KEY);
        if let Some(email) = &self.author_email
            && let Err(Error::Invalid(wrong)) = Email::parse("authorEmail", email)
        {
            for error in wrong {
                checks.wrong(error.field, error.message);
            }
        }
        checks.address("authorUrl", self.author_url.as_deref());
        check_body(&mut checks, &self.body);
        checks.into_errors()
    }

    /// Whether a program has betrayed itself.
    pub fn is_of_a_program(&self) -> bool {
        self.honeypot
            .as_deref()
            .is_some_and(|text| !text.trim().is_empty())
    }
}

fn check_body(checks: &mut Checks, body: &str) {
    if body.trim().is_empty() || body.len() > MAX_COMMENT_BYTES {
        checks.wrong("body", format!("must have 1 to {MAX_COMMENT_BYTES} bytes"));
    }
}

/// What a moderator changes of a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommentChange {
    /// What it says: plain text, or simple HTML.
    pub body: Change<String>,
    /// The name given.
    pub author_name: Change<String>,
    /// The site given.
    pub author_url: Change<Option<String>>,
}

impl CommentChange {
    /// All that is wrong with it.
    pub fn check(&self) -> Vec<FieldError> {
        let mut checks = Checks::default();
        checks.name("authorName", &self.author_name, checks::KEY);
        if let Change::Set(address) = &self.author_url {
            checks.address("authorUrl", address.as_deref());
        }
        if let Change::Set(body) = &self.body {
            check_body(&mut checks, body);
        }
        checks.into_errors()
    }
}

/// What a moderator thinks of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is shown.
    Approve,
    /// It is spam.
    Reject,
    /// It is put into the trash.
    Trash,
    /// It is taken out of the trash, or is no spam after all: it waits for a moderator again.
    Restore,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Approve, Self::Reject, Self::Trash, Self::Restore];

    /// The word in REST.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Trash => "trash",
            Self::Restore => "restore",
        }
    }

    /// What has happened, in the words of events.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Reject => "rejected",
            Self::Trash => "trashed",
            Self::Restore => "restored",
        }
    }

    /// What becomes of a comment; `None`: what it is already.
    pub fn of(self, status: CommentStatus) -> Result<Option<CommentStatus>, Error> {
        let to = match (self, status) {
            (Self::Approve | Self::Reject, CommentStatus::Trashed) => {
                return Err(Error::conflict("it is in the trash: restore it first"));
            }
            (Self::Restore, CommentStatus::Pending | CommentStatus::Approved) => {
                return Err(Error::conflict("it is neither in the trash nor spam"));
            }
            (Self::Approve, _) => CommentStatus::Approved,
            (Self::Reject, _) => CommentStatus::Spam,
            (Self::Trash, _) => CommentStatus::Trashed,
            (Self::Restore, CommentStatus::Spam | CommentStatus::Trashed) => CommentStatus::Pending,
        };
        Ok((to != status).then_some(to))
    }
}

impl FromStr for Verdict {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
            .ok_or_else(|| Error::invalid("verdict", "must be approve, reject, trash or restore"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::ContentKind;

    #[test]
    fn all_that_is_wrong_with_a_comment_is_told_at_once() {
        let submission = CommentSubmission {
            entry: EntryId::new(ContentKind::Article, uuid::Uuid::nil()),
            parent: None,
            author_name: " ".to_owned(),
            author_email: Some("nobody".to_owned()),
            author_url: Some("javascript:alert(1)".to_owned()),
            body: "\n".to_owned(),
            honeypot: None,
        };
        let wrong = submission.check();
        let fields: Vec<_> = wrong.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["authorName", "authorEmail", "authorUrl", "body"]);
    }

    #[test]
    fn what_is_in_the_trash_is_restored_before_it_is_judged() {
        assert!(Verdict::Approve.of(CommentStatus::Trashed).is_err());
        assert!(Verdict::Restore.of(CommentStatus::Approved).is_err());
        let to = |verdict: Verdict, status| verdict.of(status).unwrap();
        assert_eq!(
            to(Verdict::Restore, CommentStatus::Trashed),
            Some(CommentStatus::Pending)
        );
        assert_eq!(
            to(Verdict::Approve, CommentStatus::Spam),
            Some(CommentStatus::Approved)
        );
        assert_eq!(to(Verdict::Trash, CommentStatus::Trashed), None);
    }
}
