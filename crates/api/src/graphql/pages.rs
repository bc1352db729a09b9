//! Pages.

use std::{borrow::Cow, ops::Deref, sync::Arc};

use async_graphql::{Context, Object, Result};
use domain::{
    articles::EntryBody,
    content::{ContentKind, EntryFilter, EntryOrder, EntryOrderField, EntryQuery, Part},
    id::EditionId,
};

use super::{
    articles::map,
    body::Body,
    comments::{self, Comment},
    connection::{Connection, Listed, Paging},
    context::{Here, both, excerpt_words, session},
    entries::{self, Entry, EntryArgs, EntryFields, EntryRef, Translation},
    entry_lists,
    enums::View,
    filters::{self, PageFilter, PageOrder},
    loaders::EntryKey,
    lookahead,
    media::Figure,
    revisions::{self, Revision},
    scalars::DateTime,
    seo::Seo,
};

pub(crate) mod mutations;
mod steps;

pub(crate) use mutations::PageWrites;
pub(crate) use steps::PageSteps;

/// A standing page. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Page(Arc<PageData>);

struct PageData {
    fields: EntryFields,
    /// The record, without the parts below.
    page: Arc<domain::pages::Page>,
    hero: Part<Option<Figure>>,
    body: Part<Arc<EntryBody>>,
}

impl From<domain::pages::Page> for Page {
    fn from(mut page: domain::pages::Page) -> Self {
        let edition = page.entry.edition;
        let hero = map(std::mem::take(&mut page.hero), |hero| {
            hero.map(|figure| Figure::new(figure, edition))
        });
        let body = map(std::mem::take(&mut page.body), Arc::new);
        let page = Arc::new(page);
        Self(Arc::new(PageData {
            fields: EntryFields::Page(Arc::clone(&page)),
            page,
            hero,
            body,
        }))
    }
}

impl Deref for Page {
    type Target = EntryFields;
    fn deref(&self) -> &EntryFields {
        &self.0.fields
    }
}

impl Listed for Page {
    const CONNECTION: &'static str = "PageConnection";
    const EDGE: &'static str = "PageEdge";
}

impl Page {
    /// The excerpt, at most so many words of it.
    pub(crate) fn plain_excerpt(&self, max_words: Option<usize>) -> String {
        self.0.page.excerpt(max_words)
    }

    /// The main picture.
    pub(crate) async fn main_picture(&self, session: Here<'_>) -> Result<Option<Figure>> {
        self.0.fields.hero(session, &self.0.hero).await
    }

    async fn above(
        &self,
        session: Here<'_>,
        parts: domain::content::Parts,
    ) -> Result<Option<Self>> {
        let Some(id) = self.entry().parent else {
            return Ok(None);
        };
        Ok(match session.load(EntryKey { id, parts }).await? {
            Some(Entry::Page(page)) => Some(page),
            Some(Entry::Article(_) | Entry::Issue(_)) | None => None,
        })
    }
}

/// How deep pages may stand below each other, as far as ancestors are told.
const MAX_DEPTH: usize = 32;

/// A standing page, possibly below another.
#[Object]
impl Page {
    #[graphql(flatten)]
    async fn shared(&self) -> &EntryFields {
        &self.0.fields
    }

    /// All versions of it in the languages of the site, itself included, in the order of the
    /// editions. What the caller may not read is left out.
    pub(crate) async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<Translation>> {
        self.0.fields.versions(session(ctx)?).await
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

    /// The main picture.
    async fn hero(&self, ctx: &Context<'_>) -> Result<Option<Cow<'_, Figure>>> {
        match &self.0.hero {
            Part::Loaded(hero) => Ok(hero.as_ref().map(Cow::Borrowed)),
            Part::Absent => Ok(self.main_picture(session(ctx)?).await?.map(Cow::Owned)),
        }
    }

    /// The page right above it.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Page>> {
        self.above(session(ctx)?, lookahead::entry_parts(ctx)).await
    }

    /// The pages above it, from the root of the tree down.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<Page>> {
        let session = session(ctx)?;
        let parts = lookahead::entry_parts(ctx);
        let mut chain: Vec<Page> = Vec::new();
        let mut next = self.above(session, parts).await?;
        // The tree has no circles; the bound keeps a damaged one from running for ever.
        while let Some(page) = next.filter(|_| chain.len() < MAX_DEPTH) {
            next = page.above(session, parts).await?;
            chain.push(page);
        }
        chain.reverse();
        Ok(chain)
    }

    /// The pages right below it, in their order.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Page>> {
        let entry = self.entry();
        let filter = EntryFilter {
            parent: Some(Some(entry.id)),
            ..EntryFilter::default()
        };
        list(
            ctx,
            Ok((Some(entry.edition), filter)),
            by_position(),
            Paging::new(first, after, last, before),
        )
        .await
    }

    /// Its place among the pages of the same parent.
    async fn position(&self) -> i64 {
        self.0.page.position
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
        self.0.page.comment_count
    }

    /// Whether readers may comment.
    async fn comments_open(&self) -> bool {
        self.0.page.comments_open
    }

    /// Texts for search engines and link previews.
    async fn seo(&self, ctx: &Context<'_>) -> Result<Seo> {
        self.0
            .fields
            .seo(session(ctx)?, &self.0.page.seo, Entry::Page(self.clone()))
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
}

fn by_position() -> EntryOrder {
    EntryOrder {
        field: EntryOrderField::Position,
        descending: false,
    }
}

/// A page of pages: those of an edition that match.
async fn list(
    ctx: &Context<'_>,
    among: domain::Result<(Option<EditionId>, EntryFilter)>,
    order: EntryOrder,
    paging: Paging,
) -> Result<Connection<Page>> {
    let wanted = lookahead::page(ctx);
    let ((edition, filter), page) = both(among, paging.check(wanted))?;
    let query = EntryQuery {
        kind: ContentKind::Page,
        edition,
        filter,
        order,
    };
    let found = entry_lists::read(session(ctx)?, query, page, wanted.parts).await?;
    Ok(Connection::new(found.try_map(Page::try_from)?))
}

/// The root fields about pages.
#[derive(Default)]
pub(crate) struct PageQueries;

#[Object]
impl PageQueries {
    /// One page.
    async fn page(
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
    ) -> Result<Option<Page>> {
        let args = EntryArgs {
            by,
            edition,
            fallback: fallback.unwrap_or_default(),
            view: view.unwrap_or_default(),
            as_of: as_of.map(|DateTime(at)| at),
        };
        let found = entries::one(ctx, ContentKind::Page, args).await?;
        let found = found.map(domain::pages::Page::try_from);
        Ok(found.transpose()?.map(Page::from))
    }

    /// The pages, by title unless ordered otherwise.
    async fn pages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(desc = "Code of their edition. All editions if absent.")] edition: Option<String>,
        #[graphql(desc = "Only those that match.")] filter: Option<PageFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<PageOrder>,
    ) -> Result<Connection<Page>> {
        let session = session(ctx)?;
        let filter =
            filters::read_optional(filter, &session.edition_set(), session.cx().content_model());
        let among = both(session.list_edition(edition.as_deref()), filter);
        let order = order_by.map_or_else(|| EntryOrder::of(ContentKind::Page), Into::into);
        list(ctx, among, order, Paging::new(first, after, last, before)).await
    }
}
