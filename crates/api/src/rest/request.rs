//! What every read gets from its request: the caller, the path, the query, the headers.

use std::sync::Arc;

use application::{ActorContext, App};
use axum::extract::{FromRequestParts, OriginalUri, RawPathParams};
use domain::id::{EditionId, Id, IdKind};
use http::{HeaderMap, Method, Uri, request::Parts};

use super::{
    parameters::{self, Declared},
    query::Query,
};
use crate::{
    auth::{self, Addressed, Caller},
    error::Problem,
    rate_limits::{self, Allowance, Policy},
};

/// A request to read something.
pub(super) struct Read {
    /// Who asks.
    pub(super) cx: ActorContext,
    /// What the caller has, wants and accepts.
    pub(super) headers: HeaderMap,
    allowance: Option<Allowance>,
    uri: Uri,
    /// Without the preview token, which nothing that is answered repeats.
    query: Option<String>,
    segments: RawPathParams,
}

impl FromRequestParts<Arc<App>> for Read {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<App>) -> Result<Self, Problem> {
        let Caller(cx) = Caller::from_request_parts(parts, state).await?;
        let segments = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_broken| Problem::not_found("the record"))?;
        // A nested router sees only the rest of the path.
        let uri = parts
            .extensions
            .get::<OriginalUri>()
            .map_or_else(|| parts.uri.clone(), |OriginalUri(uri)| uri.clone());
        // Where something is changed, a token in the address is a parameter nobody knows.
        let addressed = match parts.method {
            Method::GET | Method::HEAD => Addressed::of(uri.query()),
            _ => Addressed::without_token(uri.query()),
        };
        let cx = auth::preview(cx, &parts.headers, &addressed).await?;
        // Nothing reads the headers of the request after this: no need for a copy.
        Ok(Self {
            cx,
            headers: std::mem::take(&mut parts.headers),
            allowance: parts.extensions.get::<Allowance>().cloned(),
            uri,
            query: addressed.query,
            segments,
        })
    }
}

impl Read {
    /// Counts something that has a limit of its own, or refuses it.
    pub(super) fn attempt(&self, policy: Policy) -> Result<(), Problem> {
        match &self.allowance {
            Some(allowance) => Ok(allowance.attempt(policy)?),
            None => Ok(()),
        }
    }

    /// Counts what the request costs more than others, or refuses it.
    pub(super) fn spend(&self, cost: u32) -> Result<(), Problem> {
        match &self.allowance {
            Some(allowance) => Ok(allowance.spend(cost)?),
            None => Ok(()),
        }
    }

    /// Counts the changes a request makes beside the first, or refuses it.
    pub(super) fn spend_on_more(&self, changes: usize) -> Result<(), Problem> {
        self.spend(rate_limits::of_more(changes))
    }

    /// The checked query of an operation.
    pub(super) fn query<T: Declared>(&self) -> Result<Query<'_>, Problem> {
        Query::parse(self.query.as_deref(), T::PARAMETERS)
    }

    /// The path that was asked for.
    pub(super) fn path(&self) -> &str {
        self.uri.path()
    }

    /// The path that was asked for, and the query.
    pub(super) fn path_and_query(&self) -> &str {
        let whole = self.uri.path_and_query();
        whole.map_or_else(|| self.uri.path(), http::uri::PathAndQuery::as_str)
    }

    /// A part of the path. One that no record can have is the same as absent.
    pub(super) fn segment(&self, name: &str) -> Result<&str, Problem> {
        let found = self
            .segments
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value);
        found
            .filter(|value| parameters::is_text(value, 200))
            .ok_or_else(|| Problem::not_found("the record"))
    }

    /// The id in the path. One of another kind is the same as absent, but the caller learns why.
    pub(super) fn id<K: IdKind>(&self) -> Result<Id<K>, Problem> {
        let text = self.segment("id")?;
        text.parse().map_err(|_wrong: domain::Error| {
            Problem::nothing_there(format!(
                "`{text}` is not the id of a record of this kind: such ids begin with `{}_`",
                K::PREFIX
            ))
        })
    }

    /// The edition whose texts are wanted: the one the query names, or the default one.
    pub(super) async fn edition_of_texts(&self, query: &Query<'_>) -> Result<EditionId, Problem> {
        Ok(self.cx.editions().await?.resolve(query.text("edition"))?.id)
    }

    /// The edition the query names, if it names one.
    pub(super) async fn edition_if_named(
        &self,
        query: &Query<'_>,
    ) -> Result<Option<EditionId>, Problem> {
        match query.text("edition") {
            None => Ok(None),
            Some(_) => self.edition_of_texts(query).await.map(Some),
        }
    }

    /// The edition in the path.
    pub(super) async fn edition_in_path(&self) -> Result<EditionId, Problem> {
        let editions = self.cx.editions().await?;
        let edition = editions
            .by_code(self.segment("edition")?)
            .ok_or_else(|| Problem::not_found("the edition"))?;
        Ok(edition.id)
    }
}
