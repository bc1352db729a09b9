//! Writing uploaded files, and finding those attached to an item.

use std::collections::HashSet;

use domain::{
    Result,
    id::{AssetId, EditionId},
    media::{AssetDraft, AssetKind, AssetLocation, AssetText},
    text::EditionText,
};
use persistence::{Deferred, ImportRecord, Reader};

use super::{
    attachments::{LaterRedirect, PreparedAttachment},
    known::{Learned, Target, Upload},
    report::{DELETED, EDITED, Kind, Note},
    run::{ASSET, asset_of, kinds, later},
    terms::with_text,
    writer::{Effects, Writer},
};
use crate::{Tx, media};

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
    let texts = tx
        .reader()
        .all_asset_texts(tx.cx().scope(), &[id])
        .await?
        .remove(&id);
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

/// What an asset is to those that lead to it, if it was not deleted since.
pub(super) async fn upload(tx: &mut Tx, id: AssetId) -> Result<Option<Upload>> {
    let cx = tx.cx().clone();
    let edition = tx.editions().await?.default_edition()?.id;
    let found = tx
        .reader()
        .assets_by_ids(cx.scope(), &[id], edition)
        .await?;
    Ok(found.get(&id).map(|asset| Upload {
        id,
        is_public: asset.is_public,
    }))
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
        let listed = self
            .listed_edition(tx, kinds::POST_EDITION, &attachment.external_id, effects)
            .await?;
        attachment.edition = listed.unwrap_or(attachment.edition);
        let existing = if self.run.past.is_new_source {
            None
        } else {
            tx.reader()
                .import_record(&source, kinds::POST, &attachment.external_id)
                .await?
        };
        let twin = match existing {
            Some(_) => None,
            None => self.same_file(tx, attachment).await?,
        };
        let has_twin = twin.is_some();
        let replaced = match &existing {
            Some(record) => self.replace_asset(tx, attachment, record, effects).await?,
            None => Replaced::Gone,
        };
        let (id, version) = match (replaced, twin) {
            (Replaced::LeftAlone, _) => return Ok(()),
            (Replaced::Now(id, version), _) => (id, version),
            (Replaced::Gone, Some(twin)) => {
                let Some(version) = add_text(tx, twin, attachment).await? else {
                    return Ok(());
                };
                effects.tally.counts(Kind::Attachments).created += 1;
                (twin, version)
            }
            (Replaced::Gone, None) => {
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
        tx.store_tx()
            .save_import_record(&source, kinds::POST, &attachment.external_id, &record)
            .await?;
        let upload = Upload {
            id,
            // What it shares a file with may be public or not.
            is_public: attachment.draft.is_public && !has_twin,
        };
        if let Some(key) = &attachment.file_key {
            self.note_file(tx, key, &attachment.external_id, &record)
                .await?;
            effects.learned.push(Learned::File(key.clone(), upload));
        }
        if let Some(item) = attachment.item_id {
            effects
                .learned
                .push(Learned::Item(item, Target::Asset(upload)));
        }
        self.leave_for_later(tx, attachment).await
    }

    /// Notes which asset a file became, and the attachments it is shared by: a change of it for one
    /// of them is no edit to the others.
    async fn note_file(
        &self,
        tx: &mut Tx,
        key: &str,
        external_id: &str,
        record: &ImportRecord,
    ) -> Result<()> {
        let source = &self.run.source;
        let known = if self.shares_files() || !self.run.past.is_new_source {
            tx.reader().import_record(source, kinds::FILE, key).await?
        } else {
            None
        };
        let known = known.filter(|known| known.target_id == record.target_id);
        let mut sharers: Vec<&str> = known
            .as_ref()
            .map(|known| known.content_hash.split(' ').collect())
            .unwrap_or_default();
        let before = known.as_ref().map_or(0, |known| known.target_version);
        for other in sharers.iter().filter(|other| **other != external_id) {
            let noted = tx
                .reader()
                .import_record(source, kinds::POST, other)
                .await?;
            let is_current = |noted: &ImportRecord| {
                noted.target_id == record.target_id && noted.target_version >= before
            };
            if let Some(noted) = noted.filter(is_current) {
                let noted = ImportRecord {
                    target_version: record.target_version,
                    ..noted
                };
                tx.store_tx()
                    .save_import_record(source, kinds::POST, other, &noted)
                    .await?;
            }
        }
        if !sharers.contains(&external_id) {
            sharers.push(external_id);
        }
        let file = ImportRecord {
            content_hash: sharers.join(" "),
            ..record.clone()
        };
        tx.store_tx()
            .save_import_record(source, kinds::FILE, key, &file)
            .await
    }

    /// Whether several attachments may stand for one file: each language has its own.
    fn shares_files(&self) -> bool {
        !self.run.languages.is_empty() || self.run.said.editions
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
        let AssetLocation::Remote { url } = &attachment.draft.location else {
            return Ok(());
        };
        let edition = attachment.edition;
        let mut from = self.run.plain_addresses(edition, &attachment.plain_paths);
        from.extend(attachment.page_path.clone().map(|path| (edition, path)));
        if from.is_empty() {
            return Ok(());
        }
        let redirect = LaterRedirect {
            from,
            item: attachment.parent,
            // The address of a file that is not public is nobody's to know.
            url: Some(url.clone()).filter(|_| attachment.draft.is_public),
        };
        let payload = serde_json::to_string(&redirect).map_err(domain::Error::internal)?;
        store
            .defer(source, later::REDIRECT, &attachment.external_id, &payload)
            .await
    }

    /// Polylang and WPML keep one record of a file for each language; here they are texts of one
    /// asset.
    async fn same_file(
        &self,
        tx: &mut Tx,
        attachment: &PreparedAttachment,
    ) -> Result<Option<AssetId>> {
        let Some(key) = attachment.file_key.as_ref().filter(|_| self.shares_files()) else {
            return Ok(None);
        };
        let record = tx
            .reader()
            .import_record(&self.run.source, kinds::FILE, key)
            .await?;
        Ok(record.as_ref().and_then(asset_of))
    }

    /// Brings an asset in line with the file.
    async fn replace_asset(
        &self,
        tx: &mut Tx,
        attachment: &mut PreparedAttachment,
        record: &ImportRecord,
        effects: &mut Effects,
    ) -> Result<Replaced> {
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
            if self.run.overwrite {
                return Ok(Replaced::Gone);
            }
            effects.tally.conflict(note(DELETED));
            return Ok(Replaced::LeftAlone);
        };
        if version > record.target_version && !self.run.overwrite {
            effects.tally.conflict(note(EDITED));
            return Ok(Replaced::LeftAlone);
        }
        if version <= record.target_version && record.content_hash == attachment.digest {
            effects.tally.counts(Kind::Attachments).unchanged += 1;
            return Ok(Replaced::LeftAlone);
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
        Ok(Replaced::Now(id, version + 1))
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

/// What became of an asset that was imported before.
enum Replaced {
    Now(AssetId, i64),
    LeftAlone,
    /// It is not there, and is to be made.
    Gone,
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
