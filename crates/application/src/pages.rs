//! Pages.

use domain::{
    Error, Result,
    change::PageChange,
    content::{ContentKind, EntryQuery, Parts},
    id::{EditionId, Id, PageId},
    pages::{Page, PageDraft},
    paging::{self, PageArgs},
};

use crate::{
    ActorContext, Tx,
    context::found,
    entries::{self, EntryGet, PathParts, check_version, permit, prepare},
    writing,
};

/// How deep pages go.
const MAX_DEPTH: usize = 20;

/// One page.
pub async fn get(cx: &ActorContext, get: &EntryGet, parts: Parts) -> Result<Option<Page>> {
    entries::get(cx, ContentKind::Page, get, parts)
        .await?
        .map(Page::try_from)
        .transpose()
}

/// A page of pages.
pub async fn list(
    cx: &ActorContext,
    query: &EntryQuery,
    page: &PageArgs,
    parts: Parts,
) -> Result<paging::Page<Page>> {
    entries::list(cx, query, page, parts)
        .await?
        .try_map(Page::try_from)
}

/// Makes a page.
pub async fn create(cx: &ActorContext, draft: PageDraft) -> Result<PageId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes a page, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &PageDraft) -> Result<PageId> {
    let id: PageId = Id::from_uuid(tx.cx().next_id());
    let permit = permit(tx.cx(), id.into(), &draft.entry, None)?;
    let parts = path_parts(tx, id, draft).await?;
    let prepared = prepare(tx, id.into(), &draft.entry, None, &parts).await?;
    tx.store_tx()
        .save_page(&permit, prepared.save(&draft.entry), draft)
        .await?;
    Ok(id)
}

/// A new page, as people and programs outside write it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPage {
    /// The edition it belongs to.
    pub edition: EditionId,
    /// What is in it; it has a title.
    pub change: PageChange,
}

/// Makes a page: a draft of the person who makes it, unless another owner is named. In a
/// transaction: [`writing::create_in`].
pub async fn create_from(cx: &ActorContext, new: NewPage) -> Result<Page> {
    writing::create(cx, new.edition, new.change)
        .await?
        .try_into()
}

/// Changes the fields of a page that are set. `expected`: the version the change was made for. In a
/// transaction: [`writing::change_in`].
pub async fn change(
    cx: &ActorContext,
    id: PageId,
    expected: i64,
    change: PageChange,
) -> Result<Page> {
    writing::change(cx, id.into(), expected, change)
        .await?
        .try_into()
}

/// Replaces a page. `expected`: the version the change was made for.
pub async fn update(
    cx: &ActorContext,
    id: PageId,
    expected: Option<i64>,
    draft: PageDraft,
) -> Result<()> {
    cx.write(async |tx| update_in(tx, id, expected, &draft).await)
        .await
}

/// Replaces a page, in a transaction.
pub async fn update_in(
    tx: &mut Tx,
    id: PageId,
    expected: Option<i64>,
    draft: &PageDraft,
) -> Result<()> {
    let old = tx
        .reader()
        .entries_by_ids(tx.cx().scope(), &[id.into()], Parts::NONE)
        .await?
        .remove(&id.into());
    let old = found(old, id)?;
    check_version(old.entry(), expected)?;
    let permit = permit(tx.cx(), id.into(), &draft.entry, Some(old.entry()))?;
    let parts = path_parts(tx, id, draft).await?;
    let prepared = prepare(tx, id.into(), &draft.entry, Some(old.entry()), &parts).await?;
    tx.store_tx()
        .save_page(&permit, prepared.save(&draft.entry), draft)
        .await
}

/// The slugs of the pages above, from the root down; a page cannot stand below itself.
async fn path_parts(tx: &mut Tx, id: PageId, draft: &PageDraft) -> Result<PathParts> {
    let mut next = draft.entry.parent;
    let mut slugs = Vec::new();
    while let Some(current) = next {
        if current == id.into() || slugs.len() == MAX_DEPTH {
            return Err(Error::invalid(
                "parent",
                format!("stands below this page, or more than {MAX_DEPTH} levels deep"),
            ));
        }
        let above = tx
            .reader()
            .entries_by_ids(tx.cx().scope(), &[current], Parts::NONE)
            .await?
            .remove(&current);
        let above =
            above.ok_or_else(|| Error::invalid("parent", format!("{current} does not exist")))?;
        if above.entry().edition != draft.entry.edition {
            return Err(Error::invalid(
                "parent",
                "must be a page of the same edition",
            ));
        }
        slugs.push(above.entry().slug.clone());
        next = above.entry().parent;
    }
    slugs.reverse();
    Ok(PathParts {
        parent_path: (!slugs.is_empty()).then(|| slugs.join("/")),
        ..PathParts::default()
    })
}
