//! Paths: what lives where, and what moved.

use std::collections::{BTreeMap, HashMap};

use domain::{
    Error, Result,
    access::{Action, Permit, ReadScope},
    events::{CacheTag, ContentEvent, RecordKind},
    id::{EditionId, EntryId, Id, RedirectId},
    paging::{Key, ListOrder, Page, PageArgs},
    redirects::{Redirect, RedirectDraft, RedirectTarget},
    routes::encode_path,
    terms::{Taxonomy, TermId},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    entries::visible,
    lists::Order,
    sql::{IDS_PER_STATEMENT, Row, Sql},
    write_tx::Save,
};

/// What stands at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum PathRow {
    /// A visible entry.
    Entry(EntryId),
    /// Something that moved or is gone.
    Redirect(Redirect),
}

const COLUMNS: &str = "r.redirect_id, r.edition_id, r.path, r.role, r.url, e.kind, e.id, e.path, \
    CASE WHEN e.edition_id <> r.edition_id THEN (SELECT d.base_url FROM edition d WHERE d.id = e.edition_id) END, \
    (SELECT t.taxonomy FROM term t WHERE t.id = r.term_id), r.term_id, r.author_id, r.newsletter_id, \
    r.is_permanent, r.version, r.created_at, r.updated_at";

/// The record that is no entry to which a redirect leads.
fn read_record(row: &mut Row) -> Result<Option<RedirectTarget>> {
    let taxonomy: Option<String> = row.get()?;
    let term: Option<Uuid> = row.get()?;
    let author: Option<Uuid> = row.get()?;
    let newsletter: Option<Uuid> = row.get()?;
    Ok(match (taxonomy, term, author, newsletter) {
        (Some(taxonomy), Some(id), ..) => {
            Some(RedirectTarget::Term(TermId::new(taxonomy.parse()?, id)))
        }
        (_, _, Some(id), _) => Some(RedirectTarget::Author(Id::from_uuid(id))),
        (.., Some(id)) => Some(RedirectTarget::Newsletter(Id::from_uuid(id))),
        _ => None,
    })
}

/// `None`: it leads to an entry the actor may not read. Where it leads to a record that is no entry,
/// `href` is left to those who know the paths of these.
fn read(row: &mut Row) -> Result<Option<Redirect>> {
    let id: Uuid = row.get()?;
    let edition = Id::from_uuid(row.get()?);
    let from = row.get()?;
    let role: String = row.get()?;
    let url: Option<String> = row.get()?;
    let entry: (Option<String>, Option<Uuid>, Option<String>) =
        (row.get()?, row.get()?, row.get()?);
    // What lives in another edition needs its whole address.
    let elsewhere: Option<String> = row.get()?;
    let record = read_record(row)?;
    let (to, href) = match (role.as_str(), url, entry) {
        ("gone", ..) => (RedirectTarget::Gone, None),
        (_, Some(url), _) => (RedirectTarget::Url(url.clone()), Some(url)),
        (_, None, (Some(kind), Some(id), path)) => {
            let href = match elsewhere {
                Some(base) => path.map(|path| format!("{base}{}", encode_path(&path))),
                None => path,
            };
            (RedirectTarget::Entry(EntryId::new(kind.parse()?, id)), href)
        }
        _ => match record {
            Some(record) => (record, None),
            None => return Ok(None),
        },
    };
    Ok(Some(Redirect {
        id: Id::from_uuid(id),
        edition,
        from,
        to,
        href,
        is_permanent: row.get()?,
        version: row.get()?,
        created_at: row.get()?,
        updated_at: row.get()?,
    }))
}

