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

/// The fields of a record, and of the records within it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Their names.
    pub(super) names: &'static [&'static str],
    /// Those of them that hold records with fields of their own.
    pub(super) below: &'static [(&'static str, Fields)],
}

impl Fields {
    /// Fields that hold no records.
    pub(super) const fn flat(names: &'static [&'static str]) -> Self {
        Self { names, below: &[] }
    }

    /// Whether there is a field of this name, such as `title` or `byline.author.slug`.
    pub(super) fn has(&self, path: &str) -> bool {
        let Some((name, rest)) = path.split_once('.') else {
            return self.names.contains(&path);
        };
        self.below
            .iter()
            .find(|(field, _)| *field == name)
            .is_some_and(|(_, fields)| fields.has(rest))
    }

    /// The names of all fields, those within others after a dot.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.names.iter().copied().map(str::to_owned).collect();
        for (name, fields) in self.below {
            paths.extend(fields.paths().iter().map(|path| format!("{name}.{path}")));
        }
        paths
    }
}

/// The fields that are wanted of a record; empty means all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mask<'q>(Vec<(&'q str, Mask<'q>)>);

impl<'q> Mask<'q> {
    /// Whether all fields are wanted.
    pub(super) fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wanted of a field; none if it is not wanted.
    pub(super) fn of(&self, field: &str) -> Option<&Self> {
        self.0
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, mask)| mask)
    }

    /// Wants what tells which record it is, of this one and of those within it.
    fn identify(&mut self) {
        if self.is_whole() {
            return;
        }
        for (_, mask) in &mut self.0 {
            mask.identify();
        }
        for name in ["id", "type"] {
            self.add(name);
        }
    }

    /// Wants one more field, such as `title` or `byline.author.slug`. A field that is wanted whole
    /// stays so.
    fn add(&mut self, path: &'q str) {
        let (name, rest) = path
            .split_once('.')
            .map_or((path, None), |(name, rest)| (name, Some(rest)));
        let known = self.0.iter_mut().find(|(field, _)| *field == name);
        match (known, rest) {
            (Some((_, mask)), None) => *mask = Self::default(),
            (Some((_, mask)), Some(rest)) if !mask.is_whole() => mask.add(rest),
            (Some(_), Some(_)) => {}
            (None, rest) => {
                let mut mask = Self::default();
                if let Some(rest) = rest {
                    mask.add(rest);
                }
                self.0.push((name, mask));
            }
        }
    }
}

/// What of a record is wanted.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection<'q> {
    mask: Mask<'q>,
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
        let is_chosen = |include: &&Include| {
            let is_field = |path: &&str| path.split('.').next() == Some(include.name);
            named.contains(&include.name) || only.iter().flatten().any(is_field)
        };
        let chosen: Vec<&'static Include> = includes.iter().filter(is_chosen).collect();
        let mut mask = Mask::default();
        for path in only.into_iter().flatten() {
            mask.add(path);
        }
        if !mask.is_whole() {
            let of_includes = chosen
                .iter()
                .filter(|include| named.contains(&include.name))
                .flat_map(|include| include.fields);
            for field in of_includes {
                mask.add(field);
            }
            mask.identify();
        }
        Self {
            mask,
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

    /// The wanted fields.
    pub(super) fn mask(&self) -> &Mask<'q> {
        &self.mask
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

    const FIELDS: Fields = Fields {
        names: &["id", "title", "slug", "hero", "categories", "tags"],
        below: &[("hero", Fields::flat(&["alt", "caption"]))],
    };

    const PARAMETERS: Groups = &[&[
        Parameter::optional("fields", Kind::Fields(FIELDS), ""),
        Parameter::optional("include", Kind::Includes(INCLUDES), ""),
    ]];

    #[test]
    fn nothing_more_is_loaded_than_asked_for() {
        let query = Query::parse(Some("include=hero"), PARAMETERS).unwrap();
        let selection = Selection::of(&query, INCLUDES);
        assert!(selection.includes("hero") && !selection.includes("terms"));
        assert_eq!(selection.parts(), Parts::HERO);
        assert!(selection.mask().is_whole());
    }

    #[test]
    fn a_field_that_is_named_is_loaded() {
        let query = Query::parse(Some("fields=title,hero&include=terms"), PARAMETERS).unwrap();
        let selection = Selection::of(&query, INCLUDES);
        assert_eq!(selection.parts(), Parts::HERO.with(Parts::TERMS));
        let wanted: Vec<&str> = FIELDS
            .names
            .iter()
            .copied()
            .filter(|field| selection.mask().of(field).is_some())
            .collect();
        assert_eq!(wanted, ["id", "title", "hero", "categories", "tags"]);
    }

    #[test]
    fn a_field_within_a_field_is_loaded_alone() {
        let query = Query::parse(Some("fields=hero.alt"), PARAMETERS).unwrap();
        let selection = Selection::of(&query, INCLUDES);
        assert_eq!(selection.parts(), Parts::HERO);
        let hero = selection.mask().of("hero").unwrap();
        assert!(hero.of("alt").unwrap().is_whole());
        assert_eq!(hero.of("caption"), None);
    }

    #[test]
    fn a_field_that_is_wanted_whole_stays_whole() {
        for fields in ["hero,hero.alt", "hero.alt,hero", "hero.alt&include=hero"] {
            let text = format!("fields={fields}");
            let query = Query::parse(Some(&text), PARAMETERS).unwrap();
            let selection = Selection::of(&query, INCLUDES);
            assert!(selection.mask().of("hero").unwrap().is_whole(), "{fields}");
        }
    }

    #[test]
    fn an_unknown_field_is_named() {
        for fields in [
            "title,colour",
            "hero.colour",
            "title.alt",
            "hero.",
            ".alt",
            "hero.alt.x",
        ] {
            let text = format!("fields={fields}");
            let problem = Query::parse(Some(&text), PARAMETERS).unwrap_err();
            assert_eq!(problem.errors()[0].parameter_name(), "fields", "{fields}");
        }
    }
}
