//! Categories and tags.

use std::collections::{HashMap, HashSet};

use domain::{
    Error, Result,
    access::{Permit, ReadScope},
    editions::Edition,
    events::{CacheTag, ContentEvent},
    id::{CategoryId, EditionId, Id},
    paging::{Key, ListOrder, Page, PageArgs},
    terms::{Taxonomy, Term, TermDraft, TermId, TermOrder, TermQuery, TermText},
    text::{Localized, SortKeys},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    entries::best_text,
    field_filters::RecordFilters,
    lists::Order,
    sql::{IDS_PER_STATEMENT, Row, Sql},
    write_tx::Save,
};

/// Names a term within an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TermSlug<'a> {
    /// Category or tag.
    pub taxonomy: Taxonomy,
    /// Namespace of a tag; empty otherwise.
    pub namespace: &'a str,
    /// The slug.
    pub slug: &'a str,
}

impl Reader<'_> {
    /// A page of terms, with texts in the edition asked for or a fallback. The order by name holds
    /// those that have a name in that edition.
    pub async fn terms(
        &self,
        scope: &ReadScope,
        query: &TermQuery,
        edition: EditionId,
        page: &PageArgs,
    ) -> Result<Page<Term>> {
        scope.note(CacheTag::Records(query.taxonomy.into()));
        let fields = RecordFilters::new(query.taxonomy.into(), &query.custom_fields);
        let by_name = query.order == TermOrder::Name;
        let order = if by_name {
            Order {
                list: ListOrder::by_text("name"),
                key: "tt.name_key",
                id: "tt.term_id",
                descending: false,
            }
        } else {
            Order {
                list: ListOrder::by_time("createdAt"),
                key: if fields.lead() {
                    "x.created_at"
                } else {
                    "t.created_at"
                },
                id: if fields.lead() { "x.record_id" } else { "t.id" },
                descending: false,
            }
        };
        let mut from_where = Sql::new(" FROM ");
        if fields.lead() {
            from_where.push("record_field x JOIN term t ON t.id = x.record_id");
        } else {
            from_where.push("term t");
        }
        if by_name || query.slug.is_some() {
            from_where
                .push(" JOIN term_text tt ON tt.term_id = t.id WHERE tt.edition_id = ")
                .bind(edition.uuid());
            from_where
                .push(" AND tt.taxonomy = ")
                .bind(query.taxonomy.as_str());
        } else if fields.lead() {
            // The values that lead the list are of this taxonomy.
            from_where.push(" WHERE 1 = 1");
        } else {
            from_where
                .push(" WHERE t.taxonomy = ")
                .bind(query.taxonomy.as_str());
        }
        fields.add(&mut from_where, scope, "t.id");
        if let Some(namespace) = &query.namespace {
            from_where
                .push(" AND t.namespace = ")
                .bind(namespace.clone());
        }
        match query.parent {
            Some(Some(parent)) => {
                from_where.push(" AND t.parent_id = ").bind(parent.uuid());
            }
            Some(None) => {
                from_where.push(" AND t.parent_id IS NULL");
            }
            None => {}
        }
        if let Some(slug) = &query.slug {
            from_where.push(" AND tt.slug = ").bind(slug.clone());
        }
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(&format!("SELECT {}, {}", order.id, order.key));
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        let ids = order.collect(page, rows, total, |row| {
            let id: Uuid = row.get()?;
            let key = if by_name {
                Key::Text(row.get()?)
            } else {
                Key::Time(row.time()?)
            };
            Ok((TermId::new(query.taxonomy, id), key, id))
        })?;
        let wanted: Vec<TermId> = ids.nodes().copied().collect();
        let mut terms = self.terms_by_ids(scope, &wanted, edition).await?;
        // What was deleted between the two statements is left out.
        Ok(ids.filter_map(|id| terms.remove(&id)))
    }

    /// Terms by id; absent ones are missing in the answer.
    pub async fn terms_by_ids(
        &self,
        scope: &ReadScope,
        ids: &[TermId],
        edition: EditionId,
    ) -> Result<HashMap<TermId, Term>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        let mut all = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(IDS_PER_STATEMENT) {
            let uuids: Vec<Uuid> = chunk.iter().map(|id| id.uuid()).collect();
            let found = self.terms_of(&uuids, edition).await?;
            // An id of the other taxonomy names nothing.
            all.extend(
                found
                    .into_iter()
                    .filter(|term| chunk.contains(&term.id))
                    .map(|term| (term.id, term)),
            );
        }
        Ok(all)
    }

    /// Terms by id, of either taxonomy.
    pub(crate) async fn terms_of(&self, ids: &[Uuid], edition: EditionId) -> Result<Vec<Term>> {
        self.read_terms(edition, |sql| {
            sql.push("t.id IN ").id_list(ids);
        })
        .await
    }

    /// One term by slug.
    pub async fn term_by_slug(
        &self,
        scope: &ReadScope,
        TermSlug {
            taxonomy,
            namespace,
            slug,
        }: TermSlug<'_>,
        edition: EditionId,
    ) -> Result<Option<Term>> {
        scope.note(CacheTag::Records(taxonomy.into()));
        let found = self
            .read_terms(edition, |sql| {
                sql.push("t.id = (SELECT n.term_id FROM term_text n WHERE n.edition_id = ")
                    .bind(edition.uuid());
                sql.push(" AND n.taxonomy = ")
                    .bind(taxonomy.as_str())
                    .push(" AND n.namespace = ")
                    .bind(namespace.to_owned());
                sql.push(" AND n.slug = ").bind(slug.to_owned()).push(")");
            })
            .await?;
        Ok(found.into_iter().next())
    }

    /// The categories directly below each of these, in their order.
    pub async fn term_children(
        &self,
        scope: &ReadScope,
        ids: &[CategoryId],
        edition: EditionId,
    ) -> Result<HashMap<CategoryId, Vec<Term>>> {
        scope.note(CacheTag::Records(domain::events::RecordKind::Category));
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut children: HashMap<CategoryId, Vec<Term>> =
            ids.iter().map(|id| (*id, Vec::new())).collect();
        let mut found = Vec::new();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            found.extend(
                self.read_terms(edition, |sql| {
                    sql.push("t.parent_id IN ").id_list(chunk);
                })
                .await?,
            );
        }
        found.sort_by_key(|term| (term.position, term.id));
        for term in found {
            if let Some(parent) = term.parent {
                children.entry(parent).or_default().push(term);
            }
        }
        Ok(children)
    }

    /// All texts of terms, in the order of the editions.
    pub async fn all_term_texts(
        &self,
        scope: &ReadScope,
        ids: &[TermId],
    ) -> Result<HashMap<TermId, Vec<Localized<TermText>>>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        self.term_texts(ids).await
    }

    /// The same, of terms whose ids a scope has let through.
    pub(crate) async fn term_texts(
        &self,
        ids: &[TermId],
    ) -> Result<HashMap<TermId, Vec<Localized<TermText>>>> {
        let mut all: HashMap<TermId, Vec<Localized<TermText>>> = HashMap::new();
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT tt.term_id, tt.taxonomy, tt.edition_id, tt.name, tt.slug, tt.slug_path, tt.description FROM term_text tt JOIN edition d ON d.id = tt.edition_id WHERE tt.term_id IN ",
            );
            sql.id_list(chunk).push(" ORDER BY d.position, d.id");
            for row in &mut self.query(sql).await? {
                let (uuid, taxonomy): (Uuid, Taxonomy) = (row.get()?, row.parse()?);
                let text = read_text(row)?;
                all.entry(TermId::new(taxonomy, uuid))
                    .or_default()
                    .push(text);
            }
        }
        Ok(all)
    }

    async fn read_terms(
        &self,
        edition: EditionId,
        condition: impl FnOnce(&mut Sql),
    ) -> Result<Vec<Term>> {
        let mut sql = Sql::new(
            "SELECT t.id, t.taxonomy, t.namespace, t.parent_id, t.position, t.version, t.created_at, t.updated_at, \
             tt.edition_id, tt.name, tt.slug, tt.slug_path, tt.description FROM term t JOIN term_text tt ON tt.term_id = t.id WHERE ",
        );
        condition(&mut sql);
        sql.push(" ORDER BY t.id");
        let order = self.edition_set().await?.text_order(edition);
        let mut terms: Vec<Term> = Vec::new();
        for row in &mut self.query(sql).await? {
            let uuid: Uuid = row.get()?;
            let taxonomy: Taxonomy = row.parse()?;
            let term = Term {
                id: TermId::new(taxonomy, uuid),
                namespace: row.get()?,
                parent: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
                position: row.get()?,
                version: row.get()?,
                created_at: row.get()?,
                updated_at: row.get()?,
                text: read_text(row)?,
            };
            match terms.last_mut().filter(|last| last.id == term.id) {
                Some(last) => {
                    if let Some(best) = best_text(vec![last.text.clone(), term.text], &order) {
                        last.text = best;
                    }
                }
                None => terms.push(term),
            }
        }
        Ok(terms)
    }
}

