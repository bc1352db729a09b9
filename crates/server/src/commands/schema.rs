//! `colophon schema`: the schemas that are kept in the repository, made from the code.

use std::{fs, io, path::Path, process::ExitCode};

use domain::{Error, Result};

use crate::{
    cli::{SchemaArgs, SchemaName},
    console,
};

/// A generated file: its name, its path in the repository, and what makes it.
type Generated = (SchemaName, &'static str, fn() -> Result<String>);

const FILES: [Generated; 4] = [
    (SchemaName::Graphql, "schema.graphql", || {
        Ok(api::schema_sdl())
    }),
    (
        SchemaName::Openapi,
        "openapi/openapi.json",
        api::openapi_json,
    ),
    (SchemaName::Sqlite, "migrations/schema/sqlite.sql", || {
        Ok(migrations::schema(true))
    }),
    (
        SchemaName::Postgres,
        "migrations/schema/postgres.sql",
        || Ok(migrations::schema(false)),
    ),
];

/// The OpenAPI document.
pub(super) fn openapi() -> Result<String> {
    api::openapi_json().map(ended)
}

pub(super) fn run(args: &SchemaArgs) -> Result<ExitCode> {
    if let Some(wanted) = args.print {
        for (name, _, make) in FILES {
            if name == wanted {
                console::text(&ended(make()?));
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let changed = outdated(&args.directory)?;
    for (path, text) in &changed {
        if args.check {
            console::note(format_args!("{path} is not what the code says"));
        } else {
            write(&args.directory.join(path), text)?;
            console::line(format_args!("wrote {path}"));
        }
    }
    if !args.check || changed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    console::note("run: make schema");
    Ok(ExitCode::FAILURE)
}

/// The generated files in a checkout that are not what the code says: their paths, and what they
/// should hold.
pub fn outdated(directory: &Path) -> Result<Vec<(&'static str, String)>> {
    let mut changed = Vec::new();
    for (_, path, make) in FILES {
        let text = ended(make()?);
        let file = directory.join(path);
        match fs::read_to_string(&file) {
            Ok(found) if found == text => {}
            Ok(_) => changed.push((path, text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => changed.push((path, text)),
            Err(error) => return Err(cannot("read", &file, error)),
        }
    }
    Ok(changed)
}

fn write(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| cannot("make the folder of", file, error))?;
    }
    fs::write(file, text).map_err(|error| cannot("write", file, error))
}

fn cannot(verb: &str, file: &Path, error: io::Error) -> Error {
    Error::Unavailable {
        message: format!("cannot {verb} {}", file.display()),
        source: Some(error.into()),
    }
}

/// Ends with a line break, as text files do.
fn ended(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_once_and_then_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let args = |check| SchemaArgs {
            check,
            print: None,
            directory: folder.path().to_owned(),
        };
        assert_eq!(run(&args(true)).unwrap(), ExitCode::FAILURE);
        assert_eq!(outdated(folder.path()).unwrap().len(), FILES.len());
        run(&args(false)).unwrap();
        assert_eq!(outdated(folder.path()).unwrap(), []);
        assert_eq!(run(&args(true)).unwrap(), ExitCode::SUCCESS);
    }
}
