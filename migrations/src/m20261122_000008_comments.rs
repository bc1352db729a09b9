//! Comments: what is below one that is hidden, when one was changed, who sees them first.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Adds the columns, and the index of what waits.
pub(super) const STEP: Step = Step {
    name: "m20261122_000008_comments",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// `is_below_hidden`: whether one above it is not shown; empty as false. `updated_at`: empty as long
/// as nobody touched it. `comment_policy`: `before`, `after` or `closed`; empty as `before`.
const SQL: &str = "
ALTER TABLE comment ADD COLUMN is_below_hidden boolean;
ALTER TABLE comment ADD COLUMN updated_at {time};
CREATE INDEX comment_waiting ON comment (created_at, id) WHERE status = 'pending';
ALTER TABLE site ADD COLUMN comment_policy {key};
";
