//! What is told while running: the log, and figures for Prometheus.

use std::{
    io::IsTerminal,
    sync::{Mutex, PoisonError},
};

use domain::{Error, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::config::{Log, LogFormat};

/// Counts requests.
pub(crate) const REQUESTS: &str = "http_requests_total";
/// Times them, in seconds.
pub(crate) const DURATION: &str = "http_request_duration_seconds";
/// Those being answered.
pub(crate) const IN_FLIGHT: &str = "http_requests_in_flight";
/// Statements the database was asked.
pub(crate) const STATEMENTS: &str = "database_statements_total";

/// Jobs that wait.
pub(crate) const JOBS_WAITING: &str = "colophon_jobs_waiting";
/// Jobs that failed too often.
pub(crate) const JOBS_DEAD: &str = "colophon_jobs_dead";
/// How late the first job is that is due.
pub(crate) const JOBS_LATE: &str = "colophon_jobs_late_seconds";

/// Upper bounds of the durations' histogram, in seconds.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// Reads the setting `log.level`.
pub(crate) fn filter(level: &str) -> Result<EnvFilter, tracing_subscriber::filter::ParseError> {
    // These tell at every start that there is nothing to migrate; the setting can still name them.
    EnvFilter::builder().parse(format!(
        "sea_orm_migration=warn,sqlx::postgres::notice=warn,html5ever=error,{level}"
    ))
}

/// What is wrong with the setting `log.level`. The library takes a word it does not know for the
/// name of a module, and so would silence all others.
pub(crate) fn check_level(level: &str) -> Result<(), String> {
    let mut parts = level.split(',').map(str::trim);
    if level.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    if let Some(word) =
        parts.find(|part| !part.contains('=') && part.parse::<LevelFilter>().is_err())
    {
        return Err(format!("`{word}` is no level"));
    }
    filter(level)
        .map(|_filter| ())
        .map_err(|error| error.to_string())
}

/// Begins to write the log, to standard error: standard output is for results.
pub fn start_log(log: &Log) -> Result<()> {
    let filter =
        filter(&log.level).map_err(|error| Error::invalid("log.level", error.to_string()))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => builder
            .with_ansi(std::io::stderr().is_terminal())
            .try_init(),
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init(),
    }
    .map_err(Error::internal)
}

/// The process's figures, and from now on whatever counts is counted. There is one recorder in a
/// process: whoever asks later gets the same.
pub fn figures() -> Result<PrometheusHandle> {
    static FIGURES: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut figures = FIGURES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*figures {
        return Ok(handle.clone());
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)
        .map_err(Error::internal)?
        .build_recorder();
    let handle = recorder.handle();
    // The error holds the recorder, which cannot be sent between threads.
    metrics::set_global_recorder(recorder).map_err(|error| Error::internal(error.to_string()))?;
    describe();
    *figures = Some(handle.clone());
    Ok(handle)
}

fn describe() {
    metrics::describe_counter!(REQUESTS, "Requests answered, by route, method and status.");
    metrics::describe_histogram!(
        DURATION,
        metrics::Unit::Seconds,
        "Time until an answer began, by route, method and status."
    );
    metrics::describe_gauge!(IN_FLIGHT, "Requests being answered.");
    metrics::describe_counter!(STATEMENTS, "Statements the database was asked to run.");
    metrics::describe_gauge!(JOBS_WAITING, "Jobs that wait, those for later included.");
    metrics::describe_gauge!(JOBS_DEAD, "Jobs that failed too often and wait for people.");
    metrics::describe_gauge!(
        JOBS_LATE,
        metrics::Unit::Seconds,
        "How long the first job has been due; 0 while none is."
    );
    metrics::describe_gauge!(
        "colophon_build_info",
        "Always 1; the label names the version."
    );
    metrics::gauge!("colophon_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}
