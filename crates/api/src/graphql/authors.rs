//! Authors.

use std::sync::Arc;

use application::authors::{self, AuthorGet};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    authors::{AuthorQuery, AuthorText},
    content::{EntryFilter, TermFilter, TermKey},
    events::RecordKind,
    id::EditionId,
    text::Localized,
};

use super::{
    article_lists::{ArticleConnection, ArticleFilter, ArticleList, ArticleOrder, Owner},
    connection::{Connection, Listed, Paging},
    content_model::of_record,
    context::{Here, parse_id, session},
    editions::Edition,
    entries::{RecordRef, edition_or},
    enums::{Direction, TermOrder},
    filters::{CustomFieldFilter, of_records},
    loaders::{AssetKey, AuthorTexts},
    lookahead,
    media::Asset,
    scalars::DateTime,
};

pub(crate) mod mutations;

pub(crate) use mutations::AuthorMutations;

/// A public profile with its text in one edition.
#[derive(Clone)]
pub(crate) struct Author {
    author: Arc<domain::authors::Author>,
    requested: EditionId,
}

impl Author {
    /// An author whose text was asked for in an edition.
    pub(crate) fn new(
        author: impl Into<Arc<domain::authors::Author>>,
        requested: EditionId,
    ) -> Self {
        Self {
            author: author.into(),
            requested,
        }
    }

    /// The name under articles.
    pub(crate) fn display_name(&self) -> &str {
        &self.text().name
    }

    /// The author as the domain has them.
    pub(crate) fn to_domain(&self) -> Arc<domain::authors::Author> {
        Arc::clone(&self.author)
    }

    fn text(&self) -> &AuthorText {
        &self.author.text.value
    }
}

impl Listed for Author {
    const CONNECTION: &'static str = "AuthorConnection";
    const EDGE: &'static str = "AuthorEdge";
}

/// A public profile of somebody who writes, translates, edits or takes pictures. Shared by all
/// editions; its texts stand per edition and fall back.
#[Object]
impl Author {
    /// Their id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.author.id.to_string())
    }

    /// The edition the texts are served from: the one asked for, or a fallback.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.author.text.edition)?)
    }

    /// The direction the texts are written in.
    async fn direction(&self, ctx: &Context<'_>) -> Result<Direction> {
        Ok(session(ctx)?
            .edition_set()
            .get(self.author.text.edition)?
            .direction
            .into())
    }

    /// Whether the texts come from another edition than the one asked for.
    async fn is_fallback(&self) -> bool {
        self.author.text.edition != self.requested
    }

    /// Their name.
    async fn name(&self) -> &str {
        self.display_name()
    }

    /// The readable last part of their address.
    async fn slug(&self) -> &str {
        &self.text().slug
    }

    /// Their path in the edition the texts are served from; begins with `/`.
    async fn path(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(authors::path(&session(ctx)?.edition_set(), &self.author))
    }

    /// Their absolute address at the frontend of that edition.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        let session = session(ctx)?;
        let editions = &session.edition_set();
        Ok(editions
            .get(self.author.text.edition)?
            .url(&authors::path(editions, &self.author)))
    }

    /// What they are: `Reporter`, `Photographer`.
    async fn job_title(&self) -> Option<&str> {
        self.text().job_title.as_deref()
    }

    /// A short biography, plain text.
    async fn bio(&self) -> Option<&str> {
        self.text().bio.as_deref()
    }

    /// Their own site.
    async fn website(&self) -> Option<&str> {
        self.author.website.as_deref()
    }

    /// Their picture.
    async fn avatar(&self, ctx: &Context<'_>) -> Result<Option<Asset>> {
        match self.author.avatar {
            Some(id) => Ok(session(ctx)?
                .load(AssetKey {
                    id,
                    edition: self.requested,
                })
                .await?),
            None => Ok(None),
        }
    }

    /// Their custom fields, an object by their names: `contentModel` tells which there are. Null: no
    /// value.
    async fn custom_fields(&self, ctx: &Context<'_>) -> Result<serde_json::Value> {
        of_record(session(ctx)?, RecordKind::Author, self.author.id.uuid()).await
    }

    /// What they are called in all editions that have a name for them.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<AuthorTranslation>> {
        let session = session(ctx)?;
        let texts = session
            .load(AuthorTexts(self.author.id))
            .await?
            .unwrap_or_default();
        texts
            .iter()
            .map(|text| AuthorTranslation::new(session, text))
            .collect()
    }

    /// Articles with them in the byline, the newest first unless ordered otherwise.
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(
            desc = "Code of the edition of the articles. The one the author was asked for in, if absent."
        )]
        edition: Option<String>,
        #[graphql(desc = "Only those that match.")] filter: Option<ArticleFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<ArticleOrder>,
    ) -> Result<ArticleConnection> {
        let edition = edition_or(session(ctx)?, edition.as_deref(), self.requested);
        let has = TermFilter {
            all_of: vec![TermKey::Author(self.author.id)],
            ..TermFilter::default()
        };
        let own = EntryFilter {
            author: Some(has),
            ..EntryFilter::default()
        };
        ArticleList {
            edition: edition.map(Some),
            filter,
            order: order_by,
            paging: Paging::new(first, after, last, before),
        }
        .of(ctx, Owner::Author(self.author.id), own)
        .await
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.author.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.author.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.author.updated_at)
    }
}

