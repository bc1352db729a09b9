//! What lives at an address of any of the imported sites, as the writing side finds it.

use domain::{
    Error, Result,
    id::{EditionId, EntryId},
    redirects::RedirectTarget,
};
use persistence::PathRow;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    addresses::{Base, Named, file_candidates, host_of, page_key, without_tracking},
    attachment_writer,
    known::Target,
    run::{EVERYWHERE, asset_of, entry_of, kinds, later},
    writer::Writer,
};
use crate::Tx;

/// A site that was imported, and where its editions stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ImportedSite {
    pub(super) source: String,
    pub(super) places: Vec<SitePlace>,
}

/// Where an edition of an imported site stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SitePlace {
    pub(super) edition: EditionId,
    pub(super) host: String,
    pub(super) path: String,
}

impl SitePlace {
    pub(super) fn new(base: &Base, edition: EditionId) -> Self {
        Self {
            edition,
            host: base.host.clone(),
            path: base.path.clone(),
        }
    }

    fn base(&self) -> Base {
        Base {
            host: self.host.clone(),
            path: self.path.clone(),
        }
    }
}

/// The sites that were imported so far.
pub(super) async fn imported_sites(tx: &mut Tx) -> Result<Vec<ImportedSite>> {
    let rows = tx
        .reader()
        .deferred(EVERYWHERE, later::SITE, 0, 1_000)
        .await?;
    let mut sites: Vec<ImportedSite> = Vec::new();
    for row in rows {
        let site: ImportedSite = serde_json::from_str(&row.payload).map_err(Error::internal)?;
        // What was noted last is what counts.
        sites.retain(|known| known.source != site.source);
        sites.push(site);
    }
    Ok(sites)
}

impl Writer {
    /// Whether a site at this host was imported, now or before.
    pub(super) fn is_imported(&self, host: &str) -> bool {
        let mut places = self.sites.iter().flat_map(|site| &site.places);
        places.any(|place| place.host == host)
    }

    /// What lives at an address of any of the imported sites.
    pub(super) async fn target_of_page(&self, tx: &mut Tx, url: &Url) -> Result<Option<Target>> {
        let url = &*without_tracking(url);
        let named = Named::by(url);
        if named == Named::Path {
            // An unknown query asks for something else than what lives at the path.
            if url.query().is_some_and(|query| !query.is_empty()) {
                return Ok(None);
            }
            if let Some(target) = page_key(url).and_then(|key| self.known.page(&key)) {
                return Ok(Some(target));
            }
        }
        for (source, place, path) in self.places_of(url) {
            let found = match &named {
                Named::File(key) => stored_file(tx, source, &key.text).await?,
                Named::Item(id) if place.base().is_front(url) => {
                    self.stored_target(tx, source, *id).await?
                }
                Named::Item(_) => None,
                Named::Path => at_path(tx, source, (place.edition, &path)).await?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The places an address may belong to, the most exact first, each with its source and the path
    /// below it.
    fn places_of(&self, url: &Url) -> Vec<(&str, &SitePlace, String)> {
        let host = host_of(url);
        let mut places: Vec<(&str, &SitePlace, String)> = self
            .sites
            .iter()
            .flat_map(|site| {
                let source = site.source.as_str();
                site.places.iter().map(move |place| (source, place))
            })
            .filter(|(_, place)| Some(&place.host) == host.as_ref())
            .filter_map(|(source, place)| Some((source, place, place.base().below(url)?)))
            .collect();
        places.sort_by_key(|(_, place, _)| std::cmp::Reverse(place.path.len()));
        places
    }

    /// What an item of this source became.
    pub(super) async fn target_of_item(&self, tx: &mut Tx, id: u64) -> Result<Option<Target>> {
        if let Some(target) = self.known.item(id) {
            return Ok(Some(target));
        }
        self.stored_target(tx, &self.run.source, id).await
    }

    /// What an item of any source became, as the store knows it.
    pub(super) async fn stored_target(
        &self,
        tx: &mut Tx,
        source: &str,
        id: u64,
    ) -> Result<Option<Target>> {
        let record = tx
            .reader()
            .import_record(source, kinds::POST, &id.to_string())
            .await?;
        let Some(record) = record else {
            return Ok(None);
        };
        if let Some(asset) = asset_of(&record) {
            let upload = attachment_writer::upload(tx, asset).await?;
            return Ok(upload.map(Target::Asset));
        }
        match entry_of(&record) {
            Some(id) => entry_target(tx, id).await,
            None => Ok(None),
        }
    }
}

/// What an entry is to those that link to it.
async fn entry_target(tx: &mut Tx, id: EntryId) -> Result<Option<Target>> {
    let entry = super::post_writer::entry(tx, id).await?;
    Ok(entry.as_ref().map(Target::of))
}

/// What lives at a path of an edition, or has moved from there. The page of an attachment has moved
/// to its file.
async fn at_path(
    tx: &mut Tx,
    source: &str,
    (edition, path): (EditionId, &str),
) -> Result<Option<Target>> {
    let cx = tx.cx().clone();
    match tx.reader().path(cx.scope(), edition, path).await? {
        Some(PathRow::Entry(id)) => entry_target(tx, id).await,
        Some(PathRow::Redirect(redirect)) => match redirect.to {
            RedirectTarget::Entry(id) => entry_target(tx, id).await,
            RedirectTarget::Url(url) => match Url::parse(&url).ok().map(|url| Named::by(&url)) {
                Some(Named::File(key)) => stored_file(tx, source, &key.text).await,
                Some(Named::Item(_) | Named::Path) | None => Ok(None),
            },
            RedirectTarget::Term(_)
            | RedirectTarget::Author(_)
            | RedirectTarget::Newsletter(_)
            | RedirectTarget::Gone => Ok(None),
        },
        None => Ok(None),
    }
}

async fn stored_file(tx: &mut Tx, source: &str, key: &str) -> Result<Option<Target>> {
    for key in file_candidates(key) {
        let record = tx.reader().import_record(source, kinds::FILE, &key).await?;
        let Some(asset) = record.as_ref().and_then(asset_of) else {
            continue;
        };
        if let Some(upload) = attachment_writer::upload(tx, asset).await? {
            return Ok(Some(Target::Asset(upload)));
        }
    }
    Ok(None)
}
