//! Galleries and their pictures.

use std::collections::{BTreeMap, HashMap};

use domain::{
    Result,
    access::{Permit, ReadScope},
    events::{CacheTag, ContentEvent, RecordKind},
    galleries::{Gallery, GalleryDraft, GalleryItem, GalleryItemDraft, GalleryText},
    id::{AssetId, EditionId, GalleryId, Id},
    media::Figure,
    paging::{Key, ListOrder, Page, PageArgs},
    text::{EditionText, Localized},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    entries::best_text,
    lists::Order,
    sql::{IDS_PER_STATEMENT, Row, Sql, to_json},
    write_tx::Save,
};

impl Reader<'_> {
    /// A page of galleries, the newest first.
    pub async fn galleries(
        &self,
        scope: &ReadScope,
        edition: EditionId,
        page: &PageArgs,
    ) -> Result<Page<Gallery>> {
        scope.note(CacheTag::Records(RecordKind::Gallery));
        let order = Order {
            list: ListOrder::by_time("-createdAt"),
            key: "g.created_at",
            id: "g.id",
            descending: true,
        };
        let from_where = Sql::new(" FROM gallery g WHERE 1 = 1");
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new("SELECT g.id, g.created_at FROM gallery g WHERE 1 = 1");
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        let ids = order.collect(page, rows, total, |row| {
            let id: Uuid = row.get()?;
            Ok((GalleryId::from_uuid(id), Key::Time(row.time()?), id))
        })?;
        let wanted: Vec<GalleryId> = ids.nodes().copied().collect();
        let mut galleries = self.galleries_by_ids(scope, &wanted, edition).await?;
        // What was deleted between the two statements is left out.
        Ok(ids.filter_map(|id| galleries.remove(&id)))
    }

    /// Galleries by id; absent ones are missing in the answer.
    pub async fn galleries_by_ids(
        &self,
        scope: &ReadScope,
        ids: &[GalleryId],
        edition: EditionId,
    ) -> Result<HashMap<GalleryId, Gallery>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let order = self.edition_set().await?.text_order(edition);
        let mut all: HashMap<GalleryId, Gallery> = HashMap::new();
        for row in &mut self.gallery_rows(ids).await? {
            let gallery = Gallery {
                id: Id::from_uuid(row.get()?),
                item_count: row.get()?,
                version: row.get()?,
                created_at: row.get()?,
                updated_at: row.get()?,
                text: Localized {
                    edition: Id::from_uuid(row.get()?),
                    value: GalleryText {
                        title: row.get()?,
                        slug: row.get()?,
                        description: row.get()?,
                    },
                },
            };
            let text = match all.remove(&gallery.id) {
                Some(known) => best_text(vec![known.text, gallery.text.clone()], &order),
                None => None,
            };
            all.insert(
                gallery.id,
                Gallery {
                    text: text.unwrap_or_else(|| gallery.text.clone()),
                    ..gallery
                },
            );
        }
        Ok(all)
    }

    async fn gallery_rows(&self, ids: &[GalleryId]) -> Result<Vec<Row>> {
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut rows = Vec::new();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT g.id, (SELECT count(*) FROM gallery_item i WHERE i.gallery_id = g.id), g.version, g.created_at, g.updated_at, gt.edition_id, gt.title, gt.slug, gt.description \
                 FROM gallery g JOIN gallery_text gt ON gt.gallery_id = g.id WHERE g.id IN ",
            );
            sql.id_list(chunk).push(" ORDER BY g.id");
            rows.extend(self.query(sql).await?);
        }
        Ok(rows)
    }

    /// One gallery by slug.
    pub async fn gallery_by_slug(
        &self,
        scope: &ReadScope,
        slug: &str,
        edition: EditionId,
    ) -> Result<Option<Gallery>> {
        scope.note(CacheTag::Records(RecordKind::Gallery));
        let mut sql = Sql::new("SELECT gallery_id FROM gallery_text WHERE edition_id = ");
        sql.bind(edition.uuid())
            .push(" AND slug = ")
            .bind(slug.to_owned());
        let Some(mut row) = self.query_one(sql).await? else {
            return Ok(None);
        };
        let id = Id::from_uuid(row.get()?);
        Ok(self
            .galleries_by_ids(scope, &[id], edition)
            .await?
            .remove(&id))
    }

    /// The pictures of galleries, in order.
    pub async fn gallery_items(
        &self,
        scope: &ReadScope,
        ids: &[GalleryId],
        edition: EditionId,
    ) -> Result<HashMap<GalleryId, Vec<GalleryItem>>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let order = self.edition_set().await?.text_order(edition);
        let mut found: Vec<(GalleryId, AssetId, Option<String>)> = Vec::new();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT i.gallery_id, i.asset_id, i.captions FROM gallery_item i WHERE i.gallery_id IN ",
            );
            sql.id_list(chunk)
                .push(" ORDER BY i.gallery_id, i.position");
            for row in &mut self.query(sql).await? {
                let (gallery, asset) = (Id::from_uuid(row.get()?), Id::from_uuid(row.get()?));
                let captions: BTreeMap<EditionId, String> = row.json()?;
                let caption = order
                    .iter()
                    .find_map(|edition| captions.get(edition).cloned());
                found.push((gallery, asset, caption));
            }
        }
        let wanted: Vec<AssetId> = found.iter().map(|(_, asset, _)| *asset).collect();
        let assets = self.assets_by_ids(scope, &wanted, edition).await?;
        let mut all: HashMap<GalleryId, Vec<GalleryItem>> =
            ids.iter().map(|id| (*id, Vec::new())).collect();
        for (gallery, asset, caption) in found {
            if let Some(asset) = assets.get(&asset) {
                all.entry(gallery).or_default().push(Figure {
                    asset: asset.clone(),
                    caption,
                    alt: None,
                });
            }
        }
        Ok(all)
    }
}

