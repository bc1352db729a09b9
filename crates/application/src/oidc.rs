//! Tokens of outside issuers (OpenID Connect): who shows one acts here under an account of their own,
//! in the roles the token gives them. Only the issuers of the configuration are heard.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use chrono::TimeDelta;
use domain::{
    Error, Result,
    access::{Action, Actor, Grant, Role, authorize},
    audit::Origin,
    editions::EditionSet,
    id::UserId,
    users::{Email, User, UserDraft, account},
};
use futures::future::BoxFuture;
use persistence::Save;

use crate::{
    ActorContext, App,
    auth::bad_token,
    context::{Credential, Tx, found},
};

mod keys;
mod verify;

pub use keys::{IssuerKeys, SigningAlgorithm};
pub use verify::{Claims, Head};

/// The longest token of an issuer that is looked at, in bytes: some list every group of a person.
const MAX_TOKEN: usize = 8192;

/// How often an account is tried to be made, when another request is in the way.
const ATTEMPTS: usize = 3;

/// An outside issuer whose tokens are taken, and what they mean here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its name, as its tokens say it in `iss`.
    pub issuer: String,
    /// Whom its tokens must be for (`aud`).
    pub audience: String,
    /// What they may be signed with.
    pub algorithms: Vec<SigningAlgorithm>,
    /// What they may call themselves (`typ`), in lower case; empty: nothing.
    pub types: Vec<String>,
    /// The claim that names roles: its name, or its path with dots between the steps.
    pub role_claim: String,
    /// What the roles of the issuer are here.
    pub roles: BTreeMap<String, Vec<GivenRole>>,
    /// How long a token counts at most from when it was issued.
    pub lifetime: TimeDelta,
}

/// A role here that a role of an issuer gives: `owner`, or `editor:fa` for one edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenRole {
    /// The role.
    pub role: Role,
    /// The code of the edition; `None`: for the whole site.
    pub edition: Option<String>,
}

impl FromStr for GivenRole {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let (role, edition) = match text.split_once(':') {
            Some((role, edition)) => (role, Some(edition.to_owned())),
            None => (text, None),
        };
        if edition.as_deref() == Some("") {
            return Err(Error::invalid("role", "names no edition after the colon"));
        }
        let role = role.parse()?;
        Ok(Self { role, edition })
    }
}

/// Where the public keys of issuers come from.
pub trait KeySource: fmt::Debug + Send + Sync + 'static {
    /// The keys of an issuer as they are known. Where none is called `kid`, or they are old, it may
    /// ask for new ones first. `Unavailable` as long as there never were any.
    fn keys<'a>(&'a self, issuer: &'a str, kid: &'a str) -> BoxFuture<'a, Result<Arc<IssuerKeys>>>;

    /// Asks for the keys that will soon be old, so that no request has to wait for them.
    fn renew(&self) -> BoxFuture<'_, ()>;
}

/// All outside issuers whose tokens are taken.
#[derive(Debug)]
pub struct Issuers {
    all: Vec<Issuer>,
    keys: Arc<dyn KeySource>,
}

impl Issuers {
    /// The issuers of the configuration, and where their keys come from.
    pub fn new(all: Vec<Issuer>, keys: Arc<dyn KeySource>) -> Self {
        Self { all, keys }
    }

    /// The issuer a token says it is from, if it is one of these. Nothing of the token is believed
    /// for that: it only chooses by which rules it is looked at.
    pub(crate) fn named_by(&self, token: &str) -> Option<&Issuer> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let named = verify::issuer_named_by(token)?;
        self.all.iter().find(|issuer| issuer.issuer == named)
    }

    /// Asks for the keys that will soon be old.
    pub async fn renew(&self) {
        self.keys.renew().await;
    }

    async fn claims(&self, issuer: &Issuer, token: &str, cx: &ActorContext) -> Result<Claims> {
        // What is wrong in form is refused before anybody is asked for keys.
        let head = Head::read(issuer, token).ok_or_else(bad_token)?;
        let keys = self.keys.keys(&issuer.issuer, head.kid()).await?;
        head.verify(issuer, &keys, token, cx.now())
            .ok_or_else(bad_token)
    }
}

