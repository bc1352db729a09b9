//! What articles, pages and issues share: the interface `Entry`, its fields, translations, how one is
//! asked for, and how they are changed.

use std::sync::Arc;

use application::custom_fields::Shown;
use async_graphql::{Context, Enum, ID, Interface, Object, Result};
use domain::{
    content::{self, Content, Part, Parts},
    id::EntryId,
};

use super::{
    articles::Article,
    body::Body,
    connection::Listed,
    context::{Here, session},
    editions::Edition,
    enums::Status,
    loaders::{AssetKey, BodyKey, EntryKey, Relations, RelationsKey, SeoKey, TranslationsKey},
    media::Figure,
    newsletters::Issue,
    pages::Page,
    scalars::DateTime,
    seo::Seo,
};

pub(crate) mod input;
mod read;
pub(crate) mod steps;
mod translations;

pub(crate) use read::{EntryArgs, EntryRef, RecordRef, changed, edition_or, entry_id, one};
pub(crate) use translations::TranslationGroupMutations;

/// What every publishable thing shares.
#[expect(
    clippy::duplicated_attributes,
    reason = "several fields are of one type"
)]
#[derive(Clone, Interface)]
#[graphql(
    field(name = "id", method = "global_id", ty = "ID", desc = "Its id."),
    field(name = "edition", ty = "Edition", desc = "The edition it belongs to."),
    field(
        name = "slug",
        ty = "&str",
        desc = "The readable last part of its address."
    ),
    field(
        name = "path",
        ty = "&str",
        desc = "Its path in its edition; begins with `/`."
    ),
    field(
        name = "url",
        ty = "String",
        desc = "Its absolute address at the frontend of its edition."
    ),
    field(name = "title", ty = "&str", desc = "Its title."),
    field(name = "status", ty = "Status", desc = "Where it is in its life."),
    field(
        name = "isFeatured",
        method = "is_featured",
        ty = "bool",
        desc = "Whether it is marked to stand out."
    ),
    field(name = "version", ty = "i64", desc = "Counts every save, from 1."),
    field(
        name = "hasPendingChanges",
        method = "has_pending_changes",
        ty = "bool",
        desc = "Whether an edit waits to be published. Only for those who read drafts; others get false."
    ),
    field(
        name = "scheduledChangeAt",
        method = "scheduled_change_at",
        ty = "Option<DateTime>",
        desc = "When a scheduled change happens. Only for those who read drafts; others get null."
    ),
    field(
        name = "publishedAt",
        method = "published_at",
        ty = "Option<DateTime>",
        desc = "When it was first published."
    ),
    field(
        name = "createdAt",
        method = "created_at",
        ty = "DateTime",
        desc = "When it was made."
    ),
    field(
        name = "updatedAt",
        method = "updated_at",
        ty = "DateTime",
        desc = "When it was last changed."
    ),
    field(
        name = "customFields",
        method = "custom_fields",
        ty = "serde_json::Value",
        desc = "Its custom fields, by name: `contentModel` tells which there are. Null: no value."
    ),
    field(
        name = "translations",
        ty = "Vec<Translation>",
        desc = "All versions of it in the languages of the site, itself included, in the order of the editions."
    )
)]
pub(crate) enum Entry {
    /// An article.
    Article(Article),
    /// A page.
    Page(Page),
    /// A newsletter issue.
    Issue(Issue),
}

impl Entry {
    /// The fields all kinds share.
    pub(crate) fn fields(&self) -> &EntryFields {
        match self {
            Self::Article(article) => article,
            Self::Page(page) => page,
            Self::Issue(issue) => issue,
        }
    }

    /// Its excerpt; issues have none.
    pub(crate) fn plain_excerpt(&self) -> Option<String> {
        match self {
            Self::Article(article) => Some(article.plain_excerpt(None)),
            Self::Page(page) => Some(page.plain_excerpt(None)),
            Self::Issue(_) => None,
        }
    }

    /// Its main picture.
    pub(crate) async fn main_picture(&self, session: Here<'_>) -> Result<Option<Figure>> {
        match self {
            Self::Article(article) => article.main_picture(session).await,
            Self::Page(page) => page.main_picture(session).await,
            Self::Issue(issue) => issue.main_picture(session).await,
        }
    }

    /// Its byline in the domain's words; only articles have one.
    pub(crate) async fn contributions(
        &self,
        session: Here<'_>,
    ) -> Result<Vec<domain::articles::Contribution>> {
        match self {
            Self::Article(article) => article.contributions(session).await,
            Self::Page(_) | Self::Issue(_) => Ok(Vec::new()),
        }
    }
}

