//! Who may do what: the actor, what it may read, what it may change. One pure policy.

use std::{collections::BTreeSet, fmt, sync::Mutex};

use crate::{
    error::{Error, Result},
    events::{CacheTag, RecordKind},
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

/// What a signed link allows.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// What is done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Make a new one.
    Create,
    /// Change its fields.
    Update,
    /// Hand a draft in.
    Submit,
    /// Make it public, now or at a set time; take it back.
    Publish,
    /// Approve or reject what readers sent.
    Moderate,
    /// Put it into the trash or take it out.
    Trash,
    /// Remove it for good.
    Delete,
}

impl Action {
    /// The word the audit log and events use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Submit => "submit",
            Self::Publish => "publish",
            Self::Moderate => "moderate",
            Self::Trash => "trash",
            Self::Delete => "delete",
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

/// The policy: may this actor do this to that record?
pub fn authorize(actor: &Actor, action: Action, target: Target) -> Result<Permit> {
    if allowed(actor, action, &target) {
        return Ok(Permit {
            actor: actor.clone(),
            action,
            target,
        });
    }
    Err(match actor {
        Actor::Anonymous => Error::Unauthenticated("sign in to do this".to_owned()),
        Actor::User { .. } | Actor::ApiKey { .. } | Actor::Link(_) | Actor::System(_) => {
            Error::Forbidden(format!(
                "you may not {} this {}",
                action.as_str(),
                target.kind.as_str()
            ))
        }
    })
}

fn allowed(actor: &Actor, action: Action, target: &Target) -> bool {
    match actor {
        Actor::System(_) => true,
        Actor::Anonymous | Actor::Link(_) => false,
        Actor::ApiKey { scopes, .. } => scopes.iter().any(|scope| {
            scope.write
                && scope
                    .kind
                    .map_or(target.kind.is_content(), |kind| kind == target.kind)
                && (scope.edition.is_none() || scope.edition == target.edition)
        }),
        Actor::User { id, grants } => {
            let own = target.owner == Some(*id);
            grants.iter().any(|grant| {
                let here = grant.edition.is_none()
                    || (target.edition.is_some() && grant.edition == target.edition)
                    || is_open(action, target.kind, own);
                here && role_allows(grant.role, action, target.kind, own)
            })
        }
    }
}

/// Whether a role in any edition will do for what all editions share: to make tags and assets, and
/// to change the assets one uploaded.
fn is_open(action: Action, kind: RecordKind, own: bool) -> bool {
    (action == Action::Create && matches!(kind, RecordKind::Tag | RecordKind::Asset))
        || (own && kind == RecordKind::Asset)
}

fn role_allows(role: Role, action: Action, kind: RecordKind, own: bool) -> bool {
    let entry = matches!(
        kind,
        RecordKind::Article | RecordKind::Page | RecordKind::Issue
    );
    match role {
        Role::Owner => true,
        Role::Editor => kind.is_content(),
        Role::Author => match action {
            Action::Create => {
                kind == RecordKind::Article || kind == RecordKind::Tag || kind == RecordKind::Asset
            }
            Action::Update | Action::Submit | Action::Publish | Action::Trash => {
                own && (entry || kind == RecordKind::Asset)
            }
            Action::Moderate | Action::Delete => false,
        },
        Role::Contributor => match action {
            Action::Create => kind == RecordKind::Article || kind == RecordKind::Asset,
            Action::Update | Action::Submit | Action::Trash => {
                own && (entry || kind == RecordKind::Asset)
            }
            Action::Publish | Action::Moderate | Action::Delete => false,
        },
        Role::Viewer => false,
    }
}

/// What an actor may read. Every read of the store asks for one, turns it into the condition that
/// hides the rest, and notes in it what the answer was made from. Only [`ReadScope::of`] makes it.
pub struct ReadScope {
    actor: Actor,
    visibility: Visibility,
    tags: Mutex<BTreeSet<CacheTag>>,
}

/// Which entries, comments and assets are visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// What is published.
    Public,
    /// Everything.
    All,
    /// What is published, all of some editions, one's own, and single entries.
    Some {
        /// Every draft of these editions.
        editions: Vec<EditionId>,
        /// Every draft of this person.
        own: Option<UserId>,
        /// These entries.
        entries: Vec<EntryId>,
    },
}

/// Where an actor may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// In every edition.
    Everywhere,
    /// In these; in none, if there are none.
    Editions(Vec<EditionId>),
}

