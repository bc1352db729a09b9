//! Articles.

use std::{borrow::Cow, ops::Deref, sync::Arc};

use application::articles;
use async_graphql::{Context, Object, Result, SimpleObject};
use domain::{
    articles::EntryBody,
    content::{ContentKind, Part, Parts},
    id::{CategoryId, EditionId},
};

use super::{
    article_lists::{ArticleConnection, ArticleFilter, ArticleList, ArticleOrder},
    authors::Author,
    body::Body,
    comments::{self, Comment},
    connection::{Connection, Listed, Paging, size},
    context::{Here, excerpt_words, session},
    entries::{self, Entry, EntryArgs, EntryFields, EntryRef, Translation},
    enums::{ContributionRole, View},
    galleries::Gallery,
    loaders::{CorrectionsKey, GalleriesOfEntry, RelatedArticles, Relations, TermKey},
    lookahead,
    media::Figure,
    revisions::{self, Revision},
    scalars::DateTime,
    seo::Seo,
    terms::{Category, Tag, split},
};

pub(crate) mod mutations;
mod steps;

pub(crate) use mutations::ArticleWrites;
pub(crate) use steps::ArticleSteps;

/// How many related articles are read unless a query says otherwise.
const RELATED: i32 = 4;

/// An article. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Article(Arc<ArticleData>);

struct ArticleData {
    fields: EntryFields,
    /// The record, without the parts below.
    article: Arc<domain::articles::Article>,
    terms: Part<(Vec<Category>, Vec<Tag>)>,
    byline: Part<Vec<Contribution>>,
    hero: Part<Option<Figure>>,
    attachments: Part<Vec<Figure>>,
    body: Part<Arc<EntryBody>>,
}

impl From<domain::articles::Article> for Article {
    fn from(mut article: domain::articles::Article) -> Self {
        let edition = article.entry.edition;
        let figure = |figure| Figure::new(figure, edition);
        let terms = map(std::mem::take(&mut article.terms), |terms| {
            split(terms, edition)
        });
        let byline = map(std::mem::take(&mut article.byline), |byline| {
            byline
                .into_iter()
                .map(|contribution| Contribution::new(contribution, edition))
                .collect()
        });
        let hero = map(std::mem::take(&mut article.hero), |hero| hero.map(figure));
        let attachments = map(std::mem::take(&mut article.attachments), |list| {
            list.into_iter().map(figure).collect()
        });
        let body = map(std::mem::take(&mut article.body), Arc::new);
        let article = Arc::new(article);
        Self(Arc::new(ArticleData {
            fields: EntryFields::Article(Arc::clone(&article)),
            article,
            terms,
            byline,
            hero,
            attachments,
            body,
        }))
    }
}

/// Turns a part that was read into something else.
pub(crate) fn map<T, U>(part: Part<T>, f: impl FnOnce(T) -> U) -> Part<U> {
    part.into_loaded()
        .map_or(Part::Absent, |value| Part::Loaded(f(value)))
}

impl Deref for Article {
    type Target = EntryFields;
    fn deref(&self) -> &EntryFields {
        &self.0.fields
    }
}

impl Listed for Article {
    const CONNECTION: &'static str = "ArticleConnection";
    const EDGE: &'static str = "ArticleEdge";
}

impl Article {
    /// The excerpt, at most so many words of it.
    pub(crate) fn plain_excerpt(&self, max_words: Option<usize>) -> String {
        self.0.article.excerpt(max_words)
    }

    /// The main picture.
    pub(crate) async fn main_picture(&self, session: Here<'_>) -> Result<Option<Figure>> {
        self.0.fields.hero(session, &self.0.hero).await
    }

    /// The byline in the domain's words.
    pub(crate) async fn contributions(
        &self,
        session: Here<'_>,
    ) -> Result<Vec<domain::articles::Contribution>> {
        Ok(self
            .contributors(session)
            .await?
            .iter()
            .map(Contribution::to_domain)
            .collect())
    }

