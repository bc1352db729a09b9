//! States of entries: how two differ, bringing one back, and the one that waits as if it were out.

use std::time::Duration;

use domain::{
    Error, Result,
    access::Action,
    audit::Changed,
    body::Body,
    change::{Change, Faults},
    content::{Content, Status},
    id::{EntryId, RevisionId},
    revisions::{FieldDiff, RevisionDiff, RevisionRef, Snapshot, TextDiff, TextDiffKind},
};
use serde_json::Value;
use similar::ChangeTag;

use crate::{
    ActorContext, Tx,
    context::found,
    custom_fields,
    entries::check_version,
    lifecycle::Step,
    writing::{
        Written, answer, check_references, derived, pending_of, permit_to_change,
        place::SlugChoice, visible, whole,
    },
};

mod overlay;
mod past;

pub use overlay::latest;
pub(crate) use overlay::{State, lay};
pub use past::as_of;

/// Longer texts are compared line by line.
const LONG_TEXT_BYTES: usize = 512 * 1024;
/// How long two texts are compared finely.
const PATIENCE: Duration = Duration::from_millis(100);

/// How two states of an entry differ, for those who may change it.
pub async fn diff(
    cx: &ActorContext,
    entry: EntryId,
    from: RevisionRef,
    to: RevisionRef,
) -> Result<RevisionDiff> {
    let (before, after) = (state(cx, entry, from).await?, state(cx, entry, to).await?);
    tokio::task::spawn_blocking(move || differences(&before, &after))
        .await
        .map_err(Error::internal)?
}

async fn state(cx: &ActorContext, entry: EntryId, which: RevisionRef) -> Result<Snapshot> {
    let (reader, scope) = (cx.reader(), cx.scope());
    match which {
        RevisionRef::Revision(id) => found(reader.snapshot_of(scope, entry, id).await?, id),
        RevisionRef::Live => found(reader.draft(scope, entry).await?, entry),
        RevisionRef::Pending => {
            let pending = reader.pending(scope, entry).await?;
            Ok(found(pending, format_args!("a pending edit of {entry}"))?.snapshot)
        }
    }
}

fn differences(before: &Snapshot, after: &Snapshot) -> Result<RevisionDiff> {
    let mut fields = Vec::new();
    for (field, before, after) in differing(before, after)? {
        add_leaves(&field, &before, &after, &mut fields);
    }
    // The text itself is told in pieces.
    fields.retain(|differing| differing.field != "body.text");
    let (old, new) = (&before.entry().source.text, &after.entry().source.text);
    let body = if old == new {
        Vec::new()
    } else {
        text_differences(old, new)
    };
    Ok(RevisionDiff { fields, body })
}

fn text_differences(before: &str, after: &str) -> Vec<TextDiff> {
    let mut configuration = similar::TextDiff::configure();
    configuration.timeout(PATIENCE);
    let is_long = before.len().max(after.len()) > LONG_TEXT_BYTES;
    let found = if is_long {
        configuration.diff_lines(before, after)
    } else {
        configuration.diff_unicode_words(before, after)
    };
    let mut pieces: Vec<TextDiff> = Vec::new();
    for change in found.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => TextDiffKind::Equal,
            ChangeTag::Insert => TextDiffKind::Insert,
            ChangeTag::Delete => TextDiffKind::Delete,
        };
        match pieces.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(change.value()),
            Some(_) | None => pieces.push(TextDiff {
                kind,
                text: change.value().to_owned(),
            }),
        }
    }
    pieces
}

/// What a state says of where the entry is, not of what is in it.
const NO_CONTENT: [&str; 7] = [
    "edition",
    "group",
    "status",
    "publishedAt",
    "scheduledAt",
    "createdAt",
    "updatedAt",
];

/// The fields that differ, in the words of both faces, with what they were and what they became.
fn differing(before: &Snapshot, after: &Snapshot) -> Result<Vec<(String, Value, Value)>> {
    let (before, mut after) = (fields(before)?, fields(after)?);
    let mut all = Vec::new();
    for (name, old) in before {
        let new = after.remove(&name).unwrap_or(Value::Null);
        if old != new && !NO_CONTENT.contains(&name.as_str()) {
            all.push((name, old, new));
        }
    }
    all.extend(
        after
            .into_iter()
            .filter(|(_, new)| !new.is_null())
            .map(|(name, new)| (name, Value::Null, new)),
    );
    Ok(all)
}

type Fields = serde_json::Map<String, Value>;

fn fields(state: &Snapshot) -> Result<Fields> {
    let value = match state {
        Snapshot::Article(draft) => serde_json::to_value(draft),
        Snapshot::Page(draft) => serde_json::to_value(draft),
        Snapshot::Issue(draft) => serde_json::to_value(draft),
    };
    let Value::Object(mut own) = value.map_err(Error::internal)? else {
        return Err(Error::internal("a draft is no object"));
    };
    let mut all = Fields::new();
    if let Some(Value::Object(shared)) = own.remove("entry") {
        for (name, value) in shared {
            let name = if name == "source" {
                "body".to_owned()
            } else {
                name
            };
            all.insert(name, value);
        }
    }
    for (name, value) in own {
        let name = if name == "sourceCredit" {
            "source".to_owned()
        } else {
            name
        };
        all.insert(name, value);
    }
    Ok(all)
}

