//! Reads around lists of entries: newest per term, related, archive, numbers.

use std::collections::{BTreeMap, HashMap};

use domain::{
    Error, Result,
    access::ReadScope,
    articles::{ArchiveDay, ArchiveMonth},
    content::{Content, ContentKind, Parts},
    events::CacheTag,
    id::{ArticleId, AuthorId, EditionId, EntryId, Id},
    terms::TermId,
    time::Timestamp,
};
use uuid::Uuid;

use super::visible;
use crate::{
    Reader,
    lists::LISTS_PER_STATEMENT,
    sql::{IDS_PER_STATEMENT, Sql},
};

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
    /// `DISTINCT ` where an entry may stand below one owner more than once.
    distinct: &'static str,
}

/// An article that others are to be read after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelatedTo<'a> {
    /// Which.
    pub id: EntryId,
    /// What an editor chose, where it is not what the rows say.
    pub chosen: Option<&'a [ArticleId]>,
}

impl Reader<'_> {
    /// The newest articles of each term, in one statement for every two hundred terms.
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
                distinct: "",
            },
            owners,
            latest,
        )
        .await
    }

    /// The newest articles of each author, in one statement for every two hundred authors.
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
                // Somebody who wrote it and took the pictures has two rows.
                distinct: "DISTINCT ",
            },
            owners,
            latest,
        )
        .await
    }

    async fn latest_by<K: Copy + Eq + std::hash::Hash>(
        &self,
        scope: &ReadScope,
        OwnerTable {
            table,
            column,
            distinct,
        }: OwnerTable,
        owners: HashMap<Uuid, K>,
        Latest {
            edition,
            size,
            parts,
        }: Latest,
    ) -> Result<HashMap<K, Vec<Content>>> {
        scope.note(CacheTag::List(ContentKind::Article, edition));
        let ids: Vec<Uuid> = owners.keys().copied().collect();
        let mut found: Vec<(Uuid, EntryId)> = Vec::new();
        for chunk in ids.chunks(LISTS_PER_STATEMENT) {
            // Each owner's newest are found by its index; the union is as long as the answer.
            let mut sql = Sql::default();
            for owner in chunk {
                if !sql.is_empty() {
                    sql.push(" UNION ALL ");
                }
                sql.push(&format!("SELECT * FROM (SELECT {distinct}x.{column} AS owner, x.entry_id, x.sort_at FROM {table} x WHERE x.{column} = ")).bind(*owner);
                sql.push(" AND x.kind = 'article' AND x.status = 'published'");
                if let Some(edition) = edition {
                    sql.push(" AND x.edition_id = ").bind(edition.uuid());
                }
                sql.push(&format!(
                    " ORDER BY x.sort_at DESC, x.entry_id DESC LIMIT {size}) AS newest"
                ));
            }
            for row in &mut self.query(sql).await? {
                found.push((row.get()?, EntryId::new(ContentKind::Article, row.get()?)));
            }
        }
        let ids: Vec<EntryId> = found.iter().map(|(_, id)| *id).collect();
        let contents = self.entries_by_ids(scope, &ids, parts).await?;
        let mut all: HashMap<K, Vec<Content>> =
            owners.values().map(|key| (*key, Vec::new())).collect();
        for (owner, id) in found {
            if let (Some(key), Some(content)) = (owners.get(&owner), contents.get(&id)) {
                all.entry(*key).or_default().push(content.clone());
            }
        }
        Ok(all)
    }

    /// Articles to read after each of these: the curated ones first, then those that share most
    /// terms, the newest first among equals.
    pub async fn related(
        &self,
        scope: &ReadScope,
        to: &[RelatedTo<'_>],
        size: u32,
        parts: Parts,
    ) -> Result<HashMap<EntryId, Vec<Content>>> {
        let uuids: Vec<Uuid> = to.iter().map(|to| to.id.uuid()).collect();
        let mut chosen: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut curated = Sql::new(
                "SELECT x.entry_id, x.related_id FROM entry_related x JOIN entry e ON e.id = x.related_id WHERE x.entry_id IN ",
            );
            curated.id_list(chunk);
            visible(&mut curated, scope, "e");
            curated.push(" ORDER BY x.entry_id, x.position");
            for row in &mut self.query(curated).await? {
                let (entry, related): (Uuid, Uuid) = (row.get()?, row.get()?);
                chosen.entry(entry).or_default().push(related);
            }
        }
        self.put_in_place(scope, to, &mut chosen).await?;
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
        Ok(to
            .iter()
            .map(|RelatedTo { id, .. }| {
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

    /// Where the state that is shown has a choice of its own, that takes the place of the one that is
    /// out.
    async fn put_in_place(
        &self,
        scope: &ReadScope,
        to: &[RelatedTo<'_>],
        chosen: &mut HashMap<Uuid, Vec<Uuid>>,
    ) -> Result<()> {
        let own = to.iter().filter_map(|to| Some((to.id, to.chosen?)));
        let wanted: Vec<EntryId> = own
            .clone()
            .flat_map(|(_, articles)| articles.iter().map(|id| EntryId::from(*id)))
            .collect();
        if wanted.is_empty() && own.clone().next().is_none() {
            return Ok(());
        }
        let visible = self.entries_by_ids(scope, &wanted, Parts::NONE).await?;
        for (id, articles) in own {
            let shown = articles
                .iter()
                .filter(|id| visible.contains_key(&EntryId::from(**id)));
            chosen.insert(id.uuid(), shown.map(|id| id.uuid()).collect());
        }
        Ok(())
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
        for chunk in entries.chunks(IDS_PER_STATEMENT) {
            let mut own = Sql::new(
                "SELECT x.term_id, x.edition_id, x.entry_id FROM entry_term x WHERE x.is_direct AND x.entry_id IN ",
            );
            own.id_list(chunk);
            for row in &mut self.query(own).await? {
                terms
                    .entry((row.get()?, row.get()?))
                    .or_default()
                    .push(row.get()?);
            }
        }
        let mut shared: HashMap<Uuid, HashMap<Uuid, (usize, Timestamp)>> = HashMap::new();
        let keys: Vec<(Uuid, Uuid)> = terms.keys().copied().collect();
        for chunk in keys.chunks(LISTS_PER_STATEMENT) {
            for row in &mut self.query(newest_of(chunk)).await? {
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
        let by_uuid: HashMap<Uuid, TermId> = terms.iter().map(|id| (id.uuid(), *id)).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT x.term_id, count(*) FROM entry_term x WHERE x.kind = 'article' AND x.status = 'published' AND x.term_id IN ",
            );
            sql.id_list(chunk);
            if let Some(edition) = edition {
                sql.push(" AND x.edition_id = ").bind(edition.uuid());
            }
            sql.push(" GROUP BY x.term_id");
            for row in &mut self.query(sql).await? {
                let id: Uuid = row.get()?;
                if let Some(term) = by_uuid.get(&id) {
                    counts.insert(*term, row.count()?);
                }
            }
        }
        Ok(counts)
    }

    /// The galleries of each visible entry, by id, in order.
    pub async fn gallery_ids(
        &self,
        scope: &ReadScope,
        ids: &[EntryId],
    ) -> Result<HashMap<EntryId, Vec<domain::id::GalleryId>>> {
        scope.note_all(ids.iter().map(|id| CacheTag::Entry(*id)));
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let by_uuid: HashMap<Uuid, EntryId> = ids.iter().map(|id| (id.uuid(), *id)).collect();
        let mut all: HashMap<EntryId, Vec<_>> = ids.iter().map(|id| (*id, Vec::new())).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT x.entry_id, x.gallery_id FROM entry_gallery x JOIN entry e ON e.id = x.entry_id WHERE x.entry_id IN ",
            );
            sql.id_list(chunk);
            visible(&mut sql, scope, "e");
            sql.push(" ORDER BY x.entry_id, x.position");
            for row in &mut self.query(sql).await? {
                let entry: Uuid = row.get()?;
                if let Some(id) = by_uuid.get(&entry) {
                    all.entry(*id).or_default().push(Id::from_uuid(row.get()?));
                }
            }
        }
        Ok(all)
    }
}

/// The newest thirty articles of each term in an edition.
fn newest_of(terms: &[(Uuid, Uuid)]) -> Sql {
    let mut sql = Sql::default();
    for (term, edition) in terms {
        if !sql.is_empty() {
            sql.push(" UNION ALL ");
        }
        sql.push("SELECT * FROM (SELECT x.term_id, x.edition_id, x.entry_id, x.sort_at FROM entry_term x WHERE x.kind = 'article' AND x.status = 'published' AND x.term_id = ").bind(*term);
        sql.push(" AND x.edition_id = ")
            .bind(*edition)
            .push(" ORDER BY x.sort_at DESC, x.entry_id DESC LIMIT 30) AS newest");
    }
    sql
}

fn chosen_enough(list: &[Uuid], size: u32) -> bool {
    u32::try_from(list.len()).is_ok_and(|length| length >= size)
}