fn read_text(row: &mut Row) -> Result<Localized<TermText>> {
    Ok(Localized {
        edition: Id::from_uuid(row.get()?),
        value: TermText {
            name: row.get()?,
            slug: row.get()?,
            slug_path: row.get()?,
            description: row.get()?,
        },
    })
}

impl WriteTx {
    /// Saves a new term (`version` 1) or the whole of an existing one. The texts' slugs are final.
    pub async fn save_term(
        &mut self,
        permit: &Permit,
        save: Save<TermId>,
        draft: &TermDraft,
        editions: &[Edition],
    ) -> Result<()> {
        let Save { id, version, at } = save;
        permit.covers(id.taxonomy.into(), id)?;
        let tree_path = self.tree_path(id, draft.parent).await?;
        let mut sql = Sql::default();
        if version == 1 {
            sql.push("INSERT INTO term (id, taxonomy, namespace, parent_id, tree_path, position, version, created_at, updated_at) VALUES (");
            sql.bind_all([
                Value::from(id.uuid()),
                id.taxonomy.as_str().into(),
                draft.namespace.clone().into(),
                draft.parent.map(Id::uuid).into(),
                tree_path.clone().into(),
                draft.position.into(),
                1_i64.into(),
                at.into(),
                at.into(),
            ]);
            sql.push(")");
        } else {
            sql.push("UPDATE term SET namespace = ")
                .bind(draft.namespace.clone())
                .push(", parent_id = ")
                .bind(draft.parent.map(Id::uuid));
            sql.push(", tree_path = ")
                .bind(tree_path.clone())
                .push(", position = ")
                .bind(draft.position)
                .push(", version = ")
                .bind(version);
            sql.push(", updated_at = ")
                .bind(at)
                .push(" WHERE id = ")
                .bind(id.uuid())
                .push(" AND version = ")
                .bind(version - 1);
        }
        if self.execute(sql).await? == 0 {
            return Err(self.stale(id.taxonomy.into(), id.uuid()).await);
        }
        if version > 1 {
            self.clear("term_text", "term_id", id.uuid()).await?;
        }
        let parents = match draft.parent {
            Some(parent) => self
                .reader()
                .term_texts(&[parent.into()])
                .await?
                .remove(&parent.into())
                .unwrap_or_default(),
            None => Vec::new(),
        };
        let mut rows = Vec::with_capacity(draft.texts.len());
        for text in &draft.texts {
            let edition = editions
                .iter()
                .find(|edition| edition.id == text.edition)
                .ok_or_else(|| Error::invalid("texts", "names an edition that does not exist"))?;
            let above = parents.iter().find(|parent| parent.edition == text.edition);
            let slug_path = above.map_or_else(
                || text.value.slug.clone(),
                |above| format!("{}/{}", above.value.slug_path, text.value.slug),
            );
            let name_key = SortKeys::of(edition)
                .map(|keys| keys.key(&text.value.name))
                .unwrap_or_default();
            rows.push([
                Value::from(id.uuid()),
                text.edition.uuid().into(),
                id.taxonomy.as_str().into(),
                draft.namespace.clone().into(),
                text.value.name.clone().into(),
                name_key.into(),
                text.value.slug.clone().into(),
                slug_path.into(),
                text.value.description.clone().into(),
            ]);
        }
        self.insert_rows("term_text (term_id, edition_id, taxonomy, namespace, name, name_key, slug, slug_path, description)", rows).await?;
        let verb = if version == 1 { "created" } else { "updated" };
        self.record(
            permit,
            at,
            ContentEvent::new(id.taxonomy.into(), verb, id, None),
        );
        Ok(())
    }

