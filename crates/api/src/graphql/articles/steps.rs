//! Steps in the life of articles.

use application::lifecycle;
use async_graphql::{Context, Object, Result};
use domain::id::kinds;
use futures::FutureExt as _;

use super::mutations::ArticlePayload;
use crate::graphql::{
    entries::steps::{self, RestoreRevisionInput, ScheduleInput, TransitionInput, transition},
    input::PurgeInput,
    outcome::DeletePayload,
};

/// The mutations that move articles through their life.
#[derive(Default)]
pub(crate) struct ArticleSteps;

#[Object]
impl ArticleSteps {
    /// Hands a draft article in: an editor is to read it.
    async fn submit_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::submit(cx, id, step).boxed()
        })
        .await
    }

    /// Sends an article back that was handed in; the note says what is missing.
    async fn request_article_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::request_changes(cx, id, step).boxed()
        })
        .await
    }

    /// Makes an article public, or what waits of one that is.
    async fn publish_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::publish(cx, id, step).boxed()
        })
        .await
    }

    /// Sets when an article, or what waits of it, becomes public, and when it is taken back.
    async fn schedule_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and when.")] input: ScheduleInput,
    ) -> Result<ArticlePayload> {
        steps::schedule(ctx, input).await
    }

    /// Drops what was scheduled for an article.
    async fn unschedule_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::unschedule(cx, id, step).boxed()
        })
        .await
    }

    /// Takes an article back: it is a draft again.
    async fn unpublish_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::unpublish(cx, id, step).boxed()
        })
        .await
    }

    /// Takes an article off the site and keeps it.
    async fn archive_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::archive(cx, id, step).boxed()
        })
        .await
    }

    /// Brings an archived article back as a draft.
    async fn unarchive_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::unarchive(cx, id, step).boxed()
        })
        .await
    }

    /// Puts an article into the trash.
    async fn trash_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::trash(cx, id, step).boxed()
        })
        .await
    }

    /// Takes an article out of the trash, as a draft.
    async fn restore_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::restore(cx, id, step).boxed()
        })
        .await
    }

    /// Removes an article that is in the trash for good.
    async fn purge_article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: PurgeInput,
    ) -> Result<DeletePayload> {
        steps::purge::<kinds::Article>(ctx, input).await
    }

    /// Drops the edit of an article that waits to be published.
    async fn discard_article_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<ArticlePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::discard_pending(cx, id, step).boxed()
        })
        .await
    }

    /// Brings back what was in an article at a revision. Of what is public it makes an edit that waits.
    async fn restore_article_revision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which revision.")] input: RestoreRevisionInput,
    ) -> Result<ArticlePayload> {
        steps::restore_revision(ctx, input).await
    }
}
