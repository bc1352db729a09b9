//! The texts of shared records, one for each edition, as commands change them.

use crate::{
    FieldError, change::Change, checks::Checks, editions::EditionSet, id::EditionId,
    text::EditionText,
};

/// What a command does to the text in one edition.
pub trait TextChange {
    /// The text.
    type Text: Default;
    /// What the text calls its name.
    const NAME: &'static str = "name";

    /// Whether it gives the text a name.
    fn has_name(&self) -> bool;
    /// The slug it asks for.
    fn slug(&self) -> Option<&str>;
    /// Looks at it, as it stands at a place of the command.
    fn check(&self, at: &str, checks: &mut Checks);
    /// Changes a text. An empty slug is made from the name later.
    fn apply(self, text: &mut Self::Text, at: &str, changed: &mut ChangedFields);
}

/// The texts a command names: each is changed, made or, with `None`, removed. The others stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChanges<C>(pub Vec<EditionText<Option<C>>>);

impl<C> Default for TextChanges<C> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<C: TextChange> TextChanges<C> {
    /// What is wrong with them.
    pub fn check(&self, editions: &EditionSet, checks: &mut Checks) {
        for text in &self.0 {
            if let Some(change) = &text.value {
                change.check(&place(editions, text.edition), checks);
            }
        }
    }

    /// What is missing in them as the texts of a new record.
    pub fn check_new(&self, editions: &EditionSet, checks: &mut Checks) {
        if self.0.iter().all(|text| text.value.is_none()) {
            let name = C::NAME;
            checks.wrong(
                "texts",
                format!("must hold a {name} in at least one edition"),
            );
        }
        for text in &self.0 {
            let at = place(editions, text.edition);
            match &text.value {
                Some(value) if !value.has_name() => {
                    checks.wrong(format_args!("{at}.{}", C::NAME), "is required");
                }
                Some(_) => {}
                None => checks.wrong(at, "cannot be taken away from a record that is new"),
            }
        }
    }

    /// The editions whose texts they are.
    pub fn editions(&self) -> Vec<EditionId> {
        self.0.iter().map(|text| text.edition).collect()
    }

    /// Whether they ask for a slug in an edition.
    pub fn ask_for_slug(&self, edition: EditionId) -> bool {
        let here = self.0.iter().filter(|text| text.edition == edition);
        here.filter_map(|text| text.value.as_ref())
            .any(|text| text.slug().is_some())
    }

    /// Changes the texts of a draft. One that is new has an empty slug unless one is asked for.
    pub fn apply(
        self,
        texts: &mut Vec<EditionText<C::Text>>,
        editions: &EditionSet,
        changed: &mut ChangedFields,
    ) {
        for EditionText { edition, value } in self.0 {
            let at = place(editions, edition);
            let known = texts.iter().position(|text| text.edition == edition);
            match (value, known.and_then(|at| texts.get_mut(at))) {
                (Some(change), Some(text)) => change.apply(&mut text.value, &at, changed),
                (Some(change), None) => {
                    let mut value = C::Text::default();
                    change.apply(&mut value, &at, changed);
                    texts.push(EditionText { edition, value });
                }
                (None, _) => {
                    let before = texts.len();
                    texts.retain(|text| text.edition != edition);
                    changed.note(texts.len() != before, &at);
                }
            }
        }
    }
}

/// Where the text of an edition stands in a command: `texts.fa`.
pub fn place(editions: &EditionSet, edition: EditionId) -> String {
    match editions.get(edition) {
        Ok(edition) => format!("texts.{}", edition.code),
        Err(_absent) => format!("texts.{edition}"),
    }
}

/// The names of the fields a command made differ.
#[derive(Debug, Default)]
pub struct ChangedFields(Vec<String>);

impl ChangedFields {
    /// Notes a field if it differs.
    pub fn note(&mut self, differs: bool, field: impl Into<String>) {
        if differs {
            self.0.push(field.into());
        }
    }

    /// Sets a field, and notes it if that made a difference.
    pub fn set<T: PartialEq>(&mut self, field: impl Into<String>, change: Change<T>, to: &mut T) {
        let differs = change.apply(to);
        self.note(differs, field);
    }

    /// All that differ.
    pub fn into_names(self) -> Vec<String> {
        self.0
    }
}

/// The slug a text is given: empty where it is to be made from the name.
pub(crate) fn slug_or_made(change: Change<Option<String>>) -> Change<String> {
    match change {
        Change::Keep => Change::Keep,
        Change::Set(slug) => Change::Set(slug.unwrap_or_default()),
    }
}

/// The text a field is set to.
pub(crate) fn set(change: &Change<Option<String>>) -> Option<&str> {
    change.as_set()?.as_deref()
}

/// Everything that is wrong with a command, first what is missing.
pub(crate) fn all(check: impl FnOnce(&mut Checks)) -> Vec<FieldError> {
    let mut checks = Checks::default();
    check(&mut checks);
    checks.into_errors()
}
