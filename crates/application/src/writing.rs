//! Making and changing entries of every kind, field by field, as people and programs outside do it.
//! Whole drafts are saved by `articles`, `pages` and `newsletters`.

use domain::{
    Error, Result,
    access::{Action, Permit, Target},
    articles::EntryDraft,
    audit::Changed,
    body::{Body, DeriveOptions, Source, derive},
    change::{Change, ContentChange, Faults},
    content::{Content, Entry, Parts, Status},
    editions::Edition,
    events::ContentEvent,
    fields::check_size,
    id::{EditionId, EntryId, Id},
    revisions::Snapshot,
};
use persistence::{BodySave, EntrySave, Pending, PendingSave, Replaced};

use crate::{
    ActorContext, Tx,
    context::found,
    custom_fields,
    entries::{self, Prepared, check_version},
};

mod below;
pub(crate) mod place;
mod references;

use place::{Place, SlugChoice, Stood};
use references::References;

/// How often a change is made anew when a slug or a path that was made for it is taken meanwhile.
pub(crate) const ATTEMPTS: u32 = 3;
/// Bodies longer than this are derived beside the threads that answer requests.
const LONG_SOURCE_BYTES: usize = 64 * 1024;

/// A change as it can be made in a transaction: what takes time has been done.
#[derive(Debug, Clone)]
pub struct Ready {
    change: ContentChange,
    body: Option<Body>,
    is_new: bool,
}

impl Ready {
    /// Of what makes an entry.
    pub async fn to_create(change: impl Into<ContentChange>) -> Result<Self> {
        Self::of(change.into(), true).await
    }

    /// Of what changes an entry.
    pub async fn to_change(change: impl Into<ContentChange>) -> Result<Self> {
        Self::of(change.into(), false).await
    }

    async fn of(change: ContentChange, is_new: bool) -> Result<Self> {
        // What is refused anyway is not worth the work.
        let body = match &change.entry().body {
            Change::Set(source) if change.faults(is_new).is_empty() => Some(derived(source).await?),
            Change::Set(_) | Change::Keep => None,
        };
        Ok(Self {
            change,
            body,
            is_new,
        })
    }

    fn faults(&self, cx: &ActorContext) -> Faults {
        let mut faults = self.change.faults(self.is_new);
        self.change.find_faults_at(cx.now(), &mut faults);
        faults
    }

    /// Whether a slug or a path was asked for, so that another does not do.
    fn insists(&self) -> bool {
        let entry = self.change.entry();
        let asked = |change: &Change<Option<String>>| matches!(change, Change::Set(Some(_)));
        asked(&entry.slug) || asked(&entry.path)
    }
}

/// Derives a body; a long one on a thread of its own.
pub(crate) async fn derived(source: &Source) -> Result<Body> {
    if source.text.len() <= LONG_SOURCE_BYTES {
        return Ok(derive(source, &DeriveOptions::default()));
    }
    let source = source.clone();
    tokio::task::spawn_blocking(move || derive(&source, &DeriveOptions::default()))
        .await
        .map_err(Error::internal)
}

/// Makes an entry: a draft.
pub(crate) async fn create(
    cx: &ActorContext,
    edition: EditionId,
    change: impl Into<ContentChange>,
) -> Result<Content> {
    let ready = Ready::to_create(change).await?;
    let mut attempt = 1;
    loop {
        let made = cx.write(async |tx| Box::pin(create_in(tx, edition, &ready)).await);
        match made.await {
            Err(error) if attempt < ATTEMPTS && is_overtaken(&ready, &error) => attempt += 1,
            made => return answer(cx, made?).await,
        }
    }
}

/// Changes an entry: the fields that are set.
pub(crate) async fn change(
    cx: &ActorContext,
    id: EntryId,
    expected: i64,
    change: impl Into<ContentChange>,
) -> Result<Content> {
    let ready = Ready::to_change(change).await?;
    let mut attempt = 1;
    loop {
        // Large, and on the stack of everybody who waits for it.
        let made = cx.write(async |tx| Box::pin(change_in(tx, id, expected, &ready)).await);
        match made.await {
            Err(error) if attempt < ATTEMPTS && is_overtaken(&ready, &error) => attempt += 1,
            made => {
                made?;
                return answer(cx, id).await;
            }
        }
    }
}

