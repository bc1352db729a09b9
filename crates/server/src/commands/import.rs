//! `colophon import wordpress FILE`: brings a WordPress export into the store.

use std::{
    collections::BTreeMap,
    io::IsTerminal,
    path::PathBuf,
    process::ExitCode,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use application::transfer::wordpress::{self, ImportReport, Progress, WordPressImport};
use clap::{Args, Subcommand};
use domain::{Result, access::Actor, content::ContentKind};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{BuildOptions, Durability, config::Config, console, open};

/// Some records could not be imported, all others were.
const SOME_FAILED: u8 = 2;

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// How many notes of one kind are shown; `--json` shows all.
const MAX_NOTES: usize = 50;

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
    /// A CSV file of pairs of source and id that translate each other
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

pub(super) async fn run(config: &Config, command: &ImportCommand) -> Result<ExitCode> {
    let ImportCommand::WordPress(args) = command;
    let app = open(
        config,
        BuildOptions {
            durability: Durability::Bulk,
            ..BuildOptions::default()
        },
    )
    .await?;
    let import = WordPressImport {
        path: args.file.clone(),
        edition: args.edition.clone(),
        source: args.source.clone(),
        links: args.links.clone(),
        overwrite: args.overwrite,
        dry_run: args.dry_run,
        locale_meta: args.locale_meta.clone(),
        map_types: args.map_type.clone(),
    };
    let progress: Box<dyn Progress> = if std::io::stderr().is_terminal() {
        Box::new(Bar::default())
    } else {
        Box::new(Lines::default())
    };
    let report = wordpress::import(
        &app.context(Actor::System("import")),
        import,
        progress.as_ref(),
    )
    .await;
    progress.end();
    let report = report?;
    app.store().clone().close().await?;
    if args.json {
        console::line(serde_json::to_string_pretty(&report).map_err(domain::Error::internal)?);
    } else {
        console::text(&in_words(&report));
    }
    Ok(match (&report.error, report.failed()) {
        (Some(_), _) => ExitCode::FAILURE,
        (None, 0) => ExitCode::SUCCESS,
        (None, _) => ExitCode::from(SOME_FAILED),
    })
}

/// The report for people.
fn in_words(report: &ImportReport) -> String {
    let heading = ["", "created", "updated", "unchanged", "skipped", "failed"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for (kind, counts) in &report.kinds {
        let numbers = [
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.skipped,
            counts.failed,
        ];
        rows.push(
            std::iter::once(kind.clone())
                .chain(numbers.iter().map(u64::to_string))
                .collect(),
        );
    }
    let mut parts = vec![console::table(&rows)];
    for (reason, notes) in by_reason(report) {
        let mut lines = vec![format!("{reason} ({})", notes.len())];
        lines.extend(notes.iter().take(MAX_NOTES).map(|note| format!("  {note}")));
        if notes.len() > MAX_NOTES {
            lines.push("  … (--json lists all)".to_owned());
        }
        parts.push(lines.join("\n") + "\n");
    }
    if report.is_dry_run {
        parts.push("nothing was changed: this was a dry run\n".to_owned());
    }
    if let Some(error) = &report.error {
        parts.push(format!("the import broke off: {error}\nwhat came before is imported; run it again with the whole file to go on\n"));
    }
    parts.join("\n")
}

/// Notes with the same reason together, each with its place in the file.
fn by_reason(report: &ImportReport) -> BTreeMap<&str, Vec<String>> {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for note in &report.notes {
        let place = match note.line {
            Some(line) => format!("line {line}: {}", note.item),
            None => note.item.clone(),
        };
        groups.entry(note.reason.as_str()).or_default().push(place);
    }
    groups
}

/// A bar on the terminal.
#[derive(Default)]
struct Bar(Mutex<Option<ProgressBar>>);

impl Bar {
    fn with(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Progress for Bar {
    fn begin(&self, pass: &str, total: u64) {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(total)
            .with_style(style)
            .with_message(pass.to_owned());
        self.with(|current| {
            if let Some(before) = current.replace(bar) {
                before.finish_and_clear();
            }
        });
    }
    fn at(&self, done: u64) {
        self.with(|bar| {
            if let Some(bar) = bar {
                bar.set_position(done);
            }
        });
    }
    fn end(&self) {
        self.with(|bar| {
            if let Some(bar) = bar.take() {
                bar.finish_and_clear();
            }
        });
    }
}

/// Plain lines for a log, not too many of them.
#[derive(Default)]
struct Lines(Mutex<Option<Pass>>);

struct Pass {
    name: String,
    total: u64,
    told: Instant,
}

impl Progress for Lines {
    fn begin(&self, pass: &str, total: u64) {
        console::note(pass);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Pass {
            name: pass.to_owned(),
            total,
            told: Instant::now(),
        });
    }
    fn at(&self, done: u64) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pass) = current
            .as_mut()
            .filter(|pass| pass.told.elapsed() >= LINE_EVERY)
        {
            pass.told = Instant::now();
            console::note(format_args!(
                "{}: {} %",
                pass.name,
                done.saturating_mul(100)
                    .checked_div(pass.total)
                    .unwrap_or(0)
            ));
        }
    }
    fn end(&self) {}
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
}
