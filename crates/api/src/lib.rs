//! The only crate that knows HTTP, JSON wire shapes and GraphQL: thin faces over the application.

// The members of the mutation type stand inside one another.
#![recursion_limit = "256"]

use std::{sync::Arc, time::Duration};

use application::App;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::TraceLayer,
};

mod auth;
mod caching;
mod client_address;
mod cors;
mod docs;
mod error;
mod feeds;
pub mod graphql;
mod idempotency;
mod media;
mod rate_limits;
mod requests;
mod rest;

pub use client_address::{AddressHeader, AddressOptions};
pub use cors::CorsOptions;
use error::Problem;
use graphql::{Graphql, GraphqlOptions};
pub use rate_limits::RateLimitOptions;
use rate_limits::RateLimits;

/// How the faces behave.
#[derive(Debug, Clone)]
pub struct ApiOptions {
    /// How long any request may take.
    pub request_timeout: Duration,
    /// The largest body of a request, in bytes; entries and GraphQL have their own.
    pub max_body_bytes: usize,
    /// The largest body of a request about an entry over REST, in bytes.
    pub max_entry_bytes: usize,
    /// Whom to believe about the address of a client.
    pub addresses: AddressOptions,
    /// How much whom.
    pub rate_limits: RateLimitOptions,
    /// Whose pages may read the answers.
    pub cors: CorsOptions,
    /// The GraphQL face.
    pub graphql: GraphqlOptions,
}

/// Everything this crate answers.
pub fn router(app: Arc<App>, options: ApiOptions) -> domain::Result<Router> {
    let graphql = Graphql::new(Arc::clone(&app), options.graphql)?;
    // What is compressed already, or comes in ranges, is sent as it is.
    let worth_compressing = SizeAbove::new(256)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("video/"))
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::const_new("application/pdf"));
    let compressed = Router::new()
        .merge(graphql.router())
        .merge(rest::router(options.max_entry_bytes).with_state(Arc::clone(&app)))
        .merge(docs::router().with_state(Arc::clone(&app)))
        .merge(feeds::router().with_state(Arc::clone(&app)))
        .merge(auth::router().with_state(Arc::clone(&app)))
        .layer(from_fn(idempotency::once))
        .layer(CompressionLayer::new().compress_when(worth_compressing))
        .layer(from_fn(caching::tag_per_coding));
    let outer = ServiceBuilder::new()
        .map_request(requests::with_usable_id)
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(requests::span)
                .on_request(())
                .on_response(())
                .on_failure(()),
        );
    let inner = ServiceBuilder::new()
        .layer(from_fn(error::problems))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            options.request_timeout,
        ))
        .layer(DefaultBodyLimit::max(options.max_body_bytes));
    let limits = RateLimits::new(&app, options.rate_limits);
    let mut router = compressed
        .merge(media::router().with_state(app))
        .fallback(async || Problem::of_status(StatusCode::NOT_FOUND).into_response())
        .layer(inner);
    if let Some(limits) = limits {
        router = router.layer(from_fn_with_state(limits, rate_limits::measure));
    }
    let addresses = Arc::new(options.addresses);
    router = router.layer(from_fn_with_state(addresses, client_address::find));
    // Around all that refuses, so that a page learns why it was refused.
    if let Some(cors) = cors::layer(options.cors) {
        router = router.layer(cors);
    }
    Ok(router.layer(outer))
}

/// The GraphQL schema in its own language.
pub fn schema_sdl() -> String {
    graphql::sdl(&graphql::schema(true))
}

/// The OpenAPI document of the REST face, as JSON.
pub fn openapi_json() -> domain::Result<String> {
    docs::openapi_json()
}

/// A defect of ours ends one request, not the process.
fn panicked(_panic: Box<dyn std::any::Any + Send + 'static>) -> axum::response::Response {
    tracing::error!("a request ended in a panic");
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
