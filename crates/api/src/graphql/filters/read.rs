//! Reads the input objects of filters into the domain's filter; every wrong field is named.

use async_graphql::ID;
use domain::{
    Error, FieldError,
    content::{self, ContentKind, EntryFilter, TermKey},
    editions::EditionSet,
    fields::{ContentModel, FieldFilter},
    id::EditionId,
};

use super::{
    ArticleFilter, CustomFieldFilter, DateTimeFilter, IssueFilter, PageFilter, StatusFilter,
    StringFilter, TermFilter,
};
use crate::graphql::scalars::DateTime;

/// How deep conditions may be nested.
const MAX_DEPTH: usize = 5;
/// How many conditions a filter may hold, nested ones included.
const MAX_NODES: usize = 50;

/// A filter of one kind of entry.
pub(crate) trait Conditions: Sized {
    /// The nested conditions (`and`, `or`, `not`) and this filter without them.
    fn read(self, reader: &mut Reader<'_>, path: &Path<'_>) -> EntryFilter;
}

/// Reads a filter argument; every wrong field is named.
fn read<F: Conditions>(
    filter: F,
    editions: &EditionSet,
    model: &ContentModel,
) -> domain::Result<EntryFilter> {
    let mut reader = Reader {
        editions,
        model,
        errors: Vec::new(),
        nodes: 0,
    };
    let read = filter.read(
        &mut reader,
        &Path {
            parent: None,
            name: "filter",
        },
    );
    if reader.errors.is_empty() {
        Ok(read)
    } else {
        Err(Error::Invalid(reader.errors))
    }
}

/// Reads a filter argument that may be left out.
pub(crate) fn read_optional<F: Conditions>(
    filter: Option<F>,
    editions: &EditionSet,
    model: &ContentModel,
) -> domain::Result<EntryFilter> {
    filter.map_or_else(
        || Ok(EntryFilter::default()),
        |filter| read(filter, editions, model),
    )
}

/// Where in the filter a value stands; only written out for an error.
pub(crate) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    name: &'a str,
}

impl Path<'_> {
    fn with<'a>(&'a self, name: &'a str) -> Path<'a> {
        Path {
            parent: Some(self),
            name,
        }
    }

    fn text(&self) -> String {
        match self.parent {
            Some(parent) => format!("{}.{}", parent.text(), self.name),
            None => self.name.to_owned(),
        }
    }
}

/// What reading a filter needs and finds.
pub(crate) struct Reader<'e> {
    editions: &'e EditionSet,
    model: &'e ContentModel,
    errors: Vec<FieldError>,
    nodes: usize,
}

/// Which kind of record a [`TermFilter`] is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Category,
    Tag,
    Author,
}

impl Of {
    fn by_id(self, text: &str) -> domain::Result<TermKey> {
        match self {
            Self::Category => text.parse().map(TermKey::Category),
            Self::Tag => text.parse().map(TermKey::Tag),
            Self::Author => text.parse().map(TermKey::Author),
        }
    }
}

