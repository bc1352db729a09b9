//! Entries of every kind: reading them, one page or a few at a time.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{ReadScope, Visibility},
    articles::{Article, EntryBody, SourceCredit},
    body::Source,
    content::{
        Content, ContentKind, Entry, EntryOrderField, EntryQuery, EntryRef, Part, Parts, Seo,
    },
    events::CacheTag,
    id::{EntryId, Id, TranslationGroupId},
    newsletters::Issue,
    pages::Page as SitePage,
    paging::{Key, Page, PageArgs},
};
use uuid::Uuid;

use crate::{
    Reader,
    lists::{List, Order},
    sql::{IDS_PER_STATEMENT, Row, Sql},
};

mod facets;
mod filter;
mod more;
mod relations;
mod write;

pub use facets::{Bucket, Facet, FacetField};
pub use more::Latest;
use relations::Found;
pub use relations::Relations;
pub(crate) use relations::{AssetRow, asset_columns, best_text};
pub use write::EntrySave;

const ENTRY: &str =
    "e.id, e.kind, e.edition_id, e.group_id, e.translated_from_id, e.translated_from_version";
const ENTRY_REST: &str = ", e.slug, e.path, e.title, \
    e.status, e.version, e.has_pending_changes, e.scheduled_at, e.published_at, e.sort_at, e.is_featured, e.owner_id, e.guid, e.created_at, e.updated_at, \
    e.excerpt, e.derived_excerpt, e.word_count, e.reading_time_minutes, e.comments_open, e.comment_count";

/// Whether what is above an entry may be hidden from the actor; only pages stand below others.
fn may_hide_parents(kind: Option<ContentKind>, scope: &ReadScope) -> bool {
    kind.is_none_or(|kind| kind == ContentKind::Page) && *scope.visibility() != Visibility::All
}

