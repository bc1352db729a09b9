//! The site itself.

use application::settings;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer},
    parameters::{Declared, Groups, Of},
    request::Read,
    selection::Selection,
};

/// The publication.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Site<'a> {
    /// Its name.
    name: &'a str,
    /// The code of the edition that is meant where none is named; null as long as there is none.
    default_edition: Option<&'a str>,
    /// When what readers write is shown: `before` or `after` a moderator has looked at it; `closed`:
    /// nobody may comment any more.
    comment_policy: &'static str,
    /// Counts every save, from 1.
    version: i64,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

/// The operations on the site.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(get_site))
}

struct GetSite;
impl Declared for GetSite {
    const PARAMETERS: Groups = &[];
}

/// Get the site
#[utoipa::path(
    get,
    path = "/site",
    tag = "Site",
    params(Of<GetSite>),
    responses((status = 200, description = "The site.", body = Site<'_>)),
)]
async fn get_site(read: Read) -> Answer {
    read.query::<GetSite>()?;
    let site = settings::site(&read.cx).await?;
    let editions = read.cx.editions().await?;
    let record = Site {
        name: &site.name,
        default_edition: editions.all().first().map(|edition| edition.code.as_str()),
        comment_policy: site.comment_policy.as_str(),
        version: site.version,
        updated_at: site.updated_at,
    };
    answer::one(
        &read,
        &Selection::default(),
        &record,
        (site.version, site.updated_at),
    )
}
