//! The operations a batch can hold: one for each mutation.

use async_graphql::OneofObject;
use domain::{comments::Verdict, lifecycle::Verb};

use super::{
    Read,
    commands::{
        DeletingAuthor, DeletingCategory, DeletingGallery, DeletingMenu, DeletingNewsletter,
        DeletingTag, Discarding, Judging, Moving, MovingAsset, Purging, PurgingAsset,
        PurgingComment,
    },
};
use crate::graphql::{
    articles::mutations::{AddCorrectionInput, CreateArticleInput, UpdateArticleInput},
    authors::mutations::{CreateAuthorInput, UpdateAuthorInput},
    collections::mutations::{CreateCollectionInput, DeleteCollectionInput, UpdateCollectionInput},
    comments::mutations::{ModerateCommentInput, UpdateCommentInput},
    context::Session,
    entries::steps::{RestoreRevisionInput, ScheduleInput, TransitionInput},
    galleries::mutations::{CreateGalleryInput, UpdateGalleryInput},
    input::{DeleteInput, DeleteRecordInput, PurgeInput},
    media::mutations::{CreateAssetInput, UpdateAssetInput},
    menus::mutations::{CreateMenuInput, UpdateMenuInput},
    newsletters::{
        mutations::{CreateIssueInput, UpdateIssueInput},
        series::{CreateNewsletterInput, UpdateNewsletterInput},
    },
    pages::mutations::{CreatePageInput, UpdatePageInput},
    redirects::mutations::{CreateRedirectInput, DeleteRedirectInput, UpdateRedirectInput},
    terms::mutations::{CreateCategoryInput, CreateTagInput, UpdateCategoryInput, UpdateTagInput},
};

/// One change of a batch: the input of the mutation of that name. Steps without the name of a kind take
/// an entry of any kind.
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
    /// Makes the record of an asset whose bytes are at another server.
    CreateAsset(Box<CreateAssetInput>),
    /// Changes the record of an asset.
    UpdateAsset(Box<UpdateAssetInput>),
    /// Puts an asset into the trash.
    TrashAsset(TransitionInput),
    /// Takes an asset out of the trash.
    RestoreAsset(TransitionInput),
    /// Removes an asset that is in the trash for good.
    PurgeAsset(PurgeInput),
    /// Makes a gallery.
    CreateGallery(Box<CreateGalleryInput>),
    /// Changes a gallery.
    UpdateGallery(Box<UpdateGalleryInput>),
    /// Deletes a gallery.
    DeleteGallery(DeleteInput),
    /// Makes a collection.
    CreateCollection(Box<CreateCollectionInput>),
    /// Changes a collection.
    UpdateCollection(Box<UpdateCollectionInput>),
    /// Deletes a collection.
    DeleteCollection(DeleteCollectionInput),
    /// Makes a newsletter.
    CreateNewsletter(Box<CreateNewsletterInput>),
    /// Changes a newsletter.
    UpdateNewsletter(Box<UpdateNewsletterInput>),
    /// Deletes a newsletter that has no issues.
    DeleteNewsletter(DeleteRecordInput),
    /// Makes a menu.
    CreateMenu(Box<CreateMenuInput>),
    /// Changes a menu.
    UpdateMenu(Box<UpdateMenuInput>),
    /// Deletes a menu.
    DeleteMenu(DeleteRecordInput),
    /// Changes what a comment says, for moderators.
    UpdateComment(Box<UpdateCommentInput>),
    /// Approves a comment.
    ApproveComment(ModerateCommentInput),
    /// Rejects a comment: it is spam.
    RejectComment(ModerateCommentInput),
    /// Puts a comment into the trash.
    TrashComment(ModerateCommentInput),
    /// Takes a comment out of the trash, or says that it is no spam.
    RestoreComment(ModerateCommentInput),
    /// Removes a comment that is in the trash, or spam, for good.
    PurgeComment(ModerateCommentInput),
    /// Makes a redirect.
    CreateRedirect(Box<CreateRedirectInput>),
    /// Changes a redirect.
    UpdateRedirect(Box<UpdateRedirectInput>),
    /// Deletes a redirect.
    DeleteRedirect(DeleteRedirectInput),
}

/// An input that can stand in a batch.
pub(super) trait Batched: Send {
    /// The command it asks for.
    fn command(self: Box<Self>, session: &Session) -> Read;
}

