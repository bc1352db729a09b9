//! Categories (a tree) and tags (in namespaces).

use std::collections::HashMap;

use application::terms::{self, TermGet};
use chrono::{DateTime, Utc};
use domain::{
    content::Parts,
    id::{CategoryId, EditionId, Id as DomainId, TagId},
    terms::{Taxonomy, Term, TermId, TermOrder, TermQuery, TermText},
    text::Localized,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    parameters::{
        ById, BySlug, Declared, EDITION_SEGMENT, Groups, Kind, Of, PAGE, Parameter, Record,
        SLUG_SEGMENT, TEXTS_OF,
    },
    query::Query,
    request::Read,
    selection::{Include, Selection},
    view::View,
    wire::{Direction, Id, Included},
};
use crate::error::Problem;

/// A category, with its text in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Category<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("category_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: CategoryId,
    /// The name readers see.
    name: &'a str,
    /// Its slug; unique per edition.
    slug: &'a str,
    /// What it is about.
    description: Option<&'a str>,
    /// The id of the category above.
    #[schema(value_type = Option<Id>)]
    parent_id: Option<CategoryId>,
    /// Its place among the children of its parent.
    position: i64,
    /// The path of its page in the edition the text was served from.
    path: String,
    /// The address of that page.
    url: String,
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
    /// Published articles in it, those of the categories below not counted; with
    /// `include=articleCount`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = u64)]
    article_count: Included<u64>,
    /// The categories right below it; with `include=children`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Category<'_>>, no_recursion)]
    children: Included<Vec<Category<'a>>>,
    /// Its texts in all editions; with `include=translations`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Translation<'_>>)]
    translations: Included<Vec<Translation<'a>>>,
}

/// A tag, with its text in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tag<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("tag_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: TagId,
    /// Its namespace; empty for plain tags.
    namespace: &'a str,
    /// The name readers see.
    name: &'a str,
    /// Its slug; unique per edition and namespace.
    slug: &'a str,
    /// What it is about.
    description: Option<&'a str>,
    /// The path of its page in the edition the text was served from.
    path: String,
    /// The address of that page.
    url: String,
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
    /// Published articles that have it; with `include=articleCount`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = u64)]
    article_count: Included<u64>,
    /// Its texts in all editions; with `include=translations`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Translation<'_>>)]
    translations: Included<Vec<Translation<'a>>>,
}

/// What a category or tag is called in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TermTranslation)]
struct Translation<'a> {
    /// The code of the edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// The name readers see.
    name: &'a str,
    /// The slug there.
    slug: &'a str,
    /// The path of its page there.
    path: String,
    /// The address of that page.
    url: String,
    /// What it is about.
    description: Option<&'a str>,
}

const ARTICLE_COUNT: Include = Include {
    name: "articleCount",
    fields: &["articleCount"],
    parts: Parts::NONE,
};
const TRANSLATIONS: Include = Include {
    name: "translations",
    fields: &["translations"],
    parts: Parts::NONE,
};

impl Record for Category<'_> {
    const PREFIX: &'static str = "category";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "name",
        "slug",
        "description",
        "parentId",
        "position",
        "path",
        "url",
        "edition",
        "direction",
        "version",
        "createdAt",
        "updatedAt",
        "articleCount",
        "children",
        "translations",
    ];
    const INCLUDES: &'static [Include] = &[
        ARTICLE_COUNT,
        Include {
            name: "children",
            fields: &["children"],
            parts: Parts::NONE,
        },
        TRANSLATIONS,
    ];
}

impl Record for Tag<'_> {
    const PREFIX: &'static str = "tag";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "namespace",
        "name",
        "slug",
        "description",
        "path",
        "url",
        "edition",
        "direction",
        "version",
        "createdAt",
        "updatedAt",
        "articleCount",
        "translations",
    ];
    const INCLUDES: &'static [Include] = &[ARTICLE_COUNT, TRANSLATIONS];
}

