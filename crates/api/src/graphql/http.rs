//! GraphQL over HTTP, after the working draft of that name.
//!
//! [`answer`] turns one HTTP request into one [`Answer`]: it negotiates the media
//! type, reads the parameters, checks the document against [`Limits`], parses it
//! once, and hands it to the closure that executes it.

use std::future::Future;
use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{
    ObjectType, Pos, SchemaBuilder, ServerError, SubscriptionType, Value, Variables,
};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;

use super::limits::{self, Cost, Limits, Violation};
use crate::error::Problem;

mod media;
mod parameters;
mod persisted;
mod price;
mod response;
#[cfg(test)]
mod tests;
mod trusted;

pub use media::MediaType;
use parameters::{Parameters, missing};
pub use persisted::PersistedQueries;
use response::{cost_value, judge, serialise, set_code, tidy};
pub use trusted::TrustedDocuments;

/// The header by which a client asks for `extensions.cost`.
pub const COST_HEADER: HeaderName = HeaderName::from_static("colophon-cost");

/// How GraphQL is served.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpOptions {
    /// What documents may ask for.
    pub limits: Limits,
    /// Length of a request body in bytes. Default 2 097 152.
    pub max_body_bytes: usize,
    /// Room for the documents clients may name by their hash, in bytes; 0 switches
    /// persisted queries off. Default 4 194 304.
    pub max_persisted_bytes: usize,
    /// Documents clients may name by an id. Default none.
    #[serde(skip)]
    pub trusted: Arc<TrustedDocuments>,
    /// Errors in one answer; a last one says how many were left out. Default 50.
    pub max_errors: usize,
    /// Whether a client may ask for `extensions.cost`. Default true.
    pub expose_cost: bool,
    /// Whether `__schema` and `__type` are answered and errors suggest names.
    /// Default true. See [`hide_schema`] for the schema's half of it.
    pub introspection: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            max_body_bytes: 2_097_152,
            max_persisted_bytes: 4_194_304,
            trusted: Arc::default(),
            max_errors: 50,
            expose_cost: true,
            introspection: true,
        }
    }
}

/// Switches introspection and name suggestions off together: either tells a
/// stranger what the schema holds.
pub fn hide_schema<Q, M, S>(builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    builder.disable_introspection().disable_suggestions()
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not executed, or failed before its first field.
    Refused,
    /// It was executed, with errors.
    Partial,
    /// It was executed, without errors. Only this one is worth an `ETag`.
    Complete,
}

/// A finished answer, of which the caller may still change the headers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers, `Content-Type` and `Vary` among them.
    pub headers: HeaderMap,
    /// The whole body, for HEAD too, so that an `ETag` can be made from it.
    pub body: Bytes,
    /// How the request ended.
    pub outcome: Outcome,
    /// What the document asks for, if it was read.
    pub cost: Option<Cost>,
    /// Whether the request was a HEAD, which is answered without the body.
    pub head: bool,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut headers = self.headers;
        let body = if self.head {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(self.body.len()));
            Body::empty()
        } else {
            Body::from(self.body)
        };
        (self.status, headers, body).into_response()
    }
}

/// A request that is not executed.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    errors: Vec<ServerError>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let mut error = ServerError::new(message, None);
        set_code(&mut error, code);
        Self {
            status,
            errors: vec![error],
            headers: Vec::new(),
        }
    }

    /// A problem that has nothing to do with GraphQL.
    fn problem(problem: &Problem) -> Self {
        Self {
            headers: problem.headers().cloned().collect(),
            ..Self::new(problem.status(), problem.code(), problem.detail())
        }
    }

    /// Not a well-formed request, whatever the client accepts.
    fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION", message)
    }

    /// A well-formed request with a document that cannot be executed.
    fn invalid(media: MediaType, errors: Vec<ServerError>) -> Self {
        Self {
            status: media.invalid_status(),
            errors,
            headers: Vec::new(),
        }
    }

    fn limit(media: MediaType, violation: &Violation) -> Self {
        let position = violation.position.map(|position| Pos {
            line: position.line,
            column: position.column,
        });
        let mut error = ServerError::new(violation.to_string(), position);
        set_code(&mut error, violation.code());
        Self::invalid(media, vec![error])
    }

    fn method(message: &str, allow: &'static str) -> Self {
        let allow = (header::ALLOW, HeaderValue::from_static(allow));
        Self {
            headers: vec![allow],
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "VALIDATION", message)
        }
    }
}