    /// The ids from the root down to the parent, joined by `/`; a cycle is refused.
    async fn tree_path(&self, id: TermId, parent: Option<CategoryId>) -> Result<String> {
        let Some(parent) = parent else {
            return Ok(String::new());
        };
        let mut sql = Sql::new("SELECT tree_path FROM term WHERE taxonomy = 'category' AND id = ");
        sql.bind(parent.uuid());
        let above: String = match self.query(sql).await?.into_iter().next() {
            Some(mut row) => row.get()?,
            None => return Err(Error::invalid("parent", format!("{parent} does not exist"))),
        };
        let own = id.uuid().simple().to_string();
        let path = if above.is_empty() {
            parent.uuid().simple().to_string()
        } else {
            format!("{above}/{}", parent.uuid().simple())
        };
        if path.contains(&own) {
            return Err(Error::invalid(
                "parent",
                "stands below this category: a category cannot be its own ancestor",
            ));
        }
        if path.len() > 33 * 20 {
            return Err(Error::invalid("parent", "is more than 20 levels deep"));
        }
        Ok(path)
    }

    /// Brings everything below a moved or renamed category in line: tree paths, slug paths and the
    /// rows that make a category's list hold its descendants' articles.
    pub async fn refresh_subtree(&self, id: CategoryId) -> Result<()> {
        self.refresh_below(vec![id.uuid()]).await?;
        let entries = self.entries_below(id.uuid()).await?;
        self.rebuild_ancestors(&entries).await
    }

