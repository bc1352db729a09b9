//! What lives at a public path.

use domain::{
    Result,
    content::Parts,
    id::EditionId,
    routes::{Route, match_slug, normalise_path, stored_form},
    terms::Taxonomy,
};
use persistence::{PathRow, TermSlug};

use crate::{ActorContext, entries, redirects};

/// What lives at a path: an entry, something that moved, a term, an author or a newsletter.
pub async fn resolve(
    cx: &ActorContext,
    edition: EditionId,
    path: &str,
    parts: Parts,
) -> Result<Option<Route>> {
    let stored = stored_form(path)?;
    match cx.reader().path(cx.scope(), edition, &stored).await? {
        Some(PathRow::Entry(id)) => {
            let mut found = entries::by_ids(cx, &[id], parts).await?;
            return Ok(found
                .remove(&id)
                .map(|content| Route::Entry(Box::new(content))));
        }
        Some(PathRow::Redirect(redirect)) => {
            let redirect = redirects::with_address(cx, redirect).await?;
            return Ok(Some(Route::Redirect(redirect)));
        }
        None => {}
    }
    let path = normalise_path(path)?;
    let editions = cx.editions().await?;
    let links = &editions.get(edition)?.permalinks;
    for (pattern, taxonomy) in [
        (&links.category, Taxonomy::Category),
        (&links.tag, Taxonomy::Tag),
    ] {
        if let Some(slug) = match_slug(pattern, &path)
            && let Some(term) = cx
                .reader()
                .term_by_slug(
                    cx.scope(),
                    TermSlug {
                        taxonomy,
                        namespace: "",
                        slug,
                    },
                    edition,
                )
                .await?
            && crate::terms::path(&editions, &term) == path
        {
            return Ok(Some(Route::Term(term)));
        }
    }
    if let Some(slug) = match_slug(&links.author, &path)
        && let Some(author) = cx
            .reader()
            .author_by_slug(cx.scope(), slug, edition)
            .await?
    {
        return Ok(Some(Route::Author(author)));
    }
    if let Some(slug) = match_slug(&links.newsletter, &path)
        && let Some(newsletter) = cx
            .reader()
            .newsletter_by_slug(cx.scope(), edition, slug)
            .await?
    {
        return Ok(Some(Route::Newsletter(newsletter)));
    }
    // Tags of a namespace live below its name.
    let names = path.trim_start_matches('/').split_once('/');
    let Some((namespace, slug)) = names.filter(|(_, slug)| !slug.contains('/')) else {
        return Ok(None);
    };
    let key = TermSlug {
        taxonomy: Taxonomy::Tag,
        namespace,
        slug,
    };
    let term = cx.reader().term_by_slug(cx.scope(), key, edition).await?;
    let here = term.filter(|term| crate::terms::path(&editions, term) == path);
    Ok(here.map(Route::Term))
}
