//! New passwords, by the old one or by a link that was sent, and addresses that are shown to be theirs.
//! Nothing here tells a stranger whether there is an account.

use chrono::TimeDelta;
use domain::{
    Error, Result,
    access::{Action, Actor, authorize},
    id::UserId,
    jobs::NewJob,
    users::{Email, NewPassword, Password, Secret, SessionEnd, User, account},
};
use persistence::{OneTime, Purpose, TokenHash};

use super::{
    Guard, Patience, Tokens, attempt, begin_in, hash_of, is_public, network, nobody, refresh_token,
    tokens,
};
use crate::{
    ActorContext,
    context::found,
    keys::random,
    mails::{ConfirmationMail, ResetMail},
    passwords::Verdict,
};

/// How long a link to a new password is good.
const RESET_LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How long a link that confirms an address is good.
const CONFIRMATION_LIFETIME: TimeDelta = TimeDelta::days(7);
/// How many mails of a kind somebody is sent.
const MAILS: Patience = Patience {
    attempts: 5,
    memory: TimeDelta::hours(1),
};

/// Reads a password somebody chooses.
pub fn choose_password(cx: &ActorContext, field: &str, text: &str) -> Result<NewPassword> {
    Password::choose(field, text, cx.app().auth().options.min_password)
}

/// Changes one's own password. All sessions end; the answer is signed in anew.
pub async fn change_password(
    cx: &ActorContext,
    current: Password,
    new: NewPassword,
) -> Result<Tokens> {
    let (Some(_), Actor::User { id, .. }) = (cx.session(), cx.actor()) else {
        return Err(nobody());
    };
    let id = *id;
    let permit = cx.authorize(Action::Update, account(id))?;
    let user = found(cx.reader().user(id).await?, id)?;
    let guard = Guard::of(cx, &user.email)?;
    // Whoever has somebody's session for a moment does not guess on.
    if !guard.admit(cx).await? {
        return Err(wrong_password());
    }
    let email = user.email.normal();
    let known = cx.reader().credentials(&email).await?;
    let old = known.and_then(|known| known.password);
    let passwords = &cx.app().auth().passwords;
    if passwords.verify(current, old.clone()).await? == Verdict::Wrong {
        return Err(wrong_password());
    }
    let hash = passwords.hash(new.into()).await?;
    let token = refresh_token()?;
    let signed_in = cx
        .write(async |tx| {
            tx.store_tx().hold_user(id).await?;
            let now = tx.cx().now();
            let known = tx.reader().credentials(&email).await?;
            let known = known.filter(|known| known.user.id == id && known.password == old);
            let user = known.ok_or_else(wrong_password)?.user;
            guard.forgive(tx).await?;
            let store = tx.store_tx();
            store.set_password(&permit, id, &hash, now).await?;
            store
                .end_sessions_of(&permit, id, SessionEnd::Password, now)
                .await?;
            store.drop_one_time(Some(Purpose::Reset), Some(id)).await?;
            begin_in(tx, user, &token).await
        })
        .await?;
    tokens(cx, signed_in, token)
}

fn wrong_password() -> Error {
    Error::invalid("currentPassword", "is not the password of this account")
}

/// Has a link to a new password sent to an address, if somebody has it: nobody is told. Whether there
/// is an account is looked up later, by a worker.
pub async fn request_reset(cx: &ActorContext, email: &Email) -> Result<()> {
    let (keys, now) = (cx.app().keys(), cx.now());
    let account = keys.pseudonym("reset account", &email.normal(), now)?;
    let address = cx
        .origin()
        .address
        .filter(|address| is_public(*address))
        .map(|address| keys.pseudonym("reset address", &network(address).to_string(), now))
        .transpose()?;
    let mail = ResetMail {
        email: email.clone(),
    };
    cx.write(async |tx| {
        if let Some(address) = &address
            && !attempt(tx, address, &Guard::ADDRESS).await?
        {
            return Ok(());
        }
        if attempt(tx, &account, &MAILS).await? {
            tx.enqueue(NewJob::at(tx.cx().now(), &mail)?);
        }
        Ok(())
    })
    .await
}

/// Has a link sent by which whoever asks shows that mail reaches them.
pub async fn request_confirmation(cx: &ActorContext) -> Result<()> {
    let Actor::User { id, .. } = cx.actor() else {
        return Err(nobody());
    };
    let now = cx.now();
    let subject = cx
        .app()
        .keys()
        .pseudonym("confirmation", &id.to_string(), now)?;
    let mail = ConfirmationMail { user: *id };
    cx.write(async |tx| {
        if attempt(tx, &subject, &MAILS).await? {
            tx.enqueue(NewJob::at(tx.cx().now(), &mail)?);
        }
        Ok(())
    })
    .await
}

