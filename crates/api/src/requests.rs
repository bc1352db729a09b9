//! How a request is told from others: its id, and its span in the log.

use axum::{
    body::Body,
    extract::MatchedPath,
    http::{HeaderName, HeaderValue, Request},
};
use tower_http::request_id::RequestId;
use uuid::Uuid;

/// The header a proxy may give an id in.
const ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken from a proxy.
const MAX_ID_BYTES: usize = 64;

/// Forgets an id that would not do in logs and answers, so that the request is given one of ours.
pub(crate) fn with_usable_id(mut request: Request<Body>) -> Request<Body> {
    let mut given = request.headers().get_all(&ID).iter();
    let usable = match (given.next(), given.next()) {
        (Some(id), None) => is_usable(id),
        (None, _) => true,
        (Some(_), Some(_)) => false,
    };
    if !usable {
        request.headers_mut().remove(&ID);
    }
    request
}

/// Whether an id is short, and of characters that mean nothing in logs, addresses and JSON.
fn is_usable(id: &HeaderValue) -> bool {
    let id = id.as_bytes();
    (1..=MAX_ID_BYTES).contains(&id.len())
        && id
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
}

/// The id of a request as a reference: a URN if it is a UUID, as ours are.
pub(crate) fn reference(id: &RequestId) -> Option<String> {
    let id = id.header_value().to_str().ok()?;
    let urn = Uuid::try_parse(id).map(|id| id.urn().to_string());
    Some(urn.unwrap_or_else(|_| id.to_owned()))
}

/// One span per request: what was asked for by its route, never by its values. It is there at every
/// level of the log, so that each line names its request.
pub(crate) fn span(request: &Request<Body>) -> tracing::Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok());
    tracing::error_span!("request", http.method = %request.method(), http.route = route, request.id = id.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::filter::LevelFilter;

    use super::*;

    fn request(ids: &[&str]) -> Request<Body> {
        let mut request = Request::new(Body::empty());
        for id in ids {
            request
                .headers_mut()
                .append(ID, HeaderValue::from_str(id).unwrap());
        }
        request
    }

    #[test]
    fn an_id_of_a_proxy_is_kept_if_it_is_short_and_plain() {
        let longest = "a".repeat(64);
        for id in ["abc", "A.b_c-9", longest.as_str()] {
            assert_eq!(with_usable_id(request(&[id])).headers()[&ID], id);
        }
        let too_long = "a".repeat(65);
        for ids in [
            &[""][..],
            &["a b"],
            &["a\"b"],
            &["a/b"],
            &[too_long.as_str()],
            &["a", "b"],
        ] {
            assert!(!with_usable_id(request(ids)).headers().contains_key(&ID));
        }
    }

    #[test]
    fn an_id_is_a_reference() {
        let reference = |id| reference(&RequestId::new(HeaderValue::from_static(id))).unwrap();
        assert_eq!(
            reference("0199b6a2-5c1f-7d63-8f0e-2b4c6d8e0f12"),
            "urn:uuid:0199b6a2-5c1f-7d63-8f0e-2b4c6d8e0f12"
        );
        assert_eq!(reference("abc.1"), "abc.1");
    }

    #[test]
    fn a_request_has_its_span_at_every_level_of_the_log() {
        for level in [LevelFilter::ERROR, LevelFilter::WARN, LevelFilter::INFO] {
            let subscriber = tracing_subscriber::fmt().with_max_level(level).finish();
            tracing::subscriber::with_default(subscriber, || {
                assert!(!span(&request(&[])).is_disabled(), "{level}");
            });
        }
    }
}
