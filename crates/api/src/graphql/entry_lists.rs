//! Lists of entries, whichever kind they are of.

use application::entries;
use async_graphql::Result;
use domain::{
    Error,
    content::{EntryQuery, Parts},
    paging::{Page, PageArgs},
};

use super::{
    articles::Article, context::Here, entries::Entry, loaders::EntryList, newsletters::Issue, pages,
};

/// A page of entries: below a list together with those of its other items, elsewhere at once.
pub(crate) async fn read(
    session: Here<'_>,
    query: EntryQuery,
    page: PageArgs,
    parts: Parts,
) -> Result<Page<Entry>> {
    // A wrong cursor must not spoil the lists that are read together with this one.
    page.key_in(query.order.of_list())?;
    if !session.has_company() {
        let found = Box::pin(entries::list(session.cx(), &query, &page, parts)).await?;
        return Ok(found.map(Entry::from));
    }
    let found = session.load(EntryList { query, page, parts }).await?;
    Ok(found.unwrap_or_default())
}

impl TryFrom<Entry> for Article {
    type Error = Error;

    fn try_from(entry: Entry) -> Result<Self, Error> {
        match entry {
            Entry::Article(article) => Ok(article),
            Entry::Page(_) | Entry::Issue(_) => Err(mixed()),
        }
    }
}

impl TryFrom<Entry> for pages::Page {
    type Error = Error;

    fn try_from(entry: Entry) -> Result<Self, Error> {
        match entry {
            Entry::Page(page) => Ok(page),
            Entry::Article(_) | Entry::Issue(_) => Err(mixed()),
        }
    }
}

impl TryFrom<Entry> for Issue {
    type Error = Error;

    fn try_from(entry: Entry) -> Result<Self, Error> {
        match entry {
            Entry::Issue(issue) => Ok(issue),
            Entry::Article(_) | Entry::Page(_) => Err(mixed()),
        }
    }
}

fn mixed() -> Error {
    Error::internal("a list of one kind of entries holds another")
}
