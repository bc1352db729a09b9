//! Making and changing categories and tags field by field, as the faces do.

use domain::{
    Result,
    access::{Action, Permit, Target},
    audit::Changed,
    id::Id,
    terms::{Taxonomy, TermChange, TermDraft, TermId},
    text::EditionText,
};
use persistence::{Neighbours, OnUse, Save};

use crate::{
    ActorContext, Tx,
    addresses::{self, Paths},
    context::found,
    custom_fields::records,
    shared_records::{self, Touched, WantedSlug},
};

/// Makes a category or a tag.
pub async fn create_from(cx: &ActorContext, taxonomy: Taxonomy, new: TermChange) -> Result<TermId> {
    cx.write(async |tx| create_from_in(tx, taxonomy, new).await)
        .await
}

/// Makes a category or a tag, in a transaction.
pub async fn create_from_in(tx: &mut Tx, taxonomy: Taxonomy, new: TermChange) -> Result<TermId> {
    let id = TermId::new(taxonomy, tx.cx().next_id());
    let permit = tx
        .cx()
        .authorize(Action::Create, Target::shared(taxonomy.into(), id))?;
    let editions = tx.editions().await?;
    let kind = taxonomy.into();
    let fields = records::of_new(tx, kind, &new.custom_fields, new.check_new(&editions)).await?;
    let mut draft = TermDraft {
        taxonomy,
        namespace: String::new(),
        parent: None,
        position: 0,
        texts: Vec::new(),
    };
    new.apply(&mut draft, &editions);
    save(tx, &permit, (id, 1), draft, &[]).await?;
    records::save_new(tx, &permit, (kind, id.uuid()), &fields).await?;
    let after = addresses::of_term(tx, id).await?;
    addresses::leave(tx, &permit, &Paths::default(), &after).await?;
    Ok(id)
}

/// Changes a category or a tag that is at a version. What differs in nothing is not saved.
pub async fn change(
    cx: &ActorContext,
    id: TermId,
    expected: i64,
    change: TermChange,
) -> Result<()> {
    cx.write(async |tx| change_in(tx, id, expected, change).await)
        .await
}

/// Changes a category or a tag, in a transaction. What stands below a category follows it; what was at
/// an old path leads to the new one.
pub async fn change_in(tx: &mut Tx, id: TermId, expected: i64, change: TermChange) -> Result<()> {
    let editions = tx.editions().await?;
    let cx = tx.cx().clone();
    let default = editions.default_edition()?.id;
    let old = tx.reader().terms_by_ids(cx.scope(), &[id], default).await?;
    let old = found(old.into_values().next(), id)?;
    let touched = Touched {
        is_only_texts: change.is_only_texts(),
        editions: change.texts.editions(),
    };
    let permit = shared_records::permit(&cx, id.taxonomy.into(), &id.to_string(), &touched)?;
    let store = tx.store_tx();
    store.hold(id.taxonomy.into(), id.uuid(), expected).await?;
    let record = (id.taxonomy.into(), id.uuid());
    let wrong = change.check(&editions);
    let fields = records::of_change(tx, record, &change.custom_fields, wrong).await?;
    let mut texts = tx.reader().all_term_texts(cx.scope(), &[id]).await?;
    let texts = texts.remove(&id).unwrap_or_default();
    let mut draft = TermDraft {
        taxonomy: id.taxonomy,
        namespace: old.namespace,
        parent: old.parent,
        position: old.position,
        texts: texts
            .into_iter()
            .map(|text| EditionText {
                edition: text.edition,
                value: text.value,
            })
            .collect(),
    };
    let before = draft.texts.clone();
    let is_moved = change
        .namespace
        .as_set()
        .is_some_and(|to| *to != draft.namespace);
    let mut changed = change.apply(&mut draft, &editions);
    changed.extend(fields.as_ref().map(|_| records::CHANGED.to_owned()));
    if changed.is_empty() {
        return Ok(());
    }
    let settled = if is_moved { Vec::new() } else { before };
    let leads = changed
        .iter()
        .any(|field| field == "parent" || field.starts_with("texts."));
    let may_move = leads || is_moved;
    let permit = permit.changing(Changed::Fields { changed });
    let before = if may_move {
        addresses::of_term(tx, id).await?
    } else {
        Paths::default()
    };
    save(tx, &permit, (id, expected + 1), draft, &settled).await?;
    if let Some(fields) = fields {
        records::save(tx, &permit, record, &fields).await?;
    }
    if id.taxonomy == Taxonomy::Category && leads {
        let category = Id::from_uuid(id.uuid());
        tx.store_tx().refresh_subtree(category).await?;
    }
    if may_move {
        let after = addresses::of_term(tx, id).await?;
        addresses::leave(tx, &permit, &before, &after).await?;
    }
    Ok(())
}

/// Deletes a category or a tag that is at a version.
pub async fn delete_at(cx: &ActorContext, id: TermId, expected: i64, on_use: OnUse) -> Result<()> {
    cx.write(async |tx| super::delete_in(tx, id, Some(expected), on_use).await)
        .await
}

async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (TermId, i64),
    mut draft: TermDraft,
    settled: &[EditionText<domain::terms::TermText>],
) -> Result<()> {
    super::check(&draft)?;
    let editions = tx.editions().await?;
    let namespace = draft.namespace.clone();
    for text in &mut draft.texts {
        let edition = editions.get(text.edition)?;
        let is_settled = settled
            .iter()
            .any(|known| known.edition == text.edition && known.value.slug == text.value.slug);
        let wanted = WantedSlug {
            id: id.uuid(),
            name: &text.value.name,
            slug: &text.value.slug,
            is_settled,
        };
        let among = Neighbours::Term(id, &namespace);
        text.value.slug = shared_records::slug(tx, edition, wanted, among).await?;
    }
    let at = tx.cx().now();
    let save = Save { id, version, at };
    tx.store_tx()
        .save_term(permit, save, &draft, editions.all())
        .await
}
