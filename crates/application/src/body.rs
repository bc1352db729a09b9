//! Bodies on their way out: addresses of our own become addresses readers can open.

use std::collections::HashMap;

use domain::{
    Result,
    body::{Body, LinkKind, render_html},
    id::{AssetId, EditionId},
    media::Asset,
};

use crate::{ActorContext, media};

/// The assets a body shows, by id, as far as the actor may read them.
pub async fn assets(
    cx: &ActorContext,
    body: &Body,
    edition: EditionId,
) -> Result<HashMap<AssetId, Asset>> {
    assets_of(cx, std::iter::once(body), edition).await
}

/// The assets many bodies show, in one statement.
pub async fn assets_of<'a>(
    cx: &ActorContext,
    bodies: impl Iterator<Item = &'a Body>,
    edition: EditionId,
) -> Result<HashMap<AssetId, Asset>> {
    let mut ids: Vec<AssetId> = bodies
        .flat_map(Body::asset_references)
        .filter_map(|key| key.parse().ok())
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    ids.sort_unstable();
    ids.dedup();
    media::by_ids(cx, &ids, edition).await
}

/// The HTML of a body with the addresses of its assets filled in.
#[expect(clippy::implicit_hasher, reason = "the map comes from `assets`")]
pub fn html(cx: &ActorContext, body: &Body, assets: &HashMap<AssetId, Asset>) -> String {
    if !body.html.contains("asset:") {
        return body.html.clone();
    }
    render_html(&body.blocks, &|_kind: LinkKind, address: &str| {
        let id: AssetId = address.strip_prefix("asset:")?.parse().ok()?;
        assets.get(&id).map(|asset| media::url(cx, asset))
    })
}

/// The Markdown of a body with the addresses of its assets filled in.
#[expect(clippy::implicit_hasher, reason = "the map comes from `assets`")]
pub fn markdown(cx: &ActorContext, body: &Body, assets: &HashMap<AssetId, Asset>) -> String {
    let mut markdown = body.markdown.clone();
    if markdown.contains("asset:") {
        for asset in assets.values() {
            markdown = markdown.replace(&format!("asset:{}", asset.id), &media::url(cx, asset));
        }
    }
    markdown
}
