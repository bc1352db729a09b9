//! Categories and tags.

use std::{ops::Deref, sync::Arc};

use application::terms::{self, TermGet};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    content::{EntryFilter, TermFilter, TermKey as FilterKey},
    id::{CategoryId, EditionId},
    terms::{Taxonomy, Term, TermId, TermQuery, TermText},
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
    loaders::{TermArticleCount, TermChildren, TermKey, TermTexts},
    lookahead,
    scalars::DateTime,
};

pub(crate) mod mutations;

pub(crate) use mutations::TermMutations;

/// The fields categories and tags share. Both objects hold one and merge its fields into the type.
#[derive(Clone)]
pub(crate) struct TermFields {
    term: Arc<Term>,
    requested: EditionId,
}

impl TermFields {
    fn text(&self) -> &TermText {
        &self.term.text.value
    }

    /// The condition that an article has this term.
    fn filter(&self) -> EntryFilter {
        let uuid = self.term.id.uuid();
        let has = |key| {
            Some(TermFilter {
                all_of: vec![key],
                include_descendants: true,
                ..TermFilter::default()
            })
        };
        match self.term.id.taxonomy {
            Taxonomy::Category => EntryFilter {
                category: has(FilterKey::Category(domain::id::Id::from_uuid(uuid))),
                ..EntryFilter::default()
            },
            Taxonomy::Tag => EntryFilter {
                tag: has(FilterKey::Tag(domain::id::Id::from_uuid(uuid))),
                ..EntryFilter::default()
            },
        }
    }
}

/// What categories and tags share.
#[Object]
impl TermFields {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.term.id.to_string())
    }

    /// The edition its texts are served from: the one asked for, or a fallback.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.term.text.edition)?)
    }

    /// The direction its texts are written in.
    async fn direction(&self, ctx: &Context<'_>) -> Result<Direction> {
        Ok(session(ctx)?
            .edition_set()
            .get(self.term.text.edition)?
            .direction
            .into())
    }

    /// Whether its texts come from another edition than the one asked for.
    async fn is_fallback(&self) -> bool {
        self.term.text.edition != self.requested
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.text().name
    }

    /// The readable last part of its address.
    async fn slug(&self) -> &str {
        &self.text().slug
    }

    /// Its path in the edition its texts are served from; begins with `/`.
    async fn path(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(terms::path(&session(ctx)?.edition_set(), &self.term))
    }

    /// Its absolute address at the frontend of that edition.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        let session = session(ctx)?;
        let editions = &session.edition_set();
        Ok(editions
            .get(self.term.text.edition)?
            .url(&terms::path(editions, &self.term)))
    }

    /// What it is about.
    async fn description(&self) -> Option<&str> {
        self.text().description.as_deref()
    }

    /// Its custom fields, an object by their names: `contentModel` tells which there are. Null: no
    /// value.
    async fn custom_fields(&self, ctx: &Context<'_>) -> Result<serde_json::Value> {
        of_record(
            session(ctx)?,
            self.term.id.taxonomy.into(),
            self.term.id.uuid(),
        )
        .await
    }

    /// What it is called in all editions that have a name for it.
    async fn translations(&self, ctx: &Context<'_>) -> Result<Vec<TermTranslation>> {
        let session = session(ctx)?;
        let texts = session
            .load(TermTexts(self.term.id))
            .await?
            .unwrap_or_default();
        texts
            .iter()
            .map(|text| TermTranslation::new(session, &self.term, text))
            .collect()
    }

    /// How many published articles it has. A category counts those of the categories below it too.
    async fn article_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Code of the edition to count in. The one it was asked for in, if absent."
        )]
        edition: Option<String>,
    ) -> Result<u64> {
        let session = session(ctx)?;
        let edition = edition_or(session, edition.as_deref(), self.requested)?;
        Ok(session
            .load(TermArticleCount {
                id: self.term.id,
                edition: Some(edition),
            })
            .await?
            .unwrap_or_default())
    }

    /// Its articles, the newest first unless ordered otherwise. A category has those of the
    /// categories below it too.
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(
            desc = "Code of the edition of the articles. The one it was asked for in, if absent."
        )]
        edition: Option<String>,
        #[graphql(desc = "Only those that match.")] filter: Option<ArticleFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<ArticleOrder>,
    ) -> Result<ArticleConnection> {
        let session = session(ctx)?;
        let edition = edition_or(session, edition.as_deref(), self.requested);
        ArticleList {
            edition: edition.map(Some),
            filter,
            order: order_by,
            paging: Paging::new(first, after, last, before),
        }
        .of(ctx, Owner::Term(self.term.id), self.filter())
        .await
    }

    /// Counts every save, from 1.
    async fn version(&self) -> i64 {
        self.term.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.term.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.term.updated_at)
    }
}

