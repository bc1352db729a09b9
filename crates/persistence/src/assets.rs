//! Assets.

use std::collections::HashMap;

use domain::{
    Result,
    access::{Action, Permit, Reach, ReadScope, Visibility},
    events::{CacheTag, ContentEvent, RecordKind},
    id::{AssetId, EditionId, EntryId, Id, UserId},
    lifecycle::Verb,
    media::{Asset, AssetDraft, AssetLocation, AssetQuery, AssetText},
    paging::{Key, ListOrder, Page, PageArgs},
    text::Localized,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    entries::{AssetRow, asset_columns, best_text, visible},
    field_filters::RecordFilters,
    lists::{LISTS_PER_STATEMENT, Order},
    sql::{IDS_PER_STATEMENT, Sql},
    write_tx::Save,
};

/// Adds the condition that hides assets the actor may not see. Whoever writes sees all of them;
/// others those an editor made public, those of galleries, those in custom fields of categories, tags
/// and authors, and those a published entry uses.
pub(crate) fn readable(sql: &mut Sql, scope: &ReadScope) {
    sql.push(" AND NOT m.is_trashed");
    if scope.sees_library() || *scope.visibility() == Visibility::All {
        return;
    }
    sql.push(" AND (m.is_public OR EXISTS (SELECT 1 FROM gallery_item g WHERE g.asset_id = m.id)");
    sql.push(" OR EXISTS (SELECT 1 FROM author w WHERE w.avatar_id = m.id)");
    // Other records that have it in a custom field are public.
    sql.push(
        " OR EXISTS (SELECT 1 FROM record_field f WHERE f.ref_id = m.id AND f.kind <> 'asset')",
    );
    sql.push(" OR EXISTS (SELECT 1 FROM entry_asset u JOIN entry e ON e.id = u.entry_id WHERE u.asset_id = m.id");
    visible(sql, scope, "e");
    sql.push(")");
    if let Visibility::Some { own: Some(own), .. } = scope.visibility() {
        sql.push(" OR m.owner_id = ").bind(own.uuid());
    }
    sql.push(")");
}

/// Adds the condition that leaves what is in the trash, as far as the actor may take it out. Tells
/// whether that can be anything at all.
fn in_trash(sql: &mut Sql, scope: &ReadScope) -> bool {
    sql.push(" AND m.is_trashed");
    if scope.reach(Action::Trash, RecordKind::Asset) == Reach::Everywhere {
        return true;
    }
    let own = scope.own(Action::Trash, RecordKind::Asset);
    if let Some(own) = own {
        sql.push(" AND m.owner_id = ").bind(own.uuid());
    } else {
        sql.push(" AND 1 = 0");
    }
    own.is_some()
}

/// What is hidden is not named. When it is shown, the lists of assets change.
fn note_assets(scope: &ReadScope, ids: &[AssetId], is_visible: impl Fn(&AssetId) -> bool) {
    scope.note_all(ids.iter().map(|id| {
        if is_visible(id) {
            CacheTag::from(*id)
        } else {
            CacheTag::Records(RecordKind::Asset)
        }
    }));
}

