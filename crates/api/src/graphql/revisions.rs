//! Revisions: what an entry was before a save replaced it, and the edit that waits to be published.
//! For those who may change it.

use application::{entries, revisions};
use async_graphql::{Context, Enum, ID, Object, OneofObject, Result, SimpleObject};
use domain::{Error, content::Entry, id::EntryId, paging::Page, revisions::RevisionRef};

use super::{
    connection::{Connection, Listed, Paging},
    context::{both, parse_id, session},
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

    /// Whether it is the edit that waits to be published.
    async fn is_pending(&self) -> bool {
        self.0.is_pending
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

/// The revisions of an entry. Nothing is asked of the store for a reader.
pub(crate) async fn list(
    ctx: &Context<'_>,
    entry: &Entry,
    paging: Paging,
) -> Result<Connection<Revision>> {
    let session = session(ctx)?;
    let page = paging.check(lookahead::page(ctx))?;
    if !session.edits(entry) {
        let nothing: Page<domain::revisions::Revision> = Page {
            total: page.with_total.then_some(0),
            ..Page::default()
        };
        return Ok(Connection::new(nothing));
    }
    Ok(Connection::new(
        entries::revisions(session.cx(), entry.id, &page).await?,
    ))
}

/// A state of an entry that is no revision of the past.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RevisionState {
    /// What readers see; of what is not public, what it is now.
    Live,
    /// The edit that waits to be published.
    Pending,
}

/// Names one state of an entry.
#[derive(OneofObject, Debug)]
pub(crate) enum RevisionBy {
    /// The id of a revision.
    Id(ID),
    /// What is live, or what waits.
    State(RevisionState),
}

impl RevisionBy {
    fn read(self, field: &str) -> domain::Result<RevisionRef> {
        Ok(match self {
            Self::Id(id) => RevisionRef::Revision(parse_id(&format!("{field}.id"), &id)?),
            Self::State(RevisionState::Live) => RevisionRef::Live,
            Self::State(RevisionState::Pending) => RevisionRef::Pending,
        })
    }
}

/// What became of a piece of a text.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::revisions::TextDiffKind")]
pub(crate) enum TextDiffKind {
    /// It stayed.
    Equal,
    /// It is new.
    Insert,
    /// It went.
    Delete,
}

/// A piece of a text.
#[derive(SimpleObject)]
pub(crate) struct TextDiff {
    /// What became of it.
    kind: TextDiffKind,
    /// The piece.
    text: String,
}

/// A field that differs.
#[derive(SimpleObject)]
pub(crate) struct FieldDiff {
    /// Which one, with dots between its steps: `seo.title`, `byline.0.name`.
    field: String,
    /// What it was; null: nothing.
    before: serde_json::Value,
    /// What it became; null: nothing.
    after: serde_json::Value,
}

/// How two states of an entry differ.
#[derive(SimpleObject)]
pub(crate) struct RevisionDiff {
    /// The fields that differ, but for the text of the body.
    field_diffs: Vec<FieldDiff>,
    /// The text of the body, as it was written, in pieces: all of it, what stayed included. Empty if
    /// nothing differs in it.
    text_diffs: Vec<TextDiff>,
}

impl From<domain::revisions::RevisionDiff> for RevisionDiff {
    fn from(diff: domain::revisions::RevisionDiff) -> Self {
        let fields = diff.fields.into_iter().map(|differing| FieldDiff {
            field: differing.field,
            before: differing.before,
            after: differing.after,
        });
        let pieces = diff.body.into_iter().map(|piece| TextDiff {
            kind: piece.kind.into(),
            text: piece.text,
        });
        Self {
            field_diffs: fields.collect(),
            text_diffs: pieces.collect(),
        }
    }
}

/// The root fields about revisions.
#[derive(Default)]
pub(crate) struct RevisionQueries;

#[Object]
impl RevisionQueries {
    /// How two states of an entry differ. Only for those who may change it; null for others, and if
    /// there is no such state.
    async fn revision_diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the article, page or issue.")] entry: ID,
        #[graphql(desc = "The state it was in before.")] from: RevisionBy,
        #[graphql(desc = "The state it was in afterwards.")] to: RevisionBy,
    ) -> Result<Option<RevisionDiff>> {
        let session = session(ctx)?;
        let states = both(from.read("from"), to.read("to"));
        let (entry, (from, to)) = both(parse_id::<EntryId>("entry", &entry), states)?;
        let diff = match revisions::diff(session.cx(), entry, from, to).await {
            Ok(diff) => diff,
            Err(Error::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let budget = session.budget();
        budget.items(diff.fields.len().saturating_add(diff.body.len()))?;
        for piece in &diff.body {
            budget.spend(piece.text.len())?;
        }
        Ok(Some(diff.into()))
    }
}
