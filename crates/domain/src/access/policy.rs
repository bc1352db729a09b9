//! The rules: which role and which key may do what. What is not named here is refused.

use super::{Action, Actor, Changed, Grant, Maker, Permit, Role, Scope, Target};
use crate::{
    error::{Error, Result},
    events::RecordKind,
    id::UserId,
};

/// The policy: may this actor do this to that record?
pub fn authorize(actor: &Actor, action: Action, target: Target) -> Result<Permit> {
    if allowed(actor, action, &target) {
        return Ok(Permit {
            actor: actor.clone(),
            action,
            target,
            changed: Changed::Whole,
            note: None,
        });
    }
    Err(match actor {
        // A link only reads: who holds it is still unknown.
        Actor::Anonymous | Actor::Link(_) => {
            Error::Unauthenticated("sign in to do this".to_owned())
        }
        Actor::User { .. } | Actor::ApiKey { .. } | Actor::System(_) => Error::Forbidden(format!(
            "you may not {} this {}",
            action.as_str(),
            target.kind.as_str()
        )),
    })
}

pub(super) fn allowed(actor: &Actor, action: Action, target: &Target) -> bool {
    // Readers need no account to hand a comment in.
    if action == Action::Submit && target.kind == RecordKind::Comment {
        return true;
    }
    match actor {
        Actor::System(_) => true,
        Actor::Anonymous | Actor::Link(_) => false,
        Actor::ApiKey { scopes, maker, .. } => {
            target.kind.is_content()
                && scopes.iter().any(|scope| scope_allows(scope, target))
                && maker
                    .as_ref()
                    .is_none_or(|Maker { id, grants }| person_may(*id, grants, action, target))
        }
        Actor::User { id, grants } => {
            is_about_oneself(*id, grants, action, target) || person_may(*id, grants, action, target)
        }
    }
}

fn scope_allows(scope: &Scope, target: &Target) -> bool {
    scope.write
        && scope.kind.is_none_or(|kind| kind == target.kind)
        && (scope.edition.is_none() || scope.edition == target.edition)
}

/// What people may do about themselves, whatever their roles.
fn is_about_oneself(me: UserId, grants: &[Grant], action: Action, target: &Target) -> bool {
    target.owner == Some(me)
        && match target.kind {
            RecordKind::User => matches!(action, Action::Update | Action::Inspect),
            RecordKind::Session => {
                matches!(action, Action::Create | Action::Delete | Action::Inspect)
            }
            RecordKind::ApiKey => match action {
                Action::Create => grants.iter().any(|grant| grant.role != Role::Viewer),
                Action::Delete | Action::Inspect => true,
                Action::Update
                | Action::Submit
                | Action::Review
                | Action::Publish
                | Action::Moderate
                | Action::Trash => false,
            },
            RecordKind::Site
            | RecordKind::Edition
            | RecordKind::Article
            | RecordKind::Page
            | RecordKind::Issue
            | RecordKind::Category
            | RecordKind::Tag
            | RecordKind::Author
            | RecordKind::Asset
            | RecordKind::Gallery
            | RecordKind::Collection
            | RecordKind::Newsletter
            | RecordKind::Menu
            | RecordKind::Comment
            | RecordKind::Redirect
            | RecordKind::Audit
            | RecordKind::Job => false,
        }
}

fn person_may(id: UserId, grants: &[Grant], action: Action, target: &Target) -> bool {
    let own = target.owner == Some(id);
    grants.iter().any(|grant| {
        let here = grant.edition.is_none()
            || (target.edition.is_some() && grant.edition == target.edition)
            || is_open(action, target.kind, own);
        here && role_allows(grant.role, action, target.kind, own)
    })
}

/// Whether a role in any edition will do for what all editions share: to make tags and assets, and
/// to change the assets one uploaded.
fn is_open(action: Action, kind: RecordKind, own: bool) -> bool {
    (action == Action::Create && matches!(kind, RecordKind::Tag | RecordKind::Asset))
        || (own && kind == RecordKind::Asset)
}

pub(super) fn role_allows(role: Role, action: Action, kind: RecordKind, own: bool) -> bool {
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
            Action::Review | Action::Moderate | Action::Delete | Action::Inspect => false,
        },
        Role::Contributor => match action {
            Action::Create => kind == RecordKind::Article || kind == RecordKind::Asset,
            Action::Update | Action::Submit | Action::Trash => {
                own && (entry || kind == RecordKind::Asset)
            }
            Action::Review
            | Action::Publish
            | Action::Moderate
            | Action::Delete
            | Action::Inspect => false,
        },
        Role::Viewer => false,
    }
}
