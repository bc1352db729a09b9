//! The course of an import: look through the file, write what everything refers to, write the
//! rest, then resolve what had to wait.

use std::{
    path::PathBuf,
    sync::{Arc, RwLock},
    time::Instant,
};

use domain::{Error, Result, content::ContentKind};

use super::{
    course::{Course, Stage},
    known::Known,
    link_rows::LinkRows,
    meta_fields::MetaFields,
    report::{ImportReport, Kind, Tally},
    run::{Past, Run},
    setup::{keep_links, look, set_up},
    survey::open,
    writer::Writer,
};
use crate::ActorContext;

/// What to import, and how.
#[derive(Debug, Clone, Default)]
pub struct WordPressImport {
    /// The file, as WordPress exported it.
    pub path: PathBuf,
    /// The edition of what says nothing about its language; it is made when there is none of that
    /// code. Without it, the one of the site's language is used or made.
    pub edition: Option<String>,
    /// The name under which the ids of this file are kept apart from those of other sites. Without
    /// it, the address of the site.
    pub source: Option<String>,
    /// A list of what belongs together across sources: `group,source,kind,id,edition`.
    pub links: Option<PathBuf>,
    /// Whether what was edited here since the last import is replaced too.
    pub overwrite: bool,
    /// Whether everything is undone at the end.
    pub dry_run: bool,
    /// The custom field that names the language of an item.
    pub locale_meta: Option<String>,
    /// Types of items beside `post` and `page`, and what they become.
    pub map_types: Vec<(String, ContentKind)>,
    /// Custom fields of `WordPress`, by key, and the custom fields here that they fill.
    pub map_meta: Vec<(String, String)>,
}

/// Is told how far an import has come.
pub trait Progress: Send + Sync {
    /// So many bytes of the work are done, of so many; so many items were read.
    fn advance(&self, bytes_done: u64, bytes_total: u64, items: u64);
}

/// Tells nobody.
impl Progress for () {
    fn advance(&self, _bytes_done: u64, _bytes_total: u64, _items: u64) {}
}

/// Imports a `WordPress` export. Running it again changes only what has changed in the file since.
///
/// A file that is no export is refused. One that breaks off is imported as far as it goes: the
/// report then says where it ended, in `error`.
pub async fn import(
    cx: &ActorContext,
    request: &WordPressImport,
    progress: &dyn Progress,
) -> Result<ImportReport> {
    let began = Instant::now();
    check(request)?;
    let mut report = if request.dry_run {
        cx.rehearse(async |tx| Box::pin(run(cx, request, progress, Stage::Rehearsal(tx))).await)
            .await?
    } else {
        Box::pin(run(cx, request, progress, Stage::Live(cx.clone()))).await?
    };
    report.dry_run = request.dry_run;
    report.elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(report)
}

/// Whether an import can be begun: its options fit, and its files are there.
pub fn check(request: &WordPressImport) -> Result<()> {
    open(&request.path)?;
    if let Some(links) = &request.links {
        LinkRows::open(links)?;
    }
    for (name, kind) in &request.map_types {
        if *kind == ContentKind::Issue {
            return Err(Error::invalid(
                "mapType",
                format!("`{name}` cannot become an issue: types become articles or pages"),
            ));
        }
        if matches!(name.as_str(), "attachment" | "nav_menu_item" | "") {
            return Err(Error::invalid(
                "mapType",
                format!("`{name}` has its own place already"),
            ));
        }
    }
    Ok(())
}

async fn run(
    cx: &ActorContext,
    request: &WordPressImport,
    progress: &dyn Progress,
    mut stage: Stage<'_>,
) -> Result<ImportReport> {
    let meta_fields = MetaFields::new(cx.content_model(), &request.map_meta)?;
    let mut tally = Tally::default();
    let listed = keep_links(&mut stage, request, &mut tally).await?;
    let (survey, source) = look(cx, request, &mut stage).await?;
    let setup = stage
        .run(async |tx| set_up(tx, request, &survey, &source).await)
        .await?;
    tally.counts(Kind::Editions).created += setup.created;
    let known = Arc::new(Known::new());
    known.learn_editions(&setup.editions);
    let report = ImportReport {
        source: source.clone(),
        edition: setup.default_code,
        bytes: survey.bytes,
        tally,
        ..ImportReport::default()
    };
    let places = setup.sites.iter().flat_map(|site| &site.places);
    let mut sisters: Vec<String> = places.map(|place| place.host.clone()).collect();
    sisters.extend(listed);
    let run = Arc::new(Run {
        cx: cx.clone(),
        path: request.path.clone(),
        now: cx.now(),
        source,
        site: survey.site,
        bookmark: survey.bookmark,
        bytes: survey.bytes,
        default: setup.default,
        languages: setup.languages,
        locales: RwLock::default(),
        locale_meta: request.locale_meta.clone(),
        map_types: request.map_types.iter().cloned().collect(),
        meta_fields,
        overwrite: request.overwrite,
        unpublished: survey.unpublished,
        has_head_only: !survey.has_attachments && !survey.has_late_head,
        sisters,
        past: Past {
            is_new_source: setup.past.is_new_source && !survey.has_late_head,
            ..setup.past
        },
        said: setup.said,
    });
    let mut writer = Writer::new(Arc::clone(&run), Arc::clone(&known), setup.links);
    writer.sites = setup.sites;
    let mut course = Course {
        stage,
        writer,
        run,
        known,
        report,
        resolves_all: setup.past.was_broken_off,
        progress,
    };
    course.go(request).await?;
    Ok(course.report)
}
