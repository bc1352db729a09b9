//! Many changes with one request, in one transaction: all or none, or each on its own.
//!
//! A change that a batch can hold is a variant of [`Command`] and an arm of `carry_out`; those of
//! records that are no entries stand in `records`.

use domain::{
    Error, Result,
    authors::AuthorChange,
    body::Body,
    change::ContentChange,
    collections::CollectionChange,
    events::RecordKind,
    galleries::GalleryChange,
    id::{
        AuthorId, CollectionId, CommentId, EditionId, EntryId, GalleryId, Id, IdKind, MenuId,
        NewsletterId, RedirectId, RevisionId,
    },
    lifecycle::{Schedule, Verb},
    menus::MenuChange,
    newsletters::NewsletterChange,
    redirects::RedirectChange,
};
use persistence::OnUse;
use uuid::Uuid;

mod records;

pub use records::{AssetCommand, CommentCommand, LocalCommand, SharedCommand, TermCommand};

use crate::{
    ActorContext, Tx,
    comments::{self, ReadyChange},
    lifecycle::{self, Step},
    revisions::{self, Restored},
    writing::{self, ATTEMPTS, Ready, is_overtaken},
};

/// The most changes one batch holds.
pub const MAX_COMMANDS: usize = 100;

/// A change as both faces ask for it.
#[derive(Debug, Clone)]
#[expect(
    missing_docs,
    reason = "the fields are those of the use cases the variants name"
)]
pub enum Command {
    /// Makes an entry: a draft.
    CreateEntry {
        edition: EditionId,
        change: Box<ContentChange>,
    },
    /// Changes an entry.
    ChangeEntry {
        id: EntryId,
        expected: i64,
        change: Box<ContentChange>,
    },
    /// Makes a step that needs nothing but a note.
    Step { id: EntryId, verb: Verb, step: Step },
    /// Sets when an entry becomes public and when it is taken back.
    Schedule {
        id: EntryId,
        step: Step,
        schedule: Schedule,
    },
    /// Removes a trashed entry for good.
    Purge {
        id: EntryId,
        step: Step,
        on_use: OnUse,
    },
    /// Drops the edit of an entry that waits.
    DiscardPending { id: EntryId, step: Step },
    /// Brings a revision of an entry back.
    RestoreRevision {
        id: EntryId,
        revision: RevisionId,
        step: Step,
    },
    /// Changes a category or a tag.
    Term(TermCommand),
    /// Changes an author.
    Author(SharedCommand<AuthorId, AuthorChange>),
    /// Changes a gallery.
    Gallery(SharedCommand<GalleryId, GalleryChange>),
    /// Changes a collection.
    Collection(LocalCommand<CollectionId, CollectionChange>),
    /// Changes a menu.
    Menu(LocalCommand<MenuId, MenuChange>),
    /// Changes a newsletter.
    Newsletter(LocalCommand<NewsletterId, NewsletterChange>),
    /// Changes a redirect.
    Redirect(LocalCommand<RedirectId, RedirectChange>),
    /// Changes the record of an asset.
    Asset(AssetCommand),
    /// Changes a comment.
    Comment(CommentCommand),
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The record, by public id.
    pub id: String,
    /// Its kind.
    pub kind: RecordKind,
    /// The version it has now; none if it is gone.
    pub version: Option<i64>,
    /// Whether the change made the record.
    pub is_new: bool,
}

/// What came of a batch.
#[derive(Debug)]
pub enum Outcome {
    /// What came of each change: those that failed changed nothing, the others are made.
    Made(Vec<Result<Done>>),
    /// Nothing was changed, because this change could not be made.
    Undone {
        /// Which one, counted from 0.
        index: usize,
        /// Why.
        error: Error,
    },
}

/// How much text a batch may load from the store before it begins, in bytes.
const MAX_LOADED_BYTES: usize = 8 << 20;

