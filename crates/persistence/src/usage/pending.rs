//! Records that edits which wait name. Such an edit is a document: a row beside it for each record
//! in it makes the record's users known, and keeps the engine from letting it go unnoticed.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Error, Result,
    access::ReadScope,
    articles::{ArticleDraft, ContributionDraft, EntryDraft},
    audit::Origin,
    events::RecordKind,
    fields::ContentModel,
    id::{AssetId, AuthorId, EntryId, Id},
    media::FigureDraft,
    newsletters::IssueDraft,
    revisions::{SNAPSHOT_FORMAT, Snapshot},
};
use sea_orm::Value;
use uuid::Uuid;

use super::{
    fields, public_id,
    references::{Reference, in_pending},
};
use crate::{
    Reader, Store, WriteTx,
    sql::{IDS_PER_STATEMENT, Row, Sql, to_json},
};

/// How many edits are read at once.
const AT_ONCE: u32 = 100;

/// An asset in an edit that waits.
const ASSET: Reference = in_pending("asset_id");

/// The column that names records of a kind, and their table; none: no entry names them.
fn column(kind: RecordKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        RecordKind::Category | RecordKind::Tag => ("term_id", "term"),
        RecordKind::Author => ("author_id", "author"),
        RecordKind::Asset => ("asset_id", "asset"),
        RecordKind::Gallery => ("gallery_id", "gallery"),
        RecordKind::Newsletter => ("newsletter_id", "newsletter"),
        RecordKind::Article | RecordKind::Page | RecordKind::Issue => ("named_id", "entry"),
        RecordKind::Site
        | RecordKind::Edition
        | RecordKind::Collection
        | RecordKind::Menu
        | RecordKind::Comment
        | RecordKind::Redirect
        | RecordKind::User
        | RecordKind::Session
        | RecordKind::ApiKey
        | RecordKind::Audit
        | RecordKind::Job => return None,
    })
}

impl Store {
    /// Makes the rows of edits that have none, and drops those of edits that wait no longer: a
    /// release that knows nothing of them leaves both. With nothing to do, it only reads.
    pub async fn note_pendings(&self) -> Result<()> {
        let mut after = Uuid::nil();
        loop {
            let entries = self.reader().entries_wrongly_noted(after).await?;
            let Some(last) = entries.last().copied() else {
                return Ok(());
            };
            let tx = self.begin(Origin::default()).await?;
            tx.note_pendings_of(&entries).await?;
            tx.seal().await?.commit().await?;
            after = last;
        }
    }
}

impl Reader<'_> {
    /// The next entries, by id, with an edit that waits and has no rows, or with rows of one that
    /// waits no longer.
    async fn entries_wrongly_noted(&self, after: Uuid) -> Result<Vec<Uuid>> {
        let mut sql =
            Sql::new("SELECT v.entry_id FROM revision v WHERE v.is_pending AND v.format = ");
        sql.bind(SNAPSHOT_FORMAT)
            .push(" AND v.entry_id > ")
            .bind(after)
            .push(" AND NOT EXISTS (SELECT 1 FROM pending_reference p WHERE p.revision_id = v.id)")
            .push(" UNION SELECT p.entry_id FROM pending_reference p JOIN revision v ON v.id = p.revision_id WHERE NOT v.is_pending AND p.entry_id > ")
            .bind(after)
            .push(&format!(" ORDER BY 1 LIMIT {AT_ONCE}"));
        self.ids(sql).await
    }

    /// The next entries with an edit that waits, by id.
    async fn entries_with_pending(&self, after: Uuid) -> Result<Vec<Uuid>> {
        let mut sql =
            Sql::new("SELECT v.entry_id FROM revision v WHERE v.is_pending AND v.entry_id > ");
        sql.bind(after)
            .push(&format!(" ORDER BY v.entry_id LIMIT {AT_ONCE}"));
        self.ids(sql).await
    }

    async fn ids(&self, sql: Sql) -> Result<Vec<Uuid>> {
        self.query(sql).await?.iter_mut().map(Row::get).collect()
    }
}

impl WriteTx {
    /// Makes the rows of all edits that wait again: which custom fields refer to records has changed.
    pub(crate) async fn note_all_pendings(&self) -> Result<()> {
        let mut after = Uuid::nil();
        loop {
            let entries = self.reader().entries_with_pending(after).await?;
            let Some(last) = entries.last().copied() else {
                return Ok(());
            };
            self.note_pendings_of(&entries).await?;
            after = last;
        }
    }

