//! Lists as Relay has them: one connection for every type, over the domain's pages.

use std::borrow::Cow;

use async_graphql::{
    Error, Object, ObjectType, OutputType, Result, SimpleObject, TypeName, connection::EmptyFields,
};
use domain::paging::{self, PageArgs, RawPageArgs};

use super::lookahead::PageSelection;

/// What comes in pages; names the types of its lists.
pub(crate) trait Listed: OutputType {
    /// The type of its lists.
    const CONNECTION: &'static str;
    /// The type of an item of them.
    const EDGE: &'static str;
}

/// The four arguments of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paging {
    /// Page size, forward.
    first: Option<i32>,
    /// Cursor to begin after.
    after: Option<String>,
    /// Page size, backward.
    last: Option<i32>,
    /// Cursor to end before.
    before: Option<String>,
}

impl Paging {
    /// All four arguments.
    pub(crate) fn new(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Self {
        Self {
            first,
            after,
            last,
            before,
        }
    }

    /// Arguments of a list that is read forward only.
    pub(crate) fn forward(first: Option<i32>, after: Option<String>) -> Self {
        Self {
            first,
            after,
            ..Self::default()
        }
    }

    /// Whether they ask for the first page.
    pub(crate) fn is_start(&self) -> bool {
        self.after.is_none() && self.last.is_none() && self.before.is_none()
    }

    /// Checks the arguments. What the selection does not want is not read.
    pub(crate) fn check(self, wanted: PageSelection) -> domain::Result<PageArgs> {
        let Self {
            first,
            after,
            last,
            before,
        } = self;
        let raw = RawPageArgs {
            first: first.map(i64::from),
            after,
            last: last.map(i64::from),
            before,
        };
        let mut args = PageArgs::new(raw)?.total(wanted.total);
        if !wanted.items {
            args.size = 0;
        }
        Ok(args)
    }
}

/// Checks the size of a list that has no pages.
pub(crate) fn size(first: i32) -> domain::Result<u32> {
    Ok(PageArgs::new(RawPageArgs {
        first: Some(i64::from(first)),
        ..RawPageArgs::default()
    })?
    .size)
}

/// A page of a list. `E` holds the fields that only lists of some types have.
pub(crate) struct Connection<T, E = EmptyFields> {
    edges: Vec<Edge<T>>,
    has_next: bool,
    has_previous: bool,
    total: Option<u64>,
    extra: E,
}

impl<T> Connection<T> {
    /// A page without further fields.
    pub(crate) fn new<D: Into<T>>(page: paging::Page<D>) -> Self {
        Self::with(page, EmptyFields)
    }
}

impl<T, E> Connection<T, E> {
    /// A page with further fields.
    pub(crate) fn with<D: Into<T>>(page: paging::Page<D>, extra: E) -> Self {
        let paging::Page {
            edges,
            has_next,
            has_previous,
            total,
        } = page;
        let edges = edges
            .into_iter()
            .map(|edge| Edge {
                node: edge.node.into(),
                cursor: edge.cursor,
            })
            .collect();
        Self {
            edges,
            has_next,
            has_previous,
            total,
            extra,
        }
    }
}

impl<T: Listed, E: ObjectType> TypeName for Connection<T, E> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(T::CONNECTION)
    }
}

/// A page of a list.
#[Object(name_type)]
impl<T: Listed, E: ObjectType> Connection<T, E> {
    /// The items with their places in the list.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The items alone.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page begins and ends, and whether there is more.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.edges.first().map(|edge| edge.cursor.encode()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.encode()),
        }
    }

    /// How many items the list has on all its pages. Counted only when asked for.
    async fn total_count(&self) -> Result<u64> {
        // Look-ahead sees this field before the page is read.
        self.total.ok_or_else(|| {
            Error::from(domain::Error::internal(
                "a list was asked for its total, but not read with it",
            ))
        })
    }

    #[graphql(flatten)]
    async fn extra(&self) -> &E {
        &self.extra
    }
}

/// An item of a list.
pub(crate) struct Edge<T> {
    node: T,
    cursor: paging::Cursor,
}

impl<T: Listed> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(T::EDGE)
    }
}

/// An item of a list, with its place in it.
#[Object(name_type)]
impl<T: Listed> Edge<T> {
    /// The item.
    async fn node(&self) -> &T {
        &self.node
    }

    /// Its place: pass it as `after` or `before` to go on from here. It holds for the same list in
    /// the same order only.
    async fn cursor(&self) -> String {
        self.cursor.encode()
    }
}

/// Where a page begins and ends, and whether there is more.
#[derive(SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether items follow.
    has_next_page: bool,
    /// Whether items come before.
    has_previous_page: bool,
    /// The cursor of the first item; null for an empty page.
    start_cursor: Option<String>,
    /// The cursor of the last item; null for an empty page.
    end_cursor: Option<String>,
}
