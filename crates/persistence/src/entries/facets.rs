//! How the entries of a list spread over categories, tags and authors.

use std::collections::HashMap;

use domain::{
    Result,
    access::ReadScope,
    authors::Author,
    content::EntryQuery,
    id::AuthorId,
    terms::{Taxonomy, Term, TermId},
};
use uuid::Uuid;

use super::filter;
use crate::{Reader, sql::Sql};

/// What a list can be counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacetField {
    /// By category.
    Category,
    /// By tag.
    Tag,
    /// By author.
    Author,
}

/// The counts of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The field.
    pub field: FacetField,
    /// Its values, the most frequent first; at most 50.
    pub buckets: Vec<Bucket>,
}

/// One value of a field and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The public id of the term or author.
    pub id: String,
    /// Its name.
    pub label: String,
    /// Its slug.
    pub slug: String,
    /// How many entries of the list have it.
    pub count: u64,
}

impl Reader<'_> {
    /// How the entries of a list spread over categories, tags or authors. Names and slugs are those
    /// of the list's edition (without one, of the default edition) or of a fallback.
    pub async fn facets(
        &self,
        scope: &ReadScope,
        query: &EntryQuery,
        fields: &[FacetField],
    ) -> Result<Vec<Facet>> {
        let mut counted = Vec::with_capacity(fields.len());
        for field in fields {
            counted.push((*field, self.facet_counts(scope, query, *field).await?));
        }
        let edition = match query.edition {
            Some(edition) => edition,
            None => self.edition_set().await?.default_edition()?.id,
        };
        let (mut terms, mut authors) = (Vec::new(), Vec::new());
        for (field, counts) in &counted {
            let ids = counts.iter().map(|(id, _)| *id);
            match field {
                FacetField::Category => {
                    terms.extend(ids.map(|id| TermId::new(Taxonomy::Category, id)));
                }
                FacetField::Tag => terms.extend(ids.map(|id| TermId::new(Taxonomy::Tag, id))),
                FacetField::Author => authors.extend(ids.map(AuthorId::from_uuid)),
            }
        }
        let names = FacetNames {
            terms: self.terms_by_ids(scope, &terms, edition).await?,
            authors: self.authors_by_ids(scope, &authors, edition).await?,
        };
        Ok(counted
            .into_iter()
            .map(|(field, counts)| names.facet(field, counts))
            .collect())
    }

    /// The fifty most frequent values of a field.
    async fn facet_counts(
        &self,
        scope: &ReadScope,
        query: &EntryQuery,
        field: FacetField,
    ) -> Result<Vec<(Uuid, u64)>> {
        let source = filter::source(scope, query)?;
        let (table, column) = match field {
            FacetField::Category | FacetField::Tag => ("entry_term", "term_id"),
            FacetField::Author => ("entry_contribution", "author_id"),
        };
        let mut sql = Sql::new(&format!(
            "SELECT f.{column}, count(DISTINCT e.id) AS number"
        ));
        let mut body = Sql::new(source.from);
        body.push(&format!(" JOIN {table} f ON f.entry_id = e.id"));
        body.push(match field {
            FacetField::Category => {
                " JOIN term ft ON ft.id = f.term_id AND ft.taxonomy = 'category' WHERE "
            }
            FacetField::Tag => " JOIN term ft ON ft.id = f.term_id AND ft.taxonomy = 'tag' WHERE ",
            FacetField::Author => " WHERE ",
        });
        source.conditions(&mut body, scope, query);
        sql.append(&body).push(&format!(
            " AND f.{column} IS NOT NULL GROUP BY f.{column} ORDER BY number DESC, f.{column} LIMIT 50"
        ));
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| Ok((row.get()?, row.count()?)))
            .collect()
    }
}

/// What the values of facets are called.
struct FacetNames {
    terms: HashMap<TermId, Term>,
    authors: HashMap<AuthorId, Author>,
}

impl FacetNames {
    fn facet(&self, field: FacetField, counts: Vec<(Uuid, u64)>) -> Facet {
        let mut buckets: Vec<Bucket> = counts
            .into_iter()
            .filter_map(|(id, count)| {
                let (id, label, slug) = match field {
                    FacetField::Category => self.term(TermId::new(Taxonomy::Category, id))?,
                    FacetField::Tag => self.term(TermId::new(Taxonomy::Tag, id))?,
                    FacetField::Author => {
                        let author = self.authors.get(&AuthorId::from_uuid(id))?;
                        let text = &author.text.value;
                        (author.id.to_string(), text.name.clone(), text.slug.clone())
                    }
                };
                Some(Bucket {
                    id,
                    label,
                    slug,
                    count,
                })
            })
            .collect();
        // The same on both engines: by number, then by name, letter by letter.
        buckets.sort_by(|a, b| (b.count, &a.label, &a.id).cmp(&(a.count, &b.label, &b.id)));
        Facet { field, buckets }
    }

    fn term(&self, id: TermId) -> Option<(String, String, String)> {
        let text = &self.terms.get(&id)?.text.value;
        Some((id.to_string(), text.name.clone(), text.slug.clone()))
    }
}
