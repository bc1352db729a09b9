//! Assets: their records and their bytes.

use std::{collections::HashMap, fmt, ops::Range};

use bytes::Bytes;
use domain::{
    Error, FieldError, Result,
    access::{Action, Actor, Target},
    events::RecordKind,
    id::{AssetId, EditionId, EntryId, Id},
    media::{Asset, AssetDraft, AssetLocation, AssetQuery, AssetText},
    paging::{Page, PageArgs},
    routes::encode_path,
    text::Localized,
};
use futures::{StreamExt, stream::BoxStream};
use object_store::{GetOptions, GetRange, ObjectStoreExt, path::Path};
use persistence::{OnUse, Save};
use sha2::{Digest, Sha256};

use crate::{ActorContext, Tx, context::found, shared_records};

mod change;

pub(crate) use change::hidden_from_readers;

pub use change::{
    change, change_in, create_remote, create_remote_in, move_in, purge, purge_in, restore, trash,
};

/// A page of assets, the newest first.
pub async fn list(
    cx: &ActorContext,
    query: &AssetQuery,
    edition: EditionId,
    page: &PageArgs,
) -> Result<Page<Asset>> {
    cx.reader().assets(cx.scope(), query, edition, page).await
}

/// One asset; one that is in the trash for those who may take it out.
pub async fn get(cx: &ActorContext, id: AssetId, edition: EditionId) -> Result<Option<Asset>> {
    if let Some(asset) = by_ids(cx, &[id], edition).await?.remove(&id) {
        return Ok(Some(asset));
    }
    let mut trashed = cx
        .reader()
        .trashed_assets(cx.scope(), &[id], edition)
        .await?;
    Ok(trashed.remove(&id))
}

/// Assets by id.
pub async fn by_ids(
    cx: &ActorContext,
    ids: &[AssetId],
    edition: EditionId,
) -> Result<HashMap<AssetId, Asset>> {
    cx.reader().assets_by_ids(cx.scope(), ids, edition).await
}

/// The texts of assets in all editions.
pub async fn texts(
    cx: &ActorContext,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, Vec<Localized<AssetText>>>> {
    cx.reader().all_asset_texts(cx.scope(), ids).await
}

/// The entries that use each of these assets, as far as the actor may know.
pub async fn used_by(cx: &ActorContext, ids: &[AssetId]) -> Result<HashMap<AssetId, Vec<EntryId>>> {
    cx.reader().asset_users(cx.scope(), ids).await
}

/// The absolute address of an asset's bytes. A new version has a new address. Whoever holds a signed
/// link finds it in the address of what is not public: browsers send no headers for pictures.
pub fn url(cx: &ActorContext, asset: &Asset) -> String {
    match &asset.location {
        AssetLocation::Remote { url } => url.clone(),
        AssetLocation::Stored { .. } => {
            let mut url = format!(
                "{}/media/{}/{}/{}",
                cx.public_url(),
                asset.id,
                asset.version,
                encode_path(&asset.file_name)
            );
            if let Some(preview) = cx.preview().filter(|_| !asset.is_public) {
                // A token has no characters that a query could not have.
                url.push_str("?preview=");
                url.push_str(preview.reveal());
            }
            url
        }
    }
}

/// The bytes of a stored asset, or a part of them.
pub struct MediaObject {
    /// The asset.
    pub asset: Asset,
    /// Size of the whole, in bytes.
    pub size: u64,
    /// The validator of the whole, without quotes.
    pub etag: String,
    /// Which bytes follow.
    pub range: Range<u64>,
    /// The bytes.
    pub bytes: BoxStream<'static, Result<Bytes>>,
}

impl fmt::Debug for MediaObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaObject")
            .field("asset", &self.asset.id)
            .field("size", &self.size)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

/// Opens the bytes of an asset. `None`: absent, hidden, remote, or of another version. A range past
/// the end is cut; one that begins there is `Invalid`.
pub async fn open(
    cx: &ActorContext,
    id: AssetId,
    version: i64,
    range: Option<Range<u64>>,
) -> Result<Option<MediaObject>> {
    let edition = cx.editions().await?.default_edition()?.id;
    let Some(asset) = by_ids(cx, &[id], edition)
        .await?
        .remove(&id)
        .filter(|asset| asset.version == version)
    else {
        return Ok(None);
    };
    let AssetLocation::Stored { key } = &asset.location else {
        return Ok(None);
    };
    let options = GetOptions {
        range: range.map(GetRange::Bounded),
        ..GetOptions::default()
    };
    let result = match cx
        .app()
        .objects()
        .get_opts(&Path::from(key.as_str()), options)
        .await
    {
        Ok(result) => result,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(source) => {
            return Err(Error::Unavailable {
                message: "the media storage does not answer".to_owned(),
                source: Some(source.into()),
            });
        }
    };
    let etag = key.rsplit('/').next().unwrap_or(key).to_owned();
    let (size, range) = (result.meta.size, result.range.clone());
    let bytes = result
        .into_stream()
        .map(|chunk| chunk.map_err(Error::internal))
        .boxed();
    Ok(Some(MediaObject {
        asset,
        size,
        etag,
        range,
        bytes,
    }))
}

/// Bytes that are in the object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBytes {
    /// Their key: a hash of them.
    pub key: String,
    /// Their size.
    pub size_bytes: i64,
}

