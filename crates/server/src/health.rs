//! `/healthz`: the process lives. `/readyz`: it can answer, which takes a database with the schema
//! of this version.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use application::App;
use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{Error, Result};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tracing::warn;

/// A database that takes longer to say anything does not count as answering.
const PATIENCE: Duration = Duration::from_secs(5);

struct Health {
    app: Arc<App>,
    /// Once the schema is current it stays so: only this program changes it.
    is_migrated: AtomicBool,
}

/// The two routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let health = Arc::new(Health {
        app,
        is_migrated: AtomicBool::new(false),
    });
    Router::new()
        .route("/healthz", get(async || fresh("ok\n")))
        .route("/readyz", get(ready))
        .with_state(health)
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

async fn ready(State(health): State<Arc<Health>>) -> Response {
    let checked = tokio::time::timeout(PATIENCE, health.check()).await;
    match checked.unwrap_or_else(|_elapsed| Err(unavailable("the database does not answer"))) {
        Ok(()) => fresh("ready\n"),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            warn!(%error, cause, "not ready");
            problem(&error)
        }
    }
}

impl Health {
    async fn check(&self) -> Result<()> {
        let store = self.app.store();
        store.ping().await.map_err(|source| Error::Unavailable {
            message: "the database does not answer".to_owned(),
            source: Some(source.into()),
        })?;
        if !self.is_migrated.load(Ordering::Relaxed) {
            if store.pending_migrations().await? > 0 {
                return Err(unavailable(
                    "the database has an old schema: run `colophon migrate`",
                ));
            }
            self.is_migrated.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn unavailable(message: &str) -> Error {
    Error::Unavailable {
        message: message.to_owned(),
        source: None,
    }
}

/// The same form as every error of the API (RFC 9457).
fn problem(error: &Error) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let body = serde_json::json!({
        "type": "/problems/unavailable",
        "title": "The service is not available",
        "status": status.as_u16(),
        "detail": error.to_string(),
        "code": error.code(),
    });
    fresh((
        status,
        [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::RETRY_AFTER, "5"),
        ],
        body.to_string(),
    ))
}

fn fresh(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
