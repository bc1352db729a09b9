//! Making and changing authors field by field, as the faces do.

use domain::{
    Error, Result,
    access::{Action, Permit, Target},
    audit::Changed,
    authors::{AuthorChange, AuthorDraft, AuthorText},
    events::RecordKind,
    id::{AuthorId, Id},
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

/// Makes an author.
pub async fn create_from(cx: &ActorContext, new: AuthorChange) -> Result<AuthorId> {
    cx.write(async |tx| create_from_in(tx, new).await).await
}

/// Makes an author, in a transaction.
pub async fn create_from_in(tx: &mut Tx, new: AuthorChange) -> Result<AuthorId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let permit = tx
        .cx()
        .authorize(Action::Create, Target::shared(RecordKind::Author, id))?;
    let editions = tx.editions().await?;
    let wrong = new.check_new(&editions);
    let fields = records::of_new(tx, RecordKind::Author, &new.custom_fields, wrong).await?;
    let mut draft = AuthorDraft {
        website: None,
        avatar: None,
        texts: Vec::new(),
    };
    new.apply(&mut draft, &editions);
    check_avatar(tx, &draft).await?;
    save(tx, &permit, (id, 1), draft, &[]).await?;
    records::save_new(tx, &permit, (RecordKind::Author, id.uuid()), &fields).await?;
    let after = addresses::of_author(tx, id).await?;
    addresses::leave(tx, &permit, &Paths::default(), &after).await?;
    Ok(id)
}

/// Changes an author who is at a version. What differs in nothing is not saved.
pub async fn change(
    cx: &ActorContext,
    id: AuthorId,
    expected: i64,
    change: AuthorChange,
) -> Result<()> {
    cx.write(async |tx| change_in(tx, id, expected, change).await)
        .await
}

/// Changes an author, in a transaction. What was at an old path leads to the new one.
pub async fn change_in(
    tx: &mut Tx,
    id: AuthorId,
    expected: i64,
    change: AuthorChange,
) -> Result<()> {
    let editions = tx.editions().await?;
    let cx = tx.cx().clone();
    let default = editions.default_edition()?.id;
    let old = tx
        .reader()
        .authors_by_ids(cx.scope(), &[id], default)
        .await?;
    let old = found(old.into_values().next(), id)?;
    let touched = Touched {
        is_only_texts: change.is_only_texts(),
        editions: change.texts.editions(),
    };
    let permit = shared_records::permit(&cx, RecordKind::Author, &id.to_string(), &touched)?;
    let store = tx.store_tx();
    store.hold(RecordKind::Author, id.uuid(), expected).await?;
    let record = (RecordKind::Author, id.uuid());
    let wrong = change.check(&editions);
    let fields = records::of_change(tx, record, &change.custom_fields, wrong).await?;
    let mut texts = tx.reader().all_author_texts(cx.scope(), &[id]).await?;
    let texts = texts.remove(&id).unwrap_or_default();
    let mut draft = AuthorDraft {
        website: old.website,
        avatar: old.avatar,
        texts: texts
            .into_iter()
            .map(|text| EditionText {
                edition: text.edition,
                value: text.value,
            })
            .collect(),
    };
    let settled = draft.texts.clone();
    let mut changed = change.apply(&mut draft, &editions);
    changed.extend(fields.as_ref().map(|_| records::CHANGED.to_owned()));
    if changed.is_empty() {
        return Ok(());
    }
    if changed.iter().any(|field| field == "avatar") {
        check_avatar(tx, &draft).await?;
    }
    let permit = permit.changing(Changed::Fields { changed });
    let before = addresses::of_author(tx, id).await?;
    save(tx, &permit, (id, expected + 1), draft, &settled).await?;
    if let Some(fields) = fields {
        records::save(tx, &permit, record, &fields).await?;
    }
    let after = addresses::of_author(tx, id).await?;
    addresses::leave(tx, &permit, &before, &after).await
}

/// Deletes an author who is at a version.
pub async fn delete_at(
    cx: &ActorContext,
    id: AuthorId,
    expected: i64,
    on_use: OnUse,
) -> Result<()> {
    cx.write(async |tx| super::delete_in(tx, id, Some(expected), on_use).await)
        .await
}

/// A picture must be seen by whoever names it: one that is hidden is the same as none.
async fn check_avatar(tx: &mut Tx, draft: &AuthorDraft) -> Result<()> {
    let Some(avatar) = draft.avatar else {
        return Ok(());
    };
    let default = tx.editions().await?.default_edition()?.id;
    let cx = tx.cx().clone();
    let seen = tx
        .reader()
        .assets_by_ids(cx.scope(), &[avatar], default)
        .await?;
    if seen.is_empty() {
        return Err(Error::invalid("avatar", format!("{avatar} was not found")));
    }
    Ok(())
}

async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (AuthorId, i64),
    mut draft: AuthorDraft,
    settled: &[EditionText<AuthorText>],
) -> Result<()> {
    super::check(&draft)?;
    let editions = tx.editions().await?;
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
        let among = Neighbours::Author(id);
        text.value.slug = shared_records::slug(tx, edition, wanted, among).await?;
    }
    let at = tx.cx().now();
    let save = Save { id, version, at };
    tx.store_tx()
        .save_author(permit, save, &draft, editions.all())
        .await
}