/// Stores bytes under a hash of them; the same bytes are stored once.
pub async fn put_bytes(cx: &ActorContext, bytes: Bytes) -> Result<StoredBytes> {
    // Bytes are nothing to readers until an asset names them, and making one asks the policy.
    cx.authorize(
        Action::Create,
        Target::shared(RecordKind::Asset, "asset_new"),
    )?;
    let hash = hex::encode(Sha256::digest(&bytes));
    let (shard, rest) = hash.split_at(2);
    let key = format!("originals/{shard}/{rest}");
    let size_bytes = i64::try_from(bytes.len()).map_err(Error::internal)?;
    cx.app()
        .objects()
        .put(&Path::from(key.as_str()), bytes.into())
        .await
        .map_err(|source| Error::Unavailable {
            message: "the media storage does not answer".to_owned(),
            source: Some(source.into()),
        })?;
    Ok(StoredBytes { key, size_bytes })
}

/// Makes an asset.
pub async fn create(cx: &ActorContext, draft: AssetDraft) -> Result<AssetId> {
    cx.write(async |tx| create_in(tx, &draft).await).await
}

/// Makes an asset, in a transaction.
pub async fn create_in(tx: &mut Tx, draft: &AssetDraft) -> Result<AssetId> {
    let id = Id::from_uuid(tx.cx().next_id());
    save(tx, id, 1, Action::Create, draft).await?;
    Ok(id)
}

/// Replaces an asset's record, in a transaction.
pub async fn update_in(tx: &mut Tx, id: AssetId, draft: &AssetDraft) -> Result<()> {
    let edition = tx.editions().await?.default_edition()?.id;
    let old = tx
        .reader()
        .assets_by_ids(tx.cx().scope(), &[id], edition)
        .await?
        .remove(&id);
    save(tx, id, found(old, id)?.version + 1, Action::Update, draft).await
}

/// Replaces an asset's record.
pub async fn update(cx: &ActorContext, id: AssetId, draft: AssetDraft) -> Result<()> {
    cx.write(async |tx| update_in(tx, id, &draft).await).await
}

/// Deletes an asset's record; its bytes stay until nothing names them.
pub async fn delete(cx: &ActorContext, id: AssetId, on_use: OnUse) -> Result<()> {
    cx.write(async |tx| {
        let edition = tx.editions().await?.default_edition()?.id;
        let asset = tx
            .reader()
            .assets_by_ids(tx.cx().scope(), &[id], edition)
            .await?
            .remove(&id);
        let asset = found(asset, id)?;
        let target = Target {
            owner: tx.store_tx().asset_owner(id).await?,
            ..asset.target()
        };
        shared_records::delete(tx, (target, id.uuid()), None, on_use).await
    })
    .await
}

async fn save(
    tx: &mut Tx,
    id: AssetId,
    version: i64,
    action: Action,
    draft: &AssetDraft,
) -> Result<()> {
    check(draft)?;
    let owner = match (version, tx.cx().actor()) {
        (1, Actor::User { id, .. }) => Some(*id),
        _ => tx.store_tx().asset_owner(id).await?,
    };
    let target = Target {
        owner,
        ..Target::shared(RecordKind::Asset, id)
    };
    let permit = tx.cx().authorize(action, target)?;
    let now = tx.cx().now();
    tx.store_tx()
        .save_asset(
            &permit,
            Save {
                id,
                version,
                at: now,
            },
            draft,
        )
        .await
}

fn check(draft: &AssetDraft) -> Result<()> {
    let mut errors = Vec::new();
    if draft.file_name.is_empty()
        || draft.file_name.len() > 255
        || draft.file_name.contains(['/', '\\', '\0'])
    {
        errors.push(FieldError::new(
            "fileName",
            "must be a plain file name of 1 to 255 bytes",
        ));
    }
    if let AssetLocation::Remote { url } = &draft.location
        && !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
    {
        errors.push(FieldError::new(
            "url",
            "must be an absolute http or https address",
        ));
    }
    if draft
        .focal_point
        .is_some_and(|(x, y)| !(0.0..=1.0).contains(&x) || !(0.0..=1.0).contains(&y))
    {
        errors.push(FieldError::new("focalPoint", "must lie between 0 and 1"));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(errors))
    }
}
