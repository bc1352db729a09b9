//! Custom fields: what a site declares for its kinds of entry, and what values they take.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    change::Faults,
    error::{Error, FieldError, Result},
    events::RecordKind,
};

mod condition;
mod index;
#[cfg(test)]
mod tests;
mod value;

pub use condition::{FieldCondition, FieldFilter};
pub use index::{FieldReference, IndexedValue, REFERABLE};

/// The values of the custom fields of a record, by name. What is not there has no value.
pub type CustomFields = BTreeMap<String, Value>;

/// The kinds that can have fields: entries first, then the records that all editions share.
pub const WITH_FIELDS: [RecordKind; 7] = [
    RecordKind::Article,
    RecordKind::Page,
    RecordKind::Issue,
    RecordKind::Category,
    RecordKind::Tag,
    RecordKind::Author,
    RecordKind::Asset,
];

/// Whether records of a kind belong to no edition: their values hold in all of them.
pub const fn is_shared(kind: RecordKind) -> bool {
    matches!(
        kind,
        RecordKind::Category | RecordKind::Tag | RecordKind::Author | RecordKind::Asset
    )
}

/// The most fields of a kind.
const MAX_FIELDS: usize = 50;
/// The longest name of a field, in characters.
const MAX_NAME_CHARS: usize = 40;
/// The most choices of a field.
const MAX_CHOICES: usize = 200;
/// The longest choice, in characters.
const MAX_CHOICE_CHARS: usize = 200;
/// The most bytes all values of a record take as JSON.
const MAX_BYTES: usize = 262_144;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// A text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// An absolute http or https address.
    Url,
    /// One of these words.
    Choice(Vec<String>),
    /// The id of a record of this kind.
    Reference(RecordKind),
}

impl FieldType {
    /// The names of all types.
    pub const NAMES: [&'static str; 7] = [
        "text",
        "number",
        "boolean",
        "date",
        "url",
        "choice",
        "reference",
    ];

    /// The word for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Url => "url",
            Self::Choice(_) => "choice",
            Self::Reference(_) => "reference",
        }
    }

    /// Whether its values have an order, so that they can be asked for by a range.
    pub const fn is_ordered(&self) -> bool {
        matches!(self, Self::Number | Self::Date)
    }
}

/// A field of a kind, as a site declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDefinition {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: FieldType,
    /// Whether it holds a list of these.
    pub is_list: bool,
    /// Whether what is handed in, scheduled or published must have a value; of records that all
    /// editions share: whether new ones must.
    pub is_required: bool,
    /// The codes of the editions that have the field; empty: all.
    pub editions: Vec<String>,
    /// Whether lists can be asked for by it.
    pub is_filterable: bool,
    /// What it is for.
    pub description: Option<String>,
}

impl FieldDefinition {
    /// Whether the entries of an edition have it. Without an edition: whether records that all
    /// editions share do, or entries of some.
    pub fn is_in(&self, edition: Option<&str>) -> bool {
        let is_among = |edition| self.editions.iter().any(|code| code == edition);
        self.editions.is_empty() || edition.is_none_or(is_among)
    }
}

/// Every field a site declares, by kind and name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentModel {
    kinds: BTreeMap<RecordKind, BTreeMap<String, FieldDefinition>>,
}

impl ContentModel {
    /// A model of fields, or everything that is wrong with them by the setting:
    /// `fields.article.rating.choices`.
    pub fn new(fields: impl IntoIterator<Item = (RecordKind, FieldDefinition)>) -> Result<Self> {
        let mut model = Self::default();
        let mut wrong = Vec::new();
        for (kind, field) in fields {
            check_definition(kind, &field, &mut wrong);
            let of_kind = model.kinds.entry(kind).or_default();
            of_kind.insert(field.name.clone(), field);
            if of_kind.len() == MAX_FIELDS + 1 {
                let setting = format!("fields.{}", kind.as_str());
                let why = format!("must declare at most {MAX_FIELDS} fields");
                wrong.push(FieldError::new(setting, why));
            }
        }
        if wrong.is_empty() {
            Ok(model)
        } else {
            Err(Error::Invalid(wrong))
        }
    }

