//! Conditions on lists of entries: input objects, read into the domain's filter with every wrong
//! field named.

use async_graphql::{ID, InputObject};
use domain::{
    Error, FieldError,
    content::{self, EntryOrderField},
    events::RecordKind,
    fields::{ContentModel, FieldCondition, FieldFilter},
};

use super::{
    enums::{
        ArticleOrderField, AssetKind, IssueOrderField, OrderDirection, PageOrderField, Status,
    },
    scalars::DateTime,
};

mod read;

pub(crate) use read::read_optional;

/// Conditions on articles; all that are set must hold.
#[derive(InputObject, Default)]
pub(crate) struct ArticleFilter {
    /// All of these must hold too.
    and: Option<Vec<ArticleFilter>>,
    /// At least one of these must hold.
    or: Option<Vec<ArticleFilter>>,
    /// This must not hold.
    not: Option<Box<ArticleFilter>>,
    /// Stands in these categories.
    category: Option<TermFilter>,
    /// Has these tags.
    tag: Option<TermFilter>,
    /// Has these authors in its byline.
    author: Option<TermFilter>,
    /// Was published then.
    published_at: Option<DateTimeFilter>,
    /// Was last changed then.
    updated_at: Option<DateTimeFilter>,
    /// Is there in its life. Readers see published articles only, whatever stands here.
    status: Option<StatusFilter>,
    /// Has something of this kind as its main picture, attached or in its body.
    has_media: Option<AssetKind>,
    /// Translates this article: is another language's version of it.
    translation_of: Option<ID>,
    /// Has no version in the edition of this code.
    untranslated_in: Option<String>,
    /// Is a translation whose original says something else by now, or is none.
    is_stale_translation: Option<bool>,
    /// Was first published by an outlet of this name.
    source: Option<StringFilter>,
    /// Is marked to stand out, or is not.
    is_featured: Option<bool>,
    /// Has such a value in a custom field. For conditions on several fields use `and`.
    custom_field: Option<CustomFieldFilter>,
}

/// Conditions on pages; all that are set must hold.
#[derive(InputObject, Default)]
pub(crate) struct PageFilter {
    /// All of these must hold too.
    and: Option<Vec<PageFilter>>,
    /// At least one of these must hold.
    or: Option<Vec<PageFilter>>,
    /// This must not hold.
    not: Option<Box<PageFilter>>,
    /// Stands right below this page.
    parent: Option<ID>,
    /// Has no parent.
    #[graphql(default_with = "Some(false)")]
    roots_only: Option<bool>,
    /// Was published then.
    published_at: Option<DateTimeFilter>,
    /// Was last changed then.
    updated_at: Option<DateTimeFilter>,
    /// Is there in its life. Readers see published pages only, whatever stands here.
    status: Option<StatusFilter>,
    /// Has something of this kind as its main picture or in its body.
    has_media: Option<AssetKind>,
    /// Translates this page: is another language's version of it.
    translation_of: Option<ID>,
    /// Has no version in the edition of this code.
    untranslated_in: Option<String>,
    /// Is a translation whose original says something else by now, or is none.
    is_stale_translation: Option<bool>,
    /// Is marked to stand out, or is not.
    is_featured: Option<bool>,
    /// Has such a value in a custom field. For conditions on several fields use `and`.
    custom_field: Option<CustomFieldFilter>,
}

/// Conditions on newsletter issues; all that are set must hold.
#[derive(InputObject, Default)]
pub(crate) struct IssueFilter {
    /// All of these must hold too.
    and: Option<Vec<IssueFilter>>,
    /// At least one of these must hold.
    or: Option<Vec<IssueFilter>>,
    /// This must not hold.
    not: Option<Box<IssueFilter>>,
    /// Is an issue of this newsletter.
    newsletter: Option<ID>,
    /// Was published then.
    published_at: Option<DateTimeFilter>,
    /// Was last changed then.
    updated_at: Option<DateTimeFilter>,
    /// Is there in its life. Readers see published issues only, whatever stands here.
    status: Option<StatusFilter>,
    /// Has something of this kind as its main picture, attached or in its body.
    has_media: Option<AssetKind>,
    /// Translates this issue: is another language's version of it.
    translation_of: Option<ID>,
    /// Has no version in the edition of this code.
    untranslated_in: Option<String>,
    /// Is a translation whose original says something else by now, or is none.
    is_stale_translation: Option<bool>,
    /// Is marked to stand out, or is not.
    is_featured: Option<bool>,
    /// Has such a value in a custom field. For conditions on several fields use `and`.
    custom_field: Option<CustomFieldFilter>,
}

/// A condition on categories, tags or authors; all that are set must hold.
#[derive(InputObject)]
pub(crate) struct TermFilter {
    /// Has the one with this slug.
    slug: Option<String>,
    /// Has the one with this id.
    id: Option<ID>,
    /// Of tags: has one of this set; slugs are looked up in it. Plain tags belong to the set with
    /// the empty name.
    namespace: Option<String>,
    /// Has at least one of these: slugs or ids.
    any_of: Option<Vec<String>>,
    /// Has every one of these: slugs or ids.
    all_of: Option<Vec<String>>,
    /// Of categories: whether one stands for those below it as well.
    #[graphql(default_with = "Some(true)")]
    include_descendants: Option<bool>,
}

