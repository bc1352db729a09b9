//! Newsletters and their issues.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::{Action, Target},
    change::IssueChange,
    content::{ContentKind, EntryQuery, Parts},
    editions::EditionSet,
    events::RecordKind,
    id::{EditionId, EntryId, Id, IssueId, NewsletterId},
    newsletters::{Issue, IssueDraft, Newsletter, NewsletterDraft, Section},
    paging::{Page, PageArgs},
    routes::{PathValues, expand},
};

use persistence::{Neighbours, Save};

use crate::{
    ActorContext, Tx,
    bounds::{self, Bounds},
    context::found,
    entries::{self, EntryGet, PathParts, check_version, permit, prepare},
    slugs, writing,
};

mod change;

pub use change::{change, change_in, create_from, create_from_in, delete_at, delete_at_in};

/// How one newsletter is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewsletterGet {
    /// By id.
    Id(NewsletterId),
    /// By slug.
    Slug {
        /// The edition.
        edition: EditionId,
        /// The slug.
        slug: String,
    },
}

/// A page of newsletters.
pub async fn list(
    cx: &ActorContext,
    edition: Option<EditionId>,
    page: &PageArgs,
) -> Result<Page<Newsletter>> {
    cx.reader().newsletters(cx.scope(), edition, page).await
}

/// One newsletter.
pub async fn get(cx: &ActorContext, get: &NewsletterGet) -> Result<Option<Newsletter>> {
    match get {
        NewsletterGet::Id(id) => Ok(by_ids(cx, &[*id]).await?.remove(id)),
        NewsletterGet::Slug { edition, slug } => {
            cx.reader()
                .newsletter_by_slug(cx.scope(), *edition, slug)
                .await
        }
    }
}

/// Newsletters by id.
pub async fn by_ids(
    cx: &ActorContext,
    ids: &[NewsletterId],
) -> Result<HashMap<NewsletterId, Newsletter>> {
    cx.reader().newsletters_by_ids(cx.scope(), ids).await
}

/// The public path of a newsletter's archive.
pub fn path(editions: &EditionSet, newsletter: &Newsletter) -> String {
    let Ok(edition) = editions.get(newsletter.edition) else {
        return "/".to_owned();
    };
    expand(
        &edition.permalinks.newsletter,
        &PathValues {
            slug: &newsletter.slug,
            ..PathValues::default()
        },
    )
}

/// One issue.
pub async fn get_issue(cx: &ActorContext, get: &EntryGet, parts: Parts) -> Result<Option<Issue>> {
    entries::get(cx, ContentKind::Issue, get, parts)
        .await?
        .map(Issue::try_from)
        .transpose()
}

/// A page of issues.
pub async fn list_issues(
    cx: &ActorContext,
    query: &EntryQuery,
    page: &PageArgs,
    parts: Parts,
) -> Result<Page<Issue>> {
    entries::list(cx, query, page, parts)
        .await?
        .try_map(Issue::try_from)
}

/// The sections of issues; items that lead to hidden articles keep their own words only.
pub async fn sections(
    cx: &ActorContext,
    ids: &[IssueId],
) -> Result<HashMap<IssueId, Vec<Section>>> {
    let entries: Vec<EntryId> = ids.iter().map(|id| (*id).into()).collect();
    let mut found = entries::relations(cx, &entries, Parts::SECTIONS).await?;
    Ok(ids
        .iter()
        .filter_map(|id| Some((*id, found.remove(&(*id).into())?.sections)))
        .collect())
}

/// Makes a newsletter.
pub async fn create(cx: &ActorContext, draft: NewsletterDraft) -> Result<NewsletterId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes a newsletter, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &NewsletterDraft) -> Result<NewsletterId> {
    if draft.title.trim().is_empty() {
        return Err(Error::invalid("title", "must not be empty"));
    }
    Bounds::default()
        .text("title", &draft.title, bounds::NAME)
        .check()?;
    let id = Id::from_uuid(tx.cx().next_id());
    let permit = tx.cx().authorize(
        Action::Create,
        Target::of_edition(RecordKind::Newsletter, id, draft.edition),
    )?;
    let editions = tx.editions().await?;
    let edition = editions.get(draft.edition)?;
    let slug = slugs::free(
        tx.store_tx(),
        edition,
        slugs::Wanted {
            slug: &draft.slug,
            title: &draft.title,
            id: id.uuid(),
        },
        Neighbours::Newsletter(id),
    )
    .await?;
    let draft = NewsletterDraft {
        slug: slug.to_string(),
        ..draft.clone()
    };
    let now = tx.cx().now();
    tx.store_tx()
        .save_newsletter(
            &permit,
            Save {
                id,
                version: 1,
                at: now,
            },
            &draft,
        )
        .await?;
    Ok(id)
}

