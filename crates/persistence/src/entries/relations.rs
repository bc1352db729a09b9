//! What belongs to entries, read for many at once: terms, byline, pictures, issue sections. One
//! statement for all of it, plus one where texts must be served from a fallback edition.

use std::collections::HashMap;

use domain::{
    Error, Result,
    access::ReadScope,
    articles::Contribution,
    authors::{Author, AuthorText},
    content::{Content, Part, Parts},
    events::CacheTag,
    id::{EditionId, EntryId, Id},
    media::{Asset, AssetLocation, AssetText, Figure},
    newsletters::{Section, SectionItem},
    terms::{Taxonomy, Term, TermId, TermText},
    text::Localized,
    time::Timestamp,
};
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

use super::relations_sql::statement;
use crate::{Reader, sql::Sql};

/// What belongs to one entry; only what was asked for is filled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Relations {
    /// Categories, then tags, each in its order.
    pub terms: Vec<Term>,
    /// Who made it, in order.
    pub byline: Vec<Contribution>,
    /// The main picture.
    pub hero: Option<Figure>,
    /// Attached files, in order.
    pub attachments: Vec<Figure>,
    /// An issue's sections, in order.
    pub sections: Vec<Section>,
}

/// A row of the statement: the entry it belongs to (or the id of something shared), its place,
/// what it is.
#[derive(Deserialize)]
struct RelatedRow(Uuid, i64, Related);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Related {
    /// A term of the entry, in the entry's edition.
    TermLink(Uuid, Uuid),
    Term(TermRow),
    Contribution(String, Option<String>, Option<Uuid>, Uuid),
    Author(AuthorRow),
    Hero(FigureRow),
    Attachment(FigureRow),
    Section(ItemRow),
}

/// What several of the entries have: each once, in each edition it is wanted in.
#[derive(Default)]
struct Shared {
    terms: HashMap<(Uuid, Uuid), Term>,
    authors: HashMap<(Uuid, Uuid), Author>,
}

impl Shared {
    /// Takes the shared records out of the rows.
    fn gather(rows: Vec<RelatedRow>) -> Result<(Self, Vec<RelatedRow>)> {
        let (mut shared, mut own) = (Self::default(), Vec::with_capacity(rows.len()));
        for RelatedRow(id, position, related) in rows {
            match related {
                Related::Term(row) => {
                    shared.terms.insert((id, row.0), read_term(id, row)?);
                }
                Related::Author(row) => {
                    shared.authors.insert((id, row.0), read_author(id, row));
                }
                Related::TermLink(..)
                | Related::Contribution(..)
                | Related::Hero(_)
                | Related::Attachment(_)
                | Related::Section(_) => own.push(RelatedRow(id, position, related)),
            }
        }
        Ok((shared, own))
    }

    fn tags(&self) -> impl Iterator<Item = CacheTag> {
        let terms = self.terms.values().map(|term| term.id.to_string());
        let authors = self.authors.values().map(|author| author.id.to_string());
        terms.chain(authors).map(CacheTag::Record)
    }
}