/// A condition on a point in time; all that are set must hold.
#[derive(InputObject)]
pub(crate) struct DateTimeFilter {
    /// At this time or after it.
    gte: Option<DateTime>,
    /// After this time.
    gt: Option<DateTime>,
    /// At this time or before it.
    lte: Option<DateTime>,
    /// Before this time.
    lt: Option<DateTime>,
}

/// A condition on the status; set one of the two.
#[derive(InputObject)]
pub(crate) struct StatusFilter {
    /// Is this one.
    eq: Option<Status>,
    /// Is one of these.
    any_of: Option<Vec<Status>>,
}

/// A condition on a custom field that is declared filterable; all that are set must hold.
#[derive(InputObject)]
pub(crate) struct CustomFieldFilter {
    /// The name of the field.
    name: String,
    /// Is this; of a list: holds it.
    eq: Option<serde_json::Value>,
    /// Is one of these; of a list: holds one of them.
    #[graphql(name = "in")]
    any_of: Option<Vec<serde_json::Value>>,
    /// Is this or more. For numbers and dates.
    gte: Option<serde_json::Value>,
    /// Is this or less. For numbers and dates.
    lte: Option<serde_json::Value>,
    /// Has no value (true) or has one (false).
    is_null: Option<bool>,
}

impl From<CustomFieldFilter> for FieldCondition {
    fn from(filter: CustomFieldFilter) -> Self {
        Self {
            name: filter.name,
            eq: filter.eq,
            any_of: filter.any_of,
            gte: filter.gte,
            lte: filter.lte,
            is_null: filter.is_null,
        }
    }
}

/// The condition on a custom field in a filter of records that all editions share.
pub(crate) fn of_records(
    model: &ContentModel,
    kind: RecordKind,
    filter: Option<CustomFieldFilter>,
) -> domain::Result<Vec<FieldFilter>> {
    let Some(filter) = filter else {
        return Ok(Vec::new());
    };
    match model.condition(kind, filter.into()) {
        Ok(filter) => Ok(vec![filter]),
        Err(wrong) => {
            let named = wrong
                .into_iter()
                .map(|(member, why)| FieldError::new(format!("filter.customField.{member}"), why));
            Err(Error::Invalid(named.collect()))
        }
    }
}

/// A condition on a text; all that are set must hold.
#[derive(InputObject)]
pub(crate) struct StringFilter {
    /// Is exactly this.
    eq: Option<String>,
    /// Is exactly one of these.
    any_of: Option<Vec<String>>,
    /// Is missing (true) or is there (false).
    is_null: Option<bool>,
}

/// An order of articles.
#[derive(InputObject, Clone, Copy)]
pub(crate) struct ArticleOrder {
    /// What decides.
    field: ArticleOrderField,
    /// Which way. By default times begin with the newest, all else with the smallest.
    direction: Option<OrderDirection>,
}

/// An order of pages.
#[derive(InputObject, Clone, Copy)]
pub(crate) struct PageOrder {
    /// What decides.
    field: PageOrderField,
    /// Which way. By default times begin with the newest, all else with the smallest.
    direction: Option<OrderDirection>,
}

/// An order of newsletter issues.
#[derive(InputObject, Clone, Copy)]
pub(crate) struct IssueOrder {
    /// What decides.
    field: IssueOrderField,
    /// Which way. By default times and numbers begin with the newest, titles with the smallest.
    direction: Option<OrderDirection>,
}

impl From<ArticleOrder> for content::EntryOrder {
    fn from(order: ArticleOrder) -> Self {
        let field = match order.field {
            ArticleOrderField::PublishedAt => EntryOrderField::PublishedAt,
            ArticleOrderField::UpdatedAt => EntryOrderField::UpdatedAt,
            ArticleOrderField::Title => EntryOrderField::Title,
        };
        directed(field, order.direction)
    }
}

impl From<PageOrder> for content::EntryOrder {
    fn from(order: PageOrder) -> Self {
        let field = match order.field {
            PageOrderField::PublishedAt => EntryOrderField::PublishedAt,
            PageOrderField::UpdatedAt => EntryOrderField::UpdatedAt,
            PageOrderField::Title => EntryOrderField::Title,
            PageOrderField::Position => EntryOrderField::Position,
        };
        directed(field, order.direction)
    }
}

impl From<IssueOrder> for content::EntryOrder {
    fn from(order: IssueOrder) -> Self {
        let field = match order.field {
            IssueOrderField::PublishedAt => EntryOrderField::PublishedAt,
            IssueOrderField::UpdatedAt => EntryOrderField::UpdatedAt,
            IssueOrderField::Title => EntryOrderField::Title,
            IssueOrderField::Number => EntryOrderField::Position,
        };
        directed(
            field,
            order
                .direction
                .or((order.field == IssueOrderField::Number).then_some(OrderDirection::Desc)),
        )
    }
}

fn directed(field: EntryOrderField, direction: Option<OrderDirection>) -> content::EntryOrder {
    let descending = match direction {
        Some(direction) => direction == OrderDirection::Desc,
        None => matches!(
            field,
            EntryOrderField::PublishedAt | EntryOrderField::UpdatedAt
        ),
    };
    content::EntryOrder { field, descending }
}
