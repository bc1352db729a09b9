//! Records that custom fields refer to. Their kinds are a matter of configuration, so that no list of
//! columns can name them.

use std::collections::BTreeMap;

use domain::{
    Result,
    access::ReadScope,
    error::Usage,
    events::RecordKind,
    fields::{CustomFields, WITH_FIELDS},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    public_id,
    references::{Reference, row},
};
use crate::{
    Reader, WriteTx,
    assets::readable,
    sql::{Sql, to_json},
};

/// A record in a custom field of an entry.
pub(super) const IN_FIELD: Reference =
    row("entry_field", "ref_id", "customField", Some("entry_id"));

/// What has custom fields, and the rows beside it.
struct Holder {
    table: &'static str,
    rows: &'static str,
    key: &'static str,
}

const ENTRY: Holder = Holder {
    table: "entry",
    rows: "entry_field",
    key: "entry_id",
};
const SHARED: [Holder; 3] = [of_shared("term"), of_shared("author"), of_shared("asset")];

const fn of_shared(table: &'static str) -> Holder {
    Holder {
        table,
        rows: "record_field",
        key: "record_id",
    }
}

impl Reader<'_> {
    /// The records all editions share that have this one in a custom field: whether there are any
    /// besides itself, and those that are to be seen.
    pub(super) async fn uses_in_records(
        &self,
        scope: &ReadScope,
        id: Uuid,
    ) -> Result<(bool, Vec<Usage>)> {
        let mut any = Sql::new("SELECT 1 FROM record_field f WHERE f.ref_id = ");
        any.bind(id).push(" AND f.record_id <> f.ref_id LIMIT 1");
        if self.query(any).await?.is_empty() {
            return Ok((false, Vec::new()));
        }
        let mut sql =
            Sql::new("SELECT DISTINCT f.kind, f.record_id FROM record_field f WHERE f.ref_id = ");
        sql.bind(id).push(
            " AND f.record_id <> f.ref_id AND (f.kind <> 'asset' OR EXISTS (SELECT 1 FROM asset m WHERE m.id = f.record_id",
        );
        readable(&mut sql, scope);
        sql.push(")) ORDER BY f.record_id LIMIT 100");
        let mut seen = Vec::new();
        for row in &mut self.query(sql).await? {
            let (kind, owner): (String, Uuid) = (row.get()?, row.get()?);
            if let Some(kind) = WITH_FIELDS.into_iter().find(|one| one.as_str() == kind) {
                seen.push(Usage {
                    id: public_id(kind, owner),
                    role: IN_FIELD.role.to_owned(),
                });
            }
        }
        Ok((true, seen))
    }
}

impl WriteTx {
    /// Writes another record's id wherever custom fields name this one; without another, takes it
    /// out of them. The record that takes its place loses what it said about it: it would name
    /// itself.
    pub(crate) async fn replace_in_fields(
        &self,
        (kind, id): (RecordKind, Uuid),
        other: Option<Uuid>,
    ) -> Result<()> {
        let old = public_id(kind, id);
        let new = other.map(|other| public_id(kind, other));
        let ids = (old.as_str(), new.as_deref());
        if self.replace_values(&ENTRY, (id, other), ids).await? {
            let repeated = "kind, edition_id, status, sort_at";
            self.replace_rows(&ENTRY, repeated, (id, other), new.as_deref())
                .await?;
        }
        let mut any = Sql::new("SELECT 1 FROM record_field u WHERE u.ref_id = ");
        any.bind(id).push(" LIMIT 1");
        if self.query(any).await?.is_empty() {
            return Ok(());
        }
        for holder in &SHARED {
            self.replace_values(holder, (id, other), ids).await?;
        }
        let [shared, ..] = &SHARED;
        self.replace_rows(shared, "kind, created_at", (id, other), new.as_deref())
            .await
    }

    /// The same in the values of one table. Tells whether there were any.
    async fn replace_values(
        &self,
        Holder { table, rows, key }: &Holder,
        (id, other): (Uuid, Option<Uuid>),
        (old, new): (&str, Option<&str>),
    ) -> Result<bool> {
        // Nobody saves them meanwhile.
        let mut hold = Sql::new(&format!(
            "UPDATE {table} SET version = version WHERE id IN (SELECT u.{key} FROM {rows} u WHERE u.ref_id = "
        ));
        hold.bind(id).push(")");
        self.execute(hold).await?;
        let mut sql = Sql::new(&format!(
            "SELECT e.id, u.name, e.custom_fields FROM {rows} u JOIN {table} e ON e.id = u.{key} WHERE u.ref_id = "
        ));
        sql.bind(id).push(" ORDER BY e.id, u.name");
        let mut changed: BTreeMap<Uuid, CustomFields> = BTreeMap::new();
        for row in &mut self.query(sql).await? {
            let (holder, name): (Uuid, String) = (row.get()?, row.get()?);
            let stored: CustomFields = row.json()?;
            let values = changed.entry(holder).or_insert(stored);
            let new = new.filter(|_| Some(holder) != other);
            replace(values, &name, (old, new));
        }
        let is_any = !changed.is_empty();
        for (holder, values) in changed {
            let mut sql = Sql::new(&format!("UPDATE {table} SET custom_fields = "));
            let text = (!values.is_empty()).then(|| to_json(&values)).transpose()?;
            sql.bind(text).push(" WHERE id = ").bind(holder);
            self.execute(sql).await?;
        }
        Ok(is_any)
    }

    /// The same in the rows beside them; `repeated` names what they repeat of what has them.
    async fn replace_rows(
        &self,
        Holder { rows, key, .. }: &Holder,
        repeated: &str,
        (id, other): (Uuid, Option<Uuid>),
        value: Option<&str>,
    ) -> Result<()> {
        if let (Some(other), Some(value)) = (other, value) {
            let mut sql = Sql::new(&format!(
                "INSERT INTO {rows} ({key}, name, value_key, ref_id, {repeated}) SELECT u.{key}, u.name, "
            ));
            sql.bind(value.to_owned())
                .push(", ")
                .bind(other)
                .push(&format!(", {repeated} FROM {rows} u WHERE u.ref_id = "))
                .bind(id)
                .push(&format!(" AND u.{key} <> "))
                .bind(other)
                .push(&format!(" ON CONFLICT ({key}, name, value_key) DO NOTHING"));
            self.execute(sql).await?;
        }
        self.clear(rows, "ref_id", id).await
    }
}

/// Writes another id in the place of one in a field; without another, takes it out.
pub(super) fn replace(values: &mut CustomFields, name: &str, (old, new): (&str, Option<&str>)) {
    let Some(value) = values.remove(name) else {
        return;
    };
    let becomes = |item: Value| {
        if item.as_str() == Some(old) {
            new.map(Value::from)
        } else {
            Some(item)
        }
    };
    let left = if let Value::Array(items) = value {
        let mut left: Vec<Value> = Vec::with_capacity(items.len());
        for item in items.into_iter().filter_map(becomes) {
            if !left.contains(&item) {
                left.push(item);
            }
        }
        (!left.is_empty()).then_some(Value::Array(left))
    } else {
        becomes(value)
    };
    if let Some(left) = left {
        values.insert(name.to_owned(), left);
    }
}
