//! Paths: what lives where, and what moved.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{Permit, ReadScope},
    events::{CacheTag, ContentEvent, RecordKind},
    id::{EditionId, EntryId, Id, RedirectId},
    paging::{Key, ListOrder, Page, PageArgs},
    redirects::{Redirect, RedirectDraft, RedirectTarget},
    routes::encode_path,
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    entries::visible,
    lists::Order,
    sql::{IDS_PER_STATEMENT, Row, Sql},
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
    r.is_permanent, r.version, r.created_at, r.updated_at";

/// `None`: it leads to an entry the actor may not read.
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
        _ => return Ok(None),
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
        let (role, entry, url) = match &draft.to {
            RedirectTarget::Entry(entry) => ("redirect", Some(entry.uuid()), None),
            RedirectTarget::Url(url) => ("redirect", None, Some(url.clone())),
            RedirectTarget::Gone => ("gone", None, None),
        };
        let mut sql = Sql::new(
            "INSERT INTO route (edition_id, path, role, redirect_id, entry_id, url, is_permanent, version, created_at, updated_at) SELECT ",
        );
        sql.bind_all([
            Value::from(draft.edition.uuid()),
            draft.from.clone().into(),
            role.into(),
            id.uuid().into(),
            entry.into(),
            url.into(),
            draft.is_permanent.into(),
            1_i64.into(),
            at.into(),
            at.into(),
        ]);
        if let Some(entry) = entry {
            sql.push(" FROM entry e WHERE e.id = ").bind(entry);
        }
        if self.save_into("route", sql).await? == 0 {
            return Err(Error::invalid("to", "must be an entry that exists"));
        }
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Redirect, "created", id, Some(draft.edition)),
        );
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
