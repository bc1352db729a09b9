//! The syntactic half of the check: definitions, fields and spreads.
//!
//! What this walk accepts may be more than GraphQL, for the library parses the
//! document again. But where both accept it, both must see the same fields and
//! list sizes, which is why arguments are read strictly: the library takes
//! `truefirst: 9` for `true first: 9`, and this walk refuses to read it.

use super::inputs::{self, Inputs};
use super::lexer::{Kind, Token};
use super::{Bound, Limits, Stop, Violation, bounded};

/// Where a selection stands inside its definition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Fields around it.
    pub(super) depth: usize,
    /// The product of the sizes of the lists around it.
    pub(super) factor: usize,
    /// How many selection sets the merging rule sees it in: its own, and those
    /// of the inline fragments up to the next field.
    pub(super) repeats: usize,
    /// Whether no field is around it.
    pub(super) root: bool,
    /// Depth and nested lists since `__schema` or `__type`, when below one.
    pub(super) introspection: Option<(usize, usize)>,
    /// Nested lists of introspection if the definition is spread below one.
    pub(super) lists: usize,
}

/// The sums of one definition, at first without the fragments it spreads.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    /// Fields times the sizes of the lists around them, introspection aside.
    pub(super) complexity: usize,
    /// Deepest field outside introspection.
    pub(super) depth: usize,
    /// Deepest field of all.
    pub(super) full_depth: usize,
    /// Number of fields, spreads and inline fragments.
    pub(super) expanded: usize,
    /// Weight of the selections without a field around them.
    pub(super) level: usize,
    /// Work of the merging rule.
    pub(super) merge: usize,
    /// Bytes of arguments times the sizes of the lists around them.
    pub(super) arguments: usize,
    /// Fields without a field around them.
    pub(super) root_fields: usize,
    /// `__schema` and `__type` fields.
    pub(super) introspection_fields: usize,
    /// Deepest field below one of these, itself included.
    pub(super) introspection_depth: usize,
    /// Most lists inside each other below one of these.
    pub(super) introspection_lists: usize,
    /// The same if the whole definition is spread below one of these.
    pub(super) lists: usize,
}

/// A fragment spread.
#[derive(Debug)]
pub(super) struct Edge<'a> {
    /// The fragment.
    pub(super) target: &'a str,
    /// Where the spread is, in bytes.
    pub(super) start: usize,
    /// Where it stands in its definition.
    pub(super) place: Place,
}

/// An operation or fragment.
#[derive(Debug)]
pub(super) struct Definition<'a> {
    /// Its name.
    pub(super) name: Option<&'a str>,
    /// Whether it is a fragment.
    pub(super) fragment: bool,
    /// Its own sums.
    pub(super) totals: Totals,
    /// What it spreads.
    pub(super) edges: Vec<Edge<'a>>,
}

/// All definitions of a document.
pub(super) struct Walked<'a> {
    /// The definitions in their order.
    pub(super) definitions: Vec<Definition<'a>>,
    /// Number of aliased fields.
    pub(super) aliases: usize,
}

/// What the arguments of a field or directive come to.
#[derive(Debug, Clone, Copy, Default)]
struct Arguments {
    /// How many there are.
    count: usize,
    /// The bytes of their literals.
    literals: usize,
    /// The bytes of the values of their variables.
    variables: usize,
    /// The value of `first` or `last`, or the number of `ids`.
    size: Option<usize>,
}

/// What a value says about the length of the list its argument stands for.
#[derive(Debug, Clone, Copy, Default)]
struct Length {
    /// The value, if it is a number.
    number: Option<usize>,
    /// How many items it has, if it is a list.
    items: Option<usize>,
}

impl Arguments {
    fn bytes(self) -> usize {
        self.literals.saturating_add(self.variables)
    }
}

struct Walker<'a, 'b> {
    document: &'b str,
    tokens: &'b [Token<'a>],
    next: usize,
    inputs: &'b Inputs<'a>,
    limits: &'b Limits,
    aliases: usize,
}

