//! The custom fields a site declares.

use domain::{
    events::RecordKind,
    fields::{FieldDefinition, FieldType, WITH_FIELDS},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    State,
    answer::{self, Answer, List},
    parameters::{Declared, Groups, Of},
    request::Read,
    selection::Selection,
};

/// The custom fields of a kind of record.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KindModel<'a> {
    /// The kind: `article`, `page`, `issue`, `category`, `tag`, `author` or `asset`.
    kind: &'a str,
    /// Its fields, by name.
    fields: Vec<CustomField<'a>>,
}

/// A custom field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CustomField<'a> {
    /// Its name in `customFields`.
    name: &'a str,
    /// What it holds: `text`, `number`, `boolean`, `date`, `url`, `choice` or `reference`. All but
    /// numbers and booleans are strings.
    #[serde(rename = "type")]
    kind: &'a str,
    /// Whether it holds a list of these.
    is_list: bool,
    /// Whether what is handed in, scheduled or published must have a value; of categories, tags,
    /// authors and assets: whether new ones must.
    is_required: bool,
    /// Whether lists can be asked for by it.
    is_filterable: bool,
    /// The codes of the editions that have it; empty: all. Categories, tags, authors and assets have
    /// theirs in all.
    editions: &'a [String],
    /// The words of a choice.
    choices: &'a [String],
    /// The kind of record a reference leads to: the prefix of its ids.
    reference_kind: Option<&'a str>,
    /// What it is for.
    description: Option<&'a str>,
}

impl<'a> From<&'a FieldDefinition> for CustomField<'a> {
    fn from(field: &'a FieldDefinition) -> Self {
        let (mut choices, mut reference_kind) = (&[][..], None);
        if let FieldType::Choice(words) = &field.kind {
            choices = words;
        }
        if let FieldType::Reference(kind) = &field.kind {
            reference_kind = Some(kind.as_str());
        }
        Self {
            name: &field.name,
            kind: field.kind.as_str(),
            is_list: field.is_list,
            is_required: field.is_required,
            is_filterable: field.is_filterable,
            editions: &field.editions,
            choices,
            reference_kind,
            description: field.description.as_deref(),
        }
    }
}

/// The operations on the content model.
pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(get_content_model))
}

struct GetContentModel;
impl Declared for GetContentModel {
    const PARAMETERS: Groups = &[];
}

/// Get the content model
///
/// The custom fields of each kind of record that can have some: what `customFields` holds and takes.
#[utoipa::path(
    get,
    path = "/content-model",
    tag = "Site",
    params(Of<GetContentModel>),
    responses((status = 200, description = "The kinds, each with its fields.", body = KindModelList<'_>)),
)]
async fn get_content_model(read: Read) -> Answer {
    read.query::<GetContentModel>()?;
    let model = read.cx.content_model();
    let data: Vec<KindModel<'_>> = WITH_FIELDS
        .into_iter()
        .map(|kind: RecordKind| KindModel {
            kind: kind.as_str(),
            fields: model.fields(kind).map(CustomField::from).collect(),
        })
        .collect();
    answer::whole_list(&read, &Selection::default(), &data)
}
type KindModelList<'a> = List<KindModel<'a>>;
