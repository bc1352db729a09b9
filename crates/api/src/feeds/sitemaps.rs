//! What goes into an edition's sitemaps. The addresses are written with the edition's own base URL,
//! because a sitemap may only name addresses of the site it stands on: a frontend passes
//! `{base}/sitemap.xml`, `{base}/sitemap-news.xml` and `{base}/sitemaps/{page}/sitemap.xml` through
//! to `/feeds/{edition}/…` here.

use std::collections::HashMap;

use application::{ActorContext, articles, authors, entries, media, newsletters, terms};
use chrono::TimeDelta;
use domain::{
    Result,
    authors::{Author, AuthorQuery},
    content::{
        Content, ContentKind, Entry, EntryFilter, EntryQuery, Parts, Seo, Status, TimeRange,
    },
    editions::{Edition, EditionSet},
    id::{EditionId, TranslationGroupId},
    media::AssetKind,
    paging::PageArgs,
    terms::{Taxonomy, Term, TermQuery},
};

use super::{
    lists::Batches,
    sitemap_page::SitemapPage,
    sitemap_xml::{ANY_LANGUAGE, Location, MAX_NEWS, MAX_URLS, NewsArticle},
};

/// How long an article is news.
const NEWS_HOURS: i64 = 48;

/// Reads what an edition's sitemaps are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sitemaps<'a> {
    /// Who asks.
    pub cx: &'a ActorContext,
    /// All editions.
    pub editions: &'a EditionSet,
    /// The edition.
    pub edition: &'a Edition,
}

