//! Pages below pages: finding the parent, and waiting for one that has not come yet.

use domain::{
    Error, Result,
    content::{ContentKind, Entry},
    id::EntryId,
};
use serde::{Deserialize, Serialize};

use super::{
    known::Target,
    post_writer::{entry, note},
    posts::PreparedPost,
    run::later,
    writer::{Effects, Orphans, Writer},
};
use crate::Tx;

/// More levels of pages than this have no real site.
const MOST_LEVELS: u32 = 64;

/// A page whose parent has not come yet: where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LaterPage {
    pub(super) line: u64,
    pub(super) byte_offset: u64,
    pub(super) external_id: String,
    pub(super) is_slug_twin: bool,
    /// How often it was put off before.
    pub(super) round: u32,
    /// Whether the file says the same of it as at the last import.
    #[serde(default)]
    pub(super) is_unchanged: bool,
}

/// The page above another.
pub(super) enum Parent {
    None,
    Is(EntryId),
    NotYet,
    /// It is not in the file, nor was it before.
    Lost(u64),
}

impl Writer {
    /// The page a page stands below.
    pub(super) async fn parent(
        &self,
        tx: &mut Tx,
        post: &PreparedPost,
        current: Option<&Entry>,
        effects: &mut Effects,
    ) -> Result<Parent> {
        let Some(parent) = post.parent.filter(|_| post.kind == ContentKind::Page) else {
            return Ok(Parent::None);
        };
        let edition = post.draft.entry().edition;
        let (found, text) = match self.target_of_item(tx, parent).await? {
            Some(Target::Entry {
                id, edition: above, ..
            }) if id.kind == ContentKind::Page && above == edition => {
                if !stands_below(tx, id, current).await? {
                    return Ok(Parent::Is(id));
                }
                (Parent::Lost(parent), "what it stood below stands below it")
            }
            // It may be about to be moved.
            Some(_) if post.round == 0 && self.orphans == Orphans::Wait => {
                return Ok(Parent::NotYet);
            }
            Some(_) => (
                Parent::None,
                "what it stood below is no page of its language",
            ),
            None if self.waits_for(parent) => return Ok(Parent::NotYet),
            None => (Parent::Lost(parent), "the page it stood below is not there"),
        };
        effects.tally.note(note(post, text));
        Ok(found)
    }

    fn waits_for(&self, parent: u64) -> bool {
        match self.orphans {
            Orphans::Wait => true,
            Orphans::WaitForPutOff => self.put_off.contains(parent),
            Orphans::Accept => false,
        }
    }

    /// Leaves a page until its parent may have come.
    pub(super) async fn put_off(&mut self, tx: &mut Tx, post: &PreparedPost) -> Result<()> {
        if let Some(id) = post.item_id {
            self.put_off.insert(id);
        }
        let page = LaterPage {
            line: post.position.line,
            byte_offset: post.position.byte_offset,
            external_id: post.external_id.clone(),
            is_slug_twin: post.is_slug_twin,
            round: post.round,
            is_unchanged: post.is_unchanged,
        };
        let payload = serde_json::to_string(&page).map_err(Error::internal)?;
        tx.store_tx()
            .defer(&self.run.source, later::PAGE, &post.external_id, &payload)
            .await
    }
}

/// Whether a page stands somewhere below another, or is it.
async fn stands_below(tx: &mut Tx, page: EntryId, other: Option<&Entry>) -> Result<bool> {
    let Some(other) = other else { return Ok(false) };
    let mut next = Some(page);
    for _ in 0..MOST_LEVELS {
        match next {
            Some(id) if id == other.id => return Ok(true),
            Some(id) => next = entry(tx, id).await?.and_then(|entry| entry.parent),
            None => break,
        }
    }
    Ok(false)
}
