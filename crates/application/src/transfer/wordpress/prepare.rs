//! The side of an import that reads: it parses the file, leaves out what has not changed, and does
//! the work on texts, on a thread of its own ahead of the one that writes.

use std::{
    collections::HashMap,
    fs::File,
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufReader, Seek, SeekFrom},
    sync::Arc,
};

use domain::{Error, Result, content::ContentKind};
use persistence::ImportRecord;
use tokio::{runtime::Handle, sync::mpsc};

use super::{
    attachments,
    authors::PreparedAuthor,
    batch::{Batch, MOST_WORK, Work},
    comments,
    error::ReadError,
    frame::wide,
    items::{Entry, Item, Position, Record},
    known::{IdSet, Known, Recent, Target},
    lookup::{StoreLookup, Unchanged},
    menus, plain,
    post_parents::LaterPage,
    posts,
    reader::WxrReader,
    report::{Kind, Note, Problem, Tally, add},
    rewrite::Lookup,
    run::{Misses, Run, kinds},
    survey::{OPTIONS, is_attachment, open},
    terms::{PreparedTerm, key_of},
};

/// How many slugs, terms and users are remembered to tell twins.
const REMEMBERED: usize = 65_536;
/// How many ids that occur more than once are counted.
const MOST_REPEATS: usize = 10_000;

/// Which part of the file is being gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// Authors, terms and attachments: what everything else refers to.
    Head,
    /// Posts, pages and menu items.
    Items,
}

/// What tells items apart, from pass to pass.
#[derive(Debug)]
pub(super) struct Seen {
    items: IdSet,
    repeats: HashMap<u64, u32>,
    /// The beginnings of digests, by id.
    digests: Recent<u64, String>,
    slugs: Recent<u64, ()>,
    terms: Recent<u64, String>,
    authors: Recent<String, ()>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            items: IdSet::default(),
            repeats: HashMap::new(),
            digests: Recent::new(REMEMBERED),
            slugs: Recent::new(REMEMBERED),
            terms: Recent::new(REMEMBERED),
            authors: Recent::new(REMEMBERED),
        }
    }
}

/// Who an item is among the records of the import.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) position: Position,
    pub(super) digest: String,
    pub(super) external_id: String,
    pub(super) is_slug_twin: bool,
    pub(super) round: u32,
    pub(super) is_unchanged: bool,
}

/// How a pass ended.
#[derive(Debug)]
pub(super) struct PassEnd {
    pub(super) seen: Seen,
    /// Why it ended before the end of the file.
    pub(super) error: Option<String>,
}

/// Reads a file and prepares what is in it.
pub(super) struct Preparer {
    pub(super) run: Arc<Run>,
    pub(super) known: Arc<Known>,
    handle: Handle,
    seen: Seen,
    pub(super) batch: Batch,
    /// Items of the batch that have not changed, with what became of them.
    unchanged: Vec<Unchanged>,
}

impl Preparer {
    pub(super) fn new(run: Arc<Run>, known: Arc<Known>, handle: Handle, seen: Seen) -> Self {
        Self {
            run,
            known,
            handle,
            seen,
            batch: Batch::default(),
            unchanged: Vec::new(),
        }
    }

    /// Goes through the file and sends what it finds in batches.
    pub(super) fn pass(mut self, pass: Pass, batches: &mpsc::Sender<Batch>) -> Result<PassEnd> {
        let (file, _) = open(&self.run.path)?;
        let mut reader = WxrReader::with_options(BufReader::new(file), OPTIONS);
        let ends_early = pass == Pass::Head && self.run.has_head_only;
        if pass == Pass::Head && !ends_early {
            reader = reader.with_filter(Box::new(is_attachment));
        }
        let mut error = None;
        while let Some(result) = reader.next() {
            match result {
                Ok(entry) if ends_early && matches!(entry.record, Record::Item(_)) => break,
                Ok(entry) => {
                    self.batch.weight += weight(&entry);
                    self.record(entry, pass)?;
                }
                // The second pass reads everything, so it is the one to report.
                Err(_) if pass == Pass::Head => {}
                Err(ReadError::Item(fault)) => {
                    let id = fault.item_id.map(|id| id.to_string());
                    let reason = fault.fault.to_string();
                    let problem = Problem::at(fault.position, fault.element, id, reason);
                    self.batch.tally.counts(Kind::Other).failed += 1;
                    self.batch.tally.problem(problem);
                }
                Err(fatal) => error = Some(fatal.to_string()),
            }
            self.batch.bytes_done = reader.position().byte_offset;
            if self.batch.is_full() || self.unchanged.len() >= MOST_WORK {
                self.send(batches)?;
            }
        }
        self.send(batches)?;
        Ok(PassEnd {
            seen: self.seen,
            error,
        })
    }

