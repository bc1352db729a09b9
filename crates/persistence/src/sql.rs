//! SQL texts with their values, and rows read in column order.

use domain::{Error, Result, time::Timestamp};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult, QueryResult,
    Statement, TryGetable, Value,
};
use uuid::Uuid;

use crate::{
    dialect::Engine,
    error::{from_db, is_lost},
};

/// How many ids a statement lists at most.
pub(crate) const IDS_PER_STATEMENT: usize = 500;

/// The lengths a list in a statement has, so that the engines see few different ones.
const LIST_LENGTHS: [usize; 9] = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/// A statement under construction: text and values grow together, so that no value can end up in
/// the text. Both engines read `$1` as the first value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            values: Vec::new(),
        }
    }

    /// Adds text of ours; never text of a caller.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value. PostgreSQL has no texts with a NUL, so that one counts as unreadable on either
    /// engine: it is stored as U+FFFD, as HTML does, and what is looked for by it is not found.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        let mut value = value.into();
        if let Value::String(Some(text)) = &mut value
            && text.contains('\0')
        {
            *text = text.replace('\0', "\u{fffd}");
        }
        self.values.push(value);
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Adds values with commas between them.
    pub(crate) fn bind_all<V: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = V>,
    ) -> &mut Self {
        let mut first = true;
        for value in values {
            if !first {
                self.push(", ");
            }
            first = false;
            self.bind(value);
        }
        self
    }

    /// Adds `(value, …), (value, …), …`.
    pub(crate) fn rows<const N: usize>(
        &mut self,
        rows: impl Iterator<Item = [Value; N]>,
    ) -> &mut Self {
        for (index, row) in rows.enumerate() {
            self.push(if index == 0 { "(" } else { ", (" })
                .bind_all(row)
                .push(")");
        }
        self
    }

    /// Adds `(id, id, …)`. The list is filled up to one of a few lengths with its last id, so that
    /// the engines see few different statements and keep them prepared. No ids: matches nothing.
    pub(crate) fn id_list(&mut self, ids: &[Uuid]) -> &mut Self {
        let Some(last) = ids.last().copied() else {
            return self.push("(NULL)");
        };
        let length = LIST_LENGTHS
            .into_iter()
            .find(|length| *length >= ids.len())
            .unwrap_or(ids.len());
        self.push("(")
            .bind_all(
                ids.iter()
                    .copied()
                    .chain(std::iter::repeat_n(last, length - ids.len())),
            )
            .push(")")
    }

    /// Adds `(text, text, …)`, filled up as lists of ids are. No texts: matches nothing.
    pub(crate) fn text_list(&mut self, texts: &[String]) -> &mut Self {
        let Some(last) = texts.last() else {
            return self.push("(NULL)");
        };
        let length = LIST_LENGTHS
            .into_iter()
            .find(|length| *length >= texts.len())
            .unwrap_or(texts.len());
        let filling = std::iter::repeat_n(last, length - texts.len());
        self.push("(")
            .bind_all(texts.iter().chain(filling).cloned())
            .push(")")
    }

    /// Binds a value without saying so in the text yet: what is returned, such as `$3`, may be said
    /// any number of times.
    pub(crate) fn bind_for_later(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Binds ids without saying so in the text yet: what is returned, such as `IN ($1, $2)`, may
    /// be said any number of times.
    pub(crate) fn bind_ids(&mut self, engine: Engine, ids: &[Uuid]) -> String {
        let mut list = Self {
            text: String::new(),
            values: std::mem::take(&mut self.values),
        };
        if engine.binds_arrays() {
            list.push("= ANY(").bind(ids.to_vec()).push("::uuid[])");
        } else {
            list.push("IN ").id_list(ids);
        }
        self.values = list.values;
        list.text
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds another statement's text and values; its values are counted on from those of this one.
    pub(crate) fn append(&mut self, other: &Self) -> &mut Self {
        let before = self.values.len();
        let mut parts = other.text.split('$');
        self.text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            self.text.push('$');
            match number.parse::<usize>() {
                Ok(number) => self.text.push_str(&(number + before).to_string()),
                Err(_) => self.text.push_str(number),
            }
            self.text.push_str(rest);
        }
        self.values.extend_from_slice(&other.values);
        self
    }

    fn statement(self, engine: Engine) -> Statement {
        Statement::from_sql_and_values(engine.backend(), self.text, self.values)
    }
}

/// The most values one statement is given: SQLite takes 32,766.
const MOST_VALUES: usize = 30_000;

/// Changes in which nothing is asked between one statement and the next. SQLite gets them as one
/// text: most of what a small statement costs there is the way to the thread it runs on.
#[derive(Debug)]
pub(crate) struct Changes {
    joins: bool,
    full: Vec<Sql>,
    last: Sql,
}

