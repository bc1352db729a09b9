//! The conditions of a query on entries, in the words of the domain.

use std::collections::BTreeMap;

use domain::{
    content::{
        ContentKind, EntryFilter, EntryOrder, EntryOrderField, EntryQuery, StringFilter,
        TermFilter, TermKey, TimeRange,
    },
    editions::EditionSet,
    events::RecordKind,
    fields::{ContentModel, FieldCondition, FieldFilter},
    id::kinds,
};
use serde_json::Value;

use super::{entries::CUSTOM_FIELD, query::Query};
use crate::error::{FieldProblem, Problem};

/// The list of entries a query asks for.
pub(super) fn entry_query(
    query: &Query<'_>,
    kind: ContentKind,
    (editions, model): (&EditionSet, &ContentModel),
) -> Result<EntryQuery, Problem> {
    let edition = match query.text("edition") {
        None => None,
        Some(code) => Some(editions.resolve(Some(code))?.id),
    };
    Ok(EntryQuery {
        kind,
        edition,
        filter: EntryFilter {
            custom_fields: custom_fields(query, kind, model)?,
            ..entry_filter(query, editions)?
        },
        order: order(kind, query.text("sort")),
    })
}

fn entry_filter(query: &Query<'_>, editions: &EditionSet) -> Result<EntryFilter, Problem> {
    let term = |name: &str, key: fn(&str) -> TermKey| {
        query.text(name).map(|text| TermFilter {
            any_of: text.split(',').map(key).collect(),
            include_descendants: true,
            ..TermFilter::default()
        })
    };
    let namespace = query.text("filter[tag.namespace]").map(str::to_owned);
    let tag = match (term("filter[tag]", tag_key), namespace) {
        (Some(filter), namespace) => Some(TermFilter {
            namespace,
            ..filter
        }),
        (None, Some(namespace)) => Some(TermFilter {
            namespace: Some(namespace),
            ..TermFilter::default()
        }),
        (None, None) => None,
    };
    let status = query
        .words("filter[status]")
        .map(|words| words.map(str::parse).collect::<Result<Vec<_>, _>>())
        .transpose()?;
    let untranslated_in = match query.text("filter[untranslatedIn]") {
        None => None,
        Some(code) => Some(
            editions
                .by_code(code)
                .ok_or_else(|| no_edition("filter[untranslatedIn]"))?
                .id,
        ),
    };
    Ok(EntryFilter {
        category: term("filter[category]", category_key),
        tag,
        author: term("filter[author]", author_key),
        published_at: range(
            query,
            &[
                "filter[publishedAt][gte]",
                "filter[publishedAt][gt]",
                "filter[publishedAt][lte]",
                "filter[publishedAt][lt]",
            ],
        ),
        updated_at: range(
            query,
            &[
                "filter[updatedAt][gte]",
                "filter[updatedAt][gt]",
                "filter[updatedAt][lte]",
                "filter[updatedAt][lt]",
            ],
        ),
        status,
        has_media: query.text("filter[hasMedia]").map(str::parse).transpose()?,
        translation_of: query
            .text("filter[translationOf]")
            .map(str::parse)
            .transpose()?,
        untranslated_in,
        is_stale_translation: query.flag("filter[isStaleTranslation]"),
        source: query.text("filter[source]").map(|name| StringFilter {
            eq: Some(name.to_owned()),
            ..StringFilter::default()
        }),
        is_featured: query.flag("filter[isFeatured]"),
        parent: query
            .text("filter[parent]")
            .map(|_| query.id::<kinds::Page>("filter[parent]").map(Into::into)),
        newsletter: query.id("filter[newsletter]"),
        ..EntryFilter::default()
    })
}

/// The conditions on custom fields: `filter[customField.NAME]`, alone or with an operator behind it.
pub(super) fn custom_fields(
    query: &Query<'_>,
    kind: impl Into<RecordKind>,
    model: &ContentModel,
) -> Result<Vec<FieldFilter>, Problem> {
    let kind = kind.into();
    let mut conditions: BTreeMap<&str, FieldCondition> = BTreeMap::new();
    let mut problems = Vec::new();
    for (rest, text) in query.open(CUSTOM_FIELD) {
        let Some((name, operator)) = rest.split_once(']') else {
            problems.push(wrong_field(rest, "", "must end with `]`"));
            continue;
        };
        let condition = conditions.entry(name).or_insert_with(|| FieldCondition {
            name: name.to_owned(),
            ..FieldCondition::default()
        });
        let value = |text: &str| {
            model
                .field(kind, name)
                .map_or(Value::Null, |field| field.parse_item(text))
        };
        match operator {
            "" => condition.eq = Some(value(text)),
            "[in]" => condition.any_of = Some(text.split(',').map(value).collect()),
            "[gte]" => condition.gte = Some(value(text)),
            "[lte]" => condition.lte = Some(value(text)),
            "[isNull]" => match text.parse() {
                Ok(is_null) => condition.is_null = Some(is_null),
                Err(_) => problems.push(wrong_field(name, "]", "must be true or false")),
            },
            _ => {
                let why = "has an unknown operator; there are: [in], [gte], [lte], [isNull]";
                problems.push(wrong_field(name, "]", why));
            }
        }
    }
    let mut filters = Vec::new();
    if !problems.is_empty() {
        return Err(Problem::validation(problems));
    }
    for (name, condition) in conditions {
        match model.condition(kind, condition) {
            Ok(filter) => filters.push(filter),
            Err(wrong) => problems.extend(wrong.into_iter().map(|(member, why)| {
                let operator = match member {
                    "in" => "][in]",
                    "gte" => "][gte]",
                    "lte" => "][lte]",
                    _ => "]",
                };
                wrong_field(name, operator, &why)
            })),
        }
    }
    if problems.is_empty() {
        Ok(filters)
    } else {
        Err(Problem::validation(problems))
    }
}

