//! `colophon editions`: shows and changes the editions, as the system.

use std::process::ExitCode;

use application::{ActorContext, editions};
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    Error, Result,
    access::Actor,
    editions::{Edition, EditionDraft, EditionSet, Permalinks, SlugStyle},
    text::Direction,
};
use serde_json::{Value, json};

use crate::{BuildOptions, config::Config, console, open, wiring};

/// The word that stands for no edition.
const NONE: &str = "none";

/// What to do with editions.
#[derive(Debug, Subcommand)]
pub enum EditionsCommand {
    /// Show all editions
    List(ListArgs),
    /// Change an edition; what is not named stays as it is
    Set(Box<SetArgs>),
}

/// Options of `editions list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Answer in JSON, with all settings
    #[arg(long)]
    pub json: bool,
}

/// Options of `editions set`.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// The edition, by its code
    #[arg(value_name = "EDITION")]
    pub edition: String,
    /// Its language, a BCP 47 tag such as fa or pt-BR
    #[arg(long, value_name = "CODE")]
    pub code: Option<String>,
    /// The name of the language, in that language
    #[arg(long)]
    pub name: Option<String>,
    /// The direction of its writing
    #[arg(long)]
    pub direction: Option<DirectionWord>,
    /// The address of its frontend
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Its title
    #[arg(long)]
    pub title: Option<String>,
    /// The line below the title; empty for none
    #[arg(long)]
    pub tagline: Option<String>,
    /// The edition that stands in where this one has nothing, or `none`
    #[arg(long, value_name = "EDITION")]
    pub fallback: Option<String>,
    /// Make it the edition that is meant where none is named
    #[arg(long)]
    pub default: bool,
    /// Its place among the editions
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub position: Option<i64>,
    /// A pattern of addresses, such as article=/{year}/{slug}; may be repeated. What is there already keeps its address
    #[arg(long, value_name = "KIND=PATTERN", value_parser = permalink)]
    pub permalink: Vec<(PermalinkKind, String)>,
    /// How slugs are made from titles
    #[arg(long)]
    pub slug_style: Option<SlugStyleWord>,
}

/// The direction of an edition's writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DirectionWord {
    /// Left to right
    Ltr,
    /// Right to left
    Rtl,
    /// As its language is written
    Auto,
}

/// How slugs are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SlugStyleWord {
    /// In the script of the title
    Native,
    /// In ASCII letters
    Transliterated,
}

/// What has addresses of a pattern of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PermalinkKind {
    /// Articles
    Article,
    /// Pages
    Page,
    /// Issues of newsletters
    Issue,
    /// Newsletters
    Newsletter,
    /// Categories
    Category,
    /// Tags
    Tag,
    /// Authors
    Author,
}

fn permalink(text: &str) -> Result<(PermalinkKind, String), String> {
    let (kind, pattern) = text
        .split_once('=')
        .ok_or("must look like article=/{year}/{slug}")?;
    Ok((PermalinkKind::from_str(kind, true)?, pattern.to_owned()))
}

