//! Accounts: passwords, roles, sessions, what slows guessing down; the audit log says from where.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the tables.
pub(super) const STEP: Step = Step {
    name: "m20261122_000002_accounts",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    let mut all = super::statements(SQL, backend);
    if backend == DbBackend::Postgres {
        // What stands in an index is compared byte by byte, as SQLite does without being told.
        all.insert(
            0,
            "ALTER TABLE audit ALTER COLUMN actor TYPE text COLLATE \"C\"".to_owned(),
        );
    }
    all
}

/// A session is looked up with its account and roles for every request of somebody signed in: by
/// primary key, in one statement.
const SQL: &str = "
ALTER TABLE audit ADD COLUMN event {key};
ALTER TABLE audit ADD COLUMN edition_id {uuid};
ALTER TABLE audit ADD COLUMN request_id text;
ALTER TABLE audit ADD COLUMN note text;
CREATE INDEX audit_actor ON audit (actor, sequence);
CREATE TABLE user_password (
  user_id {uuid} NOT NULL PRIMARY KEY REFERENCES user_account (id) ON DELETE CASCADE,
  hash text NOT NULL,
  changed_at {time} NOT NULL
){clustered};
CREATE TABLE role_grant (
  user_id {uuid} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  edition_id {uuid} REFERENCES edition (id),
  role {key} NOT NULL,
  created_at {time} NOT NULL,
  PRIMARY KEY (user_id, position)
){clustered};
CREATE INDEX role_grant_edition ON role_grant (edition_id);
CREATE UNIQUE INDEX role_grant_once ON role_grant (user_id, edition_id) WHERE edition_id IS NOT NULL;
CREATE UNIQUE INDEX role_grant_site ON role_grant (user_id) WHERE edition_id IS NULL;
CREATE TABLE session (
  id {uuid} NOT NULL PRIMARY KEY,
  user_id {uuid} NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  created_at {time} NOT NULL,
  used_at {time} NOT NULL,
  expires_at {time} NOT NULL,
  ended_at {time},
  end_reason text
){clustered};
CREATE INDEX session_account ON session (user_id);
CREATE INDEX session_expires ON session (expires_at, id);
CREATE TABLE refresh_token (
  hash {key} NOT NULL PRIMARY KEY,
  session_id {uuid} NOT NULL REFERENCES session (id) ON DELETE CASCADE,
  created_at {time} NOT NULL,
  used_at {time}
){clustered};
CREATE INDEX refresh_token_session ON refresh_token (session_id);
CREATE TABLE sign_in_throttle (
  subject {key} NOT NULL PRIMARY KEY,
  failures bigint NOT NULL,
  failed_at {time} NOT NULL,
  retry_at {time} NOT NULL
){clustered};
CREATE INDEX sign_in_throttle_failed ON sign_in_throttle (failed_at, subject);
";
