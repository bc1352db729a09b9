//! Comments.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{Action, Target},
    body::{DeriveOptions, Format, Source, derive, of_readers},
    comments::{Comment, CommentDraft, CommentQuery, MAX_COMMENT_BYTES},
    content::Parts,
    events::RecordKind,
    id::{CommentId, Id},
    paging::{Page, PageArgs},
};
use persistence::CommentSave;

use crate::{ActorContext, Tx};

mod moderation;
mod submission;

pub use moderation::{ReadyChange, change, change_in, judge, judge_in, moderate, purge, purge_in};
pub use submission::submit;

/// A page of comments, the oldest first.
pub async fn list(
    cx: &ActorContext,
    query: &CommentQuery,
    page: &PageArgs,
) -> Result<Page<Comment>> {
    cx.reader().comments(cx.scope(), query, page).await
}

/// The same page of several lists.
pub async fn lists(
    cx: &ActorContext,
    queries: &[CommentQuery],
    page: &PageArgs,
) -> Result<Vec<Page<Comment>>> {
    cx.reader().comment_lists(cx.scope(), queries, page).await
}

/// One comment.
pub async fn get(cx: &ActorContext, id: CommentId) -> Result<Option<Comment>> {
    Ok(by_ids(cx, &[id]).await?.remove(&id))
}

/// Comments by id.
pub async fn by_ids(cx: &ActorContext, ids: &[CommentId]) -> Result<HashMap<CommentId, Comment>> {
    cx.reader().comments_by_ids(cx.scope(), ids).await
}

/// The first answers to each of these comments.
pub async fn replies(
    cx: &ActorContext,
    ids: &[CommentId],
    size: u32,
) -> Result<HashMap<CommentId, Vec<Comment>>> {
    cx.reader().replies(cx.scope(), ids, size).await
}

/// Makes a comment.
pub async fn create(cx: &ActorContext, draft: CommentDraft) -> Result<CommentId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes a comment, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &CommentDraft) -> Result<CommentId> {
    if draft.body.trim().is_empty() || draft.body.len() > MAX_COMMENT_BYTES {
        return Err(Error::invalid(
            "body",
            format!("must have 1 to {MAX_COMMENT_BYTES} bytes"),
        ));
    }
    let entry = tx
        .reader()
        .entries_by_ids(tx.cx().scope(), &[draft.entry], Parts::NONE)
        .await?
        .remove(&draft.entry);
    let entry =
        entry.ok_or_else(|| Error::invalid("entry", format!("{} does not exist", draft.entry)))?;
    tx.store_tx().hold_comments_under(draft.entry).await?;
    let mut is_below_hidden = false;
    if let Some(parent) = draft.parent {
        let above = tx
            .reader()
            .comments_by_ids(tx.cx().scope(), &[parent])
            .await?
            .remove(&parent);
        let above = above
            .filter(|above| above.entry == draft.entry)
            .ok_or_else(|| Error::invalid("parent", "must be a comment under the same entry"))?;
        is_below_hidden = !above.is_shown();
    }
    let id = Id::from_uuid(tx.cx().next_id());
    let edition = entry.entry().edition;
    let permit = tx.cx().authorize(
        Action::Create,
        Target::of_edition(RecordKind::Comment, id, edition),
    )?;
    let words = Words::of(&draft.body);
    let at = tx.cx().now();
    let save = CommentSave {
        id,
        edition,
        draft,
        is_below_hidden,
        html: words.html,
        text: words.text,
        at,
    };
    tx.store_tx().insert_comment(&permit, save).await?;
    Ok(id)
}

/// What a reader wrote, as it is kept.
#[derive(Debug)]
struct Words {
    html: String,
    text: String,
}

impl Words {
    fn of(sent: &str) -> Self {
        let source = Source {
            format: Format::Html,
            text: paragraphs(sent),
        };
        let body = derive(&source, &DeriveOptions::default());
        Self {
            html: of_readers(&body.html),
            text: body.text,
        }
    }
}

/// Blank lines part paragraphs, as people type them.
fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut html = String::with_capacity(text.len() + 16);
    for part in text
        .split("\n\n")
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        html.push_str("<p>");
        html.push_str(&part.replace('\n', "<br>"));
        html.push_str("</p>");
    }
    html
}
