//! Menus: stored flat, in reading order with depths, served as trees.

use domain::{
    Error, Result,
    access::{Permit, ReadScope},
    content::ContentKind,
    editions::Permalinks,
    events::{CacheTag, ContentEvent, RecordKind},
    id::{EditionId, EntryId, Id, MenuId},
    menus::{Menu, MenuDraft, MenuItem, MenuItemDraft, MenuTarget},
    routes::{PathValues, expand},
    terms::{Taxonomy, TermId},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    sql::{Row, Sql},
    write_tx::Save,
};

/// How deep menus go.
const MAX_DEPTH: i64 = 20;

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
        scope.note_all(menus.iter().map(|menu| CacheTag::from(menu.id)));
        self.fill_items(scope, &mut menus).await?;
        Ok(menus)
    }

    async fn fill_items(&self, scope: &ReadScope, menus: &mut [Menu]) -> Result<()> {
        let ids: Vec<Uuid> = menus.iter().map(|menu| menu.id.uuid()).collect();
        let editions = self.edition_set().await?;
        let mut sql = Sql::new(
            "SELECT i.menu_id, i.depth, i.label, i.hint, i.opens_new_window, i.url, e.id, e.kind, e.path, e.title, t.id, t.taxonomy, tt.namespace, tt.name, tt.slug, tt.slug_path, w.id, wt.name, wt.slug \
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
            let (owner, depth): (Uuid, i64) = (row.get()?, row.get()?);
            let menu = menus.iter().find(|menu| menu.id.uuid() == owner);
            let links = menu
                .and_then(|menu| editions.get(menu.edition).ok())
                .map(|edition| &edition.permalinks);
            flat.push((owner, depth, read_item(row, links)?));
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

/// Where a link leads, its path there, and what that place is called.
type Place = (MenuTarget, String, String);

/// Reads a link; `None`: it leads to what the actor may not read.
fn read_item(row: &mut Row, links: Option<&Permalinks>) -> Result<Option<MenuItem>> {
    let label: String = row.get()?;
    let (hint, opens_new_window): (Option<String>, bool) = (row.get()?, row.get()?);
    let url: Option<String> = row.get()?;
    // The columns of all four kinds of place stand in the row; those of one are filled.
    let entry = read_entry(row)?;
    let term = read_term(row, links)?;
    let author = read_author(row, links)?;
    let place = entry
        .or(term)
        .or(author)
        .or_else(|| url.map(|url| (MenuTarget::Url(url.clone()), url, String::new())));
    Ok(place.map(|(target, href, title)| MenuItem {
        label: if label.is_empty() { title } else { label },
        target,
        href,
        hint,
        opens_new_window,
        children: Vec::new(),
    }))
}

fn read_entry(row: &mut Row) -> Result<Option<Place>> {
    let (id, kind): (Option<Uuid>, Option<String>) = (row.get()?, row.get()?);
    let (path, title): (Option<String>, Option<String>) = (row.get()?, row.get()?);
    let (Some(id), Some(kind), Some(path)) = (id, kind, path) else {
        return Ok(None);
    };
    let kind: ContentKind = kind.parse()?;
    Ok(Some((
        MenuTarget::Entry(EntryId::new(kind, id)),
        path,
        title.unwrap_or_default(),
    )))
}

fn read_term(row: &mut Row, links: Option<&Permalinks>) -> Result<Option<Place>> {
    let (id, taxonomy): (Option<Uuid>, Option<String>) = (row.get()?, row.get()?);
    let namespace: Option<String> = row.get()?;
    let (name, slug, slug_path): (Option<String>, Option<String>, Option<String>) =
        (row.get()?, row.get()?, row.get()?);
    let (Some(id), Some(taxonomy), Some(slug), Some(slug_path)) = (id, taxonomy, slug, slug_path)
    else {
        return Ok(None);
    };
    let taxonomy: Taxonomy = taxonomy.parse()?;
    let values = PathValues {
        slug: &slug,
        slug_path: &slug_path,
        ..PathValues::default()
    };
    let namespace = namespace.unwrap_or_default();
    let path = links.map(|links| links.term_path(taxonomy, &namespace, &values));
    Ok(Some((
        MenuTarget::Term(TermId::new(taxonomy, id)),
        path.unwrap_or_default(),
        name.unwrap_or_default(),
    )))
}

fn read_author(row: &mut Row, links: Option<&Permalinks>) -> Result<Option<Place>> {
    let id: Option<Uuid> = row.get()?;
    let (name, slug): (Option<String>, Option<String>) = (row.get()?, row.get()?);
    let (Some(id), Some(name), Some(slug)) = (id, name, slug) else {
        return Ok(None);
    };
    let path = links.map(|links| {
        expand(
            &links.author,
            &PathValues {
                slug: &slug,
                ..PathValues::default()
            },
        )
    });
    Ok(Some((
        MenuTarget::Author(Id::from_uuid(id)),
        path.unwrap_or_default(),
        name,
    )))
}

/// Reads a link as it was written.
fn read_link(row: &mut Row) -> Result<MenuItemDraft> {
    let (label, hint) = (row.get()?, row.get()?);
    let opens_new_window = row.get()?;
    let url: Option<String> = row.get()?;
    let (entry, kind): (Option<Uuid>, Option<String>) = (row.get()?, row.get()?);
    let (term, taxonomy): (Option<Uuid>, Option<String>) = (row.get()?, row.get()?);
    let author: Option<Uuid> = row.get()?;
    let target = if let (Some(id), Some(kind)) = (entry, kind) {
        MenuTarget::Entry(EntryId::new(kind.parse()?, id))
    } else if let (Some(id), Some(taxonomy)) = (term, taxonomy) {
        MenuTarget::Term(TermId::new(taxonomy.parse()?, id))
    } else if let Some(id) = author {
        MenuTarget::Author(Id::from_uuid(id))
    } else {
        MenuTarget::Url(url.unwrap_or_default())
    };
    Ok(MenuItemDraft {
        label,
        target,
        hint,
        opens_new_window,
        children: Vec::new(),
    })
}

/// Takes the links of one depth, each with what was written below it.
fn grow(
    links: &mut std::iter::Peekable<impl Iterator<Item = (i64, MenuItemDraft)>>,
    depth: i64,
) -> Vec<MenuItemDraft> {
    let mut level = Vec::new();
    while let Some((_, mut link)) = links.next_if(|(next, _)| *next >= depth) {
        if depth < MAX_DEPTH {
            link.children = grow(links, depth + 1);
        }
        level.push(link);
    }
    level
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
    /// The links of a menu as they were written, whether anybody may see where they lead or not: so
    /// that a change of something else leaves them as they are.
    pub async fn menu_links(&self, permit: &Permit, id: MenuId) -> Result<Vec<MenuItemDraft>> {
        permit.covers(RecordKind::Menu, id)?;
        let mut sql = Sql::new(
            "SELECT i.depth, i.label, i.hint, i.opens_new_window, i.url, e.id, e.kind, t.id, t.taxonomy, i.author_id \
             FROM menu_item i LEFT JOIN entry e ON e.id = i.entry_id LEFT JOIN term t ON t.id = i.term_id WHERE i.menu_id = ",
        );
        sql.bind(id.uuid()).push(" ORDER BY i.position");
        let mut flat = Vec::new();
        for row in &mut self.query(sql).await? {
            flat.push((row.get()?, read_link(row)?));
        }
        Ok(grow(&mut flat.into_iter().peekable(), 0))
    }

    /// Saves a new menu (`version` 1) or the whole of an existing one.
    pub async fn save_menu(
        &mut self,
        permit: &Permit,
        save: Save<MenuId>,
        draft: &MenuDraft,
    ) -> Result<()> {
        let Save { id, version, at } = save;
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
            return Err(self.stale(RecordKind::Menu, id.uuid()).await);
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
        );
        Ok(())
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
