//! The one error type of the workspace, independent of HTTP and of SQL.

use std::fmt::Display;

use serde::Serialize;

/// Shorthand used by every crate above this one.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong with one field of an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Path of the field in the input, in the words of the API: `filter.publishedAt.gte`.
    pub field: String,
    /// What is wrong and how to mend it; safe to show to the caller.
    pub message: String,
}

impl FieldError {
    /// Names a field and what is wrong with it.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Something that still uses a record somebody wants to delete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// The id of the user of the record, in its public form.
    pub id: String,
    /// In what role it uses it: `hero`, `item`, `parent`.
    pub role: String,
}

/// The one error. `code()` is stable; `Display` is safe to show to the caller; the source is for
/// the log only.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Absent, or not for the eyes of this actor: the two are never told apart.
    #[error("{0}")]
    NotFound(String),
    /// The input is wrong; every wrong field is listed.
    #[error("{}", describe(.0))]
    Invalid(Vec<FieldError>),
    /// The stored state does not allow it (a taken slug, a record in use).
    #[error("{message}")]
    Conflict {
        /// What collides and how to go on.
        message: String,
        /// The input field that collides, if it is one.
        field: Option<String>,
        /// Who uses the record, as far as the actor may know.
        used_by: Vec<Usage>,
    },
    /// The change was made for another version than the current one.
    #[error(
        "the record has changed since you read it: its version is {current} now; read it again and repeat the change on it"
    )]
    Stale {
        /// The version it has now.
        current: i64,
    },
    /// The actor can read it, but may not do this to it.
    #[error("{0}")]
    Forbidden(String),
    /// Nobody is signed in, or the credentials are no good.
    #[error("{0}")]
    Unauthenticated(String),
    /// Too many requests.
    #[error("too many requests; try again in {retry_after_seconds} seconds")]
    RateLimited {
        /// When to try again.
        retry_after_seconds: u64,
    },
    /// A limit on the size or cost of a request was passed.
    #[error("{0}")]
    LimitExceeded(String),
    /// The service cannot answer now.
    #[error("{message}")]
    Unavailable {
        /// Safe to show.
        message: String,
        /// For the log.
        #[source]
        source: Option<BoxError>,
    },
    /// A defect of ours. The source goes to the log, never to the caller.
    #[error("an internal error happened; it has been logged")]
    Internal(#[source] BoxError),
}

/// The private cause of an error.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

impl Error {
    /// The stable, machine-readable code both faces answer with.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::Invalid(_) => "VALIDATION",
            Self::Conflict { .. } | Self::Stale { .. } => "CONFLICT",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::RateLimited { .. } => "RATE_LIMITED",
            Self::LimitExceeded(_) => "LIMIT_EXCEEDED",
            Self::Unavailable { .. } => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// Something that is absent for this actor.
    pub fn not_found(what: impl Display) -> Self {
        Self::NotFound(format!("{what} was not found"))
    }

    /// One wrong field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// A collision with stored state that is not about one field.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict {
            message: message.into(),
            field: None,
            used_by: Vec::new(),
        }
    }

    /// A change that was made for another version than the current one.
    pub const fn stale(current: i64) -> Self {
        Self::Stale { current }
    }

    /// A defect, described for the log.
    pub fn internal(source: impl Into<BoxError>) -> Self {
        Self::Internal(source.into())
    }

    /// The same error with the names of its fields changed: a face may have other words for them.
    #[must_use]
    pub fn with_fields(self, rename: impl Fn(String) -> String) -> Self {
        match self {
            Self::Invalid(mut fields) => {
                for wrong in &mut fields {
                    wrong.field = rename(std::mem::take(&mut wrong.field));
                }
                Self::Invalid(fields)
            }
            Self::Conflict {
                message,
                field,
                used_by,
            } => Self::Conflict {
                message,
                field: field.map(rename),
                used_by,
            },
            other @ (Self::NotFound(_)
            | Self::Stale { .. }
            | Self::Forbidden(_)
            | Self::Unauthenticated(_)
            | Self::RateLimited { .. }
            | Self::LimitExceeded(_)
            | Self::Unavailable { .. }
            | Self::Internal(_)) => other,
        }
    }

    /// The wrong fields, if that is what this is.
    pub fn fields(&self) -> &[FieldError] {
        if let Self::Invalid(fields) = self {
            fields
        } else {
            &[]
        }
    }
}

fn describe(fields: &[FieldError]) -> String {
    let parts: Vec<String> = fields
        .iter()
        .map(|f| {
            if f.field.is_empty() {
                f.message.clone()
            } else {
                format!("{}: {}", f.field, f.message)
            }
        })
        .collect();
    parts.join("; ")
}
