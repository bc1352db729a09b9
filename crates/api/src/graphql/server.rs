//! How the schema is served: one address for queries and for the page that writes them.

use std::{sync::Arc, time::Duration};

use application::{ActorContext, App};
use async_graphql::{Request, Response, ServerError};
use axum::{
    Router,
    extract::{FromRef, State},
    response::{IntoResponse, Response as HttpResponse},
    routing::{any, get},
};
use domain::Error;
use http::{HeaderValue, Method, header};
use serde::Deserialize;

use super::{
    budget::Budget,
    context::{KnownEditions, Session},
    error, graphiql,
    http::{self as over_http, Answer, HttpOptions, MediaType, Outcome, PersistedQueries},
    keyed, presence,
    schema::{Schema, schema, sdl},
    shape::Shape,
    types::Types,
};
use crate::{
    auth::Previewer,
    caching::{Facts, cacheable},
    error::Problem,
    idempotency::Slot,
};

/// How GraphQL is served.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GraphqlOptions {
    /// How requests are read, and what documents may ask for. Lists whose lengths the limits do not
    /// know are taken to be as long as their pages are by default.
    pub http: HttpOptions,
    /// How long a query may take, in milliseconds. Default 10 000.
    pub timeout_ms: u64,
    /// How many bytes the bodies in one answer may have, in all their forms. Default 16 777 216.
    pub max_content_bytes: usize,
    /// Whether browsers are shown `GraphiQL`. Default true.
    pub graphiql: bool,
}

impl Default for GraphqlOptions {
    fn default() -> Self {
        Self {
            http: HttpOptions::default(),
            timeout_ms: 10_000,
            max_content_bytes: 16_777_216,
            graphiql: true,
        }
    }
}

/// The GraphQL face of an application. Cheap to clone.
#[derive(Clone)]
pub struct Graphql(Arc<Inner>);

struct Inner {
    app: Arc<App>,
    schema: Schema,
    types: Types,
    editions: KnownEditions,
    persisted: PersistedQueries,
    options: GraphqlOptions,
}

impl FromRef<Graphql> for Arc<App> {
    fn from_ref(graphql: &Graphql) -> Self {
        Self::clone(&graphql.0.app)
    }
}

impl Graphql {
    /// The face of `app`.
    pub fn new(app: Arc<App>, mut options: GraphqlOptions) -> domain::Result<Self> {
        let schema = schema(options.http.introspection);
        let types = Types::of(&sdl(&schema))
            .ok_or_else(|| Error::internal("the schema cannot be read back"))?;
        for (name, length) in types.list_lengths() {
            options
                .http
                .limits
                .list_defaults
                .entry(name)
                .or_insert(length);
        }
        let editions = KnownEditions::default();
        let persisted = PersistedQueries::new(options.http.max_persisted_bytes);
        Ok(Self(Arc::new(Inner {
            app,
            schema,
            types,
            editions,
            persisted,
            options,
        })))
    }

    /// The routes: `/graphql` for queries and for the page, `/graphiql/…` for the files of the page.
    pub fn router(self) -> Router {
        let mut router = Router::new().route("/graphql", any(answer));
        if self.0.options.graphiql {
            router = router.route("/graphiql/{*path}", get(graphiql::file));
        }
        router.with_state(self)
    }

    /// Answers one request of GraphQL over HTTP as the actor of `cx`.
    pub async fn respond(&self, cx: ActorContext, request: axum::extract::Request) -> HttpResponse {
        let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
        let asked = is_safe.then(|| request.headers().clone());
        let slot = request.extensions().get::<Slot>().cloned();
        let execute = |request| self.carry_out(cx.clone(), slot, request);
        let (options, persisted) = (&self.0.options.http, &self.0.persisted);
        let answer = over_http::answer(request, options, persisted, execute).await;
        let Some(asked) = asked.filter(|_| answer.outcome == Outcome::Complete) else {
            return uncached(answer);
        };
        let facts = Facts {
            vary: answer.headers.get(header::VARY).cloned(),
            ..Facts::default()
        };
        let is_new = answer.headers.get(header::CONTENT_TYPE)
            == Some(&MediaType::GraphqlResponse.content_type());
        let content_type = if is_new {
            "application/graphql-response+json; charset=utf-8"
        } else {
            "application/json; charset=utf-8"
        };
        cacheable(&asked, cx.scope(), content_type, answer.body, facts)
    }

    /// Executes a request that is within the limits. One with an idempotency key that was carried out
    /// before is not executed.
    async fn carry_out(
        &self,
        cx: ActorContext,
        slot: Option<Slot>,
        mut request: Request,
    ) -> Response {
        let Some((slot, key)) = slot.zip(keyed::Keyed::of(&mut request)) else {
            return self.execute(cx, request).await;
        };
        let cx = match key.claim(&slot, &cx).await {
            Ok(cx) => cx,
            Err(refused) => return keyed::refuse(refused),
        };
        let response = self.execute(cx, request).await;
        match slot.settle().await {
            Ok(()) => response,
            Err(refused) => keyed::refuse(refused),
        }
    }

    /// Executes a request that is within the limits.
    async fn execute(&self, cx: ActorContext, mut request: Request) -> Response {
        let budget = Budget::new(self.0.options.max_content_bytes);
        let session = match Session::begin(cx, &self.0.editions, budget).await {
            Ok(session) => session,
            Err(failure) => return Response::from_errors(vec![error::refused(&failure)]),
        };
        let name = request.operation_name.clone();
        let shape = request
            .parsed_query()
            .ok()
            .and_then(|document| Shape::of(document, name.as_deref()));
        let ensured = request
            .parsed_query()
            .ok()
            .and_then(|document| presence::ensured(document, &self.0.types));
        if let Some(document) = ensured {
            request.set_parsed_query(document);
        }
        let limit = Duration::from_millis(self.0.options.timeout_ms);
        let Ok(mut response) =
            tokio::time::timeout(limit, self.0.schema.execute(request.data(session))).await
        else {
            return Response::from_errors(vec![self.too_slow()]);
        };
        error::finish(&mut response.errors);
        if let Some(shape) = shape {
            shape.restore(&mut response, &self.0.types);
        }
        response
    }

    fn too_slow(&self) -> ServerError {
        let allowed = self.0.options.timeout_ms;
        let message = format!(
            "the query took longer than the {allowed} milliseconds allowed; ask for less at once"
        );
        error::refused(&Error::LimitExceeded(message))
    }
}

/// An answer no cache may keep: a change, a failure, or a POST.
fn uncached(mut answer: Answer) -> HttpResponse {
    answer
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    answer.into_response()
}

async fn answer(
    State(graphql): State<Graphql>,
    caller: Result<Previewer, Problem>,
    request: axum::extract::Request,
) -> HttpResponse {
    if graphql.0.options.graphiql && graphiql::is_asked_for(request.method(), request.headers()) {
        return graphiql::page(request.headers());
    }
    match caller {
        Ok(Previewer(cx)) => graphql.respond(cx, request).await,
        Err(problem) => {
            let refused = over_http::refuse(&request, &graphql.0.options.http, &problem);
            uncached(refused)
        }
    }
}

impl std::fmt::Debug for Graphql {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graphql")
            .field("options", &self.0.options)
            .finish_non_exhaustive()
    }
}
