//! The course of an import: look through the file, write what everything refers to, write the
//! rest, then resolve what had to wait.

use std::{
    collections::{BTreeSet, HashMap},
    ops::AsyncFnOnce,
    path::PathBuf,
    sync::{Arc, RwLock},
    time::Instant,
};

use domain::{
    Error, Result,
    content::{ContentKind, EntryQuery, Parts},
    editions::Edition,
    id::EditionId,
    paging::PageArgs,
};
use persistence::{Deferred, ImportLink};
use tokio::{runtime::Handle, sync::mpsc};

use super::{
    batch::Batch,
    editions::{Wanted, find_or_make},
    groups::polylang_key,
    items::{Position, Site},
    known::Known,
    links::{self, LinkRow, LinkRows, source_name},
    post_writer::LaterPage,
    prepare::{Pass, PassEnd, Preparer, Seen},
    report::{ImportReport, Kind, Problem, Tally},
    resolve::{AT_A_TIME, ImportedSite, SitePlace, imported_sites, links_kind},
    run::{EVERYWHERE, Place, Run, kinds, later, saying},
    survey::{GroupedTerm, Sighting, Survey, site_base, survey},
    writer::{Care, Effects, Writer},
};
use crate::{ActorContext, Tx};

/// What an import notes of its own source: that it has begun, and that it has come to its end.
const IMPORTED: &str = "imported";
const BEGUN: &str = "begun";
const DONE: &str = "done";
/// How many lines of a list of links are dealt with in one transaction.
const LINKS_AT_A_TIME: usize = 200;
/// More sites than this belong to no publication.
const MOST_HOSTS: usize = 1_000;

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
    /// A list of what belongs together across sources: `group,source,kind,id`.
    pub links: Option<PathBuf>,
    /// Whether what was edited here since the last import is replaced too.
    pub overwrite: bool,
    /// Whether everything is undone at the end.
    pub dry_run: bool,
    /// The custom field that names the language of an item.
    pub locale_meta: Option<String>,
    /// Types of items beside `post` and `page`, and what they become.
    pub map_types: Vec<(String, ContentKind)>,
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

fn check(request: &WordPressImport) -> Result<()> {
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

/// Where the changes of an import happen: each part in a transaction of its own, or all in one that
/// is undone.
enum Stage<'t> {
    Live(ActorContext),
    Rehearsal(&'t mut Tx),
}

impl Stage<'_> {
    async fn run<T>(&mut self, change: impl AsyncFnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        match self {
            Self::Live(cx) => cx.write(change).await,
            Self::Rehearsal(tx) => tx.savepoint(change).await,
        }
    }
}

/// What one run has made so far.
struct Course<'a> {
    stage: Stage<'a>,
    writer: Writer,
    run: Arc<Run>,
    known: Arc<Known>,
    report: ImportReport,
    /// Whether what had to wait is looked at even if this run brings nothing new.
    resolves_all: bool,
    progress: &'a dyn Progress,
}

async fn run(
    cx: &ActorContext,
    request: &WordPressImport,
    progress: &dyn Progress,
    mut stage: Stage<'_>,
) -> Result<ImportReport> {
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
        overwrite: request.overwrite,
        unpublished: survey.unpublished,
        has_head_only: !survey.has_attachments && !survey.has_late_head,
        sisters,
        is_new_source: setup.is_new_source && !survey.has_late_head,
        has_groups: setup.has_groups,
        is_shared: setup.is_shared,
    });
    let mut writer = Writer::new(Arc::clone(&run), Arc::clone(&known), setup.links);
    writer.sites = setup.sites;
    let mut course = Course {
        stage,
        writer,
        run,
        known,
        report,
        resolves_all: setup.was_broken_off,
        progress,
    };
    course.go(request).await?;
    Ok(course.report)
}

