//! `colophon keys`: makes, changes and lists the keys that sign tokens.

use application::{Clock as _, SystemClock, keys};
use clap::{Args, Subcommand};
use domain::{Error, Result};

use crate::{config::Config, console};

/// What to do with keys.
#[derive(Debug, Clone, Subcommand)]
pub enum KeysCommand {
    /// Print a new set of keys and keep nothing
    Generate,
    /// Put a new key in front of those in the file; what the others signed stays valid until it runs out
    Rotate(RotateArgs),
    /// Show which keys there are, not the keys themselves
    List,
}

/// Options of `keys rotate`.
#[derive(Debug, Clone, Args)]
pub struct RotateArgs {
    /// Drop the keys there are: whatever they signed is refused at once
    #[arg(long)]
    pub revoke: bool,
}

pub(super) fn run(config: &Config, command: &KeysCommand) -> Result<()> {
    let now = SystemClock.now();
    match command {
        KeysCommand::Generate => console::text(keys::generate(now)?.reveal()),
        KeysCommand::Rotate(args) => {
            let present = present(config)?;
            let rotated = if args.revoke {
                keys::generate(now)?
            } else {
                keys::rotate(present.reveal(), now)?
            };
            let path = crate::keys::replace(config, &rotated)?;
            console::line(format!(
                "{} has a new key. {}",
                path.display(),
                if args.revoke {
                    "Running servers refuse the others in ten seconds."
                } else {
                    "Running servers sign with it in five minutes."
                }
            ));
        }
        KeysCommand::List => {
            let rows: Vec<Vec<String>> = keys::list(present(config)?.reveal())?
                .into_iter()
                .map(|key| {
                    let state = key.retired_at.map_or_else(
                        || "in use".to_owned(),
                        |at| format!("verifies only, since {}", at.format("%F %R UTC")),
                    );
                    let made = key.created_at.format("made %F %R UTC").to_string();
                    vec![key.kid, made, state]
                })
                .collect();
            console::text(&console::table(&rows));
        }
    }
    Ok(())
}

fn present(config: &Config) -> Result<domain::users::Secret> {
    crate::keys::read(config)?.ok_or_else(|| {
        Error::invalid(
            "keys.file",
            format!(
                "there is no {} yet: `colophon serve` makes it on SQLite, `colophon keys generate` prints what belongs in it",
                config.keys_file().display()
            ),
        )
    })
}
