//! Entries of every kind: reading them, one page or a few at a time.

use std::collections::HashMap;

use domain::{
    Result,
    access::{Drafts, ReadScope, SignedGrant, Visibility},
    articles::EntryBody,
    content::{Content, ContentKind, EntryOrderField, EntryQuery, EntryRef, Parts},
    events::CacheTag,
    id::{EntryId, TranslationGroupId},
    paging::{Key, Page, PageArgs},
};
use uuid::Uuid;

use crate::{
    Reader,
    lists::{List, Order},
    sql::{IDS_PER_STATEMENT, Row, Sql},
};

mod draft;
mod facets;
mod filter;
mod more;
mod relations;
mod rows;
mod tree;
mod write;

pub use facets::{Bucket, Facet, FacetField};
pub use more::{Latest, RelatedTo};
use relations::Found;
pub use relations::Relations;
pub(crate) use relations::{AssetRow, asset_columns, best_text};
use rows::{read_content, select};
pub use tree::{Above, Below, Followed};
pub(crate) use write::slug_scope;
pub use write::{BodySave, EntrySave, FieldsOfEntry, Moved, Pending, PendingSave, Replaced};

/// Adds the condition that hides what the actor may not see, so that indexes of what is public can
/// be used.
pub(crate) fn visible(sql: &mut Sql, scope: &ReadScope, alias: &str) {
    hide(sql, scope, alias, &format!("{alias}.status"));
}

/// `status`: an expression for the status.
fn hide(sql: &mut Sql, scope: &ReadScope, alias: &str, status: &str) {
    match scope.visibility() {
        Visibility::Public => {
            sql.push(&format!(" AND {status} = 'published'"));
        }
        Visibility::All => {}
        Visibility::Some {
            drafts,
            own,
            preview,
        } => {
            sql.push(&format!(" AND ({status} = 'published'"));
            for kind in [
                None,
                Some(ContentKind::Article),
                Some(ContentKind::Page),
                Some(ContentKind::Issue),
            ] {
                or_drafts(sql, alias, kind, drafts);
            }
            if let Some(preview) = preview {
                match preview {
                    SignedGrant::Preview(entry) => {
                        sql.push(&format!(" OR ({alias}.id = ")).bind(entry.uuid())
                    }
                    SignedGrant::PreviewEdition(edition) => sql
                        .push(&format!(" OR ({alias}.edition_id = "))
                        .bind(edition.uuid()),
                };
                sql.push(&format!(" AND {status} <> 'trashed')"));
            }
            if let Some(own) = own {
                sql.push(&format!(" OR {alias}.owner_id = "))
                    .bind(own.uuid());
            }
            sql.push(")");
        }
    }
}

/// Adds the drafts of a kind (`None`: of every kind) to what is visible.
fn or_drafts(sql: &mut Sql, alias: &str, kind: Option<ContentKind>, drafts: &[Drafts]) {
    let mut editions = Vec::new();
    let mut everywhere = false;
    for of_kind in drafts.iter().filter(|drafts| drafts.kind == kind) {
        match of_kind.edition {
            Some(edition) => editions.push(edition.uuid()),
            None => everywhere = true,
        }
    }
    if editions.is_empty() && !everywhere {
        return;
    }
    sql.push(" OR (");
    if let Some(kind) = kind {
        sql.push(&format!("{alias}.kind = '{}'", kind.as_str()));
    }
    if !everywhere {
        if kind.is_some() {
            sql.push(" AND ");
        }
        sql.push(&format!("{alias}.edition_id IN "))
            .id_list(&editions);
    }
    sql.push(")");
}

/// A list of entries as SQL.
struct EntryList {
    /// The SELECT list. The sort key stands last, so that cursors are made of what the database
    /// compared.
    columns: Sql,
    /// The columns of the order.
    key: String,
    id: String,
    from_where: Sql,
}

impl EntryList {
    fn new(scope: &ReadScope, query: &EntryQuery, parts: Parts) -> Result<Self> {
        scope.note(CacheTag::List(query.kind, query.edition));
        let (mut columns, joins) = select(Some(query.kind), parts, scope);
        let source = filter::source(scope, query)?;
        let (key, id) = source.order_columns(query)?;
        let mut from_where = Sql::new(source.from);
        from_where.push(&joins).push(" WHERE ");
        source.conditions(&mut from_where, scope, query);
        columns.push(&format!(", {key} AS sort_key"));
        Ok(Self {
            columns,
            key,
            id,
            from_where,
        })
    }

