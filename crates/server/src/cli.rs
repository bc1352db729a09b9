//! The command line, as `colophon help` shows it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    commands::{
        api_keys::ApiKeyCommand, editions::EditionsCommand, import::ImportCommand,
        jobs::JobsCommand, keys::KeysCommand, redirects::RedirectsCommand,
        settings::SettingsCommand, user::UserCommand,
    },
    config::Sources,
};

/// A content server for publications: REST, GraphQL and feeds over one store.
#[derive(Debug, Parser)]
#[command(name = "colophon", version, arg_required_else_help = true)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Read settings from this file (else from ./colophon.toml, when it is there)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep everything in this folder [setting: `data.directory`]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Use this database: sqlite:PATH or postgres://… [setting: `database.url`]
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// Tell this much: error, warn, info, debug, trace, off [setting: `log.level`]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log_level: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve REST, GraphQL and feeds, until SIGTERM or Ctrl-C
    Serve(ServeArgs),
    /// Do the jobs of the queue without serving anybody, until SIGTERM or Ctrl-C
    Worker,
    /// Show the queue of jobs, and decide about those that failed too often
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Bring the database's schema up to date
    Migrate,
    /// Load the demo publication into an empty store
    Demo,
    /// Bring content of another system into the store
    #[command(subcommand)]
    Import(ImportCommand),
    /// Show and change the editions: languages, addresses, titles, what stands in for them
    #[command(subcommand)]
    Editions(EditionsCommand),
    /// Show and change the settings of the site
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// Bring redirects into the store
    #[command(subcommand)]
    Redirects(RedirectsCommand),
    /// Make accounts and let people in
    #[command(subcommand)]
    User(UserCommand),
    /// Make keys for programs, which show them instead of signing in
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Make and change the keys that sign tokens
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Write the schema files of this repository: GraphQL, OpenAPI, SQL
    Schema(SchemaArgs),
    /// Print the OpenAPI document
    Openapi,
    /// Check the configuration and everything it names
    Doctor(DoctorArgs),
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Listen here, such as 127.0.0.1:8080 [setting: `server.address`]
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<String>,
    /// Clients reach the server under this address [setting: `server.public_url`]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
}

/// Options of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Write nothing; name the files that differ and fail if there are any
    #[arg(long, conflicts_with = "print")]
    pub check: bool,
    /// Print one of them instead
    #[arg(long, value_name = "NAME")]
    pub print: Option<SchemaName>,
    /// The repository's folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub directory: PathBuf,
}

/// The schemas there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// schema.graphql
    Graphql,
    /// openapi/openapi.json
    Openapi,
    /// migrations/schema/sqlite.sql
    Sqlite,
    /// migrations/schema/postgres.sql
    Postgres,
}

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
}

impl Cli {
    /// Where settings come from, as far as the command line says.
    pub fn sources(&self) -> Sources {
        let mut flags = Vec::new();
        let global = &self.global;
        if let Some(data) = &global.data {
            flags.push(("data.directory", data.display().to_string()));
        }
        if let Some(database) = &global.database {
            flags.push(("database.url", database.clone()));
        }
        if let Some(level) = &global.log_level {
            flags.push(("log.level", level.clone()));
        }
        if let Command::Serve(serve) = &self.command {
            // It is read where all settings are, so that a wrong one is told by the same words.
            flags.extend(
                serve
                    .address
                    .clone()
                    .map(|address| ("server.address", address)),
            );
            flags.extend(
                serve
                    .public_url
                    .clone()
                    .map(|url| ("server.public_url", url)),
            );
        }
        Sources {
            file: global.config.clone(),
            flags,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_name_the_settings_they_change() {
        let cli = Cli::parse_from([
            "colophon",
            "serve",
            "--address",
            "127.0.0.1:1",
            "--data",
            "/tmp/x",
            "--log-level",
            "warn",
        ]);
        let mut config = crate::Config::load(&cli.sources()).unwrap();
        assert_eq!(
            (config.server.address.port(), config.log.level.as_str()),
            (1, "warn")
        );
        config.database.url.clear();
        assert_eq!(config.database_url(), "sqlite:/tmp/x/colophon.db");
    }
}
