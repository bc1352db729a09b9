//! What lives at a public path: one call for the catch-all page of a frontend.

use application::routes;
use domain::{routes::Route as DomainRoute, terms::Taxonomy};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes as routes_of};

use super::{
    State,
    answer::{self, Answer},
    articles::Article,
    authors::Author,
    entries::{AnyEntry, More},
    issues::Issue,
    newsletters::Newsletter,
    pages::Page,
    parameters::{Declared, Groups, Kind, Of, Parameter, Record},
    redirects::status_code,
    request::Read,
    selection::Selection,
    terms::{Category, Tag},
    view::View,
};
use crate::error::{Problem, ProblemBody};

/// What lives at a public path; `type` tells which it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Route<'a> {
    /// An article.
    Article {
        /// The article.
        data: Box<Article<'a>>,
    },
    /// A page.
    Page {
        /// The page.
        data: Box<Page<'a>>,
    },
    /// A newsletter issue.
    Issue {
        /// The issue.
        data: Box<Issue<'a>>,
    },
    /// A category.
    Category {
        /// The category.
        data: Box<Category<'a>>,
    },
    /// A tag.
    Tag {
        /// The tag.
        data: Box<Tag<'a>>,
    },
    /// An author.
    Author {
        /// The author.
        data: Box<Author<'a>>,
    },
    /// A newsletter's archive.
    Newsletter {
        /// The newsletter.
        data: Box<Newsletter<'a>>,
    },
    /// Something moved.
    Redirect {
        /// Where to.
        redirect: Target,
    },
}

/// Where a path leads now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RouteRedirect)]
struct Target {
    /// The absolute address.
    to: String,
    /// The HTTP status to answer the old path with.
    #[schema(minimum = 301, maximum = 302)]
    status: u16,
}

/// The operations on routes.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes_of!(get_route))
}

struct GetRoute;
impl Declared for GetRoute {
    const PARAMETERS: Groups = &[
        &[
            Parameter::required(
                "path",
                Kind::Path,
                "The path as readers see it, percent-encoded once more where the query needs it, such as `/2026/03/river`.",
            ),
            Parameter::optional(
                "edition",
                Kind::Edition,
                "The edition; the default edition if absent.",
            ),
        ],
        &[Parameter::optional(
            "include",
            Kind::Includes(AnyEntry::INCLUDES),
            "What to load with an article, a page or an issue.",
        )],
    ];
}

/// Find what lives at a path
///
/// Answers with the record itself, with where it has moved, or with 410 when it is gone for good.
#[utoipa::path(
    get,
    path = "/route",
    tag = "Routes",
    params(Of<GetRoute>),
    responses(
        (status = 200, description = "What lives there.", body = Route<'_>),
        (
            status = 404,
            description = "Nothing lives there.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
        (
            status = 410,
            description = "What lived there is gone for good.",
            body = ProblemBody,
            content_type = "application/problem+json",
        ),
    ),
)]
async fn get_route(read: Read) -> Answer {
    let query = read.query::<GetRoute>()?;
    let selection = Selection::of(&query, AnyEntry::INCLUDES);
    let edition = read.edition_of_texts(&query).await?;
    let path = query.text("path").unwrap_or_default();
    let route = routes::resolve(&read.cx, edition, path, selection.parts())
        .await?
        .ok_or_else(|| Problem::not_found("a page at this path"))?;
    let more = match &route {
        DomainRoute::Entry(content) => More::load(&read, &[content], &selection).await?,
        DomainRoute::Term(_)
        | DomainRoute::Author(_)
        | DomainRoute::Newsletter(_)
        | DomainRoute::Redirect(_) => More::default(),
    };
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::plain(&read, &view.route(&route, &more, &selection)?)
}

impl<'a> View<'a> {
    fn route(
        &self,
        route: &'a DomainRoute,
        more: &'a More,
        selection: &Selection<'_>,
    ) -> Result<Route<'a>, Problem> {
        Ok(match route {
            DomainRoute::Entry(content) => match self.entry(content, more, selection)? {
                AnyEntry::Article(data) => Route::Article { data },
                AnyEntry::Page(data) => Route::Page { data },
                AnyEntry::Issue(data) => Route::Issue { data },
            },
            DomainRoute::Term(term) => match term.id.taxonomy {
                Taxonomy::Category => Route::Category {
                    data: Box::new(self.category(term)?),
                },
                Taxonomy::Tag => Route::Tag {
                    data: Box::new(self.tag(term)?),
                },
            },
            DomainRoute::Author(author) => Route::Author {
                data: Box::new(self.author(author)?),
            },
            DomainRoute::Newsletter(newsletter) => Route::Newsletter {
                data: Box::new(self.newsletter(newsletter)?),
            },
            DomainRoute::Redirect(redirect) => {
                let to = redirect
                    .url(self.edition(redirect.edition)?)
                    .ok_or_else(|| Problem::gone("what was at this path is gone for good"))?;
                Route::Redirect {
                    redirect: Target {
                        to,
                        status: status_code(redirect),
                    },
                }
            }
        })
    }
}
