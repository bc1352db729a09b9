//! Custom fields that are filled from the custom fields of `WordPress`.

use std::fmt::Write as _;

use domain::{
    Error, Result,
    change::Faults,
    content::ContentKind,
    fields::{ContentModel, CustomFields, FieldDefinition, FieldType},
};
use serde_json::Value;

use super::{items::Item, php::PhpValue};

/// The kinds items become.
const KINDS: [ContentKind; 2] = [ContentKind::Article, ContentKind::Page];

/// Which keys fill which fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MetaFields {
    pairs: Vec<(String, String)>,
}

impl MetaFields {
    /// Pairs of a key and a field, each of which is declared for what items become. References are
    /// not filled: the other site knows no ids of this one.
    pub(super) fn new(model: &ContentModel, pairs: &[(String, String)]) -> Result<Self> {
        for (key, name) in pairs {
            let found: Vec<&FieldDefinition> = KINDS
                .iter()
                .filter_map(|kind| model.field(*kind, name))
                .collect();
            if key.is_empty() || found.is_empty() {
                let why = format!(
                    "`{key}={name}` must name a meta key and a custom field that is declared for articles or pages"
                );
                return Err(Error::invalid("mapMeta", why));
            }
            let refers = |field: &&FieldDefinition| matches!(field.kind, FieldType::Reference(_));
            if found.iter().any(refers) {
                let why = format!("`{name}` holds references, which another site cannot fill");
                return Err(Error::invalid("mapMeta", why));
            }
            if pairs.iter().filter(|(_, known)| known == name).count() > 1 {
                let why = format!("`{name}` is filled by more than one key");
                return Err(Error::invalid("mapMeta", why));
            }
        }
        Ok(Self {
            pairs: pairs.to_vec(),
        })
    }

    /// What decides what an item's fields become beside the item: empty where nothing is filled.
    pub(super) fn recipe(&self, model: &ContentModel) -> String {
        let mut recipe = String::new();
        for (key, name) in &self.pairs {
            for kind in KINDS {
                let field = model
                    .field(kind, name)
                    .map(|field| (&field.kind, field.is_list));
                // Writing to a string never fails.
                let _ = writeln!(recipe, "{key}={name} {kind} {field:?}");
            }
        }
        recipe
    }

    /// The custom fields of an item, and what is wrong with those that do not fit.
    pub(super) fn read(
        &self,
        model: &ContentModel,
        kind: ContentKind,
        item: &Item,
    ) -> (CustomFields, Vec<String>) {
        let (mut fields, mut wrong) = (CustomFields::new(), Vec::new());
        for (key, name) in &self.pairs {
            let Some(field) = model.field(kind, name) else {
                continue;
            };
            let texts: Vec<&str> = item
                .meta
                .iter()
                .filter(|meta| meta.key == *key && !meta.value.trim().is_empty())
                .map(|meta| meta.value.as_str())
                .collect();
            let Some(value) = value_of(field, &texts) else {
                continue;
            };
            let mut faults = Faults::default();
            match model.checked(kind, name, &value, &mut faults) {
                Some(Value::Null) => {}
                Some(value) => {
                    fields.insert(name.clone(), value);
                }
                None => {
                    for fault in faults.check().err().iter().flat_map(Error::fields) {
                        let (field, why) = (&fault.field, &fault.message);
                        wrong.push(format!("{field} (from `{key}`) {why}"));
                    }
                }
            }
        }
        (fields, wrong)
    }
}

/// The value in the custom fields of one key: several are the items of a list, and so are those of
/// an array of PHP.
fn value_of(field: &FieldDefinition, texts: &[&str]) -> Option<Value> {
    let first = texts.first()?;
    if !field.is_list {
        return Some(field.parse_item(first));
    }
    let mut items = Vec::new();
    for text in texts {
        match PhpValue::parse(text) {
            Some(PhpValue::Map(entries)) => {
                for (_, entry) in &entries {
                    items.push(plain(field, entry));
                }
            }
            Some(_) | None => items.push(field.parse_item(text)),
        }
    }
    Some(Value::Array(items))
}

fn plain(field: &FieldDefinition, value: &PhpValue) -> Value {
    match value {
        PhpValue::Text(text) => field.parse_item(text),
        PhpValue::Int(number) => field.parse_item(&number.to_string()),
        PhpValue::Float(number) => field.parse_item(&number.to_string()),
        PhpValue::Bool(yes) => field.parse_item(&yes.to_string()),
        PhpValue::Null | PhpValue::Map(_) => Value::Object(serde_json::Map::new()),
    }
}
