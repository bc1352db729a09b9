//! The site itself.

use application::settings;
use chrono::{DateTime, Utc};
use domain::{change::Change, editions::EditionSet, settings::SiteChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer},
    field::{Body, Collected, Field, Unknown},
    parameters::{Declared, Groups, Of},
    request::Read,
    selection::Selection,
    write::{Write, WriteAnswer, changed},
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
    OpenApiRouter::new().routes(routes!(get_site, update_site))
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
    show(&read).await
}

async fn show(read: &Read) -> Answer {
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
        read,
        &Selection::default(),
        &record,
        (site.version, site.updated_at),
    )
}

/// Changes of the settings of the site. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SitePatch {
    /// Its name.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    name: Field<String>,
    /// How comments are moderated: `before` they are shown, `after` that, or `closed`: nobody may
    /// comment any more.
    #[serde(default)]
    #[schema(value_type = String, required = false, pattern = "^(before|after|closed)$")]
    comment_policy: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl Body for SitePatch {
    type Command = SiteChange;
    fn read(self, _editions: &EditionSet, wrong: &mut Collected) -> SiteChange {
        wrong.unknown(&self.unknown);
        let policy = match wrong.required("commentPolicy", self.comment_policy) {
            Change::Set(word) => wrong.take(word.parse()).map_or(Change::Keep, Change::Set),
            Change::Keep => Change::Keep,
        };
        SiteChange {
            name: wrong.required("name", self.name),
            comment_policy: policy,
        }
    }
}

/// Change the site
///
/// What is left out stays (RFC 7396).
#[utoipa::path(
    patch,
    path = "/site",
    tag = "Site",
    params(Of<GetSite>),
    request_body(content(
        (SitePatch = "application/merge-patch+json"),
        (SitePatch = "application/json"),
    )),
    responses((status = 200, description = "The site as it is now.", body = Site<'_>)),
)]
async fn update_site(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<GetSite>()?;
    let expected = write.version()?;
    let change = write.body::<SitePatch>(&editions, &[], SiteChange::check)?;
    settings::change(&write.read.cx, expected, change).await?;
    Ok(changed(show(&write.read).await?))
}
