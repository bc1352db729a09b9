//! Categories (a tree) and tags (in namespaces).

use application::terms::{self, TermGet};
use domain::{
    id::EditionId,
    terms::{Taxonomy, TermId, TermOrder, TermQuery},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    entries::OF_CUSTOM_FIELD,
    filters::custom_fields,
    parameters::{
        ById, BySlug, Declared, EDITION_SEGMENT, Groups, Kind, Of, PAGE, Parameter, Record,
        SLUG_SEGMENT, TEXTS_OF,
    },
    query::Query,
    request::Read,
    selection::Selection,
    view::View,
};
use crate::error::Problem;

mod wire;
mod write;

pub(super) use write::batched;

use wire::More;
pub(super) use wire::{Category, Tag};

/// The operations on categories and tags.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_categories, write::create_category))
        .routes(routes!(
            get_category,
            write::update_category,
            write::delete_category
        ))
        .routes(routes!(write::merge_categories))
        .routes(routes!(get_category_by_slug))
        .routes(routes!(list_tags, write::create_tag))
        .routes(routes!(get_tag, write::update_tag, write::delete_tag))
        .routes(routes!(write::merge_tags))
        .routes(routes!(get_tag_by_slug))
}

/// The order of a list of records with a name.
pub(super) const SORT: Parameter = Parameter::sort(&["name", "createdAt"]);
const SLUG_FILTER: Parameter = Parameter::optional(
    "filter[slug]",
    Kind::Text,
    "Only those with this slug in the edition.",
);

struct ListCategories;
impl Declared for ListCategories {
    const PARAMETERS: Groups = &[
        &[
            TEXTS_OF,
            Parameter::optional(
                "filter[parent]",
                Kind::IdOrNone("category"),
                "Only the categories right below this one; `none`: only those with none above.",
            ),
            SLUG_FILTER,
            OF_CUSTOM_FIELD,
            SORT,
        ],
        Category::SELECTION,
        PAGE,
    ];
}

struct ListTags;
impl Declared for ListTags {
    const PARAMETERS: Groups = &[
        &[
            TEXTS_OF,
            Parameter::optional(
                "filter[namespace]",
                Kind::Text,
                "Only tags of this namespace.",
            ),
            SLUG_FILTER,
            OF_CUSTOM_FIELD,
            SORT,
        ],
        Tag::SELECTION,
        PAGE,
    ];
}

struct GetTagBySlug;
impl Declared for GetTagBySlug {
    const PARAMETERS: Groups = &[
        &[
            EDITION_SEGMENT,
            SLUG_SEGMENT,
            Parameter::optional(
                "namespace",
                Kind::Text,
                "The namespace of the tag; plain tags if absent.",
            ),
        ],
        Tag::SELECTION,
    ];
}

/// List categories
///
/// By name, as the language of the edition sorts, unless `sort` says otherwise. In that order,
/// categories without a text in the edition are left out.
#[utoipa::path(
    get,
    path = "/categories",
    tag = "Categories",
    params(Of<ListCategories>),
    responses((status = 200, description = "A page of categories.", body = CategoryList<'_>)),
)]
async fn list_categories(read: Read) -> Answer {
    let query = read.query::<ListCategories>()?;
    let parent = query
        .text("filter[parent]")
        .map(|_| query.id("filter[parent]"));
    let wanted = TermQuery {
        parent,
        ..query_of(&read, &query, Taxonomy::Category)?
    };
    list(
        &read,
        &query,
        &wanted,
        &Selection::of(&query, Category::INCLUDES),
    )
    .await
}
type CategoryList<'a> = List<Category<'a>>;

