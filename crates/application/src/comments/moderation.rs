//! What moderators do with comments.

use domain::{
    Error, Result,
    access::{Action, Permit},
    audit::Changed,
    change::Change,
    comments::{Comment, CommentChange, CommentStatus, MAX_JUDGED, Verdict},
    events::RecordKind,
    id::{CommentId, EntryId},
};
use persistence::CommentEdit;

use super::{Words, by_ids};
use crate::{ActorContext, Tx, context::found};

/// Judges a comment that is at a version.
pub async fn judge(
    cx: &ActorContext,
    id: CommentId,
    expected: i64,
    verdict: Verdict,
) -> Result<()> {
    cx.write(async |tx| judge_in(tx, id, expected, verdict).await)
        .await
}

/// Judges a comment, in a transaction.
pub async fn judge_in(tx: &mut Tx, id: CommentId, expected: i64, verdict: Verdict) -> Result<()> {
    let (comment, permit) = held(tx, id, expected, Action::Moderate).await?;
    judge_held(tx, &comment, &permit, verdict).await
}

/// Judges many comments: all of them or, if one cannot be, none.
pub async fn moderate(cx: &ActorContext, ids: &[CommentId], verdict: Verdict) -> Result<()> {
    if ids.is_empty() || ids.len() > MAX_JUDGED {
        let message = format!("must name 1 to {MAX_JUDGED} comments");
        return Err(Error::invalid("ids", message));
    }
    let known = by_ids(cx, ids).await?;
    let mut entries: Vec<EntryId> = known.values().map(|comment| comment.entry).collect();
    entries.sort_unstable_by_key(|entry| entry.uuid());
    entries.dedup();
    cx.write(async |tx| {
        // In one order, so that two of these do not wait for each other.
        for entry in &entries {
            tx.store_tx().hold_comments_under(*entry).await?;
        }
        for (number, id) in ids.iter().enumerate() {
            let at_this = |error: Error| {
                let field = format!("ids.{number}");
                if let Error::NotFound(message) = error {
                    Error::invalid(field, message)
                } else if let Error::Conflict { message, .. } = error {
                    Error::Conflict {
                        message,
                        field: Some(field),
                        used_by: Vec::new(),
                    }
                } else {
                    error
                }
            };
            let comment = seen(tx, *id).await.map_err(at_this)?;
            let permit = tx.cx().authorize(Action::Moderate, comment.target())?;
            judge_held(tx, &comment, &permit, verdict)
                .await
                .map_err(at_this)?;
        }
        Ok(())
    })
    .await
}

/// Changes the words of a comment that is at a version.
pub async fn change(
    cx: &ActorContext,
    id: CommentId,
    expected: i64,
    change: CommentChange,
) -> Result<()> {
    let ready = ReadyChange::of(change)?;
    cx.write(async |tx| change_in(tx, id, expected, &ready).await)
        .await
}

/// A change of a comment whose words are made ready to be stored.
#[derive(Debug)]
pub struct ReadyChange {
    change: CommentChange,
    words: Option<Words>,
}

impl ReadyChange {
    /// Makes a change ready, which takes time and needs no transaction.
    pub fn of(change: CommentChange) -> Result<Self> {
        let wrong = change.check();
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let words = match &change.body {
            Change::Keep => None,
            Change::Set(body) => Some(Words::of(body)),
        };
        Ok(Self { change, words })
    }
}

/// Changes the words of a comment, in a transaction.
pub async fn change_in(
    tx: &mut Tx,
    id: CommentId,
    expected: i64,
    ready: &ReadyChange,
) -> Result<()> {
    let (comment, permit) = held(tx, id, expected, Action::Moderate).await?;
    edit_in(tx, &comment, permit, (&ready.change, ready.words.as_ref())).await
}

/// Removes a comment for good that is at a version and in the trash or spam, with all that is below.
pub async fn purge(cx: &ActorContext, id: CommentId, expected: i64) -> Result<()> {
    cx.write(async |tx| purge_in(tx, id, expected).await).await
}

/// Removes a comment for good, in a transaction.
pub async fn purge_in(tx: &mut Tx, id: CommentId, expected: i64) -> Result<()> {
    let (comment, permit) = held(tx, id, expected, Action::Delete).await?;
    if !matches!(comment.status, CommentStatus::Spam | CommentStatus::Trashed) {
        return Err(Error::conflict("put it into the trash first"));
    }
    let at = tx.cx().now();
    tx.store_tx().purge_comment(&permit, &comment, at).await
}

async fn judge_held(
    tx: &mut Tx,
    comment: &Comment,
    permit: &Permit,
    verdict: Verdict,
) -> Result<()> {
    let Some(to) = verdict.of(comment.status)? else {
        return Ok(());
    };
    let at = tx.cx().now();
    tx.store_tx()
        .judge_comment(permit, comment, (to, verdict.event()), at)
        .await
}

async fn edit_in(
    tx: &mut Tx,
    comment: &Comment,
    permit: Permit,
    (change, words): (&CommentChange, Option<&Words>),
) -> Result<()> {
    let name = match &change.author_name {
        Change::Keep => comment.author_name.as_str(),
        Change::Set(name) => name.trim(),
    };
    let url = match &change.author_url {
        Change::Keep => comment.author_url.as_deref(),
        Change::Set(url) => url.as_deref(),
    };
    let html = words.map_or(&comment.body_html, |words| &words.html);
    let text = words.map_or(&comment.body_text, |words| &words.text);
    let differ = [
        ("authorName", name != comment.author_name),
        ("authorUrl", url != comment.author_url.as_deref()),
        ("body", *html != comment.body_html),
    ];
    let changed: Vec<String> = differ
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(field, _)| field.to_owned())
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let permit = permit.changing(Changed::Fields { changed });
    let edit = CommentEdit {
        comment,
        author_name: name,
        author_url: url,
        html,
        text,
        at: tx.cx().now(),
    };
    tx.store_tx().edit_comment(&permit, edit).await
}

/// A comment that stays at a version to the end of the transaction, and the permit to do something
/// to it.
async fn held(
    tx: &mut Tx,
    id: CommentId,
    expected: i64,
    action: Action,
) -> Result<(Comment, Permit)> {
    let entry = seen(tx, id).await?.entry;
    tx.store_tx().hold_comments_under(entry).await?;
    let comment = seen(tx, id).await?;
    let permit = tx.cx().authorize(action, comment.target())?;
    tx.store_tx()
        .hold(RecordKind::Comment, id.uuid(), expected)
        .await?;
    Ok((comment, permit))
}

async fn seen(tx: &Tx, id: CommentId) -> Result<Comment> {
    let comment = tx
        .reader()
        .comments_by_ids(tx.cx().scope(), &[id])
        .await?
        .remove(&id);
    found(comment, id)
}
