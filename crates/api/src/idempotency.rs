//! The header `Idempotency-Key`: a change that is sent again is answered again, not made again.
//!
//! The layer around both faces only lays out a [`Slot`] and keeps or replaces answers. Who calls, and
//! what the request says, is known further inside: the faces claim the key there.

use std::sync::{Arc, Mutex, PoisonError};

use application::{
    ActorContext,
    idempotency::{self, Claim, Claimed, Fate},
};
use axum::{
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    Error, FieldError,
    idempotency::{IdempotencyKey, KeptAnswer},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use sha2::{Digest as _, Sha256};

use crate::error::{FieldProblem, Problem};

/// The name of the header.
pub(crate) const KEY: &str = "Idempotency-Key";
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The largest answer that is kept, in bytes.
const MAX_KEPT_BYTES: usize = 1_048_576;
/// The headers that are kept with an answer.
const KEPT_HEADERS: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::LOCATION,
    header::ETAG,
    header::LAST_MODIFIED,
    header::CACHE_CONTROL,
];

/// The operations of REST whose answers hold secrets: a kept answer would be a kept secret.
const SECRET_PATHS: &[&str] = &[
    "/api/v1/api-keys",
    "/api/v1/auth/login",
    "/api/v1/auth/password",
    "/api/v1/auth/refresh",
    "/api/v1/auth/setup",
    "/api/v1/previews",
];

/// The mutations whose answers hold secrets.
const SECRET_MUTATIONS: &[&str] = &[
    "changePassword",
    "createApiKey",
    "createPreviewToken",
    "login",
    "refreshSession",
    "setUp",
];

/// Whether an operation of REST answers secrets.
pub(crate) fn is_secret_path(path: &str) -> bool {
    SECRET_PATHS.contains(&path)
}

/// Whether a mutation answers secrets.
pub(crate) fn is_secret_mutation(name: &str) -> bool {
    SECRET_MUTATIONS.contains(&name)
}

/// What is wrong with a key beside a request that answers secrets.
pub(crate) const NOT_HERE: &str =
    "cannot be sent with this: its answer holds a secret, which is not kept";

/// A request with a key, on its way through a face.
#[derive(Clone)]
pub(crate) struct Slot(Arc<Inner>);

struct Inner {
    key: domain::Result<IdempotencyKey, FieldError>,
    state: Mutex<State>,
}

/// What became of the request so far.
#[derive(Default)]
enum State {
    /// No face has claimed the key.
    #[default]
    Open,
    /// It is carried out.
    Claimed(Arc<Claim>),
    /// It was answered before.
    Done(KeptAnswer),
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slot")
    }
}

/// Why a request with a key is not carried out.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The caller is told what is wrong with the key.
    Key(FieldError),
    /// The caller is told something else.
    Other(Error),
    /// It was carried out before: the layer answers.
    Done,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error.fields() {
            [field] => Self::Key(field.clone()),
            _ => Self::Other(error),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Key(FieldError { message, .. }) => {
                Self::unprocessable(vec![FieldProblem::header(KEY, message)])
            }
            Refused::Other(error) => error.into(),
            Refused::Done => Self::of_status(StatusCode::CONFLICT),
        }
    }
}

impl Slot {
    /// The key, unless something is wrong with it.
    pub(crate) fn key(&self) -> Result<&IdempotencyKey, FieldError> {
        self.0.key.as_ref().map_err(FieldError::clone)
    }

    /// Claims the key for a request, which is told from others by its parts. Answers who carries it
    /// out.
    pub(crate) async fn claim(
        &self,
        cx: &ActorContext,
        parts: &[&[u8]],
    ) -> Result<ActorContext, Refused> {
        let key = self.key().map_err(Refused::Key)?.clone();
        let claimed = idempotency::claim(cx, key, fingerprint(parts)).await?;
        let (state, answer) = match claimed {
            Claimed::New(claim) => {
                let cx = claim.cx().clone();
                (State::Claimed(Arc::new(claim)), Ok(cx))
            }
            Claimed::Done(answer) => (State::Done(answer), Err(Refused::Done)),
        };
        self.set(state);
        answer
    }

