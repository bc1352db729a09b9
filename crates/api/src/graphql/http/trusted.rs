//! Trusted documents: those a frontend's build wrote down. A client names one by its id, and where
//! only they are served, nobody can make the server run a query of their own.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::Value;
use async_graphql::parser::parse_query;
use serde::Deserialize;

use super::{MediaType, Refusal, parameters::Parameters};

/// Ids are hashes or names.
const MAX_ID_BYTES: usize = 256;

/// The documents of a list, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedDocuments {
    by_id: HashMap<Arc<str>, Arc<str>>,
    texts: HashSet<Arc<str>>,
    is_strict: bool,
}

/// What builds write: Relay's compiler and GraphQL Code Generator an object of ids and documents,
/// Apollo's tools a list of operations.
#[derive(Deserialize)]
#[serde(untagged)]
enum List {
    Apollo { operations: Vec<Operation> },
    Plain(HashMap<String, String>),
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    body: String,
}

impl TrustedDocuments {
    /// Reads a list. `is_strict`: no other document is served.
    ///
    /// # Errors
    /// What is wrong with the list, in words for the operator.
    pub fn read(json: &str, is_strict: bool) -> Result<Self, String> {
        let list: List = serde_json::from_str(json).map_err(|_source| {
            "is neither an object of ids and documents nor a manifest with `operations` of `id` and `body`"
                .to_owned()
        })?;
        let pairs = match list {
            List::Plain(pairs) => pairs.into_iter().collect(),
            List::Apollo { operations } => operations
                .into_iter()
                .map(|operation| (operation.id, operation.body))
                .collect::<Vec<_>>(),
        };
        let mut documents = Self {
            is_strict,
            ..Self::default()
        };
        for (id, document) in pairs {
            if id.is_empty() || id.len() > MAX_ID_BYTES {
                return Err(format!(
                    "has an id that is not of 1 to {MAX_ID_BYTES} bytes"
                ));
            }
            if let Err(error) = parse_query(&document) {
                return Err(format!("has a document `{id}` that is none: {error}"));
            }
            let document: Arc<str> = document.into();
            documents.texts.insert(Arc::clone(&document));
            documents.by_id.insert(id.into(), document);
        }
        Ok(documents)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Puts the document a request names by its id into the request, and answers whether the
    /// request is for a trusted one.
    pub(super) fn resolve(
        &self,
        parameters: &mut Parameters,
        media: MediaType,
    ) -> Result<bool, Refusal> {
        if let Some(id) = &parameters.document_id {
            let found = self.find(id).ok_or_else(|| {
                Refusal::new(
                    media.invalid_status(),
                    "PERSISTED_QUERY_NOT_FOUND",
                    "No trusted document has this documentId.",
                )
            })?;
            return bring(parameters, &found).map(|()| true);
        }
        if let Some(found) = named_by_hash(parameters).and_then(|hash| self.find(hash)) {
            return bring(parameters, &found).map(|()| true);
        }
        let is_listed = |text: &String| self.texts.contains(text.as_str());
        if parameters.query.as_ref().is_some_and(is_listed) {
            return Ok(true);
        }
        if self.is_strict {
            return Err(Refusal::new(
                media.invalid_status(),
                "PERSISTED_QUERY_NOT_IN_LIST",
                "Only trusted documents are served here: name one by documentId.",
            ));
        }
        Ok(false)
    }

    /// Ids are often hashes, which clients may write with the name of the hash before them.
    fn find(&self, id: &str) -> Option<Arc<str>> {
        let bare = || id.strip_prefix("sha256:");
        let found = self.by_id.get(id);
        found.or_else(|| self.by_id.get(bare()?)).map(Arc::clone)
    }
}

fn named_by_hash(parameters: &Parameters) -> Option<&str> {
    let Value::Object(asked) = parameters.extensions.0.get("persistedQuery")? else {
        return None;
    };
    let Value::String(hash) = asked.get("sha256Hash")? else {
        return None;
    };
    Some(hash)
}

fn bring(parameters: &mut Parameters, document: &str) -> Result<(), Refusal> {
    match &parameters.query {
        Some(query) if query != document => Err(Refusal::malformed(
            "The parameter query is another document than the one that is named.",
        )),
        Some(_) | None => {
            parameters.query = Some(document.to_owned());
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_relay_and_apollo_are_read() {
        let relay = r#"{ "abc": "query A { hello }", "sha256:d": "query D { hello }" }"#;
        let apollo = r#"{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [
            { "id": "abc", "name": "A", "type": "query", "body": "query A { hello }" }
        ] }"#;
        assert_eq!(TrustedDocuments::read(relay, true).unwrap().len(), 2);
        let read = TrustedDocuments::read(apollo, false).unwrap();
        assert_eq!(&*read.find("sha256:abc").unwrap(), "query A { hello }");
        assert!(TrustedDocuments::read("{}", true).unwrap().is_empty());
    }

    #[test]
    fn a_list_that_is_none_is_refused_with_words() {
        let problem = |json: &str| TrustedDocuments::read(json, true).unwrap_err();
        assert!(problem("[1]").starts_with("is neither"));
        assert!(problem(r#"{ "": "{ hello }" }"#).contains("1 to 256 bytes"));
        assert!(problem(r#"{ "x": "query {" }"#).contains("`x`"));
    }
}
