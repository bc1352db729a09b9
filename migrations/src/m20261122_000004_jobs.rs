//! Jobs: what is to be done later or outside of the database, written with the change that wants it.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the table, and the indexes of what jobs look for.
pub(super) const STEP: Step = Step {
    name: "m20261122_000004_jobs",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// The workers look for what is due by indexes that hold nothing else; their conditions are literal,
/// because SQLite never matches a bound value to one.
const SQL: &str = "
CREATE TABLE job (
  id {uuid} NOT NULL PRIMARY KEY,
  kind {key} NOT NULL,
  payload text NOT NULL,
  dedupe {key},
  state {key} NOT NULL,
  run_at {time} NOT NULL,
  attempts bigint NOT NULL,
  max_attempts bigint NOT NULL,
  lease_id {uuid},
  lease_ends_at {time},
  last_error text,
  actor text NOT NULL,
  request_id text,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX job_dedupe ON job (dedupe) WHERE state = 'waiting';
CREATE INDEX job_due ON job (run_at, id) WHERE state = 'waiting';
CREATE INDEX job_leased ON job (lease_ends_at, id) WHERE state = 'running';
CREATE INDEX job_dead ON job (run_at, id) WHERE state = 'dead';
CREATE INDEX job_run_at ON job (run_at, id);
CREATE INDEX entry_scheduled ON entry (scheduled_at, id) WHERE scheduled_at IS NOT NULL;
CREATE INDEX audit_address ON audit (at, sequence) WHERE address IS NOT NULL;
CREATE INDEX session_ended ON session (ended_at, id) WHERE ended_at IS NOT NULL;
";