/// Makes changes, in their order. `is_atomic`: all of them or none.
pub async fn run(cx: &ActorContext, commands: Vec<Command>, is_atomic: bool) -> Result<Outcome> {
    if commands.is_empty() || commands.len() > MAX_COMMANDS {
        return Err(Error::invalid(
            "operations",
            format!("must hold 1 to {MAX_COMMANDS} operations"),
        ));
    }
    // What takes time is no work for a transaction, and what fails here makes none necessary.
    let mut tasks = Vec::with_capacity(commands.len());
    let mut bytes = 0;
    for (index, command) in commands.into_iter().enumerate() {
        if bytes > MAX_LOADED_BYTES {
            return Err(Error::LimitExceeded(format!(
                "what these operations publish or bring back is more than {MAX_LOADED_BYTES} bytes of text: make several batches"
            )));
        }
        match (Box::pin(prepare(cx, command)).await, is_atomic) {
            (Err(error), _) if is_of_the_whole(&error) => return Err(error),
            (Err(error), true) => return Ok(Outcome::Undone { index, error }),
            (task, _) => {
                bytes += task.as_ref().map_or(0, Task::loaded_bytes);
                tasks.push(task);
            }
        }
    }
    let mut tx = cx.begin().await?;
    let mut results = Vec::with_capacity(tasks.len());
    for (index, task) in tasks.into_iter().enumerate() {
        let made = match task {
            Ok(task) => Box::pin(attempt(&mut tx, &task)).await,
            Err(error) => Err(error),
        };
        match made {
            Err(error) if is_of_the_whole(&error) => {
                tx.rollback().await?;
                return Err(error);
            }
            Err(error) if is_atomic => {
                tx.rollback().await?;
                return Ok(Outcome::Undone { index, error });
            }
            made => results.push(made),
        }
    }
    // Where nothing was done, there is nothing to keep.
    if results.iter().any(Result::is_ok) {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(Outcome::Made(results))
}

/// What goes wrong with everything, whatever change it shows at.
fn is_of_the_whole(error: &Error) -> bool {
    match error {
        Error::Unauthenticated(_)
        | Error::RateLimited { .. }
        | Error::Unavailable { .. }
        | Error::Internal(_) => true,
        Error::NotFound(_)
        | Error::Invalid(_)
        | Error::Conflict { .. }
        | Error::Stale { .. }
        | Error::Forbidden(_)
        | Error::LimitExceeded(_) => false,
    }
}

/// A change as it can be made in a transaction.
enum Task {
    Create(EditionId, Box<Ready>),
    Change(EntryId, i64, Box<Ready>),
    Publish(EntryId, Step, Option<Box<(RevisionId, Body)>>),
    Restore(EntryId, Step, Box<Restored>),
    ChangeComment(CommentId, i64, Box<ReadyChange>),
    Plain(Command),
}

impl Task {
    /// How much text was loaded for it, in bytes: what was sent is bounded with the request.
    fn loaded_bytes(&self) -> usize {
        match self {
            Self::Publish(_, _, Some(body)) => body.1.text.len(),
            Self::Restore(_, _, state) => state.source_bytes(),
            Self::Publish(_, _, None)
            | Self::Create(..)
            | Self::Change(..)
            | Self::ChangeComment(..)
            | Self::Plain(_) => 0,
        }
    }
}

async fn prepare(cx: &ActorContext, command: Command) -> Result<Task> {
    Ok(match command {
        Command::CreateEntry { edition, change } => {
            Task::Create(edition, Box::new(Ready::to_create(*change).await?))
        }
        Command::ChangeEntry {
            id,
            expected,
            change,
        } => Task::Change(id, expected, Box::new(Ready::to_change(*change).await?)),
        Command::Step {
            id,
            verb: Verb::Publish,
            step,
        } => Task::Publish(
            id,
            step,
            lifecycle::pending_body(cx, id).await?.map(Box::new),
        ),
        Command::RestoreRevision { id, revision, step } => {
            Task::Restore(id, step, Box::new(Restored::of(cx, id, revision).await?))
        }
        Command::Comment(CommentCommand::Change {
            id,
            expected,
            change,
        }) => Task::ChangeComment(id, expected, Box::new(ReadyChange::of(change)?)),
        plain @ (Command::Step { .. }
        | Command::Schedule { .. }
        | Command::Purge { .. }
        | Command::DiscardPending { .. }
        | Command::Term(_)
        | Command::Author(_)
        | Command::Gallery(_)
        | Command::Collection(_)
        | Command::Menu(_)
        | Command::Newsletter(_)
        | Command::Redirect(_)
        | Command::Asset(_)
        | Command::Comment(_)) => Task::Plain(plain),
    })
}

/// Makes one change, or leaves everything as it was before it. A slug that was made for what is new
/// may be taken meanwhile: another is made then.
async fn attempt(tx: &mut Tx, task: &Task) -> Result<Done> {
    let mut attempt = 1;
    loop {
        let made = tx.savepoint(async |tx| Box::pin(carry_out(tx, task)).await);
        match (made.await, task) {
            (Err(error), Task::Create(_, ready) | Task::Change(_, _, ready))
                if attempt < ATTEMPTS && is_overtaken(ready, &error) =>
            {
                attempt += 1;
            }
            (made, _) => return made,
        }
    }
}

async fn carry_out(tx: &mut Tx, task: &Task) -> Result<Done> {
    match task {
        Task::Create(edition, ready) => {
            let id = writing::create_in(tx, *edition, ready).await?;
            made(tx, id.kind.into(), (id.to_string(), id.uuid())).await
        }
        Task::Change(id, expected, ready) => {
            Box::pin(writing::change_in(tx, *id, *expected, ready)).await?;
            changed_entry(tx, *id).await
        }
        Task::Publish(id, step, body) => {
            lifecycle::publish_in(tx, *id, step, body.as_deref().cloned()).await?;
            changed_entry(tx, *id).await
        }
        Task::Restore(id, step, state) => {
            Box::pin(revisions::restore_in(tx, *id, step, state)).await?;
            changed_entry(tx, *id).await
        }
        Task::ChangeComment(id, expected, change) => {
            comments::change_in(tx, *id, *expected, change).await?;
            changed(tx, RecordKind::Comment, named(*id)).await
        }
        Task::Plain(command) => carry_out_plain(tx, command.clone()).await,
    }
}

async fn carry_out_plain(tx: &mut Tx, command: Command) -> Result<Done> {
    match command {
        Command::Step { id, verb, step } => {
            lifecycle::step_in(tx, id, verb, &step).await?;
            changed_entry(tx, id).await
        }
        Command::Schedule { id, step, schedule } => {
            lifecycle::schedule_in(tx, id, &step, schedule).await?;
            changed_entry(tx, id).await
        }
        Command::Purge { id, step, on_use } => {
            lifecycle::purge_in(tx, id, &step, on_use).await?;
            Ok(gone(id.kind.into(), id.to_string()))
        }
        Command::DiscardPending { id, step } => {
            lifecycle::discard_pending_in(tx, id, &step).await?;
            changed_entry(tx, id).await
        }
        Command::Term(command) => records::term(tx, command).await,
        Command::Author(command) => records::author(tx, command).await,
        Command::Gallery(command) => records::gallery(tx, command).await,
        Command::Collection(command) => records::collection(tx, command).await,
        Command::Menu(command) => records::menu(tx, command).await,
        Command::Newsletter(command) => records::newsletter(tx, command).await,
        Command::Redirect(command) => records::redirect(tx, command).await,
        Command::Asset(command) => records::asset(tx, command).await,
        Command::Comment(command) => records::comment(tx, command).await,
        Command::CreateEntry { .. }
        | Command::ChangeEntry { .. }
        | Command::RestoreRevision { .. } => Err(unprepared()),
    }
}

fn unprepared() -> Error {
    Error::internal("a change was not prepared for its batch")
}

/// A record as it is named outside and inside.
type Named = (String, Uuid);

fn named<K: IdKind>(id: Id<K>) -> Named {
    (id.to_string(), id.uuid())
}

async fn made(tx: &mut Tx, kind: RecordKind, named: Named) -> Result<Done> {
    let done = changed(tx, kind, named).await?;
    Ok(Done {
        is_new: true,
        ..done
    })
}

async fn changed_entry(tx: &mut Tx, id: EntryId) -> Result<Done> {
    changed(tx, id.kind.into(), (id.to_string(), id.uuid())).await
}

async fn changed(tx: &mut Tx, kind: RecordKind, (id, uuid): Named) -> Result<Done> {
    Ok(Done {
        version: tx.store_tx().version(kind, uuid).await?,
        id,
        kind,
        is_new: false,
    })
}

fn gone(kind: RecordKind, id: String) -> Done {
    Done {
        id,
        kind,
        version: None,
        is_new: false,
    }
}
