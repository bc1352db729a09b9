//! Reads the query of a request against what the operation declares: every parameter once, none
//! unknown, each value as its schema says. All that is wrong is told at once.

use std::borrow::Cow;

use domain::{
    id::{Id, IdKind},
    paging::{PageArgs, RawPageArgs},
    time::Timestamp,
};
use percent_encoding::percent_decode_str;

use super::parameters::{Groups, Parameter, Place};
use crate::error::{FieldProblem, Problem};

/// More parameters than any operation has.
const MAX_PARAMETERS: usize = 100;
/// Enough to mend a query by; what is sent must not multiply in the answer.
const MAX_ERRORS: usize = 20;

/// The checked parameters of a request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query<'q> {
    values: Vec<(Cow<'q, str>, Cow<'q, str>)>,
}

impl<'q> Query<'q> {
    /// Checks the query of a request, as it stands in its address.
    pub(super) fn parse(raw: Option<&'q str>, declared: Groups) -> Result<Self, Problem> {
        let mut values: Vec<(Cow<'q, str>, Cow<'q, str>)> = Vec::new();
        let mut errors = Vec::new();
        for pair in raw
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .take(MAX_PARAMETERS)
        {
            if errors.len() >= MAX_ERRORS {
                break;
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(name), value) = (decode(name), decode(value)) else {
                errors.push(FieldProblem::parameter(
                    shorten(name),
                    FieldProblem::UNKNOWN,
                    "is not percent-encoded UTF-8",
                ));
                continue;
            };
            let Some(parameter) = in_query(declared).find(|parameter| parameter.is_named(&name))
            else {
                errors.push(FieldProblem::parameter(
                    shorten(&name),
                    FieldProblem::UNKNOWN,
                    unknown(declared),
                ));
                continue;
            };
            if values.iter().any(|(known, _)| *known == name) {
                errors.push(FieldProblem::parameter(
                    shorten(&name),
                    FieldProblem::DUPLICATE,
                    "may be given only once",
                ));
                continue;
            }
            match value
                .ok_or(Cow::Borrowed("is not percent-encoded UTF-8"))
                .and_then(|value| {
                    if value.contains('\0') {
                        Err(Cow::Borrowed("must not hold the character U+0000"))
                    } else {
                        Ok(value)
                    }
                })
                .and_then(|value| parameter.kind.check(&value).map(|()| value))
            {
                Ok(value) => values.push((name, value)),
                Err(message) => errors.push(FieldProblem::parameter(
                    shorten(&name),
                    FieldProblem::INVALID,
                    message,
                )),
            }
        }
        for parameter in in_query(declared).filter(|parameter| parameter.place == Place::Required) {
            let given = values.iter().any(|(name, _)| *name == parameter.name)
                || errors
                    .iter()
                    .any(|error| error.parameter_name() == parameter.name);
            if !given {
                errors.push(FieldProblem::parameter(
                    parameter.name,
                    FieldProblem::REQUIRED,
                    "is required",
                ));
            }
        }
        if errors.is_empty() {
            Ok(Self { values })
        } else {
            Err(Problem::validation(errors))
        }
    }

    /// The text of a parameter.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| &**value)
    }

    /// The parameters whose names begin so: the rest of each name, and its text.
    pub(super) fn open(&self, begin: &str) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(begin)?, &**value)))
    }

    /// The id a parameter holds.
    pub(super) fn id<K: IdKind>(&self, name: &str) -> Option<Id<K>> {
        self.text(name)?.parse().ok()
    }

    /// The point in time a parameter holds.
    pub(super) fn time(&self, name: &str) -> Option<Timestamp> {
        time(self.text(name)?)
    }

    /// Yes or no.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.text(name)?.parse().ok()
    }

    /// The words of a list.
    pub(super) fn words(&self, name: &str) -> Option<impl Iterator<Item = &str>> {
        self.text(name).map(|text| text.split(','))
    }

    /// Which page of a list is wanted.
    pub(super) fn page(&self) -> Result<PageArgs, Problem> {
        let number = |name| self.text(name).and_then(|text| text.parse().ok());
        let text = |name| self.text(name).map(str::to_owned);
        let raw = RawPageArgs {
            first: number("first"),
            after: text("after"),
            last: number("last"),
            before: text("before"),
        };
        Ok(PageArgs::new(raw)?.total(self.flag("total").unwrap_or(false)))
    }

    /// The parameters without those that say which page is wanted.
    pub(super) fn without_page(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .filter(|(name, _)| !matches!(&**name, "first" | "after" | "last" | "before"))
            .map(|(name, value)| (&**name, &**value))
    }
}

/// A point in time with its offset (RFC 3339).
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let is_plain = text
        .as_bytes()
        .get(10)
        .is_some_and(|byte| matches!(byte, b'T' | b't'));
    let time = chrono::DateTime::parse_from_rfc3339(text)
        .ok()
        .filter(|_| is_plain)?;
    Some(domain::time::to_micros(time.to_utc()))
}

/// Undoes percent-encoding and `+`; none if it is broken or not UTF-8.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(['%', '+']) {
        return Some(Cow::Borrowed(text));
    }
    let whole = |part: &str| {
        part.as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(whole) {
        return None;
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(Cow::Owned(decoded.into_owned()))
}

fn in_query(declared: Groups) -> impl Iterator<Item = &'static Parameter> {
    declared
        .iter()
        .copied()
        .flatten()
        .filter(|parameter| parameter.place != Place::Path)
}

