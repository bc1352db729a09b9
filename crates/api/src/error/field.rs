//! What is wrong with one parameter, header or member of a body, and where that stands.

use domain::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

use super::kinds::FieldCode;

/// What is wrong with one parameter of the query, one header or one field of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// The name of the query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parameter: Option<String>,
    /// The name of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) header: Option<&'static str>,
    /// The place in the body, as a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pointer: Option<String>,
    /// What is wrong and how to mend it.
    pub(super) message: String,
    /// The stable code of what is wrong.
    #[schema(value_type = FieldCode)]
    pub(super) code: &'static str,
}

impl FieldProblem {
    /// The value cannot be used.
    pub(crate) const INVALID: &'static str = "INVALID";
    /// The value is missing.
    pub(crate) const REQUIRED: &'static str = "REQUIRED";
    /// There is no such parameter or field.
    pub(crate) const UNKNOWN: &'static str = "UNKNOWN";
    /// The parameter was given more than once.
    pub(crate) const DUPLICATE: &'static str = "DUPLICATE";

    /// Something is wrong with a query parameter.
    pub(crate) fn parameter(
        name: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            parameter: Some(name.into()),
            header: None,
            pointer: None,
            message: message.into(),
            code,
        }
    }

    /// Something is wrong with a header.
    pub(crate) fn header(name: &'static str, message: impl Into<String>) -> Self {
        Self {
            parameter: None,
            header: Some(name),
            pointer: None,
            message: message.into(),
            code: Self::INVALID,
        }
    }

    /// Something is wrong with the body, at a place with dots between its steps.
    pub(crate) fn body(place: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            parameter: None,
            header: None,
            pointer: Some(pointer(place)),
            message: message.into(),
            code,
        }
    }

    /// Something is wrong with a member of the object at a place of the body.
    pub(crate) fn member(
        at: &str,
        name: &str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let mut problem = Self::body(at, code, message);
        if let Some(pointer) = &mut problem.pointer {
            step(pointer, name);
        }
        problem
    }

    /// Where it is, in the words of the caller.
    fn place(&self) -> Option<&str> {
        self.parameter
            .as_deref()
            .or(self.header)
            .or(self.pointer.as_deref())
            .filter(|place| !place.is_empty())
    }

    /// The place in the body.
    pub(crate) fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// The parameter it is about; empty for none.
    pub(crate) fn parameter_name(&self) -> &str {
        self.parameter.as_deref().unwrap_or_default()
    }

    /// The stable code.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }
}

impl From<FieldError> for FieldProblem {
    fn from(error: FieldError) -> Self {
        let parameter = (!error.field.is_empty()).then_some(error.field);
        Self {
            parameter,
            header: None,
            pointer: None,
            message: error.message,
            code: Self::INVALID,
        }
    }
}

/// All that is wrong, in one line.
pub(super) fn described(errors: &[FieldProblem]) -> String {
    let parts = errors.iter().map(|error| match error.place() {
        Some(place) => format!("{place}: {}", error.message),
        None => error.message.clone(),
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// A JSON pointer made of a place with dots between its steps: `/texts/fa/name`.
pub(super) fn pointer(place: &str) -> String {
    let mut pointer = String::with_capacity(place.len() + 1);
    for name in place.split('.').filter(|name| !name.is_empty()) {
        step(&mut pointer, name);
    }
    pointer
}

fn step(pointer: &mut String, name: &str) {
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
}
