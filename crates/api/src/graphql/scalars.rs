//! Scalars of our own: points in time, and whole numbers that may pass 32 bits.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use domain::time::{Timestamp, rfc3339, to_micros};

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateTime(pub(crate) Timestamp);

/// A point in time as RFC 3339 has it, always in UTC and with `Z`: `2026-03-05T10:00:00Z`. As an
/// input it may carry any offset.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let time = chrono::DateTime::parse_from_rfc3339(text).map_err(|source| {
            InputValueError::custom(format!(
                "`{}` is not a time such as 2026-03-05T10:00:00Z: {source}",
                shorten(text)
            ))
        })?;
        Ok(Self(to_micros(time.to_utc())))
    }

    /// Lets a wrong time be found before anything is executed.
    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if chrono::DateTime::parse_from_rfc3339(text).is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(rfc3339(self.0))
    }
}

impl From<Timestamp> for DateTime {
    fn from(time: Timestamp) -> Self {
        Self(time)
    }
}

/// A number that may be too large for `Int`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Long(pub(crate) i64);

/// A whole number from 0 to 2^53 - 1, written as a JSON number: for sizes that may pass the 32
/// bits of `Int`.
#[Scalar(name = "Long")]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number
                .as_i64()
                .map(Self)
                .ok_or_else(|| InputValueError::expected_type(value)),
            Value::Null
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_) => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}

/// Keeps what a caller sent from flooding an error message.
fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}
