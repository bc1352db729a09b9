//! Feeds (RSS 2.0, Atom, JSON Feed 1.1), sitemaps, `robots.txt` and the list of feeds of every
//! edition.
//!
//! | path below `/feeds/{edition}` | answer |
//! |---|---|
//! | `/{rss.xml,atom.xml,feed.json}` | the edition's articles |
//! | `/{category,tag,author}/{slug}/{rss.xml,atom.xml,feed.json}` | the articles of one of them |
//! | `/tag/{namespace}/{slug}/{rss.xml,atom.xml,feed.json}` | the articles of a tag in a namespace |
//! | `/newsletter/{slug}/{rss.xml,atom.xml,feed.json}` | the issues of a newsletter |
//! | `/opml.xml` | the list of these feeds |
//! | `/sitemap.xml`, `/sitemaps/{page}/sitemap.xml`, `/sitemap-news.xml`, `/robots.txt` | for search engines |
//!
//! Feeds link to themselves at this server, and to pages at the edition's base URL. What is for
//! search engines is written for the base URL alone, under which a frontend passes it through.

mod atom;
mod html;
mod items;
mod json_feed;
mod lists;
mod model;
mod opml;
mod outlines;
mod paging;
mod read;
mod robots;
mod rss;
mod sitemap_page;
mod sitemap_xml;
mod sitemaps;
mod subject;
mod xml;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use application::{ActorContext, App};
use axum::{
    Router,
    extract::{Path, RawQuery},
    response::{IntoResponse as _, Response},
    routing::get,
};
use domain::{
    Error, Result,
    editions::{Edition, EditionSet},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use self::{
    items::Items,
    paging::FeedPage,
    read::Format,
    sitemaps::Sitemaps,
    subject::{Subject, SubjectKind},
};
use crate::{
    auth::Caller,
    caching::{Facts, cacheable},
    error::Problem,
};

/// The routes of this folder.
pub(crate) fn router() -> Router<Arc<App>> {
    let router = Router::new()
        .route("/feeds/{edition}/{file}", get(edition_feed))
        .route("/feeds/{edition}/opml.xml", get(opml))
        .route("/feeds/{edition}/robots.txt", get(robots))
        .route("/feeds/{edition}/sitemap.xml", get(sitemap_index))
        .route("/feeds/{edition}/sitemap-news.xml", get(sitemap_news))
        .route("/feeds/{edition}/sitemaps/{page}/sitemap.xml", get(sitemap));
    let router = router.route(
        "/feeds/{edition}/tag/{namespace}/{slug}/{file}",
        get(namespaced_tag_feed),
    );
    SubjectKind::ALL.into_iter().fold(router, |router, kind| {
        let path = format!("/feeds/{{edition}}{}/{{slug}}/{{file}}", kind.folder());
        let handler = async move |Caller(cx): Caller,
                                  Path((edition, slug, file)): Path<(String, String, String)>,
                                  RawQuery(query): RawQuery,
                                  headers: HeaderMap| {
            feed(
                &cx,
                &headers,
                query.as_deref(),
                Address {
                    edition,
                    subject: Some((kind, slug)),
                    file,
                },
            )
            .await
        };
        router.route(&path, get(handler))
    })
}

type Answer = std::result::Result<Response, Problem>;

/// The address of a feed.
struct Address {
    edition: String,
    subject: Option<(SubjectKind, String)>,
    file: String,
}

async fn edition_feed(
    Caller(cx): Caller,
    Path((edition, file)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    feed(
        &cx,
        &headers,
        query.as_deref(),
        Address {
            edition,
            subject: None,
            file,
        },
    )
    .await
}

async fn namespaced_tag_feed(
    Caller(cx): Caller,
    Path((edition, namespace, slug, file)): Path<(String, String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let name = format!("{namespace}/{slug}");
    feed(
        &cx,
        &headers,
        query.as_deref(),
        Address {
            edition,
            subject: Some((SubjectKind::Tag, name)),
            file,
        },
    )
    .await
}

async fn feed(
    cx: &ActorContext,
    headers: &HeaderMap,
    query: Option<&str>,
    address: Address,
) -> Answer {
    let format = Format::of_file(&address.file)
        .ok_or_else(|| Problem::not_found(format_args!("a feed named `{}`", address.file)))?;
    let page = FeedPage::parse(query)?;
    let editions = cx.editions().await?;
    let edition = find(&editions, &address.edition)?;
    let subject = match &address.subject {
        Some((kind, slug)) => match Subject::find(cx, edition, *kind, slug).await {
            Err(absent @ Error::NotFound(_)) => {
                let moved = Subject::find_moved(cx, edition, *kind, slug).await?;
                let moved = moved.ok_or(absent)?;
                return moved_to(cx, &editions, &moved, (&address.file, query));
            }
            found => found?,
        },
        None => Subject::Edition,
    };
    let feed = read::read(
        &Items {
            cx,
            editions: &editions,
            edition,
        },
        &subject,
        format,
        &page,
    )
    .await?;
    let facts = Facts {
        last_modified: Some(feed.updated),
        ..Facts::default()
    };
    Ok(cacheable(
        headers,
        cx.scope(),
        format.content_type(),
        format.render(&feed)?,
        facts,
    ))
}

/// A feed that has another address now: that of the edition its slug stands in.
fn moved_to(
    cx: &ActorContext,
    editions: &EditionSet,
    subject: &Subject,
    (file, query): (&str, Option<&str>),
) -> Answer {
    let edition = subject
        .text_edition()
        .ok_or_else(|| Problem::not_found("a feed"))?;
    let edition = editions.get(edition)?;
    let path = subject.feed_path();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let address = format!(
        "{}/feeds/{}{path}/{file}{query}",
        cx.public_url(),
        edition.code
    );
    let location = HeaderValue::try_from(address).map_err(Error::internal)?;
    let mut response = StatusCode::MOVED_PERMANENTLY.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

async fn opml(
    Caller(cx): Caller,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    FeedPage::refuse(query.as_deref())?;
    let editions = cx.editions().await?;
    let list = outlines::read(&cx, &editions, find(&editions, &code)?).await?;
    Ok(cacheable(
        &headers,
        cx.scope(),
        opml::MEDIA_TYPE,
        opml::render(&list)?,
        Facts::default(),
    ))
}

async fn robots(
    Caller(cx): Caller,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    FeedPage::refuse(query.as_deref())?;
    let editions = cx.editions().await?;
    let text = robots::render(&find(&editions, &code)?.base_url);
    Ok(cacheable(
        &headers,
        cx.scope(),
        robots::MEDIA_TYPE,
        text,
        Facts::default(),
    ))
}

async fn sitemap_index(
    Caller(cx): Caller,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    FeedPage::refuse(query.as_deref())?;
    let editions = cx.editions().await?;
    let urls = Sitemaps {
        cx: &cx,
        editions: &editions,
        edition: find(&editions, &code)?,
    }
    .index()
    .await?;
    Ok(cacheable(
        &headers,
        cx.scope(),
        sitemap_xml::MEDIA_TYPE,
        sitemap_xml::render_index(urls)?,
        Facts::default(),
    ))
}

async fn sitemap(
    Caller(cx): Caller,
    Path((code, page)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    FeedPage::refuse(query.as_deref())?;
    let page = page.parse()?;
    let editions = cx.editions().await?;
    let locations = Sitemaps {
        cx: &cx,
        editions: &editions,
        edition: find(&editions, &code)?,
    }
    .locations(page)
    .await?;
    let facts = Facts {
        last_modified: locations.iter().map(|location| location.modified).max(),
        ..Facts::default()
    };
    Ok(cacheable(
        &headers,
        cx.scope(),
        sitemap_xml::MEDIA_TYPE,
        sitemap_xml::render_urls(locations)?,
        facts,
    ))
}

/// What is in it depends on the time, by at most as much as caches may keep it.
async fn sitemap_news(
    Caller(cx): Caller,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    FeedPage::refuse(query.as_deref())?;
    let editions = cx.editions().await?;
    let edition = find(&editions, &code)?;
    let news = Sitemaps {
        cx: &cx,
        editions: &editions,
        edition,
    }
    .news()
    .await?;
    let xml = sitemap_xml::render_news(&edition.title, edition.code.as_str(), news)?;
    Ok(cacheable(
        &headers,
        cx.scope(),
        sitemap_xml::MEDIA_TYPE,
        xml,
        Facts::default(),
    ))
}

fn find<'a>(editions: &'a EditionSet, code: &str) -> Result<&'a Edition> {
    editions
        .by_code(code)
        .ok_or_else(|| Error::not_found(format_args!("edition `{code}`")))
}