impl Reader<'_> {
    /// A page of assets, the newest first.
    pub async fn assets(
        &self,
        scope: &ReadScope,
        query: &AssetQuery,
        edition: EditionId,
        page: &PageArgs,
    ) -> Result<Page<Asset>> {
        scope.note(CacheTag::Records(RecordKind::Asset));
        let fields = RecordFilters::new(RecordKind::Asset, &query.custom_fields);
        let (from, key, id) = if fields.lead() {
            let from = " FROM record_field x JOIN asset m ON m.id = x.record_id WHERE 1 = 1";
            (from, "x.created_at", "x.record_id")
        } else {
            (" FROM asset m WHERE 1 = 1", "m.created_at", "m.id")
        };
        let order = Order {
            list: ListOrder::by_time("-createdAt"),
            key,
            id,
            descending: true,
        };
        let mut from_where = Sql::new(from);
        fields.add(&mut from_where, scope, "m.id");
        if let Some(kind) = query.kind {
            from_where.push(" AND m.kind = ").bind(kind.as_str());
        }
        if query.is_trashed {
            // Who may take things out of the trash is nobody's business but theirs.
            scope.note_private();
            in_trash(&mut from_where, scope);
        } else {
            readable(&mut from_where, scope);
        }
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(&format!("SELECT {}, {}", order.id, order.key));
        sql.append(&from_where);
        order.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        let ids = order.collect(page, rows, total, |row| {
            let id: Uuid = row.get()?;
            Ok((AssetId::from_uuid(id), Key::Time(row.time()?), id))
        })?;
        let wanted: Vec<AssetId> = ids.nodes().copied().collect();
        let mut assets = if query.is_trashed {
            self.trashed_assets(scope, &wanted, edition).await?
        } else {
            self.assets_by_ids(scope, &wanted, edition).await?
        };
        // What was deleted between the two statements is left out.
        Ok(ids.filter_map(|id| assets.remove(&id)))
    }

    /// Assets in the trash by id, for those who may take them out; others are missing in the answer.
    pub async fn trashed_assets(
        &self,
        scope: &ReadScope,
        ids: &[AssetId],
        edition: EditionId,
    ) -> Result<HashMap<AssetId, Asset>> {
        let mut condition = Sql::default();
        if !in_trash(&mut condition, scope) {
            return Ok(HashMap::new());
        }
        let all = self.some_assets(ids, edition, |sql| {
            in_trash(sql, scope);
        });
        let mut all = all.await?;
        for asset in all.values_mut() {
            asset.is_trashed = true;
        }
        Ok(all)
    }

    /// Assets by id; those that are absent or hidden are missing in the answer.
    pub async fn assets_by_ids(
        &self,
        scope: &ReadScope,
        ids: &[AssetId],
        edition: EditionId,
    ) -> Result<HashMap<AssetId, Asset>> {
        let all = self.some_assets(ids, edition, |sql| readable(sql, scope));
        let mut all = all.await?;
        if scope.preview().is_some() && all.len() < ids.len() {
            let hidden = ids.iter().filter(|id| !all.contains_key(id));
            let hidden: Vec<AssetId> = hidden.copied().collect();
            let shown = self.assets_in_preview(scope, &hidden).await?;
            let shown = self.some_assets(&shown, edition, |sql| {
                sql.push(" AND NOT m.is_trashed");
            });
            all.extend(shown.await?);
        }
        note_assets(scope, ids, |id| all.contains_key(id));
        Ok(all)
    }

    /// Assets by id that meet a condition.
    async fn some_assets(
        &self,
        ids: &[AssetId],
        edition: EditionId,
        condition: impl Fn(&mut Sql),
    ) -> Result<HashMap<AssetId, Asset>> {
        let mut all: HashMap<AssetId, Asset> = HashMap::with_capacity(ids.len());
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let columns = asset_columns(self.engine);
            let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
            let rows = self.engine.json_rows(&self.engine.json_array(&columns));
            let mut sql = Sql::new(&format!(
                "SELECT {rows} FROM asset m LEFT JOIN asset_text mt ON mt.asset_id = m.id AND mt.edition_id = "
            ));
            sql.bind(edition.uuid())
                .push(" WHERE m.id IN ")
                .id_list(chunk);
            condition(&mut sql);
            let rows: Vec<AssetRow> = match self.query_one(sql).await? {
                Some(mut row) => row.json()?,
                None => Vec::new(),
            };
            for row in rows {
                let asset = row.into_asset(edition)?;
                all.insert(asset.id, asset);
            }
        }
        let nameless: Vec<AssetId> = all
            .values()
            .filter(|asset| asset.text.value == AssetText::default())
            .map(|asset| asset.id)
            .collect();
        if !nameless.is_empty() {
            let order = self.edition_set().await?.text_order(edition);
            for (id, texts) in self.asset_texts(&nameless).await? {
                if let (Some(asset), Some(text)) = (all.get_mut(&id), best_text(texts, &order)) {
                    asset.text = text;
                }
            }
        }
        Ok(all)
    }

    /// All texts of assets, in the order of the editions; those that are absent or hidden are
    /// missing in the answer.
    pub async fn all_asset_texts(
        &self,
        scope: &ReadScope,
        ids: &[AssetId],
    ) -> Result<HashMap<AssetId, Vec<Localized<AssetText>>>> {
        let visible = self.visible_assets(scope, ids).await?;
        self.asset_texts(&visible).await
    }

    /// Those of some assets that are to be seen, in the trash or not.
    pub(crate) async fn visible_assets(
        &self,
        scope: &ReadScope,
        ids: &[AssetId],
    ) -> Result<Vec<AssetId>> {
        let mut visible = Vec::with_capacity(ids.len());
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new("SELECT m.id FROM asset m WHERE m.id IN ");
            sql.id_list(chunk);
            readable(&mut sql, scope);
            for row in &mut self.query(sql).await? {
                visible.push(AssetId::from_uuid(row.get()?));
            }
            let mut sql = Sql::new("SELECT m.id FROM asset m WHERE m.id IN ");
            sql.id_list(chunk);
            if visible.len() < ids.len() && in_trash(&mut sql, scope) {
                for row in &mut self.query(sql).await? {
                    visible.push(AssetId::from_uuid(row.get()?));
                }
            }
        }
        note_assets(scope, ids, |id| visible.contains(id));
        Ok(visible)
    }

    /// The same, of assets whose ids a scope has let through.
    pub(crate) async fn asset_texts(
        &self,
        ids: &[AssetId],
    ) -> Result<HashMap<AssetId, Vec<Localized<AssetText>>>> {
        let mut all: HashMap<AssetId, Vec<Localized<AssetText>>> = HashMap::new();
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(
                "SELECT mt.asset_id, mt.edition_id, mt.title, mt.alt, mt.caption, mt.credit, mt.description FROM asset_text mt JOIN edition d ON d.id = mt.edition_id WHERE mt.asset_id IN ",
            );
            sql.id_list(chunk).push(" ORDER BY d.position, d.id");
            for row in &mut self.query(sql).await? {
                let id = Id::from_uuid(row.get()?);
                let text = Localized {
                    edition: Id::from_uuid(row.get()?),
                    value: AssetText {
                        title: row.get()?,
                        alt: row.get()?,
                        caption: row.get()?,
                        credit: row.get()?,
                        description: row.get()?,
                    },
                };
                all.entry(id).or_default().push(text);
            }
        }
        Ok(all)
    }

    /// The visible entries that use each of these assets, at most a hundred each.
    pub async fn asset_users(
        &self,
        scope: &ReadScope,
        ids: &[AssetId],
    ) -> Result<HashMap<AssetId, Vec<EntryId>>> {
        let mut all: HashMap<AssetId, Vec<EntryId>> = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(LISTS_PER_STATEMENT) {
            let mut sql = Sql::default();
            for id in chunk {
                if !sql.is_empty() {
                    sql.push(" UNION ALL ");
                }
                sql.push("SELECT * FROM (SELECT DISTINCT u.asset_id, e.kind, e.id FROM entry_asset u JOIN entry e ON e.id = u.entry_id WHERE u.asset_id = ").bind(id.uuid());
                visible(&mut sql, scope, "e");
                sql.push(" ORDER BY e.id LIMIT 100) AS users");
            }
            for row in &mut self.query(sql).await? {
                let asset = Id::from_uuid(row.get()?);
                let entry = EntryId::new(row.parse()?, row.get()?);
                scope.note(CacheTag::Entry(entry));
                all.entry(asset).or_default().push(entry);
            }
        }
        Ok(all)
    }
}

