//! Where entries stand: the slug and the path a change gives them.

use domain::{
    Error, Result,
    content::{Content, ContentKind, Entry},
    editions::Edition,
    id::{CategoryId, EntryId, NewsletterId},
    revisions::Snapshot,
    routes::normalise_path,
    time::Timestamp,
};
use persistence::Neighbours;

use crate::{
    Tx,
    entries::{PathParts, made_path},
    slugs,
};

/// How deep pages go.
pub(super) const MAX_DEPTH: u32 = 20;

/// What decides the path of an entry beside its slug and its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    category: Option<CategoryId>,
    parent: Option<EntryId>,
    issue: Option<(NewsletterId, i64)>,
}

impl From<&Snapshot> for Place {
    fn from(draft: &Snapshot) -> Self {
        match draft {
            Snapshot::Article(draft) => Self {
                category: draft.categories.first().copied(),
                ..Self::default()
            },
            Snapshot::Page(draft) => Self {
                parent: draft.entry.parent,
                ..Self::default()
            },
            Snapshot::Issue(draft) => Self {
                issue: Some((draft.newsletter, draft.number)),
                ..Self::default()
            },
        }
    }
}

impl From<&Content> for Place {
    fn from(content: &Content) -> Self {
        match content {
            Content::Article(article) => Self {
                category: article.primary_category,
                ..Self::default()
            },
            Content::Page(page) => Self {
                parent: page.entry.parent,
                ..Self::default()
            },
            Content::Issue(issue) => Self {
                issue: Some((issue.newsletter, issue.number)),
                ..Self::default()
            },
        }
    }
}

/// The pattern an edition makes the paths of a kind from.
pub(crate) fn pattern(edition: &Edition, kind: ContentKind) -> &str {
    match kind {
        ContentKind::Article => &edition.permalinks.article,
        ContentKind::Page => &edition.permalinks.page,
        ContentKind::Issue => &edition.permalinks.issue,
    }
}

/// Whether paths of a pattern hold a date.
pub(crate) fn is_dated(pattern: &str) -> bool {
    ["{year}", "{month}", "{day}"]
        .iter()
        .any(|part| pattern.contains(part))
}

impl Place {
    /// Reads what the pattern needs to know of it. `id`: the entry that is to stand there.
    pub(crate) async fn parts(self, tx: &Tx, edition: &Edition, id: EntryId) -> Result<PathParts> {
        let mut parts = PathParts::default();
        if let Some(category) = self.category
            && pattern(edition, id.kind).contains("{category}")
        {
            let terms = tx
                .reader()
                .terms_by_ids(tx.cx().scope(), &[category.into()], edition.id)
                .await?;
            let first = terms.into_values().next();
            parts.category = first.map(|term| term.text.value.slug_path);
        }
        if let Some(parent) = self.parent {
            parts.parent_path = Some(path_of_parent(tx, edition, id, parent).await?);
        }
        if let Some((newsletter, number)) = self.issue {
            let found = tx
                .reader()
                .newsletters_by_ids(tx.cx().scope(), &[newsletter])
                .await?
                .remove(&newsletter);
            let found = found.ok_or_else(|| {
                Error::invalid("newsletter", format!("{newsletter} was not found"))
            })?;
            if found.edition != edition.id {
                return Err(Error::invalid(
                    "newsletter",
                    "belongs to another edition than the issue",
                ));
            }
            parts.newsletter = Some(found.slug);
            parts.number = Some(number);
        }
        Ok(parts)
    }
}

/// The slugs of the pages above, from the root down; a page cannot stand below itself.
async fn path_of_parent(
    tx: &Tx,
    edition: &Edition,
    id: EntryId,
    parent: EntryId,
) -> Result<String> {
    let above = tx.reader().pages_above(parent, MAX_DEPTH + 1).await?;
    let is_deep = u32::try_from(above.len()).is_ok_and(|depth| depth > MAX_DEPTH);
    if is_deep || above.iter().any(|page| page.id == id) {
        return Err(Error::invalid(
            "parent",
            format!("stands below this page, or more than {MAX_DEPTH} levels deep"),
        ));
    }
    let Some(nearest) = above.first() else {
        return Err(Error::invalid("parent", format!("{parent} was not found")));
    };
    if nearest.edition != edition.id {
        return Err(Error::invalid(
            "parent",
            "must be a page of the same edition",
        ));
    }
    let slugs: Vec<&str> = above.iter().rev().map(|page| page.slug.as_str()).collect();
    Ok(slugs.join("/"))
}