/// Answers one request.
///
/// `execute` is called at most once, with a request whose document is parsed and
/// within the limits; it adds the data of the session and runs the schema.
pub async fn answer<F, Fut>(
    request: axum::extract::Request,
    options: &HttpOptions,
    persisted: &PersistedQueries,
    execute: F,
) -> Answer
where
    F: FnOnce(async_graphql::Request) -> Fut,
    Fut: Future<Output = async_graphql::Response>,
{
    let (parts, body) = request.into_parts();
    let head = parts.method == Method::HEAD;
    // An error has to be written in some type even if none is acceptable.
    let negotiated = MediaType::negotiate(&parts.headers);
    let media = negotiated.unwrap_or(MediaType::Json);
    let read = match (method_allowed(&parts.method), negotiated) {
        (Err(refusal), _) => Err(refusal),
        (Ok(()), None) => Err(Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            "VALIDATION",
            "Accept must allow application/graphql-response+json or application/json.",
        )),
        (Ok(()), Some(_)) => read(&parts, body, options).await,
    };
    let mut cost = None;
    let prepared = read.and_then(|mut parameters| {
        let new = if options.trusted.resolve(&mut parameters, media)? {
            None
        } else {
            persisted.resolve(&mut parameters, media)?
        };
        let mut request = prepare(parameters, &parts.method, media, options, &mut cost)?;
        price::admit(&parts, cost.as_ref(), &mut request)?;
        Ok((request, new))
    });
    let (status, more, outcome, mut response) = match prepared {
        Ok((request, new)) => {
            if let Some(new) = new {
                persisted.keep(&new, &request.query);
            }
            let response = execute(request).await;
            let (status, outcome) = judge(&response, media);
            (status, Vec::new(), outcome, response)
        }
        Err(refusal) => (
            refusal.status,
            refusal.headers,
            Outcome::Refused,
            async_graphql::Response::from_errors(refusal.errors),
        ),
    };
    let wants_cost = options.expose_cost
        && parts
            .headers
            .get(COST_HEADER)
            .is_some_and(|value| value.as_bytes() == b"1");
    if let Some(cost) = cost.filter(|_| wants_cost) {
        response
            .extensions
            .insert("cost".to_owned(), cost_value(&cost));
    }
    tidy(&mut response.errors, options);
    let mut headers = std::mem::take(&mut response.http_headers);
    headers.insert(header::CONTENT_TYPE, media.content_type());
    let vary = if options.expose_cost {
        "accept, colophon-cost"
    } else {
        "accept"
    };
    headers.append(header::VARY, HeaderValue::from_static(vary));
    headers.extend(more);
    Answer {
        status,
        headers,
        body: serialise(&response, outcome),
        outcome,
        cost,
        head,
    }
}

/// Answers a request that is refused before it is read, in the form of GraphQL over HTTP.
pub(crate) fn refuse(
    request: &axum::extract::Request,
    options: &HttpOptions,
    problem: &Problem,
) -> Answer {
    let media = MediaType::negotiate(request.headers()).unwrap_or(MediaType::Json);
    let refusal = Refusal::problem(problem);
    let mut response = async_graphql::Response::from_errors(refusal.errors);
    tidy(&mut response.errors, options);
    let mut headers: HeaderMap = refusal.headers.into_iter().collect();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    Answer {
        status: refusal.status,
        headers,
        body: serialise(&response, Outcome::Refused),
        outcome: Outcome::Refused,
        cost: None,
        head: *request.method() == Method::HEAD,
    }
}

fn method_allowed(method: &Method) -> Result<(), Refusal> {
    if *method == Method::GET || *method == Method::HEAD || *method == Method::POST {
        return Ok(());
    }
    Err(Refusal::method("Use GET or POST.", "GET, POST"))
}

