//! API keys, what is sent to people and used once, confirmed addresses.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the tables.
pub(super) const STEP: Step = Step {
    name: "m20261122_000007_keys",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// A key is looked up by its hash for every request that shows one. What is used once is kept as a
/// hash, too.
const SQL: &str = "
ALTER TABLE user_account ADD COLUMN email_confirmed_at {time};
CREATE TABLE api_key (
  id {uuid} NOT NULL PRIMARY KEY,
  hash {key} NOT NULL,
  prefix text NOT NULL,
  name text NOT NULL,
  scopes text NOT NULL,
  user_id {uuid} REFERENCES user_account (id),
  requests_per_minute bigint,
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  expires_at {time},
  used_at {time},
  revoked_at {time}
){clustered};
CREATE UNIQUE INDEX api_key_hash ON api_key (hash);
CREATE INDEX api_key_user ON api_key (user_id, created_at, id);
CREATE INDEX api_key_created ON api_key (created_at, id);
CREATE TABLE one_time_token (
  hash {key} NOT NULL PRIMARY KEY,
  purpose {key} NOT NULL,
  user_id {uuid} REFERENCES user_account (id) ON DELETE CASCADE,
  payload text,
  created_at {time} NOT NULL,
  expires_at {time} NOT NULL
){clustered};
CREATE INDEX one_time_token_user ON one_time_token (user_id, purpose);
CREATE INDEX one_time_token_purpose ON one_time_token (purpose);
CREATE INDEX one_time_token_expires ON one_time_token (expires_at, hash);
";
