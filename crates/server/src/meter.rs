//! Counts and times requests by route template, method and status, and shows the figures.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use application::{App, jobs};
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{Result, access::Actor};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::PrometheusHandle;
use tracing::warn;

use crate::telemetry::{
    DURATION, IN_FLIGHT, JOBS_DEAD, JOBS_LATE, JOBS_WAITING, REQUESTS, STATEMENTS,
};

/// What an unknown path counts as: paths are the client's choice, and would never end.
const NO_ROUTE: &str = "none";

/// How long the figures wait for the database.
const PATIENCE: Duration = Duration::from_secs(2);

/// The figures of every route that was asked for. Looking one up anew in the recorder takes longer
/// than answering some requests.
#[derive(Debug)]
pub(crate) struct Meter {
    in_flight: Gauge,
    routes: RwLock<HashMap<String, Route>>,
}

/// By method and status.
type Route = HashMap<(&'static str, u16), Figures>;

#[derive(Clone)]
struct Figures {
    requests: Counter,
    seconds: Histogram,
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Figures")
    }
}

impl Meter {
    /// Must be called after [`crate::telemetry::figures`]: before, nothing is counted.
    pub(crate) fn new() -> Self {
        Self {
            in_flight: gauge!(IN_FLIGHT),
            routes: RwLock::default(),
        }
    }

    fn figures(&self, route: &str, method: &'static str, status: StatusCode) -> Figures {
        let key = (method, status.as_u16());
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(figures) = routes.get(route).and_then(|figures| figures.get(&key)) {
            return figures.clone();
        }
        drop(routes);
        let labels = [
            ("route", route.to_owned()),
            ("method", method.to_owned()),
            ("status", status.as_str().to_owned()),
        ];
        let figures = Figures {
            requests: counter!(REQUESTS, &labels),
            seconds: histogram!(DURATION, &labels),
        };
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        routes
            .entry(route.to_owned())
            .or_default()
            .insert(key, figures.clone());
        figures
    }
}

/// Counts down however a request ends: a client may go away.
struct InFlight<'a>(&'a Gauge);

impl<'a> InFlight<'a> {
    fn new(gauge: &'a Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// The middleware.
pub(crate) async fn measure(
    State(meter): State<Arc<Meter>>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let _in_flight = InFlight::new(&meter.in_flight);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = known(request.method());
    let response = next.run(request).await;
    let figures = meter.figures(
        route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str),
        method,
        response.status(),
    );
    figures.requests.increment(1);
    figures.seconds.record(start.elapsed());
    response
}

/// The name of a method; a client can make up as many as it likes.
fn known(method: &Method) -> &'static str {
    const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    METHODS
        .into_iter()
        .find(|name| *name == method.as_str())
        .unwrap_or("other")
}

/// `/metrics`, for an address of its own.
pub(crate) fn router(app: Arc<App>, figures: PrometheusHandle) -> Router {
    Router::new()
        .route("/metrics", get(show))
        .with_state((app, figures))
}

/// Asks the database how the queue stands.
async fn count_jobs(app: &Arc<App>) -> Result<()> {
    let cx = app.context(Actor::System("metrics"));
    let counts = jobs::counts(&cx).await?;
    let late = counts
        .first_run_at
        .and_then(|at| (cx.now() - at).to_std().ok());
    gauge!(JOBS_WAITING).set(as_figure(counts.waiting));
    gauge!(JOBS_DEAD).set(as_figure(counts.dead));
    gauge!(JOBS_LATE).set(late.unwrap_or_default().as_secs_f64());
    Ok(())
}

fn as_figure(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

async fn show(State((app, figures)): State<(Arc<App>, PrometheusHandle)>) -> impl IntoResponse {
    counter!(STATEMENTS).absolute(app.store().statement_count());
    // The figures of the process are shown without those of the database too.
    match tokio::time::timeout(PATIENCE, count_jobs(&app)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn!(%error, "jobs cannot be counted"),
        Err(_elapsed) => warn!("jobs cannot be counted: the database does not answer"),
    }
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        figures.render(),
    )
}

#[cfg(test)]
mod tests {
    use axum::middleware::from_fn_with_state;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn requests_are_counted_by_template_and_never_by_path() {
        let figures = crate::telemetry::figures().unwrap();
        let router = Router::new()
            .route("/things/{id}", get(async || "one"))
            .layer(from_fn_with_state(Arc::new(Meter::new()), measure));
        for (method, path) in [
            ("GET", "/things/secret"),
            ("GET", "/things/other"),
            ("BREW", "/things/1"),
            ("GET", "/elsewhere"),
        ] {
            let request = axum::http::Request::builder()
                .method(method)
                .uri(path)
                .body(axum::body::Body::empty())
                .unwrap();
            router.clone().oneshot(request).await.unwrap();
        }
        let text = figures.render();
        assert!(
            text.contains(
                r#"http_requests_total{route="/things/{id}",method="GET",status="200"} 2"#
            ),
            "{text}"
        );
        assert!(text.contains(r#"method="other",status="405"} 1"#), "{text}");
        assert!(
            text.contains(r#"http_requests_total{route="none",method="GET",status="404"} 1"#),
            "{text}"
        );
        assert!(
            text.contains("http_request_duration_seconds_bucket{")
                && text.contains("http_requests_in_flight 0"),
            "{text}"
        );
        assert!(
            !text.contains("secret") && !text.contains("elsewhere"),
            "{text}"
        );
    }
}
