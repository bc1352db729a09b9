//! What articles, pages and issues have in common: reading them, and making their slugs and paths.

use std::collections::HashMap;

use domain::{
    Error, FieldError, Result,
    access::Action,
    articles::{Contribution, EntryBody, EntryDraft},
    body::{Body, Source},
    content::{Content, ContentKind, Entry, EntryQuery, EntryRef, Parts, Seo, Status},
    editions::Edition,
    events::ContentEvent,
    galleries::Gallery,
    id::{EditionId, EntryId, GalleryId, Id, TranslationGroupId},
    paging::{Page, PageArgs},
    revisions::Revision,
    routes::{PathValues, expand, normalise_path},
    text::SortKeys,
    time::to_micros,
};
pub use persistence::Relations;
use persistence::{Deletion, EntrySave, OnUse};

use crate::{ActorContext, Tx, context::found, slugs};

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
    cx.reader().entries(cx.scope(), query, page, parts).await
}

/// The same page of several lists of one kind and order.
pub async fn lists(
    cx: &ActorContext,
    queries: &[EntryQuery],
    page: &PageArgs,
    parts: Parts,
) -> Result<Vec<Page<Content>>> {
    cx.reader()
        .entry_lists(cx.scope(), queries, page, parts)
        .await
}

/// Entries by id.
pub async fn by_ids(
    cx: &ActorContext,
    ids: &[EntryId],
    parts: Parts,
) -> Result<HashMap<EntryId, Content>> {
    cx.reader().entries_by_ids(cx.scope(), ids, parts).await
}

