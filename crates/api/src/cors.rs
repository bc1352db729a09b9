//! Which pages of other sites may read the answers, in browsers (CORS). Never with credentials that a
//! browser adds by itself: tokens travel in a header that the page has to write.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    graphql::http::COST_HEADER,
    rate_limits::{RATE_LIMIT, RATE_LIMIT_POLICY},
};

/// How long a browser may keep what it was told about a request.
const MAX_AGE: Duration = Duration::from_mins(10);

/// Whose pages may read the answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CorsOptions {
    /// Nobody's but ours.
    #[default]
    Nobody,
    /// Everybody's.
    Everybody,
    /// Those of these origins.
    Origins(Vec<HeaderValue>),
}

/// The layer; none where there is nothing to allow.
pub(crate) fn layer(options: CorsOptions) -> Option<CorsLayer> {
    let origins = match options {
        CorsOptions::Nobody => return None,
        CorsOptions::Everybody => AllowOrigin::any(),
        CorsOptions::Origins(origins) => AllowOrigin::list(origins),
    };
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PATCH,
            Method::PUT,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("colophon-preview"),
            COST_HEADER,
        ])
        .expose_headers([
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::RETRY_AFTER,
            RATE_LIMIT,
            RATE_LIMIT_POLICY,
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("idempotency-replayed"),
        ])
        .max_age(MAX_AGE);
    Some(layer)
}
