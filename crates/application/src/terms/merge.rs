//! Merging categories or tags: one takes over everything the others have.

use domain::{
    Error, Result,
    access::{Action, Permit},
    id::Id,
    redirects::RedirectTarget,
    terms::{Taxonomy, Term, TermDraft, TermId},
    text::EditionText,
};
use persistence::{Deletion, Neighbours, OnUse, Save};

use crate::{
    ActorContext, Tx, addresses, context::found, custom_fields::records,
    shared_records::check_merge, slugs,
};

/// Merges categories, or tags, into another of their kind that is at a version. It gets the entries,
/// the categories below and the links in menus that the others have, their texts in editions it has
/// none in, and their values of custom fields it has none of; their addresses lead to it; they are gone.
pub async fn merge(cx: &ActorContext, from: &[TermId], into: TermId, expected: i64) -> Result<()> {
    cx.write(async |tx| merge_in(tx, from, into, expected).await)
        .await
}

/// Merges categories, or tags, in a transaction.
pub async fn merge_in(tx: &mut Tx, from: &[TermId], into: TermId, expected: i64) -> Result<()> {
    let kind = into.taxonomy.as_str();
    check_merge(from, &into, |id| {
        (id.taxonomy != into.taxonomy).then(|| format!("is not the id of a {kind}"))
    })?;
    let cx = tx.cx().clone();
    let default = tx.editions().await?.default_edition()?.id;
    let mut all = from.to_vec();
    all.push(into);
    let mut terms = tx.reader().terms_by_ids(cx.scope(), &all, default).await?;
    let heir = found(terms.remove(&into), into)?;
    let permit = cx.authorize(Action::Update, heir.target())?;
    let mut going = Vec::with_capacity(from.len());
    for (number, id) in from.iter().enumerate() {
        let term = terms.remove(id).ok_or_else(|| {
            Error::invalid(format!("from.{number}"), format!("{id} was not found"))
        })?;
        going.push((number, cx.authorize(Action::Delete, term.target())?));
    }
    let store = tx.store_tx();
    store
        .hold(into.taxonomy.into(), into.uuid(), expected)
        .await?;
    let mut before = addresses::of_term(tx, into).await?;
    for id in from {
        before = before.and(addresses::of_term(tx, *id).await?);
    }
    let theirs: Vec<_> = from.iter().copied().map(RedirectTarget::Term).collect();
    let before = before.of_heir(&theirs, &RedirectTarget::Term(into));
    let mut draft = draft_of(tx, heir).await?;
    let uuids: Vec<_> = from.iter().map(|id| id.uuid()).collect();
    records::merge(tx, &permit, (into.taxonomy.into(), into.uuid()), &uuids).await?;
    for ((number, permit), id) in going.into_iter().zip(from) {
        let texts = tx.reader().all_term_texts(cx.scope(), &[*id]).await?;
        for text in texts.into_values().flatten() {
            let is_known = draft.texts.iter().any(|own| own.edition == text.edition);
            if !is_known {
                draft.texts.push(EditionText {
                    edition: text.edition,
                    value: text.value,
                });
            }
        }
        let deletion = Deletion {
            id: id.uuid(),
            on_use: OnUse::ReplaceWith(into.uuid()),
            at: cx.now(),
        };
        let store = tx.store_tx();
        store
            .delete_record(&permit, cx.scope(), deletion)
            .await
            .map_err(|error| error.with_fields(|_| format!("from.{number}")))?;
    }
    save(tx, &permit, (into, expected + 1), draft).await?;
    let after = addresses::of_term(tx, into).await?;
    addresses::leave(tx, &permit, &before, &after).await
}

async fn draft_of(tx: &mut Tx, term: Term) -> Result<TermDraft> {
    let cx = tx.cx().clone();
    let texts = tx.reader().all_term_texts(cx.scope(), &[term.id]).await?;
    let texts = texts.into_values().flatten().map(|text| EditionText {
        edition: text.edition,
        value: text.value,
    });
    Ok(TermDraft {
        taxonomy: term.id.taxonomy,
        namespace: term.namespace,
        parent: term.parent,
        position: term.position,
        texts: texts.collect(),
    })
}

async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (TermId, i64),
    mut draft: TermDraft,
) -> Result<()> {
    let editions = tx.editions().await?;
    // In another namespace the slug of a text that was taken over may be another's.
    for text in &mut draft.texts {
        let wanted = slugs::Wanted {
            slug: &text.value.slug,
            title: &text.value.name,
            id: id.uuid(),
        };
        let among = Neighbours::Term(id, &draft.namespace);
        let edition = editions.get(text.edition)?;
        let slug = slugs::free(tx.store_tx(), edition, wanted, among).await?;
        slug.as_str().clone_into(&mut text.value.slug);
    }
    let at = tx.cx().now();
    let store = tx.store_tx();
    let save = Save { id, version, at };
    store
        .save_term(permit, save, &draft, editions.all())
        .await?;
    if id.taxonomy == Taxonomy::Category {
        store.refresh_subtree(Id::from_uuid(id.uuid())).await?;
    }
    Ok(())
}
