//! What a batch does to records that are no entries.

use domain::{
    Result,
    authors::AuthorChange,
    collections::CollectionChange,
    comments::{CommentChange, Verdict},
    events::RecordKind,
    galleries::GalleryChange,
    id::{
        AssetId, AuthorId, CollectionId, CommentId, EditionId, GalleryId, MenuId, NewsletterId,
        RedirectId,
    },
    lifecycle::Verb,
    media::{AssetChange, RemoteAsset},
    menus::MenuChange,
    newsletters::NewsletterChange,
    redirects::RedirectChange,
    terms::{Taxonomy, TermChange, TermId},
};
use persistence::OnUse;

use super::{Done, changed, gone, made, named, unprepared};
use crate::{
    Tx, authors, collections, comments, galleries, lifecycle::Step, media, menus, newsletters,
    redirects, terms,
};

/// A change of a category or a tag.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the use cases")]
pub enum TermCommand {
    /// Makes one.
    Create { taxonomy: Taxonomy, new: TermChange },
    /// Changes one.
    Change {
        id: TermId,
        expected: i64,
        change: TermChange,
    },
    /// Deletes one.
    Delete {
        id: TermId,
        expected: i64,
        on_use: OnUse,
    },
}

/// A change of a record that all editions share.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the use cases")]
pub enum SharedCommand<I, C> {
    /// Makes one.
    Create { new: C },
    /// Changes one.
    Change { id: I, expected: i64, change: C },
    /// Deletes one.
    Delete { id: I, expected: i64, on_use: OnUse },
}

/// A change of a record of one edition.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the use cases")]
pub enum LocalCommand<I, C> {
    /// Makes one.
    Create { edition: EditionId, new: C },
    /// Changes one.
    Change { id: I, expected: i64, change: C },
    /// Deletes one.
    Delete { id: I, expected: i64 },
}

/// A change of the record of an asset.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the use cases")]
pub enum AssetCommand {
    /// Makes one whose bytes are at another server.
    Create { new: Box<RemoteAsset> },
    /// Changes one.
    Change {
        id: AssetId,
        expected: i64,
        change: AssetChange,
    },
    /// Puts one into the trash or takes it out.
    Move { id: AssetId, verb: Verb, step: Step },
    /// Removes one from the trash for good.
    Purge {
        id: AssetId,
        step: Step,
        on_use: OnUse,
    },
}

/// A change of a comment.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the use cases")]
pub enum CommentCommand {
    /// Changes its words.
    Change {
        id: CommentId,
        expected: i64,
        change: CommentChange,
    },
    /// Judges it.
    Judge {
        id: CommentId,
        expected: i64,
        verdict: Verdict,
    },
    /// Removes it for good.
    Purge { id: CommentId, expected: i64 },
}

pub(super) async fn term(tx: &mut Tx, command: TermCommand) -> Result<Done> {
    let (id, expected, change) = match command {
        TermCommand::Create { taxonomy, new } => {
            let id = terms::create_from_in(tx, taxonomy, new).await?;
            return made(tx, taxonomy.into(), (id.to_string(), id.uuid())).await;
        }
        TermCommand::Change {
            id,
            expected,
            change,
        } => (id, expected, change),
        TermCommand::Delete {
            id,
            expected,
            on_use,
        } => {
            terms::delete_in(tx, id, Some(expected), on_use).await?;
            return Ok(gone(id.taxonomy.into(), id.to_string()));
        }
    };
    terms::change_in(tx, id, expected, change).await?;
    changed(tx, id.taxonomy.into(), (id.to_string(), id.uuid())).await
}

pub(super) async fn author(
    tx: &mut Tx,
    command: SharedCommand<AuthorId, AuthorChange>,
) -> Result<Done> {
    let kind = RecordKind::Author;
    match command {
        SharedCommand::Create { new } => {
            let id = authors::create_from_in(tx, new).await?;
            made(tx, kind, named(id)).await
        }
        SharedCommand::Change {
            id,
            expected,
            change,
        } => {
            authors::change_in(tx, id, expected, change).await?;
            changed(tx, kind, named(id)).await
        }
        SharedCommand::Delete {
            id,
            expected,
            on_use,
        } => {
            authors::delete_in(tx, id, Some(expected), on_use).await?;
            Ok(gone(kind, id.to_string()))
        }
    }
}

pub(super) async fn gallery(
    tx: &mut Tx,
    command: SharedCommand<GalleryId, GalleryChange>,
) -> Result<Done> {
    let kind = RecordKind::Gallery;
    match command {
        SharedCommand::Create { new } => {
            let id = galleries::create_from_in(tx, new).await?;
            made(tx, kind, named(id)).await
        }
        SharedCommand::Change {
            id,
            expected,
            change,
        } => {
            galleries::change_in(tx, id, expected, change).await?;
            changed(tx, kind, named(id)).await
        }
        SharedCommand::Delete {
            id,
            expected,
            on_use,
        } => {
            galleries::delete_in(tx, id, Some(expected), on_use).await?;
            Ok(gone(kind, id.to_string()))
        }
    }
}

