//! Comments.

use std::collections::HashMap;

use domain::{
    Result,
    access::{Action, Permit, Reach, ReadScope},
    comments::{Comment, CommentDraft, CommentQuery, CommentStatus},
    events::{CacheTag, ContentEvent, RecordKind},
    id::{CommentId, EditionId, EntryId, Id},
    paging::{Key, Page, PageArgs},
    time::Timestamp,
};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    Reader, WriteTx,
    lists::{List, Order},
    sql::{IDS_PER_STATEMENT, Row, Sql},
};

const COLUMNS: &str = "c.id, c.entry_kind, c.entry_id, c.edition_id, c.parent_id, c.status, c.author_name, c.author_url, c.body_html, c.body_text, c.reply_count, c.created_at, c.version";

fn read(row: &mut Row) -> Result<Comment> {
    let id = Id::from_uuid(row.get()?);
    let kind = row.parse()?;
    Ok(Comment {
        id,
        entry: EntryId::new(kind, row.get()?),
        edition: Id::from_uuid(row.get()?),
        parent: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
        status: row.parse()?,
        author_name: row.get()?,
        author_url: row.get()?,
        body_html: row.get()?,
        body_text: row.get()?,
        reply_count: row.get()?,
        created_at: row.get()?,
        version: row.get()?,
    })
}

fn read_item(row: &mut Row) -> Result<(Comment, Key, Uuid)> {
    let comment = read(row)?;
    let (key, id) = (Key::Time(comment.created_at), comment.id.uuid());
    Ok((comment, key, id))
}

/// The order of lists of comments.
const ORDER: Order<'static> = Order {
    list: CommentQuery::ORDER,
    key: "c.created_at",
    id: "c.id",
    descending: false,
};

/// ` FROM … WHERE …` for a list of comments.
fn select(scope: &ReadScope, query: &CommentQuery) -> Sql {
    scope.note(
        query
            .entry
            .map_or(CacheTag::Records(RecordKind::Comment), CacheTag::Entry),
    );
    let mut sql = Sql::new(" FROM comment c JOIN entry e ON e.id = c.entry_id WHERE 1 = 1");
    if let Some(entry) = query.entry {
        sql.push(" AND c.entry_id = ").bind(entry.uuid());
    }
    match query.parent {
        Some(Some(parent)) => {
            sql.push(" AND c.parent_id = ").bind(parent.uuid());
        }
        Some(None) => {
            sql.push(" AND c.parent_id IS NULL");
        }
        None => {}
    }
    readable(&mut sql, scope);
    sql
}

/// Hides comments that wait or were rejected from all but moderators, and those under hidden
/// entries.
fn readable(sql: &mut Sql, scope: &ReadScope) {
    match scope.reach(Action::Moderate, RecordKind::Comment) {
        Reach::Everywhere => {}
        Reach::Editions(editions) if editions.is_empty() => {
            sql.push(" AND c.status = 'approved'");
        }
        Reach::Editions(editions) => {
            let editions: Vec<Uuid> = editions.iter().map(|id| id.uuid()).collect();
            sql.push(" AND (c.status = 'approved' OR c.edition_id IN ")
                .id_list(&editions)
                .push(")");
        }
    }
    crate::entries::visible(sql, scope, "e");
}

