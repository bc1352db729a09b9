//! User accounts.

use domain::{
    Error, Result,
    access::{Action, Grant, Permit, Role, Target},
    audit::Changed,
    change::Change,
    events::RecordKind,
    id::{EditionId, UserId},
    paging::{Page, PageArgs},
    users::{Email, NewPassword, SessionEnd, User, UserChange, UserDraft, account},
};
use persistence::{Purpose, Save};

use crate::{
    ActorContext, auth,
    context::{Tx, found},
};

/// One account; for its owner and the owners of the site.
pub async fn get(cx: &ActorContext, id: UserId) -> Result<User> {
    cx.scope().note_private();
    cx.authorize(Action::Inspect, account(id))?;
    found(cx.reader().user(id).await?, id)
}

/// The account with an address; for owners of the site.
pub async fn by_email(cx: &ActorContext, email: &Email) -> Result<Option<User>> {
    cx.scope().note_private();
    cx.authorize(Action::Inspect, Target::shared(RecordKind::User, "any"))?;
    let known = cx.reader().credentials(&email.normal()).await?;
    Ok(known.map(|known| known.user))
}

/// A page of the accounts, by their addresses; for owners of the site.
pub async fn list(cx: &ActorContext, page: &PageArgs) -> Result<Page<User>> {
    cx.scope().note_private();
    cx.authorize(Action::Inspect, Target::shared(RecordKind::User, "any"))?;
    cx.reader().users(page).await
}

/// Makes an account, with a password or, when somebody else signs them in, without.
pub async fn create(
    cx: &ActorContext,
    draft: UserDraft,
    password: Option<NewPassword>,
) -> Result<UserId> {
    let id = UserId::from_uuid(cx.next_id());
    manage(cx, Action::Create, id)?;
    draft.check()?;
    let hash = match password {
        Some(password) => Some(cx.app().auth().passwords.hash(password.into()).await?),
        None => None,
    };
    cx.write(async |tx| {
        let permit = manage(tx.cx(), Action::Create, id)?;
        create_in(tx, &permit, id, &draft).await?;
        if let Some(hash) = &hash {
            let permit = manage(tx.cx(), Action::Update, id)?;
            let now = tx.cx().now();
            tx.store_tx().set_password(&permit, id, hash, now).await?;
        }
        Ok(id)
    })
    .await
}

pub(crate) async fn create_in(
    tx: &mut Tx,
    permit: &Permit,
    id: UserId,
    draft: &UserDraft,
) -> Result<()> {
    check_editions(tx, &draft.grants).await?;
    let save = Save {
        id,
        version: 1,
        at: tx.cx().now(),
    };
    tx.store_tx().save_user(permit, save, draft).await
}

/// Changes an account. What it may do from now on holds at once: when its roles change or it may
/// not sign in any more, its sessions end.
pub async fn update(cx: &ActorContext, id: UserId, expected: i64, draft: UserDraft) -> Result<()> {
    cx.authorize(Action::Update, account(id))?;
    draft.check()?;
    cx.write(async |tx| {
        check_editions(tx, &draft.grants).await?;
        let old = found(tx.reader().user(id).await?, id)?;
        if old.version != expected {
            return Err(Error::stale(old.version));
        }
        let is_demoted = sorted(&old.grants) != sorted(&draft.grants);
        let is_closed = old.is_active && !draft.is_active;
        // Their own name is theirs to change; what they may do is not.
        let permit = if is_demoted || old.is_active != draft.is_active || old.email != draft.email {
            manage(tx.cx(), Action::Update, id)?
        } else {
            tx.cx().authorize(Action::Update, account(id))?
        };
        let permit = permit.changing(Changed::Fields {
            changed: differences(&old, &draft),
        });
        let now = tx.cx().now();
        let save = Save {
            id,
            version: expected + 1,
            at: now,
        };
        if (is_demoted || is_closed) && is_owner(&old.grants) {
            tx.store_tx().hold_owners().await?;
        }
        tx.store_tx().save_user(&permit, save, &draft).await?;
        if (is_demoted || is_closed) && is_owner(&old.grants) && !tx.reader().has_owner().await? {
            return Err(Error::conflict(
                "this is the last owner of the site: make another one first",
            ));
        }
        let has_moved = old.email.normal() != draft.email.normal();
        let why = if is_closed {
            SessionEnd::Deactivated
        } else if is_demoted {
            SessionEnd::Roles
        } else {
            SessionEnd::Email
        };
        if is_closed || is_demoted || has_moved {
            tx.store_tx().end_sessions_of(&permit, id, why, now).await?;
        }
        if is_closed || has_moved {
            // What was sent to the address of before is of no more use.
            tx.store_tx().drop_one_time(None, Some(id)).await?;
        }
        Ok(())
    })
    .await
}