    async fn contributors(&self, session: Here<'_>) -> Result<Cow<'_, Vec<Contribution>>> {
        match &self.0.byline {
            Part::Loaded(byline) => Ok(Cow::Borrowed(byline)),
            Part::Absent => Ok(Cow::Owned(
                self.related_to(session, Parts::BYLINE)
                    .await?
                    .map(|relations| relations.byline.clone())
                    .unwrap_or_default(),
            )),
        }
    }

    /// What was put right in it, in the domain's words.
    pub(crate) async fn noted_corrections(
        &self,
        session: Here<'_>,
    ) -> Result<Cow<'_, [domain::articles::Correction]>> {
        match &self.0.article.corrections {
            Part::Loaded(corrections) => Ok(Cow::Borrowed(corrections)),
            Part::Absent => {
                let key = CorrectionsKey(self.entry().id);
                let found = session.load(key).await?;
                Ok(Cow::Owned(found.unwrap_or_default()))
            }
        }
    }

    async fn related_to(&self, session: Here<'_>, parts: Parts) -> Result<Option<Arc<Relations>>> {
        self.0.fields.relations(session, parts).await
    }

    /// The primary category among those that were read, or alone.
    async fn primary(&self, session: Here<'_>, id: CategoryId) -> Result<Option<Category>> {
        if let Part::Loaded((categories, _)) = &self.0.terms
            && let Some(category) = categories.iter().find(|category| category.is(id))
        {
            return Ok(Some(category.clone()));
        }
        let edition = self.entry().edition;
        Ok(session
            .load(TermKey {
                id: id.into(),
                edition,
            })
            .await?
            .map(|term| Category::new(term, edition)))
    }
}

/// A dated piece of writing.
#[Object]
impl Article {
    #[graphql(flatten)]
    async fn shared(&self) -> &EntryFields {
        &self.0.fields
    }

    /// All versions of it in the languages of the site, itself included, in the order of the
    /// editions. What the caller may not read is left out.
    pub(crate) async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<Translation>> {
        self.0.fields.versions(session(ctx)?).await
    }

    /// The line below the headline.
    async fn subtitle(&self) -> Option<&str> {
        self.0.article.subtitle.as_deref()
    }