/// Whether another change took a slug or a path between the look and the write: a new look finds
/// one that is free.
pub(crate) fn is_overtaken(ready: &Ready, error: &Error) -> bool {
    !ready.insists()
        && matches!(error, Error::Conflict { field: Some(field), .. } if field == "slug" || field == "path")
}

/// What was changed, as it is now.
pub(crate) async fn answer(cx: &ActorContext, id: EntryId) -> Result<Content> {
    let found_now = cx
        .reader()
        .entries_by_ids(cx.scope(), &[id], Parts::NONE)
        .await?
        .remove(&id);
    found(found_now, id)
}

/// What the actor sees of an entry that is to be changed.
pub(crate) async fn visible(tx: &Tx, id: EntryId) -> Result<Content> {
    let content = tx
        .reader()
        .entries_by_ids(tx.cx().scope(), &[id], Parts::NONE)
        .await?
        .remove(&id);
    found(content, id)
}

/// Makes an entry, in a transaction.
pub async fn create_in(tx: &mut Tx, edition: EditionId, ready: &Ready) -> Result<EntryId> {
    let id = EntryId::new(ready.change.kind(), tx.cx().next_id());
    let mut draft = ready.change.blank(edition);
    if let Change::Set(owner) = ready.change.entry().owner {
        draft.entry_mut().owner = Some(owner);
    }
    let permit = permit_to_create(tx.cx(), id, draft.entry())?;
    let mut faults = ready.faults(tx.cx());
    let editions = tx.editions().await?;
    let Ok(edition) = editions.get(edition) else {
        faults.add("edition", format!("{edition} was not found"));
        faults.check()?;
        return Err(Error::internal("a fault was lost"));
    };
    let mut change = ready.change.clone();
    custom_fields::check_change(tx.cx(), edition, &mut change, &mut faults);
    change.apply(&mut draft, tx.cx().now());
    check_size(&draft.entry().custom_fields, &mut faults);
    number_issue(tx, &ready.change, &mut draft, &mut faults).await?;
    let mut written = Written {
        id,
        draft,
        base: None,
        old: None,
    };
    link_translation(tx, &ready.change, &mut written, &mut faults).await?;
    References::of(&written.draft, tx.cx().content_model())
        .check(tx, None, &mut faults)
        .await?;
    let prepared = written.prepare(tx, edition, ready, &mut faults).await?;
    faults.check()?;
    let prepared = prepared.ok_or_else(|| Error::internal("a fault was lost"))?;
    let permit = permit.with_note(ready.change.entry().note.clone());
    if let Some(body) = ready.body.clone() {
        written.draft.entry_mut().body = body;
    }
    let save = prepared.save(written.draft.entry());
    tx.store_tx()
        .save_content(&permit, save, &written.draft)
        .await?;
    Ok(id)
}