/// A category with its text in one edition.
#[derive(Clone)]
pub(crate) struct Category(TermFields);

impl Category {
    /// A category whose text was asked for in an edition.
    pub(crate) fn new(term: Arc<Term>, requested: EditionId) -> Self {
        Self(TermFields { term, requested })
    }

    /// Its id.
    pub(crate) fn is(&self, id: CategoryId) -> bool {
        self.0.term.id == TermId::from(id)
    }

    async fn above(&self, session: Here<'_>) -> Result<Option<Self>> {
        let Some(parent) = self.0.term.parent else {
            return Ok(None);
        };
        let edition = self.0.requested;
        Ok(session
            .load(TermKey {
                id: parent.into(),
                edition,
            })
            .await?
            .map(|term| Self::new(term, edition)))
    }
}

impl Deref for Category {
    type Target = TermFields;
    fn deref(&self) -> &TermFields {
        &self.0
    }
}

impl Listed for Category {
    const CONNECTION: &'static str = "CategoryConnection";
    const EDGE: &'static str = "CategoryEdge";
}

/// A section of the publication. Categories form a tree. Shared by all editions; its texts stand
/// per edition and fall back.
#[Object]
impl Category {
    #[graphql(flatten)]
    async fn fields(&self) -> &TermFields {
        &self.0
    }

    /// The category right above it.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        self.above(session(ctx)?).await
    }

    /// The categories above it, from the root of the tree down.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let session = session(ctx)?;
        let mut chain: Vec<Category> = Vec::new();
        let mut next = self.above(session).await?;
        // The tree has no circles; the bound keeps a damaged one from running for ever.
        while let Some(category) = next.filter(|_| chain.len() < MAX_DEPTH) {
            next = category.above(session).await?;
            chain.push(category);
        }
        chain.reverse();
        Ok(chain)
    }

    /// The categories right below it, in their order.
    async fn children(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let key = TermChildren {
            id: domain::id::Id::from_uuid(self.0.term.id.uuid()),
            edition: self.0.requested,
        };
        Ok(session(ctx)?.load(key).await?.unwrap_or_default())
    }

    /// Its place among the children of its parent.
    async fn position(&self) -> i64 {
        self.0.term.position
    }
}

const MAX_DEPTH: usize = 32;

/// A tag with its text in one edition.
#[derive(Clone)]
pub(crate) struct Tag(TermFields);

impl Tag {
    /// A tag whose text was asked for in an edition.
    pub(crate) fn new(term: Arc<Term>, requested: EditionId) -> Self {
        Self(TermFields { term, requested })
    }
}

impl Deref for Tag {
    type Target = TermFields;
    fn deref(&self) -> &TermFields {
        &self.0
    }
}

impl Listed for Tag {
    const CONNECTION: &'static str = "TagConnection";
    const EDGE: &'static str = "TagEdge";
}

/// A word entries are marked with. Shared by all editions; its texts stand per edition and fall
/// back.
#[Object]
impl Tag {
    #[graphql(flatten)]
    async fn fields(&self) -> &TermFields {
        &self.0
    }

    /// The set it belongs to; empty for plain tags.
    async fn namespace(&self) -> &str {
        &self.0.term.namespace
    }
}

/// Categories and tags of a mixed list, each in its order.
pub(crate) fn split(terms: Vec<Arc<Term>>, requested: EditionId) -> (Vec<Category>, Vec<Tag>) {
    let mut categories = Vec::new();
    let mut tags = Vec::new();
    for term in terms {
        match term.id.taxonomy {
            Taxonomy::Category => categories.push(Category::new(term, requested)),
            Taxonomy::Tag => tags.push(Tag::new(term, requested)),
        }
    }
    (categories, tags)
}

/// What a category or tag is called in one edition.
#[derive(SimpleObject)]
pub(crate) struct TermTranslation {
    /// The edition.
    edition: Edition,
    /// Its name.
    name: String,
    /// The readable last part of its address.
    slug: String,
    /// Its path in that edition.
    path: String,
    /// Its absolute address at the frontend of that edition.
    url: String,
    /// What it is about.
    description: Option<String>,
}

impl TermTranslation {
    fn new(session: Here<'_>, term: &Term, text: &Localized<TermText>) -> Result<Self> {
        let editions = &session.edition_set();
        let path = terms::text_path(editions, term, text);
        let TermText {
            name,
            slug,
            slug_path: _,
            description,
        } = text.value.clone();
        let url = editions.get(text.edition)?.url(&path);
        Ok(Self {
            edition: session.edition(text.edition)?,
            name,
            slug,
            path,
            url,
            description,
        })
    }
}

