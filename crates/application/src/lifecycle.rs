//! Steps in the life of entries of every kind.

use domain::{
    Error, Result,
    access::{Action, Permit},
    audit::Changed,
    body::Body,
    change::{Change, Faults},
    content::{Content, Entry, Status},
    editions::Edition,
    events::ContentEvent,
    id::{EntryId, RevisionId},
    lifecycle::{Schedule, Transition, Verb},
    revisions::Snapshot,
    time::Timestamp,
};
use persistence::{BodySave, Deletion, Moved, OnUse, Pending, Replaced};

use crate::{
    ActorContext, Tx,
    custom_fields::check_complete,
    entries::check_version,
    schedules::plan_in,
    writing::{
        Written, answer, derived, pending_of,
        place::{Place, SlugChoice, Stood, follow, is_dated, pattern},
        save_moving, visible, whole,
    },
};

/// What every step is asked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The version it was decided on.
    pub expected: i64,
    /// What is said about it.
    pub note: Option<String>,
}

/// Hands a draft in.
pub async fn submit(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    run(cx, id, Verb::Submit, step).await
}

/// Sends back what was handed in; the note says what is missing.
pub async fn request_changes(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    run(cx, id, Verb::RequestChanges, step).await
}

/// Makes an entry public, or what waits of one that is.
pub async fn publish(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    // Deriving a long body is no work for a transaction.
    let body = pending_body(cx, id).await?;
    cx.write(async |tx| Box::pin(publish_in(tx, id, &step, body)).await)
        .await?;
    answer(cx, id).await
}

/// Sets when an entry, or what waits of it, becomes public, and when it is taken back.
pub async fn schedule(
    cx: &ActorContext,
    id: EntryId,
    step: Step,
    schedule: Schedule,
) -> Result<Content> {
    cx.write(async |tx| schedule_in(tx, id, &step, schedule).await)
        .await?;
    answer(cx, id).await
}

/// Drops what was scheduled.
pub async fn unschedule(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    run(cx, id, Verb::Unschedule, step).await
}

/// Takes an entry back: it is a draft again.
pub async fn unpublish(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    run(cx, id, Verb::Unpublish, step).await
}

/// Takes an entry off and keeps it.
pub async fn archive(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    run(cx, id, Verb::Archive, step).await
}

/// Brings an archived entry back as a draft.
pub async fn unarchive(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    run(cx, id, Verb::Unarchive, step).await
}

/// Puts an entry into the trash.
pub async fn trash(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    run(cx, id, Verb::Trash, step).await
}

/// Takes an entry out of the trash, as a draft.
pub async fn restore(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    run(cx, id, Verb::Restore, step).await
}

/// Removes a trashed entry for good.
pub async fn purge(cx: &ActorContext, id: EntryId, step: Step, on_use: OnUse) -> Result<()> {
    cx.write(async |tx| purge_in(tx, id, &step, on_use).await)
        .await
}

async fn run(cx: &ActorContext, id: EntryId, verb: Verb, step: Step) -> Result<Content> {
    cx.write(async |tx| step_in(tx, id, verb, &step).await)
        .await?;
    answer(cx, id).await
}

/// Makes a step that needs nothing but a note, in a transaction.
pub async fn step_in(tx: &mut Tx, id: EntryId, verb: Verb, step: &Step) -> Result<()> {
    match verb {
        Verb::Publish => return publish_in(tx, id, step, None).await,
        Verb::Purge => return purge_in(tx, id, step, OnUse::Refuse).await,
        Verb::Schedule => return Err(Error::invalid("publishAt", "is required")),
        Verb::Submit
        | Verb::RequestChanges
        | Verb::Unschedule
        | Verb::Unpublish
        | Verb::Archive
        | Verb::Unarchive
        | Verb::Trash
        | Verb::Restore => {}
    }
    let (content, permit) = begin(tx, id, verb, step).await?;
    let mut entry = content.entry().clone();
    let transition = entry.step(verb, tx.cx().now())?;
    if verb == Verb::Submit {
        Box::pin(check_complete(tx, &content)).await?;
    }
    finish(tx, permit, &content, (entry, transition)).await
}

/// Sets times, in a transaction.
pub async fn schedule_in(tx: &mut Tx, id: EntryId, step: &Step, schedule: Schedule) -> Result<()> {
    let (content, permit) = begin(tx, id, Verb::Schedule, step).await?;
    let mut entry = content.entry().clone();
    let transition = entry.schedule(schedule, tx.cx().now())?;
    if schedule.publish_at.is_some() {
        Box::pin(check_complete(tx, &content)).await?;
    }
    finish(tx, permit, &content, (entry, transition)).await
}