/// Changes an entry, in a transaction. One that is published stays as readers see it: the change
/// waits until it is published. What makes no difference makes no new version.
pub async fn change_in(tx: &mut Tx, id: EntryId, expected: i64, ready: &Ready) -> Result<()> {
    let content = visible(tx, id).await?;
    let old = content.entry();
    if ready.change.kind() != id.kind {
        return Err(Error::not_found(id));
    }
    let permit = permit_to_change(tx.cx(), old)?;
    check_version(old, Some(expected))?;
    let pending = pending_of(tx, old).await?;
    let base = match &pending {
        Some(pending) => pending.snapshot.clone(),
        None => whole(tx, id).await?,
    };
    let mut faults = ready.faults(tx.cx());
    ready.change.find_faults_with(&base, &mut faults);
    let mut draft = base.clone();
    // Where it is in its life is that of the entry, whenever the draft was kept.
    let of_entry = draft.entry_mut();
    of_entry.status = old.status;
    of_entry.published_at = old.published_at;
    of_entry.scheduled_at = old.scheduled_at;
    let mut change = ready.change.clone();
    let sets_fields = change.entry().custom_fields != Change::Keep;
    if sets_fields {
        let editions = tx.editions().await?;
        let edition = editions.get(old.edition)?;
        custom_fields::check_change(tx.cx(), edition, &mut change, &mut faults);
    }
    let changed = change.apply(&mut draft, tx.cx().now());
    if sets_fields {
        let (before, after) = (&base.entry().custom_fields, draft.entry_mut());
        custom_fields::keep_unseen(tx, id.kind, before, &mut after.custom_fields).await?;
        let editions = tx.editions().await?;
        let edition = editions.get(old.edition)?;
        let is_planned = old.scheduled_at.is_some();
        custom_fields::check_changed(tx.cx(), edition, &draft, is_planned, &mut faults);
    }
    let mut written = Written {
        id,
        draft,
        base: Some(base),
        old: Some(old.clone()),
    };
    let linked = link_translation(tx, &ready.change, &mut written, &mut faults).await?;
    if changed.is_empty() && !linked {
        return faults.check();
    }
    permit_owner(tx.cx(), id, written.draft.entry(), old)?;
    References::of(&written.draft, tx.cx().content_model())
        .check(tx, written.base.as_ref(), &mut faults)
        .await?;
    let editions = tx.editions().await?;
    let edition = editions.get(old.edition)?;
    let prepared = written.prepare(tx, edition, ready, &mut faults).await?;
    faults.check()?;
    let prepared = prepared.ok_or_else(|| Error::internal("a fault was lost"))?;
    let changed = written.differing(changed, linked, &prepared.entry);
    if changed.is_empty() {
        return Ok(());
    }
    let permit = permit
        .changing(Changed::Fields { changed })
        .with_note(ready.change.entry().note.clone());
    if old.status == Status::Published {
        return written.save_pending(tx, &permit, prepared).await;
    }
    let has_new_body = ready.body.clone();
    written
        .save_live(tx, &permit, prepared, (pending.is_some(), has_new_body))
        .await
}

/// The whole of an entry as a change begins with it, in a transaction: what waits of a published one
/// is in it. For those who may change it.
pub async fn draft_in(tx: &mut Tx, id: EntryId) -> Result<Snapshot> {
    let content = visible(tx, id).await?;
    tx.cx()
        .authorize(Action::Update, content.entry().target())?;
    match pending_of(tx, content.entry()).await? {
        Some(pending) => Ok(pending.snapshot),
        None => whole(tx, id).await,
    }
}

/// Who may make an entry of somebody's: editors for others, everybody for themselves.
fn permit_to_create(cx: &ActorContext, id: EntryId, draft: &EntryDraft) -> Result<Permit> {
    let target = Target {
        kind: id.kind.into(),
        id: id.to_string(),
        edition: Some(draft.edition),
        owner: entries::owner(cx, draft, None),
    };
    if draft.owner.is_some() {
        cx.authorize(Action::Update, target.clone())?;
    }
    cx.authorize(Action::Create, target)
}

/// Changing what is scheduled changes what will be public without anybody's doing. Changes of what
/// is public wait.
pub(crate) fn permit_to_change(cx: &ActorContext, entry: &Entry) -> Result<Permit> {
    let permit = cx.authorize(Action::Update, entry.target())?;
    match entry.status {
        Status::Scheduled => {
            cx.authorize(Action::Publish, entry.target())?;
        }
        Status::Trashed => {
            return Err(Error::conflict(format!(
                "a trashed {} cannot be changed: restore it first",
                entry.id.kind
            )));
        }
        Status::Draft | Status::InReview | Status::Published | Status::Archived => {}
    }
    Ok(permit)
}

/// An entry can be given to somebody by those who could change it then, too.
fn permit_owner(cx: &ActorContext, id: EntryId, draft: &EntryDraft, old: &Entry) -> Result<()> {
    if draft.owner == old.owner {
        return Ok(());
    }
    let target = Target {
        owner: draft.owner,
        ..old.target()
    };
    cx.authorize(Action::Update, target)?
        .covers(id.kind.into(), id)
}

/// Reports what a draft refers to that is not in another and not to be seen.
pub(crate) async fn check_references(
    tx: &Tx,
    draft: &Snapshot,
    before: &Snapshot,
    faults: &mut Faults,
) -> Result<()> {
    References::of(draft, tx.cx().content_model())
        .check(tx, Some(before), faults)
        .await
}

/// Saves an entry where readers see it; the pages below a page that moves follow.
pub(crate) async fn save_moving(
    tx: &mut Tx,
    permit: &Permit,
    save: EntrySave<'_>,
    draft: &Snapshot,
) -> Result<()> {
    let id = save.entry.id;
    let before = below::slug_path(tx, id).await?;
    tx.store_tx().save_content(permit, save, draft).await?;
    let editions = tx.editions().await?;
    let edition = editions.get(draft.entry().edition)?;
    below::follow(tx, permit, edition, (id, before)).await
}