impl WriteTx {
    /// Who uploaded an asset.
    pub async fn asset_owner(&self, id: AssetId) -> Result<Option<UserId>> {
        let mut sql = Sql::new("SELECT owner_id FROM asset WHERE id = ");
        sql.bind(id.uuid());
        match self.query(sql).await?.first_mut() {
            Some(row) => Ok(row.get::<Option<Uuid>>()?.map(Id::from_uuid)),
            None => Ok(None),
        }
    }

    /// Puts an asset into the trash or takes it out.
    pub async fn move_asset(
        &mut self,
        permit: &Permit,
        Save { id, version, at }: Save<AssetId>,
        verb: Verb,
    ) -> Result<()> {
        permit.covers(RecordKind::Asset, id)?;
        permit.allows(Action::Trash)?;
        let mut sql = Sql::new("UPDATE asset SET is_trashed = ");
        sql.bind(verb == Verb::Trash)
            .push(", version = ")
            .bind(version)
            .push(", updated_at = ")
            .bind(at)
            .push(" WHERE id = ")
            .bind(id.uuid())
            .push(" AND version = ")
            .bind(version - 1);
        if self.execute(sql).await? == 0 {
            return Err(self.stale(RecordKind::Asset, id.uuid()).await);
        }
        let event = ContentEvent::new(RecordKind::Asset, verb.event(), id, None);
        self.record(permit, at, event);
        Ok(())
    }

