//! Custom fields: whether what is written fits what the site declares, what readers are given, and
//! the index that lists ask.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

use domain::{
    Error, FieldError, Result,
    access::{Action, Permit, Target},
    articles::EntryDraft,
    change::{Change, ContentChange, Faults},
    content::{Content, ContentKind, Entry, Parts},
    editions::{Edition, EditionSet},
    events::RecordKind,
    fields::{ContentModel, CustomFields, FieldReference, WITH_FIELDS, check_size, is_shared},
    id::{AssetId, EditionId, EntryId},
    jobs::{NewJob, ReindexFields},
    revisions::Snapshot,
    unseen,
};
use futures::future::BoxFuture;
use persistence::Referent;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    ActorContext, Tx,
    worker::{Due, Inside},
    writing::pending_of,
};

pub mod records;

/// How many records a job indexes at once.
const AT_ONCE: u32 = 200;

/// Checks the custom fields a change sets, and brings them into the form they are stored in.
pub(crate) fn check_change(
    cx: &ActorContext,
    edition: &Edition,
    change: &mut ContentChange,
    faults: &mut Faults,
) {
    let kind = change.kind();
    if let Change::Set(Some(values)) = &mut change.entry_mut().custom_fields {
        let code = Some(edition.code.as_str());
        cx.content_model().check_change(kind, code, values, faults);
    }
}

/// All that is wrong with a change of an entry, whatever it is made to: for who reads it, so that all
/// is told at once. `edition`: the code of the one it is for, if that is known.
pub fn faults_of(
    cx: &ActorContext,
    edition: Option<&str>,
    change: &ContentChange,
    is_new: bool,
) -> Vec<FieldError> {
    let mut faults = change.faults(is_new);
    change.find_faults_at(cx.now(), &mut faults);
    if let Change::Set(Some(values)) = &change.entry().custom_fields {
        let model = cx.content_model();
        model.check_change(change.kind(), edition, &mut values.clone(), &mut faults);
    }
    match faults.check() {
        Err(Error::Invalid(fields)) => fields,
        Ok(()) | Err(_) => Vec::new(),
    }
}

/// Checks what a change leaves of the custom fields. What goes out without anybody's doing must
/// have what is required.
pub(crate) fn check_changed(
    cx: &ActorContext,
    edition: &Edition,
    draft: &Snapshot,
    is_planned: bool,
    faults: &mut Faults,
) {
    let values = &draft.entry().custom_fields;
    if is_planned && faults.is_empty() {
        let code = edition.code.as_str();
        cx.content_model()
            .check_values((draft.kind(), Some(code)), values, true, faults);
    } else {
        check_size(values, faults);
    }
}

/// Checks the custom fields of a whole draft: what has a value must fit, and what it refers to must
/// be there. What is required is asked for when it is published by a step.
pub(crate) async fn check_draft(
    tx: &Tx,
    kind: ContentKind,
    draft: &EntryDraft,
    edition: &Edition,
) -> Result<()> {
    if draft.custom_fields.is_empty() {
        return Ok(());
    }
    let mut faults = Faults::default();
    let (model, code) = (tx.cx().content_model(), edition.code.as_str());
    model.check_values((kind, Some(code)), &draft.custom_fields, false, &mut faults);
    let found = references(model, kind, &draft.custom_fields);
    if !found.is_empty() {
        let wanted: BTreeSet<Referent> = found.iter().map(|(_, referent)| *referent).collect();
        let known = tx.reader().known(tx.cx().scope(), &wanted).await?;
        for (place, referent) in found {
            if !known.contains(&referent) {
                faults.add(place, format!("{referent} was not found"));
            }
        }
    }
    faults.check()
}

/// Asks for what an entry must have before it is handed in or goes out: of what waits, if an edit
/// does.
pub(crate) async fn check_complete(tx: &Tx, content: &Content) -> Result<()> {
    let entry = content.entry();
    let model = tx.cx().content_model();
    if !model.has_fields(entry.id.kind) {
        return Ok(());
    }
    let pending = pending_of(tx, entry).await?;
    let waiting = pending
        .as_ref()
        .map(|pending| &pending.snapshot.entry().custom_fields);
    let editions = tx.reader().edition_set().await?;
    let code = editions.get(entry.edition)?.code.as_str();
    let mut faults = Faults::default();
    let values = waiting.unwrap_or(&entry.custom_fields);
    model.check_values((entry.id.kind, Some(code)), values, true, &mut faults);
    faults.check()
}

