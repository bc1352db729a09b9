//! Entries as drafts: the whole of one as its rows are, the derived forms of its body left out.

use domain::{
    Error, Result,
    access::{ReadScope, Target},
    articles::{ArticleDraft, ContributionDraft, EntryDraft, SourceCredit},
    body::{Body, Source},
    content::ContentKind,
    id::{EntryId, Id},
    media::FigureDraft,
    newsletters::{IssueDraft, Section, SectionItem},
    pages::PageDraft,
    revisions::Snapshot,
};
use uuid::Uuid;

use crate::{
    Reader,
    sql::{Row, Sql},
};

/// What an entry refers to, list by list.
#[derive(Default)]
struct Linked {
    hero: Option<FigureDraft>,
    attachments: Vec<FigureDraft>,
    categories: Vec<Uuid>,
    tags: Vec<Uuid>,
    byline: Vec<ContributionDraft>,
    galleries: Vec<Uuid>,
    related: Vec<Uuid>,
}

impl Linked {
    fn add(&mut self, row: &mut Row) -> Result<()> {
        let what: String = row.get()?;
        let _position: i64 = row.get()?;
        let id: Option<Uuid> = row.get()?;
        let (first, second): (Option<String>, Option<String>) = (row.get()?, row.get()?);
        let (what, role) = what.split_once(' ').unwrap_or((what.as_str(), ""));
        if what == "byline" {
            self.byline.push(ContributionDraft {
                role: role.parse()?,
                author: id.map(Id::from_uuid),
                name: first,
            });
            return Ok(());
        }
        let id = id.ok_or_else(|| Error::internal("a link of an entry leads nowhere"))?;
        let figure = |caption, alt| FigureDraft {
            asset: Id::from_uuid(id),
            caption,
            alt,
        };
        match what {
            "hero" => self.hero = Some(figure(first, second)),
            "attachment" => self.attachments.push(figure(first, second)),
            "category" => self.categories.push(id),
            "tag" => self.tags.push(id),
            "gallery" => self.galleries.push(id),
            "related" => self.related.push(id),
            other => return Err(Error::internal(format!("an entry has a `{other}`"))),
        }
        Ok(())
    }
}

fn typed<K: domain::id::IdKind>(ids: Vec<Uuid>) -> Vec<Id<K>> {
    ids.into_iter().map(Id::from_uuid).collect()
}

