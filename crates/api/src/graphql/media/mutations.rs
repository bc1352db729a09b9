//! Changes of the records of assets, and their trash.

use application::{custom_fields::records, lifecycle::Step, media};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{
    editions::EditionSet,
    events::RecordKind,
    id::{AssetId, kinds},
    media::{AssetChange, AssetTextChange, RemoteAsset},
};

use super::Asset;
use crate::graphql::{
    context::{Here, Session, parse_id, session},
    entries::{input::custom_fields, steps::TransitionInput},
    enums::AssetKind,
    input::{OfEdition, Places, PurgeInput, Wrong, clearable, in_list},
    outcome::{DeletePayload, Outcome, UserError, outcome},
    scalars::Long,
};

/// What is said about an asset in one edition. Of a text that is there, what is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct AssetTextInput {
    /// The code of the edition.
    edition: String,
    /// A title.
    title: MaybeUndefined<String>,
    /// What is to be seen, for those who cannot.
    alt: MaybeUndefined<String>,
    /// What stands below it.
    caption: MaybeUndefined<String>,
    /// Who made it.
    credit: MaybeUndefined<String>,
    /// A longer text about it.
    description: MaybeUndefined<String>,
    /// Takes the text of this edition away.
    #[graphql(default)]
    remove: bool,
}

impl OfEdition for AssetTextInput {
    fn edition(&self) -> &str {
        &self.edition
    }
    fn is_removed(&self) -> bool {
        self.remove
    }
}

/// A point of a picture, from its upper left corner.
#[derive(InputObject, Debug)]
pub(crate) struct FocalPointInput {
    /// From 0 (left) to 1 (right).
    x: f64,
    /// From 0 (top) to 1 (bottom).
    y: f64,
}

/// A new asset whose bytes are at another server.
#[derive(InputObject, Debug)]
pub(crate) struct CreateAssetInput {
    /// Where its bytes are: an absolute address.
    url: String,
    /// Its media type: `image/jpeg`.
    mime_type: String,
    /// What it is; as its media type says, if absent.
    kind: Option<AssetKind>,
    /// Its size in bytes, where known.
    size_bytes: Option<Long>,
    /// Width in pixels, of pictures and films, where known.
    width: Option<i32>,
    /// Height in pixels, of pictures and films, where known.
    height: Option<i32>,
    /// Playing time in milliseconds, where known.
    duration_ms: Option<i32>,
    /// The name it is shown and saved under; the last part of its address if absent.
    file_name: MaybeUndefined<String>,
    /// What must stay visible when it is cropped.
    focal_point: MaybeUndefined<FocalPointInput>,
    /// Under what licence it may be used.
    licence: MaybeUndefined<String>,
    /// Whether anybody may read it, used by something published or not. For those who may publish.
    is_public: MaybeUndefined<bool>,
    /// Values of custom fields, an object by their names: those that are named are set, or cleared by
    /// null. Null for all clears them all.
    custom_fields: MaybeUndefined<serde_json::Value>,
    /// Its texts.
    texts: Option<Vec<AssetTextInput>>,
}

/// Changes of the record of an asset. What is left out stays.
#[derive(InputObject, Debug)]
pub(crate) struct UpdateAssetInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// The name it is shown and saved under.
    file_name: MaybeUndefined<String>,
    /// What must stay visible when it is cropped; null: nothing in particular.
    focal_point: MaybeUndefined<FocalPointInput>,
    /// Under what licence it may be used.
    licence: MaybeUndefined<String>,
    /// Whether anybody may read it, used by something published or not. For those who may publish.
    is_public: MaybeUndefined<bool>,
    /// Values of custom fields, an object by their names: those that are named are set, or cleared by
    /// null. Null for all clears them all.
    custom_fields: MaybeUndefined<serde_json::Value>,
    /// Its texts in these editions; those in others stay.
    texts: Option<Vec<AssetTextInput>>,
}

/// What the fields of an input say, whether the record is new or not.
struct Fields {
    file_name: MaybeUndefined<String>,
    focal_point: MaybeUndefined<FocalPointInput>,
    licence: MaybeUndefined<String>,
    is_public: MaybeUndefined<bool>,
    custom: MaybeUndefined<serde_json::Value>,
    texts: Vec<AssetTextInput>,
}

impl Fields {
    fn read(self, wrong: &mut Wrong, editions: &EditionSet) -> AssetChange {
        AssetChange {
            file_name: wrong.required("fileName", self.file_name),
            focal_point: clearable(self.focal_point).map(|at| at.map(|at| (at.x, at.y))),
            licence: clearable(self.licence),
            is_public: wrong.required("isPublic", self.is_public),
            custom_fields: custom_fields(wrong, self.custom),
            texts: wrong.texts(editions, self.texts, |_, _, input| AssetTextChange {
                title: clearable(input.title),
                alt: clearable(input.alt),
                caption: clearable(input.caption),
                credit: clearable(input.credit),
                description: clearable(input.description),
            }),
        }
    }
}

