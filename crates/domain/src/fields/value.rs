//! The values of custom fields: what fits a declaration, and the form it is kept in.

use chrono::NaiveDate;
use serde_json::{Number, Value};

use super::{FieldDefinition, FieldType, index, shortened};
use crate::change::Faults;

/// The longest text, in characters.
const MAX_TEXT_CHARS: usize = 20_000;
/// The longest text of a field that lists can be asked for by, in characters: it stands in an index.
pub(super) const MAX_FILTERED_CHARS: usize = 500;
/// The longest address, in bytes.
const MAX_URL_BYTES: usize = 2_048;
/// The longest list.
const MAX_ITEMS: usize = 100;
/// Beyond this, JSON readers lose digits of whole numbers.
const MAX_NUMBER: f64 = 9_007_199_254_740_991.0;

impl FieldDefinition {
    /// A value as it is kept; null: there is none. Anything that does not fit is a fault of
    /// `customFields.NAME`, and nothing.
    pub(super) fn checked(&self, value: &Value, faults: &mut Faults) -> Option<Value> {
        let place = format!("customFields.{}", self.name);
        self.checked_at(value, &place, faults)
    }

    fn checked_at(&self, value: &Value, place: &str, faults: &mut Faults) -> Option<Value> {
        if value.is_null() {
            return Some(Value::Null);
        }
        if !self.is_list {
            return take(self.checked_item(value), place, faults);
        }
        let Value::Array(items) = value else {
            faults.add(
                place,
                format!("must be a list; each item {}", self.must_be()),
            );
            return None;
        };
        if items.len() > MAX_ITEMS {
            faults.add(place, format!("must have at most {MAX_ITEMS} items"));
            return None;
        }
        let checked: Vec<Option<Value>> = items
            .iter()
            .enumerate()
            .map(|(number, item)| {
                let checked = if item.is_null() {
                    Err(self.must_be())
                } else {
                    self.checked_item(item)
                };
                take(checked, &format!("{place}.{number}"), faults)
            })
            .collect();
        let mut kept: Vec<Value> = checked.into_iter().collect::<Option<_>>()?;
        kept.retain(|item| !item.is_null());
        Some(if kept.is_empty() {
            Value::Null
        } else {
            Value::Array(kept)
        })
    }

    /// One value, or what is wrong with it.
    pub(super) fn checked_item(&self, value: &Value) -> Result<Value, String> {
        let fits = match (&self.kind, value) {
            (FieldType::Text, Value::String(text)) => return self.checked_text(text),
            (FieldType::Number, Value::Number(number)) => plain_number(number),
            (FieldType::Boolean, Value::Bool(_)) => Some(value.clone()),
            (FieldType::Date, Value::String(text)) => is_date(text).then(|| value.clone()),
            (FieldType::Url, Value::String(text)) => is_url(text).then(|| value.clone()),
            (FieldType::Choice(choices), Value::String(text)) => {
                choices.contains(text).then(|| value.clone())
            }
            (FieldType::Reference(kind), Value::String(text)) => {
                index::uuid_of(*kind, text).map(|_| value.clone())
            }
            (
                FieldType::Text
                | FieldType::Number
                | FieldType::Boolean
                | FieldType::Date
                | FieldType::Url
                | FieldType::Choice(_)
                | FieldType::Reference(_),
                _,
            ) => None,
        };
        fits.ok_or_else(|| self.must_be())
    }

    fn checked_text(&self, text: &str) -> Result<Value, String> {
        let most = if self.is_filterable {
            MAX_FILTERED_CHARS
        } else {
            MAX_TEXT_CHARS
        };
        if text.contains('\0') {
            return Err("must not hold the character U+0000".to_owned());
        }
        if text.chars().count() > most {
            return Err(format!("must have at most {most} characters"));
        }
        Ok(if text.trim().is_empty() {
            Value::Null
        } else {
            text.into()
        })
    }

    /// What is said of a value that is something else.
    fn must_be(&self) -> String {
        match &self.kind {
            FieldType::Text => "must be a string".to_owned(),
            FieldType::Number => {
                "must be a number from -9007199254740991 to 9007199254740991".to_owned()
            }
            FieldType::Boolean => "must be true or false".to_owned(),
            FieldType::Date => "must be a day such as 2026-03-05".to_owned(),
            FieldType::Url => format!(
                "must be an absolute http or https address of at most {MAX_URL_BYTES} bytes"
            ),
            FieldType::Choice(choices) => {
                let words: Vec<String> = choices
                    .iter()
                    .take(20)
                    .map(|word| shortened(word))
                    .collect();
                let more = if choices.len() > 20 { ", …" } else { "" };
                format!("must be one of: {}{more}", words.join(", "))
            }
            FieldType::Reference(kind) => {
                format!("must be the id of a record: {}_…", kind.as_str())
            }
        }
    }

    /// A value out of a text, as queries and other systems write it: a number, a day, `true`. Of a
    /// list each item is written by itself. What cannot be read is answered as a text, which then
    /// does not fit.
    pub fn parse_item(&self, text: &str) -> Value {
        let trimmed = text.trim();
        match self.kind {
            FieldType::Number => trimmed
                .parse::<i64>()
                .map(Value::from)
                .ok()
                .or_else(|| {
                    let number = trimmed.parse::<f64>().ok()?;
                    Number::from_f64(number).map(Value::Number)
                })
                .unwrap_or_else(|| text.into()),
            FieldType::Boolean => match trimmed {
                "true" | "1" | "yes" => true.into(),
                "false" | "0" | "no" => false.into(),
                _ => text.into(),
            },
            FieldType::Date => match trimmed.len() {
                // As WordPress plugins keep days.
                8 if trimmed.bytes().all(|byte| byte.is_ascii_digit()) => {
                    NaiveDate::parse_from_str(trimmed, "%Y%m%d")
                        .map_or_else(|_wrong| text.into(), |day| day.to_string().into())
                }
                _ => trimmed.into(),
            },
            FieldType::Url | FieldType::Reference(_) | FieldType::Choice(_) => trimmed.into(),
            FieldType::Text => text.into(),
        }
    }
}

fn take(checked: Result<Value, String>, place: &str, faults: &mut Faults) -> Option<Value> {
    match checked {
        Ok(value) => Some(value),
        Err(why) => {
            faults.add(place, why);
            None
        }
    }
}

/// A number as it is kept: whole ones without a fraction, and no negative zero.
fn plain_number(number: &Number) -> Option<Value> {
    let float = number.as_f64().filter(|float| float.abs() <= MAX_NUMBER)?;
    if number.is_f64() && float.fract() == 0.0 {
        // Every whole number of this size has an exact text.
        return format!("{float:.0}").parse::<i64>().ok().map(Value::from);
    }
    Some(Value::Number(number.clone()))
}

/// A day in four, two and two digits.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
        && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_url(text: &str) -> bool {
    text.len() <= MAX_URL_BYTES
        && !text.chars().any(char::is_control)
        && url::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
