//! How much of bodies one answer may hold.
//!
//! The cost of a document says how many fields it asks for, not how long the texts in them are, and
//! a body may be as long as a book. So each text of a body is counted when it is answered.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::{Error, Result};

/// What an item of a list within a body counts besides its texts.
pub(crate) const ITEM_BYTES: usize = 64;

/// The bytes that are left to the answer of one request.
#[derive(Debug)]
pub(crate) struct Budget {
    allowed: usize,
    left: AtomicUsize,
}

impl Budget {
    /// A budget of so many bytes.
    pub(crate) fn new(allowed: usize) -> Self {
        Self {
            allowed,
            left: AtomicUsize::new(allowed),
        }
    }

    /// Takes the bytes of a text.
    pub(crate) fn spend(&self, bytes: usize) -> Result<()> {
        self.left
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes)
            })
            .map(drop)
            .map_err(|_left| {
                Error::LimitExceeded(format!(
                    "the bodies in this answer have more than the {} bytes allowed (limit max_content_bytes); \
                     ask for fewer entries at once, or for fewer forms of their bodies",
                    self.allowed
                ))
            })
    }

    /// Takes what a text has, and returns the text.
    pub(crate) fn text<T: AsRef<str>>(&self, text: T) -> Result<T> {
        self.spend(text.as_ref().len())?;
        Ok(text)
    }

    /// Takes what the items of a list count besides their texts.
    pub(crate) fn items(&self, count: usize) -> Result<()> {
        self.spend(count.saturating_mul(ITEM_BYTES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_and_takes_nothing() {
        let budget = Budget::new(ITEM_BYTES + 4);
        budget.items(1).unwrap();
        assert_eq!(budget.text("abc").unwrap(), "abc");
        let error = budget.text("de").unwrap_err();
        assert_eq!(error.code(), "LIMIT_EXCEEDED");
        assert!(error.to_string().contains("max_content_bytes"), "{error}");
        budget.spend(1).unwrap();
        budget.spend(usize::MAX).unwrap_err();
    }
}
