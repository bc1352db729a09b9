//! Galleries: assets in an order, shared by all editions.

use std::collections::HashMap;

use application::galleries::{self, GalleryGet};
use chrono::{DateTime, Utc};
use domain::{
    content::Parts,
    galleries::GalleryItem,
    id::{EditionId, GalleryId, kinds},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    parameters::{ById, BySlug, Declared, Groups, Of, PAGE, Record, TEXTS_OF},
    request::Read,
    selection::{Fields, Include, Selection},
    view::View,
    wire::{Direction, FIGURE, Figure, Id, Included},
};
use crate::error::Problem;

mod write;

pub(super) use write::batched;

/// Assets in an order, with its text in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Gallery<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("gallery_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: GalleryId,
    /// Its title.
    title: &'a str,
    /// Its slug; unique per edition.
    slug: &'a str,
    /// What it shows.
    description: Option<&'a str>,
    /// How many items it has.
    item_count: i64,
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
    /// What it shows, in order; with `include=items`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Figure<'_>>)]
    items: Included<Vec<Figure<'a>>>,
}

impl Record for Gallery<'_> {
    const PREFIX: &'static str = "gallery";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "title",
        "slug",
        "description",
        "itemCount",
        "edition",
        "direction",
        "version",
        "createdAt",
        "updatedAt",
        "items",
    ];
    const BELOW: &'static [(&'static str, Fields)] = &[("items", FIGURE)];
    const INCLUDES: &'static [Include] = &[Include {
        name: "items",
        fields: &["items"],
        parts: Parts::NONE,
    }];
}

type Items = HashMap<GalleryId, Vec<GalleryItem>>;

impl<'a> View<'a> {
    /// A gallery without its items.
    fn gallery(&self, gallery: &'a domain::galleries::Gallery) -> Result<Gallery<'a>, Problem> {
        let (edition, direction) = self.language(gallery.text.edition)?;
        let text = &gallery.text.value;
        Ok(Gallery {
            id: gallery.id,
            title: &text.title,
            slug: &text.slug,
            description: text.description.as_deref(),
            item_count: gallery.item_count,
            edition,
            direction,
            version: gallery.version,
            created_at: gallery.created_at,
            updated_at: gallery.updated_at,
            items: Included::No,
        })
    }

    /// A gallery with its items.
    pub(super) fn whole_gallery(
        &self,
        gallery: &'a domain::galleries::Gallery,
        items: &'a [GalleryItem],
    ) -> Result<Gallery<'a>, Problem> {
        Ok(Gallery {
            items: Included::Yes(self.figures(items)?),
            ..self.gallery(gallery)?
        })
    }

    fn gallery_with(
        &self,
        gallery: &'a domain::galleries::Gallery,
        items: Option<&'a Items>,
    ) -> Result<Gallery<'a>, Problem> {
        match items {
            None => self.gallery(gallery),
            Some(items) => {
                self.whole_gallery(gallery, items.get(&gallery.id).map_or(&[], Vec::as_slice))
            }
        }
    }
}

/// The operations on galleries.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_galleries, write::create_gallery))
        .routes(routes!(
            get_gallery,
            write::update_gallery,
            write::delete_gallery
        ))
        .routes(routes!(get_gallery_by_slug))
}

async fn items_of(
    read: &Read,
    ids: &[GalleryId],
    edition: EditionId,
    selection: &Selection<'_>,
) -> Result<Option<Items>, Problem> {
    Ok(if selection.includes("items") {
        Some(galleries::items(&read.cx, ids, edition).await?)
    } else {
        None
    })
}

struct ListGalleries;
impl Declared for ListGalleries {
    const PARAMETERS: Groups = &[&[TEXTS_OF], Gallery::SELECTION, PAGE];
}

/// List galleries
#[utoipa::path(
    get,
    path = "/galleries",
    tag = "Galleries",
    params(Of<ListGalleries>),
    responses((status = 200, description = "A page of galleries.", body = GalleryList<'_>)),
)]
async fn list_galleries(read: Read) -> Answer {
    let query = read.query::<ListGalleries>()?;
    let selection = Selection::of(&query, Gallery::INCLUDES);
    let edition = read.edition_of_texts(&query).await?;
    let args = query.page()?;
    let page = galleries::list(&read.cx, edition, &args).await?;
    let ids: Vec<GalleryId> = page.nodes().map(|gallery| gallery.id).collect();
    let items = items_of(&read, &ids, edition, &selection).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = page
        .nodes()
        .map(|gallery| view.gallery_with(gallery, items.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(&read, &query, &selection, &args, (&page, data))
}
type GalleryList<'a> = List<Gallery<'a>>;

/// Get a gallery
#[utoipa::path(
    get,
    path = "/galleries/{id}",
    tag = "Galleries",
    params(Of<ById<Gallery<'_>>>),
    responses((status = 200, description = "The gallery.", body = Gallery<'_>)),
)]
async fn get_gallery(read: Read) -> Answer {
    let query = read.query::<ById<Gallery<'_>>>()?;
    let wanted = GalleryGet::Id(read.id::<kinds::Gallery>()?);
    let edition = read.edition_of_texts(&query).await?;
    one(
        &read,
        &wanted,
        edition,
        &Selection::of(&query, Gallery::INCLUDES),
    )
    .await
}

/// Get a gallery by slug
#[utoipa::path(
    get,
    path = "/galleries/by-slug/{edition}/{slug}",
    tag = "Galleries",
    params(Of<BySlug<Gallery<'_>>>),
    responses((status = 200, description = "The gallery.", body = Gallery<'_>)),
)]
async fn get_gallery_by_slug(read: Read) -> Answer {
    let query = read.query::<BySlug<Gallery<'_>>>()?;
    let edition = read.edition_in_path().await?;
    let wanted = GalleryGet::Slug(read.segment("slug")?.to_owned());
    one(
        &read,
        &wanted,
        edition,
        &Selection::of(&query, Gallery::INCLUDES),
    )
    .await
}

async fn one(
    read: &Read,
    wanted: &GalleryGet,
    edition: EditionId,
    selection: &Selection<'_>,
) -> Answer {
    let gallery = galleries::get(&read.cx, wanted, edition)
        .await?
        .ok_or_else(|| Problem::not_found("the gallery"))?;
    let items = items_of(read, &[gallery.id], edition, selection).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::one(
        read,
        selection,
        &view.gallery_with(&gallery, items.as_ref())?,
        (gallery.version, gallery.updated_at),
    )
}
