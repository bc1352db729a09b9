//! Who may do what: the actor, what it may read, what it may change. One pure policy.

use std::{fmt, str::FromStr};

mod policy;
mod scope;

pub use policy::authorize;
pub use scope::{Drafts, Reach, ReadScope, Visibility};

use crate::{
    audit::Changed,
    error::{Error, Result},
    events::RecordKind,
    id::{ApiKeyId, EditionId, EntryId, UserId},
};

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular: a reader.
    Anonymous,
    /// A signed-in person with the roles they hold.
    User {
        /// The account.
        id: UserId,
        /// Their roles.
        grants: Vec<Grant>,
    },
    /// A program with a key.
    ApiKey {
        /// The key.
        id: ApiKeyId,
        /// What it may do.
        scopes: Vec<Scope>,
        /// Who made it, and what they may do now: no key may do more. Keys made on the command line
        /// have nobody.
        maker: Option<Maker>,
    },
    /// Somebody who holds a signed link.
    Link(SignedGrant),
    /// The program itself: a job, an import, the command line.
    System(&'static str),
}

impl fmt::Display for Actor {
    /// The form the audit log keeps.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::User { id, .. } => write!(f, "{id}"),
            Self::ApiKey { id, .. } => write!(f, "{id}"),
            Self::Link(_) => f.write_str("link"),
            Self::System(name) => write!(f, "system:{name}"),
        }
    }
}

/// The person behind an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// The account.
    pub id: UserId,
    /// Their roles.
    pub grants: Vec<Grant>,
}

/// What a signed link allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedGrant {
    /// Reading one entry before it is published.
    Preview(EntryId),
    /// Reading every draft of an edition.
    PreviewEdition(EditionId),
}

/// A role a person holds, for one edition or for the whole site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// `None`: for the whole site.
    pub edition: Option<EditionId>,
}

/// What people are to the publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads all drafts.
    Viewer,
    /// Writes and submits their own.
    Contributor,
    /// Writes and publishes their own.
    Author,
    /// Writes and publishes everything of their editions.
    Editor,
    /// Everything, people and settings included.
    Owner,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 5] = [
        Self::Viewer,
        Self::Contributor,
        Self::Author,
        Self::Editor,
        Self::Owner,
    ];

    /// The word both faces and the store use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Contributor => "contributor",
            Self::Author => "author",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }
}

impl FromStr for Role {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| {
                Error::invalid(
                    "role",
                    "must be viewer, contributor, author, editor or owner",
                )
            })
    }
}

/// What is done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Make a new one.
    Create,
    /// Change its fields.
    Update,
    /// Hand a draft in; take back one's own.
    Submit,
    /// Send what was handed in back to who wrote it.
    Review,
    /// Make it public, now or at a set time; take it back.
    Publish,
    /// Approve or reject what readers sent.
    Moderate,
    /// Put it into the trash or take it out.
    Trash,
    /// Remove it for good.
    Delete,
    /// See what is not content: accounts, keys, the audit log, jobs.
    Inspect,
}

impl Action {
    /// The word the audit log and events use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Submit => "submit",
            Self::Review => "review",
            Self::Publish => "publish",
            Self::Moderate => "moderate",
            Self::Trash => "trash",
            Self::Delete => "delete",
            Self::Inspect => "inspect",
        }
    }
}

/// One thing an API key may do: `articles:write:fa`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The kind of record; `None`: every kind of content.
    pub kind: Option<RecordKind>,
    /// Whether it may change records, or only read what is not public.
    pub write: bool,
    /// `None`: in every edition.
    pub edition: Option<EditionId>,
}

/// A record as the policy sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is.
    pub kind: RecordKind,
    /// Its public id.
    pub id: String,
    /// The edition whose text is touched; `None` for what all editions share.
    pub edition: Option<EditionId>,
    /// Who wrote it.
    pub owner: Option<UserId>,
}

impl Target {
    /// A record that is shared by all editions.
    pub fn shared(kind: RecordKind, id: impl fmt::Display) -> Self {
        Self {
            kind,
            id: id.to_string(),
            edition: None,
            owner: None,
        }
    }
    /// A record of one edition.
    pub fn of_edition(kind: RecordKind, id: impl fmt::Display, edition: EditionId) -> Self {
        Self {
            kind,
            id: id.to_string(),
            edition: Some(edition),
            owner: None,
        }
    }
}

/// Proof that an actor may do something to one record. Only [`authorize`] makes it, every changing
/// function of the store asks for it, and the audit row is written from it.
#[derive(Debug, Clone)]
pub struct Permit {
    actor: Actor,
    action: Action,
    target: Target,
    changed: Changed,
    note: Option<String>,
}

impl Permit {
    /// Who.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
    /// What.
    pub fn action(&self) -> Action {
        self.action
    }
    /// To which record.
    pub fn target(&self) -> &Target {
        &self.target
    }
    /// What is done to it, for the audit log.
    pub fn changed(&self) -> &Changed {
        &self.changed
    }
    /// What was said about the change, if anything.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
    /// Says what is done to the record.
    #[must_use]
    pub fn changing(self, changed: Changed) -> Self {
        Self { changed, ..self }
    }
    /// Keeps what was said about the change.
    #[must_use]
    pub fn with_note(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }
    /// Whether the permit is for this action: the store refuses any other where it matters.
    pub fn allows(&self, action: Action) -> Result<()> {
        if self.action == action {
            Ok(())
        } else {
            Err(Error::internal(format!(
                "a permit to {} {} was used to {} it",
                self.action.as_str(),
                self.target.id,
                action.as_str()
            )))
        }
    }
    /// Whether the permit is for this record: the store refuses any other.
    pub fn covers(&self, kind: RecordKind, id: impl fmt::Display) -> Result<()> {
        if self.target.kind == kind && self.target.id == id.to_string() {
            Ok(())
        } else {
            Err(Error::internal(format!(
                "a permit for {} {} was used for {} {id}",
                self.target.kind.as_str(),
                self.target.id,
                kind.as_str()
            )))
        }
    }
}

#[cfg(test)]
mod tests;
