//! `colophon settings`: shows and changes the settings of the site, as the system. Where an
//! installation listens and keeps its things is configuration, not a setting of the site.

use std::process::ExitCode;

use application::settings;
use clap::{Args, Subcommand};
use domain::{Error, Result, access::Actor, settings::SiteDraft};
use serde_json::json;

use crate::{BuildOptions, config::Config, console, open, wiring};

/// What to do with the settings of the site.
#[derive(Debug, Subcommand)]
pub enum SettingsCommand {
    /// Show them
    Show,
    /// Change them; what is not named stays as it is
    Set(SetArgs),
}

/// Options of `settings set`.
#[derive(Debug, Args)]
#[group(required = true)]
pub struct SetArgs {
    /// The name of the publication
    #[arg(long)]
    pub name: Option<String>,
}

pub(super) async fn run(config: &Config, command: &SettingsCommand) -> Result<ExitCode> {
    if matches!(command, SettingsCommand::Show) {
        wiring::require_store(config)?;
    }
    let app = open(config, BuildOptions::default()).await?;
    let cx = app.context(Actor::System("command line"));
    if let SettingsCommand::Set(SetArgs { name: Some(name) }) = command {
        let name = name.clone();
        settings::update(
            &cx,
            SiteDraft {
                name,
                ..SiteDraft::default()
            },
        )
        .await?;
    }
    let site = match settings::site(&cx).await {
        Err(Error::NotFound(what)) => {
            return Err(Error::NotFound(format!(
                "{what}: `colophon settings set --name NAME`, `colophon import wordpress FILE` or `colophon demo` does it"
            )));
        }
        found => found?,
    };
    console::line(json!({ "name": site.name }));
    app.store().clone().close().await?;
    Ok(ExitCode::SUCCESS)
}
