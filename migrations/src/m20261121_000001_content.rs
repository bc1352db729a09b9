//! The content store: site, editions, entries of every kind, terms, authors, media, galleries,
//! collections, newsletters, menus, comments, redirects, revisions, audit, outbox, imports.

use sea_orm_migration::sea_orm::DbBackend;

use super::Step;

/// Makes the tables.
pub(super) const STEP: Step = Step {
    name: "m20261121_000001_content",
    make,
};

fn make(backend: DbBackend) -> Vec<String> {
    let mut all = super::statements(SQL, backend);
    all.extend(counting(backend));
    all
}

/// Triggers that count up `record_generation` with every change of what is kept in memory. On
/// PostgreSQL they wait for the commit: the one row is then the last a transaction locks, and only
/// for a moment.
fn counting(backend: DbBackend) -> Vec<String> {
    const TABLES: [&str; 5] = ["edition", "term", "term_text", "author", "author_text"];
    if backend == DbBackend::Sqlite {
        let trigger = |table: &str, event: &str| {
            let name = event.to_lowercase();
            format!(
                "CREATE TRIGGER {table}_{name}_counted AFTER {event} ON {table} BEGIN UPDATE record_generation SET generation = generation + 1; END"
            )
        };
        let of = |table| ["INSERT", "UPDATE", "DELETE"].map(|event| trigger(table, event));
        return TABLES.into_iter().flat_map(of).collect();
    }
    let function = "CREATE FUNCTION count_record_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE record_generation SET generation = generation + 1 WHERE xmin <> pg_current_xact_id()::xid; RETURN NULL; END $$";
    let trigger = |table| {
        format!(
            "CREATE CONSTRAINT TRIGGER {table}_counted AFTER INSERT OR UPDATE OR DELETE ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_record_change()"
        )
    };
    std::iter::once(function.to_owned())
        .chain(TABLES.into_iter().map(trigger))
        .collect()
}

