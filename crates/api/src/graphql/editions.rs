//! The site and its editions.

use std::sync::Arc;

use application::settings;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::id::EditionId;

use super::{
    context::session,
    enums::{CommentPolicy, Direction},
    scalars::DateTime,
};

mod mutations;

pub(crate) use mutations::SiteMutations;

/// How slugs are made from titles.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::editions::SlugStyle")]
pub(crate) enum SlugStyle {
    /// In the script of the title.
    Native,
    /// In ASCII letters.
    Transliterated,
}

/// A language version of the site.
#[derive(Clone)]
pub(crate) struct Edition(Arc<domain::editions::Edition>);

impl Edition {
    /// Its id.
    pub(crate) fn id(&self) -> EditionId {
        self.0.id
    }

    /// The absolute address of something an editor may have given as a path of this edition.
    pub(crate) fn absolute(&self, href: &str) -> String {
        if href.starts_with('/') {
            self.0.url(href)
        } else {
            href.to_owned()
        }
    }
}

impl From<domain::editions::Edition> for Edition {
    fn from(edition: domain::editions::Edition) -> Self {
        Self(Arc::new(edition))
    }
}

/// A language version of the site. Readers see it as a site of its own.
#[Object]
impl Edition {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its language (BCP 47), unique among the editions: `en`, `fa`. What arguments named `edition` take.
    async fn code(&self) -> &str {
        self.0.code.as_str()
    }

    /// The name of the language, in that language.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The direction its language is written in.
    async fn direction(&self) -> Direction {
        self.0.direction.into()
    }

    /// The address of its frontend, without a slash at the end.
    async fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// The title of the publication in this language.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The line below the title.
    async fn tagline(&self) -> Option<&str> {
        self.0.tagline.as_deref()
    }

    /// The edition whose texts stand in for missing ones.
    async fn fallback(&self, ctx: &Context<'_>) -> Result<Option<Edition>> {
        let session = session(ctx)?;
        Ok(self.0.fallback.map(|id| session.edition(id)).transpose()?)
    }

    /// Whether it is meant where no edition is named.
    async fn is_default(&self) -> bool {
        self.0.is_default
    }

    /// The patterns of its paths.
    async fn permalinks(&self) -> Permalinks {
        Permalinks::from(&self.0.permalinks)
    }

    /// Its place among the editions.
    async fn position(&self) -> i64 {
        self.0.position
    }

    /// How slugs are made from titles.
    async fn slug_style(&self) -> SlugStyle {
        self.0.slug_style.into()
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

/// The patterns an edition makes its paths from. Names in braces stand for `{slug}`, `{path}` (with
/// the slugs of those above), `{category}`, `{year}`, `{month}`, `{day}`, `{newsletter}`, `{number}`.
#[derive(SimpleObject)]
pub(crate) struct Permalinks {
    /// Of articles.
    article: String,
    /// Of pages.
    page: String,
    /// Of newsletter issues.
    issue: String,
    /// Of newsletters.
    newsletter: String,
    /// Of categories.
    category: String,
    /// Of tags.
    tag: String,
    /// Of authors.
    author: String,
}

impl From<&domain::editions::Permalinks> for Permalinks {
    fn from(patterns: &domain::editions::Permalinks) -> Self {
        let domain::editions::Permalinks {
            article,
            page,
            issue,
            newsletter,
            category,
            tag,
            author,
        } = patterns.clone();
        Self {
            article,
            page,
            issue,
            newsletter,
            category,
            tag,
            author,
        }
    }
}

/// The publication.
pub(crate) struct Site(domain::settings::Site);

/// The publication as a whole. There is one.
#[Object]
impl Site {
    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its editions, the default one first.
    async fn editions(&self, ctx: &Context<'_>) -> Result<Vec<Edition>> {
        Ok(session(ctx)?.editions())
    }

    /// The edition that is meant where none is named.
    async fn default_edition(&self, ctx: &Context<'_>) -> Result<Option<Edition>> {
        Ok(session(ctx)?.editions().into_iter().next())
    }

    /// When what readers write is shown.
    async fn comment_policy(&self) -> CommentPolicy {
        self.0.comment_policy.into()
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// The root fields about the site.
#[derive(Default)]
pub(crate) struct SiteQueries;

#[Object]
impl SiteQueries {
    /// The publication.
    async fn site(&self, ctx: &Context<'_>) -> Result<Site> {
        Ok(Site(settings::site(session(ctx)?.cx()).await?))
    }

    /// The editions, the default one first.
    async fn editions(&self, ctx: &Context<'_>) -> Result<Vec<Edition>> {
        Ok(session(ctx)?.editions())
    }

    /// One edition.
    async fn edition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code: `en`, `fa`.")] code: String,
    ) -> Result<Option<Edition>> {
        let session = session(ctx)?;
        let editions = session.edition_set();
        let found = editions.by_code(&code);
        Ok(found
            .map(|edition| session.edition(edition.id))
            .transpose()?)
    }
}
