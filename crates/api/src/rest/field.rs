//! The members of a body. A member that is wrong does not stop the reading: all that is wrong with a
//! body is told at once, by JSON pointers.

use std::{collections::BTreeMap, str::FromStr};

use domain::{
    FieldError,
    change::Change,
    editions::{Edition, EditionSet},
    id::EditionId,
    text::EditionText,
    texts::TextChanges,
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use utoipa::openapi::{
    Ref,
    schema::{Object, ObjectBuilder, OneOfBuilder, Schema, Type},
};

use crate::error::{FieldProblem, Problem};

/// Enough to mend a body by; what is sent must not multiply in the answer.
const MAX_ERRORS: usize = 50;

/// A member of a body.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Field<T> {
    /// It is left out.
    #[default]
    Absent,
    /// It is null.
    Null,
    /// It is a value.
    Value(T),
    /// It is something else.
    Wrong,
}

/// What a member can be.
pub(super) trait Wire: DeserializeOwned {
    /// What is said of one that is something else.
    const MUST_BE: &'static str;
}

impl Wire for String {
    const MUST_BE: &'static str = "must be a string";
}
impl Wire for i32 {
    const MUST_BE: &'static str = "must be a whole number from -2147483648 to 2147483647";
}
impl Wire for i64 {
    const MUST_BE: &'static str = "must be a whole number";
}
impl Wire for f64 {
    const MUST_BE: &'static str = "must be a number";
}
impl Wire for bool {
    const MUST_BE: &'static str = "must be true or false";
}
impl<T: Wire> Wire for Vec<Field<T>> {
    const MUST_BE: &'static str = "must be a list";
}
impl<T: Wire> Wire for BTreeMap<String, Field<T>> {
    const MUST_BE: &'static str = "must be an object";
}

impl<'de, T: Wire> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.is_null() {
            return Ok(Self::Null);
        }
        Ok(T::deserialize(value).map_or(Self::Wrong, Self::Value))
    }
}

/// The members of an object that it does not know.
pub(super) type Unknown = BTreeMap<String, Value>;

/// A body, or an object within one: read as it is, then turned into a command.
pub(super) trait Body: DeserializeOwned {
    /// The command.
    type Command;

    /// Turns it into a command; what is wrong is noted.
    fn read(self, editions: &EditionSet, wrong: &mut Collected) -> Self::Command;
}

/// Collects what is wrong with a body.
#[derive(Debug, Default)]
pub(super) struct Collected {
    /// Where the object stands that is read now; empty or with a dot at its end.
    at: String,
    errors: Vec<FieldProblem>,
}

impl Collected {
    /// Something is wrong with a member.
    pub(super) fn note(&mut self, name: &str, message: impl Into<String>) {
        let place = format!("{}{name}", self.at);
        self.push(FieldProblem::body(&place, FieldProblem::INVALID, message));
    }

    /// Something is wrong with a member whose name its sender has chosen.
    fn note_member(&mut self, name: &str, code: &'static str, message: impl Into<String>) {
        let name: String = name.chars().take(60).collect();
        let problem = FieldProblem::member(&self.at, &name, code, message);
        self.push(problem);
    }

