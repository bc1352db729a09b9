//! Writing menus.

use std::collections::BTreeMap;

use domain::{
    Error, Result,
    body::is_safe_link,
    id::{EditionId, Id, MenuId},
    menus::{MenuDraft, MenuTarget},
};
use percent_encoding::percent_decode_str;
use persistence::ImportRecord;
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    known::Target,
    menus::{LaterTarget, NOWHERE, PreparedMenuItem, tree},
    plain,
    report::{DELETED, EDITED, Kind, Note, add},
    run::{hex, kinds, later},
    terms::term_id,
    writer::{Effects, Writer},
};
use crate::{Tx, menus};

/// More items of one menu than this come from no real site.
const MOST_ITEMS: usize = 2_000;
/// Why a menu is left as it is when some of its items may be missing.
const INCOMPLETE: &str = "was left as it is: not all of the file could be read";

impl Writer {
    /// Notes the name of a menu.
    pub(super) async fn menu_name(&mut self, tx: &mut Tx, slug: &str, name: &str) -> Result<()> {
        let name = plain::some_line(name).unwrap_or_else(|| slug.to_owned());
        tx.store_tx()
            .defer(&self.run.source, later::MENU, slug, &name)
            .await
    }

    /// Keeps an item of a menu until the others are there.
    pub(super) async fn menu_item(&mut self, tx: &mut Tx, item: &PreparedMenuItem) -> Result<()> {
        if !self.menus.contains(&item.menu) {
            self.menu_name(tx, &item.menu, &item.menu_name).await?;
            self.menus.insert(item.menu.clone());
        }
        let payload = serde_json::to_string(item).map_err(Error::internal)?;
        let subject = item.id.map(|id| id.to_string()).unwrap_or_default();
        tx.store_tx()
            .defer(
                &self.run.source,
                &later::items_of_menu(&item.menu),
                &subject,
                &payload,
            )
            .await
    }

    /// The menus of the file, by slug, with their names.
    pub(super) async fn menu_names(&self, tx: &mut Tx) -> Result<BTreeMap<String, String>> {
        let rows = tx
            .reader()
            .deferred(&self.run.source, later::MENU, 0, 1_000)
            .await?;
        let mut names = BTreeMap::new();
        for row in rows {
            names.entry(row.subject).or_insert(row.payload);
        }
        Ok(names)
    }

    /// Drops what an earlier run that was broken off has gathered of menus.
    pub(super) async fn forget_menus(&self, tx: &mut Tx) -> Result<()> {
        let source = self.run.source.clone();
        for slug in self.menu_names(tx).await?.into_keys() {
            tx.store_tx()
                .clear_deferred(&source, Some(&later::items_of_menu(&slug)))
                .await?;
        }
        tx.store_tx()
            .clear_deferred(&source, Some(later::MENU))
            .await
    }

    /// Puts a menu together and writes it.
    pub(super) async fn menu(
        &mut self,
        tx: &mut Tx,
        slug: &str,
        name: &str,
        effects: &mut Effects,
    ) -> Result<()> {
        let items = self.items_of_menu(tx, slug).await?;
        if items.is_empty() {
            return Ok(());
        }
        let (items, edition) = self.resolve_menu(tx, items, effects).await?;
        let location = percent_decode_str(slug).decode_utf8_lossy().into_owned();
        let draft = MenuDraft {
            edition,
            location,
            name: name.to_owned(),
            items: tree(items),
        };
        let digest = hex(&Sha256::digest(format!("{draft:?}")));
        let mut planned = PlannedMenu {
            slug,
            digest,
            draft,
        };
        let source = self.run.source.clone();
        let record = tx
            .reader()
            .import_record(&source, kinds::MENU, slug)
            .await?;
        let (id, version) = match record {
            Some(record) if record.content_hash == planned.digest && !self.run.overwrite => {
                effects.tally.counts(Kind::Menus).unchanged += 1;
                return Ok(());
            }
            Some(_) if !self.has_all_menu_items => {
                effects.tally.counts(Kind::Menus).skipped += 1;
                effects.tally.note(planned.note(INCOMPLETE));
                return Ok(());
            }
            Some(record) => {
                let location = self.location_of(tx, &record, &planned.draft).await?;
                planned.draft.location = location;
                let replaced = self.replace_menu(tx, &planned, &record, effects).await?;
                let Some(done) = replaced else {
                    return Ok(());
                };
                done
            }
            None => {
                free_location(tx, &mut planned, effects).await?;
                let id = menus::create_in(tx, &planned.draft).await?;
                effects.tally.counts(Kind::Menus).created += 1;
                (id, 1)
            }
        };
        let record = ImportRecord {
            target_kind: "menu".to_owned(),
            target_id: id.uuid(),
            content_hash: planned.digest,
            target_version: version,
        };
        tx.store_tx()
            .save_import_record(&source, kinds::MENU, slug, &record)
            .await
    }