/// Checks the custom fields of a state that is brought back: what it changes must fit today.
pub(crate) fn check_restored(
    cx: &ActorContext,
    edition: &Edition,
    (id, draft, base): (EntryId, &Snapshot, &Snapshot),
    faults: &mut Faults,
) {
    let (old, new) = (&base.entry().custom_fields, &draft.entry().custom_fields);
    let changed: CustomFields = new
        .iter()
        .filter(|(name, value)| old.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let code = edition.code.as_str();
    cx.content_model()
        .check_values((id.kind, Some(code)), &changed, false, faults);
}

/// What the custom fields of a draft refer to, by place.
pub(crate) fn references(
    model: &ContentModel,
    kind: impl Into<RecordKind>,
    values: &CustomFields,
) -> Vec<(String, Referent)> {
    let found = model.references(kind, values).into_iter();
    found
        .filter_map(|reference| Some((reference.place.clone(), referent(&reference)?)))
        .collect()
}

/// Leaves what its sender could not see of lists of references where it is.
pub(crate) async fn keep_unseen(
    tx: &Tx,
    kind: impl Into<RecordKind>,
    old: &CustomFields,
    values: &mut CustomFields,
) -> Result<()> {
    let before = references(tx.cx().content_model(), kind, old);
    if before.is_empty() {
        return Ok(());
    }
    let before: BTreeSet<Referent> = before.into_iter().map(|(_, referent)| referent).collect();
    let seen = tx.reader().known(tx.cx().scope(), &before).await?;
    let unseen: BTreeSet<String> = before.difference(&seen).map(Referent::to_string).collect();
    let is_unseen = |value: &Value| value.as_str().is_some_and(|id| unseen.contains(id));
    for (name, value) in values {
        if let (Value::Array(new), Some(Value::Array(old))) = (value, old.get(name)) {
            let kept = unseen::keep_unseen(old, std::mem::take(new), is_unseen, |a, b| a == b);
            new.extend(kept.into_iter().map(|(value, _)| value));
        }
    }
    Ok(())
}

fn referent(reference: &FieldReference) -> Option<Referent> {
    let id = reference.id.as_str();
    Some(match reference.kind {
        RecordKind::Article | RecordKind::Page | RecordKind::Issue => {
            Referent::Entry(id.parse().ok()?)
        }
        RecordKind::Category => Referent::Term(id.parse::<domain::id::CategoryId>().ok()?.into()),
        RecordKind::Tag => Referent::Term(id.parse::<domain::id::TagId>().ok()?.into()),
        RecordKind::Author => Referent::Author(id.parse().ok()?),
        RecordKind::Asset => Referent::Asset(id.parse().ok()?),
        RecordKind::Gallery => Referent::Gallery(id.parse().ok()?),
        RecordKind::Newsletter => Referent::Newsletter(id.parse().ok()?),
        RecordKind::Site
        | RecordKind::Edition
        | RecordKind::Collection
        | RecordKind::Menu
        | RecordKind::Comment
        | RecordKind::Redirect
        | RecordKind::User
        | RecordKind::Session
        | RecordKind::ApiKey
        | RecordKind::Audit
        | RecordKind::Job => return None,
    })
}

/// The custom fields of a record as they are shown: every field that is declared for it, null where it has no value. What they refer to is still to be looked up: what the actor may not
/// read is no value.
#[derive(Debug, Clone)]
pub struct Shown {
    values: CustomFields,
    references: Vec<(FieldReference, Referent)>,
}

impl Shown {
    /// Of an entry.
    pub fn of(cx: &ActorContext, editions: &EditionSet, entry: &Entry) -> Result<Self> {
        let code = editions.get(entry.edition)?.code.as_str();
        let (kind, values) = (entry.id.kind, &entry.custom_fields);
        Ok(Self::new(cx, (kind, Some(code)), values))
    }

    fn new(
        cx: &ActorContext,
        (kind, edition): (impl Into<RecordKind>, Option<&str>),
        values: &CustomFields,
    ) -> Self {
        let (model, kind) = (cx.content_model(), kind.into());
        if !model.has_fields(kind) {
            return Self {
                values: CustomFields::new(),
                references: Vec::new(),
            };
        }
        let values = model.served(kind, edition, values);
        let references = model.references(kind, &values).into_iter();
        let references = references
            .filter_map(|reference| {
                let referent = referent(&reference)?;
                Some((reference, referent))
            })
            .collect();
        Self { values, references }
    }

    /// The entries it refers to.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> {
        self.references.iter().filter_map(|(_, referent)| {
            if let Referent::Entry(id) = referent {
                Some(*id)
            } else {
                None
            }
        })
    }

    /// The assets it refers to.
    pub fn assets(&self) -> impl Iterator<Item = AssetId> {
        self.references.iter().filter_map(|(_, referent)| {
            if let Referent::Asset(id) = referent {
                Some(*id)
            } else {
                None
            }
        })
    }

    /// Its values, without references to entries and assets that are not to be seen. All else is
    /// for everybody.
    pub fn finish(
        mut self,
        sees_entry: impl Fn(EntryId) -> bool,
        sees_asset: impl Fn(AssetId) -> bool,
    ) -> CustomFields {
        for (reference, referent) in &self.references {
            let is_seen = match referent {
                Referent::Entry(id) => sees_entry(*id),
                Referent::Asset(id) => sees_asset(*id),
                Referent::Term(_)
                | Referent::Author(_)
                | Referent::Gallery(_)
                | Referent::Newsletter(_)
                | Referent::Account(_) => true,
            };
            if !is_seen {
                take_out(&mut self.values, reference);
            }
        }
        self.values
    }
}