    /// Tree paths and slug paths of everything below these categories, level by level. A category
    /// is met once, even if a tree had a circle.
    pub(crate) async fn refresh_below(&self, mut level: Vec<Uuid>) -> Result<()> {
        let mut met: HashSet<Uuid> = level.iter().copied().collect();
        while !level.is_empty() {
            let mut below = Vec::new();
            for chunk in level.chunks(IDS_PER_STATEMENT) {
                let mut sql = Sql::new("SELECT c.id FROM term c WHERE c.parent_id IN ");
                sql.id_list(chunk);
                for row in &mut self.query(sql).await? {
                    let id: Uuid = row.get()?;
                    if met.insert(id) {
                        below.push(id);
                    }
                }
            }
            level = below;
            self.refresh_paths(&level).await?;
        }
        Ok(())
    }

    /// Tree path and slug path of each of these categories, from its parent's.
    pub(crate) async fn refresh_paths(&self, terms: &[Uuid]) -> Result<()> {
        for term in terms {
            let mut sql = Sql::new(
                "SELECT p.id, p.tree_path FROM term c JOIN term p ON p.id = c.parent_id WHERE c.id = ",
            );
            sql.bind(*term);
            let path = match self.query(sql).await?.first_mut() {
                None => String::new(),
                Some(row) => {
                    let (parent, above): (Uuid, String) = (row.get()?, row.get()?);
                    if above.is_empty() {
                        parent.simple().to_string()
                    } else {
                        format!("{above}/{}", parent.simple())
                    }
                }
            };
            let mut update = Sql::new("UPDATE term SET tree_path = ");
            update.bind(path).push(" WHERE id = ").bind(*term);
            self.execute(update).await?;
            let mut update = Sql::new(
                "UPDATE term_text SET slug_path = coalesce((SELECT p.slug_path || '/' FROM term c JOIN term_text p ON p.term_id = c.parent_id \
                 WHERE c.id = term_text.term_id AND p.edition_id = term_text.edition_id), '') || slug WHERE term_id = ",
            );
            update.bind(*term);
            self.execute(update).await?;
        }
        Ok(())
    }

    /// The entries that stand in a category or below it.
    pub(crate) async fn entries_below(&self, category: Uuid) -> Result<Vec<Uuid>> {
        let mut sql = Sql::new("SELECT entry_id FROM entry_term WHERE term_id = ");
        sql.bind(category);
        self.query(sql).await?.iter_mut().map(Row::get).collect()
    }

    /// Makes the rows for the ancestors of these entries' categories anew, a few statements for
    /// every five hundred entries.
    pub(crate) async fn rebuild_ancestors(&self, entries: &[Uuid]) -> Result<()> {
        for chunk in entries.chunks(IDS_PER_STATEMENT) {
            let mut delete =
                Sql::new("DELETE FROM entry_term WHERE NOT is_direct AND entry_id IN ");
            delete.id_list(chunk);
            self.execute(delete).await?;
            let mut sql = Sql::new(
                "SELECT x.entry_id, x.term_id, t.tree_path, x.kind, x.edition_id, x.status, x.sort_at \
                 FROM entry_term x JOIN term t ON t.id = x.term_id WHERE x.is_direct AND x.entry_id IN ",
            );
            sql.id_list(chunk);
            let mut known: HashSet<(Uuid, Uuid)> = HashSet::new();
            let mut wanted: Vec<(Uuid, Uuid, [Value; 4])> = Vec::new();
            for row in &mut self.query(sql).await? {
                let (entry, term, path): (Uuid, Uuid, String) =
                    (row.get()?, row.get()?, row.get()?);
                let (kind, edition): (String, Uuid) = (row.get()?, row.get()?);
                let (status, sort_at): (String, Timestamp) = (row.get()?, row.get()?);
                known.insert((entry, term));
                for ancestor in path
                    .split('/')
                    .filter_map(|part| Uuid::parse_str(part).ok())
                {
                    wanted.push((
                        entry,
                        ancestor,
                        [
                            kind.clone().into(),
                            edition.into(),
                            status.clone().into(),
                            sort_at.into(),
                        ],
                    ));
                }
            }
            let rows = wanted
                .into_iter()
                .filter(|(entry, ancestor, _)| known.insert((*entry, *ancestor)))
                .map(|(entry, ancestor, [kind, edition, status, sort_at])| {
                    // Behind all direct terms, which come first in their own order.
                    [
                        entry.into(),
                        ancestor.into(),
                        1000_i64.into(),
                        false.into(),
                        kind,
                        edition,
                        status,
                        sort_at,
                    ]
                })
                .collect();
            self.insert_rows("entry_term (entry_id, term_id, position, is_direct, kind, edition_id, status, sort_at)", rows).await?;
        }
        Ok(())
    }
}
