//! Editions: the language versions of the site.

use application::editions;
use chrono::{DateTime, Utc};
use domain::{
    editions::{
        Edition as DomainEdition, EditionSet, Permalinks as DomainPermalinks,
        SlugStyle as DomainSlugStyle,
    },
    id::EditionId,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    parameters::{Declared, Groups, Kind, Of, Parameter, Record},
    query::Query,
    request::Read,
    selection::Selection,
    view::View,
    wire::{Direction, Id},
};
use crate::error::Problem;

mod write;

/// A language version of the site; readers see it as a site of its own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Edition<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("edition_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: EditionId,
    /// Its language (BCP 47); unique. This is what other records call it by.
    code: &'a str,
    /// The name of the language, in that language.
    name: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// The address of its frontend, without a slash at the end.
    base_url: &'a str,
    /// Its title.
    title: &'a str,
    /// The line below the title.
    tagline: Option<&'a str>,
    /// The code of the edition whose texts stand in for missing ones.
    fallback: Option<&'a str>,
    /// Whether it is meant where none is named.
    is_default: bool,
    /// Its place among the editions.
    position: i64,
    /// How addresses are made.
    permalinks: Permalinks<'a>,
    /// How slugs are made from titles.
    slug_style: SlugStyle,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

/// How slugs are made from titles.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SlugStyle {
    /// In the script of the title.
    Native,
    /// In ASCII letters.
    Transliterated,
}

impl From<DomainSlugStyle> for SlugStyle {
    fn from(style: DomainSlugStyle) -> Self {
        match style {
            DomainSlugStyle::Native => Self::Native,
            DomainSlugStyle::Transliterated => Self::Transliterated,
        }
    }
}

/// The patterns of an edition's paths. Names in braces stand for values: `{slug}`, `{path}` (with
/// the slugs of those above), `{category}`, `{year}`, `{month}`, `{day}`, `{newsletter}`, `{number}`.
#[derive(Debug, Serialize, ToSchema)]
struct Permalinks<'a> {
    /// Of articles.
    article: &'a str,
    /// Of pages.
    page: &'a str,
    /// Of newsletter issues.
    issue: &'a str,
    /// Of newsletters.
    newsletter: &'a str,
    /// Of categories.
    category: &'a str,
    /// Of tags.
    tag: &'a str,
    /// Of authors.
    author: &'a str,
}

impl Record for Edition<'_> {
    const PREFIX: &'static str = "edition";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "code",
        "name",
        "direction",
        "baseUrl",
        "title",
        "tagline",
        "fallback",
        "isDefault",
        "position",
        "permalinks",
        "slugStyle",
        "version",
        "createdAt",
        "updatedAt",
    ];
}

impl<'a> From<&'a DomainPermalinks> for Permalinks<'a> {
    fn from(patterns: &'a DomainPermalinks) -> Self {
        let DomainPermalinks {
            article,
            page,
            issue,
            newsletter,
            category,
            tag,
            author,
        } = patterns;
        Self {
            article,
            page,
            issue,
            newsletter,
            category,
            tag,
            author,
        }
    }
}

impl<'a> View<'a> {
    fn edition_record(&self, edition: &'a DomainEdition) -> Result<Edition<'a>, Problem> {
        Ok(Edition {
            id: edition.id,
            code: edition.code.as_str(),
            name: &edition.name,
            direction: edition.direction.into(),
            base_url: &edition.base_url,
            title: &edition.title,
            tagline: edition.tagline.as_deref(),
            fallback: edition
                .fallback
                .map(|id| self.edition(id))
                .transpose()?
                .map(|edition| edition.code.as_str()),
            is_default: edition.is_default,
            position: edition.position,
            permalinks: (&edition.permalinks).into(),
            slug_style: edition.slug_style.into(),
            version: edition.version,
            created_at: edition.created_at,
            updated_at: edition.updated_at,
        })
    }
}

/// The operations on editions.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_editions, write::create_edition))
        .routes(routes!(
            get_edition,
            write::update_edition,
            write::delete_edition
        ))
}

struct ListEditions;
impl Declared for ListEditions {
    const PARAMETERS: Groups = &[Edition::SELECTION];
}

const CODE: Parameter = Parameter::path(
    "code",
    Kind::Edition,
    "The code of the edition, such as `en`.",
);

struct GetEdition;
impl Declared for GetEdition {
    const PARAMETERS: Groups = &[&[CODE], Edition::SELECTION];
}

/// List editions
///
/// All of them at once: the default one first, then in their order.
#[utoipa::path(
    get,
    path = "/editions",
    tag = "Site",
    params(Of<ListEditions>),
    responses((status = 200, description = "The editions.", body = EditionList<'_>)),
)]
async fn list_editions(read: Read) -> Answer {
    let query = read.query::<ListEditions>()?;
    let editions = editions::list(&read.cx).await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = editions
        .all()
        .iter()
        .map(|edition| view.edition_record(edition))
        .collect::<Result<Vec<_>, _>>()?;
    answer::whole_list(&read, &Selection::of(&query, Edition::INCLUDES), &data)
}
type EditionList<'a> = List<Edition<'a>>;

/// Get an edition
#[utoipa::path(
    get,
    path = "/editions/{code}",
    tag = "Site",
    params(Of<GetEdition>),
    responses((status = 200, description = "The edition.", body = Edition<'_>)),
)]
async fn get_edition(read: Read) -> Answer {
    let query = read.query::<GetEdition>()?;
    let editions = editions::list(&read.cx).await?;
    let edition = editions
        .by_code(read.segment("code")?)
        .ok_or_else(|| Problem::not_found("the edition"))?;
    show(&read, &query, &editions, edition)
}

fn show(read: &Read, query: &Query<'_>, editions: &EditionSet, edition: &DomainEdition) -> Answer {
    let view = View {
        cx: &read.cx,
        editions,
    };
    answer::one(
        read,
        &Selection::of(query, Edition::INCLUDES),
        &view.edition_record(edition)?,
        (edition.version, edition.updated_at),
    )
}
