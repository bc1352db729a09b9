//! Settings of the whole site.

use domain::{
    Error, Result,
    access::{Action, Target},
    events::RecordKind,
    settings::{Site, SiteDraft},
};

use crate::{ActorContext, Tx};

/// The publication.
pub async fn site(cx: &ActorContext) -> Result<Site> {
    cx.scope().note(domain::events::CacheTag::Settings);
    let site = cx.reader().site().await?;
    site.ok_or_else(|| Error::NotFound("the site has not been set up yet".to_owned()))
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