/// Makes the context of a request out of a token of an issuer. It ends with the token: there is no
/// session.
pub(crate) async fn authenticate(
    app: &Arc<App>,
    (issuers, issuer): (&Issuers, &Issuer),
    token: &str,
    origin: Origin,
) -> Result<ActorContext> {
    let cx = app.context_from(Actor::System("oidc"), origin.clone());
    let claims = issuers.claims(issuer, token, &cx).await?;
    let known = cx.reader().user_of_identity(&claims.identity).await?;
    if known.as_ref().is_some_and(|user| !user.is_active) {
        return Err(bad_token());
    }
    let editions = cx.editions().await?;
    let grants = grants(issuer, &claims.roles, &editions);
    if grants.is_empty() {
        return Err(Error::Forbidden(
            "the token is good, but gives no role here".to_owned(),
        ));
    }
    let user = match known {
        Some(user) => user,
        None => make_account(&cx, &claims).await?,
    };
    let actor = Actor::User {
        id: user.id,
        grants,
    };
    let cx = app.context_from(actor, origin);
    Ok(cx.shown(Credential::Outside(user.id)))
}

/// What the roles of a token are here: for each edition the highest.
fn grants(issuer: &Issuer, roles: &[String], editions: &EditionSet) -> Vec<Grant> {
    let mut held: BTreeMap<_, Role> = BTreeMap::new();
    let given = roles.iter().filter_map(|role| issuer.roles.get(role));
    for GivenRole { role, edition } in given.flatten() {
        let edition = match edition {
            None => None,
            // An edition that is not there yet, or no longer: nobody has a role in it.
            Some(code) => match editions.by_code(code) {
                Some(edition) => Some(edition.id),
                None => continue,
            },
        };
        let highest = held.entry(edition).or_insert(*role);
        *highest = (*highest).max(*role);
    }
    held.into_iter()
        .map(|(edition, role)| Grant { role, edition })
        .collect()
}

/// Makes the account of somebody who is here for the first time, without a role of its own. Of many
/// requests at once, one makes it.
async fn make_account(cx: &ActorContext, claims: &Claims) -> Result<User> {
    for _ in 0..ATTEMPTS {
        match cx.write(async |tx| make_account_in(tx, claims).await).await {
            Err(Error::Conflict { .. }) => {}
            made => return made,
        }
    }
    Err(Error::Unavailable {
        message: "the account could not be made now; try again".to_owned(),
        source: None,
    })
}

async fn make_account_in(tx: &mut Tx, claims: &Claims) -> Result<User> {
    let identity = &claims.identity;
    if let Some(user) = tx.reader().user_of_identity(identity).await? {
        return Ok(user);
    }
    let id = UserId::from_uuid(tx.cx().next_id());
    let email = match &claims.email {
        Some(email) if tx.reader().credentials(&email.normal()).await?.is_none() => email.clone(),
        // Nobody gets an account of this site for saying that its address is theirs.
        Some(_) | None => Email::parse("email", &format!("{id}@oidc.invalid"))?,
    };
    let draft = UserDraft {
        email,
        display_name: claims.name.clone(),
        is_active: true,
        grants: Vec::new(),
    };
    draft.check()?;
    let permit = authorize(tx.cx().actor(), Action::Create, account(id))?
        .with_note(Some(identity.issuer().to_owned()));
    let save = Save {
        id,
        version: 1,
        at: tx.cx().now(),
    };
    let at = save.at;
    let store = tx.store_tx();
    store.save_user(&permit, save, &draft).await?;
    store.link_identity(&permit, id, identity, at).await?;
    found(tx.reader().user(id).await?, id)
}

#[cfg(test)]
mod tests;
