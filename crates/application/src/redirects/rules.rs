//! What redirects must not do: take a path where something stands, lead to what is not there, or
//! lead round in circles.

use std::collections::{BTreeSet, HashMap};

use domain::{
    Result,
    editions::{Edition, EditionSet, Permalinks},
    id::EditionId,
    redirects::{MOST_HOPS, Place, RedirectDraft, RedirectTarget, Trail, trail},
    routes::{PathValues, expand, match_slug, stored_form},
};
use persistence::{Addressed, Referent};

use crate::Tx;

/// What is wrong with a redirect: a field of it, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Its number among those that were looked at.
    pub(super) number: usize,
    /// `from` or `to`.
    pub(super) field: &'static str,
    /// Whether something stands in the way that could be taken away.
    pub(super) is_conflict: bool,
    /// What is wrong.
    pub(super) message: String,
}

/// Targets that are records must be there, for the eyes of who leads to them.
pub(super) async fn look_for_targets(tx: &Tx, drafts: &[RedirectDraft]) -> Result<Vec<Fault>> {
    let wanted: BTreeSet<Referent> = drafts
        .iter()
        .filter_map(|draft| referent(&draft.to))
        .collect();
    let known = tx.reader().known(tx.cx().scope(), &wanted).await?;
    let faults = drafts.iter().enumerate().filter_map(|(number, draft)| {
        let referent = referent(&draft.to)?;
        (!known.contains(&referent)).then(|| Fault {
            number,
            field: "to",
            is_conflict: false,
            message: format!("{referent} was not found"),
        })
    });
    Ok(faults.collect())
}

fn referent(to: &RedirectTarget) -> Option<Referent> {
    match to {
        RedirectTarget::Entry(id) => Some(Referent::Entry(*id)),
        RedirectTarget::Term(id) => Some(Referent::Term(*id)),
        RedirectTarget::Author(id) => Some(Referent::Author(*id)),
        RedirectTarget::Newsletter(id) => Some(Referent::Newsletter(*id)),
        RedirectTarget::Url(_) | RedirectTarget::Gone => None,
    }
}

/// Paths at which a category, tag, author or newsletter lives cannot be led away from.
pub(super) async fn look_for_records(
    tx: &mut Tx,
    edition: EditionId,
    drafts: &[RedirectDraft],
) -> Result<Vec<Fault>> {
    let paths: Vec<&str> = drafts.iter().map(|draft| draft.from.as_str()).collect();
    let living = records_at(tx, edition, &paths).await?;
    let faults = drafts.iter().enumerate().filter_map(|(number, draft)| {
        let record = living.get(&draft.from)?;
        Some(Fault {
            number,
            field: "from",
            is_conflict: true,
            message: format!("{record} lives at the path {}", draft.from),
        })
    });
    Ok(faults.collect())
}

/// The categories, tags, authors and newsletters that live at paths of an edition.
pub(crate) async fn records_at(
    tx: &mut Tx,
    edition: EditionId,
    paths: &[&str],
) -> Result<HashMap<String, RedirectTarget>> {
    let editions = tx.editions().await?;
    let links = &editions.get(edition)?.permalinks;
    let slugs: BTreeSet<String> = paths
        .iter()
        .flat_map(|path| slugs_in(links, path))
        .collect();
    let slugs: Vec<String> = slugs.into_iter().collect();
    let wanted: BTreeSet<&str> = paths.iter().copied().collect();
    let found = tx.store_tx().with_slugs(edition, &slugs).await?;
    Ok(found
        .into_iter()
        .map(|addressed| (path_of(links, &addressed), addressed.record))
        .filter(|(path, _)| wanted.contains(path.as_str()))
        .collect())
}

/// The slugs a record that lives at a path could have.
fn slugs_in<'p>(links: &Permalinks, path: &'p str) -> impl Iterator<Item = String> + use<'p> {
    let patterns = [
        &links.category,
        &links.tag,
        &links.author,
        &links.newsletter,
    ];
    let by_pattern: Vec<&'p str> = patterns
        .into_iter()
        .filter_map(|pattern| match_slug(pattern, path))
        .collect();
    // Tags of a namespace live below its name.
    let last = path.rsplit('/').next().filter(|slug| !slug.is_empty());
    by_pattern.into_iter().chain(last).map(str::to_owned)
}

