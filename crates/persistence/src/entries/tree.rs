//! The tree pages stand in, whoever may see it: paths are made of the slugs of those above.

use domain::{
    Result,
    access::{Actor, Permit, ReadScope},
    content::ContentKind,
    events::ContentEvent,
    id::{EditionId, EntryId},
    revisions::Snapshot,
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    sql::{Row, Sql, to_json},
};

/// A page in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Above {
    /// Its id.
    pub id: EntryId,
    /// Its edition.
    pub edition: EditionId,
    /// Its slug.
    pub slug: String,
}

impl Above {
    fn read(row: &mut Row) -> Result<Self> {
        let id: Uuid = row.get()?;
        Ok(Self {
            id: EntryId::new(ContentKind::Page, id),
            edition: EditionId::from_uuid(row.get()?),
            slug: row.get()?,
        })
    }
}

impl Reader<'_> {
    /// A page and those above it, from itself up; at most so many.
    pub async fn pages_above(&self, page: EntryId, most: u32) -> Result<Vec<Above>> {
        let mut sql = Sql::new(
            "WITH RECURSIVE above (id, edition_id, slug, parent_id, level) AS (\
             SELECT e.id, e.edition_id, e.slug, e.parent_id, 1 FROM entry e WHERE e.kind = 'page' AND e.id = ",
        );
        sql.bind(page.uuid()).push(
            " UNION ALL SELECT e.id, e.edition_id, e.slug, e.parent_id, a.level + 1 \
             FROM above a JOIN entry e ON e.id = a.parent_id WHERE a.level < ",
        );
        sql.push(&most.to_string())
            .push(") SELECT id, edition_id, slug FROM above ORDER BY level");
        self.query(sql).await?.iter_mut().map(Above::read).collect()
    }
}

/// A page that stands below another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below {
    /// Its id.
    pub id: EntryId,
    /// The page right above it.
    pub parent: EntryId,
    /// Its edition.
    pub edition: EditionId,
    /// Its slug.
    pub slug: String,
    /// Its path.
    pub path: String,
    /// Orders lists; paths may hold it.
    pub sort_at: Timestamp,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether an edit of it waits.
    pub has_pending_changes: bool,
}

/// A page whose path changes because one above it moved.
#[derive(Debug)]
pub struct Followed<'a> {
    /// The page.
    pub page: &'a Below,
    /// Its new path.
    pub path: String,
    /// Whether readers could ever open it.
    pub was_public: bool,
    /// An id for the redirect from the old path.
    pub redirect: Uuid,
    /// When.
    pub at: Timestamp,
}

impl WriteTx {
    /// The pages below one, those nearest to it first; at most so many.
    pub async fn pages_below(&self, page: EntryId, most: u32) -> Result<Vec<Below>> {
        let mut sql = Sql::new(
            "WITH RECURSIVE below (id, level) AS (SELECT e.id, 1 FROM entry e WHERE e.parent_id = ",
        );
        sql.bind(page.uuid()).push(&format!(
            " UNION ALL SELECT e.id, b.level + 1 FROM below b JOIN entry e ON e.parent_id = b.id WHERE b.level < 50) \
             SELECT e.id, e.parent_id, e.edition_id, e.slug, e.path, e.sort_at, e.published_at, e.updated_at, e.created_at, e.has_pending_changes \
             FROM below b JOIN entry e ON e.id = b.id ORDER BY b.level, e.id LIMIT {most}"
        ));
        let page_id = |id| EntryId::new(ContentKind::Page, id);
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                Ok(Below {
                    id: page_id(row.get()?),
                    parent: page_id(row.get()?),
                    edition: EditionId::from_uuid(row.get()?),
                    slug: row.get()?,
                    path: row.get()?,
                    sort_at: row.get()?,
                    published_at: row.get()?,
                    updated_at: row.get()?,
                    created_at: row.get()?,
                    has_pending_changes: row.get()?,
                })
            })
            .collect()
    }

    /// Gives a page the path that follows from where those above it stand now: no change of its own,
    /// so that it keeps its version. `permit`: for the page that moved.
    pub async fn follow_path(&mut self, permit: &Permit, followed: Followed<'_>) -> Result<()> {
        let (page, path) = (followed.page, followed.path);
        permit.covers(domain::events::RecordKind::Page, &permit.target().id)?;
        let mut sql = Sql::new("UPDATE entry SET path = ");
        sql.bind(path.clone())
            .push(" WHERE id = ")
            .bind(page.id.uuid());
        self.execute(sql).await?;
        let moved = super::write::Address {
            entry: page.id,
            edition: page.edition,
            path: &path,
            created_at: page.created_at,
            updated_at: followed.at,
        };
        self.move_path(moved, followed.was_public, followed.redirect)
            .await?;
        let event = ContentEvent::new(page.id.kind.into(), "updated", page.id, Some(page.edition));
        self.tell(followed.at, event);
        Ok(())
    }

    /// The edit of an entry that waits, whoever may see it.
    pub async fn waiting(&self, entry: EntryId) -> Result<Option<Snapshot>> {
        let everything = ReadScope::of(&Actor::System("store"));
        let pending = self.reader().pending(&everything, entry).await?;
        Ok(pending.map(|pending| pending.snapshot))
    }

    /// Puts another state in the place of the edit that waits.
    pub async fn replace_pending(&self, page: EntryId, snapshot: &Snapshot) -> Result<()> {
        let mut sql = Sql::new("UPDATE revision SET snapshot = ");
        sql.bind(to_json(snapshot)?)
            .push(" WHERE is_pending AND entry_id = ")
            .bind(page.uuid());
        self.execute(sql).await.map(|_rows| ())
    }
}