    fn order(&self, query: &EntryQuery) -> Order<'_> {
        Order {
            list: query.order.of_list(),
            key: &self.key,
            id: &self.id,
            descending: query.order.descending,
        }
    }
}

/// Reads the columns an [`EntryList`] selects.
fn read_item(
    row: &mut Row,
    query: &EntryQuery,
    parts: Parts,
    scope: &ReadScope,
) -> Result<(Content, Key, Uuid)> {
    let content = read_content(row, Some(query.kind), parts, scope)?;
    let key = match query.order.field {
        EntryOrderField::PublishedAt | EntryOrderField::UpdatedAt => Key::Time(row.time()?),
        EntryOrderField::Title => Key::Text(row.get()?),
        EntryOrderField::Position => Key::Int(row.get()?),
    };
    let id = content.entry().id.uuid();
    Ok((content, key, id))
}

impl Reader<'_> {
    /// A page of entries of one kind, with the asked parts in them.
    pub async fn entries(
        &self,
        scope: &ReadScope,
        query: &EntryQuery,
        page: &PageArgs,
        parts: Parts,
    ) -> Result<Page<Content>> {
        let list = EntryList::new(scope, query, parts)?;
        let order = list.order(query);
        let total = self.total(&list.from_where, page).await?;
        let mut sql = Sql::new("SELECT ");
        sql.append(&list.columns).append(&list.from_where);
        order.page(&mut sql, page)?;
        let by = order.by(page, "listed.sort_key", "listed.id");
        let along = relations::along(self.engine, &sql, &by, query.edition, parts);
        let is_along = along.is_some();
        let rows = self.query(along.unwrap_or(sql)).await?;
        let mut relations = None;
        let mut found = order.collect(page, rows, total, |row| {
            let item = read_item(row, query, parts, scope)?;
            if is_along && let Some(found) = Found::read(row)? {
                relations = Some(found);
            }
            Ok(item)
        })?;
        let contents = found.edges.iter_mut().map(|edge| &mut edge.node);
        self.fill_found(scope, contents, parts, relations).await?;
        Ok(found)
    }

    /// The same page of several lists in one statement. The lists are of one kind and in one order.
    pub async fn entry_lists(
        &self,
        scope: &ReadScope,
        queries: &[EntryQuery],
        page: &PageArgs,
        parts: Parts,
    ) -> Result<Vec<Page<Content>>> {
        let Some(first) = queries.first() else {
            return Ok(Vec::new());
        };
        let prepared: Vec<EntryList> = queries
            .iter()
            .map(|query| EntryList::new(scope, query, parts))
            .collect::<Result<_>>()?;
        let lists: Vec<List<'_>> = prepared
            .iter()
            .zip(queries)
            .map(|(list, query)| List {
                order: list.order(query),
                columns: &list.columns,
                from_where: list.from_where.clone(),
            })
            .collect();
        let mut found = self
            .pages(&lists, page, |row| read_item(row, first, parts, scope))
            .await?;
        self.fill_relations(
            scope,
            found
                .iter_mut()
                .flat_map(|page| &mut page.edges)
                .map(|edge| &mut edge.node),
            parts,
        )
        .await?;
        Ok(found)
    }

    /// Entries of any kind by id; those that are absent or hidden are missing in the answer.
    pub async fn entries_by_ids(
        &self,
        scope: &ReadScope,
        ids: &[EntryId],
        parts: Parts,
    ) -> Result<HashMap<EntryId, Content>> {
        let mut all: HashMap<EntryId, Content> = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(IDS_PER_STATEMENT) {
            let uuids: Vec<Uuid> = chunk.iter().map(|id| id.uuid()).collect();
            let kind = chunk
                .first()
                .map(|id| id.kind)
                .filter(|kind| chunk.iter().all(|id| id.kind == *kind));
            for content in self
                .contents(scope, kind, parts, |sql| {
                    sql.push("e.id IN ").id_list(&uuids);
                })
                .await?
            {
                let id = content.entry().id;
                // An id of the wrong kind names nothing.
                if chunk.contains(&id) {
                    all.insert(id, content);
                }
            }
        }
        // What is hidden is not named. When it is published, the lists of its kind change.
        scope.note_all(ids.iter().map(|id| {
            if all.contains_key(id) {
                CacheTag::Entry(*id)
            } else {
                CacheTag::List(id.kind, None)
            }
        }));
        self.fill_relations(scope, all.values_mut(), parts).await?;
        Ok(all)
    }

    /// One entry, by id, slug or path.
    pub async fn entry(
        &self,
        scope: &ReadScope,
        kind: ContentKind,
        by: &EntryRef,
        parts: Parts,
    ) -> Result<Option<Content>> {
        let mut found = match by {
            EntryRef::Id(id) if id.kind != kind => return Ok(None),
            EntryRef::Id(id) => return Ok(self.entries_by_ids(scope, &[*id], parts).await?.remove(id)),
            EntryRef::Slug { edition, slug } => {
                self.contents(scope, Some(kind), parts, |sql| {
                    sql.push("e.edition_id = ").bind(edition.uuid()).push(" AND e.kind = ").bind(kind.as_str()).push(" AND e.slug = ").bind(slug.clone());
                })
                .await?
            }
            EntryRef::Path { edition, path } => {
                self.contents(scope, Some(kind), parts, |sql| {
                    sql.push("e.id = (SELECT r.entry_id FROM route r WHERE r.role = 'canonical' AND r.edition_id = ").bind(edition.uuid());
                    sql.push(" AND r.path = ").bind(path.clone()).push(") AND e.kind = ").bind(kind.as_str());
                })
                .await?
            }
        };
        if let EntryRef::Slug { edition, .. } | EntryRef::Path { edition, .. } = by {
            // The answer may change when an entry appears under this slug or path.
            scope.note(CacheTag::List(kind, Some(*edition)));
        }
        // A slug may stand below several parents: the one without a parent is meant, else the oldest.
        found.sort_by_key(|content| (content.entry().parent.is_some(), content.entry().id));
        found.truncate(1);
        self.fill_relations(scope, found.iter_mut(), parts).await?;
        let content = found.pop();
        scope.note_all(
            content
                .iter()
                .map(|content| CacheTag::Entry(content.entry().id)),
        );
        Ok(content)
    }

    /// The members of translation groups, narrow.
    pub async fn translations(
        &self,
        scope: &ReadScope,
        groups: &[TranslationGroupId],
        parts: Parts,
    ) -> Result<HashMap<TranslationGroupId, Vec<Content>>> {
        let mut all: HashMap<TranslationGroupId, Vec<Content>> =
            groups.iter().map(|group| (*group, Vec::new())).collect();
        for chunk in groups.chunks(IDS_PER_STATEMENT) {
            let uuids: Vec<Uuid> = chunk.iter().map(|id| id.uuid()).collect();
            let found = self
                .contents(scope, None, parts, |sql| {
                    sql.push("e.group_id IN ").id_list(&uuids);
                })
                .await?;
            for content in found {
                // A new translation of any of them changes the answer.
                scope.note(CacheTag::from(content.entry().group));
                all.entry(content.entry().group).or_default().push(content);
            }
        }
        Ok(all)
    }

    /// Bodies by entry.
    pub async fn entry_bodies(
        &self,
        scope: &ReadScope,
        ids: &[EntryId],
    ) -> Result<HashMap<EntryId, EntryBody>> {
        let found = self.entries_by_ids(scope, ids, Parts::BODY).await?;
        Ok(found
            .into_iter()
            .filter_map(|(id, content)| Some((id, body_of(content)?)))
            .collect())
    }

    /// Narrow reads of entries by a condition.
    async fn contents(
        &self,
        scope: &ReadScope,
        kind: Option<ContentKind>,
        parts: Parts,
        condition: impl FnOnce(&mut Sql),
    ) -> Result<Vec<Content>> {
        let (columns, joins) = select(kind, parts, scope);
        let mut sql = Sql::new("SELECT ");
        sql.append(&columns)
            .push(&format!(" FROM entry e{joins} WHERE "));
        condition(&mut sql);
        // What names the entries finds them; an index of all that is public would be far longer.
        hide(&mut sql, scope, "e", &self.engine.unindexed("e.status"));
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| read_content(row, kind, parts, scope))
            .collect()
    }
}

fn body_of(content: Content) -> Option<EntryBody> {
    match content {
        Content::Article(article) => article.body,
        Content::Page(page) => page.body,
        Content::Issue(issue) => issue.body,
    }
    .into_loaded()
}
