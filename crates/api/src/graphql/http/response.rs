//! The body of an answer: codes, outcome and bytes.

use std::collections::BTreeMap;

use async_graphql::{ServerError, Value};
use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;

use super::{Cost, HttpOptions, MediaType, Outcome};

/// Gives an error a code.
pub(super) fn set_code(error: &mut ServerError, code: &str) {
    error
        .extensions
        .get_or_insert_default()
        .set("code", code.to_owned());
}

/// The code of an error.
fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        Value::Enum(code) => Some(code),
        Value::Null
        | Value::Number(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::List(_)
        | Value::Object(_) => None,
    }
}

/// The status and outcome of an executed request.
///
/// An error without a path comes from before the execution: from validation, or
/// from a caller that refused the request as a whole.
pub(super) fn judge(response: &async_graphql::Response, media: MediaType) -> (StatusCode, Outcome) {
    if response.errors.is_empty() {
        return (StatusCode::OK, Outcome::Complete);
    }
    let executed =
        response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
    if executed {
        return (StatusCode::OK, Outcome::Partial);
    }
    let status = match response.errors.first().and_then(code) {
        Some("UNAUTHENTICATED") => StatusCode::UNAUTHORIZED,
        Some("FORBIDDEN") => StatusCode::FORBIDDEN,
        Some("RATE_LIMITED") => StatusCode::TOO_MANY_REQUESTS,
        Some("UNAVAILABLE") => StatusCode::SERVICE_UNAVAILABLE,
        Some("INTERNAL") => StatusCode::INTERNAL_SERVER_ERROR,
        Some(_) | None => media.invalid_status(),
    };
    (status, Outcome::Refused)
}

/// Bounds the errors and gives each a code.
pub(super) fn tidy(errors: &mut Vec<ServerError>, options: &HttpOptions) {
    let left_out = errors.len().saturating_sub(options.max_errors);
    if left_out > 0 {
        errors.truncate(options.max_errors);
        errors.push(ServerError::new(
            format!("{left_out} more errors were left out."),
            None,
        ));
    }
    for error in errors {
        if !options.introspection
            && let Some((message, _)) = error.message.split_once(" Did you mean")
        {
            // The library suggests arguments of directives even when told not to.
            error.message = message.to_owned();
        }
        if code(error).is_none() {
            set_code(error, "VALIDATION");
        }
    }
}

/// The cost as clients see it.
pub(super) fn cost_value(cost: &Cost) -> Value {
    let number = |number: usize| Value::Number(number.into());
    Value::Object(
        [
            ("complexity", cost.complexity),
            ("depth", cost.depth),
            ("rootFields", cost.root_fields),
            ("selections", cost.expanded_selections),
            ("aliases", cost.aliases),
            ("directives", cost.directives),
            ("tokens", cost.tokens),
        ]
        .into_iter()
        .map(|(name, value)| (async_graphql::Name::new(name), number(value)))
        .collect(),
    )
}

/// The response as it is written: without `data` if nothing was executed.
#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[ServerError]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

/// Writes a response, without values in between.
pub(super) fn serialise(response: &async_graphql::Response, outcome: Outcome) -> Bytes {
    let envelope = Envelope {
        data: (outcome != Outcome::Refused).then_some(&response.data),
        errors: &response.errors,
        extensions: &response.extensions,
    };
    // Most answers fit, and a larger one grows a few times at most.
    let mut body = Vec::with_capacity(8_192);
    match serde_json::to_writer(&mut body, &envelope) {
        Ok(()) => Bytes::from(body),
        // Nothing in a response can fail to be written; the bytes are a courtesy.
        Err(_) => Bytes::from_static(
            br#"{"errors":[{"message":"The answer could not be written.","extensions":{"code":"INTERNAL"}}]}"#,
        ),
    }
}
