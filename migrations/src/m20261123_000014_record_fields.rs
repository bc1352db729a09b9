//! Custom fields of the records that all editions share: their values with each record, and beside it
//! those that lists are asked for by.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the columns and the table.
pub(super) const STEP: Step = Step {
    name: "m20261123_000014_record_fields",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// A value stands as in `entry_field`. Records of several tables have fields and values refer to
/// records of any kind, so that no foreign key can name either. What was stored before has no values.
const SQL: &str = "
ALTER TABLE term ADD COLUMN custom_fields text;
ALTER TABLE author ADD COLUMN custom_fields text;
ALTER TABLE asset ADD COLUMN custom_fields text;
CREATE TABLE record_field (
  record_id {uuid} NOT NULL,
  name {key} NOT NULL,
  value_key {key} NOT NULL,
  kind {key} NOT NULL,
  created_at {time} NOT NULL,
  ref_id {uuid},
  PRIMARY KEY (record_id, name, value_key)
){clustered};
CREATE INDEX record_field_value ON record_field (name, value_key, kind, created_at, record_id);
CREATE INDEX record_field_ref ON record_field (ref_id) WHERE ref_id IS NOT NULL;
";
