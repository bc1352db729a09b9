//! Turns what the engines say into the domain's error: the only place that reads their messages.

use domain::Error;
use sea_orm::{DbErr, SqlErr};

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
        _ if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) => Error::Unavailable {
            message: "the database does not answer; try again".to_owned(),
            source: Some(error.into()),
        },
        _ => Error::Internal(error.into()),
    }
}

/// The field a unique index guards: PostgreSQL names the index, SQLite the columns.
fn guarded_field(message: &str) -> Option<&'static str> {
    const GUARDS: [(&str, &str, &str); 13] = [
        ("route_pkey", "route.path", "path"),
        ("entry_slug", "entry.slug", "slug"),
        ("entry_guid", "entry.guid", "guid"),
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
