//! Who is asking: makes the context every use case wants out of a request.

use std::sync::Arc;

use application::{
    ActorContext, App,
    auth::{Credentials, authenticate},
    previews,
};
use axum::{
    Router,
    extract::{FromRef, FromRequestParts, State},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::audit::Origin;
use http::{HeaderMap, HeaderName, header, request::Parts};
use percent_encoding::percent_decode_str;
use tower_http::request_id::RequestId;

use crate::{client_address::ClientAddress, error::Problem, rate_limits::Allowance};

/// The public keys, for others who verify our tokens.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new().route("/.well-known/jwks.json", get(public_keys))
}

/// A JWK set (RFC 7517). A new key is in it five minutes before it signs.
async fn public_keys(State(app): State<Arc<App>>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/jwk-set+json"),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    (headers, app.keys().public(app.now()).to_string()).into_response()
}

/// The caller's context, made from the credentials of the request.
#[derive(Clone)]
pub(crate) struct Caller(pub(crate) ActorContext);

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Caller").field(self.0.actor()).finish()
    }
}

impl<S> FromRequestParts<S> for Caller
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let app = Arc::<App>::from_ref(state);
        let allowance = parts.extensions.get::<Allowance>().cloned();
        if let Some(allowance) = &allowance {
            allowance.arrive()?;
        }
        // Credentials that are no good must not pass for none: the caller would be shown the public
        // side and take it for all there is.
        let credentials = credentials(&parts.headers)?;
        let caller = authenticate(&app, credentials, origin(parts)).await;
        if let Some(allowance) = allowance {
            if let Ok(cx) = &caller {
                allowance.recognise(cx);
            }
            allowance.spend(1)?;
        }
        caller.map(Self).map_err(|error| {
            if let domain::Error::Unauthenticated(detail) = error {
                Problem::bad_token(detail)
            } else {
                error.into()
            }
        })
    }
}

/// The header that carries a preview token.
pub(crate) const PREVIEW: HeaderName = HeaderName::from_static("colophon-preview");

/// The caller's context, made from the credentials of the request and the preview token in its
/// header.
pub(crate) struct Previewer(pub(crate) ActorContext);

impl<S> FromRequestParts<S> for Previewer
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Caller(cx) = Caller::from_request_parts(parts, state).await?;
        preview(cx, &parts.headers, &Addressed::default())
            .await
            .map(Self)
    }
}

/// What stands in a query, the preview tokens apart: what is made of the rest repeats none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Addressed {
    /// The rest of the query.
    pub(crate) query: Option<String>,
    tokens: Vec<String>,
}

impl Addressed {
    /// A query in which nothing is a token.
    pub(crate) fn without_token(query: Option<&str>) -> Self {
        Self {
            query: query.map(str::to_owned),
            tokens: Vec::new(),
        }
    }

    /// Takes a query apart.
    pub(crate) fn of(query: Option<&str>) -> Self {
        let mut tokens = Vec::new();
        let query = query.map(|query| {
            let mut rest = query.split('&').collect::<Vec<_>>();
            rest.retain(|pair| {
                let token = pair.strip_prefix("preview=").or(match *pair {
                    "preview" => Some(""),
                    _ => None,
                });
                if let Some(token) = token {
                    tokens.push(percent_decode_str(token).decode_utf8_lossy().into_owned());
                }
                token.is_none()
            });
            rest.join("&")
        });
        Self { query, tokens }
    }
}

/// The same context with what a preview token shows. One that is no good must not pass for none.
pub(crate) async fn preview(
    cx: ActorContext,
    headers: &HeaderMap,
    addressed: &Addressed,
) -> Result<ActorContext, Problem> {
    let given = headers.get_all(&PREVIEW).iter();
    let given = given.map(|value| value.to_str().unwrap_or_default());
    let mut given = given.chain(addressed.tokens.iter().map(String::as_str));
    let Some(token) = given.next() else {
        return Ok(cx);
    };
    if given.next().is_some() {
        return Err(Problem::bad_token("send one preview token, or none at all"));
    }
    previews::enter(cx, token.trim()).await.map_err(|error| {
        if let domain::Error::Unauthenticated(detail) = error {
            Problem::bad_token(detail)
        } else {
            error.into()
        }
    })
}

/// Reads the header `Authorization` (RFC 6750, section 2.1).
fn credentials(headers: &HeaderMap) -> Result<Credentials<'_>, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else {
        return Ok(Credentials::None);
    };
    let wrong = || {
        Problem::bad_token(
            "send one header `Authorization` that says `Bearer` and a token, or none at all",
        )
    };
    if given.next().is_some() {
        return Err(wrong());
    }
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|value| value.trim().split_once(' '))
        .ok_or_else(wrong)?;
    let token = token.trim_start();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(Credentials::Bearer(token))
    } else {
        Err(wrong())
    }
}

/// Where the request came from.
fn origin(parts: &Parts) -> Origin {
    let client = parts.extensions.get::<ClientAddress>();
    let id = parts.extensions.get::<RequestId>();
    Origin {
        address: client.and_then(|ClientAddress(address)| *address),
        request_id: id
            .and_then(|id| id.header_value().to_str().ok())
            .map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn token_of(values: &[&'static str]) -> Result<Option<String>, u16> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        match credentials(&headers) {
            Ok(Credentials::None) => Ok(None),
            Ok(Credentials::Bearer(token)) => Ok(Some(token.to_owned())),
            Err(problem) => Err(problem.status().as_u16()),
        }
    }

    #[test]
    fn a_preview_token_is_taken_out_of_a_query() {
        let taken = |query| {
            let Addressed { query, tokens } = Addressed::of(query);
            (query, tokens.join(" "))
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(taken(None), (None, String::new()));
        assert_eq!(taken(Some("a=1&b")), (text("a=1&b"), String::new()));
        assert_eq!(
            taken(Some("a=1&preview=x.y%2Ez&b=2")),
            (text("a=1&b=2"), "x.y.z".to_owned())
        );
        assert_eq!(Addressed::of(Some("preview")).tokens, [""]);
        assert_eq!(
            Addressed::of(Some("preview=a&preview=b")).tokens,
            ["a", "b"]
        );
    }

    #[test]
    fn one_bearer_token_or_none() {
        assert_eq!(token_of(&[]), Ok(None));
        for good in ["Bearer abc.def", "bearer  abc.def", " BEARER abc.def"] {
            assert_eq!(token_of(&[good]), Ok(Some("abc.def".to_owned())), "{good}");
        }
        for bad in [
            &["Bearer"][..],
            &["Bearer "],
            &["abc.def"],
            &["Basic YTpi"],
            &[""],
            &["Bearer a", "Bearer a"],
        ] {
            assert_eq!(token_of(bad), Err(401), "{bad:?}");
        }
    }
}
