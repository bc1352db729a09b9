//! The audit log: who changed what, when and from where.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{content::Status, id::EditionId, time::Timestamp};

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of the client. Kept in the audit log, never in any other.
    pub address: Option<IpAddr>,
    /// The id of the request.
    pub request_id: Option<String>,
}

/// What a change did to a record, without its contents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts the entries.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// Who, by public id: `user_…`, `apikey_…`, `system:cli`.
    pub actor: String,
    /// What the policy was asked for: `update`.
    pub action: String,
    /// The kind of record.
    pub target_kind: String,
    /// The record, by public id.
    pub target: String,
    /// What happened, in the words of events: `article.published`.
    pub event: Option<String>,
    /// The edition it happened in, where it has one.
    pub edition: Option<EditionId>,
    /// What was done to the record.
    pub changed: Changed,
    /// What was said about it.
    pub note: Option<String>,
    /// The address of the client.
    pub address: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
}

/// Conditions on entries of the log; all that are set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// By this actor.
    pub actor: Option<String>,
    /// Of this record, by public id.
    pub target: Option<String>,
    /// Of this event: `article.published`.
    pub event: Option<String>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}
