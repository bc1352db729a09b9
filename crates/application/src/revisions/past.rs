//! An entry as it was at a time.

use domain::{
    Error, Result,
    access::Action,
    content::{Content, Entry, Parts},
    time::Timestamp,
};

use super::{State, lay};
use crate::{ActorContext, context::found};

/// An entry as readers saw it at a time, or its editors, if it was not public then; what it leads to
/// (names of terms and authors, pictures, other entries) is as it is today. For those who may change
/// the entry. `None`: there was none yet. Edits that waited then are not in it.
pub async fn as_of(
    cx: &ActorContext,
    content: Content,
    at: Timestamp,
    parts: Parts,
) -> Result<Option<Content>> {
    cx.authorize(Action::Update, content.entry().target())?;
    if at > cx.now() {
        return Err(Error::invalid("asOf", "must not be in the future"));
    }
    let now = content.entry().clone();
    if at < now.created_at {
        return Ok(None);
    }
    let (reader, scope) = (cx.reader(), cx.scope());
    let past = reader.past(scope, &now, at).await?;
    let live_version = now.live_version.unwrap_or(now.version);
    let (version, state) = match past.state {
        Some(state) => (
            state.version,
            State {
                snapshot: state.snapshot,
                at: state.saved_at,
            },
        ),
        // Over what a signed link shows of it, or as what it leads to is read, once and for all.
        None => (
            live_version,
            State {
                snapshot: found(reader.draft(scope, now.id).await?, now.id)?,
                at: now.updated_at,
            },
        ),
    };
    let mut content = Box::pin(lay(cx, content, state, parts)).await?;
    let entry = content.entry_mut();
    put_back(entry, at);
    entry.version = version;
    entry.status = past.status.unwrap_or(now.status);
    Ok(Some(content))
}

/// What is known of where an entry was in its life; what was planned then is not.
fn put_back(entry: &mut Entry, at: Timestamp) {
    entry.live_version = None;
    entry.has_pending_changes = false;
    entry.scheduled_at = None;
    entry.unpublish_at = None;
    entry.published_at = entry.published_at.filter(|published| *published <= at);
    entry.sort_at = entry.published_at.unwrap_or(entry.created_at);
    // A step in its life since then counts as a change of it.
    entry.updated_at = entry.updated_at.min(at);
}