/// Every foreign key column is the head of an index; every list order ends with the id. What the
/// public lists read is in partial indexes whose condition is the literal the queries use.
const SQL: &str = "
CREATE TABLE site (
  id {key} NOT NULL PRIMARY KEY,
  name text NOT NULL,
  version bigint NOT NULL,
  updated_at {time} NOT NULL
);
CREATE TABLE edition (
  id {uuid} NOT NULL PRIMARY KEY,
  code {key} NOT NULL,
  name text NOT NULL,
  direction text NOT NULL,
  base_url text NOT NULL,
  title text NOT NULL,
  tagline text,
  fallback_id {uuid} REFERENCES edition (id),
  is_default boolean NOT NULL,
  position bigint NOT NULL,
  permalinks text NOT NULL,
  slug_style text NOT NULL,
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX edition_code ON edition (code);
CREATE INDEX edition_fallback ON edition (fallback_id);
CREATE TABLE user_account (
  id {uuid} NOT NULL PRIMARY KEY,
  email text NOT NULL,
  email_normal {key} NOT NULL,
  display_name text NOT NULL,
  is_active boolean NOT NULL,
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX user_account_email ON user_account (email_normal);
CREATE TABLE translation_group (
  id {uuid} NOT NULL PRIMARY KEY,
  created_at {time} NOT NULL
);
CREATE TABLE asset (
  id {uuid} NOT NULL PRIMARY KEY,
  kind {key} NOT NULL,
  storage_key text,
  remote_url text,
  file_name text NOT NULL,
  media_type text NOT NULL,
  size_bytes bigint,
  width bigint,
  height bigint,
  duration_ms bigint,
  focal_x double precision,
  focal_y double precision,
  licence text,
  is_public boolean NOT NULL,
  is_trashed boolean NOT NULL,
  owner_id {uuid} REFERENCES user_account (id),
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
){clustered};
CREATE INDEX asset_created ON asset (created_at, id);
CREATE INDEX asset_kind ON asset (kind, created_at, id);
CREATE INDEX asset_owner ON asset (owner_id);
CREATE TABLE asset_text (
  asset_id {uuid} NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  title text,
  alt text,
  caption text,
  credit text,
  description text,
  PRIMARY KEY (asset_id, edition_id)
){clustered};
CREATE INDEX asset_text_edition ON asset_text (edition_id);
CREATE TABLE term (
  id {uuid} NOT NULL PRIMARY KEY,
  taxonomy {key} NOT NULL,
  namespace {key} NOT NULL,
  parent_id {uuid} REFERENCES term (id),
  tree_path {key} NOT NULL,
  position bigint NOT NULL,
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
){clustered};
CREATE INDEX term_parent ON term (parent_id);
CREATE INDEX term_tree ON term (tree_path);
CREATE INDEX term_created ON term (taxonomy, created_at, id);
CREATE TABLE term_text (
  term_id {uuid} NOT NULL REFERENCES term (id) ON DELETE CASCADE,
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  taxonomy {key} NOT NULL,
  namespace {key} NOT NULL,
  name text NOT NULL,
  name_key {key} NOT NULL,
  slug {key} NOT NULL,
  slug_path {key} NOT NULL,
  description text,
  PRIMARY KEY (term_id, edition_id)
){clustered};
CREATE UNIQUE INDEX term_text_slug ON term_text (edition_id, taxonomy, namespace, slug);
CREATE INDEX term_text_name ON term_text (edition_id, taxonomy, name_key, term_id);
CREATE TABLE author (
  id {uuid} NOT NULL PRIMARY KEY,
  website text,
  avatar_id {uuid} REFERENCES asset (id),
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
){clustered};
CREATE INDEX author_avatar ON author (avatar_id);
CREATE TABLE author_text (
  author_id {uuid} NOT NULL REFERENCES author (id) ON DELETE CASCADE,
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  name text NOT NULL,
  name_key {key} NOT NULL,
  slug {key} NOT NULL,
  job_title text,
  bio text,
  PRIMARY KEY (author_id, edition_id)
){clustered};
CREATE UNIQUE INDEX author_text_slug ON author_text (edition_id, slug);
CREATE INDEX author_text_name ON author_text (edition_id, name_key, author_id);
CREATE TABLE record_generation (
  id bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  generation bigint NOT NULL
);
INSERT INTO record_generation (id, generation) VALUES (1, 0);
CREATE TABLE entry (
  id {uuid} NOT NULL PRIMARY KEY,
  kind {key} NOT NULL,
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  group_id {uuid} NOT NULL REFERENCES translation_group (id),
  translated_from_id {uuid} REFERENCES entry (id),
  translated_from_version bigint,
  parent_id {uuid} REFERENCES entry (id),
  slug_scope {key} NOT NULL,
  slug {key} NOT NULL,
  path {key} NOT NULL,
  title text NOT NULL,
  title_key {key} NOT NULL,
  status {key} NOT NULL,
  version bigint NOT NULL,
  has_pending_changes boolean NOT NULL,
  scheduled_at {time},
  published_at {time},
  sort_at {time} NOT NULL,
  is_featured boolean NOT NULL,
  owner_id {uuid} REFERENCES user_account (id),
  guid {key},
  excerpt text,
  derived_excerpt text NOT NULL,
  word_count bigint NOT NULL,
  reading_time_minutes bigint NOT NULL,
  comments_open boolean NOT NULL,
  comment_count bigint NOT NULL,
  seo text,
  private_data text,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX entry_slug ON entry (edition_id, kind, slug, slug_scope);
CREATE UNIQUE INDEX entry_guid ON entry (guid) WHERE guid IS NOT NULL;
CREATE UNIQUE INDEX entry_group ON entry (group_id, edition_id);
CREATE INDEX entry_translated_from ON entry (translated_from_id);
CREATE INDEX entry_parent ON entry (parent_id);
CREATE INDEX entry_owner ON entry (owner_id);
CREATE INDEX entry_live ON entry (kind, edition_id, sort_at, id) WHERE status = 'published';
CREATE INDEX entry_live_all ON entry (kind, sort_at, id) WHERE status = 'published';
CREATE INDEX entry_live_updated ON entry (kind, edition_id, updated_at, id) WHERE status = 'published';
CREATE INDEX entry_live_title ON entry (kind, edition_id, title_key, id) WHERE status = 'published';
CREATE INDEX entry_live_featured ON entry (kind, edition_id, is_featured, sort_at, id) WHERE status = 'published';
CREATE INDEX entry_status ON entry (kind, edition_id, status, sort_at, id);
CREATE TABLE article (
  entry_id {uuid} NOT NULL PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
  subtitle text,
  primary_category_id {uuid} REFERENCES term (id),
  source_outlet {key},
  source_credit text,
  post_format text
){clustered};
CREATE INDEX article_primary_category ON article (primary_category_id);
CREATE INDEX article_source ON article (source_outlet);
CREATE TABLE page (
  entry_id {uuid} NOT NULL PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
  position bigint NOT NULL
){clustered};
CREATE TABLE entry_body (
  entry_id {uuid} NOT NULL PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
  parser_version bigint NOT NULL,
  source_format text NOT NULL,
  source text NOT NULL,
  html text NOT NULL,
  markdown text NOT NULL,
  plain_text text NOT NULL,
  blocks text NOT NULL
);
CREATE TABLE entry_term (
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  term_id {uuid} NOT NULL REFERENCES term (id),
  position bigint NOT NULL,
  is_direct boolean NOT NULL,
  kind {key} NOT NULL,
  edition_id {uuid} NOT NULL,
  status {key} NOT NULL,
  sort_at {time} NOT NULL,
  PRIMARY KEY (entry_id, term_id)
){clustered};
CREATE INDEX entry_term_live ON entry_term (term_id, kind, edition_id, sort_at, entry_id) WHERE status = 'published';
CREATE INDEX entry_term_live_all ON entry_term (term_id, kind, sort_at, entry_id) WHERE status = 'published';
CREATE INDEX entry_term_term ON entry_term (term_id);
CREATE TABLE entry_contribution (
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  author_id {uuid} REFERENCES author (id),
  name text,
  role text NOT NULL,
  kind {key} NOT NULL,
  edition_id {uuid} NOT NULL,
  status {key} NOT NULL,
  sort_at {time} NOT NULL,
  PRIMARY KEY (entry_id, position)
){clustered};
CREATE INDEX entry_contribution_live ON entry_contribution (author_id, kind, edition_id, sort_at, entry_id) WHERE status = 'published';
CREATE INDEX entry_contribution_live_all ON entry_contribution (author_id, kind, sort_at, entry_id) WHERE status = 'published';
CREATE INDEX entry_contribution_author ON entry_contribution (author_id);
CREATE TABLE entry_asset (
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  role {key} NOT NULL,
  position bigint NOT NULL,
  asset_id {uuid} NOT NULL REFERENCES asset (id),
  caption text,
  alt text,
  PRIMARY KEY (entry_id, role, position)
){clustered};
CREATE INDEX entry_asset_asset ON entry_asset (asset_id);
CREATE TABLE entry_related (
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  related_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  PRIMARY KEY (entry_id, position)
){clustered};
CREATE INDEX entry_related_related ON entry_related (related_id);
CREATE TABLE gallery (
  id {uuid} NOT NULL PRIMARY KEY,
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
);
CREATE INDEX gallery_created ON gallery (created_at, id);
CREATE TABLE gallery_text (
  gallery_id {uuid} NOT NULL REFERENCES gallery (id) ON DELETE CASCADE,
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  title text NOT NULL,
  slug {key} NOT NULL,
  description text,
  PRIMARY KEY (gallery_id, edition_id)
){clustered};
CREATE UNIQUE INDEX gallery_text_slug ON gallery_text (edition_id, slug);
CREATE TABLE gallery_item (
  gallery_id {uuid} NOT NULL REFERENCES gallery (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  asset_id {uuid} NOT NULL REFERENCES asset (id),
  captions text,
  PRIMARY KEY (gallery_id, position)
){clustered};
CREATE INDEX gallery_item_asset ON gallery_item (asset_id);
CREATE TABLE entry_gallery (
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  gallery_id {uuid} NOT NULL REFERENCES gallery (id),
  PRIMARY KEY (entry_id, position)
){clustered};
CREATE INDEX entry_gallery_gallery ON entry_gallery (gallery_id);
CREATE TABLE collection (
  id {uuid} NOT NULL PRIMARY KEY,
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  slug {key} NOT NULL,
  title text NOT NULL,
  description text,
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX collection_slug ON collection (edition_id, slug);
CREATE INDEX collection_created ON collection (created_at, id);
CREATE TABLE collection_item (
  collection_id {uuid} NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  PRIMARY KEY (collection_id, position)
){clustered};
CREATE INDEX collection_item_entry ON collection_item (entry_id);
CREATE TABLE newsletter (
  id {uuid} NOT NULL PRIMARY KEY,
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  slug {key} NOT NULL,
  title text NOT NULL,
  description text,
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX newsletter_slug ON newsletter (edition_id, slug);
CREATE INDEX newsletter_created ON newsletter (created_at, id);
CREATE TABLE issue (
  entry_id {uuid} NOT NULL PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
  newsletter_id {uuid} NOT NULL REFERENCES newsletter (id),
  number bigint NOT NULL,
  outro text
);
CREATE UNIQUE INDEX issue_number ON issue (newsletter_id, number);
CREATE TABLE issue_item (
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  section bigint NOT NULL,
  position bigint NOT NULL,
  heading text,
  article_id {uuid} REFERENCES entry (id),
  title text,
  summary text,
  note text,
  PRIMARY KEY (entry_id, section, position)
){clustered};
CREATE INDEX issue_item_article ON issue_item (article_id);
CREATE TABLE menu (
  id {uuid} NOT NULL PRIMARY KEY,
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  location {key} NOT NULL,
  name text NOT NULL,
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL
);
CREATE UNIQUE INDEX menu_location ON menu (edition_id, location);
CREATE TABLE menu_item (
  menu_id {uuid} NOT NULL REFERENCES menu (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  depth bigint NOT NULL,
  label text NOT NULL,
  hint text,
  opens_new_window boolean NOT NULL,
  entry_id {uuid} REFERENCES entry (id),
  term_id {uuid} REFERENCES term (id),
  author_id {uuid} REFERENCES author (id),
  url text,
  PRIMARY KEY (menu_id, position)
){clustered};
CREATE INDEX menu_item_entry ON menu_item (entry_id);
CREATE INDEX menu_item_term ON menu_item (term_id);
CREATE INDEX menu_item_author ON menu_item (author_id);
CREATE TABLE comment (
  id {uuid} NOT NULL PRIMARY KEY,
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  entry_kind text NOT NULL,
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  parent_id {uuid} REFERENCES comment (id),
  status {key} NOT NULL,
  author_name text NOT NULL,
  author_email text,
  author_url text,
  body_html text NOT NULL,
  body_text text NOT NULL,
  reply_count bigint NOT NULL,
  version bigint NOT NULL,
  created_at {time} NOT NULL
);
CREATE INDEX comment_live ON comment (entry_id, created_at, id) WHERE status = 'approved';
CREATE INDEX comment_live_thread ON comment (parent_id, created_at, id) WHERE status = 'approved';
CREATE INDEX comment_live_all ON comment (created_at, id) WHERE status = 'approved';
CREATE INDEX comment_entry ON comment (entry_id, created_at, id);
CREATE INDEX comment_parent ON comment (parent_id);
CREATE INDEX comment_edition ON comment (edition_id);
CREATE TABLE route (
  edition_id {uuid} NOT NULL REFERENCES edition (id),
  path {key} NOT NULL,
  role {key} NOT NULL,
  redirect_id {uuid},
  entry_id {uuid} REFERENCES entry (id) ON DELETE CASCADE,
  url text,
  is_permanent boolean NOT NULL,
  version bigint NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  PRIMARY KEY (edition_id, path)
){clustered};
CREATE UNIQUE INDEX route_redirect ON route (redirect_id);
CREATE INDEX route_entry ON route (entry_id);
CREATE TABLE revision (
  id {uuid} NOT NULL PRIMARY KEY,
  entry_id {uuid} NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
  version bigint NOT NULL,
  format bigint NOT NULL,
  is_pending boolean NOT NULL,
  title text NOT NULL,
  status text NOT NULL,
  snapshot text NOT NULL,
  actor text NOT NULL,
  note text,
  created_at {time} NOT NULL
);
CREATE UNIQUE INDEX revision_version ON revision (entry_id, version);
CREATE TABLE audit (
  sequence {serial},
  at {time} NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  target_kind {key} NOT NULL,
  target_id {key} NOT NULL,
  fields text,
  address text
);
CREATE INDEX audit_target ON audit (target_kind, target_id, sequence);
CREATE TABLE outbox (
  sequence {serial},
  at {time} NOT NULL,
  name text NOT NULL,
  target_id text NOT NULL,
  edition_id {uuid}
);
CREATE TABLE import_record (
  source {key} NOT NULL,
  kind {key} NOT NULL,
  external_id {key} NOT NULL,
  target_kind text NOT NULL,
  target_id {uuid} NOT NULL,
  content_hash text NOT NULL,
  target_version bigint NOT NULL,
  PRIMARY KEY (source, kind, external_id)
){clustered};
CREATE INDEX import_record_target ON import_record (target_id);
CREATE TABLE import_deferred (
  sequence {serial},
  source {key} NOT NULL,
  kind {key} NOT NULL,
  subject {key} NOT NULL,
  payload text NOT NULL
);
CREATE INDEX import_deferred_kind ON import_deferred (source, kind, sequence);
CREATE INDEX import_deferred_subject ON import_deferred (source, kind, subject);
CREATE TABLE import_link (
  group_key {key} NOT NULL,
  source {key} NOT NULL,
  kind {key} NOT NULL,
  external_id {key} NOT NULL,
  PRIMARY KEY (source, kind, external_id)
){clustered};
CREATE INDEX import_link_group ON import_link (group_key);
";
