//! What goes into the list of an edition's feeds.

use application::{ActorContext, authors, newsletters, terms};
use domain::{
    Result,
    authors::AuthorQuery,
    editions::{Edition, EditionSet},
    terms::Taxonomy,
};

use super::{
    lists::Batches,
    opml::{Outline, Outlines},
    read::{Format, feed_url},
    sitemaps::plain_terms,
    subject::Subject,
};

/// The most feeds of one sort (categories, tags, …) that are named.
const MAX_FEEDS: usize = 10_000;

/// Reads the list: the edition, then its categories, tags, authors and newsletters, each in the
/// order of their names.
pub(super) async fn read(
    cx: &ActorContext,
    editions: &EditionSet,
    edition: &Edition,
) -> Result<Outlines> {
    let mut subjects = vec![Subject::Edition];
    for taxonomy in [Taxonomy::Category, Taxonomy::Tag] {
        subjects.extend(of_terms(cx, edition, taxonomy).await?);
    }
    subjects.extend(of_authors(cx, edition).await?);
    subjects.extend(of_newsletters(cx, edition).await?);

    let feeds = subjects.iter().map(|subject| {
        Ok(Outline {
            category: subject.folder(),
            title: subject.name().unwrap_or(&edition.title).to_owned(),
            description: subject.description(edition),
            feed_url: feed_url(cx, edition, subject, Format::Rss),
            html_url: subject.html_url(edition, editions)?,
        })
    });
    Ok(Outlines {
        title: edition.title.clone(),
        modified: edition.updated_at,
        owner: edition.title.clone(),
        language: edition.code.to_string(),
        feeds: feeds.collect::<Result<_>>()?,
    })
}

/// Feeds of one sort, up to [`MAX_FEEDS`]. A feed is found by its slug in its own edition; what has
/// none there has no feed there.
fn add(feeds: &mut Vec<Subject>, more: impl Iterator<Item = Subject>, edition: &Edition) {
    let room = MAX_FEEDS.saturating_sub(feeds.len());
    let here = more.filter(|subject| subject.text_edition().is_none_or(|id| id == edition.id));
    feeds.extend(here.take(room));
}

async fn of_terms(
    cx: &ActorContext,
    edition: &Edition,
    taxonomy: Taxonomy,
) -> Result<Vec<Subject>> {
    let mut feeds = Vec::new();
    let mut batches = Batches::new();
    while let Some(args) = batches.next().filter(|_| feeds.len() < MAX_FEEDS) {
        let page = terms::list(cx, &plain_terms(taxonomy), edition.id, &args).await?;
        batches.note(&page);
        let found = page.into_nodes().into_iter().map(|term| match taxonomy {
            Taxonomy::Category => Subject::Category(term),
            Taxonomy::Tag => Subject::Tag(term),
        });
        add(&mut feeds, found, edition);
    }
    Ok(feeds)
}

async fn of_authors(cx: &ActorContext, edition: &Edition) -> Result<Vec<Subject>> {
    let mut feeds = Vec::new();
    let mut batches = Batches::new();
    while let Some(args) = batches.next().filter(|_| feeds.len() < MAX_FEEDS) {
        let page = authors::list(cx, &AuthorQuery::default(), edition.id, &args).await?;
        batches.note(&page);
        let found = page.into_nodes().into_iter().map(Subject::Author);
        add(&mut feeds, found, edition);
    }
    Ok(feeds)
}

async fn of_newsletters(cx: &ActorContext, edition: &Edition) -> Result<Vec<Subject>> {
    let mut feeds = Vec::new();
    let mut batches = Batches::new();
    while let Some(args) = batches.next().filter(|_| feeds.len() < MAX_FEEDS) {
        let page = newsletters::list(cx, Some(edition.id), &args).await?;
        batches.note(&page);
        let found = page.into_nodes().into_iter().map(Subject::Newsletter);
        add(&mut feeds, found, edition);
    }
    Ok(feeds)
}