    /// The fields of a kind, by name.
    pub fn fields<K: Into<RecordKind>>(
        &self,
        kind: K,
    ) -> impl Iterator<Item = &FieldDefinition> + use<'_, K> {
        let fields = self.kinds.get(&kind.into());
        fields.into_iter().flat_map(BTreeMap::values)
    }

    /// A field of a kind.
    pub fn field(&self, kind: impl Into<RecordKind>, name: &str) -> Option<&FieldDefinition> {
        self.kinds.get(&kind.into())?.get(name)
    }

    /// Whether a kind has any.
    pub fn has_fields(&self, kind: impl Into<RecordKind>) -> bool {
        self.kinds.contains_key(&kind.into())
    }

    /// A value of a field as it is kept: null where it is blank, none and a fault if it does not fit.
    pub fn checked(
        &self,
        kind: impl Into<RecordKind>,
        name: &str,
        value: &Value,
        faults: &mut Faults,
    ) -> Option<Value> {
        self.field(kind, name)?.checked(value, faults)
    }

    /// Tells one set of filterable and referring fields from another: what is indexed follows it.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        for (kind, fields) in &self.kinds {
            for field in fields.values().filter(|field| field.is_indexed()) {
                let FieldDefinition {
                    name,
                    kind: holds,
                    is_list,
                    editions,
                    is_filterable,
                    ..
                } = field;
                digest.update(format!(
                    "{} {name} {holds:?} {is_list} {is_filterable} {editions:?}\n",
                    kind.as_str()
                ));
            }
        }
        digest
            .finalize()
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// Whether what is indexed depends on which edition has a code.
    pub fn names_edition(&self, code: &str) -> bool {
        let fields = self.kinds.values().flat_map(BTreeMap::values);
        fields
            .filter(|field| field.is_indexed())
            .any(|field| field.editions.iter().any(|known| known == code))
    }

    /// Checks what a command sets, and brings it into the form it is stored in. Null clears a field;
    /// so does a blank text and an empty list. `edition`: none as long as it is not known, and of
    /// records that all editions share.
    pub fn check_change(
        &self,
        kind: impl Into<RecordKind>,
        edition: Option<&str>,
        values: &mut CustomFields,
        faults: &mut Faults,
    ) {
        if values.len() > MAX_FIELDS * 2 {
            faults.add(
                "customFields",
                format!("must have at most {MAX_FIELDS} names"),
            );
            return;
        }
        let kind = kind.into();
        for (name, value) in values {
            let of_edition = |field: &&FieldDefinition| field.is_in(edition);
            let field = self.field(kind, name).filter(of_edition);
            match field {
                Some(field) => *value = field.checked(value, faults).unwrap_or(Value::Null),
                None => faults.add(
                    format!("customFields.{}", shortened(name)),
                    format!("is not a field of {}", plural(kind)),
                ),
            }
        }
    }

    /// Checks the values a record of a kind and an edition has; of fields that are not declared (any more) nothing is asked.
    /// `is_complete`: what is required must be there.
    pub fn check_values(
        &self,
        (kind, edition): (impl Into<RecordKind>, Option<&str>),
        values: &CustomFields,
        is_complete: bool,
        faults: &mut Faults,
    ) {
        for field in self.fields(kind).filter(|field| field.is_in(edition)) {
            let checked = values
                .get(&field.name)
                .map(|value| field.checked(value, faults));
            let is_missing = matches!(checked, None | Some(Some(Value::Null)));
            if is_complete && field.is_required && is_missing {
                faults.add(format!("customFields.{}", field.name), "is required");
            }
        }
        check_size(values, faults);
    }

    /// What readers are given: every field of the edition, null where there is no value. What does
    /// not fit its declaration (any more) is no value.
    pub fn served(
        &self,
        kind: impl Into<RecordKind>,
        edition: Option<&str>,
        values: &CustomFields,
    ) -> CustomFields {
        self.fields(kind)
            .filter(|field| field.is_in(edition))
            .map(|field| {
                let value = values
                    .get(&field.name)
                    .and_then(|value| field.checked(value, &mut Faults::default()));
                (field.name.clone(), value.unwrap_or(Value::Null))
            })
            .collect()
    }
}

