//! The paths of categories, tags, authors and newsletters: when one of them moves, its old paths
//! lead to it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Error, Result,
    access::{Action, Permit, Target},
    editions::Permalinks,
    events::RecordKind,
    id::{AuthorId, EditionId, Id, NewsletterId},
    redirects::RedirectTarget,
    terms::{Taxonomy, TermId},
    texts::place,
};
use persistence::PathChange;

use crate::{
    Tx, authors, newsletters,
    redirects::{path_of, records_at},
    terms,
};

/// The most paths one change of the patterns of an edition moves: what one transaction does in
/// seconds.
const MOST_MOVED: usize = 50_000;

/// Where records live: the records, the editions, the paths.
#[derive(Debug, Clone, Default)]
pub struct Paths(Vec<(RedirectTarget, EditionId, String)>);

impl Paths {
    /// Together with others.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The same with one record in the place of others.
    pub(crate) fn of_heir(mut self, from: &[RedirectTarget], heir: &RedirectTarget) -> Self {
        for (known, ..) in &mut self.0 {
            if from.contains(known) {
                known.clone_from(heir);
            }
        }
        self
    }
}

/// The paths of a category or tag and, since they follow it, of all categories below it.
pub(crate) async fn of_term(tx: &mut Tx, id: TermId) -> Result<Paths> {
    let cx = tx.cx().clone();
    let editions = tx.editions().await?;
    let default = editions.default_edition()?.id;
    let mut ids = vec![id];
    let mut level = vec![id];
    while id.taxonomy == Taxonomy::Category && !level.is_empty() {
        let above: Vec<_> = level.iter().map(|id| Id::from_uuid(id.uuid())).collect();
        let below = tx
            .reader()
            .term_children(cx.scope(), &above, default)
            .await?;
        // A category is met once, even if a tree had a circle.
        level = below
            .into_values()
            .flatten()
            .map(|term| term.id)
            .filter(|id| !ids.contains(id))
            .collect();
        ids.extend(&level);
    }
    let found = tx.reader().terms_by_ids(cx.scope(), &ids, default).await?;
    let texts = tx.reader().all_term_texts(cx.scope(), &ids).await?;
    let mut paths = Vec::new();
    for (id, texts) in texts {
        let Some(term) = found.get(&id) else { continue };
        for text in texts {
            let path = terms::text_path(&editions, term, &text);
            paths.push((RedirectTarget::Term(id), text.edition, path));
        }
    }
    Ok(Paths(paths))
}

/// The paths of an author.
pub(crate) async fn of_author(tx: &mut Tx, id: AuthorId) -> Result<Paths> {
    let cx = tx.cx().clone();
    let editions = tx.editions().await?;
    let texts = tx.reader().all_author_texts(cx.scope(), &[id]).await?;
    let paths = texts.into_values().flatten().map(|text| {
        let path = authors::text_path(&editions, &text);
        (RedirectTarget::Author(id), text.edition, path)
    });
    Ok(Paths(paths.collect()))
}

/// The path of a newsletter.
pub async fn of_newsletter(tx: &mut Tx, id: NewsletterId) -> Result<Paths> {
    let cx = tx.cx().clone();
    let editions = tx.editions().await?;
    let found = tx.reader().newsletters_by_ids(cx.scope(), &[id]).await?;
    let paths = found.into_values().map(|newsletter| {
        let path = newsletters::path(&editions, &newsletter);
        (RedirectTarget::Newsletter(id), newsletter.edition, path)
    });
    Ok(Paths(paths.collect()))
}

/// After a record was saved: what was at a path it had leads to it, and a redirect at a path it has
/// gives way. The permit is that of the record.
pub async fn leave(tx: &mut Tx, permit: &Permit, before: &Paths, after: &Paths) -> Result<()> {
    let cx = tx.cx().clone();
    let mut moves = Vec::new();
    for (record, edition, old) in &before.0 {
        let now = after
            .0
            .iter()
            .filter(|(other, there, _)| (other, there) == (record, edition))
            .map(|(_, _, path)| path)
            .next();
        if now != Some(old) {
            moves.push(PathChange {
                record: record.clone(),
                edition: *edition,
                from: Some(old.clone()),
                to: now.cloned(),
                redirect: Id::from_uuid(cx.next_id()),
            });
        }
    }
    for (record, edition, path) in &after.0 {
        let is_known = before
            .0
            .iter()
            .any(|(other, there, _)| (other, there) == (record, edition));
        if !is_known {
            moves.push(PathChange {
                record: record.clone(),
                edition: *edition,
                from: None,
                to: Some(path.clone()),
                redirect: Id::from_uuid(cx.next_id()),
            });
        }
    }
    spare_the_living(tx, &mut moves).await?;
    take_redirects_away(tx, &moves).await?;
    let at = cx.now();
    tx.store_tx().lead_from_old_paths(permit, &moves, at).await
}