impl From<Content> for Entry {
    fn from(content: Content) -> Self {
        match content {
            Content::Article(article) => Self::Article(article.into()),
            Content::Page(page) => Self::Page(page.into()),
            Content::Issue(issue) => Self::Issue(issue.into()),
        }
    }
}

impl Listed for Entry {
    const CONNECTION: &'static str = "EntryConnection";
    const EDGE: &'static str = "EntryEdge";
}

/// The kinds of entry.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::content::ContentKind")]
pub(crate) enum EntryKind {
    /// A dated piece of writing.
    Article,
    /// A standing page, possibly below another.
    Page,
    /// A numbered issue of a newsletter.
    Issue,
}

/// The record behind an entry, and the fields all kinds share. Each kind's object holds one, merges
/// its fields into the type, and lends them to the interface `Entry` by `Deref`.
#[derive(Clone)]
pub(crate) enum EntryFields {
    /// An article's.
    Article(Arc<domain::articles::Article>),
    /// A page's.
    Page(Arc<domain::pages::Page>),
    /// An issue's.
    Issue(Arc<domain::newsletters::Issue>),
}

impl EntryFields {
    /// The record.
    pub(crate) fn entry(&self) -> &content::Entry {
        match self {
            Self::Article(article) => &article.entry,
            Self::Page(page) => &page.entry,
            Self::Issue(issue) => &issue.entry,
        }
    }

    /// The record with its texts for search engines, without the parts that were turned into
    /// objects of the schema.
    pub(crate) fn content(&self, seo: content::Seo) -> Content {
        let seo = Part::Loaded(seo);
        match self {
            Self::Article(article) => Content::Article(domain::articles::Article {
                seo,
                ..article.as_ref().clone()
            }),
            Self::Page(page) => Content::Page(domain::pages::Page {
                seo,
                ..page.as_ref().clone()
            }),
            Self::Issue(issue) => Content::Issue(domain::newsletters::Issue {
                seo,
                ..issue.as_ref().clone()
            }),
        }
    }

    /// The absolute address.
    pub(crate) fn absolute_url(&self, session: Here<'_>) -> domain::Result<String> {
        let entry = self.entry();
        Ok(session.edition_set().get(entry.edition)?.url(&entry.path))
    }

    /// Relations that were not read with the entry.
    pub(crate) async fn relations(
        &self,
        session: Here<'_>,
        parts: Parts,
    ) -> Result<Option<Arc<Relations>>> {
        let entry = self.entry();
        Ok(session
            .load(RelationsKey {
                id: entry.id,
                edition: entry.edition,
                parts,
            })
            .await?)
    }

    /// All versions of it in the languages of the site.
    ///
    /// The field of this name stands in the object of each kind, not here: it leads back to these
    /// objects, and the library merges fields only of what it knows completely.
    pub(crate) async fn versions(&self, session: Here<'_>) -> Result<Vec<Translation>> {
        Ok(session
            .load(TranslationsKey(self.entry().group))
            .await?
            .unwrap_or_default())
    }

    /// The main picture.
    pub(crate) async fn hero(
        &self,
        session: Here<'_>,
        part: &Part<Option<Figure>>,
    ) -> Result<Option<Figure>> {
        match part {
            Part::Loaded(hero) => Ok(hero.clone()),
            Part::Absent => Ok(self
                .relations(session, Parts::HERO)
                .await?
                .and_then(|relations| relations.hero.clone())),
        }
    }

    /// Attached files.
    pub(crate) async fn attachments(
        &self,
        session: Here<'_>,
        part: &Part<Vec<Figure>>,
    ) -> Result<Vec<Figure>> {
        match part {
            Part::Loaded(attachments) => Ok(attachments.clone()),
            Part::Absent => Ok(self
                .relations(session, Parts::ATTACHMENTS)
                .await?
                .map(|relations| relations.attachments.clone())
                .unwrap_or_default()),
        }
    }

    /// The body.
    pub(crate) async fn body(
        &self,
        session: Here<'_>,
        part: &Part<Arc<domain::articles::EntryBody>>,
    ) -> Result<Body> {
        let entry = self.entry();
        let body = match part {
            Part::Loaded(body) => Arc::clone(body),
            Part::Absent => session
                .load(BodyKey(entry.id))
                .await?
                .ok_or_else(|| gone(entry.id))?,
        };
        Ok(Body::new(body, entry.edition))
    }

