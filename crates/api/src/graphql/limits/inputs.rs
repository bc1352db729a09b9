//! Sizes and list lengths of the variables of a request.

use std::collections::HashMap;

use async_graphql::{Value, Variables};

use super::lexer::{Kind, Token};
use super::{Bound, Limits, Violation, bounded};

/// What a single value costs besides its text.
const VALUE_BYTES: usize = 8;

/// What is known of one variable.
#[derive(Debug, Clone, Copy, Default)]
struct Input {
    /// The size of its value, or of its largest default.
    bytes: usize,
    /// Its value, or its largest default, as the length of a list.
    length: Option<usize>,
    /// How many items it, or its largest default, has if it is a list.
    items: Option<usize>,
    /// Whether the request gives its value, so that defaults do not matter.
    given: bool,
}

/// The variables of a request and the defaults of its document.
pub(super) struct Inputs<'a> {
    known: HashMap<&'a str, Input>,
    /// Values looked at.
    pub(super) steps: usize,
}

/// Reads an integer literal as the length of a list.
pub(super) fn length(literal: &str) -> Option<usize> {
    if literal.starts_with('-') {
        // The resolver refuses a negative length with a better message.
        return None;
    }
    // Digits that do not fit into a number are more than any limit allows.
    Some(literal.parse().unwrap_or(usize::MAX))
}

impl<'a> Inputs<'a> {
    /// Measures the variables of a request.
    pub(super) fn measure(variables: &'a Variables, limits: &Limits) -> Result<Self, Violation> {
        let mut inputs = Self {
            known: HashMap::new(),
            steps: 0,
        };
        let mut total: usize = 0;
        for (name, value) in variables.iter() {
            let bytes = inputs.size(value);
            total = total.saturating_add(name.len()).saturating_add(bytes);
            bounded(Bound::VariablesBytes, limits.max_variables_bytes, total)?;
            let length = match value {
                Value::Number(number) => number
                    .as_u64()
                    .map(|number| usize::try_from(number).unwrap_or(usize::MAX)),
                Value::Null
                | Value::String(_)
                | Value::Boolean(_)
                | Value::Binary(_)
                | Value::Enum(_)
                | Value::List(_)
                | Value::Object(_) => None,
            };
            let items = match value {
                Value::List(items) => Some(items.len()),
                Value::Null
                | Value::Number(_)
                | Value::String(_)
                | Value::Boolean(_)
                | Value::Binary(_)
                | Value::Enum(_)
                | Value::Object(_) => None,
            };
            inputs.known.insert(
                name.as_str(),
                Input {
                    bytes,
                    length,
                    items,
                    given: true,
                },
            );
        }
        Ok(inputs)
    }

    /// The size of a value, found without recursion.
    fn size(&mut self, value: &Value) -> usize {
        let mut total: usize = 0;
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            self.steps = self.steps.saturating_add(1);
            let text = match value {
                Value::Null | Value::Number(_) | Value::Boolean(_) => 0,
                Value::String(text) => text.len(),
                Value::Enum(name) => name.len(),
                Value::Binary(bytes) => bytes.len(),
                Value::List(items) => {
                    open.extend(items);
                    0
                }
                Value::Object(members) => {
                    open.extend(members.values());
                    members
                        .keys()
                        .fold(0, |sum: usize, key| sum.saturating_add(key.len()))
                }
            };
            total = total.saturating_add(text).saturating_add(VALUE_BYTES);
        }
        total
    }

    /// Reads the variable definitions, which may stand after the fragments that
    /// use them. Only they have the form `$ name :`, right inside a bracket that
    /// is itself inside none.
    pub(super) fn read_definitions(
        &mut self,
        tokens: &[Token<'a>],
        limits: &Limits,
    ) -> Result<(), Violation> {
        let mut open: usize = 0;
        let mut definitions: usize = 0;
        let mut current: Option<&'a str> = None;
        let mut default: Option<Input> = None;
        let mut rest = tokens.iter();
        while let Some(token) = rest.next() {
            match token.kind {
                Kind::Punctuator(b'$') if open == 1 => {
                    let mut ahead = rest.clone().map(|token| token.kind);
                    if let (Some(Kind::Name(name)), Some(Kind::Punctuator(b':'))) =
                        (ahead.next(), ahead.next())
                    {
                        definitions = definitions.saturating_add(1);
                        bounded(Bound::Variables, limits.max_variables, definitions)?;
                        self.keep(current, default.take());
                        current = Some(name);
                        continue;
                    }
                }
                Kind::Punctuator(b'=') if open == 1 && current.is_some() => {
                    let mut ahead = rest.clone();
                    default = Some(Input {
                        length: ahead.next().and_then(|token| match token.kind {
                            Kind::Int(literal) => length(literal),
                            Kind::Punctuator(_) | Kind::Spread | Kind::Name(_) | Kind::Literal => {
                                None
                            }
                        }),
                        ..Input::default()
                    });
                }
                Kind::Punctuator(b'(' | b'[' | b'{') => open = open.saturating_add(1),
                Kind::Punctuator(b')' | b']' | b'}') => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        self.keep(current.take(), default.take());
                    }
                }
                Kind::Punctuator(_)
                | Kind::Spread
                | Kind::Name(_)
                | Kind::Int(_)
                | Kind::Literal => {}
            }
            if let Some(default) = &mut default {
                // Inside the bracket of the definitions and that of the list.
                if open == 2 && token.kind.is_value() {
                    default.items = Some(default.items.unwrap_or_default().saturating_add(1));
                }
                default.bytes = default
                    .bytes
                    .saturating_add(token.bytes)
                    .saturating_add(VALUE_BYTES);
            }
        }
        Ok(())
    }

    /// Remembers a default. Operations of one document may disagree about it, and
    /// fragments are shared among them, so the largest counts.
    fn keep(&mut self, name: Option<&'a str>, default: Option<Input>) {
        let (Some(name), Some(default)) = (name, default) else {
            return;
        };
        let known = self.known.entry(name).or_default();
        if !known.given {
            known.bytes = known.bytes.max(default.bytes);
            known.length = known.length.max(default.length);
            known.items = known.items.max(default.items);
        }
    }

    /// The size of a variable's value.
    pub(super) fn bytes(&self, name: &str) -> usize {
        self.known.get(name).map_or(0, |input| input.bytes)
    }

    /// A variable's value as the length of a list.
    pub(super) fn length(&self, name: &str) -> Option<usize> {
        self.known.get(name).and_then(|input| input.length)
    }

    /// How many items a variable's value has if it is a list.
    pub(super) fn items(&self, name: &str) -> Option<usize> {
        self.known.get(name).and_then(|input| input.items)
    }
}