    /// After the request: whether another process had carried it out. The layer answers then, or the
    /// error says why it does not.
    pub(crate) async fn settle(&self) -> Result<(), Refused> {
        let claim = match &*self.state() {
            State::Claimed(claim) => Arc::clone(claim),
            State::Open | State::Done(_) => return Ok(()),
        };
        match claim.fate() {
            Fate::Nothing | Fate::Done => Ok(()),
            Fate::BusyElsewhere => Err(Refused::Other(idempotency::busy())),
            Fate::DoneElsewhere => match claim.done().await? {
                // Forgotten in between.
                None => Err(Refused::Other(idempotency::busy())),
                Some(answer) => {
                    self.set(State::Done(answer));
                    Err(Refused::Done)
                }
            },
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state() = state;
    }
}

/// Answers a change that was made before as it was answered then, and keeps the answers of those that
/// are made now.
pub(crate) async fn once(mut request: Request, next: Next) -> Response {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return next.run(request).await;
    }
    let Some(key) = key_of(request.headers()) else {
        return next.run(request).await;
    };
    let slot = Slot(Arc::new(Inner {
        key,
        state: Mutex::default(),
    }));
    request.extensions_mut().insert(slot.clone());
    let response = next.run(request).await;
    let state = std::mem::take(&mut *slot.state());
    match state {
        State::Open => response,
        State::Done(answer) => replayed(&answer),
        State::Claimed(claim) => kept(&claim, response).await,
    }
}

/// The key a request has.
fn key_of(headers: &HeaderMap) -> Option<Result<IdempotencyKey, FieldError>> {
    let mut given = headers.get_all(KEY).iter();
    let first = given.next()?;
    let text = match given.next() {
        None => first.to_str().unwrap_or_default(),
        Some(_) => "",
    };
    Some(text.parse().map_err(|error: Error| {
        let wrong = error.fields().first().cloned();
        wrong.unwrap_or_else(|| FieldError::new(KEY, "cannot be read"))
    }))
}

/// Keeps the answer to a change that was made.
async fn kept(claim: &Claim, response: Response) -> Response {
    if claim.fate() != Fate::Done || !response.status().is_success() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be read to be kept");
            return Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        }
    };
    let text = std::str::from_utf8(&body).ok();
    if let Some(text) = text.filter(|text| text.len() <= MAX_KEPT_BYTES) {
        let answer = KeptAnswer {
            status: parts.status.as_u16(),
            headers: headers_of(&parts.headers),
            body: text.to_owned(),
        };
        // The change is made, whatever becomes of this.
        if let Err(error) = claim.keep(&answer).await {
            tracing::warn!(%error, "an answer could not be kept");
        }
    }
    Response::from_parts(parts, Body::from(body))
}

fn headers_of(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |name: &HeaderName| {
        let value = headers.get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    };
    KEPT_HEADERS.iter().filter_map(text).collect()
}

/// An answer that was given before.
fn replayed(answer: &KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body.clone()));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::try_from(value.as_str()),
        ) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// Tells a request from others. The length of each part stands before it, so that none can pass for
/// the beginning of the next.
fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_good_key_or_what_is_wrong_with_it() {
        let of = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(KEY, HeaderValue::from_static(value));
            }
            key_of(&headers).map(|key| key.is_ok())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["8e03978e-40d5-43e8-bc93-6894a57f9324"]), Some(true));
        assert_eq!(of(&[""]), Some(false));
        assert_eq!(of(&["a b"]), Some(false));
        assert_eq!(of(&["a", "a"]), Some(false));
    }

    #[test]
    fn parts_do_not_run_into_one_another() {
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
        assert_ne!(fingerprint(&[b"ab"]), fingerprint(&[b"ab", b""]));
    }
}
