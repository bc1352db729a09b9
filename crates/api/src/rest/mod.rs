//! The REST face under `/api/v1`: routes that document themselves, and nothing of the use cases.

use std::sync::Arc;

use application::App;
use axum::{Router, extract::DefaultBodyLimit};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

mod accounts;
mod answer;
mod api_keys;
mod articles;
mod audit;
mod authors;
mod batch;
mod body;
mod collections;
mod comments;
mod content_model;
mod document;
mod editions;
mod entries;
mod field;
mod filters;
mod galleries;
mod issues;
mod jobs;
mod media;
mod menus;
mod merge;
mod newsletters;
mod pages;
mod parameters;
mod passwords;
mod place;
mod previews;
mod query;
mod record_fields;
mod redirects;
mod request;
mod revisions;
mod routes;
mod selection;
mod seo;
mod settings;
mod sparse;
mod terms;
mod users;
mod view;
mod wire;
mod write;

/// What the handlers share.
type State = Arc<App>;

/// Where the operations live.
const BASE_PATH: &str = "/api/v1";

/// The operations, ready to be merged into the service.
/// `max_entry_bytes`: the largest body of a request about an entry.
pub(crate) fn router(max_entry_bytes: usize) -> Router<Arc<App>> {
    operations(max_entry_bytes).into()
}

/// The OpenAPI document of the operations.
pub(crate) fn openapi() -> OpenApi {
    // The document says nothing of how large a body may be.
    document::finish(operations(0).into_openapi())
}

fn operations(max_entry_bytes: usize) -> OpenApiRouter<State> {
    let entries = OpenApiRouter::new()
        .merge(articles::routes())
        .merge(pages::routes())
        .merge(issues::routes())
        .merge(batch::routes())
        .layer(DefaultBodyLimit::max(max_entry_bytes));
    let resources = OpenApiRouter::new()
        .merge(entries)
        .merge(settings::routes())
        .merge(content_model::routes())
        .merge(accounts::routes())
        .merge(passwords::routes())
        .merge(users::routes())
        .merge(api_keys::routes())
        .merge(editions::routes())
        .merge(newsletters::routes())
        .merge(previews::routes())
        .merge(terms::routes())
        .merge(authors::routes())
        .merge(media::routes())
        .merge(galleries::routes())
        .merge(collections::routes())
        .merge(menus::routes())
        .merge(comments::routes())
        .merge(redirects::routes())
        .merge(routes::routes())
        .merge(jobs::routes())
        .merge(audit::routes());
    OpenApiRouter::with_openapi(document::base()).nest(BASE_PATH, resources)
}

#[cfg(test)]
mod tests;
