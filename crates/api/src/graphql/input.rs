//! Reads the inputs of mutations. Everything that is wrong with one is told at once.

use std::str::FromStr;

use application::{ActorContext, OnUse, custom_fields::faults_of, lifecycle::Step};
use async_graphql::{Enum, ID, InputObject, MaybeUndefined};
use domain::{
    Error, FieldError, Result,
    change::{Change, ContentChange},
    content::ContentKind,
    editions::EditionSet,
    id::{EntryId, Id, IdKind, kinds},
    text::EditionText,
    texts::{TextChanges, place},
};

use super::context::parse_id;

/// Collects what is wrong with an input.
#[derive(Debug, Default)]
pub(crate) struct Wrong(Vec<FieldError>);

impl Wrong {
    /// Something is wrong with a field.
    pub(crate) fn note(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError::new(field, message));
    }

    /// Takes what was read; what could not be read is noted.
    pub(crate) fn take<T>(&mut self, read: Result<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(Error::Invalid(fields)) => {
                self.0.extend(fields);
                None
            }
            Err(other) => {
                self.note("", other.to_string());
                None
            }
        }
    }

    /// A field that cannot be cleared.
    pub(crate) fn required<T>(
        &mut self,
        field: impl Into<String>,
        value: MaybeUndefined<T>,
    ) -> Change<T> {
        match value {
            MaybeUndefined::Undefined => Change::Keep,
            MaybeUndefined::Value(value) => Change::Set(value),
            MaybeUndefined::Null => {
                self.note(field, "must not be null");
                Change::Keep
            }
        }
    }

    /// An id, or none.
    pub(crate) fn id<T: FromStr<Err = Error>>(
        &mut self,
        field: &str,
        value: MaybeUndefined<ID>,
    ) -> Change<Option<T>> {
        match value {
            MaybeUndefined::Undefined => Change::Keep,
            MaybeUndefined::Null => Change::Set(None),
            MaybeUndefined::Value(id) => match self.take(parse_id(field, &id)) {
                Some(id) => Change::Set(Some(id)),
                None => Change::Keep,
            },
        }
    }

    /// The id of something there must be.
    pub(crate) fn required_id<T: FromStr<Err = Error>>(
        &mut self,
        field: &str,
        value: MaybeUndefined<ID>,
    ) -> Change<T> {
        match self.required(field, value) {
            Change::Keep => Change::Keep,
            Change::Set(id) => self
                .take(parse_id(field, &id))
                .map_or(Change::Keep, Change::Set),
        }
    }

    /// A list; null empties it. `read` notes what is wrong with an item, by its number.
    pub(crate) fn list<I, T>(
        &mut self,
        items: MaybeUndefined<Vec<I>>,
        mut read: impl FnMut(&mut Self, usize, I) -> Option<T>,
    ) -> Change<Vec<T>> {
        let items = match items {
            MaybeUndefined::Undefined => return Change::Keep,
            MaybeUndefined::Null => Vec::new(),
            MaybeUndefined::Value(items) => items,
        };
        let items = items.into_iter().enumerate();
        Change::Set(
            items
                .filter_map(|(number, item)| read(self, number, item))
                .collect(),
        )
    }

    /// A list of ids; null empties it.
    pub(crate) fn ids<T: FromStr<Err = Error>>(
        &mut self,
        field: &str,
        ids: MaybeUndefined<Vec<ID>>,
    ) -> Change<Vec<T>> {
        self.list(ids, |wrong, number, id| {
            wrong.take(parse_id(&format!("{field}.{number}"), &id))
        })
    }

    /// The texts of a record, of which each names its edition. `read` turns what it says about one
    /// into a change; `None` removes it.
    pub(crate) fn texts<I: OfEdition, C>(
        &mut self,
        editions: &EditionSet,
        inputs: Vec<I>,
        mut read: impl FnMut(&mut Self, &str, I) -> C,
    ) -> TextChanges<C> {
        let mut texts: Vec<EditionText<Option<C>>> = Vec::with_capacity(inputs.len());
        for (number, input) in inputs.into_iter().enumerate() {
            let field = format!("texts.{number}.edition");
            let edition = editions
                .resolve(Some(input.edition()))
                .map(|edition| edition.id)
                .map_err(|error| error.with_fields(|_| field.clone()));
            let Some(edition) = self.take(edition) else {
                continue;
            };
            if texts.iter().any(|text| text.edition == edition) {
                self.note(field, "is there twice");
                continue;
            }
            let is_removed = input.is_removed();
            let value = read(self, &format!("texts.{number}"), input);
            texts.push(EditionText {
                edition,
                value: (!is_removed).then_some(value),
            });
        }
        TextChanges(texts)
    }

    /// What was read, with what a check finds wrong in it, unless anything is wrong.
    pub(crate) fn finish<T>(
        mut self,
        value: T,
        check: impl FnOnce(&T) -> Vec<FieldError>,
    ) -> Result<T> {
        self.0.extend(check(&value));
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}