/// Bounds all values of a record together.
pub fn check_size(values: &CustomFields, faults: &mut Faults) {
    let bytes = serde_json::to_string(values).map_or(0, |text| text.len());
    if bytes > MAX_BYTES {
        faults.add(
            "customFields",
            format!("must take at most {MAX_BYTES} bytes together"),
        );
    }
}

/// What a change of some custom fields leaves of all; none: it clears them.
pub fn changed(set: Option<CustomFields>, old: &CustomFields) -> CustomFields {
    let Some(set) = set else {
        return CustomFields::new();
    };
    let mut fields = old.clone();
    fields.extend(set);
    fields.retain(|_, value| !value.is_null());
    fields
}

fn check_definition(kind: RecordKind, field: &FieldDefinition, wrong: &mut Vec<FieldError>) {
    let setting = format!("fields.{}.{}", kind.as_str(), shortened(&field.name));
    let mut refuse = |part: &str, why: String| {
        wrong.push(FieldError::new(format!("{setting}{part}"), why));
    };
    if !is_name(&field.name) {
        let why = format!(
            "must be named by a small letter, then letters and digits, {MAX_NAME_CHARS} at most"
        );
        refuse("", why);
    }
    match &field.kind {
        FieldType::Choice(choices) => {
            let mut distinct = choices.clone();
            distinct.sort();
            distinct.dedup();
            let is_good = |choice: &String| {
                !choice.trim().is_empty()
                    && choice.chars().count() <= MAX_CHOICE_CHARS
                    && !choice.contains('\0')
            };
            if choices.is_empty() || choices.len() > MAX_CHOICES {
                refuse(".choices", format!("must name 1 to {MAX_CHOICES} words"));
            } else if distinct.len() != choices.len() {
                refuse(".choices", "must name each word once".to_owned());
            } else if !choices.iter().all(is_good) {
                let why = format!("must name words of 1 to {MAX_CHOICE_CHARS} characters");
                refuse(".choices", why);
            }
        }
        FieldType::Reference(to) if !index::REFERABLE.contains(to) => {
            let kinds = index::REFERABLE.map(RecordKind::as_str).join(", ");
            refuse(".kind", format!("must be one of {kinds}"));
        }
        FieldType::Text
        | FieldType::Number
        | FieldType::Boolean
        | FieldType::Date
        | FieldType::Url
        | FieldType::Reference(_) => {}
    }
    if is_shared(kind) && !field.editions.is_empty() {
        let why = format!(
            "is not for {}: all editions share them, and one value holds in all",
            plural(kind)
        );
        refuse(".editions", why);
        return;
    }
    for code in &field.editions {
        if code.parse::<crate::text::Locale>().is_err() {
            let why = "must be codes of editions, such as [\"en\"]".to_owned();
            refuse(".editions", why);
        }
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().count() <= MAX_NAME_CHARS
        && name.chars().all(|next| next.is_ascii_alphanumeric())
}

/// What is sent must not multiply in an answer.
fn shortened(text: &str) -> String {
    text.chars()
        .take(60)
        .map(|next| if next.is_control() { '\u{fffd}' } else { next })
        .collect()
}

/// The word for several of a kind.
fn plural(kind: RecordKind) -> String {
    if kind == RecordKind::Category {
        return "categories".to_owned();
    }
    format!("{}s", kind.as_str())
}
