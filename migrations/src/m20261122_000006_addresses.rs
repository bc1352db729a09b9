//! Addresses: redirects that lead to categories, tags, authors and newsletters, and the corrections
//! of articles.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the columns and the table.
pub(super) const STEP: Step = Step {
    name: "m20261122_000006_addresses",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

const SQL: &str = "
ALTER TABLE route ADD COLUMN term_id {uuid} REFERENCES term (id) ON DELETE CASCADE;
ALTER TABLE route ADD COLUMN author_id {uuid} REFERENCES author (id) ON DELETE CASCADE;
ALTER TABLE route ADD COLUMN newsletter_id {uuid} REFERENCES newsletter (id) ON DELETE CASCADE;
CREATE INDEX route_term ON route (term_id);
CREATE INDEX route_author ON route (author_id);
CREATE INDEX route_newsletter ON route (newsletter_id);
";
