//! Revisions of entries.

use domain::{
    Result,
    access::ReadScope,
    id::{EntryId, Id},
    paging::{Key, Page, PageArgs},
    revisions::Revision,
};
use uuid::Uuid;

use crate::{Reader, lists::Order, sql::Sql};

impl Reader<'_> {
    /// A page of an entry's revisions, the newest first; empty for those who do not see inside.
    pub async fn revisions(
        &self,
        scope: &ReadScope,
        entry: EntryId,
        page: &PageArgs,
    ) -> Result<Page<Revision>> {
        let order = Order {
            name: "-version",
            key: "v.version",
            id: "v.id",
            descending: true,
        };
        let mut edition = Sql::new("SELECT edition_id FROM entry WHERE id = ");
        edition.bind(entry.uuid());
        let nothing = Page {
            total: page.with_total.then_some(0),
            ..Page::default()
        };
        let Some(mut row) = self.query_one(edition).await? else {
            return Ok(nothing);
        };
        if !scope.sees_inside(Id::from_uuid(row.get()?)) {
            return Ok(nothing);
        }
        let mut from_where = Sql::new(" FROM revision v WHERE v.entry_id = ");
        from_where.bind(entry.uuid());
        let total = self.total(&from_where, page).await?;
        let mut sql =
            Sql::new("SELECT v.id, v.version, v.title, v.status, v.actor, v.note, v.created_at");
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        order.collect(page, rows, total, |row| {
            let id: Uuid = row.get()?;
            let revision = Revision {
                id: Id::from_uuid(id),
                entry,
                version: row.get()?,
                title: row.get()?,
                status: row.parse()?,
                actor: row.get()?,
                note: row.get()?,
                created_at: row.get()?,
            };
            let key = Key::Int(revision.version);
            Ok((revision, key, id))
        })
    }
}
