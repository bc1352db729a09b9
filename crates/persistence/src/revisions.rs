//! Revisions of entries.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{ReadScope, SignedGrant, Target},
    audit::Changed,
    content::{Entry, Status},
    id::{AssetId, EntryId, Id, RevisionId},
    paging::{Key, ListOrder, Page, PageArgs},
    revisions::{Revision, SNAPSHOT_FORMAT, Snapshot},
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    Pending, Reader,
    lists::Order,
    sql::{IDS_PER_STATEMENT, Row, Sql},
};

/// Reads whose an entry is and where it stands.
fn read_target(row: &mut Row) -> Result<Target> {
    let id = EntryId::new(row.parse()?, row.get()?);
    Ok(Target {
        kind: id.kind.into(),
        id: id.to_string(),
        edition: Some(Id::from_uuid(row.get()?)),
        owner: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
    })
}

fn read_snapshot(row: &mut Row, id: RevisionId) -> Result<Snapshot> {
    let format: i64 = row.get()?;
    if format != SNAPSHOT_FORMAT {
        return Err(Error::internal(format!(
            "{id} has the unknown format {format}"
        )));
    }
    let text: String = row.get()?;
    serde_json::from_str(&text).map_err(Error::internal)
}

/// How an entry was at a time.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// What was in it; `None`: what is in it now.
    pub state: Option<PastState>,
    /// Where in its life it was; `None`: where it is now.
    pub status: Option<Status>,
}

/// What was in an entry once.
#[derive(Debug, Clone)]
pub struct PastState {
    /// The whole of it.
    pub snapshot: Snapshot,
    /// The version it was.
    pub version: i64,
    /// When it was saved.
    pub saved_at: Timestamp,
}

