//! What goes into the list of an edition's feeds.

use application::{ActorContext, authors, newsletters, terms};
use domain::{
    Result,
    authors::AuthorQuery,
    editions::{Edition, EditionSet},
    paging::{MAX_PAGE_SIZE, PageArgs},
    terms::Taxonomy,
};

use super::{
    opml::{Outline, Outlines},
    read::{Format, feed_url},
    sitemaps::plain_terms,
    subject::Subject,
};

/// Reads the list: the edition, then the first hundred of its categories, tags, authors and
/// newsletters, each in the order of their names.
pub(super) async fn read(
    cx: &ActorContext,
    editions: &EditionSet,
    edition: &Edition,
) -> Result<Outlines> {
    let args = PageArgs::first(MAX_PAGE_SIZE);
    let mut subjects = vec![Subject::Edition];
    let categories = terms::list(cx, &plain_terms(Taxonomy::Category), edition.id, &args).await?;
    subjects.extend(categories.into_nodes().into_iter().map(Subject::Category));
    let tags = terms::list(cx, &plain_terms(Taxonomy::Tag), edition.id, &args).await?;
    subjects.extend(tags.into_nodes().into_iter().map(Subject::Tag));
    let authors = authors::list(cx, &AuthorQuery::default(), edition.id, &args).await?;
    subjects.extend(authors.into_nodes().into_iter().map(Subject::Author));
    let newsletters = newsletters::list(cx, Some(edition.id), &args).await?;
    subjects.extend(
        newsletters
            .into_nodes()
            .into_iter()
            .map(Subject::Newsletter),
    );

    // A feed is found by its slug in its own edition; what has none there has no feed there.
    let here = subjects
        .iter()
        .filter(|subject| subject.text_edition().is_none_or(|id| id == edition.id));
    let feeds = here.map(|subject| {
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
