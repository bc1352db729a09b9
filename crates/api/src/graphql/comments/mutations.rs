//! What readers send, and what moderators do with it.

use application::comments;
use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use domain::{
    comments::{CommentChange, CommentSubmission},
    id::{CommentId, EntryId},
};

use super::Comment;
use crate::graphql::{
    context::{Here, parse_id, session, spend_on_more},
    enums::CommentStatus,
    input::{Wrong, clearable},
    outcome::{DeletePayload, Outcome, UserError, outcome},
};

/// What a reader writes.
#[derive(InputObject)]
pub(crate) struct SubmitCommentInput {
    /// The id of the article or page it is about.
    entry: ID,
    /// The id of the comment it answers.
    parent: Option<ID>,
    /// The name of its writer.
    author_name: String,
    /// The e-mail address of its writer; moderators alone see it.
    author_email: Option<String>,
    /// The site of its writer.
    author_url: Option<String>,
    /// What it says: plain text in paragraphs, or simple HTML.
    body: String,
    /// What stands in a field of the form that people do not see. A comment that has something here
    /// is answered like any other, and forgotten.
    honeypot: Option<String>,
}

/// What becomes of a comment that was sent.
#[derive(SimpleObject)]
pub(crate) struct SubmitCommentPayload {
    /// `APPROVED`: it is shown; `PENDING`: it waits for a moderator. Null if it was not taken.
    status: Option<CommentStatus>,
    /// Why it was not taken.
    user_errors: Vec<UserError>,
}

/// Judges a comment.
#[derive(InputObject, Debug)]
pub(crate) struct ModerateCommentInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
}

/// Changes of a comment. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateCommentInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// What it says: plain text in paragraphs, or simple HTML.
    body: MaybeUndefined<String>,
    /// The name of its writer.
    author_name: MaybeUndefined<String>,
    /// The site of its writer.
    author_url: MaybeUndefined<String>,
}

/// What a moderator thinks of a comment.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "CommentVerdict", remote = "domain::comments::Verdict")]
pub(crate) enum Verdict {
    /// It is shown.
    Approve,
    /// It is spam.
    Reject,
    /// It is put into the trash.
    Trash,
    /// It is taken out of the trash, or is no spam after all: it waits for a moderator again.
    Restore,
}

/// Judges many comments.
#[derive(InputObject)]
pub(crate) struct ModerateCommentsInput {
    /// Which ones: 1 to 100.
    ids: Vec<ID>,
    /// What is thought of them.
    verdict: Verdict,
}

impl UpdateCommentInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self) -> domain::Result<(CommentId, i64, CommentChange)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<CommentId>("id", &self.id));
        let change = CommentChange {
            body: wrong.required("body", self.body),
            author_name: wrong.required("authorName", self.author_name),
            author_url: clearable(self.author_url),
        };
        let change = wrong.finish(change, CommentChange::check)?;
        let id = id.ok_or_else(|| domain::Error::not_found("the comment"))?;
        Ok((id, self.expected_version, change))
    }
}

impl ModerateCommentInput {
    /// Which one, at which version.
    pub(crate) fn read(&self) -> domain::Result<(CommentId, i64)> {
        Ok((parse_id("id", &self.id)?, self.expected_version))
    }
}

/// What a change of a comment answers.
pub(crate) struct CommentPayload {
    id: Option<CommentId>,
    user_errors: Vec<UserError>,
}

