//! What leads to an entry beside its path: plain addresses, old slugs, and what its own body waits
//! for.

use std::collections::BTreeMap;

use domain::{
    Error, Result,
    content::Status,
    redirects::{RedirectDraft, RedirectTarget},
};

use url::Url;

use super::{
    addresses::host_of,
    attachments::LaterRedirect,
    post_writer::Saved,
    posts::PreparedPost,
    report::Kind,
    resolve::{LaterLinks, defer_links},
    rewrite::Wait,
    run::later,
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
        effects: &mut Effects,
    ) -> Result<()> {
        let draft = post.draft.entry();
        let is_published = draft.status == Status::Published;
        let replaced = saved.replaced.as_ref();
        let was_published = replaced.map(|entry| entry.status == Status::Published);
        if is_published && was_published != Some(true) {
            for (edition, from) in self.run.plain_addresses(draft.edition, &post.plain_paths) {
                let redirect = RedirectDraft {
                    edition,
                    from,
                    to: RedirectTarget::Entry(saved.id),
                    is_permanent: true,
                };
                self.redirect(tx, &redirect, effects).await?;
            }
        }
        if let Some(item) = post.item_id
            && was_published.is_some_and(|was| was != is_published)
        {
            self.publish_attached(tx, item, is_published).await?;
        }
        for from in &post.old_paths {
            let redirect = LaterRedirect {
                from: vec![(draft.edition, from.clone())],
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
        self.wait_for(tx, post, saved, effects).await
    }

    /// Leaves what a body waits for until it may be there: what belongs to sites that were imported
    /// until the end of this run, the rest until its site is imported.
    async fn wait_for(
        &self,
        tx: &mut Tx,
        post: &PreparedPost,
        saved: &Saved,
        effects: &mut Effects,
    ) -> Result<()> {
        let mut by_kind: BTreeMap<String, Vec<Wait>> = BTreeMap::new();
        for wait in &post.waits {
            let host = Url::parse(&wait.url).ok().and_then(|url| host_of(&url));
            let unknown = host.filter(|host| !self.is_imported(host));
            let kind = match unknown {
                Some(host) => {
                    effects.tally.reasons.unresolved_links += 1;
                    later::links_to(&host)
                }
                None => self.links.to_owned(),
            };
            by_kind.entry(kind).or_default().push(wait.clone());
        }
        for (kind, waits) in by_kind {
            let links = LaterLinks {
                source: self.run.source.clone(),
                edition: post.draft.entry().edition,
                version: saved.version(),
                waits,
            };
            defer_links(tx, &kind, saved.id, &links).await?;
        }
        Ok(())
    }

    /// Makes a redirect, unless something lives at its path.
    pub(super) async fn redirect(
        &mut self,
        tx: &mut Tx,
        redirect: &RedirectDraft,
        effects: &mut Effects,
    ) -> Result<()> {
        if self.care == Care::OneByOne || self.asks_for_paths {
            let path = domain::routes::stored_form(&redirect.from)?;
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
