//! Custom fields: their values with each entry, and beside it those that lists are asked for by.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the column and the tables.
pub(super) const STEP: Step = Step {
    name: "m20261122_000010_fields",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// A value stands as a text that sorts as the values of its field do. What a value refers to may be
/// of any kind, so that no foreign key can name it. What was stored before has no values.
const SQL: &str = "
ALTER TABLE entry ADD COLUMN custom_fields text;
CREATE TABLE entry_field (
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  name {key} NOT NULL,
  value_key {key} NOT NULL,
  kind {key} NOT NULL,
  edition_id {uuid} NOT NULL,
  status {key} NOT NULL,
  sort_at {time} NOT NULL,
  ref_id {uuid},
  PRIMARY KEY (entry_id, name, value_key)
){clustered};
CREATE INDEX entry_field_live ON entry_field (name, value_key, kind, edition_id, sort_at, entry_id) WHERE status = 'published';
CREATE INDEX entry_field_live_all ON entry_field (name, value_key, kind, sort_at, entry_id) WHERE status = 'published';
CREATE INDEX entry_field_ref ON entry_field (ref_id) WHERE ref_id IS NOT NULL;
CREATE TABLE field_index (
  fingerprint {key} NOT NULL PRIMARY KEY
);
";
