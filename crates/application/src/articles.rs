//! Articles.

use std::collections::HashMap;

use domain::{
    Result,
    articles::{
        ArchiveDay, ArchiveMonth, Article, ArticleDraft, Correction, CorrectionDraft, Leads,
        MAX_CORRECTIONS,
    },
    change::{ArticleChange, EntryChange},
    content::{Content, ContentKind, EntryQuery, Parts},
    id::{ArticleId, AuthorId, EditionId, EntryId, Id},
    paging::{Page, PageArgs},
    terms::TermId,
};

use crate::{
    ActorContext, Tx,
    bounds::{self, Bounds},
    context::found,
    entries::{self, EntryGet, PathParts, check_version, permit, prepare},
    previews, writing,
};

use persistence::{Facet, FacetField, Latest, RelatedTo};

/// One article.
pub async fn get(cx: &ActorContext, get: &EntryGet, parts: Parts) -> Result<Option<Article>> {
    entries::get(cx, ContentKind::Article, get, parts)
        .await?
        .map(Article::try_from)
        .transpose()
}

/// A page of articles.
pub async fn list(
    cx: &ActorContext,
    query: &EntryQuery,
    page: &PageArgs,
    parts: Parts,
) -> Result<Page<Article>> {
    entries::list(cx, query, page, parts)
        .await?
        .try_map(Article::try_from)
}

/// Articles to read next, for many at once: the curated ones, then those that share terms.
pub async fn related(
    cx: &ActorContext,
    ids: &[ArticleId],
    first: u32,
    parts: Parts,
) -> Result<HashMap<ArticleId, Vec<Article>>> {
    let to: Vec<_> = ids.iter().map(|id| (*id, None)).collect();
    related_to(cx, &to, first, parts).await
}

/// The same, where the state that is shown has a choice of its own.
pub async fn related_to(
    cx: &ActorContext,
    to: &[(ArticleId, Option<&Leads>)],
    first: u32,
    parts: Parts,
) -> Result<HashMap<ArticleId, Vec<Article>>> {
    let ids = to.iter().map(|(id, _)| id);
    let entries: Vec<EntryId> = ids.map(|id| (*id).into()).collect();
    let visible = cx
        .reader()
        .entries_by_ids(cx.scope(), &entries, Parts::NONE)
        .await?;
    let to: Vec<RelatedTo<'_>> = to
        .iter()
        .map(|(id, leads)| RelatedTo {
            id: (*id).into(),
            chosen: leads.map(|leads| leads.related.as_slice()),
        })
        .filter(|to| visible.contains_key(&to.id))
        .collect();
    if to.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found = cx.reader().related(cx.scope(), &to, first, parts).await?;
    previews::lay_over(cx, found.values_mut().flatten(), parts).await?;
    found
        .into_iter()
        .map(|(id, contents)| Ok((Id::from_uuid(id.uuid()), as_articles(contents)?)))
        .collect()
}

/// The newest published articles of each term.
pub async fn latest_by_term(
    cx: &ActorContext,
    terms: &[TermId],
    edition: Option<EditionId>,
    size: u32,
    parts: Parts,
) -> Result<HashMap<TermId, Vec<Article>>> {
    let mut found = cx
        .reader()
        .latest_by_term(
            cx.scope(),
            terms,
            Latest {
                edition,
                size,
                parts,
            },
        )
        .await?;
    previews::lay_over(cx, found.values_mut().flatten(), parts).await?;
    found
        .into_iter()
        .map(|(id, contents)| Ok((id, as_articles(contents)?)))
        .collect()
}

/// The newest published articles of each author.
pub async fn latest_by_author(
    cx: &ActorContext,
    authors: &[AuthorId],
    edition: Option<EditionId>,
    size: u32,
    parts: Parts,
) -> Result<HashMap<AuthorId, Vec<Article>>> {
    let mut found = cx
        .reader()
        .latest_by_author(
            cx.scope(),
            authors,
            Latest {
                edition,
                size,
                parts,
            },
        )
        .await?;
    previews::lay_over(cx, found.values_mut().flatten(), parts).await?;
    found
        .into_iter()
        .map(|(id, contents)| Ok((id, as_articles(contents)?)))
        .collect()
}

fn as_articles(contents: Vec<Content>) -> Result<Vec<Article>> {
    contents.into_iter().map(Article::try_from).collect()
}

/// Months with published articles, the newest first.
pub async fn archive(cx: &ActorContext, edition: EditionId) -> Result<Vec<ArchiveMonth>> {
    cx.reader().archive(cx.scope(), edition).await
}

/// Days with published articles, the newest first.
pub async fn archive_days(cx: &ActorContext, edition: EditionId) -> Result<Vec<ArchiveDay>> {
    cx.reader().archive_days(cx.scope(), edition).await
}

/// How the articles of a list spread over categories, tags or authors.
pub async fn facets(
    cx: &ActorContext,
    query: &EntryQuery,
    fields: &[FacetField],
) -> Result<Vec<Facet>> {
    cx.reader().facets(cx.scope(), query, fields).await
}

