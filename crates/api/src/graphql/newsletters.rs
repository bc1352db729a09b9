//! Newsletters and their issues.

use std::{borrow::Cow, ops::Deref, sync::Arc};

use application::newsletters::{self, NewsletterGet};
use async_graphql::{Context, ID, Object, Result};
use domain::{
    articles::EntryBody,
    content::{ContentKind, EntryFilter, EntryOrder, EntryQuery, Part},
    id::EditionId,
    newsletters::Section as DomainSection,
};

use super::{
    articles::{Article, map},
    body::Body,
    comments::{self, Comment},
    connection::{Connection, Listed, Paging},
    context::{Here, both, parse_id, session},
    editions::Edition,
    entries::{self, Entry, EntryArgs, EntryFields, EntryRef, RecordRef, Translation},
    entry_lists,
    enums::View,
    filters::{self, IssueFilter, IssueOrder},
    loaders::{EntryKey, NewsletterKey, SectionsKey},
    lookahead,
    media::Figure,
    revisions::{self, Revision},
    scalars::DateTime,
    seo::Seo,
};

pub(crate) mod mutations;
pub(crate) mod series;
mod steps;

pub(crate) use mutations::IssueWrites;
pub(crate) use series::NewsletterMutations;
pub(crate) use steps::IssueSteps;

/// A named series of issues. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Newsletter(Arc<domain::newsletters::Newsletter>);

impl From<domain::newsletters::Newsletter> for Newsletter {
    fn from(newsletter: domain::newsletters::Newsletter) -> Self {
        Self(Arc::new(newsletter))
    }
}

impl Listed for Newsletter {
    const CONNECTION: &'static str = "NewsletterConnection";
    const EDGE: &'static str = "NewsletterEdge";
}

/// A named series of issues in one edition.
#[Object]
impl Newsletter {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its edition.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.0.edition)?)
    }

    /// Its slug, unique per edition.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its name.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What it is about.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The path of its archive in its edition; begins with `/`.
    async fn path(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(newsletters::path(&session(ctx)?.edition_set(), &self.0))
    }

    /// The absolute address of its archive at the frontend of its edition.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        let session = session(ctx)?;
        let editions = &session.edition_set();
        Ok(editions
            .get(self.0.edition)?
            .url(&newsletters::path(editions, &self.0)))
    }

    /// Its issues, the newest first unless ordered otherwise.
    async fn issues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(desc = "In which order.")] order_by: Option<IssueOrder>,
    ) -> Result<Connection<Issue>> {
        let filter = EntryFilter {
            newsletter: Some(self.0.id),
            ..EntryFilter::default()
        };
        list_issues(
            ctx,
            Ok((Some(self.0.edition), filter)),
            order_by,
            Paging::new(first, after, last, before),
        )
        .await
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// A numbered issue. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Issue(Arc<IssueData>);

struct IssueData {
    fields: EntryFields,
    /// The record, without the parts below.
    issue: Arc<domain::newsletters::Issue>,
    hero: Part<Option<Figure>>,
    attachments: Part<Vec<Figure>>,
    sections: Part<Arc<Vec<DomainSection>>>,
    body: Part<Arc<EntryBody>>,
}

impl From<domain::newsletters::Issue> for Issue {
    fn from(mut issue: domain::newsletters::Issue) -> Self {
        let edition = issue.entry.edition;
        let figure = |figure| Figure::new(figure, edition);
        let hero = map(std::mem::take(&mut issue.hero), |hero| hero.map(figure));
        let attachments = map(std::mem::take(&mut issue.attachments), |list| {
            list.into_iter().map(figure).collect()
        });
        let sections = map(std::mem::take(&mut issue.sections), Arc::new);
        let body = map(std::mem::take(&mut issue.body), Arc::new);
        let issue = Arc::new(issue);
        Self(Arc::new(IssueData {
            fields: EntryFields::Issue(Arc::clone(&issue)),
            issue,
            hero,
            attachments,
            sections,
            body,
        }))
    }
}

impl Deref for Issue {
    type Target = EntryFields;
    fn deref(&self) -> &EntryFields {
        &self.0.fields
    }
}

impl Listed for Issue {
    const CONNECTION: &'static str = "IssueConnection";
    const EDGE: &'static str = "IssueEdge";
}

impl Issue {
    /// The main picture.
    pub(crate) async fn main_picture(&self, session: Here<'_>) -> Result<Option<Figure>> {
        self.0.fields.hero(session, &self.0.hero).await
    }
}

/// A numbered issue of a newsletter: an intro, sections, closing words.
#[Object]
impl Issue {
    #[graphql(flatten)]
    async fn shared(&self) -> &EntryFields {
        &self.0.fields
    }

    /// All versions of it in the languages of the site, itself included, in the order of the
    /// editions. What the caller may not read is left out.
    pub(crate) async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<Translation>> {
        self.0.fields.versions(session(ctx)?).await
    }

    /// The series it belongs to.
    async fn newsletter(&self, ctx: &Context<'_>) -> Result<Option<Newsletter>> {
        Ok(session(ctx)?
            .load(NewsletterKey(self.0.issue.newsletter))
            .await?)
    }

    /// Its number in the series.
    async fn number(&self) -> i64 {
        self.0.issue.number
    }

    /// The intro.
    async fn body(&self, ctx: &Context<'_>) -> Result<Body> {
        self.0.fields.body(session(ctx)?, &self.0.body).await
    }

    /// The main picture.
    async fn hero(&self, ctx: &Context<'_>) -> Result<Option<Cow<'_, Figure>>> {
        match &self.0.hero {
            Part::Loaded(hero) => Ok(hero.as_ref().map(Cow::Borrowed)),
            Part::Absent => Ok(self.main_picture(session(ctx)?).await?.map(Cow::Owned)),
        }
    }

    /// What is in it, in order.
    async fn sections(&self, ctx: &Context<'_>) -> Result<Vec<Section>> {
        let sections = match &self.0.sections {
            Part::Loaded(sections) => Arc::clone(sections),
            Part::Absent => session(ctx)?
                .load(SectionsKey(self.0.issue.id()))
                .await?
                .unwrap_or_default(),
        };
        Ok(sections.iter().cloned().map(Section).collect())
    }

    /// Closing words, Markdown.
    async fn outro(&self) -> Option<&str> {
        self.0.issue.outro.as_deref()
    }

    /// Files attached to it, in order.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Figure>> {
        self.0
            .fields
            .attachments(session(ctx)?, &self.0.attachments)
            .await
    }

    /// Texts for search engines and link previews.
    async fn seo(&self, ctx: &Context<'_>) -> Result<Seo> {
        self.0
            .fields
            .seo(session(ctx)?, &self.0.issue.seo, Entry::Issue(self.clone()))
            .await
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

    /// What it was before each save, the newest first. Only for those who may change it; empty for others.
    async fn revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
    ) -> Result<Connection<Revision>> {
        revisions::list(ctx, self.entry(), Paging::forward(first, after)).await
    }
}

/// A part of an issue.
pub(crate) struct Section(DomainSection);

/// A part of an issue.
#[Object]
impl Section {
    /// Its heading.
    async fn heading(&self) -> Option<&str> {
        self.0.heading.as_deref()
    }

    /// What is in it, in order.
    async fn items(&self) -> Vec<SectionItem<'_>> {
        self.0.items.iter().map(SectionItem).collect()
    }
}

