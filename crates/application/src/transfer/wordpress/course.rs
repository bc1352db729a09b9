//! The passes of an import, one after the other, and the transactions they happen in.

use std::{
    collections::BTreeSet,
    ops::{AsyncFnMut, AsyncFnOnce},
    sync::Arc,
};

use domain::{Error, Result};
use persistence::Deferred;
use tokio::{runtime::Handle, sync::mpsc};

use super::{
    batch::Batch,
    import::{Progress, WordPressImport},
    items::Position,
    known::Known,
    link_rows::{LinkRow, LinkRows},
    post_parents::LaterPage,
    prepare::{Pass, PassEnd, Preparer, Seen},
    report::{ImportReport, Kind, Problem},
    resolve::AT_A_TIME,
    run::{EVERYWHERE, Run, later},
    setup::{DONE, LINKS_AT_A_TIME, note_state},
    writer::{Care, Effects, Orphans, Writer},
};
use crate::{ActorContext, Tx};

/// How often pages are looked at again for their parent: more levels than this have no real site.
const MOST_ROUNDS: u32 = 32;

/// Where the changes of an import happen: each part in a transaction of its own, or all in one that
/// is undone.
pub(super) enum Stage<'t> {
    Live(ActorContext),
    Rehearsal(&'t mut Tx),
}

impl Stage<'_> {
    pub(super) async fn run<T>(
        &mut self,
        change: impl AsyncFnOnce(&mut Tx) -> Result<T>,
    ) -> Result<T> {
        match self {
            Self::Live(cx) => cx.write(change).await,
            Self::Rehearsal(tx) => tx.savepoint(change).await,
        }
    }
}

/// What one run has made so far.
pub(super) struct Course<'a> {
    pub(super) stage: Stage<'a>,
    pub(super) writer: Writer,
    pub(super) run: Arc<Run>,
    pub(super) known: Arc<Known>,
    pub(super) report: ImportReport,
    /// Whether what had to wait is looked at even if this run brings nothing new.
    pub(super) resolves_all: bool,
    pub(super) progress: &'a dyn Progress,
}

impl Course<'_> {
    pub(super) async fn go(&mut self, request: &WordPressImport) -> Result<()> {
        let Self { stage, writer, .. } = self;
        stage.run(async |tx| writer.forget_menus(tx).await).await?;
        let source = self.run.source.clone();
        let head = self.pass(Pass::Head, Seen::default()).await?;
        self.drain(
            &source,
            later::TERM_PARENT,
            async |writer, tx, rows, effects| writer.late_parents(tx, &rows, effects).await,
        )
        .await?;
        let items = self.pass(Pass::Items, head.seen).await?;
        // A broken item may have been one of a menu.
        let has_failed = self.report.tally.kinds.other.failed > 0;
        self.writer.has_all_menu_items &= items.error.is_none() && !has_failed;
        self.report.error = items.error;
        self.late_pages().await?;
        self.drain(
            &source,
            later::REDIRECT,
            async |writer, tx, rows, effects| writer.late_redirects(tx, &rows, effects).await,
        )
        .await?;
        self.menus().await?;
        self.links_to_this_site().await?;
        if self.resolves_all || self.has_news() {
            let links = self.writer.links;
            self.drain(EVERYWHERE, links, async |writer, tx, rows, effects| {
                writer.late_links(tx, &rows, effects).await
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

    /// Resolves what bodies of other sites have waited for this one for. What is still not there
    /// goes on waiting with the rest.
    async fn links_to_this_site(&mut self) -> Result<()> {
        let bases = self.run.bases();
        let hosts: BTreeSet<String> = bases.map(|(base, _)| base.host.clone()).collect();
        for host in hosts {
            let kind = later::links_to(&host);
            self.drain(EVERYWHERE, &kind, async |writer, tx, rows, effects| {
                writer.late_links(tx, &rows, effects).await
            })
            .await?;
        }
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
    /// some of them; then the topmost of them without a parent; then, where each waits for the
    /// other, all that are left.
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
                    self.writer.orphans = match self.writer.orphans {
                        _ if page.round >= MOST_ROUNDS => Orphans::Accept,
                        _ if placed > 0 => Orphans::Wait,
                        Orphans::Wait => Orphans::WaitForPutOff,
                        Orphans::WaitForPutOff | Orphans::Accept => Orphans::Accept,
                    };
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
