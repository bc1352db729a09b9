//! Saving entries.

use domain::{
    Result,
    access::Permit,
    articles::{ArticleDraft, EntryDraft},
    body::{Body, Source},
    content::{Content, Entry},
    events::ContentEvent,
    id::{ArticleId, AssetId, CategoryId, EditionId, EntryId, Id, TranslationGroupId},
    media::FigureDraft,
    newsletters::{IssueDraft, Section},
    pages::PageDraft,
    revisions::SNAPSHOT_FORMAT,
    text::SortKeys,
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    WriteTx,
    sql::{Sql, to_json},
};

/// An entry as it is to be saved: what the application has decided, and the draft it came from.
#[derive(Debug)]
pub struct EntrySave<'a> {
    /// The entry, slug, path and version included.
    pub entry: &'a Entry,
    /// Everything else.
    pub draft: &'a EntryDraft,
    /// What happened.
    pub event: ContentEvent,
    /// The collation of the edition, for the order by title.
    pub sort_keys: &'a SortKeys,
    /// An id for the revision, should one be written.
    pub revision: Uuid,
}

impl WriteTx {
    /// Makes an empty translation group.
    pub async fn insert_group(&self, id: TranslationGroupId, at: Timestamp) -> Result<()> {
        let mut sql = Sql::new("INSERT INTO translation_group (id, created_at) VALUES (");
        sql.bind(id.uuid()).push(", ").bind(at).push(")");
        self.execute(sql).await.map(|_rows| ())
    }

    /// Saves a new article (`version` 1) or the whole of an existing one.
    pub async fn save_article(
        &mut self,
        permit: &Permit,
        save: EntrySave<'_>,
        draft: &ArticleDraft,
    ) -> Result<()> {
        let entry = save.entry;
        permit.covers(entry.id.kind.into(), entry.id)?;
        let is_new = entry.version == 1;
        let primary = draft.categories.first().map(|id| id.uuid());
        self.save_entry(&save, is_new).await?;
        let detail = [
            Value::from(entry.id.uuid()),
            draft.subtitle.clone().into(),
            primary.into(),
            draft
                .source_credit
                .as_ref()
                .and_then(|credit| credit.outlet.clone())
                .into(),
            draft
                .source_credit
                .as_ref()
                .map(to_json)
                .transpose()?
                .into(),
            draft.post_format.clone().into(),
        ];
        if !is_new {
            for table in [
                "article",
                "entry_term",
                "entry_contribution",
                "entry_asset",
                "entry_gallery",
                "entry_related",
            ] {
                self.clear(table, "entry_id", entry.id.uuid()).await?;
            }
        }
        self.insert_rows("article (entry_id, subtitle, primary_category_id, source_outlet, source_credit, post_format)", vec![detail]).await?;
        self.save_terms(entry, draft).await?;
        let byline = draft
            .byline
            .iter()
            .zip(0_i64..)
            .map(|(line, position)| {
                [
                    Value::from(entry.id.uuid()),
                    position.into(),
                    line.author.map(domain::id::Id::uuid).into(),
                    line.name.clone().into(),
                    line.role.as_str().into(),
                    entry.id.kind.as_str().into(),
                    entry.edition.uuid().into(),
                    entry.status.as_str().into(),
                    entry.sort_at.into(),
                ]
            })
            .collect();
        self.insert_rows("entry_contribution (entry_id, position, author_id, name, role, kind, edition_id, status, sort_at)", byline).await?;
        self.save_figures(entry.id, save.draft, &draft.attachments)
            .await?;
        let pair = |(id, position): (Uuid, i64)| {
            [Value::from(entry.id.uuid()), position.into(), id.into()]
        };
        let galleries = draft
            .galleries
            .iter()
            .map(|id| id.uuid())
            .zip(0..)
            .map(pair)
            .collect();
        self.insert_rows("entry_gallery (entry_id, position, gallery_id)", galleries)
            .await?;
        let related = draft
            .related
            .iter()
            .map(|id| id.uuid())
            .zip(0..)
            .map(pair)
            .collect();
        self.insert_rows("entry_related (entry_id, position, related_id)", related)
            .await?;
        self.finish(permit, save).await
    }

