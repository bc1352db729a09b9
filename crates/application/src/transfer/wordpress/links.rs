//! The list of what belongs together across sources: translations of posts, and terms and authors
//! that are the same. It may be given before, with or after the imports it speaks of.

use std::collections::BTreeSet;

use domain::{
    Error, Result,
    access::Action,
    authors::AuthorDraft,
    content::Parts,
    id::{AuthorId, EditionId, EntryId, Id, TranslationGroupId},
    terms::{TermDraft, TermId},
    text::{EditionText, Locale},
};
use persistence::{ImportLink, ImportRecord, OnUse};

use super::{
    authors,
    editions::find,
    groups::{SharedChange, group_target, save_group_target, touch_members},
    link_rows::{LinkRow, problem},
    report::Problem,
    run::{asset_of, entry_of, kinds, saying},
    term_writer,
    terms::term_id,
    writer::{Effects, Writer},
};
use crate::Tx;

/// What an import notes of a source that a list names.
pub(super) const LISTED: &str = "listed";
/// What an import notes of a source of which a list names editions too.
pub(super) const LISTED_EDITIONS: &str = "listed_editions";

/// Keeps lines of the list, for imports to come. Answers with those that come too late.
pub(super) async fn keep(tx: &mut Tx, rows: &[LinkRow]) -> Result<Vec<Problem>> {
    let mut sources = BTreeSet::new();
    let mut with_editions = BTreeSet::new();
    let mut problems = Vec::new();
    for row in rows {
        let link = ImportLink {
            group: row.key(),
            source: row.source.clone(),
            kind: row.kind.to_owned(),
            external_id: row.id.clone(),
        };
        tx.store_tx().save_import_link(&link).await?;
        sources.insert(&row.source);
        if let Some(edition) = &row.edition {
            with_editions.insert(&row.source);
            problems.extend(keep_edition(tx, row, edition).await?);
        }
    }
    for (sources, name) in [(sources, LISTED), (with_editions, LISTED_EDITIONS)] {
        for source in sources {
            tx.store_tx()
                .save_import_record(source, kinds::STATE, name, &saying(""))
                .await?;
        }
    }
    Ok(problems)
}

/// Notes the edition of a record that is still to be imported. One that was imported already stays
/// in its edition, since its address depends on it.
async fn keep_edition(tx: &mut Tx, row: &LinkRow, edition: &Locale) -> Result<Option<Problem>> {
    let said = tx
        .reader()
        .import_record(&row.source, row.edition_kind(), &row.id)
        .await?;
    let imported = tx
        .reader()
        .import_record(&row.source, row.kind, &row.id)
        .await?;
    let is_known = said.is_some_and(|said| said.content_hash == edition.as_str());
    if is_known {
        return Ok(None);
    }
    if let Some(record) = imported {
        let known = editions_of(tx, &record).await?;
        let editions = tx.editions().await?;
        let wanted = find(&editions, edition).map(|edition| edition.id);
        if wanted.is_some_and(|wanted| known.contains(&wanted)) {
            return Ok(None);
        }
        let (kind, id) = (row.kind, &row.id);
        let text = format!(
            "{kind} {id} was imported before the list named its edition {edition}; it stays in its edition"
        );
        return Ok(Some(Problem {
            item_id: Some(row.id.clone()),
            ..problem(row.line, text)
        }));
    }
    tx.store_tx()
        .save_import_record(
            &row.source,
            row.edition_kind(),
            &row.id,
            &saying(edition.as_str()),
        )
        .await?;
    Ok(None)
}

/// The editions a record that was imported speaks in.
async fn editions_of(tx: &mut Tx, record: &ImportRecord) -> Result<Vec<EditionId>> {
    if let Some(id) = entry_of(record) {
        let entry = super::post_writer::entry(tx, id).await?;
        return Ok(entry.into_iter().map(|entry| entry.edition).collect());
    }
    if let Some(id) = asset_of(record) {
        let texts = tx
            .reader()
            .all_asset_texts(tx.cx().scope(), &[id])
            .await?
            .remove(&id);
        let texts = texts.unwrap_or_default().into_iter();
        return Ok(texts.map(|text| text.edition).collect());
    }
    let id = term_id(record);
    let texts = tx
        .reader()
        .all_term_texts(tx.cx().scope(), &[id])
        .await?
        .remove(&id);
    let texts = texts.unwrap_or_default().into_iter();
    Ok(texts.map(|text| text.edition).collect())
}

