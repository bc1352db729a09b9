//! Settings of the whole site.

use crate::time::Timestamp;

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
