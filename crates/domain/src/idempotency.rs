//! Requests that are carried out once, however often they are sent.

use std::{fmt, str::FromStr};

use crate::error::{Error, Result};

/// The longest key.
const MAX_KEY_BYTES: usize = 255;

/// The name a caller gave a request. Shows nothing of itself in logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey")
    }
}

impl FromStr for IdempotencyKey {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let is_good = (1..=MAX_KEY_BYTES).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_good {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::invalid(
            "Idempotency-Key",
            "must be one key of 1 to 255 visible ASCII characters, such as a UUID",
        ))
    }
}

/// A request under its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyedRequest {
    /// Whose key it is: keys of different callers have nothing to do with each other.
    pub owner: String,
    /// The key.
    pub key: IdempotencyKey,
    /// Tells the request from others under the same key.
    pub fingerprint: String,
}

/// An answer that is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Names and values of its headers.
    pub headers: Vec<(String, String)>,
    /// What it says.
    pub body: String,
}

/// A request that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneRequest {
    /// Tells it from others under the same key.
    pub fingerprint: String,
    /// The first record it changed, by public id.
    pub target: Option<String>,
    /// What was answered, if that was kept.
    pub answer: Option<KeptAnswer>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        let longest = "k".repeat(MAX_KEY_BYTES);
        for good in ["a", "\"8e03978e-40d5\"", &longest] {
            assert_eq!(good.parse::<IdempotencyKey>().unwrap().as_str(), good);
        }
        for bad in ["", "a b", "é", "a\n", &"k".repeat(MAX_KEY_BYTES + 1)] {
            assert!(bad.parse::<IdempotencyKey>().is_err(), "{bad}");
        }
    }
}
