//! `GraphiQL`, the page to write queries in: every file of it is served by us.
//!
//! `make assets` bundles the files into `assets/graphiql`, from where they are taken into the
//! program when it is built. Without them the page tells the line to type.

use axum::{
    body::Body,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use include_dir::{Dir, include_dir};

use crate::caching;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/graphiql");
/// Names what the files were bundled from.
const STAMP: &str = env!("COLOPHON_GRAPHIQL_STAMP");
/// The folder the page asks for its files in, beside the page.
const PAGE: &str = "index.html";

/// Only files of our own; the editor makes styles, fonts and workers while it runs.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; worker-src 'self' blob:; \
     object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
const CHECKED_EACH_TIME: HeaderValue =
    HeaderValue::from_static("public, max-age=0, must-revalidate");
/// The names of these files change with their contents.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

const MISSING: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>GraphiQL · Colophon</title>
    <link rel="icon" href="data:,">
  </head>
  <body style="max-width: 40rem; margin: 4rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif">
    <h1>GraphiQL is not in this build</h1>
    <p>This address answers GraphQL queries all the same: send them by POST as <code>application/json</code>.</p>
    <p>To have the page that belongs here, type this line in the folder of the sources, and build again:</p>
    <pre>make assets</pre>
  </body>
</html>
"#;

/// Whether a request wants the page rather than an answer: browsers name HTML when they are sent
/// somewhere, clients of GraphQL name JSON.
pub(crate) fn is_asked_for(method: &Method, headers: &HeaderMap) -> bool {
    let accepts = |wanted: &str| {
        let values = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|range| {
            range
                .split(';')
                .next()
                .is_some_and(|name| name.trim().eq_ignore_ascii_case(wanted))
        })
    };
    matches!(*method, Method::GET | Method::HEAD)
        && accepts("text/html")
        && !accepts("application/json")
        && !accepts("application/graphql-response+json")
}

/// The page.
pub(crate) fn page(headers: &HeaderMap) -> Response {
    let html = FILES
        .get_file(PAGE)
        .map_or(MISSING.as_bytes(), |file| file.contents());
    let mut response = serve(headers, html, "text/html; charset=utf-8", CHECKED_EACH_TIME);
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// One of the files the page is made of.
pub(crate) async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let found = FILES.get_file(&path).zip(media_type(&path));
    let Some((file, media_type)) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let freshness = if path.starts_with("chunk-") {
        FOR_EVER
    } else {
        CHECKED_EACH_TIME
    };
    serve(&headers, file.contents(), media_type, freshness)
}

fn serve(
    headers: &HeaderMap,
    bytes: &'static [u8],
    media_type: &'static str,
    freshness: HeaderValue,
) -> Response {
    // Without a stamp there is nothing but the page that says so.
    let tag = if STAMP.is_empty() {
        caching::entity_tag(bytes, None)
    } else {
        format!("\"{STAMP}\"")
    };
    let mut response = if caching::matches(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(bytes).into_response()
    };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    out.insert(header::CACHE_CONTROL, freshness);
    out.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    out.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    out.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    if let Ok(tag) = HeaderValue::try_from(tag) {
        out.insert(header::ETAG, tag);
    }
    response
}

/// What kind of file it is, by its name; `None` for what is not for browsers.
fn media_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "ttf" => "font/ttf",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(accept: &'static str) -> bool {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        is_asked_for(&Method::GET, &headers)
    }

    #[test]
    fn browsers_get_the_page_and_clients_get_answers() {
        assert!(asks(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(!asks("*/*"));
        assert!(!asks("application/json, text/html;q=0.5"));
        assert!(!asks("application/graphql-response+json"));
        assert!(!is_asked_for(
            &Method::POST,
            &HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/html"))])
        ));
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_not_found() {
        for path in ["nothing.js", "../../Cargo.toml", ".stamp", ""] {
            assert_eq!(
                file(Path(path.to_owned()), HeaderMap::new()).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }

    #[test]
    fn the_page_allows_nothing_foreign() {
        let page = page(&HeaderMap::new());
        let policy = page
            .headers()
            .get(header::CONTENT_SECURITY_POLICY)
            .unwrap()
            .to_str()
            .unwrap();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("http"));
        assert!(MISSING.contains("make assets"));
    }
}
