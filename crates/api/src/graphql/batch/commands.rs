//! The commands that the operations of a batch ask for.

use application::{
    batch::{AssetCommand, Command, CommentCommand, LocalCommand, SharedCommand, TermCommand},
    lifecycle::Step,
};
use domain::{
    change::{ArticleChange, ContentChange},
    comments::Verdict,
    id::{EditionId, EntryId, Id, IdKind, kinds},
    lifecycle::Verb,
    terms::TermId,
};

use super::{Read, operations::Batched};
use crate::graphql::{
    articles::mutations::{AddCorrectionInput, CreateArticleInput, UpdateArticleInput},
    authors::mutations::{CreateAuthorInput, UpdateAuthorInput},
    collections::mutations::{CreateCollectionInput, DeleteCollectionInput, UpdateCollectionInput},
    comments::mutations::{ModerateCommentInput, UpdateCommentInput},
    context::{Session, parse_id},
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

/// A step of an entry.
pub(super) struct Moving(pub(super) Verb, pub(super) TransitionInput);
/// The removal of an entry from the trash.
pub(super) struct Purging(pub(super) PurgeInput);
/// Drops what waits of an entry.
pub(super) struct Discarding(pub(super) TransitionInput);
/// The deletion of a category.
pub(super) struct DeletingCategory(pub(super) DeleteInput);
/// The deletion of a tag.
pub(super) struct DeletingTag(pub(super) DeleteInput);
/// The deletion of an author.
pub(super) struct DeletingAuthor(pub(super) DeleteInput);
/// The deletion of a gallery.
pub(super) struct DeletingGallery(pub(super) DeleteInput);
/// The deletion of a newsletter.
pub(super) struct DeletingNewsletter(pub(super) DeleteRecordInput);
/// The deletion of a menu.
pub(super) struct DeletingMenu(pub(super) DeleteRecordInput);
/// A step of an asset.
pub(super) struct MovingAsset(pub(super) Verb, pub(super) TransitionInput);
/// The removal of an asset from the trash.
pub(super) struct PurgingAsset(pub(super) PurgeInput);
/// What a moderator thinks of a comment.
pub(super) struct Judging(pub(super) Verdict, pub(super) ModerateCommentInput);
/// The removal of a comment.
pub(super) struct PurgingComment(pub(super) ModerateCommentInput);

impl Batched for CreateArticleInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let new = self.read(session)?;
        Ok((create(new.edition, new.change), None))
    }
}

impl Batched for UpdateArticleInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        Ok((change(self.read(session)?), None))
    }
}

impl Batched for AddCorrectionInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected, correction) = self.read()?;
        let correction = ArticleChange::from(correction);
        Ok((change((id, expected, correction)), None))
    }
}

impl Batched for CreatePageInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let new = self.read(session)?;
        Ok((create(new.edition, new.change), None))
    }
}

impl Batched for UpdatePageInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        Ok((change(self.read(session)?), None))
    }
}

impl Batched for CreateIssueInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let new = self.read(session)?;
        Ok((create(new.edition, new.change), None))
    }
}

impl Batched for UpdateIssueInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        Ok((change(self.read(session)?), None))
    }
}

impl Batched for Moving {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let Self(verb, input) = *self;
        let (id, step) = input.read()?;
        Ok((Command::Step { id, verb, step }, None))
    }
}

impl Batched for ScheduleInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, step, schedule) = self.read()?;
        Ok((Command::Schedule { id, step, schedule }, None))
    }
}

impl Batched for Purging {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, step, on_use) = self.0.read_entry()?;
        Ok((Command::Purge { id, step, on_use }, None))
    }
}

impl Batched for Discarding {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, step) = self.0.read()?;
        Ok((Command::DiscardPending { id, step }, None))
    }
}

impl Batched for RestoreRevisionInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, revision, step) = self.read()?;
        Ok((Command::RestoreRevision { id, revision, step }, None))
    }
}

impl Batched for CreateCategoryInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        (*self).read(session)
    }
}

impl Batched for UpdateCategoryInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        (*self).read(session)
    }
}

impl Batched for DeletingCategory {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        delete_term::<kinds::Category>(self.0)
    }
}

impl Batched for CreateTagInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        (*self).read(session)
    }
}

impl Batched for UpdateTagInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        (*self).read(session)
    }
}

impl Batched for DeletingTag {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        delete_term::<kinds::Tag>(self.0)
    }
}

impl Batched for CreateAuthorInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (new, places) = self.read(session)?;
        Ok((Command::Author(SharedCommand::Create { new }), Some(places)))
    }
}

impl Batched for UpdateAuthorInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (id, expected, (change, places)) = self.read(session)?;
        let command = SharedCommand::Change {
            id,
            expected,
            change,
        };
        Ok((Command::Author(command), Some(places)))
    }
}

impl Batched for DeletingAuthor {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected, on_use) = self.0.read::<kinds::Author>()?;
        let command = SharedCommand::Delete {
            id,
            expected,
            on_use,
        };
        Ok((Command::Author(command), None))
    }
}