/// Reads the definitions of a document.
pub(super) fn walk<'a>(
    document: &'a str,
    tokens: &[Token<'a>],
    inputs: &Inputs<'a>,
    limits: &Limits,
    steps: &mut usize,
) -> Result<Walked<'a>, Stop> {
    let mut walker = Walker {
        document,
        tokens,
        next: 0,
        inputs,
        limits,
        aliases: 0,
    };
    let mut definitions = Vec::new();
    let mut fragments: usize = 0;
    let mut operations: usize = 0;
    while let Some(token) = walker.peek() {
        let begun = walker.next;
        let definition = walker.definition();
        *steps = steps.saturating_add(walker.next.saturating_sub(begun));
        let definition = definition?;
        if definition.fragment {
            fragments = fragments.saturating_add(1);
            bounded(Bound::Fragments, limits.max_fragments, fragments)
        } else {
            operations = operations.saturating_add(1);
            bounded(Bound::Operations, limits.max_operations, operations)
        }
        .map_err(|violation| violation.at(document, token.start))?;
        definitions.push(definition);
    }
    Ok(Walked {
        definitions,
        aliases: walker.aliases,
    })
}

impl<'a> Walker<'a, '_> {
    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.next).copied()
    }

    fn is_next(&self, punctuator: u8) -> bool {
        self.peek()
            .is_some_and(|token| token.kind == Kind::Punctuator(punctuator))
    }

    fn take(&mut self) -> Result<Token<'a>, Stop> {
        let token = self.peek().ok_or(Stop::NotUnderstood)?;
        self.next = self.next.saturating_add(1);
        Ok(token)
    }

    /// Takes the next token if it is this punctuator.
    fn eat(&mut self, punctuator: u8) -> bool {
        let found = self.is_next(punctuator);
        if found {
            self.next = self.next.saturating_add(1);
        }
        found
    }

    fn expect(&mut self, punctuator: u8) -> Result<(), Stop> {
        if self.eat(punctuator) {
            Ok(())
        } else {
            Err(Stop::NotUnderstood)
        }
    }

    fn name(&mut self) -> Result<&'a str, Stop> {
        match self.take()?.kind {
            Kind::Name(name) => Ok(name),
            Kind::Punctuator(_) | Kind::Spread | Kind::Int(_) | Kind::Literal => {
                Err(Stop::NotUnderstood)
            }
        }
    }

    fn is_name_next(&self) -> bool {
        matches!(self.peek().map(|token| token.kind), Some(Kind::Name(_)))
    }

    /// An operation or fragment with all its selections.
    fn definition(&mut self) -> Result<Definition<'a>, Stop> {
        let mut definition = Definition {
            name: None,
            fragment: false,
            totals: Totals::default(),
            edges: Vec::new(),
        };
        if !self.is_next(b'{') {
            match self.name()? {
                "query" | "mutation" | "subscription" => {
                    if self.is_name_next() {
                        definition.name = Some(self.name()?);
                    }
                    if self.eat(b'(') {
                        self.skip_definitions()?;
                    }
                }
                "fragment" => {
                    let name = self.name()?;
                    if name == "on" || self.name()? != "on" {
                        return Err(Stop::NotUnderstood);
                    }
                    self.name()?;
                    definition.name = Some(name);
                    definition.fragment = true;
                }
                _ => return Err(Stop::NotUnderstood),
            }
            let bytes = self.directives()?;
            definition.totals.arguments = definition.totals.arguments.saturating_add(bytes);
        }
        self.expect(b'{')?;
        self.selections(&mut definition)?;
        Ok(definition)
    }

    /// Passes over variable definitions, which were read before.
    fn skip_definitions(&mut self) -> Result<(), Stop> {
        let mut open: usize = 1;
        while open > 0 {
            match self.take()?.kind {
                Kind::Punctuator(b'(' | b'[' | b'{') => open = open.saturating_add(1),
                Kind::Punctuator(b')' | b']' | b'}') => open = open.saturating_sub(1),
                Kind::Punctuator(_)
                | Kind::Spread
                | Kind::Name(_)
                | Kind::Int(_)
                | Kind::Literal => {}
            }
        }
        Ok(())
    }

    /// The selections after the opening bracket of a definition.
    fn selections(&mut self, definition: &mut Definition<'a>) -> Result<(), Stop> {
        let mut open = vec![Place {
            depth: 0,
            factor: 1,
            repeats: 1,
            root: true,
            introspection: None,
            lists: 0,
        }];
        while let Some(place) = open.last().copied() {
            let token = self.take()?;
            let inner = match token.kind {
                Kind::Punctuator(b'}') => {
                    open.pop();
                    None
                }
                Kind::Spread => self.fragment(place, token, definition)?,
                Kind::Name(name) => self.field(place, name, token, definition)?,
                Kind::Punctuator(_) | Kind::Int(_) | Kind::Literal => {
                    return Err(Stop::NotUnderstood);
                }
            };
            open.extend(inner);
        }
        Ok(())
    }

    /// What follows `...`; an inline fragment returns the place of its content.
    fn fragment(
        &mut self,
        place: Place,
        token: Token<'a>,
        definition: &mut Definition<'a>,
    ) -> Result<Option<Place>, Stop> {
        let target = if self.is_name_next() {
            Some(self.name()?)
        } else {
            None
        };
        if target == Some("on") {
            self.name()?;
        }
        let bytes = self.directives()?;
        definition.totals.count_fragment(place, bytes);
        if let Some(target) = target.filter(|name| *name != "on") {
            definition.edges.push(Edge {
                target,
                start: token.start,
                place,
            });
            return Ok(None);
        }
        self.expect(b'{')?;
        Ok(Some(Place {
            repeats: place.repeats.saturating_add(1),
            ..place
        }))
    }

    /// A field; one with selections returns the place of these.
    fn field(
        &mut self,
        place: Place,
        name: &'a str,
        token: Token<'a>,
        definition: &mut Definition<'a>,
    ) -> Result<Option<Place>, Stop> {
        let mut name = name;
        if self.eat(b':') {
            name = self.name()?;
            self.aliases = self.aliases.saturating_add(1);
            bounded(Bound::Aliases, self.limits.max_aliases, self.aliases)
                .map_err(|violation: Violation| violation.at(self.document, token.start))?;
        }
        let arguments = if self.eat(b'(') {
            self.arguments()?
        } else {
            Arguments::default()
        };
        let directives = self.directives()?;
        let mut inner = definition.totals.count(place, name, arguments, directives);
        if !self.eat(b'{') {
            return Ok(None);
        }
        if inner.introspection.is_none() {
            let size = arguments
                .size
                .or_else(|| self.limits.list_defaults.get(name).copied())
                .unwrap_or(1)
                .max(1);
            inner.factor = inner.factor.saturating_mul(size);
        }
        Ok(Some(inner))
    }

    /// Directives; returns the bytes of their arguments.
    fn directives(&mut self) -> Result<usize, Stop> {
        let mut bytes: usize = 0;
        while self.eat(b'@') {
            self.name()?;
            if self.eat(b'(') {
                bytes = bytes.saturating_add(self.arguments()?.bytes());
            }
        }
        Ok(bytes)
    }

    /// Arguments up to the closing bracket.
    fn arguments(&mut self) -> Result<Arguments, Stop> {
        let mut arguments = Arguments::default();
        while !self.eat(b')') {
            let name = self.name()?;
            self.expect(b':')?;
            let length = self.value(&mut arguments)?;
            arguments.count = arguments.count.saturating_add(1);
            arguments.size = arguments.size.max(match name {
                "first" | "last" => length.number,
                "ids" => length.items,
                _ => None,
            });
        }
        Ok(arguments)
    }

    /// A value; returns what it says about the length of a list.
    fn value(&mut self, arguments: &mut Arguments) -> Result<Length, Stop> {
        let mut open: usize = 0;
        let mut length = Length::default();
        loop {
            let token = self.take()?;
            arguments.literals = arguments.literals.saturating_add(token.bytes);
            match token.kind {
                Kind::Punctuator(b'$') => {
                    let name = self.name()?;
                    arguments.variables =
                        arguments.variables.saturating_add(self.inputs.bytes(name));
                    if open == 0 {
                        length.number = self.inputs.length(name);
                        length.items = self.inputs.items(name);
                    }
                    length.add_item(open);
                }
                Kind::Punctuator(b'[' | b'{') => open = open.saturating_add(1),
                Kind::Punctuator(b']' | b'}') if open > 0 => open = open.saturating_sub(1),
                Kind::Punctuator(b':') if open > 0 => {}
                Kind::Punctuator(_) | Kind::Spread => return Err(Stop::NotUnderstood),
                Kind::Int(literal) => {
                    length.number = inputs::length(literal).filter(|_| open == 0);
                    length.add_item(open);
                }
                Kind::Name(_) | Kind::Literal => length.add_item(open),
            }
            if open == 0 {
                return Ok(length);
            }
        }
    }
}