impl Writer {
    /// Joins what lines of the list name with what the others of its group became, as far as it
    /// was imported.
    pub(super) async fn join(
        &mut self,
        tx: &mut Tx,
        rows: &[LinkRow],
        effects: &mut Effects,
    ) -> Result<()> {
        for row in rows {
            let joined = tx.savepoint(async |tx| self.join_one(tx, row).await).await;
            let reason = match joined {
                Ok(Joined::Already) => continue,
                Ok(Joined::Now) => {
                    effects.tally.reasons.joined += 1;
                    continue;
                }
                Ok(Joined::Refused(reason)) => reason,
                Err(error @ Error::Unavailable { .. }) => return Err(error),
                Err(error) => {
                    self.undo();
                    format!("cannot be joined: {error}")
                }
            };
            let told = problem(row.line, format!("{} {} {reason}", row.kind, row.id));
            effects.tally.problem(Problem {
                item_id: Some(row.id.clone()),
                ..told
            });
        }
        Ok(())
    }

    async fn join_one(&mut self, tx: &mut Tx, row: &LinkRow) -> Result<Joined> {
        let record = tx
            .reader()
            .import_record(&row.source, row.kind, &row.id)
            .await?;
        let Some(record) = record else {
            return Ok(Joined::Already);
        };
        match row.kind {
            kinds::TERM => self.join_term(tx, row, &record).await,
            kinds::AUTHOR => self.join_author(tx, row, &record).await,
            _ => match entry_of(&record) {
                Some(id) => join_entry(tx, row, id).await,
                // Files of several languages are one asset already.
                None if asset_of(&record).is_some() => Ok(Joined::Already),
                None => Ok(Joined::Refused("is no post or page".to_owned())),
            },
        }
    }

    async fn join_term(
        &mut self,
        tx: &mut Tx,
        row: &LinkRow,
        record: &ImportRecord,
    ) -> Result<Joined> {
        let id = term_id(record);
        let key = row.key();
        let Some(kept) = group_target(tx, &key).await? else {
            save_group_target(tx, &key, id.taxonomy.as_str(), id.uuid()).await?;
            return Ok(Joined::Already);
        };
        if kept == id.uuid() {
            return Ok(Joined::Already);
        }
        let edition = self.run.default.edition;
        let other = term_writer::read(tx, id, edition).await?;
        let kept = term_writer::read(tx, TermId::new(id.taxonomy, kept), edition).await?;
        let (Some((other, other_texts)), Some((kept, texts))) = (other, kept) else {
            return Ok(Joined::Refused(
                "is of another taxonomy, or was deleted here".to_owned(),
            ));
        };
        if kept.namespace != other.namespace {
            return Ok(Joined::Refused("is of another taxonomy".to_owned()));
        }
        delete(
            tx,
            Action::Delete,
            other.target(),
            id.uuid(),
            kept.id.uuid(),
        )
        .await?;
        let mut all: Vec<EditionText<_>> = texts.into_iter().map(unlocalized).collect();
        for text in other_texts.into_iter().map(unlocalized) {
            if !all.iter().any(|known| known.edition == text.edition) {
                all.push(text);
            }
        }
        let draft = TermDraft {
            taxonomy: id.taxonomy,
            namespace: kept.namespace,
            parent: kept
                .parent
                .or(other.parent)
                .filter(|parent| parent.uuid() != id.uuid() && parent.uuid() != kept.id.uuid()),
            position: kept.position,
            texts: all,
        };
        crate::terms::update_in(tx, kept.id, &draft).await?;
        self.undo();
        let merged = Merged {
            from: id.uuid(),
            from_version: other.version,
            change: SharedChange {
                id: kept.id.uuid(),
                from: kept.version,
                to: kept.version + 1,
            },
        };
        merged.tell_members(tx, row).await?;
        Ok(Joined::Now)
    }

