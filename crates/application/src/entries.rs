//! What articles, pages and issues have in common: reading them, and making their slugs and paths.

use std::collections::HashMap;

use domain::{
    Result,
    access::Action,
    articles::{Contribution, EntryBody, Leads},
    body::{Body, DeriveOptions, Source, derive},
    content::{Content, ContentKind, Entry, EntryQuery, EntryRef, Parts, Seo},
    galleries::Gallery,
    id::{EditionId, EntryId, GalleryId, Id, RevisionId, TranslationGroupId},
    paging::{Page, PageArgs},
    revisions::{Revision, Snapshot},
};
pub use persistence::Relations;
use persistence::{Deletion, OnUse};

use crate::{ActorContext, Tx, context::found, previews};

mod saving;

pub(crate) use saving::MAX_GUID_BYTES;
pub use saving::MAX_SOURCE_BYTES;
use saving::permit_change;
pub(crate) use saving::{
    PathParts, Prepared, check_version, made_path, outline, owner, permit, prepare,
};

/// How one entry is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryGet {
    /// By id, slug or path.
    pub by: EntryRef,
    /// With an id: its translation in this edition is meant.
    pub translation_in: Option<EditionId>,
    /// Whether that edition's fallbacks may stand in.
    pub fallback: bool,
}

impl EntryGet {
    /// By id, as it is.
    pub fn id(id: impl Into<EntryId>) -> Self {
        Self {
            by: EntryRef::Id(id.into()),
            translation_in: None,
            fallback: false,
        }
    }
}

/// A member of a translation group.
#[derive(Debug, Clone, PartialEq)]
pub struct Translation {
    /// The entry, narrow.
    pub content: Content,
    /// Whether what it was translated from has been changed since.
    pub is_stale: bool,
}

/// One entry.
pub async fn get(
    cx: &ActorContext,
    kind: ContentKind,
    get: &EntryGet,
    parts: Parts,
) -> Result<Option<Content>> {
    let mut found = live(cx, kind, get, parts).await?;
    previews::lay_over(cx, found.iter_mut(), parts).await?;
    Ok(found)
}

async fn live(
    cx: &ActorContext,
    kind: ContentKind,
    get: &EntryGet,
    parts: Parts,
) -> Result<Option<Content>> {
    let (EntryRef::Id(id), Some(edition)) = (&get.by, get.translation_in) else {
        return cx.reader().entry(cx.scope(), kind, &get.by, parts).await;
    };
    let Some(asked) = cx.reader().entry(cx.scope(), kind, &get.by, parts).await? else {
        return Ok(None);
    };
    if asked.entry().edition == edition {
        return Ok(Some(asked));
    }
    let group = asked.entry().group;
    let members = cx
        .reader()
        .translations(cx.scope(), &[group], Parts::NONE)
        .await?
        .remove(&group)
        .unwrap_or_default();
    let editions = cx.editions().await?;
    let chain = if get.fallback {
        editions.chain(edition).to_vec()
    } else {
        vec![edition]
    };
    let best = chain.iter().find_map(|edition| {
        members
            .iter()
            .find(|member| member.entry().edition == *edition)
    });
    match best.map(|content| content.entry().id) {
        Some(best) if best == *id => Ok(Some(asked)),
        Some(best) => {
            cx.reader()
                .entry(cx.scope(), kind, &EntryRef::Id(best), parts)
                .await
        }
        None => Ok(None),
    }
}

/// A page of entries of one kind.
pub async fn list(
    cx: &ActorContext,
    query: &EntryQuery,
    page: &PageArgs,
    parts: Parts,
) -> Result<Page<Content>> {
    let found = cx.reader().entries(cx.scope(), query, page, parts).await?;
    previews::page(cx, found, parts).await
}

/// The same page of several lists of one kind and order.
pub async fn lists(
    cx: &ActorContext,
    queries: &[EntryQuery],
    page: &PageArgs,
    parts: Parts,
) -> Result<Vec<Page<Content>>> {
    let mut found = cx
        .reader()
        .entry_lists(cx.scope(), queries, page, parts)
        .await?;
    let edges = found.iter_mut().flat_map(|page| &mut page.edges);
    previews::lay_over(cx, edges.map(|edge| &mut edge.node), parts).await?;
    Ok(found)
}

/// Entries by id.
pub async fn by_ids(
    cx: &ActorContext,
    ids: &[EntryId],
    parts: Parts,
) -> Result<HashMap<EntryId, Content>> {
    let mut found = cx.reader().entries_by_ids(cx.scope(), ids, parts).await?;
    previews::lay_over(cx, found.values_mut(), parts).await?;
    Ok(found)
}