    /// The author's own excerpt, else the first words of the body; plain text.
    async fn excerpt(
        &self,
        #[graphql(
            desc = "At most so many words: 0 to 1000. Default: all of the author's own excerpt, or 55 of the body."
        )]
        max_words: Option<i32>,
    ) -> Result<String> {
        Ok(self.plain_excerpt(excerpt_words(max_words)?))
    }

    /// The body.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        self.0.fields.body(session(ctx)?, &self.0.body).await
    }

    /// How long it takes to read, in minutes.
    async fn reading_time_minutes(&self) -> i64 {
        self.0.article.reading_time_minutes
    }

    /// How many words its body has.
    async fn word_count(&self) -> i64 {
        self.0.article.word_count
    }

    /// Who made it, in order.
    async fn byline(&self, ctx: &Context<'_>) -> Result<Cow<'_, Vec<Contribution>>> {
        self.contributors(session(ctx)?).await
    }

    /// Where it was first published, if elsewhere.
    async fn source(&self) -> Option<Source> {
        self.0.article.source.as_ref().map(Source::from)
    }

    /// The main picture.
    async fn hero(&self, ctx: &Context<'_>) -> Result<Option<Cow<'_, Figure>>> {
        match &self.0.hero {
            Part::Loaded(hero) => Ok(hero.as_ref().map(Cow::Borrowed)),
            Part::Absent => Ok(self.main_picture(session(ctx)?).await?.map(Cow::Owned)),
        }
    }

    /// The category its address is made from.
    async fn primary_category(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        match self.0.article.primary_category {
            Some(id) => self.primary(session(ctx)?, id).await,
            None => Ok(None),
        }
    }

    /// Its categories, in its own order.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Cow<'_, Vec<Category>>> {
        match &self.0.terms {
            Part::Loaded((categories, _)) => Ok(Cow::Borrowed(categories)),
            Part::Absent => {
                let relations = self.related_to(session(ctx)?, Parts::TERMS).await?;
                Ok(Cow::Owned(
                    relations
                        .map(|relations| relations.categories.clone())
                        .unwrap_or_default(),
                ))
            }
        }
    }

    /// Its tags, in its own order.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Cow<'_, Vec<Tag>>> {
        match &self.0.terms {
            Part::Loaded((_, tags)) => Ok(Cow::Borrowed(tags)),
            Part::Absent => {
                let relations = self.related_to(session(ctx)?, Parts::TERMS).await?;
                Ok(Cow::Owned(
                    relations
                        .map(|relations| relations.tags.clone())
                        .unwrap_or_default(),
                ))
            }
        }
    }

    /// Files attached to it, in order.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Figure>> {
        self.0
            .fields
            .attachments(session(ctx)?, &self.0.attachments)
            .await
    }

    /// What was put right in it: dated notices, the oldest first.
    async fn corrections(&self, ctx: &Context<'_>) -> Result<Vec<Correction>> {
        let corrections = self.noted_corrections(session(ctx)?).await?;
        Ok(corrections.iter().map(Correction::from).collect())
    }

    /// Its galleries, in order.
    async fn galleries(&self, ctx: &Context<'_>) -> Result<Vec<Gallery>> {
        let entry = self.entry();
        if let Some(leads) = &self.0.article.leads {
            let own = [(entry.id, entry.edition, &**leads)];
            let mut found = application::entries::galleries_of(session(ctx)?.cx(), &own).await?;
            let galleries = found.remove(&entry.id).unwrap_or_default().into_iter();
            return Ok(galleries
                .map(|gallery| Gallery::new(gallery, entry.edition))
                .collect());
        }
        Ok(session(ctx)?
            .load(GalleriesOfEntry {
                id: entry.id,
                edition: entry.edition,
            })
            .await?
            .unwrap_or_default())
    }

    /// Articles of the same edition to read next: those an editor chose, then those that share
    /// most categories and tags with it.
    async fn related(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most: 0 to 100.", default_with = "Some(RELATED)")]
        first: Option<i32>,
    ) -> Result<Vec<Article>> {
        let key = RelatedArticles {
            id: self.0.article.id(),
            first: size(first.unwrap_or(RELATED))?,
            parts: lookahead::entry_parts(ctx),
        };
        if let Some(leads) = &self.0.article.leads {
            let to = [(key.id, Some(&**leads))];
            let session = session(ctx)?;
            let found = articles::related_to(session.cx(), &to, key.first, key.parts);
            let mut found = found.await?;
            let related = found.remove(&key.id).unwrap_or_default();
            return Ok(related.into_iter().map(Article::from).collect());
        }
        Ok(session(ctx)?.load(key).await?.unwrap_or_default())
    }

    /// The comments readers wrote under it, without the answers to them, the oldest first.
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
    ) -> Result<Connection<Comment>> {
        comments::under(ctx, self.entry().id, Paging::forward(first, after)).await
    }

    /// How many comments it has, answers included.
    async fn comment_count(&self) -> i64 {
        self.0.article.comment_count
    }

    /// Whether readers may comment.
    async fn comments_open(&self) -> bool {
        self.0.article.comments_open
    }

    /// Texts for search engines and link previews.
    async fn seo(&self, ctx: &Context<'_>) -> Result<Seo> {
        self.0
            .fields
            .seo(
                session(ctx)?,
                &self.0.article.seo,
                Entry::Article(self.clone()),
            )
            .await
    }

    /// What it was before each save, the newest first. Only for those who may change it; empty for others.
    async fn revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
    ) -> Result<Connection<Revision>> {
        revisions::list(ctx, self.entry(), Paging::forward(first, after)).await
    }

    /// How it is to be shown, as WordPress calls it: `gallery`, `video`, `quote`.
    async fn post_format(&self) -> Option<&str> {
        self.0.article.post_format.as_deref()
    }
}

/// One name in a byline.
#[derive(Clone)]
pub(crate) struct Contribution {
    role: ContributionRole,
    author: Option<Author>,
    name: Option<String>,
}

impl Contribution {
    /// A contribution to an entry of an edition.
    pub(crate) fn new(contribution: domain::articles::Contribution, requested: EditionId) -> Self {
        let domain::articles::Contribution { role, author, name } = contribution;
        Self {
            role: role.into(),
            author: author.map(|author| Author::new(author, requested)),
            name,
        }
    }

    fn to_domain(&self) -> domain::articles::Contribution {
        domain::articles::Contribution {
            role: self.role.into(),
            author: self.author.as_ref().map(Author::to_domain),
            name: self.name.clone(),
        }
    }
}

