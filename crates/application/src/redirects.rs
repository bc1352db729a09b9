//! Redirects.

use std::collections::HashMap;

use domain::{
    Result,
    access::{Action, Target},
    events::RecordKind,
    id::{EditionId, Id, RedirectId},
    paging::{Page, PageArgs},
    redirects::{Redirect, RedirectDraft},
};

use crate::{ActorContext, Tx, routes::stored_form};

/// A page of redirects, by path.
pub async fn list(
    cx: &ActorContext,
    edition: Option<EditionId>,
    page: &PageArgs,
) -> Result<Page<Redirect>> {
    cx.reader().redirects(cx.scope(), edition, page).await
}

/// One redirect.
pub async fn get(cx: &ActorContext, id: RedirectId) -> Result<Option<Redirect>> {
    Ok(by_ids(cx, &[id]).await?.remove(&id))
}

/// Redirects by id.
pub async fn by_ids(
    cx: &ActorContext,
    ids: &[RedirectId],
) -> Result<HashMap<RedirectId, Redirect>> {
    cx.reader().redirects_by_ids(cx.scope(), ids).await
}

/// Makes a redirect.
pub async fn create(cx: &ActorContext, draft: RedirectDraft) -> Result<RedirectId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes a redirect, in a transaction. The path may be one of WordPress's plain addresses: `/?p=12`.
pub async fn create_in(tx: &mut Tx, draft: &RedirectDraft) -> Result<RedirectId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let permit = tx.cx().authorize(
        Action::Create,
        Target::of_edition(RecordKind::Redirect, id, draft.edition),
    )?;
    let draft = RedirectDraft {
        from: stored_form(&draft.from)?,
        ..draft.clone()
    };
    let now = tx.cx().now();
    tx.store_tx()
        .insert_redirect(&permit, id, &draft, now)
        .await?;
    Ok(id)
}
