//! Keyset pages: arguments, cursors, results.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use uuid::Uuid;

use crate::{error::Error, routes::MAX_PATH_BYTES, text::MAX_SORT_KEY_BYTES, time::Timestamp};

/// The page size when none is asked for.
pub const DEFAULT_PAGE_SIZE: u32 = 20;
/// The largest page; asking for more is an error, not a silent cut.
pub const MAX_PAGE_SIZE: u32 = 100;
/// The longest key a list is ordered by: the path of a redirect, or the sort key of a name.
const MAX_KEY_BYTES: usize = if MAX_PATH_BYTES > MAX_SORT_KEY_BYTES {
    MAX_PATH_BYTES
} else {
    MAX_SORT_KEY_BYTES
};
/// The longest name of an order: its length is one byte.
const MAX_ORDER_BYTES: usize = 255;
/// The longest cursor: version, id, name of the order, key, in base64.
const MAX_CURSOR_BYTES: usize = (1 + 16 + 1 + MAX_ORDER_BYTES + 1 + MAX_KEY_BYTES).div_ceil(3) * 4;

/// Which page of a list is wanted. Made by [`PageArgs::new`], which checks it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageArgs {
    /// How many items.
    pub size: u32,
    /// Forward from the start (or `cursor`), or backward from the end (or `cursor`).
    pub backward: bool,
    /// The item the page begins after (or ends before).
    pub cursor: Option<Cursor>,
    /// Whether the number of all items is wanted as well.
    pub with_total: bool,
}

impl Default for PageArgs {
    fn default() -> Self {
        Self {
            size: DEFAULT_PAGE_SIZE,
            backward: false,
            cursor: None,
            with_total: false,
        }
    }
}

/// Relay's four paging arguments, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawPageArgs {
    /// Page size, forward.
    pub first: Option<i64>,
    /// Cursor to begin after.
    pub after: Option<String>,
    /// Page size, backward.
    pub last: Option<i64>,
    /// Cursor to end before.
    pub before: Option<String>,
}

impl PageArgs {
    /// Checks Relay's arguments; every wrong one is named.
    pub fn new(raw: RawPageArgs) -> Result<Self, Error> {
        let mut errors = Vec::new();
        if raw.first.is_some() && raw.last.is_some() {
            errors.push(crate::FieldError::new(
                "last",
                "cannot stand beside `first`: ask for one page, forward or backward",
            ));
        }
        if raw.after.is_some() && (raw.before.is_some() || raw.last.is_some()) {
            errors.push(crate::FieldError::new(
                "after",
                "goes with `first`; `before` goes with `last`",
            ));
        }
        if raw.before.is_some() && raw.first.is_some() {
            errors.push(crate::FieldError::new(
                "before",
                "goes with `last`; `after` goes with `first`",
            ));
        }
        let mut size_of = |name: &str, value: Option<i64>| match value {
            None => DEFAULT_PAGE_SIZE,
            Some(n) => match u32::try_from(n) {
                Ok(n) if n <= MAX_PAGE_SIZE => n,
                _ => {
                    errors.push(crate::FieldError::new(
                        name,
                        format!("must be from 0 to {MAX_PAGE_SIZE}; page through longer lists"),
                    ));
                    0
                }
            },
        };
        let backward = raw.last.is_some() || raw.before.is_some();
        let size = if backward {
            size_of("last", raw.last)
        } else {
            size_of("first", raw.first)
        };
        let (name, text) = if backward {
            ("before", raw.before)
        } else {
            ("after", raw.after)
        };
        let cursor = match text.map(|text| Cursor::decode(&text)).transpose() {
            Ok(cursor) => cursor,
            Err(message) => {
                errors.push(crate::FieldError::new(name, message));
                None
            }
        };
        if errors.is_empty() {
            Ok(Self {
                size,
                backward,
                cursor,
                with_total: false,
            })
        } else {
            Err(Error::Invalid(errors))
        }
    }

    /// Asks for the number of all items too, or not.
    #[must_use]
    pub fn total(mut self, wanted: bool) -> Self {
        self.with_total = wanted;
        self
    }

    /// The first `size` items.
    pub fn first(size: u32) -> Self {
        Self {
            size: size.min(MAX_PAGE_SIZE),
            ..Self::default()
        }
    }

