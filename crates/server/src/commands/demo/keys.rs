//! The keys by which the demo's files name records, and the ids these got.

use std::collections::HashMap;

use domain::{
    Result,
    id::{
        ArticleId, AssetId, AuthorId, CategoryId, CollectionId, CommentId, EditionId, GalleryId,
        IssueId, NewsletterId, PageId, TagId,
    },
    text::EditionText,
};

use super::{model::Texts, read::wrong};

/// The ids of one kind of record.
#[derive(Debug)]
pub(super) struct Keys<T> {
    what: &'static str,
    ids: HashMap<String, T>,
}

impl<T: Copy> Keys<T> {
    fn of(what: &'static str) -> Self {
        Self {
            what,
            ids: HashMap::new(),
        }
    }

    /// Remembers a record; two of one key are a mistake.
    pub(super) fn insert(&mut self, file: &str, key: &str, id: T) -> Result<()> {
        match self.ids.insert(key.to_owned(), id) {
            None => Ok(()),
            Some(_) => Err(wrong(
                file,
                &format!("the {} `{key}` stands there twice", self.what),
            )),
        }
    }

    /// The record that a file names.
    pub(super) fn get(&self, file: &str, key: &str) -> Result<T> {
        self.ids.get(key).copied().ok_or_else(|| {
            wrong(
                file,
                &format!("there is no {} `{key}` (or only further down)", self.what),
            )
        })
    }

    /// The records that a file names.
    pub(super) fn all(&self, file: &str, keys: &[String]) -> Result<Vec<T>> {
        keys.iter().map(|key| self.get(file, key)).collect()
    }
}

/// The ids of everything that was made so far.
#[derive(Debug)]
pub(super) struct Ids {
    pub(super) editions: Keys<EditionId>,
    pub(super) assets: Keys<AssetId>,
    pub(super) authors: Keys<AuthorId>,
    pub(super) categories: Keys<CategoryId>,
    pub(super) tags: Keys<TagId>,
    pub(super) galleries: Keys<GalleryId>,
    pub(super) newsletters: Keys<NewsletterId>,
    pub(super) issues: Keys<IssueId>,
    pub(super) collections: Keys<CollectionId>,
    pub(super) comments: Keys<CommentId>,
    /// By [`in_edition`].
    pub(super) articles: Keys<ArticleId>,
    /// By [`in_edition`].
    pub(super) pages: Keys<PageId>,
}

impl Ids {
    pub(super) fn new() -> Self {
        Self {
            editions: Keys::of("edition"),
            assets: Keys::of("asset"),
            authors: Keys::of("author"),
            categories: Keys::of("category"),
            tags: Keys::of("tag"),
            galleries: Keys::of("gallery"),
            newsletters: Keys::of("newsletter"),
            issues: Keys::of("issue"),
            collections: Keys::of("collection"),
            comments: Keys::of("comment"),
            articles: Keys::of("article"),
            pages: Keys::of("page"),
        }
    }

    /// Texts with the ids of their editions, in the order of the codes.
    pub(super) fn texts<T, U>(
        &self,
        file: &str,
        key: &str,
        texts: &Texts<T>,
        convert: impl Fn(&T) -> U,
    ) -> Result<Vec<EditionText<U>>> {
        texts
            .iter()
            .map(|(code, text)| {
                let edition = self.editions.get(file, code).map_err(|_unknown| {
                    wrong(file, &format!("`{key}`: there is no edition `{code}`"))
                })?;
                Ok(EditionText {
                    edition,
                    value: convert(text),
                })
            })
            .collect()
    }
}

/// The key of an article or a page in one edition: `clock-tower/fa`.
pub(super) fn in_edition(key: &str, edition: &str) -> String {
    format!("{key}/{edition}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_missing_or_twice_is_told_with_its_file() {
        let mut keys = Keys::of("tag");
        keys.insert("tags.toml", "river", 1).unwrap();
        assert_eq!(keys.get("tags.toml", "river").unwrap(), 1);
        let twice = keys
            .insert("tags.toml", "river", 2)
            .unwrap_err()
            .to_string();
        assert_eq!(twice, "demo/tags.toml: the tag `river` stands there twice");
        let missing = keys
            .all("articles/a/en.md", &["rivers".to_owned()])
            .unwrap_err()
            .to_string();
        assert!(
            missing.starts_with("demo/articles/a/en.md: there is no tag `rivers`"),
            "{missing}"
        );
    }
}
