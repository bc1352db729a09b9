//! What readers and caches are told about an answer: validators, freshness, and what it is made of.

use std::collections::BTreeSet;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{
    access::ReadScope,
    events::{CacheTag, RecordKind},
    time::Timestamp,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// For shared caches: answers anybody may read. Short, since a change is not announced to them
/// unless they are purged by `Surrogate-Key`.
const PUBLIC: HeaderValue =
    HeaderValue::from_static("public, max-age=30, stale-while-revalidate=60");
/// For answers that depend on who asks.
const PRIVATE: HeaderValue = HeaderValue::from_static("no-store");
/// What an answer depends on besides its address.
const VARY: HeaderValue =
    HeaderValue::from_static("Authorization, Colophon-Preview, Accept-Encoding");
/// Names what an answer is made of, for caches that can be purged by it.
const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");
/// Proxies in front of us take headers of four or eight kilobytes at most.
const MAX_SURROGATE_KEY_BYTES: usize = 3072;

/// What is known about an answer besides its bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// The version of the one record the answer shows: stands before the hash in the `ETag`.
    pub(crate) version: Option<i64>,
    /// When what is shown was last changed.
    pub(crate) last_modified: Option<Timestamp>,
    /// The `Link` header.
    pub(crate) link: Option<HeaderValue>,
    /// Request headers the answer depends on, besides the usual ones.
    pub(crate) vary: Option<HeaderValue>,
}

/// Makes the answer to a read: 200 with the bytes and their `ETag`, or 304 when the caller has
/// them. Call it after all reading is done: by then the scope knows what the answer is made of.
///
/// HEAD needs nothing more: the router leaves the body out.
pub(crate) fn cacheable(
    headers: &HeaderMap,
    scope: &ReadScope,
    content_type: &'static str,
    body: impl Into<Bytes>,
    facts: Facts,
) -> Response {
    let body = body.into();
    let tag = entity_tag(&body, facts.version);
    let mut response = if matches(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(axum::body::Body::from(body));
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        response.headers_mut().insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        response
    };
    let out = response.headers_mut();
    if let Ok(tag) = HeaderValue::try_from(tag) {
        out.insert(header::ETAG, tag);
    }
    out.insert(
        header::CACHE_CONTROL,
        if scope.is_public() { PUBLIC } else { PRIVATE },
    );
    out.insert(header::VARY, VARY);
    if let Some(vary) = facts.vary {
        out.append(header::VARY, vary);
    }
    if let Some(time) = facts.last_modified.and_then(http_date) {
        out.insert(header::LAST_MODIFIED, time);
    }
    if let Some(link) = facts.link {
        out.insert(header::LINK, link);
    }
    if scope.is_public()
        && let Some(keys) = surrogate_key(&scope.tags())
    {
        out.insert(SURROGATE_KEY, keys);
    }
    response
}

/// A strong entity tag of some bytes: `"<hash>"`, or `"<version>-<hash>"` for a single record.
pub(crate) fn entity_tag(body: &[u8], version: Option<i64>) -> String {
    use std::fmt::Write;
    let mut tag = String::with_capacity(56);
    tag.push('"');
    if let Some(version) = version {
        let _ = write!(tag, "{version}-");
    }
    // Half of the hash tells any two answers apart.
    for byte in Sha256::digest(body).iter().take(16) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether `If-None-Match` names this entity tag (weak comparison, RFC 9110 section 13.1.2).
pub(crate) fn matches(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|candidate| {
            candidate == "*" || candidate.strip_prefix("W/").unwrap_or(candidate) == tag
        })
}

