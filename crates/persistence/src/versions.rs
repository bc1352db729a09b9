//! Versions of records: a change is made for the version its author saw, or not at all.

use domain::{Error, Result, events::RecordKind};
use uuid::Uuid;

use crate::{
    WriteTx,
    sql::Sql,
    usage::{public_id, table},
};

impl WriteTx {
    /// Holds a record at a version to the end of the transaction; an error if it has another one by
    /// now. It need not be asked for again then.
    pub async fn hold(&self, kind: RecordKind, id: Uuid, expected: i64) -> Result<()> {
        let (table, key) = versioned(kind)?;
        let mut sql = Sql::new(&format!(
            "UPDATE {table} SET version = version WHERE {key} = "
        ));
        sql.bind(id).push(" AND version = ").bind(expected);
        if self.execute(sql).await? == 1 {
            return Ok(());
        }
        Err(self.stale(kind, id).await)
    }

    /// The version a record has, if it is there.
    pub async fn version(&self, kind: RecordKind, id: Uuid) -> Result<Option<i64>> {
        let (table, key) = versioned(kind)?;
        let mut sql = Sql::new(&format!("SELECT version FROM {table} WHERE {key} = "));
        sql.bind(id);
        match self.query(sql).await?.first_mut() {
            Some(row) => row.get().map(Some),
            None => Ok(None),
        }
    }

    /// The error of a change that was made for another version than the current one.
    pub(crate) async fn stale(&self, kind: RecordKind, id: Uuid) -> Error {
        match self.version(kind, id).await {
            Ok(Some(current)) => Error::Stale { current },
            Ok(None) => Error::not_found(public_id(kind, id)),
            Err(error) => error,
        }
    }
}

/// The table in which the version of a record stands, and the column of its id.
fn versioned(kind: RecordKind) -> Result<(&'static str, &'static str)> {
    if kind == RecordKind::Edition {
        return Ok(("edition", "id"));
    }
    if kind == RecordKind::Redirect {
        return Ok(("route", "redirect_id"));
    }
    Ok((table(kind)?, "id"))
}
