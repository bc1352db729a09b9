//! Signed links that show drafts to whoever holds them: making one, coming with one.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    Error, FieldError, Result,
    access::{Action, Actor, ReadScope, SignedGrant, Target, authorize},
    content::{Content, Entry, Parts},
    events::RecordKind,
    id::{ApiKeyId, EditionId, EntryId, UserId},
    paging::Page,
    time::Timestamp,
    users::Secret,
};
use serde::{Deserialize, Serialize};

use crate::{
    ActorContext, api_keys,
    auth::nobody,
    keys::TokenKind,
    revisions::{State, lay},
};

/// The shortest life of a link.
pub const MIN_LIFETIME: Duration = Duration::from_mins(1);
/// The longest life of a link.
pub const MAX_LIFETIME: Duration = Duration::from_hours(30 * 24);
/// The life of a link that names none.
pub const DEFAULT_LIFETIME: Duration = Duration::from_hours(24);
/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 1024;

/// What a link is to show: one entry, or every draft of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NewPreview {
    /// This entry.
    pub entry: Option<EntryId>,
    /// Every draft of this edition.
    pub edition: Option<EditionId>,
    /// How long it does; [`DEFAULT_LIFETIME`] if nothing is said.
    pub expires_in_seconds: Option<i64>,
}

/// A signed link.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Whoever shows it sees the draft.
    pub token: Secret,
    /// Until then.
    pub expires_at: Timestamp,
}

/// The claims of a link.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The entry or the edition it shows.
    sub: String,
    iat: i64,
    exp: i64,
    /// Who made it: it shows what they may show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<UserId>,
    /// The key it was made with: it shows what that may show, as long as that is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<ApiKeyId>,
}

impl NewPreview {
    /// All that is wrong with it, whatever there is.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if self.entry.is_some() == self.edition.is_some() {
            faults.push(FieldError::new(
                "entry",
                "name either an entry or an edition, not both",
            ));
        }
        let range = MIN_LIFETIME.as_secs()..=MAX_LIFETIME.as_secs();
        let is_good = |seconds: i64| u64::try_from(seconds).is_ok_and(|it| range.contains(&it));
        if self.expires_in_seconds.is_some_and(|it| !is_good(it)) {
            let (from, to) = (range.start(), range.end());
            faults.push(FieldError::new(
                "expiresInSeconds",
                format!("must be from {from} to {to}"),
            ));
        }
        faults
    }

    fn lifetime(&self) -> Duration {
        let asked = self
            .expires_in_seconds
            .and_then(|it| u64::try_from(it).ok());
        asked.map_or(DEFAULT_LIFETIME, Duration::from_secs)
    }
}

/// Makes a link to an entry, for those who may change it, or to all drafts of an edition, for those
/// who may publish them.
pub async fn create(cx: &ActorContext, new: NewPreview) -> Result<Preview> {
    let (by, key) = match cx.actor() {
        Actor::Anonymous | Actor::Link(_) => return Err(nobody()),
        Actor::User { id, .. } => (Some(*id), None),
        Actor::ApiKey { id, .. } => (None, Some(*id)),
        Actor::System(_) => (None, None),
    };
    // What their token allows cannot be asked again when the link is shown.
    if cx.is_signed_in_outside() {
        return Err(Error::conflict(
            "an outside issuer signed you in: links are made by those who sign in here, or with a key",
        ));
    }
    let faults = new.faults();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let subject = match (new.entry, new.edition) {
        (Some(entry), _) => {
            let shows = may_show_entry(cx, cx.actor(), entry).await?;
            if !shows.ok_or_else(|| Error::invalid("entry", format!("{entry} was not found")))? {
                return Err(Error::Forbidden(format!(
                    "you may not show drafts of this {} to others",
                    entry.kind
                )));
            }
            entry.to_string()
        }
        (None, Some(edition)) => {
            cx.editions().await?.get(edition)?;
            if !may_show_edition(cx.actor(), edition) {
                let why = "you may not show the drafts of this edition to others";
                return Err(Error::Forbidden(why.to_owned()));
            }
            edition.to_string()
        }
        (None, None) => return Err(Error::internal("a fault was lost")),
    };
    let (now, issued) = (cx.now(), cx.now().timestamp());
    let lifetime = TimeDelta::from_std(new.lifetime()).map_err(Error::internal)?;
    let claims = Claims {
        iss: cx.public_url().to_owned(),
        aud: TokenKind::Preview.audience().to_owned(),
        sub: subject,
        iat: issued,
        exp: issued + lifetime.num_seconds(),
        by,
        key,
    };
    let token = cx.app().keys().sign(TokenKind::Preview, &claims, now)?;
    Ok(Preview {
        token: Secret::new(token),
        expires_at: Timestamp::from_timestamp(claims.exp, 0)
            .ok_or_else(|| Error::internal("a link that ends beyond all time"))?,
    })
}

