//! Custom fields of the records that all editions share: categories, tags, authors and assets. Their
//! values hold in all editions and are public with the record.

use std::collections::{BTreeSet, HashMap};

use domain::{
    Error, FieldError, Result,
    access::{Action, Permit, Target},
    change::{Change, Faults},
    events::RecordKind,
    fields::{CustomFields, changed, check_size},
};
use persistence::Referent;
use serde_json::Value;
use uuid::Uuid;

use super::{AT_ONCE, Shown, finished, keep_unseen, references};
use crate::{ActorContext, Tx, media};

/// What the log calls a change of them.
pub(crate) const CHANGED: &str = "customFields";

/// What is set of custom fields.
type Set = Change<Option<CustomFields>>;

/// Everything that is wrong with a new record of a kind, whatever is wrong with the rest of it.
pub fn faults_of_new(
    cx: &ActorContext,
    kind: RecordKind,
    set: &Set,
    wrong: Vec<FieldError>,
) -> Vec<FieldError> {
    let mut values = set.as_set().cloned().flatten().unwrap_or_default();
    let mut faults = Faults::default();
    cx.content_model()
        .check_change(kind, None, &mut values, &mut faults);
    let missing = required(cx, kind, &values, |_name| true);
    told(wrong, faults, missing)
}

/// The same of a change.
pub fn faults_of_change(
    cx: &ActorContext,
    kind: RecordKind,
    set: &Set,
    wrong: Vec<FieldError>,
) -> Vec<FieldError> {
    let mut faults = Faults::default();
    if let Some(Some(values)) = set.as_set() {
        let model = cx.content_model();
        model.check_change(kind, None, &mut values.clone(), &mut faults);
    }
    told(wrong, faults, Vec::new())
}

/// The required fields that have no value and are asked for.
fn required(
    cx: &ActorContext,
    kind: RecordKind,
    values: &CustomFields,
    is_asked: impl Fn(&str) -> bool,
) -> Vec<FieldError> {
    let model = cx.content_model();
    let missing = model.fields(kind).filter(|field| {
        field.is_required
            && is_asked(&field.name)
            && values.get(&field.name).is_none_or(Value::is_null)
    });
    missing
        .map(|field| FieldError::new(format!("customFields.{}", field.name), "is required"))
        .collect()
}

/// All that is wrong, each field once: first what was found first.
fn told(mut wrong: Vec<FieldError>, faults: Faults, missing: Vec<FieldError>) -> Vec<FieldError> {
    let found = match faults.check() {
        Err(Error::Invalid(found)) => found,
        Ok(()) | Err(_) => Vec::new(),
    };
    for fault in found.into_iter().chain(missing) {
        if wrong.iter().all(|known| known.field != fault.field) {
            wrong.push(fault);
        }
    }
    wrong
}

/// The custom fields of a new record, or everything that is wrong with it.
pub(crate) async fn of_new(
    tx: &Tx,
    kind: RecordKind,
    set: &Set,
    wrong: Vec<FieldError>,
) -> Result<CustomFields> {
    let wrong = faults_of_new(tx.cx(), kind, set, wrong);
    let values = applied(tx.cx(), kind, set, &CustomFields::new());
    checked(tx, kind, (&CustomFields::new(), values), wrong).await
}

/// The custom fields a change leaves, if they differ; or everything that is wrong with it. What is
/// required cannot be cleared; a record that is older than the declaration may lack it.
pub(crate) async fn of_change(
    tx: &Tx,
    (kind, id): (RecordKind, Uuid),
    set: &Set,
    wrong: Vec<FieldError>,
) -> Result<Option<CustomFields>> {
    if *set == Change::Keep {
        return crate::shared_records::good(wrong).map(|()| None);
    }
    let cx = tx.cx();
    let reader = tx.reader();
    let mut stored = reader.record_fields(cx.scope(), kind, &[id]).await?;
    let old = stored.remove(&id).unwrap_or_default();
    let mut values = applied(cx, kind, set, &old);
    keep_unseen(tx, kind, &old, &mut values).await?;
    let cleared = required(cx, kind, &values, |name| old.contains_key(name));
    let wrong = faults_of_change(cx, kind, set, wrong);
    let wrong = told(wrong, Faults::default(), cleared);
    let values = checked(tx, kind, (&old, values), wrong).await?;
    Ok((values != old).then_some(values))
}

/// What is set, in the form it is kept in, over what there was.
fn applied(cx: &ActorContext, kind: RecordKind, set: &Set, old: &CustomFields) -> CustomFields {
    let Some(set) = set.as_set() else {
        return old.clone();
    };
    let mut set = set.clone();
    if let Some(values) = &mut set {
        let model = cx.content_model();
        model.check_change(kind, None, values, &mut Faults::default());
    }
    changed(set, old)
}

