//! Collections and their entries.

use std::collections::{BTreeSet, HashMap};

use domain::{
    Result,
    access::{Permit, ReadScope},
    collections::{Collection, CollectionDraft},
    content::{Content, Parts},
    events::{CacheTag, ContentEvent, RecordKind},
    id::{CollectionId, EditionId, EntryId, Id},
    paging::{Key, ListOrder, Page, PageArgs},
};
use sea_orm::Value;

use crate::{
    Reader, WriteTx,
    entries::visible,
    lists::{List, Order},
    sql::{Row, Sql},
    write_tx::Save,
};

const COLUMNS: &str =
    "c.id, c.edition_id, c.slug, c.title, c.description, c.version, c.created_at, c.updated_at";

fn read(row: &mut Row) -> Result<Collection> {
    Ok(Collection {
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
    /// A page of collections, the newest first.
    pub async fn collections(
        &self,
        scope: &ReadScope,
        edition: Option<EditionId>,
        page: &PageArgs,
    ) -> Result<Page<Collection>> {
        scope.note(CacheTag::Records(RecordKind::Collection));
        let order = Order {
            list: ListOrder::by_time("-createdAt"),
            key: "c.created_at",
            id: "c.id",
            descending: true,
        };
        let mut from_where = Sql::new(" FROM collection c WHERE 1 = 1");
        if let Some(edition) = edition {
            from_where.push(" AND c.edition_id = ").bind(edition.uuid());
        }
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        order.collect(page, rows, total, |row| {
            let collection = read(row)?;
            let (key, id) = (Key::Time(collection.created_at), collection.id.uuid());
            Ok((collection, key, id))
        })
    }

    /// One collection by id.
    pub async fn collection(
        &self,
        scope: &ReadScope,
        id: CollectionId,
    ) -> Result<Option<Collection>> {
        scope.note(id.into());
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM collection c WHERE c.id = "));
        sql.bind(id.uuid());
        self.query_one(sql).await?.as_mut().map(read).transpose()
    }

    /// One collection by slug.
    pub async fn collection_by_slug(
        &self,
        scope: &ReadScope,
        edition: EditionId,
        slug: &str,
    ) -> Result<Option<Collection>> {
        scope.note(CacheTag::Records(RecordKind::Collection));
        let mut sql = Sql::new(&format!(
            "SELECT {COLUMNS} FROM collection c WHERE c.edition_id = "
        ));
        sql.bind(edition.uuid())
            .push(" AND c.slug = ")
            .bind(slug.to_owned());
        self.query_one(sql).await?.as_mut().map(read).transpose()
    }

    /// The same page of the visible entries of each of these collections, in the order the editor
    /// chose.
    pub async fn collection_items(
        &self,
        scope: &ReadScope,
        ids: &[CollectionId],
        page: &PageArgs,
        parts: Parts,
    ) -> Result<Vec<Page<Content>>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        let columns = Sql::new("e.kind, x.entry_id, x.position");
        let lists: Vec<List<'_>> = ids
            .iter()
            .map(|id| {
                let mut from_where = Sql::new(
                    " FROM collection_item x JOIN entry e ON e.id = x.entry_id WHERE x.collection_id = ",
                );
                from_where.bind(id.uuid());
                visible(&mut from_where, scope, "e");
                List {
                    order: ITEMS,
                    columns: &columns,
                    from_where,
                }
            })
            .collect();
        let found = self
            .pages(&lists, page, |row| {
                let (kind, id) = (row.parse()?, row.get()?);
                Ok((EntryId::new(kind, id), Key::Int(row.get()?), id))
            })
            .await?;
        let wanted: BTreeSet<EntryId> = found.iter().flat_map(Page::nodes).copied().collect();
        let wanted: Vec<EntryId> = wanted.into_iter().collect();
        let entries: HashMap<EntryId, Content> = self.entries_by_ids(scope, &wanted, parts).await?;
        // What was deleted or hidden between the two statements is left out.
        Ok(found
            .into_iter()
            .map(|page| page.filter_map(|id| entries.get(&id).cloned()))
            .collect())
    }
}

/// The order of what is in a collection.
const ITEMS: Order<'static> = Order {
    list: Collection::ITEM_ORDER,
    key: "x.position",
    id: "x.entry_id",
    descending: false,
};

impl WriteTx {
    /// What is in a collection, in its order, whether anybody may see it or not: so that a change of
    /// something else leaves it as it is.
    pub async fn collection_entries(
        &self,
        permit: &Permit,
        id: CollectionId,
    ) -> Result<Vec<EntryId>> {
        permit.covers(RecordKind::Collection, id)?;
        let mut sql = Sql::new(
            "SELECT e.kind, e.id FROM collection_item i JOIN entry e ON e.id = i.entry_id WHERE i.collection_id = ",
        );
        sql.bind(id.uuid()).push(" ORDER BY i.position");
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| Ok(EntryId::new(row.parse()?, row.get()?)))
            .collect()
    }

    /// Saves a new collection (`version` 1) or the whole of an existing one. The slug is final.
    pub async fn save_collection(
        &mut self,
        permit: &Permit,
        save: Save<CollectionId>,
        draft: &CollectionDraft,
    ) -> Result<()> {
        let Save { id, version, at } = save;
        permit.covers(RecordKind::Collection, id)?;
        let mut sql = Sql::default();
        if version == 1 {
            sql.push("INSERT INTO collection (id, edition_id, slug, title, description, version, created_at, updated_at) VALUES (");
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
            sql.push("UPDATE collection SET slug = ")
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
            return Err(self.stale(RecordKind::Collection, id.uuid()).await);
        }
        if version > 1 {
            self.clear("collection_item", "collection_id", id.uuid())
                .await?;
        }
        let items = draft
            .items
            .iter()
            .zip(0_i64..)
            .map(|(entry, position)| [Value::from(id.uuid()), position.into(), entry.uuid().into()])
            .collect();
        self.insert_rows("collection_item (collection_id, position, entry_id)", items)
            .await?;
        let verb = if version == 1 { "created" } else { "updated" };
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Collection, verb, id, Some(draft.edition)),
        );
        Ok(())
    }
}
