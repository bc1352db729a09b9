//! Comments.

use application::comments;
use async_graphql::{Context, ID, Object, Result};
use domain::{
    comments::CommentQuery,
    content::Parts,
    id::{CommentId, EntryId},
};

use super::{
    connection::{Connection, Listed, Paging, size},
    context::{parse_id, session},
    entries::Entry,
    enums::CommentStatus,
    loaders::{CommentList, EntryKey, Replies},
    lookahead,
    scalars::DateTime,
};

pub(crate) mod mutations;

pub(crate) use mutations::CommentMutations;

/// How many answers are read unless a query says otherwise.
const REPLIES: i32 = 20;

/// What a reader wrote under an entry.
#[derive(Clone)]
pub(crate) struct Comment(domain::comments::Comment);

impl From<domain::comments::Comment> for Comment {
    fn from(comment: domain::comments::Comment) -> Self {
        Self(comment)
    }
}

impl Listed for Comment {
    const CONNECTION: &'static str = "CommentConnection";
    const EDGE: &'static str = "CommentEdge";
}

/// What a reader wrote under an entry.
#[Object]
impl Comment {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The entry it stands under.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>> {
        let parts: Parts = lookahead::entry_parts(ctx);
        Ok(session(ctx)?
            .load(EntryKey {
                id: self.0.entry,
                parts,
            })
            .await?)
    }

    /// The id of the comment it answers.
    async fn parent_id(&self) -> Option<ID> {
        self.0.parent.map(|id| ID(id.to_string()))
    }

    /// Whether it is shown. Readers see approved comments only.
    async fn status(&self) -> CommentStatus {
        self.0.status.into()
    }

    /// The name its writer gave.
    async fn author_name(&self) -> &str {
        &self.0.author_name
    }

    /// The e-mail address its writer gave; null unless the caller moderates.
    async fn author_email(&self) -> Option<&str> {
        self.0.author_email.as_deref()
    }

    /// The site its writer gave.
    async fn author_url(&self) -> Option<&str> {
        self.0.author_url.as_deref()
    }

    /// What it says, as HTML that is safe to insert.
    async fn body_html(&self) -> &str {
        &self.0.body_html
    }

    /// The same as plain text.
    async fn body_text(&self) -> &str {
        &self.0.body_text
    }

    /// How many answers it has.
    async fn reply_count(&self) -> i64 {
        self.0.reply_count
    }

    /// The answers to it, the oldest first.
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most: 0 to 100.", default_with = "Some(REPLIES)")]
        first: Option<i32>,
    ) -> Result<Vec<Comment>> {
        let key = Replies {
            id: self.0.id,
            first: size(first.unwrap_or(REPLIES))?,
        };
        let session = session(ctx)?;
        // Moderators see answers that are not counted.
        if self.0.reply_count == 0 && !session.cx().scope().moderates(self.0.edition) {
            return Ok(Vec::new());
        }
        Ok(session.load(key).await?.unwrap_or_default())
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When a moderator touched it last; when it was written, if nobody did.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// A page of the comments that stand directly under an entry and answer no other.
pub(crate) async fn under(
    ctx: &Context<'_>,
    entry: EntryId,
    paging: Paging,
) -> Result<Connection<Comment>> {
    let query = CommentQuery {
        entry: Some(entry),
        parent: Some(None),
        status: None,
    };
    list(ctx, query, paging).await
}

async fn list(
    ctx: &Context<'_>,
    query: CommentQuery,
    paging: Paging,
) -> Result<Connection<Comment>> {
    let session = session(ctx)?;
    let page = paging.check(lookahead::page(ctx))?;
    page.key_in(CommentQuery::ORDER)?;
    if !session.has_company() {
        return Ok(Connection::new(
            comments::list(session.cx(), &query, &page).await?,
        ));
    }
    let found = session.load(CommentList { query, page }).await?;
    Ok(Connection::new(found.unwrap_or_default()))
}

/// The root fields about comments.
#[derive(Default)]
pub(crate) struct CommentQueries;

#[Object]
impl CommentQueries {
    /// One comment.
    async fn comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<Comment>> {
        let id: CommentId = parse_id("id", &id)?;
        Ok(comments::get(session(ctx)?.cx(), id)
            .await?
            .map(Comment::from))
    }

    /// The comments, the oldest first.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(desc = "Id of the entry they stand under. All entries if absent.")] entry: Option<
            ID,
        >,
        #[graphql(
            desc = "Only those of this status. Readers see approved ones alone, moderators all of their editions."
        )]
        status: Option<CommentStatus>,
    ) -> Result<Connection<Comment>> {
        let entry: Option<EntryId> = entry.map(|id| parse_id("entry", &id)).transpose()?;
        list(
            ctx,
            CommentQuery {
                entry,
                parent: None,
                status: status.map(Into::into),
            },
            Paging::new(first, after, last, before),
        )
        .await
    }
}
