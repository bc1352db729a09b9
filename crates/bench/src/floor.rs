//! What the server is compared with, in a small server of its own: the same bytes from memory, bare
//! and behind the usual layers, and the page written by hand as one SQL statement.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt as _,
};
use bytes::Bytes;
use clap::Args;
use sea_orm::sqlx::{
    self, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tower::ServiceBuilder;
use tower_http::{
    cors::CorsLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::TraceLayer,
};
use uuid::Uuid;

use crate::{Result, handwritten};

/// What the small server offers; without options only a greeting.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct FloorArgs {
    /// Listen here
    #[arg(long)]
    pub(crate) address: Option<SocketAddr>,
    /// Answer with the content of this file
    #[arg(long)]
    pub(crate) answer: Option<PathBuf>,
    /// Read this SQLite store
    #[arg(long)]
    pub(crate) sqlite: Option<PathBuf>,
    /// Read this PostgreSQL store
    #[arg(long)]
    pub(crate) postgres: Option<String>,
    /// The edition of the page
    #[arg(long)]
    pub(crate) edition: Option<String>,
}

/// Serves until it is killed.
pub(crate) async fn serve(args: FloorArgs) -> Result<()> {
    let mut router = Router::new().route("/hello", get(async || "hello"));
    if let Some(file) = args.answer {
        let answer = Bytes::from(std::fs::read(file)?);
        let bare = Router::new()
            .route("/bare", get(from_memory))
            .with_state(answer.clone());
        let layers = ServiceBuilder::new()
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(TraceLayer::new_for_http())
            .layer(TimeoutLayer::with_status_code(
                StatusCode::SERVICE_UNAVAILABLE,
                Duration::from_secs(30),
            ))
            .layer(CorsLayer::permissive());
        let layered = Router::new()
            .route("/layered", get(from_memory))
            .with_state(answer)
            .layer(layers);
        router = router.merge(bare).merge(layered);
    }
    let edition = args.edition.as_deref().unwrap_or("en").to_owned();
    if let Some(path) = args.sqlite {
        let pool = open_sqlite(&path).await?;
        let edition = sqlx::query_scalar("SELECT id FROM edition WHERE code = $1")
            .bind(&edition)
            .fetch_one(&pool)
            .await?;
        router = router.merge(
            Router::new()
                .route("/sqlite", get(from_sqlite))
                .with_state(Arc::new(Page { pool, edition })),
        );
    }
    if let Some(url) = args.postgres {
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .test_before_acquire(false)
            .connect(&url)
            .await?;
        let edition = sqlx::query_scalar("SELECT id FROM edition WHERE code = $1")
            .bind(&edition)
            .fetch_one(&pool)
            .await?;
        router = router.merge(
            Router::new()
                .route("/postgres", get(from_postgres))
                .with_state(Arc::new(Page { pool, edition })),
        );
    }
    let address = args
        .address
        .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
    let listener = tokio::net::TcpListener::bind(address)
        .await?
        .tap_io(|stream| {
            // Without it small answers wait for the next packet; a stream that refuses is only slower.
            let _kept = stream.set_nodelay(true);
        });
    axum::serve(listener, router).await?;
    Ok(())
}

struct Page<P> {
    pool: P,
    edition: Uuid,
}

/// As the server's own readers are opened.
async fn open_sqlite(path: &std::path::Path) -> Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .pragma("query_only", "ON")
        .pragma("cache_size", "-8192")
        .pragma("mmap_size", "268435456");
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    Ok(SqlitePoolOptions::new()
        .max_connections(u32::try_from(cores)?)
        .test_before_acquire(false)
        .connect_with(options)
        .await?)
}

fn json(body: impl Into<axum::body::Body>) -> Response {
    (
        [(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )],
        body.into(),
    )
        .into_response()
}

async fn from_memory(State(answer): State<Bytes>) -> Response {
    json(answer)
}

async fn from_sqlite(State(page): State<Arc<Page<SqlitePool>>>) -> Response {
    found(
        sqlx::query_scalar(handwritten::SQLITE)
            .bind(page.edition)
            .fetch_one(&page.pool)
            .await,
    )
}

async fn from_postgres(State(page): State<Arc<Page<PgPool>>>) -> Response {
    found(
        sqlx::query_scalar(handwritten::POSTGRES)
            .bind(page.edition)
            .fetch_one(&page.pool)
            .await,
    )
}

fn found(answer: std::result::Result<String, sqlx::Error>) -> Response {
    match answer {
        Ok(text) => json(text),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
