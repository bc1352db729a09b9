//! Stored files over HTTP: `/media/{asset}/{version}/{file}`, authorised by asset, whole or in one
//! range, never a page of their own in our origin.

use std::{ops::Range, sync::Arc};

use application::{App, media};
use axum::{
    Router,
    body::Body,
    extract::{RawPathParams, RawQuery},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    id::AssetId,
    media::{Asset, AssetKind},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    auth::{self, Addressed, Caller},
    caching,
    error::Problem,
};

/// A file never changes under its address: a new one gets a new version.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What anybody may read now, but only because something published uses it.
const PUBLIC: HeaderValue = HeaderValue::from_static("public, max-age=300");
const PRIVATE: HeaderValue = HeaderValue::from_static("no-store");
/// Whatever a file holds, it runs nothing and loads nothing.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
/// Frontends at other origins show our files.
const CROSS_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// The types browsers may show in place; all else is offered for download.
const SHOWN: [&str; 18] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "image/x-icon",
    "video/mp4",
    "video/webm",
    "video/ogg",
    "video/quicktime",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
    "audio/flac",
    "audio/aac",
];

/// The routes of stored files.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new().route("/media/{asset}/{version}/{file}", get(serve))
}

async fn serve(
    Caller(cx): Caller,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    path: RawPathParams,
) -> Result<Response, Problem> {
    let addressed = Addressed::of(query.as_deref());
    let cx = auth::preview(cx, &headers, &addressed).await?;
    let absent = || Problem::not_found("the file");
    let (id, version, name) = place(&path).ok_or_else(absent)?;
    let whole = media::open(&cx, id, version, None)
        .await?
        .filter(|found| found.asset.file_name == name)
        .ok_or_else(absent)?;
    let tag = quoted(&whole.etag);

    let mut out = HeaderMap::new();
    describe(&mut out, &whole.asset, &tag);
    let is_previewed = cx.scope().preview().is_some();
    let cache_control = match (whole.asset.is_public, cx.scope().is_public()) {
        (true, _) if !is_previewed => IMMUTABLE,
        (false, true) => PUBLIC,
        (true | false, _) => PRIVATE,
    };
    out.insert(header::CACHE_CONTROL, cache_control);
    if caching::matches(&headers, &tag) {
        out.remove(header::CONTENT_TYPE);
        out.remove(header::CONTENT_DISPOSITION);
        return Ok((StatusCode::NOT_MODIFIED, out).into_response());
    }

    // Ranges are defined for GET only.
    let asked = (method == Method::GET)
        .then(|| wanted_range(&headers, &tag))
        .flatten();
    match asked.map(|asked| asked.within(whole.size)) {
        None => {
            out.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.size));
            Ok((out, Body::from_stream(bytes_of(whole))).into_response())
        }
        Some(None) => Err(Problem::range_not_satisfiable(whole.size)),
        Some(Some(range)) => {
            let size = whole.size;
            drop(whole);
            let part = media::open(&cx, id, version, Some(range.clone()))
                .await?
                .ok_or_else(absent)?;
            out.insert(
                header::CONTENT_LENGTH,
                HeaderValue::from(range.end.saturating_sub(range.start)),
            );
            let shown = format!(
                "bytes {}-{}/{size}",
                range.start,
                range.end.saturating_sub(1)
            );
            out.insert(
                header::CONTENT_RANGE,
                HeaderValue::try_from(shown)
                    .map_err(|error| Problem::from(domain::Error::internal(error)))?,
            );
            Ok((
                StatusCode::PARTIAL_CONTENT,
                out,
                Body::from_stream(bytes_of(part)),
            )
                .into_response())
        }
    }
}

/// The bytes of a file. A read that fails in the middle can only break the connection off: the log
/// is where it is told.
fn bytes_of(
    object: media::MediaObject,
) -> impl futures::Stream<Item = domain::Result<bytes::Bytes>> {
    use futures::StreamExt;
    let id = object.asset.id;
    object.bytes.inspect(move |chunk| {
        if let Err(error) = chunk {
            tracing::error!(asset.id = %id, %error, "a file could not be read to its end");
        }
    })
}

/// The asset, its version and the name of its file.
fn place(path: &RawPathParams) -> Option<(AssetId, i64, &str)> {
    let find = |name| {
        path.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    };
    let version = find("version")?;
    // One address per file: no sign, no leading zero.
    let is_plain = version.bytes().all(|byte| byte.is_ascii_digit()) && !version.starts_with('0');
    Some((
        find("asset")?.parse().ok()?,
        version.parse().ok().filter(|_| is_plain)?,
        find("file")?,
    ))
}

/// The headers every answer about a file has.
fn describe(out: &mut HeaderMap, asset: &Asset, tag: &str) {
    let media_type = safe_media_type(&asset.media_type);
    if !is_shown(asset)
        && let Ok(disposition) = HeaderValue::try_from(attachment(&asset.file_name))
    {
        out.insert(header::CONTENT_DISPOSITION, disposition);
    }
    out.insert(header::CONTENT_TYPE, media_type);
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    out.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    out.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    out.insert(CROSS_ORIGIN_RESOURCE_POLICY, CROSS_ORIGIN);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        out.insert(header::ETAG, tag);
    }
    if let Some(time) = caching::http_date(asset.updated_at) {
        out.insert(header::LAST_MODIFIED, time);
    }
}

fn is_shown(asset: &Asset) -> bool {
    asset.kind != AssetKind::Document && SHOWN.contains(&essence(&asset.media_type).as_str())
}

fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// The stored media type, if it is one; bare bytes otherwise.
fn safe_media_type(media_type: &str) -> HeaderValue {
    const NEUTRAL: HeaderValue = HeaderValue::from_static("application/octet-stream");
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let essence = essence(media_type);
    match essence.split_once('/') {
        Some((kind, subtype)) if is_token(kind) && is_token(subtype) => {
            // Text we serve is UTF-8; without the word browsers would guess.
            let text = if kind == "text" {
                format!("{essence}; charset=utf-8")
            } else {
                essence
            };
            HeaderValue::try_from(text).unwrap_or(NEUTRAL)
        }
        _ => NEUTRAL,
    }
}

/// A `Content-Disposition` that saves the file under its name (RFC 6266).
fn attachment(file_name: &str) -> String {
    const KEEP: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    let plain: String = file_name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_. ".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        utf8_percent_encode(file_name, KEEP)
    )
}

fn quoted(tag: &str) -> String {
    if tag.starts_with('"') {
        tag.to_owned()
    } else {
        format!("\"{}\"", tag.replace('"', ""))
    }
}

/// One range of bytes, as a caller asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ByteRange {
    /// From a place to the end.
    From(u64),
    /// From the first place to the second, which is part of it.
    Between(u64, u64),
    /// So many at the end.
    Last(u64),
}

impl ByteRange {
    /// Reads a `Range` header. What is no single range of bytes is ignored, as RFC 9110 allows: the
    /// caller then gets the whole file.
    fn parse(header: &str) -> Option<Self> {
        let (unit, range) = header.split_once('=')?;
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return None;
        }
        let number = |text: &str| -> Option<u64> {
            let text = text.trim();
            if text.bytes().all(|byte| byte.is_ascii_digit()) {
                text.parse().ok()
            } else {
                None
            }
        };
        let (first, last) = range.split_once('-')?;
        match (first.trim(), last.trim()) {
            ("", last) => number(last).map(Self::Last),
            (first, "") => number(first).map(Self::From),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Self::Between(first, last))
            }
        }
    }

    /// The part of a file of that size; none if the file has no such part.
    fn within(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From(first) => first..size,
            Self::Between(first, last) => first..last.saturating_add(1).min(size),
            Self::Last(count) => size.saturating_sub(count)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

/// The range that is asked for, unless `If-Range` names another state of the file.
fn wanted_range(headers: &HeaderMap, tag: &str) -> Option<ByteRange> {
    let range = ByteRange::parse(headers.get(header::RANGE)?.to_str().ok()?)?;
    match headers.get(header::IF_RANGE) {
        None => Some(range),
        Some(value) => (value.as_bytes() == tag.as_bytes()).then_some(range),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_is_read_as_rfc_9110_says() {
        assert_eq!(
            ByteRange::parse("bytes=0-99"),
            Some(ByteRange::Between(0, 99))
        );
        assert_eq!(ByteRange::parse("Bytes = 5-"), Some(ByteRange::From(5)));
        assert_eq!(ByteRange::parse("bytes=-500"), Some(ByteRange::Last(500)));
        for ignored in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=9-5",
            "bytes=0-1,5-6",
            "lines=0-1",
            "bytes=+1-2",
            "bytes=0-99999999999999999999999",
        ] {
            assert_eq!(ByteRange::parse(ignored), None, "{ignored}");
        }
    }

    #[test]
    fn a_range_is_cut_to_the_file() {
        assert_eq!(ByteRange::Between(0, 99).within(50), Some(0..50));
        assert_eq!(ByteRange::Between(10, 19).within(50), Some(10..20));
        assert_eq!(ByteRange::From(49).within(50), Some(49..50));
        assert_eq!(ByteRange::Last(80).within(50), Some(0..50));
        assert_eq!(ByteRange::From(50).within(50), None);
        assert_eq!(ByteRange::Last(0).within(50), None);
        assert_eq!(ByteRange::From(0).within(0), None);
    }

    #[test]
    fn a_range_of_an_older_state_is_not_served() {
        let headers = |if_range: &'static str| {
            HeaderMap::from_iter([
                (header::RANGE, HeaderValue::from_static("bytes=0-1")),
                (header::IF_RANGE, HeaderValue::from_static(if_range)),
            ])
        };
        assert!(wanted_range(&headers("\"a\""), "\"a\"").is_some());
        assert!(wanted_range(&headers("\"b\""), "\"a\"").is_none());
        assert!(wanted_range(&headers("W/\"a\""), "\"a\"").is_none());
        assert!(wanted_range(&headers("Thu, 05 Mar 2026 10:00:00 GMT"), "\"a\"").is_none());
    }

    #[test]
    fn a_media_type_that_is_none_becomes_bare_bytes() {
        assert_eq!(safe_media_type("Image/PNG; x=y"), "image/png");
        assert_eq!(safe_media_type("text/csv"), "text/csv; charset=utf-8");
        for bad in ["", "png", "image/", "image/p ng", "image/png\r\nX: y"] {
            assert_eq!(safe_media_type(bad), "application/octet-stream", "{bad}");
        }
    }

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        assert_eq!(
            attachment("a\"b\r\n.pdf"),
            "attachment; filename=\"a_b__.pdf\"; filename*=UTF-8''a%22b%0D%0A.pdf"
        );
        assert_eq!(
            attachment("تقویم.pdf"),
            "attachment; filename=\"_____.pdf\"; filename*=UTF-8''%D8%AA%D9%82%D9%88%DB%8C%D9%85.pdf"
        );
    }

    proptest! {
        #[test]
        fn no_range_reaches_past_the_file(header in "bytes=[0-9]{0,20}-[0-9]{0,20}", size in any::<u64>()) {
            if let Some(range) = ByteRange::parse(&header).and_then(|range| range.within(size)) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }

        #[test]
        fn reading_a_range_never_panics(header in any::<String>()) {
            let _ = ByteRange::parse(&header);
        }
    }
}