/// The custom fields of entries as they are shown, each statement once for all of them.
pub async fn shown(
    cx: &ActorContext,
    entries: &[&Entry],
) -> Result<HashMap<EntryId, CustomFields>> {
    let editions = cx.editions().await?;
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        all.push((entry.id, Shown::of(cx, &editions, entry)?));
    }
    let edition = entries.first().map(|first| first.edition);
    finished(cx, all, edition).await
}

/// What is left of custom fields when what is hidden is taken out, each statement once for all of
/// them. `edition`: one whose readers it is for, if there are any.
async fn finished<I: Eq + Hash>(
    cx: &ActorContext,
    all: Vec<(I, Shown)>,
    edition: Option<EditionId>,
) -> Result<HashMap<I, CustomFields>> {
    let to_entries: BTreeSet<EntryId> = all.iter().flat_map(|(_, one)| one.entries()).collect();
    let to_assets: BTreeSet<AssetId> = all.iter().flat_map(|(_, one)| one.assets()).collect();
    let mut seen_entries = HashMap::new();
    if !to_entries.is_empty() {
        let ids: Vec<EntryId> = to_entries.into_iter().collect();
        seen_entries = crate::entries::by_ids(cx, &ids, Parts::NONE).await?;
    }
    let mut seen_assets = HashMap::new();
    if let (false, Some(edition)) = (to_assets.is_empty(), edition) {
        let ids: Vec<AssetId> = to_assets.into_iter().collect();
        seen_assets = crate::media::by_ids(cx, &ids, edition).await?;
    }
    let finished = all.into_iter().map(|(id, one)| {
        let values = one.finish(
            |id| seen_entries.contains_key(&id),
            |id| seen_assets.contains_key(&id),
        );
        (id, values)
    });
    Ok(finished.collect())
}

fn take_out(values: &mut CustomFields, reference: &FieldReference) {
    let Some(value) = values.get_mut(&reference.name) else {
        return;
    };
    if let Value::Array(items) = value {
        items.retain(|item| item.as_str() != Some(&reference.id));
        if !items.is_empty() {
            return;
        }
    }
    *value = Value::Null;
}

