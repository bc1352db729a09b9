//! All that is wrong with a command, collected.

use std::fmt::Display;

use crate::error::{Error, FieldError, Result};

use super::Change;

/// The longest title, subtitle or heading, in characters.
const LINE: usize = 1_000;
/// The longest name, in characters.
const NAME: usize = 500;
/// The longest short text (an excerpt, a caption, a note), in characters.
const PARAGRAPH: usize = 2_000;
/// The longest text beside the body, in characters.
const TEXT: usize = 20_000;
/// The longest address, in characters.
const ADDRESS: usize = 2_048;
/// The most items of a list in an entry.
const ITEMS: usize = 1_000;

/// The wrong fields of a command, by their paths in it.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    /// Adds one.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError::new(field, message));
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every wrong field at once, or nothing.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }

    /// The wrong fields of an error join those known; any other error is one of its own.
    pub fn absorb<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::Invalid(fields)) => {
                self.0.extend(fields);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn line(&mut self, field: &str, text: Option<&str>) {
        self.characters(field, text, LINE);
    }

    pub(super) fn name(&mut self, field: &str, text: Option<&str>) {
        self.characters(field, text, NAME);
    }

    /// A short text.
    pub fn paragraph(&mut self, field: &str, text: Option<&str>) {
        self.characters(field, text, PARAGRAPH);
    }

    pub(super) fn text(&mut self, field: &str, text: Option<&str>) {
        self.characters(field, text, TEXT);
    }

    /// An absolute address of a page.
    pub(super) fn address(&mut self, field: &str, text: Option<&str>) {
        self.characters(field, text, ADDRESS);
        let is_good = |text: &str| {
            url::Url::parse(text)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        };
        if text.is_some_and(|text| !text.trim().is_empty() && !is_good(text)) {
            self.add(field, "must be an absolute http or https address");
        }
    }

    fn characters(&mut self, field: &str, text: Option<&str>, most: usize) {
        let Some(text) = text else { return };
        if text.contains('\0') {
            self.add(field, "must not hold the character U+0000");
        } else if text.chars().count() > most {
            self.add(field, format!("must have at most {most} characters"));
        }
    }

    /// A list of moderate length.
    pub(super) fn items<T>(&mut self, field: &str, list: &[T]) {
        self.count(field, list.len());
    }

    pub(super) fn count(&mut self, field: &str, length: usize) {
        if length > ITEMS {
            self.add(field, format!("must have at most {ITEMS} items"));
        }
    }

    /// A list in which nothing stands twice.
    pub(super) fn distinct<T: Ord + Display>(&mut self, field: &str, list: &Change<Vec<T>>) {
        let Change::Set(list) = list else { return };
        self.items(field, list);
        let mut seen = std::collections::BTreeSet::new();
        for (index, item) in list.iter().enumerate() {
            if !seen.insert(item) {
                self.add(format!("{field}.{index}"), format!("{item} is there twice"));
            }
        }
    }
}

/// The text a change sets, if it sets one.
pub(super) fn set(change: &Change<Option<String>>) -> Option<&str> {
    change.as_set().and_then(Option::as_deref)
}