impl Reader<'_> {
    /// The whole of an entry as its rows are; `None` for those who may not change it.
    pub async fn draft(&self, scope: &ReadScope, id: EntryId) -> Result<Option<Snapshot>> {
        let draft = match self.whole(id).await {
            Ok(draft) => draft,
            Err(Error::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let target = Target {
            kind: id.kind.into(),
            id: id.to_string(),
            edition: Some(draft.entry().edition),
            owner: draft.entry().owner,
        };
        Ok(scope.edits(&target).then_some(draft))
    }

    /// The same for the store itself.
    pub(crate) async fn whole(&self, id: EntryId) -> Result<Snapshot> {
        let mut entry = self.entry_draft(id).await?;
        let mut linked = self.linked(id).await?;
        entry.hero = linked.hero.take();
        Ok(match id.kind {
            ContentKind::Article => Snapshot::Article(self.article_draft(id, entry, linked).await?),
            ContentKind::Page => Snapshot::Page(PageDraft {
                position: self.detail(id, "position FROM page").await?.get()?,
                entry,
            }),
            ContentKind::Issue => {
                let mut row = self
                    .detail(id, "newsletter_id, number, outro FROM issue")
                    .await?;
                Snapshot::Issue(IssueDraft {
                    entry,
                    newsletter: Id::from_uuid(row.get()?),
                    number: row.get()?,
                    outro: row.get()?,
                    sections: self.section_drafts(id).await?,
                    attachments: linked.attachments,
                })
            }
        })
    }

    async fn detail(&self, id: EntryId, columns_from: &str) -> Result<Row> {
        let mut sql = Sql::new(&format!("SELECT {columns_from} WHERE entry_id = "));
        sql.bind(id.uuid());
        self.query(sql)
            .await?
            .into_iter()
            .next()
            .ok_or_else(|| Error::internal(format!("the detail row of {id} is missing")))
    }

    async fn entry_draft(&self, id: EntryId) -> Result<EntryDraft> {
        let mut sql = Sql::new(
            "SELECT e.edition_id, e.group_id, e.translated_from_id, e.translated_from_version, e.parent_id, e.slug, e.path, e.title, e.status, \
             e.published_at, e.scheduled_at, e.is_featured, e.owner_id, e.guid, e.created_at, e.updated_at, e.excerpt, e.seo, e.comments_open, \
             e.custom_fields, e.private_data, b.source_format, b.source FROM entry e JOIN entry_body b ON b.entry_id = e.id WHERE e.id = ",
        );
        sql.bind(id.uuid());
        let mut found = self.query(sql).await?;
        let row = crate::required(found.first_mut(), id)?;
        let sibling = |id_of: Uuid| EntryId::new(id.kind, id_of);
        let (edition, group) = (Id::from_uuid(row.get()?), Id::from_uuid(row.get()?));
        let (source, version): (Option<Uuid>, Option<i64>) = (row.get()?, row.get()?);
        Ok(EntryDraft {
            edition,
            group: Some(group),
            translated_from: source.map(sibling).zip(version),
            parent: row.get::<Option<Uuid>>()?.map(sibling),
            slug: row.get()?,
            path: row.get()?,
            title: row.get()?,
            status: row.parse()?,
            published_at: row.get()?,
            scheduled_at: row.get()?,
            is_featured: row.get()?,
            owner: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
            guid: row.get()?,
            created_at: row.get()?,
            updated_at: row.get()?,
            excerpt: row.get()?,
            hero: None,
            seo: row.json()?,
            comments_open: row.get()?,
            custom_fields: row.json()?,
            private_data: row.json()?,
            source: Source {
                format: row.parse()?,
                text: row.get()?,
            },
            body: Body::empty(),
        })
    }

    /// Everything that stands in lists, in one statement.
    async fn linked(&self, id: EntryId) -> Result<Linked> {
        let mut sql = Sql::default();
        let entry = sql.bind_for_later(id.uuid());
        sql.push(&format!(
            "SELECT a.role AS what, a.position AS place, a.asset_id, a.caption, a.alt FROM entry_asset a WHERE a.role IN ('hero', 'attachment') AND a.entry_id = {entry}"
        ));
        if id.kind == ContentKind::Article {
            let none = "CAST(NULL AS text)";
            sql.push(&format!(
                " UNION ALL SELECT t.taxonomy, x.position, x.term_id, {none}, {none} FROM entry_term x JOIN term t ON t.id = x.term_id WHERE x.is_direct AND x.entry_id = {entry} \
                 UNION ALL SELECT 'byline ' || c.role, c.position, c.author_id, c.name, {none} FROM entry_contribution c WHERE c.entry_id = {entry} \
                 UNION ALL SELECT 'gallery', g.position, g.gallery_id, {none}, {none} FROM entry_gallery g WHERE g.entry_id = {entry} \
                 UNION ALL SELECT 'related', r.position, r.related_id, {none}, {none} FROM entry_related r WHERE r.entry_id = {entry}"
            ));
        }
        sql.push(" ORDER BY place");
        let mut linked = Linked::default();
        for row in &mut self.query(sql).await? {
            linked.add(row)?;
        }
        Ok(linked)
    }

    async fn article_draft(
        &self,
        id: EntryId,
        entry: EntryDraft,
        linked: Linked,
    ) -> Result<ArticleDraft> {
        let mut row = self
            .detail(
                id,
                "subtitle, source_credit, post_format, corrections FROM article",
            )
            .await?;
        let subtitle = row.get()?;
        let credit: Option<SourceCredit> = row.json()?;
        Ok(ArticleDraft {
            entry,
            subtitle,
            categories: typed(linked.categories),
            tags: typed(linked.tags),
            byline: linked.byline,
            attachments: linked.attachments,
            galleries: typed(linked.galleries),
            related: typed(linked.related),
            source_credit: credit,
            post_format: row.get()?,
            corrections: row.json()?,
        })
    }

    async fn section_drafts(&self, id: EntryId) -> Result<Vec<Section>> {
        let mut sql = Sql::new(
            "SELECT section, heading, article_id, title, summary, note FROM issue_item WHERE entry_id = ",
        );
        sql.bind(id.uuid()).push(" ORDER BY section, position");
        let mut sections: Vec<(i64, Section)> = Vec::new();
        for row in &mut self.query(sql).await? {
            let number: i64 = row.get()?;
            let heading: Option<String> = row.get()?;
            let item = SectionItem {
                article: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
                title: row.get()?,
                summary: row.get()?,
                note: row.get()?,
            };
            if sections.last().is_none_or(|(last, _)| *last != number) {
                let items = Vec::new();
                sections.push((number, Section { heading, items }));
            }
            // A section without items has one row that says nothing.
            if let Some((_, section)) = sections.last_mut()
                && item != SectionItem::default()
            {
                section.items.push(item);
            }
        }
        Ok(sections.into_iter().map(|(_, section)| section).collect())
    }
}