    /// Makes the rows of the edits of entries that wait again, and drops those of others.
    async fn note_pendings_of(&self, entries: &[Uuid]) -> Result<()> {
        // Nobody saves or publishes them meanwhile: what is read below is what waits.
        let mut hold = Sql::new("UPDATE entry SET version = version WHERE id IN ");
        hold.id_list(entries);
        self.execute(hold).await?;
        let mut sql = Sql::new(
            "DELETE FROM pending_reference WHERE revision_id IN (SELECT v.id FROM revision v WHERE NOT v.is_pending AND v.entry_id IN ",
        );
        sql.id_list(entries).push(")");
        self.execute(sql).await?;
        let mut sql = Sql::new(
            "SELECT v.id, v.entry_id, v.snapshot FROM revision v WHERE v.is_pending AND v.format = ",
        );
        sql.bind(SNAPSHOT_FORMAT)
            .push(" AND v.entry_id IN ")
            .id_list(entries)
            .push(" ORDER BY v.entry_id");
        for row in &mut self.query(sql).await? {
            let (revision, entry): (Uuid, Uuid) = (row.get()?, row.get()?);
            let text: String = row.get()?;
            // One that nobody can read any more names nothing, and stops no start.
            if let Ok(snapshot) = serde_json::from_str::<Snapshot>(&text) {
                let entry = EntryId::new(snapshot.kind(), entry);
                self.note_pending(revision, entry, &snapshot).await?;
            }
        }
        Ok(())
    }

    /// Makes the rows of the edit of an entry that waits. What it names and is not there has none.
    pub(crate) async fn note_pending(
        &self,
        revision: Uuid,
        entry: EntryId,
        snapshot: &Snapshot,
    ) -> Result<()> {
        let mut changes = self.changes();
        changes.clear("pending_reference", "entry_id", entry.uuid());
        let itself = [
            Value::from(revision),
            entry.uuid().into(),
            entry.uuid().into(),
        ];
        changes.insert_with(
            "pending_reference (revision_id, entry_id, ref_id)",
            [itself],
            " ON CONFLICT (revision_id, ref_id) DO NOTHING",
        );
        let mut named: BTreeMap<_, BTreeSet<Uuid>> = BTreeMap::new();
        for (kind, id) in names(&self.content_model, snapshot) {
            if let Some(column) = column(kind) {
                named.entry(column).or_default().insert(id);
            }
        }
        for ((column, table), ids) in named {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            for chunk in ids.chunks(IDS_PER_STATEMENT) {
                changes
                    .statement("INSERT INTO pending_reference (revision_id, entry_id, ref_id, ")
                    .push(column)
                    .push(") SELECT ")
                    .bind(revision)
                    .push(", ")
                    .bind(entry.uuid())
                    .push(", m.id, m.id FROM ")
                    .push(table)
                    .push(" m WHERE m.id IN ")
                    .id_list(chunk)
                    .push(" ON CONFLICT (revision_id, ref_id) DO NOTHING");
            }
        }
        // What goes at this moment is told as a conflict.
        self.run_naming(changes.into_statements(), Vec::new)
            .await
            .map(|_rows| ())
    }

    /// Puts another record in the place of one in every edit that waits and names it; without
    /// another, takes it out.
    pub(super) async fn replace_in_pending(
        &self,
        scope: &ReadScope,
        (kind, id): (RecordKind, Uuid),
        other: Option<Uuid>,
    ) -> Result<()> {
        let Some((column, _)) = column(kind) else {
            return Ok(());
        };
        // Nobody saves or publishes them meanwhile.
        let mut hold = Sql::new(&format!(
            "UPDATE entry SET version = version WHERE id IN (SELECT u.entry_id FROM pending_reference u WHERE u.{column} = "
        ));
        hold.bind(id).push(")");
        if self.execute(hold).await? == 0 {
            return Ok(());
        }
        let mut after = Uuid::nil();
        loop {
            let mut sql = Sql::new(&format!(
                "SELECT v.id, v.entry_id, v.snapshot FROM pending_reference u JOIN revision v ON v.id = u.revision_id WHERE v.is_pending AND u.{column} = "
            ));
            sql.bind(id)
                .push(" AND u.revision_id > ")
                .bind(after)
                .push(&format!(" ORDER BY u.revision_id LIMIT {AT_ONCE}"));
            let mut found = self.query(sql).await?;
            if found.is_empty() {
                return Ok(());
            }
            for row in &mut found {
                let (revision, entry): (Uuid, Uuid) = (row.get()?, row.get()?);
                let mut snapshot: Snapshot =
                    serde_json::from_str(&row.get::<String>()?).map_err(Error::internal)?;
                let entry = EntryId::new(snapshot.kind(), entry);
                let other = other.filter(|other| *other != entry.uuid());
                replace(&self.content_model, &mut snapshot, (kind, id), other);
                if names(&self.content_model, &snapshot).contains(&(kind, id)) {
                    return Err(self.in_text_of_pending(scope, id).await);
                }
                let mut sql = Sql::new("UPDATE revision SET snapshot = ");
                sql.bind(to_json(&snapshot)?)
                    .push(" WHERE id = ")
                    .bind(revision);
                self.execute(sql).await?;
                self.note_pending(revision, entry, &snapshot).await?;
                after = revision;
            }
        }
    }

