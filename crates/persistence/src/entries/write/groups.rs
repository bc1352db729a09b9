//! Translation groups: entries of one kind, one in each edition.

use domain::{
    Error, Result,
    access::Permit,
    content::Entry,
    events::ContentEvent,
    id::{EditionId, EntryId, TranslationGroupId},
    time::Timestamp,
};
use uuid::Uuid;

use super::insert_group;
use crate::{WriteTx, sql::Sql};

impl WriteTx {
    /// Moves an entry into another translation group. As with links that are resolved late, what
    /// the entry says stays as it is, and so does its version.
    pub async fn move_to_group(
        &mut self,
        permit: &Permit,
        entry: &Entry,
        group: TranslationGroupId,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(entry.id.kind.into(), entry.id)?;
        self.enter_group(entry, group).await?;
        let mut sql = Sql::new("UPDATE entry SET group_id = ");
        sql.bind(group.uuid())
            .push(" WHERE id = ")
            .bind(entry.id.uuid());
        self.execute(sql).await?;
        let event = ContentEvent::new(
            entry.id.kind.into(),
            "updated",
            entry.id,
            Some(entry.edition),
        );
        self.record(permit, at, event);
        Ok(())
    }

    /// Notes which version of its original a translation says. What it says stays as it is, and so
    /// does its version.
    pub async fn mark_translation(
        &mut self,
        permit: &Permit,
        entry: &Entry,
        version: i64,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(entry.id.kind.into(), entry.id)?;
        let mut sql = Sql::new("UPDATE entry SET translated_from_version = ");
        sql.bind(version)
            .push(" WHERE id = ")
            .bind(entry.id.uuid())
            .push(" AND version = ")
            .bind(entry.version);
        if self.execute(sql).await? == 0 {
            return Err(Error::stale(entry.version + 1));
        }
        let event = ContentEvent::new(
            entry.id.kind.into(),
            "updated",
            entry.id,
            Some(entry.edition),
        );
        self.record(permit, at, event);
        Ok(())
    }

    /// What an entry was translated from is forgotten if that is no translation of it any more, and so
    /// is that others were translated from it.
    pub async fn forget_source_elsewhere(&self, permit: &Permit, id: EntryId) -> Result<()> {
        permit.covers(id.kind.into(), id)?;
        let mut sql = Sql::new(
            "UPDATE entry SET translated_from_id = NULL, translated_from_version = NULL WHERE id = ",
        );
        sql.bind(id.uuid()).push(
            " AND translated_from_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entry o \
             WHERE o.id = entry.translated_from_id AND o.group_id = entry.group_id)",
        );
        self.execute(sql).await?;
        let mut sql = Sql::new(
            "UPDATE entry SET translated_from_id = NULL, translated_from_version = NULL WHERE translated_from_id = ",
        );
        sql.bind(id.uuid())
            .push(" AND group_id <> (SELECT o.group_id FROM entry o WHERE o.id = ")
            .bind(id.uuid())
            .push(")");
        self.execute(sql).await.map(|_rows| ())
    }

    /// Brings an entry into a group; the first one makes it.
    pub(super) async fn enter_group(&self, entry: &Entry, group: TranslationGroupId) -> Result<()> {
        if self.may_enter_group(entry, group).await? {
            let mut changes = self.changes();
            insert_group(&mut changes, group, entry.created_at);
            self.run(changes).await?;
        }
        Ok(())
    }

    /// Checks that an entry may stand in a group, and tells whether it is the first there.
    pub async fn may_enter_group(&self, entry: &Entry, group: TranslationGroupId) -> Result<bool> {
        let wrong = |why: &str| Err(Error::invalid("translationGroup", why));
        let mut sql = Sql::new("SELECT e.kind, e.edition_id FROM entry e WHERE e.group_id = ");
        sql.bind(group.uuid())
            .push(" AND e.id <> ")
            .bind(entry.id.uuid());
        let mut others = self.query(sql).await?;
        for row in &mut others {
            let (kind, edition): (String, Uuid) = (row.get()?, row.get()?);
            if kind != entry.id.kind.as_str() {
                return wrong("holds entries of another kind");
            }
            if EditionId::from_uuid(edition) == entry.edition {
                return wrong("has an entry of this edition already");
            }
        }
        Ok(others.is_empty())
    }
}