/// Keeps the list of links, and answers with the hosts it names.
async fn keep_links(
    stage: &mut Stage<'_>,
    request: &WordPressImport,
    tally: &mut Tally,
) -> Result<BTreeSet<String>> {
    let mut hosts = BTreeSet::new();
    let Some(path) = &request.links else {
        return Ok(hosts);
    };
    let mut rows = LinkRows::open(path)?.peekable();
    while rows.peek().is_some() {
        let mut chunk: Vec<LinkRow> = Vec::new();
        for row in rows.by_ref().take(LINKS_AT_A_TIME) {
            match row {
                Ok(row) => {
                    // A source that is an address begins with its host.
                    let host = row.source.split('/').next().unwrap_or_default();
                    if host.contains('.') && hosts.len() < MOST_HOSTS {
                        hosts.insert(host.to_owned());
                    }
                    chunk.push(row);
                }
                Err(problem) => tally.problem(problem),
            }
        }
        stage.run(async |tx| links::keep(tx, &chunk).await).await?;
    }
    Ok(hosts)
}

/// Looks through the file on a thread of its own, and keeps which terms translate each other.
async fn look(
    cx: &ActorContext,
    request: &WordPressImport,
    stage: &mut Stage<'_>,
) -> Result<(Survey, String)> {
    let (sender, mut receiver) = mpsc::channel(2);
    let (path, now) = (request.path.clone(), cx.now());
    let task = tokio::task::spawn_blocking(move || survey(&path, now, &sender));
    let mut source = None;
    while let Some(sighting) = receiver.recv().await {
        match (sighting, &source) {
            (Sighting::Site(site), _) => source = Some(name_source(request, &site)?),
            (Sighting::Groups(groups), Some(source)) => {
                stage
                    .run(async |tx| keep_groups(tx, source, &groups).await)
                    .await?;
            }
            (Sighting::Groups(_), None) => {}
        }
    }
    let survey = task.await.map_err(Error::internal)??;
    let source = source.ok_or_else(|| {
        Error::invalid("file", "breaks off before anything of the export has begun")
    })?;
    Ok((survey, source))
}

fn name_source(request: &WordPressImport, site: &Site) -> Result<String> {
    let name = [
        &request.source,
        &site.base_blog_url,
        &site.link,
        &site.base_site_url,
    ]
    .into_iter()
    .flatten()
    .map(|name| source_name(name))
    .find(|name| !name.is_empty());
    match name {
        Some(name) if name == EVERYWHERE => Err(Error::invalid("source", "must not be `*`")),
        Some(name) => Ok(name),
        None => Err(Error::invalid(
            "source",
            "is required: the file does not say the address of its site",
        )),
    }
}

/// Keeps which terms translate each other, and their languages.
async fn keep_groups(tx: &mut Tx, source: &str, groups: &[GroupedTerm]) -> Result<()> {
    for term in groups {
        let external_id = term.id.to_string();
        let listed = tx
            .reader()
            .import_group(source, kinds::TERM, &external_id)
            .await?;
        // What a list of links says goes first.
        if listed.is_none() {
            let link = ImportLink {
                group: polylang_key(kinds::TERM, source, &term.group),
                source: source.to_owned(),
                kind: kinds::TERM.to_owned(),
                external_id: external_id.clone(),
            };
            tx.store_tx().save_import_link(&link).await?;
        }
        let language = saying(&term.language);
        tx.store_tx()
            .save_import_record(source, kinds::TERM_LANGUAGE, &external_id, &language)
            .await?;
    }
    Ok(())
}

/// What an import begins with.
struct Setup {
    default: Place,
    default_code: String,
    languages: HashMap<String, Place>,
    editions: Vec<Edition>,
    created: u64,
    is_new_source: bool,
    /// Whether an earlier run ended before its end.
    was_broken_off: bool,
    has_groups: bool,
    is_shared: bool,
    sites: Vec<ImportedSite>,
    links: &'static str,
}

