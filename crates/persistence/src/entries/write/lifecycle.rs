//! Steps in the life of entries, and the edits of published ones that wait.

use domain::{
    Error, Result,
    access::Permit,
    content::Entry,
    events::ContentEvent,
    id::{EntryId, RevisionId},
    revisions::Snapshot,
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use super::{EntrySave, snapshot::RevisionRow};
use crate::{WriteTx, sql::Sql};

/// An edit of an entry that waits to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Its id among the revisions.
    pub id: RevisionId,
    /// The version it is.
    pub version: i64,
    /// The whole of it.
    pub snapshot: Snapshot,
    /// Who saved it, as the audit log names them.
    pub actor: String,
    /// What they said about it.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A step that is to be written.
#[derive(Debug)]
pub struct Moved<'a> {
    /// The entry after it.
    pub entry: &'a Entry,
    /// The entry before it.
    pub old: &'a Entry,
    /// Whether readers could ever open it: its old path leads to the new one then.
    pub was_public: bool,
    /// What happened.
    pub event: ContentEvent,
    /// An id for the redirect from the old path.
    pub redirect: Uuid,
    /// When.
    pub at: Timestamp,
}

/// An edit that is to wait.
#[derive(Debug)]
pub struct PendingSave<'a> {
    /// The entry, with the new version.
    pub entry: &'a Entry,
    /// An id for the revision.
    pub revision: RevisionId,
    /// The whole of it.
    pub snapshot: &'a Snapshot,
    /// What happened.
    pub event: ContentEvent,
    /// When.
    pub at: Timestamp,
}

impl WriteTx {
    /// Saves the whole of an entry of any kind.
    pub async fn save_content(
        &mut self,
        permit: &Permit,
        save: EntrySave<'_>,
        draft: &Snapshot,
    ) -> Result<()> {
        match draft {
            Snapshot::Article(draft) => self.save_article(permit, save, draft).await,
            Snapshot::Page(draft) => self.save_page(permit, save, draft).await,
            Snapshot::Issue(draft) => self.save_issue(permit, save, draft).await,
        }
    }

    /// Saves an edit of a published entry: readers go on seeing the one that is out.
    pub async fn save_pending(&mut self, permit: &Permit, save: PendingSave<'_>) -> Result<()> {
        let entry = save.entry;
        permit.covers(entry.id.kind.into(), entry.id)?;
        self.move_versions(entry).await?;
        self.shelve_revision(entry.id).await?;
        let row = RevisionRow {
            id: save.revision.uuid(),
            entry: entry.id,
            version: entry.version,
            is_pending: true,
            snapshot: save.snapshot,
            actor: permit.actor().to_string().into(),
            note: permit.note().map(str::to_owned),
            at: save.at,
            kept_at: None,
        };
        self.insert_revision(row).await?;
        let revision = save.revision.uuid();
        self.note_pending(revision, entry.id, save.snapshot).await?;
        self.record(permit, save.at, save.event);
        Ok(())
    }

    /// Drops the edit that waits. `entry`: with the new version.
    pub async fn discard_pending(
        &mut self,
        permit: &Permit,
        entry: &Entry,
        event: ContentEvent,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(entry.id.kind.into(), entry.id)?;
        self.move_versions(entry).await?;
        let mut sql = Sql::new("DELETE FROM revision WHERE is_pending AND entry_id = ");
        sql.bind(entry.id.uuid());
        self.execute(sql).await?;
        self.record(permit, at, event);
        Ok(())
    }

    /// Writes a step: what it says in the entry and wherever lists repeat it. The body and what the
    /// entry refers to stay.
    pub async fn move_entry(&mut self, permit: &Permit, moved: Moved<'_>) -> Result<()> {
        let (entry, old) = (moved.entry, moved.old);
        permit.covers(entry.id.kind.into(), entry.id)?;
        let mut sql = Sql::new("UPDATE entry SET status = ");
        sql.bind(entry.status.as_str())
            .push(", version = ")
            .bind(entry.version)
            .push(", live_version = ")
            .bind(entry.live_version)
            .push(", scheduled_at = ")
            .bind(entry.scheduled_at)
            .push(", unpublish_at = ")
            .bind(entry.unpublish_at)
            .push(", published_at = ")
            .bind(entry.published_at)
            .push(", sort_at = ")
            .bind(entry.sort_at)
            .push(", path = ")
            .bind(entry.path.clone())
            .push(", updated_at = ")
            .bind(entry.updated_at);
        self.execute_for_version(sql, entry).await?;
        if (entry.status, entry.sort_at) != (old.status, old.sort_at) {
            let mut changes = self.changes();
            let has_fields = !entry.custom_fields.is_empty();
            let of_fields = has_fields.then_some("entry_field");
            for table in ["entry_term", "entry_contribution"]
                .into_iter()
                .chain(of_fields)
            {
                changes
                    .statement("UPDATE ")
                    .push(table)
                    .push(" SET status = ")
                    .bind(entry.status.as_str())
                    .push(", sort_at = ")
                    .bind(entry.sort_at)
                    .push(" WHERE entry_id = ")
                    .bind(entry.id.uuid());
            }
            self.run(changes).await?;
        }
        if entry.path != old.path {
            self.move_path(entry.into(), moved.was_public, moved.redirect)
                .await?;
        }
        self.record(permit, moved.at, moved.event);
        Ok(())
    }

    /// Makes sure that an entry still is what a removal was asked for.
    pub async fn claim(&self, entry: &Entry) -> Result<()> {
        let mut sql = Sql::new("UPDATE entry SET version = ");
        sql.bind(entry.version);
        self.execute_for_version(sql, entry).await
    }

    async fn move_versions(&self, entry: &Entry) -> Result<()> {
        let mut sql = Sql::new("UPDATE entry SET version = ");
        sql.bind(entry.version)
            .push(", live_version = ")
            .bind(entry.live_version)
            .push(", has_pending_changes = ")
            .bind(entry.has_pending_changes)
            .push(", scheduled_at = ")
            .bind(entry.scheduled_at);
        self.execute_for_version(sql, entry).await
    }

    /// Runs an update of the row of an entry that still has the version before.
    async fn execute_for_version(&self, mut sql: Sql, entry: &Entry) -> Result<()> {
        sql.push(" WHERE id = ")
            .bind(entry.id.uuid())
            .push(" AND version = ")
            .bind(entry.version - 1);
        if self.execute(sql).await? == 0 {
            return Err(Error::stale(entry.version));
        }
        Ok(())
    }

    /// The edit that waits becomes one of the past: what it names is in use by it no longer.
    pub(super) async fn shelve_pending(&self, id: EntryId) -> Result<()> {
        self.shelve_revision(id).await?;
        self.clear("pending_reference", "entry_id", id.uuid()).await
    }

    async fn shelve_revision(&self, id: EntryId) -> Result<()> {
        let mut sql =
            Sql::new("UPDATE revision SET is_pending = false WHERE is_pending AND entry_id = ");
        sql.bind(id.uuid());
        self.execute(sql).await.map(|_rows| ())
    }

    pub(super) async fn drop_revision(&self, id: RevisionId) -> Result<()> {
        let mut sql = Sql::new("DELETE FROM revision WHERE id = ");
        sql.bind(Value::from(id.uuid()));
        self.execute(sql).await.map(|_rows| ())
    }
}
