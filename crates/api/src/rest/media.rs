//! Assets: pictures, films, sound and documents.

use std::collections::HashMap;

use application::media;
use chrono::{DateTime, Utc};
use domain::{
    content::Parts,
    events::RecordKind,
    fields::CustomFields,
    id::{AssetId, EditionId, kinds},
    media::{AssetQuery, AssetText, Figure as DomainFigure},
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
    parameters::{ById, Declared, Groups, Kind, Of, PAGE, Parameter, Record, TEXTS_OF},
    record_fields::RecordFields,
    request::Read,
    selection::{Fields, Include, Selection},
    view::View,
    wire::{AssetKind, Direction, Figure, Id, Included},
};
use crate::error::Problem;

mod write;

pub(super) use write::batched;

/// A picture, a film, sound or a document, with its text in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asset<'a> {
    /// Its id.
    #[schema(value_type = Id, examples("asset_01jb2x9k3m4n5p6q7r8s9t0v1w"))]
    id: AssetId,
    /// What it is.
    kind: AssetKind,
    /// Where its bytes are: an absolute address.
    url: String,
    /// The name it came with.
    file_name: &'a str,
    /// Its media type, such as `image/jpeg`.
    mime_type: &'a str,
    /// Its size, where known.
    size_bytes: Option<i64>,
    /// Width in pixels, of pictures and films, where known.
    width: Option<i64>,
    /// Height in pixels, of pictures and films, where known.
    height: Option<i64>,
    /// Playing time, where known.
    duration_ms: Option<i64>,
    /// What must stay visible when it is cropped.
    focal_point: Option<FocalPoint>,
    /// Under what licence it may be used.
    licence: Option<&'a str>,
    /// Whether anybody may read it, used by something published or not.
    is_public: bool,
    /// Whether it is in the trash: only those are shown it then who may take it out.
    is_trashed: bool,
    /// A title.
    title: Option<&'a str>,
    /// What is to be seen, for those who cannot.
    alt: Option<&'a str>,
    /// What stands below it.
    caption: Option<&'a str>,
    /// Who made it.
    credit: Option<&'a str>,
    /// A longer text.
    description: Option<&'a str>,
    /// The code of the edition its texts were served from.
    edition: &'a str,
    /// The direction these texts are written in.
    direction: Direction,
    /// Counts every save, from 1.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
    /// Its custom fields, by name: `/content-model` tells which there are. Null: no value. With the
    /// record itself, not where it stands in another.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    custom_fields: Included<CustomFields>,
    /// Its texts in all editions; with `include=translations`.
    #[serde(skip_serializing_if = "Included::is_left_out")]
    #[schema(value_type = Vec<Translation<'_>>)]
    translations: Included<Vec<Translation<'a>>>,
}

/// A place in a picture.
#[derive(Debug, Serialize, ToSchema)]
struct FocalPoint {
    /// From the left, as a part of the width.
    #[schema(minimum = 0, maximum = 1)]
    x: f64,
    /// From the top, as a part of the height.
    #[schema(minimum = 0, maximum = 1)]
    y: f64,
}

/// What is said about an asset in one edition.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AssetTranslation)]
struct Translation<'a> {
    /// The code of the edition.
    edition: &'a str,
    /// The direction of its writing.
    direction: Direction,
    /// A title.
    title: Option<&'a str>,
    /// What is to be seen, for those who cannot.
    alt: Option<&'a str>,
    /// What stands below it.
    caption: Option<&'a str>,
    /// Who made it.
    credit: Option<&'a str>,
    /// A longer text.
    description: Option<&'a str>,
}

impl Record for Asset<'_> {
    const PREFIX: &'static str = "asset";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "kind",
        "url",
        "fileName",
        "mimeType",
        "sizeBytes",
        "width",
        "height",
        "durationMs",
        "focalPoint",
        "licence",
        "isPublic",
        "isTrashed",
        "title",
        "alt",
        "caption",
        "credit",
        "description",
        "edition",
        "direction",
        "version",
        "createdAt",
        "updatedAt",
        "customFields",
        "translations",
    ];
    const BELOW: &'static [(&'static str, Fields)] = &[(
        "translations",
        Fields::flat(&[
            "edition",
            "direction",
            "title",
            "alt",
            "caption",
            "credit",
            "description",
        ]),
    )];
    const INCLUDES: &'static [Include] = &[Include {
        name: "translations",
        fields: &["translations"],
        parts: Parts::NONE,
    }];
}

/// What is loaded besides the assets themselves.
struct More {
    fields: RecordFields,
    texts: Option<HashMap<AssetId, Vec<Localized<AssetText>>>>,
}

impl More {
    async fn load(
        read: &Read,
        ids: &[AssetId],
        selection: &Selection<'_>,
    ) -> Result<Self, Problem> {
        let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        Ok(Self {
            fields: RecordFields::load(read, RecordKind::Asset, &uuids, selection).await?,
            texts: if selection.includes("translations") {
                Some(media::texts(&read.cx, ids).await?)
            } else {
                None
            },
        })
    }
}

