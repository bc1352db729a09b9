//! `colophon serve`: answers until it is told to stop.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use application::{api_keys, auth, editions};
use domain::{Error, Result, access::Actor};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::{demo, signals::Signals};
use crate::{
    Built, ServeOptions, build,
    config::{Config, reachable},
    console, keys, meter, oidc, serve,
    tasks::Tasks,
    telemetry, worker,
};

/// How often the recorder folds what was counted: without it, its memory would grow until somebody
/// asks for the figures.
const UPKEEP: Duration = Duration::from_secs(5);

/// Asks the kernel for no huge pages: they nearly double what an idle server holds. Commands that
/// end, an import first of all, are faster with them.
#[cfg(target_os = "linux")]
fn keep_pages_small() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "huge pages stay");
    }
}

#[cfg(not(target_os = "linux"))]
fn keep_pages_small() {}

pub(super) async fn run(mut config: Config) -> Result<()> {
    keep_pages_small();
    // First of all, so that a port that is taken is told before anything is made.
    let listener = bind("server.address", config.server.address).await?;
    let metrics = if config.metrics.enabled {
        Some(bind("metrics.address", config.metrics.address).await?)
    } else {
        None
    };
    config.server.address = listener.local_addr().map_err(Error::internal)?;
    let mut signals = Signals::listen()?;

    // A step of the schema may take long. What is left undone is undone by the store.
    let built = tokio::select! {
        built = prepare(&config) => built?,
        name = signals.next() => {
            info!(signal = name, "stopped before serving");
            return Ok(());
        }
    };
    let metrics_address = metrics
        .as_ref()
        .map(TcpListener::local_addr)
        .transpose()
        .map_err(Error::internal)?;
    announce(&config, &built, metrics_address).await?;

    let options = ServeOptions::from(&config);
    let (shutdown, tasks) = (CancellationToken::new(), Tasks::default());
    if let Some(listener) = metrics {
        start_metrics(listener, &built, options, &tasks, &shutdown)?;
    }
    let keys = keys::follow(config.clone(), Arc::clone(&built.app));
    tasks.spawn(shutdown.clone().run_until_cancelled_owned(keys));
    let issuers = oidc::follow(Arc::clone(&built.app));
    tasks.spawn(shutdown.clone().run_until_cancelled_owned(issuers));
    let uses = api_keys::follow_uses(Arc::clone(&built.app));
    tasks.spawn(shutdown.clone().run_until_cancelled_owned(uses));
    if config.jobs.enabled {
        tasks.spawn(worker(&built.app, &config)?.run(shutdown.clone()));
    }
    let serving = serve(listener, built.router.clone(), options, shutdown.clone());
    tokio::pin!(serving);
    tokio::select! {
        () = &mut serving => {}
        name = signals.next() => {
            info!(signal = name, "shutting down");
            shutdown.cancel();
            tokio::select! {
                () = &mut serving => {}
                name = signals.next() => info!(signal = name, "asked again: not waiting any longer"),
            }
        }
    }
    shutdown.cancel();
    tasks.finish(options.shutdown_grace).await;
    built.app.store().clone().close().await?;
    info!("stopped");
    Ok(())
}

/// Makes what serves, and what it serves where there is nothing yet.
async fn prepare(config: &Config) -> Result<Built> {
    let built = build(config).await?;
    if config.demo.load_when_empty && demo::is_empty(&built.app).await? {
        demo::load(&built.app).await?;
        info!("the store was empty: the demo publication is loaded");
    }
    Ok(built)
}

async fn bind(setting: &str, address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = why_not(&error);
        let way_out = if setting == "metrics.address" { " (or metrics.enabled = false)" } else { "" };
        let variable = setting.replace('.', "__").to_ascii_uppercase();
        Error::invalid(setting, format!("cannot listen at {address}: {why}{way_out}, for example with COLOPHON_{variable}=127.0.0.1:{}", address.port().saturating_add(1)))
    })
}

/// What to do about an address that cannot be listened at.
fn why_not(error: &io::Error) -> String {
    const KNOWN: [(io::ErrorKind, &str); 3] = [
        (
            io::ErrorKind::AddrInUse,
            "another program listens there: stop it or set another port",
        ),
        (
            io::ErrorKind::PermissionDenied,
            "this port is not for everybody: set one above 1023",
        ),
        (
            io::ErrorKind::AddrNotAvailable,
            "this machine has no such address",
        ),
    ];
    let known = KNOWN.iter().find(|(kind, _)| *kind == error.kind());
    known.map_or_else(|| error.to_string(), |(_, why)| (*why).to_owned())
}

fn start_metrics(
    listener: TcpListener,
    built: &Built,
    options: ServeOptions,
    tasks: &Tasks,
    shutdown: &CancellationToken,
) -> Result<()> {
    let figures = telemetry::figures()?;
    let router = meter::router(built.app.clone(), figures.clone());
    tasks.spawn(serve(
        listener,
        router,
        ServeOptions {
            max_connections: 16,
            ..options
        },
        shutdown.clone(),
    ));
    let ended = shutdown.clone();
    tasks.spawn(ended.run_until_cancelled_owned(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            figures.run_upkeep();
        }
    }));
    Ok(())
}

/// Says what can be opened.
async fn announce(config: &Config, built: &Built, metrics: Option<SocketAddr>) -> Result<()> {
    let cx = built.app.context(Actor::System("serve"));
    let editions = editions::list(&cx).await?;
    let origin = format!("http://{}", reachable(config.server.address));
    let mut rows = vec![
        ("GraphiQL", format!("{origin}/graphql")),
        ("REST", format!("{origin}/api/v1/articles")),
        ("API reference", format!("{origin}/docs")),
    ];
    for edition in editions.all() {
        rows.push(("Feed", format!("{origin}/feeds/{}/rss.xml", edition.code)));
    }
    rows.extend(
        metrics.map(|address| ("Metrics", format!("http://{}/metrics", reachable(address)))),
    );
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(what, url)| vec![format!("  {what}"), url])
        .collect();
    console::text(&format!(
        "Colophon {} is serving:\n{}",
        env!("CARGO_PKG_VERSION"),
        console::table(&rows)
    ));
    if editions.all().is_empty() {
        console::line(
            "The store is empty: `colophon demo` loads an example, `colophon import wordpress FILE` your own.",
        );
    }
    // To standard output, and never to the log: whoever reads it becomes the owner.
    if let Some(token) = auth::offer_set_up(&cx).await? {
        console::line(format_args!(
            "There is no owner yet: `colophon user create EMAIL --role owner` makes one, or, within a day,\n  POST {origin}/api/v1/auth/setup with this token: {}",
            token.reveal()
        ));
    }
    Ok(())
}
