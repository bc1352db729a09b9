//! Saving entries.

use domain::{
    Error, Result,
    access::Permit,
    articles::{ArticleDraft, EntryDraft},
    body::{Body, Source},
    content::Entry,
    events::ContentEvent,
    fields::IndexedValue,
    id::{EntryId, TranslationGroupId},
    newsletters::IssueDraft,
    pages::PageDraft,
    revisions::Snapshot,
    text::SortKeys,
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    WriteTx,
    sql::{Changes, Sql, to_json},
    write_tx::Named,
};

mod addresses;
mod fields;
mod groups;
mod lifecycle;
mod relations;
mod snapshot;

pub(super) use addresses::Address;
pub(crate) use addresses::slug_scope;
use addresses::{insert_path, naming_path};
pub use fields::FieldsOfEntry;
pub use lifecycle::{Moved, Pending, PendingSave};
use relations::{
    FIGURES, body_asset_rows, body_assets, byline_rows, figure_rows, named_by, named_by_article,
    section_rows, term_rows,
};

const BODY: &str = "entry_body (entry_id, parser_version, source_format, source, html, markdown, plain_text, blocks)";

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
    /// An id for the revision that keeps what is replaced.
    pub revision: Uuid,
    /// Whether its body is written.
    pub body: BodySave,
    /// Values of custom fields that lists can be asked for by, and references in them.
    pub index: Vec<IndexedValue>,
    /// The entry it replaces.
    pub old: Option<Replaced<'a>>,
    /// When it is saved, whatever the entry says of that.
    pub at: Timestamp,
}

/// Whether a save writes the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodySave {
    /// The one that is there stays; that of the draft may be empty.
    Keep,
    /// That of the draft is written.
    Replace,
}

/// What a save replaces.
#[derive(Debug, Clone, Copy)]
pub struct Replaced<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// Whether readers could ever open it: its old path leads to the new one then.
    pub was_public: bool,
    /// The whole of it, if it has been read.
    pub snapshot: Option<&'a Snapshot>,
    /// The pending changes that become public by this save.
    pub published: Option<&'a Pending>,
}

