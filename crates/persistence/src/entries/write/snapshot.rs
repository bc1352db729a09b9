//! Keeping what a save replaces: the whole entry, as it stands in the rows.

use domain::{
    Error, Result,
    articles::{ArticleDraft, ContributionDraft, EntryDraft, SourceCredit},
    body::{Body, Source},
    content::ContentKind,
    id::{AssetId, EntryId, Id},
    media::FigureDraft,
    newsletters::{IssueDraft, Section, SectionItem},
    pages::PageDraft,
    revisions::{SNAPSHOT_FORMAT, Snapshot},
    terms::Taxonomy,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    WriteTx,
    sql::{Row, Sql, to_json},
};

/// The pictures of an entry that drafts name outside the body.
#[derive(Default)]
struct Figures {
    hero: Option<FigureDraft>,
    attachments: Vec<FigureDraft>,
}

impl WriteTx {
    /// Keeps an entry as it stands as a revision, before a change replaces it: the version it is,
    /// saved by whom and when.
    pub(crate) async fn keep(&self, id: EntryId, revision: Uuid) -> Result<()> {
        let mut sql = Sql::new("SELECT e.version, e.updated_at FROM entry e WHERE e.id = ");
        sql.bind(id.uuid());
        let mut found = self.query(sql).await?;
        let row = crate::required(found.first_mut(), id)?;
        let (version, at): (i64, domain::time::Timestamp) = (row.get()?, row.get()?);
        let actor = self.latest_actor(id).await?;
        let snapshot = self.snapshot(id).await?;
        let entry = snapshot.entry();
        let row = [
            Value::from(revision),
            id.uuid().into(),
            version.into(),
            SNAPSHOT_FORMAT.into(),
            false.into(),
            entry.title.clone().into(),
            entry.status.as_str().into(),
            to_json(&snapshot)?.into(),
            actor,
            at.into(),
        ];
        self.insert_rows("revision (id, entry_id, version, format, is_pending, title, status, snapshot, actor, created_at)", vec![row]).await
    }

    async fn latest_actor(&self, id: EntryId) -> Result<Value> {
        let (kind, id) = (id.kind.as_str(), id.to_string());
        if let Some(actor) = self.untold_actor(kind, &id) {
            return Ok(actor.clone());
        }
        let mut sql = Sql::new("SELECT a.actor FROM audit a WHERE a.target_kind = ");
        sql.bind(kind)
            .push(" AND a.target_id = ")
            .bind(id)
            .push(" ORDER BY a.sequence DESC LIMIT 1");
        let actor: String = match self.query(sql).await?.first_mut() {
            Some(row) => row.get()?,
            None => String::new(),
        };
        Ok(actor.into())
    }

    async fn snapshot(&self, id: EntryId) -> Result<Snapshot> {
        let mut entry = self.entry_draft(id).await?;
        let figures = self.figures(id).await?;
        entry.hero = figures.hero;
        Ok(match id.kind {
            ContentKind::Article => {
                Snapshot::Article(self.article_draft(id, entry, figures.attachments).await?)
            }
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
                    attachments: figures.attachments,
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
             e.private_data, b.source_format, b.source FROM entry e JOIN entry_body b ON b.entry_id = e.id WHERE e.id = ",
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
            private_data: row.json()?,
            source: Source {
                format: row.parse()?,
                text: row.get()?,
            },
            body: Body::empty(),
        })
    }

    async fn figures(&self, id: EntryId) -> Result<Figures> {
        let mut sql = Sql::new(
            "SELECT role, asset_id, caption, alt FROM entry_asset WHERE role IN ('hero', 'attachment') AND entry_id = ",
        );
        sql.bind(id.uuid()).push(" ORDER BY position");
        let mut figures = Figures::default();
        for row in &mut self.query(sql).await? {
            let role: String = row.get()?;
            let figure = FigureDraft {
                asset: AssetId::from_uuid(row.get()?),
                caption: row.get()?,
                alt: row.get()?,
            };
            if role == "hero" {
                figures.hero = Some(figure);
            } else {
                figures.attachments.push(figure);
            }
        }
        Ok(figures)
    }

    async fn article_draft(
        &self,
        id: EntryId,
        entry: EntryDraft,
        attachments: Vec<FigureDraft>,
    ) -> Result<ArticleDraft> {
        let mut row = self
            .detail(id, "subtitle, source_credit, post_format FROM article")
            .await?;
        let subtitle = row.get()?;
        let credit: Option<SourceCredit> = row.json()?;
        let post_format = row.get()?;
        let (mut categories, mut tags) = (Vec::new(), Vec::new());
        let mut sql = Sql::new(
            "SELECT x.term_id, t.taxonomy FROM entry_term x JOIN term t ON t.id = x.term_id WHERE x.is_direct AND x.entry_id = ",
        );
        sql.bind(id.uuid()).push(" ORDER BY x.position");
        for row in &mut self.query(sql).await? {
            let term: Uuid = row.get()?;
            match row.parse()? {
                Taxonomy::Category => categories.push(Id::from_uuid(term)),
                Taxonomy::Tag => tags.push(Id::from_uuid(term)),
            }
        }
        let mut sql =
            Sql::new("SELECT role, author_id, name FROM entry_contribution WHERE entry_id = ");
        sql.bind(id.uuid()).push(" ORDER BY position");
        let mut byline = Vec::new();
        for row in &mut self.query(sql).await? {
            byline.push(ContributionDraft {
                role: row.parse()?,
                author: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
                name: row.get()?,
            });
        }
        let galleries = self.linked(id, "gallery_id FROM entry_gallery").await?;
        let related = self.linked(id, "related_id FROM entry_related").await?;
        Ok(ArticleDraft {
            entry,
            subtitle,
            categories,
            tags,
            byline,
            attachments,
            galleries: galleries.into_iter().map(Id::from_uuid).collect(),
            related: related.into_iter().map(Id::from_uuid).collect(),
            source_credit: credit,
            post_format,
        })
    }

    async fn linked(&self, id: EntryId, column_from: &str) -> Result<Vec<Uuid>> {
        let mut sql = Sql::new(&format!("SELECT {column_from} WHERE entry_id = "));
        sql.bind(id.uuid()).push(" ORDER BY position");
        self.query(sql).await?.iter_mut().map(Row::get).collect()
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