/// Makes an article.
pub async fn create(cx: &ActorContext, draft: ArticleDraft) -> Result<ArticleId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes an article, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &ArticleDraft) -> Result<ArticleId> {
    let id: ArticleId = Id::from_uuid(tx.cx().next_id());
    let permit = permit(tx.cx(), id.into(), &draft.entry, None)?;
    check(draft)?;
    let parts = path_parts(tx, draft).await?;
    let prepared = prepare(tx, id.into(), &draft.entry, None, &parts).await?;
    tx.store_tx()
        .save_article(&permit, prepared.save(&draft.entry), draft)
        .await?;
    Ok(id)
}

/// A new article, as people and programs outside write it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewArticle {
    /// The edition it belongs to.
    pub edition: EditionId,
    /// What is in it; it has a title.
    pub change: ArticleChange,
}

/// Makes an article: a draft of the person who makes it, unless another owner is named. In a
/// transaction: [`writing::create_in`].
pub async fn create_from(cx: &ActorContext, new: NewArticle) -> Result<Article> {
    writing::create(cx, new.edition, new.change)
        .await?
        .try_into()
}

/// Changes the fields of an article that are set. `expected`: the version the change was made for.
/// In a transaction: [`writing::change_in`].
pub async fn change(
    cx: &ActorContext,
    id: ArticleId,
    expected: i64,
    change: ArticleChange,
) -> Result<Article> {
    writing::change(cx, id.into(), expected, change)
        .await?
        .try_into()
}

/// Adds the notice that something in an article was wrong and is put right. `expected`: the version
/// it was decided on.
pub async fn add_correction(
    cx: &ActorContext,
    id: ArticleId,
    expected: i64,
    correction: NewCorrection,
) -> Result<Article> {
    change(cx, id, expected, correction.into()).await
}

/// A notice that is added to those an article has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewCorrection {
    /// What it says, and when.
    pub draft: CorrectionDraft,
    /// What is said about the change.
    pub note: Option<String>,
}

impl From<NewCorrection> for ArticleChange {
    fn from(NewCorrection { draft, note }: NewCorrection) -> Self {
        let entry = EntryChange {
            note,
            ..EntryChange::default()
        };
        Self {
            entry,
            added_correction: Some(draft),
            ..Self::default()
        }
    }
}

/// The corrections of articles, by entry.
pub async fn corrections(
    cx: &ActorContext,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, Vec<Correction>>> {
    let found = entries::by_ids(cx, ids, Parts::CORRECTIONS).await?;
    let corrections = found.into_iter().filter_map(|(id, content)| {
        let article = Article::try_from(content).ok()?;
        Some((id, article.corrections.into_loaded()?))
    });
    Ok(corrections.collect())
}

/// Replaces an article. `expected`: the version the change was made for.
pub async fn update(
    cx: &ActorContext,
    id: ArticleId,
    expected: Option<i64>,
    draft: ArticleDraft,
) -> Result<()> {
    cx.write(async |tx| update_in(tx, id, expected, &draft).await)
        .await
}

/// Replaces an article, in a transaction.
pub async fn update_in(
    tx: &mut Tx,
    id: ArticleId,
    expected: Option<i64>,
    draft: &ArticleDraft,
) -> Result<()> {
    let old = tx
        .reader()
        .entries_by_ids(tx.cx().scope(), &[id.into()], Parts::NONE)
        .await?
        .remove(&id.into());
    let old = found(old, id)?;
    check_version(old.entry(), expected)?;
    let permit = permit(tx.cx(), id.into(), &draft.entry, Some(old.entry()))?;
    check(draft)?;
    let parts = path_parts(tx, draft).await?;
    let prepared = prepare(tx, id.into(), &draft.entry, Some(old.entry()), &parts).await?;
    tx.store_tx()
        .save_article(&permit, prepared.save(&draft.entry), draft)
        .await
}

fn check(draft: &ArticleDraft) -> Result<()> {
    let outlet = draft
        .source_credit
        .as_ref()
        .and_then(|credit| credit.outlet.as_deref());
    Bounds::default()
        .list("categories", draft.categories.len(), bounds::RELATED)
        .list("tags", draft.tags.len(), bounds::RELATED)
        .list("byline", draft.byline.len(), bounds::RELATED)
        .list("attachments", draft.attachments.len(), bounds::RELATED)
        .list("galleries", draft.galleries.len(), bounds::RELATED)
        .list("related", draft.related.len(), bounds::RELATED)
        .list("corrections", draft.corrections.len(), MAX_CORRECTIONS)
        .text("source.outlet", outlet.unwrap_or_default(), bounds::NAME)
        .check()
}

async fn path_parts(tx: &mut Tx, draft: &ArticleDraft) -> Result<PathParts> {
    let edition = draft.entry.edition;
    let named = draft.entry.path.is_none()
        && tx
            .editions()
            .await?
            .get(edition)?
            .permalinks
            .article
            .contains("{category}");
    let Some(primary) = draft.categories.first().filter(|_| named) else {
        return Ok(PathParts::default());
    };
    let terms = tx
        .reader()
        .terms_by_ids(tx.cx().scope(), &[(*primary).into()], edition)
        .await?;
    Ok(PathParts {
        category: terms
            .into_values()
            .next()
            .map(|term| term.text.value.slug_path),
        ..PathParts::default()
    })
}