impl Reader<'_> {
    /// What stands at a path (in its stored form).
    pub async fn path(
        &self,
        scope: &ReadScope,
        edition: EditionId,
        path: &str,
    ) -> Result<Option<PathRow>> {
        scope.note(CacheTag::Path(edition, path.to_owned()));
        let mut sql = Sql::new(&format!(
            "SELECT {COLUMNS} FROM route r LEFT JOIN entry e ON e.id = r.entry_id"
        ));
        visible(&mut sql, scope, "e");
        sql.push(" WHERE r.redirect_id IS NOT NULL AND r.edition_id = ")
            .bind(edition.uuid())
            .push(" AND r.path = ")
            .bind(path.to_owned());
        if let Some(mut row) = self.query_one(sql).await? {
            return Ok(read(&mut row)?.map(PathRow::Redirect));
        }
        let mut sql =
            Sql::new("SELECT e.kind, e.id FROM route r JOIN entry e ON e.id = r.entry_id");
        visible(&mut sql, scope, "e");
        sql.push(" WHERE r.role = 'canonical' AND r.edition_id = ")
            .bind(edition.uuid())
            .push(" AND r.path = ")
            .bind(path.to_owned());
        match self.query_one(sql).await? {
            Some(mut row) => Ok(Some(PathRow::Entry(EntryId::new(row.parse()?, row.get()?)))),
            None => Ok(None),
        }
    }

    /// The redirects to categories of an edition whose path ends like another, the newest first.
    pub async fn old_paths_of_categories(
        &self,
        edition: EditionId,
        like: &str,
    ) -> Result<Vec<(String, TermId)>> {
        let mut sql = Sql::new(
            "SELECT r.path, t.id FROM route r JOIN term t ON t.id = r.term_id WHERE t.taxonomy = 'category' AND r.edition_id = ",
        );
        sql.bind(edition.uuid())
            .push(" AND r.last_segment = ")
            .bind(last_segment(like).to_owned())
            .push(" ORDER BY r.updated_at DESC, r.path");
        let mut rows = self.query(sql).await?;
        rows.iter_mut()
            .map(|row| {
                let path = row.get()?;
                Ok((path, TermId::new(Taxonomy::Category, row.get()?)))
            })
            .collect()
    }

    /// A page of redirects, by id.
    pub async fn redirects(
        &self,
        scope: &ReadScope,
        edition: Option<EditionId>,
        page: &PageArgs,
    ) -> Result<Page<Redirect>> {
        scope.note(CacheTag::Records(RecordKind::Redirect));
        let order = Order {
            list: ListOrder::by_text("from"),
            key: "r.path",
            id: "r.redirect_id",
            descending: false,
        };
        let mut from_where = Sql::new(" FROM route r LEFT JOIN entry e ON e.id = r.entry_id");
        visible(&mut from_where, scope, "e");
        from_where
            .push(" WHERE r.redirect_id IS NOT NULL AND (r.entry_id IS NULL OR e.id IS NOT NULL)");
        if let Some(edition) = edition {
            from_where.push(" AND r.edition_id = ").bind(edition.uuid());
        }
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        order.collect(page, rows, total, |row| {
            let redirect = crate::required(read(row)?, "the redirect")?;
            let (key, id) = (Key::Text(redirect.from.clone()), redirect.id.uuid());
            Ok((redirect, key, id))
        })
    }

    /// Redirects by id; those that are absent, or lead to what is hidden, are missing in the answer.
    pub async fn redirects_by_ids(
        &self,
        scope: &ReadScope,
        ids: &[RedirectId],
    ) -> Result<HashMap<RedirectId, Redirect>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut all = HashMap::with_capacity(ids.len());
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(&format!(
                "SELECT {COLUMNS} FROM route r LEFT JOIN entry e ON e.id = r.entry_id"
            ));
            visible(&mut sql, scope, "e");
            sql.push(" WHERE r.redirect_id IN ").id_list(chunk);
            for row in &mut self.query(sql).await? {
                if let Some(redirect) = read(row)? {
                    all.insert(redirect.id, redirect);
                }
            }
        }
        Ok(all)
    }
}

/// What stands at a path, whoever may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The redirect, if it is one.
    pub redirect: Option<RedirectId>,
    /// Where that leads; nothing if it is none.
    pub to: Option<RedirectTarget>,
    /// Whether that is for good.
    pub is_permanent: bool,
}