    /// What is sent must not multiply in the answer.
    fn push(&mut self, problem: FieldProblem) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(problem);
        }
    }

    /// A member that cannot be cleared.
    pub(super) fn required<T: Wire>(&mut self, name: &str, field: Field<T>) -> Change<T> {
        match field {
            Field::Absent => Change::Keep,
            Field::Value(value) => Change::Set(value),
            Field::Null => {
                self.note(name, format!("{}; it cannot be cleared", T::MUST_BE));
                Change::Keep
            }
            Field::Wrong => {
                self.note(name, T::MUST_BE);
                Change::Keep
            }
        }
    }

    /// A member that has to be there.
    pub(super) fn needed<T: Wire>(&mut self, name: &str, field: Field<T>) -> Option<T> {
        match field {
            Field::Value(value) => Some(value),
            Field::Absent => {
                self.push(FieldProblem::body(
                    &format!("{}{name}", self.at),
                    FieldProblem::REQUIRED,
                    "is required",
                ));
                None
            }
            Field::Null | Field::Wrong => {
                self.note(name, T::MUST_BE);
                None
            }
        }
    }

    /// Takes what was read; what could not be read is noted.
    pub(super) fn take<T>(&mut self, read: domain::Result<T>) -> Option<T> {
        let error = match read {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        for wrong in error.fields() {
            self.note(&wrong.field, wrong.message.clone());
        }
        None
    }

    /// A member that null clears.
    pub(super) fn clearable<T: Wire>(&mut self, name: &str, field: Field<T>) -> Change<Option<T>> {
        match field {
            Field::Absent => Change::Keep,
            Field::Null => Change::Set(None),
            Field::Value(value) => Change::Set(Some(value)),
            Field::Wrong => {
                self.note(name, format!("{} or null", T::MUST_BE));
                Change::Keep
            }
        }
    }

    /// An id, or null.
    pub(super) fn id<T: FromStr<Err = domain::Error>>(
        &mut self,
        name: &str,
        field: Field<String>,
    ) -> Change<Option<T>> {
        match self.clearable(name, field) {
            Change::Keep => Change::Keep,
            Change::Set(None) => Change::Set(None),
            Change::Set(Some(text)) => match text.parse() {
                Ok(id) => Change::Set(Some(id)),
                Err(error) => {
                    for wrong in error.fields() {
                        self.note(name, wrong.message.clone());
                    }
                    Change::Keep
                }
            },
        }
    }

    /// The ids in a list.
    pub(super) fn ids<T: FromStr<Err = domain::Error>>(
        &mut self,
        name: &str,
        items: Vec<Field<String>>,
    ) -> Vec<T> {
        self.within(name, |wrong| {
            let items = items.into_iter().enumerate();
            items
                .filter_map(|(number, item)| match item {
                    Field::Null => {
                        wrong.note(&number.to_string(), String::MUST_BE);
                        None
                    }
                    item @ (Field::Absent | Field::Value(_) | Field::Wrong) => {
                        match wrong.id(&number.to_string(), item) {
                            Change::Set(id) => id,
                            Change::Keep => None,
                        }
                    }
                })
                .collect()
        })
    }

    /// The edition a member names.
    pub(super) fn edition_of(
        &mut self,
        name: &str,
        field: Field<String>,
        editions: &EditionSet,
    ) -> Option<EditionId> {
        if field == Field::Absent {
            self.note(name, "is required");
        }
        let Change::Set(code) = self.required(name, field) else {
            return None;
        };
        match editions.resolve(Some(&code)) {
            Ok(edition) => Some(edition.id),
            Err(error) => {
                for wrong in error.fields() {
                    self.note(name, wrong.message.clone());
                }
                None
            }
        }
    }

    /// The texts of a record by the codes of their editions; null removes one.
    pub(super) fn texts<T: Wire, C>(
        &mut self,
        editions: &EditionSet,
        field: Field<BTreeMap<String, Field<T>>>,
        read: impl FnMut(&mut Self, T) -> C,
    ) -> TextChanges<C> {
        TextChanges(self.by_edition("texts", editions, field, read))
    }

    /// What stands under the codes of editions; null removes it.
    pub(super) fn by_edition<T: Wire, C>(
        &mut self,
        name: &str,
        editions: &EditionSet,
        field: Field<BTreeMap<String, Field<T>>>,
        mut read: impl FnMut(&mut Self, T) -> C,
    ) -> Vec<EditionText<Option<C>>> {
        let Change::Set(by_code) = self.required(name, field) else {
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(by_code.len());
        self.within(name, |wrong| {
            for (code, text) in by_code {
                let Some(edition) = wrong.edition(editions, &code) else {
                    continue;
                };
                let value = match text {
                    Field::Value(text) => {
                        Some(wrong.within(edition.code.as_str(), |wrong| read(wrong, text)))
                    }
                    Field::Null | Field::Absent => None,
                    Field::Wrong => {
                        wrong.note(edition.code.as_str(), format!("{} or null", T::MUST_BE));
                        continue;
                    }
                };
                texts.push(EditionText {
                    edition: edition.id,
                    value,
                });
            }
        });
        texts
    }

    /// The edition that is the name of a member. Only as it is written itself, or it might come twice.
    fn edition<'e>(&mut self, editions: &'e EditionSet, code: &str) -> Option<&'e Edition> {
        let found = editions.by_code(code);
        let found = found.filter(|edition| edition.code.as_str() == code);
        if found.is_none() {
            let known = editions.all().iter().map(|edition| edition.code.as_str());
            let known = known.collect::<Vec<_>>().join(", ");
            let message = format!("is not an edition of this site; there are: {known}");
            self.note_member(code, FieldProblem::INVALID, message);
        }
        found
    }

    /// Reads an object that stands in a member.
    pub(super) fn within<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let inner = format!("{}{name}.", self.at);
        let outer = std::mem::replace(&mut self.at, inner);
        let value = read(self);
        self.at = outer;
        value
    }

    /// Refuses members that an object does not know.
    pub(super) fn unknown(&mut self, members: &Unknown) {
        for name in members.keys() {
            self.note_member(
                name,
                FieldProblem::UNKNOWN,
                "is not a member of this object",
            );
        }
    }

    /// Adds what a command says of itself, in the words of this face.
    pub(super) fn extend(&mut self, errors: Vec<FieldError>, words: Words) {
        for FieldError { field, message } in errors {
            let place = in_words(field, words);
            let problem = FieldProblem::body(&place, FieldProblem::INVALID, message);
            // What could not be read looks like something that was left out.
            let is_told = self
                .errors
                .iter()
                .any(|known| known.pointer() == problem.pointer());
            if !is_told {
                self.push(problem);
            }
        }
    }

    /// What was read, unless anything is wrong.
    pub(super) fn finish<T>(self, value: T) -> Result<T, Problem> {
        if self.errors.is_empty() {
            Ok(value)
        } else {
            Err(Problem::unprocessable(self.errors))
        }
    }
}

