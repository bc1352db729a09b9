//! Records that belong together across languages and sources: translations of one post, the texts
//! of one term or author.

use domain::{Result, id::TranslationGroupId};
use persistence::ImportRecord;
use uuid::Uuid;

use super::{
    report::{DELETED, EDITED},
    run::{EVERYWHERE, kinds, saying},
    writer::Writer,
};
use crate::{Tx, entries};

/// What is to be done with a term or an author of the head, which may have been imported before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    /// It is new.
    Create,
    /// It is new, but another of its group is there.
    Join,
    /// The file says something else than at the last import.
    Update,
    /// Nothing has changed.
    Keep,
    /// It was edited or deleted here, which is said in these words.
    Conflict(&'static str),
}

impl Duty {
    /// Decides by what an earlier import noted, and by the version the record has here now.
    pub(super) fn of(noted: Option<&ImportRecord>, version: Option<i64>, now: Wish<'_>) -> Self {
        match (noted, version) {
            (None, None) => Self::Create,
            (None, Some(_)) => Self::Join,
            (Some(_), None) if now.overwrite => Self::Create,
            (Some(_), None) => Self::Conflict(DELETED),
            (Some(noted), Some(version)) if version > noted.target_version => {
                if now.overwrite {
                    Self::Update
                } else {
                    Self::Conflict(EDITED)
                }
            }
            (Some(noted), Some(_)) if noted.content_hash == now.digest => Self::Keep,
            (Some(_), Some(_)) => Self::Update,
        }
    }
}

/// What this run would like to see of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    /// Hash of what stands in the file.
    pub(super) digest: &'a str,
    /// Whether edits made here are to be replaced.
    pub(super) overwrite: bool,
}

/// The key of a group of posts Polylang made.
pub(super) fn polylang_key(kind: &str, source: &str, group: &str) -> String {
    format!("{kind}:polylang:{source}:{group}")
}

/// The key of a group a list of links names.
pub(super) fn listed_key(kind: &str, group: &str) -> String {
    format!("{kind}:listed:{group}")
}

/// What a group became.
pub(super) async fn group_target(tx: &mut Tx, key: &str) -> Result<Option<Uuid>> {
    let record = tx
        .reader()
        .import_record(EVERYWHERE, kinds::GROUP, key)
        .await?;
    Ok(record.map(|record| record.target_id))
}

/// Remembers what a group became.
pub(super) async fn save_group_target(tx: &mut Tx, key: &str, kind: &str, id: Uuid) -> Result<()> {
    let record = ImportRecord {
        target_kind: kind.to_owned(),
        target_id: id,
        ..saying("")
    };
    tx.store_tx()
        .save_import_record(EVERYWHERE, kinds::GROUP, key, &record)
        .await
}

/// A change of a record that several outside records stand for.
#[derive(Debug, Clone, Copy)]
pub(super) struct SharedChange {
    pub(super) id: Uuid,
    /// Its version before.
    pub(super) from: i64,
    /// Its version now.
    pub(super) to: i64,
}

/// Brings the records of all members of a group in line with what they became: one change of a
/// shared record is no conflict for the other members. What somebody had edited here before stays
/// an edit.
pub(super) async fn touch_members(
    tx: &mut Tx,
    key: &str,
    kind: &str,
    change: SharedChange,
) -> Result<()> {
    for member in tx.reader().import_group_members(key).await? {
        if member.kind != kind {
            continue;
        }
        let record = tx
            .reader()
            .import_record(&member.source, kind, &member.external_id)
            .await?;
        let is_current = |record: &ImportRecord| {
            record.target_id == change.id && record.target_version >= change.from
        };
        if let Some(record) = record.filter(is_current) {
            let record = ImportRecord {
                target_version: change.to,
                ..record
            };
            tx.store_tx()
                .save_import_record(&member.source, kind, &member.external_id, &record)
                .await?;
        }
    }
    Ok(())
}

impl Writer {
    /// The key of the group a record of this source belongs to.
    pub(super) async fn group_of(
        &self,
        tx: &mut Tx,
        kind: &str,
        external_id: &str,
    ) -> Result<Option<String>> {
        if !self.run.said.groups {
            return Ok(None);
        }
        tx.reader()
            .import_group(&self.run.source, kind, external_id)
            .await
    }

    /// The translation group of an item, made when it is the first of its group; `None` for an
    /// item that belongs to none.
    pub(super) async fn translation_group(
        &mut self,
        tx: &mut Tx,
        external_id: &str,
        polylang: Option<&str>,
    ) -> Result<Option<TranslationGroupId>> {
        let listed = self.group_of(tx, kinds::POST, external_id).await?;
        let key = listed
            .or_else(|| polylang.map(|group| polylang_key(kinds::POST, &self.run.source, group)));
        let Some(key) = key else {
            return Ok(None);
        };
        if let Some(group) = self.groups.get(&key) {
            return Ok(Some(group));
        }
        let group = if let Some(id) = group_target(tx, &key).await? {
            TranslationGroupId::from_uuid(id)
        } else {
            let group = entries::new_group(tx.cx());
            save_group_target(tx, &key, "translations", group.uuid()).await?;
            group
        };
        self.groups.insert(key, group);
        Ok(Some(group))
    }
}
