//! Idempotency keys: requests that were carried out, and what was answered.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the table.
pub(super) const STEP: Step = Step {
    name: "m20261122_000011_idempotency",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// The row is made by the change itself; its answer is added later, and may be missing.
const SQL: &str = "
CREATE TABLE idempotency_key (
  owner {key} NOT NULL,
  key {key} NOT NULL,
  fingerprint text NOT NULL,
  target text,
  status bigint,
  headers text,
  body text,
  created_at {time} NOT NULL,
  PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_key_created ON idempotency_key (created_at, owner, key);
";
