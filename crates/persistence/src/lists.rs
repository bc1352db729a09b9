//! The one way a keyset page is read.

use domain::{
    Error, Result,
    paging::{Cursor, Edge, Key, ListOrder, Page, PageArgs},
};
use uuid::Uuid;

use crate::{
    Reader,
    sql::{Row, Sql},
};

/// The order of a list: what its cursors know of it, and the columns that make it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    pub(crate) list: ListOrder,
    pub(crate) key: &'a str,
    pub(crate) id: &'a str,
    pub(crate) descending: bool,
}

impl Order<'_> {
    /// Adds the keyset condition, the order and the limit. `sql` must end in a WHERE clause.
    pub(crate) fn page(&self, sql: &mut Sql, page: &PageArgs) -> Result<()> {
        let down = self.is_down(page);
        if let Some((key, id)) = page.key_in(self.list)? {
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
        sql.push(&self.by(page, self.key, self.id));
        sql.push(&format!(" LIMIT {}", u64::from(page.size) + 1));
        Ok(())
    }

    fn is_down(&self, page: &PageArgs) -> bool {
        self.descending != page.backward
    }

    /// The order in which the rows of a page are read, by columns of these names.
    pub(crate) fn by(&self, page: &PageArgs, key: &str, id: &str) -> String {
        let way = if self.is_down(page) { "DESC" } else { "ASC" };
        format!(" ORDER BY {key} {way}, {id} {way}")
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
        let mut items = Vec::with_capacity(rows.len());
        for mut row in rows {
            items.push(read(&mut row)?);
        }
        Ok(self.page_of(page, items, total))
    }

    /// Makes a page of what such rows were read into.
    pub(crate) fn page_of<T>(
        &self,
        page: &PageArgs,
        mut items: Vec<(T, Key, Uuid)>,
        total: Option<u64>,
    ) -> Page<T> {
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let more = items.len() > size;
        items.truncate(size);
        let mut edges: Vec<Edge<T>> = items
            .into_iter()
            .map(|(node, key, id)| Edge {
                node,
                cursor: Cursor {
                    order: self.list.name.to_owned(),
                    key,
                    id,
                },
            })
            .collect();
        if page.backward {
            edges.reverse();
        }
        let (has_next, has_previous) = if page.backward {
            (page.cursor.is_some(), more)
        } else {
            (more, page.cursor.is_some())
        };
        Page {
            edges,
            has_next,
            has_previous,
            total,
        }
    }
}

/// One of several lists that are read together.
#[derive(Debug)]
pub(crate) struct List<'a> {
    /// Its order. All have the same, though their columns may come from different tables.
    pub(crate) order: Order<'a>,
    /// The SELECT list; the same for all.
    pub(crate) columns: &'a Sql,
    /// ` FROM … WHERE …`.
    pub(crate) from_where: Sql,
}

/// How many lists go into one statement: SQLite takes at most 500.
pub(crate) const LISTS_PER_STATEMENT: usize = 200;

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

    /// The same page of several lists, in their order: one statement however many lists there are,
    /// and one more for the totals. Each list is read by its own index no further than the page
    /// goes, so that the cost is that of the answer.
    pub(crate) async fn pages<T>(
        &self,
        lists: &[List<'_>],
        page: &PageArgs,
        mut read: impl FnMut(&mut Row) -> Result<(T, Key, Uuid)>,
    ) -> Result<Vec<Page<T>>> {
        let mut pages = Vec::with_capacity(lists.len());
        for chunk in lists.chunks(LISTS_PER_STATEMENT) {
            let totals = self.totals(chunk, page).await?;
            let mut sql = Sql::default();
            for (number, list) in (0_i64..).zip(chunk) {
                if number > 0 {
                    sql.push(" UNION ALL ");
                }
                sql.push(&format!(
                    "SELECT * FROM (SELECT CAST({number} AS bigint) AS list, "
                ))
                .append(list.columns)
                .append(&list.from_where);
                list.order.page(&mut sql, page)?;
                sql.push(") AS page");
            }
            let mut found: Vec<Vec<(T, Key, Uuid)>> = chunk.iter().map(|_| Vec::new()).collect();
            for row in &mut self.query(sql).await? {
                if let Some(items) = found.get_mut(list_of(row)?) {
                    items.push(read(row)?);
                }
            }
            for ((list, items), total) in chunk.iter().zip(found).zip(totals) {
                pages.push(list.order.page_of(page, items, total));
            }
        }
        Ok(pages)
    }

    /// How long lists are, if the page wants it.
    async fn totals(&self, lists: &[List<'_>], page: &PageArgs) -> Result<Vec<Option<u64>>> {
        let mut totals: Vec<Option<u64>> = lists.iter().map(|_| None).collect();
        if !page.with_total {
            return Ok(totals);
        }
        let mut sql = Sql::default();
        for (number, list) in (0_i64..).zip(lists) {
            if number > 0 {
                sql.push(" UNION ALL ");
            }
            sql.push(&format!(
                "SELECT CAST({number} AS bigint) AS list, count(*) FROM (SELECT 1"
            ))
            .append(&list.from_where)
            .push(") AS counted");
        }
        for row in &mut self.query(sql).await? {
            if let Some(total) = totals.get_mut(list_of(row)?) {
                *total = Some(row.count()?);
            }
        }
        Ok(totals)
    }
}

/// Which list a row belongs to.
fn list_of(row: &mut Row) -> Result<usize> {
    usize::try_from(row.get::<i64>()?).map_err(Error::internal)
}
