//! Paths: what lives where, and what moved.

use std::collections::HashMap;

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

    /// The paths categories had in an edition. There are few, as there are few categories.
    pub async fn old_paths_of_categories(
        &self,
        edition: EditionId,
    ) -> Result<Vec<(String, TermId)>> {
        let mut sql = Sql::new(
            "SELECT r.path, t.id FROM term t JOIN route r ON r.term_id = t.id WHERE t.taxonomy = 'category' AND r.edition_id = ",
        );
        sql.bind(edition.uuid())
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

/// Inserts a redirect; no row if it leads to an entry that is not there.
fn insert(id: RedirectId, draft: &RedirectDraft, at: Timestamp) -> Sql {
    let columns = Columns::of(&draft.to);
    let (role, entry) = (columns.role, columns.entry);
    let mut sql = Sql::new(
        "INSERT INTO route (edition_id, path, role, redirect_id, is_permanent, version, created_at, updated_at, entry_id, term_id, author_id, newsletter_id, url) SELECT ",
    );
    let first = [
        Value::from(draft.edition.uuid()),
        draft.from.clone().into(),
        role.into(),
        id.uuid().into(),
        draft.is_permanent.into(),
        1_i64.into(),
        at.into(),
        at.into(),
    ];
    let to = columns.values().map(|(_, value)| value);
    sql.bind_all(first.into_iter().chain(to));
    match entry {
        Some(entry) => sql.push(" FROM entry e WHERE e.id = ").bind(entry),
        // A condition, so that what follows is not read as that of a join.
        None => sql.push(" WHERE 1 = 1"),
    };
    sql
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
        permit.covers(RecordKind::Redirect, id)?;
        let sql = insert(id, draft, at);
        if self.save_into("route", sql).await.map_err(of_from)? == 0 {
            return Err(Error::invalid("to", "must be an entry that exists"));
        }
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Redirect, "created", id, Some(draft.edition)),
        );
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
        sql.push(", is_permanent = ")
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
                let (kind, id): (String, Uuid) = (row.get()?, row.get()?);
                all.push(Addressed {
                    record: match kind.as_str() {
                        "author" => RedirectTarget::Author(Id::from_uuid(id)),
                        "newsletter" => RedirectTarget::Newsletter(Id::from_uuid(id)),
                        taxonomy => RedirectTarget::Term(TermId::new(taxonomy.parse()?, id)),
                    },
                    namespace: row.get()?,
                    slug: row.get()?,
                    slug_path: row.get()?,
                });
            }
        }
        Ok(all)
    }

    /// After records have moved: what was at their old paths leads to them, unless something stands
    /// there. A redirect at a new path gives way. The permit is that of the record whose change moved
    /// them all; they are of its kind.
    pub async fn lead_from_old_paths(
        &mut self,
        permit: &Permit,
        moves: &[PathChange],
        at: Timestamp,
    ) -> Result<()> {
        let kind = permit.target().kind.as_str();
        let is_of_kind = |moved: &PathChange| {
            let id = moved.record.to_string();
            id.split_once('_').is_some_and(|(prefix, _)| prefix == kind)
        };
        if !moves.iter().all(is_of_kind) {
            return Err(Error::internal(format!(
                "a permit for a {kind} was used for paths of others"
            )));
        }
        for moved in moves {
            if let Some(path) = &moved.to {
                let mut sql = Sql::new("DELETE FROM route WHERE edition_id = ");
                sql.bind(moved.edition.uuid())
                    .push(" AND path = ")
                    .bind(path.clone())
                    .push(" AND role <> 'canonical'");
                self.execute(sql).await?;
            }
        }
        for moved in moves {
            let Some(path) = &moved.from else { continue };
            let draft = RedirectDraft {
                edition: moved.edition,
                from: path.clone(),
                to: moved.record.clone(),
                is_permanent: true,
            };
            let mut sql = insert(moved.redirect, &draft, at);
            sql.push(" ON CONFLICT (edition_id, path) DO NOTHING");
            self.execute(sql).await?;
        }
        Ok(())
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
