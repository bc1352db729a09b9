//! Who is asking: makes the context every use case wants out of a request.

use std::sync::Arc;

use application::{ActorContext, App};
use axum::extract::{FromRef, FromRequestParts};
use domain::access::Actor;
use http::{header, request::Parts};

use crate::error::Problem;

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
        // Credentials nobody can check must not pass for none: the caller would be shown the
        // public side and take it for all there is.
        if parts.headers.contains_key(header::AUTHORIZATION) {
            return Err(Problem::unauthenticated(
                "this service does not take credentials yet; ask again without the header `Authorization`",
            ));
        }
        Ok(Self(Arc::<App>::from_ref(state).context(Actor::Anonymous)))
    }
}
