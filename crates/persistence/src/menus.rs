//! Menus: stored flat, in reading order with depths, served as trees.

use domain::{
    Error, Result,
    access::{Permit, ReadScope},
    content::ContentKind,
    events::{CacheTag, ContentEvent, RecordKind},
    id::{EditionId, EntryId, Id, MenuId},
    menus::{Menu, MenuDraft, MenuItem, MenuItemDraft, MenuTarget},
    routes::{PathValues, expand},
    terms::{Taxonomy, TermId},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{Reader, WriteTx, sql::Sql, write_tx::stale};

/// How deep menus go.
const MAX_DEPTH: i64 = 8;

impl Reader<'_> {
    /// Menus by a condition: one of an edition, or all of it. Two statements.
    pub async fn menus(
        &self,
        scope: &ReadScope,
        edition: EditionId,
        location: Option<&str>,
    ) -> Result<Vec<Menu>> {
        scope.note(CacheTag::Records(RecordKind::Menu));
        self.read_menus(scope, |sql| {
            sql.push("n.edition_id = ").bind(edition.uuid());
            if let Some(location) = location {
                sql.push(" AND n.location = ").bind(location.to_owned());
            }
        })
        .await
    }

    /// One menu by id.
    pub async fn menu(&self, scope: &ReadScope, id: MenuId) -> Result<Option<Menu>> {
        let found = self
            .read_menus(scope, |sql| {
                sql.push("n.id = ").bind(id.uuid());
            })
            .await?;
        Ok(found.into_iter().next())
    }

    async fn read_menus(
        &self,
        scope: &ReadScope,
        condition: impl FnOnce(&mut Sql),
    ) -> Result<Vec<Menu>> {
        let mut sql = Sql::new(
            "SELECT n.id, n.edition_id, n.location, n.name, n.version, n.created_at, n.updated_at FROM menu n WHERE ",
        );
        condition(&mut sql);
        sql.push(" ORDER BY n.location");
        let mut menus = Vec::new();
        for row in &mut self.query(sql).await? {
            menus.push(Menu {
                id: Id::from_uuid(row.get()?),
                edition: Id::from_uuid(row.get()?),
                location: row.get()?,
                name: row.get()?,
                version: row.get()?,
                created_at: row.get()?,
                updated_at: row.get()?,
                items: Vec::new(),
            });
        }
        scope.note_all(
            menus
                .iter()
                .map(|menu| CacheTag::Record(menu.id.to_string())),
        );
        self.fill_items(scope, &mut menus).await?;
        Ok(menus)
    }

    async fn fill_items(&self, scope: &ReadScope, menus: &mut [Menu]) -> Result<()> {
        let ids: Vec<Uuid> = menus.iter().map(|menu| menu.id.uuid()).collect();
        let editions = self.edition_set().await?;
        let mut sql = Sql::new(
            "SELECT i.menu_id, i.depth, i.label, i.hint, i.opens_new_window, i.url, e.id, e.kind, e.path, e.title, t.id, t.taxonomy, tt.name, tt.slug, tt.slug_path, w.id, wt.name, wt.slug \
             FROM menu_item i JOIN menu n ON n.id = i.menu_id \
             LEFT JOIN entry e ON e.id = i.entry_id",
        );
        crate::entries::visible(&mut sql, scope, "e");
        sql.push(
            " LEFT JOIN term t ON t.id = i.term_id LEFT JOIN term_text tt ON tt.term_id = t.id AND tt.edition_id = n.edition_id \
             LEFT JOIN author w ON w.id = i.author_id LEFT JOIN author_text wt ON wt.author_id = w.id AND wt.edition_id = n.edition_id WHERE i.menu_id IN ",
        );
        sql.id_list(&ids).push(" ORDER BY i.menu_id, i.position");
        let mut flat: Vec<(Uuid, i64, Option<MenuItem>)> = Vec::new();
        for row in &mut self.query(sql).await? {
            let menu: Uuid = row.get()?;
            let depth: i64 = row.get()?;
            let label: String = row.get()?;
            let (hint, opens_new_window): (Option<String>, bool) = (row.get()?, row.get()?);
            let url: Option<String> = row.get()?;
            let entry: (Option<Uuid>, Option<String>, Option<String>, Option<String>) =
                (row.get()?, row.get()?, row.get()?, row.get()?);
            let term: (
                Option<Uuid>,
                Option<String>,
                Option<String>,
                Option<String>,
                Option<String>,
            ) = (row.get()?, row.get()?, row.get()?, row.get()?, row.get()?);
            let author: (Option<Uuid>, Option<String>, Option<String>) =
                (row.get()?, row.get()?, row.get()?);
            let edition = menus
                .iter()
                .find(|known| known.id.uuid() == menu)
                .map(|menu| menu.edition);
            let links = edition
                .and_then(|id| editions.get(id).ok())
                .map(|edition| &edition.permalinks);
            let place: Option<(MenuTarget, String, String)> = match (entry, term, author, url) {
                ((Some(id), Some(kind), Some(path), title), ..) => {
                    let kind: ContentKind = kind.parse()?;
                    Some((
                        MenuTarget::Entry(EntryId::new(kind, id)),
                        path,
                        title.unwrap_or_default(),
                    ))
                }
                (_, (Some(id), Some(taxonomy), Some(name), Some(slug), Some(slug_path)), ..) => {
                    let taxonomy: Taxonomy = taxonomy.parse()?;
                    let values = PathValues {
                        slug: &slug,
                        slug_path: &slug_path,
                        ..PathValues::default()
                    };
                    let path = links.map(|links| {
                        expand(
                            if taxonomy == Taxonomy::Category {
                                &links.category
                            } else {
                                &links.tag
                            },
                            &values,
                        )
                    });
                    Some((
                        MenuTarget::Term(TermId::new(taxonomy, id)),
                        path.unwrap_or_default(),
                        name,
                    ))
                }
                (_, _, (Some(id), Some(name), Some(slug)), _) => {
                    let path = links.map(|links| {
                        expand(
                            &links.author,
                            &PathValues {
                                slug: &slug,
                                ..PathValues::default()
                            },
                        )
                    });
                    Some((
                        MenuTarget::Author(Id::from_uuid(id)),
                        path.unwrap_or_default(),
                        name,
                    ))
                }
                (_, _, _, Some(url)) => Some((MenuTarget::Url(url.clone()), url, String::new())),
                _ => None,
            };
            let item = place.map(|(target, href, title)| MenuItem {
                label: if label.is_empty() { title } else { label },
                target,
                href,
                hint,
                opens_new_window,
                children: Vec::new(),
            });
            flat.push((menu, depth, item));
        }
        for menu in menus {
            let mut items = flat
                .iter()
                .filter(|(owner, ..)| *owner == menu.id.uuid())
                .map(|(_, depth, item)| (*depth, item.clone()))
                .peekable();
            menu.items = nest(&mut items, 0);
        }
        Ok(())
    }
}

