//! Writing categories, tags and the terms of other taxonomies.

use domain::{
    Result,
    id::{CategoryId, EditionId, Id},
    terms::{Taxonomy, Term, TermDraft, TermId, TermText},
    text::{EditionText, Localized},
};
use persistence::ImportRecord;

use super::{
    groups,
    items::Position,
    plain,
    posts::TermRef,
    report::{Note, add},
    run::{kinds, later, saying},
    terms::{PreparedTerm, key_of, place_of, readable, term_id, with_text},
    writer::{Effects, Writer},
};
use crate::{Tx, terms};

/// A term as the store has it, with all its texts.
pub(super) async fn read(
    tx: &mut Tx,
    id: TermId,
    edition: EditionId,
) -> Result<Option<(Term, Vec<Localized<TermText>>)>> {
    let cx = tx.cx().clone();
    let term = tx
        .reader()
        .terms_by_ids(cx.scope(), &[id], edition)
        .await?
        .remove(&id);
    let Some(term) = term else { return Ok(None) };
    let texts = tx.reader().term_texts(&[id]).await?.remove(&id);
    Ok(Some((term, texts.unwrap_or_default())))
}

impl Writer {
    /// Writes a term of the head.
    pub(super) async fn term(
        &mut self,
        tx: &mut Tx,
        term: &PreparedTerm,
        effects: &mut Effects,
    ) -> Result<()> {
        let existing = self.term_record(tx, term).await?;
        let same = existing
            .as_ref()
            .filter(|record| record.content_hash == term.digest);
        if let Some(record) = same.filter(|_| !self.run.overwrite) {
            self.terms.insert(term.key(), term_id(record));
            effects.tally.counts(term.report_kind()).unchanged += 1;
            return Ok(());
        }
        let edition = self.edition_of_term(tx, term).await?;
        let group = self.group_of(tx, kinds::TERM, &term.external_id).await?;
        let shared = match &group {
            Some(key) => groups::group_target(tx, key).await?,
            None => None,
        };
        let taxonomy = place_of(&term.taxonomy).map_or(Taxonomy::Tag, |(taxonomy, _)| taxonomy);
        let id = match (&existing, shared) {
            (Some(record), _) => Some(term_id(record)),
            (None, Some(shared)) => Some(TermId::new(taxonomy, shared)),
            (None, None) => None,
        };
        let known = match id {
            Some(id) => read(tx, id, edition)
                .await?
                .filter(|_| id.taxonomy == taxonomy),
            None => None,
        };
        let (id, version) = if let Some((current, texts)) = known {
            if let Some(record) = &existing
                && current.version > record.target_version
                && !self.run.overwrite
            {
                effects
                    .tally
                    .conflict(note(term, "was edited here since its import"));
                self.terms.insert(term.key(), current.id);
                return Ok(());
            }
            if same.is_some_and(|record| current.version <= record.target_version) {
                self.terms.insert(term.key(), current.id);
                effects.tally.counts(term.report_kind()).unchanged += 1;
                return Ok(());
            }
            let parent = self.parent_of(tx, term).await?.or(current.parent);
            let draft = TermDraft {
                taxonomy,
                namespace: current.namespace,
                parent: parent.filter(|_| taxonomy == Taxonomy::Category),
                position: current.position,
                texts: with_text(texts, edition, term.text()),
            };
            terms::update_in(tx, current.id, &draft).await?;
            let counts = effects.tally.counts(term.report_kind());
            if existing.is_some() {
                counts.updated += 1;
            } else {
                counts.created += 1;
            }
            (current.id, current.version + 1)
        } else {
            let id = self.create_term(tx, term, edition).await?;
            effects.tally.counts(term.report_kind()).created += 1;
            if self.run.is_shared {
                self.note_renamed(tx, term, id, edition, effects).await?;
            }
            (id, 1)
        };
        self.save_term_records(tx, term, id, version).await?;
        if let Some(key) = &group {
            if shared.is_none() {
                groups::save_group_target(tx, key, taxonomy.as_str(), id.uuid()).await?;
            }
            groups::touch_members(tx, key, kinds::TERM, id.uuid(), version).await?;
        }
        self.terms.insert(term.key(), id);
        Ok(())
    }