    /// Only an editor can say what is to become of the text around an asset.
    async fn in_text_of_pending(&self, scope: &ReadScope, id: Uuid) -> Error {
        match self.reader().uses(scope, &ASSET, id).await {
            Ok((_, used_by)) => Error::Conflict {
                message: "this asset stands in the text of pending edits; take it out there, or name another to take its place".to_owned(),
                field: None,
                used_by,
            },
            Err(error) => error,
        }
    }
}

/// Every record an edit names.
fn names(model: &ContentModel, snapshot: &Snapshot) -> Vec<(RecordKind, Uuid)> {
    let mut all = named_by_entry(snapshot.entry());
    let fields = model.index(snapshot.kind(), None, &snapshot.entry().custom_fields);
    all.extend(fields.into_iter().filter_map(|field| field.reference));
    match snapshot {
        Snapshot::Article(draft) => {
            let categories = draft.categories.iter().map(|id| id.uuid());
            all.extend(categories.map(|id| (RecordKind::Category, id)));
            let tags = draft.tags.iter().map(|id| id.uuid());
            all.extend(tags.map(|id| (RecordKind::Tag, id)));
            let authors = draft.byline.iter().filter_map(|line| line.author);
            all.extend(authors.map(|id| (RecordKind::Author, id.uuid())));
            all.extend(figures(&draft.attachments));
            let galleries = draft.galleries.iter().map(|id| id.uuid());
            all.extend(galleries.map(|id| (RecordKind::Gallery, id)));
            let related = draft.related.iter().map(|id| id.uuid());
            all.extend(related.map(|id| (RecordKind::Article, id)));
        }
        Snapshot::Page(_) => {}
        Snapshot::Issue(draft) => {
            all.push((RecordKind::Newsletter, draft.newsletter.uuid()));
            all.extend(figures(&draft.attachments));
            let items = draft.sections.iter().flat_map(|section| &section.items);
            let articles = items.filter_map(|item| item.article);
            all.extend(articles.map(|id| (RecordKind::Article, id.uuid())));
        }
    }
    all
}

fn named_by_entry(draft: &EntryDraft) -> Vec<(RecordKind, Uuid)> {
    let mut all = Vec::new();
    let entries = draft.parent.into_iter();
    let entries = entries.chain(draft.translated_from.map(|(id, _)| id));
    all.extend(entries.map(|id| (id.kind.into(), id.uuid())));
    all.extend(figures(draft.hero.as_slice()));
    let assets = draft.seo.image.into_iter();
    let assets = assets.chain(assets_in(&draft.source.text));
    all.extend(assets.map(|id| (RecordKind::Asset, id.uuid())));
    all
}

fn figures(figures: &[FigureDraft]) -> impl Iterator<Item = (RecordKind, Uuid)> {
    let ids = figures.iter().map(|figure| figure.asset.uuid());
    ids.map(|id| (RecordKind::Asset, id))
}

/// How long the id of an asset is in its public form.
const ASSET_ID_BYTES: usize = "asset_".len() + 26;

/// The assets a text names.
fn assets_in(text: &str) -> impl Iterator<Item = AssetId> {
    let after = text.split("asset:").skip(1);
    after.filter_map(|rest| rest.get(..ASSET_ID_BYTES)?.parse().ok())
}

