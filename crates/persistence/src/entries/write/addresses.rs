//! Saving the slugs and paths of entries.

use domain::{
    Error, Result,
    content::Entry,
    id::{EditionId, EntryId},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    WriteTx,
    sql::{Changes, Sql},
};

/// Where an entry is found.
#[derive(Debug, Clone, Copy)]
pub(in crate::entries) struct Address<'a> {
    pub(in crate::entries) entry: EntryId,
    pub(in crate::entries) edition: EditionId,
    pub(in crate::entries) path: &'a str,
    pub(in crate::entries) created_at: Timestamp,
    pub(in crate::entries) updated_at: Timestamp,
}

impl<'a> From<&'a Entry> for Address<'a> {
    fn from(entry: &'a Entry) -> Self {
        Self {
            entry: entry.id,
            edition: entry.edition,
            path: &entry.path,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

impl WriteTx {
    /// Writes the path of an entry that had another. What was public leads to it from now on; what
    /// never was is free again. `redirect`: an id for the redirect.
    pub(in crate::entries) async fn move_path(
        &self,
        entry: Address<'_>,
        was_public: bool,
        redirect: Uuid,
    ) -> Result<()> {
        let mut sql = if was_public {
            let mut sql = Sql::new("UPDATE route SET role = 'redirect', redirect_id = ");
            sql.bind(redirect)
                .push(", updated_at = ")
                .bind(entry.updated_at);
            sql
        } else {
            Sql::new("DELETE FROM route")
        };
        sql.push(" WHERE role = 'canonical' AND entry_id = ")
            .bind(entry.entry.uuid())
            .push(" AND path <> ")
            .bind(entry.path.to_owned());
        self.execute(sql).await?;
        let mut sql = Sql::new(&format!("INSERT INTO {PATH} VALUES ("));
        sql.bind_all(path_row(entry)).push(") ON CONFLICT (edition_id, path) DO UPDATE SET role = 'canonical', redirect_id = NULL, url = NULL WHERE route.entry_id = excluded.entry_id");
        if self.execute(sql).await? == 0 {
            return Err(path_taken(entry.path));
        }
        Ok(())
    }

    /// Whether a path is free in its edition (a redirect to the entry itself does not count).
    pub async fn path_is_free(
        &self,
        edition: EditionId,
        path: &str,
        entry: EntryId,
    ) -> Result<bool> {
        let mut sql = Sql::new("SELECT 1 FROM route WHERE edition_id = ");
        sql.bind(edition.uuid())
            .push(" AND path = ")
            .bind(path.to_owned())
            .push(" AND (entry_id IS NULL OR entry_id <> ")
            .bind(entry.uuid())
            .push(")");
        Ok(self.query(sql).await?.is_empty())
    }
}

const PATH: &str =
    "route (edition_id, path, role, entry_id, is_permanent, version, created_at, updated_at)";

fn path_row(address: Address<'_>) -> [Value; 8] {
    [
        Value::from(address.edition.uuid()),
        address.path.to_owned().into(),
        "canonical".into(),
        address.entry.uuid().into(),
        true.into(),
        1_i64.into(),
        address.created_at.into(),
        address.updated_at.into(),
    ]
}

/// Writes the path of a new entry.
pub(super) fn insert_path(changes: &mut Changes, entry: &Entry) {
    changes.insert(PATH, [path_row(entry.into())]);
}

fn path_taken(path: &str) -> Error {
    Error::Conflict {
        message: format!("the path {path} is taken"),
        field: Some("path".to_owned()),
        used_by: Vec::new(),
    }
}

/// Says which path it is that is taken.
pub(super) fn naming_path(error: Error, path: &str) -> Error {
    let is_path = matches!(&error, Error::Conflict { field: Some(field), .. } if field == "path");
    if is_path { path_taken(path) } else { error }
}

/// Slugs are unique among the entries with the same scope.
pub(crate) fn slug_scope(parent: Option<Uuid>) -> String {
    parent.map(|id| id.simple().to_string()).unwrap_or_default()
}
