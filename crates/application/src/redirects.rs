//! Redirects.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{Action, Target},
    events::RecordKind,
    id::{EditionId, Id, RedirectId},
    paging::{Page, PageArgs},
    redirects::{Redirect, RedirectDraft, RedirectTarget},
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
    check_target(&draft)?;
    let now = tx.cx().now();
    tx.store_tx()
        .insert_redirect(&permit, id, &draft, now)
        .await?;
    Ok(id)
}

/// An address must be one a browser can be sent to, and not the one it came from.
fn check_target(draft: &RedirectDraft) -> Result<()> {
    let RedirectTarget::Url(address) = &draft.to else {
        return Ok(());
    };
    if address.starts_with('/') && !address.starts_with("//") {
        if stored_form(address)? == draft.from {
            return Err(Error::invalid("to", "is the path it leads away from"));
        }
        return Ok(());
    }
    match url::Url::parse(address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(Error::invalid(
            "to",
            "must be a path that begins with `/`, or an absolute http or https address",
        )),
    }
}
