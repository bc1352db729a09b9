//! Media types: which one a client accepts, and which one it sends.

use http::{HeaderMap, HeaderValue, StatusCode, header};

/// The media types of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`, for clients that take every status but 200 for a
    /// failure of something else than GraphQL.
    Json,
    /// `application/graphql-response+json`, which tells that the body is a
    /// GraphQL response whatever the status.
    GraphqlResponse,
}

/// How closely a range names a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    Anything,
    Application,
    Exact,
}

impl MediaType {
    /// The value of `Content-Type`.
    #[must_use]
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        })
    }

    /// The status for a well-formed request whose document cannot be executed.
    #[must_use]
    pub fn invalid_status(self) -> StatusCode {
        match self {
            Self::Json => StatusCode::OK,
            Self::GraphqlResponse => StatusCode::BAD_REQUEST,
        }
    }

    fn essence(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::GraphqlResponse => "application/graphql-response+json",
        }
    }

    /// How closely, and in which thousandth of quality, a header accepts this.
    ///
    /// The closest range decides, as RFC 9110 has it, so that
    /// `*/*, application/json;q=0` does not accept `application/json`.
    fn quality(self, accept: &str) -> Option<(Match, u16)> {
        accept
            .split(',')
            .filter_map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let name = parts.next()?;
                let kind = if name == "*/*" {
                    Match::Anything
                } else if name.eq_ignore_ascii_case("application/*") {
                    Match::Application
                } else if name.eq_ignore_ascii_case(self.essence()) {
                    Match::Exact
                } else {
                    return None;
                };
                let mut quality = 1_000;
                for parameter in parts {
                    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
                    if name.trim().eq_ignore_ascii_case("q") {
                        quality = thousandths(value.trim())?;
                    } else if name.trim().eq_ignore_ascii_case("charset") && !is_utf8(value) {
                        return None;
                    }
                }
                Some((kind, quality))
            })
            .max()
    }

    /// The type a client wants, or `None` if it accepts neither. A client that
    /// names neither, but accepts anything, is taken to be an old one.
    pub fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut accept = String::new();
        for value in headers.get_all(header::ACCEPT) {
            // A header that is not text accepts nothing we know.
            accept.push_str(value.to_str().unwrap_or("?"));
            accept.push(',');
        }
        if accept.trim_matches([',', ' ', '\t']).is_empty() {
            return Some(Self::Json);
        }
        let wanted = |media: Self| {
            media
                .quality(&accept)
                .filter(|(_, quality)| *quality > 0)
                .map(|(closeness, quality)| (quality, closeness))
        };
        match (wanted(Self::GraphqlResponse), wanted(Self::Json)) {
            (None, None) => None,
            (None, Some(_)) => Some(Self::Json),
            (Some(_), None) => Some(Self::GraphqlResponse),
            (Some(new), Some(old)) => {
                let named = new.1 == Match::Exact;
                if new.0 > old.0 || (new.0 == old.0 && named) {
                    Some(Self::GraphqlResponse)
                } else {
                    Some(Self::Json)
                }
            }
        }
    }
}

/// A quality value in thousandths.
fn thousandths(value: &str) -> Option<u16> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1_000),
        _ => None,
    }
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

/// Whether a body is announced as it is, not compressed.
pub(super) fn is_plain(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Whether a body is announced as JSON in UTF-8, by exactly one header.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let Ok(value) = value.to_str() else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) => name.trim().eq_ignore_ascii_case("charset") && is_utf8(value),
        None => parameter.is_empty(),
    })
}
