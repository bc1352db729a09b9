//! Galleries.

use std::sync::Arc;

use application::galleries::{self, GalleryGet};
use async_graphql::{Context, ID, Object, Result};
use domain::id::EditionId;

use super::{
    connection::{Connection, Listed, Paging},
    context::{parse_id, session},
    editions::Edition,
    entries::RecordRef,
    enums::Direction,
    loaders::GalleryItems,
    lookahead,
    media::Figure,
    scalars::DateTime,
};

pub(crate) mod mutations;

pub(crate) use mutations::GalleryMutations;

/// A gallery with its text in one edition.
#[derive(Clone)]
pub(crate) struct Gallery {
    gallery: Arc<domain::galleries::Gallery>,
    requested: EditionId,
}

impl Gallery {
    /// A gallery whose text was asked for in an edition.
    pub(crate) fn new(gallery: domain::galleries::Gallery, requested: EditionId) -> Self {
        Self {
            gallery: Arc::new(gallery),
            requested,
        }
    }
}

impl Listed for Gallery {
    const CONNECTION: &'static str = "GalleryConnection";
    const EDGE: &'static str = "GalleryEdge";
}

/// Assets in an order. Shared by all editions; its texts stand per edition and fall back.
#[Object]
impl Gallery {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.gallery.id.to_string())
    }

    /// The edition its texts are served from: the one asked for, or a fallback.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.gallery.text.edition)?)
    }

    /// The direction its texts are written in.
    async fn direction(&self, ctx: &Context<'_>) -> Result<Direction> {
        Ok(session(ctx)?
            .edition_set()
            .get(self.gallery.text.edition)?
            .direction
            .into())
    }

    /// Whether its texts come from another edition than the one asked for.
    async fn is_fallback(&self) -> bool {
        self.gallery.text.edition != self.requested
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.gallery.text.value.title
    }

    /// Its slug, unique per edition.
    async fn slug(&self) -> &str {
        &self.gallery.text.value.slug
    }

    /// What it shows.
    async fn description(&self) -> Option<&str> {
        self.gallery.text.value.description.as_deref()
    }

    /// How many items it has.
    async fn item_count(&self) -> i64 {
        self.gallery.item_count
    }

    /// Its items, in order.
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<Figure>> {
        let key = GalleryItems {
            id: self.gallery.id,
            edition: self.requested,
        };
        Ok(session(ctx)?.load(key).await?.unwrap_or_default())
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.gallery.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.gallery.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.gallery.updated_at)
    }
}

/// The root fields about galleries.
#[derive(Default)]
pub(crate) struct GalleryQueries;

#[Object]
impl GalleryQueries {
    /// One gallery.
    async fn gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: RecordRef,
        #[graphql(
            desc = "Code of the edition its texts are wanted in and its slug stands in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Gallery>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let by = match by {
            RecordRef::Id(id) => GalleryGet::Id(parse_id("by.id", &id)?),
            RecordRef::Slug(slug) => GalleryGet::Slug(slug),
        };
        Ok(galleries::get(session.cx(), &by, edition)
            .await?
            .map(|gallery| Gallery::new(gallery, edition)))
    }

    /// The galleries, the newest first.
    async fn galleries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(
            desc = "Code of the edition their texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Connection<Gallery>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let page = Paging::new(first, after, last, before).check(lookahead::page(ctx))?;
        let found = galleries::list(session.cx(), edition, &page).await?;
        Ok(Connection::new(
            found.map(|gallery| Gallery::new(gallery, edition)),
        ))
    }
}
