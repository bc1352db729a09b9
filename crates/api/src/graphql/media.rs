//! Assets, and assets in their place: figures.

use std::sync::Arc;

use application::{ActorContext, media};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    events::RecordKind,
    id::{AssetId, EditionId},
    media::AssetQuery,
};

use super::{
    connection::{Connection, Listed, Paging, size},
    content_model::of_record,
    context::{Here, parse_id, session},
    editions::Edition,
    entries::Entry,
    enums::{AssetKind, Direction},
    filters::{CustomFieldFilter, of_records},
    loaders::{AssetTexts, AssetUsers, EntryKey},
    lookahead,
    scalars::{DateTime, Long},
};

pub(crate) mod mutations;

pub(crate) use mutations::AssetMutations;

/// A file with its text in one edition.
#[derive(Clone)]
pub(crate) struct Asset {
    asset: Arc<domain::media::Asset>,
    requested: EditionId,
}

impl Asset {
    /// An asset whose text was asked for in an edition.
    pub(crate) fn new(asset: domain::media::Asset, requested: EditionId) -> Self {
        Self {
            asset: Arc::new(asset),
            requested,
        }
    }

    /// Its absolute address.
    pub(crate) fn address(&self, cx: &ActorContext) -> String {
        media::url(cx, &self.asset)
    }

    /// The asset as the domain has it.
    pub(crate) fn to_domain(&self) -> domain::media::Asset {
        self.asset.as_ref().clone()
    }

    fn text(&self) -> &domain::media::AssetText {
        &self.asset.text.value
    }
}

impl Listed for Asset {
    const CONNECTION: &'static str = "AssetConnection";
    const EDGE: &'static str = "AssetEdge";
}

/// A picture, film, sound or document, stored here or elsewhere. Shared by all editions; its texts
/// stand per edition and fall back.
#[Object]
impl Asset {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.asset.id.to_string())
    }

    /// What it is.
    async fn kind(&self) -> AssetKind {
        self.asset.kind.into()
    }

    /// Its absolute address.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.address(session(ctx)?.cx()))
    }

    /// The name it came with.
    async fn file_name(&self) -> &str {
        &self.asset.file_name
    }

    /// Its media type: `image/jpeg`.
    async fn mime_type(&self) -> &str {
        &self.asset.media_type
    }

    /// Its size in bytes, where known.
    async fn size_bytes(&self) -> Option<Long> {
        self.asset.size_bytes.map(Long)
    }

    /// Width in pixels, of pictures and films, where known.
    async fn width(&self) -> Option<i64> {
        self.asset.width
    }

    /// Height in pixels, of pictures and films, where known.
    async fn height(&self) -> Option<i64> {
        self.asset.height
    }

    /// Playing time in milliseconds, where known.
    async fn duration_ms(&self) -> Option<i64> {
        self.asset.duration_ms
    }

    /// What must stay visible when it is cropped.
    async fn focal_point(&self) -> Option<FocalPoint> {
        self.asset.focal_point.map(|(x, y)| FocalPoint { x, y })
    }

    /// Under what licence it may be used.
    async fn licence(&self) -> Option<&str> {
        self.asset.licence.as_deref()
    }

    /// Whether anybody may read it, used by something published or not.
    async fn is_public(&self) -> bool {
        self.asset.is_public
    }

    /// Whether it is in the trash: only those are shown it then who may take it out.
    async fn is_trashed(&self) -> bool {
        self.asset.is_trashed
    }

    /// The edition its texts are served from: the one asked for, or a fallback.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.asset.text.edition)?)
    }

    /// The direction its texts are written in.
    async fn direction(&self, ctx: &Context<'_>) -> Result<Direction> {
        Ok(session(ctx)?
            .edition_set()
            .get(self.asset.text.edition)?
            .direction
            .into())
    }

    /// Whether its texts come from another edition than the one asked for.
    async fn is_fallback(&self) -> bool {
        self.asset.text.edition != self.requested
    }

    /// Its title.
    async fn title(&self) -> Option<&str> {
        self.text().title.as_deref()
    }

    /// What is to be seen, for those who cannot.
    async fn alt(&self) -> Option<&str> {
        self.text().alt.as_deref()
    }

    /// What stands below it.
    async fn caption(&self) -> Option<&str> {
        self.text().caption.as_deref()
    }

    /// Who made it.
    async fn credit(&self) -> Option<&str> {
        self.text().credit.as_deref()
    }

    /// A longer text about it.
    async fn description(&self) -> Option<&str> {
        self.text().description.as_deref()
    }

    /// Its custom fields, an object by their names: `contentModel` tells which there are. Null: no
    /// value.
    async fn custom_fields(&self, ctx: &Context<'_>) -> Result<serde_json::Value> {
        of_record(session(ctx)?, RecordKind::Asset, self.asset.id.uuid()).await
    }

    /// Its texts in all editions that have some.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<AssetTranslation>> {
        let session = session(ctx)?;
        let texts = session
            .load(AssetTexts(self.asset.id))
            .await?
            .unwrap_or_default();
        texts
            .iter()
            .map(|text| AssetTranslation::new(session, text))
            .collect()
    }

    /// The entries that use it, as far as the caller may read them, in the order they were made; the
    /// first hundred can be asked for.
    async fn used_by(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most: 0 to 100.", default_with = "Some(USERS)")]
        first: Option<i32>,
    ) -> Result<Vec<Entry>> {
        let session = session(ctx)?;
        let parts = lookahead::entry_parts(ctx);
        let first = size(first.unwrap_or(USERS))?;
        let mut ids = session
            .load(AssetUsers(self.asset.id))
            .await?
            .unwrap_or_default();
        ids.truncate(usize::try_from(first).unwrap_or(usize::MAX));
        let mut found = session
            .load_many(ids.iter().map(|id| EntryKey { id: *id, parts }).collect())
            .await?;
        Ok(ids
            .into_iter()
            .filter_map(|id| found.remove(&EntryKey { id, parts }))
            .collect())
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.asset.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.asset.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.asset.updated_at)
    }
}

