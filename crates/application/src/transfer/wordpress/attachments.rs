//! Uploaded files: they become assets at their remote address.

use std::collections::HashSet;

use domain::{
    Result,
    id::{AssetId, EditionId},
    media::{AssetDraft, AssetKind, AssetLocation, AssetText},
    text::EditionText,
};
use percent_encoding::percent_decode_str;
use persistence::{Deferred, ImportRecord, Reader};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    addresses::file_key,
    items::{Item, Position},
    known::{Learned, Target},
    media_types::media_type_of,
    meta::{AttachmentMeta, attachment_meta},
    plain,
    report::{Kind, Note},
    run::{ASSET, Run, asset_of, kinds, later},
    terms::with_text,
    writer::{Effects, Writer},
};
use crate::{Tx, media};

/// The longest file name the store takes, in bytes.
const MOST_NAME_BYTES: usize = 255;

/// An uploaded file, ready to be written.
#[derive(Debug)]
pub(super) struct PreparedAttachment {
    pub(super) position: Position,
    pub(super) digest: String,
    pub(super) item_id: Option<u64>,
    pub(super) external_id: String,
    pub(super) edition: EditionId,
    pub(super) draft: AssetDraft,
    pub(super) text: AssetText,
    /// Its path below the folder of uploads.
    pub(super) file_key: Option<String>,
    pub(super) parent: Option<u64>,
    pub(super) menu_order: i64,
    /// The path of the page WordPress showed it on.
    pub(super) page_path: Option<String>,
}

/// A path that is to lead elsewhere, as it waits for all entries to have their paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LaterRedirect {
    pub(super) edition: EditionId,
    pub(super) from: String,
    /// Leads to this item, if it is an entry,
    #[serde(default)]
    pub(super) item: Option<u64>,
    /// else to this address.
    #[serde(default)]
    pub(super) url: Option<String>,
}

/// Reads an attachment; says what is wrong with one that cannot be used.
pub(super) fn prepare(
    item: &Item,
    run: &Run,
    edition: EditionId,
) -> Result<PreparedAttachment, String> {
    let base = run.base_url(None);
    let address = [&item.attachment_url, &item.guid]
        .into_iter()
        .flatten()
        .find_map(|address| absolute(address, base.as_ref()))
        .ok_or("it has no address of its file")?;
    let facts = item
        .meta_value("_wp_attachment_metadata")
        .and_then(attachment_meta)
        .unwrap_or_default();
    let name = file_name(&address);
    let media_type = facts
        .mime
        .clone()
        .unwrap_or_else(|| media_type_of(&name).to_owned());
    let parent = item.post_parent;
    let is_private = parent
        .into_iter()
        .chain(item.post_id)
        .any(|id| run.unpublished.contains(id));
    let bases: Vec<_> = run.bases().map(|(base, _)| base).collect();
    let plain = item.post_id.map(|id| format!("/?attachment_id={id}"));
    let page_path = item
        .link
        .as_deref()
        .and_then(|link| super::addresses::old_path(link, &bases))
        .filter(|path| path != "/");
    let text = text(item, &facts);
    let number = |number: Option<u64>| number.and_then(|number| i64::try_from(number).ok());
    Ok(PreparedAttachment {
        position: Position {
            line: 0,
            byte_offset: 0,
        },
        digest: String::new(),
        item_id: item.post_id,
        external_id: String::new(),
        edition,
        file_key: file_key(address.path()).map(std::borrow::Cow::into_owned),
        draft: AssetDraft {
            kind: AssetKind::of_media_type(&media_type),
            location: AssetLocation::Remote {
                url: address.into(),
            },
            file_name: name,
            media_type,
            size_bytes: number(facts.filesize),
            width: number(facts.width),
            height: number(facts.height),
            duration_ms: number(facts.length.and_then(|seconds| seconds.checked_mul(1000))),
            focal_point: None,
            licence: None,
            is_public: !is_private,
            created_at: item.published_at(),
            texts: Vec::new(),
        },
        text,
        parent,
        menu_order: item.menu_order,
        page_path: page_path.or(plain),
    })
}

