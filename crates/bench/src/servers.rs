//! Starts what is measured: the real server with its default settings, and the small one beside it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    Result,
    floor::FloorArgs,
    process::{self, Fleet, Process},
};

/// What servers are started from.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    pub(crate) fleet: Fleet,
    /// The `colophon` program.
    pub(crate) colophon: PathBuf,
    /// This program.
    pub(crate) own: PathBuf,
    /// Where everything is kept.
    pub(crate) directory: PathBuf,
}

/// A server that answers.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answer.
    pub(crate) first_answer: Duration,
}

impl Tools {
    fn log(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.log"))
    }

    /// Starts the real server on a database; `first` is the path that is asked first.
    pub(crate) fn colophon(&self, name: &str, database: &str, first: &str) -> Result<Server> {
        let address = process::free_address()?;
        let keys = application::keys::generate(application::Clock::now(&application::SystemClock))
            .map_err(std::io::Error::other)?;
        let process = self
            .fleet
            .spawn(&self.colophon, &self.log(name), |command| {
                command
                    .arg("serve")
                    .env("COLOPHON_SERVER__ADDRESS", address.to_string())
                    .env("COLOPHON_METRICS__ADDRESS", "127.0.0.1:0")
                    .env("COLOPHON_DATA__DIRECTORY", self.directory.join("data"))
                    .env("COLOPHON_DATABASE__URL", database)
                    .env("COLOPHON_KEYS__VALUE", keys.reveal())
                    // One address asks for all.
                    .env("COLOPHON_RATE_LIMITS__ENABLED", "false")
                    .env("COLOPHON_DEMO__LOAD_WHEN_EMPTY", "false");
            })?;
        let first_answer = process.wait_for(address, first)?;
        Ok(Server {
            process,
            address,
            first_answer,
        })
    }

    /// Starts the small server.
    pub(crate) fn floor(&self, name: &str, args: &FloorArgs) -> Result<Server> {
        let address = process::free_address()?;
        let process = self.fleet.spawn(&self.own, &self.log(name), |command| {
            command
                .arg("floor")
                .arg("--address")
                .arg(address.to_string());
            let mut option = |name: &str, value: Option<&std::ffi::OsStr>| {
                if let Some(value) = value {
                    command.arg(name).arg(value);
                }
            };
            option("--answer", args.answer.as_deref().map(Path::as_os_str));
            option("--sqlite", args.sqlite.as_deref().map(Path::as_os_str));
            option("--postgres", args.postgres.as_deref().map(str::as_ref));
            option("--edition", args.edition.as_deref().map(str::as_ref));
        })?;
        let first_answer = process.wait_for(address, "/hello")?;
        Ok(Server {
            process,
            address,
            first_answer,
        })
    }
}
