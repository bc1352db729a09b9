//! What the thread that reads the file hands to the one that writes the store.

use super::{
    attachments::PreparedAttachment, authors::PreparedAuthor, items::Position,
    menus::PreparedMenuItem, posts::PreparedPost, report::Tally, terms::PreparedTerm,
};

/// How many things are written in one transaction.
pub(super) const MOST_WORK: usize = 200;
/// How much of the file is written in one transaction, in bytes.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;

/// One thing to be written.
#[derive(Debug)]
pub(super) enum Work {
    Author(PreparedAuthor),
    Term(PreparedTerm),
    MenuName { slug: String, name: String },
    Attachment(Box<PreparedAttachment>),
    Post(Box<PreparedPost>),
    MenuItem(Box<PreparedMenuItem>),
}

impl Work {
    /// Where it stands in the file.
    pub(super) fn position(&self) -> Position {
        match self {
            Self::Author(author) => author.position,
            Self::Term(term) => term.position,
            Self::MenuName { .. } => Position {
                line: 0,
                byte_offset: 0,
            },
            Self::Attachment(attachment) => attachment.position,
            Self::Post(post) => post.position,
            Self::MenuItem(item) => item.position,
        }
    }
}

/// Things to be written in one transaction, and what was counted beside them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) work: Vec<Work>,
    pub(super) tally: Tally,
    /// Items read since the last batch.
    pub(super) items: u64,
    /// How far reading has come.
    pub(super) bytes_done: u64,
    /// How much of the file it holds.
    pub(super) weight: usize,
}

impl Batch {
    pub(super) fn is_full(&self) -> bool {
        self.work.len() >= MOST_WORK || self.weight >= MOST_BYTES
    }
}