    async fn create_term(
        &mut self,
        tx: &mut Tx,
        term: &PreparedTerm,
        edition: EditionId,
    ) -> Result<TermId> {
        let (taxonomy, namespace) = place_of(&term.taxonomy).unwrap_or((Taxonomy::Tag, ""));
        let parent = self.parent_of(tx, term).await?;
        if taxonomy == Taxonomy::Category
            && parent.is_none()
            && let Some(parent) = &term.parent
        {
            let source = self.run.source.clone();
            tx.store_tx()
                .defer(&source, later::TERM_PARENT, &term.external_id, parent)
                .await?;
        }
        let draft = TermDraft {
            taxonomy,
            namespace: namespace.to_owned(),
            parent: parent.filter(|_| taxonomy == Taxonomy::Category),
            position: 0,
            texts: vec![EditionText {
                edition,
                value: term.text(),
            }],
        };
        terms::create_in(tx, &draft).await
    }

    /// Says when a term could not have the slug it had, because another has it.
    async fn note_renamed(
        &mut self,
        tx: &mut Tx,
        term: &PreparedTerm,
        id: TermId,
        edition: EditionId,
        effects: &mut Effects,
    ) -> Result<()> {
        let wanted = readable(&term.slug);
        let Some((stored, _)) = read(tx, id, edition).await? else {
            return Ok(());
        };
        if stored.text.value.slug != wanted && !wanted.is_empty() {
            add(&mut effects.tally.reasons.collisions, "slug of a term", 1);
            let text = format!(
                "its slug `{wanted}` was taken, it is `{}`",
                stored.text.value.slug
            );
            effects.tally.note(note(term, &text));
        }
        Ok(())
    }

    async fn save_term_records(
        &self,
        tx: &mut Tx,
        term: &PreparedTerm,
        id: TermId,
        version: i64,
    ) -> Result<()> {
        let source = &self.run.source;
        let record = ImportRecord {
            target_kind: id.taxonomy.as_str().to_owned(),
            target_id: id.uuid(),
            content_hash: term.digest.clone(),
            target_version: version,
        };
        tx.store_tx()
            .save_import_record(source, kinds::TERM, &term.external_id, &record)
            .await?;
        let name = saying(&term.external_id);
        tx.store_tx()
            .save_import_record(source, kinds::TERM_SLUG, &term.key(), &name)
            .await
    }

    /// What a term was at an earlier import, found by its id or, if it was only named then, by its
    /// slug.
    async fn term_record(&self, tx: &mut Tx, term: &PreparedTerm) -> Result<Option<ImportRecord>> {
        if self.run.is_new_source {
            return Ok(None);
        }
        let source = &self.run.source;
        let record = tx
            .reader()
            .import_record(source, kinds::TERM, &term.external_id)
            .await?;
        if record.is_some() {
            return Ok(record);
        }
        self.record_by_slug(tx, &term.key()).await
    }

    async fn record_by_slug(&self, tx: &mut Tx, key: &str) -> Result<Option<ImportRecord>> {
        let source = &self.run.source;
        let named = tx
            .reader()
            .import_record(source, kinds::TERM_SLUG, key)
            .await?;
        match named {
            Some(named) => {
                tx.reader()
                    .import_record(source, kinds::TERM, &named.content_hash)
                    .await
            }
            None => Ok(None),
        }
    }

