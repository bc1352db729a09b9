//! Many changes with one mutation.
//!
//! A mutation that a batch can hold is a variant of [`BatchOperationInput`].

use application::{
    batch::{self, Command, Done, MAX_COMMANDS, Outcome as Made},
    media,
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{Error, id::AnyId};

mod commands;
mod operations;

use operations::BatchOperationInput;

use super::{
    context::{Session, session, spend_on_more},
    entries::{self, Entry},
    enums::View,
    input::Places,
    lookahead,
    media::Asset,
    node::{self, Node},
    outcome::{self, UserError, outcome},
};

/// What an input asks for, and where its texts stand in it.
pub(crate) type Read = domain::Result<(Command, Option<Places>)>;

/// Changes to be made at once.
#[derive(InputObject, Debug)]
pub(crate) struct BatchInput {
    /// Whether all of them are made or none; if false each succeeds or fails alone.
    #[graphql(default = true)]
    atomic: bool,
    /// The changes, made in this order: 1 to 100.
    operations: Vec<BatchOperationInput>,
}

/// What came of one change of a batch.
pub(crate) struct BatchResult {
    index: usize,
    done: Option<Done>,
    user_errors: Vec<UserError>,
}

/// What came of one change of a batch.
#[Object]
impl BatchResult {
    /// Which operation of the input it is about, counted from 0.
    async fn index(&self) -> usize {
        self.index
    }

    /// The record as it is now; null if it was not changed, or is gone.
    async fn record(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code of the edition the texts of a shared record are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Node>> {
        let Some(done) = self.done.as_ref().filter(|done| done.version.is_some()) else {
            return Ok(None);
        };
        let session = session(ctx)?;
        let id: AnyId = done.id.parse()?;
        if let AnyId::Entry(id) = id {
            let found = entries::changed(ctx, Some(id), Some(View::Latest)).await?;
            return Ok(found.map(|content| Node::from(Entry::from(content))));
        }
        let edition = session.edition_id(edition.as_deref())?;
        // Whoever puts an asset into the trash sees it there.
        if let AnyId::Asset(id) = id {
            let found = media::get(session.cx(), id, edition).await?;
            return Ok(found.map(|asset| Node::Asset(Asset::new(asset, edition))));
        }
        node::fetch(session, id, edition, lookahead::entry_parts(ctx)).await
    }

    /// The id of a record that is gone.
    async fn deleted_id(&self) -> Option<ID> {
        let done = self.done.as_ref().filter(|done| done.version.is_none())?;
        Some(ID(done.id.clone()))
    }

    /// Why nothing was changed. Fields are those of `operations`: `operations.3.createArticle.title`.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What a batch answers.
#[derive(SimpleObject)]
pub(crate) struct BatchPayload {
    /// What came of each change, in the order of the operations. Empty if nothing was changed because
    /// one of them could not be made.
    results: Vec<BatchResult>,
    /// Why nothing was changed at all.
    user_errors: Vec<UserError>,
}

/// An operation whose command is carried out.
struct Place {
    index: usize,
    name: &'static str,
    texts: Option<Places>,
}

impl Place {
    /// The error of the operation, in the words of the whole input.
    fn refuse(&self, error: Error) -> domain::Result<Vec<UserError>> {
        let error = match &self.texts {
            Some(texts) => texts.rename(error),
            None => error,
        };
        let (index, name) = (self.index, self.name);
        let (_, mut errors) = outcome::<()>(Err(error))?.split();
        for error in &mut errors {
            error.set_within(&format!("operations.{index}.{name}"));
        }
        Ok(errors)
    }
}

/// The mutation of batches.
#[derive(Default)]
pub(crate) struct BatchMutations;

#[Object]
impl BatchMutations {
    /// Makes many changes in one transaction: all of them or none, or each on its own.
    async fn batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: BatchInput,
    ) -> Result<BatchPayload> {
        let session = session(ctx)?;
        spend_on_more(ctx, input.operations.len())?;
        let payload = Box::pin(run(&session, input)).await;
        session.changed().await?;
        Ok(payload?)
    }
}

async fn run(session: &Session, input: BatchInput) -> domain::Result<BatchPayload> {
    let is_atomic = input.atomic;
    let count = input.operations.len();
    if count == 0 || count > MAX_COMMANDS {
        let message = format!("must hold 1 to {MAX_COMMANDS} operations");
        return Ok(undone(outcome::<()>(Err(Error::invalid(
            "operations",
            message,
        )))?));
    }
    let (mut commands, mut places, mut results) = (Vec::new(), Vec::new(), Vec::new());
    for (index, operation) in input.operations.into_iter().enumerate() {
        let (name, operation) = operation.open();
        let mut place = Place {
            index,
            name,
            texts: None,
        };
        let mut result = BatchResult {
            index,
            done: None,
            user_errors: Vec::new(),
        };
        match operation.command(session) {
            Ok((command, texts)) => {
                place.texts = texts;
                commands.push(command);
                places.push(place);
            }
            Err(error) => {
                result.user_errors = place.refuse(error)?;
                if is_atomic {
                    return Ok(refused(result.user_errors));
                }
            }
        }
        results.push(result);
    }
    if commands.is_empty() {
        return Ok(answered(results));
    }
    let made = match Box::pin(batch::run(session.cx(), commands, is_atomic)).await {
        Ok(Made::Made(made)) => made,
        Ok(Made::Undone { index, error }) => {
            return match places.get(index) {
                Some(place) => Ok(refused(place.refuse(error)?)),
                None => Err(error),
            };
        }
        Err(error) => return Ok(undone(outcome::<()>(Err(error))?)),
    };
    for (made, place) in made.into_iter().zip(&places) {
        if let Some(result) = results.get_mut(place.index) {
            match made {
                Ok(done) => result.done = Some(done),
                Err(error) => result.user_errors = place.refuse(error)?,
            }
        }
    }
    Ok(answered(results))
}

fn answered(results: Vec<BatchResult>) -> BatchPayload {
    BatchPayload {
        results,
        user_errors: Vec::new(),
    }
}

fn refused(user_errors: Vec<UserError>) -> BatchPayload {
    BatchPayload {
        results: Vec::new(),
        user_errors,
    }
}

fn undone(outcome: outcome::Outcome<()>) -> BatchPayload {
    refused(outcome.split().1)
}
