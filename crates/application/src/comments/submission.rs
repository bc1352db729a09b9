//! What readers send.

use domain::{
    Error, Result,
    access::{Action, Target},
    comments::{CommentDraft, CommentStatus, CommentSubmission, MAX_DEPTH},
    content::{Content, Parts, Status},
    events::RecordKind,
    id::{CommentId, EntryId, Id},
    settings::CommentPolicy,
};
use persistence::CommentSave;

use super::Words;
use crate::{ActorContext, Tx, context::found, settings};

/// Takes a comment of anybody who may read the entry. Answers what becomes of it, and nothing else:
/// a program that has betrayed itself is answered like a reader.
pub async fn submit(cx: &ActorContext, submission: CommentSubmission) -> Result<CommentStatus> {
    let wrong = submission.check();
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let policy = settings::site(cx).await?.comment_policy;
    let words = Words::of(&submission.body);
    cx.write(async |tx| submit_in(tx, &submission, policy, words).await)
        .await
}

async fn submit_in(
    tx: &mut Tx,
    submission: &CommentSubmission,
    policy: CommentPolicy,
    words: Words,
) -> Result<CommentStatus> {
    let id = submission.entry;
    let entry = tx
        .reader()
        .entries_by_ids(tx.cx().scope(), &[id], Parts::NONE)
        .await?
        .remove(&id);
    let entry = found(entry, id)?;
    let is_open = match &entry {
        Content::Article(article) => article.comments_open,
        Content::Page(page) => page.comments_open,
        Content::Issue(_) => false,
    } && entry.entry().status == Status::Published;
    let edition = entry.entry().edition;
    // Who judges what others write need not wait for a judgement.
    let moderates = tx.cx().scope().moderates(edition);
    let status = match policy {
        CommentPolicy::Closed => None,
        CommentPolicy::Before | CommentPolicy::After if !is_open => None,
        CommentPolicy::Before if !moderates => Some(CommentStatus::Pending),
        CommentPolicy::Before | CommentPolicy::After => Some(CommentStatus::Approved),
    };
    let status = status.ok_or_else(|| Error::conflict("comments are closed here"))?;
    tx.store_tx().hold_comments_under(id).await?;
    let parent = match submission.parent {
        Some(parent) => Some(place_below(tx, id, parent).await?),
        None => None,
    };
    if submission.is_of_a_program() {
        return Ok(status);
    }
    let draft = CommentDraft {
        entry: id,
        parent,
        status,
        author_name: submission.author_name.trim().to_owned(),
        author_email: submission.author_email.clone(),
        author_url: submission.author_url.clone(),
        body: submission.body.clone(),
        created_at: None,
    };
    let comment: CommentId = Id::from_uuid(tx.cx().next_id());
    let target = Target::of_edition(RecordKind::Comment, comment, edition);
    let permit = tx.cx().authorize(Action::Submit, target)?;
    let save = CommentSave {
        id: comment,
        edition,
        draft: &draft,
        is_below_hidden: false,
        html: words.html,
        text: words.text,
        at: tx.cx().now(),
    };
    tx.store_tx().insert_comment(&permit, save).await?;
    Ok(status)
}

/// Where an answer stands: below what it answers, or, if that is at the last level, beside it.
async fn place_below(tx: &Tx, entry: EntryId, parent: CommentId) -> Result<CommentId> {
    let above = tx
        .reader()
        .comments_by_ids(tx.cx().scope(), &[parent])
        .await?
        .remove(&parent);
    if !above.is_some_and(|above| above.entry == entry && above.is_shown()) {
        return Err(Error::invalid(
            "parent",
            "must be a comment that is shown under the same entry",
        ));
    }
    let above = tx.reader().comments_above(parent).await?;
    let level = above.len().saturating_sub(MAX_DEPTH - 1);
    Ok(above.get(level).copied().unwrap_or(parent))
}