    /// The sort key to continue from, if the cursor was made by the same list order.
    pub fn key_in(&self, order: ListOrder) -> Result<Option<(&Key, Uuid)>, Error> {
        match &self.cursor {
            None => Ok(None),
            Some(cursor) if cursor.order == order.name && cursor.key.kind() == order.key => {
                Ok(Some((&cursor.key, cursor.id)))
            }
            Some(_) => Err(Error::invalid(
                if self.backward { "before" } else { "after" },
                "is a cursor of another list or another order; cursors hold only for the order they came from",
            )),
        }
    }
}

/// The order of a list as its cursors know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListOrder {
    /// Its name, such as `-publishedAt`.
    pub name: &'static str,
    /// What it compares.
    pub key: KeyKind,
}

impl ListOrder {
    /// An order by points in time.
    pub const fn by_time(name: &'static str) -> Self {
        Self {
            name,
            key: KeyKind::Time,
        }
    }
    /// An order by texts.
    pub const fn by_text(name: &'static str) -> Self {
        Self {
            name,
            key: KeyKind::Text,
        }
    }
    /// An order by whole numbers.
    pub const fn by_number(name: &'static str) -> Self {
        Self {
            name,
            key: KeyKind::Int,
        }
    }
}

/// The type of a sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Points in time.
    Time,
    /// Texts that compare byte by byte.
    Text,
    /// Whole numbers.
    Int,
}

/// One sort key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A point in time.
    Time(Timestamp),
    /// A text that compares byte by byte.
    Text(String),
    /// A whole number.
    Int(i64),
}

impl Key {
    /// Its type.
    pub const fn kind(&self) -> KeyKind {
        match self {
            Self::Time(_) => KeyKind::Time,
            Self::Text(_) => KeyKind::Text,
            Self::Int(_) => KeyKind::Int,
        }
    }
}

/// A place in an ordered list. Opaque outside: version, order, key, id in URL-safe base64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// The order it belongs to, such as `-publishedAt`.
    pub order: String,
    /// The sort key of the item.
    pub key: Key,
    /// Tells items of equal keys apart.
    pub id: Uuid,
}

impl Cursor {
    /// The public form.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(64);
        bytes.push(1);
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.push(u8::try_from(self.order.len()).unwrap_or(u8::MAX));
        bytes.extend_from_slice(self.order.as_bytes());
        match &self.key {
            Key::Time(time) => {
                bytes.push(b't');
                bytes.extend_from_slice(&time.timestamp_micros().to_be_bytes());
            }
            Key::Int(number) => {
                bytes.push(b'i');
                bytes.extend_from_slice(&number.to_be_bytes());
            }
            Key::Text(text) => {
                bytes.push(b's');
                bytes.extend_from_slice(text.as_bytes());
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the public form; the error says what is wrong.
    pub fn decode(text: &str) -> Result<Self, &'static str> {
        const BAD: &str = "is not a cursor; use one from `pageInfo` or `page` as it is";
        if text.len() > MAX_CURSOR_BYTES {
            return Err(BAD);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_source| BAD)?;
        let (version, rest) = bytes.split_first().ok_or(BAD)?;
        match *version {
            1 => {}
            2..=15 => {
                return Err(
                    "is a cursor of another version of the service; begin again from the first page",
                );
            }
            // No version will be as large: this is any text.
            _ => return Err(BAD),
        }
        let (id, rest) = rest.split_at_checked(16).ok_or(BAD)?;
        let id = Uuid::from_slice(id).map_err(|_source| BAD)?;
        let (length, rest) = rest.split_first().ok_or(BAD)?;
        let (order, rest) = rest.split_at_checked(usize::from(*length)).ok_or(BAD)?;
        let order = std::str::from_utf8(order)
            .map_err(|_source| BAD)?
            .to_owned();
        let (tag, rest) = rest.split_first().ok_or(BAD)?;
        let number = || {
            <[u8; 8]>::try_from(rest)
                .map(i64::from_be_bytes)
                .map_err(|_source| BAD)
        };
        let key = match tag {
            b't' => Key::Time(DateTime::from_timestamp_micros(number()?).ok_or(BAD)?),
            b'i' => Key::Int(number()?),
            b's' => Key::Text(std::str::from_utf8(rest).map_err(|_source| BAD)?.to_owned()),
            _ => return Err(BAD),
        };
        Ok(Self { order, key, id })
    }
}

/// One item of a page and its place in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge<T> {
    /// The item.
    pub node: T,
    /// Its place.
    pub cursor: Cursor,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The items in list order (also when the page was read backward).
    pub edges: Vec<Edge<T>>,
    /// Whether there is an item after the last one.
    pub has_next: bool,
    /// Whether there is an item before the first one.
    pub has_previous: bool,
    /// The number of all items, if asked for.
    pub total: Option<u64>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            edges: Vec::new(),
            has_next: false,
            has_previous: false,
            total: None,
        }
    }
}