/// A term and its text in the edition that comes first.
#[derive(Deserialize)]
struct TermRow(
    Uuid,
    String,
    String,
    Option<Uuid>,
    i64,
    i64,
    Timestamp,
    Timestamp,
    Option<Uuid>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// An author and their text in the edition that comes first.
#[derive(Deserialize)]
struct AuthorRow(
    Uuid,
    Option<String>,
    Option<Uuid>,
    i64,
    Timestamp,
    Timestamp,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

#[derive(Deserialize)]
struct FigureRow(Option<String>, Option<String>, AssetRow);

#[derive(Deserialize)]
struct ItemRow(
    i64,
    Option<String>,
    Option<Uuid>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// The columns of an asset and its text, in the order of [`asset_columns`].
#[derive(Deserialize)]
pub(crate) struct AssetRow(
    Uuid,
    String,
    Option<String>,
    Option<String>,
    String,
    String,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<f64>,
    Option<f64>,
    Option<String>,
    i64,
    i64,
    Timestamp,
    Timestamp,
    Option<Uuid>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

impl AssetRow {
    /// `edition`: the one asked for, which names an asset that has no text at all.
    pub(crate) fn into_asset(self, edition: EditionId) -> Result<Asset> {
        let location = match (self.2, self.3) {
            (Some(key), _) => AssetLocation::Stored { key },
            (None, Some(url)) => AssetLocation::Remote { url },
            (None, None) => return Err(Error::internal(format!("asset {} has no place", self.0))),
        };
        Ok(Asset {
            id: Id::from_uuid(self.0),
            kind: self.1.parse()?,
            location,
            file_name: self.4,
            media_type: self.5,
            size_bytes: self.6,
            width: self.7,
            height: self.8,
            duration_ms: self.9,
            focal_point: self.10.zip(self.11),
            licence: self.12,
            is_public: self.13 != 0,
            owner: None,
            version: self.14,
            created_at: self.15,
            updated_at: self.16,
            text: Localized {
                edition: self.17.map_or(edition, Id::from_uuid),
                value: AssetText {
                    title: self.18,
                    alt: self.19,
                    caption: self.20,
                    credit: self.21,
                    description: self.22,
                },
            },
        })
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
        let mut all: HashMap<EntryId, Relations> = entries
            .iter()
            .map(|(id, _)| (*id, Relations::default()))
            .collect();
        let owners: HashMap<Uuid, (EntryId, EditionId)> = entries
            .iter()
            .map(|(id, edition)| (id.uuid(), (*id, *edition)))
            .collect();
        let mut missing = Missing::default();
        for chunk in entries.chunks(500) {
            let ids: Vec<Uuid> = chunk.iter().map(|(id, _)| id.uuid()).collect();
            let Some(sql) = statement(self.engine, &ids, parts) else {
                continue;
            };
            let (shared, mut rows) = Shared::gather(self.json_rows(sql).await?)?;
            scope.note_all(shared.tags());
            rows.sort_by_key(|row| row.1);
            for RelatedRow(owner, _, related) in rows {
                let Some((id, edition)) = owners.get(&owner) else {
                    continue;
                };
                let Some(target) = all.get_mut(id) else {
                    continue;
                };
                place(target, *edition, related, (&shared, &mut missing))?;
            }
        }
        for relations in all.values_mut() {
            // The sort keeps the places they have among their like.
            relations
                .terms
                .sort_by_key(|term| term.id.taxonomy == Taxonomy::Tag);
        }
        if !missing.is_empty() {
            self.fill_texts(&mut all, &owners, &missing).await?;
        }
        for relations in all.values() {
            scope.note_all(
                relations
                    .hero
                    .iter()
                    .chain(&relations.attachments)
                    .map(|figure| CacheTag::Record(figure.asset.id.to_string())),
            );
        }
        Ok(all)
    }

    /// Puts the asked relations into entries that were just read.
    pub(super) async fn fill_relations(
        &self,
        scope: &ReadScope,
        contents: impl Iterator<Item = &mut Content>,
        parts: Parts,
    ) -> Result<()> {
        let wanted = parts.without(Parts::BODY.with(Parts::SEO));
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
        let mut all = self.relations(scope, &ids, wanted).await?;
        for content in &mut contents {
            let Some(found) = all.remove(&content.entry().id) else {
                continue;
            };
            attach(content, found, wanted);
        }
        Ok(())
    }

    /// Runs a statement whose one column, `data`, is JSON text.
    pub(crate) async fn json_rows<T: DeserializeOwned>(&self, sql: Sql) -> Result<Vec<T>> {
        if let Some((before, after)) = self.engine.gather_rows() {
            let Some(mut row) = self.query_one(sql.wrap(before, after)).await? else {
                return Ok(Vec::new());
            };
            return row.json();
        }
        self.query(sql)
            .await?
            .iter_mut()
            .map(|row| {
                let text: String = row.get()?;
                serde_json::from_str(&text).map_err(Error::internal)
            })
            .collect()
    }

    /// Serves texts that are missing in an entry's edition from another one.
    async fn fill_texts(
        &self,
        all: &mut HashMap<EntryId, Relations>,
        owners: &HashMap<Uuid, (EntryId, EditionId)>,
        missing: &Missing,
    ) -> Result<()> {
        let editions = self.edition_set().await?;
        let terms = self.term_texts(&missing.terms).await?;
        let authors = self.author_texts(&missing.authors).await?;
        let assets = self.asset_texts(&missing.assets).await?;
        for (id, edition) in owners.values() {
            let Some(relations) = all.get_mut(id) else {
                continue;
            };
            let order = editions.text_order(*edition);
            for term in relations
                .terms
                .iter_mut()
                .filter(|term| term.text.value.name.is_empty())
            {
                if let Some(text) = terms
                    .get(&term.id)
                    .and_then(|texts| best_text(texts.clone(), &order))
                {
                    term.text = text;
                }
            }
            for author in relations
                .byline
                .iter_mut()
                .filter_map(|c| c.author.as_mut())
                .filter(|author| author.text.value.name.is_empty())
            {
                if let Some(text) = authors
                    .get(&author.id)
                    .and_then(|texts| best_text(texts.clone(), &order))
                {
                    author.text = text;
                }
            }
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

#[derive(Default)]
struct Missing {
    terms: Vec<TermId>,
    authors: Vec<domain::id::AuthorId>,
    assets: Vec<domain::id::AssetId>,
}

impl Missing {
    fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.authors.is_empty() && self.assets.is_empty()
    }
}

fn place(
    target: &mut Relations,
    edition: EditionId,
    related: Related,
    (shared, missing): (&Shared, &mut Missing),
) -> Result<()> {
    match related {
        Related::TermLink(id, edition) => {
            let Some(term) = shared.terms.get(&(id, edition)) else {
                return Ok(());
            };
            if term.text.value.name.is_empty() && !missing.terms.contains(&term.id) {
                missing.terms.push(term.id);
            }
            target.terms.push(term.clone());
        }
        Related::Contribution(role, name, author, edition) => {
            let author = author.and_then(|id| shared.authors.get(&(id, edition)));
            if let Some(author) = author.filter(|author| {
                author.text.value.name.is_empty() && !missing.authors.contains(&author.id)
            }) {
                missing.authors.push(author.id);
            }
            target.byline.push(Contribution {
                role: role.parse()?,
                author: author.cloned(),
                name,
            });
        }
        Related::Term(_) | Related::Author(_) => {}
        Related::Hero(row) => target.hero = Some(read_figure(row, edition, missing)?),
        Related::Attachment(row) => target.attachments.push(read_figure(row, edition, missing)?),
        Related::Section(row) => place_item(target, row)?,
    }
    Ok(())
}

fn read_figure(row: FigureRow, edition: EditionId, missing: &mut Missing) -> Result<Figure> {
    let FigureRow(caption, alt, asset) = row;
    let has_text = asset.17.is_some();
    let asset = asset.into_asset(edition)?;
    if !has_text && !missing.assets.contains(&asset.id) {
        missing.assets.push(asset.id);
    }
    Ok(Figure {
        asset,
        caption,
        alt,
    })
}

fn place_item(target: &mut Relations, row: ItemRow) -> Result<()> {
    let ItemRow(section, heading, article, title, summary, note) = row;
    let index = usize::try_from(section).map_err(Error::internal)?;
    while target.sections.len() <= index {
        target.sections.push(Section::default());
    }
    let Some(section) = target.sections.get_mut(index) else {
        return Ok(());
    };
    if section.heading.is_none() {
        section.heading = heading;
    }
    // A section may have no items: its row then says only its heading.
    if article.is_some() || note.is_some() || title.is_some() {
        section.items.push(SectionItem {
            article: article.map(Id::from_uuid),
            title,
            summary,
            note,
        });
    }
    Ok(())
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

fn read_term(id: Uuid, row: TermRow) -> Result<Term> {
    let TermRow(
        edition,
        taxonomy,
        namespace,
        parent,
        position,
        version,
        created_at,
        updated_at,
        served,
        name,
        slug,
        slug_path,
        description,
    ) = row;
    let taxonomy: Taxonomy = taxonomy.parse()?;
    Ok(Term {
        id: TermId::new(taxonomy, id),
        namespace,
        parent: parent.map(Id::from_uuid),
        position,
        version,
        created_at,
        updated_at,
        text: Localized {
            edition: Id::from_uuid(served.unwrap_or(edition)),
            value: TermText {
                name: name.unwrap_or_default(),
                slug: slug.unwrap_or_default(),
                slug_path: slug_path.unwrap_or_default(),
                description,
            },
        },
    })
}

fn read_author(id: Uuid, row: AuthorRow) -> Author {
    let AuthorRow(
        edition,
        website,
        avatar,
        version,
        created_at,
        updated_at,
        name,
        slug,
        job_title,
        bio,
    ) = row;
    Author {
        id: Id::from_uuid(id),
        website,
        avatar: avatar.map(Id::from_uuid),
        version,
        created_at,
        updated_at,
        text: Localized {
            edition: Id::from_uuid(edition),
            value: AuthorText {
                name: name.unwrap_or_default(),
                slug: slug.unwrap_or_default(),
                job_title,
                bio,
            },
        },
    }
}