    async fn edition_of_term(&self, tx: &mut Tx, term: &PreparedTerm) -> Result<EditionId> {
        let default = self.run.default.edition;
        if self.run.languages.is_empty() {
            return Ok(default);
        }
        let source = &self.run.source;
        let said = tx
            .reader()
            .import_record(source, kinds::TERM_LANGUAGE, &term.external_id)
            .await?;
        let place = said.and_then(|said| self.run.languages.get(&said.content_hash));
        Ok(place.map_or(default, |place| place.edition))
    }

    async fn parent_of(&mut self, tx: &mut Tx, term: &PreparedTerm) -> Result<Option<CategoryId>> {
        let Some(parent) = term.parent.as_ref().filter(|_| term.taxonomy == "category") else {
            return Ok(None);
        };
        let parent = self.find_term(tx, &key_of("category", parent)).await?;
        Ok(parent
            .filter(|parent| parent.taxonomy == Taxonomy::Category)
            .map(|parent| Id::from_uuid(parent.uuid())))
    }

    /// The term with this name, if it was imported.
    pub(super) async fn find_term(&mut self, tx: &mut Tx, key: &str) -> Result<Option<TermId>> {
        if let Some(id) = self.terms.get(key) {
            return Ok(Some(id));
        }
        let found = self.record_by_slug(tx, key).await?;
        let id = found.as_ref().map(term_id);
        if let Some(id) = id {
            self.terms.insert(key.to_owned(), id);
        }
        Ok(id)
    }

    /// The term an item names, made when the head of the file did not name it.
    pub(super) async fn term_named(
        &mut self,
        tx: &mut Tx,
        named: &TermRef,
        edition: EditionId,
        effects: &mut Effects,
    ) -> Result<TermId> {
        let key = key_of(&named.taxonomy, &named.slug);
        if let Some(id) = self.find_term(tx, &key).await? {
            return Ok(id);
        }
        let name = plain::some_line(&named.name);
        let term = PreparedTerm {
            position: Position {
                line: 0,
                byte_offset: 0,
            },
            digest: String::new(),
            external_id: key.clone(),
            taxonomy: named.taxonomy.clone(),
            slug: named.slug.clone(),
            parent: None,
            name: name.unwrap_or_else(|| readable(&named.slug)),
            description: None,
        };
        let id = self.create_term(tx, &term, edition).await?;
        self.save_term_records(tx, &term, id, 1).await?;
        effects.tally.counts(term.report_kind()).created += 1;
        self.terms.insert(key, id);
        Ok(id)
    }

    /// Puts categories below parents that came after them.
    pub(super) async fn late_parent(
        &mut self,
        tx: &mut Tx,
        external_id: &str,
        parent: &str,
    ) -> Result<()> {
        let source = self.run.source.clone();
        let record = tx
            .reader()
            .import_record(&source, kinds::TERM, external_id)
            .await?;
        let parent = self.find_term(tx, &key_of("category", parent)).await?;
        let (Some(record), Some(parent)) = (record, parent) else {
            return Ok(());
        };
        let id = term_id(&record);
        let Some((term, texts)) = read(tx, id, self.run.default.edition).await? else {
            return Ok(());
        };
        if parent.taxonomy != Taxonomy::Category || parent == id || term.parent.is_some() {
            return Ok(());
        }
        let draft = TermDraft {
            taxonomy: id.taxonomy,
            namespace: term.namespace,
            parent: Some(Id::from_uuid(parent.uuid())),
            position: term.position,
            texts: texts
                .into_iter()
                .map(|text| EditionText {
                    edition: text.edition,
                    value: text.value,
                })
                .collect(),
        };
        terms::update_in(tx, id, &draft).await?;
        let record = ImportRecord {
            target_version: term.version + 1,
            ..record
        };
        tx.store_tx()
            .save_import_record(&source, kinds::TERM, external_id, &record)
            .await
    }
}

fn note(term: &PreparedTerm, text: &str) -> Note {
    Note {
        item_id: term.external_id.clone(),
        kind: term.report_kind(),
        title: term.name.clone(),
        text: text.to_owned(),
    }
}
