//! Comments: threaded, moderated.

use application::comments;
use chrono::{DateTime, Utc};
use domain::{
    comments::{Comment as DomainComment, CommentQuery},
    id::{CommentId, EntryId, kinds},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    parameters::{Declared, Groups, Kind, Of, OwnById, PAGE, Parameter, Record},
    query::Query,
    request::Read,
    selection::Selection,
    view::View,
    wire::{CommentStatus, Id},
};
use crate::error::Problem;

pub(super) mod write;

pub(super) use write::batched;

/// What a reader wrote under an entry.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Comment<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("comment_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: CommentId,
    /// The id of the entry it stands under.
    #[schema(value_type = Id)]
    entry_id: EntryId,
    /// The code of the edition of that entry.
    edition: &'a str,
    /// The id of the comment it answers.
    #[schema(value_type = Option<Id>)]
    parent_id: Option<CommentId>,
    /// Whether it is shown.
    status: CommentStatus,
    /// The name given.
    author_name: &'a str,
    /// The e-mail address given; null unless the caller moderates.
    author_email: Option<&'a str>,
    /// The site given.
    author_url: Option<&'a str>,
    /// What was written, as HTML that is safe to insert.
    body_html: &'a str,
    /// The same as plain text.
    body_text: &'a str,
    /// Answers to it that are shown.
    reply_count: i64,
    /// Counts every save, from 1.
    version: i64,
    /// When it was written.
    created_at: DateTime<Utc>,
    /// When a moderator touched it last; when it was written, if nobody did.
    updated_at: DateTime<Utc>,
}

impl Record for Comment<'_> {
    const PREFIX: &'static str = "comment";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "entryId",
        "edition",
        "parentId",
        "status",
        "authorName",
        "authorEmail",
        "authorUrl",
        "bodyHtml",
        "bodyText",
        "replyCount",
        "version",
        "createdAt",
        "updatedAt",
    ];
}

impl<'a> View<'a> {
    fn comment(&self, comment: &'a DomainComment) -> Result<Comment<'a>, Problem> {
        Ok(Comment {
            id: comment.id,
            entry_id: comment.entry,
            edition: self.edition(comment.edition)?.code.as_str(),
            parent_id: comment.parent,
            status: comment.status.into(),
            author_name: &comment.author_name,
            author_email: comment.author_email.as_deref(),
            author_url: comment.author_url.as_deref(),
            body_html: &comment.body_html,
            body_text: &comment.body_text,
            reply_count: comment.reply_count,
            version: comment.version,
            created_at: comment.created_at,
            updated_at: comment.updated_at,
        })
    }
}

/// The operations on comments.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_comments))
        .routes(routes!(get_comment, write::update_comment))
        .routes(routes!(write::approve_comment))
        .routes(routes!(write::reject_comment))
        .routes(routes!(write::trash_comment))
        .routes(routes!(write::restore_comment))
        .routes(routes!(write::purge_comment))
        .routes(routes!(write::moderate_comments))
}

/// Which comments of a thread are wanted.
pub(super) const PARENT_FILTER: Parameter = Parameter::optional(
    "filter[parent]",
    Kind::IdOrNone("comment"),
    "Only answers to this comment; `none`: only comments that answer none.",
);

struct ListComments;
impl Declared for ListComments {
    const PARAMETERS: Groups = &[
        &[
            Parameter::optional(
                "filter[entry]",
                Kind::EntryId,
                "Only comments under this entry.",
            ),
            PARENT_FILTER,
            Parameter::optional(
                "filter[status]",
                Kind::Word(&["pending", "approved", "spam", "trashed"]),
                "Only comments of this status. Readers see approved ones alone, moderators all of their editions.",
            ),
        ],
        Comment::SELECTION,
        PAGE,
    ];
}

/// List comments
///
/// The oldest first.
#[utoipa::path(
    get,
    path = "/comments",
    tag = "Comments",
    params(Of<ListComments>),
    responses((status = 200, description = "A page of comments.", body = CommentList<'_>)),
)]
async fn list_comments(read: Read) -> Answer {
    let query = read.query::<ListComments>()?;
    let entry = query.text("filter[entry]").map(str::parse).transpose()?;
    list(&read, &query, entry).await
}
/// A page of comments.
pub(super) type CommentList<'a> = List<Comment<'a>>;

/// Get a comment
#[utoipa::path(
    get,
    path = "/comments/{id}",
    tag = "Comments",
    params(Of<OwnById<Comment<'_>>>),
    responses((status = 200, description = "The comment.", body = Comment<'_>)),
)]
async fn get_comment(read: Read) -> Answer {
    let query = read.query::<OwnById<Comment<'_>>>()?;
    let id = read.id::<kinds::Comment>()?;
    one(&read, id, &Selection::of(&query, Comment::INCLUDES)).await
}

async fn one(read: &Read, id: CommentId, selection: &Selection<'_>) -> Answer {
    let comment = comments::get(&read.cx, id)
        .await?
        .ok_or_else(|| Problem::not_found(format!("comment {id}")))?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::one(
        read,
        selection,
        &view.comment(&comment)?,
        (comment.version, comment.updated_at),
    )
}

/// Answers a page of comments, under one entry or under all.
pub(super) async fn list(read: &Read, query: &Query<'_>, entry: Option<EntryId>) -> Answer {
    let parent = query
        .text("filter[parent]")
        .map(|_| query.id("filter[parent]"));
    let args = query.page()?;
    let status = query.text("filter[status]").map(str::parse).transpose()?;
    let wanted = CommentQuery {
        entry,
        parent,
        status,
    };
    let page = comments::list(&read.cx, &wanted, &args).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = page
        .nodes()
        .map(|comment| view.comment(comment))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(
        read,
        query,
        &Selection::of(query, Comment::INCLUDES),
        &args,
        (&page, data),
    )
}
