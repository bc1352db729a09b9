//! Settings of the whole site.

use domain::{
    Error, Result,
    access::{Action, Target},
    audit::Changed,
    events::RecordKind,
    settings::{Site, SiteChange, SiteDraft},
};

use crate::{ActorContext, Tx, shared_records};

/// The publication.
pub async fn site(cx: &ActorContext) -> Result<Site> {
    cx.scope().note(domain::events::CacheTag::Settings);
    let site = cx.reader().site().await?;
    site.ok_or_else(absent)
}

/// Sets the settings.
pub async fn update(cx: &ActorContext, draft: SiteDraft) -> Result<()> {
    cx.write(async |tx| update_in(tx, &draft).await).await
}

/// Sets the settings, in a transaction.
pub async fn update_in(tx: &mut Tx, draft: &SiteDraft) -> Result<()> {
    if draft.name.trim().is_empty() {
        return Err(Error::invalid("name", "must not be empty"));
    }
    let permit = tx
        .cx()
        .authorize(Action::Update, Target::shared(RecordKind::Site, "site"))?;
    let now = tx.cx().now();
    tx.store_tx().save_site(&permit, draft, now).await
}

/// Changes the settings, which are at a version. What differs in nothing is not saved.
pub async fn change(cx: &ActorContext, expected: i64, change: SiteChange) -> Result<()> {
    cx.write(async |tx| change_in(tx, expected, change).await)
        .await
}

/// Changes the settings, in a transaction.
pub async fn change_in(tx: &mut Tx, expected: i64, change: SiteChange) -> Result<()> {
    let target = Target::shared(RecordKind::Site, "site");
    let permit = tx.cx().authorize(Action::Update, target)?;
    tx.store_tx().hold_site(expected).await?;
    shared_records::good(change.check())?;
    let site = tx.reader().site().await?.ok_or_else(absent)?;
    let mut draft = SiteDraft {
        name: site.name,
        comment_policy: Some(site.comment_policy),
    };
    let changed = change.apply(&mut draft);
    if changed.is_empty() {
        return Ok(());
    }
    let permit = permit.changing(Changed::Fields { changed });
    let now = tx.cx().now();
    tx.store_tx().save_site(&permit, &draft, now).await
}

fn absent() -> Error {
    Error::NotFound("the site has not been set up yet".to_owned())
}