fn read_standing(row: &mut Row) -> Result<Standing> {
    let redirect: Option<Uuid> = row.get()?;
    let role: String = row.get()?;
    let url: Option<String> = row.get()?;
    let (kind, entry): (Option<String>, Option<Uuid>) = (row.get()?, row.get()?);
    let record = read_record(row)?;
    let to = match (role.as_str(), url, kind, entry) {
        ("canonical", ..) => None,
        ("gone", ..) => Some(RedirectTarget::Gone),
        (_, Some(url), ..) => Some(RedirectTarget::Url(url)),
        (_, None, Some(kind), Some(id)) => {
            Some(RedirectTarget::Entry(EntryId::new(kind.parse()?, id)))
        }
        _ => record,
    };
    Ok(Standing {
        redirect: redirect.map(Id::from_uuid),
        to,
        is_permanent: row.get()?,
    })
}

/// A record that is no entry, and what its path in an edition is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// The record.
    pub record: RedirectTarget,
    /// The namespace of a tag.
    pub namespace: String,
    /// Its slug.
    pub slug: String,
    /// The slugs of those above it and its own.
    pub slug_path: String,
}

fn read_addressed(row: &mut Row) -> Result<Addressed> {
    let (kind, id): (String, Uuid) = (row.get()?, row.get()?);
    Ok(Addressed {
        record: match kind.as_str() {
            "author" => RedirectTarget::Author(Id::from_uuid(id)),
            "newsletter" => RedirectTarget::Newsletter(Id::from_uuid(id)),
            taxonomy => RedirectTarget::Term(TermId::new(taxonomy.parse()?, id)),
        },
        namespace: row.get()?,
        slug: row.get()?,
        slug_path: row.get()?,
    })
}

/// A record that has another path in an edition than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathChange {
    /// The record.
    pub record: RedirectTarget,
    /// The edition.
    pub edition: EditionId,
    /// The path it had, if it had one.
    pub from: Option<String>,
    /// The path it has, if it has one.
    pub to: Option<String>,
    /// An id for the redirect.
    pub redirect: RedirectId,
}

/// Where a redirect leads, in columns.
struct Columns {
    role: &'static str,
    entry: Option<Uuid>,
    term: Option<Uuid>,
    author: Option<Uuid>,
    newsletter: Option<Uuid>,
    url: Option<String>,
}

impl Columns {
    fn of(to: &RedirectTarget) -> Self {
        let mut columns = Self {
            role: "redirect",
            entry: None,
            term: None,
            author: None,
            newsletter: None,
            url: None,
        };
        match to {
            RedirectTarget::Entry(id) => columns.entry = Some(id.uuid()),
            RedirectTarget::Term(id) => columns.term = Some(id.uuid()),
            RedirectTarget::Author(id) => columns.author = Some(id.uuid()),
            RedirectTarget::Newsletter(id) => columns.newsletter = Some(id.uuid()),
            RedirectTarget::Url(url) => columns.url = Some(url.clone()),
            RedirectTarget::Gone => columns.role = "gone",
        }
        columns
    }

    fn values(self) -> [(&'static str, Value); 5] {
        [
            ("entry_id", self.entry.into()),
            ("term_id", self.term.into()),
            ("author_id", self.author.into()),
            ("newsletter_id", self.newsletter.into()),
            ("url", self.url.into()),
        ]
    }
}

/// What a path ends with: the slug of a category, as a rule.
fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

const ROW: &str = "route (edition_id, path, role, redirect_id, is_permanent, version, created_at, updated_at, entry_id, term_id, author_id, newsletter_id, url, last_segment)";

/// The row of a redirect.
fn row(id: RedirectId, draft: &RedirectDraft, at: Timestamp) -> [Value; 14] {
    let columns = Columns::of(&draft.to);
    // Only what once led to a category is looked for by the end of its path.
    let end = columns.term.map(|_| last_segment(&draft.from).to_owned());
    [
        Value::from(draft.edition.uuid()),
        draft.from.clone().into(),
        columns.role.into(),
        id.uuid().into(),
        draft.is_permanent.into(),
        1_i64.into(),
        at.into(),
        at.into(),
        columns.entry.into(),
        columns.term.into(),
        columns.author.into(),
        columns.newsletter.into(),
        columns.url.into(),
        end.into(),
    ]
}

/// A path that is taken is, to a redirect, the one it leads away from.
fn of_from(error: Error) -> Error {
    error.with_fields(|field| {
        if field == "path" {
            "from".to_owned()
        } else {
            field
        }
    })
}

impl WriteTx {
    /// Saves a new redirect; a taken path is a conflict.
    pub async fn insert_redirect(
        &mut self,
        permit: &Permit,
        id: RedirectId,
        draft: &RedirectDraft,
        at: Timestamp,
    ) -> Result<()> {
        self.insert_redirects(&[(permit, id, draft)], at).await
    }