/// How a slug is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlugChoice<'a> {
    /// The one it has, if nobody beside it has it.
    Kept(&'a str),
    /// This one or none.
    Asked(&'a str),
    /// Made from the title.
    Made,
}

/// Gives an entry its slug.
pub(super) async fn choose_slug(
    tx: &mut Tx,
    edition: &Edition,
    entry: &mut Entry,
    choice: SlugChoice<'_>,
) -> Result<()> {
    let slug = match choice {
        SlugChoice::Asked(slug) => {
            let slug: domain::text::Slug = slug.parse()?;
            let place = Neighbours::Entry(entry);
            let is_free = tx
                .store_tx()
                .slug_is_free(place, edition.id, slug.as_str())
                .await?;
            if !is_free {
                return Err(taken("slug", slug.as_str()));
            }
            slug
        }
        SlugChoice::Kept(_) | SlugChoice::Made => {
            let kept = match choice {
                SlugChoice::Kept(slug) => slug,
                SlugChoice::Asked(_) | SlugChoice::Made => "",
            };
            slugs::free(
                tx.store_tx(),
                edition,
                slugs::Wanted {
                    slug: kept,
                    title: &entry.title,
                    id: entry.id.uuid(),
                },
                Neighbours::Entry(entry),
            )
            .await?
        }
    };
    slug.as_str().clone_into(&mut entry.slug);
    Ok(())
}

/// A slug or a path somebody else has.
pub(super) fn taken(field: &str, what: &str) -> Error {
    Error::Conflict {
        message: format!("the {field} {what} is taken"),
        field: Some(field.to_owned()),
        used_by: Vec::new(),
    }
}

/// Gives an entry a path that was asked for.
pub(super) async fn take_path(tx: &mut Tx, entry: &mut Entry, path: &str) -> Result<()> {
    let path = normalise_path(path)?;
    let is_free = tx
        .store_tx()
        .path_is_free(entry.edition, &path, entry.id)
        .await?;
    if !is_free {
        return Err(taken("path", &path));
    }
    entry.path = path;
    Ok(())
}

/// Gives an entry a path made from the pattern.
pub(super) async fn make_path(
    tx: &mut Tx,
    edition: &Edition,
    entry: &mut Entry,
    parts: &PathParts,
) -> Result<()> {
    let base = normalise_path(&made_path(edition, entry, parts))?;
    if entry.path == base {
        return Ok(());
    }
    let mut path = base.clone();
    for number in 2..1000 {
        if tx
            .store_tx()
            .path_is_free(edition.id, &path, entry.id)
            .await?
        {
            entry.path = path;
            return Ok(());
        }
        path = format!("{base}-{number}");
    }
    Err(taken("path", &base))
}

/// Where an entry stood before a change.
pub(crate) struct Stood<'a> {
    pub(crate) slug: &'a str,
    pub(crate) path: &'a str,
    pub(crate) place: Place,
    pub(crate) sort_at: Timestamp,
}

/// Lets a path follow what it was made of. One that was not made from the pattern keeps all but its
/// last part, and that too unless it was the slug.
pub(crate) async fn follow(
    tx: &mut Tx,
    edition: &Edition,
    entry: &mut Entry,
    place: Place,
    stood: &Stood<'_>,
) -> Result<()> {
    stood.path.clone_into(&mut entry.path);
    let is_moved = entry.slug != stood.slug
        || place != stood.place
        || (entry.sort_at != stood.sort_at && is_dated(pattern(edition, entry.id.kind)));
    if !is_moved {
        return Ok(());
    }
    let before = stood.place.parts(tx, edition, entry.id).await;
    let was_made = before.is_ok_and(|parts| {
        let mut old = entry.clone();
        stood.slug.clone_into(&mut old.slug);
        old.sort_at = stood.sort_at;
        is_variant(stood.path, &made_path(edition, &old, &parts))
    });
    // A page that is put elsewhere is asked to stand there.
    let parts = place.parts(tx, edition, entry.id).await?;
    if was_made {
        return make_path(tx, edition, entry, &parts).await;
    }
    match stood.path.rsplit_once('/') {
        Some((above, last)) if last == stood.slug && entry.slug != stood.slug => {
            let path = format!("{above}/{}", entry.slug);
            take_path(tx, entry, &path).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether a path is what a pattern gives, or that with a number because it was taken.
pub(super) fn is_variant(path: &str, base: &str) -> bool {
    path.strip_prefix(base).is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix('-').is_some_and(|number| {
                !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
            })
    })
}