/// What an author is called in one edition.
#[derive(SimpleObject)]
pub(crate) struct AuthorTranslation {
    /// The edition.
    edition: Edition,
    /// Their name.
    name: String,
    /// The readable last part of their address.
    slug: String,
    /// Their path in that edition.
    path: String,
    /// Their absolute address at the frontend of that edition.
    url: String,
    /// What they are.
    job_title: Option<String>,
    /// A short biography, plain text.
    bio: Option<String>,
}

impl AuthorTranslation {
    fn new(session: Here<'_>, text: &Localized<AuthorText>) -> Result<Self> {
        let editions = &session.edition_set();
        let path = authors::text_path(editions, text);
        let AuthorText {
            name,
            slug,
            job_title,
            bio,
        } = text.value.clone();
        let url = editions.get(text.edition)?.url(&path);
        Ok(Self {
            edition: session.edition(text.edition)?,
            name,
            slug,
            path,
            url,
            job_title,
            bio,
        })
    }
}

/// Conditions on authors; all that are set must hold.
#[derive(InputObject, Default)]
pub(crate) struct AuthorFilter {
    /// Has this slug in the edition asked for.
    slug: Option<String>,
    /// Has custom fields like this.
    custom_field: Option<CustomFieldFilter>,
}

/// The root fields about authors.
#[derive(Default)]
pub(crate) struct AuthorQueries;

#[Object]
impl AuthorQueries {
    /// One author.
    async fn author(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: RecordRef,
        #[graphql(
            desc = "Code of the edition the texts are wanted in and the slug stands in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Author>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let by = match by {
            RecordRef::Id(id) => AuthorGet::Id(parse_id("by.id", &id)?),
            RecordRef::Slug(slug) => AuthorGet::Slug(slug),
        };
        Ok(authors::get(session.cx(), &by, edition)
            .await?
            .map(|author| Author::new(author, edition)))
    }

    /// The authors.
    async fn authors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(
            desc = "Code of the edition the texts are wanted in. The default edition if absent."
        )]
        edition: Option<String>,
        #[graphql(desc = "Only those that match.")] filter: Option<AuthorFilter>,
        #[graphql(
            desc = "In which order.",
            default_with = "Some(TermOrder::default())"
        )]
        order_by: Option<TermOrder>,
    ) -> Result<Connection<Author>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let AuthorFilter { slug, custom_field } = filter.unwrap_or_default();
        let model = session.cx().content_model();
        let query = AuthorQuery {
            slug,
            custom_fields: of_records(model, RecordKind::Author, custom_field)?,
            order: order_by.unwrap_or_default().into(),
        };
        let page = Paging::new(first, after, last, before).check(lookahead::page(ctx))?;
        let found = authors::list(session.cx(), &query, edition, &page).await?;
        Ok(Connection::new(
            found.map(|author| Author::new(author, edition)),
        ))
    }
}
