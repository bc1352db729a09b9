//! Free slugs: the wanted one, made from a title when none is given, numbered when taken.

use domain::{
    Error, Result,
    editions::{Edition, SlugStyle},
    text::Slug,
};
use persistence::{Neighbours, WriteTx};
use uuid::Uuid;

/// What a slug is made from.
pub(crate) struct Wanted<'a> {
    /// The slug that is asked for; empty: none.
    pub(crate) slug: &'a str,
    /// The title it is made from then.
    pub(crate) title: &'a str,
    /// Names records whose title has no letters at all.
    pub(crate) id: Uuid,
}

/// Finds a free slug.
pub(crate) async fn free(
    store: &WriteTx,
    edition: &Edition,
    wanted: Wanted<'_>,
    among: Neighbours<'_>,
) -> Result<Slug> {
    let asked = wanted.slug.trim();
    let base = if asked.is_empty() {
        made(edition, wanted.title)
    } else {
        asked.parse().ok().or_else(|| Slug::from_title(asked))
    };
    let base = match base {
        Some(slug) => slug,
        None => Slug::from_stored(format!("{:x}", wanted.id.as_u128() & 0xffff_ffff)),
    };
    if store.slug_is_free(among, edition.id, base.as_str()).await? {
        return Ok(base);
    }
    // Twins are few; a crowd is searched in growing steps.
    let mut number = 2;
    for round in 0..200_u32 {
        let candidate = base.numbered(number);
        if store
            .slug_is_free(among, edition.id, candidate.as_str())
            .await?
        {
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
