//! Makes the layers below out of the configuration: the store, the folder of files, the options of
//! the API. The one place that knows how they are asked for.

use std::{num::NonZero, path::Path, sync::Arc, time::Duration};

use api::{
    AddressOptions, ApiOptions, CorsOptions, RateLimitOptions,
    graphql::{
        GraphqlOptions,
        http::{HttpOptions, TrustedDocuments},
        limits::Limits,
    },
};
use application::{Clock, auth::AuthOptions, oidc::Issuers, worker::WorkerOptions};
use domain::{Error, Result};
use object_store::{ObjectStore, local::LocalFileSystem};
use persistence::{Durability, Store, StoreOptions};

use url::Url;

use crate::{
    config::{Config, Cors, GraphqlLimits, RateLimits, Trusted, without_password},
    oidc::RemoteKeys,
};

/// Opens the store, and brings its schema up to date or refuses an old one.
pub(crate) async fn open_store(config: &Config, durability: Durability) -> Result<Store> {
    let store = connect(config, durability).await?;
    if config.database.migrate_at_start {
        store.migrate().await?;
    } else if let Some(pending) = NonZero::new(store.pending_migrations().await?) {
        return Err(Error::conflict(format!(
            "the database misses {pending} step(s) of this version's schema, and database.migrate_at_start is false; run: colophon {}migrate",
            config
                .file
                .as_ref()
                .map(|file| format!("--config {} ", file.display()))
                .unwrap_or_default()
        )));
    }
    Ok(store)
}

/// Opens the store as it is.
pub(crate) async fn connect(config: &Config, durability: Durability) -> Result<Store> {
    let options = StoreOptions {
        url: config.database_url(),
        readers: config.database_readers(),
        durability,
    };
    match Store::open(&options).await {
        Err(Error::Unavailable { message, source }) => {
            let url = without_password(&options.url);
            let message = format!("database.url: {url}: {message}");
            Err(Error::Unavailable { message, source })
        }
        opened => opened,
    }
}

/// The file of the store, if there is none yet: opening the store would make it.
pub(crate) fn missing_file(config: &Config) -> Option<String> {
    let url = config.database_url();
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    (!Path::new(path).is_file()).then(|| path.to_owned())
}

/// Refuses to go on where opening the store would make one: for commands that find nothing in it.
pub(crate) fn require_store(config: &Config) -> Result<()> {
    match missing_file(config) {
        Some(path) => Err(Error::invalid(
            "database.url",
            format!(
                "there is no {path} yet: `colophon import wordpress FILE` or `colophon demo` makes it"
            ),
        )),
        None => Ok(()),
    }
}

/// The files of assets, in a folder that is made when missing.
pub(crate) fn open_objects(folder: &Path) -> Result<Arc<dyn ObjectStore>> {
    let wrong = |source: domain::error::BoxError| Error::Unavailable {
        message: format!(
            "media.directory: the folder {} cannot be used",
            folder.display()
        ),
        source: Some(source),
    };
    std::fs::create_dir_all(folder).map_err(|source| wrong(source.into()))?;
    let objects =
        LocalFileSystem::new_with_prefix(folder).map_err(|source| wrong(source.into()))?;
    Ok(Arc::new(objects))
}

/// How people sign in.
pub(crate) fn auth_options(config: &Config) -> AuthOptions {
    let auth = &config.auth;
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    AuthOptions {
        hash_cost: auth.hash_cost(match auth.max_hashes_at_once {
            0 => cores,
            some => some,
        }),
        access_lifetime: Duration::from_secs(auth.access_token_seconds),
        session_lifetime: Duration::from_hours(u64::from(auth.session_days) * 24),
        min_password: auth.min_password_length,
    }
}

/// The outside issuers whose tokens are taken, if there are any.
pub(crate) fn issuers(config: &Config, clock: Arc<dyn Clock>) -> Result<Option<Issuers>> {
    let issuers = config.issuers()?;
    if issuers.is_empty() {
        return Ok(None);
    }
    let keys = RemoteKeys::new(&issuers, clock)?;
    Ok(Some(Issuers::new(issuers, Arc::new(keys))))
}

/// How jobs are done.
pub(crate) fn worker_options(config: &Config) -> WorkerOptions {
    WorkerOptions {
        workers: config.jobs.workers,
        poll: Duration::from_secs(config.jobs.poll_seconds),
        ..WorkerOptions::default()
    }
}

