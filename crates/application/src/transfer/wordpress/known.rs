//! What an import remembers of what it has just seen, so that it need not ask the store. All of it
//! is bounded: what falls out is found in the store again.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    content::{Entry, Status},
    editions::Edition,
    id::{AssetId, EditionId, EntryId},
    routes::encode_path,
};
use url::Url;

/// How many items, and how many paths, are remembered.
const ITEMS: usize = 16_384;
/// How many attachments and files are remembered.
const FILES: usize = 32_768;

/// What an item of an export became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// An entry, and where it lives now.
    Entry {
        id: EntryId,
        edition: EditionId,
        path: Arc<str>,
        /// Whether it is published.
        is_public: bool,
    },
    /// An asset.
    Asset(Upload),
}

impl Target {
    pub(super) fn of(entry: &Entry) -> Self {
        Self::Entry {
            id: entry.id,
            edition: entry.edition,
            path: entry.path.as_str().into(),
            is_public: entry.status == Status::Published,
        }
    }

    /// Whether readers may know of it.
    pub(super) fn is_public(&self) -> bool {
        match self {
            Self::Entry { is_public, .. } => *is_public,
            Self::Asset(upload) => upload.is_public,
        }
    }
}

/// What an uploaded file became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Upload {
    pub(super) id: AssetId,
    /// Whether readers may see it wherever it is used.
    pub(super) is_public: bool,
}

/// A map that forgets what was put into it long ago: two halves, of which the older one is dropped
/// when the newer one is full.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    new: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
}

impl<K: Hash + Eq, V: Clone> Recent<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            new: HashMap::new(),
            old: HashMap::new(),
            half: (capacity / 2).max(1),
        }
    }

    /// Says whether something had to be forgotten for it.
    pub(super) fn insert(&mut self, key: K, value: V) -> bool {
        let mut forgot = false;
        if self.new.len() >= self.half {
            forgot = !self.old.is_empty();
            self.old = std::mem::take(&mut self.new);
        }
        self.new.insert(key, value);
        forgot
    }

    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.new.get(key).or_else(|| self.old.get(key)).cloned()
    }

    pub(super) fn clear(&mut self) {
        self.new.clear();
        self.old.clear();
    }
}

/// Something that is known once a transaction is committed.
#[derive(Debug, Clone)]
pub(super) enum Learned {
    /// What became of an item.
    Item(u64, Target),
    /// What lives where a page used to be.
    Page(String, Target),
    /// An uploaded file.
    File(String, Upload),
}

/// What is known, shared by the thread that reads the file and the one that writes the store.
#[derive(Debug)]
pub(super) struct Known {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    items: Recent<u64, Target>,
    assets: Recent<u64, Upload>,
    pages: Recent<String, Target>,
    files: Recent<String, Upload>,
    bases: HashMap<EditionId, Url>,
    forgot: bool,
}

impl Known {
    pub(super) fn new() -> Self {
        let inner = Inner {
            items: Recent::new(ITEMS),
            assets: Recent::new(FILES),
            pages: Recent::new(ITEMS),
            files: Recent::new(FILES),
            bases: HashMap::new(),
            forgot: false,
        };
        Self {
            inner: Mutex::new(inner),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn learn(&self, learned: impl IntoIterator<Item = Learned>) {
        let mut inner = self.lock();
        for one in learned {
            let forgot = match one {
                Learned::Item(id, Target::Asset(asset)) => inner.assets.insert(id, asset),
                Learned::Item(id, target) => inner.items.insert(id, target),
                Learned::Page(key, target) => inner.pages.insert(key, target),
                Learned::File(key, asset) => inner.files.insert(key, asset),
            };
            inner.forgot |= forgot;
        }
    }

    /// Whether anything had to be forgotten: then what is not known may still be in the store.
    pub(super) fn forgot(&self) -> bool {
        self.lock().forgot
    }

    pub(super) fn item(&self, id: u64) -> Option<Target> {
        let inner = self.lock();
        inner
            .items
            .get(&id)
            .or_else(|| inner.assets.get(&id).map(Target::Asset))
    }

    pub(super) fn page(&self, key: &str) -> Option<Target> {
        self.lock().pages.get(key)
    }

    pub(super) fn file(&self, key: &str) -> Option<Upload> {
        self.lock().files.get(key)
    }

    /// Remembers where editions stand.
    pub(super) fn learn_editions(&self, editions: &[Edition]) {
        let mut inner = self.lock();
        for edition in editions {
            if let Ok(base) = Url::parse(&edition.base_url) {
                inner.bases.insert(edition.id, base);
            }
        }
    }

    /// The address a body of one edition links to a path of another with. A path in a body stands
    /// below the base URL of its own edition; what lies elsewhere needs its whole address.
    pub(super) fn href(&self, from: EditionId, to: EditionId, path: &str) -> Option<String> {
        let path = encode_path(path);
        if from == to {
            return Some(path);
        }
        let inner = self.lock();
        let (own, target) = (inner.bases.get(&from)?, inner.bases.get(&to)?);
        let path = format!("{}{path}", target.path().trim_end_matches('/'));
        if own.origin() == target.origin() && own.path() == "/" {
            return Some(path);
        }
        Some(format!("{}{path}", target.origin().ascii_serialization()))
    }
}

/// A set of ids that takes little room where ids stand close together, as those of WordPress do.
#[derive(Debug, Default)]
pub(super) struct IdSet {
    chunks: HashMap<u64, [u64; WORDS]>,
}

const WORDS: usize = 16;
/// Ids of one chunk.
const CHUNK: u64 = 64 * 16;
/// More chunks than this come from no real site: about ten megabytes.
const MOST_CHUNKS: usize = 50_000;

impl IdSet {
    /// Says whether it is new; an id there is no room for always is.
    pub(super) fn insert(&mut self, id: u64) -> bool {
        let (key, word, bit) = place(id);
        if !self.chunks.contains_key(&key) && self.chunks.len() >= MOST_CHUNKS {
            return true;
        }
        let chunk = self.chunks.entry(key).or_insert([0; WORDS]);
        let Some(word) = chunk.get_mut(word) else {
            return true;
        };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(super) fn contains(&self, id: u64) -> bool {
        let (key, word, bit) = place(id);
        self.chunks
            .get(&key)
            .and_then(|chunk| chunk.get(word))
            .is_some_and(|word| word & bit != 0)
    }
}

fn place(id: u64) -> (u64, usize, u64) {
    let within = id % CHUNK;
    let word = usize::try_from(within / 64).unwrap_or_default();
    (id / CHUNK, word, 1 << (within % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_long_ago_is_forgotten() {
        let mut recent = Recent::new(4);
        for number in 0..5 {
            recent.insert(number, number);
        }
        assert_eq!(recent.get(&0), None);
        assert_eq!(recent.get(&4), Some(4));
        assert!(recent.new.len() + recent.old.len() <= 4);
    }

    #[test]
    fn ids_are_told_apart_whatever_they_are() {
        let mut ids = IdSet::default();
        for id in [0, 1, 63, 64, 1023, 1024, u64::MAX] {
            assert!(!ids.contains(id));
            assert!(ids.insert(id));
            assert!(!ids.insert(id));
            assert!(ids.contains(id));
        }
        assert!(!ids.contains(2));
    }

    #[test]
    fn a_set_of_wild_ids_stays_small() {
        let mut ids = IdSet::default();
        for number in 0..200_000_u64 {
            ids.insert(number * CHUNK);
        }
        assert!(ids.chunks.len() <= MOST_CHUNKS);
    }
}
