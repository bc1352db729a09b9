//! The demo's entries. They name each other in circles (links, articles to read next), so articles
//! and pages are made first, and completed when all of them have an id and a path.

use std::{cell::RefCell, collections::HashMap};

use application::{Tx, articles, entries, newsletters, pages};
use domain::{
    Error, Result,
    articles::{ArticleDraft, ContributionDraft, ContributionRole, EntryDraft, SourceCredit},
    body::{Body, DeriveOptions, Format, LinkKind, Source, derive},
    content::{Parts, Seo, Status},
    id::{ArticleId, EntryId, PageId, TranslationGroupId},
    media::FigureDraft,
    newsletters::{IssueDraft, NewsletterDraft, Section},
    pages::PageDraft,
    time::Timestamp,
};

use url::Url;

use super::{
    keys::{Ids, in_edition},
    model::{ArticleHead, Contribution, Figure, PageHead, Section as SectionWords},
    read::{Document, Publication, wrong},
};

/// The work on articles and pages, and what is known so far.
pub(super) struct Entries<'a> {
    demo: &'a Publication,
    /// The ids of all that was made.
    pub(super) ids: Ids,
    /// The group of each key's translations.
    article_groups: HashMap<&'a str, TranslationGroupId>,
    page_groups: HashMap<&'a str, TranslationGroupId>,
    /// Where everything is, by [`in_edition`]; none as long as nobody knows.
    paths: Option<HashMap<String, String>>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(demo: &'a Publication) -> Self {
        Self {
            demo,
            ids: Ids::new(),
            article_groups: HashMap::new(),
            page_groups: HashMap::new(),
            paths: None,
        }
    }

    /// Makes all pages and articles.
    pub(super) async fn make_pages_and_articles(&mut self, tx: &mut Tx) -> Result<()> {
        let pages = self.make_pages(tx).await?;
        let articles = self.make_articles(tx).await?;
        self.paths = Some(self.find_paths(tx).await?);
        self.complete_pages(tx, pages).await?;
        self.complete_articles(tx, articles).await
    }

    async fn make_pages(
        &mut self,
        tx: &mut Tx,
    ) -> Result<Vec<(&'a Document<PageHead>, PageId, PageDraft)>> {
        let (tops, below): (Vec<_>, Vec<_>) = self
            .demo
            .pages
            .iter()
            .partition(|page| page.head.parent.is_none());
        let mut made = Vec::new();
        for document in tops.into_iter().chain(below) {
            if !self.page_groups.contains_key(document.key.as_str()) {
                self.page_groups
                    .insert(&document.key, entries::new_group(tx.cx()));
            }
            let draft = self.page(document)?;
            let id = pages::create_in(tx, &draft).await?;
            self.ids
                .pages
                .insert(&document.file, &document.in_edition(), id)?;
            made.push((document, id, draft));
        }
        Ok(made)
    }

    async fn make_articles(
        &mut self,
        tx: &mut Tx,
    ) -> Result<Vec<(&'a Document<ArticleHead>, ArticleId, ArticleDraft)>> {
        let mut made = Vec::new();
        for document in &self.demo.articles {
            if !self.article_groups.contains_key(document.key.as_str()) {
                self.article_groups
                    .insert(&document.key, entries::new_group(tx.cx()));
            }
            let draft = self.article(document, None)?;
            let id = articles::create_in(tx, &draft).await?;
            self.ids
                .articles
                .insert(&document.file, &document.in_edition(), id)?;
            made.push((document, id, draft));
        }
        Ok(made)
    }

    /// What links to articles and pages say: the path below the host, as the site's own pages link
    /// to each other. Where an article and a page have the same key, the article is meant.
    async fn find_paths(&self, tx: &mut Tx) -> Result<HashMap<String, String>> {
        let mut keys: Vec<(String, EntryId)> = Vec::new();
        for page in &self.demo.pages {
            let id = self.ids.pages.get(&page.file, &page.in_edition())?;
            keys.push((page.in_edition(), id.into()));
        }
        for article in &self.demo.articles {
            let id = self
                .ids
                .articles
                .get(&article.file, &article.in_edition())?;
            keys.push((article.in_edition(), id.into()));
        }
        let ids: Vec<EntryId> = keys.iter().map(|(_, id)| *id).collect();
        let editions = tx.editions().await?;
        let found = tx
            .reader()
            .entries_by_ids(tx.cx().scope(), &ids, Parts::NONE)
            .await?;
        let mut paths = HashMap::new();
        for (key, id) in keys {
            if let Some(content) = found.get(&id) {
                let address = editions
                    .get(content.entry().edition)?
                    .url(&content.entry().path);
                paths.insert(
                    key,
                    Url::parse(&address)
                        .map_err(Error::internal)?
                        .path()
                        .to_owned(),
                );
            }
        }
        Ok(paths)
    }

    /// Gives pages their links.
    async fn complete_pages(
        &self,
        tx: &mut Tx,
        made: Vec<(&Document<PageHead>, PageId, PageDraft)>,
    ) -> Result<()> {
        for (document, id, first) in made {
            let complete = self.page(document)?;
            if complete != first {
                entries::replace_body_in(
                    tx,
                    id.into(),
                    &complete.entry.source,
                    &complete.entry.body,
                )
                .await?;
            }
        }
        Ok(())
    }

    /// Gives articles their links and what to read next. Originals come before their translations,
    /// which remember the version they were made from.
    async fn complete_articles(
        &self,
        tx: &mut Tx,
        made: Vec<(&Document<ArticleHead>, ArticleId, ArticleDraft)>,
    ) -> Result<()> {
        let mut versions: HashMap<ArticleId, i64> = HashMap::new();
        let mut revised: Vec<(ArticleId, ArticleDraft)> = Vec::new();
        let (translations, originals): (Vec<_>, Vec<_>) = made
            .into_iter()
            .partition(|(document, ..)| self.original(document).is_some());
        for (document, id, first) in originals.into_iter().chain(translations) {
            let mut translated_from = None;
            if let Some(original) = self.original(document) {
                let original = self
                    .ids
                    .articles
                    .get(&document.file, &original.in_edition())?;
                translated_from = Some((
                    original.into(),
                    versions.get(&original).copied().unwrap_or(1),
                ));
            }
            let complete = self.article(document, translated_from)?;
            if complete != first {
                articles::update_in(tx, id, Some(1), &complete).await?;
                versions.insert(id, 2);
            }
            if document.head.revised_since_translation {
                revised.push((id, complete));
            }
        }
        for (id, draft) in revised {
            articles::update_in(tx, id, versions.get(&id).copied().or(Some(1)), &draft).await?;
        }
        Ok(())
    }

    /// The article that this one translates, if its byline names a translator: the first in the
    /// order of the editions whose own byline names none.
    fn original(&self, document: &Document<ArticleHead>) -> Option<&'a Document<ArticleHead>> {
        let is_translation = |head: &ArticleHead| {
            head.byline
                .iter()
                .any(|line| line.role == ContributionRole::Translator)
        };
        let mut others = self
            .demo
            .articles
            .iter()
            .filter(|other| other.key == document.key);
        is_translation(&document.head)
            .then(|| others.find(|other| !is_translation(&other.head)))
            .flatten()
    }

    fn page(&self, document: &Document<PageHead>) -> Result<PageDraft> {
        let (file, head) = (document.file.as_str(), &document.head);
        let parent = head
            .parent
            .as_ref()
            .map(|key| {
                self.ids
                    .pages
                    .get(file, &in_edition(key, &document.edition))
            })
            .transpose()?;
        let entry = EntryDraft {
            group: self.page_groups.get(document.key.as_str()).copied(),
            parent: parent.map(Into::into),
            title: head.title.clone(),
            slug: head.slug.clone(),
            excerpt: head.excerpt.clone(),
            ..self.entry(
                file,
                &document.edition,
                head.published_at,
                (head.format, &document.text),
            )?
        };
        Ok(PageDraft {
            entry,
            position: head.position,
        })
    }

    fn article(
        &self,
        document: &Document<ArticleHead>,
        translated_from: Option<(EntryId, i64)>,
    ) -> Result<ArticleDraft> {
        let (file, head) = (document.file.as_str(), &document.head);
        let is_out = matches!(head.status, Status::Published | Status::Archived);
        let entry = EntryDraft {
            group: self.article_groups.get(document.key.as_str()).copied(),
            translated_from,
            title: head.title.clone(),
            slug: head.slug.clone(),
            excerpt: head.excerpt.clone(),
            status: head.status,
            published_at: is_out.then_some(head.published_at),
            is_featured: head.is_featured,
            hero: head
                .hero
                .as_ref()
                .map(|figure| self.figure(file, figure))
                .transpose()?,
            seo: Seo {
                title: head.seo.title.clone(),
                description: head.seo.description.clone(),
                ..Seo::default()
            },
            comments_open: self.comments_open(document),
            ..self.entry(
                file,
                &document.edition,
                head.published_at,
                (head.format, &document.text),
            )?
        };
        let related = if self.paths.is_some() {
            head.related.as_slice()
        } else {
            &[]
        };
        Ok(ArticleDraft {
            entry,
            subtitle: head.subtitle.clone(),
            categories: self.ids.categories.all(file, &head.categories)?,
            tags: self.ids.tags.all(file, &head.tags)?,
            byline: head
                .byline
                .iter()
                .map(|line| self.contribution(file, line))
                .collect::<Result<_>>()?,
            attachments: self
                .ids
                .assets
                .all(file, &head.attachments)?
                .into_iter()
                .map(FigureDraft::plain)
                .collect(),
            galleries: self.ids.galleries.all(file, &head.galleries)?,
            related: related
                .iter()
                .map(|key| {
                    self.ids
                        .articles
                        .get(file, &in_edition(key, &document.edition))
                })
                .collect::<Result<_>>()?,
            source_credit: head.source.clone().map(|source| SourceCredit {
                outlet: source.outlet,
                url: source.url,
                author: source.author,
                published_at: None,
                licence: source.licence,
                language: source.language,
            }),
            post_format: None,
            corrections: Vec::new(),
        })
    }

    fn comments_open(&self, document: &Document<ArticleHead>) -> bool {
        let mut editions = self.demo.editions.iter();
        document.head.comments_open.unwrap_or_else(|| {
            editions
                .any(|edition| edition.code.as_str() == document.edition && edition.comments_open)
        })
    }

    fn contribution(&self, file: &str, line: &Contribution) -> Result<ContributionDraft> {
        let author = line
            .author
            .as_deref()
            .map(|key| self.ids.authors.get(file, key))
            .transpose()?;
        Ok(ContributionDraft {
            role: line.role,
            author,
            name: line.name.clone(),
        })
    }

    fn figure(&self, file: &str, figure: &Figure) -> Result<FigureDraft> {
        Ok(FigureDraft {
            asset: self.ids.assets.get(file, &figure.asset)?,
            caption: figure.caption.clone(),
            alt: figure.alt.clone(),
        })
    }

    /// What all kinds of entry have; the rest is empty.
    fn entry(
        &self,
        file: &str,
        edition: &str,
        published_at: Timestamp,
        (format, text): (Format, &str),
    ) -> Result<EntryDraft> {
        let source = Source {
            format,
            text: text.to_owned(),
        };
        Ok(EntryDraft {
            edition: self.ids.editions.get(file, edition)?,
            group: None,
            translated_from: None,
            parent: None,
            slug: String::new(),
            path: None,
            title: String::new(),
            status: Status::Published,
            published_at: Some(published_at),
            scheduled_at: None,
            is_featured: false,
            owner: None,
            guid: None,
            created_at: Some(published_at),
            updated_at: Some(published_at),
            excerpt: None,
            hero: None,
            seo: Seo::default(),
            comments_open: false,
            custom_fields: domain::fields::CustomFields::new(),
            body: self.body(file, edition, &source)?,
            source,
            private_data: serde_json::Value::Null,
        })
    }

    /// Derives a body; `asset:KEY` becomes the asset's id, `entry:KEY` the path of that article or
    /// page in the same edition.
    fn body(&self, file: &str, edition: &str, source: &Source) -> Result<Body> {
        let lost = RefCell::new(None);
        let resolve = |_kind: LinkKind, address: &str| {
            let (scheme, key) = address.split_once(':')?;
            let found =
                match (scheme, &self.paths) {
                    ("asset", _) => self
                        .ids
                        .assets
                        .get(file, key)
                        .map(|id| format!("asset:{id}")),
                    ("entry", Some(paths)) => paths
                        .get(&in_edition(key, edition))
                        .cloned()
                        .ok_or_else(|| {
                            wrong(
                                file,
                                &format!(
                                    "links to `{key}`, which is not in the edition `{edition}`"
                                ),
                            )
                        }),
                    _ => return None,
                };
            found.map_err(|error| *lost.borrow_mut() = Some(error)).ok()
        };
        let body = derive(
            source,
            &DeriveOptions {
                resolve: Some(&resolve),
                base_url: None,
            },
        );
        lost.into_inner().map_or(Ok(body), Err)
    }

    /// Makes all newsletters and their issues.
    pub(super) async fn make_newsletters(&mut self, tx: &mut Tx) -> Result<()> {
        const FILE: &str = "newsletters.toml";
        for newsletter in &self.demo.newsletters {
            let draft = NewsletterDraft {
                edition: self.ids.editions.get(FILE, &newsletter.edition)?,
                slug: newsletter.slug.clone(),
                title: newsletter.title.clone(),
                description: newsletter.description.clone(),
            };
            let id = newsletters::create_in(tx, &draft).await?;
            self.ids.newsletters.insert(FILE, &newsletter.key, id)?;
        }
        for issue in &self.demo.issues {
            let newsletter = self
                .demo
                .newsletters
                .iter()
                .find(|newsletter| newsletter.key == issue.newsletter);
            let edition = newsletter
                .map(|newsletter| newsletter.edition.as_str())
                .unwrap_or_default();
            let draft = IssueDraft {
                newsletter: self.ids.newsletters.get(FILE, &issue.newsletter)?,
                entry: EntryDraft {
                    title: issue.title.clone(),
                    slug: issue.slug.clone(),
                    ..self.entry(
                        FILE,
                        edition,
                        issue.published_at,
                        (Format::Markdown, &issue.intro),
                    )?
                },
                number: issue.number,
                outro: issue.outro.clone(),
                sections: issue
                    .sections
                    .iter()
                    .map(|section| self.section(FILE, edition, section))
                    .collect::<Result<_>>()?,
                attachments: Vec::new(),
            };
            let id = newsletters::create_issue_in(tx, &draft).await?;
            self.ids.issues.insert(FILE, &issue.key, id)?;
        }
        Ok(())
    }

    fn section(&self, file: &str, edition: &str, section: &SectionWords) -> Result<Section> {
        let mut items = Vec::new();
        for item in &section.items {
            let article = item
                .article
                .as_ref()
                .map(|key| self.ids.articles.get(file, &in_edition(key, edition)))
                .transpose()?;
            items.push(domain::newsletters::SectionItem {
                article,
                title: item.title.clone(),
                summary: item.summary.clone(),
                note: item.note.clone(),
            });
        }
        Ok(Section {
            heading: section.heading.clone(),
            items,
        })
    }
}
