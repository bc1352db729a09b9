//! Changes of galleries.

use std::collections::BTreeMap;

use application::{
    batch::{Command, SharedCommand},
    galleries::{self, GalleryGet},
};
use axum::response::Response;
use domain::{
    editions::EditionSet,
    galleries::{GalleryChange, GalleryItemChange, GalleryTextChange},
    id::{AssetId, GalleryId, kinds},
};
use serde::Deserialize;
use utoipa::{ToSchema, openapi::schema::Object};

use super::{Gallery, one};
use crate::{
    error::Problem,
    rest::{
        batch::Operation,
        entries::members::{list, needed_id},
        field::{self, Body, Collected, Field, Unknown, Wire, Words},
        parameters::{ById, Declared, Of, Record},
        selection::Selection,
        wire::Id as IdSchema,
        write::{Create, DeleteById, Refusal, Write, WriteAnswer, changed, deleted, on_use},
    },
};

/// The fields that bodies call otherwise than commands.
const WORDS: Words = &[("items.*.asset", "items.*.assetId")];

/// A new gallery.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewGallery {
    /// What it shows, in order.
    #[serde(default)]
    #[schema(value_type = Vec<GalleryItem>, required = false, max_items = 10_000)]
    items: Field<Vec<Field<GalleryItem>>>,
    /// Its texts by the codes of their editions; at least one, with a title.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, GalleryText>, required)]
    texts: Field<BTreeMap<String, Field<GalleryText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of a gallery. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GalleryPatch {
    /// All that it shows, in order; null empties it.
    #[serde(default)]
    #[schema(value_type = Option<Vec<GalleryItem>>, max_items = 10_000)]
    items: Field<Vec<Field<GalleryItem>>>,
    #[serde(default)]
    #[schema(schema_with = texts_or_null, required = false)]
    texts: Field<BTreeMap<String, Field<GalleryText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// An asset in a gallery.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GalleryItemInput)]
pub(super) struct GalleryItem {
    /// The id of the asset.
    #[serde(default)]
    #[schema(value_type = IdSchema, required)]
    asset_id: Field<String>,
    /// What stands below it here, by the codes of the editions; null: what the asset says itself. An
    /// asset that was in the gallery keeps the captions of the editions that are left out.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Option<String>>, required = false)]
    captions: Field<BTreeMap<String, Field<String>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What a gallery is called in one edition. Of a text that is there, what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GalleryTextPatch)]