fn add_leaves(field: &str, before: &Value, after: &Value, all: &mut Vec<FieldDiff>) {
    let of = |value: &Value, key: &str| value.get(key).cloned().unwrap_or(Value::Null);
    let at = |value: &Value, index: usize| value.get(index).cloned().unwrap_or(Value::Null);
    match (before, after) {
        _ if before == after => {}
        (Value::Object(old), Value::Object(new)) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                let name = format!("{field}.{key}");
                add_leaves(&name, &of(before, key), &of(after, key), all);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for index in 0..old.len().max(new.len()) {
                let name = format!("{field}.{index}");
                add_leaves(&name, &at(before, index), &at(after, index), all);
            }
        }
        _ => all.push(FieldDiff {
            field: field.to_owned(),
            before: before.clone(),
            after: after.clone(),
        }),
    }
}

/// Brings a state of an entry back: what was in it then, its slug and path included. Whose it is,
/// which translations it has and where it is in its life stay. Of what is published it makes an edit
/// that waits.
pub async fn restore(
    cx: &ActorContext,
    entry: EntryId,
    revision: RevisionId,
    step: Step,
) -> Result<Content> {
    let state = Restored::of(cx, entry, revision).await?;
    cx.write(async |tx| Box::pin(restore_in(tx, entry, &step, &state)).await)
        .await?;
    answer(cx, entry).await
}

/// A state that can be brought back: what takes time has been done.
#[derive(Debug, Clone)]
pub struct Restored {
    snapshot: Snapshot,
    body: Body,
}

impl Restored {
    /// Of a revision of an entry.
    pub async fn of(cx: &ActorContext, entry: EntryId, revision: RevisionId) -> Result<Self> {
        let snapshot = state(cx, entry, RevisionRef::Revision(revision)).await?;
        let body = derived(&snapshot.entry().source).await?;
        Ok(Self { snapshot, body })
    }

    /// How much text it holds, in bytes.
    pub(crate) fn source_bytes(&self) -> usize {
        self.snapshot.entry().source.text.len()
    }
}

/// Brings a state back, in a transaction.
pub async fn restore_in(tx: &mut Tx, id: EntryId, step: &Step, state: &Restored) -> Result<()> {
    let content = visible(tx, id).await?;
    let old = content.entry();
    let permit = permit_to_change(tx.cx(), old)?;
    check_version(old, Some(step.expected))?;
    let pending = pending_of(tx, old).await?;
    let base = match &pending {
        Some(pending) => pending.snapshot.clone(),
        None => whole(tx, id).await?,
    };
    let mut draft = state.snapshot.clone();
    let (of_entry, now) = (draft.entry_mut(), base.entry());
    of_entry.edition = now.edition;
    of_entry.group = now.group;
    of_entry.translated_from = now.translated_from;
    of_entry.owner = now.owner;
    of_entry.guid.clone_from(&now.guid);
    of_entry.status = old.status;
    of_entry.published_at = old.published_at;
    of_entry.scheduled_at = old.scheduled_at;
    let names = differing(&base, &draft)?;
    if names.is_empty() {
        return Ok(());
    }
    let changed = names.into_iter().map(|(name, _, _)| name).collect();
    let mut faults = Faults::default();
    check_references(tx, &draft, &base, &mut faults).await?;
    let editions = tx.editions().await?;
    let edition = editions.get(old.edition)?;
    custom_fields::check_restored(tx.cx(), edition, (id, &draft, &base), &mut faults);
    let is_planned = old.scheduled_at.is_some();
    custom_fields::check_changed(tx.cx(), edition, &draft, is_planned, &mut faults);
    faults.check()?;
    let slug = draft.entry().slug.clone();
    let slug = (slug != base.entry().slug).then_some(SlugChoice::Asked(&slug));
    let path = match draft.entry().path.clone() {
        Some(path) if Some(&path) != base.entry().path.as_ref() => Change::Set(Some(path)),
        Some(_) | None => Change::Keep,
    };
    let mut written = Written {
        id,
        draft,
        base: Some(base),
        old: Some(old.clone()),
    };
    let prepared = written.decide(tx, edition, (slug, &path)).await?;
    let permit = permit
        .changing(Changed::Fields { changed })
        .with_note(step.note.clone());
    permit.allows(Action::Update)?;
    if old.status == Status::Published {
        return written.save_pending(tx, &permit, prepared).await;
    }
    let body = Some(state.body.clone());
    written
        .save_live(tx, &permit, prepared, (pending.is_some(), body))
        .await
}