    /// Texts for search engines.
    pub(crate) async fn seo(
        &self,
        session: Here<'_>,
        part: &Part<content::Seo>,
        of: Entry,
    ) -> Result<Seo> {
        let id = self.entry().id;
        let seo = match part {
            Part::Loaded(seo) => seo.clone(),
            Part::Absent => session.load(SeoKey(id)).await?.ok_or_else(|| gone(id))?,
        };
        Ok(Seo::new(of, seo))
    }
}

/// An entry was deleted between two statements of one request.
fn gone(id: EntryId) -> domain::Error {
    domain::Error::not_found(id)
}

/// What every publishable thing shares.
#[Object]
impl EntryFields {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.entry().id.to_string())
    }

    /// The edition it belongs to.
    pub(crate) async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.entry().edition)?)
    }

    /// The readable last part of its address; unique per edition, kind and parent.
    pub(crate) async fn slug(&self) -> &str {
        &self.entry().slug
    }

    /// Its path in its edition; begins with `/`.
    pub(crate) async fn path(&self) -> &str {
        &self.entry().path
    }

    /// Its absolute address at the frontend of its edition.
    pub(crate) async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.absolute_url(session(ctx)?)?)
    }

    /// Its title, as plain text.
    pub(crate) async fn title(&self) -> &str {
        &self.entry().title
    }

    /// Where it is in its life.
    pub(crate) async fn status(&self) -> Status {
        self.entry().status.into()
    }

    /// Whether it is marked to stand out.
    pub(crate) async fn is_featured(&self) -> bool {
        self.entry().is_featured
    }

    /// Counts every save, from 1.
    pub(crate) async fn version(&self) -> i64 {
        self.entry().version
    }

    /// Whether an edit waits to be published. Only for those who read drafts; others get false.
    pub(crate) async fn has_pending_changes(&self, ctx: &Context<'_>) -> Result<bool> {
        let entry = self.entry();
        Ok(entry.has_pending_changes && session(ctx)?.sees_inside(entry))
    }

    /// When a scheduled change happens. Only for those who read drafts; others get null.
    pub(crate) async fn scheduled_change_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let entry = self.entry();
        let sees = session(ctx)?.sees_inside(entry);
        Ok(entry.scheduled_at.filter(|_| sees).map(DateTime))
    }

    /// When it was first published.
    pub(crate) async fn published_at(&self) -> Option<DateTime> {
        self.entry().published_at.map(DateTime)
    }

    /// When it was made.
    pub(crate) async fn created_at(&self) -> DateTime {
        DateTime(self.entry().created_at)
    }

    /// When it was last changed.
    pub(crate) async fn updated_at(&self) -> DateTime {
        DateTime(self.entry().updated_at)
    }

    /// Its custom fields, an object by their names: `contentModel` tells which there are. Null: no
    /// value.
    pub(crate) async fn custom_fields(&self, ctx: &Context<'_>) -> Result<serde_json::Value> {
        let (session, entry) = (session(ctx)?, self.entry());
        let shown = Shown::of(session.cx(), &session.edition_set(), entry)?;
        let parts = Parts::NONE;
        let entries = shown.entries().map(|id| EntryKey { id, parts }).collect();
        let edition = entry.edition;
        let assets = shown.assets().map(|id| AssetKey { id, edition }).collect();
        let entries = session.load_many(entries).await?;
        let assets = session.load_many(assets).await?;
        let values = shown.finish(
            |id| entries.contains_key(&EntryKey { id, parts }),
            |id| assets.contains_key(&AssetKey { id, edition }),
        );
        let value = serde_json::Value::Object(values.into_iter().collect());
        if !entry.custom_fields.is_empty() {
            session.budget().spend(value.to_string().len())?;
        }
        Ok(value)
    }
}

/// One version of an entry among those that translate each other.
#[derive(Clone)]
pub(crate) struct Translation {
    entry: Entry,
    is_stale: bool,
}

impl From<application::entries::Translation> for Translation {
    fn from(translation: application::entries::Translation) -> Self {
        Self {
            entry: translation.content.into(),
            is_stale: translation.is_stale,
        }
    }
}

/// One language version of an entry.
#[Object]
impl Translation {
    /// Its edition.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.entry.fields().entry().edition)?)
    }

    /// The entry.
    async fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Whether what it was translated from has changed since.
    async fn is_stale(&self) -> bool {
        self.is_stale
    }
}
