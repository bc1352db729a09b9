//! Free slugs: the wanted one, made from a title when none is given, numbered when taken.

use std::ops::AsyncFn;

use domain::{
    Error, Result,
    editions::{Edition, SlugStyle},
    text::Slug,
};
use uuid::Uuid;

/// Finds a free slug. `fallback` names records whose title has no letters at all.
pub(crate) async fn free(
    edition: &Edition,
    wanted: &str,
    title: &str,
    fallback: Uuid,
    is_free: impl AsyncFn(&Slug) -> Result<bool>,
) -> Result<Slug> {
    let wanted = wanted.trim();
    let base = if wanted.is_empty() {
        made(edition, title)
    } else {
        wanted.parse().ok().or_else(|| Slug::from_title(wanted))
    };
    let base = match base {
        Some(slug) => slug,
        None => Slug::from_stored(format!("{:x}", fallback.as_u128() & 0xffff_ffff)),
    };
    if is_free(&base).await? {
        return Ok(base);
    }
    // Twins are few; a crowd is searched in growing steps.
    let mut number = 2;
    for round in 0..200_u32 {
        let candidate = base.numbered(number);
        if is_free(&candidate).await? {
            return Ok(candidate);
        }
        number += if round < 50 { 1 } else { round };
    }
    Err(Error::Conflict {
        message: format!("`{base}` and its numbered variants are taken"),
        field: Some("slug".to_owned()),
        used_by: Vec::new(),
    })
}

fn made(edition: &Edition, title: &str) -> Option<Slug> {
    match edition.slug_style {
        SlugStyle::Native => Slug::from_title(title),
        SlugStyle::Transliterated => Slug::transliterated(title),
    }
}
