//! What readers send, and what moderators do with it.

use application::{
    batch::{Command, CommentCommand},
    comments,
};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use domain::{
    change::Change,
    comments::{CommentChange, CommentSubmission, Verdict},
    editions::EditionSet,
    id::{CommentId, EntryId, kinds},
};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Comment, CommentStatus, one};
use crate::{
    error::Problem,
    rate_limits::Policy,
    rest::{
        batch::Operation,
        field::{Body, Collected, Field, Unknown, Words},
        parameters::{Declared, Groups, Nothing, Of, OwnById, Record},
        selection::Selection,
        wire::Id as IdSchema,
        write::{AnyWrite, Refusal, Write, WriteAnswer, changed, deleted},
    },
};

/// What bodies call otherwise than commands.
const WORDS: Words = &[("parent", "parentId")];

/// What a reader writes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct NewComment {
    /// The id of the comment it answers.
    #[serde(default)]
    #[schema(value_type = Option<IdSchema>)]
    parent_id: Field<String>,
    /// The name of its writer.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 100)]
    author_name: Field<String>,
    /// The e-mail address of its writer; moderators alone see it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 254)]
    author_email: Field<String>,
    /// The site of its writer.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_048)]
    author_url: Field<String>,
    /// What it says: plain text in paragraphs, or simple HTML.
    #[serde(default)]
    #[schema(value_type = String, required, min_length = 1, max_length = 65_536)]
    body: Field<String>,
    /// What stands in a field of the form that people do not see. A comment that has something here
    /// is answered like any other, and forgotten.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    honeypot: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What was sent, without what it is for.
pub(in crate::rest) struct Sent {
    parent: Option<CommentId>,
    author_name: String,
    author_email: Option<String>,
    author_url: Option<String>,
    body: String,
    honeypot: Option<String>,
}

impl Sent {
    fn under(&self, entry: EntryId) -> CommentSubmission {
        CommentSubmission {
            entry,
            parent: self.parent,
            author_name: self.author_name.clone(),
            author_email: self.author_email.clone(),
            author_url: self.author_url.clone(),
            body: self.body.clone(),
            honeypot: self.honeypot.clone(),
        }
    }
}

fn given<T>(change: Change<Option<T>>) -> Option<T> {
    match change {
        Change::Keep => None,
        Change::Set(value) => value,
    }
}

impl Body for NewComment {
    type Command = Sent;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Sent {
        wrong.unknown(&self.unknown);
        // What is missing is told here: no other check shall tell it again.
        let name = wrong.needed("authorName", self.author_name);
        let body = wrong.needed("body", self.body);
        Sent {
            parent: given(wrong.id("parentId", self.parent_id)),
            author_name: name.unwrap_or_else(|| "-".to_owned()),
            author_email: given(wrong.clearable("authorEmail", self.author_email)),
            author_url: given(wrong.clearable("authorUrl", self.author_url)),
            body: body.unwrap_or_else(|| "-".to_owned()),
            honeypot: given(wrong.clearable("honeypot", self.honeypot)),
        }
    }
}

/// What becomes of a comment that was sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct Submitted {
    /// `approved`: it is shown; `pending`: it waits for a moderator.
    status: CommentStatus,
}

/// Takes a comment under an entry.
pub(in crate::rest) async fn submit(AnyWrite(write): AnyWrite, entry: EntryId) -> WriteAnswer {
    write.read.attempt(Policy::Comments)?;
    let editions = write.read.cx.editions().await?;
    let sent = write.body::<NewComment>(&editions, WORDS, |sent| sent.under(entry).check())?;
    let status = comments::submit(&write.read.cx, sent.under(entry))
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    let body = Submitted {
        status: status.into(),
    };
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::ACCEPTED, headers, Json(body)).into_response())
}

/// Sends a comment under an entry.
pub(in crate::rest) struct Submit<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for Submit<T> {
    const PARAMETERS: Groups = &[&[T::ID]];
}

/// Changes of a comment. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct CommentPatch {
    /// What it says: plain text in paragraphs, or simple HTML.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 65_536)]
    body: Field<String>,
    /// The name of its writer.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 100)]
    author_name: Field<String>,
    /// The site of its writer.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2_048)]
    author_url: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for CommentPatch {
    type Command = CommentChange;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> CommentChange {
        wrong.unknown(&self.unknown);
        CommentChange {
            body: wrong.required("body", self.body),
            author_name: wrong.required("authorName", self.author_name),
            author_url: wrong.clearable("authorUrl", self.author_url),
        }
    }
}

/// What is thought of many comments.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::rest) struct Judgement {
    /// The ids of the comments.
    #[serde(default)]
    #[schema(value_type = Vec<IdSchema>, required, min_items = 1, max_items = 100)]
    ids: Field<Vec<Field<String>>>,
    /// `approve`, `reject`, `trash` or `restore`.
    #[serde(default)]
    #[schema(value_type = String, required, pattern = "^(approve|reject|trash|restore)$")]
    verdict: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for Judgement {
    type Command = Option<(Vec<CommentId>, Verdict)>;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> Self::Command {
        wrong.unknown(&self.unknown);
        let ids = wrong.needed("ids", self.ids);
        let ids = ids.map(|ids| wrong.ids::<CommentId>("ids", ids));
        let verdict = wrong.needed("verdict", self.verdict);
        let verdict = verdict.and_then(|word| wrong.take(word.parse()));
        ids.zip(verdict)
    }
}

struct PurgeComment;
impl Declared for PurgeComment {
    const PARAMETERS: Groups = &[&[Comment::ID]];
}

struct ModerateComments;
impl Declared for ModerateComments {
    const PARAMETERS: Groups = &[];
}