/// An article or a free note in a section.
pub(crate) struct SectionItem<'a>(&'a domain::newsletters::SectionItem);

/// An article or a free note in a section of an issue.
#[Object]
impl SectionItem<'_> {
    /// The article, if there is one and the caller may read it.
    async fn article(&self, ctx: &Context<'_>) -> Result<Option<Article>> {
        let Some(id) = self.0.article else {
            return Ok(None);
        };
        let key = EntryKey {
            id: id.into(),
            parts: lookahead::entry_parts(ctx),
        };
        Ok(match session(ctx)?.load(key).await? {
            Some(Entry::Article(article)) => Some(article),
            Some(Entry::Page(_) | Entry::Issue(_)) | None => None,
        })
    }

    /// Shown instead of the article's title.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Shown instead of the article's excerpt.
    async fn summary(&self) -> Option<&str> {
        self.0.summary.as_deref()
    }

    /// A free note, Markdown.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// A page of issues: those of an edition that match.
async fn list_issues(
    ctx: &Context<'_>,
    among: domain::Result<(Option<EditionId>, EntryFilter)>,
    order: Option<IssueOrder>,
    paging: Paging,
) -> Result<Connection<Issue>> {
    let wanted = lookahead::page(ctx);
    let ((edition, filter), page) = both(among, paging.check(wanted))?;
    let order = order.map_or_else(EntryOrder::default, Into::into);
    let query = EntryQuery {
        kind: ContentKind::Issue,
        edition,
        filter,
        order,
    };
    let found = entry_lists::read(session(ctx)?, query, page, wanted.parts).await?;
    Ok(Connection::new(found.try_map(Issue::try_from)?))
}

/// The root fields about newsletters and issues.
#[derive(Default)]
pub(crate) struct NewsletterQueries;

#[Object]
impl NewsletterQueries {
    /// One newsletter.
    async fn newsletter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: RecordRef,
        #[graphql(desc = "Code of the edition its slug stands in. The default edition if absent.")]
        edition: Option<String>,
    ) -> Result<Option<Newsletter>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let by = match by {
            RecordRef::Id(id) => NewsletterGet::Id(parse_id("by.id", &id)?),
            RecordRef::Slug(slug) => NewsletterGet::Slug { edition, slug },
        };
        Ok(newsletters::get(session.cx(), &by)
            .await?
            .map(Newsletter::from))
    }

    /// The newsletters, the oldest first.
    async fn newsletters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(desc = "Code of their edition. All editions if absent.")] edition: Option<String>,
    ) -> Result<Connection<Newsletter>> {
        let session = session(ctx)?;
        let edition = session.list_edition(edition.as_deref())?;
        let page = Paging::new(first, after, last, before).check(lookahead::page(ctx))?;
        Ok(Connection::new(
            newsletters::list(session.cx(), edition, &page).await?,
        ))
    }

    /// One newsletter issue.
    async fn issue(
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
    ) -> Result<Option<Issue>> {
        let args = EntryArgs {
            by,
            edition,
            fallback: fallback.unwrap_or_default(),
            view: view.unwrap_or_default(),
            as_of: as_of.map(|DateTime(at)| at),
        };
        let found = entries::one(ctx, ContentKind::Issue, args).await?;
        let found = found.map(domain::newsletters::Issue::try_from);
        Ok(found.transpose()?.map(Issue::from))
    }

    /// The issues of all newsletters, the newest first unless ordered otherwise.
    async fn issues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(desc = "Code of their edition. All editions if absent.")] edition: Option<String>,
        #[graphql(desc = "Only those that match.")] filter: Option<IssueFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<IssueOrder>,
    ) -> Result<Connection<Issue>> {
        let session = session(ctx)?;
        let filter =
            filters::read_optional(filter, &session.edition_set(), session.cx().content_model());
        let among = both(session.list_edition(edition.as_deref()), filter);
        list_issues(
            ctx,
            among,
            order_by,
            Paging::new(first, after, last, before),
        )
        .await
    }
}