impl ReadScope {
    /// What this actor may read.
    pub fn of(actor: &Actor) -> Self {
        let visibility = match actor {
            Actor::System(_) => Visibility::All,
            Actor::Anonymous => Visibility::Public,
            Actor::User { id, grants } => {
                let reads_all = |grant: &&Grant| {
                    matches!(grant.role, Role::Owner | Role::Editor | Role::Viewer)
                };
                if grants
                    .iter()
                    .filter(reads_all)
                    .any(|grant| grant.edition.is_none())
                {
                    Visibility::All
                } else {
                    let editions = grants
                        .iter()
                        .filter(reads_all)
                        .filter_map(|grant| grant.edition)
                        .collect();
                    Visibility::Some {
                        editions,
                        own: Some(*id),
                        entries: Vec::new(),
                    }
                }
            }
            Actor::ApiKey { scopes, .. } => {
                // A key that names one kind does not open the drafts of the others.
                let broad = || scopes.iter().filter(|scope| scope.kind.is_none());
                if broad().any(|scope| scope.edition.is_none()) {
                    Visibility::All
                } else {
                    let editions: Vec<_> = broad().filter_map(|scope| scope.edition).collect();
                    if editions.is_empty() {
                        Visibility::Public
                    } else {
                        Visibility::Some {
                            editions,
                            own: None,
                            entries: Vec::new(),
                        }
                    }
                }
            }
            Actor::Link(SignedGrant::Preview(entry)) => Visibility::Some {
                editions: Vec::new(),
                own: None,
                entries: vec![*entry],
            },
            Actor::Link(SignedGrant::PreviewEdition(edition)) => Visibility::Some {
                editions: vec![*edition],
                own: None,
                entries: Vec::new(),
            },
        };
        Self {
            actor: actor.clone(),
            visibility,
            tags: Mutex::default(),
        }
    }

    /// Which rows are visible.
    pub fn visibility(&self) -> &Visibility {
        &self.visibility
    }

    /// Whether what is read may be kept in shared caches: only what anybody may read. Those who may
    /// change something see more of it than others.
    pub fn is_public(&self) -> bool {
        self.visibility == Visibility::Public
            && match &self.actor {
                Actor::ApiKey { scopes, .. } => !scopes.iter().any(|scope| scope.write),
                Actor::Anonymous | Actor::User { .. } | Actor::Link(_) | Actor::System(_) => true,
            }
    }

    /// Whether an answer may show what only those see who may change the record: its revisions and
    /// the source of its body.
    pub fn edits(&self, target: &Target) -> bool {
        allowed(&self.actor, Action::Update, target)
    }

    /// Where the actor may do something to every record of a kind, whosever it is.
    pub fn reach(&self, action: Action, kind: RecordKind) -> Reach {
        let editions: Vec<Option<EditionId>> = match &self.actor {
            Actor::System(_) => return Reach::Everywhere,
            Actor::Anonymous | Actor::Link(_) => Vec::new(),
            Actor::ApiKey { scopes, .. } => scopes
                .iter()
                .filter(|scope| scope.write && scope.kind.is_none_or(|known| known == kind))
                .map(|scope| scope.edition)
                .collect(),
            Actor::User { grants, .. } => grants
                .iter()
                .filter(|grant| role_allows(grant.role, action, kind, false))
                .map(|grant| grant.edition)
                .collect(),
        };
        editions
            .into_iter()
            .collect::<Option<Vec<EditionId>>>()
            .map_or(Reach::Everywhere, Reach::Editions)
    }

    /// Whether an answer may show how the drafts of this edition stand (what is scheduled, what
    /// waits to be published): for those who read them.
    pub fn sees_inside(&self, edition: EditionId) -> bool {
        match &self.visibility {
            Visibility::All => true,
            Visibility::Public => false,
            Visibility::Some { editions, .. } => editions.contains(&edition),
        }
    }

    /// Notes that the answer depends on this.
    pub fn note(&self, tag: CacheTag) {
        self.tags
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(tag);
    }

    /// Notes that the answer depends on all of these.
    pub fn note_all(&self, tags: impl IntoIterator<Item = CacheTag>) {
        self.tags
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .extend(tags);
    }

    /// What the answer depends on, so far.
    pub fn tags(&self) -> BTreeSet<CacheTag> {
        self.tags
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}

impl fmt::Debug for ReadScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visibility.fmt(f)
    }
}

#[cfg(test)]
mod tests;
