//! `colophon api-key`: makes keys for programs, as the system.

use application::{ActorContext, api_keys};
use chrono::{DateTime, TimeDelta};
use clap::{Args, Subcommand};
use domain::{
    Error, FieldError, Result,
    access::{Actor, Scope},
    api_keys::{ApiKey, ApiKeyDraft},
    editions::EditionSet,
    id::ApiKeyId,
    paging::{MAX_PAGE_SIZE, PageArgs},
    time::{Timestamp, rfc3339},
};
use serde_json::{Value, json};

use crate::{BuildOptions, config::Config, console, open, wiring};

/// What to do with API keys.
#[derive(Debug, Subcommand)]
pub enum ApiKeyCommand {
    /// Make a key, which is shown once
    Create(CreateArgs),
    /// Show all keys, the newest first; the keys themselves are kept nowhere
    List(ListArgs),
    /// Have a key refused from now on
    Revoke(KeyArgs),
}

/// Options of `api-key create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// What it is for
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What it may do, such as articles:write:en, tags:read or *:write; once for each
    #[arg(long, value_name = "SCOPE")]
    pub scope: Vec<String>,
    /// From when on it is refused: a time such as 2027-03-05T10:00:00Z, or a number of days such as 90d
    #[arg(long, value_name = "TIME")]
    pub expires: Option<String>,
    /// How many requests a minute it has; else as many as others
    #[arg(long, value_name = "NUMBER")]
    pub requests_per_minute: Option<u32>,
}

/// Options of `api-key list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
}

/// Names a key.
#[derive(Debug, Args)]
pub struct KeyArgs {
    /// Its id
    #[arg(value_name = "KEY")]
    pub id: String,
}

pub(super) async fn run(config: &Config, command: &ApiKeyCommand) -> Result<()> {
    wiring::require_store(config)?;
    let app = open(config, BuildOptions::default()).await?;
    let cx = app.context(Actor::System("cli"));
    let done = match command {
        ApiKeyCommand::Create(args) => create(&cx, args).await,
        ApiKeyCommand::List(args) => list(&cx, args).await,
        ApiKeyCommand::Revoke(args) => revoke(&cx, &args.id).await,
    };
    app.store().clone().close().await?;
    done
}

async fn create(cx: &ActorContext, args: &CreateArgs) -> Result<()> {
    let editions = cx.editions().await?;
    let draft = draft(args, &editions, cx.now())?;
    let made = api_keys::create(cx, draft).await?;
    console::line(format_args!("{}: {}", made.key.id, made.key.name));
    console::line(format_args!(
        "The key, shown only now: {}",
        made.secret.reveal()
    ));
    Ok(())
}

fn draft(args: &CreateArgs, editions: &EditionSet, now: Timestamp) -> Result<ApiKeyDraft> {
    let (mut wrong, mut scopes): (Vec<FieldError>, _) = (Vec::new(), Vec::new());
    for text in &args.scope {
        match Scope::read(&format!("scope {text}"), text, editions) {
            Ok(scope) => scopes.push(scope),
            Err(error) => wrong.extend(error.fields().to_vec()),
        }
    }
    let expires_at = args.expires.as_ref().map(|text| expiry(text, now));
    let expires_at = expires_at.transpose().unwrap_or_else(|error| {
        wrong.extend(error.fields().to_vec());
        None
    });
    let draft = ApiKeyDraft {
        name: args.name.clone(),
        scopes,
        expires_at,
        requests_per_minute: args.requests_per_minute,
    };
    wrong.extend(draft.faults(now));
    if wrong.is_empty() {
        Ok(draft)
    } else {
        Err(Error::Invalid(wrong))
    }
}

fn expiry(text: &str, now: Timestamp) -> Result<Timestamp> {
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    let at = match days {
        Some(days) => TimeDelta::try_days(days).and_then(|days| now.checked_add_signed(days)),
        None => DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|time| time.to_utc()),
    };
    at.ok_or_else(|| {
        Error::invalid(
            "expires",
            "must be a time such as 2027-03-05T10:00:00Z, or a number of days such as 90d",
        )
    })
}

async fn list(cx: &ActorContext, args: &ListArgs) -> Result<()> {
    let editions = cx.editions().await?;
    let (mut page, mut found) = (PageArgs::first(MAX_PAGE_SIZE), Vec::new());
    loop {
        let read = api_keys::list(cx, &page).await?;
        page.cursor = read.edges.last().map(|edge| edge.cursor.clone());
        let has_next = read.has_next;
        found.extend(read.into_nodes());
        if !has_next {
            break;
        }
    }
    if args.json {
        let all: Vec<Value> = found.iter().map(|key| to_json(key, &editions)).collect();
        console::line(serde_json::to_string_pretty(&all).map_err(Error::internal)?);
        return Ok(());
    }
    let head = ["id", "name", "begins", "scopes", "maker", "used", "state"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for key in &found {
        let scopes = key.scopes.iter().map(|scope| scope.write_for(&editions));
        rows.push(vec![
            key.id.to_string(),
            key.name.clone(),
            key.prefix.clone(),
            scopes.collect::<Vec<_>>().join(" "),
            key.maker.map(|id| id.to_string()).unwrap_or_default(),
            key.used_at.map(rfc3339).unwrap_or_default(),
            state(key, cx.now()).to_owned(),
        ]);
    }
    console::text(&console::table(&rows));
    Ok(())
}

fn state(key: &ApiKey, now: Timestamp) -> &'static str {
    if key.revoked_at.is_some() {
        "revoked"
    } else if key.expires_at.is_some_and(|at| at <= now) {
        "expired"
    } else {
        "good"
    }
}

fn to_json(key: &ApiKey, editions: &EditionSet) -> Value {
    let scopes = key.scopes.iter().map(|scope| scope.write_for(editions));
    json!({
        "id": key.id.to_string(),
        "name": key.name,
        "prefix": key.prefix,
        "scopes": scopes.collect::<Vec<_>>(),
        "makerId": key.maker.map(|id| id.to_string()),
        "requestsPerMinute": key.requests_per_minute,
        "createdAt": rfc3339(key.created_at),
        "expiresAt": key.expires_at.map(rfc3339),
        "usedAt": key.used_at.map(rfc3339),
        "revokedAt": key.revoked_at.map(rfc3339),
    })
}

async fn revoke(cx: &ActorContext, id: &str) -> Result<()> {
    let id: ApiKeyId = id.parse()?;
    let key = api_keys::get(cx, id).await?;
    api_keys::revoke(cx, id, key.version).await?;
    console::line(format_args!("{id} is refused."));
    Ok(())
}