/// Makes what a link to a new password ends with. Earlier ones are of no more use.
pub async fn make_reset(cx: &ActorContext, user: &User) -> Result<Secret> {
    let sent_to = Some(user.email.normal());
    make(cx, user, (Purpose::Reset, sent_to), RESET_LIFETIME).await
}

/// The same, to be handed over by whoever asks: that it is used does not show that mail arrives.
pub async fn make_reset_by_hand(cx: &ActorContext, user: &User) -> Result<Secret> {
    make(cx, user, (Purpose::Reset, None), RESET_LIFETIME).await
}

/// Makes what a link that confirms an address ends with.
pub(crate) async fn make_confirmation(cx: &ActorContext, user: &User) -> Result<Secret> {
    let sent_to = Some(user.email.normal());
    make(cx, user, (Purpose::Email, sent_to), CONFIRMATION_LIFETIME).await
}

async fn make(
    cx: &ActorContext,
    user: &User,
    (purpose, sent_to): (Purpose, Option<String>),
    lifetime: TimeDelta,
) -> Result<Secret> {
    let mut target = account(user.id);
    // Being one's own is not enough: the link is for its owner to be sent or handed.
    target.owner = None;
    cx.authorize(Action::Update, target)?;
    let token = one_time()?;
    let hash = hash_of(token.reveal());
    cx.write(async |tx| {
        let now = tx.cx().now();
        let new = OneTime {
            hash: TokenHash(&hash),
            purpose,
            user: Some(user.id),
            email: sent_to.clone(),
            at: now,
            expires_at: now + lifetime,
        };
        tx.store_tx().put_one_time(new).await
    })
    .await?;
    Ok(token)
}

/// What is shown once: 32 bytes nobody guesses.
pub(super) fn one_time() -> Result<Secret> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let random = random::<32>()?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(random.as_slice())))
}

/// Gives somebody a new password by the link they were sent; all their sessions end.
pub async fn reset(cx: &ActorContext, token: &str, new: NewPassword) -> Result<()> {
    let (shown, now) = (hash_of(token), cx.now());
    let hash = TokenHash(&shown);
    // Strangers do not get the one who hashes.
    if !cx
        .reader()
        .knows_one_time(hash, Purpose::Reset, now)
        .await?
    {
        return Err(used_up());
    }
    let password = cx.app().auth().passwords.hash(new.into()).await?;
    cx.write(async |tx| {
        let now = tx.cx().now();
        let row = tx.store_tx();
        let row = row.take_one_time(hash, Purpose::Reset, now).await?;
        let (user, sent_to) = row.ok_or_else(used_up)?;
        let user = user.ok_or_else(used_up)?;
        tx.store_tx().hold_user(user).await?;
        let known = tx.reader().user(user).await?;
        let is_theirs = |known: &User| {
            let sent_to = sent_to.as_ref();
            sent_to.is_none_or(|email| *email == known.email.normal())
        };
        let known = known.filter(|known| known.is_active && is_theirs(known));
        known.ok_or_else(used_up)?;
        let guard = Actor::System("auth");
        let permit = authorize(&guard, Action::Update, account(user))?;
        let store = tx.store_tx();
        store.set_password(&permit, user, &password, now).await?;
        store
            .end_sessions_of(&permit, user, SessionEnd::Password, now)
            .await?;
        store
            .drop_one_time(Some(Purpose::Reset), Some(user))
            .await?;
        // What came by mail shows that mail arrives; what somebody handed over does not.
        match &sent_to {
            Some(email) => store.confirm_email(&permit, user, email, now).await,
            None => Ok(()),
        }
    })
    .await
}

/// Takes the link somebody was sent for a sign that mail reaches them.
pub async fn confirm_email(cx: &ActorContext, token: &str) -> Result<()> {
    let (shown, now) = (hash_of(token), cx.now());
    let hash = TokenHash(&shown);
    // Strangers do not get the one who writes.
    if !cx
        .reader()
        .knows_one_time(hash, Purpose::Email, now)
        .await?
    {
        return Err(used_up());
    }
    cx.write(async |tx| {
        let now = tx.cx().now();
        let row = tx.store_tx();
        let row = row.take_one_time(hash, Purpose::Email, now).await?;
        let (user, email) = owner(row).ok_or_else(used_up)?;
        let guard = Actor::System("auth");
        let permit = authorize(&guard, Action::Update, account(user))?;
        tx.store_tx()
            .confirm_email(&permit, user, &email, now)
            .await
    })
    .await
}

fn owner(row: Option<(Option<UserId>, Option<String>)>) -> Option<(UserId, String)> {
    let (user, email) = row?;
    user.zip(email)
}

fn used_up() -> Error {
    Error::invalid("token", "is not good, or no longer: ask for another mail")
}
