//! The audit log: who changed what, when and from where.

use std::net::IpAddr;

use serde::Serialize;

use crate::content::Status;

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of the client. Kept in the audit log, never in any other.
    pub address: Option<IpAddr>,
    /// The id of the request.
    pub request_id: Option<String>,
}

/// What a change did to a record, without its contents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Changed {
    /// It made the record, removed it, or put another in its place.
    #[default]
    Whole,
    /// It set these fields.
    Fields {
        /// Their names, as both faces have them.
        changed: Vec<String>,
    },
    /// It moved an entry through its life.
    Transition {
        /// What it was.
        from: Status,
        /// What it became.
        to: Status,
    },
}