    /// Saves a new asset (`version` 1) or the whole of an existing one.
    pub async fn save_asset(
        &mut self,
        permit: &Permit,
        save: Save<AssetId>,
        draft: &AssetDraft,
    ) -> Result<()> {
        let Save { id, version, at } = save;
        permit.covers(RecordKind::Asset, id)?;
        let (key, url) = match &draft.location {
            AssetLocation::Stored { key } => (Some(key.clone()), None),
            AssetLocation::Remote { url } => (None, Some(url.clone())),
        };
        let mut columns: Vec<(&str, Value)> = vec![
            ("kind", draft.kind.as_str().into()),
            ("storage_key", key.into()),
            ("remote_url", url.into()),
            ("file_name", draft.file_name.clone().into()),
            ("media_type", draft.media_type.clone().into()),
            ("size_bytes", draft.size_bytes.into()),
            ("width", draft.width.into()),
            ("height", draft.height.into()),
            ("duration_ms", draft.duration_ms.into()),
            ("focal_x", draft.focal_point.map(|(x, _)| x).into()),
            ("focal_y", draft.focal_point.map(|(_, y)| y).into()),
            ("licence", draft.licence.clone().into()),
            ("is_public", draft.is_public.into()),
            ("version", version.into()),
            ("updated_at", at.into()),
        ];
        let mut sql = Sql::default();
        if version == 1 {
            let owner = permit.target().owner;
            let created = draft.created_at.unwrap_or(at);
            columns.push(("owner_id", owner.map(Id::uuid).into()));
            columns.push(("is_trashed", false.into()));
            columns.push(("created_at", created.into()));
            let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            sql.push(&format!(
                "INSERT INTO asset (id, {}) VALUES (",
                names.join(", ")
            ));
            sql.bind(id.uuid())
                .push(", ")
                .bind_all(columns.into_iter().map(|(_, value)| value))
                .push(")");
        } else {
            if let Some(created) = draft.created_at {
                columns.push(("created_at", created.into()));
            }
            sql.push("UPDATE asset SET ");
            for (index, (name, value)) in columns.into_iter().enumerate() {
                sql.push(if index == 0 { "" } else { ", " })
                    .push(name)
                    .push(" = ")
                    .bind(value);
            }
            sql.push(" WHERE id = ")
                .bind(id.uuid())
                .push(" AND version = ")
                .bind(version - 1);
        }
        if self.execute(sql).await? == 0 {
            return Err(self.stale(RecordKind::Asset, id.uuid()).await);
        }
        if version > 1 {
            self.clear("asset_text", "asset_id", id.uuid()).await?;
        }
        if let Some(created) = draft.created_at.filter(|_| version > 1) {
            let mut sql = Sql::new("UPDATE record_field SET created_at = ");
            sql.bind(created).push(" WHERE record_id = ");
            sql.bind(id.uuid())
                .push(" AND created_at <> ")
                .bind(created);
            self.execute(sql).await?;
        }
        let rows = draft
            .texts
            .iter()
            .map(|text| {
                let value = &text.value;
                [
                    Value::from(id.uuid()),
                    text.edition.uuid().into(),
                    value.title.clone().into(),
                    value.alt.clone().into(),
                    value.caption.clone().into(),
                    value.credit.clone().into(),
                    value.description.clone().into(),
                ]
            })
            .collect();
        self.insert_rows(
            "asset_text (asset_id, edition_id, title, alt, caption, credit, description)",
            rows,
        )
        .await?;
        let verb = if version == 1 { "created" } else { "updated" };
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Asset, verb, id, None),
        );
        Ok(())
    }
}
