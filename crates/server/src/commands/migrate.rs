//! `colophon migrate`: brings the database's schema up to date.

use domain::Result;

use crate::{Durability, config::Config, console, wiring};

pub(super) async fn run(config: &Config) -> Result<()> {
    let store = wiring::connect(config, Durability::PowerSafe).await?;
    let pending = store.pending_migrations().await?;
    store.migrate().await?;
    store.close().await?;
    console::line(match pending {
        0 => "the schema is up to date".to_owned(),
        1 => "ran 1 step; the schema is up to date".to_owned(),
        steps => format!("ran {steps} steps; the schema is up to date"),
    });
    Ok(())
}
