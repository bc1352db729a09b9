//! Identities: who of the people of an outside issuer has which account.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the table.
pub(super) const STEP: Step = Step {
    name: "m20261122_000012_identities",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// Looked up for every request with a token of an outside issuer, by primary key.
const SQL: &str = "
CREATE TABLE user_identity (
  issuer {key} NOT NULL,
  subject {key} NOT NULL,
  user_id {uuid} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  created_at {time} NOT NULL,
  PRIMARY KEY (issuer, subject)
){clustered};
CREATE INDEX user_identity_account ON user_identity (user_id);
";