/// Puts another record in the place of one; without another, takes it out.
fn replace(
    model: &ContentModel,
    snapshot: &mut Snapshot,
    (kind, id): (RecordKind, Uuid),
    other: Option<Uuid>,
) {
    let old = public_id(kind, id);
    let new = other.map(|other| public_id(kind, other));
    // A text may look like the id, and stays as it is.
    let values = &snapshot.entry().custom_fields;
    for field in model.index(snapshot.kind(), None, values) {
        if field.reference == Some((kind, id)) {
            let values = &mut snapshot.entry_mut().custom_fields;
            fields::replace(values, &field.name, (&old, new.as_deref()));
        }
    }
    replace_in_entry(snapshot.entry_mut(), (kind, id), other);
    match snapshot {
        Snapshot::Article(draft) => replace_in_article(draft, (kind, id), other),
        Snapshot::Page(_) => {}
        Snapshot::Issue(draft) => replace_in_issue(draft, (kind, id), other),
    }
}

fn replace_in_entry(draft: &mut EntryDraft, (kind, id): (RecordKind, Uuid), other: Option<Uuid>) {
    let entry = |known: EntryId| {
        if known.uuid() == id {
            other.map(|other| EntryId::new(known.kind, other))
        } else {
            Some(known)
        }
    };
    draft.parent = draft.parent.and_then(entry);
    let from = draft.translated_from;
    draft.translated_from = from.and_then(|(from, version)| Some((entry(from)?, version)));
    if kind != RecordKind::Asset {
        return;
    }
    let hero = draft.hero.take();
    draft.hero = hero.and_then(|figure| replace_figure(figure, id, other));
    if draft.seo.image.is_some_and(|image| image.uuid() == id) {
        draft.seo.image = other.map(Id::from_uuid);
    }
    if let Some(other) = other {
        let (old, new) = (public_id(kind, id), public_id(kind, other));
        draft.source.text = draft.source.text.replace(&old, &new);
    }
}

fn replace_figure(mut figure: FigureDraft, id: Uuid, other: Option<Uuid>) -> Option<FigureDraft> {
    if figure.asset.uuid() == id {
        figure.asset = Id::from_uuid(other?);
    }
    Some(figure)
}

fn replace_figures(figures: &mut Vec<FigureDraft>, id: Uuid, other: Option<Uuid>) {
    let all = std::mem::take(figures).into_iter();
    figures.extend(all.filter_map(|figure| replace_figure(figure, id, other)));
}

fn replace_in_article(
    draft: &mut ArticleDraft,
    (kind, id): (RecordKind, Uuid),
    other: Option<Uuid>,
) {
    replace_ids(&mut draft.categories, id, other);
    replace_ids(&mut draft.tags, id, other);
    replace_ids(&mut draft.galleries, id, other);
    replace_ids(&mut draft.related, id, other);
    if kind == RecordKind::Asset {
        replace_figures(&mut draft.attachments, id, other);
    }
    replace_author(&mut draft.byline, id, other);
}

fn replace_in_issue(draft: &mut IssueDraft, (kind, id): (RecordKind, Uuid), other: Option<Uuid>) {
    if kind == RecordKind::Asset {
        replace_figures(&mut draft.attachments, id, other);
    }
    if let Some(other) = other
        && draft.newsletter.uuid() == id
    {
        draft.newsletter = Id::from_uuid(other);
    }
    for section in &mut draft.sections {
        section.items.retain_mut(|item| {
            let Some(article) = item.article.filter(|article| article.uuid() == id) else {
                return true;
            };
            item.article = Some(other.map_or(article, Id::from_uuid));
            other.is_some()
        });
    }
}

/// In a list in which nothing stands twice.
fn replace_ids<K: domain::id::IdKind>(list: &mut Vec<Id<K>>, id: Uuid, other: Option<Uuid>) {
    let mut left: Vec<Id<K>> = Vec::with_capacity(list.len());
    for known in list.drain(..) {
        let becomes = if known.uuid() == id {
            other.map(Id::from_uuid)
        } else {
            Some(known)
        };
        let new = becomes.filter(|becomes| !left.contains(becomes));
        left.extend(new);
    }
    *list = left;
}

/// Nobody stands twice for the same in a byline because of it.
fn replace_author(byline: &mut Vec<ContributionDraft>, id: Uuid, other: Option<Uuid>) {
    let heir: Option<AuthorId> = other.map(Id::from_uuid);
    let known: Vec<_> = byline
        .iter()
        .filter(|line| line.author.is_some() && line.author == heir)
        .map(|line| line.role)
        .collect();
    byline.retain_mut(|line| {
        if line.author.is_none_or(|author| author.uuid() != id) {
            return true;
        }
        line.author = heir;
        heir.is_some() && !known.contains(&line.role)
    });
}