/// The options of the API.
pub(crate) fn api_options(config: &Config) -> Result<ApiOptions> {
    Ok(ApiOptions {
        request_timeout: config.request_timeout(),
        max_body_bytes: config.server.max_body_bytes,
        max_entry_bytes: config.server.max_entry_bytes,
        addresses: AddressOptions {
            trusted_proxies: config.server.proxies().unwrap_or_default(),
            header: config.server.header().unwrap_or_default(),
        },
        rate_limits: rate_limits(config.rate_limits),
        cors: cors(&config.cors),
        graphql: graphql_options(config)?,
    })
}

/// Every limit is named, so that a new one is a setting or does not compile.
fn rate_limits(limits: RateLimits) -> RateLimitOptions {
    let RateLimits {
        enabled,
        requests_per_minute,
        address_requests_per_minute,
        sign_in_per_minute,
        reset_per_minute,
        comments_per_minute,
    } = limits;
    RateLimitOptions {
        enabled,
        requests_per_minute,
        address_requests_per_minute,
        sign_in_per_minute,
        reset_per_minute,
        comments_per_minute,
    }
}

/// Browsers write an origin in one way only: small letters, no port that goes without saying.
fn cors(cors: &Cors) -> CorsOptions {
    if cors.origins.is_empty() {
        return CorsOptions::Nobody;
    }
    if cors.origins.iter().any(|origin| origin == "*") {
        return CorsOptions::Everybody;
    }
    let origins = cors.origins.iter().filter_map(|text| {
        let origin = Url::parse(text).ok()?.origin().ascii_serialization();
        origin.try_into().ok()
    });
    CorsOptions::Origins(origins.collect())
}

/// The documents GraphQL clients may name by an id.
fn trusted_documents(trusted: &Trusted) -> Result<TrustedDocuments> {
    let path = &trusted.file;
    if path.as_os_str().is_empty() {
        return Ok(TrustedDocuments::default());
    }
    let wrong =
        |why: String| Error::invalid("graphql.trusted.file", format!("{} {why}", path.display()));
    let json = std::fs::read_to_string(path)
        .map_err(|source| wrong(format!("cannot be read: {source}")))?;
    TrustedDocuments::read(&json, trusted.only).map_err(wrong)
}

/// The options of the GraphQL face.
pub(crate) fn graphql_options(config: &Config) -> Result<GraphqlOptions> {
    let graphql = &config.graphql;
    let http = HttpOptions {
        limits: limits(&graphql.limits),
        max_body_bytes: graphql.max_body_bytes,
        max_persisted_bytes: graphql.max_persisted_bytes,
        trusted: Arc::new(trusted_documents(&graphql.trusted)?),
        max_errors: graphql.max_errors,
        expose_cost: graphql.expose_cost,
        introspection: graphql.introspection,
    };
    Ok(GraphqlOptions {
        http,
        timeout_ms: graphql.timeout_ms,
        max_content_bytes: graphql.max_content_bytes,
        graphiql: graphql.graphiql,
    })
}

/// Every bound is named, so that a new one is a setting or does not compile.
fn limits(limits: &GraphqlLimits) -> Limits {
    let GraphqlLimits {
        max_document_bytes,
        max_variables_bytes,
        max_tokens,
        max_name_bytes,
        max_nesting,
        max_depth,
        max_complexity,
        max_aliases,
        max_directives,
        max_root_fields,
        max_operations,
        max_fragments,
        max_variables,
        max_expanded_selections,
        max_merge_work,
        max_argument_bytes,
        max_introspection_depth,
        max_introspection_lists,
        max_introspection_fields,
    } = *limits;
    Limits {
        max_document_bytes,
        max_variables_bytes,
        max_tokens,
        max_name_bytes,
        max_nesting,
        max_depth,
        max_complexity,
        max_aliases,
        max_directives,
        max_root_fields,
        max_operations,
        max_fragments,
        max_variables,
        max_expanded_selections,
        max_merge_work,
        max_argument_bytes,
        max_introspection_depth,
        max_introspection_lists,
        max_introspection_fields,
        // Which lists come without a size is a matter of the schema, not of an installation.
        list_defaults: Limits::default().list_defaults,
    }
}