fn wrong_field(name: &str, operator: &str, why: &str) -> FieldProblem {
    let name: String = name.chars().take(60).collect();
    let parameter = format!("{CUSTOM_FIELD}{name}{operator}");
    FieldProblem::parameter(parameter, FieldProblem::INVALID, why)
}

fn no_edition(parameter: &str) -> Problem {
    Problem::validation(vec![FieldProblem::parameter(
        parameter,
        FieldProblem::INVALID,
        "is not an edition of this site",
    )])
}

fn category_key(text: &str) -> TermKey {
    text.parse().map_or_else(
        |_slug: domain::Error| TermKey::Slug(text.to_owned()),
        TermKey::Category,
    )
}

fn tag_key(text: &str) -> TermKey {
    text.parse().map_or_else(
        |_slug: domain::Error| TermKey::Slug(text.to_owned()),
        TermKey::Tag,
    )
}

fn author_key(text: &str) -> TermKey {
    text.parse().map_or_else(
        |_slug: domain::Error| TermKey::Slug(text.to_owned()),
        TermKey::Author,
    )
}

fn range(query: &Query<'_>, [gte, gt, lte, lt]: &[&str; 4]) -> Option<TimeRange> {
    let range = TimeRange {
        gte: query.time(gte),
        gt: query.time(gt),
        lte: query.time(lte),
        lt: query.time(lt),
    };
    (range != TimeRange::default()).then_some(range)
}

fn order(kind: ContentKind, sort: Option<&str>) -> EntryOrder {
    let Some(sort) = sort else {
        return EntryOrder::of(kind);
    };
    let (descending, name) = sort
        .strip_prefix('-')
        .map_or((false, sort), |name| (true, name));
    let field = match name {
        "updatedAt" => EntryOrderField::UpdatedAt,
        "title" => EntryOrderField::Title,
        "position" | "number" => EntryOrderField::Position,
        _ => EntryOrderField::PublishedAt,
    };
    EntryOrder { field, descending }
}

#[cfg(test)]
mod tests {
    use domain::content::Status;
    use proptest::prelude::*;

    use super::*;
    use crate::rest::{
        articles::ListArticles, issues::ListIssues, pages::ListPages, parameters::Declared,
    };

    fn filter_of<T: Declared>(raw: &str) -> EntryFilter {
        let query = Query::parse(Some(raw), T::PARAMETERS).unwrap();
        entry_query(
            &query,
            ContentKind::Article,
            (&EditionSet::default(), &ContentModel::default()),
        )
        .unwrap()
        .filter
    }

    #[test]
    fn every_order_has_the_name_of_the_domain() {
        for name in [
            "-publishedAt",
            "publishedAt",
            "-updatedAt",
            "updatedAt",
            "title",
            "-title",
            "position",
            "-position",
        ] {
            assert_eq!(order(ContentKind::Article, Some(name)).name(), name);
        }
        assert_eq!(order(ContentKind::Article, None), EntryOrder::default());
    }

    #[test]
    fn terms_are_named_by_id_or_slug() {
        let filter = filter_of::<ListArticles>(
            "filter[category]=category_01h455vb4pex5vsknk084sn02q&filter[tag]=bees&filter[tag.namespace]=topic&filter[author]=mira",
        );
        assert!(matches!(
            filter.category.unwrap().any_of[..],
            [TermKey::Category(_)]
        ));
        let tag = filter.tag.unwrap();
        assert_eq!(
            (tag.any_of, tag.namespace.as_deref()),
            (vec![TermKey::Slug("bees".to_owned())], Some("topic"))
        );
        assert_eq!(
            filter.author.unwrap().any_of,
            [TermKey::Slug("mira".to_owned())]
        );
        let alone = filter_of::<ListArticles>("filter[tag.namespace]=topic")
            .tag
            .unwrap();
        assert!(alone.any_of.is_empty() && alone.namespace.is_some());
    }

