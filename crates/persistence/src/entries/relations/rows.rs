//! The rows of the statement, JSON arrays whose values stand in the order of the fields here, and
//! what they become.

use domain::{
    Error, Result,
    articles::Contribution,
    id::{AssetId, EditionId, Id},
    media::{Asset, AssetLocation, AssetText, Figure},
    newsletters::{Section, SectionItem},
    text::Localized,
    time::Timestamp,
};
use serde::{Deserialize, Deserializer, de::Error as _};
use uuid::Uuid;

use crate::record_cache::Records;

/// A row of an entry.
#[derive(Deserialize)]
pub(super) struct Of<R> {
    /// The entry it belongs to.
    pub(super) entry: Uuid,
    /// Its place among the rows of the entry.
    pub(super) position: i64,
    pub(super) row: R,
}

/// An id that may be absent: NULL, or an empty text on SQLite, where `hex(NULL)` is one.
fn optional_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Uuid>, D::Error> {
    let text: Option<&str> = Deserialize::deserialize(deserializer)?;
    text.filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(D::Error::custom))
        .transpose()
}

/// What has no text in the edition of the entry it belongs to.
#[derive(Default)]
pub(super) struct Missing {
    pub(super) assets: Vec<AssetId>,
}

fn add<T: PartialEq>(list: &mut Vec<T>, id: T) {
    if !list.contains(&id) {
        list.push(id);
    }
}

/// A term an entry has.
#[derive(Deserialize)]
pub(super) struct TermRow {
    pub(super) term: Uuid,
}

/// One of those who made an entry.
#[derive(Deserialize)]
pub(super) struct ContributionRow {
    role: String,
    name: Option<String>,
    #[serde(deserialize_with = "optional_id")]
    pub(super) author: Option<Uuid>,
}

impl ContributionRow {
    pub(super) fn read(self, edition: EditionId, records: &Records) -> Result<Contribution> {
        let author = |id| records.authors.get(&(id, edition)).cloned();
        Ok(Contribution {
            role: self.role.parse()?,
            author: self.author.and_then(author),
            name: self.name,
        })
    }
}

/// A picture or file.
#[derive(Deserialize)]
pub(super) struct FigureRow {
    caption: Option<String>,
    alt: Option<String>,
    asset: AssetRow,
}

impl FigureRow {
    pub(super) fn read(self, edition: EditionId, missing: &mut Missing) -> Result<Figure> {
        let has_text = self.asset.edition.is_some();
        let asset = self.asset.into_asset(edition)?;
        if !has_text {
            add(&mut missing.assets, asset.id);
        }
        Ok(Figure {
            asset,
            caption: self.caption,
            alt: self.alt,
        })
    }
}

/// The columns of an asset and its text, in the order of [`super::asset_columns`].
#[derive(Deserialize)]
pub(crate) struct AssetRow {
    id: Uuid,
    kind: String,
    storage_key: Option<String>,
    remote_url: Option<String>,
    file_name: String,
    media_type: String,
    size_bytes: Option<i64>,
    width: Option<i64>,
    height: Option<i64>,
    duration_ms: Option<i64>,
    focal_x: Option<f64>,
    focal_y: Option<f64>,
    licence: Option<String>,
    is_public: i64,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// That of the text, if there is one.
    #[serde(deserialize_with = "optional_id")]
    edition: Option<Uuid>,
    title: Option<String>,
    alt: Option<String>,
    caption: Option<String>,
    credit: Option<String>,
    description: Option<String>,
}

impl AssetRow {
    /// `edition`: the one asked for, which names an asset that has no text at all.
    pub(crate) fn into_asset(self, edition: EditionId) -> Result<Asset> {
        let location = match (self.storage_key, self.remote_url) {
            (Some(key), _) => AssetLocation::Stored { key },
            (None, Some(url)) => AssetLocation::Remote { url },
            (None, None) => return Err(Error::internal(format!("asset {} has no place", self.id))),
        };
        Ok(Asset {
            id: Id::from_uuid(self.id),
            kind: self.kind.parse()?,
            location,
            file_name: self.file_name,
            media_type: self.media_type,
            size_bytes: self.size_bytes,
            width: self.width,
            height: self.height,
            duration_ms: self.duration_ms,
            focal_point: self.focal_x.zip(self.focal_y),
            licence: self.licence,
            is_public: self.is_public != 0,
            is_trashed: false,
            owner: None,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            text: Localized {
                edition: self.edition.map_or(edition, Id::from_uuid),
                value: AssetText {
                    title: self.title,
                    alt: self.alt,
                    caption: self.caption,
                    credit: self.credit,
                    description: self.description,
                },
            },
        })
    }
}

/// An item of an issue's section.
#[derive(Deserialize)]
pub(super) struct ItemRow {
    section: usize,
    heading: Option<String>,
    #[serde(deserialize_with = "optional_id")]
    article: Option<Uuid>,
    title: Option<String>,
    summary: Option<String>,
    note: Option<String>,
}

impl ItemRow {
    pub(super) fn place(self, sections: &mut Vec<Section>) {
        while sections.len() <= self.section {
            sections.push(Section::default());
        }
        let Some(section) = sections.get_mut(self.section) else {
            return;
        };
        if section.heading.is_none() {
            section.heading = self.heading;
        }
        // A section may have no items: its row then says only its heading.
        if self.article.is_some() || self.note.is_some() || self.title.is_some() {
            section.items.push(SectionItem {
                article: self.article.map(Id::from_uuid),
                title: self.title,
                summary: self.summary,
                note: self.note,
            });
        }
    }
}
