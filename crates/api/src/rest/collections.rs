//! Collections: entries in an order an editor chose (front page, series).

use application::collections::{self, CollectionGet};
use chrono::{DateTime, Utc};
use domain::id::{CollectionId, kinds};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    entries::{self, AnyEntry},
    parameters::{BySlug, Declared, Groups, Kind, Of, OwnById, PAGE, Parameter, Record},
    request::Read,
    selection::Selection,
    view::View,
    wire::{Direction, Id},
};
use crate::error::Problem;

mod write;

pub(super) use write::batched;

/// A curated list of one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Collection<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("collection_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: CollectionId,
    /// The code of its edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// Its slug; unique per edition.
    slug: &'a str,
    /// Its title.
    title: &'a str,
    /// What it is.
    description: Option<&'a str>,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

impl Record for Collection<'_> {
    const PREFIX: &'static str = "collection";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "edition",
        "direction",
        "slug",
        "title",
        "description",
        "version",
        "createdAt",
        "updatedAt",
    ];
}

impl<'a> View<'a> {
    fn collection(
        &self,
        collection: &'a domain::collections::Collection,
    ) -> Result<Collection<'a>, Problem> {
        let (edition, direction) = self.language(collection.edition)?;
        Ok(Collection {
            id: collection.id,
            edition,
            direction,
            slug: &collection.slug,
            title: &collection.title,
            description: collection.description.as_deref(),
            version: collection.version,
            created_at: collection.created_at,
            updated_at: collection.updated_at,
        })
    }
}

/// The operations on collections.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_collections, write::create_collection))
        .routes(routes!(
            get_collection,
            write::update_collection,
            write::delete_collection
        ))
        .routes(routes!(get_collection_by_slug))
        .routes(routes!(list_collection_items))
}

struct ListCollections;
impl Declared for ListCollections {
    const PARAMETERS: Groups = &[
        &[Parameter::optional(
            "edition",
            Kind::Edition,
            "Only collections of this edition.",
        )],
        Collection::SELECTION,
        PAGE,
    ];
}

struct ListItems;
impl Declared for ListItems {
    const PARAMETERS: Groups = &[&[Collection::ID], AnyEntry::SELECTION, PAGE];
}

/// List collections
///
/// The newest first.
#[utoipa::path(
    get,
    path = "/collections",
    tag = "Collections",
    params(Of<ListCollections>),
    responses((status = 200, description = "A page of collections.", body = CollectionList<'_>)),
)]
async fn list_collections(read: Read) -> Answer {
    let query = read.query::<ListCollections>()?;
    let edition = read.edition_if_named(&query).await?;
    let args = query.page()?;
    let page = collections::list(&read.cx, edition, &args).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = page
        .nodes()
        .map(|collection| view.collection(collection))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(
        &read,
        &query,
        &Selection::of(&query, Collection::INCLUDES),
        &args,
        (&page, data),
    )
}
type CollectionList<'a> = List<Collection<'a>>;

/// Get a collection
#[utoipa::path(
    get,
    path = "/collections/{id}",
    tag = "Collections",
    params(Of<OwnById<Collection<'_>>>),
    responses((status = 200, description = "The collection.", body = Collection<'_>)),
)]
async fn get_collection(read: Read) -> Answer {
    let query = read.query::<OwnById<Collection<'_>>>()?;
    let wanted = CollectionGet::Id(read.id::<kinds::Collection>()?);
    one(&read, &wanted, &Selection::of(&query, Collection::INCLUDES)).await
}

/// Get a collection by slug
#[utoipa::path(
    get,
    path = "/collections/by-slug/{edition}/{slug}",
    tag = "Collections",
    params(Of<BySlug<Collection<'_>>>),
    responses((status = 200, description = "The collection.", body = Collection<'_>)),
)]
async fn get_collection_by_slug(read: Read) -> Answer {
    let query = read.query::<BySlug<Collection<'_>>>()?;
    let wanted = CollectionGet::Slug {
        edition: read.edition_in_path().await?,
        slug: read.segment("slug")?.to_owned(),
    };
    one(&read, &wanted, &Selection::of(&query, Collection::INCLUDES)).await
}

async fn one(read: &Read, wanted: &CollectionGet, selection: &Selection<'_>) -> Answer {
    let collection = found(read, wanted).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::one(
        read,
        selection,
        &view.collection(&collection)?,
        (collection.version, collection.updated_at),
    )
}

async fn found(
    read: &Read,
    wanted: &CollectionGet,
) -> Result<domain::collections::Collection, Problem> {
    collections::get(&read.cx, wanted)
        .await?
        .ok_or_else(|| Problem::not_found("the collection"))
}

/// List what is in a collection
///
/// Articles, pages and issues, in the order an editor chose; those the caller may not read are left
/// out.
#[utoipa::path(
    get,
    path = "/collections/{id}/items",
    tag = "Collections",
    params(Of<ListItems>),
    responses((status = 200, description = "A page of entries.", body = EntryList<'_>)),
)]
async fn list_collection_items(read: Read) -> Answer {
    let query = read.query::<ListItems>()?;
    let selection = Selection::of(&query, AnyEntry::INCLUDES);
    let id = read.id::<kinds::Collection>()?;
    found(&read, &CollectionGet::Id(id)).await?;
    let args = query.page()?;
    let page = collections::items(&read.cx, id, &args, selection.parts()).await?;
    entries::page_of(&read, &query, &selection, &args, &page).await
}
type EntryList<'a> = List<AnyEntry<'a>>;
