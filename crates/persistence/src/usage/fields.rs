//! Records that custom fields refer to. Their kinds are a matter of configuration, so that no list of
//! columns can name them.

use std::collections::BTreeMap;

use domain::{Result, events::RecordKind, fields::CustomFields};
use serde_json::Value;
use uuid::Uuid;

use super::{
    public_id,
    references::{Reference, row},
};
use crate::{
    WriteTx,
    sql::{Sql, to_json},
};

/// A record in a custom field of an entry.
pub(super) const IN_FIELD: Reference =
    row("entry_field", "ref_id", "customField", Some("entry_id"));

impl WriteTx {
    /// Writes another record's id wherever custom fields name this one; without another, takes it
    /// out of them. The record that takes its place loses what it said about it: it would name
    /// itself.
    pub(crate) async fn replace_in_fields(
        &self,
        (kind, id): (RecordKind, Uuid),
        other: Option<Uuid>,
    ) -> Result<()> {
        // Nobody saves them meanwhile.
        let mut hold = Sql::new(
            "UPDATE entry SET version = version WHERE id IN (SELECT u.entry_id FROM entry_field u WHERE u.ref_id = ",
        );
        hold.bind(id).push(")");
        self.execute(hold).await?;
        let mut sql = Sql::new(
            "SELECT e.id, u.name, e.custom_fields FROM entry_field u JOIN entry e ON e.id = u.entry_id WHERE u.ref_id = ",
        );
        sql.bind(id).push(" ORDER BY e.id, u.name");
        let mut changed: BTreeMap<Uuid, CustomFields> = BTreeMap::new();
        let old = public_id(kind, id);
        let new = other.map(|other| public_id(kind, other));
        for row in &mut self.query(sql).await? {
            let (entry, name): (Uuid, String) = (row.get()?, row.get()?);
            let stored: CustomFields = row.json()?;
            let values = changed.entry(entry).or_insert(stored);
            let new = new.as_deref().filter(|_| Some(entry) != other);
            replace(values, &name, (&old, new));
        }
        if changed.is_empty() {
            return Ok(());
        }
        for (entry, values) in changed {
            let mut sql = Sql::new("UPDATE entry SET custom_fields = ");
            let text = (!values.is_empty()).then(|| to_json(&values)).transpose()?;
            sql.bind(text).push(" WHERE id = ").bind(entry);
            self.execute(sql).await?;
        }
        if let (Some(other), Some(key)) = (other, new) {
            let mut sql = Sql::new(
                "INSERT INTO entry_field (entry_id, name, value_key, kind, edition_id, status, sort_at, ref_id) SELECT u.entry_id, u.name, ",
            );
            sql.bind(key)
                .push(", u.kind, u.edition_id, u.status, u.sort_at, ")
                .bind(other)
                .push(" FROM entry_field u WHERE u.ref_id = ")
                .bind(id)
                .push(" AND u.entry_id <> ")
                .bind(other)
                .push(" ON CONFLICT (entry_id, name, value_key) DO NOTHING");
            self.execute(sql).await?;
        }
        self.clear("entry_field", "ref_id", id).await
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