    async fn join_author(
        &mut self,
        tx: &mut Tx,
        row: &LinkRow,
        record: &ImportRecord,
    ) -> Result<Joined> {
        let id: AuthorId = Id::from_uuid(record.target_id);
        let key = row.key();
        let Some(kept) = group_target(tx, &key).await? else {
            save_group_target(tx, &key, &record.target_kind, id.uuid()).await?;
            return Ok(Joined::Already);
        };
        if kept == id.uuid() {
            return Ok(Joined::Already);
        }
        let edition = self.run.default.edition;
        let other = authors::read(tx, id, edition).await?;
        let kept = authors::read(tx, Id::from_uuid(kept), edition).await?;
        let (Some((_, other_version, other)), Some((kept, version, draft))) = (other, kept) else {
            return Ok(Joined::Refused("was deleted here".to_owned()));
        };
        let target = domain::access::Target::shared(domain::events::RecordKind::Author, id);
        delete(tx, Action::Delete, target, id.uuid(), kept.uuid()).await?;
        let mut texts = draft.texts;
        for text in other.texts {
            if !texts.iter().any(|known| known.edition == text.edition) {
                texts.push(text);
            }
        }
        let draft = AuthorDraft {
            website: draft.website.or(other.website),
            avatar: draft.avatar.or(other.avatar),
            texts,
        };
        crate::authors::update_in(tx, kept, &draft).await?;
        self.undo();
        let merged = Merged {
            from: id.uuid(),
            from_version: other_version,
            change: SharedChange {
                id: kept.uuid(),
                from: version,
                to: version + 1,
            },
        };
        merged.tell_members(tx, row).await?;
        Ok(Joined::Now)
    }
}

/// What came of a line of the list.
enum Joined {
    Already,
    Now,
    Refused(String),
}

async fn join_entry(tx: &mut Tx, row: &LinkRow, id: EntryId) -> Result<Joined> {
    let Some(entry) = super::post_writer::entry(tx, id).await? else {
        return Ok(Joined::Refused("was deleted here".to_owned()));
    };
    let key = row.key();
    let Some(group) = group_target(tx, &key).await? else {
        save_group_target(tx, &key, "translations", entry.group.uuid()).await?;
        return Ok(Joined::Already);
    };
    if entry.group.uuid() == group {
        return Ok(Joined::Already);
    }
    let group = TranslationGroupId::from_uuid(group);
    let cx = tx.cx().clone();
    let members = tx
        .reader()
        .translations(cx.scope(), &[group], Parts::NONE)
        .await?;
    let is_taken = members
        .into_values()
        .flatten()
        .any(|member| member.entry().edition == entry.edition && member.entry().id != id);
    if is_taken {
        let reason = "belongs to a group that has another of its edition";
        return Ok(Joined::Refused(reason.to_owned()));
    }
    crate::entries::move_to_group_in(tx, &entry, group).await?;
    Ok(Joined::Now)
}

fn unlocalized<T>(text: domain::text::Localized<T>) -> EditionText<T> {
    EditionText {
        edition: text.edition,
        value: text.value,
    }
}

/// Deletes a record in favour of another.
async fn delete(
    tx: &mut Tx,
    action: Action,
    target: domain::access::Target,
    id: uuid::Uuid,
    other: uuid::Uuid,
) -> Result<()> {
    let cx = tx.cx().clone();
    let permit = cx.authorize(action, target)?;
    let on_use = OnUse::ReplaceWith(other);
    tx.store_tx()
        .delete_record(
            &permit,
            cx.scope(),
            persistence::Deletion {
                id,
                on_use,
                at: cx.now(),
            },
        )
        .await
}

/// A record that was deleted in favour of another of its group.
struct Merged {
    from: uuid::Uuid,
    from_version: i64,
    /// What became of the one that was kept.
    change: SharedChange,
}

impl Merged {
    /// Lets the members of the group that stood for the deleted record stand for the one that was
    /// kept. What somebody had edited here stays an edit.
    async fn tell_members(&self, tx: &mut Tx, row: &LinkRow) -> Result<()> {
        touch_members(tx, &row.key(), row.kind, self.change).await?;
        for member in tx.reader().import_group_members(&row.key()).await? {
            let record = tx
                .reader()
                .import_record(&member.source, row.kind, &member.external_id)
                .await?;
            let Some(record) = record.filter(|record| record.target_id == self.from) else {
                continue;
            };
            let is_edited = record.target_version < self.from_version;
            let record = ImportRecord {
                target_id: self.change.id,
                target_version: if is_edited { 0 } else { self.change.to },
                ..record
            };
            tx.store_tx()
                .save_import_record(&member.source, row.kind, &member.external_id, &record)
                .await?;
        }
        Ok(())
    }
}
