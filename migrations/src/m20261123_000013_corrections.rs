//! Corrections: what was put right in an article; and when each state of an entry was replaced, so
//! that it can be shown as it was.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the columns and indexes.
pub(super) const STEP: Step = Step {
    name: "m20261123_000013_corrections",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// What was replaced before had no time of that: it is that at which the next state was saved, or the
/// entry itself, if there is none. Edits that were never public cannot be told from others there.
/// Entries that are to be taken back are looked for when a worker starts.
const SQL: &str = "
ALTER TABLE article ADD COLUMN corrections text;
ALTER TABLE revision ADD COLUMN kept_at {time};
UPDATE revision SET kept_at = coalesce(
  (SELECT n.created_at FROM revision n WHERE n.entry_id = revision.entry_id AND n.version > revision.version AND NOT n.is_pending ORDER BY n.version LIMIT 1),
  (SELECT e.updated_at FROM entry e WHERE e.id = revision.entry_id)
) WHERE NOT is_pending;
CREATE INDEX revision_kept ON revision (entry_id, kept_at, version);
CREATE INDEX entry_unpublish ON entry (unpublish_at, id) WHERE unpublish_at IS NOT NULL;
";
