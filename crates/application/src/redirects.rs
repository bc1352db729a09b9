//! Redirects.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{Action, Target},
    editions::EditionSet,
    events::RecordKind,
    id::{AuthorId, EditionId, Id, NewsletterId, RedirectId},
    paging::{Page, PageArgs},
    redirects::{Redirect, RedirectDraft, RedirectTarget},
    routes::{PathValues, encode_path, expand, match_slug, stored_form},
    terms::{Taxonomy, TermId},
};

use persistence::PathRow;

use crate::{ActorContext, Tx, authors, newsletters, terms};

mod change;
mod import;
mod rules;

pub use change::{change, change_in, create_from, create_from_in, delete_at, delete_at_in};
pub(crate) use rules::{path_of, records_at};

pub use import::{Imported, MAX_CSV_BYTES, import_csv, import_csv_in};

/// A page of redirects, by path.
pub async fn list(
    cx: &ActorContext,
    edition: Option<EditionId>,
    page: &PageArgs,
) -> Result<Page<Redirect>> {
    let mut page = cx.reader().redirects(cx.scope(), edition, page).await?;
    let addresses = Addresses::of(cx, page.nodes()).await?;
    page = page.map(|redirect| addresses.fill(redirect));
    Ok(page)
}

/// One redirect.
pub async fn get(cx: &ActorContext, id: RedirectId) -> Result<Option<Redirect>> {
    Ok(by_ids(cx, &[id]).await?.remove(&id))
}

/// Redirects by id.
pub async fn by_ids(
    cx: &ActorContext,
    ids: &[RedirectId],
) -> Result<HashMap<RedirectId, Redirect>> {
    let found = cx.reader().redirects_by_ids(cx.scope(), ids).await?;
    let addresses = Addresses::of(cx, found.values()).await?;
    Ok(found
        .into_iter()
        .map(|(id, redirect)| (id, addresses.fill(redirect)))
        .collect())
}

/// A redirect with the address it leads to now.
pub(crate) async fn with_address(cx: &ActorContext, redirect: Redirect) -> Result<Redirect> {
    let addresses = Addresses::of(cx, [&redirect]).await?;
    Ok(addresses.fill(redirect))
}