/// Conditions on categories; all that are set must hold.
#[derive(InputObject, Default)]
pub(crate) struct CategoryFilter {
    /// Stands right below this category.
    parent: Option<ID>,
    /// Has no parent.
    #[graphql(default_with = "Some(false)")]
    roots_only: Option<bool>,
    /// Has this slug in the edition asked for.
    slug: Option<String>,
    /// Has custom fields like this.
    custom_field: Option<CustomFieldFilter>,
}

/// Conditions on tags; all that are set must hold.
#[derive(InputObject, Default)]
pub(crate) struct TagFilter {
    /// Belongs to this set; the empty text means plain tags.
    namespace: Option<String>,
    /// Has this slug in the edition asked for.
    slug: Option<String>,
    /// Has custom fields like this.
    custom_field: Option<CustomFieldFilter>,
}

/// The root fields about categories and tags.
#[derive(Default)]
pub(crate) struct TermQueries;

#[Object]
impl TermQueries {
    /// One category.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: RecordRef,
        #[graphql(
            desc = "Code of the edition its texts are wanted in and its slug stands in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Category>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let by = match by {
            RecordRef::Id(id) => TermGet::Id(parse_id::<CategoryId>("by.id", &id)?.into()),
            RecordRef::Slug(slug) => TermGet::Slug {
                namespace: String::new(),
                slug,
            },
        };
        let found = terms::get(session.cx(), Taxonomy::Category, &by, edition).await?;
        Ok(found.map(|term| Category::new(Arc::new(term), edition)))
    }

    /// The categories, all levels of the tree in one list.
    async fn categories(
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
        #[graphql(desc = "Only those that match.")] filter: Option<CategoryFilter>,
        #[graphql(desc = "In which order.", default_with = "Some(TermOrder::default())")]
        order_by: Option<TermOrder>,
    ) -> Result<Connection<Category>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let CategoryFilter {
            parent,
            roots_only,
            slug,
            custom_field,
        } = filter.unwrap_or_default();
        let roots_only = roots_only.unwrap_or_default();
        let parent = match parent {
            Some(_) if roots_only => {
                return Err(domain::Error::invalid(
                    "filter.rootsOnly",
                    "cannot hold beside `parent`",
                )
                .into());
            }
            Some(id) => Some(Some(parse_id::<CategoryId>("filter.parent", &id)?)),
            None => roots_only.then_some(None),
        };
        let kind = Taxonomy::Category.into();
        let query = TermQuery {
            parent,
            slug,
            custom_fields: of_records(session.cx().content_model(), kind, custom_field)?,
            order: order_by.unwrap_or_default().into(),
            ..TermQuery::all(Taxonomy::Category)
        };
        let page = Paging::new(first, after, last, before).check(lookahead::page(ctx))?;
        let found = terms::list(session.cx(), &query, edition, &page).await?;
        Ok(Connection::new(
            found.map(|term| Category::new(Arc::new(term), edition)),
        ))
    }

    /// One tag.
    async fn tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: RecordRef,
        #[graphql(
            desc = "The set its slug stands in; the empty text means plain tags.",
            default_with = "Some(String::new())"
        )]
        namespace: Option<String>,
        #[graphql(
            desc = "Code of the edition its texts are wanted in and its slug stands in. The default edition if absent."
        )]
        edition: Option<String>,
    ) -> Result<Option<Tag>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let by = match by {
            RecordRef::Id(id) => TermGet::Id(parse_id::<domain::id::TagId>("by.id", &id)?.into()),
            RecordRef::Slug(slug) => TermGet::Slug {
                namespace: namespace.unwrap_or_default(),
                slug,
            },
        };
        let found = terms::get(session.cx(), Taxonomy::Tag, &by, edition).await?;
        Ok(found.map(|term| Tag::new(Arc::new(term), edition)))
    }

    /// The tags.
    async fn tags(
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
        #[graphql(desc = "Only those that match.")] filter: Option<TagFilter>,
        #[graphql(desc = "In which order.", default_with = "Some(TermOrder::default())")]
        order_by: Option<TermOrder>,
    ) -> Result<Connection<Tag>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        let TagFilter {
            namespace,
            slug,
            custom_field,
        } = filter.unwrap_or_default();
        let kind = Taxonomy::Tag.into();
        let query = TermQuery {
            namespace,
            slug,
            custom_fields: of_records(session.cx().content_model(), kind, custom_field)?,
            order: order_by.unwrap_or_default().into(),
            ..TermQuery::all(Taxonomy::Tag)
        };
        let page = Paging::new(first, after, last, before).check(lookahead::page(ctx))?;
        let found = terms::list(session.cx(), &query, edition, &page).await?;
        Ok(Connection::new(
            found.map(|term| Tag::new(Arc::new(term), edition)),
        ))
    }
}
