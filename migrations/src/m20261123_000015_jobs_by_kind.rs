//! Jobs are listed by what they do.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Adds the index of the jobs of a kind, in the order of their times.
pub(super) const STEP: Step = Step {
    name: "m20261123_000015_jobs_by_kind",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

const SQL: &str = "
CREATE INDEX job_kind ON job (kind, run_at, id);
";
