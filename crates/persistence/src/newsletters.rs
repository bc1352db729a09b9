//! Newsletters; their issues are entries.

use std::collections::HashMap;

use domain::{
    Result,
    access::{Permit, ReadScope},
    events::{CacheTag, ContentEvent, RecordKind},
    id::{EditionId, Id, NewsletterId},
    newsletters::{Newsletter, NewsletterDraft},
    paging::{Key, ListOrder, Page, PageArgs},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    lists::Order,
    sql::{Row, Sql},
    write_tx::Save,
};

const COLUMNS: &str =
    "n.id, n.edition_id, n.slug, n.title, n.description, n.version, n.created_at, n.updated_at";

fn read(row: &mut Row) -> Result<Newsletter> {
    Ok(Newsletter {
        id: Id::from_uuid(row.get()?),
        edition: Id::from_uuid(row.get()?),
        slug: row.get()?,
        title: row.get()?,
        description: row.get()?,
        version: row.get()?,
        created_at: row.get()?,
        updated_at: row.get()?,
    })
}

impl Reader<'_> {
    /// A page of newsletters, the oldest first.
    pub async fn newsletters(
        &self,
        scope: &ReadScope,
        edition: Option<EditionId>,
        page: &PageArgs,
    ) -> Result<Page<Newsletter>> {
        scope.note(CacheTag::Records(RecordKind::Newsletter));
        let order = Order {
            list: ListOrder::by_time("createdAt"),
            key: "n.created_at",
            id: "n.id",
            descending: false,
        };
        let mut from_where = Sql::new(" FROM newsletter n WHERE 1 = 1");
        if let Some(edition) = edition {
            from_where.push(" AND n.edition_id = ").bind(edition.uuid());
        }
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        order.collect(page, rows, total, |row| {
            let newsletter = read(row)?;
            let (key, id) = (Key::Time(newsletter.created_at), newsletter.id.uuid());
            Ok((newsletter, key, id))
        })
    }

    /// Newsletters by id; absent ones are missing in the answer.
    pub async fn newsletters_by_ids(
        &self,
        scope: &ReadScope,
        ids: &[NewsletterId],
    ) -> Result<HashMap<NewsletterId, Newsletter>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut sql = Sql::new(&format!(
            "SELECT {COLUMNS} FROM newsletter n WHERE n.id IN "
        ));
        sql.id_list(&uuids);
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| read(row).map(|newsletter| (newsletter.id, newsletter)))
            .collect()
    }

    /// The number after the greatest one of a series.
    pub async fn next_issue_number(&self, newsletter: NewsletterId) -> Result<i64> {
        let mut sql =
            Sql::new("SELECT coalesce(max(i.number), 0) + 1 FROM issue i WHERE i.newsletter_id = ");
        sql.bind(newsletter.uuid());
        match self.query_one(sql).await? {
            Some(mut row) => row.get(),
            None => Ok(1),
        }
    }

    /// One newsletter by slug.
    pub async fn newsletter_by_slug(
        &self,
        scope: &ReadScope,
        edition: EditionId,
        slug: &str,
    ) -> Result<Option<Newsletter>> {
        scope.note(CacheTag::Records(RecordKind::Newsletter));
        let mut sql = Sql::new(&format!(
            "SELECT {COLUMNS} FROM newsletter n WHERE n.edition_id = "
        ));
        sql.bind(edition.uuid())
            .push(" AND n.slug = ")
            .bind(slug.to_owned());
        self.query_one(sql).await?.as_mut().map(read).transpose()
    }
}

impl WriteTx {
    /// Saves a new newsletter (`version` 1) or the whole of an existing one. The slug is final.
    pub async fn save_newsletter(
        &mut self,
        permit: &Permit,
        save: Save<NewsletterId>,
        draft: &NewsletterDraft,
    ) -> Result<()> {
        let Save { id, version, at } = save;
        permit.covers(RecordKind::Newsletter, id)?;
        let mut sql = Sql::default();
        if version == 1 {
            sql.push("INSERT INTO newsletter (id, edition_id, slug, title, description, version, created_at, updated_at) VALUES (");
            sql.bind_all([
                Value::from(id.uuid()),
                draft.edition.uuid().into(),
                draft.slug.clone().into(),
                draft.title.clone().into(),
                draft.description.clone().into(),
                1_i64.into(),
                at.into(),
                at.into(),
            ]);
            sql.push(")");
        } else {
            sql.push("UPDATE newsletter SET slug = ")
                .bind(draft.slug.clone())
                .push(", title = ")
                .bind(draft.title.clone())
                .push(", description = ")
                .bind(draft.description.clone());
            sql.push(", version = ")
                .bind(version)
                .push(", updated_at = ")
                .bind(at)
                .push(" WHERE id = ")
                .bind(id.uuid())
                .push(" AND version = ")
                .bind(version - 1);
        }
        if self.execute(sql).await? == 0 {
            return Err(self.stale(RecordKind::Newsletter, id.uuid()).await);
        }
        let verb = if version == 1 { "created" } else { "updated" };
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Newsletter, verb, id, Some(draft.edition)),
        );
        Ok(())
    }
}
