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
        let mut sql = Sql::new(&format!(
            "UPDATE {} SET version = version WHERE id = ",
            versioned(kind)?
        ));
        sql.bind(id).push(" AND version = ").bind(expected);
        if self.execute(sql).await? == 1 {
            return Ok(());
        }
        Err(self.stale(kind, id).await)
    }

    /// The version a record has, if it is there.
    pub async fn version(&self, kind: RecordKind, id: Uuid) -> Result<Option<i64>> {
        let mut sql = Sql::new(&format!(
            "SELECT version FROM {} WHERE id = ",
            versioned(kind)?
        ));
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

/// The table in which the version of a record stands.
fn versioned(kind: RecordKind) -> Result<&'static str> {
    if kind == RecordKind::Edition {
        Ok("edition")
    } else {
        table(kind)
    }
}
