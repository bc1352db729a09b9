//! The `colophon` binary: configuration, wiring, command line, telemetry.
//!
//! [`build`] makes the whole server out of a configuration; [`serve`] answers with it. The tests
//! start exactly this:
//!
//! ```no_run
//! # async fn example() -> domain::Result<()> {
//! use server::{Config, build, serve};
//!
//! let mut config = Config::defaults()?;
//! config.data.directory = "/tmp/site".into();
//! let built = build(&config).await?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(domain::Error::internal)?;
//! let shutdown = tokio_util::sync::CancellationToken::new();
//! serve(listener, built.router, (&config).into(), shutdown).await;
//! # Ok(())
//! # }
//! ```

use std::sync::Arc;

use application::{
    App, AppOptions, Clock, IdSource, SystemClock, SystemIds, custom_fields,
    keys::KeySet,
    mails::MailOptions,
    worker::{Handlers, Worker},
};
use axum::{Router, middleware::from_fn_with_state};
use domain::{Result, access::Actor};
use object_store::ObjectStore;
pub use persistence::Durability;

pub mod cli;
pub mod commands;
pub mod config;
mod console;
mod health;
mod http;
mod keys;
mod mail;
mod meter;
mod oidc;
pub mod tasks;
pub mod telemetry;
mod wiring;

pub use config::Config;
pub use http::{ServeOptions, serve};

/// What a server is made of beside its configuration.
pub struct BuildOptions {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
    /// Where files are kept; `None`: in the configured folder.
    pub objects: Option<Arc<dyn ObjectStore>>,
    /// What a power cut may take.
    pub durability: Durability,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            objects: None,
            durability: Durability::PowerSafe,
        }
    }
}

impl std::fmt::Debug for BuildOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BuildOptions")
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}

/// A server that is ready to answer.
pub struct Built {
    /// What it does, for those who do without HTTP.
    pub app: Arc<App>,
    /// Everything it answers, except the figures.
    pub router: Router,
}

impl std::fmt::Debug for Built {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Built").finish_non_exhaustive()
    }
}

/// Makes a server: opens the store, brings its schema up to date (or refuses an old one).
pub async fn build(config: &Config) -> Result<Built> {
    build_with(config, BuildOptions::default()).await
}

/// Makes a server with a clock, ids or files of one's own.
pub async fn build_with(config: &Config, options: BuildOptions) -> Result<Built> {
    let clock = Arc::clone(&options.clock);
    let app = open(config, options).await?;
    app.set_keys(keys::load(config, app.now())?);
    if let Some(issuers) = wiring::issuers(config, clock)? {
        app.set_issuers(issuers);
    }
    custom_fields::follow_model(&app.context(Actor::System("start"))).await?;
    let mut router = api::router(Arc::clone(&app), wiring::api_options(config)?)?
        .merge(health::router(Arc::clone(&app)));
    if config.metrics.enabled {
        telemetry::figures()?;
        router = router.layer(from_fn_with_state(
            Arc::new(meter::Meter::new()),
            meter::measure,
        ));
    }
    Ok(Built { app, router })
}

/// What mails are made with.
pub fn mail_options(config: &Config) -> Result<MailOptions> {
    mail::options(&config.mail)
}

/// Makes what does the jobs of an application.
pub fn worker(app: &Arc<App>, config: &Config) -> Result<Worker> {
    let options = wiring::worker_options(config);
    let handlers = Handlers::standard()?.with_mail(&mail_options(config)?);
    Ok(Worker::new(Arc::clone(app), handlers, options))
}

/// Makes what is below HTTP: all that most commands need.
pub async fn open(config: &Config, options: BuildOptions) -> Result<Arc<App>> {
    let store = wiring::open_store(config, options.durability).await?;
    let objects = match options.objects {
        Some(objects) => objects,
        None => wiring::open_objects(&config.media_directory())?,
    };
    let app = App::new(AppOptions {
        store,
        objects,
        clock: options.clock,
        ids: options.ids,
        public_url: config.public_url(),
        // Only a server signs: it gets them when all else is there.
        keys: KeySet::default(),
        auth: wiring::auth_options(config),
        content_model: config.content_model()?,
    });
    // Servers of an older release may have left some, whoever brings the schema up to date.
    app.store().note_pendings().await?;
    Ok(app)
}
