//! Reads a page of a feed and writes it in one of the three formats.

use application::{ActorContext, articles, newsletters};
use domain::{
    Result,
    articles::Article,
    content::{ContentKind, EntryFilter, EntryQuery},
    editions::{Edition, EditionSet},
    newsletters::Issue,
    paging::Page,
};

use super::{
    atom,
    items::{ARTICLE_PARTS, ISSUE_PARTS, Items},
    json_feed,
    model::{Feed, FeedItem, PageLinks},
    paging::FeedPage,
    rss,
    sitemaps::published_only,
    subject::Subject,
};

/// The formats of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    /// The last part of its addresses.
    const fn file(self) -> &'static str {
        match self {
            Self::Rss => "rss.xml",
            Self::Atom => "atom.xml",
            Self::Json => "feed.json",
        }
    }

    /// The format of an address.
    pub(super) fn of_file(file: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.file() == file)
    }

    /// Its media type, for the header.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json",
        }
    }

    /// Writes a feed.
    pub(super) fn render(self, feed: &Feed) -> Result<String> {
        match self {
            Self::Rss => rss::render(feed),
            Self::Atom => atom::render(feed),
            Self::Json => json_feed::render(feed),
        }
    }
}

/// Where the first page of a feed is.
pub(super) fn feed_url(
    cx: &ActorContext,
    edition: &Edition,
    subject: &Subject,
    format: Format,
) -> String {
    format!(
        "{}/feeds/{}{}/{}",
        cx.public_url(),
        edition.code,
        subject.feed_path(),
        format.file()
    )
}

/// Reads one page of a feed.
pub(super) async fn read(
    items: &Items<'_>,
    subject: &Subject,
    format: Format,
    wanted: &FeedPage,
) -> Result<Feed> {
    let Items {
        cx,
        editions,
        edition,
    } = *items;
    let url = feed_url(cx, edition, subject, format);
    let (items, links) = match subject {
        Subject::Newsletter(_) => {
            let page: Page<Issue> = newsletters::list_issues(
                cx,
                &query(cx, edition, subject, ContentKind::Issue),
                &wanted.args,
                ISSUE_PARTS,
            )
            .await?;
            let links = wanted.links(&url, &page);
            (items.of_issues(&page.into_nodes()).await?, links)
        }
        Subject::Edition | Subject::Category(_) | Subject::Tag(_) | Subject::Author(_) => {
            let page: Page<Article> = articles::list(
                cx,
                &query(cx, edition, subject, ContentKind::Article),
                &wanted.args,
                ARTICLE_PARTS,
            )
            .await?;
            let links = wanted.links(&url, &page);
            (items.of_articles(&page.into_nodes()).await?, links)
        }
    };
    feed(editions, edition, subject, items, links)
}

fn query(cx: &ActorContext, edition: &Edition, subject: &Subject, kind: ContentKind) -> EntryQuery {
    let filter = EntryFilter {
        status: published_only(cx),
        ..subject.filter()
    };
    EntryQuery {
        edition: Some(edition.id),
        filter,
        ..EntryQuery::all(kind)
    }
}

fn feed(
    editions: &EditionSet,
    edition: &Edition,
    subject: &Subject,
    items: Vec<FeedItem>,
    links: PageLinks,
) -> Result<Feed> {
    let title = subject.name().map_or_else(
        || edition.title.clone(),
        |name| format!("{name} – {}", edition.title),
    );
    Ok(Feed {
        id: subject.urn(edition),
        title,
        description: subject.description(edition),
        language: edition.code.to_string(),
        direction: edition.direction,
        publisher: edition.title.clone(),
        html_url: subject.html_url(edition, editions)?,
        links,
        updated: items
            .iter()
            .map(|item| item.updated)
            .max()
            .unwrap_or(edition.updated_at),
        items,
    })
}