    /// Saves a new page or the whole of an existing one.
    pub async fn save_page(
        &mut self,
        permit: &Permit,
        save: EntrySave<'_>,
        draft: &PageDraft,
    ) -> Result<()> {
        let entry = save.entry;
        permit.covers(entry.id.kind.into(), entry.id)?;
        self.save_entry(&save, entry.version == 1).await?;
        if entry.version != 1 {
            self.clear("page", "entry_id", entry.id.uuid()).await?;
            self.clear("entry_asset", "entry_id", entry.id.uuid())
                .await?;
        }
        self.insert_rows(
            "page (entry_id, position)",
            vec![[Value::from(entry.id.uuid()), draft.position.into()]],
        )
        .await?;
        self.save_figures(entry.id, save.draft, &[]).await?;
        self.finish(permit, save).await
    }

    /// Saves a new issue or the whole of an existing one.
    pub async fn save_issue(
        &mut self,
        permit: &Permit,
        save: EntrySave<'_>,
        draft: &IssueDraft,
    ) -> Result<()> {
        let entry = save.entry;
        permit.covers(entry.id.kind.into(), entry.id)?;
        self.save_entry(&save, entry.version == 1).await?;
        if entry.version != 1 {
            for table in ["issue", "issue_item", "entry_asset"] {
                self.clear(table, "entry_id", entry.id.uuid()).await?;
            }
        }
        let detail = [
            Value::from(entry.id.uuid()),
            draft.newsletter.uuid().into(),
            draft.number.into(),
            draft.outro.clone().into(),
        ];
        self.insert_rows(
            "issue (entry_id, newsletter_id, number, outro)",
            vec![detail],
        )
        .await?;
        let rows = draft
            .sections
            .iter()
            .zip(0_i64..)
            .flat_map(|(section, number)| section_rows(entry.id, section, number))
            .collect();
        self.insert_rows(
            "issue_item (entry_id, section, position, heading, article_id, title, summary, note)",
            rows,
        )
        .await?;
        self.save_figures(entry.id, save.draft, &draft.attachments)
            .await?;
        self.finish(permit, save).await
    }

    /// Replaces what was written and what was derived of it, as the second pass of an import does;
    /// `body_assets` are the pictures in it.
    pub async fn replace_body(
        &mut self,
        permit: &Permit,
        entry: &Entry,
        source: &Source,
        body: &Body,
    ) -> Result<()> {
        permit.covers(entry.id.kind.into(), entry.id)?;
        self.clear("entry_body", "entry_id", entry.id.uuid())
            .await?;
        self.insert_body(entry.id, source, body).await?;
        let mut sql = Sql::new("DELETE FROM entry_asset WHERE role = 'body' AND entry_id = ");
        sql.bind(entry.id.uuid());
        self.execute(sql).await?;
        self.insert_rows(
            "entry_asset (entry_id, role, position, asset_id, caption, alt)",
            body_asset_rows(entry.id, body),
        )
        .await?;
        let event = ContentEvent::new(
            entry.id.kind.into(),
            "updated",
            entry.id,
            Some(entry.edition),
        );
        self.record(permit, entry.updated_at, event).await
    }