impl<'a> View<'a> {
    /// An asset without what is loaded only when asked for.
    pub(super) fn asset(&self, asset: &'a domain::media::Asset) -> Result<Asset<'a>, Problem> {
        let (edition, direction) = self.language(asset.text.edition)?;
        let text = &asset.text.value;
        Ok(Asset {
            id: asset.id,
            kind: asset.kind.into(),
            url: media::url(self.cx, asset),
            file_name: &asset.file_name,
            mime_type: &asset.media_type,
            size_bytes: asset.size_bytes,
            width: asset.width,
            height: asset.height,
            duration_ms: asset.duration_ms,
            focal_point: asset.focal_point.map(|(x, y)| FocalPoint { x, y }),
            licence: asset.licence.as_deref(),
            is_public: asset.is_public,
            is_trashed: asset.is_trashed,
            title: text.title.as_deref(),
            alt: text.alt.as_deref(),
            caption: text.caption.as_deref(),
            credit: text.credit.as_deref(),
            description: text.description.as_deref(),
            edition,
            direction,
            version: asset.version,
            created_at: asset.created_at,
            updated_at: asset.updated_at,
            custom_fields: Included::No,
            translations: Included::No,
        })
    }

    /// An asset in its place.
    pub(super) fn figure(&self, figure: &'a DomainFigure) -> Result<Figure<'a>, Problem> {
        let own = &figure.asset.text.value;
        Ok(Figure {
            asset: self.asset(&figure.asset)?,
            caption: figure.caption.as_deref().or(own.caption.as_deref()),
            alt: figure.alt.as_deref().or(own.alt.as_deref()),
        })
    }

    /// Assets in their places.
    pub(super) fn figures(&self, figures: &'a [DomainFigure]) -> Result<Vec<Figure<'a>>, Problem> {
        figures.iter().map(|figure| self.figure(figure)).collect()
    }

    fn asset_with(
        &self,
        asset: &'a domain::media::Asset,
        more: &'a More,
    ) -> Result<Asset<'a>, Problem> {
        let texts = more
            .texts
            .as_ref()
            .map(|texts| self.asset_texts(texts.get(&asset.id).map_or(&[], Vec::as_slice)))
            .transpose()?;
        Ok(Asset {
            custom_fields: more.fields.of(asset.id.uuid()),
            translations: texts.into(),
            ..self.asset(asset)?
        })
    }

    fn asset_texts(
        &self,
        texts: &'a [Localized<AssetText>],
    ) -> Result<Vec<Translation<'a>>, Problem> {
        texts
            .iter()
            .map(|text| {
                let (edition, direction) = self.language(text.edition)?;
                Ok(Translation {
                    edition,
                    direction,
                    title: text.value.title.as_deref(),
                    alt: text.value.alt.as_deref(),
                    caption: text.value.caption.as_deref(),
                    credit: text.value.credit.as_deref(),
                    description: text.value.description.as_deref(),
                })
            })
            .collect()
    }
}

/// The operations on assets.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_assets, write::create_asset))
        .routes(routes!(get_asset, write::update_asset, write::delete_asset))
        .routes(routes!(write::trash_asset))
        .routes(routes!(write::restore_asset))
        .routes(routes!(write::purge_asset))
}

struct ListAssets;
impl Declared for ListAssets {
    const PARAMETERS: Groups = &[
        &[
            TEXTS_OF,
            Parameter::optional(
                "filter[kind]",
                Kind::Word(&["image", "video", "audio", "document"]),
                "Only assets of this kind.",
            ),
            Parameter::optional(
                "filter[isTrashed]",
                Kind::Flag,
                "`true`: what is in the trash, as far as the caller may take it out; else what is not.",
            ),
            OF_CUSTOM_FIELD,
        ],
        Asset::SELECTION,
        PAGE,
    ];
}

/// List assets
///
/// The newest first.
#[utoipa::path(
    get,
    path = "/assets",
    tag = "Assets",
    params(Of<ListAssets>),
    responses((status = 200, description = "A page of assets.", body = AssetList<'_>)),
)]
async fn list_assets(read: Read) -> Answer {
    let query = read.query::<ListAssets>()?;
    let selection = Selection::of(&query, Asset::INCLUDES);
    let edition = read.edition_of_texts(&query).await?;
    let wanted = AssetQuery {
        kind: query.text("filter[kind]").map(str::parse).transpose()?,
        is_trashed: query.flag("filter[isTrashed]").unwrap_or_default(),
        custom_fields: custom_fields(&query, RecordKind::Asset, read.cx.content_model())?,
    };
    let args = query.page()?;
    let page = media::list(&read.cx, &wanted, edition, &args).await?;
    let ids: Vec<AssetId> = page.nodes().map(|asset| asset.id).collect();
    let more = More::load(&read, &ids, &selection).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    let data = page
        .nodes()
        .map(|asset| view.asset_with(asset, &more))
        .collect::<Result<Vec<_>, _>>()?;
    answer::list(&read, &query, &selection, &args, (&page, data))
}
type AssetList<'a> = List<Asset<'a>>;

/// Get an asset
#[utoipa::path(
    get,
    path = "/assets/{id}",
    tag = "Assets",
    params(Of<ById<Asset<'_>>>),
    responses((status = 200, description = "The asset.", body = Asset<'_>)),
)]
async fn get_asset(read: Read) -> Answer {
    let query = read.query::<ById<Asset<'_>>>()?;
    let selection = Selection::of(&query, Asset::INCLUDES);
    let id = read.id::<kinds::Asset>()?;
    let edition = read.edition_of_texts(&query).await?;
    one(&read, id, edition, &selection).await
}

async fn one(read: &Read, id: AssetId, edition: EditionId, selection: &Selection<'_>) -> Answer {
    let asset = media::get(&read.cx, id, edition)
        .await?
        .ok_or_else(|| Problem::not_found(format!("asset {id}")))?;
    let more = More::load(read, &[id], selection).await?;
    let editions = read.cx.editions().await?;
    let view = View {
        cx: &read.cx,
        editions: &editions,
    };
    answer::one(
        read,
        selection,
        &view.asset_with(&asset, &more)?,
        (asset.version, asset.updated_at),
    )
}
