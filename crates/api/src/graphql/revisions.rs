//! Revisions: what an entry was before a save replaced it. For those who may change it.

use application::entries;
use async_graphql::{Context, ID, Object, Result};
use domain::{
    id::{EditionId, EntryId},
    paging::Page,
};

use super::{
    connection::{Connection, Listed, Paging},
    context::session,
    enums::Status,
    lookahead,
    scalars::DateTime,
};

/// One saved state of an entry.
pub(crate) struct Revision(domain::revisions::Revision);

impl From<domain::revisions::Revision> for Revision {
    fn from(revision: domain::revisions::Revision) -> Self {
        Self(revision)
    }
}

impl Listed for Revision {
    const CONNECTION: &'static str = "RevisionConnection";
    const EDGE: &'static str = "RevisionEdge";
}

/// One saved state of an entry.
#[Object]
impl Revision {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The version of the entry it was.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The title it had.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The status it had.
    async fn status(&self) -> Status {
        self.0.status.into()
    }

    /// Who saved it.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// What they said about it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was saved.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// The revisions of an entry of an edition. Nothing is asked of the store for a reader.
pub(crate) async fn list(
    ctx: &Context<'_>,
    (entry, edition): (EntryId, EditionId),
    paging: Paging,
) -> Result<Connection<Revision>> {
    let session = session(ctx)?;
    let page = paging.check(lookahead::page(ctx))?;
    if !session.sees_inside(edition) {
        let nothing: Page<domain::revisions::Revision> = Page {
            total: page.with_total.then_some(0),
            ..Page::default()
        };
        return Ok(Connection::new(nothing));
    }
    Ok(Connection::new(
        entries::revisions(session.cx(), entry, &page).await?,
    ))
}