impl Length {
    /// Counts an item, if it stands right in the list.
    fn add_item(&mut self, open: usize) {
        if open == 1 {
            self.items = Some(self.items.unwrap_or_default().saturating_add(1));
        }
    }
}

impl Totals {
    /// Counts a spread or inline fragment. The library visits these too, so that
    /// fragments that spread nothing but each other are not free.
    fn count_fragment(&mut self, place: Place, bytes: usize) {
        self.expanded = self.expanded.saturating_add(1);
        self.merge = self.merge.saturating_add(place.repeats);
        self.level = self.level.saturating_add(usize::from(place.root));
        self.arguments = self
            .arguments
            .saturating_add(bytes.saturating_mul(place.factor));
    }

    /// Counts a field and returns the place of its selections, list size aside.
    fn count(
        &mut self,
        place: Place,
        name: &str,
        arguments: Arguments,
        directives: usize,
    ) -> Place {
        let depth = place.depth.saturating_add(1);
        let is_list = matches!(
            name,
            "fields" | "inputFields" | "interfaces" | "possibleTypes"
        );
        let deeper = |lists: usize| lists.saturating_add(usize::from(is_list));
        // The merging rule looks every argument up in a list and compares literals;
        // a variable it compares by its name.
        let weight = arguments
            .count
            .saturating_mul(arguments.count)
            .saturating_add(arguments.literals / 64)
            .saturating_add(1);
        self.expanded = self.expanded.saturating_add(1);
        self.full_depth = self.full_depth.max(depth);
        self.merge = self
            .merge
            .saturating_add(weight.saturating_mul(place.repeats));
        self.arguments = self.arguments.saturating_add(
            arguments
                .bytes()
                .saturating_add(directives)
                .saturating_mul(place.factor),
        );
        self.lists = self.lists.max(deeper(place.lists));
        if place.root {
            self.level = self.level.saturating_add(weight);
            self.root_fields = self.root_fields.saturating_add(1);
        }
        let introspection = if let Some((depth, lists)) = place.introspection {
            Some((depth.saturating_add(1), deeper(lists)))
        } else {
            self.depth = self.depth.max(depth);
            // The name of a type is known without asking anyone.
            if name != "__typename" {
                self.complexity = self.complexity.saturating_add(place.factor);
            }
            let opens = matches!(name, "__schema" | "__type");
            self.introspection_fields =
                self.introspection_fields.saturating_add(usize::from(opens));
            opens.then_some((1, 0))
        };
        if let Some((depth, lists)) = introspection {
            self.introspection_depth = self.introspection_depth.max(depth);
            self.introspection_lists = self.introspection_lists.max(lists);
        }
        Place {
            depth,
            factor: place.factor,
            repeats: 1,
            root: false,
            introspection,
            lists: deeper(place.lists),
        }
    }
}
