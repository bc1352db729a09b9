//! Custom fields of the records that all editions share: categories, tags, authors and assets. Their
//! values are read apart from the records, by those who ask for them.

use std::collections::HashMap;

use domain::{
    Result,
    access::{Permit, ReadScope},
    events::RecordKind,
    fields::{CustomFields, IndexedValue},
    id::Id,
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    sql::{Changes, IDS_PER_STATEMENT, Row, Sql, to_json},
    usage::{public_id, table},
};

/// The table, and its columns in the order of the rows.
const FIELDS: &str = "record_field (record_id, name, value_key, kind, created_at, ref_id)";

/// A record whose rows are to be made again.
#[derive(Debug)]
pub struct FieldsOfRecord {
    /// The record.
    pub id: Uuid,
    /// Its values.
    pub values: CustomFields,
    created_at: Timestamp,
}

/// Leaves records of a kind: terms of either taxonomy stand in one table.
fn of_kind(sql: &mut Sql, kind: RecordKind) {
    if matches!(kind, RecordKind::Category | RecordKind::Tag) {
        sql.push(" AND r.taxonomy = ").bind(kind.as_str());
    }
}

impl Reader<'_> {
    /// The values of records of a kind. Those that have none, are absent or hidden are missing in
    /// the answer.
    pub async fn record_fields(
        &self,
        scope: &ReadScope,
        kind: RecordKind,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, CustomFields>> {
        let visible: Vec<Uuid> = if kind == RecordKind::Asset {
            let assets: Vec<_> = ids.iter().copied().map(Id::from_uuid).collect();
            let seen = self.visible_assets(scope, &assets).await?;
            seen.into_iter().map(Id::uuid).collect()
        } else {
            ids.to_vec()
        };
        let mut all = HashMap::new();
        for chunk in visible.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(&format!(
                "SELECT r.id, r.custom_fields FROM {} r WHERE r.custom_fields IS NOT NULL AND r.id IN ",
                table(kind)?
            ));
            sql.id_list(chunk);
            of_kind(&mut sql, kind);
            for row in &mut self.query(sql).await? {
                all.insert(row.get()?, row.json()?);
            }
        }
        Ok(all)
    }
}

impl WriteTx {
    /// Saves the values of a record, all of them, and the rows beside it. Its version is counted by
    /// the save that goes with this one.
    pub async fn save_record_fields(
        &self,
        permit: &Permit,
        (kind, id): (RecordKind, Uuid),
        values: &CustomFields,
        index: &[IndexedValue],
    ) -> Result<()> {
        permit.covers(kind, public_id(kind, id))?;
        let table = table(kind)?;
        let mut made = Sql::new(&format!("SELECT r.created_at FROM {table} r WHERE r.id = "));
        made.bind(id);
        let Some(created_at) = self.query(made).await?.first_mut().map(Row::time) else {
            return Ok(());
        };
        let mut changes = self.changes();
        let text = (!values.is_empty()).then(|| to_json(values)).transpose()?;
        changes
            .statement(&format!("UPDATE {table} SET custom_fields = "))
            .bind(text)
            .push(" WHERE id = ")
            .bind(id);
        write_rows(&mut changes, (kind, id), created_at?, index);
        self.run(changes).await
    }

    /// The next records of a kind that have custom fields, by id. Nobody else changes them until
    /// this transaction ends.
    pub async fn records_with_fields(
        &self,
        permit: &Permit,
        kind: RecordKind,
        after: Option<Uuid>,
        most: u32,
    ) -> Result<Vec<FieldsOfRecord>> {
        permit.covers(RecordKind::Site, "site")?;
        let table = table(kind)?;
        let mut ids = Sql::new(&format!(
            "SELECT r.id FROM {table} r WHERE r.custom_fields IS NOT NULL"
        ));
        of_kind(&mut ids, kind);
        if let Some(after) = after {
            ids.push(" AND r.id > ").bind(after);
        }
        ids.push(" ORDER BY r.id LIMIT ").bind(i64::from(most));
        let mut all: Vec<Uuid> = Vec::new();
        for row in &mut self.query(ids).await? {
            all.push(row.get()?);
        }
        if all.is_empty() {
            return Ok(Vec::new());
        }
        // Changes nothing, and holds the rows.
        let mut hold = Sql::new(&format!(
            "UPDATE {table} SET version = version WHERE id IN "
        ));
        hold.id_list(&all);
        self.execute(hold).await?;
        let mut sql = Sql::new(&format!(
            "SELECT r.id, r.created_at, r.custom_fields FROM {table} r WHERE r.id IN "
        ));
        sql.id_list(&all).push(" ORDER BY r.id");
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                Ok(FieldsOfRecord {
                    id: row.get()?,
                    created_at: row.time()?,
                    values: row.json()?,
                })
            })
            .collect()
    }

    /// Makes the rows of records again, as nothing but the declaration of their fields has changed.
    pub async fn reindex_record_fields(
        &self,
        permit: &Permit,
        kind: RecordKind,
        records: &[(FieldsOfRecord, Vec<IndexedValue>)],
    ) -> Result<()> {
        permit.covers(RecordKind::Site, "site")?;
        let mut changes = self.changes();
        for (record, index) in records {
            write_rows(&mut changes, (kind, record.id), record.created_at, index);
        }
        self.run(changes).await
    }
}

fn write_rows(
    changes: &mut Changes,
    (kind, id): (RecordKind, Uuid),
    created_at: Timestamp,
    index: &[IndexedValue],
) {
    changes.clear("record_field", "record_id", id);
    let row = |value: &IndexedValue| {
        [
            Value::from(id),
            value.name.clone().into(),
            value.key.clone().into(),
            kind.as_str().into(),
            created_at.into(),
            value.reference.map(|(_, id)| id).into(),
        ]
    };
    changes.insert(FIELDS, index.iter().map(row));
}