impl Batched for CreateGalleryInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (new, places) = self.read(session)?;
        Ok((
            Command::Gallery(SharedCommand::Create { new }),
            Some(places),
        ))
    }
}

impl Batched for UpdateGalleryInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (id, expected, (change, places)) = self.read(session)?;
        let command = SharedCommand::Change {
            id,
            expected,
            change,
        };
        Ok((Command::Gallery(command), Some(places)))
    }
}

impl Batched for DeletingGallery {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected, on_use) = self.0.read::<kinds::Gallery>()?;
        let command = SharedCommand::Delete {
            id,
            expected,
            on_use,
        };
        Ok((Command::Gallery(command), None))
    }
}

impl Batched for CreateCollectionInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (edition, new) = self.read(session)?;
        Ok((
            Command::Collection(LocalCommand::Create { edition, new }),
            None,
        ))
    }
}

impl Batched for UpdateCollectionInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected, change) = self.read()?;
        let command = LocalCommand::Change {
            id,
            expected,
            change,
        };
        Ok((Command::Collection(command), None))
    }
}

impl Batched for DeleteCollectionInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected) = self.read()?;
        Ok((
            Command::Collection(LocalCommand::Delete { id, expected }),
            None,
        ))
    }
}

impl Batched for CreateNewsletterInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (edition, new) = self.read(session)?;
        Ok((
            Command::Newsletter(LocalCommand::Create { edition, new }),
            None,
        ))
    }
}

impl Batched for UpdateNewsletterInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected, change) = self.read()?;
        let command = LocalCommand::Change {
            id,
            expected,
            change,
        };
        Ok((Command::Newsletter(command), None))
    }
}

impl Batched for DeletingNewsletter {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected) = self.0.read::<kinds::Newsletter>()?;
        Ok((
            Command::Newsletter(LocalCommand::Delete { id, expected }),
            None,
        ))
    }
}

impl Batched for CreateMenuInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (edition, new) = self.read(session)?;
        Ok((Command::Menu(LocalCommand::Create { edition, new }), None))
    }
}

impl Batched for UpdateMenuInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected, change) = self.read()?;
        let command = LocalCommand::Change {
            id,
            expected,
            change,
        };
        Ok((Command::Menu(command), None))
    }
}

impl Batched for DeletingMenu {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected) = self.0.read::<kinds::Menu>()?;
        Ok((Command::Menu(LocalCommand::Delete { id, expected }), None))
    }
}

impl Batched for CreateRedirectInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (edition, new) = self.read(session)?;
        Ok((
            Command::Redirect(LocalCommand::Create { edition, new }),
            None,
        ))
    }
}

impl Batched for UpdateRedirectInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected, change) = self.read()?;
        let command = LocalCommand::Change {
            id,
            expected,
            change,
        };
        Ok((Command::Redirect(command), None))
    }
}

impl Batched for DeleteRedirectInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected) = self.read()?;
        Ok((
            Command::Redirect(LocalCommand::Delete { id, expected }),
            None,
        ))
    }
}

impl Batched for CreateAssetInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (new, places) = self.read(session)?;
        let new = Box::new(new);
        Ok((Command::Asset(AssetCommand::Create { new }), Some(places)))
    }
}

impl Batched for UpdateAssetInput {
    fn command(self: Box<Self>, session: &Session) -> Read {
        let (id, expected, (change, places)) = self.read(session)?;
        let command = AssetCommand::Change {
            id,
            expected,
            change,
        };
        Ok((Command::Asset(command), Some(places)))
    }
}

impl Batched for MovingAsset {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let Self(verb, input) = *self;
        let (id, step) = input.split();
        let id = parse_id("id", &id)?;
        Ok((Command::Asset(AssetCommand::Move { id, verb, step }), None))
    }
}

impl Batched for PurgingAsset {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (deletion, note) = self.0.split();
        let (id, expected, on_use) = deletion.read::<kinds::Asset>()?;
        let step = Step { expected, note };
        Ok((
            Command::Asset(AssetCommand::Purge { id, step, on_use }),
            None,
        ))
    }
}

impl Batched for UpdateCommentInput {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected, change) = self.read()?;
        let command = CommentCommand::Change {
            id,
            expected,
            change,
        };
        Ok((Command::Comment(command), None))
    }
}

impl Batched for Judging {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let Self(verdict, input) = *self;
        let (id, expected) = input.read()?;
        let command = CommentCommand::Judge {
            id,
            expected,
            verdict,
        };
        Ok((Command::Comment(command), None))
    }
}

impl Batched for PurgingComment {
    fn command(self: Box<Self>, _session: &Session) -> Read {
        let (id, expected) = self.0.read()?;
        Ok((
            Command::Comment(CommentCommand::Purge { id, expected }),
            None,
        ))
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

fn delete_term<K: IdKind>(input: DeleteInput) -> Read
where
    TermId: From<Id<K>>,
{
    let (id, expected, on_use) = input.read::<K>()?;
    let command = TermCommand::Delete {
        id: id.into(),
        expected,
        on_use,
    };
    Ok((Command::Term(command), None))
}
