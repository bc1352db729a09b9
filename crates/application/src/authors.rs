//! Authors.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{Action, Target},
    authors::{Author, AuthorDraft, AuthorQuery, AuthorText},
    editions::EditionSet,
    events::RecordKind,
    id::{AuthorId, EditionId, Id},
    paging::{Page, PageArgs},
    routes::{PathValues, expand},
    text::Localized,
};
use persistence::{Neighbours, OnUse, Save};

use crate::{
    ActorContext, Tx,
    bounds::{self, Bounds},
    context::found,
    shared_records, slugs,
};

mod change;
mod merge;

pub use change::{change, change_in, create_from, create_from_in, delete_at};
pub use merge::{merge, merge_in};

/// How one author is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorGet {
    /// By id.
    Id(AuthorId),
    /// By slug, in the edition of the call.
    Slug(String),
}

/// A page of authors.
pub async fn list(
    cx: &ActorContext,
    query: &AuthorQuery,
    edition: EditionId,
    page: &PageArgs,
) -> Result<Page<Author>> {
    cx.reader().authors(cx.scope(), query, edition, page).await
}

/// One author.
pub async fn get(cx: &ActorContext, get: &AuthorGet, edition: EditionId) -> Result<Option<Author>> {
    match get {
        AuthorGet::Id(id) => Ok(by_ids(cx, &[*id], edition).await?.remove(id)),
        AuthorGet::Slug(slug) => cx.reader().author_by_slug(cx.scope(), slug, edition).await,
    }
}

/// Authors by id.
pub async fn by_ids(
    cx: &ActorContext,
    ids: &[AuthorId],
    edition: EditionId,
) -> Result<HashMap<AuthorId, Author>> {
    cx.reader().authors_by_ids(cx.scope(), ids, edition).await
}

/// The texts of authors in all editions.
pub async fn texts(
    cx: &ActorContext,
    ids: &[AuthorId],
) -> Result<HashMap<AuthorId, Vec<Localized<AuthorText>>>> {
    cx.reader().all_author_texts(cx.scope(), ids).await
}

/// The public path of an author, in the edition the text was served from.
pub fn path(editions: &EditionSet, author: &Author) -> String {
    text_path(editions, &author.text)
}

/// The public path of one text of an author.
pub fn text_path(editions: &EditionSet, text: &Localized<AuthorText>) -> String {
    let Ok(edition) = editions.get(text.edition) else {
        return "/".to_owned();
    };
    expand(
        &edition.permalinks.author,
        &PathValues {
            slug: &text.value.slug,
            ..PathValues::default()
        },
    )
}

/// Makes an author.
pub async fn create(cx: &ActorContext, draft: AuthorDraft) -> Result<AuthorId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes an author, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &AuthorDraft) -> Result<AuthorId> {
    let id = Id::from_uuid(tx.cx().next_id());
    save(tx, id, 1, Action::Create, draft).await?;
    Ok(id)
}

/// Replaces an author.
pub async fn update(cx: &ActorContext, id: AuthorId, draft: AuthorDraft) -> Result<()> {
    cx.write(async |tx| update_in(tx, id, &draft).await).await
}

/// Replaces an author, in a transaction.
pub async fn update_in(tx: &mut Tx, id: AuthorId, draft: &AuthorDraft) -> Result<()> {
    let edition = tx.editions().await?.default_edition()?.id;
    let old = tx
        .reader()
        .authors_by_ids(tx.cx().scope(), &[id], edition)
        .await?
        .remove(&id);
    save(tx, id, found(old, id)?.version + 1, Action::Update, draft).await
}

/// Deletes an author.
pub async fn delete(cx: &ActorContext, id: AuthorId, on_use: OnUse) -> Result<()> {
    cx.write(async |tx| delete_in(tx, id, None, on_use).await)
        .await
}

/// Deletes an author, in a transaction; only if they are at a version, where one is expected.
pub async fn delete_in(
    tx: &mut Tx,
    id: AuthorId,
    expected: Option<i64>,
    on_use: OnUse,
) -> Result<()> {
    let edition = tx.editions().await?.default_edition()?.id;
    let author = tx
        .reader()
        .authors_by_ids(tx.cx().scope(), &[id], edition)
        .await?
        .remove(&id);
    let author = found(author, id)?;
    shared_records::delete(tx, (author.target(), id.uuid()), expected, on_use).await
}

async fn save(
    tx: &mut Tx,
    id: AuthorId,
    version: i64,
    action: Action,
    draft: &AuthorDraft,
) -> Result<()> {
    check(draft)?;
    let permit = tx
        .cx()
        .authorize(action, Target::shared(RecordKind::Author, id))?;
    let editions = tx.editions().await?;
    let mut draft = draft.clone();
    for text in &mut draft.texts {
        let edition = editions.get(text.edition)?;
        let slug = slugs::free(
            tx.store_tx(),
            edition,
            slugs::Wanted {
                slug: &text.value.slug,
                title: &text.value.name,
                id: id.uuid(),
            },
            Neighbours::Author(id),
        )
        .await?;
        slug.as_str().clone_into(&mut text.value.slug);
    }
    let now = tx.cx().now();
    tx.store_tx()
        .save_author(
            &permit,
            Save {
                id,
                version,
                at: now,
            },
            &draft,
            editions.all(),
        )
        .await
}

fn check(draft: &AuthorDraft) -> Result<()> {
    if draft.texts.is_empty()
        || draft
            .texts
            .iter()
            .any(|text| text.value.name.trim().is_empty())
    {
        return Err(Error::invalid(
            "texts.name",
            "must not be empty, in at least one edition",
        ));
    }
    let names = draft.texts.iter().map(|text| text.value.name.as_str());
    names
        .fold(Bounds::default(), |bounds, name| {
            bounds.text("texts.name", name, bounds::NAME)
        })
        .check()
}
