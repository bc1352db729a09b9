//! The parameters of operations, each declared once: what the document says of them is what the
//! parser checks.

use std::{borrow::Cow, marker::PhantomData};

use domain::paging::MAX_PAGE_SIZE;
use utoipa::{
    IntoParams,
    openapi::{
        KnownFormat, Required, SchemaFormat,
        path::{Parameter as Document, ParameterBuilder, ParameterIn, ParameterStyle},
        schema::{ArrayBuilder, Object, ObjectBuilder, Schema, Type},
    },
};

use super::{
    query,
    selection::{Fields, Include},
};

/// The longest text a parameter may have, in characters.
const MAX_TEXT_CHARS: usize = 200;
/// The longest path: the longest stored one, percent-encoded.
const MAX_PATH_CHARS: usize = 3072;
const MAX_CURSOR_CHARS: usize = 1024;
const MAX_EDITION_CHARS: usize = 35;

/// Where a parameter stands, and whether it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the path, where it always is.
    Path,
    /// In the query, if the caller wants.
    Optional,
    /// In the query, always.
    Required,
}

/// What values a parameter takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// The id of a record with this prefix.
    Id(&'static str),
    /// The id of an entry.
    EntryId,
    /// The id of a record with this prefix, or `none`.
    IdOrNone(&'static str),
    /// The id of a revision, or one of the words for what is there now.
    State,
    /// The code of an edition.
    Edition,
    /// A short text.
    Text,
    /// The path of a public address.
    Path,
    /// A point in time.
    Time,
    /// Yes or no.
    Flag,
    /// A page size.
    Count,
    /// A place in a list.
    Cursor,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these orders; the first is meant where none is named.
    Sort(&'static [&'static str]),
    /// Some of these words.
    Words(&'static [&'static str]),
    /// A value of a custom field. The name of the parameter only begins with that of this one, and
    /// goes on with that of the field: which there are is a matter of configuration.
    CustomField,
    /// The names of some of these.
    Fields(Fields),
    /// The names of some of these.
    Includes(&'static [Include]),
}

/// A parameter of an operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    /// Its name, exactly.
    pub(super) name: &'static str,
    /// Where it stands.
    pub(super) place: Place,
    /// What values it takes.
    pub(super) kind: Kind,
    description: &'static str,
}

/// The parameters of an operation, in groups that operations share.
pub(super) type Groups = &'static [&'static [Parameter]];

/// An operation that declares its parameters.
pub(super) trait Declared {
    /// All of them.
    const PARAMETERS: Groups;
}

/// An operation that takes nothing from the query.
pub(super) struct Nothing;
impl Declared for Nothing {
    const PARAMETERS: Groups = &[];
}

/// Puts the parameters of an operation into the document.
pub(super) struct Of<T>(PhantomData<T>);

impl<T: Declared> IntoParams for Of<T> {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Document> {
        T::PARAMETERS
            .iter()
            .copied()
            .flatten()
            .filter(|parameter| !parameter.is_open())
            .map(Parameter::document)
            .collect()
    }
}

/// A page of a list.
pub(super) const PAGE: &[Parameter] = &[
    Parameter::optional(
        "first",
        Kind::Count,
        "How many items, from the beginning of the list or after the cursor. 20 if neither `first` nor `last` says.",
    ),
    Parameter::optional(
        "after",
        Kind::Cursor,
        "The cursor after which the page begins: `page.endCursor` of the page before.",
    ),
    Parameter::optional(
        "last",
        Kind::Count,
        "How many items, from the end of the list or before the cursor. Not together with `first`.",
    ),
    Parameter::optional(
        "before",
        Kind::Cursor,
        "The cursor before which the page ends: `page.startCursor` of the page after.",
    ),
    Parameter::optional(
        "total",
        Kind::Flag,
        "Whether to count all items of the list, as `page.totalCount`. Costs time on long lists.",
    ),
];

/// In whose language the texts of shared records come.
pub(super) const TEXTS_OF: Parameter = Parameter::optional(
    "edition",
    Kind::Edition,
    "The edition whose texts are wanted; the default edition if absent. A record without a text there is shown with that of a fallback, and its `edition` says which; a list by name leaves it out.",
);

/// The edition in a path.
pub(super) const EDITION_SEGMENT: Parameter = Parameter::path(
    "edition",
    Kind::Edition,
    "The code of the edition, such as `en`.",
);
/// The slug in a path.
pub(super) const SLUG_SEGMENT: Parameter = Parameter::path("slug", Kind::Text, "The slug.");

