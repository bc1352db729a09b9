//! The kinds of problem there are, and what is said about them.

use http::StatusCode;
use utoipa::ToSchema;

/// The codes of problems. New ones may come.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "only the OpenAPI document reads it; the codes themselves come from the domain"
)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Code {
    Validation,
    NotFound,
    Gone,
    Conflict,
    Forbidden,
    Unauthenticated,
    RateLimited,
    LimitExceeded,
    MethodNotAllowed,
    PreconditionRequired,
    PreconditionFailed,
    UnsupportedMediaType,
    NotAcceptable,
    RangeNotSatisfiable,
    Timeout,
    Unavailable,
    Internal,
}

/// The codes of what is wrong with a parameter or field. New ones may come.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "only the OpenAPI document reads it; the codes are constants of FieldProblem"
)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum FieldCode {
    Invalid,
    Required,
    Unknown,
    Duplicate,
}

/// What the service says about each kind of problem: status, code, title, explanation.
pub(crate) const KINDS: [(StatusCode, &str, &str, &str); 17] = [
    (
        StatusCode::BAD_REQUEST,
        "VALIDATION",
        "The request is not valid",
        "A parameter is unknown, repeated, missing or has a value that cannot be used. `errors` names each of them.",
    ),
    (
        StatusCode::UNAUTHORIZED,
        "UNAUTHENTICATED",
        "The credentials are not good",
        "Nobody is signed in, or the credentials are wrong or have expired.",
    ),
    (
        StatusCode::FORBIDDEN,
        "FORBIDDEN",
        "This is not allowed",
        "You can read the record, but may not do this to it.",
    ),
    (
        StatusCode::NOT_FOUND,
        "NOT_FOUND",
        "There is nothing here",
        "The record does not exist, or is not public. The two are never told apart.",
    ),
    (
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        "The method is not allowed here",
        "The header `Allow` names the methods that are.",
    ),
    (
        StatusCode::NOT_ACCEPTABLE,
        "NOT_ACCEPTABLE",
        "No acceptable form",
        "The answer has no form that the header `Accept` allows.",
    ),
    (
        StatusCode::REQUEST_TIMEOUT,
        "TIMEOUT",
        "The request took too long",
        "Ask for less at once, or try again later.",
    ),
    (
        StatusCode::CONFLICT,
        "CONFLICT",
        "The stored state does not allow this",
        "The record was changed meanwhile, a name is taken, or the record is in use.",
    ),
    (
        StatusCode::GONE,
        "GONE",
        "It is gone for good",
        "There was something here once; it was removed and will not come back.",
    ),
    (
        StatusCode::PRECONDITION_FAILED,
        "PRECONDITION_FAILED",
        "The record has changed",
        "Read it again, and send its new `ETag`.",
    ),
    (
        StatusCode::PAYLOAD_TOO_LARGE,
        "LIMIT_EXCEEDED",
        "The request is too large",
        "The request passes a limit of the service; `detail` names it.",
    ),
    (
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UNSUPPORTED_MEDIA_TYPE",
        "The media type is not supported",
        "Send the body in a form the operation names.",
    ),
    (
        StatusCode::RANGE_NOT_SATISFIABLE,
        "RANGE_NOT_SATISFIABLE",
        "There are no such bytes",
        "The header `Content-Range` tells how many bytes there are.",
    ),
    (
        StatusCode::PRECONDITION_REQUIRED,
        "PRECONDITION_REQUIRED",
        "A condition is required",
        "Send the `ETag` you read as `If-Match`, so that nobody's change is overwritten.",
    ),
    (
        StatusCode::TOO_MANY_REQUESTS,
        "RATE_LIMITED",
        "Too many requests",
        "Wait as long as the header `Retry-After` says.",
    ),
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL",
        "Something went wrong inside",
        "A defect of the service. It has been logged; quote `instance` when you report it.",
    ),
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "UNAVAILABLE",
        "The service cannot answer now",
        "Try again in a moment.",
    ),
];

/// What stands before the name of a kind of problem in its address.
pub(crate) const PROBLEMS_PATH: &str = "/problems/";

/// The last part of a problem's `type`: `not-found` for `NOT_FOUND`.
pub(crate) fn slug(code: &str) -> String {
    code.to_ascii_lowercase().replace('_', "-")
}