/// The path a record has by the patterns of an edition.
pub(crate) fn path_of(links: &Permalinks, addressed: &Addressed) -> String {
    let values = PathValues {
        slug: &addressed.slug,
        slug_path: &addressed.slug_path,
        ..PathValues::default()
    };
    match &addressed.record {
        RedirectTarget::Term(id) => links.term_path(id.taxonomy, &addressed.namespace, &values),
        RedirectTarget::Author(_) => expand(&links.author, &values),
        RedirectTarget::Newsletter(_)
        | RedirectTarget::Entry(_)
        | RedirectTarget::Url(_)
        | RedirectTarget::Gone => expand(&links.newsletter, &values),
    }
}

/// The place of a path an address leads to, in the edition it is written in or, by a whole address,
/// in any other.
fn place_of(editions: &EditionSet, here: EditionId, address: &str) -> Option<Place> {
    if address.starts_with('/') {
        return Some((here, stored_form(address).ok()?));
    }
    let within = |edition: &Edition| {
        let rest = address.strip_prefix(edition.base_url.trim_end_matches('/'))?;
        let is_path = rest.is_empty() || rest.starts_with(['/', '?', '#']);
        is_path.then(|| (edition.base_url.len(), edition.id, rest.to_owned()))
    };
    // An edition may live below another: the one whose address fits best is meant.
    let (_, edition, rest) = editions
        .all()
        .iter()
        .filter_map(within)
        .max_by_key(|(length, ..)| *length)?;
    Some((edition, stored_form(&rest).ok()?))
}

/// Redirects to paths must come to an end, through others that are stored or stand beside them.
pub(super) async fn look_for_circles(
    tx: &mut Tx,
    drafts: &[RedirectDraft],
    leaving: Option<&Place>,
) -> Result<Vec<Fault>> {
    let editions = tx.editions().await?;
    let to_place = |here: EditionId, to: &RedirectTarget| match to {
        RedirectTarget::Url(address) => place_of(&editions, here, address),
        RedirectTarget::Entry(_)
        | RedirectTarget::Term(_)
        | RedirectTarget::Author(_)
        | RedirectTarget::Newsletter(_)
        | RedirectTarget::Gone => None,
    };
    let mut steps: HashMap<Place, Option<Place>> = drafts
        .iter()
        .map(|draft| {
            let from = (draft.edition, draft.from.clone());
            (from, to_place(draft.edition, &draft.to))
        })
        .collect();
    if let Some(place) = leaving {
        steps.entry(place.clone()).or_insert(None);
    }
    let mut unknown: BTreeSet<Place> = steps.values().flatten().cloned().collect();
    for _hop in 0..=MOST_HOPS {
        unknown.retain(|place| !steps.contains_key(place));
        let mut by_edition: HashMap<EditionId, Vec<String>> = HashMap::new();
        for (edition, path) in std::mem::take(&mut unknown) {
            steps.insert((edition, path.clone()), None);
            by_edition.entry(edition).or_default().push(path);
        }
        for (edition, paths) in by_edition {
            for (path, standing) in tx.store_tx().standing_at(edition, &paths).await? {
                let next = standing.to.and_then(|to| to_place(edition, &to));
                unknown.extend(next.clone());
                steps.insert((edition, path), next);
            }
        }
        if unknown.is_empty() {
            break;
        }
    }
    let next = |here: &Place| steps.get(here).and_then(Option::as_ref);
    let faults = drafts.iter().enumerate().filter_map(|(number, draft)| {
        let (from, _) = steps.get_key_value(&(draft.edition, draft.from.clone()))?;
        let message = match trail(from, next) {
            Trail::Ends => return None,
            Trail::Circle => "leads round in a circle of redirects".to_owned(),
            Trail::TooLong => format!("leads through more than {MOST_HOPS} redirects"),
        };
        Some(Fault {
            number,
            field: "to",
            is_conflict: false,
            message,
        })
    });
    Ok(faults.collect())
}
