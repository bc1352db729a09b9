//! `colophon redirects`: brings redirects into the store, as the system.

use std::path::PathBuf;

use application::{ActorContext, redirects};
use clap::{Args, Subcommand};
use domain::{Error, Result, access::Actor};

use crate::{BuildOptions, config::Config, console, open, wiring};

/// What to do with redirects.
#[derive(Debug, Subcommand)]
pub enum RedirectsCommand {
    /// Make the redirects of a CSV file with the columns from,to,permanent: all of them or none
    Import(ImportArgs),
}

/// Options of `redirects import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The edition of the redirects
    #[arg(long, value_name = "EDITION")]
    pub edition: String,
}

pub(super) async fn run(config: &Config, command: &RedirectsCommand) -> Result<()> {
    let RedirectsCommand::Import(args) = command;
    wiring::require_store(config)?;
    let app = open(config, BuildOptions::default()).await?;
    let cx = app.context(Actor::System("cli"));
    let done = import(&cx, args).await;
    app.store().clone().close().await?;
    done
}

async fn import(cx: &ActorContext, args: &ImportArgs) -> Result<()> {
    let text = std::fs::read(&args.file)
        .map_err(|error| Error::invalid(args.file.display().to_string(), error.to_string()))?;
    let edition = cx.editions().await?.resolve(Some(&args.edition))?.id;
    let done = redirects::import_csv(cx, edition, &text).await;
    let imported = done.map_err(|error| error.with_fields(|field| format!("line {field}")))?;
    console::line(format_args!(
        "{} redirects were made, {} were there already",
        imported.created, imported.unchanged
    ));
    Ok(())
}