pub(super) struct GalleryText {
    /// Its title. A new text needs one.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 500)]
    title: Field<String>,
    /// The slug; null: made from the title.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    slug: Field<String>,
    /// What it shows.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    description: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

fn texts_or_null() -> Object {
    field::texts_or_null("GalleryTextPatch")
}

impl Wire for GalleryItem {
    const MUST_BE: &'static str = "must be an object";
}

impl Wire for GalleryText {
    const MUST_BE: &'static str = "must be an object";
}

impl GalleryItem {
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Option<GalleryItemChange> {
        wrong.unknown(&self.unknown);
        let asset = needed_id::<AssetId>(wrong, "assetId", self.asset_id);
        let captions = wrong.by_edition("captions", editions, self.captions, |_, text| text);
        Some(GalleryItemChange {
            asset: asset?,
            captions,
        })
    }
}

impl GalleryText {
    fn read(self, wrong: &mut Collected) -> GalleryTextChange {
        wrong.unknown(&self.unknown);
        GalleryTextChange {
            title: wrong.required("title", self.title),
            slug: wrong.clearable("slug", self.slug),
            description: wrong.clearable("description", self.description),
        }
    }
}

impl Body for GalleryPatch {
    type Command = GalleryChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> GalleryChange {
        wrong.unknown(&self.unknown);
        GalleryChange {
            items: list(wrong, "items", self.items, |item: GalleryItem, wrong| {
                item.read(editions, wrong)
            }),
            texts: wrong.texts(editions, self.texts, |wrong, text: GalleryText| {
                text.read(wrong)
            }),
        }
    }
}

impl Body for NewGallery {
    type Command = GalleryChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> GalleryChange {
        let Self {
            items,
            texts,
            unknown,
        } = self;
        GalleryPatch {
            items,
            texts,
            unknown,
        }
        .read(editions, wrong)
    }
}

/// Create a gallery
#[utoipa::path(
    post,
    path = "/galleries",
    tag = "Galleries",
    params(Of<Create<Gallery<'_>>>),
    request_body = NewGallery,
    responses((status = 201, description = "The new gallery.", body = Gallery<'_>)),
)]
pub(super) async fn create_gallery(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<Create<Gallery<'_>>>()?;
    let new = write.body::<NewGallery>(&editions, WORDS, |new| new.check_new(&editions))?;
    let id = galleries::create_from(&write.read.cx, new)
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    let read = answer::<Create<Gallery<'_>>>(&write, id).await?;
    Ok(write.created("galleries", id, read))
}

/// Change a gallery
///
/// What is left out stays, null clears (RFC 7396); `items` is replaced as a whole.
#[utoipa::path(
    patch,
    path = "/galleries/{id}",
    tag = "Galleries",
    params(Of<ById<Gallery<'_>>>),
    request_body(content(
        (GalleryPatch = "application/merge-patch+json"),
        (GalleryPatch = "application/json"),
    )),
    responses((status = 200, description = "The gallery as it is now.", body = Gallery<'_>)),
)]
pub(super) async fn update_gallery(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<ById<Gallery<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Gallery>()?, write.version()?);
    let change = write.body::<GalleryPatch>(&editions, WORDS, |change| change.check(&editions))?;
    galleries::change(&write.read.cx, id, expected, change)
        .await
        .map_err(|error| Refusal::in_words(error, WORDS))?;
    Ok(changed(answer::<ById<Gallery<'_>>>(&write, id).await?))
}

/// Delete a gallery
///
/// Articles that show it use it. What it shows stays.
#[utoipa::path(
    delete,
    path = "/galleries/{id}",
    tag = "Galleries",
    params(Of<DeleteById<Gallery<'_>>>),
    responses((status = 204, description = "It is gone.")),
)]
pub(super) async fn delete_gallery(write: Write) -> WriteAnswer {
    let query = write.query::<DeleteById<Gallery<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Gallery>()?, write.version()?);
    let on_use = on_use::<kinds::Gallery>(&query)?;
    galleries::delete_at(&write.read.cx, id, expected, on_use)
        .await
        .map_err(Refusal::of_query)?;
    Ok(deleted())
}

/// The gallery as a read of it answers.
async fn answer<P: Declared>(write: &Write, id: GalleryId) -> Result<Response, Problem> {
    let query = write.query::<P>()?;
    let edition = write.read.edition_of_texts(&query).await?;
    let selection = Selection::of(&query, Gallery::INCLUDES);
    one(&write.read, &GalleryGet::Id(id), edition, &selection).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    vec![
        Operation::create("galleries", WORDS, |sent| {
            let new = sent.body::<NewGallery>(WORDS, |new| new.check_new(sent.editions()))?;
            Ok(Command::Gallery(SharedCommand::Create { new }))
        }),
        Operation::update("galleries", WORDS, |sent| {
            let (id, expected) = (sent.id::<kinds::Gallery>()?, sent.version()?);
            let change =
                sent.body::<GalleryPatch>(WORDS, |change| change.check(sent.editions()))?;
            Ok(Command::Gallery(SharedCommand::Change {
                id,
                expected,
                change,
            }))
        }),
        Operation::delete("galleries", |sent| {
            let query = sent.query::<DeleteById<Gallery<'_>>>()?;
            Ok(Command::Gallery(SharedCommand::Delete {
                id: sent.id::<kinds::Gallery>()?,
                expected: sent.version()?,
                on_use: on_use::<kinds::Gallery>(&query)?,
            }))
        }),
    ]
}
