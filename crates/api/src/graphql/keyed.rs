//! Mutations with an idempotency key.

use application::ActorContext;
use async_graphql::{
    Request, Response,
    parser::types::{DocumentOperations, OperationDefinition, OperationType, Selection},
};
use domain::{Error, FieldError};

use super::error;
use crate::idempotency::{self, KEY, Refused, Slot};

/// A mutation, as far as its key is about it.
pub(super) struct Keyed {
    /// The names of its root fields; none for what is no plain field.
    fields: Vec<Option<String>>,
    parts: [Vec<u8>; 3],
}

impl Keyed {
    /// The mutation of a request. Queries change nothing: they need no key.
    pub(super) fn of(request: &mut Request) -> Option<Self> {
        let name = request.operation_name.clone();
        let parts = [
            request.query.clone().into_bytes(),
            name.clone().unwrap_or_default().into_bytes(),
            serde_json::to_vec(&request.variables).unwrap_or_default(),
        ];
        let document = request.parsed_query().ok()?;
        let operation = match (&document.operations, name) {
            (DocumentOperations::Single(operation), _) => &operation.node,
            (DocumentOperations::Multiple(operations), Some(name)) => {
                &operations.get(name.as_str())?.node
            }
            (DocumentOperations::Multiple(operations), None) => &operations.values().next()?.node,
        };
        (operation.ty == OperationType::Mutation).then(|| Self {
            fields: root_fields(operation),
            parts,
        })
    }

    /// Claims the key for the mutation. Answers who carries it out.
    pub(super) async fn claim(
        &self,
        slot: &Slot,
        cx: &ActorContext,
    ) -> Result<ActorContext, Refused> {
        slot.key().map_err(Refused::Key)?;
        let wrong = |message: &str| Refused::Key(FieldError::new(KEY, message));
        match self.fields.as_slice() {
            [Some(name)] if idempotency::is_secret_mutation(name) => {
                return Err(wrong(idempotency::NOT_HERE));
            }
            [Some(_)] => {}
            _ => {
                return Err(wrong(
                    "belongs to one change: the mutation must have one root field, and not in a fragment",
                ));
            }
        }
        let [query, name, variables] = &self.parts;
        slot.claim(cx, &[query, name, variables]).await
    }
}

/// The answer to a mutation that was not carried out for its key.
pub(super) fn refuse(refused: Refused) -> Response {
    let error = match refused {
        Refused::Key(field) => Error::Invalid(vec![field]),
        Refused::Other(error) => error,
        // The layer puts the first answer in the place of this one.
        Refused::Done => Error::conflict("the mutation was carried out before"),
    };
    Response::from_errors(vec![error::refused(&error)])
}

fn root_fields(operation: &OperationDefinition) -> Vec<Option<String>> {
    let selections = operation.selection_set.node.items.iter();
    let names = selections.map(|selection| match &selection.node {
        Selection::Field(field) => Some(field.node.name.node.to_string()),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
    });
    names
        .filter(|name| name.as_deref() != Some("__typename"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use async_graphql::parser::{
        parse_schema,
        types::{BaseType, Type, TypeKind, TypeSystemDefinition},
    };

    use super::*;
    use crate::graphql::schema::{schema, sdl};

    fn base(of: &Type) -> String {
        match &of.base {
            BaseType::Named(name) => name.to_string(),
            BaseType::List(of) => base(of),
        }
    }

    #[test]
    fn mutations_that_answer_secrets_take_no_key() {
        let mut types = BTreeMap::new();
        for definition in parse_schema(sdl(&schema(true))).unwrap().definitions {
            if let TypeSystemDefinition::Type(definition) = definition
                && let TypeKind::Object(object) = definition.node.kind
            {
                let fields = object.fields.into_iter();
                let fields =
                    fields.map(|field| (field.node.name.to_string(), base(&field.node.ty.node)));
                types.insert(definition.node.name.to_string(), fields.collect::<Vec<_>>());
            }
        }
        let mut found = 0;
        for (mutation, payload) in &types["Mutation"] {
            let is_secret = types[payload].iter().any(|(field, _)| {
                let field = field.to_lowercase();
                field.contains("token") || field.contains("secret")
            });
            if is_secret {
                assert!(idempotency::is_secret_mutation(mutation), "{mutation}");
                found += 1;
            }
        }
        assert!(found >= 2, "{found}");
    }
}
