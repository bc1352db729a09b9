//! The custom fields a site declares.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use domain::{
    events::RecordKind,
    fields::{FieldDefinition, FieldType, WITH_FIELDS},
};
use uuid::Uuid;

use super::{
    context::{Here, session},
    loaders::RecordFields,
};

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
    /// Whether what is handed in, scheduled or published must have a value; of categories, tags,
    /// authors and assets: whether new ones must.
    is_required: bool,
    /// Whether lists can be asked for by it.
    is_filterable: bool,
    /// The codes of the editions that have it; empty: all. Categories, tags, authors and assets have
    /// theirs in all.
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

/// The kinds of record that can have custom fields.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentModelKind {
    /// Articles.
    Article,
    /// Pages.
    Page,
    /// Newsletter issues.
    Issue,
    /// Categories.
    Category,
    /// Tags.
    Tag,
    /// Authors.
    Author,
    /// Assets.
    Asset,
}

impl ContentModelKind {
    const fn of(kind: RecordKind) -> Option<Self> {
        Some(match kind {
            RecordKind::Article => Self::Article,
            RecordKind::Page => Self::Page,
            RecordKind::Issue => Self::Issue,
            RecordKind::Category => Self::Category,
            RecordKind::Tag => Self::Tag,
            RecordKind::Author => Self::Author,
            RecordKind::Asset => Self::Asset,
            RecordKind::Site
            | RecordKind::Edition
            | RecordKind::Gallery
            | RecordKind::Collection
            | RecordKind::Newsletter
            | RecordKind::Menu
            | RecordKind::Comment
            | RecordKind::Redirect
            | RecordKind::User
            | RecordKind::Session
            | RecordKind::ApiKey
            | RecordKind::Audit
            | RecordKind::Job => return None,
        })
    }
}

/// The custom fields of a record that all editions share, as they are shown.
pub(crate) async fn of_record(
    session: Here<'_>,
    kind: RecordKind,
    id: Uuid,
) -> Result<serde_json::Value> {
    if !session.cx().content_model().has_fields(kind) {
        return Ok(serde_json::json!({}));
    }
    let fields = session.load(RecordFields { kind, id }).await?;
    let fields = fields.map(|fields| fields.as_ref().clone());
    let value = serde_json::Value::Object(fields.unwrap_or_default().into_iter().collect());
    session.budget().spend(value.to_string().len())?;
    Ok(value)
}

/// The custom fields of a kind of record.
#[derive(SimpleObject)]
pub(crate) struct KindModel {
    /// The kind.
    kind: ContentModelKind,
    /// Its fields, by name.
    fields: Vec<CustomField>,
}

/// The root fields about the content model.
#[derive(Default)]
pub(crate) struct ContentModelQueries;

#[Object]
impl ContentModelQueries {
    /// The custom fields of each kind of record that can have some: what `customFields` holds and takes.
    async fn content_model(&self, ctx: &Context<'_>) -> Result<Vec<KindModel>> {
        let session = session(ctx)?;
        let model = session.cx().content_model();
        let of = |kind| {
            Some(KindModel {
                kind: ContentModelKind::of(kind)?,
                fields: model.fields(kind).map(CustomField::from).collect(),
            })
        };
        Ok(WITH_FIELDS.into_iter().filter_map(of).collect())
    }
}
