//! What changing categories, tags, authors and the like has in common: who may, and their slugs.

use domain::{
    Error, FieldError, Result,
    access::{Action, Permit, Target},
    editions::Edition,
    events::RecordKind,
    id::EditionId,
    text::Slug,
    texts::place,
};
use persistence::{Deletion, Neighbours, OnUse};
use uuid::Uuid;

use crate::{ActorContext, Tx, slugs};

/// What a command touches of a record that all editions share.
#[derive(Debug, Clone)]
pub(crate) struct Touched {
    /// Whether that is nothing but texts.
    pub(crate) is_only_texts: bool,
    /// The editions whose texts it touches.
    pub(crate) editions: Vec<EditionId>,
}

/// The permit to change a record that all editions share. Who may not change the whole may still
/// change the texts of their editions.
pub(crate) fn permit(
    cx: &ActorContext,
    kind: RecordKind,
    id: &str,
    touched: &Touched,
) -> Result<Permit> {
    permit_for(cx, &Target::shared(kind, id), touched)
}

/// The same of a record that may belong to somebody.
pub(crate) fn permit_for(cx: &ActorContext, target: &Target, touched: &Touched) -> Result<Permit> {
    let whole = cx.authorize(Action::Update, target.clone());
    if whole.is_ok() || !touched.is_only_texts {
        return whole;
    }
    let mut of_texts = whole;
    for edition in &touched.editions {
        let target = Target {
            edition: Some(*edition),
            ..target.clone()
        };
        of_texts = Ok(cx.authorize(Action::Update, target)?);
    }
    of_texts
}

/// A slug of a record, before the record is saved.
pub(crate) struct WantedSlug<'a> {
    /// The record.
    pub(crate) id: Uuid,
    /// What it is called there.
    pub(crate) name: &'a str,
    /// The slug; empty if it is to be made from the name.
    pub(crate) slug: &'a str,
    /// Whether the slug can stand without being looked at: it is the record's own.
    pub(crate) is_settled: bool,
}

/// The slug a record gets in an edition. One that is asked for and taken is a conflict.
pub(crate) async fn slug(
    tx: &mut Tx,
    edition: &Edition,
    wanted: WantedSlug<'_>,
    among: Neighbours<'_>,
) -> Result<String> {
    if wanted.slug.is_empty() {
        let made = slugs::Wanted {
            slug: "",
            title: wanted.name,
            id: wanted.id,
        };
        let made = slugs::free(tx.store_tx(), edition, made, among).await?;
        return Ok(made.as_str().to_owned());
    }
    if wanted.is_settled {
        return Ok(wanted.slug.to_owned());
    }
    let field = format!("{}.slug", place(&*tx.editions().await?, edition.id));
    let slug: Slug = wanted
        .slug
        .parse()
        .map_err(|error: Error| error.with_fields(|_| field.clone()))?;
    let store = tx.store_tx();
    if store.slug_is_free(among, edition.id, slug.as_str()).await? {
        return Ok(slug.as_str().to_owned());
    }
    Err(Error::Conflict {
        message: format!("`{slug}` is taken in this edition"),
        field: Some(field),
        used_by: Vec::new(),
    })
}

/// The most records that are merged into another at once.
const MOST_MERGED: usize = 100;

/// Refuses to merge nothing, a record twice or into itself, and what is `other` than the one it goes
/// into.
pub(crate) fn check_merge<I: PartialEq + std::fmt::Display>(
    from: &[I],
    into: &I,
    other: impl Fn(&I) -> Option<String>,
) -> Result<()> {
    let mut wrong = Vec::new();
    if from.is_empty() {
        wrong.push(FieldError::new("from", "must name at least one"));
    }
    if from.len() > MOST_MERGED {
        let message = format!("must have at most {MOST_MERGED} items");
        return Err(Error::invalid("from", message));
    }
    for (number, id) in from.iter().enumerate() {
        let is_twice = from.iter().take(number).any(|known| known == id);
        let message = match other(id) {
            Some(message) => message,
            None if id == into => "is the one they are merged into".to_owned(),
            None if is_twice => "is there twice".to_owned(),
            None => continue,
        };
        wrong.push(FieldError::new(format!("from.{number}"), message));
    }
    good(wrong)
}

/// A command that is not good is refused with everything that is wrong with it.
pub(crate) fn good(errors: Vec<FieldError>) -> Result<()> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(errors))
    }
}

/// Deletes a record by its target and its id in the store, after its users have been dealt with; only
/// if it is at a version, where one is expected.
pub(crate) async fn delete(
    tx: &mut Tx,
    (target, id): (Target, Uuid),
    expected: Option<i64>,
    on_use: OnUse,
) -> Result<()> {
    let (cx, kind) = (tx.cx().clone(), target.kind);
    let permit = cx.authorize(Action::Delete, target)?;
    let store = tx.store_tx();
    if let Some(expected) = expected {
        store.hold(kind, id, expected).await?;
    }
    let deletion = Deletion {
        id,
        on_use,
        at: cx.now(),
    };
    store.delete_record(&permit, cx.scope(), deletion).await
}
