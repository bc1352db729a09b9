//! Which slugs are taken.

use domain::{
    Result,
    content::Entry,
    id::{AuthorId, CollectionId, EditionId, EntryId, GalleryId, NewsletterId},
    terms::TermId,
};
use uuid::Uuid;

use crate::{WriteTx, entries::slug_scope, sql::Sql};

/// A record, and with it the others among which its slug must be free.
#[derive(Debug, Clone, Copy)]
pub enum Neighbours<'a> {
    /// Entries of its kind, below the same parent.
    Entry(&'a Entry),
    /// Terms of its taxonomy, in a namespace.
    Term(TermId, &'a str),
    /// All authors.
    Author(AuthorId),
    /// All galleries.
    Gallery(GalleryId),
    /// All collections.
    Collection(CollectionId),
    /// All newsletters.
    Newsletter(NewsletterId),
}

impl WriteTx {
    /// Whether a slug is free in an edition. A record's own does not count.
    pub async fn slug_is_free(
        &self,
        among: Neighbours<'_>,
        edition: EditionId,
        slug: &str,
    ) -> Result<bool> {
        let mut sql = Sql::new("SELECT 1 FROM ");
        let (owner, id): (&str, Uuid) = match among {
            Neighbours::Entry(entry) => {
                sql.push("entry WHERE kind = ")
                    .bind(entry.id.kind.as_str())
                    .push(" AND slug_scope = ")
                    .bind(slug_scope(entry.parent.map(EntryId::uuid)))
                    .push(" AND ");
                ("id", entry.id.uuid())
            }
            Neighbours::Term(id, namespace) => {
                sql.push("term_text WHERE taxonomy = ")
                    .bind(id.taxonomy.as_str())
                    .push(" AND namespace = ")
                    .bind(namespace.to_owned())
                    .push(" AND ");
                ("term_id", id.uuid())
            }
            Neighbours::Author(id) => {
                sql.push("author_text WHERE ");
                ("author_id", id.uuid())
            }
            Neighbours::Gallery(id) => {
                sql.push("gallery_text WHERE ");
                ("gallery_id", id.uuid())
            }
            Neighbours::Collection(id) => {
                sql.push("collection WHERE ");
                ("id", id.uuid())
            }
            Neighbours::Newsletter(id) => {
                sql.push("newsletter WHERE ");
                ("id", id.uuid())
            }
        };
        sql.push("edition_id = ")
            .bind(edition.uuid())
            .push(" AND slug = ")
            .bind(slug.to_owned());
        sql.push(" AND ").push(owner).push(" <> ").bind(id);
        Ok(self.query(sql).await?.is_empty())
    }
}