impl Reader<'_> {
    fn wrong(&mut self, path: &Path<'_>, message: impl Into<String>) {
        self.errors.push(FieldError::new(path.text(), message));
    }

    fn kept<T>(&mut self, path: &Path<'_>, value: domain::Result<T>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(error) => {
                let message = error
                    .fields()
                    .first()
                    .map_or_else(|| error.to_string(), |field| field.message.clone());
                self.wrong(path, message);
                None
            }
        }
    }

    fn list<F: Conditions>(
        &mut self,
        filters: Option<Vec<F>>,
        path: &Path<'_>,
        depth: usize,
    ) -> Vec<EntryFilter> {
        let Some(filters) = filters else {
            return Vec::new();
        };
        if filters.is_empty() {
            self.wrong(path, "must not be empty: leave it out instead");
        }
        let numbered = filters.into_iter().enumerate();
        numbered
            .filter_map(|(index, filter)| self.one(filter, &path.with(&index.to_string()), depth))
            .collect()
    }

    fn one<F: Conditions>(
        &mut self,
        filter: F,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<EntryFilter> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes == MAX_NODES {
            self.wrong(
                path,
                format!(
                    "is one condition too many: a filter may hold {MAX_NODES}, nested ones included"
                ),
            );
        }
        if depth > MAX_DEPTH {
            self.wrong(
                path,
                format!("is nested too deep: {MAX_DEPTH} levels are allowed"),
            );
        }
        (self.nodes < MAX_NODES && depth <= MAX_DEPTH).then(|| filter.read(self, path))
    }

    fn nested<F: Conditions>(&mut self, path: &Path<'_>, nested: Nested<F>) -> EntryFilter {
        let depth = std::iter::successors(Some(path), |path| path.parent)
            .filter(|path| path.name.parse::<usize>().is_err())
            .count();
        EntryFilter {
            and: self.list(nested.and, &path.with("and"), depth),
            or: self.list(nested.or, &path.with("or"), depth),
            not: nested
                .not
                .and_then(|not| self.one(*not, &path.with("not"), depth))
                .map(Box::new),
            ..EntryFilter::default()
        }
    }

    fn term(
        &mut self,
        filter: Option<TermFilter>,
        path: &Path<'_>,
        of: Of,
    ) -> Option<content::TermFilter> {
        let TermFilter {
            slug,
            id,
            namespace,
            any_of,
            all_of,
            include_descendants,
        } = filter?;
        let mut read = content::TermFilter {
            include_descendants: include_descendants.unwrap_or(true) && of == Of::Category,
            ..content::TermFilter::default()
        };
        if namespace.is_some() && of != Of::Tag {
            self.wrong(&path.with("namespace"), "is for tags only");
        }
        read.namespace = namespace;
        read.all_of.extend(slug.map(TermKey::Slug));
        if let Some(id) = id {
            read.all_of
                .extend(self.kept(&path.with("id"), of.by_id(&id)));
        }
        let either = |text: String| of.by_id(&text).unwrap_or(TermKey::Slug(text));
        read.all_of.extend(
            self.some(all_of, &path.with("allOf"))
                .into_iter()
                .flatten()
                .map(either),
        );
        read.any_of.extend(
            self.some(any_of, &path.with("anyOf"))
                .into_iter()
                .flatten()
                .map(either),
        );
        Some(read)
    }

    /// A list that must not be empty: it would either mean everything or nothing.
    fn some<T>(&mut self, list: Option<Vec<T>>, path: &Path<'_>) -> Option<Vec<T>> {
        if list.as_ref().is_some_and(Vec::is_empty) {
            self.wrong(path, "must not be empty: leave it out instead");
        }
        if list.as_ref().is_some_and(|list| list.len() > MAX_NODES) {
            self.wrong(path, format!("may hold {MAX_NODES} values"));
        }
        list
    }

    fn status(
        &mut self,
        filter: Option<StatusFilter>,
        path: &Path<'_>,
    ) -> Option<Vec<content::Status>> {
        match filter? {
            StatusFilter {
                eq: Some(status),
                any_of: None,
            } => Some(vec![status.into()]),
            StatusFilter {
                eq: None,
                any_of: Some(list),
            } => self
                .some(Some(list), &path.with("anyOf"))
                .map(|list| list.into_iter().map(Into::into).collect()),
            StatusFilter {
                eq: None,
                any_of: None,
            }
            | StatusFilter {
                eq: Some(_),
                any_of: Some(_),
            } => {
                self.wrong(path, "must hold `eq` or `anyOf`, and only one of them");
                None
            }
        }
    }

    fn string(
        &mut self,
        filter: Option<StringFilter>,
        path: &Path<'_>,
    ) -> Option<content::StringFilter> {
        let StringFilter {
            eq,
            any_of,
            is_null,
        } = filter?;
        Some(content::StringFilter {
            eq,
            any_of: self.some(any_of, &path.with("anyOf")),
            is_null,
        })
    }

    fn custom_field(
        &mut self,
        filter: Option<CustomFieldFilter>,
        path: &Path<'_>,
        kind: ContentKind,
    ) -> Vec<FieldFilter> {
        let Some(filter) = filter else {
            return Vec::new();
        };
        match self.model.condition(kind, filter.into()) {
            Ok(filter) => vec![filter],
            Err(wrong) => {
                for (member, why) in wrong {
                    self.wrong(&path.with(member), why);
                }
                Vec::new()
            }
        }
    }

    fn edition(&mut self, code: Option<String>, path: &Path<'_>) -> Option<EditionId> {
        let found = self
            .editions
            .resolve(Some(&code?))
            .map(|edition| edition.id);
        self.kept(path, found)
    }

    fn id<T: std::str::FromStr<Err = Error>>(
        &mut self,
        id: Option<ID>,
        path: &Path<'_>,
    ) -> Option<T> {
        self.kept(path, id?.parse())
    }
}