impl Reader<'_> {
    /// A page of comments, the oldest first.
    pub async fn comments(
        &self,
        scope: &ReadScope,
        query: &CommentQuery,
        page: &PageArgs,
    ) -> Result<Page<Comment>> {
        let from_where = select(scope, query);
        let total = self.total(&from_where, page).await?;
        let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
        sql.append(&from_where);
        ORDER.page(&mut sql, page)?;
        let rows = self.query(sql).await?;
        ORDER.collect(page, rows, total, read_item)
    }

    /// The same page of several lists of comments, in one statement.
    pub async fn comment_lists(
        &self,
        scope: &ReadScope,
        queries: &[CommentQuery],
        page: &PageArgs,
    ) -> Result<Vec<Page<Comment>>> {
        let columns = Sql::new(COLUMNS);
        let lists: Vec<List<'_>> = queries
            .iter()
            .map(|query| List {
                order: ORDER,
                columns: &columns,
                from_where: select(scope, query),
            })
            .collect();
        self.pages(&lists, page, read_item).await
    }

    /// Comments by id; those that are absent or hidden are missing in the answer.
    pub async fn comments_by_ids(
        &self,
        scope: &ReadScope,
        ids: &[CommentId],
    ) -> Result<HashMap<CommentId, Comment>> {
        scope.note_all(ids.iter().copied().map(CacheTag::from));
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut all = HashMap::with_capacity(ids.len());
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(&format!(
                "SELECT {COLUMNS} FROM comment c JOIN entry e ON e.id = c.entry_id WHERE c.id IN "
            ));
            sql.id_list(chunk);
            readable(&mut sql, scope);
            for row in &mut self.query(sql).await? {
                let comment = read(row)?;
                all.insert(comment.id, comment);
            }
        }
        Ok(all)
    }

    /// The first answers to each of these comments, in one statement.
    pub async fn replies(
        &self,
        scope: &ReadScope,
        ids: &[CommentId],
        size: u32,
    ) -> Result<HashMap<CommentId, Vec<Comment>>> {
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut all: HashMap<CommentId, Vec<Comment>> =
            ids.iter().map(|id| (*id, Vec::new())).collect();
        for chunk in uuids.chunks(IDS_PER_STATEMENT) {
            let mut sql = Sql::new(&format!(
                "SELECT {COLUMNS} FROM (SELECT c.*, row_number() OVER (PARTITION BY c.parent_id ORDER BY c.created_at, c.id) AS place FROM comment c JOIN entry e ON e.id = c.entry_id WHERE c.parent_id IN "
            ));
            sql.id_list(chunk);
            readable(&mut sql, scope);
            sql.push(&format!(
                ") AS c WHERE c.place <= {size} ORDER BY c.parent_id, c.place"
            ));
            for row in &mut self.query(sql).await? {
                let comment = read(row)?;
                scope.note(CacheTag::Entry(comment.entry));
                if let Some(parent) = comment.parent {
                    all.entry(parent).or_default().push(comment);
                }
            }
        }
        Ok(all)
    }
}

/// A comment as it is to be saved: its HTML sanitised, its entry looked up.
#[derive(Debug)]
pub struct CommentSave<'a> {
    /// Its id.
    pub id: CommentId,
    /// The edition of its entry.
    pub edition: EditionId,
    /// What was sent.
    pub draft: &'a CommentDraft,
    /// Sanitised HTML.
    pub html: String,
    /// The same as plain text.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

impl WriteTx {
    /// Saves a new comment and brings the counts in line.
    pub async fn insert_comment(&mut self, permit: &Permit, save: CommentSave<'_>) -> Result<()> {
        permit.covers(RecordKind::Comment, save.id)?;
        let draft = save.draft;
        let row = [
            Value::from(save.id.uuid()),
            draft.entry.uuid().into(),
            draft.entry.kind.as_str().into(),
            save.edition.uuid().into(),
            draft.parent.map(Id::uuid).into(),
            draft.status.as_str().into(),
            draft.author_name.clone().into(),
            draft.author_email.clone().into(),
            draft.author_url.clone().into(),
            save.html.into(),
            save.text.into(),
            0_i64.into(),
            1_i64.into(),
            draft.created_at.unwrap_or(save.at).into(),
        ];
        let mut changes = self.changes();
        changes.insert(
            "comment (id, entry_id, entry_kind, edition_id, parent_id, status, author_name, author_email, author_url, body_html, body_text, reply_count, version, created_at)",
            [row],
        );
        if draft.status == CommentStatus::Approved {
            changes
                .statement("UPDATE entry SET comment_count = comment_count + 1 WHERE id = ")
                .bind(draft.entry.uuid());
            if let Some(parent) = draft.parent {
                changes
                    .statement("UPDATE comment SET reply_count = reply_count + 1 WHERE id = ")
                    .bind(parent.uuid());
            }
        }
        self.run(changes).await?;
        self.record(
            permit,
            save.at,
            ContentEvent::new(RecordKind::Comment, "created", save.id, Some(save.edition)),
        );
        Ok(())
    }
}
