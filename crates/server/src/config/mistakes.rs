//! Says what is wrong with a setting so that it can be mended: its name, where it was set, what is
//! expected there.

use std::path::Path;

use domain::{Error, FieldError};
use figment::error::Kind;

/// The sections of the configuration, to recognise a variable that misses an underscore.
const SECTIONS: [&str; 8] = [
    "SERVER", "DATA", "DATABASE", "MEDIA", "GRAPHQL", "METRICS", "LOG", "DEMO",
];

/// What a value from the command line is said to come from.
pub(super) const COMMAND_LINE: &str = "command line";

/// What an address to listen at must be.
const ADDRESS: &str = "must be an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080; 0.0.0.0:8080 is all addresses of this machine";

/// Turns what the reader of the configuration says into our error.
pub(super) fn explain(error: figment::Error) -> Error {
    Error::Invalid(error.into_iter().map(|error| explain_one(&error)).collect())
}

fn explain_one(error: &figment::Error) -> FieldError {
    let mut path = error.path.clone();
    let message = match &error.kind {
        Kind::UnknownField(name, known) => {
            if path.last() != Some(name) {
                path.push(name.clone());
            }
            format!("there is no such setting; there are: {}", known.join(", "))
        }
        Kind::MissingField(name) => {
            path.push(name.to_string());
            "is missing".to_owned()
        }
        Kind::UnknownVariant(found, known) => {
            format!("must be one of {}, not `{found}`", known.join(", "))
        }
        Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted)
            if wanted.contains("socket address") =>
        {
            format!("{ADDRESS}, not {found}")
        }
        Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => {
            format!("must be {}, not {found}", in_words(wanted))
        }
        Kind::Message(message) if message.contains("socket address") => {
            format!("{ADDRESS} (a host name such as localhost will not do)")
        }
        other @ (Kind::Message(_)
        | Kind::InvalidLength(..)
        | Kind::DuplicateField(_)
        | Kind::ISizeOutOfRange(_)
        | Kind::USizeOutOfRange(_)
        | Kind::Unsupported(_)
        | Kind::UnsupportedKey(..)) => other.to_string(),
    };
    if path.is_empty()
        && let Some(file) = file_of(error)
    {
        // It could not be read at all.
        return FieldError::new(file.display().to_string(), message);
    }
    let place = source(error, &path);
    FieldError::new(
        path.join("."),
        if place.is_empty() {
            message
        } else {
            format!("{message} ({place})")
        },
    )
}

/// What a type is called by those who do not program.
fn in_words(wanted: &str) -> &str {
    match wanted {
        "u64" | "u32" | "usize" => "a whole number, not below 0",
        "a boolean" => "true or false",
        "a string" | "path string" => "a text",
        other => other,
    }
}

/// The file an error is about.
fn file_of(error: &figment::Error) -> Option<&Path> {
    error.metadata.as_ref()?.source.as_ref()?.file_path()
}

/// Where the value was set.
fn source(error: &figment::Error, path: &[String]) -> String {
    let Some(metadata) = &error.metadata else {
        return String::new();
    };
    if metadata.name.contains("environment") {
        return format!(
            "set by {}{}",
            super::PREFIX,
            path.join("__").to_ascii_uppercase()
        );
    }
    if metadata.name == COMMAND_LINE {
        return "set on the command line".to_owned();
    }
    match file_of(error) {
        Some(file) => format!("set in {}", file.display()),
        None => String::new(),
    }
}

/// Refuses variables that are meant as settings, but would be overlooked.
pub(super) fn in_variable_names(prefix: &str) -> Result<(), Error> {
    let names = std::env::vars_os().filter_map(|(name, _value)| name.into_string().ok());
    let wrong: Vec<FieldError> = names.filter_map(|name| overlooked(&name, prefix)).collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(wrong))
    }
}

fn overlooked(name: &str, prefix: &str) -> Option<FieldError> {
    let rest = name.strip_prefix(prefix)?;
    if rest.contains("__") {
        return None;
    }
    let (section, setting) = rest.split_once('_')?;
    SECTIONS.contains(&section).then(|| {
        FieldError::new(name, format!("is no setting: two underscores stand between a section and its setting: {prefix}{section}__{setting}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_misses_an_underscore_is_told() {
        let error = overlooked("COLOPHON_SERVER_ADDRESS", "COLOPHON_").unwrap();
        assert!(
            error.message.ends_with("COLOPHON_SERVER__ADDRESS"),
            "{}",
            error.message
        );
        for fine in [
            "COLOPHON_SERVER__ADDRESS",
            "COLOPHON_TEST_ENGINE",
            "COLOPHON_BINARY",
            "PATH",
        ] {
            assert_eq!(overlooked(fine, "COLOPHON_"), None, "{fine}");
        }
    }
}
