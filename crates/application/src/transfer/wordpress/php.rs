//! Reads values serialised by PHP, which is how WordPress stores arrays.
//!
//! `php_serde` was considered: it needs arrays with keys of one kind only, knows no objects, puts no
//! bound on nesting and refuses strings whose length is wrong, which is what every site moved by
//! search and replace has.

/// A value of PHP.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PhpValue {
    /// `null`, or something that cannot be carried over.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(String),
    /// An array or the fields of an object, in order; the keys as text.
    Map(Vec<(String, PhpValue)>),
}

/// How deep arrays may be nested.
const DEEPEST: usize = 32;

impl PhpValue {
    /// Reads a serialised value; `None` when it is not one.
    #[must_use]
    pub(super) fn parse(text: &str) -> Option<Self> {
        Parser { rest: text.trim() }.value(0)
    }

    /// The value under a key.
    #[must_use]
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// The entries of an array; none for anything else.
    #[must_use]
    pub(super) fn entries(&self) -> &[(String, Self)] {
        if let Self::Map(entries) = self {
            entries
        } else {
            &[]
        }
    }

    /// The text, if this is one.
    #[must_use]
    pub(super) fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The number, if this is a whole one that is not negative, be it written as text.
    #[must_use]
    pub(super) fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Int(number) => u64::try_from(*number).ok(),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Null | Self::Bool(_) | Self::Float(_) | Self::Map(_) => None,
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    fn until(&mut self, end: char) -> Option<&'a str> {
        let (found, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(found)
    }

    fn value(&mut self, depth: usize) -> Option<PhpValue> {
        if depth > DEEPEST {
            return None;
        }
        let kind = self.rest.get(..2)?;
        self.eat(kind)?;
        Some(match kind {
            "N;" => PhpValue::Null,
            "b:" => PhpValue::Bool(self.until(';')? == "1"),
            "i:" => PhpValue::Int(self.until(';')?.parse().ok()?),
            "d:" => PhpValue::Float(self.until(';')?.parse().ok()?),
            // References to something met before are not followed.
            "r:" | "R:" => {
                self.until(';')?;
                PhpValue::Null
            }
            "s:" => {
                let text = self.string()?;
                self.eat(";")?;
                PhpValue::Text(text)
            }
            "a:" => self.map(depth)?,
            "O:" => {
                self.string()?;
                self.eat(":")?;
                self.map(depth)?
            }
            _ => return None,
        })
    }

    fn map(&mut self, depth: usize) -> Option<PhpValue> {
        self.until('{')?;
        let mut entries = Vec::new();
        while !self.rest.starts_with('}') {
            let key = match self.value(depth.checked_add(1)?)? {
                PhpValue::Int(number) => number.to_string(),
                PhpValue::Text(text) => text,
                PhpValue::Null | PhpValue::Bool(_) | PhpValue::Float(_) | PhpValue::Map(_) => {
                    return None;
                }
            };
            entries.push((key, self.value(depth.checked_add(1)?)?));
        }
        self.eat("}")?;
        Some(PhpValue::Map(entries))
    }

    /// A string with its length in bytes. When that is wrong, the string ends at its quote.
    fn string(&mut self) -> Option<String> {
        let len: usize = self.until(':')?.parse().ok()?;
        self.eat("\"")?;
        let after = len.checked_add(1)?;
        let fits = self.rest.get(len..after) == Some("\"")
            && self
                .rest
                .get(after..)
                .is_some_and(|rest| rest.starts_with([';', ':']));
        let len = if fits { len } else { self.rest.find("\";")? };
        let text = self.rest.get(..len)?.to_owned();
        self.rest = self.rest.get(len.checked_add(1)?..)?;
        Some(text)
    }
}