/// What belongs to entries: only what `parts` asks for is filled.
pub async fn relations(
    cx: &ActorContext,
    ids: &[EntryId],
    parts: Parts,
) -> Result<HashMap<EntryId, Relations>> {
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

/// Bodies by entry.
pub async fn bodies(cx: &ActorContext, ids: &[EntryId]) -> Result<HashMap<EntryId, EntryBody>> {
    cx.reader().entry_bodies(cx.scope(), ids).await
}

/// Texts for search engines by entry.
pub async fn seo(cx: &ActorContext, ids: &[EntryId]) -> Result<HashMap<EntryId, Seo>> {
    let found = cx
        .reader()
        .entries_by_ids(cx.scope(), ids, Parts::SEO)
        .await?;
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
    let found = cx.reader().translations(cx.scope(), groups, parts).await?;
    let editions = cx.editions().await?;
    let place = |edition: EditionId| editions.all().iter().position(|known| known.id == edition);
    Ok(found
        .into_iter()
        .map(|(group, mut members)| {
            members.sort_by_key(|content| (place(content.entry().edition), content.entry().id));
            let versions: HashMap<EntryId, i64> = members
                .iter()
                .map(|content| (content.entry().id, content.entry().version))
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
    let wanted = cx.reader().gallery_ids(&known).await?;
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

/// A page of an entry's revisions, the newest first; empty for readers.
pub async fn revisions(
    cx: &ActorContext,
    entry: EntryId,
    page: &PageArgs,
) -> Result<Page<Revision>> {
    cx.reader().revisions(cx.scope(), entry, page).await
}

/// Makes an empty translation group.
pub async fn create_group(cx: &ActorContext) -> Result<TranslationGroupId> {
    cx.write(create_group_in).await
}

/// Makes an empty translation group, in a transaction.
pub async fn create_group_in(tx: &mut Tx) -> Result<TranslationGroupId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let now = tx.cx().now();
    tx.store_tx().insert_group(id, now).await?;
    Ok(id)
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
    let permit = tx
        .cx()
        .authorize(Action::Update, content.entry().target())?;
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

/// What a path is made from beside the entry itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathParts {
    pub(crate) category: Option<String>,
    pub(crate) newsletter: Option<String>,
    pub(crate) number: Option<i64>,
    pub(crate) parent_path: Option<String>,
}

/// An entry that is about to be saved.
pub(crate) struct Prepared {
    pub(crate) entry: Entry,
    pub(crate) sort_keys: SortKeys,
    pub(crate) event: ContentEvent,
    pub(crate) revision: uuid::Uuid,
}

impl Prepared {
    pub(crate) fn save<'a>(&'a self, draft: &'a EntryDraft) -> EntrySave<'a> {
        EntrySave {
            entry: &self.entry,
            draft,
            event: self.event.clone(),
            sort_keys: &self.sort_keys,
            revision: self.revision,
        }
    }
}

/// Checks a draft and decides slug, path and times. `old`: the entry it replaces.
pub(crate) async fn prepare(
    tx: &mut Tx,
    id: EntryId,
    draft: &EntryDraft,
    old: Option<&Entry>,
    parts: &PathParts,
) -> Result<Prepared> {
    check(draft)?;
    let editions = tx.editions().await?;
    let edition = editions.get(draft.edition)?;
    let now = tx.cx().now();
    let created_at = old.map_or_else(
        || draft.created_at.map_or(now, to_micros),
        |old| old.created_at,
    );
    let published_at = match draft.status {
        Status::Published => Some(draft.published_at.map_or(now, to_micros)),
        Status::Draft
        | Status::InReview
        | Status::Scheduled
        | Status::Archived
        | Status::Trashed => draft.published_at.map(to_micros),
    };
    let group = match (draft.group, old) {
        (Some(group), _) => group,
        (None, Some(old)) => old.group,
        (None, None) => Id::from_uuid(tx.cx().next_id()),
    };
    let mut entry = Entry {
        id,
        edition: draft.edition,
        group,
        translated_from: draft.translated_from,
        parent: draft.parent,
        slug: String::new(),
        path: String::new(),
        title: draft.title.trim().to_owned(),
        status: draft.status,
        version: old.map_or(1, |old| old.version + 1),
        has_pending_changes: false,
        scheduled_at: draft.scheduled_at.map(to_micros),
        published_at,
        sort_at: published_at.unwrap_or(created_at),
        is_featured: draft.is_featured,
        owner: draft.owner,
        guid: draft.guid.clone(),
        created_at,
        updated_at: draft.updated_at.map_or(now, to_micros),
    };
    decide_slug(tx, edition, &mut entry, draft).await?;
    entry.path = decide_path(tx, edition, &entry, draft, parts).await?;
    let sort_keys =
        SortKeys::of(edition).ok_or_else(|| Error::internal("no collation could be made"))?;
    let verb = if old.is_none() { "created" } else { "updated" };
    let event = ContentEvent::new(id.kind.into(), verb, id, Some(draft.edition));
    Ok(Prepared {
        entry,
        sort_keys,
        event,
        revision: tx.cx().next_id(),
    })
}

async fn decide_slug(
    tx: &mut Tx,
    edition: &Edition,
    entry: &mut Entry,
    draft: &EntryDraft,
) -> Result<()> {
    let template = entry.clone();
    let store = &*tx.store_tx();
    let slug = slugs::free(
        edition,
        &draft.slug,
        &draft.title,
        entry.id.uuid(),
        async |slug| {
            let mut candidate = template.clone();
            slug.as_str().clone_into(&mut candidate.slug);
            store.slug_is_free(&candidate).await
        },
    )
    .await?;
    slug.as_str().clone_into(&mut entry.slug);
    Ok(())
}

async fn decide_path(
    tx: &mut Tx,
    edition: &Edition,
    entry: &Entry,
    draft: &EntryDraft,
    parts: &PathParts,
) -> Result<String> {
    if let Some(path) = &draft.path {
        // Whether it is taken is told when it is written.
        return normalise_path(path);
    }
    let slug_path = parts.parent_path.as_ref().map_or_else(
        || entry.slug.clone(),
        |above| format!("{}/{}", above.trim_matches('/'), entry.slug),
    );
    let values = PathValues {
        slug: &entry.slug,
        slug_path: &slug_path,
        category: parts.category.as_deref(),
        newsletter: parts.newsletter.as_deref(),
        number: parts.number,
        date: Some(entry.sort_at),
    };
    let pattern = match entry.id.kind {
        ContentKind::Article => &edition.permalinks.article,
        ContentKind::Page => &edition.permalinks.page,
        ContentKind::Issue => &edition.permalinks.issue,
    };
    let base = normalise_path(&expand(pattern, &values))?;
    let mut path = base.clone();
    for number in 2..1000 {
        if tx
            .store_tx()
            .path_is_free(edition.id, &path, entry.id)
            .await?
        {
            return Ok(path);
        }
        path = format!("{base}-{number}");
    }
    Err(Error::Conflict {
        message: format!("the path {base} and its numbered variants are taken"),
        field: Some("path".to_owned()),
        used_by: Vec::new(),
    })
}

/// The longest title, in characters.
const MAX_TITLE_CHARS: usize = 1000;
/// The longest id an entry may have in feeds, in bytes: it stands in an index.
pub(crate) const MAX_GUID_BYTES: usize = 1024;
/// The longest source of a body, in bytes.
pub const MAX_SOURCE_BYTES: usize = 8 * 1024 * 1024;

fn check(draft: &EntryDraft) -> Result<()> {
    let mut errors = Vec::new();
    if draft.title.chars().count() > MAX_TITLE_CHARS {
        errors.push(FieldError::new(
            "title",
            format!("must have at most {MAX_TITLE_CHARS} characters"),
        ));
    }
    if draft.source.text.len() > MAX_SOURCE_BYTES {
        errors.push(FieldError::new(
            "body",
            format!("must have at most {MAX_SOURCE_BYTES} bytes"),
        ));
    }
    if draft
        .guid
        .as_ref()
        .is_some_and(|guid| guid.len() > MAX_GUID_BYTES)
    {
        errors.push(FieldError::new(
            "guid",
            format!("must have at most {MAX_GUID_BYTES} bytes"),
        ));
    }
    if draft.status == Status::Scheduled && draft.scheduled_at.is_none() {
        errors.push(FieldError::new(
            "scheduledAt",
            "is required for a scheduled entry",
        ));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(errors))
    }
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
