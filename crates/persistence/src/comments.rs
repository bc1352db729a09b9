//! Comments.

use std::collections::HashMap;

use domain::{
    Result,
    access::{Action, Reach, ReadScope},
    comments::{Comment, CommentQuery},
    events::{CacheTag, RecordKind},
    id::{CommentId, EntryId, Id},
    paging::{Key, Page, PageArgs},
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    Reader,
    lists::{List, Order},
    sql::{IDS_PER_STATEMENT, Row, Sql},
};

mod write;

pub use write::{CommentEdit, CommentSave};

const COLUMNS: &str = "c.id, c.entry_kind, c.entry_id, c.edition_id, c.parent_id, c.status, c.is_below_hidden, c.author_name, c.author_email, c.author_url, c.body_html, c.body_text, c.reply_count, c.created_at, c.updated_at, c.version";

/// The condition of a comment that readers see. Nothing else decides it: lists, answers and counts
/// all ask this.
const SHOWN: &str = "c.status = 'approved' AND c.is_below_hidden IS NOT TRUE";

/// E-mail addresses are for moderators alone.
fn read(row: &mut Row, scope: &ReadScope) -> Result<Comment> {
    let id = Id::from_uuid(row.get()?);
    let kind = row.parse()?;
    let mut comment = Comment {
        id,
        entry: EntryId::new(kind, row.get()?),
        edition: Id::from_uuid(row.get()?),
        parent: row.get::<Option<Uuid>>()?.map(Id::from_uuid),
        status: row.parse()?,
        is_below_hidden: row.get::<Option<bool>>()?.unwrap_or_default(),
        author_name: row.get()?,
        author_email: row.get()?,
        author_url: row.get()?,
        body_html: row.get()?,
        body_text: row.get()?,
        reply_count: row.get()?,
        created_at: row.get()?,
        updated_at: Timestamp::default(),
        version: 0,
    };
    comment.updated_at = row
        .get::<Option<Timestamp>>()?
        .unwrap_or(comment.created_at);
    comment.version = row.get()?;
    if comment.author_email.is_some() && !scope.moderates(comment.edition) {
        comment.author_email = None;
    }
    Ok(comment)
}

fn read_item(row: &mut Row, scope: &ReadScope) -> Result<(Comment, Key, Uuid)> {
    let comment = read(row, scope)?;
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
    if let Some(status) = query.status {
        // A literal, so that the engines see that an index of this status alone will do.
        sql.push(&format!(" AND c.status = '{}'", status.as_str()));
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
            sql.push(" AND ").push(SHOWN);
        }
        Reach::Editions(editions) => {
            let editions: Vec<Uuid> = editions.iter().map(|id| id.uuid()).collect();
            sql.push(&format!(" AND (({SHOWN}) OR c.edition_id IN "))
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
        ORDER.collect(page, rows, total, |row| read_item(row, scope))
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
        self.pages(&lists, page, |row| read_item(row, scope)).await
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
                let comment = read(row, scope)?;
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
                let comment = read(row, scope)?;
                scope.note(CacheTag::Entry(comment.entry));
                if let Some(parent) = comment.parent {
                    all.entry(parent).or_default().push(comment);
                }
            }
        }
        Ok(all)
    }

    /// A comment and those above it, the highest last.
    pub async fn comments_above(&self, id: CommentId) -> Result<Vec<CommentId>> {
        let mut sql = Sql::new(
            "WITH RECURSIVE above (id, parent_id, height) AS (SELECT c.id, c.parent_id, 0 FROM comment c WHERE c.id = ",
        );
        sql.bind(id.uuid()).push(
            " UNION ALL SELECT c.id, c.parent_id, a.height + 1 FROM comment c JOIN above a ON c.id = a.parent_id) SELECT id FROM above ORDER BY height",
        );
        let mut rows = self.query(sql).await?;
        rows.iter_mut()
            .map(|row| Ok(Id::from_uuid(row.get()?)))
            .collect()
    }
}
