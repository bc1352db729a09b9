//! The one way a keyset page is read.

use domain::{
    Result,
    paging::{Cursor, Edge, Key, Page, PageArgs},
};
use uuid::Uuid;

use crate::{
    Reader,
    sql::{Row, Sql},
};

/// The order of a list: its name in cursors and the columns that make it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) name: &'a str,
    pub(crate) key: &'a str,
    pub(crate) id: &'a str,
    pub(crate) descending: bool,
}

impl Order<'_> {
    /// Adds the keyset condition, the order and the limit. `sql` must end in a WHERE clause.
    pub(crate) fn page(&self, sql: &mut Sql, page: &PageArgs) -> Result<()> {
        let down = self.descending != page.backward;
        if let Some((key, id)) = page.key_in(self.name)? {
            let (columns, than) = (
                format!(" AND ({}, {}) ", self.key, self.id),
                if down { "< (" } else { "> (" },
            );
            sql.push(&columns).push(than);
            match key {
                Key::Time(time) => sql.bind(*time),
                Key::Text(text) => sql.bind(text.clone()),
                Key::Int(number) => sql.bind(*number),
            };
            sql.push(", ").bind(id).push(")");
        }
        let way = if down { "DESC" } else { "ASC" };
        sql.push(&format!(
            " ORDER BY {} {way}, {} {way} LIMIT {}",
            self.key,
            self.id,
            u64::from(page.size) + 1
        ));
        Ok(())
    }

    /// Makes a page of the rows such a statement yields: one more than was asked for tells that
    /// there are more.
    pub(crate) fn collect<T>(
        &self,
        page: &PageArgs,
        rows: Vec<Row>,
        total: Option<u64>,
        mut read: impl FnMut(&mut Row) -> Result<(T, Key, Uuid)>,
    ) -> Result<Page<T>> {
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        let mut edges = Vec::with_capacity(rows.len().min(size));
        for mut row in rows.into_iter().take(size) {
            let (node, key, id) = read(&mut row)?;
            edges.push(Edge {
                node,
                cursor: Cursor {
                    order: self.name.to_owned(),
                    key,
                    id,
                },
            });
        }
        if page.backward {
            edges.reverse();
        }
        let (has_next, has_previous) = if page.backward {
            (page.cursor.is_some(), more)
        } else {
            (more, page.cursor.is_some())
        };
        Ok(Page {
            edges,
            has_next,
            has_previous,
            total,
        })
    }
}

impl Reader<'_> {
    /// Counts the rows of `from_where`, if the page wants it.
    pub(crate) async fn total(&self, from_where: &Sql, page: &PageArgs) -> Result<Option<u64>> {
        if !page.with_total {
            return Ok(None);
        }
        let mut sql = Sql::new("SELECT count(*) FROM (SELECT 1");
        sql.append(from_where).push(") AS counted");
        match self.query_one(sql).await? {
            Some(mut row) => row.count().map(Some),
            None => Ok(None),
        }
    }
}
