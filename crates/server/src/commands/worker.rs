//! `colophon worker`: does jobs without serving anybody.

use application::custom_fields;
use domain::{Result, access::Actor};
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::signals::Signals;
use crate::{BuildOptions, config::Config, console, open, tasks::Tasks, worker};

pub(super) async fn run(config: &Config) -> Result<()> {
    let mut signals = Signals::listen()?;
    let app = open(config, BuildOptions::default()).await?;
    custom_fields::follow_model(&app.context(Actor::System("start"))).await?;
    let (shutdown, tasks) = (CancellationToken::new(), Tasks::default());
    tasks.spawn(worker(&app, config)?.run(shutdown.clone()));
    console::line("The worker is at work.");
    info!(signal = signals.next().await, "shutting down");
    shutdown.cancel();
    tokio::select! {
        late = tasks.finish(config.shutdown_grace()) => if late > 0 {
            tracing::warn!("the time for a shutdown is over: jobs were cut off");
        },
        name = signals.next() => info!(signal = name, "asked again: not waiting any longer"),
    }
    app.store().clone().close().await?;
    info!("stopped");
    Ok(())
}
