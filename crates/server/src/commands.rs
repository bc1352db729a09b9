//! The commands. Results go to standard output, everything else to standard error; the exit code
//! is 0 when all went well, 1 when it did not, 2 when the command line was wrong; `import` has more.

use std::{error::Error as _, process::ExitCode};

use domain::{Error, Result};

use crate::{
    cli::{Cli, Command},
    config::Config,
    console, telemetry,
};

pub mod api_keys;
pub mod demo;
pub mod doctor;
pub mod editions;
pub mod import;
pub mod jobs;
pub mod keys;
mod migrate;
pub mod redirects;
pub mod schema;
mod serve;
pub mod settings;
mod signals;
pub mod user;
mod worker;

/// Runs the command and says what went wrong.
pub fn run(cli: &Cli) -> ExitCode {
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::internal)
        .and_then(|runtime| runtime.block_on(dispatch(cli)));
    ended.unwrap_or_else(|error| {
        console::note(format_args!("error: {}", explain(&error)));
        ExitCode::FAILURE
    })
}

async fn dispatch(cli: &Cli) -> Result<ExitCode> {
    match &cli.command {
        // These need no settings.
        Command::Schema(args) => return schema::run(args),
        Command::Openapi => {
            console::text(&schema::openapi()?);
            return Ok(ExitCode::SUCCESS);
        }
        // A wrong setting is what this one is for.
        Command::Doctor(args) => return Ok(doctor::run(Config::load(&cli.sources()), args).await),
        Command::Serve(_)
        | Command::Migrate
        | Command::Worker
        | Command::Jobs(_)
        | Command::Demo
        | Command::Import(_)
        | Command::Editions(_)
        | Command::Settings(_)
        | Command::Redirects(_)
        | Command::User(_)
        | Command::ApiKey(_)
        | Command::Keys(_) => {}
    }
    let config = Config::load(&cli.sources())?;
    telemetry::start_log(&config.log)?;
    match &cli.command {
        Command::Serve(_) => serve::run(config).await?,
        Command::Worker => worker::run(&config).await?,
        Command::Jobs(command) => return jobs::run(&config, command).await,
        Command::Migrate => migrate::run(&config).await?,
        Command::Demo => demo::run(&config).await?,
        Command::Import(command) => return import::run(&config, command).await,
        Command::Editions(command) => return editions::run(&config, command).await,
        Command::Settings(command) => return settings::run(&config, command).await,
        Command::Redirects(command) => redirects::run(&config, command).await?,
        Command::User(command) => user::run(&config, command).await?,
        Command::ApiKey(command) => api_keys::run(&config, command).await?,
        Command::Keys(command) => keys::run(&config, command)?,
        Command::Schema(_) | Command::Openapi | Command::Doctor(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// An error for people: one line for each wrong field, and the causes, which only they may see who
/// started the program.
pub(crate) fn explain(error: &Error) -> String {
    let mut text = match error.fields() {
        [] => error.to_string(),
        fields => fields
            .iter()
            .map(|field| format!("{}: {}", field.field, field.message))
            .collect::<Vec<_>>()
            .join("\n       "),
    };
    if matches!(error, Error::Internal(_)) {
        // Its own words are for callers from outside.
        "something went wrong".clone_into(&mut text);
    }
    let mut cause = error.source();
    while let Some(source) = cause {
        let words = source.to_string();
        // Some libraries say in an error what its cause says.
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use domain::FieldError;

    use super::*;

    #[test]
    fn an_error_is_told_with_its_fields_and_causes() {
        let two = Error::Invalid(vec![
            FieldError::new("server.address", "is taken"),
            FieldError::new("log.level", "is wrong"),
        ]);
        assert_eq!(
            explain(&two),
            "server.address: is taken\n       log.level: is wrong"
        );
        let lost = Error::Unavailable {
            message: "no store".to_owned(),
            source: Some("the disk is full".into()),
        };
        assert_eq!(explain(&lost), "no store: the disk is full");
        let twice = std::io::Error::other("the disk is full");
        let twice = Error::Unavailable {
            message: "no store: the disk is full".to_owned(),
            source: Some(twice.into()),
        };
        assert_eq!(explain(&twice), "no store: the disk is full");
        assert_eq!(
            explain(&Error::internal("a defect")),
            "something went wrong: a defect"
        );
    }
}