    fn send(&mut self, batches: &mpsc::Sender<Batch>) -> Result<()> {
        self.check_unchanged()?;
        let bytes_done = self.batch.bytes_done;
        let batch = std::mem::take(&mut self.batch);
        self.batch.bytes_done = bytes_done;
        // The other side is gone only when it has failed, which is what will be told.
        batches.blocking_send(batch).map_err(Error::internal)
    }

    /// Reads items again that were put off, from where they stand in the file.
    pub(super) fn again(mut self, pages: &[LaterPage]) -> Result<Batch> {
        for page in pages {
            let position = Position {
                line: page.line,
                byte_offset: page.byte_offset,
            };
            let mut file = File::open(&self.run.path).map_err(Error::internal)?;
            file.seek(SeekFrom::Start(page.byte_offset))
                .map_err(Error::internal)?;
            let buffer = BufReader::new(file);
            let mut reader = WxrReader::resume(buffer, OPTIONS, &self.run.bookmark, position);
            if let Some(Ok(Entry {
                digest,
                record: Record::Item(item),
                ..
            })) = reader.next()
            {
                let identity = Identity {
                    position,
                    digest: self.run.digest(&digest),
                    external_id: page.external_id.clone(),
                    is_slug_twin: page.is_slug_twin,
                    round: page.round.saturating_add(1),
                    is_unchanged: page.is_unchanged,
                };
                self.post(&item, identity);
            }
        }
        Ok(self.batch)
    }

    fn record(&mut self, entry: Entry, pass: Pass) -> Result<()> {
        let Entry {
            position,
            digest,
            record,
        } = entry;
        match (record, pass) {
            (Record::Item(item), _) => {
                let is_attachment = item.post_type == "attachment";
                if is_attachment == (pass == Pass::Head) {
                    self.batch.items += 1;
                    self.item(&item, position, digest)?;
                }
            }
            (Record::Channel(_), _) | (_, Pass::Items) => {}
            (Record::Author(author), Pass::Head) => {
                let mut author = PreparedAuthor::of(&author);
                author.position = position;
                author.digest = self.run.digest(&digest);
                if self.seen.authors.get(&author.external_id).is_some() {
                    self.repeated(Kind::Authors, "author");
                } else {
                    self.seen.authors.insert(author.external_id.clone(), ());
                    self.batch.work.push(Work::Author(author));
                }
            }
            (Record::Term(term), Pass::Head) if term.taxonomy == "nav_menu" => {
                self.batch.work.push(Work::MenuName {
                    slug: term.slug,
                    name: term.name,
                });
            }
            (record, Pass::Head) => {
                if let Some(term) = PreparedTerm::of_head(&record) {
                    self.term(term, position, digest);
                }
            }
        }
        Ok(())
    }

    fn repeated(&mut self, kind: Kind, what: &str) {
        self.batch.tally.counts(kind).skipped += 1;
        let name = format!("repeated {what}");
        add(&mut self.batch.tally.reasons.collisions, &name, 1);
    }

    fn term(&mut self, mut term: PreparedTerm, position: Position, digest: [u8; 32]) {
        term.position = position;
        term.digest = self.run.digest(&digest);
        let id = term.external_id.parse::<u64>().ok();
        let key = key_of(&term.taxonomy, &term.slug);
        match id.and_then(|id| self.seen.terms.get(&id)) {
            Some(known) if known == key => {
                return self.repeated(term.report_kind(), "term");
            }
            // Old sites gave terms of different taxonomies the same id.
            Some(_) => term.external_id = format!("{}:{}", term.taxonomy, term.external_id),
            None => {
                if let Some(id) = id {
                    self.seen.terms.insert(id, key);
                }
            }
        }
        self.batch.work.push(Work::Term(term));
    }

