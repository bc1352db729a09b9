//! Points in time: UTC, cut to microseconds so that both engines return what was stored.

use chrono::{DateTime, SubsecRound, Utc};

/// A point in time, UTC.
pub type Timestamp = DateTime<Utc>;

/// Cuts to whole microseconds.
pub fn to_micros(time: Timestamp) -> Timestamp {
    time.trunc_subsecs(6)
}

/// RFC 3339 with `Z`, as every face shows it: no fraction when there is none.
pub fn rfc3339(time: Timestamp) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}
