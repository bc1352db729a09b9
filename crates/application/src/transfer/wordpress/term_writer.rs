//! Writing categories, tags and the terms of other taxonomies.

use domain::{
    Error, Result,
    id::{CategoryId, EditionId, Id},
    terms::{Taxonomy, Term, TermDraft, TermId, TermText},
    text::{EditionText, Localized},
};
use persistence::ImportRecord;

use super::{
    groups::{self, Duty, SharedChange, Wish},
    items::Position,
    plain,
    posts::TermRef,
    report::{Kind, Note, add},
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
    let texts = tx
        .reader()
        .all_term_texts(tx.cx().scope(), &[id])
        .await?
        .remove(&id);
    Ok(Some((term, texts.unwrap_or_default())))
}

/// A term that was written.
struct WrittenTerm {
    id: TermId,
    /// The edition of its text.
    edition: EditionId,
    version: i64,
}

/// What an item's word for a term stands for.
enum Named {
    Here(TermId),
    /// It was imported, and deleted here since.
    Deleted,
    Unknown,
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
        let edition = self.edition_of_term(tx, term, effects).await?;
        let group = self.group_of(tx, kinds::TERM, &term.external_id).await?;
        let shared = match &group {
            Some(key) => groups::group_target(tx, key).await?,
            None => None,
        };
        let (taxonomy, _) = place_of(&term.taxonomy).unwrap_or((Taxonomy::Tag, ""));
        let id = match (&existing, shared) {
            (Some(record), _) => Some(term_id(record)),
            (None, Some(shared)) => Some(TermId::new(taxonomy, shared)),
            (None, None) => None,
        };
        let known = match id.filter(|id| id.taxonomy == taxonomy) {
            Some(id) => read(tx, id, edition).await?,
            None => None,
        };
        let wish = Wish {
            digest: &term.digest,
            overwrite: self.run.overwrite,
        };
        let version = known.as_ref().map(|(current, _)| current.version);
        let duty = Duty::of(existing.as_ref(), version, wish);
        let written = match (duty, known) {
            (Duty::Conflict(why), known) => {
                effects.tally.conflict(note(term, why));
                if let Some((current, _)) = known {
                    self.terms.insert(term.key(), current.id);
                }
                return Ok(());
            }
            (Duty::Keep, Some((current, _))) => {
                self.terms.insert(term.key(), current.id);
                effects.tally.counts(term.report_kind()).unchanged += 1;
                return Ok(());
            }
            // Of several members of a group that speak in one edition the first is heard.
            (Duty::Join, Some((current, texts)))
                if texts.iter().any(|text| text.edition == edition) =>
            {
                effects.tally.counts(term.report_kind()).created += 1;
                WrittenTerm {
                    id: current.id,
                    edition,
                    version: current.version,
                }
            }
            (duty, Some(mut current)) => {
                let above = current.0.parent;
                current.0.parent = self.next_parent(tx, term, above, group.is_some()).await?;
                let counts = effects.tally.counts(term.report_kind());
                if duty == Duty::Join {
                    counts.created += 1;
                } else {
                    counts.updated += 1;
                }
                self.update_term(tx, term, current, edition).await?
            }
            (_, None) => {
                let id = self.create_term(tx, term, edition).await?;
                effects.tally.counts(term.report_kind()).created += 1;
                let version = 1;
                let written = WrittenTerm {
                    id,
                    edition,
                    version,
                };
                if self.run.past.is_shared {
                    self.note_renamed(tx, term, &written, effects).await?;
                }
                written
            }
        };
        self.save_term_records(tx, term, &written).await?;
        if let Some(key) = &group {
            let id = written.id.uuid();
            if shared.is_none() {
                groups::save_group_target(tx, key, taxonomy.as_str(), id).await?;
            }
            let (from, to) = (version.unwrap_or_default(), written.version);
            let change = SharedChange { id, from, to };
            groups::touch_members(tx, key, kinds::TERM, change).await?;
        }
        self.terms.insert(term.key(), written.id);
        Ok(())
    }

    /// The parent a term is to have from now on: the one the file names. One that has not come yet
    /// is waited for where the term stands now.
    async fn next_parent(
        &mut self,
        tx: &mut Tx,
        term: &PreparedTerm,
        current: Option<CategoryId>,
        is_shared: bool,
    ) -> Result<Option<CategoryId>> {
        let parent = self.parent_of(tx, term).await?;
        if parent.is_some() {
            return Ok(parent);
        }
        if self.wait_for_parent(tx, term).await? {
            return Ok(current);
        }
        // Of several languages' words for one term, one that names no parent says nothing.
        Ok(current.filter(|_| is_shared))
    }

    /// Leaves a category that names a parent until that may have come.
    async fn wait_for_parent(&self, tx: &mut Tx, term: &PreparedTerm) -> Result<bool> {
        let Some(parent) = term.parent.as_ref().filter(|_| term.taxonomy == "category") else {
            return Ok(false);
        };
        let source = &self.run.source;
        tx.store_tx()
            .defer(source, later::TERM_PARENT, &term.external_id, parent)
            .await?;
        Ok(true)
    }

    /// Gives a term the text of the file.
    async fn update_term(
        &mut self,
        tx: &mut Tx,
        term: &PreparedTerm,
        (current, texts): (Term, Vec<Localized<TermText>>),
        edition: EditionId,
    ) -> Result<WrittenTerm> {
        let parent = current.parent;
        let draft = TermDraft {
            taxonomy: current.id.taxonomy,
            namespace: current.namespace,
            parent: parent.filter(|_| current.id.taxonomy == Taxonomy::Category),
            position: current.position,
            texts: with_text(texts, edition, term.text()),
        };
        terms::update_in(tx, current.id, &draft).await?;
        Ok(WrittenTerm {
            id: current.id,
            edition,
            version: current.version + 1,
        })
    }

    async fn create_term(
        &mut self,
        tx: &mut Tx,
        term: &PreparedTerm,
        edition: EditionId,
    ) -> Result<TermId> {
        let (taxonomy, namespace) = place_of(&term.taxonomy).unwrap_or((Taxonomy::Tag, ""));
        let parent = self.parent_of(tx, term).await?;
        if parent.is_none() {
            self.wait_for_parent(tx, term).await?;
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
        written: &WrittenTerm,
        effects: &mut Effects,
    ) -> Result<()> {
        let wanted = readable(&term.slug);
        let Some((stored, _)) = read(tx, written.id, written.edition).await? else {
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
        written: &WrittenTerm,
    ) -> Result<()> {
        let source = &self.run.source;
        let record = ImportRecord {
            target_kind: written.id.taxonomy.as_str().to_owned(),
            target_id: written.id.uuid(),
            content_hash: term.digest.clone(),
            target_version: written.version,
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
        if self.run.past.is_new_source {
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

    /// The edition of a term's text: as a list of links says it, else Polylang, else the default.
    async fn edition_of_term(
        &mut self,
        tx: &mut Tx,
        term: &PreparedTerm,
        effects: &mut Effects,
    ) -> Result<EditionId> {
        let listed = self
            .listed_edition(tx, kinds::TERM_EDITION, &term.external_id, effects)
            .await?;
        if let Some(edition) = listed {
            return Ok(edition);
        }
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
        Ok(
            match self.find_term(tx, &key_of("category", parent)).await? {
                Named::Here(parent) if parent.taxonomy == Taxonomy::Category => {
                    Some(Id::from_uuid(parent.uuid()))
                }
                Named::Here(_) | Named::Deleted | Named::Unknown => None,
            },
        )
    }

    /// The term with this name, if it was imported and is still there.
    async fn find_term(&mut self, tx: &mut Tx, key: &str) -> Result<Named> {
        if let Some(id) = self.terms.get(key) {
            return Ok(Named::Here(id));
        }
        let Some(record) = self.record_by_slug(tx, key).await? else {
            return Ok(Named::Unknown);
        };
        let id = term_id(&record);
        if read(tx, id, self.run.default.edition).await?.is_none() {
            return Ok(Named::Deleted);
        }
        self.terms.insert(key.to_owned(), id);
        Ok(Named::Here(id))
    }

    /// The term an item names, made when the head of the file did not name it. `None` for one that
    /// was deleted here: it stays away.
    pub(super) async fn term_named(
        &mut self,
        tx: &mut Tx,
        named: &TermRef,
        edition: EditionId,
        effects: &mut Effects,
    ) -> Result<Option<TermId>> {
        let key = key_of(&named.taxonomy, &named.slug);
        match self.find_term(tx, &key).await? {
            Named::Here(id) => return Ok(Some(id)),
            Named::Deleted if !self.run.overwrite => return Ok(None),
            Named::Deleted | Named::Unknown => {}
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
        let version = 1;
        let written = WrittenTerm {
            id,
            edition,
            version,
        };
        self.save_term_records(tx, &term, &written).await?;
        effects.tally.counts(term.report_kind()).created += 1;
        self.terms.insert(key, id);
        Ok(Some(id))
    }

    /// Puts categories below parents that came after them.
    pub(super) async fn late_parent(
        &mut self,
        tx: &mut Tx,
        (external_id, parent): (&str, &str),
        effects: &mut Effects,
    ) -> Result<()> {
        let source = self.run.source.clone();
        let record = tx
            .reader()
            .import_record(&source, kinds::TERM, external_id)
            .await?;
        let parent = self.find_term(tx, &key_of("category", parent)).await?;
        let (Some(record), Named::Here(parent)) = (record, parent) else {
            return Ok(());
        };
        let id = term_id(&record);
        let Some((term, texts)) = read(tx, id, self.run.default.edition).await? else {
            return Ok(());
        };
        let parent_id: CategoryId = Id::from_uuid(parent.uuid());
        if parent.taxonomy != Taxonomy::Category || parent == id || term.parent == Some(parent_id) {
            return Ok(());
        }
        let draft = TermDraft {
            taxonomy: id.taxonomy,
            namespace: term.namespace,
            parent: Some(parent_id),
            position: term.position,
            texts: texts
                .into_iter()
                .map(|text| EditionText {
                    edition: text.edition,
                    value: text.value,
                })
                .collect(),
        };
        let moved = tx.savepoint(async |tx| terms::update_in(tx, id, &draft).await);
        match moved.await {
            Ok(()) => {}
            // The file puts each below the other.
            Err(error @ Error::Invalid(_)) => {
                effects.tally.note(Note {
                    item_id: external_id.to_owned(),
                    kind: Kind::Categories,
                    title: term.text.value.name,
                    text: format!("stays where it is: {error}"),
                });
                return Ok(());
            }
            Err(error) => return Err(error),
        }
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
