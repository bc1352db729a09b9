//! What belongs to entries, read for many at once: terms, byline, pictures, issue sections. One
//! statement for all of it, plus one where texts must be served from a fallback edition. Terms and
//! authors are told by their ids and mostly kept in memory.

use std::{collections::HashMap, sync::Arc};

use domain::{
    Error, Result,
    access::ReadScope,
    articles::Contribution,
    content::{Content, Part, Parts},
    events::CacheTag,
    id::{EditionId, EntryId},
    media::{AssetText, Figure},
    newsletters::Section,
    terms::{Taxonomy, Term},
    text::Localized,
};
use uuid::Uuid;

use crate::{
    Engine, Reader,
    record_cache::{RecordKey, Records},
    sql::{Row, Sql},
};

mod rows;
mod statement;

pub(crate) use rows::AssetRow;
use rows::{ContributionRow, FigureRow, ItemRow, Missing, Of, TermRow};
pub(crate) use statement::asset_columns;

/// What belongs to one entry; only what was asked for is filled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Relations {
    /// Categories, then tags, each in its order.
    pub terms: Vec<Arc<Term>>,
    /// Who made it, in order.
    pub byline: Vec<Contribution>,
    /// The main picture.
    pub hero: Option<Figure>,
    /// Attached files, in order.
    pub attachments: Vec<Figure>,
    /// An issue's sections, in order.
    pub sections: Vec<Section>,
}

impl Relations {
    fn tags(&self) -> impl Iterator<Item = CacheTag> {
        let terms = self.terms.iter().map(|term| CacheTag::from(term.id));
        let authors = self
            .byline
            .iter()
            .filter_map(|contribution| contribution.author.as_ref())
            .map(|author| CacheTag::from(author.id));
        let assets = self
            .hero
            .iter()
            .chain(&self.attachments)
            .map(|figure| CacheTag::from(figure.asset.id));
        terms.chain(authors).chain(assets)
    }
}

/// An entry and what was found for it.
struct Owner {
    id: EntryId,
    edition: EditionId,
    relations: Relations,
}

impl Owner {
    fn new(id: EntryId, edition: EditionId) -> Self {
        Self {
            id,
            edition,
            relations: Relations::default(),
        }
    }
}

/// The columns of the statement. Each row names its entry and its place first.
pub(super) struct Found {
    generation: i64,
    terms: Vec<Of<TermRow>>,
    byline: Vec<Of<ContributionRow>>,
    heroes: Vec<Of<FigureRow>>,
    attachments: Vec<Of<FigureRow>>,
    items: Vec<Of<ItemRow>>,
}

impl Found {
    /// Reads the columns, which come next; none if the row is one without them.
    pub(super) fn read(row: &mut Row) -> Result<Option<Self>> {
        let Some(generation) = row.get()? else {
            return Ok(None);
        };
        Ok(Some(Self {
            generation,
            terms: row.json()?,
            byline: row.json()?,
            heroes: row.json()?,
            attachments: row.json()?,
            items: row.json()?,
        }))
    }

    fn term_keys(&self, all: &HashMap<Uuid, Owner>) -> impl Iterator<Item = RecordKey> {
        self.terms
            .iter()
            .filter_map(|row| Some((row.row.term, all.get(&row.entry)?.edition)))
    }

    fn author_keys(&self, all: &HashMap<Uuid, Owner>) -> impl Iterator<Item = RecordKey> {
        self.byline
            .iter()
            .filter_map(|row| Some((row.row.author?, all.get(&row.entry)?.edition)))
    }

    /// Puts each row where it belongs, in its order.
    fn hand_out(
        mut self,
        all: &mut HashMap<Uuid, Owner>,
        records: &Records,
        missing: &mut Missing,
    ) -> Result<()> {
        self.terms.sort_by_key(|row| row.position);
        self.byline.sort_by_key(|row| row.position);
        self.attachments.sort_by_key(|row| row.position);
        self.items.sort_by_key(|row| row.position);
        for row in self.terms {
            if let Some(Owner {
                edition, relations, ..
            }) = all.get_mut(&row.entry)
            {
                // What was deleted between two statements is left out.
                relations
                    .terms
                    .extend(records.terms.get(&(row.row.term, *edition)).cloned());
            }
        }
        for row in self.byline {
            if let Some(Owner {
                edition, relations, ..
            }) = all.get_mut(&row.entry)
            {
                relations.byline.push(row.row.read(*edition, records)?);
            }
        }
        for row in self.heroes {
            if let Some(Owner {
                edition, relations, ..
            }) = all.get_mut(&row.entry)
            {
                relations.hero = Some(row.row.read(*edition, missing)?);
            }
        }
        for row in self.attachments {
            if let Some(Owner {
                edition, relations, ..
            }) = all.get_mut(&row.entry)
            {
                relations.attachments.push(row.row.read(*edition, missing)?);
            }
        }
        for row in self.items {
            if let Some(Owner { relations, .. }) = all.get_mut(&row.entry) {
                row.row.place(&mut relations.sections);
            }
        }
        Ok(())
    }
}

/// Chooses, among the texts of several editions, the first in the wanted order.
pub(crate) fn best_text<T>(texts: Vec<Localized<T>>, order: &[EditionId]) -> Option<Localized<T>> {
    texts.into_iter().min_by_key(|text| {
        order
            .iter()
            .position(|edition| *edition == text.edition)
            .unwrap_or(usize::MAX)
    })
}

