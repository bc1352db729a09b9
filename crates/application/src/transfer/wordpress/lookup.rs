//! What the reading side knows: what it has seen, and, where that is not enough, what was in the
//! store before.

use std::collections::HashMap;

use domain::{
    Result,
    content::Parts,
    id::{AssetId, EditionId, EntryId},
    media::AssetText,
};
use persistence::{ImportRecord, PathRow};
use tokio::runtime::Handle;
use url::Url;

use super::{
    addresses::page_key,
    attachment_writer,
    known::{Known, Learned, Target, Upload},
    posts::report_kind,
    report::{DELETED, EDITED, Kind, Note, Tally},
    rewrite::{Lookup, Owner},
    run::{Run, asset_of, entry_of, kinds},
};

/// Asks the store from a thread that may wait for it.
pub(super) struct StoreLookup<'a> {
    pub(super) run: &'a Run,
    pub(super) known: &'a Known,
    pub(super) handle: &'a Handle,
}

/// An item that says the same as at the last import.
#[derive(Debug)]
pub(super) struct Unchanged {
    pub(super) external_id: String,
    pub(super) title: String,
    pub(super) record: ImportRecord,
    pub(super) item: Option<u64>,
}

/// What a look at unchanged items found.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) tally: Tally,
    pub(super) learned: Vec<Learned>,
}