/// Changes some fields of an account: its owner their own name, owners of the site all of them.
pub async fn change(
    cx: &ActorContext,
    id: UserId,
    expected: i64,
    change: UserChange,
) -> Result<User> {
    let user = get(cx, id).await?;
    if user.version != expected {
        return Err(Error::stale(user.version));
    }
    update(cx, id, expected, change.draft(user)).await?;
    get(cx, id).await
}

/// Lets somebody not sign in any more; they are signed out everywhere, and their keys are refused.
pub async fn deactivate(cx: &ActorContext, id: UserId, expected: i64) -> Result<User> {
    let is_active = Change::Set(false);
    let closed = UserChange {
        is_active,
        ..UserChange::default()
    };
    change(cx, id, expected, closed).await
}

/// Signs somebody out everywhere: oneself, or, for owners of the site, anybody.
pub async fn sign_out(cx: &ActorContext, id: UserId, expected: i64) -> Result<u64> {
    let user = get(cx, id).await?;
    if user.version != expected {
        return Err(Error::stale(user.version));
    }
    auth::log_out_everywhere(cx, id).await
}

/// Gives somebody a new password; their sessions end. One's own is changed with the old one.
pub async fn set_password(cx: &ActorContext, id: UserId, password: NewPassword) -> Result<()> {
    let permit = manage(cx, Action::Update, id)?;
    let hash = cx.app().auth().passwords.hash(password.into()).await?;
    cx.write(async |tx| {
        found(tx.reader().user(id).await?, id)?;
        let now = tx.cx().now();
        let store = tx.store_tx();
        store.set_password(&permit, id, &hash, now).await?;
        store
            .end_sessions_of(&permit, id, SessionEnd::Password, now)
            .await?;
        store.drop_one_time(Some(Purpose::Reset), Some(id)).await
    })
    .await
}

/// The permit of those who manage accounts; being one's own is not enough.
fn manage(cx: &ActorContext, action: Action, id: UserId) -> Result<Permit> {
    let mut target = account(id);
    target.owner = None;
    cx.authorize(action, target)
}

/// Roles say the same in any order.
fn sorted(grants: &[Grant]) -> Vec<(Option<EditionId>, Role)> {
    let mut all: Vec<_> = grants
        .iter()
        .map(|grant| (grant.edition, grant.role))
        .collect();
    all.sort_unstable();
    all
}

fn is_owner(grants: &[Grant]) -> bool {
    grants
        .iter()
        .any(|grant| grant.role == Role::Owner && grant.edition.is_none())
}

fn differences(old: &User, draft: &UserDraft) -> Vec<String> {
    let all = [
        ("email", old.email != draft.email),
        ("displayName", old.display_name != draft.name()),
        ("isActive", old.is_active != draft.is_active),
        ("grants", sorted(&old.grants) != sorted(&draft.grants)),
    ];
    let differing = all.into_iter().filter(|(_, differs)| *differs);
    differing.map(|(name, _)| name.to_owned()).collect()
}

async fn check_editions(tx: &mut Tx, grants: &[Grant]) -> Result<()> {
    let editions = tx.editions().await?;
    for (index, grant) in grants.iter().enumerate() {
        if let Some(id) = grant.edition
            && !editions.all().iter().any(|edition| edition.id == id)
        {
            return Err(Error::invalid(
                format!("grants.{index}.edition"),
                "names an edition that does not exist",
            ));
        }
    }
    Ok(())
}