/// Fields that are called otherwise here: the word of commands, and that of bodies.
pub(super) type Words = &'static [(&'static str, &'static str)];

/// The name of a field of a command in a body. A `*` among the words stands for a number in a list.
pub(super) fn in_words(field: String, words: Words) -> String {
    let is_meant = |known: &str| {
        known.split('.').count() == field.split('.').count()
            && known
                .split('.')
                .zip(field.split('.'))
                .all(|(known, step)| known == step || known == "*")
    };
    let Some((_, word)) = words.iter().find(|(known, _)| is_meant(known)) else {
        return field;
    };
    let steps = word.split('.').zip(field.split('.'));
    let steps = steps.map(|(word, step)| if word == "*" { step } else { word });
    steps.collect::<Vec<_>>().join(".")
}

/// What the document says of the texts of a record: by the codes of their editions, and null.
pub(super) fn texts_or_null(text: &str) -> Object {
    let text_or_null = OneOfBuilder::new()
        .item(Ref::from_schema_name(text))
        .item(ObjectBuilder::new().schema_type(Type::Null));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "Texts by the codes of their editions; null takes one away. Those of other editions stay.",
        ))
        .additional_properties(Some(Schema::OneOf(text_or_null.build())))
        .build()
}

/// Reads a body. What is not JSON is told apart from JSON that is something else.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    use serde_json::error::Category;
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => {
            let message = error.to_string();
            let message = if message.starts_with("duplicate field") {
                message
            } else {
                "must be an object".to_owned()
            };
            Problem::unprocessable(vec![FieldProblem::body("", FieldProblem::INVALID, message)])
        }
        Category::Io | Category::Syntax | Category::Eof => {
            Problem::validation(vec![FieldProblem::body(
                "",
                FieldProblem::INVALID,
                format!("is not JSON: {error}"),
            )])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Sample {
        name: Field<String>,
        place: Field<i32>,
        inner: Field<Inner>,
        #[serde(flatten)]
        unknown: Unknown,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Inner {
        text: Field<String>,
        #[serde(flatten)]
        unknown: Unknown,
    }

    impl Wire for Inner {
        const MUST_BE: &'static str = "must be an object";
    }

    fn problems(body: &str) -> (u16, Vec<(String, &'static str)>) {
        let sample: Sample = match parse(body.as_bytes()) {
            Ok(sample) => sample,
            Err(problem) => return told(&problem),
        };
        let mut wrong = Collected::default();
        let _ = wrong.required("name", sample.name);
        let _ = wrong.clearable("place", sample.place);
        if let Change::Set(inner) = wrong.required("inner", sample.inner) {
            wrong.within("inner", |wrong| {
                let _ = wrong.required("text", inner.text);
                wrong.unknown(&inner.unknown);
            });
        }
        wrong.unknown(&sample.unknown);
        wrong
            .finish(())
            .map_or_else(|problem| told(&problem), |()| (200, Vec::new()))
    }

    fn told(problem: &Problem) -> (u16, Vec<(String, &'static str)>) {
        let errors = problem.errors().iter();
        let errors = errors.map(|error| (error.pointer().unwrap_or("-").to_owned(), error.code()));
        (problem.status().as_u16(), errors.collect())
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_by_its_place() {
        let body = r#"{"name": null, "place": "x", "inner": {"text": 5, "no.w": 1}, "a/b": 2}"#;
        let expected = [
            ("/name", "INVALID"),
            ("/place", "INVALID"),
            ("/inner/text", "INVALID"),
            ("/inner/no.w", "UNKNOWN"),
            ("/a~1b", "UNKNOWN"),
        ];
        let expected = expected
            .map(|(place, code)| (place.to_owned(), code))
            .to_vec();
        assert_eq!(problems(body), (422, expected));
    }

    #[test]
    fn what_is_not_json_cannot_be_read() {
        for body in ["", "{", "{\"name\": }", "\u{fffd}"] {
            assert_eq!(problems(body).0, 400, "{body}");
        }
        assert_eq!(
            parse::<Sample>(b"{\"name\":\"\xff\"}")
                .unwrap_err()
                .status(),
            400
        );
    }

    #[test]
    fn what_is_no_object_and_what_comes_twice_is_wrong() {
        for body in ["[]", "5", "null", r#"{"name": "a", "name": "b"}"#] {
            assert_eq!(
                problems(body),
                (422, vec![(String::new(), "INVALID")]),
                "{body}"
            );
        }
    }

    #[test]
    fn a_member_is_left_out_or_null_or_a_value() {
        let mut wrong = Collected::default();
        assert_eq!(wrong.clearable::<i32>("a", Field::Absent), Change::Keep);
        assert_eq!(wrong.clearable::<i32>("a", Field::Null), Change::Set(None));
        assert_eq!(wrong.clearable("a", Field::Value(1)), Change::Set(Some(1)));
        assert!(wrong.finish(()).is_ok());
    }

    #[test]
    fn fields_are_named_as_bodies_call_them() {
        let words: Words = &[
            ("parent", "parentId"),
            ("byline.*.author", "byline.*.authorId"),
        ];
        for (field, named) in [
            ("parent", "parentId"),
            ("byline.3.author", "byline.3.authorId"),
            ("byline.3.name", "byline.3.name"),
            ("parent.name", "parent.name"),
        ] {
            assert_eq!(in_words(field.to_owned(), words), named);
        }
    }

    #[test]
    fn what_could_not_be_read_is_not_told_to_be_missing_as_well() {
        let mut wrong = Collected::default();
        let _ = wrong.required::<String>("title", Field::Wrong);
        let missing = |field| FieldError::new(field, "is required");
        wrong.extend(vec![missing("title"), missing("slug")], &[]);
        let (_, errors) = told(&wrong.finish(()).unwrap_err());
        let places: Vec<&str> = errors.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, ["/title", "/slug"]);
    }

    #[test]
    fn the_list_of_what_is_wrong_has_an_end() {
        let members: Vec<String> = (0..500).map(|number| format!("\"m{number}\": 1")).collect();
        let (status, errors) = problems(&format!("{{{}}}", members.join(",")));
        assert_eq!((status, errors.len()), (422, MAX_ERRORS));
    }
}