impl StoreLookup<'_> {
    /// Whether the store can know more than was seen: it was filled by an earlier run, or there was
    /// more to be seen than is remembered.
    fn asks(&self) -> bool {
        !self.run.past.is_new_source || self.known.forgot()
    }

    fn record(&self, kind: &str, external_id: &str) -> Option<ImportRecord> {
        let reader = self.run.cx.reader();
        let asked = reader.import_record(&self.run.source, kind, external_id);
        // Not knowing is no harm: what is not found now is looked for again at the end.
        self.handle.block_on(asked).ok().flatten()
    }

    fn target(&self, record: &ImportRecord) -> Option<Target> {
        if let Some(asset) = asset_of(record) {
            let there = self.assets(&[asset]).ok()?;
            return there.get(&asset).map(|(_, upload)| Target::Asset(*upload));
        }
        self.entry(entry_of(record)?)
    }

    fn entry(&self, id: EntryId) -> Option<Target> {
        let reader = self.run.cx.reader();
        let asked =
            reader.entries_by_ids(self.run.cx.scope(), std::slice::from_ref(&id), Parts::NONE);
        let found = self.handle.block_on(asked).ok()?;
        Some(Target::of(found.get(&id)?.entry()))
    }

    /// Those assets that are still there, with their versions.
    fn assets(&self, ids: &[AssetId]) -> Result<HashMap<AssetId, (i64, Upload)>> {
        let reader = self.run.cx.reader();
        let edition = self.run.default.edition;
        let asked = reader.assets_by_ids(self.run.cx.scope(), ids, edition);
        let found = self.handle.block_on(asked)?;
        Ok(found
            .into_iter()
            .map(|(id, asset)| {
                let is_public = asset.is_public;
                (id, (asset.version, Upload { id, is_public }))
            })
            .collect())
    }

    /// The pictures attached to an item, in the order of a gallery.
    pub(super) fn pictures_of(&self, item: u64) -> Vec<u64> {
        let reader = self.run.cx.reader();
        let asked = attachment_writer::pictures_of(reader, &self.run.source, item);
        self.handle.block_on(asked).unwrap_or_default()
    }

    /// What the attachments of pictures say in an edition.
    pub(super) fn words_of(&self, pictures: &[u64], edition: EditionId) -> HashMap<u64, AssetText> {
        let assets: HashMap<u64, AssetId> = pictures
            .iter()
            .filter_map(|id| match self.item(*id)? {
                Target::Asset(upload) => Some((*id, upload.id)),
                Target::Entry { .. } => None,
            })
            .collect();
        let ids: Vec<AssetId> = assets.values().copied().collect();
        let reader = self.run.cx.reader();
        let asked = reader.assets_by_ids(self.run.cx.scope(), &ids, edition);
        let known = self.handle.block_on(asked).unwrap_or_default();
        assets
            .into_iter()
            .filter_map(|(id, asset)| Some((id, known.get(&asset)?.text.value.clone())))
            .collect()
    }

    /// Looks whether items that have not changed in the file were edited or deleted here.
    pub(super) fn check(&self, unchanged: Vec<Unchanged>) -> Result<Checked> {
        let entries: Vec<EntryId> = unchanged
            .iter()
            .filter_map(|one| entry_of(&one.record))
            .collect();
        let reader = self.run.cx.reader();
        let found = self.handle.block_on(reader.entries_by_ids(
            self.run.cx.scope(),
            &entries,
            Parts::NONE,
        ))?;
        let assets: Vec<AssetId> = unchanged
            .iter()
            .filter_map(|one| asset_of(&one.record))
            .collect();
        let assets = self.assets(&assets)?;
        let mut checked = Checked::default();
        for one in unchanged {
            let Unchanged {
                external_id,
                title,
                record,
                item,
            } = one;
            let (kind, version, target) = if let Some(id) = entry_of(&record) {
                let entry = found.get(&id).map(domain::content::Content::entry);
                let target = entry.map(Target::of);
                let version = entry.map(|entry| entry.version);
                (report_kind(id.kind), version, target)
            } else {
                let asset = asset_of(&record).and_then(|id| assets.get(&id).copied());
                let (version, upload) = asset.unzip();
                (Kind::Attachments, version, upload.map(Target::Asset))
            };
            let conflict = match version {
                None => Some(DELETED),
                Some(version) if version > record.target_version => Some(EDITED),
                Some(_) => None,
            };
            // What others lead to is there, edited or not.
            if let Some((item, target)) = item.zip(target) {
                checked.learned.push(Learned::Item(item, target));
            }
            match conflict {
                Some(text) => checked.tally.conflict(Note {
                    item_id: external_id,
                    kind,
                    title,
                    text: text.to_owned(),
                }),
                None => checked.tally.counts(kind).unchanged += 1,
            }
        }
        Ok(checked)
    }

    fn stored_page(&self, url: &Url) -> Option<Target> {
        let cx = &self.run.cx;
        let mut places: Vec<_> = self
            .run
            .bases()
            .filter_map(|(base, edition)| Some((base.path.len(), edition, base.below(url)?)))
            .collect();
        // The longest base is the most exact one.
        places.sort_unstable_by(|a, b| b.cmp(a));
        places.dedup();
        places.into_iter().find_map(|(_, edition, path)| {
            let reader = cx.reader();
            let asked = reader.path(cx.scope(), edition, &path);
            match self.handle.block_on(asked).ok()?? {
                PathRow::Entry(id) => self.entry(id),
                // Where it leads is looked for at the end.
                PathRow::Redirect(_) => None,
            }
        })
    }
}

impl Lookup for StoreLookup<'_> {
    fn owner(&self, host: &str) -> Owner {
        self.run.owner(host)
    }

    fn is_front(&self, url: &Url) -> bool {
        self.run.bases().any(|(base, _)| base.is_front(url))
    }

    fn item(&self, id: u64) -> Option<Target> {
        self.known.item(id).or_else(|| {
            let record = self
                .asks()
                .then(|| self.record(kinds::POST, &id.to_string()))??;
            self.target(&record)
        })
    }

    fn file(&self, key: &str) -> Option<Upload> {
        self.known.file(key).or_else(|| {
            let record = self.asks().then(|| self.record(kinds::FILE, key))??;
            match self.target(&record)? {
                Target::Asset(upload) => Some(upload),
                Target::Entry { .. } => None,
            }
        })
    }

    fn page(&self, url: &Url) -> Option<Target> {
        let key = page_key(url)?;
        self.known
            .page(&key)
            .or_else(|| self.asks().then(|| self.stored_page(url))?)
    }
}