impl Wrong {
    /// The same as [`Wrong::finish`], where what could not be read looks like something that was left
    /// out: it is told once.
    pub(crate) fn finish_told<T>(
        self,
        value: T,
        check: impl FnOnce(&T) -> Vec<FieldError>,
    ) -> Result<T> {
        let told: Vec<String> = self.0.iter().map(|wrong| wrong.field.clone()).collect();
        self.finish(value, |value| {
            let mut found = check(value);
            found.retain(|wrong| !told.contains(&wrong.field));
            found
        })
    }

    /// The change of an entry that was read. If some of it could not be, all else that is wrong with
    /// it is told, too; otherwise the use case finds it, together with what only the store knows.
    pub(crate) fn finish_entry<C: Into<ContentChange>>(
        mut self,
        cx: &ActorContext,
        change: C,
        is_new: bool,
    ) -> Result<C> {
        if self.0.is_empty() {
            return Ok(change);
        }
        for fault in faults_of(cx, None, &change.into(), is_new) {
            if self.0.iter().all(|known| known.field != fault.field) {
                self.0.push(fault);
            }
        }
        self.finish_wrong()
    }
}

/// A part of an input that is about one edition.
pub(crate) trait OfEdition {
    /// The code of the edition.
    fn edition(&self) -> &str;
    /// Whether the text there goes.
    fn is_removed(&self) -> bool;
}

/// A field that can be cleared.
pub(crate) fn clearable<T>(value: MaybeUndefined<T>) -> Change<Option<T>> {
    match value {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::Set(None),
        MaybeUndefined::Value(value) => Change::Set(Some(value)),
    }
}

/// Texts stand in a list here; elsewhere they are named by their editions: `texts.fa.name` is
/// `texts.0.name` if that is what the first is about.
pub(crate) fn in_list<C>(editions: &EditionSet, texts: &TextChanges<C>) -> Places {
    Places(
        texts
            .0
            .iter()
            .map(|text| place(editions, text.edition))
            .collect(),
    )
}

/// Where the texts of an input are found, in the order of the input.
#[derive(Debug, Default)]
pub(crate) struct Places(Vec<String>);

impl Places {
    /// What is wrong, in the words of the input.
    pub(crate) fn check(&self, wrong: Vec<FieldError>) -> Vec<FieldError> {
        self.rename(Error::Invalid(wrong)).fields().to_vec()
    }

    /// The same error in the words of the input.
    pub(crate) fn rename(&self, error: Error) -> Error {
        error.with_fields(|field| {
            let found = self.0.iter().enumerate().find_map(|(number, place)| {
                let rest = field.strip_prefix(place.as_str())?;
                (rest.is_empty() || rest.starts_with('.')).then(|| format!("texts.{number}{rest}"))
            });
            found.unwrap_or(field)
        })
    }
}

/// What becomes of those that use a record that is deleted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[graphql(name = "OnUse")]
pub(crate) enum WhenUsed {
    /// Nothing is deleted, and they are named.
    #[default]
    Refuse,
    /// They lose it.
    Detach,
}

/// Deletes a record that others may use.
#[derive(InputObject, Debug)]
pub(crate) struct DeleteInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// What becomes of those that use it.
    #[graphql(default)]
    on_use: WhenUsed,
    /// The id of another of its kind, which those that use it get instead.
    replace_with: Option<ID>,
}

impl DeleteInput {
    /// The record, its version, and what becomes of its users.
    pub(crate) fn read<K: IdKind>(self) -> Result<(Id<K>, i64, OnUse)> {
        let mut wrong = Wrong::default();
        let id = wrong.take(parse_id::<Id<K>>("id", &self.id));
        let on_use = match (self.on_use, self.replace_with) {
            (WhenUsed::Refuse, None) => Some(OnUse::Refuse),
            (WhenUsed::Detach, None) => Some(OnUse::Detach),
            (WhenUsed::Refuse, Some(other)) => wrong
                .take(parse_id::<Id<K>>("replaceWith", &other))
                .map(|other| OnUse::ReplaceWith(other.uuid())),
            (WhenUsed::Detach, Some(_)) => {
                wrong.note("replaceWith", "cannot stand beside `onUse: DETACH`");
                None
            }
        };
        match (id, on_use) {
            (Some(id), Some(on_use)) => {
                wrong.finish((id, self.expected_version, on_use), |_| Vec::new())
            }
            (None, _) | (_, None) => wrong.finish_wrong(),
        }
    }
}