/// A type of record that is read by REST.
pub(super) trait Record {
    /// The prefix of its ids.
    const PREFIX: &'static str;
    /// The names of its fields; a test holds them against the schema.
    const FIELDS: &'static [&'static str];
    /// What is loaded only when asked for.
    const INCLUDES: &'static [Include] = &[];
    /// Its fields that hold records with fields of their own; a test holds them against the schema.
    const BELOW: &'static [(&'static str, Fields)] = &[];

    /// `fields` and, where there is something to load, `include`.
    const SELECTION: &'static [Parameter] = {
        let fields = Parameter::optional(
            "fields",
            Kind::Fields(Fields {
                names: Self::FIELDS,
                below: Self::BELOW,
            }),
            "Only these fields; a dot names a field within another. The `id` of a record (of entries also `type`) is always there.",
        );
        let include = Parameter::optional(
            "include",
            Kind::Includes(Self::INCLUDES),
            "What to load besides the record's own fields.",
        );
        if Self::INCLUDES.is_empty() {
            &[fields]
        } else {
            &[fields, include]
        }
    };
    /// Its id in a path.
    const ID: Parameter = Parameter::path("id", Kind::Id(Self::PREFIX), "The id of the record.");
}

/// Reads one record of a type that all editions share, by its id.
pub(super) struct ById<T>(PhantomData<T>);
impl<T: Record> Declared for ById<T> {
    const PARAMETERS: Groups = &[&[T::ID, TEXTS_OF], T::SELECTION];
}

/// Reads one record of a type that belongs to an edition, by its id.
pub(super) struct OwnById<T>(PhantomData<T>);
impl<T: Record> Declared for OwnById<T> {
    const PARAMETERS: Groups = &[&[T::ID], T::SELECTION];
}

/// Reads one record by its slug.
pub(super) struct BySlug<T>(PhantomData<T>);
impl<T: Record> Declared for BySlug<T> {
    const PARAMETERS: Groups = &[&[EDITION_SEGMENT, SLUG_SEGMENT], T::SELECTION];
}

impl Parameter {
    /// A part of the path.
    pub(super) const fn path(name: &'static str, kind: Kind, description: &'static str) -> Self {
        Self {
            name,
            place: Place::Path,
            kind,
            description,
        }
    }

    /// A parameter of the query.
    pub(super) const fn optional(
        name: &'static str,
        kind: Kind,
        description: &'static str,
    ) -> Self {
        Self {
            name,
            place: Place::Optional,
            kind,
            description,
        }
    }

    /// A parameter the query must have.
    pub(super) const fn required(
        name: &'static str,
        kind: Kind,
        description: &'static str,
    ) -> Self {
        Self {
            name,
            place: Place::Required,
            kind,
            description,
        }
    }

    /// In which order a list comes.
    pub(super) const fn sort(words: &'static [&'static str]) -> Self {
        Self::optional(
            "sort",
            Kind::Sort(words),
            "The order of the list; `-` puts the largest, newest or last letter first.",
        )
    }

    /// Whether its name only begins with that of this one.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.kind, Kind::CustomField)
    }

    /// Whether a parameter of a query is this one.
    pub(super) fn is_named(&self, name: &str) -> bool {
        if self.is_open() {
            name.starts_with(self.name)
        } else {
            self.name == name
        }
    }

    fn document(&self) -> Document {
        let (place, required) = match self.place {
            Place::Path => (ParameterIn::Path, Required::True),
            Place::Optional => (ParameterIn::Query, Required::False),
            Place::Required => (ParameterIn::Query, Required::True),
        };
        let builder = ParameterBuilder::new()
            .name(self.name)
            .parameter_in(place)
            .required(required)
            .description(Some(self.description))
            .schema(Some(self.kind.schema()));
        if matches!(
            self.kind,
            Kind::Words(_) | Kind::Fields(_) | Kind::Includes(_)
        ) {
            builder
                .style(Some(ParameterStyle::Form))
                .explode(Some(false))
                .build()
        } else {
            builder.build()
        }
    }
}

