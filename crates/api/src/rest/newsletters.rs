//! Newsletters: named series in one edition.

use application::newsletters::{self, NewsletterGet};
use chrono::{DateTime, Utc};
use domain::{
    id::{NewsletterId, kinds},
    newsletters::Newsletter as DomainNewsletter,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    entries,
    issues::{Issue, IssueList},
    parameters::{BySlug, Declared, Groups, Kind, Of, OwnById, PAGE, Parameter, Record},
    request::Read,
    selection::Selection,
    view::View,
    wire::{Direction, Id},
};
use crate::error::Problem;

mod write;

pub(super) use write::batched;

/// A named series in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Newsletter<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("newsletter_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: NewsletterId,
    /// The code of its edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// Its slug; unique per edition.
    slug: &'a str,
    /// Its name.
    title: &'a str,
    /// What it is about.
    description: Option<&'a str>,
    /// The path of its archive in the edition.
    path: String,
    /// The address of its archive.
    url: String,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

impl Record for Newsletter<'_> {
    const PREFIX: &'static str = "newsletter";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "edition",
        "direction",
        "slug",
        "title",
        "description",
        "path",
        "url",
        "version",
        "createdAt",
        "updatedAt",
    ];
}

impl<'a> View<'a> {
    /// A newsletter.
    pub(super) fn newsletter(
        &self,
        newsletter: &'a DomainNewsletter,
    ) -> Result<Newsletter<'a>, Problem> {
        let edition = self.edition(newsletter.edition)?;
        let path = newsletters::path(self.editions, newsletter);
        Ok(Newsletter {
            id: newsletter.id,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            slug: &newsletter.slug,
            title: &newsletter.title,
            description: newsletter.description.as_deref(),
            url: edition.url(&path),
            path,
            version: newsletter.version,
            created_at: newsletter.created_at,
            updated_at: newsletter.updated_at,
        })
    }
}

/// The operations on newsletters.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_newsletters, write::create_newsletter))
        .routes(routes!(
            get_newsletter,
            write::update_newsletter,
            write::delete_newsletter
        ))
        .routes(routes!(get_newsletter_by_slug))
        .routes(routes!(list_newsletter_issues))
}

struct ListNewsletters;
impl Declared for ListNewsletters {
    const PARAMETERS: Groups = &[
        &[Parameter::optional(
            "edition",
            Kind::Edition,
            "Only newsletters of this edition.",
        )],
        Newsletter::SELECTION,
        PAGE,
    ];
}

struct ListNewsletterIssues;
impl Declared for ListNewsletterIssues {
    const PARAMETERS: Groups = &[
        &[
            Newsletter::ID,
            Parameter::sort(&[
                "-publishedAt",
                "publishedAt",
                "-updatedAt",
                "updatedAt",
                "title",
                "-title",
                "-position",
                "position",
            ]),
        ],
        Issue::SELECTION,
        PAGE,
    ];
}

/// List newsletters
#[utoipa::path(
    get,
    path = "/newsletters",
    tag = "Newsletters",
    params(Of<ListNewsletters>),
    responses((status = 200, description = "A page of newsletters.", body = NewsletterList<'_>)),
)]
async fn list_newsletters(read: Read) -> Answer {
    let query = read.query::<ListNewsletters>()?;
    let edition = read.edition_if_named(&query).await?;
    let args = query.page()?;
    let page = newsletters::list(&read.cx, edition, &args).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = page
        .nodes()
        .map(|newsletter| view.newsletter(newsletter))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(
        &read,
        &query,
        &Selection::of(&query, Newsletter::INCLUDES),
        &args,
        (&page, data),
    )
}
type NewsletterList<'a> = List<Newsletter<'a>>;

/// Get a newsletter
#[utoipa::path(
    get,
    path = "/newsletters/{id}",
    tag = "Newsletters",
    params(Of<OwnById<Newsletter<'_>>>),
    responses((status = 200, description = "The newsletter.", body = Newsletter<'_>)),
)]
async fn get_newsletter(read: Read) -> Answer {
    let query = read.query::<OwnById<Newsletter<'_>>>()?;
    let wanted = NewsletterGet::Id(read.id::<kinds::Newsletter>()?);
    one(&read, &wanted, &Selection::of(&query, Newsletter::INCLUDES)).await
}

/// Get a newsletter by slug
#[utoipa::path(
    get,
    path = "/newsletters/by-slug/{edition}/{slug}",
    tag = "Newsletters",
    params(Of<BySlug<Newsletter<'_>>>),
    responses((status = 200, description = "The newsletter.", body = Newsletter<'_>)),
)]
async fn get_newsletter_by_slug(read: Read) -> Answer {
    let query = read.query::<BySlug<Newsletter<'_>>>()?;
    let wanted = NewsletterGet::Slug {
        edition: read.edition_in_path().await?,
        slug: read.segment("slug")?.to_owned(),
    };
    one(&read, &wanted, &Selection::of(&query, Newsletter::INCLUDES)).await
}

async fn one(read: &Read, wanted: &NewsletterGet, selection: &Selection<'_>) -> Answer {
    let newsletter = newsletters::get(&read.cx, wanted)
        .await?
        .ok_or_else(|| Problem::not_found("the newsletter"))?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::one(
        read,
        selection,
        &view.newsletter(&newsletter)?,
        (newsletter.version, newsletter.updated_at),
    )
}

/// List the issues of a newsletter
///
/// The newest first, unless `sort` says otherwise; `position` is the number of an issue.
#[utoipa::path(
    get,
    path = "/newsletters/{id}/issues",
    tag = "Newsletters",
    params(Of<ListNewsletterIssues>),
    responses((status = 200, description = "A page of issues.", body = IssueList<'_>)),
)]
async fn list_newsletter_issues(read: Read) -> Answer {
    let query = read.query::<ListNewsletterIssues>()?;
    let id = read.id::<kinds::Newsletter>()?;
    newsletters::get(&read.cx, &NewsletterGet::Id(id))
        .await?
        .ok_or_else(|| Problem::not_found(format!("newsletter {id}")))?;
    entries::list_issues_of(&read, &query, id, Issue::INCLUDES).await
}