    /// Saves a change of an entry's place in its life.
    pub async fn save_lifecycle(
        &mut self,
        permit: &Permit,
        content: &Content,
        event: ContentEvent,
    ) -> Result<()> {
        let entry = content.entry();
        permit.covers(entry.id.kind.into(), entry.id)?;
        let mut sql = Sql::new("UPDATE entry SET status = ");
        sql.bind(entry.status.as_str())
            .push(", version = ")
            .bind(entry.version)
            .push(", scheduled_at = ")
            .bind(entry.scheduled_at);
        sql.push(", published_at = ")
            .bind(entry.published_at)
            .push(", sort_at = ")
            .bind(entry.sort_at)
            .push(", updated_at = ")
            .bind(entry.updated_at);
        sql.push(" WHERE id = ")
            .bind(entry.id.uuid())
            .push(" AND version = ")
            .bind(entry.version - 1);
        if self.execute(sql).await? == 0 {
            return Err(crate::write_tx::stale(entry.version));
        }
        for table in ["entry_term", "entry_contribution"] {
            let mut sql = Sql::new(&format!("UPDATE {table} SET status = "));
            sql.bind(entry.status.as_str())
                .push(", sort_at = ")
                .bind(entry.sort_at)
                .push(" WHERE entry_id = ")
                .bind(entry.id.uuid());
            self.execute(sql).await?;
        }
        self.record(permit, entry.updated_at, event).await
    }

    /// Removes an entry for good, with everything that is only its own.
    pub async fn delete_entry(
        &mut self,
        permit: &Permit,
        entry: &Entry,
        at: Timestamp,
    ) -> Result<()> {
        permit.covers(entry.id.kind.into(), entry.id)?;
        self.clear("entry", "id", entry.id.uuid()).await?;
        self.record(
            permit,
            at,
            ContentEvent::new(
                entry.id.kind.into(),
                "deleted",
                entry.id,
                Some(entry.edition),
            ),
        )
        .await
    }

    async fn save_entry(&self, save: &EntrySave<'_>, is_new: bool) -> Result<()> {
        let (entry, draft) = (save.entry, save.draft);
        if draft.group.is_none() && is_new {
            self.insert_group(entry.group, entry.created_at).await?;
        }
        let columns: Vec<(&str, Value)> = vec![
            ("kind", entry.id.kind.as_str().into()),
            ("edition_id", entry.edition.uuid().into()),
            ("group_id", entry.group.uuid().into()),
            (
                "translated_from_id",
                entry.translated_from.map(|(id, _)| id.uuid()).into(),
            ),
            (
                "translated_from_version",
                entry.translated_from.map(|(_, version)| version).into(),
            ),
            (
                "parent_id",
                entry.parent.map(domain::id::EntryId::uuid).into(),
            ),
            (
                "slug_scope",
                slug_scope(entry.parent.map(domain::id::EntryId::uuid)).into(),
            ),
            ("slug", entry.slug.clone().into()),
            ("path", entry.path.clone().into()),
            ("title", entry.title.clone().into()),
            ("title_key", save.sort_keys.key(&entry.title).into()),
            ("status", entry.status.as_str().into()),
            ("version", entry.version.into()),
            ("has_pending_changes", entry.has_pending_changes.into()),
            ("scheduled_at", entry.scheduled_at.into()),
            ("published_at", entry.published_at.into()),
            ("sort_at", entry.sort_at.into()),
            ("is_featured", entry.is_featured.into()),
            ("owner_id", entry.owner.map(domain::id::Id::uuid).into()),
            ("guid", entry.guid.clone().into()),
            ("excerpt", draft.excerpt.clone().into()),
            ("derived_excerpt", draft.body.excerpt(100).into()),
            ("word_count", i64::from(draft.body.word_count).into()),
            (
                "reading_time_minutes",
                i64::from(draft.body.reading_time_minutes()).into(),
            ),
            ("comments_open", draft.comments_open.into()),
            (
                "seo",
                (draft.seo != domain::content::Seo::default())
                    .then(|| to_json(&draft.seo))
                    .transpose()?
                    .into(),
            ),
            (
                "private_data",
                (!draft.private_data.is_null())
                    .then(|| draft.private_data.to_string())
                    .into(),
            ),
            ("created_at", entry.created_at.into()),
            ("updated_at", entry.updated_at.into()),
        ];
        let mut sql = Sql::default();
        if is_new {
            let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            sql.push(&format!(
                "INSERT INTO entry (id, comment_count, {}) VALUES (",
                names.join(", ")
            ));
            sql.bind(entry.id.uuid())
                .push(", 0, ")
                .bind_all(columns.into_iter().map(|(_, value)| value))
                .push(")");
            self.execute(sql).await?;
        } else {
            sql.push("UPDATE entry SET ");
            for (index, (name, value)) in columns.into_iter().enumerate() {
                sql.push(if index == 0 { "" } else { ", " })
                    .push(name)
                    .push(" = ")
                    .bind(value);
            }
            sql.push(" WHERE id = ")
                .bind(entry.id.uuid())
                .push(" AND version = ")
                .bind(entry.version - 1);
            if self.execute(sql).await? == 0 {
                return Err(crate::write_tx::stale(entry.version));
            }
            self.clear("entry_body", "entry_id", entry.id.uuid())
                .await?;
        }
        self.insert_body(entry.id, &draft.source, &draft.body)
            .await?;
        self.save_path(entry).await
    }