/// Takes the items of one depth, each with what is below it. Links below one that is hidden are
/// hidden with it.
fn nest(
    items: &mut std::iter::Peekable<impl Iterator<Item = (i64, Option<MenuItem>)>>,
    depth: i64,
) -> Vec<MenuItem> {
    let mut level = Vec::new();
    while items.peek().is_some_and(|(next, _)| *next >= depth) {
        let Some((_, item)) = items.next() else { break };
        let children = if depth < MAX_DEPTH {
            nest(items, depth + 1)
        } else {
            Vec::new()
        };
        if let Some(mut item) = item {
            item.children = children;
            level.push(item);
        }
    }
    level
}

impl WriteTx {
    /// Saves a new menu (`version` 1) or the whole of an existing one.
    pub async fn save_menu(
        &mut self,
        permit: &Permit,
        id: MenuId,
        version: i64,
        draft: &MenuDraft,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(RecordKind::Menu, id)?;
        let mut sql = Sql::default();
        if version == 1 {
            sql.push("INSERT INTO menu (id, edition_id, location, name, version, created_at, updated_at) VALUES (");
            sql.bind_all([
                Value::from(id.uuid()),
                draft.edition.uuid().into(),
                draft.location.clone().into(),
                draft.name.clone().into(),
                1_i64.into(),
                at.into(),
                at.into(),
            ]);
            sql.push(")");
        } else {
            sql.push("UPDATE menu SET location = ")
                .bind(draft.location.clone())
                .push(", name = ")
                .bind(draft.name.clone());
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
            return Err(stale(version));
        }
        if version > 1 {
            self.clear("menu_item", "menu_id", id.uuid()).await?;
        }
        let mut rows = Vec::new();
        flatten(id, &draft.items, 0, &mut rows)?;
        self.insert_rows("menu_item (menu_id, position, depth, label, hint, opens_new_window, entry_id, term_id, author_id, url)", rows).await?;
        let verb = if version == 1 { "created" } else { "updated" };
        self.record(
            permit,
            at,
            ContentEvent::new(RecordKind::Menu, verb, id, Some(draft.edition)),
        )
        .await
    }
}

fn flatten(
    menu: MenuId,
    items: &[MenuItemDraft],
    depth: i64,
    rows: &mut Vec<[Value; 10]>,
) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(Error::invalid(
            "items",
            format!("are nested more than {MAX_DEPTH} deep"),
        ));
    }
    for item in items {
        let (mut entry, mut term, mut author, mut url) = (None, None, None, None);
        match &item.target {
            MenuTarget::Entry(id) => entry = Some(id.uuid()),
            MenuTarget::Term(id) => term = Some(id.uuid()),
            MenuTarget::Author(id) => author = Some(id.uuid()),
            MenuTarget::Url(address) => url = Some(address.clone()),
        }
        let position = i64::try_from(rows.len()).map_err(Error::internal)?;
        rows.push([
            Value::from(menu.uuid()),
            position.into(),
            depth.into(),
            item.label.clone().into(),
            item.hint.clone().into(),
            item.opens_new_window.into(),
            entry.into(),
            term.into(),
            author.into(),
            url.into(),
        ]);
        flatten(menu, &item.children, depth + 1, rows)?;
    }
    Ok(())
}