impl Reader<'_> {
    /// What belongs to these entries. The caller has read the entries themselves through its
    /// scope; texts come from each entry's own edition, or a fallback.
    pub async fn relations(
        &self,
        scope: &ReadScope,
        entries: &[(EntryId, EditionId)],
        parts: Parts,
    ) -> Result<HashMap<EntryId, Relations>> {
        let mut found = Vec::new();
        for chunk in entries.chunks(500) {
            let ids: Vec<Uuid> = chunk.iter().map(|(id, _)| id.uuid()).collect();
            let Some(sql) = statement::of(self.engine, &ids, edition_of_all(chunk), parts) else {
                continue;
            };
            let row = self.query_one(sql).await?;
            let read = row.and_then(|mut row| Found::read(&mut row).transpose());
            found.push(read.ok_or_else(|| Error::internal("record_generation has no row"))??);
        }
        self.hand_out(scope, entries, found).await
    }

    /// What was found, by entry.
    async fn hand_out(
        &self,
        scope: &ReadScope,
        entries: &[(EntryId, EditionId)],
        found: Vec<Found>,
    ) -> Result<HashMap<EntryId, Relations>> {
        let mut all: HashMap<Uuid, Owner> = entries
            .iter()
            .map(|(id, edition)| (id.uuid(), Owner::new(*id, *edition)))
            .collect();
        let mut missing = Missing::default();
        for found in found {
            let (terms, authors) = (found.term_keys(&all), found.author_keys(&all));
            let records = self.records(found.generation, terms, authors).await?;
            found.hand_out(&mut all, &records, &mut missing)?;
        }
        for Owner { relations, .. } in all.values_mut() {
            // Categories stand before tags.
            relations
                .terms
                .sort_by_key(|term| term.id.taxonomy == Taxonomy::Tag);
        }
        if !missing.assets.is_empty() {
            self.fill_texts(&mut all, &missing).await?;
        }
        scope.note_all(all.values().flat_map(|owner| owner.relations.tags()));
        Ok(all
            .into_values()
            .map(|owner| (owner.id, owner.relations))
            .collect())
    }

    /// Puts the asked relations into entries that were just read.
    pub(super) async fn fill_relations(
        &self,
        scope: &ReadScope,
        contents: impl Iterator<Item = &mut Content>,
        parts: Parts,
    ) -> Result<()> {
        self.fill_found(scope, contents, parts, None).await
    }

    /// The same, of entries that may have been read together with their relations.
    pub(super) async fn fill_found(
        &self,
        scope: &ReadScope,
        contents: impl Iterator<Item = &mut Content>,
        parts: Parts,
        found: Option<Found>,
    ) -> Result<()> {
        let of_the_row = Parts::BODY.with(Parts::SEO).with(Parts::CORRECTIONS);
        let wanted = parts.without(of_the_row);
        if wanted == Parts::NONE {
            return Ok(());
        }
        let mut contents: Vec<&mut Content> = contents.collect();
        let ids: Vec<(EntryId, EditionId)> = contents
            .iter()
            .map(|content| (content.entry().id, content.entry().edition))
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut all = match found {
            Some(found) => self.hand_out(scope, &ids, vec![found]).await?,
            None => self.relations(scope, &ids, wanted).await?,
        };
        for content in &mut contents {
            let Some(found) = all.remove(&content.entry().id) else {
                continue;
            };
            attach(content, found, wanted);
        }
        Ok(())
    }

    /// Serves texts that are missing in an entry's edition from another one.
    async fn fill_texts(&self, all: &mut HashMap<Uuid, Owner>, missing: &Missing) -> Result<()> {
        let editions = self.edition_set().await?;
        let assets = self.asset_texts(&missing.assets).await?;
        for Owner {
            edition, relations, ..
        } in all.values_mut()
        {
            let order = editions.text_order(*edition);
            for figure in relations
                .hero
                .iter_mut()
                .chain(&mut relations.attachments)
                .filter(|figure| figure.asset.text.value == AssetText::default())
            {
                if let Some(text) = assets
                    .get(&figure.asset.id)
                    .and_then(|texts| best_text(texts.clone(), &order))
                {
                    figure.asset.text = text;
                }
            }
        }
        Ok(())
    }
}

/// The statement for a page of entries that brings their relations along, if it is worth it: bodies
/// would be copied once more. `order` is by columns of `listed`, the page.
pub(super) fn along(
    engine: Engine,
    page: &Sql,
    order: &str,
    edition: Option<EditionId>,
    parts: Parts,
) -> Option<Sql> {
    (statement::has_any(parts) && !parts.contains(Parts::BODY))
        .then(|| statement::with_page(engine, page, order, edition, parts))
}

/// The edition of these entries, if it is one.
fn edition_of_all(entries: &[(EntryId, EditionId)]) -> Option<EditionId> {
    let (_, first) = entries.first()?;
    let is_first = |(_, edition): &(EntryId, EditionId)| edition == first;
    entries.iter().all(is_first).then_some(*first)
}

fn attach(content: &mut Content, found: Relations, wanted: Parts) {
    let load = |part: Parts| wanted.contains(part);
    match content {
        Content::Article(article) => {
            if load(Parts::TERMS) {
                article.terms = Part::Loaded(found.terms);
            }
            if load(Parts::BYLINE) {
                article.byline = Part::Loaded(found.byline);
            }
            if load(Parts::HERO) {
                article.hero = Part::Loaded(found.hero);
            }
            if load(Parts::ATTACHMENTS) {
                article.attachments = Part::Loaded(found.attachments);
            }
        }
        Content::Page(page) => {
            if load(Parts::HERO) {
                page.hero = Part::Loaded(found.hero);
            }
        }
        Content::Issue(issue) => {
            if load(Parts::HERO) {
                issue.hero = Part::Loaded(found.hero);
            }
            if load(Parts::ATTACHMENTS) {
                issue.attachments = Part::Loaded(found.attachments);
            }
            if load(Parts::SECTIONS) {
                issue.sections = Part::Loaded(found.sections);
            }
        }
    }
}
