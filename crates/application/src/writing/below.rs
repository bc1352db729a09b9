//! Pages below one that moved: their paths are made of the slugs of those above.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::Permit,
    content::ContentKind,
    editions::Edition,
    id::EntryId,
    revisions::Snapshot,
    routes::{PathValues, expand, normalise_path},
};
use persistence::{Below, Followed};

use super::place::{MAX_DEPTH, is_variant, pattern, taken};
use crate::Tx;

/// The most pages that may follow one.
const MOST_BELOW: u32 = 1_000;

/// The slugs of a page and those above it, from the root down; `None` for what is no page.
pub(super) async fn slug_path(tx: &Tx, id: EntryId) -> Result<Option<String>> {
    if id.kind != ContentKind::Page {
        return Ok(None);
    }
    let above = tx.reader().pages_above(id, MAX_DEPTH + 1).await?;
    let slugs: Vec<&str> = above.iter().rev().map(|page| page.slug.as_str()).collect();
    Ok(Some(slugs.join("/")))
}

/// Lets the pages below one follow it from where it stood. `before`: its slugs then.
pub(super) async fn follow(
    tx: &mut Tx,
    permit: &Permit,
    edition: &Edition,
    (id, before): (EntryId, Option<String>),
) -> Result<()> {
    let (Some(before), Some(now)) = (before, slug_path(tx, id).await?) else {
        return Ok(());
    };
    if before == now {
        return Ok(());
    }
    let pages = tx.store_tx().pages_below(id, MOST_BELOW + 1).await?;
    if u32::try_from(pages.len()).is_ok_and(|count| count > MOST_BELOW) {
        return Err(Error::conflict(format!(
            "more than {MOST_BELOW} pages stand below this one; move them in parts"
        )));
    }
    let mut stood = HashMap::from([(id, (before, now))]);
    for page in pages {
        let Some((before, now)) = stood.get(&page.parent) else {
            continue;
        };
        let paths = (
            format!("{before}/{}", page.slug),
            format!("{now}/{}", page.slug),
        );
        let above = (before.clone(), now.clone());
        move_one(tx, permit, edition, (&page, &paths)).await?;
        if page.has_pending_changes {
            move_pending(tx, edition, &page, &above).await?;
        }
        stood.insert(page.id, paths);
    }
    Ok(())
}

fn made(edition: &Edition, page: &Below, slug: &str, slug_path: &str) -> Result<String> {
    let values = PathValues {
        slug,
        slug_path,
        date: Some(page.sort_at),
        ..PathValues::default()
    };
    normalise_path(&expand(pattern(edition, ContentKind::Page), &values))
}

/// Moves a page whose path was made from the pattern.
async fn move_one(
    tx: &mut Tx,
    permit: &Permit,
    edition: &Edition,
    (page, (before, now)): (&Below, &(String, String)),
) -> Result<()> {
    let (old, new) = (
        made(edition, page, &page.slug, before)?,
        made(edition, page, &page.slug, now)?,
    );
    if old == new || !is_variant(&page.path, &old) {
        return Ok(());
    }
    let is_free = tx
        .store_tx()
        .path_is_free(edition.id, &new, page.id)
        .await?;
    if !is_free {
        return Err(taken("path", &new));
    }
    let (at, redirect) = (tx.cx().now(), tx.cx().next_id());
    let followed = Followed {
        page,
        path: new,
        was_public: page.published_at.is_some_and(|published| published <= at),
        redirect,
        at,
    };
    tx.store_tx().follow_path(permit, followed).await
}

/// What waits to be published stands below the same page.
async fn move_pending(
    tx: &mut Tx,
    edition: &Edition,
    page: &Below,
    (before, now): &(String, String),
) -> Result<()> {
    let Some(mut snapshot) = tx.store_tx().waiting(page.id).await? else {
        return Ok(());
    };
    let Snapshot::Page(draft) = &mut snapshot else {
        return Ok(());
    };
    let entry = &mut draft.entry;
    let old = made(
        edition,
        page,
        &entry.slug,
        &format!("{before}/{}", entry.slug),
    )?;
    let is_below = entry.parent == Some(page.parent);
    if !is_below
        || !entry
            .path
            .as_ref()
            .is_some_and(|path| is_variant(path, &old))
    {
        return Ok(());
    }
    let new = made(edition, page, &entry.slug, &format!("{now}/{}", entry.slug))?;
    entry.path = Some(new);
    tx.store_tx().replace_pending(page.id, &snapshot).await
}
