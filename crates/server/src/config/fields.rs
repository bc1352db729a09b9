//! The custom fields a site declares.

use std::collections::BTreeMap;

use domain::{
    Error, FieldError, Result,
    events::RecordKind,
    fields::{ContentModel, FieldDefinition, FieldType, WITH_FIELDS},
    text::Locale,
};
use serde::Deserialize;

use super::Config;

/// The fields of every kind, by the names of both.
pub type Fields = BTreeMap<String, BTreeMap<String, Field>>;

/// A custom field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own, as a file writes it"
)]
pub struct Field {
    /// What it holds.
    #[serde(rename = "type")]
    pub holds: String,
    /// The words of a choice.
    #[serde(default)]
    pub choices: Vec<String>,
    /// The kind of record a reference leads to.
    pub kind: Option<String>,
    /// Whether it holds a list of these.
    #[serde(default)]
    pub list: bool,
    /// Whether what goes out must have a value.
    #[serde(default)]
    pub required: bool,
    /// The editions that have it; none: all.
    #[serde(default)]
    pub editions: Vec<String>,
    /// Whether each edition has a value of its own; there is no such thing.
    #[serde(default)]
    pub localized: bool,
    /// Whether lists can be asked for by it.
    #[serde(default)]
    pub filterable: bool,
    /// What it is for.
    pub description: Option<String>,
}

impl Config {
    /// The custom fields, or everything that is wrong with them.
    pub fn content_model(&self) -> Result<ContentModel> {
        let (mut fields, mut wrong) = (Vec::new(), Vec::new());
        for (kind, of_kind) in &self.fields {
            let setting = format!("fields.{kind}");
            let Some(kind) = WITH_FIELDS.into_iter().find(|one| one.as_str() == kind) else {
                let kinds = WITH_FIELDS.map(RecordKind::as_str).join(", fields.");
                let why = format!("must be one of: fields.{kinds}");
                wrong.push(FieldError::new(setting, why));
                continue;
            };
            for (name, field) in of_kind {
                match field.read(name, &format!("{setting}.{name}")) {
                    Ok(definition) => fields.push((kind, definition)),
                    Err(mistakes) => wrong.extend(mistakes),
                }
            }
        }
        match ContentModel::new(fields) {
            Ok(model) if wrong.is_empty() => return Ok(model),
            Ok(_) => {}
            Err(error) => wrong.extend(error.fields().iter().cloned()),
        }
        Err(Error::Invalid(wrong))
    }
}

impl Field {
    fn read(&self, name: &str, setting: &str) -> Result<FieldDefinition, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut refuse = |part: &str, why: String| {
            wrong.push(FieldError::new(format!("{setting}.{part}"), why));
        };
        let kind = self.field_type(&mut refuse);
        if !self.choices.is_empty() && self.holds != "choice" {
            refuse("choices", "are for the type `choice` only".to_owned());
        }
        if self.kind.is_some() && self.holds != "reference" {
            refuse("kind", "is for the type `reference` only".to_owned());
        }
        if self.localized {
            let why = "must be false: a value is the same in all editions";
            refuse("localized", why.to_owned());
        }
        match kind {
            Some(kind) if wrong.is_empty() => Ok(FieldDefinition {
                name: name.to_owned(),
                kind,
                is_list: self.list,
                is_required: self.required,
                editions: self.editions.iter().map(|code| canonical(code)).collect(),
                is_filterable: self.filterable,
                description: self.description.clone(),
            }),
            Some(_) | None => Err(wrong),
        }
    }

    fn field_type(&self, refuse: &mut impl FnMut(&str, String)) -> Option<FieldType> {
        match self.holds.as_str() {
            "text" => Some(FieldType::Text),
            "number" => Some(FieldType::Number),
            "boolean" => Some(FieldType::Boolean),
            "date" => Some(FieldType::Date),
            "url" => Some(FieldType::Url),
            "choice" => Some(FieldType::Choice(self.choices.clone())),
            "reference" => {
                let wanted = self.kind.as_deref();
                let to = domain::fields::REFERABLE
                    .into_iter()
                    .find(|kind| Some(kind.as_str()) == wanted);
                if to.is_none() {
                    let kinds = domain::fields::REFERABLE.map(RecordKind::as_str).join(", ");
                    refuse("kind", format!("must be one of: {kinds}"));
                }
                to.map(FieldType::Reference)
            }
            _ => {
                let names = FieldType::NAMES.join(", ");
                refuse("type", format!("must be one of: {names}"));
                None
            }
        }
    }
}

/// The code of an edition as editions write it; what is none stays and is told.
fn canonical(code: &str) -> String {
    code.parse::<Locale>()
        .map_or_else(|_wrong| code.to_owned(), |locale| locale.to_string())
}