/// What a record that is no entry is known by in an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownBy<'a> {
    /// The slug of a category.
    Category(&'a str),
    /// The namespace of a tag, and its slug.
    Tag(&'a str, &'a str),
    /// The slug of an author.
    Author(&'a str),
    /// The slug of a newsletter.
    Newsletter(&'a str),
}

/// The category, tag, author or newsletter that was known by this in an edition before.
pub async fn moved(
    cx: &ActorContext,
    edition: EditionId,
    known_by: KnownBy<'_>,
) -> Result<Option<RedirectTarget>> {
    let editions = cx.editions().await?;
    let links = &editions.get(edition)?.permalinks;
    let values = |slug| PathValues {
        slug,
        slug_path: slug,
        ..PathValues::default()
    };
    let path = match known_by {
        // The paths of categories hold the slugs of those above, which are not known.
        KnownBy::Category(slug) => {
            let like = expand(&links.category, &values(slug));
            let reader = cx.reader();
            let old = reader.old_paths_of_categories(edition, &like).await?;
            let found = old
                .into_iter()
                .find(|(path, _)| match_slug(&links.category, path) == Some(slug));
            return Ok(found.map(|(_, id)| RedirectTarget::Term(id)));
        }
        KnownBy::Tag(namespace, slug) => links.term_path(Taxonomy::Tag, namespace, &values(slug)),
        KnownBy::Author(slug) => expand(&links.author, &values(slug)),
        KnownBy::Newsletter(slug) => expand(&links.newsletter, &values(slug)),
    };
    let redirect = match cx.reader().path(cx.scope(), edition, &path).await? {
        Some(PathRow::Redirect(redirect)) => redirect,
        Some(PathRow::Entry(_)) | None => return Ok(None),
    };
    let is_meant = match &redirect.to {
        RedirectTarget::Term(id) => {
            id.taxonomy == Taxonomy::Tag && matches!(known_by, KnownBy::Tag(..))
        }
        RedirectTarget::Author(_) => matches!(known_by, KnownBy::Author(_)),
        RedirectTarget::Newsletter(_) => matches!(known_by, KnownBy::Newsletter(_)),
        RedirectTarget::Entry(_) | RedirectTarget::Url(_) | RedirectTarget::Gone => false,
    };
    Ok(is_meant.then_some(redirect.to))
}

/// The records of one edition whose addresses are wanted.
#[derive(Default)]
struct Wanted {
    terms: Vec<TermId>,
    authors: Vec<AuthorId>,
    newsletters: Vec<NewsletterId>,
}

/// Where the records that are no entries live now, to which redirects lead.
struct Addresses(HashMap<(EditionId, String), String>);

impl Addresses {
    async fn of(cx: &ActorContext, redirects: impl IntoIterator<Item = &Redirect>) -> Result<Self> {
        let mut wanted: HashMap<EditionId, Wanted> = HashMap::new();
        for redirect in redirects {
            match redirect.to {
                RedirectTarget::Term(id) => {
                    wanted.entry(redirect.edition).or_default().terms.push(id);
                }
                RedirectTarget::Author(id) => {
                    wanted.entry(redirect.edition).or_default().authors.push(id);
                }
                RedirectTarget::Newsletter(id) => {
                    wanted
                        .entry(redirect.edition)
                        .or_default()
                        .newsletters
                        .push(id);
                }
                RedirectTarget::Entry(_) | RedirectTarget::Url(_) | RedirectTarget::Gone => {}
            }
        }
        let mut known = HashMap::new();
        if wanted.is_empty() {
            return Ok(Self(known));
        }
        let editions = cx.editions().await?;
        for (here, wanted) in wanted {
            let mut put = |id: String, edition: EditionId, path: &str| {
                known.insert((here, id), href(&editions, here, (edition, path)));
            };
            for (id, term) in terms::by_ids(cx, &wanted.terms, here).await? {
                put(
                    id.to_string(),
                    term.text.edition,
                    &terms::path(&editions, &term),
                );
            }
            for (id, author) in authors::by_ids(cx, &wanted.authors, here).await? {
                let path = authors::path(&editions, &author);
                put(id.to_string(), author.text.edition, &path);
            }
            for (id, newsletter) in newsletters::by_ids(cx, &wanted.newsletters).await? {
                let path = newsletters::path(&editions, &newsletter);
                put(id.to_string(), newsletter.edition, &path);
            }
        }
        Ok(Self(known))
    }

    fn fill(&self, redirect: Redirect) -> Redirect {
        let href = match &redirect.to {
            RedirectTarget::Term(_) | RedirectTarget::Author(_) | RedirectTarget::Newsletter(_) => {
                self.0
                    .get(&(redirect.edition, redirect.to.to_string()))
                    .cloned()
            }
            RedirectTarget::Entry(_) | RedirectTarget::Url(_) | RedirectTarget::Gone => {
                redirect.href.clone()
            }
        };
        Redirect { href, ..redirect }
    }
}

/// What lives in another edition needs its whole address.
fn href(editions: &EditionSet, here: EditionId, (edition, path): (EditionId, &str)) -> String {
    match editions.get(edition) {
        Ok(other) if edition != here => format!("{}{}", other.base_url, encode_path(path)),
        _ => path.to_owned(),
    }
}

/// Makes a redirect.
pub async fn create(cx: &ActorContext, draft: RedirectDraft) -> Result<RedirectId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes a redirect, in a transaction. The path may be one of WordPress's plain addresses: `/?p=12`.
pub async fn create_in(tx: &mut Tx, draft: &RedirectDraft) -> Result<RedirectId> {
    let id = Id::from_uuid(tx.cx().next_id());
    let permit = tx.cx().authorize(
        Action::Create,
        Target::of_edition(RecordKind::Redirect, id, draft.edition),
    )?;
    let draft = RedirectDraft {
        from: stored_form(&draft.from)?,
        ..draft.clone()
    };
    check_target(&draft)?;
    let now = tx.cx().now();
    tx.store_tx()
        .insert_redirect(&permit, id, &draft, now)
        .await?;
    Ok(id)
}

/// An address must be one a browser can be sent to, and not the one it came from.
fn check_target(draft: &RedirectDraft) -> Result<()> {
    let RedirectTarget::Url(address) = &draft.to else {
        return Ok(());
    };
    match address.parse::<RedirectTarget>() {
        Ok(RedirectTarget::Url(_)) => {}
        _ => {
            return Err(Error::invalid(
                "to",
                "must be a path that begins with `/`, or an absolute http or https address",
            ));
        }
    }
    if address.starts_with('/') && stored_form(address)? == draft.from {
        return Err(Error::invalid("to", "is the path it leads away from"));
    }
    Ok(())
}
