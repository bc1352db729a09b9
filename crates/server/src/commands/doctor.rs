//! `colophon doctor`: checks the configuration and everything it names, and says how to mend what
//! is wrong. It changes nothing: it makes no database and no folder.

use std::{path::Path, process::ExitCode};

use application::{App, AppOptions, SystemClock, SystemIds, editions};
use domain::{Result, access::Actor};
use persistence::{Durability, Engine, Store};
use serde::Serialize;

use crate::{
    cli::DoctorArgs,
    config::{Config, without_password},
    console, wiring,
};

mod issuers;
mod mail;
mod site;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Works, but perhaps not as meant.
    Warning,
    /// Must be mended.
    Problem,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "PROBLEM",
        }
    }
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was found, and how to mend it.
    pub detail: String,
}

impl Check {
    fn new(name: &'static str, verdict: Verdict, detail: impl Into<String>) -> Self {
        Self {
            name,
            verdict,
            detail: detail.into(),
        }
    }
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Verdict::Ok, detail)
    }
    fn warning(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Verdict::Warning, detail)
    }
    fn problem(name: &'static str, detail: impl Into<String>) -> Self {
        Self::new(name, Verdict::Problem, detail)
    }
}

pub(super) async fn run(config: Result<Config>, args: &DoctorArgs) -> ExitCode {
    let checks = match config {
        Ok(config) => examine(&config).await,
        Err(error) => vec![Check::problem("configuration", super::explain(&error))],
    };
    let problems = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Problem)
        .count();
    if args.json {
        let report = serde_json::json!({ "isHealthy": problems == 0, "checks": checks });
        console::line(format_args!("{report:#}"));
    } else {
        let row = |check: &Check| {
            vec![
                check.verdict.as_str().to_owned(),
                check.name.to_owned(),
                check.detail.clone(),
            ]
        };
        console::text(&console::table(&checks.iter().map(row).collect::<Vec<_>>()));
        console::line(match problems {
            0 => "no problem was found".to_owned(),
            1 => "1 problem was found".to_owned(),
            many => format!("{many} problems were found"),
        });
    }
    if problems == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs all checks.
pub async fn examine(config: &Config) -> Vec<Check> {
    let mut checks = vec![
        configuration(config),
        public_url(config),
        media(&config.media_directory()),
    ];
    checks.push(mail::examine(config).await);
    checks.extend(issuers::examine(config).await);
    if let Some(missing) = missing_database(config) {
        checks.push(missing);
        return checks;
    }
    match wiring::connect(config, Durability::PowerSafe).await {
        Ok(store) => examine_store(config, store, &mut checks).await,
        Err(error) => checks.push(Check::problem("database", super::explain(&error))),
    }
    checks
}

fn configuration(config: &Config) -> Check {
    match &config.file {
        Some(file) => Check::ok("configuration", format!("read from {}", file.display())),
        None => Check::ok("configuration", "no file: the defaults and the environment"),
    }
}

fn public_url(config: &Config) -> Check {
    let url = config.public_url();
    let for_all = !config.server.address.ip().is_loopback();
    if for_all && url.starts_with("http://") {
        Check::warning(
            "public address",
            format!(
                "{url}: others can reach the server, but not over HTTPS: put a proxy in front of it and set server.public_url"
            ),
        )
    } else {
        Check::ok("public address", url)
    }
}

/// Whether files can be kept; where there is no folder yet, `serve` makes it.
fn media(folder: &Path) -> Check {
    const NAME: &str = "media folder";
    let Ok(found) = folder.metadata() else {
        return Check::ok(NAME, format!("{} will be made", folder.display()));
    };
    if !found.is_dir() {
        return Check::problem(
            NAME,
            format!("{} is not a folder: set media.directory", folder.display()),
        );
    }
    let trial = folder.join(format!(".doctor-{}", std::process::id()));
    match std::fs::write(&trial, "").and_then(|()| std::fs::remove_file(&trial)) {
        Ok(()) => Check::ok(NAME, format!("{} can be written to", folder.display())),
        Err(error) => Check::problem(
            NAME,
            format!("{} cannot be written to: {error}", folder.display()),
        ),
    }
}

/// Opening a SQLite file would make it.
fn missing_database(config: &Config) -> Option<Check> {
    let path = wiring::missing_file(config)?;
    let verdict = if config.database.migrate_at_start {
        Verdict::Ok
    } else {
        Verdict::Problem
    };
    let maker = if config.database.migrate_at_start {
        "`colophon serve` or `colophon migrate`"
    } else {
        "`colophon migrate`"
    };
    Some(Check::new(
        "database",
        verdict,
        format!("there is no {path} yet: {maker} makes it"),
    ))
}

