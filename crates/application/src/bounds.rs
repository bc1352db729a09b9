//! How much a draft may hold. Names and keys stand in indexes, whose rows have a limit; lists are
//! saved and read as a whole.

use domain::{Error, FieldError, Result};

/// The longest name of a record, in characters.
pub(crate) const NAME: usize = 500;
/// The longest key of our own making (a namespace, a place of a menu), in characters.
pub(crate) const KEY: usize = 100;
/// The most records one entry refers to in one list.
pub(crate) const RELATED: usize = 1_000;
/// The most items of a list that is a record of its own.
pub(crate) const ITEMS: usize = 10_000;

/// Collects what is too long.
#[derive(Debug, Default)]
pub(crate) struct Bounds(Vec<FieldError>);

impl Bounds {
    /// A text has at most so many characters.
    pub(crate) fn text(mut self, field: &str, text: &str, most: usize) -> Self {
        if text.chars().count() > most {
            let message = format!("must have at most {most} characters");
            self.0.push(FieldError::new(field, message));
        }
        self
    }

    /// A list has at most so many items.
    pub(crate) fn list(mut self, field: &str, length: usize, most: usize) -> Self {
        if length > most {
            let message = format!("must have at most {most} items");
            self.0.push(FieldError::new(field, message));
        }
        self
    }

    /// All that is too long, or nothing.
    pub(crate) fn check(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}