/// The conditions inside a filter.
struct Nested<F> {
    and: Option<Vec<F>>,
    or: Option<Vec<F>>,
    not: Option<Box<F>>,
}

impl Conditions for ArticleFilter {
    fn read(self, reader: &mut Reader<'_>, path: &Path<'_>) -> EntryFilter {
        let nested = Nested {
            and: self.and,
            or: self.or,
            not: self.not,
        };
        EntryFilter {
            category: reader.term(self.category, &path.with("category"), Of::Category),
            tag: reader.term(self.tag, &path.with("tag"), Of::Tag),
            author: reader.term(self.author, &path.with("author"), Of::Author),
            published_at: self.published_at.map(Into::into),
            updated_at: self.updated_at.map(Into::into),
            status: reader.status(self.status, &path.with("status")),
            has_media: self.has_media.map(Into::into),
            translation_of: reader.id(self.translation_of, &path.with("translationOf")),
            untranslated_in: reader.edition(self.untranslated_in, &path.with("untranslatedIn")),
            is_stale_translation: self.is_stale_translation,
            source: reader.string(self.source, &path.with("source")),
            is_featured: self.is_featured,
            custom_fields: reader.custom_field(
                self.custom_field,
                &path.with("customField"),
                ContentKind::Article,
            ),
            ..reader.nested(path, nested)
        }
    }
}

impl Conditions for PageFilter {
    fn read(self, reader: &mut Reader<'_>, path: &Path<'_>) -> EntryFilter {
        let nested = Nested {
            and: self.and,
            or: self.or,
            not: self.not,
        };
        let roots_only = self.roots_only.unwrap_or_default();
        let parent = match self.parent {
            Some(_) if roots_only => {
                reader.wrong(&path.with("rootsOnly"), "cannot hold beside `parent`");
                None
            }
            Some(id) => reader
                .id::<domain::id::PageId>(Some(id), &path.with("parent"))
                .map(|id| Some(id.into())),
            None => roots_only.then_some(None),
        };
        EntryFilter {
            parent,
            published_at: self.published_at.map(Into::into),
            updated_at: self.updated_at.map(Into::into),
            status: reader.status(self.status, &path.with("status")),
            has_media: self.has_media.map(Into::into),
            translation_of: reader.id(self.translation_of, &path.with("translationOf")),
            untranslated_in: reader.edition(self.untranslated_in, &path.with("untranslatedIn")),
            is_stale_translation: self.is_stale_translation,
            is_featured: self.is_featured,
            custom_fields: reader.custom_field(
                self.custom_field,
                &path.with("customField"),
                ContentKind::Page,
            ),
            ..reader.nested(path, nested)
        }
    }
}

