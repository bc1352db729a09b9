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
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{Error, Result};
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
    let health = Arc::new(Health { app, is_migrated: AtomicBool::new(false) });
    Router::new().route("/healthz", get(async || fresh("ok\n"))).route("/readyz", get(ready)).with_state(health)
}

async fn ready(State(health): State<Arc<Health>>) -> Response {
    let checked = tokio::time::timeout(PATIENCE, health.check()).await;
    match checked.unwrap_or_else(|_elapsed| Err(unavailable("the database does not answer"))) {
        Ok(()) => fresh("ready\n"),
        Err(error) => {
            warn!(error = &error as &dyn std::error::Error, "not ready");
            fresh(api::error::Problem::from(error))
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
                return Err(unavailable("the database has an old schema: run `colophon migrate`"));
            }
            self.is_migrated.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn unavailable(message: &str) -> Error {
    Error::Unavailable { message: message.to_owned(), source: None }
}

fn fresh(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