pub(super) async fn run(config: &Config, command: &EditionsCommand) -> Result<ExitCode> {
    wiring::require_store(config)?;
    let app = open(config, BuildOptions::default()).await?;
    let cx = app.context(Actor::System("command line"));
    match command {
        EditionsCommand::List(args) => {
            let set = editions::list(&cx).await?;
            if args.json {
                let list: Vec<Value> = set.all().iter().map(|one| to_json(one, &set)).collect();
                console::line(serde_json::to_string_pretty(&list).map_err(Error::internal)?);
            } else {
                console::text(&table(&set));
            }
        }
        EditionsCommand::Set(args) => {
            let code = set(&cx, args).await?;
            let all = editions::list(&cx).await?;
            let edition = all.resolve(Some(&code))?;
            let text = serde_json::to_string_pretty(&to_json(edition, &all));
            console::line(text.map_err(Error::internal)?);
        }
    }
    app.store().clone().close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Changes an edition. Answers with the code it has now.
async fn set(cx: &ActorContext, args: &SetArgs) -> Result<String> {
    let all = editions::list(cx).await?;
    if all.all().is_empty() {
        return Err(Error::NotFound(
            "the site has no edition yet: `colophon import wordpress FILE` or `colophon demo` makes the first".to_owned(),
        ));
    }
    let edition = all.resolve(Some(&args.edition))?;
    let draft = changed(edition, args, &all)?;
    let code = draft.code.to_string();
    editions::update(cx, edition.id, draft).await?;
    Ok(code)
}

/// The whole of an edition with what the command line names.
fn changed(edition: &Edition, args: &SetArgs, all: &EditionSet) -> Result<EditionDraft> {
    let code = match &args.code {
        Some(code) => code.parse()?,
        None => edition.code.clone(),
    };
    let kept = (edition.direction != edition.code.direction()).then_some(edition.direction);
    let direction = match args.direction {
        Some(DirectionWord::Ltr) => Some(Direction::Ltr),
        Some(DirectionWord::Rtl) => Some(Direction::Rtl),
        Some(DirectionWord::Auto) => None,
        // One that goes with the language follows it.
        None => kept,
    };
    let fallback = match args.fallback.as_deref() {
        Some(NONE) => None,
        Some(code) => Some(
            all.by_code(code)
                .ok_or_else(|| Error::invalid("fallback", format!("there is no edition `{code}`")))?
                .id,
        ),
        None => edition.fallback,
    };
    let mut permalinks = edition.permalinks.clone();
    for (kind, pattern) in &args.permalink {
        pattern.clone_into(pattern_of(&mut permalinks, *kind));
    }
    let or = |said: &Option<String>, now: &str| said.clone().unwrap_or_else(|| now.to_owned());
    let tagline = match &args.tagline {
        Some(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        None => edition.tagline.clone(),
    };
    Ok(EditionDraft {
        code,
        name: or(&args.name, &edition.name),
        direction,
        base_url: or(&args.base_url, &edition.base_url),
        title: or(&args.title, &edition.title),
        tagline,
        fallback,
        is_default: edition.is_default || args.default,
        position: args.position.unwrap_or(edition.position),
        permalinks,
        slug_style: match args.slug_style {
            Some(SlugStyleWord::Native) => SlugStyle::Native,
            Some(SlugStyleWord::Transliterated) => SlugStyle::Transliterated,
            None => edition.slug_style,
        },
    })
}

fn pattern_of(permalinks: &mut Permalinks, kind: PermalinkKind) -> &mut String {
    match kind {
        PermalinkKind::Article => &mut permalinks.article,
        PermalinkKind::Page => &mut permalinks.page,
        PermalinkKind::Issue => &mut permalinks.issue,
        PermalinkKind::Newsletter => &mut permalinks.newsletter,
        PermalinkKind::Category => &mut permalinks.category,
        PermalinkKind::Tag => &mut permalinks.tag,
        PermalinkKind::Author => &mut permalinks.author,
    }
}

fn fallback_of<'a>(edition: &Edition, all: &'a EditionSet) -> Option<&'a str> {
    let id = edition.fallback?;
    Some(all.get(id).ok()?.code.as_str())
}

fn table(set: &EditionSet) -> String {
    let head = ["code", "name", "direction", "fallback", "address", "title"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for edition in set.all() {
        let star = if edition.is_default { " (default)" } else { "" };
        rows.push(vec![
            format!("{}{star}", edition.code),
            edition.name.clone(),
            edition.direction.as_str().to_owned(),
            fallback_of(edition, set).unwrap_or(NONE).to_owned(),
            edition.base_url.clone(),
            edition.title.clone(),
        ]);
    }
    console::table(&rows)
}

fn to_json(edition: &Edition, all: &EditionSet) -> Value {
    json!({
        "code": edition.code.as_str(),
        "name": edition.name,
        "direction": edition.direction.as_str(),
        "baseUrl": edition.base_url,
        "title": edition.title,
        "tagline": edition.tagline,
        "fallback": fallback_of(edition, all),
        "isDefault": edition.is_default,
        "position": edition.position,
        "permalinks": edition.permalinks,
        "slugStyle": edition.slug_style.as_str(),
    })
}