/// Merges records into another of their kind.
#[derive(InputObject, Debug)]
pub(crate) struct MergeInput {
    /// The ids of those that are merged; they are gone then. 100 at most.
    from: Vec<ID>,
    /// The id of the one that takes over what they have.
    into: ID,
    /// The version that one has.
    expected_version: i64,
}

impl MergeInput {
    /// Those that are merged, the one they are merged into, and its version.
    pub(crate) fn read<I: FromStr<Err = Error>>(self) -> Result<(Vec<I>, I, i64)> {
        let mut wrong = Wrong::default();
        let from = self.from.iter().enumerate();
        let from: Vec<I> = from
            .filter_map(|(number, id)| wrong.take(parse_id(&format!("from.{number}"), id)))
            .collect();
        match wrong.take(parse_id("into", &self.into)) {
            Some(into) => wrong.finish((from, into, self.expected_version), |_| Vec::new()),
            None => wrong.finish_wrong(),
        }
    }
}

/// Deletes a record. While something uses it, it stays.
#[derive(InputObject, Debug)]
pub(crate) struct DeleteRecordInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
}

impl DeleteRecordInput {
    /// The record and its version.
    pub(crate) fn read<K: IdKind>(self) -> Result<(Id<K>, i64)> {
        Ok((parse_id("id", &self.id)?, self.expected_version))
    }
}

/// Removes something that is in the trash, and that others may use.
#[derive(InputObject, Debug)]
pub(crate) struct PurgeInput {
    /// Which one.
    id: ID,
    /// The version it has.
    expected_version: i64,
    /// What becomes of those that use it.
    #[graphql(default)]
    on_use: WhenUsed,
    /// The id of another of its kind, which those that use it get instead.
    replace_with: Option<ID>,
    /// What is said about it, for the log.
    note: Option<String>,
}

impl PurgeInput {
    /// The entry, whatever its kind, the step, and what becomes of its users.
    pub(crate) fn read_entry(self) -> Result<(EntryId, Step, OnUse)> {
        let id: EntryId = parse_id("id", &self.id)?;
        let (input, note) = self.split();
        let (expected, on_use) = match id.kind {
            ContentKind::Article => input.read::<kinds::Article>().map(without_id)?,
            ContentKind::Page => input.read::<kinds::Page>().map(without_id)?,
            ContentKind::Issue => input.read::<kinds::Issue>().map(without_id)?,
        };
        Ok((id, Step { expected, note }, on_use))
    }

    /// The deletion, and what is said about it.
    pub(crate) fn split(self) -> (DeleteInput, Option<String>) {
        let deletion = DeleteInput {
            id: self.id,
            expected_version: self.expected_version,
            on_use: self.on_use,
            replace_with: self.replace_with,
        };
        (deletion, self.note)
    }
}

fn without_id<I>((_, expected, on_use): (I, i64, OnUse)) -> (i64, OnUse) {
    (expected, on_use)
}

impl Wrong {
    fn finish_wrong<T>(self) -> Result<T> {
        Err(Error::Invalid(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undefined_field_stays_and_null_clears_it() {
        assert_eq!(clearable::<i32>(MaybeUndefined::Undefined), Change::Keep);
        assert_eq!(clearable::<i32>(MaybeUndefined::Null), Change::Set(None));
        assert_eq!(clearable(MaybeUndefined::Value(1)), Change::Set(Some(1)));
    }

    #[test]
    fn null_for_what_cannot_be_cleared_is_wrong() {
        let mut wrong = Wrong::default();
        assert_eq!(
            wrong.required::<i32>("position", MaybeUndefined::Null),
            Change::Keep
        );
        let error = wrong.finish((), |()| vec![FieldError::new("x", "y")]);
        let fields: Vec<_> = error.unwrap_err().fields().to_vec();
        assert_eq!(
            fields,
            [
                FieldError::new("position", "must not be null"),
                FieldError::new("x", "y")
            ]
        );
    }

    #[test]
    fn an_error_about_a_text_names_its_place_in_the_list() {
        let places = Places(vec!["texts.en".to_owned(), "texts.fa".to_owned()]);
        let renamed = |field: &str| {
            let error = places.rename(Error::invalid(field, "bad"));
            error.fields()[0].field.clone()
        };
        assert_eq!(renamed("texts.fa.name"), "texts.1.name");
        assert_eq!(renamed("texts.fa"), "texts.1");
        assert_eq!(renamed("texts.far"), "texts.far");
        assert_eq!(renamed("parent"), "parent");
    }
}