async fn set_up(
    tx: &mut Tx,
    request: &WordPressImport,
    survey: &Survey,
    source: &str,
) -> Result<Setup> {
    let base = site_base(&survey.site);
    let wanted = Wanted::default(request.edition.as_deref(), &survey.site, base.clone())?;
    let (edition, is_new) = find_or_make(tx, &wanted, &survey.site).await?;
    let mut created = u64::from(is_new);
    let mut languages = HashMap::new();
    let mut editions = vec![edition.clone()];
    let mut old: Vec<EditionId> = (!is_new).then_some(edition.id).into_iter().collect();
    for language in &survey.languages {
        let Some(wanted) = Wanted::of_language(language, base.as_ref()) else {
            continue;
        };
        let (edition, is_new) = find_or_make(tx, &wanted, &survey.site).await?;
        created += u64::from(is_new);
        let place = Place {
            edition: edition.id,
            base: wanted.base,
        };
        languages.insert(language.slug.clone(), place);
        if !is_new {
            old.push(edition.id);
        }
        editions.push(edition);
    }
    let default = Place {
        edition: edition.id,
        base,
    };
    let state = tx
        .reader()
        .import_record(source, kinds::STATE, IMPORTED)
        .await?;
    note_state(tx, source, BEGUN).await?;
    let listed = tx
        .reader()
        .import_record(source, kinds::STATE, links::LISTED)
        .await?;
    let (sites, is_shared) = note_site(tx, source, &default, &languages, &old).await?;
    tx.store_tx()
        .clear_deferred(source, Some(later::PAGE))
        .await?;
    Ok(Setup {
        default,
        default_code: edition.code.to_string(),
        has_groups: !languages.is_empty() || listed.is_some(),
        languages,
        editions,
        created,
        is_new_source: state.is_none(),
        was_broken_off: state.is_some_and(|state| state.content_hash != DONE),
        is_shared,
        sites,
        links: links_kind(tx).await?,
    })
}

async fn note_state(tx: &mut Tx, source: &str, state: &str) -> Result<()> {
    tx.store_tx()
        .save_import_record(source, kinds::STATE, IMPORTED, &saying(state))
        .await
}

/// Notes where the site stood, for links from other sites. Answers with all sites, this one first,
/// and whether others write to the same editions.
async fn note_site(
    tx: &mut Tx,
    source: &str,
    default: &Place,
    languages: &HashMap<String, Place>,
    old: &[EditionId],
) -> Result<(Vec<ImportedSite>, bool)> {
    let mut places: Vec<SitePlace> = std::iter::once(default)
        .chain(languages.values())
        .filter_map(|place| Some(SitePlace::new(place.base.as_ref()?, place.edition)))
        .collect();
    places.sort_by(|a, b| (&a.host, &a.path, a.edition).cmp(&(&b.host, &b.path, b.edition)));
    places.dedup();
    let own = ImportedSite {
        source: source.to_owned(),
        places,
    };
    let mut sites = imported_sites(tx).await?;
    if !sites.contains(&own) {
        let payload = serde_json::to_string(&own).map_err(Error::internal)?;
        tx.store_tx()
            .defer(EVERYWHERE, later::SITE, source, &payload)
            .await?;
    }
    let is_first = sites.iter().all(|site| site.source != source);
    sites.retain(|site| site.source != source);
    let places = sites.iter().flat_map(|site| &site.places);
    let mut is_shared = places.into_iter().any(|place| old.contains(&place.edition));
    if is_first {
        for edition in old {
            is_shared |= has_entries(tx, *edition).await?;
        }
    }
    sites.insert(0, own);
    Ok((sites, is_shared))
}

