//! What leads to an entry beside its path: plain addresses, old slugs, and what its own body waits
//! for.

use domain::{
    Error, Result,
    content::{Entry, Status},
    redirects::{RedirectDraft, RedirectTarget},
};

use super::{
    attachments::LaterRedirect,
    post_writer::Saved,
    posts::PreparedPost,
    report::Kind,
    resolve::LaterLinks,
    run::{EVERYWHERE, later},
    writer::{Care, Effects, Writer},
};
use crate::{Tx, redirects};

impl Writer {
    /// What leads to an entry beside its path.
    pub(super) async fn addresses(
        &mut self,
        tx: &mut Tx,
        post: &PreparedPost,
        saved: &Saved,
        current: Option<&Entry>,
        care: Care,
        effects: &mut Effects,
    ) -> Result<()> {
        let draft = post.draft.entry();
        let is_published = draft.status == Status::Published;
        let was_published = current.map(|entry| entry.status == Status::Published);
        if is_published
            && was_published != Some(true)
            && let Some(from) = post.plain_path.clone()
        {
            let redirect = RedirectDraft {
                edition: draft.edition,
                from,
                to: RedirectTarget::Entry(saved.id),
                is_permanent: true,
            };
            self.redirect(tx, &redirect, care, effects).await?;
        }
        if let Some(item) = post.item_id
            && was_published.is_some_and(|was| was != is_published)
        {
            self.publish_attached(tx, item, is_published).await?;
        }
        for from in &post.old_paths {
            let redirect = LaterRedirect {
                edition: draft.edition,
                from: from.clone(),
                item: post.item_id,
                url: None,
            };
            let payload = serde_json::to_string(&redirect).map_err(Error::internal)?;
            tx.store_tx()
                .defer(
                    &self.run.source,
                    later::REDIRECT,
                    &post.external_id,
                    &payload,
                )
                .await?;
        }
        if !post.waits.is_empty() {
            let links = LaterLinks {
                source: self.run.source.clone(),
                edition: draft.edition,
                version: current.map_or(1, |entry| entry.version + 1),
                waits: post.waits.clone(),
            };
            let payload = serde_json::to_string(&links).map_err(Error::internal)?;
            tx.store_tx()
                .defer(EVERYWHERE, self.links, &saved.id.to_string(), &payload)
                .await?;
        }
        Ok(())
    }

    /// Makes a redirect, unless something lives at its path.
    pub(super) async fn redirect(
        &mut self,
        tx: &mut Tx,
        redirect: &RedirectDraft,
        care: Care,
        effects: &mut Effects,
    ) -> Result<()> {
        if care == Care::OneByOne || self.asks_for_paths {
            let path = crate::routes::stored_form(&redirect.from)?;
            let is_free = tx
                .store_tx()
                .path_is_unused(redirect.edition, &path)
                .await?;
            if !is_free {
                // From now on taken paths are to be expected.
                self.asks_for_paths = true;
                effects.tally.counts(Kind::Redirects).skipped += 1;
                return Ok(());
            }
        }
        redirects::create_in(tx, redirect).await?;
        effects.tally.counts(Kind::Redirects).created += 1;
        Ok(())
    }
}
