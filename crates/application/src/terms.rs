//! Categories and tags.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{Action, Target},
    editions::EditionSet,
    id::{CategoryId, EditionId, Id},
    paging::{Page, PageArgs},
    routes::PathValues,
    terms::{Taxonomy, Term, TermDraft, TermId, TermQuery, TermText},
    text::Localized,
};
use persistence::{Neighbours, OnUse, Save, TermSlug};

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

/// How one term is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermGet {
    /// By id.
    Id(TermId),
    /// By slug, in the edition of the call.
    Slug {
        /// Namespace of a tag; empty otherwise.
        namespace: String,
        /// The slug.
        slug: String,
    },
}

/// A page of terms.
pub async fn list(
    cx: &ActorContext,
    query: &TermQuery,
    edition: EditionId,
    page: &PageArgs,
) -> Result<Page<Term>> {
    cx.reader().terms(cx.scope(), query, edition, page).await
}

/// One term.
pub async fn get(
    cx: &ActorContext,
    taxonomy: Taxonomy,
    get: &TermGet,
    edition: EditionId,
) -> Result<Option<Term>> {
    match get {
        TermGet::Id(id) if id.taxonomy == taxonomy => {
            Ok(by_ids(cx, &[*id], edition).await?.remove(id))
        }
        TermGet::Id(_) => Ok(None),
        TermGet::Slug { namespace, slug } => {
            cx.reader()
                .term_by_slug(
                    cx.scope(),
                    TermSlug {
                        taxonomy,
                        namespace,
                        slug,
                    },
                    edition,
                )
                .await
        }
    }
}

/// Terms by id.
pub async fn by_ids(
    cx: &ActorContext,
    ids: &[TermId],
    edition: EditionId,
) -> Result<HashMap<TermId, Term>> {
    cx.reader().terms_by_ids(cx.scope(), ids, edition).await
}

/// The categories directly below each of these.
pub async fn children(
    cx: &ActorContext,
    ids: &[CategoryId],
    edition: EditionId,
) -> Result<HashMap<CategoryId, Vec<Term>>> {
    cx.reader().term_children(cx.scope(), ids, edition).await
}

/// The texts of terms in all editions.
pub async fn texts(
    cx: &ActorContext,
    ids: &[TermId],
) -> Result<HashMap<TermId, Vec<Localized<TermText>>>> {
    cx.reader().all_term_texts(cx.scope(), ids).await
}

/// How many published articles each term has.
pub async fn article_counts(
    cx: &ActorContext,
    ids: &[TermId],
    edition: Option<EditionId>,
) -> Result<HashMap<TermId, u64>> {
    cx.reader().article_counts(cx.scope(), ids, edition).await
}

/// The public path of a term, in the edition its text was served from.
pub fn path(editions: &EditionSet, term: &Term) -> String {
    text_path(editions, term, &term.text)
}

/// The public path of a term by one of its texts.
pub fn text_path(editions: &EditionSet, term: &Term, text: &Localized<TermText>) -> String {
    let Ok(edition) = editions.get(text.edition) else {
        return "/".to_owned();
    };
    let slugs = PathValues {
        slug: &text.value.slug,
        slug_path: &text.value.slug_path,
        ..PathValues::default()
    };
    edition
        .permalinks
        .term_path(term.id.taxonomy, &term.namespace, &slugs)
}

/// Makes a category or a tag.
pub async fn create(cx: &ActorContext, draft: TermDraft) -> Result<TermId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes a category or a tag, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &TermDraft) -> Result<TermId> {
    let id = TermId::new(draft.taxonomy, tx.cx().next_id());
    save(tx, id, 1, Action::Create, draft).await?;
    Ok(id)
}

/// Replaces a category or a tag.
pub async fn update(cx: &ActorContext, id: TermId, draft: TermDraft) -> Result<()> {
    cx.write(async |tx| update_in(tx, id, &draft).await).await
}

/// Replaces a category or a tag, in a transaction. What stands below a category follows it.
pub async fn update_in(tx: &mut Tx, id: TermId, draft: &TermDraft) -> Result<()> {
    let edition = tx.editions().await?.default_edition()?.id;
    let old = tx
        .reader()
        .terms_by_ids(tx.cx().scope(), &[id], edition)
        .await?
        .remove(&id);
    let old = found(old, id)?;
    save(tx, id, old.version + 1, Action::Update, draft).await?;
    if id.taxonomy == Taxonomy::Category {
        tx.store_tx()
            .refresh_subtree(Id::from_uuid(id.uuid()))
            .await?;
    }
    Ok(())
}

/// Deletes a category or a tag.
pub async fn delete(cx: &ActorContext, id: TermId, on_use: OnUse) -> Result<()> {
    cx.write(async |tx| delete_in(tx, id, None, on_use).await)
        .await
}

/// Deletes a category or a tag, in a transaction; only if it is at a version, where one is expected.
pub async fn delete_in(
    tx: &mut Tx,
    id: TermId,
    expected: Option<i64>,
    on_use: OnUse,
) -> Result<()> {
    let edition = tx.editions().await?.default_edition()?.id;
    let term = tx
        .reader()
        .terms_by_ids(tx.cx().scope(), &[id], edition)
        .await?
        .remove(&id);
    let term = found(term, id)?;
    shared_records::delete(tx, (term.target(), id.uuid()), expected, on_use).await
}

async fn save(
    tx: &mut Tx,
    id: TermId,
    version: i64,
    action: Action,
    draft: &TermDraft,
) -> Result<()> {
    check(draft)?;
    let permit = tx
        .cx()
        .authorize(action, Target::shared(draft.taxonomy.into(), id))?;
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
            Neighbours::Term(id, &draft.namespace),
        )
        .await?;
        slug.as_str().clone_into(&mut text.value.slug);
    }
    let now = tx.cx().now();
    tx.store_tx()
        .save_term(
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

fn check(draft: &TermDraft) -> Result<()> {
    if draft.texts.is_empty() {
        return Err(Error::invalid(
            "texts",
            "must hold a name in at least one edition",
        ));
    }
    if draft
        .texts
        .iter()
        .any(|text| text.value.name.trim().is_empty())
    {
        return Err(Error::invalid("texts.name", "must not be empty"));
    }
    if draft.taxonomy == Taxonomy::Tag && draft.parent.is_some() {
        return Err(Error::invalid(
            "parent",
            "belongs to categories; tags have none",
        ));
    }
    if draft.taxonomy == Taxonomy::Category && !draft.namespace.is_empty() {
        return Err(Error::invalid(
            "namespace",
            "belongs to tags; categories have none",
        ));
    }
    let names = draft.texts.iter().map(|text| text.value.name.as_str());
    names
        .fold(Bounds::default(), |bounds, name| {
            bounds.text("texts.name", name, bounds::NAME)
        })
        .text("namespace", &draft.namespace, bounds::KEY)
        .check()
}