impl Changes {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            joins: engine.joins_statements(),
            full: Vec::new(),
            last: Sql::default(),
        }
    }

    /// Begins the next statement.
    pub(crate) fn statement(&mut self, text: &str) -> &mut Sql {
        if !self.last.is_empty() {
            if self.joins && self.last.values.len() < MOST_VALUES {
                self.last.push("; ");
            } else {
                self.full.push(std::mem::take(&mut self.last));
            }
        }
        self.last.push(text)
    }

    /// Inserts many rows of equal width with few statements.
    pub(crate) fn insert<const N: usize>(
        &mut self,
        into: &str,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) {
        self.insert_with(into, rows, "");
    }

    /// The same, with what stands at the end of the statements.
    pub(crate) fn insert_with<const N: usize>(
        &mut self,
        into: &str,
        rows: impl IntoIterator<Item = [Value; N]>,
        end: &str,
    ) {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let sql = self.statement("INSERT INTO ");
            sql.push(into)
                .push(" VALUES ")
                .rows(rows.by_ref().take(MOST_VALUES / N.max(1)))
                .push(end);
        }
    }

    /// Removes the rows of a table that belong to one record.
    pub(crate) fn clear(&mut self, table: &str, column: &str, id: Uuid) {
        self.statement("DELETE FROM ")
            .push(table)
            .push(" WHERE ")
            .push(column)
            .push(" = ")
            .bind(id);
    }

    /// What is to be run, in order.
    pub(crate) fn into_statements(self) -> impl Iterator<Item = Sql> {
        let last = (!self.last.is_empty()).then_some(self.last);
        self.full.into_iter().chain(last)
    }
}

/// Where statements run: on a pool, or inside a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Connection<'a> {
    Pool(&'a DatabaseConnection),
    Transaction(&'a DatabaseTransaction),
}

impl Connection<'_> {
    pub(crate) async fn query(self, engine: Engine, sql: Sql) -> Result<Vec<Row>> {
        let statement = sql.statement(engine);
        let rows = match self {
            // A read outside a transaction can be made again. A local file is never lost.
            Self::Pool(pool) if engine.loses_connections() => {
                match pool.query_all_raw(statement.clone()).await {
                    Err(error) if is_lost(&error) => pool.query_all_raw(statement).await,
                    answer => answer,
                }
            }
            Self::Pool(pool) => pool.query_all_raw(statement).await,
            Self::Transaction(tx) => tx.query_all_raw(statement).await,
        };
        Ok(rows
            .map_err(from_db)?
            .into_iter()
            .map(|row| Row { row, next: 0 })
            .collect())
    }

    pub(crate) async fn execute(self, engine: Engine, sql: Sql) -> Result<ExecResult> {
        self.try_execute(engine, sql).await.map_err(from_db)
    }

    /// The same, with the engine's own error.
    pub(crate) async fn try_execute(self, engine: Engine, sql: Sql) -> Result<ExecResult, DbErr> {
        let statement = sql.statement(engine);
        match self {
            Self::Pool(pool) => pool.execute_raw(statement).await,
            Self::Transaction(tx) => tx.execute_raw(statement).await,
        }
    }
}

/// One row, read column by column in the order of the SELECT list.
#[derive(Debug)]
pub(crate) struct Row {
    row: QueryResult,
    next: usize,
}

impl Row {
    /// The next column.
    pub(crate) fn get<T: TryGetable>(&mut self) -> Result<T> {
        let value = self.row.try_get_by_index(self.next).map_err(from_db);
        self.next += 1;
        value
    }

    /// The next column, a text that parses as something else.
    pub(crate) fn parse<T: std::str::FromStr<Err = Error>>(&mut self) -> Result<T> {
        let text: String = self.get()?;
        text.parse().map_err(|source: Error| {
            Error::internal(format!(
                "the store holds `{text}` where it cannot stand: {source}"
            ))
        })
    }

    /// The next column, JSON text; NULL is the default.
    pub(crate) fn json<T: serde::de::DeserializeOwned + Default>(&mut self) -> Result<T> {
        let text: Option<String> = self.get()?;
        text.map_or_else(
            || Ok(T::default()),
            |text| serde_json::from_str(&text).map_err(Error::internal),
        )
    }

    /// The next column, a number that is never negative.
    pub(crate) fn count(&mut self) -> Result<u64> {
        let number: i64 = self.get()?;
        u64::try_from(number).map_err(Error::internal)
    }

    /// The next column, a point in time.
    pub(crate) fn time(&mut self) -> Result<Timestamp> {
        self.get()
    }
}

/// JSON text of a value of ours.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}