/// Removes a trashed entry for good, in a transaction.
pub async fn purge_in(tx: &mut Tx, id: EntryId, step: &Step, on_use: OnUse) -> Result<()> {
    let (content, permit) = begin(tx, id, Verb::Purge, step).await?;
    let mut entry = content.entry().clone();
    let (cx, now) = (tx.cx().clone(), tx.cx().now());
    entry.step(Verb::Purge, now)?;
    tx.store_tx().claim(&entry).await?;
    plan_in(tx, &entry).await?;
    let deletion = Deletion {
        id: id.uuid(),
        on_use,
        at: now,
    };
    tx.store_tx()
        .delete_record(&permit, cx.scope(), deletion)
        .await
}

/// Publishes, in a transaction. `body`: what was derived of the edit that waits, if it still does.
pub async fn publish_in(
    tx: &mut Tx,
    id: EntryId,
    step: &Step,
    body: Option<(RevisionId, Body)>,
) -> Result<()> {
    let (content, permit) = begin(tx, id, Verb::Publish, step).await?;
    let now = tx.cx().now();
    // A step that cannot be made is told before what is missing for it.
    content.entry().clone().step(Verb::Publish, now)?;
    Box::pin(check_complete(tx, &content)).await?;
    publish_at(tx, permit, &content, (now, body)).await
}

/// Publishes what was scheduled for a time, in a transaction. Answers whether it still was.
pub async fn publish_due_in(tx: &mut Tx, id: EntryId, planned: Timestamp) -> Result<bool> {
    let Ok(content) = visible(tx, id).await else {
        return Ok(false);
    };
    let entry = content.entry();
    if entry.scheduled_at != Some(planned) || Verb::Publish.leads(entry.status).is_none() {
        return Ok(false);
    }
    let permit = tx.cx().authorize(Action::Publish, entry.target())?;
    publish_at(tx, permit, &content, (planned, None)).await?;
    Ok(true)
}

/// Takes back what was to be taken back at a time, in a transaction. Answers whether it still was.
pub async fn unpublish_due_in(tx: &mut Tx, id: EntryId, planned: Timestamp) -> Result<bool> {
    let Ok(content) = visible(tx, id).await else {
        return Ok(false);
    };
    let mut entry = content.entry().clone();
    if entry.unpublish_at != Some(planned) || entry.status != Status::Published {
        return Ok(false);
    }
    let permit = tx.cx().authorize(Action::Publish, entry.target())?;
    let transition = entry.step(Verb::Unpublish, tx.cx().now())?;
    finish(tx, permit, &content, (entry, transition)).await?;
    Ok(true)
}

/// Drops the edit of an entry that waits.
pub async fn discard_pending(cx: &ActorContext, id: EntryId, step: Step) -> Result<Content> {
    cx.write(async |tx| discard_pending_in(tx, id, &step).await)
        .await?;
    answer(cx, id).await
}

/// Drops the edit of an entry that waits, in a transaction.
pub async fn discard_pending_in(tx: &mut Tx, id: EntryId, step: &Step) -> Result<()> {
    check_note(step)?;
    let content = visible(tx, id).await?;
    let mut entry = content.entry().clone();
    let permit = tx.cx().authorize(Action::Update, entry.target())?;
    check_version(&entry, Some(step.expected))?;
    if !entry.has_pending_changes {
        return Err(Error::conflict(format!(
            "this {} has no pending changes",
            id.kind
        )));
    }
    entry.version += 1;
    entry.has_pending_changes = false;
    if entry.status == Status::Published {
        // Nothing is left that could be published then.
        entry.scheduled_at = None;
    }
    let changed = Changed::Fields {
        changed: vec!["hasPendingChanges".to_owned()],
    };
    let permit = permit.changing(changed).with_note(step.note.clone());
    let event = ContentEvent::new(id.kind.into(), "revised", id, Some(entry.edition));
    let now = tx.cx().now();
    tx.store_tx()
        .discard_pending(&permit, &entry, event, now)
        .await?;
    plan_in(tx, &entry).await
}

/// Looks up the entry and asks for everything the step takes.
async fn begin(tx: &Tx, id: EntryId, verb: Verb, step: &Step) -> Result<(Content, Permit)> {
    check_note(step)?;
    let content = visible(tx, id).await?;
    let entry = content.entry();
    if verb == Verb::Trash && entry.is_out() {
        tx.cx().authorize(Action::Publish, entry.target())?;
    }
    let permit = tx.cx().authorize(verb.action(), entry.target())?;
    check_version(entry, Some(step.expected))?;
    Ok((content, permit.with_note(step.note.clone())))
}

pub(crate) fn check_note(step: &Step) -> Result<()> {
    let mut faults = Faults::default();
    faults.paragraph("note", step.note.as_deref());
    faults.check()
}

