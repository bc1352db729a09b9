//! What a mutation answers: the record as it is now, or what the caller can mend.

use async_graphql::{Enum, ID, SimpleObject};
use domain::{Error, FieldError};

/// What kind of thing went wrong.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    /// The input is wrong.
    Validation,
    /// There is no such record, or the caller may not see it.
    NotFound,
    /// The stored state does not allow it: the record was changed meanwhile, a name is taken, or the
    /// record is in use.
    Conflict,
    /// The caller can read the record, but may not do this to it.
    Forbidden,
}

/// What the caller can mend. Nothing was changed.
#[derive(SimpleObject, Debug, Clone, PartialEq)]
pub(crate) struct UserError {
    /// What kind of thing went wrong.
    code: ErrorCode,
    /// The field of `input` it is about, with dots between its steps: `texts.0.name`.
    field: Option<String>,
    /// What is wrong and how to mend it.
    message: String,
    /// The version the record has now, if the change was made for another.
    current_version: Option<i64>,
    /// What still uses the record, as far as the caller may know.
    used_by: Vec<Usage>,
}

/// Something that uses a record.
#[derive(SimpleObject, Debug, Clone, PartialEq)]
pub(crate) struct Usage {
    /// The id of what uses the record.
    id: ID,
    /// In what role it uses it: `hero`, `item`, `parent`.
    role: String,
}

impl UserError {
    fn new(code: ErrorCode, field: Option<String>, message: String) -> Self {
        Self {
            code,
            field: field.filter(|field| !field.is_empty()),
            message,
            current_version: None,
            used_by: Vec::new(),
        }
    }

    /// Names the place of the input it is about within a larger one.
    pub(crate) fn set_within(&mut self, place: &str) {
        self.field = Some(match self.field.take() {
            Some(field) => format!("{place}.{field}"),
            None => place.to_owned(),
        });
    }

    fn of_field(FieldError { field, message }: FieldError) -> Self {
        Self::new(ErrorCode::Validation, Some(field), message)
    }
}

/// How a change ended, as far as it is the caller's business.
#[derive(Debug)]
pub(crate) enum Outcome<T> {
    /// It was done.
    Done(T),
    /// It was not, and the caller can mend it.
    Refused(Vec<UserError>),
}

impl<T> Outcome<T> {
    /// The two halves of a payload.
    pub(crate) fn split(self) -> (Option<T>, Vec<UserError>) {
        match self {
            Self::Done(value) => (Some(value), Vec::new()),
            Self::Refused(errors) => (None, errors),
        }
    }
}

/// What the caller can mend becomes data; all else stays an error.
pub(crate) fn outcome<T>(result: domain::Result<T>) -> domain::Result<Outcome<T>> {
    let error = match result {
        Ok(value) => return Ok(Outcome::Done(value)),
        Err(error) => error,
    };
    let message = error.to_string();
    Ok(Outcome::Refused(match error {
        Error::Invalid(fields) => fields.into_iter().map(UserError::of_field).collect(),
        Error::NotFound(_) => vec![UserError::new(ErrorCode::NotFound, None, message)],
        Error::Forbidden(_) => vec![UserError::new(ErrorCode::Forbidden, None, message)],
        Error::Conflict { field, used_by, .. } => {
            let used_by = used_by.into_iter().map(|usage| Usage {
                id: ID(usage.id),
                role: usage.role,
            });
            vec![UserError {
                used_by: used_by.collect(),
                ..UserError::new(ErrorCode::Conflict, field, message)
            }]
        }
        Error::Stale { current } => {
            let field = Some("expectedVersion".to_owned());
            vec![UserError {
                current_version: Some(current),
                ..UserError::new(ErrorCode::Conflict, field, message)
            }]
        }
        other @ (Error::Unauthenticated(_)
        | Error::RateLimited { .. }
        | Error::LimitExceeded(_)
        | Error::Unavailable { .. }
        | Error::Internal(_)) => return Err(other),
    }))
}

/// What a deletion answers.
#[derive(SimpleObject, Debug)]
pub(crate) struct DeletePayload {
    /// The id of what is gone; null if nothing is.
    deleted_id: Option<ID>,
    /// Why nothing was deleted.
    user_errors: Vec<UserError>,
}

impl From<Outcome<ID>> for DeletePayload {
    fn from(outcome: Outcome<ID>) -> Self {
        let (deleted_id, user_errors) = outcome.split();
        Self {
            deleted_id,
            user_errors,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(error: Error) -> Vec<UserError> {
        match outcome::<()>(Err(error)).unwrap() {
            Outcome::Refused(errors) => errors,
            Outcome::Done(()) => Vec::new(),
        }
    }

    #[test]
    fn every_wrong_field_is_an_error_of_its_own() {
        let errors = refused(Error::Invalid(vec![
            FieldError::new("texts.0.name", "must not be empty"),
            FieldError::new("", "is strange"),
        ]));
        let told: Vec<_> = errors
            .iter()
            .map(|error| (error.code, error.field.as_deref(), error.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    ErrorCode::Validation,
                    Some("texts.0.name"),
                    "must not be empty"
                ),
                (ErrorCode::Validation, None, "is strange"),
            ]
        );
    }

    #[test]
    fn a_stale_change_tells_the_version() {
        let errors = refused(Error::Stale { current: 4 });
        assert_eq!(errors[0].code, ErrorCode::Conflict);
        assert_eq!(errors[0].current_version, Some(4));
        assert_eq!(errors[0].field.as_deref(), Some("expectedVersion"));
    }

    #[test]
    fn what_the_caller_cannot_mend_stays_an_error() {
        for error in [
            Error::Unauthenticated("sign in".to_owned()),
            Error::RateLimited {
                retry_after_seconds: 1,
            },
            Error::internal("secret"),
        ] {
            let code = error.code();
            assert_eq!(outcome::<()>(Err(error)).unwrap_err().code(), code);
        }
    }
}