impl BatchOperationInput {
    /// Its name, and what stands under it.
    pub(super) fn open(self) -> (&'static str, Box<dyn Batched>) {
        match self {
            Self::CreateArticle(input) => ("createArticle", input),
            Self::UpdateArticle(input) => ("updateArticle", input),
            Self::AddCorrection(input) => ("addCorrection", Box::new(input)),
            Self::CreatePage(input) => ("createPage", input),
            Self::UpdatePage(input) => ("updatePage", input),
            Self::CreateIssue(input) => ("createIssue", input),
            Self::UpdateIssue(input) => ("updateIssue", input),
            Self::Submit(input) => ("submit", Box::new(Moving(Verb::Submit, input))),
            Self::RequestChanges(input) => (
                "requestChanges",
                Box::new(Moving(Verb::RequestChanges, input)),
            ),
            Self::Publish(input) => ("publish", Box::new(Moving(Verb::Publish, input))),
            Self::Schedule(input) => ("schedule", Box::new(input)),
            Self::Unschedule(input) => ("unschedule", Box::new(Moving(Verb::Unschedule, input))),
            Self::Unpublish(input) => ("unpublish", Box::new(Moving(Verb::Unpublish, input))),
            Self::Archive(input) => ("archive", Box::new(Moving(Verb::Archive, input))),
            Self::Unarchive(input) => ("unarchive", Box::new(Moving(Verb::Unarchive, input))),
            Self::Trash(input) => ("trash", Box::new(Moving(Verb::Trash, input))),
            Self::Restore(input) => ("restore", Box::new(Moving(Verb::Restore, input))),
            Self::Purge(input) => ("purge", Box::new(Purging(input))),
            Self::DiscardChanges(input) => ("discardChanges", Box::new(Discarding(input))),
            Self::RestoreRevision(input) => ("restoreRevision", Box::new(input)),
            Self::CreateCategory(input) => ("createCategory", input),
            Self::UpdateCategory(input) => ("updateCategory", input),
            Self::DeleteCategory(input) => ("deleteCategory", Box::new(DeletingCategory(input))),
            Self::CreateTag(input) => ("createTag", input),
            Self::UpdateTag(input) => ("updateTag", input),
            Self::DeleteTag(input) => ("deleteTag", Box::new(DeletingTag(input))),
            Self::CreateAuthor(input) => ("createAuthor", input),
            Self::UpdateAuthor(input) => ("updateAuthor", input),
            Self::DeleteAuthor(input) => ("deleteAuthor", Box::new(DeletingAuthor(input))),
            Self::CreateAsset(input) => ("createAsset", input),
            Self::UpdateAsset(input) => ("updateAsset", input),
            Self::TrashAsset(input) => ("trashAsset", Box::new(MovingAsset(Verb::Trash, input))),
            Self::RestoreAsset(input) => {
                ("restoreAsset", Box::new(MovingAsset(Verb::Restore, input)))
            }
            Self::PurgeAsset(input) => ("purgeAsset", Box::new(PurgingAsset(input))),
            Self::CreateGallery(input) => ("createGallery", input),
            Self::UpdateGallery(input) => ("updateGallery", input),
            Self::DeleteGallery(input) => ("deleteGallery", Box::new(DeletingGallery(input))),
            Self::CreateCollection(input) => ("createCollection", input),
            Self::UpdateCollection(input) => ("updateCollection", input),
            Self::DeleteCollection(input) => ("deleteCollection", Box::new(input)),
            Self::CreateNewsletter(input) => ("createNewsletter", input),
            Self::UpdateNewsletter(input) => ("updateNewsletter", input),
            Self::DeleteNewsletter(input) => {
                ("deleteNewsletter", Box::new(DeletingNewsletter(input)))
            }
            Self::CreateMenu(input) => ("createMenu", input),
            Self::UpdateMenu(input) => ("updateMenu", input),
            Self::DeleteMenu(input) => ("deleteMenu", Box::new(DeletingMenu(input))),
            Self::UpdateComment(input) => ("updateComment", input),
            Self::ApproveComment(input) => {
                ("approveComment", Box::new(Judging(Verdict::Approve, input)))
            }
            Self::RejectComment(input) => {
                ("rejectComment", Box::new(Judging(Verdict::Reject, input)))
            }
            Self::TrashComment(input) => ("trashComment", Box::new(Judging(Verdict::Trash, input))),
            Self::RestoreComment(input) => {
                ("restoreComment", Box::new(Judging(Verdict::Restore, input)))
            }
            Self::PurgeComment(input) => ("purgeComment", Box::new(PurgingComment(input))),
            Self::CreateRedirect(input) => ("createRedirect", input),
            Self::UpdateRedirect(input) => ("updateRedirect", input),
            Self::DeleteRedirect(input) => ("deleteRedirect", Box::new(input)),
        }
    }
}