async fn examine_store(config: &Config, store: Store, checks: &mut Vec<Check>) {
    let shown = without_password(&config.database_url());
    if let Err(error) = store.ping().await {
        checks.push(Check::problem(
            "database",
            format!("{shown}: {}", super::explain(&error)),
        ));
        return;
    }
    checks.push(Check::ok("database", format!("{shown} answers")));
    match store.engine_facts().await {
        Ok(facts) => engine(store.engine(), &facts, checks),
        Err(error) => checks.push(Check::problem("engine", super::explain(&error))),
    }
    let pending = store.pending_migrations().await;
    checks.push(schema(config, &pending));
    if matches!(pending, Ok(0)) {
        examine_site(config, store, checks).await;
    }
}

fn engine(engine: Engine, facts: &[String], checks: &mut Vec<Check>) {
    if let Some(version) = facts.first() {
        checks.push(Check::ok("engine", version.clone()));
    }
    if engine != Engine::Sqlite {
        return;
    }
    let says = |fact: &str| facts.iter().any(|found| found.eq_ignore_ascii_case(fact));
    checks.push(if says("ENABLE_QPSG") {
        Check::ok("query plans", "stable")
    } else {
        Check::problem(
            "query plans",
            "SQLite was built without SQLITE_ENABLE_QPSG, and prepares every statement again: build with the repository's .cargo/config.toml",
        )
    });
    checks.push(if says("wal") {
        Check::ok("journal", "write-ahead log")
    } else {
        Check::problem(
            "journal",
            "not in WAL mode: the folder may be on a network disk, which SQLite cannot share",
        )
    });
}

fn schema(config: &Config, pending: &Result<usize>) -> Check {
    const NAME: &str = "schema";
    match pending {
        Ok(0) => Check::ok(NAME, "up to date"),
        Ok(steps) if config.database.migrate_at_start => Check::warning(
            NAME,
            format!("{steps} step(s) will be run by `colophon serve` or `colophon migrate`"),
        ),
        Ok(steps) => Check::problem(
            NAME,
            format!("{steps} step(s) are missing: run `colophon migrate`"),
        ),
        Err(error) => Check::problem(NAME, super::explain(error)),
    }
}

async fn examine_site(config: &Config, store: Store, checks: &mut Vec<Check>) {
    // No file is read or written here.
    let objects = std::sync::Arc::new(object_store::memory::InMemory::new());
    let (clock, ids) = (
        std::sync::Arc::new(SystemClock),
        std::sync::Arc::new(SystemIds),
    );
    let app = App::new(AppOptions {
        store,
        objects,
        clock,
        ids,
        public_url: config.public_url(),
        keys: application::keys::KeySet::default(),
        auth: application::auth::AuthOptions::default(),
        content_model: domain::fields::ContentModel::default(),
    });
    match editions::list(&app.context(Actor::System("doctor"))).await {
        Ok(editions) => {
            checks.extend(site::examine(editions.all()));
            checks.extend(issuers::roles(&config.oidc.issuers, editions.all()));
        }
        Err(error) => checks.push(Check::problem("editions", super::explain(&error))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &Path) -> Config {
        let mut config = Config::defaults().unwrap();
        config.data.directory = folder.to_owned();
        config
    }

    #[tokio::test]
    async fn nothing_is_made_by_looking() {
        let folder = tempfile::tempdir().unwrap();
        let checks = examine(&config(folder.path())).await;
        assert!(
            checks.iter().all(|check| check.verdict == Verdict::Ok),
            "{checks:#?}"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_migrated_store_is_healthy() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        crate::open(&config, crate::BuildOptions::default())
            .await
            .unwrap();
        let checks = examine(&config).await;
        let problems: Vec<_> = checks
            .iter()
            .filter(|check| check.verdict == Verdict::Problem)
            .collect();
        assert!(problems.is_empty(), "{problems:#?}");
        assert!(
            checks
                .iter()
                .any(|check| check.name == "query plans" && check.detail == "stable")
        );
    }

    #[test]
    fn a_file_in_place_of_a_folder_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("media");
        std::fs::write(&file, "").unwrap();
        assert_eq!(media(&file).verdict, Verdict::Problem);
        assert_eq!(media(folder.path()).verdict, Verdict::Ok);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_engine_without_stable_plans_is_a_problem() {
        let mut checks = Vec::new();
        engine(
            Engine::Sqlite,
            &["SQLite 3.51".to_owned(), "wal".to_owned()],
            &mut checks,
        );
        assert_eq!(
            checks
                .iter()
                .filter(|check| check.verdict == Verdict::Problem)
                .count(),
            1,
            "{checks:?}"
        );
    }
}
