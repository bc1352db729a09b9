//! Turns what the engines say into the domain's error: the only place that reads their messages.

use domain::Error;
use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError, SqlxPostgresError};
use uuid::Uuid;

/// Maps an engine's error. A broken unique index becomes a conflict of the field it guards.
pub(crate) fn from_db(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(message)) => {
            let field = guarded_field(&message);
            Error::Conflict {
                message: format!("another record has this {}", field.unwrap_or("value")),
                field: field.map(str::to_owned),
                used_by: Vec::new(),
            }
        }
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => Error::conflict(
            "something it refers to does not exist, or something still refers to it",
        ),
        _ if is_passing(&error) => Error::Unavailable {
            message: "the database does not answer; try again".to_owned(),
            source: Some(error.into()),
        },
        _ => Error::Internal(error.into()),
    }
}

/// Whether the connection was lost, so that the same on another one may well do.
pub(crate) fn is_lost(error: &DbErr) -> bool {
    match sqlx_error(error) {
        Some(SqlxError::Io(_)) => true,
        Some(SqlxError::Database(source)) => source.code().is_some_and(|code| {
            // SQLSTATE: broken connection; ended by an administrator, by a crash, not yet started.
            code.len() == 5 && (code.starts_with("08") || code.starts_with("57P0"))
        }),
        _ => false,
    }
}

/// Whether the trouble is the engine's for now, not ours: busy, out of reach, a lost race.
fn is_passing(error: &DbErr) -> bool {
    if is_lost(error) || matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) {
        return true;
    }
    match sqlx_error(error) {
        Some(SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed) => true,
        Some(SqlxError::Database(source)) => source.code().is_some_and(|code| {
            // SQLSTATE: serialization failure, deadlock, no resources left; SQLite: busy, locked,
            // the last byte of its extended codes.
            matches!(&*code, "40001" | "40P01")
                || (code.len() == 5 && code.starts_with("53"))
                || (code.len() < 5
                    && code
                        .parse::<u16>()
                        .is_ok_and(|code| matches!(code & 0xff, 5 | 6)))
        }),
        _ => false,
    }
}

fn sqlx_error(error: &DbErr) -> Option<&SqlxError> {
    if let DbErr::Conn(RuntimeErr::SqlxError(source))
    | DbErr::Exec(RuntimeErr::SqlxError(source))
    | DbErr::Query(RuntimeErr::SqlxError(source)) = error
    {
        Some(source)
    } else {
        None
    }
}

/// Maps an engine's error on saving into a table. What refers to nothing names its field.
pub(crate) fn from_save(error: DbErr, table: &str) -> Error {
    match (ForeignKey::broken_by(&error), referring_field(table)) {
        (Some(_), Some(field)) => Error::invalid(field, "names something that does not exist"),
        _ => from_db(error),
    }
}

/// A foreign key that was broken by a reference to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForeignKey {
    /// To this id.
    To(Uuid),
    /// The engine does not say which.
    Unknown,
}

impl ForeignKey {
    /// The key an error is about, if it is about one.
    pub(crate) fn broken_by(error: &DbErr) -> Option<Self> {
        let SqlErr::ForeignKeyConstraintViolation(_) = error.sql_err()? else {
            return None;
        };
        let Some(SqlxError::Database(source)) = sqlx_error(error) else {
            return Some(Self::Unknown);
        };
        // PostgreSQL: `Key (term_id)=(0197…) is not present in table "term".`
        let id = source
            .try_downcast_ref::<SqlxPostgresError>()
            .and_then(SqlxPostgresError::detail)
            .and_then(|detail| detail.split(['(', ')']).nth(3))
            .and_then(|id| Uuid::parse_str(id).ok());
        Some(id.map_or(Self::Unknown, Self::To))
    }
}

/// The field whose references stand in a table that only one field fills.
fn referring_field(table: &str) -> Option<&'static str> {
    Some(match table {
        "collection_item" | "gallery_item" | "menu_item" => "items",
        "author" => "avatar",
        "route" => "to",
        "term_text" | "author_text" | "asset_text" | "gallery_text" => "texts",
        _ => return None,
    })
}

/// The field a unique index guards: PostgreSQL names the index, SQLite the columns.
fn guarded_field(message: &str) -> Option<&'static str> {
    const GUARDS: [(&str, &str, &str); 14] = [
        ("route_pkey", "route.path", "path"),
        ("entry_slug", "entry.slug", "slug"),
        ("entry_guid", "entry.guid", "guid"),
        ("entry_group", "entry.group_id", "translationGroup"),
        ("term_text_slug", "term_text.slug", "slug"),
        ("author_text_slug", "author_text.slug", "slug"),
        ("gallery_text_slug", "gallery_text.slug", "slug"),
        ("collection_slug", "collection.slug", "slug"),
        ("newsletter_slug", "newsletter.slug", "slug"),
        ("edition_code", "edition.code", "code"),
        ("menu_location", "menu.location", "location"),
        ("issue_number", "issue.number", "number"),
        ("user_account_email", "user_account.email_normal", "email"),
        (
            "import_record_pkey",
            "import_record.external_id",
            "externalId",
        ),
    ];
    GUARDS
        .iter()
        .find(|(index, column, _)| message.contains(index) || message.contains(column))
        .map(|(_, _, field)| *field)
}

#[cfg(test)]
mod tests {
    use std::io;

    use sea_orm::{ConnectOptions, ConnectionTrait, Database};

    use super::*;

    #[tokio::test]
    async fn a_busy_file_is_unavailable() {
        let folder = std::env::temp_dir().join(format!("colophon-busy-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let connect = async || {
            let path = folder.join("busy.db");
            let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", path.display()));
            options
                .max_connections(1)
                .map_sqlx_sqlite_opts(|sqlite| sqlite.busy_timeout(std::time::Duration::ZERO));
            Database::connect(options).await.unwrap()
        };
        let (one, two) = (connect().await, connect().await);
        one.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();
        let error = two.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap_err();
        assert!(!is_lost(&error));
        assert_eq!(from_db(error).code(), "UNAVAILABLE");
        one.execute_unprepared("ROLLBACK").await.unwrap();
        let error = one.execute_unprepared("SELEKT").await.unwrap_err();
        assert_eq!(from_db(error).code(), "INTERNAL");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_lost_or_closed_connection_is_unavailable() {
        let reset = SqlxError::Io(io::Error::from(io::ErrorKind::ConnectionReset));
        for (error, lost) in [(reset, true), (SqlxError::PoolClosed, false)] {
            let error = DbErr::Query(RuntimeErr::SqlxError(error.into()));
            assert_eq!(is_lost(&error), lost);
            assert_eq!(from_db(error).code(), "UNAVAILABLE");
        }
    }
}