/// Change a comment
///
/// For moderators. What is left out stays (RFC 7396).
#[utoipa::path(
    patch,
    path = "/comments/{id}",
    tag = "Comments",
    params(Of<OwnById<Comment<'_>>>),
    request_body(content(
        (CommentPatch = "application/merge-patch+json"),
        (CommentPatch = "application/json"),
    )),
    responses((status = 200, description = "The comment as it is now.", body = Comment<'_>)),
)]
pub(super) async fn update_comment(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<OwnById<Comment<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Comment>()?, write.version()?);
    let change = write.body::<CommentPatch>(&editions, &[], CommentChange::check)?;
    comments::change(&write.read.cx, id, expected, change).await?;
    Ok(changed(answer(&write, id).await?))
}

/// Approve a comment
///
/// It is shown. One in the trash has to be restored first.
#[utoipa::path(
    post,
    path = "/comments/{id}/approve",
    tag = "Comments",
    params(Of<OwnById<Comment<'_>>>),
    responses((status = 200, description = "The comment as it is now.", body = Comment<'_>)),
)]
pub(super) async fn approve_comment(write: Write) -> WriteAnswer {
    judge(&write, Verdict::Approve).await
}

/// Reject a comment
///
/// It is spam: neither it nor what answers it is shown.
#[utoipa::path(
    post,
    path = "/comments/{id}/reject",
    tag = "Comments",
    params(Of<OwnById<Comment<'_>>>),
    responses((status = 200, description = "The comment as it is now.", body = Comment<'_>)),
)]
pub(super) async fn reject_comment(write: Write) -> WriteAnswer {
    judge(&write, Verdict::Reject).await
}

/// Put a comment into the trash
///
/// Neither it nor what answers it is shown.
#[utoipa::path(
    post,
    path = "/comments/{id}/trash",
    tag = "Comments",
    params(Of<OwnById<Comment<'_>>>),
    responses((status = 200, description = "The comment as it is now.", body = Comment<'_>)),
)]
pub(super) async fn trash_comment(write: Write) -> WriteAnswer {
    judge(&write, Verdict::Trash).await
}

/// Restore a comment
///
/// One in the trash, or spam, waits for a moderator again.
#[utoipa::path(
    post,
    path = "/comments/{id}/restore",
    tag = "Comments",
    params(Of<OwnById<Comment<'_>>>),
    responses((status = 200, description = "The comment as it is now.", body = Comment<'_>)),
)]
pub(super) async fn restore_comment(write: Write) -> WriteAnswer {
    judge(&write, Verdict::Restore).await
}

/// Remove a comment for good
///
/// One in the trash, or spam, and all that answers it.
#[utoipa::path(
    post,
    path = "/comments/{id}/purge",
    tag = "Comments",
    params(Of<PurgeComment>),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn purge_comment(write: Write) -> WriteAnswer {
    write.query::<PurgeComment>()?;
    let (id, expected) = (write.id::<kinds::Comment>()?, write.version()?);
    comments::purge(&write.read.cx, id, expected).await?;
    Ok(deleted())
}

/// Judge many comments
///
/// All of them or, if one cannot be, none. Those that are what they shall become stay as they are.
#[utoipa::path(
    post,
    path = "/comments/moderate",
    tag = "Comments",
    params(Of<ModerateComments>),
    request_body = Judgement,
    responses((status = 204, description = "They are judged.")),
)]
pub(super) async fn moderate_comments(write: Write) -> WriteAnswer {
    write.query::<ModerateComments>()?;
    let editions = write.read.cx.editions().await?;
    let judgement = write.body::<Judgement>(&editions, &[], |_any| Vec::new())?;
    let Some((ids, verdict)) = judgement else {
        return Err(Problem::of_status(StatusCode::UNPROCESSABLE_ENTITY).into());
    };
    write.read.spend_on_more(ids.len())?;
    comments::moderate(&write.read.cx, &ids, verdict).await?;
    Ok(deleted())
}

async fn judge(write: &Write, verdict: Verdict) -> WriteAnswer {
    write.query::<OwnById<Comment<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Comment>()?, write.version()?);
    comments::judge(&write.read.cx, id, expected, verdict).await?;
    Ok(changed(answer(write, id).await?))
}

/// The comment as a read of it answers.
async fn answer(write: &Write, id: CommentId) -> Result<Response, Problem> {
    let query = write.query::<OwnById<Comment<'_>>>()?;
    let selection = Selection::of(&query, Comment::INCLUDES);
    one(&write.read, id, &selection).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    let judging = [
        ("approve", Verdict::Approve),
        ("reject", Verdict::Reject),
        ("trash", Verdict::Trash),
        ("restore", Verdict::Restore),
    ];
    let judging = judging.into_iter().map(|(word, verdict)| {
        Operation::at("POST", &["comments", "{}", word], Some(&[]), move |sent| {
            sent.query::<Nothing>()?;
            Ok(Command::Comment(CommentCommand::Judge {
                id: sent.id::<kinds::Comment>()?,
                expected: sent.version()?,
                verdict,
            }))
        })
    });
    let others = [
        Operation::update("comments", &[], |sent| {
            let (id, expected) = (sent.id::<kinds::Comment>()?, sent.version()?);
            let change = sent.body::<CommentPatch>(&[], CommentChange::check)?;
            Ok(Command::Comment(CommentCommand::Change {
                id,
                expected,
                change,
            }))
        }),
        Operation::at("POST", &["comments", "{}", "purge"], Some(&[]), |sent| {
            sent.query::<PurgeComment>()?;
            Ok(Command::Comment(CommentCommand::Purge {
                id: sent.id::<kinds::Comment>()?,
                expected: sent.version()?,
            }))
        }),
    ];
    judging.chain(others).collect()
}