impl<T> Page<T> {
    /// The items alone.
    pub fn nodes(&self) -> impl Iterator<Item = &T> {
        self.edges.iter().map(|edge| &edge.node)
    }
    /// The items alone, by value.
    pub fn into_nodes(self) -> Vec<T> {
        self.edges.into_iter().map(|edge| edge.node).collect()
    }
    /// Turns every item into something else.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            edges: self
                .edges
                .into_iter()
                .map(|edge| Edge {
                    node: f(edge.node),
                    cursor: edge.cursor,
                })
                .collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
            total: self.total,
        }
    }
    /// Turns items into something else, or leaves them out. Whether there are more items before
    /// and after stays as it was.
    pub fn filter_map<U>(self, mut f: impl FnMut(T) -> Option<U>) -> Page<U> {
        Page {
            edges: self
                .edges
                .into_iter()
                .filter_map(|edge| {
                    Some(Edge {
                        node: f(edge.node)?,
                        cursor: edge.cursor,
                    })
                })
                .collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
            total: self.total,
        }
    }
    /// Turns every item into something else, or fails.
    pub fn try_map<U, E>(self, mut f: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let edges = self
            .edges
            .into_iter()
            .map(|edge| {
                Ok(Edge {
                    node: f(edge.node)?,
                    cursor: edge.cursor,
                })
            })
            .collect::<Result<_, E>>()?;
        Ok(Page {
            edges,
            has_next: self.has_next,
            has_previous: self.has_previous,
            total: self.total,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_survives_the_round_trip(order in "[-a-zA-Z]{0,255}", key in any::<i64>(), text in "\\PC{0,256}", id in any::<u128>()) {
            prop_assert!(text.len() <= MAX_KEY_BYTES);
            for key in [Key::Int(key), Key::Text(text.clone())] {
                let cursor = Cursor { order: order.clone(), key, id: Uuid::from_u128(id) };
                prop_assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
            }
        }

        #[test]
        fn decoding_never_panics(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let _ = Cursor::decode(&text);
            let _ = Cursor::decode(&URL_SAFE_NO_PAD.encode(bytes));
        }
    }

    #[test]
    fn a_cursor_of_a_later_version_is_told_from_any_text() {
        for text in ["abc", "bm90IGEgY3Vyc29yIGF0IGFsbA", "", "AQ"] {
            let message = Cursor::decode(text).unwrap_err();
            assert!(message.starts_with("is not a cursor"), "{text}: {message}");
        }
        let later = URL_SAFE_NO_PAD.encode([2; 30]);
        let message = Cursor::decode(&later).unwrap_err();
        assert!(message.contains("another version"), "{message}");
    }

    #[test]
    fn a_page_of_more_than_a_hundred_is_refused() {
        let raw = RawPageArgs {
            first: Some(101),
            ..RawPageArgs::default()
        };
        assert_eq!(PageArgs::new(raw).unwrap_err().fields()[0].field, "first");
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let cursor = Cursor {
            order: "title".to_owned(),
            key: Key::Text("x".to_owned()),
            id: Uuid::nil(),
        };
        let page = PageArgs {
            cursor: Some(cursor),
            ..PageArgs::default()
        };
        assert!(page.key_in(ListOrder::by_time("-publishedAt")).is_err());
        assert!(page.key_in(ListOrder::by_text("title")).is_ok());
        assert!(
            page.key_in(ListOrder::by_number("title")).is_err(),
            "the right name, but no such key"
        );
    }

    #[test]
    fn the_longest_keys_fit_into_a_cursor() {
        for length in [MAX_PATH_BYTES, MAX_SORT_KEY_BYTES] {
            let cursor = Cursor {
                order: "x".repeat(MAX_ORDER_BYTES),
                key: Key::Text("y".repeat(length)),
                id: Uuid::nil(),
            };
            assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
        }
    }
}
