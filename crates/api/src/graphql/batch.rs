//! Many changes with one mutation.
//!
//! A mutation that a batch can hold is a variant of [`BatchOperationInput`] and an arm of its `read`.

use application::batch::{self, Command, Done, MAX_COMMANDS, Outcome as Made};
use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use domain::{
    Error,
    change::{ArticleChange, ContentChange},
    id::{AnyId, EditionId, EntryId, Id, IdKind, kinds},
    lifecycle::Verb,
    terms::TermId,
};

use super::{
    articles::mutations::{AddCorrectionInput, CreateArticleInput, UpdateArticleInput},
    authors::mutations::{CreateAuthorInput, UpdateAuthorInput},
    collections::mutations::{CreateCollectionInput, DeleteCollectionInput, UpdateCollectionInput},
    context::{Session, session, spend_on_more},
    entries::{
        self, Entry,
        steps::{RestoreRevisionInput, ScheduleInput, TransitionInput},
    },
    enums::View,
    input::{DeleteInput, Places, PurgeInput},
    lookahead,
    newsletters::mutations::{CreateIssueInput, UpdateIssueInput},
    node::{self, Node},
    outcome::{self, UserError, outcome},
    pages::mutations::{CreatePageInput, UpdatePageInput},
    terms::mutations::{CreateCategoryInput, CreateTagInput, UpdateCategoryInput, UpdateTagInput},
};

/// What an input asks for, and where its texts stand in it.
pub(crate) type Read = domain::Result<(Command, Option<Places>)>;

/// One change of a batch: the input of the mutation of that name. Steps take an entry of any kind.
#[derive(OneofObject, Debug)]
pub(crate) enum BatchOperationInput {
    /// Makes an article.
    CreateArticle(Box<CreateArticleInput>),
    /// Changes an article.
    UpdateArticle(Box<UpdateArticleInput>),
    /// Adds a correction to an article.
    AddCorrection(AddCorrectionInput),
    /// Makes a page.
    CreatePage(Box<CreatePageInput>),
    /// Changes a page.
    UpdatePage(Box<UpdatePageInput>),
    /// Makes an issue.
    CreateIssue(Box<CreateIssueInput>),
    /// Changes an issue.
    UpdateIssue(Box<UpdateIssueInput>),
    /// Hands a draft in.
    Submit(TransitionInput),
    /// Sends an entry back that was handed in.
    RequestChanges(TransitionInput),
    /// Makes an entry public, or what waits of one that is.
    Publish(TransitionInput),
    /// Sets when an entry becomes public, and when it is taken back.
    Schedule(ScheduleInput),
    /// Drops what was scheduled.
    Unschedule(TransitionInput),
    /// Takes an entry back: it is a draft again.
    Unpublish(TransitionInput),
    /// Takes an entry off the site and keeps it.
    Archive(TransitionInput),
    /// Brings an archived entry back as a draft.
    Unarchive(TransitionInput),
    /// Puts an entry into the trash.
    Trash(TransitionInput),
    /// Takes an entry out of the trash, as a draft.
    Restore(TransitionInput),
    /// Removes an entry that is in the trash for good.
    Purge(PurgeInput),
    /// Drops the edit of an entry that waits.
    DiscardChanges(TransitionInput),
    /// Brings back what was in an entry at a revision.
    RestoreRevision(RestoreRevisionInput),
    /// Makes a category.
    CreateCategory(Box<CreateCategoryInput>),
    /// Changes a category.
    UpdateCategory(Box<UpdateCategoryInput>),
    /// Deletes a category.
    DeleteCategory(DeleteInput),
    /// Makes a tag.
    CreateTag(Box<CreateTagInput>),
    /// Changes a tag.
    UpdateTag(Box<UpdateTagInput>),
    /// Deletes a tag.
    DeleteTag(DeleteInput),
    /// Makes an author.
    CreateAuthor(Box<CreateAuthorInput>),
    /// Changes an author.
    UpdateAuthor(Box<UpdateAuthorInput>),
    /// Deletes an author.
    DeleteAuthor(DeleteInput),
    /// Makes a collection.
    CreateCollection(Box<CreateCollectionInput>),
    /// Changes a collection.
    UpdateCollection(Box<UpdateCollectionInput>),
    /// Deletes a collection.
    DeleteCollection(DeleteCollectionInput),
}

