//! Steps in the life of newsletter issues.

use application::lifecycle;
use async_graphql::{Context, Object, Result};
use domain::id::kinds;
use futures::FutureExt as _;

use super::mutations::IssuePayload;
use crate::graphql::{
    entries::steps::{self, RestoreRevisionInput, ScheduleInput, TransitionInput, transition},
    input::PurgeInput,
    outcome::DeletePayload,
};

/// The mutations that move newsletter issues through their life.
#[derive(Default)]
pub(crate) struct IssueSteps;

#[Object]
impl IssueSteps {
    /// Hands a draft issue in: an editor is to read it.
    async fn submit_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::submit(cx, id, step).boxed()
        })
        .await
    }

    /// Sends an issue back that was handed in; the note says what is missing.
    async fn request_issue_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::request_changes(cx, id, step).boxed()
        })
        .await
    }

    /// Makes an issue public, or what waits of one that is.
    async fn publish_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::publish(cx, id, step).boxed()
        })
        .await
    }

    /// Sets when an issue, or what waits of it, becomes public, and when it is taken back.
    async fn schedule_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and when.")] input: ScheduleInput,
    ) -> Result<IssuePayload> {
        steps::schedule(ctx, input).await
    }

    /// Drops what was scheduled for an issue.
    async fn unschedule_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::unschedule(cx, id, step).boxed()
        })
        .await
    }

    /// Takes an issue back: it is a draft again.
    async fn unpublish_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::unpublish(cx, id, step).boxed()
        })
        .await
    }

    /// Takes an issue off the site and keeps it.
    async fn archive_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::archive(cx, id, step).boxed()
        })
        .await
    }

    /// Brings an archived issue back as a draft.
    async fn unarchive_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::unarchive(cx, id, step).boxed()
        })
        .await
    }

    /// Puts an issue into the trash.
    async fn trash_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::trash(cx, id, step).boxed()
        })
        .await
    }

    /// Takes an issue out of the trash, as a draft.
    async fn restore_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::restore(cx, id, step).boxed()
        })
        .await
    }

    /// Removes an issue that is in the trash for good.
    async fn purge_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: PurgeInput,
    ) -> Result<DeletePayload> {
        steps::purge::<kinds::Issue>(ctx, input).await
    }

    /// Drops the edit of an issue that waits to be published.
    async fn discard_issue_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<IssuePayload> {
        transition(ctx, input, |cx, id, step| {
            lifecycle::discard_pending(cx, id, step).boxed()
        })
        .await
    }

    /// Brings back what was in an issue at a revision. Of what is public it makes an edit that waits.
    async fn restore_issue_revision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which revision.")] input: RestoreRevisionInput,
    ) -> Result<IssuePayload> {
        steps::restore_revision(ctx, input).await
    }
}