/// Reads the parameters from where the method puts them.
async fn read(parts: &Parts, body: Body, options: &HttpOptions) -> Result<Parameters, Refusal> {
    if parts.method != Method::POST {
        return Parameters::from_query(parts.uri.query().unwrap_or_default());
    }
    if !media::is_json(&parts.headers) {
        // Forms and plain text need no preflight from a browser, so a stranger's
        // page could send them with the reader's cookies.
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "VALIDATION",
            "Content-Type must be application/json, in UTF-8.",
        ));
    }
    if !media::is_plain(&parts.headers) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "VALIDATION",
            "Content-Encoding is not supported: send the body as it is.",
        ));
    }
    let announced = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > options.max_body_bytes) {
        return Err(too_large(options));
    }
    let body = Limited::new(body, options.max_body_bytes)
        .collect()
        .await
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                too_large(options)
            } else {
                Refusal::malformed("The body could not be read to its end.")
            }
        })?
        .to_bytes();
    Parameters::from_json(&body)
}

fn too_large(options: &HttpOptions) -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "LIMIT_EXCEEDED",
        format!(
            "The body has more than the {} bytes allowed.",
            options.max_body_bytes
        ),
    )
}

/// Checks and parses the document.
fn prepare(
    parameters: Parameters,
    method: &Method,
    media: MediaType,
    options: &HttpOptions,
    measured: &mut Option<Cost>,
) -> Result<async_graphql::Request, Refusal> {
    let query = parameters.query.ok_or_else(missing)?;
    let name = parameters.operation_name.as_deref();
    let cost = limits::check(&query, name, &parameters.variables, &options.limits)
        .map_err(|violation| Refusal::limit(media, &violation))?;
    *measured = Some(cost);
    let document = parse_query(&query)
        .map_err(|error| Refusal::invalid(media, vec![ServerError::from(error)]))?;
    if !cost.understood {
        // The library's parser is laxer than the specification. What only it can
        // read has not been costed.
        return Err(Refusal::invalid(
            media,
            vec![ServerError::new("The document is not GraphQL.", None)],
        ));
    }
    if !options.introspection && cost.introspection_fields > 0 {
        return Err(Refusal::new(
            media.invalid_status(),
            "FORBIDDEN",
            "Introspection is switched off.",
        ));
    }
    if let Some(operation) = operation(&document, name) {
        if *method != Method::POST && operation.ty == OperationType::Mutation {
            return Err(Refusal::method("Mutations need POST.", "POST"));
        }
        let missing = missing_variables(operation, &parameters.variables);
        if !missing.is_empty() {
            return Err(Refusal::invalid(media, missing));
        }
    }
    let mut request = async_graphql::Request::new(query).variables(parameters.variables);
    request.operation_name = parameters.operation_name;
    request.extensions = parameters.extensions;
    request.set_parsed_query(document);
    if !options.introspection {
        request = request.disable_introspection();
    }
    Ok(request)
}

/// The operation the library will run, by its own rules.
fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| &operation.node)
        }
        (DocumentOperations::Multiple(operations), None) => operations
            .values()
            .next()
            .filter(|_| operations.len() == 1)
            .map(|operation| &operation.node),
    }
}

/// Errors for required variables without a value. The library would notice only
/// while it executes, and answer as if the document had been right.
fn missing_variables(operation: &OperationDefinition, variables: &Variables) -> Vec<ServerError> {
    operation
        .variable_definitions
        .iter()
        .filter_map(|definition| {
            let name = &definition.node.name.node;
            let wanted = &definition.node.var_type.node;
            let problem = match variables.get(name) {
                _ if wanted.nullable => return None,
                None if definition.node.default_value.is_some() => return None,
                None => "was not provided",
                Some(Value::Null) => "must not be null",
                Some(_) => return None,
            };
            Some(ServerError::new(
                format!("Variable \"${name}\" of required type \"{wanted}\" {problem}."),
                Some(definition.pos),
            ))
        })
        .collect()
}
