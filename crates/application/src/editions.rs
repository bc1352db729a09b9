//! Editions: the language versions of the site.

use std::sync::Arc;

use domain::{
    Error, FieldError, Result,
    access::Action,
    body::Direction,
    editions::{Edition, EditionDraft, EditionSet, Permalinks},
    id::{EditionId, Id},
    time::Timestamp,
};

use crate::{ActorContext, Tx, addresses, custom_fields};

mod change;

pub use change::{change, change_in, create_from, create_from_in, delete_at, delete_at_in};

/// All editions.
pub async fn list(cx: &ActorContext) -> Result<Arc<EditionSet>> {
    cx.editions().await
}

/// Makes an edition.
pub async fn create(cx: &ActorContext, draft: EditionDraft) -> Result<EditionId> {
    cx.write(async |tx| create_in(tx, draft).await).await
}

/// Makes an edition, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: EditionDraft) -> Result<EditionId> {
    check(&draft)?;
    let id = Id::from_uuid(tx.cx().next_id());
    let mut edition = fresh(id, &draft, tx.cx().now());
    edition.apply(draft);
    save(tx, &edition, Action::Create).await?;
    Ok(edition.id)
}

/// Replaces an edition's settings.
pub async fn update(cx: &ActorContext, id: EditionId, draft: EditionDraft) -> Result<()> {
    cx.write(async |tx| {
        check(&draft)?;
        let all = tx.editions().await?;
        let mut edition = all.get(id)?.clone();
        check_in(&all, &edition, &draft)?;
        let patterns = edition.permalinks.clone();
        edition.apply(draft);
        edition.version += 1;
        edition.updated_at = tx.cx().now();
        save(tx, &edition, Action::Update).await?;
        let permit = tx.cx().authorize(Action::Update, edition.target())?;
        let patterns = (&patterns, &edition.permalinks);
        addresses::leave_of_patterns(tx, &permit, id, patterns).await
    })
    .await
}

/// An edition before its draft is put into it.
fn fresh(id: EditionId, draft: &EditionDraft, now: Timestamp) -> Edition {
    Edition {
        id,
        code: draft.code.clone(),
        name: String::new(),
        direction: Direction::Ltr,
        base_url: String::new(),
        title: String::new(),
        tagline: None,
        fallback: None,
        is_default: false,
        position: 0,
        permalinks: Permalinks::default(),
        slug_style: draft.slug_style,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

async fn save(tx: &mut Tx, edition: &Edition, action: Action) -> Result<()> {
    let permit = tx.cx().authorize(action, edition.target())?;
    let before = tx.editions().await?;
    tx.store_tx().save_edition(&permit, edition).await?;
    tx.forget_editions();
    custom_fields::follow_editions(tx, &before).await
}

/// Checks what depends on the other editions: codes are unique, fallbacks end somewhere, and there
/// is always a default.
fn check_in(all: &EditionSet, edition: &Edition, draft: &EditionDraft) -> Result<()> {
    let mut errors = Vec::new();
    let same = all.by_code(draft.code.as_str());
    if same.is_some_and(|other| other.id != edition.id) {
        errors.push(FieldError::new("code", "is that of another edition"));
    }
    if let Some(fallback) = draft.fallback {
        all.get(fallback)?;
        if all.chain(fallback).contains(&edition.id) {
            errors.push(FieldError::new(
                "fallback",
                "must not lead back to the edition itself",
            ));
        }
    }
    if edition.is_default && !draft.is_default {
        let text = "must stay until another edition is made the default";
        errors.push(FieldError::new("isDefault", text));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(errors))
    }
}

fn check(draft: &EditionDraft) -> Result<()> {
    let mut errors = Vec::new();
    match url::Url::parse(&draft.base_url) {
        Ok(address) if matches!(address.scheme(), "http" | "https") && address.has_host() => {}
        _ => errors.push(FieldError::new(
            "baseUrl",
            "must be an absolute http or https address, such as `https://example.org/fa`",
        )),
    }
    if draft.title.trim().is_empty() {
        errors.push(FieldError::new("title", "must not be empty"));
    }
    errors.extend(draft.permalinks.errors());
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(errors))
    }
}