/// One name in a byline: a profile, or a name alone.
#[Object]
impl Contribution {
    /// What they did.
    async fn role(&self) -> ContributionRole {
        self.role
    }

    /// The name to show.
    async fn name(&self) -> &str {
        let profile = self.author.as_ref().map(Author::display_name);
        self.name.as_deref().or(profile).unwrap_or_default()
    }

    /// Their profile, if they have one.
    async fn author(&self) -> Option<&Author> {
        self.author.as_ref()
    }
}

/// A dated notice that something in an article was wrong and is put right.
#[derive(SimpleObject)]
pub(crate) struct Correction {
    /// When it was put right.
    at: DateTime,
    /// What was wrong and what is right, plain text.
    text: String,
}

impl From<&domain::articles::Correction> for Correction {
    fn from(correction: &domain::articles::Correction) -> Self {
        Self {
            at: DateTime(correction.at),
            text: correction.text.clone(),
        }
    }
}

/// Where a piece was first published.
#[derive(SimpleObject)]
pub(crate) struct Source {
    /// The outlet.
    outlet: Option<String>,
    /// Its address there.
    url: Option<String>,
    /// Its author there.
    author: Option<String>,
    /// When it appeared there.
    published_at: Option<DateTime>,
    /// Under what licence it is used.
    licence: Option<String>,
    /// Its language there (BCP 47).
    language: Option<String>,
}

impl From<&domain::articles::SourceCredit> for Source {
    fn from(source: &domain::articles::SourceCredit) -> Self {
        let domain::articles::SourceCredit {
            outlet,
            url,
            author,
            published_at,
            licence,
            language,
        } = source.clone();
        Self {
            outlet,
            url,
            author,
            published_at: published_at.map(DateTime),
            licence,
            language,
        }
    }
}

/// A month with published articles.
#[derive(SimpleObject)]
pub(crate) struct ArchiveMonth {
    /// The year, UTC.
    year: i32,
    /// The month, 1 to 12.
    month: u32,
    /// How many articles were published in it.
    count: u64,
}

/// The root fields about articles.
#[derive(Default)]
pub(crate) struct ArticleQueries;

#[Object]
impl ArticleQueries {
    /// One article.
    async fn article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: EntryRef,
        #[graphql(
            desc = "Code of the edition its slug or path stands in; the default edition if absent. With an id: asks for the translation in this edition."
        )]
        edition: Option<String>,
        #[graphql(
            desc = "With an id and an edition: whether an edition that stands in for it will do.",
            default_with = "Some(false)"
        )]
        fallback: Option<bool>,
        #[graphql(desc = "Which state of it.", default_with = "Some(View::Live)")] view: Option<
            View,
        >,
        #[graphql(
            desc = "As it was at this time; what it leads to is as it is today. For those who may change it. Null if there was none yet."
        )]
        as_of: Option<DateTime>,
    ) -> Result<Option<Article>> {
        let args = EntryArgs {
            by,
            edition,
            fallback: fallback.unwrap_or_default(),
            view: view.unwrap_or_default(),
            as_of: as_of.map(|DateTime(at)| at),
        };
        let found = entries::one(ctx, ContentKind::Article, args).await?;
        let found = found.map(domain::articles::Article::try_from);
        Ok(found.transpose()?.map(Article::from))
    }

    /// The articles, the newest first unless ordered otherwise.
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(desc = "Code of their edition. All editions if absent.")] edition: Option<String>,
        #[graphql(desc = "Only those that match.")] filter: Option<ArticleFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<ArticleOrder>,
    ) -> Result<ArticleConnection> {
        let edition = session(ctx)?.list_edition(edition.as_deref());
        ArticleList {
            edition,
            filter,
            order: order_by,
            paging: Paging::new(first, after, last, before),
        }
        .all(ctx)
        .await
    }

    /// The months with published articles, the newest first.
    async fn archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the edition.")] edition: String,
    ) -> Result<Vec<ArchiveMonth>> {
        let session = session(ctx)?;
        let edition = session.edition_id(Some(&edition))?;
        let months = articles::archive(session.cx(), edition).await?;
        Ok(months
            .into_iter()
            .map(|month| ArchiveMonth {
                year: month.year,
                month: month.month,
                count: month.count,
            })
            .collect())
    }
}
