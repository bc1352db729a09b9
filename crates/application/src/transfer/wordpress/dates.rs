//! Dates as exports write them, understood with much tolerance.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};

/// A clock reading taken as if it were GMT.
pub(crate) fn as_utc(date: &NaiveDateTime) -> DateTime<Utc> {
    date.and_utc()
}

/// Whether the text stands for "no date": nothing, or the zeros of `MySQL`, or what PHP makes of
/// those zeros in an RSS date.
pub(crate) fn is_absent(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.starts_with("0000-00-00") || text.contains("-0001")
}

/// Reads `2011-01-18 07:40:14`, with a `T` and without seconds or time too.
pub(crate) fn local(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d %H:%M:%S%.f",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    .or_else(|| {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        day.and_hms_opt(0, 0, 0)
    })
    .filter(|date| (1..=9999).contains(&date.year()))
}

/// Reads a moment: the format of `MySQL` taken as GMT, RFC 3339 or RFC 2822.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if is_absent(text) {
        return None;
    }
    local(text)
        .map(|date| as_utc(&date))
        .or_else(|| {
            DateTime::parse_from_rfc3339(text)
                .ok()
                .map(|date| date.to_utc())
        })
        .or_else(|| rfc2822(text))
        .filter(|date| (1..=9999).contains(&date.year()))
}

fn rfc2822(text: &str) -> Option<DateTime<Utc>> {
    // The name of the day adds nothing, and is wrong or translated in sloppy exports.
    let dated = text.split_once(',').map_or(text, |(_, rest)| rest.trim());
    let zoned = dated.strip_suffix("UTC").map(|rest| format!("{rest}+0000"));
    DateTime::parse_from_rfc2822(zoned.as_deref().unwrap_or(dated))
        .ok()
        .map(|date| date.to_utc())
}