fn unknown(declared: Groups) -> String {
    let names: Vec<String> = in_query(declared)
        .map(|parameter| {
            let rest = if parameter.is_open() { "NAME]" } else { "" };
            format!("{}{rest}", parameter.name)
        })
        .collect();
    if names.is_empty() {
        "is unknown: there are no parameters here".to_owned()
    } else {
        format!("is unknown; there are: {}", names.join(", "))
    }
}

/// Keeps what a caller sent from flooding an answer.
fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.to_owned()
    } else {
        text.chars().take(60).chain("…".chars()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rest::{
        parameters::{Kind, PAGE},
        selection::Fields,
    };

    const DECLARED: Groups = &[
        PAGE,
        &[
            Parameter::optional("edition", Kind::Edition, ""),
            Parameter::optional("filter[publishedAt][gte]", Kind::Time, ""),
            Parameter::optional("filter[isFeatured]", Kind::Flag, ""),
            Parameter::optional(
                "fields",
                Kind::Fields(Fields::flat(&["hero", "byline"])),
                "",
            ),
            Parameter::optional("text", Kind::Text, ""),
        ],
    ];

    fn codes(raw: &str) -> Vec<(String, &'static str)> {
        match Query::parse(Some(raw), DECLARED) {
            Ok(_) => Vec::new(),
            Err(problem) => problem
                .errors()
                .iter()
                .map(|error| (error.parameter_name().to_owned(), error.code()))
                .collect(),
        }
    }

    #[test]
    fn a_good_query_is_read() {
        let raw = "edition=fa&filter%5BpublishedAt%5D%5Bgte%5D=2026-01-01T00:00:00%2B01:00&&filter[isFeatured]=true&fields=hero,byline&first=5&total=true&text=%D8%B4+x";
        let query = Query::parse(Some(raw), DECLARED).unwrap();
        assert_eq!(query.text("edition"), Some("fa"));
        assert_eq!(
            query.time("filter[publishedAt][gte]").unwrap().to_rfc3339(),
            "2025-12-31T23:00:00+00:00"
        );
        assert_eq!(query.flag("filter[isFeatured]"), Some(true));
        assert_eq!(
            query.words("fields").unwrap().collect::<Vec<_>>(),
            ["hero", "byline"]
        );
        assert_eq!(query.text("text"), Some("ش x"));
        let page = query.page().unwrap();
        assert_eq!((page.size, page.with_total), (5, true));
        assert_eq!(Query::parse(None, DECLARED).unwrap(), Query::default());
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let found = codes(
            "edition=fa&edition=en&color=red&first=101&text=%FF&fields=hero,x&filter[isFeatured]=yes",
        );
        let expected = [
            ("edition", "DUPLICATE"),
            ("color", "UNKNOWN"),
            ("first", "INVALID"),
            ("text", "INVALID"),
            ("fields", "INVALID"),
            ("filter[isFeatured]", "INVALID"),
        ];
        assert_eq!(found, expected.map(|(name, code)| (name.to_owned(), code)));
    }

    #[test]
    fn a_required_parameter_is_missed() {
        const REQUIRING: Groups = &[&[
            Parameter::required("path", Kind::Text, ""),
            Parameter::optional("edition", Kind::Edition, ""),
        ]];
        let problem = Query::parse(Some("edition=en"), REQUIRING).unwrap_err();
        assert_eq!(
            (
                problem.errors()[0].parameter_name(),
                problem.errors()[0].code()
            ),
            ("path", "REQUIRED")
        );
        let problem = Query::parse(Some("path="), REQUIRING).unwrap_err();
        assert_eq!(problem.errors().len(), 1);
    }

    #[test]
    fn times_need_their_offset() {
        assert!(time("2026-01-01T00:00:00Z").is_some());
        for bad in [
            "2026-01-01",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00 01:00",
            "2026-13-01T00:00:00Z",
        ] {
            assert!(time(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn cursors_go_with_their_direction() {
        let query = Query::parse(Some("first=1&last=1"), DECLARED).unwrap();
        assert_eq!(
            query.page().unwrap_err().errors()[0].parameter_name(),
            "last"
        );
        let query = Query::parse(Some("after=abc"), DECLARED).unwrap();
        assert_eq!(
            query.page().unwrap_err().errors()[0].parameter_name(),
            "after"
        );
    }

    proptest! {
        #[test]
        fn reading_never_panics(raw in any::<String>()) {
            let _ = Query::parse(Some(&raw), DECLARED);
        }

        #[test]
        fn reading_never_panics_near_the_grammar(raw in "((first|after|edition|include|filter\\[publishedAt\\]\\[gte\\]|x|%5B|%)=?[a-z0-9%+,:é-]{0,12}&?){0,6}") {
                if let Ok(query) = Query::parse(Some(&raw), DECLARED) {
                let _ = query.page();
            }
        }

        #[test]
        fn any_text_comes_through_encoded(text in "[^\\x00-\\x1f\\x7f]{1,50}") {
            let encoded = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string();
            let raw = format!("text={encoded}");
                let query = Query::parse(Some(&raw), DECLARED).unwrap();
            prop_assert_eq!(query.text("text"), Some(text.as_str()));
        }
    }
}
