//! The parameters of a request, from a query string or a JSON body.

use std::borrow::Cow;

use async_graphql::{Extensions, Variables};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Refusal;

/// What a client asks for.
#[derive(Debug)]
pub(super) struct Parameters {
    /// The document, unless it is named by its hash or its id.
    pub(super) query: Option<String>,
    /// The id of a trusted document.
    pub(super) document_id: Option<String>,
    /// The operation of the document to run.
    pub(super) operation_name: Option<String>,
    /// The values of its variables.
    pub(super) variables: Variables,
    /// Whatever else the client sends.
    pub(super) extensions: Extensions,
}

/// The members of a body, not yet read: a member of the wrong type should be
/// named, and serde would only give its place.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    #[serde(borrow, default)]
    query: Option<&'a RawValue>,
    #[serde(borrow, default)]
    document_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    operation_name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    variables: Option<&'a RawValue>,
    #[serde(borrow, default)]
    extensions: Option<&'a RawValue>,
}

/// Reads a parameter that has to be an object. `null` is the same as nothing.
fn object<T>(name: &str, json: Option<&str>) -> Result<T, Refusal>
where
    T: Default + for<'de> Deserialize<'de>,
{
    let Some(json) = json else {
        return Ok(T::default());
    };
    let json = json.trim_start();
    if !json.starts_with('{') && json.trim_end() != "null" {
        return Err(Refusal::malformed(format!(
            "The parameter {name} must be a JSON object."
        )));
    }
    serde_json::from_str(json)
        .map_err(|error| Refusal::malformed(format!("The parameter {name} is not JSON: {error}.")))
}

fn text(name: &str, json: &RawValue) -> Result<String, Refusal> {
    if !json.get().starts_with('"') {
        return Err(Refusal::malformed(format!(
            "The parameter {name} must be a string."
        )));
    }
    serde_json::from_str(json.get())
        .map_err(|error| Refusal::malformed(format!("The parameter {name} is not text: {error}.")))
}

/// A request without a document.
pub(super) fn missing() -> Refusal {
    Refusal::malformed("The parameter query is missing.")
}

impl Parameters {
    /// Reads a JSON body.
    pub(super) fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        match first {
            None => return Err(Refusal::malformed("The body is empty.")),
            Some(b'[') => {
                return Err(Refusal::malformed(
                    "Batches are not served: send one request for each operation.",
                ));
            }
            Some(_) => {}
        }
        let members: Members<'_> = serde_json::from_slice(body).map_err(|error| {
            Refusal::malformed(format!("The body is not a JSON object: {error}."))
        })?;
        let query = members
            .query
            .filter(|json| json.get() != "null")
            .map(|json| text("query", json))
            .transpose()?;
        let document_id = members
            .document_id
            .map(|json| text("documentId", json))
            .transpose()?;
        let operation_name = members
            .operation_name
            .map(|json| text("operationName", json))
            .transpose()?
            .filter(|name| !name.is_empty());
        Ok(Self {
            query,
            document_id,
            operation_name,
            variables: object("variables", members.variables.map(RawValue::get))?,
            extensions: object("extensions", members.extensions.map(RawValue::get))?,
        })
    }

    /// Reads a query string. An empty optional parameter is the same as none.
    pub(super) fn from_query(query_string: &str) -> Result<Self, Refusal> {
        let mut query = None;
        let mut document_id = None;
        let mut operation_name = None;
        let mut variables = None;
        let mut extensions = None;
        for pair in query_string.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // A name that is not text is not one of ours.
            let Some(name) = decode(name) else {
                continue;
            };
            let slot = match name.as_ref() {
                "query" => &mut query,
                "documentId" => &mut document_id,
                "operationName" => &mut operation_name,
                "variables" => &mut variables,
                "extensions" => &mut extensions,
                _ => continue,
            };
            let value = decode(value)
                .ok_or_else(|| Refusal::malformed(format!("The parameter {name} is not UTF-8.")))?;
            if slot.replace(value.into_owned()).is_some() {
                return Err(Refusal::malformed(format!(
                    "The parameter {name} is there twice."
                )));
            }
        }
        let given = |value: Option<String>| value.filter(|value| !value.is_empty());
        Ok(Self {
            query: given(query),
            document_id: given(document_id),
            operation_name: given(operation_name),
            variables: object("variables", given(variables).as_deref())?,
            extensions: object("extensions", given(extensions).as_deref())?,
        })
    }
}

/// Undoes the encoding of forms.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
        return Some(Cow::Owned(decoded.into_owned()));
    }
    percent_decode_str(text).decode_utf8().ok()
}
