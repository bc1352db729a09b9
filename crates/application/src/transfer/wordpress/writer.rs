//! Writes what was read: the side of an import that works in transactions.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    Error, Result,
    editions::Edition,
    id::{AuthorId, TranslationGroupId},
    terms::TermId,
};

use super::{
    batch::{Batch, Work},
    known::{IdSet, Known, Learned, Recent},
    report::{Kind, Problem, Tally},
    run::Run,
    targets::ImportedSite,
};
use crate::Tx;

/// How many terms, authors and groups are remembered.
const REMEMBERED: usize = 16_384;
/// So many defects of ours in a row mean that nothing can be written at all (a full disk).
const MOST_DEFECTS: u32 = 50;

/// What a transaction did, to be told once it is committed.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) tally: Tally,
    pub(super) learned: Vec<Learned>,
    pub(super) locales: Vec<(String, Edition)>,
    /// How many pages were put off.
    pub(super) put_off: usize,
}

impl Effects {
    fn absorb(&mut self, other: Self) {
        self.tally.absorb(other.tally);
        self.learned.extend(other.learned);
        self.locales.extend(other.locales);
        self.put_off += other.put_off;
    }
}

/// How a batch is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// All at once: the first thing that cannot be written undoes them all.
    AllAtOnce,
    /// One by one, each in a savepoint: what cannot be written is reported, the rest stays.
    OneByOne,
}

/// What is done with pages whose parent has not come yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orphans {
    /// They are put off until the end of the file.
    Wait,
    /// Only those whose parent was put off too are put off again.
    WaitForPutOff,
    /// They are written without a parent.
    Accept,
}

/// Writes what was read.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) run: Arc<Run>,
    pub(super) known: Arc<Known>,
    pub(super) terms: Recent<String, TermId>,
    pub(super) authors: Recent<String, AuthorId>,
    pub(super) groups: Recent<String, TranslationGroupId>,
    /// All sites that were imported, this one first.
    pub(super) sites: Vec<ImportedSite>,
    /// The kind under which bodies that wait for others are kept during this run.
    pub(super) links: &'static str,
    /// Menus whose name is noted.
    pub(super) menus: BTreeSet<String>,
    /// What is done with pages whose parent has not come yet.
    pub(super) orphans: Orphans,
    /// Pages that were put off.
    pub(super) put_off: IdSet,
    /// Whether all items of menus were read.
    pub(super) has_all_menu_items: bool,
    /// Whether taken paths of redirects were met: then each is asked for first.
    pub(super) asks_for_paths: bool,
    /// How the batch at hand is written; what stands alone is always written with care.
    pub(super) care: Care,
    defects: u32,
}

impl Writer {
    pub(super) fn new(run: Arc<Run>, known: Arc<Known>, links: &'static str) -> Self {
        Self {
            run,
            known,
            terms: Recent::new(REMEMBERED),
            authors: Recent::new(REMEMBERED),
            groups: Recent::new(REMEMBERED),
            sites: Vec::new(),
            links,
            menus: BTreeSet::new(),
            orphans: Orphans::Wait,
            put_off: IdSet::default(),
            has_all_menu_items: true,
            asks_for_paths: false,
            care: Care::OneByOne,
            defects: 0,
        }
    }

    /// Writes a batch within a transaction.
    pub(super) async fn write(
        &mut self,
        tx: &mut Tx,
        batch: &mut Batch,
        care: Care,
    ) -> Result<Effects> {
        self.care = care;
        let written = self.write_with_care(tx, batch).await;
        self.care = Care::OneByOne;
        written
    }

    async fn write_with_care(&mut self, tx: &mut Tx, batch: &mut Batch) -> Result<Effects> {
        let mut effects = Effects::default();
        for work in &mut batch.work {
            match self.care {
                Care::AllAtOnce => self.one(tx, work, &mut effects).await?,
                Care::OneByOne => self.alone(tx, work, &mut effects).await?,
            }
        }
        Ok(effects)
    }

    /// Forgets what a transaction that was undone made.
    pub(super) fn undo(&mut self) {
        self.terms.clear();
        self.authors.clear();
        self.groups.clear();
        self.menus.clear();
    }

    /// Takes note of what a committed transaction did.
    pub(super) fn commit(&mut self, effects: Effects) -> Tally {
        self.known.learn(effects.learned);
        for (locale, edition) in effects.locales {
            self.run.learn_locale(&locale, edition.id);
            self.known.learn_editions(&[edition]);
        }
        effects.tally
    }

    async fn alone(&mut self, tx: &mut Tx, work: &mut Work, effects: &mut Effects) -> Result<()> {
        let written = tx
            .savepoint(async |tx| {
                let mut own = Effects::default();
                self.one(tx, work, &mut own).await?;
                Ok(own)
            })
            .await;
        match written {
            Ok(own) => {
                self.defects = 0;
                effects.absorb(own);
                Ok(())
            }
            Err(error) => {
                self.undo();
                self.failed(work, error, &mut effects.tally)
            }
        }
    }

    /// Reports what could not be written, unless that means that nothing can.
    fn failed(&mut self, work: &Work, error: Error, tally: &mut Tally) -> Result<()> {
        if matches!(error, Error::Unavailable { .. }) {
            return Err(error);
        }
        if matches!(error, Error::Internal(_)) {
            self.defects += 1;
            if self.defects > MOST_DEFECTS {
                return Err(error);
            }
            let cause: &dyn std::error::Error = &error;
            tracing::error!(error = cause, "an item could not be imported");
        }
        let (kind, name, id) = describe(work);
        self.has_all_menu_items &= !matches!(work, Work::MenuItem(_));
        if let Some(kind) = kind {
            tally.counts(kind).failed += 1;
        }
        tally.problem(Problem::at(work.position(), name, id, error.to_string()));
        Ok(())
    }

    async fn one(&mut self, tx: &mut Tx, work: &mut Work, effects: &mut Effects) -> Result<()> {
        match work {
            Work::Author(author) => self.author(tx, author, effects).await,
            Work::Term(term) => self.term(tx, term, effects).await,
            Work::MenuName { slug, name } => self.menu_name(tx, slug, name).await,
            Work::Attachment(attachment) => self.attachment(tx, attachment, effects).await,
            Work::Post(post) => self.post(tx, post, effects).await,
            Work::MenuItem(item) => self.menu_item(tx, item).await,
        }
    }
}

/// What a report calls a thing that could not be written.
fn describe(work: &Work) -> (Option<Kind>, &'static str, Option<String>) {
    match work {
        Work::Author(author) => (
            Some(Kind::Authors),
            "author",
            Some(author.external_id.clone()),
        ),
        Work::Term(term) => (
            Some(term.report_kind()),
            "term",
            Some(term.external_id.clone()),
        ),
        Work::MenuName { slug, .. } => (Some(Kind::Menus), "menu", Some(slug.clone())),
        Work::Attachment(attachment) => {
            let id = Some(attachment.external_id.clone());
            (Some(Kind::Attachments), "attachment", id)
        }
        Work::Post(post) => (
            Some(post.report_kind()),
            "post",
            Some(post.external_id.clone()),
        ),
        Work::MenuItem(item) => (None, "menu item", item.id.map(|id| id.to_string())),
    }
}
