//! Terms and authors as the readers of an edition see them, kept in memory: they are few, seldom
//! change, and come with every article. A number that the database counts up with every change of
//! them tells when what is kept is out of date, whoever made the change.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use domain::{Result, authors::Author, id::EditionId, terms::Term};
use uuid::Uuid;

use crate::{Reader, sql::IDS_PER_STATEMENT};

/// How much is kept, about, in bytes; a publication with more of them begins anew.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A record, and the edition whose readers it is for.
pub(crate) type RecordKey = (Uuid, EditionId);

/// Records by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    pub(crate) terms: HashMap<RecordKey, Arc<Term>>,
    pub(crate) authors: HashMap<RecordKey, Arc<Author>>,
}

impl Records {
    fn extend(&mut self, more: &Self) {
        self.terms.extend(clones(&more.terms));
        self.authors.extend(clones(&more.authors));
    }

    fn bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let terms = self.terms.values().map(|term| {
            let value = &term.text.value;
            size_of::<Term>()
                + term.namespace.len()
                + value.name.len()
                + value.slug.len()
                + value.slug_path.len()
                + text(&value.description)
        });
        let authors = self.authors.values().map(|author| {
            let value = &author.text.value;
            size_of::<Author>()
                + text(&author.website)
                + value.name.len()
                + value.slug.len()
                + text(&value.job_title)
                + text(&value.bio)
        });
        terms.chain(authors).sum()
    }
}

fn clones<T>(records: &HashMap<RecordKey, Arc<T>>) -> impl Iterator<Item = (RecordKey, Arc<T>)> {
    records
        .iter()
        .map(|(key, record)| (*key, Arc::clone(record)))
}

/// What is kept, and the number it holds for.
#[derive(Debug, Default)]
pub(crate) struct RecordCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    generation: i64,
    bytes: usize,
    records: Arc<Records>,
}

impl RecordCache {
    /// What is kept of a generation.
    fn at(&self, generation: i64) -> Arc<Records> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.generation == generation {
            Arc::clone(&kept.records)
        } else {
            Arc::default()
        }
    }

    /// Keeps what was read after the generation was.
    fn keep(&self, generation: i64, found: &Records) {
        let bytes = found.bytes();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.generation != generation || kept.bytes.saturating_add(bytes) > MOST_BYTES {
            *kept = Kept {
                generation,
                ..Kept::default()
            };
        }
        if bytes <= MOST_BYTES {
            kept.bytes += bytes;
            Arc::make_mut(&mut kept.records).extend(found);
        }
    }
}

impl Reader<'_> {
    /// Terms and authors by their keys; what is not kept is read. `generation` must have been read
    /// before, or with the statement that named the keys: then nothing older is ever kept for it.
    pub(crate) async fn records(
        &self,
        generation: i64,
        terms: impl Iterator<Item = RecordKey>,
        authors: impl Iterator<Item = RecordKey>,
    ) -> Result<Arc<Records>> {
        let kept = self
            .records
            .map(|cache| cache.at(generation))
            .unwrap_or_default();
        let terms: HashSet<RecordKey> = terms.filter(|key| !kept.terms.contains_key(key)).collect();
        let authors: HashSet<RecordKey> = authors
            .filter(|key| !kept.authors.contains_key(key))
            .collect();
        if terms.is_empty() && authors.is_empty() {
            return Ok(kept);
        }
        let mut found = Records::default();
        for (edition, ids) in by_edition(terms) {
            for chunk in ids.chunks(IDS_PER_STATEMENT) {
                let read = self.terms_of(chunk, edition).await?;
                let keyed = |term: Term| ((term.id.uuid(), edition), Arc::new(term));
                found.terms.extend(read.into_iter().map(keyed));
            }
        }
        for (edition, ids) in by_edition(authors) {
            for chunk in ids.chunks(IDS_PER_STATEMENT) {
                let read = self.authors_of(chunk, edition).await?;
                let keyed = |author: Author| ((author.id.uuid(), edition), Arc::new(author));
                found.authors.extend(read.into_iter().map(keyed));
            }
        }
        if let Some(cache) = self.records {
            cache.keep(generation, &found);
        }
        found.extend(&kept);
        Ok(Arc::new(found))
    }
}

fn by_edition(keys: HashSet<RecordKey>) -> HashMap<EditionId, Vec<Uuid>> {
    let mut all: HashMap<EditionId, Vec<Uuid>> = HashMap::new();
    for (id, edition) in keys {
        all.entry(edition).or_default().push(id);
    }
    all
}
