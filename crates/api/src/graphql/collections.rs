//! Collections.

use application::collections::{self, CollectionGet};
use async_graphql::{Context, ID, Object, Result};

use super::{
    connection::{Connection, Listed, Paging},
    context::{parse_id, session},
    editions::Edition,
    entries::{Entry, RecordRef},
    loaders::CollectionItems,
    lookahead,
    scalars::DateTime,
};

pub(crate) mod mutations;

pub(crate) use mutations::CollectionMutations;

/// A list of entries an editor chose.
pub(crate) struct Collection(domain::collections::Collection);

impl From<domain::collections::Collection> for Collection {
    fn from(collection: domain::collections::Collection) -> Self {
        Self(collection)
    }
}

impl Listed for Collection {
    const CONNECTION: &'static str = "CollectionConnection";
    const EDGE: &'static str = "CollectionEdge";
}

/// Entries of one edition in an order an editor chose: a front page, a series.
#[Object]
impl Collection {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its edition.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.0.edition)?)
    }

    /// Its slug, unique per edition.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What it is.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// What is in it, in the editor's order. What the caller may not read is left out.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Entry>> {
        let wanted = lookahead::page(ctx);
        let page = Paging::new(first, after, last, before).check(wanted)?;
        // A wrong cursor must not spoil the lists that are read together with this one.
        page.key_in(domain::collections::Collection::ITEM_ORDER)?;
        let key = CollectionItems {
            id: self.0.id,
            page,
            parts: wanted.parts,
        };
        let found = session(ctx)?.load(key).await?;
        Ok(Connection::new(found.unwrap_or_default()))
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// The root fields about collections.
#[derive(Default)]
pub(crate) struct CollectionQueries;

#[Object]
impl CollectionQueries {
    /// One collection.
    async fn collection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: RecordRef,
        #[graphql(desc = "Code of the edition its slug stands in. The default edition if absent.")]
        edition: Option<String>,
    ) -> Result<Option<Collection>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let by = match by {
            RecordRef::Id(id) => CollectionGet::Id(parse_id("by.id", &id)?),
            RecordRef::Slug(slug) => CollectionGet::Slug { edition, slug },
        };
        Ok(collections::get(session.cx(), &by)
            .await?
            .map(Collection::from))
    }

    /// The collections, the newest first.
    async fn collections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(desc = "Code of their edition. All editions if absent.")] edition: Option<String>,
    ) -> Result<Connection<Collection>> {
        let session = session(ctx)?;
        let edition = session.list_edition(edition.as_deref())?;
        let page = Paging::new(first, after, last, before).check(lookahead::page(ctx))?;
        Ok(Connection::new(
            collections::list(session.cx(), edition, &page).await?,
        ))
    }
}
