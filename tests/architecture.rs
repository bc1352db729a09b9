//! The arrows between the crates: what the workspace really depends on, against the house plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use toml::Table;

/// What each crate may depend on, as `ARCHITECTURE.md` says; never upward, never sideways.
const ARROWS: [(&str, &[&str]); 7] = [
    ("domain", &[]),
    ("migrations", &[]),
    ("persistence", &["domain", "migrations"]),
    ("application", &["persistence", "domain"]),
    ("api", &["application", "domain"]),
    (
        "server",
        &["api", "application", "persistence", "migrations", "domain"],
    ),
    (
        "tests",
        &[
            "server",
            "api",
            "application",
            "persistence",
            "migrations",
            "domain",
        ],
    ),
];

/// What is known to few: the library, and who may use it. The bench compares with the bare
/// libraries, and is not shipped.
const FEW: [(&str, &[&str]); 11] = [
    ("sea-orm", &["persistence", "migrations", "tests", "bench"]),
    ("sea-orm-migration", &["persistence", "migrations"]),
    ("async-graphql", &["api"]),
    ("axum", &["api", "server", "bench", "tests"]),
    ("utoipa", &["api"]),
    ("utoipa-axum", &["api"]),
    ("clap", &["server", "bench", "tests"]),
    ("figment", &["server"]),
    ("object_store", &["application", "server", "bench"]),
    ("reqwest", &["server", "bench", "tests"]),
    ("sqlx", &["persistence"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn manifest(folder: &Path) -> Table {
    let file = folder.join("Cargo.toml");
    let text =
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.parse().unwrap()
}

/// The folders of all members.
fn members() -> Vec<PathBuf> {
    let workspace = manifest(&root());
    let patterns = workspace["workspace"]["members"].as_array().unwrap();
    let mut folders = Vec::new();
    for pattern in patterns {
        match pattern.as_str().unwrap().strip_suffix("/*") {
            Some(parent) => {
                for entry in fs::read_dir(root().join(parent)).unwrap() {
                    let folder = entry.unwrap().path();
                    if folder.join("Cargo.toml").is_file() {
                        folders.push(folder);
                    }
                }
            }
            None => folders.push(root().join(pattern.as_str().unwrap())),
        }
    }
    folders
}

/// What each member depends on: its name, and those of its dependencies.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    members()
        .iter()
        .map(|folder| {
            let manifest = manifest(folder);
            let name = manifest["package"]["name"].as_str().unwrap().to_owned();
            let mut dependencies = BTreeSet::new();
            let tables = manifest
                .get("target")
                .into_iter()
                .filter_map(toml::Value::as_table)
                .flat_map(Table::values)
                .filter_map(toml::Value::as_table);
            for table in tables.chain([&manifest]) {
                for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
                    let named = table.get(kind).and_then(toml::Value::as_table);
                    dependencies.extend(named.into_iter().flat_map(Table::keys).cloned());
                }
            }
            (name, dependencies)
        })
        .collect()
}

#[test]
fn the_crates_depend_on_each_other_as_the_plan_says() {
    let edges = edges();
    for (name, allowed) in ARROWS {
        let ours: BTreeSet<&str> = edges[name]
            .iter()
            .map(String::as_str)
            .filter(|dependency| edges.contains_key(*dependency))
            .collect();
        for dependency in &ours {
            assert!(
                allowed.contains(dependency),
                "{name} must not depend on {dependency}"
            );
        }
        if name != "tests" && name != "server" {
            assert_eq!(
                ours.len(),
                allowed.len(),
                "{name} no longer needs all of {allowed:?}: change the plan"
            );
        }
    }
}

#[test]
fn every_crate_is_in_the_plan() {
    let planned: BTreeSet<&str> = ARROWS
        .iter()
        .map(|(name, _)| *name)
        .chain(["bench"])
        .collect();
    let real = edges();
    let real: BTreeSet<&str> = real.keys().map(String::as_str).collect();
    assert_eq!(real, planned);
    let plan = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (name, _) in ARROWS {
        assert!(
            plan.contains(&format!("| `{name}` |")),
            "{name} is not in ARCHITECTURE.md"
        );
    }
}

#[test]
fn libraries_are_known_to_the_few_crates_that_may_know_them() {
    for (name, dependencies) in edges() {
        for (library, users) in FEW {
            let uses = dependencies.contains(library);
            assert!(
                !uses || users.contains(&name.as_str()),
                "{name} must not use {library}"
            );
        }
    }
}

#[test]
fn every_dependency_is_declared_once() {
    // The bench compares with libraries that nothing else uses.
    for folder in members()
        .into_iter()
        .filter(|folder| !folder.ends_with("bench"))
    {
        let manifest = manifest(&folder);
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(kind).and_then(toml::Value::as_table) else {
                continue;
            };
            for (name, value) in table {
                let is_shared = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
                assert!(
                    is_shared,
                    "{}: `{name}` is not taken from the workspace",
                    folder.display()
                );
            }
        }
    }
}

/// All Rust sources below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_for() {
    let mut files = Vec::new();
    for folder in members() {
        sources(&folder.join("src"), &mut files);
    }
    assert!(files.len() > 150);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} does not begin with a `//!` sentence",
            file.display()
        );
    }
}

#[test]
fn no_type_of_the_database_library_is_in_the_public_surface_of_the_store() {
    let mut files = Vec::new();
    sources(&root().join("crates/persistence/src"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines().map(str::trim) {
            let is_public = line.starts_with("pub fn")
                || line.starts_with("pub async fn")
                || line.starts_with("pub use");
            let shows = [
                "sea_orm",
                "DbErr",
                "DatabaseConnection",
                "QueryResult",
                "Select<",
            ]
            .iter()
            .any(|name| line.contains(name));
            assert!(!is_public || !shows, "{}: {line}", file.display());
        }
    }
}
