//! The types of the schema as far as the library does not tell them while a query runs.

use std::collections::{BTreeMap, HashMap};

use async_graphql::{
    Value,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition},
    },
};
use domain::paging::DEFAULT_PAGE_SIZE;

/// How long a list without pages is taken to be when the cost of a document is reckoned.
const UNPAGED_LENGTH: usize = 10;

/// How long the lists within a body are taken to be. They are stored with it, so that one statement
/// reads them all, and they stand within each other: the product of their lengths is what counts,
/// and the longest of each never meet in one body.
const BODY_LENGTHS: [(&str, usize); 2] = [("blocks", 5), ("spans", 3)];

/// The fields of objects and interfaces.
#[derive(Debug)]
pub(crate) struct Types {
    fields: HashMap<String, HashMap<String, FieldDefinition>>,
    /// The types without fields: scalars and enums.
    leaves: Vec<String>,
}

impl Types {
    /// The types of a schema in its own language; `None` if it is none.
    pub(crate) fn of(sdl: &str) -> Option<Self> {
        let document = parse_schema(sdl).ok()?;
        let mut types = Self {
            fields: HashMap::new(),
            leaves: ["Int", "Float", "String", "Boolean", "ID"]
                .map(str::to_owned)
                .to_vec(),
        };
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node.to_string();
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::Scalar | TypeKind::Enum(_) => {
                    types.leaves.push(name);
                    continue;
                }
                TypeKind::Union(_) | TypeKind::InputObject(_) => continue,
            };
            let fields = fields
                .into_iter()
                .map(|field| (field.node.name.node.to_string(), field.node))
                .collect();
            types.fields.insert(name, fields);
        }
        Some(types)
    }

    /// The type of a field.
    pub(crate) fn field(&self, of: &str, name: &str) -> Option<&Type> {
        self.fields.get(of)?.get(name).map(|field| &field.ty.node)
    }

    /// How long lists are when a document does not say: by the name of the field, as the limits
    /// want it.
    pub(crate) fn list_lengths(&self) -> BTreeMap<String, usize> {
        let mut lengths = BTreeMap::new();
        for (name, field) in self.fields.values().flatten() {
            if let Some(length) = self.list_length(name, field) {
                let known = lengths.entry(name.clone()).or_insert(length);
                *known = length.max(*known);
            }
        }
        lengths
    }

    fn list_length(&self, name: &str, field: &FieldDefinition) -> Option<usize> {
        if let Some(first) = field
            .arguments
            .iter()
            .find(|argument| argument.node.name.node == "first")
        {
            let page = usize::try_from(DEFAULT_PAGE_SIZE).ok();
            return match first.node.default_value.as_ref().map(|value| &value.node) {
                Some(Value::Number(number)) => number
                    .as_u64()
                    .and_then(|number| usize::try_from(number).ok()),
                _ => page,
            };
        }
        // The length of a page is counted where the list is asked for.
        let inside_page = matches!(name, "edges" | "nodes");
        match &field.ty.node.base {
            BaseType::List(inner) if !inside_page && !self.is_leaf(&inner.base) => {
                let of_body = BODY_LENGTHS.iter().find(|(known, _)| *known == name);
                Some(of_body.map_or(UNPAGED_LENGTH, |(_, length)| *length))
            }
            BaseType::List(_) | BaseType::Named(_) => None,
        }
    }

    fn is_leaf(&self, ty: &BaseType) -> bool {
        match ty {
            BaseType::Named(name) => self.leaves.iter().any(|leaf| leaf == name.as_str()),
            BaseType::List(inner) => self.is_leaf(&inner.base),
        }
    }
}
