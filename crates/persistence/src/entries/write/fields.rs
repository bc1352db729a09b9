//! Values of custom fields beside the entries that have them: for the lists that ask for them, and
//! for what they refer to.

use domain::{
    Result,
    access::Permit,
    content::{ContentKind, Entry},
    events::RecordKind,
    fields::{CustomFields, IndexedValue},
    id::{EditionId, EntryId, Id},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use super::FIGURES;
use crate::{
    WriteTx,
    sql::{Changes, Sql},
};

/// The table, and its columns in the order of the rows.
const FIELDS: &str =
    "entry_field (entry_id, name, value_key, kind, edition_id, status, sort_at, ref_id)";

/// Writes the rows of an entry. Assets stand among its pictures, too: what readers are shown they
/// may open.
pub(super) fn insert(changes: &mut Changes, entry: &Entry, index: &[IndexedValue]) {
    let standing = Standing {
        id: entry.id,
        edition: entry.edition,
        status: entry.status.as_str().to_owned(),
        sort_at: entry.sort_at,
    };
    changes.insert(FIELDS, index.iter().map(|value| standing.row(value)));
    changes.insert(FIGURES, figures(entry.id, index));
}

/// What of an entry its rows repeat.
struct Standing {
    id: EntryId,
    edition: EditionId,
    status: String,
    sort_at: Timestamp,
}

impl Standing {
    fn row(&self, value: &IndexedValue) -> [Value; 8] {
        [
            Value::from(self.id.uuid()),
            value.name.clone().into(),
            value.key.clone().into(),
            self.id.kind.as_str().into(),
            self.edition.uuid().into(),
            self.status.clone().into(),
            self.sort_at.into(),
            value.reference.map(|(_, id)| id).into(),
        ]
    }
}

fn figures(id: EntryId, index: &[IndexedValue]) -> Vec<[Value; 6]> {
    let none = || Value::from(None::<String>);
    let assets = index.iter().filter_map(|value| match value.reference {
        Some((RecordKind::Asset, asset)) => Some(asset),
        Some(_) | None => None,
    });
    assets
        .zip(0_i64..)
        .map(|(asset, position)| {
            [
                Value::from(id.uuid()),
                "field".into(),
                position.into(),
                asset.into(),
                none(),
                none(),
            ]
        })
        .collect()
}

/// An entry whose rows are to be made again.
#[derive(Debug)]
pub struct FieldsOfEntry {
    /// The entry.
    pub id: EntryId,
    /// Its edition.
    pub edition: EditionId,
    /// Its values.
    pub values: CustomFields,
    status: String,
    sort_at: Timestamp,
}

impl WriteTx {
    /// The next entries that have custom fields, by id. Nobody else changes them until this
    /// transaction ends.
    pub async fn entries_with_fields(
        &self,
        permit: &Permit,
        after: Option<Uuid>,
        most: u32,
    ) -> Result<Vec<FieldsOfEntry>> {
        permit.covers(RecordKind::Site, "site")?;
        let mut ids = Sql::new("SELECT e.id FROM entry e WHERE e.custom_fields IS NOT NULL");
        if let Some(after) = after {
            ids.push(" AND e.id > ").bind(after);
        }
        ids.push(" ORDER BY e.id LIMIT ").bind(i64::from(most));
        let mut all: Vec<Uuid> = Vec::new();
        for row in &mut self.query(ids).await? {
            all.push(row.get()?);
        }
        if all.is_empty() {
            return Ok(Vec::new());
        }
        // Changes nothing, and holds the rows: what a save writes meanwhile would be overwritten by
        // what is read here.
        let mut hold = Sql::new("UPDATE entry SET version = version WHERE id IN ");
        hold.id_list(&all);
        self.execute(hold).await?;
        let mut sql = Sql::new(
            "SELECT e.kind, e.id, e.edition_id, e.status, e.sort_at, e.custom_fields FROM entry e WHERE e.id IN ",
        );
        sql.id_list(&all).push(" ORDER BY e.id");
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                let (kind, id): (ContentKind, Uuid) = (row.parse()?, row.get()?);
                Ok(FieldsOfEntry {
                    id: EntryId::new(kind, id),
                    edition: Id::from_uuid(row.get()?),
                    status: row.get()?,
                    sort_at: row.get()?,
                    values: row.json()?,
                })
            })
            .collect()
    }

    /// Makes the rows of entries again, as nothing but the declaration of their fields has changed.
    pub async fn reindex_fields(
        &self,
        permit: &Permit,
        entries: &[(FieldsOfEntry, Vec<IndexedValue>)],
    ) -> Result<()> {
        permit.covers(RecordKind::Site, "site")?;
        let mut changes = self.changes();
        for (entry, index) in entries {
            let id = entry.id.uuid();
            changes.clear("entry_field", "entry_id", id);
            changes
                .statement("DELETE FROM entry_asset WHERE role = 'field' AND entry_id = ")
                .bind(id);
            let standing = Standing {
                id: entry.id,
                edition: entry.edition,
                status: entry.status.clone(),
                sort_at: entry.sort_at,
            };
            changes.insert(FIELDS, index.iter().map(|value| standing.row(value)));
            changes.insert(FIGURES, figures(entry.id, index));
        }
        self.run(changes).await
    }

    /// Notes which declaration the rows follow.
    pub async fn set_field_index(&self, permit: &Permit, fingerprint: &str) -> Result<()> {
        permit.covers(RecordKind::Site, "site")?;
        self.execute(Sql::new("DELETE FROM field_index")).await?;
        let mut sql = Sql::new("INSERT INTO field_index (fingerprint) VALUES (");
        sql.bind(fingerprint.to_owned()).push(")");
        self.execute(sql).await?;
        // Edits that wait have rows of their own.
        self.note_all_pendings().await
    }
}

impl crate::Reader<'_> {
    /// Which declaration the rows of custom fields follow; none: they never were made.
    pub async fn field_index(&self) -> Result<Option<String>> {
        let sql = Sql::new("SELECT fingerprint FROM field_index");
        self.query(sql)
            .await?
            .first_mut()
            .map(crate::sql::Row::get)
            .transpose()
    }
}
