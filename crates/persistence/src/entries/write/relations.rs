//! Saving what belongs to entries: terms, pictures, sections.

use domain::{
    Error, Result,
    articles::{ArticleDraft, EntryDraft},
    body::Body,
    content::Entry,
    id::{ArticleId, AssetId, CategoryId, EntryId, Id},
    media::FigureDraft,
    newsletters::Section,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{WriteTx, sql::Sql, write_tx::Named};

/// The pictures of entries.
pub(super) const FIGURES: &str = "entry_asset (entry_id, role, position, asset_id, caption, alt)";

impl WriteTx {
    /// All categories above these, which must be there.
    pub(super) async fn ancestors(&self, categories: &[CategoryId]) -> Result<Vec<Uuid>> {
        if categories.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = categories.iter().map(|id| id.uuid()).collect();
        let mut sql =
            Sql::new("SELECT id, tree_path FROM term WHERE taxonomy = 'category' AND id IN ");
        sql.id_list(&ids);
        let (mut known, mut found) = (Vec::new(), Vec::new());
        for row in &mut self.query(sql).await? {
            known.push(row.get()?);
            let path: String = row.get()?;
            found.extend(
                path.split('/')
                    .filter_map(|part| Uuid::parse_str(part).ok()),
            );
        }
        match categories.iter().find(|id| !known.contains(&id.uuid())) {
            Some(absent) => Err(Error::invalid(
                "categories",
                format!("{absent} does not exist"),
            )),
            None => Ok(found),
        }
    }
}

/// Rows for the direct terms and, so that one index serves a category with all below it, for every
/// ancestor of its categories.
pub(super) fn term_rows(
    entry: &Entry,
    draft: &ArticleDraft,
    ancestors: &[Uuid],
) -> Vec<[Value; 8]> {
    let categories = draft.categories.iter().map(|id| id.uuid());
    let direct = categories.chain(draft.tags.iter().map(|id| id.uuid()));
    let above = ancestors.iter().map(|id| (*id, false));
    let mut all: Vec<(Uuid, bool)> = Vec::new();
    for (term, is_direct) in direct.map(|id| (id, true)).chain(above) {
        if !all.iter().any(|(known, _)| *known == term) {
            all.push((term, is_direct));
        }
    }
    all.into_iter()
        .zip(0_i64..)
        .map(|((term, is_direct), position)| {
            [
                Value::from(entry.id.uuid()),
                term.into(),
                position.into(),
                is_direct.into(),
                entry.id.kind.as_str().into(),
                entry.edition.uuid().into(),
                entry.status.as_str().into(),
                entry.sort_at.into(),
            ]
        })
        .collect()
}

/// The rows of the people who made an article.
pub(super) fn byline_rows<'a>(
    entry: &'a Entry,
    draft: &'a ArticleDraft,
) -> impl Iterator<Item = [Value; 9]> + 'a {
    draft.byline.iter().zip(0_i64..).map(|(line, position)| {
        [
            Value::from(entry.id.uuid()),
            position.into(),
            line.author.map(Id::uuid).into(),
            line.name.clone().into(),
            line.role.as_str().into(),
            entry.id.kind.as_str().into(),
            entry.edition.uuid().into(),
            entry.status.as_str().into(),
            entry.sort_at.into(),
        ]
    })
}

/// The rows of an entry's pictures outside its body: its main one and those beside it.
pub(super) fn figure_rows(
    id: EntryId,
    draft: &EntryDraft,
    attachments: &[FigureDraft],
) -> Vec<[Value; 6]> {
    let figure = |role: &'static str, position: i64, figure: &FigureDraft| {
        [
            Value::from(id.uuid()),
            role.into(),
            position.into(),
            figure.asset.uuid().into(),
            figure.caption.clone().into(),
            figure.alt.clone().into(),
        ]
    };
    let mut rows: Vec<[Value; 6]> = draft
        .hero
        .iter()
        .map(|hero| figure("hero", 0, hero))
        .collect();
    rows.extend(
        attachments
            .iter()
            .zip(0..)
            .map(|(attachment, position)| figure("attachment", position, attachment)),
    );
    // What is shown in link previews is shown.
    rows.extend(
        draft
            .seo
            .image
            .map(|image| figure("seo", 0, &FigureDraft::plain(image))),
    );
    rows
}

/// What the shared part of a draft refers to.
pub(super) fn named_by(
    entry: &Entry,
    draft: &EntryDraft,
    attachments: &[FigureDraft],
) -> Vec<Named> {
    let of = |field, table| move |id| Named { field, table, id };
    let mut named: Vec<Named> = Vec::new();
    named.extend(entry.owner.map(Id::uuid).map(of("owner", "user_account")));
    let source = entry.translated_from.map(|(id, _)| id.uuid());
    named.extend(source.map(of("translatedFrom", "entry")));
    named.extend(entry.parent.map(EntryId::uuid).map(of("parent", "entry")));
    let hero = draft.hero.iter().map(|figure| figure.asset.uuid());
    named.extend(hero.map(of("hero", "asset")));
    let attached = attachments.iter().map(|figure| figure.asset.uuid());
    named.extend(attached.map(of("attachments", "asset")));
    named.extend(draft.seo.image.map(Id::uuid).map(of("seo.image", "asset")));
    named.extend(body_assets(&draft.body).map(of("body", "asset")));
    named
}

/// What an article refers to beside that.
pub(super) fn named_by_article(draft: &ArticleDraft) -> Vec<Named> {
    let of = |field, table| move |id| Named { field, table, id };
    let mut named: Vec<Named> = Vec::new();
    let tags = draft.tags.iter().map(|id| id.uuid());
    named.extend(tags.map(of("tags", "term")));
    let authors = draft.byline.iter().filter_map(|line| line.author);
    named.extend(authors.map(Id::uuid).map(of("byline", "author")));
    let galleries = draft.galleries.iter().map(|id| id.uuid());
    named.extend(galleries.map(of("galleries", "gallery")));
    let related = draft.related.iter().map(|id| id.uuid());
    named.extend(related.map(of("related", "entry")));
    named
}

/// The pictures in a body.
pub(super) fn body_assets(body: &Body) -> impl Iterator<Item = Uuid> {
    let assets = body.asset_references();
    assets.filter_map(|text| text.parse::<AssetId>().ok().map(Id::uuid))
}

/// The rows for the pictures in a body.
pub(super) fn body_asset_rows(id: EntryId, body: &Body) -> Vec<[Value; 6]> {
    let none = || Value::from(None::<String>);
    body_assets(body)
        .zip(0_i64..)
        .map(|(asset, position)| {
            [
                Value::from(id.uuid()),
                "body".into(),
                position.into(),
                asset.into(),
                none(),
                none(),
            ]
        })
        .collect()
}

/// The rows of a section of an issue.
pub(super) fn section_rows(id: EntryId, section: &Section, number: i64) -> Vec<[Value; 8]> {
    let row = |position: i64, article: Option<ArticleId>, texts: [Option<String>; 3]| {
        let [title, summary, note] = texts;
        [
            Value::from(id.uuid()),
            number.into(),
            position.into(),
            section.heading.clone().into(),
            article.map(Id::uuid).into(),
            title.into(),
            summary.into(),
            note.into(),
        ]
    };
    if section.items.is_empty() {
        return vec![row(0, None, [None, None, None])];
    }
    section
        .items
        .iter()
        .zip(0_i64..)
        .map(|(item, position)| {
            row(
                position,
                item.article,
                [item.title.clone(), item.summary.clone(), item.note.clone()],
            )
        })
        .collect()
}
