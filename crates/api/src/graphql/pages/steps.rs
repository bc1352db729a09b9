//! Steps in the life of pages.

use application::lifecycle;
use async_graphql::{Context, Object, Result};
use domain::id::kinds;
use futures::FutureExt as _;

use super::mutations::PagePayload;
use crate::graphql::{
    entries::steps::{self, RestoreRevisionInput, ScheduleInput, TransitionInput, transition},
    input::PurgeInput,
    outcome::DeletePayload,
};

/// The mutations that move pages through their life.
#[derive(Default)]
pub(crate) struct PageSteps;

#[Object]
impl PageSteps {
    /// Hands a draft page in: an editor is to read it.
    async fn submit_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::submit(cx, id, step).boxed()
        })
        .await
    }

    /// Sends a page back that was handed in; the note says what is missing.
    async fn request_page_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::request_changes(cx, id, step).boxed()
        })
        .await
    }

    /// Makes a page public, or what waits of one that is.
    async fn publish_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::publish(cx, id, step).boxed()
        })
        .await
    }

    /// Sets when a page, or what waits of it, becomes public, and when it is taken back.
    async fn schedule_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and when.")] input: ScheduleInput,
    ) -> Result<PagePayload> {
        steps::schedule(ctx, input).await
    }

    /// Drops what was scheduled for a page.
    async fn unschedule_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::unschedule(cx, id, step).boxed()
        })
        .await
    }

    /// Takes a page back: it is a draft again.
    async fn unpublish_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::unpublish(cx, id, step).boxed()
        })
        .await
    }

    /// Takes a page off the site and keeps it.
    async fn archive_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::archive(cx, id, step).boxed()
        })
        .await
    }

    /// Brings an archived page back as a draft.
    async fn unarchive_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::unarchive(cx, id, step).boxed()
        })
        .await
    }

    /// Puts a page into the trash.
    async fn trash_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::trash(cx, id, step).boxed()
        })
        .await
    }

    /// Takes a page out of the trash, as a draft.
    async fn restore_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::restore(cx, id, step).boxed()
        })
        .await
    }

    /// Removes a page that is in the trash for good.
    async fn purge_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: PurgeInput,
    ) -> Result<DeletePayload> {
        steps::purge::<kinds::Page>(ctx, input).await
    }

    /// Drops the edit of a page that waits to be published.
    async fn discard_page_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<PagePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::discard_pending(cx, id, step).boxed()
        })
        .await
    }

    /// Brings back what was in a page at a revision. Of what is public it makes an edit that waits.
    async fn restore_page_revision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which revision.")] input: RestoreRevisionInput,
    ) -> Result<PagePayload> {
        steps::restore_revision(ctx, input).await
    }
}