/// Writes a step that leaves what is in the entry as it is.
async fn finish(
    tx: &mut Tx,
    permit: Permit,
    content: &Content,
    (mut entry, transition): (Entry, Transition),
) -> Result<()> {
    let (old, now) = (content.entry(), tx.cx().now());
    if entry.sort_at != old.sort_at {
        let editions = tx.editions().await?;
        follow_date(tx, editions.get(entry.edition)?, content, &mut entry).await?;
    }
    let permit = permit.changing(changed(transition));
    let redirect = tx.cx().next_id();
    let moved = Moved {
        entry: &entry,
        old,
        was_public: old.was_public(now),
        event: event(&entry, transition),
        redirect,
        at: now,
    };
    tx.store_tx().move_entry(&permit, moved).await?;
    plan_in(tx, &entry).await
}

/// A path may hold the date of the publication.
async fn follow_date(
    tx: &mut Tx,
    edition: &Edition,
    content: &Content,
    entry: &mut Entry,
) -> Result<()> {
    if !is_dated(pattern(edition, entry.id.kind)) {
        return Ok(());
    }
    let place = match content {
        // What is above a page may be hidden from who publishes it.
        Content::Page(_) => Place::from(&whole(tx, entry.id).await?),
        Content::Article(_) | Content::Issue(_) => Place::from(content),
    };
    let old = content.entry();
    let stood = Stood {
        slug: &old.slug,
        path: &old.path,
        place,
        sort_at: old.sort_at,
    };
    follow(tx, edition, entry, place, &stood).await
}

fn changed(transition: Transition) -> Changed {
    Changed::Transition {
        from: transition.from,
        to: transition.to,
    }
}

fn event(entry: &Entry, transition: Transition) -> ContentEvent {
    let verb = transition.verb.event();
    ContentEvent::new(entry.id.kind.into(), verb, entry.id, Some(entry.edition))
}

/// What is derived of the edit that waits, for those who may publish it.
pub(crate) async fn pending_body(
    cx: &ActorContext,
    id: EntryId,
) -> Result<Option<(RevisionId, Body)>> {
    let Some(pending) = cx.reader().pending(cx.scope(), id).await? else {
        return Ok(None);
    };
    let body = derived(&pending.snapshot.entry().source).await?;
    Ok(Some((pending.id, body)))
}

/// Publishes as of a time: what waits takes the place of what readers see.
async fn publish_at(
    tx: &mut Tx,
    permit: Permit,
    content: &Content,
    (at, body): (Timestamp, Option<(RevisionId, Body)>),
) -> Result<()> {
    let mut entry = content.entry().clone();
    let transition = entry.step(Verb::Publish, at)?;
    let Some(pending) = pending_of(tx, content.entry()).await? else {
        return finish(tx, permit, content, (entry, transition)).await;
    };
    let live = whole(tx, entry.id).await?;
    let body = body.filter(|(revision, _)| *revision == pending.id);
    let waiting = Waiting {
        pending: &pending,
        body: body.map(|(_, body)| body),
        live,
    };
    let permit = permit.changing(changed(transition));
    waiting
        .publish(tx, &permit, content.entry(), (entry, transition))
        .await
}

/// An edit on its way to readers.
struct Waiting<'a> {
    pending: &'a Pending,
    body: Option<Body>,
    live: Snapshot,
}

impl Waiting<'_> {
    async fn publish(
        self,
        tx: &mut Tx,
        permit: &Permit,
        old: &Entry,
        (entry, transition): (Entry, Transition),
    ) -> Result<()> {
        let mut draft = self.pending.snapshot.clone();
        let of_entry = draft.entry_mut();
        of_entry.status = entry.status;
        of_entry.published_at = entry.published_at;
        of_entry.scheduled_at = None;
        let mut faults = Faults::default();
        crate::writing::check_references(tx, &draft, &self.live, &mut faults).await?;
        faults.check()?;
        let mut save_body = BodySave::Keep;
        if self.live.entry().source != draft.entry().source {
            let body = match self.body {
                Some(body) => body,
                None => derived(&draft.entry().source).await?,
            };
            draft.entry_mut().body = body;
            save_body = BodySave::Replace;
        }
        let (slug, path) = (draft.entry().slug.clone(), draft.entry().path.clone());
        let slug = (slug != old.slug).then_some(SlugChoice::Asked(&slug));
        let path = match path {
            Some(path) if path != old.path => Change::Set(Some(path)),
            Some(_) | None => Change::Keep,
        };
        let mut written = Written {
            id: entry.id,
            draft,
            base: Some(self.live),
            old: Some(old.clone()),
        };
        let editions = tx.editions().await?;
        let edition = editions.get(entry.edition)?;
        let mut prepared = written.decide(tx, edition, (slug, &path)).await?;
        prepared.entry.unpublish_at = entry.unpublish_at;
        prepared.event = event(&entry, transition);
        let mut save = prepared.save(written.draft.entry());
        save.body = save_body;
        save.old = save.old.map(|replaced| Replaced {
            snapshot: written.base.as_ref(),
            published: Some(self.pending),
            ..replaced
        });
        save_moving(tx, permit, save, &written.draft).await?;
        plan_in(tx, &prepared.entry).await
    }
}
