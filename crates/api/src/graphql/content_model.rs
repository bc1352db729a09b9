//! The custom fields a site declares.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use domain::{
    content::ContentKind,
    fields::{FieldDefinition, FieldType},
};

use super::{context::session, entries::EntryKind};

/// What a custom field holds. All but numbers and booleans are JSON strings.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CustomFieldType {
    /// A text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A day: `2026-03-05`.
    Date,
    /// An absolute http or https address.
    Url,
    /// One of its choices.
    Choice,
    /// The id of a record of its kind.
    Reference,
}

impl From<&FieldType> for CustomFieldType {
    fn from(kind: &FieldType) -> Self {
        match kind {
            FieldType::Text => Self::Text,
            FieldType::Number => Self::Number,
            FieldType::Boolean => Self::Boolean,
            FieldType::Date => Self::Date,
            FieldType::Url => Self::Url,
            FieldType::Choice(_) => Self::Choice,
            FieldType::Reference(_) => Self::Reference,
        }
    }
}

/// A custom field, as the site declares it.
#[derive(SimpleObject)]
pub(crate) struct CustomField {
    /// Its name in `customFields`.
    name: String,
    /// What it holds.
    #[graphql(name = "type")]
    kind: CustomFieldType,
    /// Whether it holds a list of these.
    is_list: bool,
    /// Whether what is handed in, scheduled or published must have a value.
    is_required: bool,
    /// Whether lists can be asked for by it.
    is_filterable: bool,
    /// The codes of the editions that have it; empty: all.
    editions: Vec<String>,
    /// The words of a choice.
    choices: Vec<String>,
    /// The kind of record a reference leads to: the prefix of its ids.
    reference_kind: Option<String>,
    /// What it is for.
    description: Option<String>,
}

impl From<&FieldDefinition> for CustomField {
    fn from(field: &FieldDefinition) -> Self {
        let (mut choices, mut reference_kind) = (Vec::new(), None);
        if let FieldType::Choice(words) = &field.kind {
            choices.clone_from(words);
        }
        if let FieldType::Reference(kind) = &field.kind {
            reference_kind = Some(kind.as_str().to_owned());
        }
        Self {
            name: field.name.clone(),
            kind: (&field.kind).into(),
            is_list: field.is_list,
            is_required: field.is_required,
            is_filterable: field.is_filterable,
            editions: field.editions.clone(),
            choices,
            reference_kind,
            description: field.description.clone(),
        }
    }
}

/// The custom fields of a kind of entry.
#[derive(SimpleObject)]
pub(crate) struct KindModel {
    /// The kind.
    kind: EntryKind,
    /// Its fields, by name.
    fields: Vec<CustomField>,
}

/// The root fields about the content model.
#[derive(Default)]
pub(crate) struct ContentModelQueries;

#[Object]
impl ContentModelQueries {
    /// The custom fields of each kind of entry: what `customFields` holds and takes.
    async fn content_model(&self, ctx: &Context<'_>) -> Result<Vec<KindModel>> {
        let session = session(ctx)?;
        let model = session.cx().content_model();
        Ok(ContentKind::ALL
            .into_iter()
            .map(|kind| KindModel {
                kind: kind.into(),
                fields: model.fields(kind).map(CustomField::from).collect(),
            })
            .collect())
    }
}