impl Kind {
    /// Whether a value can be used; if not, what is wrong with it.
    pub(super) fn check(self, value: &str) -> Result<(), Cow<'static, str>> {
        if let Self::Fields(fields) = self {
            let there_are = || {
                let within: Vec<&str> = fields.below.iter().map(|(name, _)| *name).collect();
                let hint = if within.is_empty() {
                    String::new()
                } else {
                    format!("; fields within {} after a dot", within.join(", "))
                };
                format!("{}{hint}", fields.names.join(", "))
            };
            return check_words(value, |word| fields.has(word), there_are);
        }
        if let Self::Words(words) = self {
            return check_words(value, |word| words.contains(&word), || words.join(", "));
        }
        if let Self::Includes(includes) = self {
            let names = names(includes);
            return check_words(value, |word| names.contains(&word), || names.join(", "));
        }
        if self.takes(value) {
            Ok(())
        } else {
            Err(self.expectation())
        }
    }

    fn takes(self, value: &str) -> bool {
        match self {
            Self::Id(prefix) => is_id(value, &[prefix]),
            Self::EntryId => is_id(value, &["article", "page", "issue"]),
            Self::IdOrNone(prefix) => value == "none" || is_id(value, &[prefix]),
            Self::State => matches!(value, "live" | "pending") || is_id(value, &["revision"]),
            Self::Text => is_text(value, MAX_TEXT_CHARS),
            Self::Path | Self::CustomField => is_text(value, MAX_PATH_CHARS),
            Self::Edition => is_edition(value),
            Self::Time => query::time(value).is_some(),
            Self::Flag => matches!(value, "true" | "false"),
            Self::Count => is_count(value),
            Self::Cursor => is_cursor(value),
            Self::Word(words) | Self::Sort(words) | Self::Words(words) => words.contains(&value),
            Self::Fields(fields) => fields.has(value),
            Self::Includes(includes) => includes.iter().any(|include| include.name == value),
        }
    }

    fn expectation(self) -> Cow<'static, str> {
        let text = |max| {
            format!("must have 1 to {max} characters, none of them control characters").into()
        };
        match self {
            Self::Id(prefix) => format!("must be an id that begins with `{prefix}_`").into(),
            Self::EntryId => "must be the id of an article, a page or an issue".into(),
            Self::IdOrNone(prefix) => {
                format!("must be `none` or an id that begins with `{prefix}_`").into()
            }
            Self::State => "must be `live`, `pending` or an id that begins with `revision_`".into(),
            Self::Text => text(MAX_TEXT_CHARS),
            Self::Path | Self::CustomField => text(MAX_PATH_CHARS),
            Self::Edition => "must be a language tag such as `en` or `fa` (BCP 47)".into(),
            Self::Time => "must be a point in time such as 2026-03-05T10:00:00Z (RFC 3339); \
                           a `+` in it must be written `%2B`"
                .into(),
            Self::Flag => "must be true or false".into(),
            Self::Count => format!(
                "must be a whole number from 0 to {MAX_PAGE_SIZE}; page through longer lists"
            )
            .into(),
            Self::Cursor => "is not a cursor; use one from `page` as it is".into(),
            Self::Word(words) | Self::Sort(words) | Self::Words(words) => {
                format!("must be {}", words.join(" or ")).into()
            }
            Self::Fields(fields) => format!("must be {}", fields.names.join(" or ")).into(),
            Self::Includes(includes) => format!("must be {}", names(includes).join(" or ")).into(),
        }
    }

    /// The same as a schema.
    fn schema(self) -> Schema {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let free = |max| {
            text()
                .min_length(Some(1))
                .max_length(Some(max))
                .pattern(Some("^[^\\x00-\\x1F\\x7F]+$"))
        };
        let builder = match self {
            Self::Id(prefix) => text().pattern(Some(id_pattern(prefix))),
            Self::EntryId => text().pattern(Some(id_pattern("(article|page|issue)"))),
            Self::IdOrNone(prefix) => {
                text().pattern(Some(format!("^(none|{prefix}_{ID_DIGITS})$")))
            }
            Self::State => text().pattern(Some(format!("^(live|pending|revision_{ID_DIGITS})$"))),
            Self::Text => free(MAX_TEXT_CHARS),
            Self::Path | Self::CustomField => free(MAX_PATH_CHARS),
            Self::Edition => text()
                .pattern(Some("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"))
                .max_length(Some(MAX_EDITION_CHARS)),
            Self::Time => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
            Self::Flag => ObjectBuilder::new().schema_type(Type::Boolean),
            Self::Count => ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(0))
                .maximum(Some(MAX_PAGE_SIZE)),
            Self::Cursor => text()
                .pattern(Some("^[A-Za-z0-9_-]+$"))
                .max_length(Some(MAX_CURSOR_CHARS)),
            Self::Word(words) => text().enum_values(Some(words.iter().copied())),
            Self::Sort(words) => text()
                .enum_values(Some(words.iter().copied()))
                .default(words.first().map(|word| (*word).into())),
            Self::Words(words) => return list_of(words.to_vec()),
            Self::Fields(fields) => return list_of(fields.paths()),
            Self::Includes(includes) => return list_of(names(includes)),
        };
        builder.build().into()
    }
}

