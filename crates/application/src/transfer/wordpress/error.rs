//! What can go wrong while an export is read.

use super::items::Position;

/// Why an export, or one element of it, could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    /// One element is broken; what follows it is still read.
    #[error(transparent)]
    Item(#[from] ItemError),
    /// The file is something else than a WordPress export.
    #[error("this is no WordPress export: {reason}")]
    NotWxr {
        /// What it looks like instead.
        reason: String,
    },
    /// The file declares things no export needs and which are a well-known way to attack readers.
    #[error("{position}: {reason}")]
    Refused {
        /// Where the declaration stands.
        position: Position,
        /// What was declared.
        reason: String,
    },
    /// The file is in an encoding other than UTF-8.
    #[error("{position}: {reason}")]
    Encoding {
        /// Where that became clear.
        position: Position,
        /// What was found.
        reason: String,
    },
    /// The file ends in the middle; every whole element before was read.
    #[error("the file breaks off at {position}")]
    Truncated {
        /// Where it ends.
        position: Position,
        /// Where the element begins that was cut, if it was one.
        unfinished: Option<Position>,
    },
    /// The file could not be read any further.
    #[error("reading failed at {position}: {source}")]
    Io {
        /// How far reading had come.
        position: Position,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
}

/// Why one element could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{position}: <{element}>{} cannot be read: {fault}", DisplayId(*.item_id))]
pub(super) struct ItemError {
    /// Where the fault is, as precisely as is known.
    pub position: Position,
    /// The name of the element: `item`, `wp:author`, ….
    pub element: String,
    /// The id of the post, when it could be made out.
    pub item_id: Option<u64>,
    /// What is wrong.
    pub fault: ItemFault,
}

/// What is wrong with an element.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ItemFault {
    /// The element is larger than the reader was told to accept.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The element has no closing tag.
    #[error("its closing tag is missing")]
    Unterminated,
    /// The element holds bytes which are not UTF-8.
    #[error("it is not valid UTF-8")]
    NotUtf8,
    /// The element is not well-formed XML.
    #[error("{0}")]
    Malformed(String),
}

struct DisplayId(Option<u64>);

impl std::fmt::Display for DisplayId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |id| write!(f, " {id}"))
    }
}
