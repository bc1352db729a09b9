//! What an import remembers: which outside record became which of ours, what is still to be
//! resolved, and which records of several sources belong together.

use std::collections::BTreeMap;

use domain::Result;
use sea_orm::Value;
use uuid::Uuid;

use crate::{Reader, WriteTx, sql::Sql};

/// How many records wait before they are written.
const MOST_NEW_RECORDS: usize = 100;

/// One imported record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// The kind of record it became.
    pub target_kind: String,
    /// The record it became.
    pub target_id: Uuid,
    /// Hash of what was imported: the same hash needs no work.
    pub content_hash: String,
    /// The version it got: a higher one means it was edited here since.
    pub target_version: i64,
}

/// Records of a transaction that are not written yet, by source, kind and outside id.
pub(crate) type NewRecords = BTreeMap<[String; 3], ImportRecord>;

/// Something to be resolved once everything is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferred {
    /// Orders them.
    pub sequence: i64,
    /// What it is about.
    pub subject: String,
    /// The importer's own notes.
    pub payload: String,
}

/// One member of a group of records that belong together across sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLink {
    /// Names the group.
    pub group: String,
    /// The source of the member.
    pub source: String,
    /// `post`, `term` or `author`.
    pub kind: String,
    /// Its id there.
    pub external_id: String,
}

impl Reader<'_> {
    /// What an outside record became.
    pub async fn import_record(
        &self,
        source: &str,
        kind: &str,
        external_id: &str,
    ) -> Result<Option<ImportRecord>> {
        let new = self.new_records.filter(|new| !new.is_empty());
        let key = || [source, kind, external_id].map(str::to_owned);
        if let Some(record) = new.and_then(|new| new.get(&key())) {
            return Ok(Some(record.clone()));
        }
        let mut sql = Sql::new(
            "SELECT target_kind, target_id, content_hash, target_version FROM import_record WHERE source = ",
        );
        sql.bind(source.to_owned())
            .push(" AND kind = ")
            .bind(kind.to_owned())
            .push(" AND external_id = ")
            .bind(external_id.to_owned());
        match self.query_one(sql).await? {
            Some(mut row) => Ok(Some(ImportRecord {
                target_kind: row.get()?,
                target_id: row.get()?,
                content_hash: row.get()?,
                target_version: row.get()?,
            })),
            None => Ok(None),
        }
    }

    /// The next things to be resolved, in order.
    pub async fn deferred(
        &self,
        source: &str,
        kind: &str,
        after: i64,
        size: u32,
    ) -> Result<Vec<Deferred>> {
        let mut sql =
            Sql::new("SELECT sequence, subject, payload FROM import_deferred WHERE source = ");
        sql.bind(source.to_owned())
            .push(" AND kind = ")
            .bind(kind.to_owned())
            .push(" AND sequence > ")
            .bind(after);
        sql.push(&format!(" ORDER BY sequence LIMIT {size}"));
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                Ok(Deferred {
                    sequence: row.get()?,
                    subject: row.get()?,
                    payload: row.get()?,
                })
            })
            .collect()
    }

    /// The group an outside record belongs to.
    pub async fn import_group(
        &self,
        source: &str,
        kind: &str,
        external_id: &str,
    ) -> Result<Option<String>> {
        let mut sql = Sql::new("SELECT group_key FROM import_link WHERE source = ");
        sql.bind(source.to_owned())
            .push(" AND kind = ")
            .bind(kind.to_owned())
            .push(" AND external_id = ")
            .bind(external_id.to_owned());
        self.query_one(sql)
            .await?
            .map(|mut row| row.get())
            .transpose()
    }

    /// The members of a group.
    pub async fn import_group_members(&self, group: &str) -> Result<Vec<ImportLink>> {
        let mut sql = Sql::new(
            "SELECT group_key, source, kind, external_id FROM import_link WHERE group_key = ",
        );
        sql.bind(group.to_owned())
            .push(" ORDER BY source, kind, external_id");
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                Ok(ImportLink {
                    group: row.get()?,
                    source: row.get()?,
                    kind: row.get()?,
                    external_id: row.get()?,
                })
            })
            .collect()
    }
}

impl WriteTx {
    /// Remembers what an outside record became. Records are written many at once, but reads of this
    /// transaction know of them from now on.
    pub async fn save_import_record(
        &mut self,
        source: &str,
        kind: &str,
        external_id: &str,
        record: &ImportRecord,
    ) -> Result<()> {
        let key = [source, kind, external_id].map(str::to_owned);
        self.new_records.insert(key, record.clone());
        if self.new_records.len() >= MOST_NEW_RECORDS {
            self.write_new_records().await?;
        }
        Ok(())
    }

    /// Writes the records that were put off; what was stored of them before is replaced.
    pub(crate) async fn write_new_records(&mut self) -> Result<()> {
        if self.new_records.is_empty() {
            return Ok(());
        }
        let records = std::mem::take(&mut self.new_records);
        let rows = records
            .into_iter()
            .map(|([source, kind, external_id], record)| {
                [
                    Value::from(source),
                    kind.into(),
                    external_id.into(),
                    record.target_kind.into(),
                    record.target_id.into(),
                    record.content_hash.into(),
                    record.target_version.into(),
                ]
            });
        let mut sql = Sql::new(
            "INSERT INTO import_record (source, kind, external_id, target_kind, target_id, content_hash, target_version) VALUES ",
        );
        sql.rows(rows).push(
            " ON CONFLICT (source, kind, external_id) DO UPDATE SET target_kind = excluded.target_kind, target_id = excluded.target_id, \
             content_hash = excluded.content_hash, target_version = excluded.target_version",
        );
        self.execute(sql).await.map(|_rows| ())
    }

    /// Leaves something to be resolved later.
    pub async fn defer(
        &self,
        source: &str,
        kind: &str,
        subject: &str,
        payload: &str,
    ) -> Result<()> {
        let row = [
            Value::from(source.to_owned()),
            kind.to_owned().into(),
            subject.to_owned().into(),
            payload.to_owned().into(),
        ];
        self.insert_rows(
            "import_deferred (source, kind, subject, payload)",
            vec![row],
        )
        .await
    }

    /// Forgets what was left to be resolved, of one kind or of all.
    pub async fn clear_deferred(&self, source: &str, kind: Option<&str>) -> Result<()> {
        let mut sql = Sql::new("DELETE FROM import_deferred WHERE source = ");
        sql.bind(source.to_owned());
        if let Some(kind) = kind {
            sql.push(" AND kind = ").bind(kind.to_owned());
        }
        self.execute(sql).await.map(|_rows| ())
    }

    /// Remembers that a record belongs to a group.
    pub async fn save_import_link(&self, link: &ImportLink) -> Result<()> {
        let mut sql =
            Sql::new("INSERT INTO import_link (group_key, source, kind, external_id) VALUES (");
        sql.bind_all([
            link.group.clone(),
            link.source.clone(),
            link.kind.clone(),
            link.external_id.clone(),
        ]);
        sql.push(") ON CONFLICT (source, kind, external_id) DO UPDATE SET group_key = excluded.group_key");
        self.execute(sql).await.map(|_rows| ())
    }
}
