//! Reads around lists of entries: newest per term, related, archive, facets.

use std::collections::{BTreeMap, HashMap};

use domain::{
    Error, Result,
    access::ReadScope,
    articles::{ArchiveDay, ArchiveMonth},
    content::{Content, ContentKind, EntryQuery, Parts},
    events::CacheTag,
    id::{AuthorId, EditionId, EntryId, Id},
    terms::{Taxonomy, TermId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{filter, visible};
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

/// How many of the newest articles of each owner are wanted, and what of them.
#[derive(Debug, Clone, Copy)]
pub struct Latest {
    /// Only this edition.
    pub edition: Option<EditionId>,
    /// At most so many each.
    pub size: u32,
    /// These parts of them.
    pub parts: Parts,
}

/// A table that names the owners of entries, in the order of lists.
#[derive(Clone, Copy)]
struct OwnerTable {
    table: &'static str,
    column: &'static str,
}

impl Reader<'_> {
    /// The newest articles of each term, in one statement however many terms there are.
    pub async fn latest_by_term(
        &self,
        scope: &ReadScope,
        terms: &[TermId],
        latest: Latest,
    ) -> Result<HashMap<TermId, Vec<Content>>> {
        let owners: HashMap<Uuid, TermId> = terms.iter().map(|id| (id.uuid(), *id)).collect();
        self.latest_by(
            scope,
            OwnerTable {
                table: "entry_term",
                column: "term_id",
            },
            owners,
            latest,
        )
        .await
    }

    /// The newest articles of each author, in one statement however many authors there are.
    pub async fn latest_by_author(
        &self,
        scope: &ReadScope,
        authors: &[AuthorId],
        latest: Latest,
    ) -> Result<HashMap<AuthorId, Vec<Content>>> {
        let owners: HashMap<Uuid, AuthorId> = authors.iter().map(|id| (id.uuid(), *id)).collect();
        self.latest_by(
            scope,
            OwnerTable {
                table: "entry_contribution",
                column: "author_id",
            },
            owners,
            latest,
        )
        .await
    }

    async fn latest_by<K: Copy + Eq + std::hash::Hash>(
        &self,
        scope: &ReadScope,
        OwnerTable { table, column }: OwnerTable,
        owners: HashMap<Uuid, K>,
        Latest {
            edition,
            size,
            parts,
        }: Latest,
    ) -> Result<HashMap<K, Vec<Content>>> {
        scope.note(CacheTag::List(ContentKind::Article, edition));
        // Each owner's newest are found by its index; the union is as long as the answer.
        let mut sql = Sql::default();
        for owner in owners.keys() {
            if !sql.is_empty() {
                sql.push(" UNION ALL ");
            }
            sql.push(&format!("SELECT * FROM (SELECT x.{column} AS owner, x.entry_id, x.sort_at FROM {table} x WHERE x.{column} = ")).bind(*owner);
            sql.push(" AND x.kind = 'article' AND x.status = 'published'");
            if let Some(edition) = edition {
                sql.push(" AND x.edition_id = ").bind(edition.uuid());
            }
            sql.push(&format!(
                " ORDER BY x.sort_at DESC, x.entry_id DESC LIMIT {}) AS newest",
                u64::from(size) * 2
            ));
        }
        if sql.is_empty() {
            return Ok(HashMap::new());
        }
        let mut found: Vec<(Uuid, EntryId)> = Vec::new();
        for row in &mut self.query(sql).await? {
            found.push((row.get()?, EntryId::new(ContentKind::Article, row.get()?)));
        }
        let ids: Vec<EntryId> = found.iter().map(|(_, id)| *id).collect();
        let contents = self.entries_by_ids(scope, &ids, parts).await?;
        let mut all: HashMap<K, Vec<Content>> =
            owners.values().map(|key| (*key, Vec::new())).collect();
        for (owner, id) in found {
            if let (Some(key), Some(content)) = (owners.get(&owner), contents.get(&id)) {
                // Somebody who wrote it and took the pictures has two rows.
                let list = all.entry(*key).or_default();
                if u32::try_from(list.len()).is_ok_and(|length| length < size)
                    && !list.iter().any(|known| known.entry().id == id)
                {
                    list.push(content.clone());
                }
            }
        }
        Ok(all)
    }

    /// Articles to read after each of these: the curated ones first, then those that share most
    /// terms, the newest first among equals.
    pub async fn related(
        &self,
        scope: &ReadScope,
        ids: &[EntryId],
        size: u32,
        parts: Parts,
    ) -> Result<HashMap<EntryId, Vec<Content>>> {
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut chosen: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        let mut curated = Sql::new(
            "SELECT x.entry_id, x.related_id FROM entry_related x JOIN entry e ON e.id = x.related_id WHERE x.entry_id IN ",
        );
        curated.id_list(&uuids);
        visible(&mut curated, scope, "e");
        curated.push(" ORDER BY x.entry_id, x.position");
        for row in &mut self.query(curated).await? {
            let (entry, related): (Uuid, Uuid) = (row.get()?, row.get()?);
            chosen.entry(entry).or_default().push(related);
        }
        self.add_by_shared_terms(&uuids, size, &mut chosen).await?;
        let wanted: Vec<EntryId> = chosen
            .values_mut()
            .flat_map(|list| {
                list.truncate(usize::try_from(size).unwrap_or(usize::MAX));
                list.iter()
                    .map(|id| EntryId::new(ContentKind::Article, *id))
                    .collect::<Vec<_>>()
            })
            .collect();
        let contents = self.entries_by_ids(scope, &wanted, parts).await?;
        Ok(ids
            .iter()
            .map(|id| {
                let list = chosen
                    .get(&id.uuid())
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                (
                    *id,
                    list.iter()
                        .filter_map(|id| {
                            contents
                                .get(&EntryId::new(ContentKind::Article, *id))
                                .cloned()
                        })
                        .collect(),
                )
            })
            .collect())
    }

    /// Candidates are the newest thirty of each term, so that a term of a hundred thousand articles
    /// costs as much as a small one.
    async fn add_by_shared_terms(
        &self,
        entries: &[Uuid],
        size: u32,
        chosen: &mut HashMap<Uuid, Vec<Uuid>>,
    ) -> Result<()> {
        let mut terms: BTreeMap<(Uuid, Uuid), Vec<Uuid>> = BTreeMap::new();
        let mut own = Sql::new(
            "SELECT x.term_id, x.edition_id, x.entry_id FROM entry_term x WHERE x.is_direct AND x.entry_id IN ",
        );
        own.id_list(entries);
        for row in &mut self.query(own).await? {
            terms
                .entry((row.get()?, row.get()?))
                .or_default()
                .push(row.get()?);
        }
        let mut newest = Sql::default();
        for (term, edition) in terms.keys().take(200) {
            if !newest.is_empty() {
                newest.push(" UNION ALL ");
            }
            newest.push("SELECT * FROM (SELECT x.term_id, x.edition_id, x.entry_id, x.sort_at FROM entry_term x WHERE x.kind = 'article' AND x.status = 'published' AND x.term_id = ").bind(*term);
            newest
                .push(" AND x.edition_id = ")
                .bind(*edition)
                .push(" ORDER BY x.sort_at DESC, x.entry_id DESC LIMIT 30) AS newest");
        }
        if newest.is_empty() {
            return Ok(());
        }
        let mut shared: HashMap<Uuid, HashMap<Uuid, (usize, Timestamp)>> = HashMap::new();
        for row in &mut self.query(newest).await? {
            let key: (Uuid, Uuid) = (row.get()?, row.get()?);
            let (candidate, at): (Uuid, Timestamp) = (row.get()?, row.get()?);
            for entry in terms
                .get(&key)
                .into_iter()
                .flatten()
                .filter(|entry| **entry != candidate)
            {
                shared
                    .entry(*entry)
                    .or_default()
                    .entry(candidate)
                    .or_insert((0, at))
                    .0 += 1;
            }
        }
        for (entry, candidates) in shared {
            let mut ranked: Vec<_> = candidates.into_iter().collect();
            ranked.sort_by(|(a, (a_common, a_at)), (b, (b_common, b_at))| {
                (b_common, b_at, b).cmp(&(a_common, a_at, a))
            });
            let list = chosen.entry(entry).or_default();
            for (candidate, _) in ranked {
                if !chosen_enough(list, size) && !list.contains(&candidate) {
                    list.push(candidate);
                }
            }
        }
        Ok(())
    }

    /// Months with published articles, the newest first.
    pub async fn archive(
        &self,
        scope: &ReadScope,
        edition: EditionId,
    ) -> Result<Vec<ArchiveMonth>> {
        scope.note(CacheTag::List(ContentKind::Article, Some(edition)));
        let month = self.engine.year_month("e.sort_at");
        let mut sql = Sql::new(&format!(
            "SELECT {month} AS month, count(*) FROM entry e WHERE e.kind = 'article' AND e.status = 'published' AND e.edition_id = "
        ));
        sql.bind(edition.uuid()).push(" GROUP BY 1 ORDER BY 1 DESC");
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                let text: String = row.get()?;
                let (year, month) = text
                    .split_once('-')
                    .ok_or_else(|| Error::internal(format!("`{text}` is no month")))?;
                Ok(ArchiveMonth {
                    year: year.parse().map_err(Error::internal)?,
                    month: month.parse().map_err(Error::internal)?,
                    count: row.count()?,
                })
            })
            .collect()
    }

    /// Days with published articles, the newest first.
    pub async fn archive_days(
        &self,
        scope: &ReadScope,
        edition: EditionId,
    ) -> Result<Vec<ArchiveDay>> {
        const PUBLISHED: &str =
            "FROM entry e WHERE e.kind = 'article' AND e.status = 'published' AND e.edition_id = ";
        scope.note(CacheTag::List(ContentKind::Article, Some(edition)));
        let day = self.engine.year_month_day("e.sort_at");
        // The search for one that is listed ends at the first, mostly that of the day. A quote
        // within a text of the document has a backslash before it, so no text looks like a field.
        let mut sql = Sql::new(&format!(
            "SELECT d.day, d.number, EXISTS (SELECT 1 {PUBLISHED}"
        ));
        sql.bind(edition.uuid())
            .push(
                " AND e.sort_at >= d.first_at AND e.sort_at <= d.last_at \
                 AND (e.seo IS NULL OR (e.seo NOT LIKE '%\"noindex\":true%' AND e.seo NOT LIKE '%\"canonicalUrl\":\"%'))) \
                 FROM (SELECT ",
            )
            .push(&day)
            .push(" AS day, count(*) AS number, min(e.sort_at) AS first_at, max(e.sort_at) AS last_at ")
            .push(PUBLISHED)
            .bind(edition.uuid())
            .push(" GROUP BY 1) AS d ORDER BY d.day DESC");
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                let text: String = row.get()?;
                Ok(ArchiveDay {
                    day: text.parse().map_err(Error::internal)?,
                    count: row.count()?,
                    has_listed: row.get()?,
                })
            })
            .collect()
    }

    /// How the entries of a list spread over categories, tags or authors.
    pub async fn facets(
        &self,
        scope: &ReadScope,
        query: &EntryQuery,
        fields: &[FacetField],
    ) -> Result<Vec<Facet>> {
        let mut all = Vec::with_capacity(fields.len());
        for field in fields {
            let (table, column, texts) = match field {
                FacetField::Category | FacetField::Tag => ("entry_term", "term_id", "term_text"),
                FacetField::Author => ("entry_contribution", "author_id", "author_text"),
            };
            let source = filter::source(scope, query)?;
            let mut sql = Sql::new(&format!(
                "SELECT f.{column}, min(ft.name), min(ft.slug), count(DISTINCT e.id) AS number"
            ));
            let mut body = Sql::new(source.from);
            body.push(&format!(" JOIN {table} f ON f.entry_id = e.id JOIN {texts} ft ON ft.{column} = f.{column} AND ft.edition_id = f.edition_id WHERE "));
            source.conditions(&mut body, scope, query);
            match field {
                FacetField::Category => body.push(" AND ft.taxonomy = 'category'"),
                FacetField::Tag => body.push(" AND ft.taxonomy = 'tag'"),
                FacetField::Author => &mut body,
            };
            sql.append(&body).push(&format!(
                " GROUP BY f.{column} ORDER BY number DESC, min(ft.name), f.{column} LIMIT 50"
            ));
            let mut buckets = Vec::new();
            for row in &mut self.query(sql).await? {
                let id: Uuid = row.get()?;
                let id = match field {
                    FacetField::Category => TermId::new(Taxonomy::Category, id).to_string(),
                    FacetField::Tag => TermId::new(Taxonomy::Tag, id).to_string(),
                    FacetField::Author => AuthorId::from_uuid(id).to_string(),
                };
                buckets.push(Bucket {
                    id,
                    label: row.get()?,
                    slug: row.get()?,
                    count: row.count()?,
                });
            }
            all.push(Facet {
                field: *field,
                buckets,
            });
        }
        Ok(all)
    }

    /// How many published articles each term has, in one edition or all.
    pub async fn article_counts(
        &self,
        scope: &ReadScope,
        terms: &[TermId],
        edition: Option<EditionId>,
    ) -> Result<HashMap<TermId, u64>> {
        scope.note(CacheTag::List(ContentKind::Article, edition));
        let mut counts: HashMap<TermId, u64> = terms.iter().map(|id| (*id, 0)).collect();
        let uuids: Vec<Uuid> = terms.iter().map(|id| id.uuid()).collect();
        let mut sql = Sql::new(
            "SELECT x.term_id, count(*) FROM entry_term x WHERE x.kind = 'article' AND x.status = 'published' AND x.term_id IN ",
        );
        sql.id_list(&uuids);
        if let Some(edition) = edition {
            sql.push(" AND x.edition_id = ").bind(edition.uuid());
        }
        sql.push(" GROUP BY x.term_id");
        let by_uuid: HashMap<Uuid, TermId> = terms.iter().map(|id| (id.uuid(), *id)).collect();
        for row in &mut self.query(sql).await? {
            let id: Uuid = row.get()?;
            if let Some(term) = by_uuid.get(&id) {
                counts.insert(*term, row.count()?);
            }
        }
        Ok(counts)
    }

    /// The galleries of each entry, by id, in order.
    pub async fn gallery_ids(
        &self,
        ids: &[EntryId],
    ) -> Result<HashMap<EntryId, Vec<domain::id::GalleryId>>> {
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let by_uuid: HashMap<Uuid, EntryId> = ids.iter().map(|id| (id.uuid(), *id)).collect();
        let mut sql =
            Sql::new("SELECT x.entry_id, x.gallery_id FROM entry_gallery x WHERE x.entry_id IN ");
        sql.id_list(&uuids).push(" ORDER BY x.entry_id, x.position");
        let mut all: HashMap<EntryId, Vec<_>> = ids.iter().map(|id| (*id, Vec::new())).collect();
        for row in &mut self.query(sql).await? {
            let entry: Uuid = row.get()?;
            if let Some(id) = by_uuid.get(&entry) {
                all.entry(*id).or_default().push(Id::from_uuid(row.get()?));
            }
        }
        Ok(all)
    }
}

fn chosen_enough(list: &[Uuid], size: u32) -> bool {
    u32::try_from(list.len()).is_ok_and(|length| length >= size)
}
