//! Errors of resolvers, as callers see them: a stable code, the wrong fields, nothing internal.

use std::{any::Any, sync::Arc};

use async_graphql::{
    ErrorExtensionValues, Name, PathSegment, ServerError, Value, indexmap::IndexMap,
};
use domain::{Error, FieldError};

/// Gives every error of the domain its code and fields. What is internal is logged, once.
pub(crate) fn finish(errors: &mut [ServerError]) {
    let mut logged: Vec<Arc<dyn Any + Send + Sync>> = Vec::new();
    for error in errors {
        let Some(source) = error.source.take() else {
            continue;
        };
        let Some(cause) = cause(&source) else {
            continue;
        };
        let seen = logged
            .iter()
            .filter_map(self::cause)
            .any(|seen| std::ptr::eq(seen, cause));
        if !seen {
            log(cause, &error.path);
        }
        show(cause, error);
        logged.push(source);
    }
}

/// An error of the domain for a request that was not executed.
pub(crate) fn refused(error: &Error) -> ServerError {
    log(error, &[]);
    let mut shown = ServerError::new(String::new(), None);
    show(error, &mut shown);
    shown
}

/// The error of the domain behind one of the library; loaders share theirs.
fn cause(source: &Arc<dyn Any + Send + Sync>) -> Option<&Error> {
    source
        .downcast_ref::<Error>()
        .or_else(|| source.downcast_ref::<Arc<Error>>().map(AsRef::as_ref))
}

fn show(cause: &Error, error: &mut ServerError) {
    error.message = cause.to_string();
    let extensions = error
        .extensions
        .get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("code", cause.code());
    if !cause.fields().is_empty() {
        extensions.set(
            "fields",
            Value::List(cause.fields().iter().map(field).collect()),
        );
    }
}

fn field(wrong: &FieldError) -> Value {
    let entry = |name: &'static str, text: &str| (Name::new(name), Value::String(text.to_owned()));
    Value::Object(IndexMap::from_iter([
        entry("field", &wrong.field),
        entry("message", &wrong.message),
    ]))
}

/// What callers cannot mend is for us to see.
fn log(error: &Error, path: &[PathSegment]) {
    match error {
        Error::Internal(source) => {
            tracing::error!(error.source = %source, graphql.path = ?path, "a query failed");
        }
        Error::Unavailable { message, source } => {
            tracing::warn!(error.source = source.as_ref().map(tracing::field::display), graphql.path = ?path, "a query could not be answered: {message}");
        }
        Error::NotFound(_)
        | Error::Invalid(_)
        | Error::Conflict { .. }
        | Error::Stale { .. }
        | Error::Forbidden(_)
        | Error::Unauthenticated(_)
        | Error::RateLimited { .. }
        | Error::LimitExceeded(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(error: impl Into<async_graphql::Error>) -> ServerError {
        let mut errors = [error
            .into()
            .into_server_error(async_graphql::Pos::default())];
        finish(&mut errors);
        let [error] = errors;
        error
    }

    fn code(error: &ServerError) -> Option<Value> {
        error.extensions.as_ref()?.get("code").cloned()
    }

    #[test]
    fn wrong_fields_are_listed() {
        let error = shown(Error::invalid("filter.and", "must not be empty"));
        assert_eq!(code(&error), Some(Value::from("VALIDATION")));
        let fields = error.extensions.unwrap().get("fields").unwrap().to_string();
        assert_eq!(
            fields,
            r#"[{field: "filter.and", message: "must not be empty"}]"#
        );
    }

    #[test]
    fn what_is_internal_is_hidden_also_when_loaders_share_it() {
        for error in [
            shown(Error::internal("secret")),
            shown(Arc::new(Error::internal("secret"))),
        ] {
            assert_eq!(code(&error), Some(Value::from("INTERNAL")));
            assert!(!format!("{error:?}").contains("secret"));
        }
    }

    #[test]
    fn errors_of_the_library_stay_as_they_are() {
        let error = shown(async_graphql::Error::new("as it is"));
        assert_eq!((error.message.as_str(), code(&error)), ("as it is", None));
    }
}