    #[test]
    fn several_terms_mean_any_of_them() {
        let filter = filter_of::<ListArticles>("filter[tag]=river,weather&filter[author]=mira,ana");
        assert_eq!(
            filter.tag.unwrap().any_of,
            ["river", "weather"].map(|slug| TermKey::Slug(slug.to_owned()))
        );
        assert_eq!(filter.author.unwrap().any_of.len(), 2);
    }

    #[test]
    fn the_first_order_of_a_list_is_its_default() {
        let order = |raw, parameters, kind| {
            let query = Query::parse(raw, parameters).unwrap();
            entry_query(
                &query,
                kind,
                (&EditionSet::default(), &ContentModel::default()),
            )
            .unwrap()
            .order
        };
        for (parameters, kind, first) in [
            (
                ListArticles::PARAMETERS,
                ContentKind::Article,
                "sort=-publishedAt",
            ),
            (ListPages::PARAMETERS, ContentKind::Page, "sort=title"),
            (
                ListIssues::PARAMETERS,
                ContentKind::Issue,
                "sort=-publishedAt",
            ),
        ] {
            assert_eq!(
                order(None, parameters, kind),
                order(Some(first), parameters, kind)
            );
        }
        let by_number = order(
            Some("sort=number"),
            ListIssues::PARAMETERS,
            ContentKind::Issue,
        );
        assert_eq!(by_number.field, EntryOrderField::Position);
    }

    #[test]
    fn the_other_conditions_are_read() {
        let filter = filter_of::<ListArticles>(
            "filter[status]=draft,in_review&filter[publishedAt][lt]=2026-01-01T00:00:00Z&filter[source]=Reuters&filter[isFeatured]=false&filter[hasMedia]=video",
        );
        assert_eq!(filter.status.unwrap(), [Status::Draft, Status::InReview]);
        assert!(filter.published_at.unwrap().lt.is_some() && filter.updated_at.is_none());
        assert_eq!(filter.source.unwrap().eq.as_deref(), Some("Reuters"));
        assert_eq!(filter.is_featured, Some(false));
        assert!(filter.has_media.is_some());
        assert_eq!(
            filter_of::<ListPages>("filter[parent]=none").parent,
            Some(None)
        );
        assert!(
            filter_of::<ListPages>("filter[parent]=page_01h455vb4pex5vsknk084sn02q")
                .parent
                .flatten()
                .is_some()
        );
        assert!(
            filter_of::<ListIssues>("filter[newsletter]=newsletter_01h455vb4pex5vsknk084sn02q")
                .newsletter
                .is_some()
        );
    }

    #[test]
    fn an_edition_that_is_none_is_named_with_its_parameter() {
        let query =
            Query::parse(Some("filter[untranslatedIn]=xx"), ListArticles::PARAMETERS).unwrap();
        let problem = entry_query(
            &query,
            ContentKind::Article,
            (&EditionSet::default(), &ContentModel::default()),
        )
        .unwrap_err();
        assert_eq!(
            problem.errors()[0].parameter_name(),
            "filter[untranslatedIn]"
        );
    }

    /// A query of filters, with anything in them.
    fn raw(texts: &[(usize, String)]) -> String {
        let names: Vec<&str> = ListArticles::PARAMETERS
            .iter()
            .flat_map(|group| group.iter())
            .map(|parameter| parameter.name)
            .collect();
        let encoded = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        };
        let pairs: Vec<String> = texts
            .iter()
            .map(|(at, text)| {
                let name = names[at % names.len()];
                format!("{}={}", encoded(name), encoded(text))
            })
            .collect();
        pairs.join("&")
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_is_converted_or_refused_as_invalid(
            texts in prop::collection::vec(
                (
                    any::<prop::sample::Index>().prop_map(|at| at.index(1_000)),
                    prop_oneof![
                        any::<String>(),
                        "(article|page|category|tag|author|group|x)_[0-9a-z]{25,27}(,[a-z]{0,3}){0,3}",
                        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00(Z|[+][0-9]{2}:00)",
                        "(-?(title|publishedAt|position)|none|true|image|published|draft|en)",
                    ],
                ),
                0..5,
            ),
        ) {
            let raw = raw(&texts);
            let read = Query::parse(Some(&raw), ListArticles::PARAMETERS);
            if let Ok(query) = read {
                for kind in [ContentKind::Article, ContentKind::Page, ContentKind::Issue] {
                    let converted = entry_query(&query, kind, (&EditionSet::default(), &ContentModel::default()));
                    let status = converted.map_or_else(|problem| problem.status().as_u16(), |_| 200);
                    prop_assert!(matches!(status, 200 | 400), "{raw}: {status}");
                }
            }
        }
    }
}
