//! Routes: what lives at a public path.

use std::sync::Arc;

use application::routes;
use async_graphql::{Context, Object, Result, Union};
use domain::{content::Content, id::EditionId, terms::Taxonomy};

use super::{
    articles::Article,
    authors::Author,
    context::session,
    lookahead,
    newsletters::{Issue, Newsletter},
    pages::Page,
    redirects::Redirect,
    terms::{Category, Tag},
};

/// What lives at a public path.
#[derive(Union)]
pub(crate) enum Route {
    /// An article.
    Article(Article),
    /// A page.
    Page(Page),
    /// A newsletter issue.
    Issue(Issue),
    /// A category.
    Category(Category),
    /// A tag.
    Tag(Tag),
    /// An author.
    Author(Author),
    /// A newsletter's archive.
    Newsletter(Newsletter),
    /// Something moved, or gone.
    Redirect(Redirect),
}

impl Route {
    fn new(route: domain::routes::Route, edition: EditionId) -> Self {
        match route {
            domain::routes::Route::Entry(content) => match *content {
                Content::Article(article) => Self::Article(article.into()),
                Content::Page(page) => Self::Page(page.into()),
                Content::Issue(issue) => Self::Issue(issue.into()),
            },
            domain::routes::Route::Term(term) => match term.id.taxonomy {
                Taxonomy::Category => Self::Category(Category::new(Arc::new(term), edition)),
                Taxonomy::Tag => Self::Tag(Tag::new(Arc::new(term), edition)),
            },
            domain::routes::Route::Author(author) => Self::Author(Author::new(author, edition)),
            domain::routes::Route::Newsletter(newsletter) => Self::Newsletter(newsletter.into()),
            domain::routes::Route::Redirect(redirect) => Self::Redirect(redirect.into()),
        }
    }
}

/// The root fields about routes.
#[derive(Default)]
pub(crate) struct RouteQueries;

#[Object]
impl RouteQueries {
    /// What lives at a public path: one call for the catch-all page of a frontend.
    async fn route(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The path as readers see it, percent-encoded or not; a query is ignored."
        )]
        path: String,
        #[graphql(desc = "Code of the edition. The default edition if absent.")] edition: Option<
            String,
        >,
    ) -> Result<Option<Route>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let found =
            routes::resolve(session.cx(), edition, &path, lookahead::entry_parts(ctx)).await?;
        Ok(found.map(|route| Route::new(route, edition)))
    }
}
