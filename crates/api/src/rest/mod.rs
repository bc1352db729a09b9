//! The REST face under `/api/v1`: routes that document themselves, and nothing of the use cases.

use std::sync::Arc;

use application::App;
use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

mod accounts;
mod answer;
mod articles;
mod authors;
mod body;
mod collections;
mod comments;
mod document;
mod editions;
mod entries;
mod field;
mod filters;
mod galleries;
mod issues;
mod media;
mod menus;
mod newsletters;
mod pages;
mod parameters;
mod place;
mod query;
mod redirects;
mod request;
mod revisions;
mod routes;
mod selection;
mod seo;
mod settings;
mod sparse;
mod terms;
mod view;
mod wire;
mod write;

/// What the handlers share.
type State = Arc<App>;

/// Where the operations live.
const BASE_PATH: &str = "/api/v1";

/// The operations, ready to be merged into the service.
pub(crate) fn router() -> Router<Arc<App>> {
    operations().into()
}

/// The OpenAPI document of the operations.
pub(crate) fn openapi() -> OpenApi {
    document::finish(operations().into_openapi())
}

fn operations() -> OpenApiRouter<State> {
    let resources = OpenApiRouter::new()
        .merge(settings::routes())
        .merge(accounts::routes())
        .merge(editions::routes())
        .merge(articles::routes())
        .merge(pages::routes())
        .merge(newsletters::routes())
        .merge(issues::routes())
        .merge(terms::routes())
        .merge(authors::routes())
        .merge(media::routes())
        .merge(galleries::routes())
        .merge(collections::routes())
        .merge(menus::routes())
        .merge(comments::routes())
        .merge(redirects::routes())
        .merge(routes::routes());
    OpenApiRouter::with_openapi(document::base()).nest(BASE_PATH, resources)
}

#[cfg(test)]
mod tests;
