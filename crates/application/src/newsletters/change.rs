//! Making, changing and deleting newsletters field by field, as the faces do.

use domain::{
    Error, Result,
    access::{Action, Permit, Target},
    audit::Changed,
    events::RecordKind,
    id::{EditionId, Id, NewsletterId},
    newsletters::{Newsletter, NewsletterChange, NewsletterDraft},
};
use persistence::{Neighbours, OnUse, Save};

use crate::{
    ActorContext, Tx,
    addresses::{self, Paths},
    context::found,
    shared_records::{self, WantedSlug},
};

/// Makes a newsletter of an edition.
pub async fn create_from(
    cx: &ActorContext,
    edition: EditionId,
    new: NewsletterChange,
) -> Result<NewsletterId> {
    cx.write(async |tx| create_from_in(tx, edition, new).await)
        .await
}

/// Makes a newsletter of an edition, in a transaction.
pub async fn create_from_in(
    tx: &mut Tx,
    edition: EditionId,
    new: NewsletterChange,
) -> Result<NewsletterId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let target = Target::of_edition(RecordKind::Newsletter, id, edition);
    let permit = tx.cx().authorize(Action::Create, target)?;
    shared_records::good(new.check_new())?;
    let mut draft = NewsletterDraft {
        edition,
        slug: String::new(),
        title: String::new(),
        description: None,
    };
    new.apply(&mut draft);
    save(tx, &permit, (id, 1), draft, None).await?;
    let paths = addresses::of_newsletter(tx, id).await?;
    addresses::leave(tx, &permit, &Paths::default(), &paths).await?;
    Ok(id)
}

/// Changes a newsletter that is at a version. What differs in nothing is not saved.
pub async fn change(
    cx: &ActorContext,
    id: NewsletterId,
    expected: i64,
    change: NewsletterChange,
) -> Result<()> {
    cx.write(async |tx| change_in(tx, id, expected, change).await)
        .await
}

/// Changes a newsletter, in a transaction. Issues keep the paths they have.
pub async fn change_in(
    tx: &mut Tx,
    id: NewsletterId,
    expected: i64,
    change: NewsletterChange,
) -> Result<()> {
    let old = one(tx, id).await?;
    let permit = tx.cx().authorize(Action::Update, old.target())?;
    let store = tx.store_tx();
    let kind = RecordKind::Newsletter;
    store.hold(kind, id.uuid(), expected).await?;
    shared_records::good(change.check())?;
    let mut draft = NewsletterDraft {
        edition: old.edition,
        slug: old.slug.clone(),
        title: old.title,
        description: old.description,
    };
    let changed = change.apply(&mut draft);
    if changed.is_empty() {
        return Ok(());
    }
    let permit = permit.changing(Changed::Fields { changed });
    let before = addresses::of_newsletter(tx, id).await?;
    save(tx, &permit, (id, expected + 1), draft, Some(&old.slug)).await?;
    let after = addresses::of_newsletter(tx, id).await?;
    addresses::leave(tx, &permit, &before, &after).await
}

/// Deletes a newsletter that is at a version and has no issues.
pub async fn delete_at(cx: &ActorContext, id: NewsletterId, expected: i64) -> Result<()> {
    cx.write(async |tx| delete_at_in(tx, id, expected).await)
        .await
}

/// Deletes a newsletter, in a transaction. Its issues would have no place without it.
pub async fn delete_at_in(tx: &mut Tx, id: NewsletterId, expected: i64) -> Result<()> {
    let old = one(tx, id).await?;
    let record = (old.target(), id.uuid());
    let deleted = shared_records::delete(tx, record, Some(expected), OnUse::Refuse).await;
    deleted.map_err(|error| {
        let Error::Conflict { used_by, .. } = error else {
            return error;
        };
        Error::Conflict {
            message: "this newsletter has issues; move them to another or remove them first"
                .to_owned(),
            field: None,
            used_by,
        }
    })
}

async fn one(tx: &Tx, id: NewsletterId) -> Result<Newsletter> {
    let scope = tx.cx().scope();
    let mut known = tx.reader().newsletters_by_ids(scope, &[id]).await?;
    found(known.remove(&id), id)
}

async fn save(
    tx: &mut Tx,
    permit: &Permit,
    (id, version): (NewsletterId, i64),
    draft: NewsletterDraft,
    settled: Option<&str>,
) -> Result<()> {
    let editions = tx.editions().await?;
    let edition = editions.get(draft.edition)?;
    let wanted = WantedSlug {
        id: id.uuid(),
        name: &draft.title,
        slug: &draft.slug,
        is_settled: settled == Some(draft.slug.as_str()),
    };
    let among = Neighbours::Newsletter(id);
    let slug = shared_records::slug(tx, edition, wanted, among)
        .await
        .map_err(|error| error.with_fields(|_| "slug".to_owned()))?;
    let draft = NewsletterDraft { slug, ..draft };
    let at = tx.cx().now();
    let save = Save { id, version, at };
    tx.store_tx().save_newsletter(permit, save, &draft).await
}