/// A category or a tag; each is written as itself.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum AnyTerm<'a> {
    Category(Category<'a>),
    Tag(Tag<'a>),
}

/// What is loaded besides the terms themselves.
#[derive(Default)]
struct More {
    counts: Option<HashMap<TermId, u64>>,
    children: Option<HashMap<CategoryId, Vec<Term>>>,
    texts: Option<HashMap<TermId, Vec<Localized<TermText>>>>,
}

impl More {
    async fn load(
        read: &Read,
        ids: &[TermId],
        selection: &Selection<'_>,
        edition: EditionId,
    ) -> Result<Self, Problem> {
        let mut more = Self::default();
        if selection.includes("articleCount") {
            more.counts = Some(terms::article_counts(&read.cx, ids, Some(edition)).await?);
        }
        if selection.includes("children") {
            let ids: Vec<CategoryId> = ids
                .iter()
                .filter(|id| id.taxonomy == Taxonomy::Category)
                .map(|id| DomainId::from_uuid(id.uuid()))
                .collect();
            more.children = Some(terms::children(&read.cx, &ids, edition).await?);
        }
        if selection.includes("translations") {
            more.texts = Some(terms::texts(&read.cx, ids).await?);
        }
        Ok(more)
    }
}

impl<'a> View<'a> {
    /// A category without what is loaded only when asked for.
    pub(super) fn category(&self, term: &'a Term) -> Result<Category<'a>, Problem> {
        let edition = self.edition(term.text.edition)?;
        let text = &term.text.value;
        let path = terms::path(self.editions, term);
        Ok(Category {
            id: DomainId::from_uuid(term.id.uuid()),
            name: &text.name,
            slug: &text.slug,
            description: text.description.as_deref(),
            parent_id: term.parent,
            position: term.position,
            url: edition.url(&path),
            path,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            version: term.version,
            created_at: term.created_at,
            updated_at: term.updated_at,
            article_count: Included::No,
            children: Included::No,
            translations: Included::No,
        })
    }

    /// A tag without what is loaded only when asked for.
    pub(super) fn tag(&self, term: &'a Term) -> Result<Tag<'a>, Problem> {
        let edition = self.edition(term.text.edition)?;
        let text = &term.text.value;
        let path = terms::path(self.editions, term);
        Ok(Tag {
            id: DomainId::from_uuid(term.id.uuid()),
            namespace: &term.namespace,
            name: &text.name,
            slug: &text.slug,
            description: text.description.as_deref(),
            url: edition.url(&path),
            path,
            edition: edition.code.as_str(),
            direction: edition.direction.into(),
            version: term.version,
            created_at: term.created_at,
            updated_at: term.updated_at,
            article_count: Included::No,
            translations: Included::No,
        })
    }

    fn term_with(&self, term: &'a Term, more: &'a More) -> Result<AnyTerm<'a>, Problem> {
        let article_count = more
            .counts
            .as_ref()
            .map(|counts| counts.get(&term.id).copied().unwrap_or(0))
            .into();
        let translations = more
            .texts
            .as_ref()
            .map(|texts| {
                self.term_translations(
                    term.id.taxonomy,
                    texts.get(&term.id).map_or(&[], Vec::as_slice),
                )
            })
            .transpose()?
            .into();
        match term.id.taxonomy {
            Taxonomy::Category => {
                let id: CategoryId = DomainId::from_uuid(term.id.uuid());
                let below = |children: &'a HashMap<CategoryId, Vec<Term>>| {
                    children
                        .get(&id)
                        .into_iter()
                        .flatten()
                        .map(|child| self.category(child))
                        .collect()
                };
                let children: Option<Vec<Category<'a>>> =
                    more.children.as_ref().map(below).transpose()?;
                Ok(AnyTerm::Category(Category {
                    article_count,
                    children: children.into(),
                    translations,
                    ..self.category(term)?
                }))
            }
            Taxonomy::Tag => Ok(AnyTerm::Tag(Tag {
                article_count,
                translations,
                ..self.tag(term)?
            })),
        }
    }

    fn term_translations(
        &self,
        taxonomy: Taxonomy,
        texts: &'a [Localized<TermText>],
    ) -> Result<Vec<Translation<'a>>, Problem> {
        texts
            .iter()
            .map(|text| {
                let edition = self.edition(text.edition)?;
                let path = terms::text_path(self.editions, taxonomy, text);
                let text = &text.value;
                Ok(Translation {
                    edition: edition.code.as_str(),
                    direction: edition.direction.into(),
                    name: &text.name,
                    slug: &text.slug,
                    url: edition.url(&path),
                    path,
                    description: text.description.as_deref(),
                })
            })
            .collect()
    }
}

/// The operations on categories and tags.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_categories))
        .routes(routes!(get_category))
        .routes(routes!(get_category_by_slug))
        .routes(routes!(list_tags))
        .routes(routes!(get_tag))
        .routes(routes!(get_tag_by_slug))
}

const SORT: Parameter = Parameter::sort(&["name", "createdAt"]);
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
        ..query_of(&query, Taxonomy::Category)
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
        ..query_of(&query, Taxonomy::Tag)
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

fn query_of(query: &Query<'_>, taxonomy: Taxonomy) -> TermQuery {
    let order = if query.text("sort") == Some("createdAt") {
        TermOrder::Created
    } else {
        TermOrder::Name
    };
    TermQuery {
        slug: query.text("filter[slug]").map(str::to_owned),
        order,
        ..TermQuery::all(taxonomy)
    }
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