/// What belongs to entries: only what `parts` asks for is filled.
pub async fn relations(
    cx: &ActorContext,
    ids: &[EntryId],
    parts: Parts,
) -> Result<HashMap<EntryId, Relations>> {
    if cx.scope().preview().is_some() {
        let found = by_ids(cx, ids, parts).await?.into_iter();
        return Ok(found.map(|(id, it)| (id, relations_of(it))).collect());
    }
    let visible = cx
        .reader()
        .entries_by_ids(cx.scope(), ids, Parts::NONE)
        .await?;
    let pairs: Vec<_> = visible
        .values()
        .map(|content| (content.entry().id, content.entry().edition))
        .collect();
    cx.reader().relations(cx.scope(), &pairs, parts).await
}

/// What was read with an entry.
fn relations_of(content: Content) -> Relations {
    match content {
        Content::Article(article) => Relations {
            terms: article.terms.into_loaded().unwrap_or_default(),
            byline: article.byline.into_loaded().unwrap_or_default(),
            hero: article.hero.into_loaded().flatten(),
            attachments: article.attachments.into_loaded().unwrap_or_default(),
            sections: Vec::new(),
        },
        Content::Page(page) => Relations {
            hero: page.hero.into_loaded().flatten(),
            ..Relations::default()
        },
        Content::Issue(issue) => Relations {
            hero: issue.hero.into_loaded().flatten(),
            attachments: issue.attachments.into_loaded().unwrap_or_default(),
            sections: issue.sections.into_loaded().unwrap_or_default(),
            ..Relations::default()
        },
    }
}

/// Bodies by entry.
pub async fn bodies(cx: &ActorContext, ids: &[EntryId]) -> Result<HashMap<EntryId, EntryBody>> {
    if cx.scope().preview().is_none() {
        return cx.reader().entry_bodies(cx.scope(), ids).await;
    }
    let found = by_ids(cx, ids, Parts::BODY).await?.into_iter();
    let body = |content| match content {
        Content::Article(article) => article.body,
        Content::Page(page) => page.body,
        Content::Issue(issue) => issue.body,
    };
    let bodies = found.map(|(id, content)| Some((id, body(content).into_loaded()?)));
    Ok(bodies.flatten().collect())
}

/// Texts for search engines by entry.
pub async fn seo(cx: &ActorContext, ids: &[EntryId]) -> Result<HashMap<EntryId, Seo>> {
    let found = by_ids(cx, ids, Parts::SEO).await?;
    Ok(found
        .into_iter()
        .filter_map(|(id, content)| Some((id, seo_of(content)?)))
        .collect())
}

fn seo_of(content: Content) -> Option<Seo> {
    match content {
        Content::Article(article) => article.seo,
        Content::Page(page) => page.seo,
        Content::Issue(issue) => issue.seo,
    }
    .into_loaded()
}

/// The members of translation groups, in the order of the editions.
pub async fn translations(
    cx: &ActorContext,
    groups: &[TranslationGroupId],
    parts: Parts,
) -> Result<HashMap<TranslationGroupId, Vec<Translation>>> {
    let mut found = cx.reader().translations(cx.scope(), groups, parts).await?;
    previews::lay_over(cx, found.values_mut().flatten(), parts).await?;
    let editions = cx.editions().await?;
    let place = |edition: EditionId| editions.all().iter().position(|known| known.id == edition);
    Ok(found
        .into_iter()
        .map(|(group, mut members)| {
            members.sort_by_key(|content| (place(content.entry().edition), content.entry().id));
            let versions: HashMap<EntryId, i64> = members
                .iter()
                .map(|content| {
                    let entry = content.entry();
                    (entry.id, entry.live_version.unwrap_or(entry.version))
                })
                .collect();
            let list = members
                .into_iter()
                .map(|content| {
                    let source = content.entry().translated_from;
                    let is_stale = source.is_some_and(|(id, version)| {
                        versions.get(&id).is_some_and(|current| *current > version)
                    });
                    Translation { content, is_stale }
                })
                .collect();
            (group, list)
        })
        .collect())
}