impl WriteTx {
    /// Saves a new article (`version` 1) or the whole of an existing one.
    pub async fn save_article(
        &mut self,
        permit: &Permit,
        save: EntrySave<'_>,
        draft: &ArticleDraft,
    ) -> Result<()> {
        let entry = save.entry;
        permit.covers(entry.id.kind.into(), entry.id)?;
        let ancestors = self.ancestors(&draft.categories).await?;
        let named = || {
            let mut named = named_by(entry, save.draft, &draft.attachments);
            named.extend(named_by_article(draft));
            named
        };
        let mut changes = self.save_entry(permit, &save, &named).await?;
        if entry.version > 1 {
            for table in [
                "article",
                "entry_term",
                "entry_contribution",
                "entry_gallery",
                "entry_related",
            ] {
                changes.clear(table, "entry_id", entry.id.uuid());
            }
        }
        let credit = draft.source_credit.as_ref();
        let detail = [
            Value::from(entry.id.uuid()),
            draft.subtitle.clone().into(),
            draft.categories.first().map(|id| id.uuid()).into(),
            credit.and_then(|credit| credit.outlet.clone()).into(),
            credit.map(to_json).transpose()?.into(),
            draft.post_format.clone().into(),
            (!draft.corrections.is_empty())
                .then(|| to_json(&draft.corrections))
                .transpose()?
                .into(),
        ];
        changes.insert("article (entry_id, subtitle, primary_category_id, source_outlet, source_credit, post_format, corrections)", [detail]);
        changes.insert("entry_term (entry_id, term_id, position, is_direct, kind, edition_id, status, sort_at)", term_rows(entry, draft, &ancestors));
        changes.insert("entry_contribution (entry_id, position, author_id, name, role, kind, edition_id, status, sort_at)", byline_rows(entry, draft));
        changes.insert(
            FIGURES,
            figure_rows(entry.id, save.draft, &draft.attachments),
        );
        let pair = |(id, position): (Uuid, i64)| {
            [Value::from(entry.id.uuid()), position.into(), id.into()]
        };
        let galleries = draft.galleries.iter().map(|id| id.uuid()).zip(0..);
        changes.insert(
            "entry_gallery (entry_id, position, gallery_id)",
            galleries.map(pair),
        );
        let related = draft.related.iter().map(|id| id.uuid()).zip(0..);
        changes.insert(
            "entry_related (entry_id, position, related_id)",
            related.map(pair),
        );
        self.finish(permit, &save, changes, named).await
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
        let named = || named_by(entry, save.draft, &[]);
        let mut changes = self.save_entry(permit, &save, &named).await?;
        if entry.version > 1 {
            changes.clear("page", "entry_id", entry.id.uuid());
        }
        changes.insert(
            "page (entry_id, position)",
            [[Value::from(entry.id.uuid()), draft.position.into()]],
        );
        changes.insert(FIGURES, figure_rows(entry.id, save.draft, &[]));
        self.finish(permit, &save, changes, named).await
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
        let named = || {
            let mut named = named_by(entry, save.draft, &draft.attachments);
            named.push(Named {
                field: "newsletter",
                table: "newsletter",
                id: draft.newsletter.uuid(),
            });
            let items = draft.sections.iter().flat_map(|section| &section.items);
            named.extend(items.filter_map(|item| item.article).map(|id| Named {
                field: "sections",
                table: "entry",
                id: id.uuid(),
            }));
            named
        };
        let mut changes = self.save_entry(permit, &save, &named).await?;
        if entry.version > 1 {
            for table in ["issue", "issue_item"] {
                changes.clear(table, "entry_id", entry.id.uuid());
            }
        }
        let detail = [
            Value::from(entry.id.uuid()),
            draft.newsletter.uuid().into(),
            draft.number.into(),
            draft.outro.clone().into(),
        ];
        changes.insert("issue (entry_id, newsletter_id, number, outro)", [detail]);
        let sections = draft.sections.iter().zip(0_i64..);
        changes.insert(
            "issue_item (entry_id, section, position, heading, article_id, title, summary, note)",
            sections.flat_map(|(section, number)| section_rows(entry.id, section, number)),
        );
        changes.insert(
            FIGURES,
            figure_rows(entry.id, save.draft, &draft.attachments),
        );
        self.finish(permit, &save, changes, named).await
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
        let mut changes = self.changes();
        changes.clear("entry_body", "entry_id", entry.id.uuid());
        changes.insert(BODY, [body_row(entry.id, source, body)?]);
        changes
            .statement("DELETE FROM entry_asset WHERE role = 'body' AND entry_id = ")
            .bind(entry.id.uuid());
        changes.insert(FIGURES, body_asset_rows(entry.id, body));
        let named = || {
            let assets = body_assets(body);
            let of = |id| Named {
                field: "body",
                table: "asset",
                id,
            };
            assets.map(of).collect()
        };
        self.run_naming(changes.into_statements(), named).await?;
        let event = ContentEvent::new(
            entry.id.kind.into(),
            "updated",
            entry.id,
            Some(entry.edition),
        );
        self.record(permit, entry.updated_at, event);
        Ok(())
    }

    /// What is to be changed in the rows all kinds have. That an existing entry still is what the
    /// change was made for is checked at once.
    async fn save_entry(
        &self,
        permit: &Permit,
        save: &EntrySave<'_>,
        named: &impl Fn() -> Vec<Named>,
    ) -> Result<Changes> {
        let (entry, draft) = (save.entry, save.draft);
        let mut changes = self.changes();
        let columns = entry_columns(permit, save)?;
        let Some(old) = save.old else {
            if draft.group.is_none() || self.may_enter_group(entry, entry.group).await? {
                insert_group(&mut changes, entry.group, entry.created_at);
            }
            insert_entry(&mut changes, entry.id, columns);
            insert_path(&mut changes, entry);
            save_body(&mut changes, save)?;
            fields::insert(&mut changes, entry, &save.index);
            return Ok(changes);
        };
        // Boxed: what it holds on the way would make every save larger.
        Box::pin(self.keep(entry.id, save.revision, (old.snapshot, save.at))).await?;
        if let Some(pending) = old.published {
            self.drop_revision(pending.id).await?;
        }
        self.enter_group(entry, entry.group).await?;
        self.update_entry(entry, columns, named).await?;
        if entry.path != old.entry.path {
            self.move_path(entry.into(), old.was_public, save.revision)
                .await?;
        }
        match save.body {
            BodySave::Replace => {
                changes.clear("entry_body", "entry_id", entry.id.uuid());
                changes.clear("entry_asset", "entry_id", entry.id.uuid());
                save_body(&mut changes, save)?;
            }
            BodySave::Keep => {
                changes
                    .statement("DELETE FROM entry_asset WHERE role <> 'body' AND entry_id = ")
                    .bind(entry.id.uuid());
            }
        }
        if !old.entry.custom_fields.is_empty() {
            changes.clear("entry_field", "entry_id", entry.id.uuid());
        }
        fields::insert(&mut changes, entry, &save.index);
        Ok(changes)
    }