impl Reader<'_> {
    /// How an entry was at a time, for those who may change it: edits that waited then are not in it.
    pub async fn past(&self, scope: &ReadScope, of: &Entry, at: Timestamp) -> Result<Past> {
        if !scope.edits(&of.target()) {
            return Ok(Past::default());
        }
        // What was replaced first after that time was what stood then.
        let mut sql = Sql::new(
            "SELECT v.id, v.version, v.created_at, v.format, v.snapshot FROM revision v WHERE v.entry_id = ",
        );
        sql.bind(of.id.uuid())
            .push(" AND v.kept_at > ")
            .bind(at)
            .push(" ORDER BY v.kept_at, v.version LIMIT 1");
        let state = match self.query_one(sql).await? {
            None => None,
            Some(mut row) => {
                let id = Id::from_uuid(row.get()?);
                Some(PastState {
                    version: row.get()?,
                    saved_at: row.get()?,
                    snapshot: read_snapshot(&mut row, id)?,
                })
            }
        };
        let status = self.status_before(of.id, at).await?;
        Ok(Past { state, status })
    }

    /// The status an entry left with the first step of its life after a time, if there was one.
    async fn status_before(&self, of: EntryId, at: Timestamp) -> Result<Option<Status>> {
        let mut sql = Sql::new("SELECT a.fields FROM audit a WHERE a.target_kind = ");
        sql.bind(of.kind.as_str())
            .push(" AND a.target_id = ")
            .bind(of.to_string())
            .push(" AND a.fields LIKE '{\"from\":%' AND a.at > ")
            .bind(at)
            .push(" ORDER BY a.sequence LIMIT 1");
        let Some(mut row) = self.query_one(sql).await? else {
            return Ok(None);
        };
        Ok(match row.json::<Changed>()? {
            Changed::Transition { from, .. } => Some(from),
            Changed::Whole | Changed::Fields { .. } => None,
        })
    }

    /// The whole of an entry as it was; `None` for those who may not change it.
    pub async fn snapshot(&self, scope: &ReadScope, id: RevisionId) -> Result<Option<Snapshot>> {
        let mut sql = Sql::new(
            "SELECT e.kind, e.id, e.edition_id, e.owner_id, v.format, v.snapshot FROM revision v JOIN entry e ON e.id = v.entry_id WHERE v.id = ",
        );
        sql.bind(id.uuid());
        let Some(mut row) = self.query_one(sql).await? else {
            return Ok(None);
        };
        if !scope.edits(&read_target(&mut row)?) {
            return Ok(None);
        }
        read_snapshot(&mut row, id).map(Some)
    }

    /// The whole of an entry as one of its own revisions has it; `None` for those who may not change
    /// it.
    pub async fn snapshot_of(
        &self,
        scope: &ReadScope,
        entry: EntryId,
        id: RevisionId,
    ) -> Result<Option<Snapshot>> {
        let mut sql = Sql::new("SELECT 1 FROM revision v WHERE v.id = ");
        sql.bind(id.uuid())
            .push(" AND v.entry_id = ")
            .bind(entry.uuid());
        if self.query_one(sql).await?.is_none() {
            return Ok(None);
        }
        self.snapshot(scope, id).await
    }

    /// The edit of an entry that waits to be published, if there is one; `None` for those who may
    /// not change it.
    pub async fn pending(&self, scope: &ReadScope, entry: EntryId) -> Result<Option<Pending>> {
        let mut sql = Sql::new(
            "SELECT e.kind, e.id, e.edition_id, e.owner_id, v.id, v.version, v.actor, v.note, v.created_at, v.format, v.snapshot \
             FROM revision v JOIN entry e ON e.id = v.entry_id WHERE v.is_pending AND v.entry_id = ",
        );
        sql.bind(entry.uuid());
        let Some(mut row) = self.query_one(sql).await? else {
            return Ok(None);
        };
        if !scope.edits(&read_target(&mut row)?) {
            return Ok(None);
        }
        let id = Id::from_uuid(row.get()?);
        Ok(Some(Pending {
            id,
            version: row.get()?,
            actor: row.get()?,
            note: row.get()?,
            at: row.get()?,
            snapshot: read_snapshot(&mut row, id)?,
        }))
    }

    /// The edits that wait of entries, for those who may change these, or hold a signed link to them.
    pub async fn pendings(
        &self,
        scope: &ReadScope,
        entries: &[EntryId],
    ) -> Result<HashMap<EntryId, (Snapshot, Timestamp)>> {
        let mut all = HashMap::with_capacity(entries.len());
        let uuids: Vec<Uuid> = entries.iter().map(|id| id.uuid()).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT e.kind, e.id, e.edition_id, e.owner_id, v.id, v.created_at, v.format, v.snapshot \
                 FROM revision v JOIN entry e ON e.id = v.entry_id WHERE v.is_pending AND v.entry_id IN ",
            );
            sql.id_list(chunk);
            for row in &mut self.query(sql).await? {
                let target = read_target(row)?;
                let Some(edition) = target.edition else {
                    continue;
                };
                let entry: EntryId = target.id.parse()?;
                if !scope.edits(&target) && !scope.previews(entry, edition) {
                    continue;
                }
                let id = Id::from_uuid(row.get()?);
                let at = row.get()?;
                all.insert(entry, (read_snapshot(row, id)?, at));
            }
        }
        Ok(all)
    }

    /// Which of these assets the signed link that is held shows, though nothing that is out uses them:
    /// those in the edits that wait of what it was made for.
    pub(crate) async fn assets_in_preview(
        &self,
        scope: &ReadScope,
        ids: &[AssetId],
    ) -> Result<Vec<AssetId>> {
        let Some(grant) = scope.preview() else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT DISTINCT p.asset_id FROM pending_reference p JOIN entry e ON e.id = p.entry_id WHERE e.status <> 'trashed'",
            );
            match grant {
                SignedGrant::Preview(entry) => sql.push(" AND p.entry_id = ").bind(entry.uuid()),
                SignedGrant::PreviewEdition(edition) => {
                    sql.push(" AND e.edition_id = ").bind(edition.uuid())
                }
            };
            sql.push(" AND p.asset_id IN ").id_list(chunk);
            for row in &mut self.query(sql).await? {
                found.push(Id::from_uuid(row.get()?));
            }
        }
        Ok(found)
    }

    /// A page of an entry's revisions, the newest first; empty for those who may not change it.
    pub async fn revisions(
        &self,
        scope: &ReadScope,
        entry: EntryId,
        page: &PageArgs,
    ) -> Result<Page<Revision>> {
        let order = Order {
            list: ListOrder::by_number("-version"),
            key: "v.version",
            id: "v.id",
            descending: true,
        };
        let mut edition = Sql::new("SELECT kind, id, edition_id, owner_id FROM entry WHERE id = ");
        edition.bind(entry.uuid());
        let nothing = Page {
            total: page.with_total.then_some(0),
            ..Page::default()
        };
        let Some(mut row) = self.query_one(edition).await? else {
            return Ok(nothing);
        };
        if !scope.edits(&read_target(&mut row)?) {
            return Ok(nothing);
        }
        let mut from_where = Sql::new(" FROM revision v WHERE v.entry_id = ");
        from_where.bind(entry.uuid());
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(
            "SELECT v.id, v.version, v.is_pending, v.title, v.status, v.actor, v.note, v.created_at",
        );
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        order.collect(page, rows, total, |row| {
            let id: Uuid = row.get()?;
            let revision = Revision {
                id: Id::from_uuid(id),
                entry,
                version: row.get()?,
                is_pending: row.get()?,
                title: row.get()?,
                status: row.parse()?,
                actor: row.get()?,
                note: row.get()?,
                created_at: row.get()?,
            };
            let key = Key::Int(revision.version);
            Ok((revision, key, id))
        })
    }
}
