//! Before an entry is saved: who may, whether the draft holds, and which slug and path it gets.

use domain::{
    Error, FieldError, Result,
    access::{Action, Actor, Permit, Target},
    articles::EntryDraft,
    content::{Entry, Status},
    editions::Edition,
    events::ContentEvent,
    fields::IndexedValue,
    id::{EntryId, Id, UserId},
    routes::{PathValues, expand, normalise_path},
    text::SortKeys,
    time::{Timestamp, to_micros},
};
use persistence::{BodySave, EntrySave, Neighbours, Replaced};

use crate::{ActorContext, Tx, custom_fields, schedules, slugs, writing::place::pattern};

/// A change holds for the version it was made for.
pub(crate) fn check_version(entry: &Entry, expected: Option<i64>) -> Result<()> {
    match expected {
        Some(expected) if expected != entry.version => Err(Error::stale(entry.version)),
        _ => Ok(()),
    }
}

/// Asks for all that saving a draft takes: the entry as it was and as it will be are the actor's to
/// change, and what is public before or after is theirs to publish.
pub(crate) fn permit(
    cx: &ActorContext,
    id: EntryId,
    draft: &EntryDraft,
    old: Option<&Entry>,
) -> Result<Permit> {
    let target = Target {
        kind: id.kind.into(),
        id: id.to_string(),
        edition: Some(draft.edition),
        owner: owner(cx, draft, old),
    };
    let action = if let Some(old) = old {
        permit_change(cx, old)?;
        Action::Update
    } else {
        Action::Create
    };
    if is_out(draft.status) {
        cx.authorize(Action::Publish, target.clone())?;
    }
    cx.authorize(action, target)
}

/// Asks for all that changing an entry takes that stays where it is.
pub(super) fn permit_change(cx: &ActorContext, entry: &Entry) -> Result<Permit> {
    if is_out(entry.status) {
        cx.authorize(Action::Publish, entry.target())?;
    }
    cx.authorize(Action::Update, entry.target())
}

/// Whether what is saved is public, or will be without anybody's doing.
pub(super) fn is_out(status: Status) -> bool {
    matches!(status, Status::Published | Status::Scheduled)
}

/// Whose an entry is: the one the draft names; else it stays whose it was, and what is new belongs
/// to the person who makes it.
pub(crate) fn owner(cx: &ActorContext, draft: &EntryDraft, old: Option<&Entry>) -> Option<UserId> {
    draft.owner.or(match (old, cx.actor()) {
        (Some(old), _) => old.owner,
        (None, Actor::User { id, .. }) => Some(*id),
        (None, Actor::Anonymous | Actor::ApiKey { .. } | Actor::Link(_) | Actor::System(_)) => None,
    })
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
    pub(crate) index: Vec<IndexedValue>,
    pub(crate) old: Option<Entry>,
    pub(crate) now: Timestamp,
}

impl Prepared {
    /// A save of the whole of it.
    pub(crate) fn save<'a>(&'a self, draft: &'a EntryDraft) -> EntrySave<'a> {
        EntrySave {
            entry: &self.entry,
            draft,
            event: self.event.clone(),
            sort_keys: &self.sort_keys,
            revision: self.revision,
            body: BodySave::Replace,
            index: self.index.clone(),
            old: self.old.as_ref().map(|entry| Replaced {
                entry,
                was_public: entry.was_public(self.now),
                snapshot: None,
                published: None,
            }),
            at: self.now,
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
    custom_fields::check_draft(tx, id.kind, draft, edition).await?;
    let mut prepared = outline(tx, id, draft, old, edition)?;
    decide_slug(tx, edition, &mut prepared.entry, draft).await?;
    prepared.entry.path = decide_path(tx, edition, &prepared.entry, draft, parts).await?;
    schedules::plan_saved(tx, &prepared.entry, old).await?;
    Ok(prepared)
}

/// The entry a draft makes, its slug and path left open.
pub(crate) fn outline(
    tx: &Tx,
    id: EntryId,
    draft: &EntryDraft,
    old: Option<&Entry>,
    edition: &Edition,
) -> Result<Prepared> {
    let now = tx.cx().now();
    let created_at = old.map_or_else(
        || draft.created_at.map_or(now, to_micros),
        |old| old.created_at,
    );
    // The first publication counts.
    let known = draft
        .published_at
        .map(to_micros)
        .or(old.and_then(|old| old.published_at));
    let published_at = match draft.status {
        Status::Published => Some(known.unwrap_or(now)),
        Status::Draft
        | Status::InReview
        | Status::Scheduled
        | Status::Archived
        | Status::Trashed => known,
    };
    let group = match (draft.group, old) {
        (Some(group), _) => group,
        (None, Some(old)) => old.group,
        (None, None) => Id::from_uuid(tx.cx().next_id()),
    };
    let entry = Entry {
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
        live_version: None,
        scheduled_at: draft.scheduled_at.map(to_micros),
        unpublish_at: old.and_then(|old| old.unpublish_at),
        published_at,
        sort_at: published_at.unwrap_or(created_at),
        is_featured: draft.is_featured,
        owner: owner(tx.cx(), draft, old),
        guid: draft.guid.clone(),
        custom_fields: draft.custom_fields.clone(),
        created_at,
        updated_at: draft.updated_at.map_or(now, to_micros),
    };
    let sort_keys =
        SortKeys::of(edition).ok_or_else(|| Error::internal("no collation could be made"))?;
    let verb = if old.is_none() { "created" } else { "updated" };
    let event = ContentEvent::new(id.kind.into(), verb, id, Some(draft.edition));
    Ok(Prepared {
        entry,
        sort_keys,
        event,
        revision: tx.cx().next_id(),
        index: tx.cx().content_model().index(
            id.kind,
            Some(edition.code.as_str()),
            &draft.custom_fields,
        ),
        old: old.cloned(),
        now,
    })
}

async fn decide_slug(
    tx: &mut Tx,
    edition: &Edition,
    entry: &mut Entry,
    draft: &EntryDraft,
) -> Result<()> {
    let slug = slugs::free(
        tx.store_tx(),
        edition,
        slugs::Wanted {
            slug: &draft.slug,
            title: &draft.title,
            id: entry.id.uuid(),
        },
        Neighbours::Entry(entry),
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
    let base = normalise_path(&made_path(edition, entry, parts))?;
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

/// The path the edition's pattern gives an entry.
pub(crate) fn made_path(edition: &Edition, entry: &Entry, parts: &PathParts) -> String {
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
    expand(pattern(edition, entry.id.kind), &values)
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