impl CreateAssetInput {
    /// The asset it asks for, and where its texts stand in the input.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(RemoteAsset, Places)> {
        let editions = session.edition_set();
        let mut wrong = Wrong::default();
        let fields = Fields {
            file_name: self.file_name,
            focal_point: self.focal_point,
            licence: self.licence,
            is_public: self.is_public,
            custom: self.custom_fields,
            texts: self.texts.unwrap_or_default(),
        };
        let new = RemoteAsset {
            url: self.url,
            media_type: self.mime_type,
            kind: self.kind.map(Into::into),
            size_bytes: self.size_bytes.map(|Long(size)| size),
            width: self.width.map(i64::from),
            height: self.height.map(i64::from),
            duration_ms: self.duration_ms.map(i64::from),
            record: fields.read(&mut wrong, &editions),
        };
        let places = in_list(&editions, &new.record.texts);
        let new = wrong.finish(new, |new| {
            let (found, set) = (new.check(&editions), &new.record.custom_fields);
            let kind = RecordKind::Asset;
            places.check(records::faults_of_new(session.cx(), kind, set, found))
        })?;
        Ok((new, places))
    }
}

/// A change, and where its texts stand in the input.
type ReadChange = (AssetChange, Places);

impl UpdateAssetInput {
    /// The change it asks for: of what, at which version.
    pub(crate) fn read(self, session: &Session) -> domain::Result<(AssetId, i64, ReadChange)> {
        let editions = session.edition_set();
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<AssetId>("id", &self.id));
        let fields = Fields {
            file_name: self.file_name,
            focal_point: self.focal_point,
            licence: self.licence,
            is_public: self.is_public,
            custom: self.custom_fields,
            texts: self.texts.unwrap_or_default(),
        };
        let change = fields.read(&mut wrong, &editions);
        let places = in_list(&editions, &change.texts);
        let change = wrong.finish(change, |change| {
            let (found, set) = (change.check(&editions), &change.custom_fields);
            let kind = RecordKind::Asset;
            places.check(records::faults_of_change(session.cx(), kind, set, found))
        })?;
        let id = id.ok_or_else(|| domain::Error::not_found("the asset"))?;
        Ok((id, self.expected_version, (change, places)))
    }
}

/// What a change of an asset answers.
pub(crate) struct AssetPayload {
    id: Option<AssetId>,
    user_errors: Vec<UserError>,
}

/// What a change of an asset answers.
#[Object]
impl AssetPayload {
    /// The asset as it is now; null if nothing was changed.
    async fn asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code of the edition the texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Asset>> {
        let session = session(ctx)?;
        let Some(id) = self.id else { return Ok(None) };
        let edition = session.edition_id(edition.as_deref())?;
        let found = media::get(session.cx(), id, edition).await?;
        Ok(found.map(|asset| Asset::new(asset, edition)))
    }

    /// Why nothing was changed.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl From<Outcome<AssetId>> for AssetPayload {
    fn from(outcome: Outcome<AssetId>) -> Self {
        let (id, user_errors) = outcome.split();
        Self { id, user_errors }
    }
}

/// The mutations of assets.
#[derive(Default)]
pub(crate) struct AssetMutations;

#[Object]
impl AssetMutations {
    /// Makes the record of an asset whose bytes are at another server.
    async fn create_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new asset.")] input: CreateAssetInput,
    ) -> Result<AssetPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((new, places)) => media::create_remote(session.cx(), new)
                .await
                .map_err(|error| places.rename(error)),
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Changes the record of an asset. Where its bytes are stays.
    async fn update_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateAssetInput,
    ) -> Result<AssetPayload> {
        let session = session(ctx)?;
        let done = match input.read(&session) {
            Ok((id, expected, (change, places))) => {
                media::change(session.cx(), id, expected, change)
                    .await
                    .map(|()| id)
                    .map_err(|error| places.rename(error))
            }
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Puts an asset into the trash: nobody is shown it any more, wherever it is used.
    async fn trash_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<AssetPayload> {
        let session = session(ctx)?;
        let (id, step) = input.split();
        let done = match parse_id::<AssetId>("id", &id) {
            Ok(id) => media::trash(session.cx(), id, step).await.map(|()| id),
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Takes an asset out of the trash: it is shown again wherever it is used.
    async fn restore_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TransitionInput,
    ) -> Result<AssetPayload> {
        let session = session(ctx)?;
        let (id, step) = input.split();
        let done = match parse_id::<AssetId>("id", &id) {
            Ok(id) => media::restore(session.cx(), id, step).await.map(|()| id),
            Err(wrong) => Err(wrong),
        };
        finish(session, done).await
    }

    /// Removes an asset that is in the trash for good.
    async fn purge_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: PurgeInput,
    ) -> Result<DeletePayload> {
        let session = session(ctx)?;
        let (deletion, note) = input.split();
        let done = match deletion.read::<kinds::Asset>() {
            Ok((id, expected, on_use)) => {
                media::purge(session.cx(), id, Step { expected, note }, on_use)
                    .await
                    .map(|()| ID(id.to_string()))
            }
            Err(wrong) => Err(wrong),
        };
        session.changed().await?;
        Ok(outcome(done)?.into())
    }
}

/// After a change: nothing of before it in the answer.
async fn finish(session: Here<'_>, done: domain::Result<AssetId>) -> Result<AssetPayload> {
    session.changed().await?;
    Ok(outcome(done)?.into())
}