pub(super) async fn collection(
    tx: &mut Tx,
    command: LocalCommand<CollectionId, CollectionChange>,
) -> Result<Done> {
    let kind = RecordKind::Collection;
    match command {
        LocalCommand::Create { edition, new } => {
            let id = collections::create_from_in(tx, edition, new).await?;
            made(tx, kind, named(id)).await
        }
        LocalCommand::Change {
            id,
            expected,
            change,
        } => {
            collections::change_in(tx, id, expected, change).await?;
            changed(tx, kind, named(id)).await
        }
        LocalCommand::Delete { id, expected } => {
            collections::delete_at_in(tx, id, expected).await?;
            Ok(gone(kind, id.to_string()))
        }
    }
}

pub(super) async fn menu(tx: &mut Tx, command: LocalCommand<MenuId, MenuChange>) -> Result<Done> {
    let kind = RecordKind::Menu;
    match command {
        LocalCommand::Create { edition, new } => {
            let id = menus::create_from_in(tx, edition, new).await?;
            made(tx, kind, named(id)).await
        }
        LocalCommand::Change {
            id,
            expected,
            change,
        } => {
            menus::change_in(tx, id, expected, change).await?;
            changed(tx, kind, named(id)).await
        }
        LocalCommand::Delete { id, expected } => {
            menus::delete_at_in(tx, id, expected).await?;
            Ok(gone(kind, id.to_string()))
        }
    }
}

pub(super) async fn newsletter(
    tx: &mut Tx,
    command: LocalCommand<NewsletterId, NewsletterChange>,
) -> Result<Done> {
    let kind = RecordKind::Newsletter;
    match command {
        LocalCommand::Create { edition, new } => {
            let id = newsletters::create_from_in(tx, edition, new).await?;
            made(tx, kind, named(id)).await
        }
        LocalCommand::Change {
            id,
            expected,
            change,
        } => {
            newsletters::change_in(tx, id, expected, change).await?;
            changed(tx, kind, named(id)).await
        }
        LocalCommand::Delete { id, expected } => {
            newsletters::delete_at_in(tx, id, expected).await?;
            Ok(gone(kind, id.to_string()))
        }
    }
}

pub(super) async fn redirect(
    tx: &mut Tx,
    command: LocalCommand<RedirectId, RedirectChange>,
) -> Result<Done> {
    let kind = RecordKind::Redirect;
    match command {
        LocalCommand::Create { edition, new } => {
            let id = redirects::create_from_in(tx, edition, new).await?;
            made(tx, kind, named(id)).await
        }
        LocalCommand::Change {
            id,
            expected,
            change,
        } => {
            redirects::change_in(tx, id, expected, change).await?;
            changed(tx, kind, named(id)).await
        }
        LocalCommand::Delete { id, expected } => {
            redirects::delete_at_in(tx, id, expected).await?;
            Ok(gone(kind, id.to_string()))
        }
    }
}

pub(super) async fn asset(tx: &mut Tx, command: AssetCommand) -> Result<Done> {
    let kind = RecordKind::Asset;
    match command {
        AssetCommand::Create { new } => {
            let id = media::create_remote_in(tx, *new).await?;
            made(tx, kind, named(id)).await
        }
        AssetCommand::Change {
            id,
            expected,
            change,
        } => {
            media::change_in(tx, id, expected, change).await?;
            changed(tx, kind, named(id)).await
        }
        AssetCommand::Move { id, verb, step } => {
            media::move_in(tx, id, verb, &step).await?;
            changed(tx, kind, named(id)).await
        }
        AssetCommand::Purge { id, step, on_use } => {
            media::purge_in(tx, id, &step, on_use).await?;
            Ok(gone(kind, id.to_string()))
        }
    }
}

pub(super) async fn comment(tx: &mut Tx, command: CommentCommand) -> Result<Done> {
    let kind = RecordKind::Comment;
    match command {
        // Its words are made ready before the transaction.
        CommentCommand::Change { .. } => Err(unprepared()),
        CommentCommand::Judge {
            id,
            expected,
            verdict,
        } => {
            comments::judge_in(tx, id, expected, verdict).await?;
            changed(tx, kind, named(id)).await
        }
        CommentCommand::Purge { id, expected } => {
            comments::purge_in(tx, id, expected).await?;
            Ok(gone(kind, id.to_string()))
        }
    }
}
