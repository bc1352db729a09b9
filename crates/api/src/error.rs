//! Errors on the wire: the one mapping of [`domain::Error`] to a problem document (RFC 9457).

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{FieldError, error::Usage};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use tower_http::request_id::RequestId;
use utoipa::ToSchema;

mod field;
mod kinds;

use crate::requests;
pub(crate) use field::FieldProblem;
use field::{described, pointer};
use kinds::Code;
pub(crate) use kinds::{KINDS, PROBLEMS_PATH, slug};

/// When to ask again where a moment is all that is known.
const RETRY_AFTER_SECONDS: &str = "5";
/// The media type of problem documents.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// The answer to a request that failed: a problem document and the headers that go with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    body: Box<ProblemBody>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What went wrong, as a problem document (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem, example = json!({
    "type": "/problems/validation",
    "title": "The request is not valid",
    "status": 400,
    "detail": "first: must be a whole number from 0 to 100",
    "instance": "urn:uuid:0199b6a2-5c1f-7d63-8f0e-2b4c6d8e0f12",
    "code": "VALIDATION",
    "errors": [{ "parameter": "first", "message": "must be a whole number from 0 to 100", "code": "INVALID" }]
}))]
pub(crate) struct ProblemBody {
    /// Names the kind of problem; leads to a short explanation of it.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    kind: String,
    /// The same in words; the same for all problems of a kind.
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong this time, and how to mend it.
    detail: String,
    /// The id of the request, by which it is found in the log: `urn:uuid:` and the UUID, or what a
    /// proxy gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri-reference")]
    instance: Option<String>,
    /// The stable code of the kind of problem.
    #[schema(value_type = Code)]
    code: &'static str,
    /// What is wrong with the single parameters or fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    /// What still uses the record, as far as the caller may know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    used_by: Vec<UsageBody>,
    /// The version the record has now, if the change was made for another.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64)]
    current_version: Option<i64>,
}

/// A record that uses another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Usage)]
pub(crate) struct UsageBody {
    /// The id of the record.
    id: String,
    /// In what role it uses the other.
    role: String,
}

impl From<Usage> for UsageBody {
    fn from(usage: Usage) -> Self {
        Self {
            id: usage.id,
            role: usage.role,
        }
    }
}

impl Problem {
    fn of(code: &'static str, detail: impl Into<String>) -> Self {
        let known = KINDS.iter().find(|(_, known, ..)| *known == code);
        let (status, title) = known.map_or(
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong inside",
            ),
            |(status, _, title, _)| (*status, *title),
        );
        let body = ProblemBody {
            kind: format!("{PROBLEMS_PATH}{}", slug(code)),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            instance: None,
            code,
            errors: Vec::new(),
            used_by: Vec::new(),
            current_version: None,
        };
        Self {
            body: Box::new(body),
            headers: Vec::new(),
        }
    }

    /// The problem that a bare status stands for, as layers and extractors answer it.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let known = KINDS.iter().find(|(known, ..)| *known == status);
        let (code, explanation) = match known {
            Some((_, code, _, explanation)) => (*code, *explanation),
            None if status == StatusCode::UNPROCESSABLE_ENTITY => {
                ("VALIDATION", "The request is not valid.")
            }
            None if status.is_client_error() => ("VALIDATION", "The request cannot be read."),
            None => ("INTERNAL", "Something went wrong inside."),
        };
        let mut problem = Self::of(code, explanation);
        problem.body.status = status.as_u16();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return problem.with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        problem
    }

    /// Some parameters are wrong.
    pub(crate) fn validation(errors: Vec<FieldProblem>) -> Self {
        let mut problem = Self::of("VALIDATION", described(&errors));
        problem.body.errors = errors;
        problem
    }

    /// A body that can be read, but not be done.
    pub(crate) fn unprocessable(errors: Vec<FieldProblem>) -> Self {
        let mut problem = Self::validation(errors);
        problem.body.status = StatusCode::UNPROCESSABLE_ENTITY.as_u16();
        problem
    }

    /// What goes wrong with a change: what is wrong with its fields stands in the body.
    pub(crate) fn of_change(error: domain::Error) -> Self {
        if let domain::Error::Invalid(fields) = error {
            let in_body = |wrong: FieldError| {
                FieldProblem::body(&wrong.field, FieldProblem::INVALID, wrong.message)
            };
            return Self::unprocessable(fields.into_iter().map(in_body).collect());
        }
        let mut problem = Self::from(error);
        for wrong in &mut problem.body.errors {
            wrong.pointer = wrong.parameter.take().map(|place| pointer(&place));
        }
        problem
    }

    /// The same where what is changed stands in the query.
    pub(crate) fn of_change_in_query(error: domain::Error) -> Self {
        if let domain::Error::Invalid(fields) = error {
            return Self::unprocessable(fields.into_iter().map(FieldProblem::from).collect());
        }
        error.into()
    }

    /// The problem of one operation of a batch: what is wrong with it stands at its place in the body.
    pub(crate) fn of_operation(mut self, index: usize) -> Self {
        let place = format!("/operations/{index}");
        if self.body.errors.is_empty() {
            let message = std::mem::take(&mut self.body.detail);
            let mut whole = FieldProblem::body("", FieldProblem::INVALID, message.clone());
            whole.pointer = Some(place.clone());
            self.body.errors.push(whole);
            self.body.detail = format!("{place}: {message}");
            return self;
        }
        for wrong in &mut self.body.errors {
            let below = match (wrong.header.take(), wrong.parameter.take()) {
                (Some(_), _) => "/ifMatch".to_owned(),
                (None, Some(name)) => {
                    wrong.message = format!("{name}: {}", wrong.message);
                    "/path".to_owned()
                }
                (None, None) => format!("/body{}", wrong.pointer.as_deref().unwrap_or_default()),
            };
            wrong.pointer = Some(format!("{place}{below}"));
        }
        self.body.detail = described(&self.body.errors);
        self
    }

    /// What is said of it, as a part of another answer.
    pub(crate) fn into_body(self) -> ProblemBody {
        *self.body
    }

    /// A body in a form that is not read here.
    pub(crate) fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::of("UNSUPPORTED_MEDIA_TYPE", detail)
    }

    /// A change that does not say for which version it is meant.
    pub(crate) fn precondition_required() -> Self {
        Self::of(
            "PRECONDITION_REQUIRED",
            "send the `ETag` of the record as `If-Match`",
        )
    }

    /// Absent or hidden: the two are never told apart.
    pub(crate) fn not_found(what: impl std::fmt::Display) -> Self {
        Self::of("NOT_FOUND", format!("{what} was not found"))
    }

    /// Nothing can be where the caller looked, and why.
    pub(crate) fn nothing_there(detail: impl Into<String>) -> Self {
        Self::of("NOT_FOUND", detail)
    }

    /// Something that was here and will not come back.
    pub(crate) fn gone(detail: impl Into<String>) -> Self {
        Self::of("GONE", detail)
    }

    /// Bytes that are not there, of so many.
    pub(crate) fn range_not_satisfiable(size: u64) -> Self {
        let problem = Self::of("RANGE_NOT_SATISFIABLE", format!("there are {size} bytes"));
        problem.with_header(header::CONTENT_RANGE, &format!("bytes */{size}"))
    }

    /// Credentials that are no good, and what would be.
    pub(crate) fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::of("UNAUTHENTICATED", detail)
            .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"colophon\"")
    }

    /// The token of the request is no good (RFC 6750, section 3.1).
    pub(crate) fn bad_token(detail: impl Into<String>) -> Self {
        Self::of("UNAUTHENTICATED", detail).with_header(
            header::WWW_AUTHENTICATE,
            "Bearer realm=\"colophon\", error=\"invalid_token\"",
        )
    }

    /// The status it is answered with.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.body.code
    }

    /// What is wrong this time.
    pub(crate) fn detail(&self) -> &str {
        &self.body.detail
    }

    /// The headers that belong to it.
    pub(crate) fn headers(&self) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        self.headers.iter()
    }

    /// What is wrong with the single parameters.
    #[cfg(test)]
    pub(crate) fn errors(&self) -> &[FieldProblem] {
        &self.body.errors
    }

    fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    fn render(&self, headers: &mut HeaderMap) -> axum::body::Body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.remove(header::CONTENT_LENGTH);
        // It may replace an answer that had been compressed on its way out.
        headers.remove(header::CONTENT_ENCODING);
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        match serde_json::to_vec(&*self.body) {
            Ok(bytes) => bytes.into(),
            Err(error) => {
                tracing::error!(%error, "a problem document could not be written");
                axum::body::Body::empty()
            }
        }
    }
}