/// Makes an issue.
pub async fn create_issue(cx: &ActorContext, draft: IssueDraft) -> Result<IssueId> {
    cx.write(async |tx| create_issue_in(tx, &draft).await).await
}

/// Makes an issue, in a transaction.
pub async fn create_issue_in(tx: &mut Tx, draft: &IssueDraft) -> Result<IssueId> {
    let id: IssueId = Id::from_uuid(tx.cx().next_id());
    let permit = permit(tx.cx(), id.into(), &draft.entry, None)?;
    check(draft)?;
    let parts = path_parts(tx, draft).await?;
    let prepared = prepare(tx, id.into(), &draft.entry, None, &parts).await?;
    tx.store_tx()
        .save_issue(&permit, prepared.save(&draft.entry), draft)
        .await?;
    Ok(id)
}

/// A new issue, as people and programs outside write it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewIssue {
    /// The edition it belongs to.
    pub edition: EditionId,
    /// What is in it; it has a title and a newsletter.
    pub change: IssueChange,
}

/// Makes an issue: a draft of the person who makes it, unless another owner is named; without a
/// number it gets the next one. In a transaction: [`writing::create_in`].
pub async fn create_issue_from(cx: &ActorContext, new: NewIssue) -> Result<Issue> {
    writing::create(cx, new.edition, new.change)
        .await?
        .try_into()
}

/// Changes the fields of an issue that are set. `expected`: the version the change was made for. In
/// a transaction: [`writing::change_in`].
pub async fn change_issue(
    cx: &ActorContext,
    id: IssueId,
    expected: i64,
    change: IssueChange,
) -> Result<Issue> {
    writing::change(cx, id.into(), expected, change)
        .await?
        .try_into()
}

/// Replaces an issue. `expected`: the version the change was made for.
pub async fn update_issue(
    cx: &ActorContext,
    id: IssueId,
    expected: Option<i64>,
    draft: IssueDraft,
) -> Result<()> {
    cx.write(async |tx| {
        let old = tx
            .reader()
            .entries_by_ids(tx.cx().scope(), &[id.into()], Parts::NONE)
            .await?
            .remove(&id.into());
        let old = found(old, id)?;
        check_version(old.entry(), expected)?;
        let permit = permit(tx.cx(), id.into(), &draft.entry, Some(old.entry()))?;
        check(&draft)?;
        let parts = path_parts(tx, &draft).await?;
        let prepared = prepare(tx, id.into(), &draft.entry, Some(old.entry()), &parts).await?;
        tx.store_tx()
            .save_issue(&permit, prepared.save(&draft.entry), &draft)
            .await
    })
    .await
}

fn check(draft: &IssueDraft) -> Result<()> {
    let items = draft
        .sections
        .iter()
        .map(|section| section.items.len().max(1));
    Bounds::default()
        .list("sections", items.sum(), bounds::RELATED)
        .list("attachments", draft.attachments.len(), bounds::RELATED)
        .check()
}

async fn path_parts(tx: &Tx, draft: &IssueDraft) -> Result<PathParts> {
    let newsletter = tx
        .reader()
        .newsletters_by_ids(tx.cx().scope(), &[draft.newsletter])
        .await?
        .remove(&draft.newsletter);
    let newsletter = newsletter.ok_or_else(|| {
        Error::invalid("newsletter", format!("{} does not exist", draft.newsletter))
    })?;
    if newsletter.edition != draft.entry.edition {
        return Err(Error::invalid(
            "newsletter",
            "belongs to another edition than the issue",
        ));
    }
    Ok(PathParts {
        newsletter: Some(newsletter.slug),
        number: Some(draft.number),
        ..PathParts::default()
    })
}
