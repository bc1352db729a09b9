//! The demo publication: an invented town gazette in four languages, built into the program.

use std::sync::Arc;

use application::{ActorContext, App, settings};
use domain::{Error, Result, access::Actor};
use include_dir::{Dir, include_dir};

use crate::{BuildOptions, Durability, config::Config, console, open};

mod entries;
mod keys;
mod load;
mod model;
mod read;
mod records;

/// Its files.
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo");

/// How much was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Articles, each language version counted.
    pub articles: usize,
    /// Pages, each language version counted.
    pub pages: usize,
    /// Issues of newsletters.
    pub issues: usize,
    /// Pictures, films and other files.
    pub assets: usize,
    /// Comments.
    pub comments: usize,
}

pub(super) async fn run(config: &Config) -> Result<()> {
    let app = open(
        config,
        BuildOptions {
            durability: Durability::Bulk,
            ..BuildOptions::default()
        },
    )
    .await?;
    if is_empty(&app).await? {
        let Loaded {
            articles,
            pages,
            issues,
            assets,
            comments,
        } = load(&app).await?;
        console::line(format_args!(
            "loaded the demo publication: {articles} articles, {pages} pages, {issues} newsletter issues, {assets} files, {comments} comments"
        ));
    } else if is_loaded(&app).await? {
        console::line("the demo publication is there already");
    } else {
        return Err(Error::conflict(
            "the store is not empty, and the demo publication does not mix with other content; load it into another store: colophon --data ./demo-data demo",
        ));
    }
    app.store().clone().close().await
}

/// Whether there is nothing in the store yet.
pub async fn is_empty(app: &Arc<App>) -> Result<bool> {
    app.store().reader().is_empty().await
}

async fn is_loaded(app: &Arc<App>) -> Result<bool> {
    let demo = read::publication(&FILES)?;
    match settings::site(&context(app)).await {
        Ok(site) => Ok(site.name == demo.name),
        Err(Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Loads it. The store must be empty.
pub async fn load(app: &Arc<App>) -> Result<Loaded> {
    let demo = read::publication(&FILES)?;
    load::publication(&context(app), &demo, &FILES).await
}

fn context(app: &Arc<App>) -> ActorContext {
    app.context(Actor::System("demo"))
}

#[cfg(test)]
mod tests;