/// The galleries of entries, with texts in each entry's own edition.
pub async fn galleries(
    cx: &ActorContext,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, Vec<Gallery>>> {
    let visible = cx
        .reader()
        .entries_by_ids(cx.scope(), ids, Parts::NONE)
        .await?;
    let known: Vec<EntryId> = visible.keys().copied().collect();
    let wanted = cx.reader().gallery_ids(cx.scope(), &known).await?;
    let mut by_edition: HashMap<EditionId, Vec<GalleryId>> = HashMap::new();
    for (entry, galleries) in &wanted {
        if let Some(content) = visible.get(entry) {
            by_edition
                .entry(content.entry().edition)
                .or_default()
                .extend(galleries);
        }
    }
    let mut loaded: HashMap<(EditionId, GalleryId), Gallery> = HashMap::new();
    for (edition, galleries) in by_edition {
        for (id, gallery) in cx
            .reader()
            .galleries_by_ids(cx.scope(), &galleries, edition)
            .await?
        {
            loaded.insert((edition, id), gallery);
        }
    }
    Ok(wanted
        .into_iter()
        .map(|(entry, galleries)| {
            let edition = visible.get(&entry).map(|content| content.entry().edition);
            let list = galleries
                .iter()
                .filter_map(|id| edition.and_then(|edition| loaded.get(&(edition, *id)).cloned()))
                .collect();
            (entry, list)
        })
        .collect())
}

/// The galleries that states of entries lead to, where these are not those of the rows.
pub async fn galleries_of(
    cx: &ActorContext,
    leads: &[(EntryId, EditionId, &Leads)],
) -> Result<HashMap<EntryId, Vec<Gallery>>> {
    let mut all = HashMap::with_capacity(leads.len());
    for (entry, edition, leads) in leads {
        let mut found = cx
            .reader()
            .galleries_by_ids(cx.scope(), &leads.galleries, *edition)
            .await?;
        let list = leads.galleries.iter().filter_map(|id| found.remove(id));
        all.insert(*entry, list.collect());
    }
    Ok(all)
}

/// A page of an entry's revisions, the newest first; empty for readers.
pub async fn revisions(
    cx: &ActorContext,
    entry: EntryId,
    page: &PageArgs,
) -> Result<Page<Revision>> {
    cx.reader().revisions(cx.scope(), entry, page).await
}

/// The whole of an entry as it was, its body derived anew: saving it restores it. `None` for
/// readers.
pub async fn snapshot(cx: &ActorContext, id: RevisionId) -> Result<Option<Snapshot>> {
    let mut found = cx.reader().snapshot(cx.scope(), id).await?;
    if let Some(snapshot) = &mut found {
        let entry = snapshot.entry_mut();
        entry.body = derive(&entry.source, &DeriveOptions::default());
    }
    Ok(found)
}

/// A name for a translation group that is to be; the first entry in it makes it.
pub fn new_group(cx: &ActorContext) -> TranslationGroupId {
    Id::from_uuid(cx.next_id())
}

/// Moves an entry into another translation group, in a transaction: without a new version, as what
/// it says stays as it is.
pub async fn move_to_group_in(tx: &mut Tx, entry: &Entry, group: TranslationGroupId) -> Result<()> {
    let permit = permit_change(tx.cx(), entry)?;
    let now = tx.cx().now();
    tx.store_tx()
        .move_to_group(&permit, entry, group, now)
        .await
}

/// Replaces what was written in an entry and what was derived of it, without a new version: how
/// links are resolved once everything they lead to is there.
pub async fn replace_body(
    cx: &ActorContext,
    id: EntryId,
    source: &Source,
    body: &Body,
) -> Result<()> {
    cx.write(async |tx| replace_body_in(tx, id, source, body).await)
        .await
}

/// Replaces a body, in a transaction.
pub async fn replace_body_in(tx: &mut Tx, id: EntryId, source: &Source, body: &Body) -> Result<()> {
    let content = tx
        .reader()
        .entries_by_ids(tx.cx().scope(), &[id], Parts::NONE)
        .await?
        .remove(&id);
    let content = found(content, id)?;
    let permit = permit_change(tx.cx(), content.entry())?;
    tx.store_tx()
        .replace_body(&permit, content.entry(), source, body)
        .await
}

/// Removes an entry for good.
pub async fn delete(cx: &ActorContext, id: EntryId, on_use: OnUse) -> Result<()> {
    cx.write(async |tx| {
        let content = tx
            .reader()
            .entries_by_ids(tx.cx().scope(), &[id], Parts::NONE)
            .await?
            .remove(&id);
        let content = found(content, id)?;
        let permit = tx
            .cx()
            .authorize(Action::Delete, content.entry().target())?;
        let (cx, now) = (tx.cx().clone(), tx.cx().now());
        tx.store_tx()
            .delete_record(
                &permit,
                cx.scope(),
                Deletion {
                    id: id.uuid(),
                    on_use,
                    at: now,
                },
            )
            .await
    })
    .await
}

/// The contributions as one line: `Ada Moor, Ben Hale`.
pub fn byline_text(byline: &[Contribution]) -> String {
    let names: Vec<&str> = byline
        .iter()
        .filter_map(|line| {
            line.name.as_deref().or_else(|| {
                line.author
                    .as_ref()
                    .map(|author| author.text.value.name.as_str())
            })
        })
        .collect();
    names.join(", ")
}