impl BatchOperationInput {
    /// Its name in the input.
    fn name(&self) -> &'static str {
        match self {
            Self::CreateArticle(_) => "createArticle",
            Self::UpdateArticle(_) => "updateArticle",
            Self::AddCorrection(_) => "addCorrection",
            Self::CreatePage(_) => "createPage",
            Self::UpdatePage(_) => "updatePage",
            Self::CreateIssue(_) => "createIssue",
            Self::UpdateIssue(_) => "updateIssue",
            Self::Submit(_) => "submit",
            Self::RequestChanges(_) => "requestChanges",
            Self::Publish(_) => "publish",
            Self::Schedule(_) => "schedule",
            Self::Unschedule(_) => "unschedule",
            Self::Unpublish(_) => "unpublish",
            Self::Archive(_) => "archive",
            Self::Unarchive(_) => "unarchive",
            Self::Trash(_) => "trash",
            Self::Restore(_) => "restore",
            Self::Purge(_) => "purge",
            Self::DiscardChanges(_) => "discardChanges",
            Self::RestoreRevision(_) => "restoreRevision",
            Self::CreateCategory(_) => "createCategory",
            Self::UpdateCategory(_) => "updateCategory",
            Self::DeleteCategory(_) => "deleteCategory",
            Self::CreateTag(_) => "createTag",
            Self::UpdateTag(_) => "updateTag",
            Self::DeleteTag(_) => "deleteTag",
            Self::CreateAuthor(_) => "createAuthor",
            Self::UpdateAuthor(_) => "updateAuthor",
            Self::DeleteAuthor(_) => "deleteAuthor",
            Self::CreateCollection(_) => "createCollection",
            Self::UpdateCollection(_) => "updateCollection",
            Self::DeleteCollection(_) => "deleteCollection",
        }
    }

    /// The command it asks for.
    fn read(self, session: &Session) -> Read {
        let command = match self {
            Self::CreateArticle(input) => {
                let new = input.read(session)?;
                create(new.edition, new.change)
            }
            Self::UpdateArticle(input) => change(input.read(session)?),
            Self::AddCorrection(input) => {
                let (id, expected, correction) = input.read()?;
                change((id, expected, ArticleChange::from(correction)))
            }
            Self::CreatePage(input) => {
                let new = input.read(session)?;
                create(new.edition, new.change)
            }
            Self::UpdatePage(input) => change(input.read(session)?),
            Self::CreateIssue(input) => {
                let new = input.read(session)?;
                create(new.edition, new.change)
            }
            Self::UpdateIssue(input) => change(input.read(session)?),
            Self::Submit(input) => step(Verb::Submit, input)?,
            Self::RequestChanges(input) => step(Verb::RequestChanges, input)?,
            Self::Publish(input) => step(Verb::Publish, input)?,
            Self::Schedule(input) => {
                let (id, step, schedule) = input.read()?;
                Command::Schedule { id, step, schedule }
            }
            Self::Unschedule(input) => step(Verb::Unschedule, input)?,
            Self::Unpublish(input) => step(Verb::Unpublish, input)?,
            Self::Archive(input) => step(Verb::Archive, input)?,
            Self::Unarchive(input) => step(Verb::Unarchive, input)?,
            Self::Trash(input) => step(Verb::Trash, input)?,
            Self::Restore(input) => step(Verb::Restore, input)?,
            Self::Purge(input) => {
                let (id, step, on_use) = input.read_entry()?;
                Command::Purge { id, step, on_use }
            }
            Self::DiscardChanges(input) => {
                let (id, step) = input.read()?;
                Command::DiscardPending { id, step }
            }
            Self::RestoreRevision(input) => {
                let (id, revision, step) = input.read()?;
                Command::RestoreRevision { id, revision, step }
            }
            Self::CreateCategory(input) => return input.read(session),
            Self::UpdateCategory(input) => return input.read(session),
            Self::DeleteCategory(input) => delete_term::<kinds::Category>(input)?,
            Self::CreateTag(input) => return input.read(session),
            Self::UpdateTag(input) => return input.read(session),
            Self::DeleteTag(input) => delete_term::<kinds::Tag>(input)?,
            Self::CreateAuthor(input) => {
                let (new, places) = input.read(session)?;
                return Ok((Command::CreateAuthor { new }, Some(places)));
            }
            Self::UpdateAuthor(input) => {
                let (id, expected, (change, places)) = input.read(session)?;
                let command = Command::ChangeAuthor {
                    id,
                    expected,
                    change,
                };
                return Ok((command, Some(places)));
            }
            Self::DeleteAuthor(input) => {
                let (id, expected, on_use) = input.read::<kinds::Author>()?;
                Command::DeleteAuthor {
                    id,
                    expected,
                    on_use,
                }
            }
            Self::CreateCollection(input) => {
                let (edition, new) = input.read(session)?;
                Command::CreateCollection { edition, new }
            }
            Self::UpdateCollection(input) => {
                let (id, expected, change) = input.read()?;
                Command::ChangeCollection {
                    id,
                    expected,
                    change,
                }
            }
            Self::DeleteCollection(input) => {
                let (id, expected) = input.read()?;
                Command::DeleteCollection { id, expected }
            }
        };
        Ok((command, None))
    }
}

fn create(edition: EditionId, change: impl Into<ContentChange>) -> Command {
    let change = Box::new(change.into());
    Command::CreateEntry { edition, change }
}

fn change((id, expected, change): (impl Into<EntryId>, i64, impl Into<ContentChange>)) -> Command {
    Command::ChangeEntry {
        id: id.into(),
        expected,
        change: Box::new(change.into()),
    }
}

fn step(verb: Verb, input: TransitionInput) -> domain::Result<Command> {
    let (id, step) = input.read()?;
    Ok(Command::Step { id, verb, step })
}

fn delete_term<K: IdKind>(input: DeleteInput) -> domain::Result<Command>
where
    TermId: From<Id<K>>,
{
    let (id, expected, on_use) = input.read::<K>()?;
    Ok(Command::DeleteTerm {
        id: id.into(),
        expected,
        on_use,
    })
}

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
        let name = operation.name();
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
        match operation.read(session) {
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