    async fn items_of_menu(&self, tx: &mut Tx, slug: &str) -> Result<Vec<PreparedMenuItem>> {
        let mut items = Vec::new();
        let mut after = 0;
        while items.len() < MOST_ITEMS {
            let rows = tx
                .reader()
                .deferred(&self.run.source, &later::items_of_menu(slug), after, 200)
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.sequence;
            for row in rows {
                items.push(serde_json::from_str(&row.payload).map_err(Error::internal)?);
            }
        }
        Ok(items)
    }

    /// Finds what the items lead to, and the edition most of that is in. What leads to something
    /// that is not there is left out, unless there is something below it.
    async fn resolve_menu(
        &mut self,
        tx: &mut Tx,
        items: Vec<PreparedMenuItem>,
        effects: &mut Effects,
    ) -> Result<(Vec<(PreparedMenuItem, MenuTarget)>, EditionId)> {
        let parents: Vec<u64> = items.iter().filter_map(|item| item.parent).collect();
        let mut votes: BTreeMap<EditionId, usize> = BTreeMap::new();
        let mut resolved = Vec::with_capacity(items.len());
        for mut item in items {
            if let LaterTarget::Url(address) = &item.target
                && !is_safe_link(address)
            {
                let text = format!("its address `{address}` is none to follow, it leads nowhere");
                effects.tally.note(Note {
                    item_id: item.id.map(|id| id.to_string()).unwrap_or_default(),
                    kind: Kind::Menus,
                    title: item.label.clone(),
                    text,
                });
                item.target = LaterTarget::Nowhere;
            }
            let target = self.target_of_menu(tx, &item.target, &mut votes).await?;
            let has_children = item.id.is_some_and(|id| parents.contains(&id));
            match target {
                Some(target) => resolved.push((item, target)),
                None if has_children && !item.label.is_empty() => {
                    resolved.push((item, MenuTarget::Url(NOWHERE.to_owned())));
                }
                None => effects.tally.reasons.lost_menu_items += 1,
            }
        }
        let most = votes.into_iter().max_by_key(|(_, votes)| *votes);
        let edition = most.map_or(self.run.default.edition, |(edition, _)| edition);
        Ok((resolved, edition))
    }

