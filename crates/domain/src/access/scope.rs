//! What an actor may read.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    Action, Actor, Grant, Role, Scope, SignedGrant, Target,
    policy::{allowed, role_allows},
};
use crate::{
    content::ContentKind,
    events::{CacheTag, RecordKind},
    id::{EditionId, EntryId, UserId},
};

/// What an actor may read. Every read of the store asks for one, turns it into the condition that
/// hides the rest, and notes in it what the answer was made from. Only [`ReadScope::of`] makes it.
pub struct ReadScope {
    actor: Actor,
    visibility: Visibility,
    preview: Option<SignedGrant>,
    tags: Mutex<BTreeSet<CacheTag>>,
    is_private: AtomicBool,
}

/// Which entries, comments and assets are visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// What is published.
    Public,
    /// Everything.
    All,
    /// What is published, some drafts, one's own, and what a signed link shows.
    Some {
        /// Every one of these.
        drafts: Vec<Drafts>,
        /// Every draft of this person.
        own: Option<UserId>,
        /// What this link shows, except what is in the trash: whoever puts a draft there takes it
        /// from those who hold a link to it.
        preview: Option<SignedGrant>,
    },
}

/// Drafts an actor may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drafts {
    /// `None`: of every kind.
    pub kind: Option<ContentKind>,
    /// `None`: of every edition.
    pub edition: Option<EditionId>,
}

impl Drafts {
    const EVERY: Self = Self {
        kind: None,
        edition: None,
    };
}

fn drafts_of_roles(grants: &[Grant]) -> Vec<Drafts> {
    grants
        .iter()
        .filter(|grant| matches!(grant.role, Role::Owner | Role::Editor | Role::Viewer))
        .map(|grant| Drafts {
            kind: None,
            edition: grant.edition,
        })
        .collect()
}

/// A scope of a kind that has no drafts opens none.
fn drafts_of_scope(scope: &Scope) -> Option<Drafts> {
    let kind = match scope.kind {
        None => None,
        Some(RecordKind::Article) => Some(ContentKind::Article),
        Some(RecordKind::Page) => Some(ContentKind::Page),
        Some(RecordKind::Issue) => Some(ContentKind::Issue),
        Some(_) => return None,
    };
    Some(Drafts {
        kind,
        edition: scope.edition,
    })
}

/// Whether a scope of a key is about assets, or about writing what shows them.
fn opens_library(scope: &Scope) -> bool {
    match scope.kind {
        Some(RecordKind::Asset) => true,
        None
        | Some(
            RecordKind::Article
            | RecordKind::Page
            | RecordKind::Issue
            | RecordKind::Author
            | RecordKind::Gallery,
        ) => scope.write,
        Some(
            RecordKind::Site
            | RecordKind::Edition
            | RecordKind::Category
            | RecordKind::Tag
            | RecordKind::Collection
            | RecordKind::Newsletter
            | RecordKind::Menu
            | RecordKind::Comment
            | RecordKind::Redirect
            | RecordKind::User
            | RecordKind::Session
            | RecordKind::ApiKey
            | RecordKind::Audit
            | RecordKind::Job,
        ) => false,
    }
}

/// The editions that are in both lists; `None` is every edition.
fn in_both(left: &[Option<EditionId>], right: &[Option<EditionId>]) -> Vec<Option<EditionId>> {
    let mut found = Vec::new();
    for one in left {
        for other in right {
            if one.is_none() || other.is_none() || one == other {
                found.push(one.or(*other));
            }
        }
    }
    found
}

/// What is in both.
fn common(left: &[Drafts], right: &[Drafts]) -> Vec<Drafts> {
    let mut found = Vec::new();
    for one in left {
        for other in right {
            let is_apart = one.kind.zip(other.kind).is_some_and(|(a, b)| a != b)
                || one.edition.zip(other.edition).is_some_and(|(a, b)| a != b);
            if !is_apart {
                found.push(Drafts {
                    kind: one.kind.or(other.kind),
                    edition: one.edition.or(other.edition),
                });
            }
        }
    }
    found
}