    fn item(&mut self, item: &Item, position: Position, digest: [u8; 32]) -> Result<()> {
        let kind = match (item.post_type.as_str(), self.run.kind_of(&item.post_type)) {
            ("attachment", _) => Kind::Attachments,
            ("nav_menu_item", _) => {
                self.menu_item(item, position);
                return Ok(());
            }
            (_, Some(kind)) => posts::report_kind(kind),
            (other, None) => {
                self.batch.tally.counts(Kind::Other).skipped += 1;
                add(&mut self.batch.tally.reasons.skipped_types, other, 1);
                return Ok(());
            }
        };
        if matches!(item.status.as_str(), "auto-draft")
            || (kind == Kind::Attachments && item.status == "trash")
        {
            self.batch.tally.counts(kind).skipped += 1;
            let status = format!("{} {}", kind.as_str(), item.status);
            add(&mut self.batch.tally.reasons.skipped_statuses, &status, 1);
            return Ok(());
        }
        let digest = self.run.digest(&digest);
        let Some(external_id) = self.external_id(item, &digest, kind)? else {
            return Ok(());
        };
        let known = self.known_record(&external_id)?;
        let same = known.filter(|record| self.is_same(&record.content_hash, &digest));
        // One that stands below nothing for want of its parent is looked at again.
        let is_placed =
            |record: &&ImportRecord| Misses::split(&record.content_hash).1.parent.is_none();
        if let Some(record) = same
            .as_ref()
            .filter(|_| !self.run.overwrite)
            .filter(is_placed)
        {
            count_unchanged_comments(item, kind, &mut self.batch.tally);
            let title = plain::line(&item.title);
            self.unchanged.push(Unchanged {
                external_id,
                title,
                record: record.clone(),
                item: item.post_id,
            });
            self.slug_twin(item);
            return Ok(());
        }
        let identity = Identity {
            position,
            digest,
            external_id,
            is_slug_twin: self.slug_twin(item),
            round: 0,
            is_unchanged: same.is_some(),
        };
        if kind == Kind::Attachments {
            self.attachment(item, identity);
        } else {
            self.post(item, identity);
        }
        Ok(())
    }

    fn menu_item(&mut self, item: &Item, position: Position) {
        match menus::prepare(item, position) {
            Some(prepared) if item.status != "trash" && item.status != "draft" => {
                self.batch.work.push(Work::MenuItem(Box::new(prepared)));
            }
            Some(_) | None => self.batch.tally.reasons.lost_menu_items += 1,
        }
    }

    /// The id of an item among the records of the import. Of two items with one id the second gets
    /// another, unless it is the same item again.
    fn external_id(&mut self, item: &Item, digest: &str, kind: Kind) -> Result<Option<String>> {
        let Some(id) = item.post_id else {
            let name = item.guid.as_deref().or(item.link.as_deref());
            let name =
                name.map_or_else(|| format!("digest:{digest}"), |name| format!("guid:{name}"));
            return Ok(Some(name));
        };
        let short: String = digest.chars().take(16).collect();
        if self.seen.items.insert(id) {
            self.seen.digests.insert(id, short);
            return Ok(Some(id.to_string()));
        }
        if self.seen.repeats.len() >= MOST_REPEATS && !self.seen.repeats.contains_key(&id) {
            self.repeated(kind, "item");
            return Ok(None);
        }
        let is_same = match self.seen.digests.get(&id) {
            Some(first) => first == short,
            None => self
                .known_record_now(&id.to_string())?
                .is_some_and(|first| Misses::split(&first.content_hash).0 == digest),
        };
        if is_same {
            self.repeated(kind, "item");
            return Ok(None);
        }
        let times = self.seen.repeats.entry(id).or_insert(1);
        *times += 1;
        let external_id = format!("{id}#{times}");
        add(&mut self.batch.tally.reasons.collisions, "id of an item", 1);
        self.batch.tally.note(Note {
            item_id: external_id.clone(),
            kind,
            title: plain::line(&item.title),
            text: format!("another item before it has the id {id}; both are kept"),
        });
        Ok(Some(external_id))
    }

