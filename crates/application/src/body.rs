//! Bodies on their way out: addresses of our own become addresses readers can open.

use std::{borrow::Cow, collections::HashMap};

use domain::{
    Result,
    body::{Body, LinkKind, render_html},
    id::{AssetId, EditionId},
    media::Asset,
};

use crate::{ActorContext, media};

/// The scheme addresses of our own assets have in bodies.
pub const SCHEME: &str = "asset:";

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
    if !body.html.contains(SCHEME) {
        return body.html.clone();
    }
    render_html(&body.blocks, &|_kind: LinkKind, address: &str| {
        let id: AssetId = address.strip_prefix(SCHEME)?.parse().ok()?;
        assets.get(&id).map(|asset| media::url(cx, asset))
    })
}

/// The Markdown of a body with the addresses of its assets filled in.
#[expect(clippy::implicit_hasher, reason = "the map comes from `assets`")]
pub fn markdown(cx: &ActorContext, body: &Body, assets: &HashMap<AssetId, Asset>) -> String {
    fill(&body.markdown, |id| {
        assets.get(&id).map(|asset| media::url(cx, asset))
    })
    .into_owned()
}

/// How long the id of an asset is in its public form.
const ID_BYTES: usize = "asset_".len() + 26;

/// A piece of text with what `address` says in place of each `asset:ID`; what it knows nothing of
/// stays as it is.
pub fn fill(text: &str, address: impl Fn(AssetId) -> Option<String>) -> Cow<'_, str> {
    if !text.contains(SCHEME) {
        return Cow::Borrowed(text);
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(SCHEME) {
        filled.push_str(before);
        let id = after.get(..ID_BYTES).and_then(|key| key.parse().ok());
        if let Some(address) = id.and_then(&address) {
            filled.push_str(&address);
            rest = after.get(ID_BYTES..).unwrap_or_default();
        } else {
            filled.push_str(SCHEME);
            rest = after;
        }
    }
    filled.push_str(rest);
    Cow::Owned(filled)
}