    async fn insert_body(&self, id: EntryId, source: &Source, body: &Body) -> Result<()> {
        let row = [
            Value::from(id.uuid()),
            i64::from(body.parser_version).into(),
            source.format.as_str().into(),
            source.text.clone().into(),
            body.html.clone().into(),
            body.markdown.clone().into(),
            body.text.clone().into(),
            to_json(&body.blocks)?.into(),
        ];
        self.insert_rows("entry_body (entry_id, parser_version, source_format, source, html, markdown, plain_text, blocks)", vec![row]).await
    }

    /// Rows for the direct terms and, so that one index serves a category with all below it, for
    /// every ancestor of its categories.
    async fn save_terms(&self, entry: &Entry, draft: &ArticleDraft) -> Result<()> {
        let direct: Vec<Uuid> = draft
            .categories
            .iter()
            .map(|id| id.uuid())
            .chain(draft.tags.iter().map(|id| id.uuid()))
            .collect();
        let mut all: Vec<(Uuid, bool)> = Vec::new();
        for id in direct {
            if !all.iter().any(|(known, _)| *known == id) {
                all.push((id, true));
            }
        }
        if !draft.categories.is_empty() {
            for ancestor in self.ancestors(&draft.categories).await? {
                if !all.iter().any(|(known, _)| *known == ancestor) {
                    all.push((ancestor, false));
                }
            }
        }
        let rows = all
            .into_iter()
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
            .collect();
        self.insert_rows("entry_term (entry_id, term_id, position, is_direct, kind, edition_id, status, sort_at)", rows).await
    }

    async fn ancestors(&self, categories: &[CategoryId]) -> Result<Vec<Uuid>> {
        let ids: Vec<Uuid> = categories.iter().map(|id| id.uuid()).collect();
        let mut sql = Sql::new("SELECT tree_path FROM term WHERE id IN ");
        sql.id_list(&ids);
        let mut found = Vec::new();
        for row in &mut self.query(sql).await? {
            let path: String = row.get()?;
            found.extend(
                path.split('/')
                    .filter_map(|part| Uuid::parse_str(part).ok()),
            );
        }
        Ok(found)
    }

    async fn save_figures(
        &self,
        id: EntryId,
        draft: &EntryDraft,
        attachments: &[FigureDraft],
    ) -> Result<()> {
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
        rows.extend(body_asset_rows(id, &draft.body));
        self.insert_rows(
            "entry_asset (entry_id, role, position, asset_id, caption, alt)",
            rows,
        )
        .await
    }

