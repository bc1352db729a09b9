//! What every change gets from its request, and how it is answered.

use std::sync::Arc;

use application::{ActorContext, App, OnUse};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{
    access::Actor,
    editions::EditionSet,
    id::{Id, IdKind},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{
    BASE_PATH,
    field::{Body, Collected, Words, in_words, parse},
    parameters::{Declared, Groups, Kind, Parameter, Record},
    query::Query,
    request::Read,
};
use crate::{
    auth::PREVIEW,
    error::{FieldProblem, Problem},
    idempotency::{self, Slot},
    rate_limits::CHANGE,
};

/// The name of the header that says for which version a change is meant.
pub(super) const IF_MATCH: &str = "If-Match";
/// The form a body has.
pub(super) const JSON: &str = "application/json";
/// The form a table has (RFC 4180).
const CSV: &str = "text/csv";
/// The form a body of changes has besides (RFC 7396).
pub(super) const MERGE_PATCH: &str = "application/merge-patch+json";

/// A request to change something. Its caller is signed in.
pub(super) struct Write {
    /// The same request as one to read: what was changed is answered as a read answers it.
    pub(super) read: Read,
    method: Method,
    body: Bytes,
}

/// What a change answers.
pub(super) type WriteAnswer = Result<Response, Refusal>;

/// Why a change was refused.
#[derive(Debug)]
pub(super) struct Refusal(Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<domain::Error> for Refusal {
    fn from(error: domain::Error) -> Self {
        Self(Problem::of_change(error))
    }
}

impl Refusal {
    /// The error of a use case, with its fields in the words of bodies.
    pub(super) fn in_words(error: domain::Error, words: Words) -> Self {
        error.with_fields(|field| in_words(field, words)).into()
    }

    /// What is said of it.
    pub(super) fn into_problem(self) -> Problem {
        self.0
    }

    /// The error of a use case whose input stands in the query.
    pub(super) fn of_query(error: domain::Error) -> Self {
        Self(Problem::of_change_in_query(error))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// A request that whoever sends it sends as a reader: to sign in, what one was signed in with before
/// does not matter.
pub(super) struct OpenWrite(pub(super) Write);

impl FromRequest<Arc<App>> for OpenWrite {
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &Arc<App>) -> Result<Self, Problem> {
        request.headers_mut().remove(header::AUTHORIZATION);
        request.headers_mut().remove(PREVIEW);
        Write::read(request, state, |_anybody| Ok(()))
            .await
            .map(Self)
    }
}

/// A request of anybody, as whoever they are.
pub(super) struct AnyWrite(pub(super) Write);

impl FromRequest<Arc<App>> for AnyWrite {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Arc<App>) -> Result<Self, Problem> {
        Write::read(request, state, |_anybody| Ok(()))
            .await
            .map(Self)
    }
}

impl FromRequest<Arc<App>> for Write {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Arc<App>) -> Result<Self, Problem> {
        Self::read(request, state, |actor| match actor {
            Actor::Anonymous | Actor::Link(_) => {
                Err(Problem::unauthenticated("sign in to do this"))
            }
            Actor::User { .. } | Actor::ApiKey { .. } | Actor::System(_) => Ok(()),
        })
        .await
    }
}

impl Write {
    /// Reads a request whose caller is admitted.
    async fn read(
        request: Request,
        state: &Arc<App>,
        admit: impl Fn(&Actor) -> Result<(), Problem> + Send,
    ) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let method = parts.method.clone();
        let mut read = Read::from_request_parts(&mut parts, state).await?;
        // Before the body is read: strangers need not be listened to.
        admit(read.cx.actor())?;
        read.spend(CHANGE)?;
        // What is answered is new, whatever the caller has.
        read.headers.remove(header::IF_NONE_MATCH);
        let slot = parts.extensions.get::<Slot>().cloned();
        let body = Bytes::from_request(Request::from_parts(parts, body), state)
            .await
            .map_err(|unread| Problem::of_status(unread.status()))?;
        let mut write = Self { read, method, body };
        if let Some(slot) = slot {
            write.read.cx = write.claim(&slot).await?;
        }
        Ok(write)
    }

    /// Claims the idempotency key of the request. Answers who carries it out.
    async fn claim(&self, slot: &Slot) -> Result<ActorContext, Problem> {
        let wrong =
            |message| Problem::validation(vec![FieldProblem::header(idempotency::KEY, message)]);
        slot.key().map_err(|key| wrong(key.message))?;
        if idempotency::is_secret_path(self.read.path()) {
            return Err(wrong(idempotency::NOT_HERE.to_owned()));
        }
        let header = |name| {
            let value = self.read.headers.get(name);
            value.map(HeaderValue::as_bytes).unwrap_or_default()
        };
        let parts = [
            self.method.as_str().as_bytes(),
            self.read.path_and_query().as_bytes(),
            header(header::CONTENT_TYPE),
            header(header::IF_MATCH),
            &self.body,
        ];
        Ok(slot.claim(&self.read.cx, &parts).await?)
    }

    /// The id in the path.
    pub(super) fn id<K: IdKind>(&self) -> Result<Id<K>, Problem> {
        self.read.id()
    }

    /// The checked query of an operation.
    pub(super) fn query<T: Declared>(&self) -> Result<Query<'_>, Problem> {
        self.read.query::<T>()
    }

    /// The version the change is meant for.
    pub(super) fn version(&self) -> Result<i64, Problem> {
        version(&self.read.headers)
    }

    /// The command in the body. `check` finds what is wrong with a command whatever it is for;
    /// `words` are those of its fields that bodies call otherwise.
    pub(super) fn body<T: Body>(
        &self,
        editions: &EditionSet,
        words: Words,
        check: impl FnOnce(&T::Command) -> Vec<domain::FieldError>,
    ) -> Result<T::Command, Problem> {
        media_type(&self.method, &self.read.headers)?;
        command::<T>(&self.body, editions, words, check)
    }

    /// The CSV text in the body.
    pub(super) fn csv(&self) -> Result<&[u8], Problem> {
        let accepted = "send the body as text/csv, in UTF-8, without a content coding";
        is_of_type(&self.read.headers, &[CSV], accepted)?;
        Ok(&self.body)
    }

    /// The command in the body, where there may be none: then nothing is said.
    pub(super) fn optional_body<T: Body + Default>(
        &self,
        editions: &EditionSet,
    ) -> Result<T::Command, Problem> {
        if self.body.is_empty() || *self.body == *b"null" {
            let mut wrong = Collected::default();
            let command = T::default().read(editions, &mut wrong);
            return wrong.finish(command);
        }
        self.body::<T>(editions, &[], |_command| Vec::new())
    }

    /// Answers with a record that was made, as a read of it was answered.
    pub(super) fn created(
        &self,
        list: &str,
        id: impl std::fmt::Display,
        read: Response,
    ) -> Response {
        let mut response = fresh(read);
        *response.status_mut() = StatusCode::CREATED;
        let location = format!("{}{BASE_PATH}/{list}/{id}", self.read.cx.public_url());
        if let Ok(location) = HeaderValue::try_from(location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// The command in a body.
pub(super) fn command<T: Body>(
    body: &[u8],
    editions: &EditionSet,
    words: Words,
    check: impl FnOnce(&T::Command) -> Vec<domain::FieldError>,
) -> Result<T::Command, Problem> {
    let mut wrong = Collected::default();
    let command = parse::<T>(body)?.read(editions, &mut wrong);
    wrong.extend(check(&command), words);
    wrong.finish(command)
}

/// Answers with a record that was changed, as a read of it was answered.
pub(super) fn changed(read: Response) -> Response {
    fresh(read)
}

/// Answers that a record is gone.
pub(super) fn deleted() -> Response {
    fresh(StatusCode::NO_CONTENT.into_response())
}

/// The answer to a change is for its caller alone.
fn fresh(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.remove("surrogate-key");
    response
}

/// Reads `If-Match`: one strong entity tag, of which the version alone counts.
fn version(headers: &HeaderMap) -> Result<i64, Problem> {
    let wrong = || {
        Problem::validation(vec![FieldProblem::header(
            IF_MATCH,
            "must be one strong `ETag` of the record, such as \"3-5f2b…\", or its version in quotation marks",
        )])
    };
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let value = values.next().ok_or_else(Problem::precondition_required)?;
    if values.next().is_some() {
        return Err(wrong());
    }
    let tag = value.to_str().ok().map(str::trim);
    let tag = tag.and_then(|tag| tag.strip_prefix('"')?.strip_suffix('"'));
    tag.and_then(version_of_tag).ok_or_else(wrong)
}

/// The version in what stands between the quotation marks of an entity tag.
pub(super) fn version_of_tag(tag: &str) -> Option<i64> {
    if tag.contains(['"', ' ', ',']) {
        return None;
    }
    let number = tag.split_once('-').map_or(tag, |(number, _)| number);
    let is_plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse().ok().filter(|_| is_plain)
}

/// Checks the form of a body.
fn media_type(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if *method == Method::PATCH {
        let accepted = "send the body as application/merge-patch+json or application/json, in UTF-8, without a content coding";
        return is_of_type(headers, &[MERGE_PATCH, JSON], accepted);
    }
    let accepted = "send the body as application/json, in UTF-8, without a content coding";
    is_of_type(headers, &[JSON], accepted)
}

/// Refuses a body that has none of these types, or is coded.
fn is_of_type(headers: &HeaderMap, known: &[&str], accepted: &str) -> Result<(), Problem> {
    let refused = || Problem::unsupported_media_type(accepted);
    let is_coded = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(given), None, false) = (types.next(), types.next(), is_coded) else {
        return Err(refused());
    };
    let given = given.to_str().map_err(|_binary| refused())?;
    let (kind, parameters) = given.split_once(';').unwrap_or((given, ""));
    let is_known = known
        .iter()
        .any(|known| kind.trim().eq_ignore_ascii_case(known));
    let is_utf8 = parameters.split(';').map(str::trim).all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.eq_ignore_ascii_case("charset")
            || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    if is_known && is_utf8 {
        Ok(())
    } else {
        Err(refused())
    }
}

/// What becomes of those that use a record that is deleted.
pub(super) const ON_USE: &[Parameter] = &[Parameter::optional(
    "onUse",
    Kind::Word(&["refuse", "detach"]),
    "What becomes of those that use the record: `refuse` deletes nothing and names them, as if the parameter were absent; with `detach` they lose it.",
)];

/// Deletes one record of a type that others may use.
pub(super) struct DeleteById<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for DeleteById<T> {
    const PARAMETERS: Groups = &[
        &[
            T::ID,
            Parameter::optional(
                "replaceWith",
                Kind::Id(T::PREFIX),
                "The id of another of its kind, which those that use it get instead. Not together with `onUse=detach`.",
            ),
        ],
        ON_USE,
    ];
}

/// Makes one record of a type that all editions share.
pub(super) struct Create<T>(std::marker::PhantomData<T>);
impl<T: Record> Declared for Create<T> {
    const PARAMETERS: Groups = &[&[super::parameters::TEXTS_OF], T::SELECTION];
}

/// What the query says should become of those that use a record.
pub(super) fn on_use<K: IdKind>(query: &Query<'_>) -> Result<OnUse, Problem> {
    match (query.text("onUse"), query.id::<K>("replaceWith")) {
        (Some("detach"), None) => Ok(OnUse::Detach),
        (Some("detach"), Some(_)) => Err(Problem::validation(vec![FieldProblem::parameter(
            "replaceWith",
            FieldProblem::INVALID,
            "cannot stand beside `onUse=detach`",
        )])),
        (_, Some(other)) => Ok(OnUse::ReplaceWith(other.uuid())),
        (_, None) => Ok(OnUse::Refuse),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &http::HeaderName, values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_change_names_one_version() {
        let of = |values: &[&'static str]| version(&headers(&header::IF_MATCH, values));
        for good in ["\"12-0a1b\"", "\"12\"", " \"12-0a1b-gzip\" "] {
            assert_eq!(of(&[good]), Ok(12), "{good}");
        }
        assert_eq!(of(&[]).unwrap_err().status(), 428);
        for bad in [
            &["*"][..],
            &["W/\"12-0a1b\""],
            &["12"],
            &["\"\""],
            &["\"-5\""],
            &["\"+5\""],
            &["\"0a1b\""],
            &["\"12-a\", \"13-b\""],
            &["\"12-a\"", "\"13-b\""],
            &["\"99999999999999999999\""],
        ] {
            assert_eq!(of(bad).unwrap_err().status(), 400, "{bad:?}");
        }
    }

    #[test]
    fn a_body_is_json_as_it_is() {
        let of = |method: Method, values: &[&'static str]| {
            media_type(&method, &headers(&header::CONTENT_TYPE, values)).is_ok()
        };
        assert!(of(Method::POST, &["application/json"]));
        assert!(of(Method::POST, &["Application/JSON; charset=\"UTF-8\""]));
        assert!(of(Method::PATCH, &["application/merge-patch+json"]));
        for bad in [
            &[][..],
            &["text/plain"],
            &["application/merge-patch+json"],
            &["application/json; charset=latin1"],
            &["application/json", "application/json"],
        ] {
            assert!(!of(Method::POST, bad), "{bad:?}");
        }
        let mut coded = headers(&header::CONTENT_TYPE, &["application/json"]);
        coded.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(media_type(&Method::POST, &coded).is_err());
    }
}
