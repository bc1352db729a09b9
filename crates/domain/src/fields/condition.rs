//! Conditions on custom fields.

use serde_json::Value;

use super::{ContentModel, FieldDefinition, FieldType, plural, shortened};
use crate::events::RecordKind;

/// The most values one condition names.
const MAX_VALUES: usize = 50;

/// A condition as callers write it; all that is set must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FieldCondition {
    /// The field.
    pub name: String,
    /// Is this; of a list: holds it.
    pub eq: Option<Value>,
    /// Is one of these; of a list: holds one of them.
    pub any_of: Option<Vec<Value>>,
    /// Is this or more.
    pub gte: Option<Value>,
    /// Is this or less.
    pub lte: Option<Value>,
    /// Has no value (`true`) or has one.
    pub is_null: Option<bool>,
}

/// A condition on a filterable field, its values as they are indexed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldFilter {
    /// The field.
    pub name: String,
    /// Is this; of a list: holds it.
    pub eq: Option<String>,
    /// Is one of these; of a list: holds one of them.
    pub any_of: Option<Vec<String>>,
    /// Is this or more.
    pub gte: Option<String>,
    /// Is this or less.
    pub lte: Option<String>,
    /// Has no value (`true`) or has one.
    pub is_null: Option<bool>,
    /// Whether it leads to entries: one that is not to be seen is no value.
    pub leads_to_entries: bool,
    /// Whether it leads to assets: the same holds of them.
    pub leads_to_assets: bool,
}

impl ContentModel {
    /// Reads a condition on a kind of record. What is wrong is named by the member of the condition
    /// (`eq`), with what is wrong.
    pub fn condition(
        &self,
        kind: impl Into<RecordKind>,
        condition: FieldCondition,
    ) -> Result<FieldFilter, Vec<(&'static str, String)>> {
        let kind = kind.into();
        let field = self
            .field(kind, &condition.name)
            .filter(|field| field.is_filterable)
            .ok_or_else(|| vec![("name", self.no_filter(kind, &condition.name))])?;
        let FieldCondition {
            name,
            eq,
            any_of,
            gte,
            lte,
            is_null,
        } = condition;
        let mut wrong = Vec::new();
        if eq.is_none() && any_of.is_none() && gte.is_none() && lte.is_none() && is_null.is_none() {
            wrong.push(("name", "needs a condition beside it".to_owned()));
        }
        if any_of
            .as_ref()
            .is_some_and(|values| values.is_empty() || values.len() > MAX_VALUES)
        {
            wrong.push(("in", format!("must hold 1 to {MAX_VALUES} values")));
        }
        let mut key = |member, value: Value| field.condition_key(member, &value, &mut wrong);
        let filter = FieldFilter {
            name,
            eq: eq.and_then(|value| key("eq", value)),
            any_of: any_of.map(|values| {
                let values = values.into_iter().take(MAX_VALUES);
                values.filter_map(|value| key("in", value)).collect()
            }),
            gte: gte.and_then(|value| key("gte", value)),
            lte: lte.and_then(|value| key("lte", value)),
            is_null,
            leads_to_entries: matches!(
                field.kind,
                FieldType::Reference(RecordKind::Article | RecordKind::Page | RecordKind::Issue)
            ),
            leads_to_assets: matches!(field.kind, FieldType::Reference(RecordKind::Asset)),
        };
        if wrong.is_empty() {
            Ok(filter)
        } else {
            Err(wrong)
        }
    }

    fn no_filter(&self, kind: RecordKind, name: &str) -> String {
        let names: Vec<&str> = self
            .fields(kind)
            .filter(|field| field.is_filterable)
            .map(|field| field.name.as_str())
            .collect();
        let there_are = if names.is_empty() {
            "there are none".to_owned()
        } else {
            format!("there are: {}", names.join(", "))
        };
        let name = shortened(name);
        format!(
            "`{name}` is no filterable field of {}; {there_are}",
            plural(kind)
        )
    }
}

impl FieldDefinition {
    fn condition_key(
        &self,
        member: &'static str,
        value: &Value,
        wrong: &mut Vec<(&'static str, String)>,
    ) -> Option<String> {
        if matches!(member, "gte" | "lte") && !self.kind.is_ordered() {
            wrong.push((member, "is for numbers and dates only".to_owned()));
            return None;
        }
        match self.checked_item(value) {
            Err(why) => {
                wrong.push((member, why));
                None
            }
            Ok(value) => {
                let key = self.key(&value);
                if key.is_none() {
                    wrong.push((member, "must not be blank".to_owned()));
                }
                key
            }
        }
    }
}