/// Makes the SELECT list and the joins it needs. `kind`: `None` reads entries of any kind.
fn select(kind: Option<ContentKind>, parts: Parts, scope: &ReadScope) -> (Sql, String) {
    let mut selected = Sql::new(ENTRY);
    selected.push(", e.parent_id");
    if may_hide_parents(kind, scope) {
        selected.push(", (SELECT g.id FROM entry g WHERE g.id = e.parent_id");
        visible(&mut selected, scope, "g");
        selected.push(") AS shown_parent_id");
    }
    let mut columns = ENTRY_REST.to_owned();
    let mut joins = String::new();
    let has = |wanted: ContentKind| kind.is_none_or(|kind| kind == wanted);
    if has(ContentKind::Article) {
        columns.push_str(", a.subtitle, a.primary_category_id, a.source_credit, a.post_format");
        joins.push_str(" LEFT JOIN article a ON a.entry_id = e.id");
    }
    if has(ContentKind::Page) {
        columns.push_str(", p.position");
        joins.push_str(" LEFT JOIN page p ON p.entry_id = e.id");
    }
    if has(ContentKind::Issue) {
        columns.push_str(", i.newsletter_id, i.number, i.outro");
        joins.push_str(" LEFT JOIN issue i ON i.entry_id = e.id");
    }
    if parts.contains(Parts::SEO) {
        columns.push_str(", e.seo");
    }
    if parts.contains(Parts::BODY) {
        columns.push_str(", b.parser_version, b.source_format, b.source, b.html, b.markdown, b.plain_text, b.blocks");
        joins.push_str(" LEFT JOIN entry_body b ON b.entry_id = e.id");
    }
    selected.push(&columns);
    (selected, joins)
}

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
            editions,
            own,
            entries,
        } => {
            let editions: Vec<Uuid> = editions.iter().map(|id| id.uuid()).collect();
            let entries: Vec<Uuid> = entries.iter().map(|id| id.uuid()).collect();
            sql.push(&format!(
                " AND ({status} = 'published' OR {alias}.edition_id IN "
            ))
            .id_list(&editions);
            sql.push(&format!(" OR {alias}.id IN ")).id_list(&entries);
            if let Some(own) = own {
                sql.push(&format!(" OR {alias}.owner_id = "))
                    .bind(own.uuid());
            }
            sql.push(")");
        }
    }
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
            if is_along && relations.is_none() {
                relations = Some(Found::read(row)?);
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

/// Reads the columns [`select`] lists.
fn read_content(
    row: &mut Row,
    kind: Option<ContentKind>,
    parts: Parts,
    scope: &ReadScope,
) -> Result<Content> {
    let entry = read_entry(row, may_hide_parents(kind, scope), scope)?;
    let own_kind = entry.id.kind;
    let missing = || Error::internal(format!("the detail row of {} is missing", entry.id));
    let shared = Shared {
        custom_excerpt: row.get()?,
        derived_excerpt: row.get()?,
        word_count: row.get()?,
        reading_time_minutes: row.get()?,
        comments_open: row.get()?,
        comment_count: row.get()?,
    };
    // The columns of all kinds that were joined stand in the row, whichever kind it is.
    let reads = |wanted: ContentKind| kind.is_none_or(|kind| kind == wanted);
    let article = reads(ContentKind::Article)
        .then(|| ArticleColumns::read(row))
        .transpose()?;
    let position: Option<i64> = if reads(ContentKind::Page) {
        row.get()?
    } else {
        None
    };
    let issue = reads(ContentKind::Issue)
        .then(|| IssueColumns::read(row))
        .transpose()?;
    let seo = if parts.contains(Parts::SEO) {
        Part::Loaded(row.json()?)
    } else {
        Part::Absent
    };
    let body = if parts.contains(Parts::BODY) {
        Part::Loaded(read_body(row, &entry, scope)?)
    } else {
        Part::Absent
    };
    Ok(match own_kind {
        ContentKind::Article => Content::Article(
            article
                .ok_or_else(missing)?
                .into_article(entry, shared, seo, body),
        ),
        ContentKind::Page => Content::Page(SitePage {
            position: position.ok_or_else(missing)?,
            entry,
            custom_excerpt: shared.custom_excerpt,
            derived_excerpt: shared.derived_excerpt,
            comments_open: shared.comments_open,
            comment_count: shared.comment_count,
            seo,
            body,
            hero: Part::Absent,
        }),
        ContentKind::Issue => {
            let issue = issue.ok_or_else(missing)?;
            Content::Issue(Issue {
                newsletter: issue.newsletter.map(Id::from_uuid).ok_or_else(missing)?,
                number: issue.number.ok_or_else(missing)?,
                entry,
                outro: issue.outro,
                seo,
                body,
                hero: Part::Absent,
                sections: Part::Absent,
                attachments: Part::Absent,
            })
        }
    })
}

fn read_entry(row: &mut Row, hides_parent: bool, scope: &ReadScope) -> Result<Entry> {
    let uuid: Uuid = row.get()?;
    let kind: ContentKind = row.parse()?;
    let edition = Id::from_uuid(row.get()?);
    let group = Id::from_uuid(row.get()?);
    let (source, source_version): (Option<Uuid>, Option<i64>) = (row.get()?, row.get()?);
    let mut parent: Option<Uuid> = row.get()?;
    if hides_parent {
        let shown: Option<Uuid> = row.get()?;
        if parent.is_some() && shown.is_none() {
            // It shows once it is published, and then the lists of its kind change.
            scope.note(CacheTag::List(kind, None));
        }
        parent = shown;
    }
    Ok(Entry {
        id: EntryId::new(kind, uuid),
        edition,
        group,
        translated_from: source
            .zip(source_version)
            .map(|(id, version)| (EntryId::new(kind, id), version)),
        parent: parent.map(|id| EntryId::new(kind, id)),
        slug: row.get()?,
        path: row.get()?,
        title: row.get()?,
        status: row.parse()?,
        version: row.get()?,
        has_pending_changes: row.get()?,
        scheduled_at: row.get()?,
        published_at: row.get()?,
        sort_at: row.get()?,
        is_featured: row.get()?,
        owner: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
        guid: row.get()?,
        created_at: row.get()?,
        updated_at: row.get()?,
    })
}

/// The columns articles alone have.
struct ArticleColumns {
    subtitle: Option<String>,
    primary_category: Option<Uuid>,
    source: Option<SourceCredit>,
    post_format: Option<String>,
}

impl ArticleColumns {
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            subtitle: row.get()?,
            primary_category: row.get()?,
            source: row.json()?,
            post_format: row.get()?,
        })
    }

    fn into_article(
        self,
        entry: Entry,
        shared: Shared,
        seo: Part<Seo>,
        body: Part<EntryBody>,
    ) -> Article {
        Article {
            entry,
            subtitle: self.subtitle,
            custom_excerpt: shared.custom_excerpt,
            derived_excerpt: shared.derived_excerpt,
            word_count: shared.word_count,
            reading_time_minutes: shared.reading_time_minutes,
            primary_category: self.primary_category.map(Id::from_uuid),
            source: self.source,
            post_format: self.post_format,
            comments_open: shared.comments_open,
            comment_count: shared.comment_count,
            seo,
            body,
            terms: Part::Absent,
            byline: Part::Absent,
            hero: Part::Absent,
            attachments: Part::Absent,
        }
    }
}

/// The columns issues alone have.
struct IssueColumns {
    newsletter: Option<Uuid>,
    number: Option<i64>,
    outro: Option<String>,
}

impl IssueColumns {
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            newsletter: row.get()?,
            number: row.get()?,
            outro: row.get()?,
        })
    }
}

/// The columns all kinds have beside the entry.
struct Shared {
    custom_excerpt: Option<String>,
    derived_excerpt: String,
    word_count: i64,
    reading_time_minutes: i64,
    comments_open: bool,
    comment_count: i64,
}

fn read_body(row: &mut Row, entry: &Entry, scope: &ReadScope) -> Result<EntryBody> {
    let missing = || Error::internal(format!("the body of {} is missing", entry.id));
    let parser_version = row.get::<Option<i64>>()?.ok_or_else(missing)?;
    let format: String = row.get()?;
    let text: String = row.get()?;
    let (html, markdown, plain): (String, String, String) = (row.get()?, row.get()?, row.get()?);
    let blocks = row.json()?;
    let derived = domain::body::Body::from_stored(
        u32::try_from(parser_version).map_err(Error::internal)?,
        html,
        markdown,
        plain,
        blocks,
    );
    // What was written, comments and hidden markup included, is for those who may edit it.
    let source = scope
        .edits(&entry.target())
        .then(|| format.parse().map(|format| Source { format, text }))
        .transpose()?;
    Ok(EntryBody { derived, source })
}