    async fn target_of_menu(
        &mut self,
        tx: &mut Tx,
        target: &LaterTarget,
        votes: &mut BTreeMap<EditionId, usize>,
    ) -> Result<Option<MenuTarget>> {
        Ok(match target {
            LaterTarget::Post(id) => match self.target_of_item(tx, *id).await? {
                Some(Target::Entry { id, edition, .. }) => {
                    *votes.entry(edition).or_default() += 1;
                    Some(MenuTarget::Entry(id))
                }
                Some(Target::Asset(_)) | None => None,
            },
            LaterTarget::Term { taxonomy, id } => {
                let source = &self.run.source;
                let mut found = None;
                for external_id in [format!("{taxonomy}:{id}"), id.to_string()] {
                    if found.is_none() {
                        found = tx
                            .reader()
                            .import_record(source, kinds::TERM, &external_id)
                            .await?;
                    }
                }
                found.map(|record| MenuTarget::Term(term_id(&record)))
            }
            LaterTarget::Url(address) => {
                let page = match Url::parse(address) {
                    Ok(url) => self.target_of_page(tx, &url).await?,
                    Err(_) => None,
                };
                Some(match page {
                    Some(Target::Entry { id, edition, .. }) => {
                        *votes.entry(edition).or_default() += 1;
                        MenuTarget::Entry(id)
                    }
                    Some(Target::Asset(_)) | None => MenuTarget::Url(address.clone()),
                })
            }
            LaterTarget::Nowhere => Some(MenuTarget::Url(NOWHERE.to_owned())),
        })
    }

    /// Somebody may have given the menu another place here.
    async fn location_of(
        &self,
        tx: &mut Tx,
        record: &ImportRecord,
        draft: &MenuDraft,
    ) -> Result<String> {
        let cx = tx.cx().clone();
        let id = Id::from_uuid(record.target_id);
        let current = tx.reader().menu(cx.scope(), id).await?;
        Ok(current.map_or_else(|| draft.location.clone(), |menu| menu.location))
    }

    async fn replace_menu(
        &self,
        tx: &mut Tx,
        planned: &PlannedMenu<'_>,
        record: &ImportRecord,
        effects: &mut Effects,
    ) -> Result<Option<(MenuId, i64)>> {
        let cx = tx.cx().clone();
        let id = Id::from_uuid(record.target_id);
        let PlannedMenu { digest, draft, .. } = planned;
        let Some(current) = tx.reader().menu(cx.scope(), id).await? else {
            if self.run.overwrite {
                let id = menus::create_in(tx, draft).await?;
                effects.tally.counts(Kind::Menus).created += 1;
                return Ok(Some((id, 1)));
            }
            effects.tally.conflict(planned.note(DELETED));
            return Ok(None);
        };
        if current.version > record.target_version && !self.run.overwrite {
            effects.tally.conflict(planned.note(EDITED));
            return Ok(None);
        }
        if current.version <= record.target_version && record.content_hash == *digest {
            effects.tally.counts(Kind::Menus).unchanged += 1;
            return Ok(None);
        }
        menus::update_in(tx, id, draft).await?;
        effects.tally.counts(Kind::Menus).updated += 1;
        Ok(Some((id, current.version + 1)))
    }
}

/// A menu that was put together, to be written.
struct PlannedMenu<'a> {
    slug: &'a str,
    /// Hash of all it says.
    digest: String,
    draft: MenuDraft,
}

impl PlannedMenu<'_> {
    fn note(&self, text: impl Into<String>) -> Note {
        Note {
            item_id: self.slug.to_owned(),
            kind: Kind::Menus,
            title: self.draft.name.clone(),
            text: text.into(),
        }
    }
}

/// Gives a new menu another place when one that was not imported stands in its.
async fn free_location(
    tx: &mut Tx,
    planned: &mut PlannedMenu<'_>,
    effects: &mut Effects,
) -> Result<()> {
    let cx = tx.cx().clone();
    let draft = &mut planned.draft;
    let wanted = draft.location.clone();
    for number in 2..1_000 {
        let taken = tx
            .reader()
            .menus(cx.scope(), draft.edition, Some(&draft.location))
            .await?;
        if taken.is_empty() {
            break;
        }
        draft.location = format!("{wanted}-{number}");
    }
    if planned.draft.location != wanted {
        add(
            &mut effects.tally.reasons.collisions,
            "location of a menu",
            1,
        );
        let given = &planned.draft.location;
        let text = format!("its location `{wanted}` was taken, it is `{given}`");
        effects.tally.note(planned.note(text));
    }
    Ok(())
}