impl Conditions for IssueFilter {
    fn read(self, reader: &mut Reader<'_>, path: &Path<'_>) -> EntryFilter {
        let nested = Nested {
            and: self.and,
            or: self.or,
            not: self.not,
        };
        EntryFilter {
            newsletter: reader.id(self.newsletter, &path.with("newsletter")),
            published_at: self.published_at.map(Into::into),
            updated_at: self.updated_at.map(Into::into),
            status: reader.status(self.status, &path.with("status")),
            has_media: self.has_media.map(Into::into),
            translation_of: reader.id(self.translation_of, &path.with("translationOf")),
            untranslated_in: reader.edition(self.untranslated_in, &path.with("untranslatedIn")),
            is_stale_translation: self.is_stale_translation,
            is_featured: self.is_featured,
            custom_fields: reader.custom_field(
                self.custom_field,
                &path.with("customField"),
                ContentKind::Issue,
            ),
            ..reader.nested(path, nested)
        }
    }
}

impl From<DateTimeFilter> for content::TimeRange {
    fn from(filter: DateTimeFilter) -> Self {
        let DateTimeFilter { gte, gt, lte, lt } = filter;
        let time = |bound: Option<DateTime>| bound.map(|time| time.0);
        Self {
            gte: time(gte),
            gt: time(gt),
            lte: time(lte),
            lt: time(lt),
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{InputType, Name, Value, value};
    use domain::content::Status;
    use proptest::prelude::*;

    use super::*;

    fn read_value(filter: Value) -> domain::Result<EntryFilter> {
        let filter = ArticleFilter::parse(Some(filter))
            .map_err(|_source| ())
            .unwrap();
        read(filter, &EditionSet::default(), &ContentModel::default())
    }

    fn wrong_fields(filter: Value) -> Vec<String> {
        let error = read_value(filter).unwrap_err();
        error
            .fields()
            .iter()
            .map(|wrong| wrong.field.clone())
            .collect()
    }

    #[test]
    fn slugs_and_ids_stand_for_terms() {
        let id = "tag_01h455vb4pex5vsknk084sn02q";
        let read =
            read_value(value!({ "tag": { "anyOf": [id, "bees"], "slug": "river" } })).unwrap();
        let tag = read.tag.unwrap();
        assert_eq!(
            tag.any_of,
            [
                TermKey::Tag(id.parse().unwrap()),
                TermKey::Slug("bees".to_owned())
            ]
        );
        assert_eq!(tag.all_of, [TermKey::Slug("river".to_owned())]);
    }

    #[test]
    fn nested_conditions_are_read() {
        let read = read_value(
            value!({ "or": [{ "status": { "eq": "DRAFT" } }, { "isFeatured": true }], "not": { "isFeatured": false } }),
        );
        let read = read.unwrap();
        assert_eq!(read.or.len(), 2);
        assert_eq!(read.or[0].status, Some(vec![Status::Draft]));
        assert_eq!(read.not.unwrap().is_featured, Some(false));
    }

    #[test]
    fn every_wrong_field_is_named_by_its_path() {
        let filter = value!({
            "and": [],
            "or": [{ "category": { "id": "tag_01h455vb4pex5vsknk084sn02q", "anyOf": [] } }],
            "translationOf": "x",
            "untranslatedIn": "zz",
            "status": {},
            "author": { "namespace": "x" },
        });
        let mut wrong = wrong_fields(filter);
        wrong.sort();
        let expected = [
            "filter.and",
            "filter.author.namespace",
            "filter.or.0.category.anyOf",
            "filter.or.0.category.id",
            "filter.status",
            "filter.translationOf",
            "filter.untranslatedIn",
        ];
        assert_eq!(wrong, expected);
    }

    #[test]
    fn depth_and_number_of_conditions_are_bounded() {
        let nested = |depth: usize| {
            (0..depth).fold(
                value!({ "isFeatured": true }),
                |inner, _| value!({ "not": inner }),
            )
        };
        assert!(read_value(nested(MAX_DEPTH)).is_ok());
        assert_eq!(
            wrong_fields(nested(MAX_DEPTH + 1)),
            ["filter.not.not.not.not.not.not"]
        );
        let wide = |width: usize| value!({ "or": vec![value!({ "isFeatured": true }); width] });
        assert!(read_value(wide(MAX_NODES - 1)).is_ok());
        assert_eq!(wrong_fields(wide(MAX_NODES)).len(), 1);
    }

    /// The fields of all filters, and some of none.
    const FIELDS: [&str; 26] = [
        "category",
        "tag",
        "author",
        "publishedAt",
        "updatedAt",
        "status",
        "hasMedia",
        "translationOf",
        "untranslatedIn",
        "source",
        "isFeatured",
        "newsletter",
        "parent",
        "rootsOnly",
        "and",
        "or",
        "not",
        "slug",
        "id",
        "namespace",
        "anyOf",
        "allOf",
        "eq",
        "isNull",
        "gte",
        "x",
    ];

    fn leaf() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<String>().prop_map(Value::from),
            "(article|page|category|tag|author|newsletter|group|x)_[0-9a-z]{25,27}"
                .prop_map(Value::from),
            "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00(Z|[+][0-9]{2}:00)".prop_map(Value::from),
            prop::sample::select(&["PUBLISHED", "DRAFT", "IMAGE", "GONE"][..])
                .prop_map(|name| Value::Enum(Name::new(name))),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(Value::Null),
        ]
    }