/// The whole of an entry as readers see it.
pub(crate) async fn whole(tx: &Tx, id: EntryId) -> Result<Snapshot> {
    found(tx.reader().draft(tx.cx().scope(), id).await?, id)
}

/// The edit of an entry that waits.
pub(crate) async fn pending_of(tx: &Tx, entry: &Entry) -> Result<Option<Pending>> {
    if !entry.has_pending_changes {
        return Ok(None);
    }
    tx.reader().pending(tx.cx().scope(), entry.id).await
}

/// Gives a new issue that has none the next number of its series.
async fn number_issue(
    tx: &Tx,
    change: &ContentChange,
    draft: &mut Snapshot,
    faults: &mut Faults,
) -> Result<()> {
    let (ContentChange::Issue(change), Snapshot::Issue(draft)) = (change, draft) else {
        return Ok(());
    };
    if change.number == Change::Keep && faults.is_empty() {
        draft.number = tx.reader().next_issue_number(draft.newsletter).await?;
    }
    Ok(())
}

/// Joins an entry to the translations of the one it was translated from. Answers whether that
/// changes anything.
async fn link_translation(
    tx: &mut Tx,
    change: &ContentChange,
    written: &mut Written,
    faults: &mut Faults,
) -> Result<bool> {
    let Change::Set(source) = change.entry().translated_from else {
        return Ok(false);
    };
    let (id, draft) = (written.id, written.draft.entry_mut());
    let Some(source) = source else {
        return Ok(draft.translated_from.take().is_some());
    };
    if draft
        .translated_from
        .is_some_and(|(known, _)| known == source)
    {
        return Ok(false);
    }
    if source.kind != id.kind {
        faults.add(
            "translatedFrom",
            format!("must be the id of another {}", id.kind),
        );
        return Ok(false);
    }
    if source == id {
        faults.add("translatedFrom", format!("is the {} itself", id.kind));
        return Ok(false);
    }
    let Ok(content) = visible(tx, source).await else {
        faults.add("translatedFrom", format!("{source} was not found"));
        return Ok(false);
    };
    let original = content.entry();
    if original.edition == draft.edition {
        faults.add("translatedFrom", "is of the same edition");
        return Ok(false);
    }
    let version = original.live_version.unwrap_or(original.version);
    draft.translated_from = Some((source, version));
    draft.group = Some(original.group);
    Ok(true)
}

/// A draft on its way to the store.
pub(crate) struct Written {
    pub(crate) id: EntryId,
    pub(crate) draft: Snapshot,
    /// What the change was made to.
    pub(crate) base: Option<Snapshot>,
    /// What readers see.
    pub(crate) old: Option<Entry>,
}

impl Written {
    /// Decides what a draft leaves open. `None`: something is wrong, and has been added to the
    /// faults.
    async fn prepare(
        &mut self,
        tx: &mut Tx,
        edition: &Edition,
        ready: &Ready,
        faults: &mut Faults,
    ) -> Result<Option<Prepared>> {
        if !faults.is_empty() {
            return Ok(None);
        }
        let change = ready.change.entry();
        let slug = match &change.slug {
            Change::Set(Some(slug)) => Some(SlugChoice::Asked(slug)),
            Change::Set(None) => Some(SlugChoice::Made),
            Change::Keep => None,
        };
        let decided = self.decide(tx, edition, (slug, &change.path)).await;
        faults.absorb(decided)
    }

