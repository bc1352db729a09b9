//! What of custom fields is kept beside the record, so that lists can be asked for by it and
//! references are known.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use super::{ContentModel, CustomFields, FieldDefinition, FieldType, value::MAX_FILTERED_CHARS};
use crate::{
    events::RecordKind,
    id::{AssetId, AuthorId, CategoryId, EntryId, GalleryId, NewsletterId, TagId},
};

/// What references can lead to.
pub const REFERABLE: [RecordKind; 9] = [
    RecordKind::Article,
    RecordKind::Page,
    RecordKind::Issue,
    RecordKind::Category,
    RecordKind::Tag,
    RecordKind::Author,
    RecordKind::Asset,
    RecordKind::Gallery,
    RecordKind::Newsletter,
];

/// A value that is kept beside the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedValue {
    /// The field.
    pub name: String,
    /// The value as a text that sorts as the values do.
    pub key: String,
    /// What it refers to.
    pub reference: Option<(RecordKind, Uuid)>,
}

/// A reference in a custom field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldReference {
    /// Its place: `customFields.reviewer`, `customFields.places.0`.
    pub place: String,
    /// The field.
    pub name: String,
    /// What it leads to.
    pub kind: RecordKind,
    /// The public id.
    pub id: String,
}

impl FieldDefinition {
    /// Whether its values are kept beside the record.
    pub(super) fn is_indexed(&self) -> bool {
        self.is_filterable || matches!(self.kind, FieldType::Reference(_))
    }

    /// A value as a text that sorts as the values do; none if it does not fit.
    pub(super) fn key(&self, value: &Value) -> Option<String> {
        let value = self.checked_item(value).ok()?;
        match (&self.kind, &value) {
            (FieldType::Number, Value::Number(number)) => number.as_f64().map(sortable),
            (_, Value::Bool(yes)) => Some(if *yes { "1" } else { "0" }.to_owned()),
            (FieldType::Text, Value::String(text)) => {
                Some(text.nfc().take(MAX_FILTERED_CHARS).collect())
            }
            (_, Value::String(text)) => Some(text.clone()),
            (_, Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) => None,
        }
    }
}

/// The bits of a number, turned so that their texts sort as the numbers do.
fn sortable(number: f64) -> String {
    const SIGN: u64 = 1 << 63;
    // Negative zero is the same as zero.
    let bits = (number + 0.0).to_bits();
    let turned = if bits & SIGN == 0 { bits | SIGN } else { !bits };
    format!("{turned:016x}")
}

/// The items of a value: those of a list, or itself.
fn items(value: &Value) -> &[Value] {
    if let Value::Array(items) = value {
        items
    } else {
        std::slice::from_ref(value)
    }
}

impl ContentModel {
    /// What is kept beside a record with these values.
    pub fn index(
        &self,
        kind: impl Into<RecordKind>,
        edition: Option<&str>,
        values: &CustomFields,
    ) -> Vec<IndexedValue> {
        let mut index: Vec<IndexedValue> = Vec::new();
        if values.is_empty() {
            return index;
        }
        let fields = self.fields(kind);
        for field in fields.filter(|field| field.is_indexed() && field.is_in(edition)) {
            let Some(value) = values.get(&field.name) else {
                continue;
            };
            for item in items(value) {
                let Some(key) = field.key(item) else { continue };
                let is_known = |known: &IndexedValue| known.name == field.name && known.key == key;
                if index.iter().any(is_known) {
                    continue;
                }
                let reference = if let FieldType::Reference(kind) = field.kind {
                    uuid_of(kind, &key).map(|id| (kind, id))
                } else {
                    None
                };
                index.push(IndexedValue {
                    name: field.name.clone(),
                    key,
                    reference,
                });
            }
        }
        index
    }

    /// What a record with these values refers to.
    pub fn references(
        &self,
        kind: impl Into<RecordKind>,
        values: &CustomFields,
    ) -> Vec<FieldReference> {
        let mut found = Vec::new();
        if values.is_empty() {
            return found;
        }
        for field in self.fields(kind) {
            let (FieldType::Reference(to), Some(value)) = (&field.kind, values.get(&field.name))
            else {
                continue;
            };
            for (number, item) in items(value).iter().enumerate() {
                let Some(id) = item.as_str().filter(|id| uuid_of(*to, id).is_some()) else {
                    continue;
                };
                let name = &field.name;
                found.push(FieldReference {
                    place: if field.is_list {
                        format!("customFields.{name}.{number}")
                    } else {
                        format!("customFields.{name}")
                    },
                    name: name.clone(),
                    kind: *to,
                    id: id.to_owned(),
                });
            }
        }
        found
    }
}

/// The UUID in the public id of a kind of record; none if it is no such id.
pub(super) fn uuid_of(kind: RecordKind, id: &str) -> Option<Uuid> {
    match kind {
        RecordKind::Article | RecordKind::Page | RecordKind::Issue => {
            let id: EntryId = id.parse().ok()?;
            (RecordKind::from(id.kind) == kind).then(|| id.uuid())
        }
        RecordKind::Category => id.parse::<CategoryId>().ok().map(CategoryId::uuid),
        RecordKind::Tag => id.parse::<TagId>().ok().map(TagId::uuid),
        RecordKind::Author => id.parse::<AuthorId>().ok().map(AuthorId::uuid),
        RecordKind::Asset => id.parse::<AssetId>().ok().map(AssetId::uuid),
        RecordKind::Gallery => id.parse::<GalleryId>().ok().map(GalleryId::uuid),
        RecordKind::Newsletter => id.parse::<NewsletterId>().ok().map(NewsletterId::uuid),
        RecordKind::Site
        | RecordKind::Edition
        | RecordKind::Collection
        | RecordKind::Menu
        | RecordKind::Comment
        | RecordKind::Redirect
        | RecordKind::User
        | RecordKind::Session
        | RecordKind::ApiKey
        | RecordKind::Audit
        | RecordKind::Job => None,
    }
}
