//! Serves a router over TCP: HTTP/1.1 and HTTP/2, with the limits that `axum::serve` does not have.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::{debug, error, warn};

use crate::{config::Config, tasks::Tasks};

mod opening;

use opening::Opening;

/// The head of a request may take this much memory.
const MAX_HEAD_BYTES: usize = 65_536;
/// Requests at once on one HTTP/2 connection.
const MAX_STREAMS: u32 = 100;

/// How connections are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServeOptions {
    /// How many are served at once; more wait until one ends.
    pub max_connections: usize,
    /// How long a client may take to send the head of a request, and may stay idle.
    pub header_timeout: Duration,
    /// How long a shutdown waits for requests that are being answered.
    pub shutdown_grace: Duration,
}

impl From<&Config> for ServeOptions {
    fn from(config: &Config) -> Self {
        Self {
            max_connections: config.server.max_connections,
            header_timeout: Duration::from_secs(config.server.header_timeout_seconds),
            shutdown_grace: config.shutdown_grace(),
        }
    }
}

/// Serves until `shutdown` is cancelled; then takes no more connections, finishes the requests it
/// has, and returns.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    options: ServeOptions,
    shutdown: CancellationToken,
) {
    let tasks = Tasks::default();
    let graceful = GracefulShutdown::new();
    let builder = builder(&tasks, options);
    let slots = Arc::new(Semaphore::new(
        options.max_connections.min(Semaphore::MAX_PERMITS),
    ));
    while let Some(Some((stream, peer, slot))) = shutdown
        .run_until_cancelled(accept(&listener, &slots))
        .await
    {
        let io = TokioIo::new(Opening::new(stream, options.header_timeout));
        let service = router.clone().map_request(move |mut request: Request<_>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        });
        let service = TowerToHyperService::new(service);
        let connection = graceful.watch(builder.serve_connection(io, service).into_owned());
        tasks.spawn(async move {
            // Mostly clients that went away or sent something else than HTTP.
            if let Err(error) = connection.await {
                debug!(error = &*error, "a connection ended with an error");
            }
            drop(slot);
        });
    }
    drop(listener);
    let ((), late) = tokio::join!(graceful.shutdown(), tasks.finish(options.shutdown_grace));
    if late > 0 {
        warn!(
            tasks = late,
            "the time for a shutdown is over: requests were cut off"
        );
    }
}

fn builder(tasks: &Tasks, options: ServeOptions) -> auto::Builder<Tasks> {
    let mut builder = auto::Builder::new(tasks.clone());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(options.header_timeout)
        .max_buf_size(MAX_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX))
        // Finds connections whose other end is gone.
        .keep_alive_interval(options.header_timeout)
        .keep_alive_timeout(options.header_timeout);
    builder
}

/// The next connection, and the place it takes; none when the listener is of no more use.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written whole: waiting to fill a packet would only delay them.
                if let Err(error) = stream.set_nodelay(true) {
                    debug!(%error, "TCP_NODELAY could not be set");
                }
                return Some((stream, peer, slot));
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                // No file descriptors left, most likely: they come back when connections end.
                error!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests;
