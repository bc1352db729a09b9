//! The OpenAPI document, the reference page, and a word on each kind of problem. Every file the
//! page needs is served from here.

use std::sync::{Arc, LazyLock};

use application::App;
use axum::{
    Router,
    extract::{Path, RawPathParams},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use utoipa_swagger_ui::Config;

use crate::{
    caching,
    error::{KINDS, PROBLEMS_PATH, Problem, slug},
    rest,
};

const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// The page runs its own scripts only and asks nobody else for anything. The styles it writes into
/// itself are the viewer's own.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
const REFERRER_POLICY: HeaderName = HeaderName::from_static("referrer-policy");

/// The document as it is served and committed: pretty, in a stable order, with a line feed at the
/// end.
pub(crate) fn openapi_json() -> Result<String, domain::Error> {
    let mut text = rest::openapi()
        .to_pretty_json()
        .map_err(domain::Error::internal)?;
    text.push('\n');
    Ok(text)
}

/// The routes of the document and the reference page.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/openapi.json", get(document))
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route(
            "/docs/",
            get(|headers: HeaderMap| async move { file(&headers, "") }),
        )
        .route(
            "/docs/{file}",
            get(
                |headers: HeaderMap, Path(name): Path<String>| async move { file(&headers, &name) },
            ),
        )
        .route(&format!("{PROBLEMS_PATH}{{kind}}"), get(problem))
}

async fn document(headers: HeaderMap) -> Result<Response, Problem> {
    /// Made once: it is long, and the same as long as the program runs.
    static DOCUMENT: LazyLock<Result<Bytes, String>> = LazyLock::new(|| {
        openapi_json()
            .map(Bytes::from)
            .map_err(|error| error.to_string())
    });
    match &*DOCUMENT {
        Ok(bytes) => Ok(fixed(&headers, "application/json", bytes.clone())),
        Err(error) => Err(domain::Error::internal(error.clone()).into()),
    }
}

/// A file of the reference page.
fn file(headers: &HeaderMap, name: &str) -> Result<Response, Problem> {
    static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
        let config = Config::new(["../openapi.json"])
            .validator_url("none")
            .deep_linking(true)
            .display_operation_id(true)
            .default_models_expand_depth(0)
            .filter(true)
            .try_it_out_enabled(true);
        Arc::new(config)
    });
    let found = utoipa_swagger_ui::serve(name, Arc::clone(&CONFIG))
        .map_err(|error| domain::Error::internal(error.to_string()))?;
    let found = found.ok_or_else(|| Problem::not_found("the file"))?;
    let mut response = fixed(headers, &found.content_type, found.bytes.into_owned());
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// A word on a kind of problem: what its `type` leads to.
async fn problem(headers: HeaderMap, path: RawPathParams) -> Result<Response, Problem> {
    let wanted = path.iter().next().map_or("", |(_, value)| value);
    let known = KINDS.iter().find(|(_, code, ..)| slug(code) == wanted);
    let (status, code, title, explanation) =
        known.ok_or_else(|| Problem::not_found("a problem of this kind"))?;
    let text = format!(
        "{title}\n\nCode: {code}\nStatus: {}\n\n{explanation}\n",
        status.as_u16()
    );
    Ok(fixed(&headers, "text/plain; charset=utf-8", text))
}

/// Answers bytes that are the same for everybody as long as the program runs.
fn fixed(headers: &HeaderMap, content_type: &str, body: impl Into<Bytes>) -> Response {
    let body = body.into();
    let tag = caching::entity_tag(&body, None);
    let mut response = if caching::matches(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(body.into())
    };
    let out = response.headers_mut();
    if let Ok(content_type) = HeaderValue::try_from(content_type) {
        out.insert(header::CONTENT_TYPE, content_type);
    }
    out.insert(header::CACHE_CONTROL, CACHE_CONTROL);
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    out.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(tag) = HeaderValue::try_from(tag) {
        out.insert(header::ETAG, tag);
    }
    response
}
