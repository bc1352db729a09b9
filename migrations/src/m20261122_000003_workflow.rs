//! Workflow: which version readers see, who saved it, when an entry is taken back, and the one edit
//! of a published entry that waits.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the columns.
pub(super) const STEP: Step = Step {
    name: "m20261122_000003_workflow",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// What was stored before has neither: its live version is the current one, and who saved it stands
/// in the audit log.
const SQL: &str = "
ALTER TABLE entry ADD COLUMN live_version bigint;
ALTER TABLE entry ADD COLUMN unpublish_at {time};
ALTER TABLE entry ADD COLUMN saved_by text;
ALTER TABLE entry ADD COLUMN saved_note text;
CREATE UNIQUE INDEX revision_pending ON revision (entry_id) WHERE is_pending;
";