/// How many of the entries that use an asset are read unless a query says otherwise.
const USERS: i32 = 20;

/// A point of a picture, from its upper left corner.
#[derive(SimpleObject)]
pub(crate) struct FocalPoint {
    /// From 0 (left) to 1 (right).
    x: f64,
    /// From 0 (top) to 1 (bottom).
    y: f64,
}

/// What is said about an asset in one edition.
#[derive(SimpleObject)]
pub(crate) struct AssetTranslation {
    /// The edition.
    edition: Edition,
    /// Its title.
    title: Option<String>,
    /// What is to be seen, for those who cannot.
    alt: Option<String>,
    /// What stands below it.
    caption: Option<String>,
    /// Who made it.
    credit: Option<String>,
    /// A longer text about it.
    description: Option<String>,
}

impl AssetTranslation {
    fn new(
        session: Here<'_>,
        text: &domain::text::Localized<domain::media::AssetText>,
    ) -> Result<Self> {
        let domain::media::AssetText {
            title,
            alt,
            caption,
            credit,
            description,
        } = text.value.clone();
        Ok(Self {
            edition: session.edition(text.edition)?,
            title,
            alt,
            caption,
            credit,
            description,
        })
    }
}

/// An asset in its place.
#[derive(Clone)]
pub(crate) struct Figure {
    asset: Asset,
    caption: Option<String>,
    alt: Option<String>,
}

impl Figure {
    /// A figure of something whose texts were asked for in an edition.
    pub(crate) fn new(figure: domain::media::Figure, requested: EditionId) -> Self {
        let domain::media::Figure {
            asset,
            caption,
            alt,
        } = figure;
        Self {
            asset: Asset::new(asset, requested),
            caption,
            alt,
        }
    }

    /// The asset.
    pub(crate) fn asset(&self) -> &Asset {
        &self.asset
    }

    /// The figure as the domain has it.
    pub(crate) fn to_domain(&self) -> domain::media::Figure {
        domain::media::Figure {
            asset: self.asset.to_domain(),
            caption: self.caption.clone(),
            alt: self.alt.clone(),
        }
    }
}

/// An asset in its place in an entry or gallery.
#[Object]
impl Figure {
    /// The asset.
    #[graphql(name = "asset")]
    async fn asset_field(&self) -> &Asset {
        &self.asset
    }

    /// What stands below it: the caption it has here, else the asset's own.
    async fn caption(&self) -> Option<&str> {
        self.caption
            .as_deref()
            .or(self.asset.text().caption.as_deref())
    }

    /// What is to be seen, for those who cannot: as written here, else the asset's own.
    async fn alt(&self) -> Option<&str> {
        self.alt.as_deref().or(self.asset.text().alt.as_deref())
    }

    /// Who made it.
    async fn credit(&self) -> Option<&str> {
        self.asset.text().credit.as_deref()
    }
}

/// Conditions on assets; all that are set must hold.
#[derive(InputObject, Default)]
pub(crate) struct AssetFilter {
    /// Is of this kind.
    kind: Option<AssetKind>,
    /// Is in the trash, and the caller may take it out. What is in the trash is left out otherwise.
    #[graphql(default)]
    is_trashed: bool,
    /// Has custom fields like this.
    custom_field: Option<CustomFieldFilter>,
}

/// The root fields about assets.
#[derive(Default)]
pub(crate) struct AssetQueries;

#[Object]
impl AssetQueries {
    /// One asset.
    async fn asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(
            desc = "Code of the edition its texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Asset>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let id: AssetId = parse_id("id", &id)?;
        Ok(media::get(session.cx(), id, edition)
            .await?
            .map(|asset| Asset::new(asset, edition)))
    }

    /// The assets, the newest first.
    async fn assets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(
            desc = "Code of the edition their texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
        #[graphql(desc = "Only those that match.")] filter: Option<AssetFilter>,
    ) -> Result<Connection<Asset>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let filter = filter.unwrap_or_default();
        let query = AssetQuery {
            kind: filter.kind.map(Into::into),
            is_trashed: filter.is_trashed,
            custom_fields: of_records(
                session.cx().content_model(),
                RecordKind::Asset,
                filter.custom_field,
            )?,
        };
        let page = Paging::new(first, after, last, before).check(lookahead::page(ctx))?;
        let found = media::list(session.cx(), &query, edition, &page).await?;
        Ok(Connection::new(
            found.map(|asset| Asset::new(asset, edition)),
        ))
    }
}