/// A point in time as HTTP writes it.
pub(crate) fn http_date(time: Timestamp) -> Option<HeaderValue> {
    HeaderValue::try_from(time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

/// The keys an answer is purged by. When there are too many, the single records give way to the
/// keys of all records of their kinds, which every change of such a record purges too.
fn surrogate_key(tags: &BTreeSet<CacheTag>) -> Option<HeaderValue> {
    let keys = joined(tags, MAX_SURROGATE_KEY_BYTES).or_else(|| {
        let coarse: BTreeSet<CacheTag> = tags.iter().map(whole_kind).collect();
        joined(&coarse, usize::MAX)
    })?;
    if keys.is_empty() {
        None
    } else {
        HeaderValue::try_from(keys).ok()
    }
}

/// Keys with blanks between them; none if they are longer than `most` bytes.
fn joined(tags: &BTreeSet<CacheTag>, most: usize) -> Option<String> {
    use std::fmt::Write;
    let mut keys = String::with_capacity(512);
    for tag in tags {
        if !keys.is_empty() {
            keys.push(' ');
        }
        if let CacheTag::Path(..) = tag {
            // Blanks in a path would make several keys of it.
            keys.extend(utf8_percent_encode(&tag.to_string(), KEY));
        } else {
            let _ = write!(keys, "{tag}");
        }
        if keys.len() > most {
            return None;
        }
    }
    Some(keys)
}

/// What cannot stand in a key.
const KEY: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

fn whole_kind(tag: &CacheTag) -> CacheTag {
    const KINDS: [RecordKind; 10] = [
        RecordKind::Category,
        RecordKind::Tag,
        RecordKind::Author,
        RecordKind::Asset,
        RecordKind::Gallery,
        RecordKind::Collection,
        RecordKind::Newsletter,
        RecordKind::Menu,
        RecordKind::Comment,
        RecordKind::Redirect,
    ];
    match tag {
        CacheTag::Entry(id) => CacheTag::List(id.kind, None),
        CacheTag::Record(prefix, _) => KINDS
            .into_iter()
            .find(|kind| kind.as_str() == *prefix)
            .map_or_else(|| tag.clone(), CacheTag::Records),
        CacheTag::List(..) | CacheTag::Path(..) | CacheTag::Records(_) | CacheTag::Settings => {
            tag.clone()
        }
    }
}

/// The content codings we answer in, the best first where the caller likes them equally.
const CODINGS: [&str; 3] = ["zstd", "br", "gzip"];

/// A layer around compression: picks the one coding an answer may have and gives every coding its
/// own `ETag` (`"…-gzip"`), as strong entity tags demand. Whoever accepts nothing we know, not even
/// the bare bytes, gets these.
pub(crate) async fn tag_per_coding(mut request: Request, next: Next) -> Response {
    let coding = preferred_coding(request.headers());
    match coding {
        Some(coding) => request
            .headers_mut()
            .insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding)),
        None => request.headers_mut().remove(header::ACCEPT_ENCODING),
    };
    let Some(coding) = coding else {
        return next.run(request).await;
    };
    let has_coded = strip_coding(request.headers_mut(), coding);
    let mut response = next.run(request).await;
    let is_coded = response.headers().contains_key(header::CONTENT_ENCODING)
        || (response.status() == StatusCode::NOT_MODIFIED && has_coded);
    if is_coded
        && let Some(tag) = response
            .headers()
            .get(header::ETAG)
            .and_then(|tag| with_coding(tag, coding))
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Takes `-gzip` off the entity tags the caller has; tells whether there was one.
fn strip_coding(headers: &mut HeaderMap, coding: &str) -> bool {
    let suffix = format!("-{coding}\"");
    let mut found = false;
    for name in [header::IF_NONE_MATCH, header::IF_MATCH] {
        let has_suffix = headers
            .get(&name)
            .and_then(|value| value.to_str().ok())
            .filter(|value| value.contains(&suffix));
        if let Some(value) =
            has_suffix.and_then(|value| HeaderValue::try_from(value.replace(&suffix, "\"")).ok())
        {
            headers.insert(name, value);
            found = true;
        }
    }
    found
}

fn with_coding(tag: &HeaderValue, coding: &str) -> Option<HeaderValue> {
    let bare = tag.to_str().ok()?.strip_suffix('"')?;
    HeaderValue::try_from(format!("{bare}-{coding}\"")).ok()
}

/// The coding the caller likes best among ours; none means the bare bytes.
fn preferred_coding(headers: &HeaderMap) -> Option<&'static str> {
    let mut wanted: [Option<u16>; CODINGS.len()] = [None; CODINGS.len()];
    let mut others = None;
    let mut bare = None;
    for item in headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
    {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        let quality = quality(parameters);
        match name.trim() {
            "*" => others = Some(quality),
            name if name.eq_ignore_ascii_case("identity") => bare = Some(quality),
            name => {
                if let Some((_, slot)) = CODINGS
                    .iter()
                    .zip(&mut wanted)
                    .find(|(coding, _)| name.eq_ignore_ascii_case(coding))
                {
                    *slot = Some(quality);
                }
            }
        }
    }
    let best = CODINGS
        .into_iter()
        .zip(wanted.map(|quality| quality.or(others).unwrap_or(0)))
        .rev()
        .max_by_key(|(_, quality)| *quality)
        .filter(|(_, quality)| *quality > 0)?;
    (bare.is_none_or(|bare| best.1 >= bare)).then_some(best.0)
}

