//! What the two engines do differently; nothing outside this folder asks which one it is.

use domain::Result;
use sea_orm::{DbBackend, SqliteTransactionMode, TransactionOptions};

mod connect;

pub(crate) use connect::{Pools, connect};

use crate::sql::Row;

/// The engine behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded: one file, one writer, many readers.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    pub(crate) fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }

    /// An expression that shows an id as text: JSON functions of SQLite refuse its bytes. Of NULL it
    /// is NULL or an empty text.
    pub(crate) fn id_text(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("hex({column})"),
            Self::Postgres => format!("{column}::text"),
        }
    }

    /// An expression that makes a JSON array of others.
    pub(crate) fn json_array(self, expressions: &[&str]) -> String {
        let list = expressions.join(", ");
        match self {
            Self::Sqlite => format!("json_array({list})"),
            Self::Postgres => format!("json_build_array({list})"),
        }
    }

    /// An aggregate that makes the JSON text of an array of JSON values, NULL of none.
    pub(crate) fn json_rows(self, expression: &str) -> String {
        match self {
            // `json_group_array` would read each of them again.
            Self::Sqlite => format!("'[' || group_concat({expression}) || ']'"),
            Self::Postgres => format!("json_agg({expression})::text"),
        }
    }

    /// A column in a condition that no index shall be chosen for: SQLite knows nothing of how many
    /// rows a value has, PostgreSQL does.
    pub(crate) fn unindexed(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("+{column}"),
            Self::Postgres => column.to_owned(),
        }
    }

    /// Whether a list of ids is one value. Its length then does not change the statement.
    pub(crate) fn binds_arrays(self) -> bool {
        self == Self::Postgres
    }

    /// Whether statements with values may be sent as one text.
    pub(crate) fn joins_statements(self) -> bool {
        self == Self::Sqlite
    }

    /// Whether a connection may be lost under way.
    pub(crate) fn loses_connections(self) -> bool {
        self == Self::Postgres
    }

    /// How a transaction that will write begins: SQLite takes its write lock at once, so that it
    /// never fails half way because another writer came first.
    pub(crate) fn write_transaction(self) -> TransactionOptions {
        TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: (self == Self::Sqlite)
                .then_some(SqliteTransactionMode::Immediate),
        }
    }

    /// The year and month of a time column as `2026-03`, UTC.
    pub(crate) fn year_month(self, column: &str) -> String {
        match self {
            // Stored as RFC 3339 text in UTC.
            Self::Sqlite => format!("substr({column}, 1, 7)"),
            Self::Postgres => format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM')"),
        }
    }

    /// The day of a time column as `2026-03-05`, UTC.
    pub(crate) fn year_month_day(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("substr({column}, 1, 10)"),
            Self::Postgres => format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"),
        }
    }

    /// A statement that makes commit order the order of the outbox's numbers; SQLite has one
    /// writer and needs none.
    pub(crate) fn outbox_lock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SELECT pg_advisory_xact_lock(4702893113)"),
        }
    }

    /// A statement that lets one transaction after the other decide who is an owner; SQLite has one
    /// writer and needs none.
    pub(crate) fn owners_lock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SELECT pg_advisory_xact_lock(4702893114)"),
        }
    }

    /// A statement that tells whether nobody else is at what a text names, and holds it to the end of
    /// the transaction; SQLite has one writer and needs none.
    pub(crate) fn key_lock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => {
                Some("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 4702893115))")
            }
        }
    }

    /// Ends a query for the one row a worker will take: another worker passes over it instead of
    /// waiting for it. SQLite has one writer, and nobody to wait for.
    pub(crate) fn lock_one_row(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// How many transactions can write at the same time, if there is a bound.
    pub(crate) fn writers(self) -> Option<usize> {
        (self == Self::Sqlite).then_some(1)
    }

    /// The text of one row of a plan: SQLite puts ids before it.
    pub(crate) fn plan_line(self, mut row: Row) -> Result<String> {
        if self == Self::Sqlite {
            let _ids: (i32, i32, i32) = (row.get()?, row.get()?, row.get()?);
        }
        row.get()
    }

    /// The prefix that makes a statement tell its plan.
    pub(crate) fn explain(self) -> &'static str {
        match self {
            Self::Sqlite => "EXPLAIN QUERY PLAN ",
            Self::Postgres => "EXPLAIN ",
        }
    }
}
