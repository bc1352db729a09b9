//! Redirects: old paths and where they lead.

use application::redirects;
use axum::extract::DefaultBodyLimit;
use chrono::{DateTime, Utc};
use domain::{
    id::{EntryId, RedirectId, kinds},
    redirects::RedirectTarget,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    parameters::{Declared, Groups, Kind, Of, OwnById, PAGE, Parameter, Record},
    request::Read,
    selection::Selection,
    view::View,
    wire::Id,
};
use crate::error::Problem;

mod write;

pub(super) use write::batched;

/// An old path.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Redirect<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("redirect_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: RedirectId,
    /// The code of its edition.
    edition: &'a str,
    /// The old path.
    from: &'a str,
    /// What it leads to, as it was written: the id of a record, wherever the path of that moves, a
    /// path of the edition, or an absolute address; null for what is gone.
    to: Option<String>,
    /// The id of the entry it leads to, wherever the path of that moves; null if it leads to none.
    #[schema(value_type = Option<Id>)]
    entry_id: Option<EntryId>,
    /// Where it leads now: a path of the edition, or an absolute address; null for what is gone.
    href: Option<&'a str>,
    /// The same as an absolute address.
    url: Option<String>,
    /// Whether it leads nowhere: what was there is gone for good.
    is_gone: bool,
    /// Whether it is for good.
    is_permanent: bool,
    /// The HTTP status to answer the old path with: 301, 302, or 410 for what is gone.
    status_code: u16,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

impl Record for Redirect<'_> {
    const PREFIX: &'static str = "redirect";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "edition",
        "from",
        "to",
        "entryId",
        "href",
        "url",
        "isGone",
        "isPermanent",
        "statusCode",
        "version",
        "createdAt",
        "updatedAt",
    ];
}

impl<'a> View<'a> {
    pub(super) fn redirect(
        &self,
        redirect: &'a domain::redirects::Redirect,
    ) -> Result<Redirect<'a>, Problem> {
        let edition = self.edition(redirect.edition)?;
        let entry_id = match redirect.to {
            RedirectTarget::Entry(id) => Some(id),
            RedirectTarget::Term(_)
            | RedirectTarget::Author(_)
            | RedirectTarget::Newsletter(_)
            | RedirectTarget::Url(_)
            | RedirectTarget::Gone => None,
        };
        Ok(Redirect {
            id: redirect.id,
            edition: edition.code.as_str(),
            from: &redirect.from,
            to: redirect.to.written(),
            entry_id,
            href: redirect.href.as_deref(),
            url: redirect.url(edition),
            is_gone: redirect.to == RedirectTarget::Gone,
            is_permanent: redirect.is_permanent,
            status_code: status_code(redirect),
            version: redirect.version,
            created_at: redirect.created_at,
            updated_at: redirect.updated_at,
        })
    }
}

/// The HTTP status to answer an old path with.
pub(super) fn status_code(redirect: &domain::redirects::Redirect) -> u16 {
    match (&redirect.to, redirect.is_permanent) {
        (RedirectTarget::Gone, _) => 410,
        (_, true) => 301,
        (_, false) => 302,
    }
}

/// The operations on redirects.
pub(super) fn routes() -> OpenApiRouter<State> {
    let import = OpenApiRouter::new()
        .routes(routes!(write::import_redirects))
        .layer(DefaultBodyLimit::max(redirects::MAX_CSV_BYTES));
    OpenApiRouter::new()
        .routes(routes!(list_redirects, write::create_redirect))
        .routes(routes!(
            get_redirect,
            write::update_redirect,
            write::delete_redirect
        ))
        .merge(import)
}

struct ListRedirects;
impl Declared for ListRedirects {
    const PARAMETERS: Groups = &[
        &[Parameter::optional(
            "edition",
            Kind::Edition,
            "Only redirects of this edition.",
        )],
        Redirect::SELECTION,
        PAGE,
    ];
}

/// List redirects
#[utoipa::path(
    get,
    path = "/redirects",
    tag = "Redirects",
    params(Of<ListRedirects>),
    responses((status = 200, description = "A page of redirects.", body = RedirectList<'_>)),
)]
async fn list_redirects(read: Read) -> Answer {
    let query = read.query::<ListRedirects>()?;
    let edition = read.edition_if_named(&query).await?;
    let args = query.page()?;
    let page = redirects::list(&read.cx, edition, &args).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = page
        .nodes()
        .map(|redirect| view.redirect(redirect))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(
        &read,
        &query,
        &Selection::of(&query, Redirect::INCLUDES),
        &args,
        (&page, data),
    )
}
type RedirectList<'a> = List<Redirect<'a>>;

/// Get a redirect
#[utoipa::path(
    get,
    path = "/redirects/{id}",
    tag = "Redirects",
    params(Of<OwnById<Redirect<'_>>>),
    responses((status = 200, description = "The redirect.", body = Redirect<'_>)),
)]
async fn get_redirect(read: Read) -> Answer {
    let query = read.query::<OwnById<Redirect<'_>>>()?;
    let id = read.id::<kinds::Redirect>()?;
    one(&read, id, &Selection::of(&query, Redirect::INCLUDES)).await
}

async fn one(read: &Read, id: RedirectId, selection: &Selection<'_>) -> Answer {
    let redirect = redirects::get(&read.cx, id)
        .await?
        .ok_or_else(|| Problem::not_found(format!("redirect {id}")))?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::one(
        read,
        selection,
        &view.redirect(&redirect)?,
        (redirect.version, redirect.updated_at),
    )
}