    /// Writes the entry's path; the one it had before becomes a redirect to it.
    async fn save_path(&self, entry: &Entry) -> Result<()> {
        let mut sql = Sql::new("UPDATE route SET role = 'redirect', redirect_id = ");
        // The redirect takes the entry's path as its name for good; its id is derived so that no
        // second source of ids is needed here.
        sql.bind(Uuid::from_u128(
            entry.id.uuid().as_u128() ^ u128::from(entry.version.unsigned_abs()),
        ));
        sql.push(", updated_at = ")
            .bind(entry.updated_at)
            .push(" WHERE role = 'canonical' AND entry_id = ")
            .bind(entry.id.uuid())
            .push(" AND path <> ")
            .bind(entry.path.clone());
        if entry.version > 1 {
            self.execute(sql).await?;
        }
        let mut sql = Sql::new(
            "INSERT INTO route (edition_id, path, role, entry_id, is_permanent, version, created_at, updated_at) VALUES (",
        );
        sql.bind(entry.edition.uuid())
            .push(", ")
            .bind(entry.path.clone())
            .push(", 'canonical', ")
            .bind(entry.id.uuid())
            .push(", ")
            .bind(true);
        sql.push(", 1, ")
            .bind(entry.created_at)
            .push(", ")
            .bind(entry.updated_at)
            .push(")");
        sql.push(" ON CONFLICT (edition_id, path) DO UPDATE SET role = 'canonical', redirect_id = NULL, url = NULL WHERE route.entry_id = excluded.entry_id");
        if self.execute(sql).await? == 0 {
            return Err(domain::Error::Conflict {
                message: format!("the path {} is taken", entry.path),
                field: Some("path".to_owned()),
                used_by: Vec::new(),
            });
        }
        Ok(())
    }

    async fn finish(&mut self, permit: &Permit, save: EntrySave<'_>) -> Result<()> {
        let entry = save.entry;
        // The live rows are the newest version; a revision keeps what a later save replaces.
        if entry.version > 1 {
            let row = [
                Value::from(save.revision),
                entry.id.uuid().into(),
                entry.version.into(),
                SNAPSHOT_FORMAT.into(),
                false.into(),
                entry.title.clone().into(),
                entry.status.as_str().into(),
                to_json(&save.draft.source)?.into(),
                permit.actor().to_string().into(),
                entry.updated_at.into(),
            ];
            self.insert_rows("revision (id, entry_id, version, format, is_pending, title, status, snapshot, actor, created_at)", vec![row]).await?;
        }
        self.record(permit, entry.updated_at, save.event).await
    }

    /// Whether a slug is free among its neighbours.
    pub async fn slug_is_free(&self, entry: &Entry) -> Result<bool> {
        let mut sql = Sql::new("SELECT 1 FROM entry WHERE edition_id = ");
        sql.bind(entry.edition.uuid())
            .push(" AND kind = ")
            .bind(entry.id.kind.as_str())
            .push(" AND slug_scope = ")
            .bind(slug_scope(entry.parent.map(domain::id::EntryId::uuid)));
        sql.push(" AND slug = ")
            .bind(entry.slug.clone())
            .push(" AND id <> ")
            .bind(entry.id.uuid());
        Ok(self.query(sql).await?.is_empty())
    }

    /// Whether a path is free in its edition (a redirect to the entry itself does not count).
    pub async fn path_is_free(
        &self,
        edition: EditionId,
        path: &str,
        entry: EntryId,
    ) -> Result<bool> {
        let mut sql = Sql::new("SELECT 1 FROM route WHERE edition_id = ");
        sql.bind(edition.uuid())
            .push(" AND path = ")
            .bind(path.to_owned())
            .push(" AND (entry_id IS NULL OR entry_id <> ")
            .bind(entry.uuid())
            .push(")");
        Ok(self.query(sql).await?.is_empty())
    }
}

/// Slugs are unique among the entries with the same scope.
fn slug_scope(parent: Option<Uuid>) -> String {
    parent.map(|id| id.simple().to_string()).unwrap_or_default()
}

fn body_asset_rows(id: EntryId, body: &Body) -> Vec<[Value; 6]> {
    let none = || Value::from(None::<String>);
    let assets: Vec<AssetId> = body
        .asset_references()
        .filter_map(|text| text.parse().ok())
        .collect();
    assets
        .into_iter()
        .zip(0_i64..)
        .map(|(asset, position)| {
            [
                Value::from(id.uuid()),
                "body".into(),
                position.into(),
                asset.uuid().into(),
                none(),
                none(),
            ]
        })
        .collect()
}

fn section_rows(id: EntryId, section: &Section, number: i64) -> Vec<[Value; 8]> {
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
