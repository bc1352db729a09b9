//! How reads are answered: one record or a page of them, whole or only the fields asked for, as
//! bytes with their validators.

use std::borrow::Cow;

use application::ActorContext;
use axum::response::Response;
use domain::{
    paging::{Page, PageArgs},
    time::Timestamp,
};
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{ArrayBuilder, ObjectBuilder, Schema, Type},
    },
};

use super::{query::Query, request::Read, selection::Selection, sparse::Sparse};
use crate::{
    caching::{Facts, cacheable},
    error::Problem,
};

const JSON: &str = "application/json";

/// What a handler gives back.
pub(super) type Answer = Result<Response, Problem>;

/// A page of a list.
#[derive(Debug, Serialize)]
pub(super) struct List<T> {
    data: Vec<T>,
    page: PageInfo,
}

impl<T: ToSchema> PartialSchema for List<T> {
    fn schema() -> RefOr<Schema> {
        let data = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .description(Some("The items, in the order of the list."));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .property("data", data)
            .property("page", Ref::from_schema_name(PageInfo::name()))
            .required("data")
            .required("page")
            .build()
            .into()
    }
}

impl<T: ToSchema> ToSchema for List<T> {
    fn name() -> Cow<'static, str> {
        format!("{}List", T::name()).into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
        schemas.push((PageInfo::name().into_owned(), PageInfo::schema()));
    }
}

/// Where a page stands in its list.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    /// The cursor of the first item: send it as `before` for the page before. Null on an empty page
    /// and in lists that always come whole.
    start_cursor: Option<String>,
    /// The cursor of the last item: send it as `after` for the page after. Null on an empty page
    /// and in lists that always come whole.
    end_cursor: Option<String>,
    /// Whether there are items after this page.
    has_next_page: bool,
    /// Whether there are items before this page.
    has_previous_page: bool,
    /// The number of all items of the list; only with `total=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64)]
    total_count: Option<u64>,
}

impl PageInfo {
    fn of<T>(page: &Page<T>) -> Self {
        Self {
            start_cursor: page.edges.first().map(|edge| edge.cursor.encode()),
            end_cursor: page.edges.last().map(|edge| edge.cursor.encode()),
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            total_count: page.total,
        }
    }
}

/// Answers one page of a list. `items` are the wire forms of the items of `page`.
pub(super) fn list<T: Serialize, D>(
    read: &Read,
    query: &Query<'_>,
    selection: &Selection<'_>,
    args: &PageArgs,
    (page, data): (&Page<D>, Vec<T>),
) -> Answer {
    let info = PageInfo::of(page);
    let link = links(&read.cx, read.path(), query, args, &info);
    let body = write_list(&data, info, selection)?;
    Ok(cacheable(
        &read.headers,
        read.cx.scope(),
        JSON,
        body,
        Facts {
            link,
            ..Facts::default()
        },
    ))
}

/// Answers a list that always comes whole.
pub(super) fn whole_list<T: Serialize>(
    read: &Read,
    selection: &Selection<'_>,
    data: &[T],
) -> Answer {
    let body = write_list(data, PageInfo::default(), selection)?;
    Ok(cacheable(
        &read.headers,
        read.cx.scope(),
        JSON,
        body,
        Facts::default(),
    ))
}

/// Answers one record, which is at a version since a time.
pub(super) fn one<T: Serialize>(
    read: &Read,
    selection: &Selection<'_>,
    record: &T,
    (version, updated_at): (i64, Timestamp),
) -> Answer {
    let body = write(&Sparse {
        value: record,
        mask: selection.mask(),
    })?;
    let facts = Facts {
        version: Some(version),
        last_modified: Some(updated_at),
        ..Facts::default()
    };
    Ok(cacheable(&read.headers, read.cx.scope(), JSON, body, facts))
}

/// Answers something that is no record of its own.
pub(super) fn plain<T: Serialize>(read: &Read, value: &T) -> Answer {
    Ok(cacheable(
        &read.headers,
        read.cx.scope(),
        JSON,
        write(value)?,
        Facts::default(),
    ))
}

fn write_list<T: Serialize>(
    data: &[T],
    page: PageInfo,
    selection: &Selection<'_>,
) -> Result<Vec<u8>, Problem> {
    let data = data
        .iter()
        .map(|value| Sparse {
            value,
            mask: selection.mask(),
        })
        .collect();
    write(&List { data, page })
}

fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::with_capacity(16 * 1024);
    serde_json::to_writer(&mut bytes, value)
        .map_err(|error| Problem::from(domain::Error::internal(error)))?;
    Ok(bytes)
}

/// The `Link` header of a page (RFC 8288): absolute addresses of the pages around it.
fn links(
    cx: &ActorContext,
    path: &str,
    query: &Query<'_>,
    args: &PageArgs,
    info: &PageInfo,
) -> Option<HeaderValue> {
    let size = args.size.to_string();
    let address = |rel: &str, size_name: &'static str, cursor: Option<(&'static str, &str)>| {
        let mut text = format!("<{}{path}", cx.public_url());
        let pairs = query
            .without_page()
            .chain([(size_name, size.as_str())])
            .chain(cursor);
        for (number, (name, value)) in pairs.enumerate() {
            text.push(if number == 0 { '?' } else { '&' });
            text.extend(utf8_percent_encode(name, QUERY));
            text.push('=');
            text.extend(utf8_percent_encode(value, QUERY));
        }
        text.push_str(">; rel=\"");
        text.push_str(rel);
        text.push('"');
        text
    };
    let mut links = Vec::new();
    if let Some(cursor) = info.end_cursor.as_deref().filter(|_| info.has_next_page) {
        links.push(address("next", "first", Some(("after", cursor))));
    }
    if let Some(cursor) = info
        .start_cursor
        .as_deref()
        .filter(|_| info.has_previous_page)
    {
        links.push(address("prev", "last", Some(("before", cursor))));
    }
    links.push(address("first", "first", None));
    HeaderValue::try_from(links.join(", ")).ok()
}

/// What stands for itself in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b',')
    .remove(b':');
