//! Authors: the public profiles in bylines.

use std::collections::HashMap;

use application::{
    authors::{self, AuthorGet},
    media,
};
use chrono::{DateTime, Utc};
use domain::{
    authors::{AuthorQuery, AuthorText},
    content::Parts,
    events::RecordKind,
    fields::CustomFields,
    id::{AssetId, AuthorId, EditionId, kinds},
    text::Localized,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    entries::OF_CUSTOM_FIELD,
    filters::custom_fields,
    media::Asset,
    parameters::{ById, BySlug, Declared, Groups, Kind, Of, PAGE, Parameter, Record, TEXTS_OF},
    place::{Named, Path, Url},
    record_fields::RecordFields,
    request::Read,
    selection::{Fields, Include, Selection},
    terms,
    view::View,
    wire::{Direction, Id, Included},
};
use crate::error::Problem;

mod write;

pub(super) use write::batched;

/// A public profile, with its text in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Author<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("author_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: AuthorId,
    /// The name under articles.
    name: &'a str,
    /// Its slug; unique per edition.
    slug: &'a str,
    /// `Reporter`, `Photographer`.
    job_title: Option<&'a str>,
    /// A short biography, plain text.
    bio: Option<&'a str>,
    /// Their own site.
    website: Option<&'a str>,
    /// The id of their picture.
    #[schema(value_type = Option<Id>)]
    avatar_id: Option<AssetId>,
    /// The path of their page in the edition the text was served from.
    #[schema(value_type = String)]
    path: Path<'a>,
    /// The address of that page.
    #[schema(value_type = String)]
    url: Url<'a>,
    /// The code of the edition the text was served from.
    edition: &'a str,
    /// The direction this text is written in.
    direction: Direction,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
    /// Their custom fields, by name: `/content-model` tells which there are. Null: no value. With the
    /// record itself, not where it stands in another.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    custom_fields: Included<CustomFields>,
    /// Their picture; with `include=avatar`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Option<Asset<'_>>)]
    avatar: Included<Option<Asset<'a>>>,
    /// Their texts in all editions; with `include=translations`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Translation<'_>>)]
    translations: Included<Vec<Translation<'a>>>,
}

/// What an author is called in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuthorTranslation)]
struct Translation<'a> {
    /// The code of the edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// The name under articles.
    name: &'a str,
    /// The slug there.
    slug: &'a str,
    /// The path of their page there.
    #[schema(value_type = String)]
    path: Path<'a>,
    /// The address of that page.
    #[schema(value_type = String)]
    url: Url<'a>,
    /// `Reporter`, `Photographer`.
    job_title: Option<&'a str>,
    /// A short biography, plain text.
    bio: Option<&'a str>,
}

impl Record for Author<'_> {
    const PREFIX: &'static str = "author";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "name",
        "slug",
        "jobTitle",
        "bio",
        "website",
        "avatarId",
        "path",
        "url",
        "edition",
        "direction",
        "version",
        "createdAt",
        "updatedAt",
        "customFields",
        "avatar",
        "translations",
    ];
    const BELOW: &'static [(&'static str, Fields)] = &[
        ("avatar", Fields::flat(Asset::FIELDS)),
        (
            "translations",
            Fields::flat(&[
                "edition",
                "direction",
                "name",
                "slug",
                "path",
                "url",
                "jobTitle",
                "bio",
            ]),
        ),
    ];
    const INCLUDES: &'static [Include] = &[
        Include {
            name: "avatar",
            fields: &["avatar"],
            parts: Parts::NONE,
        },
        Include {
            name: "translations",
            fields: &["translations"],
            parts: Parts::NONE,
        },
    ];
}

/// What is loaded besides the authors themselves.
#[derive(Default)]
struct More {
    fields: RecordFields,
    avatars: Option<HashMap<AssetId, domain::media::Asset>>,
    texts: Option<HashMap<AuthorId, Vec<Localized<AuthorText>>>>,
}

impl More {
    async fn load(
        read: &Read,
        authors: &[&domain::authors::Author],
        selection: &Selection<'_>,
        edition: EditionId,
    ) -> Result<Self, Problem> {
        let ids: Vec<_> = authors.iter().map(|author| author.id.uuid()).collect();
        let mut more = Self {
            fields: RecordFields::load(read, RecordKind::Author, &ids, selection).await?,
            ..Self::default()
        };
        if selection.includes("avatar") {
            let ids: Vec<AssetId> = authors.iter().filter_map(|author| author.avatar).collect();
            more.avatars = Some(media::by_ids(&read.cx, &ids, edition).await?);
        }
        if selection.includes("translations") {
            let ids: Vec<AuthorId> = authors.iter().map(|author| author.id).collect();
            more.texts = Some(authors::texts(&read.cx, &ids).await?);
        }
        Ok(more)
    }
}