    /// Whether an item before had the same slug in the same place.
    fn slug_twin(&mut self, item: &Item) -> bool {
        if item.post_name.is_empty() || item.post_type == "attachment" {
            return false;
        }
        // As the store tells them apart: by edition, kind and place, whatever their case.
        let mut hasher = DefaultHasher::new();
        let kind = self.run.kind_of(&item.post_type);
        let parent = item.post_parent.filter(|_| kind == Some(ContentKind::Page));
        let kind = kind.map(ContentKind::as_str);
        let slug = posts::slug(item).to_lowercase();
        (kind, slug, parent, self.edition_of(item).0.uuid()).hash(&mut hasher);
        let key = hasher.finish();
        if self.seen.slugs.get(&key).is_some() {
            return true;
        }
        self.seen.slugs.insert(key, ());
        false
    }

    fn attachment(&mut self, item: &Item, identity: Identity) {
        let (edition, _) = self.edition_of(item);
        match attachments::prepare(item, &self.run, edition) {
            Ok(mut attachment) => {
                attachment.position = identity.position;
                attachment.digest = identity.digest;
                // Something else may have the id first.
                attachment.item_id = attachment
                    .item_id
                    .filter(|id| id.to_string() == identity.external_id);
                attachment.plain_paths = attachment
                    .item_id
                    .map(|id| posts::plain_paths(id, &item.post_type))
                    .unwrap_or_default();
                attachment.external_id = identity.external_id;
                posts::count_oddities(item, &mut self.batch.tally);
                self.batch.work.push(Work::Attachment(Box::new(attachment)));
            }
            Err(reason) => {
                self.batch.tally.counts(Kind::Attachments).failed += 1;
                let id = Some(identity.external_id);
                self.batch
                    .tally
                    .problem(Problem::at(identity.position, "attachment", id, reason));
            }
        }
    }

    /// What is known about addresses and items.
    pub(super) fn lookup(&self) -> StoreLookup<'_> {
        StoreLookup {
            run: &self.run,
            known: &self.known,
            handle: &self.handle,
        }
    }

    /// What a record was at an earlier import.
    fn known_record(&self, external_id: &str) -> Result<Option<ImportRecord>> {
        if self.run.past.is_new_source {
            return Ok(None);
        }
        self.known_record_now(external_id)
    }

    fn known_record_now(&self, external_id: &str) -> Result<Option<ImportRecord>> {
        let reader = self.run.cx.reader();
        self.handle
            .block_on(reader.import_record(&self.run.source, kinds::POST, external_id))
    }

    /// Whether an item says the same as it did, and does not wait for a picture, or a time, that
    /// has come.
    fn is_same(&self, stored: &str, digest: &str) -> bool {
        let (hash, misses) = Misses::split(stored);
        hash == digest
            && !misses.is_due(self.run.now)
            && misses.picture.is_none_or(|id| {
                let lookup = self.lookup();
                !matches!(lookup.item(id), Some(Target::Asset(_)))
            })
    }

    /// Looks whether what has not changed in the file was edited here.
    fn check_unchanged(&mut self) -> Result<()> {
        let unchanged = std::mem::take(&mut self.unchanged);
        if unchanged.is_empty() {
            return Ok(());
        }
        let checked = self.lookup().check(unchanged)?;
        self.known.learn(checked.learned);
        self.batch.tally.absorb(checked.tally);
        Ok(())
    }
}

fn weight(entry: &Entry) -> usize {
    let Record::Item(item) = &entry.record else {
        return 256;
    };
    let comments: usize = item.comments.iter().map(|c| c.content.len() + 512).sum();
    let meta: usize = item.meta.iter().map(|m| m.key.len() + m.value.len()).sum();
    item.content.len() + comments + meta + 1024
}

/// The comments of an item that has not changed have not either.
fn count_unchanged_comments(item: &Item, kind: Kind, tally: &mut Tally) {
    if kind == Kind::Attachments || item.comments.is_empty() {
        return;
    }
    let kept = comments::prepare(item, tally);
    tally.counts(Kind::Comments).unchanged += wide(kept.len());
}