    /// Decides slug, path and times. Those that are not asked for follow what they are made of.
    pub(crate) async fn decide(
        &mut self,
        tx: &mut Tx,
        edition: &Edition,
        (slug, path): (Option<SlugChoice<'_>>, &Change<Option<String>>),
    ) -> Result<Prepared> {
        let draft = self.draft.entry_mut();
        (draft.created_at, draft.updated_at) = (None, None);
        let draft = self.draft.entry();
        let mut prepared = entries::outline(tx, self.id, draft, self.old.as_ref(), edition)?;
        let entry = &mut prepared.entry;
        if let Some(group) = draft.group
            && self.old.as_ref().is_none_or(|old| old.group != group)
        {
            let entered = tx.store_tx().may_enter_group(entry, group).await;
            let in_words = |_wrong| {
                let why = "has a translation in this edition already";
                Error::invalid("translatedFrom", why)
            };
            entered.map_err(in_words)?;
        }
        let choice = slug.or(match &self.base {
            None => Some(SlugChoice::Made),
            Some(base) if base.entry().parent != draft.parent => {
                Some(SlugChoice::Kept(&base.entry().slug))
            }
            Some(_) => None,
        });
        match (choice, &self.base) {
            (Some(choice), _) => place::choose_slug(tx, edition, entry, choice).await?,
            (None, Some(base)) => base.entry().slug.clone_into(&mut entry.slug),
            (None, None) => {}
        }
        let place = Place::from(&self.draft);
        match (path, self.stood()) {
            (Change::Set(Some(path)), _) => place::take_path(tx, entry, path).await?,
            (Change::Keep, Some(stood)) => {
                place::follow(tx, edition, entry, place, &stood).await?;
            }
            (Change::Set(None), _) | (Change::Keep, None) => {
                let parts = place.parts(tx, edition, self.id).await?;
                if let Some(stood) = self.stood() {
                    stood.path.clone_into(&mut entry.path);
                }
                place::make_path(tx, edition, entry, &parts).await?;
            }
        }
        let draft = self.draft.entry_mut();
        draft.slug.clone_from(&prepared.entry.slug);
        draft.path = Some(prepared.entry.path.clone());
        Ok(prepared)
    }

    fn stood(&self) -> Option<Stood<'_>> {
        let (base, old) = (self.base.as_ref()?, self.old.as_ref()?);
        Some(Stood {
            slug: &base.entry().slug,
            path: base.entry().path.as_deref().unwrap_or(&old.path),
            place: Place::from(base),
            sort_at: old.sort_at,
        })
    }

    /// The names of the fields that differ, now that slug and path are decided.
    fn differing(&self, mut changed: Vec<String>, linked: bool, entry: &Entry) -> Vec<String> {
        if linked {
            changed.push("translatedFrom".to_owned());
        }
        let Some(base) = self.base.as_ref().map(Snapshot::entry) else {
            return changed;
        };
        for (name, differs) in [
            ("slug", base.slug != entry.slug),
            ("path", base.path.as_ref() != Some(&entry.path)),
        ] {
            let is_named = changed.iter().any(|known| known == name);
            if is_named && !differs {
                changed.retain(|known| known != name);
            } else if differs && !is_named {
                changed.push(name.to_owned());
            }
        }
        changed
    }

    /// Keeps it until it is published.
    pub(crate) async fn save_pending(
        self,
        tx: &mut Tx,
        permit: &Permit,
        prepared: Prepared,
    ) -> Result<()> {
        let Some(mut entry) = self.old else {
            return Err(Error::internal("what is new has no pending changes"));
        };
        entry.live_version = entry.live_version.or(Some(entry.version));
        entry.version += 1;
        entry.has_pending_changes = true;
        let event = ContentEvent::new(
            entry.id.kind.into(),
            "revised",
            entry.id,
            Some(entry.edition),
        );
        let save = PendingSave {
            entry: &entry,
            revision: Id::from_uuid(prepared.revision),
            snapshot: &self.draft,
            event,
            at: prepared.now,
        };
        tx.store_tx().save_pending(permit, save).await
    }

    /// Saves it where readers will see it. `had_pending`: it was made to what waited, which is in it
    /// now.
    pub(crate) async fn save_live(
        mut self,
        tx: &mut Tx,
        permit: &Permit,
        prepared: Prepared,
        (had_pending, body): (bool, Option<Body>),
    ) -> Result<()> {
        let body = match body {
            None if had_pending => Some(derived(&self.draft.entry().source).await?),
            body => body,
        };
        let mut save_body = BodySave::Keep;
        if let Some(body) = body {
            self.draft.entry_mut().body = body;
            save_body = BodySave::Replace;
        }
        let mut save = prepared.save(self.draft.entry());
        save.body = save_body;
        save.old = save.old.map(|old| Replaced {
            snapshot: self.base.as_ref().filter(|_| !had_pending),
            ..old
        });
        save_moving(tx, permit, save, &self.draft).await
    }
}