/// Get a category
#[utoipa::path(
    get,
    path = "/categories/{id}",
    tag = "Categories",
    params(Of<ById<Category<'_>>>),
    responses((status = 200, description = "The category.", body = Category<'_>)),
)]
async fn get_category(read: Read) -> Answer {
    let query = read.query::<ById<Category<'_>>>()?;
    let wanted = TermGet::Id(read.id::<domain::id::kinds::Category>()?.into());
    let edition = read.edition_of_texts(&query).await?;
    one(
        &read,
        (Taxonomy::Category, &wanted),
        edition,
        &Selection::of(&query, Category::INCLUDES),
    )
    .await
}

/// Get a category by slug
#[utoipa::path(
    get,
    path = "/categories/by-slug/{edition}/{slug}",
    tag = "Categories",
    params(Of<BySlug<Category<'_>>>),
    responses((status = 200, description = "The category.", body = Category<'_>)),
)]
async fn get_category_by_slug(read: Read) -> Answer {
    let query = read.query::<BySlug<Category<'_>>>()?;
    let edition = read.edition_in_path().await?;
    let wanted = TermGet::Slug {
        namespace: String::new(),
        slug: read.segment("slug")?.to_owned(),
    };
    one(
        &read,
        (Taxonomy::Category, &wanted),
        edition,
        &Selection::of(&query, Category::INCLUDES),
    )
    .await
}

/// List tags
///
/// By name, as the language of the edition sorts, unless `sort` says otherwise. In that order, tags
/// without a text in the edition are left out.
#[utoipa::path(
    get,
    path = "/tags",
    tag = "Tags",
    params(Of<ListTags>),
    responses((status = 200, description = "A page of tags.", body = TagList<'_>)),
)]
async fn list_tags(read: Read) -> Answer {
    let query = read.query::<ListTags>()?;
    let namespace = query.text("filter[namespace]").map(str::to_owned);
    let wanted = TermQuery {
        namespace,
        ..query_of(&read, &query, Taxonomy::Tag)?
    };
    list(
        &read,
        &query,
        &wanted,
        &Selection::of(&query, Tag::INCLUDES),
    )
    .await
}
type TagList<'a> = List<Tag<'a>>;

/// Get a tag
#[utoipa::path(
    get,
    path = "/tags/{id}",
    tag = "Tags",
    params(Of<ById<Tag<'_>>>),
    responses((status = 200, description = "The tag.", body = Tag<'_>)),
)]
async fn get_tag(read: Read) -> Answer {
    let query = read.query::<ById<Tag<'_>>>()?;
    let wanted = TermGet::Id(read.id::<domain::id::kinds::Tag>()?.into());
    let edition = read.edition_of_texts(&query).await?;
    one(
        &read,
        (Taxonomy::Tag, &wanted),
        edition,
        &Selection::of(&query, Tag::INCLUDES),
    )
    .await
}

/// Get a tag by slug
#[utoipa::path(
    get,
    path = "/tags/by-slug/{edition}/{slug}",
    tag = "Tags",
    params(Of<GetTagBySlug>),
    responses((status = 200, description = "The tag.", body = Tag<'_>)),
)]
async fn get_tag_by_slug(read: Read) -> Answer {
    let query = read.query::<GetTagBySlug>()?;
    let edition = read.edition_in_path().await?;
    let namespace = query.text("namespace").unwrap_or_default().to_owned();
    let wanted = TermGet::Slug {
        namespace,
        slug: read.segment("slug")?.to_owned(),
    };
    one(
        &read,
        (Taxonomy::Tag, &wanted),
        edition,
        &Selection::of(&query, Tag::INCLUDES),
    )
    .await
}

/// The order a list of records with a name is asked for in.
pub(super) fn order(query: &Query<'_>) -> TermOrder {
    if query.text("sort") == Some("createdAt") {
        TermOrder::Created
    } else {
        TermOrder::Name
    }
}

fn query_of(read: &Read, query: &Query<'_>, taxonomy: Taxonomy) -> Result<TermQuery, Problem> {
    Ok(TermQuery {
        slug: query.text("filter[slug]").map(str::to_owned),
        custom_fields: custom_fields(query, taxonomy, read.cx.content_model())?,
        order: order(query),
        ..TermQuery::all(taxonomy)
    })
}

async fn list(
    read: &Read,
    query: &Query<'_>,
    wanted: &TermQuery,
    selection: &Selection<'_>,
) -> Answer {
    let edition = read.edition_of_texts(query).await?;
    let args = query.page()?;
    let page = terms::list(&read.cx, wanted, edition, &args).await?;
    let ids: Vec<TermId> = page.nodes().map(|term| term.id).collect();
    let more = More::load(read, &ids, selection, edition).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = page
        .nodes()
        .map(|term| view.term_with(term, &more))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(read, query, selection, &args, (&page, data))
}

async fn one(
    read: &Read,
    (taxonomy, wanted): (Taxonomy, &TermGet),
    edition: EditionId,
    selection: &Selection<'_>,
) -> Answer {
    let absent = || Problem::not_found(format!("the {}", taxonomy.as_str()));
    let term = terms::get(&read.cx, taxonomy, wanted, edition)
        .await?
        .ok_or_else(absent)?;
    let more = More::load(read, &[term.id], selection, edition).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::one(
        read,
        selection,
        &view.term_with(&term, &more)?,
        (term.version, term.updated_at),
    )
}