/// The weight of an item in thousandths: 1 if there is none, 0 if it makes no sense.
fn quality(parameters: &str) -> u16 {
    let Some((_, value)) = parameters
        .split(';')
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
    else {
        return 1000;
    };
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::to_bytes, middleware::from_fn, routing::get};
    use domain::{
        access::{Actor, Grant, Role},
        content::ContentKind,
        id::{ArticleId, AuthorId, Id, UserId},
    };
    use tower::ServiceExt;
    use tower_http::compression::CompressionLayer;
    use uuid::Uuid;

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    fn reader() -> ReadScope {
        ReadScope::of(&Actor::Anonymous)
    }

    fn article(number: u32) -> CacheTag {
        let uuid = format!("01890a5d-ac96-774b-bcce-{number:012x}");
        let id: ArticleId = Id::from_uuid(uuid.parse().unwrap());
        CacheTag::Entry(id.into())
    }

    #[test]
    fn the_tag_of_one_record_begins_with_its_version() {
        let tag = entity_tag(b"{}", Some(7));
        assert!(
            tag.starts_with("\"7-") && tag.ends_with('"') && tag.len() == 36,
            "{tag}"
        );
        assert_ne!(entity_tag(b"{}", None), entity_tag(b"[]", None));
    }

    #[tokio::test]
    async fn who_has_the_bytes_gets_304_with_the_same_headers() {
        let first = cacheable(
            &HeaderMap::new(),
            &reader(),
            "application/json",
            "{}",
            Facts::default(),
        );
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[header::ETAG].clone();
        for value in [
            tag.to_str().unwrap().to_owned(),
            format!("\"x\", W/{}", tag.to_str().unwrap()),
            "*".to_owned(),
        ] {
            let mut asked = HeaderMap::new();
            asked.insert(header::IF_NONE_MATCH, value.try_into().unwrap());
            let again = cacheable(
                &asked,
                &reader(),
                "application/json",
                "{}",
                Facts::default(),
            );
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            for name in [header::ETAG, header::CACHE_CONTROL, header::VARY] {
                assert_eq!(again.headers()[&name], first.headers()[&name], "{name}");
            }
            assert!(!again.headers().contains_key(header::CONTENT_TYPE));
            assert!(to_bytes(again.into_body(), 10).await.unwrap().is_empty());
        }
        let other = headers(&[(header::IF_NONE_MATCH, "\"other\"")]);
        assert_eq!(
            cacheable(
                &other,
                &reader(),
                "application/json",
                "{}",
                Facts::default()
            )
            .status(),
            StatusCode::OK
        );
    }

    #[test]
    fn only_what_anybody_may_read_may_be_shared() {
        let id = UserId::from_uuid("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap());
        let editor = ReadScope::of(&Actor::User {
            id,
            grants: vec![Grant {
                role: Role::Editor,
                edition: None,
            }],
        });
        editor.note(CacheTag::Settings);
        let answer = cacheable(
            &HeaderMap::new(),
            &editor,
            "application/json",
            "{}",
            Facts::default(),
        );
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        assert!(!answer.headers().contains_key("surrogate-key"));
    }

    #[test]
    fn the_answer_names_what_it_is_made_of() {
        let scope = reader();
        scope.note_all([
            article(1),
            CacheTag::List(ContentKind::Article, None),
            CacheTag::from(AuthorId::from_uuid(Uuid::from_u128(7))),
        ]);
        let time = "2026-03-05T10:00:00.5Z".parse().unwrap();
        let facts = Facts {
            last_modified: Some(time),
            link: Some(HeaderValue::from_static("</a>; rel=\"next\"")),
            ..Facts::default()
        };
        let answer = cacheable(&HeaderMap::new(), &scope, "application/json", "{}", facts);
        assert_eq!(
            answer.headers()["surrogate-key"],
            format!(
                "{} article-list author_00000000000000000000000007",
                article(1)
            )
        );
        assert_eq!(
            answer.headers()[header::LAST_MODIFIED],
            "Thu, 05 Mar 2026 10:00:00 GMT"
        );
        assert_eq!(answer.headers()[header::LINK], "</a>; rel=\"next\"");
    }

    #[test]
    fn too_many_keys_become_the_keys_of_their_kinds() {
        let tags: BTreeSet<CacheTag> = (0..200)
            .map(article)
            .chain([
                CacheTag::from(AuthorId::from_uuid(Uuid::nil())),
                CacheTag::Settings,
            ])
            .collect();
        assert_eq!(
            surrogate_key(&tags).unwrap(),
            "article-list author-list settings"
        );
        assert_eq!(surrogate_key(&BTreeSet::new()), None);
    }

    #[test]
    fn the_coding_is_the_one_the_caller_likes_best() {
        let choose =
            |value: &'static str| preferred_coding(&headers(&[(header::ACCEPT_ENCODING, value)]));
        assert_eq!(preferred_coding(&HeaderMap::new()), None);
        assert_eq!(choose("gzip, deflate, br"), Some("br"));
        assert_eq!(choose("GZIP"), Some("gzip"));
        assert_eq!(choose("gzip;q=1, br;q=0.5"), Some("gzip"));
        assert_eq!(choose("*"), Some("zstd"));
        assert_eq!(choose("*;q=0.5, br;q=0"), Some("zstd"));
        assert_eq!(choose("identity, gzip;q=0.5"), None);
        assert_eq!(choose("gzip;q=0, identity;q=0"), None);
        assert_eq!(choose("gzip;q=high"), None);
    }

    #[tokio::test]
    async fn each_coding_has_its_own_tag() {
        let body = "a".repeat(1000);
        let answer = async move |headers: HeaderMap| {
            cacheable(
                &headers,
                &reader(),
                "application/json",
                body.clone(),
                Facts::default(),
            )
        };
        let app = Router::new()
            .route("/", get(answer))
            .layer(CompressionLayer::new())
            .layer(from_fn(tag_per_coding));
        let ask = |pairs: Vec<(HeaderName, String)>| {
            let mut request = Request::builder()
                .uri("/")
                .body(axum::body::Body::empty())
                .unwrap();
            for (name, value) in pairs {
                request
                    .headers_mut()
                    .insert(name, value.try_into().unwrap());
            }
            app.clone().oneshot(request)
        };
        let bare = ask(vec![]).await.unwrap().headers()[header::ETAG]
            .to_str()
            .unwrap()
            .to_owned();
        let coded = ask(vec![(header::ACCEPT_ENCODING, "gzip".to_owned())])
            .await
            .unwrap();
        assert_eq!(coded.headers()[header::CONTENT_ENCODING], "gzip");
        let tag = coded.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(tag, format!("{}-gzip\"", bare.trim_end_matches('"')));

        let again = ask(vec![
            (header::ACCEPT_ENCODING, "gzip".to_owned()),
            (header::IF_NONE_MATCH, tag.clone()),
        ])
        .await
        .unwrap();
        assert_eq!(
            (
                again.status(),
                again.headers()[header::ETAG].to_str().unwrap()
            ),
            (StatusCode::NOT_MODIFIED, tag.as_str())
        );
        let uncoded = ask(vec![(header::IF_NONE_MATCH, tag)]).await.unwrap();
        assert_eq!(uncoded.status(), StatusCode::OK);
    }
}
