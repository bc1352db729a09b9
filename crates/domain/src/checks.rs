//! Collects everything that is wrong with a command, so that its sender learns all of it at once.

use std::fmt::Display;

use crate::{FieldError, change::Change, text::Slug};

/// The longest name of a record, in characters.
pub const NAME: usize = 500;
/// The longest key of an editor's making, such as a namespace, in characters.
pub const KEY: usize = 100;
/// The longest line, such as a job title, in characters.
pub const LINE: usize = 1_000;
/// The longest short text, such as a caption, in characters.
pub const PARAGRAPH: usize = 2_000;
/// The longest description, in characters.
pub const DESCRIPTION: usize = 20_000;
/// The longest address, in characters.
pub const ADDRESS: usize = 2_048;
/// The most items of a list that is a record of its own: it is saved as a whole.
pub const ITEMS: usize = 10_000;

/// What is wrong so far.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Something is wrong with a field.
    pub fn wrong(&mut self, field: impl Display, message: impl Into<String>) {
        self.0.push(FieldError::new(field.to_string(), message));
    }

    /// A text that must say something, in at most so many characters.
    pub fn name(&mut self, field: impl Display, text: &Change<String>, most: usize) {
        if let Change::Set(text) = text {
            if text.trim().is_empty() {
                self.wrong(field, "must not be empty");
            } else {
                self.length(field, text, most);
            }
        }
    }

    /// A text of at most so many characters.
    pub fn text(&mut self, field: impl Display, text: Option<&str>, most: usize) {
        if let Some(text) = text {
            self.length(field, text, most);
        }
    }

    /// A slug as its author wants it.
    pub fn slug(&mut self, field: impl Display, slug: Option<&str>) {
        if let Some(slug) = slug
            && slug.parse::<Slug>().is_err()
        {
            self.wrong(
                field,
                "must be letters and digits of any script, joined by `-`, `_`, `.` or `~`, 200 characters at most",
            );
        }
    }

    /// The absolute address of a page.
    pub fn address(&mut self, field: impl Display, address: Option<&str>) {
        let Some(address) = address else { return };
        let rest = ["https://", "http://"].into_iter().find_map(|scheme| {
            let head = address.get(..scheme.len())?;
            head.eq_ignore_ascii_case(scheme)
                .then(|| address.get(scheme.len()..))?
        });
        let is_plain = !address
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>'));
        if rest.is_none_or(str::is_empty) || !is_plain {
            self.wrong(
                field,
                "must be an address that begins with https:// or http://",
            );
        } else {
            self.length(field, address, ADDRESS);
        }
    }

    /// A list that is saved as a whole; tells whether it is short enough to be looked at.
    pub fn items(&mut self, field: impl Display, length: usize) -> bool {
        let is_short = length <= ITEMS;
        if !is_short {
            self.wrong(field, format!("must have at most {ITEMS} items"));
        }
        is_short
    }

    /// All that is wrong.
    pub fn into_errors(self) -> Vec<FieldError> {
        self.0
    }

    fn length(&mut self, field: impl Display, text: &str, most: usize) {
        if text.contains('\0') {
            self.wrong(field, "must not hold the character U+0000");
        } else if text.chars().count() > most {
            self.wrong(field, format!("must have at most {most} characters"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(check: impl FnOnce(&mut Checks)) -> bool {
        let mut checks = Checks::default();
        check(&mut checks);
        !checks.into_errors().is_empty()
    }

    #[test]
    fn an_address_leads_to_a_page() {
        for good in ["https://example.org", "HTTP://example.org/a?b#c"] {
            assert!(!wrong(|checks| checks.address("website", Some(good))));
        }
        for bad in [
            "",
            "https://",
            "example.org",
            "javascript:alert(1)",
            "https://a b",
            "https://a\n",
        ] {
            assert!(
                wrong(|checks| checks.address("website", Some(bad))),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_name_says_something() {
        let name = |text: &str| Change::Set(text.to_owned());
        for bad in [" \u{2003}", "abcd", "a\0"] {
            assert!(
                wrong(|checks| checks.name("name", &name(bad), 3)),
                "{bad:?}"
            );
        }
        assert!(!wrong(|checks| checks.name("name", &name("شهر"), 3)));
        assert!(!wrong(|checks| checks.name("name", &Change::Keep, 3)));
    }
}
