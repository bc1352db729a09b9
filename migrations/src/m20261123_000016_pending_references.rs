//! What edits that wait name: they are documents, in which nothing else could find it. And how the
//! paths end that categories had: by that they are looked for.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the table and the column.
pub(super) const STEP: Step = Step {
    name: "m20261123_000016_pending_references",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    super::statements(SQL, backend)
}

/// One row for each record an edit that waits names, in the column of its kind, and one for the
/// entry itself, by which the edits that still lack their rows are found: the program makes them
/// after this step. What a path ends with is what is left of it without all up to its last slash.
const SQL: &str = "
CREATE TABLE pending_reference (
  revision_id {uuid} NOT NULL REFERENCES revision (id) ON DELETE CASCADE,
  ref_id {uuid} NOT NULL,
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  term_id {uuid} REFERENCES term (id),
  author_id {uuid} REFERENCES author (id),
  asset_id {uuid} REFERENCES asset (id),
  gallery_id {uuid} REFERENCES gallery (id),
  newsletter_id {uuid} REFERENCES newsletter (id),
  named_id {uuid} REFERENCES entry (id),
  PRIMARY KEY (revision_id, ref_id)
){clustered};
CREATE INDEX pending_reference_entry ON pending_reference (entry_id);
CREATE INDEX pending_reference_term ON pending_reference (term_id);
CREATE INDEX pending_reference_author ON pending_reference (author_id);
CREATE INDEX pending_reference_asset ON pending_reference (asset_id);
CREATE INDEX pending_reference_gallery ON pending_reference (gallery_id);
CREATE INDEX pending_reference_newsletter ON pending_reference (newsletter_id);
CREATE INDEX pending_reference_named ON pending_reference (named_id);
ALTER TABLE route ADD COLUMN last_segment {key};
UPDATE route SET last_segment = substr(path, length(rtrim(path, replace(path, '/', ''))) + 1) WHERE term_id IS NOT NULL;
CREATE INDEX route_last_segment ON route (edition_id, last_segment) WHERE last_segment IS NOT NULL;
";
