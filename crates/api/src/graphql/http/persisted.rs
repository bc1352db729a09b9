//! Automatic persisted queries, as Apollo's clients speak them: a client sends the SHA-256 of a
//! document alone, and the document beside it only when it is told that the hash is not known.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_graphql::Value;
use lru::LruCache;
use sha2::{Digest, Sha256};

use super::{MediaType, Refusal, parameters::Parameters};

/// What is counted for each document besides its text.
const ENTRY_BYTES: usize = 128;

type Hash = [u8; 32];

/// The documents clients may name by their hash: those sent most lately, in a bounded space. Shared
/// by all clients, as a hash says nothing about who sent it and a document holds no values.
pub struct PersistedQueries {
    max_bytes: usize,
    kept: Mutex<Kept>,
}

struct Kept {
    documents: LruCache<Hash, Arc<str>>,
    bytes: usize,
}

/// A hash whose document is to be kept once it has proved to be one that can be executed.
#[derive(Debug)]
pub(super) struct Registration(Hash);

impl PersistedQueries {
    /// Room for so many bytes of documents; 0 switches persisted queries off.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            kept: Mutex::new(Kept {
                documents: LruCache::unbounded(),
                bytes: 0,
            }),
        }
    }

    /// Puts the document a request names by its hash into the request. If it brings the document
    /// too, checks that they belong together, and returns what is to be kept.
    pub(super) fn resolve(
        &self,
        parameters: &mut Parameters,
        media: MediaType,
    ) -> Result<Option<Registration>, Refusal> {
        let Some(asked) = parameters.extensions.0.get("persistedQuery") else {
            return Ok(None);
        };
        if self.max_bytes == 0 {
            // A client that brings the document needs no help of ours.
            return match parameters.query {
                Some(_) => Ok(None),
                None => Err(Refusal::new(
                    media.invalid_status(),
                    "PERSISTED_QUERY_NOT_SUPPORTED",
                    "PersistedQueryNotSupported",
                )),
            };
        }
        let hash = read(asked)?;
        match &parameters.query {
            Some(query) if Hash::from(Sha256::digest(query)) == hash => {
                Ok(Some(Registration(hash)))
            }
            Some(_) => Err(Refusal::malformed(
                "extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.",
            )),
            None => {
                let found = self.find(&hash);
                parameters.query = Some(found.ok_or_else(|| {
                    Refusal::new(
                        media.invalid_status(),
                        "PERSISTED_QUERY_NOT_FOUND",
                        "PersistedQueryNotFound",
                    )
                })?);
                Ok(None)
            }
        }
    }

    /// Keeps a document; those not used for longest make room for it.
    pub(super) fn keep(&self, registration: &Registration, document: &str) {
        let bytes = size(document);
        if bytes > self.max_bytes {
            return;
        }
        let mut kept = self.lock();
        if kept.documents.get(&registration.0).is_some() {
            return;
        }
        while kept.bytes.saturating_add(bytes) > self.max_bytes {
            let Some((_, gone)) = kept.documents.pop_lru() else {
                break;
            };
            kept.bytes = kept.bytes.saturating_sub(size(&gone));
        }
        kept.bytes = kept.bytes.saturating_add(bytes);
        kept.documents.put(registration.0, Arc::from(document));
    }

    fn find(&self, hash: &Hash) -> Option<String> {
        let document = self.lock().documents.get(hash).map(Arc::clone)?;
        Some(String::from(&*document))
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a document counts.
fn size(document: &str) -> usize {
    document.len().saturating_add(ENTRY_BYTES)
}

/// Reads the hash a client names.
fn read(asked: &Value) -> Result<Hash, Refusal> {
    let Value::Object(asked) = asked else {
        return Err(Refusal::malformed(
            "extensions.persistedQuery must be an object.",
        ));
    };
    if asked.get("version") != Some(&Value::from(1)) {
        return Err(Refusal::malformed(
            "extensions.persistedQuery.version must be 1.",
        ));
    }
    let mut hash = Hash::default();
    let is_hash = matches!(
        asked.get("sha256Hash"),
        Some(Value::String(text)) if hex::decode_to_slice(text, &mut hash).is_ok()
    );
    if !is_hash {
        return Err(Refusal::malformed(
            "extensions.persistedQuery.sha256Hash must be 64 hexadecimal digits.",
        ));
    }
    Ok(hash)
}

impl fmt::Debug for PersistedQueries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersistedQueries")
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(queries: &PersistedQueries, document: &str) -> Hash {
        let hash = Hash::from(Sha256::digest(document));
        queries.keep(&Registration(hash), document);
        hash
    }

    #[test]
    fn the_document_not_used_for_longest_makes_room() {
        let queries = PersistedQueries::new(2 * (ENTRY_BYTES + 10));
        let (first, second) = (keep(&queries, "{ first }"), keep(&queries, "{ second }"));
        assert_eq!(queries.find(&first).as_deref(), Some("{ first }"));
        let third = keep(&queries, "{ third }");
        assert!(queries.find(&second).is_none());
        assert!(queries.find(&first).is_some() && queries.find(&third).is_some());
        assert!(queries.lock().bytes <= 2 * (ENTRY_BYTES + 10));
    }

    #[test]
    fn a_document_that_does_not_fit_drives_out_no_other() {
        let queries = PersistedQueries::new(ENTRY_BYTES + 10);
        let small = keep(&queries, "{ small }");
        let large = keep(&queries, "{ too large for it }");
        assert!(queries.find(&small).is_some() && queries.find(&large).is_none());
        keep(&queries, "{ small }");
        assert_eq!(queries.lock().bytes, ENTRY_BYTES + 9);
    }
}