/// Checks what values newly refer to, and refuses them with everything that is wrong.
async fn checked(
    tx: &Tx,
    kind: RecordKind,
    (old, values): (&CustomFields, CustomFields),
    wrong: Vec<FieldError>,
) -> Result<CustomFields> {
    let model = tx.cx().content_model();
    let mut faults = Faults::default();
    check_size(&values, &mut faults);
    let known = references(model, kind, old);
    let known: BTreeSet<Referent> = known.into_iter().map(|(_, referent)| referent).collect();
    let mut shown_assets = Vec::new();
    let mut new = references(model, kind, &values);
    new.retain(|(_, referent)| !known.contains(referent));
    if !new.is_empty() {
        let wanted = new.iter().map(|(_, referent)| *referent).collect();
        let seen = tx.reader().known(tx.cx().scope(), &wanted).await?;
        for (place, referent) in new {
            if !seen.contains(&referent) {
                faults.add(place, format!("{referent} was not found"));
            } else if let (Referent::Asset(id), true) = (referent, kind != RecordKind::Asset) {
                shown_assets.push(id);
            }
        }
    }
    crate::shared_records::good(told(wrong, faults, Vec::new()))?;
    // Whoever sees the record sees them: that is a publication.
    for id in media::hidden_from_readers(tx, &shown_assets).await? {
        let target = Target::shared(RecordKind::Asset, id);
        tx.cx().authorize(Action::Publish, target)?;
    }
    Ok(values)
}

/// Saves the custom fields of a new record that has been saved.
pub(crate) async fn save_new(
    tx: &mut Tx,
    permit: &Permit,
    record: (RecordKind, Uuid),
    values: &CustomFields,
) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    save(tx, permit, record, values).await
}

/// Saves the custom fields of a record that has been saved.
pub(crate) async fn save(
    tx: &mut Tx,
    permit: &Permit,
    record: (RecordKind, Uuid),
    values: &CustomFields,
) -> Result<()> {
    let cx = tx.cx().clone();
    let index = cx.content_model().index(record.0, None, values);
    let store = tx.store_tx();
    store
        .save_record_fields(permit, record, values, &index)
        .await
}

/// Gives a record the values of others that go, of fields it has none of. What leads to those that go
/// follows when they do.
pub(crate) async fn merge(
    tx: &mut Tx,
    permit: &Permit,
    (kind, into): (RecordKind, Uuid),
    from: &[Uuid],
) -> Result<()> {
    let cx = tx.cx().clone();
    let mut all = from.to_vec();
    all.push(into);
    let reader = tx.reader();
    let mut stored = reader.record_fields(cx.scope(), kind, &all).await?;
    let own = stored.remove(&into).unwrap_or_default();
    let mut values = own.clone();
    for id in from {
        for (name, value) in stored.remove(id).unwrap_or_default() {
            if let Some(value) = without(value, &permit.target().id) {
                values.entry(name).or_insert(value);
            }
        }
    }
    if values == own {
        return Ok(());
    }
    save(tx, permit, (kind, into), &values).await
}

/// What is left of a value when the record it is given to is taken out: it would name itself.
fn without(value: Value, id: &str) -> Option<Value> {
    let is_other = |value: &Value| value.as_str() != Some(id);
    if let Value::Array(mut items) = value {
        items.retain(is_other);
        return (!items.is_empty()).then_some(Value::Array(items));
    }
    Some(value).filter(is_other)
}

/// The custom fields of records as they are shown, by their ids, each statement once for all of
/// them: every field that is declared for the kind, null where there is no value.
pub async fn shown(
    cx: &ActorContext,
    kind: RecordKind,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, CustomFields>> {
    if ids.is_empty() || !cx.content_model().has_fields(kind) {
        return Ok(HashMap::new());
    }
    let reader = cx.reader();
    let stored = reader.record_fields(cx.scope(), kind, ids).await?;
    let none = CustomFields::new();
    let of = |id: &Uuid| {
        let values = stored.get(id).unwrap_or(&none);
        (*id, Shown::new(cx, (kind, None), values))
    };
    let edition = cx.editions().await?.default_edition()?.id;
    finished(cx, ids.iter().map(of).collect(), Some(edition)).await
}

/// Indexes some records of a kind: the last of them, if there were any.
pub(super) async fn index_some(
    tx: &mut Tx,
    permit: &Permit,
    kind: RecordKind,
    after: Option<Uuid>,
) -> Result<Option<Uuid>> {
    let cx = tx.cx().clone();
    let store = tx.store_tx();
    let records = store
        .records_with_fields(permit, kind, after, AT_ONCE)
        .await?;
    let last = records.last().map(|record| record.id);
    let model = cx.content_model();
    let indexed: Vec<_> = records
        .into_iter()
        .map(|record| {
            let index = model.index(kind, None, &record.values);
            (record, index)
        })
        .collect();
    store.reindex_record_fields(permit, kind, &indexed).await?;
    Ok(last)
}