impl WriteTx {
    /// The whole of a gallery as it was written, whether anybody may see all it shows or not.
    pub async fn gallery_draft(&self, permit: &Permit, id: GalleryId) -> Result<GalleryDraft> {
        permit.covers(RecordKind::Gallery, id)?;
        let mut sql = Sql::new(
            "SELECT gt.edition_id, gt.title, gt.slug, gt.description FROM gallery_text gt JOIN edition d ON d.id = gt.edition_id WHERE gt.gallery_id = ",
        );
        sql.bind(id.uuid()).push(" ORDER BY d.position, d.id");
        let mut texts = Vec::new();
        for row in &mut self.query(sql).await? {
            texts.push(EditionText {
                edition: Id::from_uuid(row.get()?),
                value: GalleryText {
                    title: row.get()?,
                    slug: row.get()?,
                    description: row.get()?,
                },
            });
        }
        let mut sql =
            Sql::new("SELECT i.asset_id, i.captions FROM gallery_item i WHERE i.gallery_id = ");
        sql.bind(id.uuid()).push(" ORDER BY i.position");
        let mut items = Vec::new();
        for row in &mut self.query(sql).await? {
            items.push(GalleryItemDraft {
                asset: Id::from_uuid(row.get()?),
                captions: row.json()?,
            });
        }
        Ok(GalleryDraft { texts, items })
    }

    /// Saves a new gallery (`version` 1) or the whole of an existing one. The slugs are final.
    pub async fn save_gallery(
        &mut self,
        permit: &Permit,
        save: Save<GalleryId>,
        draft: &GalleryDraft,
    ) -> Result<()> {
        let Save { id, version, at } = save;
        permit.covers(RecordKind::Gallery, id)?;
        let mut sql = Sql::default();
        if version == 1 {
            sql.push("INSERT INTO gallery (id, version, created_at, updated_at) VALUES (")
                .bind(id.uuid())
                .push(", 1, ")
                .bind(at)
                .push(", ")
                .bind(at)
                .push(")");
        } else {
            sql.push("UPDATE gallery SET version = ")
                .bind(version)
                .push(", updated_at = ")
                .bind(at);
            sql.push(" WHERE id = ")
                .bind(id.uuid())
                .push(" AND version = ")
                .bind(version - 1);
        }
        if self.execute(sql).await? == 0 {
            return Err(self.stale(RecordKind::Gallery, id.uuid()).await);
        }
        if version > 1 {
            self.clear("gallery_text", "gallery_id", id.uuid()).await?;
            self.clear("gallery_item", "gallery_id", id.uuid()).await?;
        }
        let texts = draft
            .texts
            .iter()
            .map(|text| {
                let value = &text.value;
                [
                    Value::from(id.uuid()),
                    text.edition.uuid().into(),
                    value.title.clone().into(),
                    value.slug.clone().into(),
                    value.description.clone().into(),
                ]
            })
            .collect();
        self.insert_rows(
            "gallery_text (gallery_id, edition_id, title, slug, description)",
            texts,
        )
        .await?;
        let mut items = Vec::with_capacity(draft.items.len());
        for (item, position) in draft.items.iter().zip(0_i64..) {
            let captions = (!item.captions.is_empty())
                .then(|| to_json(&item.captions))
                .transpose()?;
            items.push([
                Value::from(id.uuid()),
                position.into(),
                item.asset.uuid().into(),
                captions.into(),
            ]);
        }
        self.insert_rows(
            "gallery_item (gallery_id, position, asset_id, captions)",
            items,
        )
        .await?;
        let verb = if version == 1 { "created" } else { "updated" };
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Gallery, verb, id, None),
        );
        Ok(())
    }
}