/// After the patterns of an edition have changed: what was at the old paths of its categories, tags,
/// authors and newsletters leads to them. The permit is that of the edition.
pub(crate) async fn leave_of_patterns(
    tx: &mut Tx,
    permit: &Permit,
    edition: EditionId,
    (before, after): (&Permalinks, &Permalinks),
) -> Result<()> {
    let of_records = |links: &Permalinks| {
        let Permalinks {
            category,
            tag,
            author,
            newsletter,
            article: _,
            page: _,
            issue: _,
        } = links.clone();
        [category, tag, author, newsletter]
    };
    if of_records(before) == of_records(after) {
        return Ok(());
    }
    let all = tx.store_tx().addressed(edition, MOST_MOVED + 1).await?;
    if all.len() > MOST_MOVED {
        return Err(Error::conflict(format!(
            "more than {MOST_MOVED} categories, tags, authors and newsletters have texts in this edition: so many addresses cannot be moved at once"
        )));
    }
    let cx = tx.cx().clone();
    let living: BTreeSet<String> = all.iter().map(|known| path_of(after, known)).collect();
    let moves = all.iter().filter_map(|known| {
        let (old, new) = (path_of(before, known), path_of(after, known));
        (old != new).then(|| PathChange {
            record: known.record.clone(),
            edition,
            from: (!living.contains(&old)).then_some(old),
            to: Some(new),
            redirect: Id::from_uuid(cx.next_id()),
        })
    });
    let moves: Vec<PathChange> = moves.collect();
    take_redirects_away(tx, &moves)
        .await
        .map_err(|error| error.with_fields(|_| "permalinks".to_owned()))?;
    let at = cx.now();
    tx.store_tx().lead_from_old_paths(permit, &moves, at).await
}

/// Where a record comes to live, a redirect is deleted, by those who may delete it. One to the record
/// itself gives way: it says no more than the record.
async fn take_redirects_away(tx: &mut Tx, moves: &[PathChange]) -> Result<()> {
    let cx = tx.cx().clone();
    let mut wanted: BTreeMap<EditionId, BTreeMap<&str, &RedirectTarget>> = BTreeMap::new();
    for moved in moves {
        if let Some(path) = &moved.to {
            let there = wanted.entry(moved.edition).or_default();
            there.insert(path, &moved.record);
        }
    }
    for (edition, records) in wanted {
        let paths: Vec<String> = records.keys().map(|path| (*path).to_owned()).collect();
        let standing = tx.store_tx().standing_at(edition, &paths).await?;
        for (path, record) in records {
            let Some(known) = standing.get(path) else {
                continue;
            };
            let Some(redirect) = known.redirect else {
                continue;
            };
            if known.to.as_ref() == Some(record) {
                continue;
            }
            let target = Target::of_edition(RecordKind::Redirect, redirect, edition);
            let Ok(permit) = cx.authorize(Action::Delete, target) else {
                return Err(Error::Conflict {
                    message: format!(
                        "a redirect stands at the path {path}, which you may not delete"
                    ),
                    field: Some(slug_of(tx, record, edition).await?),
                    used_by: Vec::new(),
                });
            };
            let at = cx.now();
            tx.store_tx().delete_redirect(&permit, redirect, at).await?;
        }
    }
    Ok(())
}

/// The field a record has its slug of an edition in.
async fn slug_of(tx: &mut Tx, record: &RedirectTarget, edition: EditionId) -> Result<String> {
    Ok(match record {
        RedirectTarget::Newsletter(_) => "slug".to_owned(),
        RedirectTarget::Term(_)
        | RedirectTarget::Author(_)
        | RedirectTarget::Entry(_)
        | RedirectTarget::Url(_)
        | RedirectTarget::Gone => format!("{}.slug", place(&*tx.editions().await?, edition)),
    })
}

/// Nothing is led away from where another record lives by now.
async fn spare_the_living(tx: &mut Tx, moves: &mut [PathChange]) -> Result<()> {
    let mut old: BTreeMap<EditionId, Vec<String>> = BTreeMap::new();
    for moved in &*moves {
        if let Some(path) = &moved.from {
            old.entry(moved.edition).or_default().push(path.clone());
        }
    }
    for (edition, paths) in old {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let living = records_at(tx, edition, &paths).await?;
        for moved in moves.iter_mut().filter(|moved| moved.edition == edition) {
            if moved
                .from
                .as_ref()
                .is_some_and(|path| living.contains_key(path))
            {
                moved.from = None;
            }
        }
    }
    Ok(())
}