fn text(item: &Item, facts: &AttachmentMeta) -> AssetText {
    AssetText {
        title: plain::some_line(&item.title),
        alt: item
            .meta_value("_wp_attachment_image_alt")
            .and_then(plain::some_line),
        caption: plain::some_line(&item.excerpt),
        credit: facts.credit.as_deref().and_then(plain::some_line),
        description: plain::some_text(&item.content),
    }
}

fn absolute(address: &str, base: Option<&Url>) -> Option<Url> {
    let url = match Url::parse(address) {
        Ok(url) => url,
        Err(_) => base?.join(address).ok()?,
    };
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// The last part of an address, as a plain file name.
fn file_name(url: &Url) -> String {
    let last = url
        .path_segments()
        .and_then(|mut segments| segments.rfind(|segment| !segment.is_empty()))
        .unwrap_or_default();
    let name = percent_decode_str(last).decode_utf8_lossy();
    let name: String = name
        .chars()
        .filter(|c| !matches!(c, '/' | '\\') && !c.is_control())
        .collect();
    if name.is_empty() {
        return "file".to_owned();
    }
    if name.len() <= MOST_NAME_BYTES {
        return name;
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 10 => (stem, format!(".{extension}")),
        _ => (name.as_str(), String::new()),
    };
    let room = MOST_NAME_BYTES.saturating_sub(extension.len());
    let mut end = room.min(stem.len());
    while !stem.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    format!("{}{extension}", stem.get(..end).unwrap_or_default())
}

/// An asset as the store has it: its version, and a draft that says the same.
async fn read(tx: &mut Tx, id: AssetId, edition: EditionId) -> Result<Option<(i64, AssetDraft)>> {
    let cx = tx.cx().clone();
    let found = tx
        .reader()
        .assets_by_ids(cx.scope(), &[id], edition)
        .await?;
    let Some(asset) = found.into_values().next() else {
        return Ok(None);
    };
    let texts = tx.reader().asset_texts(&[id]).await?.remove(&id);
    let texts = texts.unwrap_or_default().into_iter();
    let draft = AssetDraft {
        kind: asset.kind,
        location: asset.location,
        file_name: asset.file_name,
        media_type: asset.media_type,
        size_bytes: asset.size_bytes,
        width: asset.width,
        height: asset.height,
        duration_ms: asset.duration_ms,
        focal_point: asset.focal_point,
        licence: asset.licence,
        is_public: asset.is_public,
        created_at: Some(asset.created_at),
        texts: texts
            .map(|text| EditionText {
                edition: text.edition,
                value: text.value,
            })
            .collect(),
    };
    Ok(Some((asset.version, draft)))
}

impl Writer {
    /// Writes an attachment.
    pub(super) async fn attachment(
        &mut self,
        tx: &mut Tx,
        attachment: &mut PreparedAttachment,
        effects: &mut Effects,
    ) -> Result<()> {
        let source = self.run.source.clone();
        let existing = match self.run.is_new_source {
            true => None,
            false => {
                tx.reader()
                    .import_record(&source, kinds::POST, &attachment.external_id)
                    .await?
            }
        };
        let twin = match existing {
            Some(_) => None,
            None => self.same_file(tx, attachment).await?,
        };
        let (id, version) = match (&existing, twin) {
            (Some(record), _) => {
                let Some(done) = self.replace_asset(tx, attachment, record, effects).await? else {
                    return Ok(());
                };
                done
            }
            (None, Some(twin)) => {
                let Some(version) = add_text(tx, twin, attachment).await? else {
                    return Ok(());
                };
                effects.tally.counts(Kind::Attachments).created += 1;
                (twin, version)
            }
            (None, None) => {
                attachment.draft.texts = own_texts(attachment);
                let id = media::create_in(tx, &attachment.draft).await?;
                effects.tally.counts(Kind::Attachments).created += 1;
                (id, 1)
            }
        };
        let record = ImportRecord {
            target_kind: ASSET.to_owned(),
            target_id: id.uuid(),
            content_hash: attachment.digest.clone(),
            target_version: version,
        };
        let store = tx.store_tx();
        store
            .save_import_record(&source, kinds::POST, &attachment.external_id, &record)
            .await?;
        if let Some(key) = &attachment.file_key {
            store
                .save_import_record(&source, kinds::FILE, key, &record)
                .await?;
            effects.learned.push(Learned::File(key.clone(), id));
        }
        if let Some(item) = attachment.item_id {
            effects.learned.push(Learned::Item(item, Target::Asset(id)));
        }
        self.leave_for_later(tx, attachment).await
    }

    async fn leave_for_later(&self, tx: &mut Tx, attachment: &PreparedAttachment) -> Result<()> {
        let source = &self.run.source;
        let store = tx.store_tx();
        if let (Some(parent), Some(item)) = (attachment.parent, attachment.item_id) {
            let kind = match attachment.draft.kind {
                AssetKind::Image => PICTURE,
                AssetKind::Video | AssetKind::Audio | AssetKind::Document => FILE,
            };
            let order = format!("{kind}{}", attachment.menu_order);
            store
                .defer(
                    source,
                    &later::attached_to(parent),
                    &item.to_string(),
                    &order,
                )
                .await?;
        }
        if let Some(from) = &attachment.page_path {
            let AssetLocation::Remote { url } = &attachment.draft.location else {
                return Ok(());
            };
            let redirect = LaterRedirect {
                edition: attachment.edition,
                from: from.clone(),
                item: attachment.parent,
                url: Some(url.clone()),
            };
            let payload = serde_json::to_string(&redirect).map_err(domain::Error::internal)?;
            store
                .defer(source, later::REDIRECT, &attachment.external_id, &payload)
                .await?;
        }
        Ok(())
    }

    /// Polylang keeps one record of a file for each language; here they are texts of one asset.
    async fn same_file(
        &self,
        tx: &mut Tx,
        attachment: &PreparedAttachment,
    ) -> Result<Option<AssetId>> {
        let Some(key) = attachment
            .file_key
            .as_ref()
            .filter(|_| !self.run.languages.is_empty())
        else {
            return Ok(None);
        };
        let record = tx
            .reader()
            .import_record(&self.run.source, kinds::FILE, key)
            .await?;
        Ok(record.as_ref().and_then(asset_of))
    }

    /// Brings an asset in line with the file; `None` when it was left alone.
    async fn replace_asset(
        &self,
        tx: &mut Tx,
        attachment: &mut PreparedAttachment,
        record: &ImportRecord,
        effects: &mut Effects,
    ) -> Result<Option<(AssetId, i64)>> {
        let note = |text: &str| Note {
            item_id: attachment.external_id.clone(),
            kind: Kind::Attachments,
            title: attachment.draft.file_name.clone(),
            text: text.to_owned(),
        };
        let current = match asset_of(record) {
            Some(id) => read(tx, id, attachment.edition)
                .await?
                .map(|(version, draft)| (id, version, draft)),
            None => None,
        };
        let Some((id, version, current)) = current else {
            effects
                .tally
                .conflict(note("was deleted here since its import"));
            return Ok(None);
        };
        if version > record.target_version && !self.run.overwrite {
            effects
                .tally
                .conflict(note("was edited here since its import"));
            return Ok(None);
        }
        if version <= record.target_version && record.content_hash == attachment.digest {
            effects.tally.counts(Kind::Attachments).unchanged += 1;
            return Ok(None);
        }
        let texts = current
            .texts
            .into_iter()
            .map(|text| domain::text::Localized {
                edition: text.edition,
                value: text.value,
            });
        let texts = with_text(texts.collect(), attachment.edition, attachment.text.clone());
        attachment.draft.texts = texts;
        attachment.draft.focal_point = current.focal_point;
        attachment.draft.licence = current.licence;
        // Bytes that were fetched since stay where they are, as long as it is the same file.
        if matches!(current.location, AssetLocation::Stored { .. })
            && current.file_name == attachment.draft.file_name
        {
            attachment.draft.location = current.location;
        }
        media::update_in(tx, id, &attachment.draft).await?;
        effects.tally.counts(Kind::Attachments).updated += 1;
        Ok(Some((id, version + 1)))
    }

    /// Shows or hides what is attached to an item that was published or taken off.
    pub(super) async fn publish_attached(
        &self,
        tx: &mut Tx,
        item: u64,
        is_public: bool,
    ) -> Result<()> {
        let source = &self.run.source;
        let rows = attached(tx, source, item).await?;
        for id in in_order(&rows, &[PICTURE, FILE]) {
            let external_id = id.to_string();
            let record = tx
                .reader()
                .import_record(source, kinds::POST, &external_id)
                .await?;
            let Some((record, asset)) = record.and_then(|r| asset_of(&r).map(|id| (r, id))) else {
                continue;
            };
            let Some((version, draft)) = read(tx, asset, self.run.default.edition).await? else {
                continue;
            };
            if draft.is_public == is_public {
                continue;
            }
            media::update_in(tx, asset, &AssetDraft { is_public, ..draft }).await?;
            // An edit somebody made here stays an edit.
            if version <= record.target_version {
                let record = ImportRecord {
                    target_version: version + 1,
                    ..record
                };
                tx.store_tx()
                    .save_import_record(source, kinds::POST, &external_id, &record)
                    .await?;
            }
        }
        Ok(())
    }
}

fn own_texts(attachment: &PreparedAttachment) -> Vec<EditionText<AssetText>> {
    if attachment.text == AssetText::default() {
        return Vec::new();
    }
    vec![EditionText {
        edition: attachment.edition,
        value: attachment.text.clone(),
    }]
}

/// Adds the text of another language to an asset; its version afterwards.
async fn add_text(
    tx: &mut Tx,
    id: AssetId,
    attachment: &PreparedAttachment,
) -> Result<Option<i64>> {
    let Some((version, draft)) = read(tx, id, attachment.edition).await? else {
        return Ok(None);
    };
    let known = draft
        .texts
        .iter()
        .any(|text| text.edition == attachment.edition);
    if known || attachment.text == AssetText::default() {
        return Ok(Some(version));
    }
    let mut draft = draft;
    draft.texts.extend(own_texts(attachment));
    media::update_in(tx, id, &draft).await?;
    Ok(Some(version + 1))
}

/// How a picture is marked among what is attached to an item.
const PICTURE: char = 'p';
/// How any other file is marked.
const FILE: char = 'f';
/// More attachments of one item than this come from no real site.
const MOST_ATTACHED: u32 = 1_000;

async fn attached(tx: &mut Tx, source: &str, item: u64) -> Result<Vec<Deferred>> {
    let kind = later::attached_to(item);
    tx.reader().deferred(source, &kind, 0, MOST_ATTACHED).await
}

/// The pictures attached to an item, in the order a gallery of them shows.
pub(super) async fn pictures_of(reader: Reader<'_>, source: &str, item: u64) -> Result<Vec<u64>> {
    let kind = later::attached_to(item);
    let rows = reader.deferred(source, &kind, 0, MOST_ATTACHED).await?;
    Ok(in_order(&rows, &[PICTURE]))
}

/// Brings what is attached to an item into order, each once.
fn in_order(rows: &[Deferred], kinds: &[char]) -> Vec<u64> {
    let mut seen = HashSet::new();
    // The last row about an attachment counts.
    let mut found: Vec<(i64, u64)> = rows
        .iter()
        .rev()
        .filter_map(|row| {
            let id = row.subject.parse().ok()?;
            let order = row.payload.strip_prefix(kinds)?;
            let order = order.parse().unwrap_or_default();
            seen.insert(id).then_some((order, id))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_plain_and_not_too_long() {
        let name =
            |path: &str| file_name(&Url::parse(&format!("https://a.example{path}")).unwrap());
        assert_eq!(name("/x/%D8%B4%D9%87%D8%B1.jpg?w=1"), "شهر.jpg");
        assert_eq!(name("/x/a%2Fb.png"), "ab.png");
        assert_eq!(name("/"), "file");
        let long = name(&format!("/{}.jpeg", "é".repeat(300)));
        assert!(long.len() <= 255 && long.ends_with(".jpeg"));
    }

    #[test]
    fn what_is_attached_comes_in_its_order() {
        let row = |sequence, subject: &str, payload: &str| Deferred {
            sequence,
            subject: subject.to_owned(),
            payload: payload.to_owned(),
        };
        let rows = [
            row(1, "9", "p0"),
            row(2, "4", "p2"),
            row(3, "5", "f0"),
            row(4, "9", "p3"),
        ];
        assert_eq!(in_order(&rows, &[PICTURE, FILE]), [5, 4, 9]);
        assert_eq!(in_order(&rows, &[PICTURE]), [4, 9]);
    }
}