async fn has_entries(tx: &mut Tx, edition: EditionId) -> Result<bool> {
    let cx = tx.cx().clone();
    for kind in [ContentKind::Article, ContentKind::Page] {
        let query = EntryQuery {
            edition: Some(edition),
            ..EntryQuery::all(kind)
        };
        let page = tx
            .reader()
            .entries(cx.scope(), &query, &PageArgs::first(1), Parts::NONE)
            .await?;
        if page.nodes().next().is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Course<'_> {
    async fn go(&mut self, request: &WordPressImport) -> Result<()> {
        let Self { stage, writer, .. } = self;
        stage.run(async |tx| writer.forget_menus(tx).await).await?;
        let source = self.run.source.clone();
        let head = self.pass(Pass::Head, Seen::default()).await?;
        self.drain(&source, later::TERM_PARENT, async |writer, tx, rows, _| {
            writer.late_parents(tx, &rows).await
        })
        .await?;
        let items = self.pass(Pass::Items, head.seen).await?;
        self.report.error = items.error;
        self.late_pages().await?;
        self.drain(
            &source,
            later::REDIRECT,
            async |writer, tx, rows, effects| writer.late_redirects(tx, &rows, effects).await,
        )
        .await?;
        self.menus().await?;
        if self.resolves_all || self.has_news() {
            let links = self.writer.links;
            self.drain(EVERYWHERE, links, async |writer, tx, rows, effects| {
                writer.late_links(tx, rows, effects).await
            })
            .await?;
        }
        self.join(request).await?;
        self.stage
            .run(async |tx| note_state(tx, &source, DONE).await)
            .await?;
        self.tell(self.run.bytes * 2);
        Ok(())
    }

    /// Whether anything was written that something else may have waited for.
    fn has_news(&self) -> bool {
        let kinds = self.report.tally.kinds;
        [kinds.posts, kinds.pages, kinds.attachments]
            .into_iter()
            .any(|counts| counts.created + counts.updated > 0)
    }

    fn tell(&self, bytes_done: u64) {
        let total = self.run.bytes * 2;
        self.progress
            .advance(bytes_done.min(total), total, self.report.items);
    }

    /// Goes through the file: one thread reads ahead, this one writes.
    async fn pass(&mut self, pass: Pass, seen: Seen) -> Result<PassEnd> {
        let (sender, mut receiver) = mpsc::channel(1);
        let preparer = self.preparer(seen);
        let task = tokio::task::spawn_blocking(move || preparer.pass(pass, &sender));
        let before = match pass {
            Pass::Head => 0,
            Pass::Items => self.run.bytes,
        };
        while let Some(batch) = receiver.recv().await {
            let bytes_done = before + batch.bytes_done;
            self.write(batch).await?;
            self.tell(bytes_done);
        }
        task.await.map_err(Error::internal)?
    }

    fn preparer(&self, seen: Seen) -> Preparer {
        let (run, known) = (Arc::clone(&self.run), Arc::clone(&self.known));
        Preparer::new(run, known, Handle::current(), seen)
    }

    /// Writes a batch: all at once, and one by one if that fails. Answers how many pages of it were
    /// put off.
    async fn write(&mut self, mut batch: Batch) -> Result<usize> {
        let mut put_off = 0;
        if !batch.work.is_empty() {
            let Self { stage, writer, .. } = self;
            let attempt = stage
                .run(async |tx| writer.write(tx, &mut batch, Care::AllAtOnce).await)
                .await;
            let effects = match attempt {
                Ok(effects) => effects,
                Err(error @ Error::Unavailable { .. }) => return Err(error),
                Err(_) => {
                    writer.undo();
                    stage
                        .run(async |tx| writer.write(tx, &mut batch, Care::OneByOne).await)
                        .await?
                }
            };
            put_off = effects.put_off;
            self.report.tally.absorb(self.writer.commit(effects));
        }
        self.report.tally.absorb(batch.tally);
        self.report.items += batch.items;
        Ok(put_off)
    }

    /// Does what was left to be done, some of it in each transaction, and forgets it at the end.
    async fn drain(
        &mut self,
        source: &str,
        kind: &str,
        mut work: impl AsyncFnMut(&mut Writer, &mut Tx, Vec<Deferred>, &mut Effects) -> Result<()>,
    ) -> Result<()> {
        let mut after = 0;
        loop {
            let Self { stage, writer, .. } = self;
            let done = stage
                .run(async |tx| {
                    let rows = tx.reader().deferred(source, kind, after, AT_A_TIME).await?;
                    let mut effects = Effects::default();
                    let Some(last) = rows.last().map(|row| row.sequence) else {
                        tx.store_tx().clear_deferred(source, Some(kind)).await?;
                        return Ok((None, effects));
                    };
                    work(writer, tx, rows, &mut effects).await?;
                    Ok((Some(last), effects))
                })
                .await?;
            let (last, effects) = done;
            self.report.tally.absorb(self.writer.commit(effects));
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// Writes pages that were put off because their parent had not come: as long as that places
    /// some of them, then without a parent.
    async fn late_pages(&mut self) -> Result<()> {
        let source = self.run.source.clone();
        let (mut after, mut round, mut placed) = (0, 0, 0);
        loop {
            let Self { stage, .. } = self;
            let rows = stage
                .run(async |tx| {
                    tx.reader()
                        .deferred(&source, later::PAGE, after, AT_A_TIME)
                        .await
                })
                .await?;
            let mut pages: Vec<LaterPage> = Vec::new();
            for row in rows {
                let page: LaterPage =
                    serde_json::from_str(&row.payload).map_err(Error::internal)?;
                if page.round > round {
                    if !pages.is_empty() {
                        break;
                    }
                    self.writer.puts_off = placed > 0;
                    (round, placed) = (page.round, 0);
                }
                after = row.sequence;
                pages.push(page);
            }
            if pages.is_empty() {
                break;
            }
            let count = pages.len();
            let preparer = self.preparer(Seen::default());
            let task = tokio::task::spawn_blocking(move || preparer.again(&pages));
            let batch = task.await.map_err(Error::internal)??;
            let put_off = self.write(batch).await?;
            placed += count.saturating_sub(put_off);
        }
        self.stage
            .run(async |tx| {
                tx.store_tx()
                    .clear_deferred(&source, Some(later::PAGE))
                    .await
            })
            .await
    }

    async fn menus(&mut self) -> Result<()> {
        let Self { stage, writer, .. } = self;
        let names = stage.run(async |tx| writer.menu_names(tx).await).await?;
        for (slug, name) in names {
            let Self { stage, writer, .. } = self;
            let written = stage
                .run(async |tx| {
                    let mut effects = Effects::default();
                    writer.menu(tx, &slug, &name, &mut effects).await?;
                    Ok(effects)
                })
                .await;
            match written {
                Ok(effects) => {
                    let tally = self.writer.commit(effects);
                    self.report.tally.absorb(tally);
                }
                Err(error @ Error::Unavailable { .. }) => return Err(error),
                Err(error) => {
                    let nowhere = Position {
                        line: 0,
                        byte_offset: 0,
                    };
                    let tally = &mut self.report.tally;
                    tally.counts(Kind::Menus).failed += 1;
                    tally.problem(Problem::at(nowhere, "menu", Some(slug), error.to_string()));
                }
            }
        }
        let Self { stage, writer, .. } = self;
        stage.run(async |tx| writer.forget_menus(tx).await).await
    }

    /// Joins what the list of links names.
    async fn join(&mut self, request: &WordPressImport) -> Result<()> {
        let Some(path) = &request.links else {
            return Ok(());
        };
        // Lines that say nothing were told when the list was kept.
        let mut rows = LinkRows::open(path)?.flatten().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<LinkRow> = rows.by_ref().take(LINKS_AT_A_TIME).collect();
            let Self { stage, writer, .. } = self;
            let effects = stage
                .run(async |tx| {
                    let mut effects = Effects::default();
                    writer.join(tx, &chunk, &mut effects).await?;
                    Ok(effects)
                })
                .await?;
            let tally = self.writer.commit(effects);
            self.report.tally.absorb(tally);
        }
        Ok(())
    }
}