impl From<domain::Error> for Problem {
    fn from(error: domain::Error) -> Self {
        use domain::Error;
        let (code, detail) = (error.code(), error.to_string());
        match error {
            Error::NotFound(_) | Error::Forbidden(_) | Error::LimitExceeded(_) => {
                Self::of(code, detail)
            }
            Error::Unauthenticated(_) => Self::unauthenticated(detail),
            Error::Invalid(fields) => {
                Self::validation(fields.into_iter().map(FieldProblem::from).collect())
            }
            Error::Conflict { field, used_by, .. } => {
                let mut problem = Self::of(code, detail.clone());
                problem
                    .body
                    .errors
                    .extend(field.map(|field| FieldProblem::from(FieldError::new(field, detail))));
                problem.body.used_by = used_by.into_iter().map(UsageBody::from).collect();
                problem
            }
            // Over REST a change names its version in `If-Match`, and nowhere else.
            Error::Stale { current } => {
                let mut problem = Self::of("PRECONDITION_FAILED", detail);
                problem.body.current_version = Some(current);
                problem
            }
            Error::RateLimited {
                retry_after_seconds,
            } => Self::of(code, detail)
                .with_header(header::RETRY_AFTER, &retry_after_seconds.to_string()),
            Error::Unavailable { source, .. } => {
                if let Some(source) = source {
                    tracing::warn!(error = %chain(&*source), "the service could not answer");
                }
                Self::of(code, detail).with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
            }
            Error::Internal(source) => {
                tracing::error!(error = %chain(&*source), "an internal error happened");
                Self::of(code, detail)
            }
        }
    }
}

/// An error with all its causes, for the log.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(axum::body::Body::empty());
        *response.status_mut() = self.status();
        *response.body_mut() = self.render(response.headers_mut());
        // The layer below writes it again, with the id of the request.
        response.extensions_mut().insert(self);
        response
    }
}

/// A layer for the whole service: gives problem documents the id of their request, and turns the
/// bare error answers of layers and extractors (405, 413, …) into problem documents. Answers that
/// speak JSON themselves, such as those of GraphQL, stay as they are.
pub(crate) async fn problems(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let mut problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_bare(response.headers()) => Problem::of_status(status),
        None => return response,
    };
    problem.body.instance = id.as_ref().and_then(requests::reference);
    let body = problem.render(response.headers_mut());
    *response.body_mut() = body;
    response
}

/// Whether an answer says no more than its status.
fn is_bare(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_none_or(|value| value.as_bytes().starts_with(b"text/plain"))
}

#[cfg(test)]
mod tests;