    /// A filter, or what looks like one: the fields of one in any order, with anything in them.
    fn wild() -> impl Strategy<Value = Value> {
        leaf().prop_recursive(8, 96, 6, |inner| {
            let object =
                prop::collection::vec((prop::sample::select(&FIELDS[..]), inner.clone()), 0..5);
            prop_oneof![
                prop::collection::vec(inner, 0..5).prop_map(Value::List),
                object.prop_map(|fields| Value::Object(
                    fields
                        .into_iter()
                        .map(|(name, value)| (Name::new(name), value))
                        .collect()
                )),
            ]
        })
    }

    /// Of a filter with these texts in the places where texts stand.
    fn with_texts(text: &str, depth: usize) -> Value {
        let inner = value!({
            "category": { "slug": text, "id": text, "namespace": text, "anyOf": [text], "allOf": [text] },
            "tag": { "namespace": text, "anyOf": [text, text] },
            "author": { "id": text },
            "translationOf": text,
            "untranslatedIn": text,
            "source": { "eq": text, "anyOf": [text] },
        });
        (0..depth).fold(
            inner,
            |inner, _| value!({ "not": inner, "or": [{ "and": [inner] }] }),
        )
    }

    fn is_typed<F: Conditions + InputType>(value: &Value) -> bool {
        let Ok(filter) = F::parse(Some(value.clone())) else {
            return true;
        };
        match read(filter, &EditionSet::default(), &ContentModel::default()) {
            Ok(_) => true,
            Err(Error::Invalid(wrong)) => {
                !wrong.is_empty() && wrong.iter().all(|wrong| wrong.field.starts_with("filter"))
            }
            Err(_) => false,
        }
    }

    proptest! {
        #[test]
        fn whatever_looks_like_a_filter_is_read_or_its_wrong_fields_are_named(value in wild()) {
            prop_assert!(is_typed::<ArticleFilter>(&value));
            prop_assert!(is_typed::<PageFilter>(&value));
            prop_assert!(is_typed::<IssueFilter>(&value));
        }

        #[test]
        fn wild_texts_in_nested_filters_are_read_or_named(text in any::<String>(), depth in 0_usize..5) {
            let filter = ArticleFilter::parse(Some(with_texts(&text, depth)));
            prop_assert!(filter.is_ok());
            let value = with_texts(&text, depth);
            prop_assert!(is_typed::<ArticleFilter>(&value));
            // No edition is there, so that field is always wrong, in whatever depth.
            prop_assert!(read_value(value).is_err());
        }
    }
}
