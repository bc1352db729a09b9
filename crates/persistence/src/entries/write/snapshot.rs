//! Keeping what a save replaces: the whole entry, as it stands in the rows.

use domain::{
    Result,
    id::EntryId,
    revisions::{SNAPSHOT_FORMAT, Snapshot},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    WriteTx,
    sql::{Sql, to_json},
};

/// A revision about to be written.
pub(super) struct RevisionRow<'a> {
    pub(super) id: Uuid,
    pub(super) entry: EntryId,
    pub(super) version: i64,
    pub(super) is_pending: bool,
    pub(super) snapshot: &'a Snapshot,
    pub(super) actor: Value,
    pub(super) note: Option<String>,
    pub(super) at: domain::time::Timestamp,
    /// When it was replaced, if it was what readers or editors saw.
    pub(super) kept_at: Option<domain::time::Timestamp>,
}

impl WriteTx {
    /// Keeps an entry as it stands as a revision, before a change replaces it: the version it is,
    /// saved by whom and when, what they said, and when it is replaced. `known`: how it stands, if that
    /// is known.
    pub(super) async fn keep(
        &self,
        id: EntryId,
        revision: Uuid,
        (known, now): (Option<&Snapshot>, domain::time::Timestamp),
    ) -> Result<()> {
        let mut sql = Sql::new(
            "SELECT coalesce(e.live_version, e.version), e.updated_at, e.has_pending_changes, e.saved_by, e.saved_note FROM entry e WHERE e.id = ",
        );
        sql.bind(id.uuid());
        let mut found = self.query(sql).await?;
        let row = crate::required(found.first_mut(), id)?;
        let (version, at): (i64, domain::time::Timestamp) = (row.get()?, row.get()?);
        let (has_pending, actor, note): (bool, Option<String>, Option<String>) =
            (row.get()?, row.get()?, row.get()?);
        if has_pending {
            self.shelve_pending(id).await?;
        }
        let actor = match actor {
            Some(actor) => actor.into(),
            None => self.latest_actor(id).await?,
        };
        let read;
        let snapshot = if let Some(known) = known {
            known
        } else {
            read = self.reader().whole(id).await?;
            &read
        };
        let row = RevisionRow {
            id: revision,
            entry: id,
            version,
            is_pending: false,
            snapshot,
            actor,
            note,
            at,
            kept_at: Some(now),
        };
        self.insert_revision(row).await
    }

    pub(super) async fn insert_revision(&self, row: RevisionRow<'_>) -> Result<()> {
        let entry = row.snapshot.entry();
        let values = [
            Value::from(row.id),
            row.entry.uuid().into(),
            row.version.into(),
            SNAPSHOT_FORMAT.into(),
            row.is_pending.into(),
            entry.title.clone().into(),
            entry.status.as_str().into(),
            to_json(row.snapshot)?.into(),
            row.actor,
            row.note.into(),
            row.at.into(),
            row.kept_at.into(),
        ];
        self.insert_rows("revision (id, entry_id, version, format, is_pending, title, status, snapshot, actor, note, created_at, kept_at)", vec![values]).await
    }

    async fn latest_actor(&self, id: EntryId) -> Result<Value> {
        let (kind, id) = (id.kind.as_str(), id.to_string());
        if let Some(actor) = self.untold_actor(kind, &id) {
            return Ok(actor.clone());
        }
        let mut sql = Sql::new("SELECT a.actor FROM audit a WHERE a.target_kind = ");
        sql.bind(kind)
            .push(" AND a.target_id = ")
            .bind(id)
            .push(" ORDER BY a.sequence DESC LIMIT 1");
        let actor: String = match self.query(sql).await?.first_mut() {
            Some(row) => row.get()?,
            None => String::new(),
        };
        Ok(actor.into())
    }
}
