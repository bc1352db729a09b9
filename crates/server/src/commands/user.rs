//! `colophon user`: makes accounts and lets people in, as the system.

use std::io::Read as _;

use application::{ActorContext, users};
use clap::{Args, Subcommand};
use domain::{
    Error, Result,
    access::{Actor, Grant, Role},
    users::{Email, NewPassword, Password, User, UserDraft},
};

use crate::{BuildOptions, config::Config, console, open, wiring};

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account
    Create(CreateArgs),
    /// Give somebody a new password; they are signed out everywhere
    SetPassword(PasswordArgs),
    /// Let somebody not sign in any more; they are signed out everywhere
    Deactivate(WhoArgs),
    /// Let somebody sign in again
    Activate(WhoArgs),
}

/// Options of `user create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// Their e-mail address
    #[arg(value_name = "EMAIL")]
    pub email: String,
    /// What they are called; else the address up to the @
    #[arg(long)]
    pub name: Option<String>,
    /// What they are to the publication: viewer, contributor, author, editor or owner
    #[arg(long)]
    pub role: Role,
    /// The edition the role is for; else the whole site
    #[arg(long, value_name = "EDITION")]
    pub edition: Option<String>,
    /// Read the password from standard input; else one is made and shown once
    #[arg(long)]
    pub password_stdin: bool,
}

/// Options of `user set-password`.
#[derive(Debug, Args)]
pub struct PasswordArgs {
    /// Their e-mail address
    #[arg(value_name = "EMAIL")]
    pub email: String,
    /// Read the password from standard input; else one is made and shown once
    #[arg(long)]
    pub password_stdin: bool,
}

/// Whom a command is about.
#[derive(Debug, Args)]
pub struct WhoArgs {
    /// Their e-mail address
    #[arg(value_name = "EMAIL")]
    pub email: String,
}

pub(super) async fn run(config: &Config, command: &UserCommand) -> Result<()> {
    if !matches!(command, UserCommand::Create(_)) {
        wiring::require_store(config)?;
    }
    let app = open(config, BuildOptions::default()).await?;
    let cx = app.context(Actor::System("cli"));
    let done = match command {
        UserCommand::Create(args) => create(&cx, config, args).await,
        UserCommand::SetPassword(args) => set_password(&cx, config, args).await,
        UserCommand::Deactivate(args) => set_active(&cx, &args.email, false).await,
        UserCommand::Activate(args) => set_active(&cx, &args.email, true).await,
    };
    app.store().clone().close().await?;
    done
}

async fn create(cx: &ActorContext, config: &Config, args: &CreateArgs) -> Result<()> {
    let edition = match &args.edition {
        Some(code) => Some(cx.editions().await?.resolve(Some(code))?.id),
        None => None,
    };
    let draft = UserDraft {
        email: Email::parse("email", &args.email)?,
        display_name: args.name.clone().unwrap_or_default(),
        is_active: true,
        grants: vec![Grant {
            role: args.role,
            edition,
        }],
    };
    let (password, shown) = password(config, args.password_stdin)?;
    let id = users::create(cx, draft, Some(password)).await?;
    console::line(format!(
        "{id}: {} of {}",
        args.role.as_str(),
        match &args.edition {
            Some(code) => format!("the edition {code}"),
            None => "the site".to_owned(),
        }
    ));
    show(shown.as_deref());
    Ok(())
}

async fn set_password(cx: &ActorContext, config: &Config, args: &PasswordArgs) -> Result<()> {
    let user = by_email(cx, &args.email).await?;
    let (password, shown) = password(config, args.password_stdin)?;
    users::set_password(cx, user.id, password).await?;
    console::line("The password is changed.");
    show(shown.as_deref());
    Ok(())
}

async fn set_active(cx: &ActorContext, email: &str, is_active: bool) -> Result<()> {
    let user = by_email(cx, email).await?;
    let draft = UserDraft {
        email: user.email,
        display_name: user.display_name,
        is_active,
        grants: user.grants,
    };
    users::update(cx, user.id, user.version, draft).await?;
    console::line(if is_active {
        "They can sign in."
    } else {
        "They are signed out and cannot sign in."
    });
    Ok(())
}

async fn by_email(cx: &ActorContext, email: &str) -> Result<User> {
    let email = Email::parse("email", email)?;
    users::by_email(cx, &email)
        .await?
        .ok_or_else(|| Error::invalid("email", "nobody has this address"))
}

fn show(password: Option<&str>) {
    if let Some(password) = password {
        console::line(format!("Their password, shown only now: {password}"));
    }
}

/// The password from standard input, or one that is made, to be shown.
fn password(config: &Config, from_stdin: bool) -> Result<(NewPassword, Option<String>)> {
    let (text, shown) = if from_stdin {
        let mut text = String::new();
        std::io::stdin()
            .take(4_096)
            .read_to_string(&mut text)
            .map_err(|error| Error::invalid("password", format!("cannot be read: {error}")))?;
        (text.trim_end_matches(['\r', '\n']).to_owned(), None)
    } else {
        let made = application::keys::passphrase()?;
        (made.clone(), Some(made))
    };
    let password = Password::choose("password", &text, config.auth.min_password_length)?;
    Ok((password, shown))
}