/// What a change of a comment answers.
#[Object]
impl CommentPayload {
    /// The comment as it is now; null if nothing was changed.
    async fn comment(&self, ctx: &Context<'_>) -> Result<Option<Comment>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let found = comments::get(session.cx(), id).await?;
        Ok(found.map(Comment::from))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<CommentId>> for CommentPayload {
    fn from(outcome: Outcome<CommentId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// What the judgement of many comments answers.
pub(crate) struct ModerateCommentsPayload {
    ids: Vec<CommentId>,
    user_errors: Vec<UserError>,
}

/// What the judgement of many comments answers.
#[Object]
impl ModerateCommentsPayload {
    /// The comments as they are now, in the order of the input; none if nothing was changed.
    async fn comments(&self, ctx: &Context<'_>) -> Result<Vec<Comment>> {
        let session = session(ctx)?;
        let mut found = comments::by_ids(session.cx(), &self.ids).await?;
        let found = self.ids.iter().filter_map(|id| found.remove(id));
        Ok(found.map(Comment::from).collect())
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// The mutations of comments.
#[derive(Default)]
pub(crate) struct CommentMutations;

#[Object]
impl CommentMutations {
    /// Takes a comment of anybody, where comments are open.
    async fn submit_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The comment.")] input: SubmitCommentInput,
    ) -> Result<SubmitCommentPayload> {
        let session = session(ctx)?;
        let mut wrong = Wrong::default();
        let entry = wrong.take(parse_id::<EntryId>("entry", &input.entry));
        let parent = input
            .parent
            .and_then(|id| wrong.take(parse_id::<CommentId>("parent", &id)));
        let submission = entry.map(|entry| CommentSubmission {
            entry,
            parent,
            author_name: input.author_name,
            author_email: input.author_email,
            author_url: input.author_url,
            body: input.body,
            honeypot: input.honeypot,
        });
        let check = |submission: &Option<CommentSubmission>| {
            submission
                .as_ref()
                .map_or_else(Vec::new, CommentSubmission::check)
        };
        let done = match wrong.finish(submission, check) {
            Ok(Some(submission)) => comments::submit(session.cx(), submission).await,
            Ok(None) => Err(domain::Error::internal("an input was lost")),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        let (status, user_errors) = outcome(done)?.split();
        Ok(SubmitCommentPayload {
            status: status.map(CommentStatus::from),
            user_errors,
        })
    }

    /// Changes what a comment says, for moderators.
    async fn update_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateCommentInput,
    ) -> Result<CommentPayload> {
        let session = session(ctx)?;
        let done = match input.read() {
            Ok((id, expected, change)) => {
                let changed = comments::change(session.cx(), id, expected, change);
                changed.await.map(|()| id)
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Approves a comment: it is shown. One in the trash has to be restored first.
    async fn approve_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ModerateCommentInput,
    ) -> Result<CommentPayload> {
        judge(ctx, &input, Verdict::Approve).await
    }

    /// Rejects a comment: it is spam. Neither it nor what answers it is shown.
    async fn reject_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ModerateCommentInput,
    ) -> Result<CommentPayload> {
        judge(ctx, &input, Verdict::Reject).await
    }

    /// Puts a comment into the trash. Neither it nor what answers it is shown.
    async fn trash_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ModerateCommentInput,
    ) -> Result<CommentPayload> {
        judge(ctx, &input, Verdict::Trash).await
    }

    /// Restores a comment that is in the trash, or spam: it waits for a moderator again.
    async fn restore_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ModerateCommentInput,
    ) -> Result<CommentPayload> {
        judge(ctx, &input, Verdict::Restore).await
    }

    /// Removes a comment that is in the trash, or spam, and all that answers it, for good.
    async fn purge_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ModerateCommentInput,
    ) -> Result<DeletePayload> {
        let session = session(ctx)?;
        let done = match input.read() {
            Ok((id, expected)) => comments::purge(session.cx(), id, expected)
                .await
                .map(|()| ID(id.to_string())),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }

    /// Judges many comments: all of them or, if one cannot be, none. Those that are what they shall
    /// become stay as they are.
    async fn moderate_comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones, and what is thought of them.")] input: ModerateCommentsInput,
    ) -> Result<ModerateCommentsPayload> {
        let session = session(ctx)?;
        spend_on_more(ctx, input.ids.len())?;
        let mut wrong = Wrong::default();
        let ids = input.ids.iter().enumerate();
        let ids: Vec<CommentId> = ids
            .filter_map(|(number, id)| wrong.take(parse_id(&format!("ids.{number}"), id)))
            .collect();
        let done = match wrong.finish(ids, |_| Vec::new()) {
            Ok(ids) => comments::moderate(session.cx(), &ids, input.verdict.into())
                .await
                .map(|()| ids),
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        let (ids, user_errors) = outcome(done)?.split();
        Ok(ModerateCommentsPayload {
            ids: ids.unwrap_or_default(),
            user_errors,
        })
    }
}

async fn judge(
    ctx: &Context<'_>,
    input: &ModerateCommentInput,
    verdict: Verdict,
) -> Result<CommentPayload> {
    let session = session(ctx)?;
    let done = match input.read() {
        Ok((id, expected)) => comments::judge(session.cx(), id, expected, verdict.into())
            .await
            .map(|()| id),
        Err(wrong) => Err(wrong),
    };
    finish(session, done).await
}

/// After a change: nothing of before it in the answer.
async fn finish(session: Here<'_>, done: domain::Result<CommentId>) -> Result<CommentPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