/// The context of somebody who came with a link as well. A link that is no good is refused, and so is
/// one whose maker could not make it any more: nobody is shown the public side by mistake.
pub async fn enter(cx: ActorContext, token: &str) -> Result<ActorContext> {
    if token.is_empty() || token.len() > MAX_TOKEN {
        return Err(bad_link());
    }
    let (now, keys) = (cx.now(), cx.app().keys());
    let claims: Claims = keys
        .verify(TokenKind::Preview, cx.public_url(), token, now)
        .ok_or_else(bad_link)?;
    if claims.exp <= now.timestamp() {
        return Err(bad_link());
    }
    let grant = match (claims.sub.parse(), claims.sub.parse()) {
        (Ok(entry), _) => SignedGrant::Preview(entry),
        (Err(_), Ok(edition)) => SignedGrant::PreviewEdition(edition),
        (Err(_), Err(_)) => return Err(bad_link()),
    };
    let maker = match (claims.key, claims.by) {
        (Some(key), _) => {
            let bearer = cx.reader().key_bearer_by_id(key, now).await?;
            Some(api_keys::actor(bearer.ok_or_else(bad_link)?))
        }
        (None, Some(id)) => {
            let maker = cx.reader().user(id).await?;
            let maker = maker.filter(|maker| maker.is_active).ok_or_else(bad_link)?;
            let grants = maker.grants;
            Some(Actor::User { id, grants })
        }
        (None, None) => None,
    };
    if let Some(maker) = maker {
        let may_show = match grant {
            SignedGrant::Preview(entry) => may_show_entry(&cx, &maker, entry).await? == Some(true),
            SignedGrant::PreviewEdition(edition) => may_show_edition(&maker, edition),
        };
        if !may_show {
            return Err(bad_link());
        }
    }
    Ok(cx.previewing(grant, token))
}

/// Lays the edits that wait over entries that the signed link that is held shows. It costs nothing
/// where there is none.
pub(crate) async fn lay_over(
    cx: &ActorContext,
    contents: impl Iterator<Item = &mut Content>,
    parts: Parts,
) -> Result<()> {
    if cx.scope().preview().is_none() {
        return Ok(());
    }
    let is_shown =
        |entry: &Entry| entry.has_pending_changes && cx.scope().previews(entry.id, entry.edition);
    let shown = contents.filter(|content| is_shown(content.entry()));
    // Apart, as few reads have a link and all would carry it.
    Box::pin(lay_over_all(cx, shown.collect(), parts)).await
}

async fn lay_over_all(cx: &ActorContext, shown: Vec<&mut Content>, parts: Parts) -> Result<()> {
    let ids: Vec<EntryId> = shown.iter().map(|content| content.entry().id).collect();
    let mut pendings = cx.reader().pendings(cx.scope(), &ids).await?;
    for content in shown {
        if let Some((snapshot, at)) = pendings.remove(&content.entry().id) {
            let state = State { snapshot, at };
            *content = lay(cx, content.clone(), state, parts).await?;
        }
    }
    Ok(())
}

/// A page of entries as a signed link shows them.
pub(crate) async fn page(
    cx: &ActorContext,
    mut page: Page<Content>,
    parts: Parts,
) -> Result<Page<Content>> {
    lay_over(cx, page.edges.iter_mut().map(|edge| &mut edge.node), parts).await?;
    Ok(page)
}

/// Whether somebody may show an entry to others; `None`: they do not see it themselves.
async fn may_show_entry(cx: &ActorContext, actor: &Actor, id: EntryId) -> Result<Option<bool>> {
    let scope = ReadScope::of(actor);
    let mut found = cx
        .reader()
        .entries_by_ids(&scope, &[id], Parts::NONE)
        .await?;
    let target = found.remove(&id).map(|it| it.entry().target());
    Ok(target.map(|target| scope.edits(&target)))
}

fn may_show_edition(actor: &Actor, edition: EditionId) -> bool {
    // The link shows entries of all kinds.
    let mut kinds = [RecordKind::Article, RecordKind::Page, RecordKind::Issue].into_iter();
    kinds.all(|kind| {
        let target = Target::of_edition(kind, "new", edition);
        authorize(actor, Action::Publish, target).is_ok()
    })
}

fn bad_link() -> Error {
    Error::Unauthenticated("the preview token is not valid, or no longer".to_owned())
}