/// What the index follows: the declaration, and which editions have the codes it names.
fn followed(model: &ContentModel, editions: &EditionSet) -> String {
    let mut named: Vec<&Edition> = editions.all().iter().collect();
    named.retain(|edition| model.names_edition(edition.code.as_str()));
    named.sort_by_key(|edition| edition.id);
    named.iter().fold(model.fingerprint(), |text, edition| {
        format!("{text} {}={}", edition.code.as_str(), edition.id)
    })
}

/// Has the index made anew if the codes of editions have changed so that others have its fields.
pub(crate) async fn follow_editions(tx: &mut Tx, before: &EditionSet) -> Result<()> {
    let after = tx.editions().await?;
    let (cx, now) = (tx.cx().clone(), tx.cx().now());
    let wanted = followed(cx.content_model(), &after);
    if wanted == followed(cx.content_model(), before) {
        return Ok(());
    }
    let job = ReindexFields {
        model: wanted,
        kind: None,
        after: None,
    };
    tx.enqueue(NewJob::at(now, &job)?);
    Ok(())
}

/// Has the index made anew if it follows another declaration of fields than the one in use.
pub async fn follow_model(cx: &ActorContext) -> Result<()> {
    let wanted = followed(cx.content_model(), &*cx.editions().await?);
    let known = cx.reader().field_index().await?;
    let is_followed = match &known {
        Some(known) => *known == wanted,
        None => wanted == ContentModel::default().fingerprint(),
    };
    if is_followed {
        return Ok(());
    }
    let job = ReindexFields {
        model: wanted,
        kind: None,
        after: None,
    };
    let mut tx = cx.begin().await?;
    tx.enqueue(NewJob::at(cx.now(), &job)?);
    tx.commit().await
}

/// Does [`ReindexFields`].
#[derive(Debug)]
pub(crate) struct FieldIndexer;

impl Inside for FieldIndexer {
    type Job = ReindexFields;

    fn run<'a>(&'a self, tx: &'a mut Tx, due: Due<ReindexFields>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { index_some(tx, due.job).await })
    }
}

/// Indexes some records, entries first; while there are more, the next job follows at once.
async fn index_some(tx: &mut Tx, job: ReindexFields) -> Result<()> {
    let (cx, now) = (tx.cx().clone(), tx.cx().now());
    let permit = cx.authorize(Action::Update, Target::shared(RecordKind::Site, "site"))?;
    let fingerprint = followed(cx.content_model(), &*tx.editions().await?);
    // What was begun for another declaration, or other codes, begins again.
    let (kind, after) = if job.model == fingerprint {
        (job.kind, job.after)
    } else {
        (None, None)
    };
    let last = match kind {
        Some(kind) => records::index_some(tx, &permit, kind, after).await?,
        None => index_entries(tx, &permit, after).await?,
    };
    let kind = if last.is_some() {
        kind
    } else {
        following(kind)
    };
    if last.is_none() && kind.is_none() {
        let store = tx.store_tx();
        return store.set_field_index(&permit, &fingerprint).await;
    }
    let next = ReindexFields {
        model: fingerprint,
        kind,
        after: last,
    };
    tx.enqueue(NewJob::at(now, &next)?);
    Ok(())
}

/// The kind that is indexed after another; first come entries, which are none in particular.
fn following(kind: Option<RecordKind>) -> Option<RecordKind> {
    let mut shared = WITH_FIELDS.into_iter().filter(|kind| is_shared(*kind));
    match kind {
        None => shared.next(),
        Some(kind) => shared.skip_while(|one| *one != kind).nth(1),
    }
}

/// Indexes some entries: the last of them, if there were any.
async fn index_entries(tx: &mut Tx, permit: &Permit, after: Option<Uuid>) -> Result<Option<Uuid>> {
    let (cx, editions) = (tx.cx().clone(), tx.editions().await?);
    let store = tx.store_tx();
    let entries = store.entries_with_fields(permit, after, AT_ONCE).await?;
    let last = entries.last().map(|entry| entry.id.uuid());
    let indexed = entries
        .into_iter()
        .map(|entry| {
            let code = Some(editions.get(entry.edition)?.code.as_str());
            let index = cx.content_model().index(entry.id.kind, code, &entry.values);
            Ok((entry, index))
        })
        .collect::<Result<Vec<_>>>()?;
    store.reindex_fields(permit, &indexed).await?;
    Ok(last)
}
