//! Changes of the records of assets, and their trash.

use std::collections::BTreeMap;

use application::{
    ActorContext,
    batch::{AssetCommand, Command},
    custom_fields::records,
    lifecycle::Step,
    media,
};
use axum::response::Response;
use domain::{
    FieldError,
    change::Change,
    editions::EditionSet,
    events::RecordKind,
    fields::CustomFields,
    id::{AssetId, kinds},
    lifecycle::Verb,
    media::{AssetChange, AssetTextChange, RemoteAsset},
};
use serde::Deserialize;
use utoipa::{ToSchema, openapi::schema::Object};

use super::{Asset, one};
use crate::{
    error::Problem,
    rest::{
        batch::{Operation, Sent},
        entries::{
            Note,
            members::{nested, set},
            write::TrashEntry,
        },
        field::{self, Body, Collected, Field, Unknown, Wire},
        parameters::{ById, Declared, Nothing, Of, Record},
        selection::Selection,
        wire::AssetKind,
        write::{Create, DeleteById, Refusal, Write, WriteAnswer, changed, deleted, on_use},
    },
};

/// A new asset whose bytes are at another server.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewAsset {
    /// Where its bytes are: an absolute address.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 2048)]
    url: Field<String>,
    /// Its media type, such as `image/jpeg`.
    #[serde(default)]
    #[schema(value_type = String, required, max_length = 255)]
    mime_type: Field<String>,
    /// What it is; as its media type says, if absent.
    #[serde(default)]
    #[schema(value_type = Option<AssetKind>)]
    kind: Field<String>,
    /// Its size, where known.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0)]
    size_bytes: Field<i64>,
    /// Width in pixels, of pictures and films, where known.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0)]
    width: Field<i32>,
    /// Height in pixels, of pictures and films, where known.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0)]
    height: Field<i32>,
    /// Playing time, where known.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0)]
    duration_ms: Field<i64>,
    /// The name it is shown and saved under; the last part of its address, if absent.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255)]
    file_name: Field<String>,
    /// What must stay visible when it is cropped.
    #[serde(default)]
    #[schema(value_type = Option<FocalPoint>)]
    focal_point: Field<FocalPoint>,
    /// Under what licence it may be used.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    licence: Field<String>,
    /// Whether anybody may read it, used by something published or not. For those who may publish.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_public: Field<bool>,
    /// Values of custom fields by their names: each is set, or cleared by null; null for all clears
    /// them all.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    custom_fields: Field<CustomFields>,
    /// Its texts by the codes of their editions.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, AssetText>, required = false)]
    texts: Field<BTreeMap<String, Field<AssetText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Changes of the record of an asset. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AssetPatch {
    /// The name it is shown and saved under.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255)]
    file_name: Field<String>,
    /// What must stay visible when it is cropped; null: nothing in particular.
    #[serde(default)]
    #[schema(value_type = Option<FocalPoint>)]
    focal_point: Field<FocalPoint>,
    /// Under what licence it may be used.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    licence: Field<String>,
    /// Whether anybody may read it, used by something published or not. For those who may publish.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    is_public: Field<bool>,
    /// Values of custom fields by their names: each is set, or cleared by null; null for all clears
    /// them all.
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    custom_fields: Field<CustomFields>,
    #[serde(default)]
    #[schema(schema_with = texts_or_null, required = false)]
    texts: Field<BTreeMap<String, Field<AssetText>>>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// A place in a picture.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FocalPointInput)]
pub(super) struct FocalPoint {
    /// From the left, as a part of the width.
    #[serde(default)]
    #[schema(value_type = f64, required, minimum = 0, maximum = 1)]
    x: Field<f64>,
    /// From the top, as a part of the height.
    #[serde(default)]
    #[schema(value_type = f64, required, minimum = 0, maximum = 1)]
    y: Field<f64>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// What is said about an asset in one edition. Of a text that is there, what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AssetTextPatch)]
pub(super) struct AssetText {
    /// A title.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    title: Field<String>,
    /// What is to be seen, for those who cannot.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    alt: Field<String>,
    /// What stands below it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    caption: Field<String>,
    /// Who made it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    credit: Field<String>,
    /// A longer text.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    description: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

fn texts_or_null() -> Object {
    field::texts_or_null("AssetTextPatch")
}

impl Wire for FocalPoint {
    const MUST_BE: &'static str = "must be an object with `x` and `y`";
}

impl Wire for AssetText {
    const MUST_BE: &'static str = "must be an object";
}

impl FocalPoint {
    fn read(self, wrong: &mut Collected) -> Option<(f64, f64)> {
        wrong.unknown(&self.unknown);
        let (x, y) = (wrong.needed("x", self.x), wrong.needed("y", self.y));
        Some((x?, y?))
    }
}

impl AssetText {
    fn read(self, wrong: &mut Collected) -> AssetTextChange {
        wrong.unknown(&self.unknown);
        AssetTextChange {
            title: wrong.clearable("title", self.title),
            alt: wrong.clearable("alt", self.alt),
            caption: wrong.clearable("caption", self.caption),
            credit: wrong.clearable("credit", self.credit),
            description: wrong.clearable("description", self.description),
        }
    }
}

impl Body for AssetPatch {
    type Command = AssetChange;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> AssetChange {
        wrong.unknown(&self.unknown);
        let place = nested(wrong, "focalPoint", self.focal_point, FocalPoint::read);
        AssetChange {
            file_name: wrong.required("fileName", self.file_name),
            focal_point: match place {
                Change::Set(Some(place)) => place.map_or(Change::Keep, |at| Change::Set(Some(at))),
                Change::Set(None) => Change::Set(None),
                Change::Keep => Change::Keep,
            },
            licence: wrong.clearable("licence", self.licence),
            is_public: wrong.required("isPublic", self.is_public),
            custom_fields: wrong.clearable("customFields", self.custom_fields),
            texts: wrong.texts(editions, self.texts, |wrong, text: AssetText| {
                text.read(wrong)
            }),
        }
    }
}

impl Body for NewAsset {
    type Command = RemoteAsset;
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> RemoteAsset {
        let kind = set(wrong.clearable("kind", self.kind));
        let record = AssetPatch {
            file_name: self.file_name,
            focal_point: self.focal_point,
            licence: self.licence,
            is_public: self.is_public,
            custom_fields: self.custom_fields,
            texts: self.texts,
            unknown: self.unknown,
        };
        RemoteAsset {
            url: wrong.needed("url", self.url).unwrap_or_default(),
            media_type: wrong.needed("mimeType", self.mime_type).unwrap_or_default(),
            kind: kind.and_then(|kind| wrong.take(kind.parse())),
            size_bytes: set(wrong.clearable("sizeBytes", self.size_bytes)),
            width: set(wrong.clearable("width", self.width)).map(i64::from),
            height: set(wrong.clearable("height", self.height)).map(i64::from),
            duration_ms: set(wrong.clearable("durationMs", self.duration_ms)),
            record: record.read(editions, wrong),
        }
    }
}

/// Create an asset
///
/// Makes the record of something whose bytes are at another server.
#[utoipa::path(
    post,
    path = "/assets",
    tag = "Assets",
    params(Of<Create<Asset<'_>>>),
    request_body = NewAsset,
    responses((status = 201, description = "The new asset.", body = Asset<'_>)),
)]
pub(super) async fn create_asset(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<Create<Asset<'_>>>()?;
    let new = write.body::<NewAsset>(&editions, &[], |new| {
        faults_of_new(&write.read.cx, new, &editions)
    })?;
    let id = media::create_remote(&write.read.cx, new).await?;
    let read = answer::<Create<Asset<'_>>>(&write, id).await?;
    Ok(write.created("assets", id, read))
}

fn faults_of_new(cx: &ActorContext, new: &RemoteAsset, editions: &EditionSet) -> Vec<FieldError> {
    let (wrong, set) = (new.check(editions), &new.record.custom_fields);
    records::faults_of_new(cx, RecordKind::Asset, set, wrong)
}

fn faults_of_change(
    cx: &ActorContext,
    change: &AssetChange,
    editions: &EditionSet,
) -> Vec<FieldError> {
    let (wrong, set) = (change.check(editions), &change.custom_fields);
    records::faults_of_change(cx, RecordKind::Asset, set, wrong)
}

/// Change an asset
///
/// What is left out stays, null clears (RFC 7396). Where its bytes are stays.
#[utoipa::path(
    patch,
    path = "/assets/{id}",
    tag = "Assets",
    params(Of<ById<Asset<'_>>>),
    request_body(content(
        (AssetPatch = "application/merge-patch+json"),
        (AssetPatch = "application/json"),
    )),
    responses((status = 200, description = "The asset as it is now.", body = Asset<'_>)),
)]
pub(super) async fn update_asset(write: Write) -> WriteAnswer {
    let editions = write.read.cx.editions().await?;
    write.query::<ById<Asset<'_>>>()?;
    let (id, expected) = (write.id::<kinds::Asset>()?, write.version()?);
    let change = write.body::<AssetPatch>(&editions, &[], |change| {
        faults_of_change(&write.read.cx, change, &editions)
    })?;
    media::change(&write.read.cx, id, expected, change).await?;
    Ok(changed(answer::<ById<Asset<'_>>>(&write, id).await?))
}

/// Delete an asset
///
/// Puts it into the trash. Purging is a step and a right of its own.
#[utoipa::path(
    delete,
    path = "/assets/{id}",
    tag = "Assets",
    params(Of<TrashEntry<Asset<'_>>>),
    responses((status = 204, description = "It is in the trash.")),
)]
pub(super) async fn delete_asset(write: Write) -> WriteAnswer {
    write.query::<TrashEntry<Asset<'_>>>()?;
    let id = write.id::<kinds::Asset>()?;
    let step = Step {
        expected: write.version()?,
        note: None,
    };
    media::trash(&write.read.cx, id, step).await?;
    Ok(deleted())
}

/// Trash an asset
///
/// Puts it into the trash, as `DELETE` does, and answers with it. Nobody is shown it any more,
/// wherever it is used.
#[utoipa::path(
    post,
    path = "/assets/{id}/trash",
    tag = "Assets",
    params(Of<ById<Asset<'_>>>),
    request_body = Option<Note>,
    responses((status = 200, description = "The asset as it is now.", body = Asset<'_>)),
)]
pub(super) async fn trash_asset(write: Write) -> WriteAnswer {
    let (id, step) = noted::<ById<Asset<'_>>>(&write).await?;
    media::trash(&write.read.cx, id, step).await?;
    Ok(changed(answer::<ById<Asset<'_>>>(&write, id).await?))
}

/// Restore an asset
///
/// Takes it out of the trash: it is shown again wherever it is used.
#[utoipa::path(
    post,
    path = "/assets/{id}/restore",
    tag = "Assets",
    params(Of<ById<Asset<'_>>>),
    request_body = Option<Note>,
    responses((status = 200, description = "The asset as it is now.", body = Asset<'_>)),
)]
pub(super) async fn restore_asset(write: Write) -> WriteAnswer {
    let (id, step) = noted::<ById<Asset<'_>>>(&write).await?;
    media::restore(&write.read.cx, id, step).await?;
    Ok(changed(answer::<ById<Asset<'_>>>(&write, id).await?))
}

/// Purge an asset
///
/// Removes it from the trash for good. What uses it is named, unless `onUse` or `replaceWith` says
/// what becomes of it.
#[utoipa::path(
    post,
    path = "/assets/{id}/purge",
    tag = "Assets",
    params(Of<DeleteById<Asset<'_>>>),
    request_body = Option<Note>,
    responses((status = 204, description = "It is gone for good.")),
)]
pub(super) async fn purge_asset(write: Write) -> WriteAnswer {
    let (id, step) = noted::<DeleteById<Asset<'_>>>(&write).await?;
    let query = write.query::<DeleteById<Asset<'_>>>()?;
    let on_use = on_use::<kinds::Asset>(&query)?;
    let is_noted = |error: &domain::Error| error.fields().iter().any(|wrong| wrong.field == "note");
    let purged = media::purge(&write.read.cx, id, step, on_use).await;
    purged.map_err(|error| {
        if is_noted(&error) {
            Refusal::from(error)
        } else {
            Refusal::of_query(error)
        }
    })?;
    Ok(deleted())
}

/// The asset of a step, the version it was decided on and what is said about it.
async fn noted<P: Declared>(write: &Write) -> Result<(AssetId, Step), Problem> {
    write.query::<P>()?;
    let editions = write.read.cx.editions().await?;
    let (id, expected) = (write.id::<kinds::Asset>()?, write.version()?);
    let note = write.optional_body::<Note>(&editions)?;
    Ok((id, Step { expected, note }))
}

/// The asset as a read of it answers.
async fn answer<P: Declared>(write: &Write, id: AssetId) -> Result<Response, Problem> {
    let query = write.query::<P>()?;
    let edition = write.read.edition_of_texts(&query).await?;
    let selection = Selection::of(&query, Asset::INCLUDES);
    one(&write.read, id, edition, &selection).await
}

/// The operations a batch may hold.
pub(in crate::rest) fn batched() -> Vec<Operation> {
    vec![
        Operation::create("assets", &[], |sent| {
            let new =
                sent.body::<NewAsset>(&[], |new| faults_of_new(sent.cx(), new, sent.editions()))?;
            let new = Box::new(new);
            Ok(Command::Asset(AssetCommand::Create { new }))
        }),
        Operation::update("assets", &[], |sent| {
            let (id, expected) = (sent.id::<kinds::Asset>()?, sent.version()?);
            let change = sent.body::<AssetPatch>(&[], |change| {
                faults_of_change(sent.cx(), change, sent.editions())
            })?;
            Ok(Command::Asset(AssetCommand::Change {
                id,
                expected,
                change,
            }))
        }),
        Operation::delete("assets", |sent| {
            sent.query::<TrashEntry<Asset<'_>>>()?;
            moved(sent, Verb::Trash, None)
        }),
        Operation::at("POST", &["assets", "{}", "trash"], Some(&[]), |sent| {
            sent.query::<Nothing>()?;
            moved(sent, Verb::Trash, sent.optional_body::<Note>()?)
        }),
        Operation::at("POST", &["assets", "{}", "restore"], Some(&[]), |sent| {
            sent.query::<Nothing>()?;
            moved(sent, Verb::Restore, sent.optional_body::<Note>()?)
        }),
        Operation::at("POST", &["assets", "{}", "purge"], None, |sent| {
            let query = sent.query::<DeleteById<Asset<'_>>>()?;
            let note = sent.optional_body::<Note>()?;
            Ok(Command::Asset(AssetCommand::Purge {
                id: sent.id::<kinds::Asset>()?,
                step: Step {
                    expected: sent.version()?,
                    note,
                },
                on_use: on_use::<kinds::Asset>(&query)?,
            }))
        }),
    ]
}

fn moved(sent: &Sent<'_>, verb: Verb, note: Option<String>) -> Result<Command, Problem> {
    let (id, expected) = (sent.id::<kinds::Asset>()?, sent.version()?);
    let step = Step { expected, note };
    Ok(Command::Asset(AssetCommand::Move { id, verb, step }))
}