fn names(includes: &[Include]) -> Vec<&'static str> {
    includes.iter().map(|include| include.name).collect()
}

fn check_words(
    value: &str,
    is_known: impl Fn(&str) -> bool,
    there_are: impl FnOnce() -> String,
) -> Result<(), Cow<'static, str>> {
    match value.split(',').find(|word| !is_known(word)) {
        None => Ok(()),
        Some(word) => {
            let word: String = word.chars().take(60).collect();
            Err(format!("`{word}` is unknown; there are: {}", there_are()).into())
        }
    }
}

fn list_of<W: Into<serde_json::Value>>(words: Vec<W>) -> Schema {
    let item: Object = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .build();
    ArrayBuilder::new()
        .items(item)
        .min_items(Some(1))
        .build()
        .into()
}

/// The part of an id behind its prefix.
pub(super) const ID_DIGITS: &str = "[0-7][0-9a-hjkmnp-tv-z]{25}";

fn id_pattern(prefix: &str) -> String {
    format!("^{prefix}_{ID_DIGITS}$")
}

fn is_id(value: &str, prefixes: &[&str]) -> bool {
    let Some((prefix, digits)) = value.rsplit_once('_') else {
        return false;
    };
    let is_digit = |byte: u8| {
        byte.is_ascii_digit()
            || (byte.is_ascii_lowercase() && !matches!(byte, b'i' | b'l' | b'o' | b'u'))
    };
    prefixes.contains(&prefix)
        && digits.len() == 26
        && digits.bytes().all(is_digit)
        && digits.starts_with(|c: char| c < '8')
}

/// A text that the store can take.
pub(super) fn is_text(value: &str, max_chars: usize) -> bool {
    !value.is_empty()
        && value.chars().count() <= max_chars
        && !value.bytes().any(|byte| byte < 0x20 || byte == 0x7f)
}

fn is_edition(value: &str) -> bool {
    let mut parts = value.split('-');
    let language = parts.next().unwrap_or_default();
    value.len() <= MAX_EDITION_CHARS
        && (2..=8).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

fn is_cursor(value: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !value.is_empty() && value.len() <= MAX_CURSOR_CHARS && value.bytes().all(is_good)
}

fn is_count(value: &str) -> bool {
    let is_plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    is_plain
        && value
            .parse::<u32>()
            .is_ok_and(|number| number <= MAX_PAGE_SIZE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_are_told_from_other_texts() {
        let id = Kind::Id("article");
        assert!(id.check("article_01h455vb4pex5vsknk084sn02q").is_ok());
        for bad in [
            "",
            "article_",
            "page_01h455vb4pex5vsknk084sn02q",
            "article_81h455vb4pex5vsknk084sn02q",
            "article_01h455vb4pex5vsknk084sn02u",
            "article_01H455VB4PEX5VSKNK084SN02Q",
        ] {
            assert!(id.check(bad).is_err(), "{bad}");
        }
        assert!(
            Kind::EntryId
                .check("page_01h455vb4pex5vsknk084sn02q")
                .is_ok()
        );
        assert!(Kind::IdOrNone("page").check("none").is_ok());
    }

    #[test]
    fn numbers_are_plain() {
        assert!(Kind::Count.check("100").is_ok());
        for bad in ["", "101", "-1", "+1", "1.0", " 1", "99999999999999999999"] {
            assert!(Kind::Count.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn editions_are_language_tags() {
        for good in ["en", "sr-Latn", "zh-Hant-TW"] {
            assert!(Kind::Edition.check(good).is_ok(), "{good}");
        }
        for bad in ["", "e", "en-", "en_US", "en us", "é"] {
            assert!(Kind::Edition.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_name_the_word_that_is_wrong() {
        let kind = Kind::Words(&["a", "b"]);
        assert!(kind.check("a,b,a").is_ok());
        assert_eq!(
            kind.check("a,c").unwrap_err(),
            "`c` is unknown; there are: a, b"
        );
        assert!(kind.check("").is_err());
    }

    proptest! {
        #[test]
        fn what_is_an_id_here_is_one_in_the_domain(value in "(article|page|tag|x)_[0-9a-z]{25,27}") {
            let here = is_id(&value, &["article"]);
            prop_assert_eq!(here, value.parse::<domain::id::ArticleId>().is_ok());
        }

        #[test]
        fn checking_never_panics(value in any::<String>()) {
            for kind in [Kind::Id("tag"), Kind::Edition, Kind::Time, Kind::Count, Kind::Cursor, Kind::Path, Kind::Text] {
                let _ = kind.check(&value);
            }
        }
    }
}
