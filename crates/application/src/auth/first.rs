//! The first owner of a site, made over the network by whoever sees what the server prints.

use chrono::TimeDelta;
use domain::{
    Error, Result,
    access::{Action, Actor, Grant, Role, authorize},
    id::UserId,
    users::{Email, NewPassword, Secret, UserDraft, account},
};
use persistence::{OneTime, Purpose, TokenHash};

use super::{Tokens, begin_in, hash_of, recovery::one_time, refresh_token, tokens};
use crate::{ActorContext, context::found, users};

/// How long the token is good.
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// Makes the token that makes the first owner, if the site has none; those of before are of no more
/// use. For the program itself, when it begins to serve.
pub async fn offer_set_up(cx: &ActorContext) -> Result<Option<Secret>> {
    let mut target = account(UserId::from_uuid(cx.next_id()));
    target.owner = None;
    cx.authorize(Action::Create, target)?;
    if cx.reader().has_owner().await? {
        return Ok(None);
    }
    let token = one_time()?;
    let hash = hash_of(token.reveal());
    cx.write(async |tx| {
        let now = tx.cx().now();
        let new = OneTime {
            hash: TokenHash(&hash),
            purpose: Purpose::SetUp,
            user: None,
            email: None,
            at: now,
            expires_at: now + LIFETIME,
        };
        tx.store_tx().put_one_time(new).await
    })
    .await?;
    Ok(Some(token))
}

/// Who is to be the first owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstOwner {
    /// Where mail reaches them.
    pub email: Email,
    /// What they are called; empty: the address up to the `@`.
    pub display_name: String,
    /// Their password.
    pub password: NewPassword,
}

/// Makes the first owner of the site and signs them in.
pub async fn set_up(cx: &ActorContext, token: &str, owner: FirstOwner) -> Result<Tokens> {
    let (shown, now) = (hash_of(token), cx.now());
    let hash = TokenHash(&shown);
    // Strangers do not get the one who hashes.
    if !cx
        .reader()
        .knows_one_time(hash, Purpose::SetUp, now)
        .await?
    {
        return Err(refused());
    }
    let FirstOwner {
        email,
        display_name,
        password,
    } = owner;
    let draft = UserDraft {
        email,
        display_name,
        is_active: true,
        grants: vec![Grant {
            role: Role::Owner,
            edition: None,
        }],
    };
    draft.check()?;
    let password = cx.app().auth().passwords.hash(password.into()).await?;
    let (id, refresh) = (UserId::from_uuid(cx.next_id()), refresh_token()?);
    let signed_in = cx
        .write(async |tx| {
            let now = tx.cx().now();
            // Of two at once, the second finds the first.
            tx.store_tx().hold_owners().await?;
            let store = tx.store_tx();
            let row = store.take_one_time(hash, Purpose::SetUp, now).await?;
            if row.is_none() || tx.reader().has_owner().await? {
                return Err(refused());
            }
            let program = Actor::System("setup");
            let permit = authorize(&program, Action::Create, account(id))?;
            users::create_in(tx, &permit, id, &draft).await?;
            let permit = authorize(&program, Action::Update, account(id))?;
            let store = tx.store_tx();
            store.set_password(&permit, id, &password, now).await?;
            store.drop_one_time(Some(Purpose::SetUp), None).await?;
            let user = found(tx.reader().user(id).await?, id)?;
            begin_in(tx, user, &refresh).await
        })
        .await?;
    tokens(cx, signed_in, refresh)
}

fn refused() -> Error {
    Error::invalid(
        "token",
        "is not good, or the site has an owner: `colophon serve` prints a token when it starts and there is none",
    )
}