impl Sitemaps<'_> {
    /// The addresses of all sitemaps, under the edition's base URL: what has no date first, then
    /// the months, as the archive lists them.
    pub(super) async fn index(&self) -> Result<Vec<String>> {
        let mut pages = Vec::new();
        for page in SitemapPage::TIMELESS {
            if self.has_any(page).await? {
                pages.push(page);
            }
        }
        let days = articles::archive_days(self.cx, self.edition.id).await?;
        for (page, has_listed) in SitemapPage::of_archive(&days) {
            if has_listed || self.has_any(page).await? {
                pages.push(page);
            }
        }
        Ok(pages
            .into_iter()
            .map(|page| self.edition.url(&format!("/sitemaps/{page}/sitemap.xml")))
            .collect())
    }

    /// Whether a sitemap would name anything. The front page always is there.
    async fn has_any(&self, page: SitemapPage) -> Result<bool> {
        match page {
            SitemapPage::Pages => Ok(true),
            SitemapPage::Month(_) | SitemapPage::Day(_) => {
                self.has_listed(&self.articles_of(page)).await
            }
            SitemapPage::Issues => self.has_listed(&self.query(ContentKind::Issue)).await,
            SitemapPage::Newsletters => {
                let args = PageArgs::first(1);
                let page = newsletters::list(self.cx, Some(self.edition.id), &args).await?;
                Ok(!page.edges.is_empty())
            }
            SitemapPage::Terms(taxonomy) => self.has_terms(&plain_terms(taxonomy)).await,
            SitemapPage::Authors => self.has_authors().await,
        }
    }

    /// Whether search engines may show an entry of a list.
    async fn has_listed(&self, query: &EntryQuery) -> Result<bool> {
        let mut batches = Batches::new();
        while let Some(args) = batches.next() {
            let page = entries::list(self.cx, query, &args, Parts::SEO).await?;
            let is_listed = |content: &Content| self.is_listed(content.entry(), seo_of(content));
            if page.nodes().any(is_listed) {
                return Ok(true);
            }
            batches.note(&page);
        }
        Ok(false)
    }

    /// Whether a term has texts of this edition.
    async fn has_terms(&self, query: &TermQuery) -> Result<bool> {
        let edition = self.edition.id;
        let mut batches = Batches::new();
        while let Some(args) = batches.next() {
            let page = terms::list(self.cx, query, edition, &args).await?;
            if page.nodes().any(|term| term.text.edition == edition) {
                return Ok(true);
            }
            batches.note(&page);
        }
        Ok(false)
    }

    /// Whether an author has texts of this edition.
    async fn has_authors(&self) -> Result<bool> {
        let edition = self.edition.id;
        let mut batches = Batches::new();
        while let Some(args) = batches.next() {
            let page = authors::list(self.cx, &AuthorQuery::default(), edition, &args).await?;
            if page.nodes().any(|author| author.text.edition == edition) {
                return Ok(true);
            }
            batches.note(&page);
        }
        Ok(false)
    }

    /// What one sitemap names.
    pub(super) async fn locations(&self, page: SitemapPage) -> Result<Vec<Location>> {
        match page {
            SitemapPage::Month(_) | SitemapPage::Day(_) => {
                self.entries(&self.articles_of(page)).await
            }
            SitemapPage::Pages => {
                let mut locations = vec![self.front_page().await?];
                // A page may stand for the front page itself.
                locations.extend(
                    self.entries(&self.query(ContentKind::Page))
                        .await?
                        .into_iter()
                        .filter(|page| page.url != self.edition.url("/")),
                );
                Ok(locations)
            }
            SitemapPage::Issues => self.entries(&self.query(ContentKind::Issue)).await,
            SitemapPage::Newsletters => self.newsletters().await,
            SitemapPage::Terms(taxonomy) => self.terms(&plain_terms(taxonomy)).await,
            SitemapPage::Authors => self.authors().await,
        }
    }

    /// The articles of the last two days, the newest first.
    pub(super) async fn news(&self) -> Result<Vec<NewsArticle>> {
        let mut query = self.query(ContentKind::Article);
        let now = self.cx.now();
        query.filter.published_at = Some(TimeRange {
            gte: Some(now - TimeDelta::hours(NEWS_HOURS)),
            lte: Some(now),
            ..TimeRange::default()
        });
        let mut news = Vec::new();
        let mut batches = Batches::new();
        while let Some(args) = batches.next() {
            let page = articles::list(self.cx, &query, &args, Parts::SEO).await?;
            batches.note(&page);
            let listed = page
                .nodes()
                .filter(|article| self.is_listed(&article.entry, article.seo.loaded()));
            news.extend(listed.map(|article| NewsArticle {
                url: self.url(&article.entry),
                title: article.entry.title.clone(),
                published: article.entry.published_at.unwrap_or(article.entry.sort_at),
            }));
            if news.len() >= MAX_NEWS {
                break;
            }
        }
        Ok(news)
    }

    /// Published entries of the edition: an editor's sitemaps show no drafts either.
    fn query(&self, kind: ContentKind) -> EntryQuery {
        let filter = EntryFilter {
            status: published_only(self.cx),
            ..EntryFilter::default()
        };
        EntryQuery {
            edition: Some(self.edition.id),
            filter,
            ..EntryQuery::all(kind)
        }
    }

    /// The published articles of a month or a day.
    fn articles_of(&self, page: SitemapPage) -> EntryQuery {
        let mut query = self.query(ContentKind::Article);
        query.filter.published_at = page.published_in();
        query
    }

    /// The front page, and those of the other editions as its translations. It shows the newest
    /// article, so it changes with it.
    async fn front_page(&self) -> Result<Location> {
        let query = self.query(ContentKind::Article);
        let newest = articles::list(self.cx, &query, &PageArgs::first(1), Parts::NONE).await?;
        let published = newest
            .nodes()
            .filter_map(|article| article.entry.published_at)
            .find(|at| *at <= self.cx.now());
        let fronts = self
            .editions
            .all()
            .iter()
            .map(|edition| (edition.id, edition.url("/")));
        Ok(Location {
            url: self.edition.url("/"),
            modified: published.map_or(self.edition.updated_at, |at| {
                at.max(self.edition.updated_at)
            }),
            alternates: self.alternates(&fronts.collect()),
            image: None,
        })
    }

    async fn entries(&self, query: &EntryQuery) -> Result<Vec<Location>> {
        let mut locations = Vec::new();
        let mut batches = Batches::new();
        while let Some(args) = batches.next() {
            let page = entries::list(self.cx, query, &args, Parts::HERO.with(Parts::SEO)).await?;
            batches.note(&page);
            let listed: Vec<Content> = page
                .into_nodes()
                .into_iter()
                .filter(|content| self.is_listed(content.entry(), seo_of(content)))
                .collect();
            let groups: Vec<TranslationGroupId> =
                listed.iter().map(|content| content.entry().group).collect();
            let translations = entries::translations(self.cx, &groups, Parts::SEO).await?;
            locations.extend(listed.iter().map(|content| {
                let entry = content.entry();
                let members = translations
                    .get(&entry.group)
                    .into_iter()
                    .flatten()
                    .map(|translation| &translation.content);
                let addresses = members
                    .filter(|member| member.entry().status == Status::Published)
                    .filter(|member| self.is_listed(member.entry(), seo_of(member)))
                    .map(|member| (member.entry().edition, self.url(member.entry())));
                Location {
                    url: self.url(entry),
                    modified: entry.updated_at,
                    alternates: self.alternates(&addresses.collect()),
                    image: self.image_of(content),
                }
            }));
            if locations.len() >= MAX_URLS {
                break;
            }
        }
        Ok(locations)
    }

    async fn terms(&self, query: &TermQuery) -> Result<Vec<Location>> {
        let mut locations = Vec::new();
        let mut batches = Batches::new();
        while let Some(args) = batches.next() {
            let page = terms::list(self.cx, query, self.edition.id, &args).await?;
            batches.note(&page);
            let listed: Vec<Term> = page
                .into_nodes()
                .into_iter()
                .filter(|term| term.text.edition == self.edition.id)
                .collect();
            let ids: Vec<_> = listed.iter().map(|term| term.id).collect();
            let texts = terms::texts(self.cx, &ids).await?;
            locations.extend(listed.iter().map(|term| {
                let addresses = texts
                    .get(&term.id)
                    .into_iter()
                    .flatten()
                    .filter_map(|text| {
                        let path = terms::text_path(self.editions, term, text);
                        Some((
                            text.edition,
                            self.editions.get(text.edition).ok()?.url(&path),
                        ))
                    });
                let url = self.edition.url(&terms::path(self.editions, term));
                Location {
                    url,
                    modified: term.updated_at,
                    alternates: self.alternates(&addresses.collect()),
                    image: None,
                }
            }));
            if locations.len() >= MAX_URLS {
                break;
            }
        }
        Ok(locations)
    }

    async fn authors(&self) -> Result<Vec<Location>> {
        let mut locations = Vec::new();
        let mut batches = Batches::new();
        while let Some(args) = batches.next() {
            let page =
                authors::list(self.cx, &AuthorQuery::default(), self.edition.id, &args).await?;
            batches.note(&page);
            let listed: Vec<Author> = page
                .into_nodes()
                .into_iter()
                .filter(|author| author.text.edition == self.edition.id)
                .collect();
            let ids: Vec<_> = listed.iter().map(|author| author.id).collect();
            let texts = authors::texts(self.cx, &ids).await?;
            locations.extend(listed.iter().map(|author| {
                let addresses = texts
                    .get(&author.id)
                    .into_iter()
                    .flatten()
                    .filter_map(|text| {
                        let path = authors::text_path(self.editions, text);
                        Some((
                            text.edition,
                            self.editions.get(text.edition).ok()?.url(&path),
                        ))
                    });
                let url = self.edition.url(&authors::path(self.editions, author));
                Location {
                    url,
                    modified: author.updated_at,
                    alternates: self.alternates(&addresses.collect()),
                    image: None,
                }
            }));
            if locations.len() >= MAX_URLS {
                break;
            }
        }
        Ok(locations)
    }

    async fn newsletters(&self) -> Result<Vec<Location>> {
        let mut locations = Vec::new();
        let mut batches = Batches::new();
        while let Some(args) = batches.next() {
            let page = newsletters::list(self.cx, Some(self.edition.id), &args).await?;
            locations.extend(page.nodes().map(|newsletter| {
                Location {
                    url: self
                        .edition
                        .url(&newsletters::path(self.editions, newsletter)),
                    modified: newsletter.updated_at,
                    alternates: Vec::new(),
                    image: None,
                }
            }));
            batches.note(&page);
            if locations.len() >= MAX_URLS {
                break;
            }
        }
        Ok(locations)
    }

    /// The same thing in all its languages, its own included, and in the one for readers of none
    /// of them. What stands in one language only has no alternates.
    fn alternates(&self, addresses: &HashMap<EditionId, String>) -> Vec<(String, String)> {
        if addresses.len() < 2 {
            return Vec::new();
        }
        let of = |edition: &Edition, language: &str| {
            addresses
                .get(&edition.id)
                .map(|url| (language.to_owned(), url.clone()))
        };
        let default = self
            .editions
            .default_edition()
            .ok()
            .and_then(|edition| of(edition, ANY_LANGUAGE));
        self.editions
            .all()
            .iter()
            .filter_map(|edition| of(edition, edition.code.as_str()))
            .chain(default)
            .collect()
    }

    /// Whether search engines are to find an entry here: not if it says so, nor if its original
    /// stands elsewhere.
    fn is_listed(&self, entry: &Entry, seo: Option<&Seo>) -> bool {
        let Some(seo) = seo else { return true };
        !seo.noindex
            && seo
                .canonical_url
                .as_ref()
                .is_none_or(|canonical| *canonical == self.url(entry))
    }

    fn url(&self, entry: &Entry) -> String {
        self.editions
            .get(entry.edition)
            .unwrap_or(self.edition)
            .url(&entry.path)
    }

    fn image_of(&self, content: &Content) -> Option<String> {
        let hero = match content {
            Content::Article(article) => &article.hero,
            Content::Page(page) => &page.hero,
            Content::Issue(issue) => &issue.hero,
        };
        let figure = hero.loaded()?.as_ref()?;
        (figure.asset.kind == AssetKind::Image).then(|| media::url(self.cx, &figure.asset))
    }
}

/// The condition that keeps drafts out for those who may read them; others cannot see any.
pub(super) fn published_only(cx: &ActorContext) -> Option<Vec<Status>> {
    (!cx.scope().is_public()).then(|| vec![Status::Published])
}

fn seo_of(content: &Content) -> Option<&Seo> {
    match content {
        Content::Article(article) => article.seo.loaded(),
        Content::Page(page) => page.seo.loaded(),
        Content::Issue(issue) => issue.seo.loaded(),
    }
}

/// Categories, or tags outside of namespaces.
pub(super) fn plain_terms(taxonomy: Taxonomy) -> TermQuery {
    TermQuery {
        namespace: Some(String::new()),
        ..TermQuery::all(taxonomy)
    }
}