impl<'a> View<'a> {
    /// An author without what is loaded only when asked for.
    pub(super) fn author(
        &self,
        author: &'a domain::authors::Author,
    ) -> Result<Author<'a>, Problem> {
        let edition = self.edition(author.text.edition)?;
        let text = &author.text.value;
        let (path, url) = self.place(Named::Author(&author.text));
        Ok(Author {
            id: author.id,
            name: &text.name,
            slug: &text.slug,
            job_title: text.job_title.as_deref(),
            bio: text.bio.as_deref(),
            website: author.website.as_deref(),
            avatar_id: author.avatar,
            path,
            url,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            version: author.version,
            created_at: author.created_at,
            updated_at: author.updated_at,
            custom_fields: Included::No,
            avatar: Included::No,
            translations: Included::No,
        })
    }

    fn author_with(
        &self,
        author: &'a domain::authors::Author,
        more: &'a More,
    ) -> Result<Author<'a>, Problem> {
        let avatar = match &more.avatars {
            None => Included::No,
            Some(avatars) => Included::Yes(
                author
                    .avatar
                    .and_then(|id| avatars.get(&id))
                    .map(|asset| self.asset(asset))
                    .transpose()?,
            ),
        };
        let texts = more
            .texts
            .as_ref()
            .map(|texts| self.author_translations(texts.get(&author.id).map_or(&[], Vec::as_slice)))
            .transpose()?;
        Ok(Author {
            custom_fields: more.fields.of(author.id.uuid()),
            avatar,
            translations: texts.into(),
            ..self.author(author)?
        })
    }

    fn author_translations(
        &self,
        texts: &'a [Localized<AuthorText>],
    ) -> Result<Vec<Translation<'a>>, Problem> {
        texts
            .iter()
            .map(|text| {
                let edition = self.edition(text.edition)?;
                let (path, url) = self.place(Named::Author(text));
                let text = &text.value;
                Ok(Translation {
                    edition: edition.code.as_str(),
                    direction: edition.direction.into(),
                    name: &text.name,
                    slug: &text.slug,
                    path,
                    url,
                    job_title: text.job_title.as_deref(),
                    bio: text.bio.as_deref(),
                })
            })
            .collect()
    }
}

/// The operations on authors.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_authors, write::create_author))
        .routes(routes!(
            get_author,
            write::update_author,
            write::delete_author
        ))
        .routes(routes!(write::merge_authors))
        .routes(routes!(get_author_by_slug))
}

struct ListAuthors;
impl Declared for ListAuthors {
    const PARAMETERS: Groups = &[
        &[
            TEXTS_OF,
            Parameter::optional(
                "filter[slug]",
                Kind::Text,
                "Only the author with this slug in the edition.",
            ),
            OF_CUSTOM_FIELD,
            terms::SORT,
        ],
        Author::SELECTION,
        PAGE,
    ];
}

/// List authors
///
/// By name, as the language of the edition sorts, unless `sort` says otherwise. In that order, authors
/// without a text in the edition are left out.
#[utoipa::path(
    get,
    path = "/authors",
    tag = "Authors",
    params(Of<ListAuthors>),
    responses((status = 200, description = "A page of authors.", body = AuthorList<'_>)),
)]
async fn list_authors(read: Read) -> Answer {
    let query = read.query::<ListAuthors>()?;
    let selection = Selection::of(&query, Author::INCLUDES);
    let edition = read.edition_of_texts(&query).await?;
    let wanted = AuthorQuery {
        slug: query.text("filter[slug]").map(str::to_owned),
        custom_fields: custom_fields(&query, RecordKind::Author, read.cx.content_model())?,
        order: terms::order(&query),
    };
    let args = query.page()?;
    let page = authors::list(&read.cx, &wanted, edition, &args).await?;
    let more = More::load(
        &read,
        &page.nodes().collect::<Vec<_>>(),
        &selection,
        edition,
    )
    .await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = page
        .nodes()
        .map(|author| view.author_with(author, &more))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(&read, &query, &selection, &args, (&page, data))
}
type AuthorList<'a> = List<Author<'a>>;

/// Get an author
#[utoipa::path(
    get,
    path = "/authors/{id}",
    tag = "Authors",
    params(Of<ById<Author<'_>>>),
    responses((status = 200, description = "The author.", body = Author<'_>)),
)]
async fn get_author(read: Read) -> Answer {
    let query = read.query::<ById<Author<'_>>>()?;
    let id = read.id::<kinds::Author>()?;
    let edition = read.edition_of_texts(&query).await?;
    one(
        &read,
        &AuthorGet::Id(id),
        edition,
        &Selection::of(&query, Author::INCLUDES),
    )
    .await
}

/// Get an author by slug
#[utoipa::path(
    get,
    path = "/authors/by-slug/{edition}/{slug}",
    tag = "Authors",
    params(Of<BySlug<Author<'_>>>),
    responses((status = 200, description = "The author.", body = Author<'_>)),
)]
async fn get_author_by_slug(read: Read) -> Answer {
    let query = read.query::<BySlug<Author<'_>>>()?;
    let edition = read.edition_in_path().await?;
    let wanted = AuthorGet::Slug(read.segment("slug")?.to_owned());
    one(
        &read,
        &wanted,
        edition,
        &Selection::of(&query, Author::INCLUDES),
    )
    .await
}

async fn one(
    read: &Read,
    wanted: &AuthorGet,
    edition: EditionId,
    selection: &Selection<'_>,
) -> Answer {
    let author = authors::get(&read.cx, wanted, edition)
        .await?
        .ok_or_else(|| Problem::not_found("the author"))?;
    let more = More::load(read, &[&author], selection, edition).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::one(
        read,
        selection,
        &view.author_with(&author, &more)?,
        (author.version, author.updated_at),
    )
}
