//! `colophon user`: makes accounts and lets people in, as the system.

use std::io::Read as _;

use application::{ActorContext, auth, mails, users};
use clap::{Args, Subcommand};
use domain::{
    Error, Result,
    access::{Actor, Grant, Role},
    paging::{MAX_PAGE_SIZE, PageArgs},
    users::{Email, NewPassword, Password, User, UserDraft},
};

use serde_json::json;

use crate::{BuildOptions, config::Config, console, open, wiring};

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account
    Create(CreateArgs),
    /// Give somebody a new password; they are signed out everywhere
    SetPassword(PasswordArgs),
    /// Make a link by which somebody chooses a new password; it is good once and for an hour
    ResetLink(WhoArgs),
    /// Show the accounts
    List(ListArgs),
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

/// Options of `user list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
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
        UserCommand::ResetLink(args) => reset_link(&cx, config, &args.email).await,
        UserCommand::List(args) => list(&cx, args).await,
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

async fn reset_link(cx: &ActorContext, config: &Config, email: &str) -> Result<()> {
    let user = by_email(cx, email).await?;
    if !user.is_active {
        return Err(Error::conflict(
            "they may not sign in: `colophon user activate` lets them",
        ));
    }
    let token = auth::make_reset_by_hand(cx, &user).await?;
    if config.mail.reset_url.is_empty() {
        console::line(format_args!(
            "The token for POST {}/api/v1/auth/password-reset/confirm, shown only now: {}",
            cx.public_url(),
            token.reveal()
        ));
    } else {
        let link = mails::link(&config.mail.reset_url, &token);
        console::line(format_args!("The link, shown only now: {link}"));
    }
    Ok(())
}

async fn list(cx: &ActorContext, args: &ListArgs) -> Result<()> {
    let editions = cx.editions().await?;
    let (mut page, mut found) = (PageArgs::first(MAX_PAGE_SIZE), Vec::new());
    loop {
        let read = users::list(cx, &page).await?;
        page.cursor = read.edges.last().map(|edge| edge.cursor.clone());
        let has_next = read.has_next;
        found.extend(read.into_nodes());
        if !has_next {
            break;
        }
    }
    let roles = |user: &User| -> Vec<String> {
        let words = user.grants.iter().map(|grant| {
            let edition = grant.edition.and_then(|id| editions.get(id).ok());
            match edition {
                Some(edition) => format!("{}:{}", grant.role.as_str(), edition.code),
                None => grant.role.as_str().to_owned(),
            }
        });
        words.collect()
    };
    if args.json {
        let all: Vec<_> = found
            .iter()
            .map(|user| {
                json!({
                    "id": user.id.to_string(),
                    "email": user.email.as_str(),
                    "displayName": user.display_name,
                    "isActive": user.is_active,
                    "roles": roles(user),
                })
            })
            .collect();
        console::line(serde_json::to_string_pretty(&all).map_err(Error::internal)?);
        return Ok(());
    }
    let head = ["id", "email", "name", "roles", "state"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for user in &found {
        rows.push(vec![
            user.id.to_string(),
            user.email.as_str().to_owned(),
            user.display_name.clone(),
            roles(user).join(" "),
            if user.is_active { "active" } else { "closed" }.to_owned(),
        ]);
    }
    console::text(&console::table(&rows));
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
