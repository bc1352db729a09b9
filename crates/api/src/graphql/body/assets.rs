//! The assets a body shows, and their addresses in place of `asset:KEY`.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use application::{ActorContext, body::fill};
use async_graphql::Result;
use domain::{
    body::{Body, MediaRef},
    id::{AssetId, EditionId},
};

use crate::graphql::{budget::Budget, context::Here, loaders::AssetKey, media::Asset};

/// The assets a body shows, as far as the caller may read them.
pub(crate) struct Assets {
    found: HashMap<AssetId, (Asset, String)>,
    budget: Arc<Budget>,
}

impl Assets {
    /// Reads the assets of a body, with their texts in an edition.
    pub(crate) async fn of(session: Here<'_>, body: &Body, edition: EditionId) -> Result<Self> {
        // A key that is no id names something the import never found.
        let ids = body
            .asset_references()
            .filter_map(|key| key.parse::<AssetId>().ok());
        let found = session
            .load_many(ids.map(|id| AssetKey { id, edition }).collect())
            .await?;
        let with_address = |(key, asset): (AssetKey, Asset)| {
            let address = asset.address(session.cx());
            (key.id, (asset, address))
        };
        Ok(Self {
            found: found.into_iter().map(with_address).collect(),
            budget: Arc::clone(session.budget()),
        })
    }

    /// What the answer may still hold.
    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The asset behind a place, if it is one of ours.
    pub(crate) fn get(&self, place: &MediaRef) -> Option<&Asset> {
        Some(&self.find(place)?.0)
    }

    /// The address to fetch something from.
    pub(crate) fn address(&self, place: &MediaRef) -> String {
        self.find(place)
            .map_or_else(|| place.address(), |(_, address)| address.clone())
    }

    /// A body as HTML.
    pub(crate) fn body_html(&self, cx: &ActorContext, body: &Body) -> String {
        let assets = self
            .found
            .iter()
            .map(|(id, (asset, _))| (*id, asset.to_domain()))
            .collect();
        application::body::html(cx, body, &assets)
    }

    /// A piece of HTML with the addresses in its attributes filled in.
    pub(crate) fn html<'t>(&self, html: impl Into<Cow<'t, str>>) -> Result<Cow<'t, str>> {
        let html = self.fill(html.into(), |address| {
            address
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
        });
        Ok(self.budget.text(html)?)
    }

    /// A piece of plain text.
    pub(crate) fn text<'t>(&self, text: impl Into<Cow<'t, str>>) -> Result<Cow<'t, str>> {
        Ok(self.budget.text(text.into())?)
    }

    /// An address or a piece of Markdown with addresses filled in.
    pub(crate) fn plain<'t>(&self, text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
        self.fill(text.into(), str::to_owned)
    }

    fn find(&self, place: &MediaRef) -> Option<&(Asset, String)> {
        match place {
            MediaRef::Asset(key) => self.found.get(&key.parse().ok()?),
            MediaRef::Url(_) => None,
        }
    }

    fn fill<'t>(&self, text: Cow<'t, str>, write: impl Fn(&str) -> String) -> Cow<'t, str> {
        let address = |id| self.found.get(&id).map(|(_, address)| write(address));
        match text {
            Cow::Borrowed(text) => fill(text, address),
            Cow::Owned(text) => Cow::Owned(fill(&text, address).into_owned()),
        }
    }
}