fn some(drafts: Vec<Drafts>, own: Option<UserId>) -> Visibility {
    if drafts.contains(&Drafts::EVERY) {
        Visibility::All
    } else if drafts.is_empty() && own.is_none() {
        Visibility::Public
    } else {
        Visibility::Some {
            drafts,
            own,
            preview: None,
        }
    }
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
            Actor::Anonymous | Actor::Link(_) => Visibility::Public,
            Actor::User { id, grants } => some(drafts_of_roles(grants), Some(*id)),
            Actor::ApiKey { scopes, maker, .. } => {
                let asked: Vec<Drafts> = scopes.iter().filter_map(drafts_of_scope).collect();
                match maker {
                    None => some(asked, None),
                    Some(maker) => {
                        let own = asked.contains(&Drafts::EVERY).then_some(maker.id);
                        some(common(&asked, &drafts_of_roles(&maker.grants)), own)
                    }
                }
            }
        };
        let scope = Self {
            actor: actor.clone(),
            visibility,
            preview: None,
            tags: Mutex::default(),
            is_private: AtomicBool::new(false),
        };
        match actor {
            Actor::Link(grant) => scope.with_preview(*grant),
            Actor::Anonymous | Actor::User { .. } | Actor::ApiKey { .. } | Actor::System(_) => {
                scope
            }
        }
    }

    /// The same with what a signed link shows besides. Such answers are for its holder alone.
    #[must_use]
    pub fn with_preview(mut self, grant: SignedGrant) -> Self {
        self.preview = Some(grant);
        self.note_private();
        self.visibility = match self.visibility {
            Visibility::All => Visibility::All,
            Visibility::Public => Visibility::Some {
                drafts: Vec::new(),
                own: None,
                preview: Some(grant),
            },
            Visibility::Some { drafts, own, .. } => Visibility::Some {
                drafts,
                own,
                preview: Some(grant),
            },
        };
        self
    }

    /// The signed link that is held, if one is.
    pub fn preview(&self) -> Option<SignedGrant> {
        self.preview
    }

    /// Whether the signed link that is held shows this entry, with the edit that waits in it.
    pub fn previews(&self, entry: EntryId, edition: EditionId) -> bool {
        match self.preview {
            None => false,
            Some(SignedGrant::Preview(shown)) => shown == entry,
            Some(SignedGrant::PreviewEdition(shown)) => shown == edition,
        }
    }

    /// Which rows are visible.
    pub fn visibility(&self) -> &Visibility {
        &self.visibility
    }

    /// Whether what is read may be kept in shared caches: only what anybody may read. Those who may
    /// change something see more of it than others.
    pub fn is_public(&self) -> bool {
        !self.is_private.load(Ordering::Relaxed)
            && self.visibility == Visibility::Public
            && match &self.actor {
                Actor::ApiKey { scopes, .. } => !scopes.iter().any(|scope| scope.write),
                Actor::Anonymous | Actor::User { .. } | Actor::Link(_) | Actor::System(_) => true,
            }
    }

    /// Whether the actor chooses among all pictures and files, as everybody does who writes: what
    /// one has uploaded another may use. Keys do if they are for assets, or for writing what shows
    /// them.
    pub fn sees_library(&self) -> bool {
        let writes = |grants: &[Grant]| grants.iter().any(|grant| grant.role != Role::Viewer);
        match &self.actor {
            Actor::System(_) => true,
            Actor::User { grants, .. } => writes(grants),
            Actor::ApiKey { scopes, maker, .. } => {
                scopes.iter().any(opens_library)
                    && maker.as_ref().is_none_or(|maker| writes(&maker.grants))
            }
            Actor::Anonymous | Actor::Link(_) => false,
        }
    }

    /// Notes that the answer is for this actor alone.
    pub fn note_private(&self) {
        self.is_private.store(true, Ordering::Relaxed);
    }

    /// Whether an answer may show what only those see who may change the record: its revisions and
    /// the source of its body.
    pub fn edits(&self, target: &Target) -> bool {
        allowed(&self.actor, Action::Update, target)
    }

    /// Whoever the actor is, if they may do something to what is their own of a kind that all
    /// editions share.
    pub fn own(&self, action: Action, kind: RecordKind) -> Option<UserId> {
        let me = match &self.actor {
            Actor::User { id, .. } => *id,
            Actor::ApiKey { maker, .. } => maker.as_ref()?.id,
            Actor::Anonymous | Actor::Link(_) | Actor::System(_) => return None,
        };
        let target = Target {
            owner: Some(me),
            ..Target::shared(kind, "")
        };
        allowed(&self.actor, action, &target).then_some(me)
    }

    /// Where the actor may do something to every record of a kind, whosever it is.
    pub fn reach(&self, action: Action, kind: RecordKind) -> Reach {
        let of_roles = |grants: &[Grant]| -> Vec<Option<EditionId>> {
            grants
                .iter()
                .filter(|grant| role_allows(grant.role, action, kind, false))
                .map(|grant| grant.edition)
                .collect()
        };
        let editions = match &self.actor {
            Actor::System(_) => return Reach::Everywhere,
            Actor::Anonymous | Actor::Link(_) => Vec::new(),
            Actor::ApiKey { scopes, maker, .. } => {
                let asked: Vec<_> = scopes
                    .iter()
                    .filter(|scope| scope.write && kind.is_content())
                    .filter(|scope| scope.kind.is_none_or(|known| known == kind))
                    .map(|scope| scope.edition)
                    .collect();
                match maker {
                    None => asked,
                    Some(maker) => in_both(&asked, &of_roles(&maker.grants)),
                }
            }
            Actor::User { grants, .. } => of_roles(grants),
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
            Visibility::Some { drafts, .. } => drafts.iter().any(|drafts| {
                drafts.kind.is_none() && drafts.edition.is_none_or(|id| id == edition)
            }),
        }
    }

    /// Whether the actor moderates the comments of an edition.
    pub fn moderates(&self, edition: EditionId) -> bool {
        match self.reach(Action::Moderate, RecordKind::Comment) {
            Reach::Everywhere => true,
            Reach::Editions(editions) => editions.contains(&edition),
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