    async fn update_entry(
        &self,
        entry: &Entry,
        columns: Vec<(&str, Value)>,
        named: &impl Fn() -> Vec<Named>,
    ) -> Result<()> {
        let mut sql = Sql::new("UPDATE entry SET ");
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
        if self.run_naming([sql], named).await? == 0 {
            return Err(Error::stale(entry.version));
        }
        Ok(())
    }

    async fn finish(
        &mut self,
        permit: &Permit,
        save: &EntrySave<'_>,
        changes: Changes,
        named: impl Fn() -> Vec<Named>,
    ) -> Result<()> {
        let entry = save.entry;
        self.run_naming(changes.into_statements(), named)
            .await
            .map_err(|error| naming_path(error, &entry.path))?;
        self.record(permit, entry.updated_at, save.event.clone());
        Ok(())
    }
}

/// Writes the body, and which pictures are in it.
fn save_body(changes: &mut Changes, save: &EntrySave<'_>) -> Result<()> {
    let (id, draft) = (save.entry.id, save.draft);
    changes.insert(BODY, [body_row(id, &draft.source, &draft.body)?]);
    changes.insert(FIGURES, body_asset_rows(id, &draft.body));
    Ok(())
}

/// What all kinds of entry have, by column; not the id, nor what the store counts itself, nor, if
/// the body stays, what is derived from it.
fn entry_columns(permit: &Permit, save: &EntrySave<'_>) -> Result<Vec<(&'static str, Value)>> {
    let (entry, draft) = (save.entry, save.draft);
    let (saved_by, saved_note) = match save.old.and_then(|old| old.published) {
        Some(pending) => (pending.actor.clone(), pending.note.clone()),
        None => (permit.actor().to_string(), permit.note().map(str::to_owned)),
    };
    let mut columns = vec![
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
        ("live_version", entry.live_version.into()),
        ("saved_by", saved_by.into()),
        ("saved_note", saved_note.into()),
        ("scheduled_at", entry.scheduled_at.into()),
        ("unpublish_at", entry.unpublish_at.into()),
        ("published_at", entry.published_at.into()),
        ("sort_at", entry.sort_at.into()),
        ("is_featured", entry.is_featured.into()),
        ("owner_id", entry.owner.map(domain::id::Id::uuid).into()),
        ("guid", entry.guid.clone().into()),
        ("excerpt", draft.excerpt.clone().into()),
        ("comments_open", draft.comments_open.into()),
        (
            "seo",
            (draft.seo != domain::content::Seo::default())
                .then(|| to_json(&draft.seo))
                .transpose()?
                .into(),
        ),
        (
            "custom_fields",
            (!entry.custom_fields.is_empty())
                .then(|| to_json(&entry.custom_fields))
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
    if save.body == BodySave::Replace {
        let minutes = i64::from(draft.body.reading_time_minutes());
        columns.extend([
            ("derived_excerpt", draft.body.excerpt(100).into()),
            ("word_count", i64::from(draft.body.word_count).into()),
            ("reading_time_minutes", minutes.into()),
        ]);
    }
    Ok(columns)
}

/// Makes a group; one that has lost its entries is there already.
fn insert_group(changes: &mut Changes, id: TranslationGroupId, at: Timestamp) {
    changes
        .statement("INSERT INTO translation_group (id, created_at) VALUES (")
        .bind(id.uuid())
        .push(", ")
        .bind(at)
        .push(") ON CONFLICT (id) DO NOTHING");
}

fn insert_entry(changes: &mut Changes, id: EntryId, columns: Vec<(&str, Value)>) {
    let (names, values): (Vec<&str>, Vec<Value>) = columns.into_iter().unzip();
    changes
        .statement("INSERT INTO entry (id, comment_count, ")
        .push(&names.join(", "))
        .push(") VALUES (")
        .bind(id.uuid())
        .push(", 0, ")
        .bind_all(values)
        .push(")");
}

fn body_row(id: EntryId, source: &Source, body: &Body) -> Result<[Value; 8]> {
    Ok([
        Value::from(id.uuid()),
        i64::from(body.parser_version).into(),
        source.format.as_str().into(),
        source.text.clone().into(),
        body.html.clone().into(),
        body.markdown.clone().into(),
        body.text.clone().into(),
        to_json(&body.blocks)?.into(),
    ])
}
