//! Merging authors: one takes over everything the others have.

use domain::{
    Error, Result,
    access::{Action, Permit},
    authors::AuthorDraft,
    events::RecordKind,
    id::AuthorId,
    redirects::RedirectTarget,
    text::EditionText,
};
use persistence::{Deletion, Neighbours, OnUse, Save};

use crate::{
    ActorContext, Tx, addresses, context::found, custom_fields::records,
    shared_records::check_merge, slugs,
};

/// Merges authors into another who is at a version. They get the bylines and the links in menus that
/// the others have, and their texts in editions they have none in, picture, website and values of
/// custom fields if they have none; the addresses of the others lead to them; the others are gone.
pub async fn merge(
    cx: &ActorContext,
    from: &[AuthorId],
    into: AuthorId,
    expected: i64,
) -> Result<()> {
    cx.write(async |tx| merge_in(tx, from, into, expected).await)
        .await
}

/// Merges authors, in a transaction.
pub async fn merge_in(tx: &mut Tx, from: &[AuthorId], into: AuthorId, expected: i64) -> Result<()> {
    check_merge(from, &into, |_id| None)?;
    let cx = tx.cx().clone();
    let default = tx.editions().await?.default_edition()?.id;
    let mut all = from.to_vec();
    all.push(into);
    let mut authors = tx
        .reader()
        .authors_by_ids(cx.scope(), &all, default)
        .await?;
    let heir = found(authors.remove(&into), into)?;
    let permit = cx.authorize(Action::Update, heir.target())?;
    let mut going = Vec::with_capacity(from.len());
    for (number, id) in from.iter().enumerate() {
        let author = authors.remove(id).ok_or_else(|| {
            Error::invalid(format!("from.{number}"), format!("{id} was not found"))
        })?;
        let permit = cx.authorize(Action::Delete, author.target())?;
        going.push((permit, author));
    }
    let store = tx.store_tx();
    store
        .hold(RecordKind::Author, into.uuid(), expected)
        .await?;
    let mut before = addresses::of_author(tx, into).await?;
    for id in from {
        before = before.and(addresses::of_author(tx, *id).await?);
    }
    let theirs: Vec<_> = from.iter().copied().map(RedirectTarget::Author).collect();
    let before = before.of_heir(&theirs, &RedirectTarget::Author(into));
    let mut texts = tx.reader().all_author_texts(cx.scope(), &all).await?;
    let mut draft = AuthorDraft {
        website: heir.website,
        avatar: heir.avatar,
        texts: Vec::new(),
    };
    let mut take = |draft: &mut AuthorDraft, id: AuthorId| {
        for text in texts.remove(&id).unwrap_or_default() {
            let is_known = draft.texts.iter().any(|own| own.edition == text.edition);
            if !is_known {
                draft.texts.push(EditionText {
                    edition: text.edition,
                    value: text.value,
                });
            }
        }
    };
    take(&mut draft, into);
    let uuids: Vec<_> = from.iter().map(|id| id.uuid()).collect();
    records::merge(tx, &permit, (RecordKind::Author, into.uuid()), &uuids).await?;
    for (permit, author) in going {
        let id = author.id;
        take(&mut draft, id);
        draft.website = draft.website.or(author.website);
        draft.avatar = draft.avatar.or(author.avatar);
        let deletion = Deletion {
            id: id.uuid(),
            on_use: OnUse::ReplaceWith(into.uuid()),
            at: cx.now(),
        };
        let store = tx.store_tx();
        store.delete_record(&permit, cx.scope(), deletion).await?;
    }
    save(tx, &permit, (into, expected + 1), draft).await?;
    let after = addresses::of_author(tx, into).await?;
    addresses::leave(tx, &permit, &before, &after).await
}

async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (AuthorId, i64),
    mut draft: AuthorDraft,
) -> Result<()> {
    let editions = tx.editions().await?;
    for text in &mut draft.texts {
        let wanted = slugs::Wanted {
            slug: &text.value.slug,
            title: &text.value.name,
            id: id.uuid(),
        };
        let edition = editions.get(text.edition)?;
        let among = Neighbours::Author(id);
        let slug = slugs::free(tx.store_tx(), edition, wanted, among).await?;
        slug.as_str().clone_into(&mut text.value.slug);
    }
    let at = tx.cx().now();
    let save = Save { id, version, at };
    let store = tx.store_tx();
    store
        .save_author(permit, save, &draft, editions.all())
        .await
}
