//! Steps in the life of entries: what the mutations of all kinds share.

use application::{
    ActorContext,
    lifecycle::{self, Step},
    revisions,
};
use async_graphql::{Context, ID, InputObject, Result};
use domain::{
    content::{Content, ContentKind},
    id::{EntryId, Id, IdKind, RevisionId},
    lifecycle::Schedule,
};
use futures::future::BoxFuture;

use super::entry_id;
use crate::graphql::{
    context::{Here, parse_id, session},
    input::{PurgeInput, Wrong},
    outcome::{DeletePayload, Outcome, outcome},
    scalars::DateTime,
};

/// What changes of a kind of entry answer.
pub(crate) trait EntryPayload: From<Outcome<EntryId>> {
    /// The kind.
    const KIND: ContentKind;
}

/// Moves an entry one step.
#[derive(InputObject, Debug)]
pub(crate) struct TransitionInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// What is said about it, for the log.
    note: Option<String>,
}

impl TransitionInput {
    /// What it is done to, and how.
    pub(crate) fn split(self) -> (ID, Step) {
        let step = Step {
            expected: self.expected_version,
            note: self.note,
        };
        (self.id, step)
    }
}

/// Sets when an entry becomes public and when it is taken back.
#[derive(InputObject, Debug)]
pub(crate) struct ScheduleInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// When it, or what waits of it, becomes public. What is public already and only to be taken back
    /// has none.
    publish_at: Option<DateTime>,
    /// When it is taken back; never if absent.
    unpublish_at: Option<DateTime>,
    /// What is said about it, for the log.
    note: Option<String>,
}

/// Brings a revision of an entry back.
#[derive(InputObject, Debug)]
pub(crate) struct RestoreRevisionInput {
    /// Which entry.
    id: ID,
    /// The id of the revision.
    revision: ID,
    /// The version the entry has.
    expected_version: i64,
    /// What is said about it, for the log.
    note: Option<String>,
}

impl TransitionInput {
    /// The entry, whatever its kind, and the step.
    pub(crate) fn read(self) -> domain::Result<(EntryId, Step)> {
        let step = Step {
            expected: self.expected_version,
            note: self.note,
        };
        Ok((parse_id("id", &self.id)?, step))
    }
}

impl ScheduleInput {
    /// The entry, whatever its kind, the step and the times.
    pub(crate) fn read(self) -> domain::Result<(EntryId, Step, Schedule)> {
        let times = Schedule {
            publish_at: self.publish_at.map(|DateTime(at)| at),
            unpublish_at: self.unpublish_at.map(|DateTime(at)| at),
        };
        let step = Step {
            expected: self.expected_version,
            note: self.note,
        };
        Ok((parse_id("id", &self.id)?, step, times))
    }
}

impl RestoreRevisionInput {
    /// The entry, whatever its kind, the revision and the step.
    pub(crate) fn read(self) -> domain::Result<(EntryId, RevisionId, Step)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id("id", &self.id));
        let revision = wrong.take(parse_id("revision", &self.revision));
        let step = Step {
            expected: self.expected_version,
            note: self.note,
        };
        let read = wrong.finish(id.zip(revision), |_| Vec::new())?;
        let (id, revision) = read.ok_or_else(|| domain::Error::internal("an input was lost"))?;
        Ok((id, revision, step))
    }
}

/// What is done to an entry. The future is boxed, since those of writes are large.
pub(crate) type Doing = fn(&ActorContext, EntryId, Step) -> BoxFuture<'_, domain::Result<Content>>;

/// Makes a step that needs nothing but a note.
pub(crate) async fn transition<P: EntryPayload>(
    ctx: &Context<'_>,
    input: TransitionInput,
    run: Doing,
) -> Result<P> {
    let session = session(ctx)?;
    let (id, step) = input.split();
    let done = match entry_id("id", &id, P::KIND) {
        Ok(id) => run(session.cx(), id, step).await.map(|_| id),
        Err(wrong) => Err(wrong),
    };
    finish(session, done).await
}

/// Sets when an entry becomes public and when it is taken back.
pub(crate) async fn schedule<P: EntryPayload>(
    ctx: &Context<'_>,
    input: ScheduleInput,
) -> Result<P> {
    let session = session(ctx)?;
    let times = Schedule {
        publish_at: input.publish_at.map(|DateTime(at)| at),
        unpublish_at: input.unpublish_at.map(|DateTime(at)| at),
    };
    let step = Step {
        expected: input.expected_version,
        note: input.note,
    };
    let done = match entry_id("id", &input.id, P::KIND) {
        Ok(id) => Box::pin(lifecycle::schedule(session.cx(), id, step, times))
            .await
            .map(|_| id),
        Err(wrong) => Err(wrong),
    };
    finish(session, done).await
}

/// Brings a revision back.
pub(crate) async fn restore_revision<P: EntryPayload>(
    ctx: &Context<'_>,
    input: RestoreRevisionInput,
) -> Result<P> {
    let session = session(ctx)?;
    let mut wrong = Wrong::default();
    let id = wrong.take(entry_id("id", &input.id, P::KIND));
    let revision = wrong.take(parse_id::<RevisionId>("revision", &input.revision));
    let step = Step {
        expected: input.expected_version,
        note: input.note,
    };
    let done = match wrong.finish(id.zip(revision), |_| Vec::new()) {
        Ok(Some((id, revision))) => Box::pin(revisions::restore(session.cx(), id, revision, step))
            .await
            .map(|_| id),
        Ok(None) => Err(domain::Error::internal("an input was lost")),
        Err(wrong) => Err(wrong),
    };
    finish(session, done).await
}

/// Removes a trashed entry for good.
pub(crate) async fn purge<K: IdKind>(ctx: &Context<'_>, input: PurgeInput) -> Result<DeletePayload>
where
    EntryId: From<Id<K>>,
{
    let session = session(ctx)?;
    let (input, note) = input.split();
    let done = match input.read::<K>() {
        Ok((id, expected, on_use)) => {
            let step = Step { expected, note };
            Box::pin(lifecycle::purge(session.cx(), id.into(), step, on_use))
                .await
                .map(|()| ID(id.to_string()))
        }
        Err(wrong) => Err(wrong),
    };
    session.changed().await?;
    Ok(outcome(done)?.into())
}

/// After a change: nothing of before it in the answer.
pub(crate) async fn finish<P: EntryPayload>(
    session: Here<'_>,
    done: domain::Result<EntryId>,
) -> Result<P> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
