//! `colophon import wordpress FILE`: brings a WordPress export into the store.

use std::{
    io::IsTerminal,
    path::PathBuf,
    process::ExitCode,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use application::transfer::wordpress::{self, ImportReport, Progress, WordPressImport};
use clap::{Args, Subcommand};
use domain::{Error, Result, access::Actor, content::ContentKind};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{BuildOptions, Durability, config::Config, console, open};

/// Some records could not be imported, all others were. (2 is a wrong command line.)
const SOME_FAILED: u8 = 3;
/// The file broke off, or could not be read to its end; what was whole is imported.
const BROKEN_OFF: u8 = 4;

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Where content comes from.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// A WordPress export: the XML file that Tools > Export makes
    #[command(name = "wordpress")]
    WordPress(WordPressArgs),
}

/// Options of `import wordpress`.
#[derive(Debug, Args)]
pub struct WordPressArgs {
    /// The export (WXR)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The edition of what names no language itself; made when it is not there yet
    #[arg(long, value_name = "CODE")]
    pub edition: Option<String>,
    /// Keeps the ids of several WordPress apart [default: the site's address in the export]
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// A CSV file of what belongs together: group, source, kind, id and, if wanted, edition
    #[arg(long, value_name = "FILE")]
    pub links: Option<PathBuf>,
    /// Replace what was edited here since its import too
    #[arg(long)]
    pub overwrite: bool,
    /// Change nothing; report what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Report in JSON
    #[arg(long)]
    pub json: bool,
    /// Read the edition of each post from this meta key, such as _locale
    #[arg(long, value_name = "KEY")]
    pub locale_meta: Option<String>,
    /// Import a custom post type as articles or pages, such as book=page; may be repeated
    #[arg(long, value_name = "TYPE=KIND", value_parser = map_type)]
    pub map_type: Vec<(String, ContentKind)>,
    /// Fill a custom field from a meta key, such as _rating=rating; may be repeated
    #[arg(long, value_name = "KEY=FIELD", value_parser = map_meta)]
    pub map_meta: Vec<(String, String)>,
}

fn map_type(text: &str) -> Result<(String, ContentKind), String> {
    let (post_type, kind) = text.split_once('=').ok_or("must look like book=page")?;
    match ContentKind::from_str(kind) {
        Ok(kind @ (ContentKind::Article | ContentKind::Page)) if !post_type.is_empty() => {
            Ok((post_type.to_owned(), kind))
        }
        _ => Err("must name a post type and `article` or `page`, such as book=page".to_owned()),
    }
}

fn map_meta(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((key, field)) if !key.is_empty() && !field.is_empty() => {
            Ok((key.to_owned(), field.to_owned()))
        }
        Some(_) | None => Err("must look like _rating=rating".to_owned()),
    }
}

pub(super) async fn run(config: &Config, command: &ImportCommand) -> Result<ExitCode> {
    let ImportCommand::WordPress(args) = command;
    let options = BuildOptions {
        durability: Durability::Bulk,
        ..BuildOptions::default()
    };
    let request = WordPressImport {
        path: args.file.clone(),
        edition: args.edition.clone(),
        source: args.source.clone(),
        links: args.links.clone(),
        overwrite: args.overwrite,
        dry_run: args.dry_run,
        locale_meta: args.locale_meta.clone(),
        map_types: args.map_type.clone(),
        map_meta: args.map_meta.clone(),
    };
    // First of all, so that a wrong name makes no store.
    wordpress::check(&request)?;
    let app = open(config, options).await?;
    let cx = app.context(Actor::System("import"));
    let report = if std::io::stderr().is_terminal() {
        let bar = Bar::new();
        let report = wordpress::import(&cx, &request, &bar).await;
        bar.0.finish_and_clear();
        report
    } else {
        wordpress::import(&cx, &request, &Lines::new()).await
    };
    let report = report?;
    app.store().clone().close().await?;
    if args.json {
        console::line(serde_json::to_string_pretty(&report).map_err(Error::internal)?);
    } else {
        console::text(&report.to_string());
    }
    Ok(exit_code(&report))
}

fn exit_code(report: &ImportReport) -> ExitCode {
    match (&report.error, report.tally.problem_count) {
        (Some(_), _) => ExitCode::from(BROKEN_OFF),
        (None, 0) => ExitCode::SUCCESS,
        (None, _) => ExitCode::from(SOME_FAILED),
    }
}

/// A bar on the terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let style =
            ProgressStyle::with_template("{wide_bar} {percent:>3} %, {msg} items, {eta} left");
        let style = style.unwrap_or_else(|_broken| ProgressStyle::default_bar());
        Self(ProgressBar::new(0).with_style(style))
    }
}

impl Progress for Bar {
    fn advance(&self, bytes_done: u64, bytes_total: u64, items: u64) {
        self.0.set_length(bytes_total);
        self.0.set_position(bytes_done);
        self.0.set_message(items.to_string());
    }
}

/// Plain lines for a log, not too many of them.
struct Lines(Mutex<Instant>);

impl Lines {
    fn new() -> Self {
        Self(Mutex::new(Instant::now()))
    }
}

impl Progress for Lines {
    fn advance(&self, bytes_done: u64, bytes_total: u64, items: u64) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.elapsed() >= LINE_EVERY {
            *told = Instant::now();
            console::note(in_words(bytes_done, bytes_total, items));
        }
    }
}

fn in_words(bytes_done: u64, bytes_total: u64, items: u64) -> String {
    let percent = bytes_done
        .saturating_mul(100)
        .checked_div(bytes_total)
        .unwrap_or(100);
    format!("{percent} %, {items} items")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_type_is_mapped_to_articles_or_pages() {
        assert_eq!(
            map_type("book=page").unwrap(),
            ("book".to_owned(), ContentKind::Page)
        );
        for wrong in ["book", "=page", "book=issue", "book=novel"] {
            assert!(map_type(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_exit_code_tells_how_an_import_ended() {
        let mut report = ImportReport::default();
        assert_eq!(exit_code(&report), ExitCode::SUCCESS);
        report.tally.problem_count = 1;
        assert_eq!(exit_code(&report), ExitCode::from(3));
        report.error = Some("the file breaks off".to_owned());
        assert_eq!(exit_code(&report), ExitCode::from(4));
    }

    #[test]
    fn progress_is_told_in_percent() {
        assert_eq!(in_words(50, 200, 7), "25 %, 7 items");
        assert_eq!(in_words(0, 0, 0), "100 %, 0 items");
    }
}
