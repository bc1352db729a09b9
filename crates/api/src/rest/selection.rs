//! What of a record is wanted: `include` loads more of it, `fields` leaves the rest out.

use domain::content::Parts;

use super::query::Query;

/// Something that is loaded only when asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Include {
    /// The word in `include`.
    pub(super) name: &'static str,
    /// The fields it fills.
    pub(super) fields: &'static [&'static str],
    /// What the store has to read for it.
    pub(super) parts: Parts,
}

/// What of a record is wanted.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection<'q> {
    only: Option<Vec<&'q str>>,
    included: Vec<&'static Include>,
}

impl<'q> Selection<'q> {
    /// Reads `fields` and `include`. A field that is loaded only when asked for is asked for by
    /// either.
    pub(super) fn of(query: &'q Query<'_>, includes: &'static [Include]) -> Self {
        let only: Option<Vec<&str>> = query.words("fields").map(Iterator::collect);
        let named: Vec<&str> = query
            .words("include")
            .map(Iterator::collect)
            .unwrap_or_default();
        let chosen = includes
            .iter()
            .filter(|include| {
                named.contains(&include.name)
                    || only
                        .as_ref()
                        .is_some_and(|only| only.contains(&include.name))
            })
            .collect();
        Self {
            only,
            included: chosen,
        }
    }

    /// Whether this is to be loaded.
    pub(super) fn includes(&self, name: &str) -> bool {
        self.included.iter().any(|include| include.name == name)
    }

    /// Whether any of these is to be loaded.
    pub(super) fn includes_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.includes(name))
    }

    /// What the store has to read.
    pub(super) fn parts(&self) -> Parts {
        self.included
            .iter()
            .fold(Parts::NONE, |parts, include| parts.with(include.parts))
    }

    /// Whether only some fields are wanted.
    pub(super) fn is_sparse(&self) -> bool {
        self.only.is_some()
    }

    /// Whether a field is wanted.
    pub(super) fn wants(&self, field: &str) -> bool {
        let Some(only) = &self.only else {
            return true;
        };
        let mut included = self.included.iter().flat_map(|include| include.fields);
        matches!(field, "id" | "type") || only.contains(&field) || included.any(|one| *one == field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::parameters::{Groups, Kind, Parameter};

    const INCLUDES: &[Include] = &[
        Include {
            name: "hero",
            fields: &["hero"],
            parts: Parts::HERO,
        },
        Include {
            name: "terms",
            fields: &["categories", "tags"],
            parts: Parts::TERMS,
        },
    ];

    const PARAMETERS: Groups = &[&[
        Parameter::optional(
            "fields",
            Kind::Words(&["id", "title", "slug", "hero", "categories", "tags"]),
            "",
        ),
        Parameter::optional("include", Kind::Includes(INCLUDES), ""),
    ]];

    #[test]
    fn nothing_more_is_loaded_than_asked_for() {
        let query = Query::parse(Some("include=hero"), PARAMETERS).unwrap();
        let selection = Selection::of(&query, INCLUDES);
        assert!(selection.includes("hero") && !selection.includes("terms"));
        assert_eq!(selection.parts(), Parts::HERO);
        assert!(!selection.is_sparse() && selection.wants("anything"));
    }

    #[test]
    fn a_field_that_is_named_is_loaded() {
        let query = Query::parse(Some("fields=title,hero&include=terms"), PARAMETERS).unwrap();
        let selection = Selection::of(&query, INCLUDES);
        assert_eq!(selection.parts(), Parts::HERO.with(Parts::TERMS));
        let wanted = ["id", "title", "slug", "hero", "categories", "tags"];
        let wanted: Vec<&str> = wanted
            .into_iter()
            .filter(|field| selection.wants(field))
            .collect();
        assert_eq!(wanted, ["id", "title", "hero", "categories", "tags"]);
    }

    #[test]
    fn an_unknown_field_is_named() {
        let problem = Query::parse(Some("fields=title,colour"), PARAMETERS).unwrap_err();
        assert_eq!(problem.errors()[0].parameter_name(), "fields");
    }
}