    /// Saves new redirects with few statements; a taken path is a conflict.
    pub async fn insert_redirects(
        &mut self,
        new: &[(&Permit, RedirectId, &RedirectDraft)],
        at: Timestamp,
    ) -> Result<()> {
        let mut rows = Vec::with_capacity(new.len());
        for (permit, id, draft) in new {
            permit.covers(RecordKind::Redirect, id)?;
            rows.push(row(*id, draft, at));
        }
        self.insert_rows(ROW, rows).await.map_err(of_from)?;
        for (permit, id, draft) in new {
            let edition = Some(draft.edition);
            let event = ContentEvent::new(RecordKind::Redirect, "created", id, edition);
            self.record(permit, at, event);
        }
        Ok(())
    }

    /// Saves the whole of an existing redirect; a taken path is a conflict.
    pub async fn update_redirect(
        &mut self,
        permit: &Permit,
        Save { id, version, at }: Save<RedirectId>,
        draft: &RedirectDraft,
    ) -> Result<()> {
        permit.covers(RecordKind::Redirect, id)?;
        let columns = Columns::of(&draft.to);
        let mut sql = Sql::new("UPDATE route SET path = ");
        sql.bind(draft.from.clone())
            .push(", role = ")
            .bind(columns.role);
        for (column, value) in columns.values() {
            sql.push(", ").push(column).push(" = ").bind(value);
        }
        let is_of_term = matches!(draft.to, RedirectTarget::Term(_));
        let end = is_of_term.then(|| last_segment(&draft.from).to_owned());
        sql.push(", last_segment = ")
            .bind(end)
            .push(", is_permanent = ")
            .bind(draft.is_permanent)
            .push(", version = ")
            .bind(version)
            .push(", updated_at = ")
            .bind(at);
        sql.push(" WHERE redirect_id = ")
            .bind(id.uuid())
            .push(" AND version = ")
            .bind(version - 1);
        if self.save_into("route", sql).await.map_err(of_from)? == 0 {
            return Err(self.stale(RecordKind::Redirect, id.uuid()).await);
        }
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Redirect, "updated", id, Some(draft.edition)),
        );
        Ok(())
    }

    /// Deletes a redirect: nothing stands at its path then.
    pub async fn delete_redirect(
        &mut self,
        permit: &Permit,
        id: RedirectId,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::Redirect, id)?;
        permit.allows(Action::Delete)?;
        let mut sql = Sql::new("DELETE FROM route WHERE redirect_id = ");
        sql.bind(id.uuid());
        if self.execute(sql).await? == 0 {
            return Err(Error::not_found(id));
        }
        let edition = permit.target().edition;
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Redirect, "deleted", id, edition),
        );
        Ok(())
    }

    /// What stands at paths of an edition, whoever may see it.
    pub async fn standing_at(
        &self,
        edition: EditionId,
        paths: &[String],
    ) -> Result<HashMap<String, Standing>> {
        let mut all = HashMap::new();
        for chunk in paths.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT r.path, r.redirect_id, r.role, r.url, e.kind, e.id, \
                 (SELECT t.taxonomy FROM term t WHERE t.id = r.term_id), r.term_id, r.author_id, r.newsletter_id, r.is_permanent \
                 FROM route r LEFT JOIN entry e ON e.id = r.entry_id WHERE r.edition_id = ",
            );
            sql.bind(edition.uuid())
                .push(" AND r.path IN ")
                .text_list(chunk);
            for row in &mut self.query(sql).await? {
                let path: String = row.get()?;
                all.insert(path, read_standing(row)?);
            }
        }
        Ok(all)
    }

    /// The categories, tags, authors and newsletters with these slugs in an edition, as far as their
    /// paths are made of them.
    pub async fn with_slugs(&self, edition: EditionId, slugs: &[String]) -> Result<Vec<Addressed>> {
        let mut all = Vec::new();
        for chunk in slugs.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT tt.taxonomy, tt.term_id, tt.namespace, tt.slug, tt.slug_path FROM term_text tt WHERE tt.edition_id = ",
            );
            sql.bind(edition.uuid())
                .push(" AND tt.slug IN ")
                .text_list(chunk);
            sql.push(" UNION ALL SELECT 'author', a.author_id, '', a.slug, a.slug FROM author_text a WHERE a.edition_id = ")
                .bind(edition.uuid())
                .push(" AND a.slug IN ")
                .text_list(chunk);
            sql.push(" UNION ALL SELECT 'newsletter', n.id, '', n.slug, n.slug FROM newsletter n WHERE n.edition_id = ")
                .bind(edition.uuid())
                .push(" AND n.slug IN ")
                .text_list(chunk);
            for row in &mut self.query(sql).await? {
                all.push(read_addressed(row)?);
            }
        }
        Ok(all)
    }

    /// The categories, tags, authors and newsletters of an edition, by what their paths are made of:
    /// at most so many.
    pub async fn addressed(&self, edition: EditionId, most: usize) -> Result<Vec<Addressed>> {
        let mut sql = Sql::default();
        let here = sql.bind_for_later(edition.uuid());
        sql.push(&format!(
            "SELECT tt.taxonomy, tt.term_id, tt.namespace, tt.slug, tt.slug_path FROM term_text tt WHERE tt.edition_id = {here} \
             UNION ALL SELECT 'author', a.author_id, '', a.slug, a.slug FROM author_text a WHERE a.edition_id = {here} \
             UNION ALL SELECT 'newsletter', n.id, '', n.slug, n.slug FROM newsletter n WHERE n.edition_id = {here} LIMIT "
        ))
        .bind(i64::try_from(most).unwrap_or(i64::MAX));
        let mut rows = self.query(sql).await?;
        rows.iter_mut().map(read_addressed).collect()
    }

    /// After records have moved: what was at their old paths leads to them, unless something stands
    /// there. A redirect at a new path gives way. The permit is that of the record whose change moved
    /// them all: they are of its kind, or it is their edition.
    pub async fn lead_from_old_paths(
        &mut self,
        permit: &Permit,
        moves: &[PathChange],
        at: Timestamp,
    ) -> Result<()> {
        let target = permit.target();
        let kind = target.kind.as_str();
        let is_covered = |moved: &PathChange| {
            if target.kind == RecordKind::Edition {
                return target.id == moved.edition.to_string();
            }
            let id = moved.record.to_string();
            id.split_once('_').is_some_and(|(prefix, _)| prefix == kind)
        };
        if !moves.iter().all(is_covered) {
            return Err(Error::internal(format!(
                "a permit for a {kind} was used for paths of others"
            )));
        }
        let mut taken: BTreeMap<EditionId, Vec<String>> = BTreeMap::new();
        for moved in moves {
            if let Some(path) = &moved.to {
                taken.entry(moved.edition).or_default().push(path.clone());
            }
        }
        let mut changes = self.changes();
        for (edition, paths) in taken {
            for chunk in paths.chunks(IDS_PER_STATEMENT) {
                changes
                    .statement("DELETE FROM route WHERE edition_id = ")
                    .bind(edition.uuid())
                    .push(" AND path IN ")
                    .text_list(chunk)
                    .push(" AND role <> 'canonical'");
            }
        }
        let rows = moves.iter().filter_map(|moved| {
            let draft = RedirectDraft {
                edition: moved.edition,
                from: moved.from.clone()?,
                to: moved.record.clone(),
                is_permanent: true,
            };
            Some(row(moved.redirect, &draft, at))
        });
        changes.insert_with(ROW, rows, " ON CONFLICT (edition_id, path) DO NOTHING");
        self.run(changes).await
    }

    /// Whether nothing stands at a path.
    pub async fn path_is_unused(&self, edition: EditionId, path: &str) -> Result<bool> {
        let mut sql = Sql::new("SELECT 1 FROM route WHERE edition_id = ");
        sql.bind(edition.uuid())
            .push(" AND path = ")
            .bind(path.to_owned());
        Ok(self.query(sql).await?.is_empty())
    }
}
