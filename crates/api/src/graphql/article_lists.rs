//! Lists of articles: on their own, of a category, of a tag, of an author.

use application::articles;
use async_graphql::{Context, Object, Result, SimpleObject};
use domain::{
    content::{ContentKind, EntryFilter, EntryOrder, EntryQuery},
    id::{AuthorId, EditionId},
    paging::{Cursor, Edge, Key, Page, PageArgs},
    terms::TermId,
};

use super::{
    articles::Article,
    connection::{Connection, Paging},
    context::{Here, both, session},
    entry_lists,
    enums::FacetField,
    filters,
    loaders::{LatestByAuthor, LatestByTerm, TermArticleCount},
    lookahead::{self, PageSelection},
};

pub(crate) use filters::{ArticleFilter, ArticleOrder};

/// A page of articles.
pub(crate) type ArticleConnection = Connection<Article, ArticleFacets>;

/// What a list of articles is asked for.
pub(crate) struct ArticleList {
    /// Only of this edition; what is wrong with it is told with all else.
    pub(crate) edition: domain::Result<Option<EditionId>>,
    /// Only those that match.
    pub(crate) filter: Option<ArticleFilter>,
    /// In which order.
    pub(crate) order: Option<ArticleOrder>,
    /// Which page.
    pub(crate) paging: Paging,
}

/// Whose articles a list holds.
#[derive(Clone, Copy)]
pub(crate) enum Owner {
    /// Those of a category or tag.
    Term(TermId),
    /// Those of an author.
    Author(AuthorId),
}

impl ArticleList {
    /// The articles that belong to something; `own` says so as a condition.
    pub(crate) async fn of(
        self,
        ctx: &Context<'_>,
        owner: Owner,
        own: EntryFilter,
    ) -> Result<ArticleConnection> {
        let session = session(ctx)?;
        let wanted = lookahead::page(ctx);
        // Lists under the items of a list are read together, as the newest few published of each.
        let newest = self.filter.is_none()
            && self.order.is_none()
            && self.paging.is_start()
            && lookahead::is_below_list(ctx);
        let newest = newest && session.cx().scope().is_public();
        let counted = !wanted.total || matches!(owner, Owner::Term(_));
        let (query, args) = self.query(session, own, wanted)?;
        if newest && counted {
            let page = Box::pin(latest(session, owner, query.edition, &args, wanted)).await?;
            return Ok(Connection::with(page, ArticleFacets { query }));
        }
        Box::pin(read(session, query, args, wanted)).await
    }

    /// All articles.
    pub(crate) async fn all(self, ctx: &Context<'_>) -> Result<ArticleConnection> {
        let session = session(ctx)?;
        let wanted = lookahead::page(ctx);
        let (query, args) = self.query(session, EntryFilter::default(), wanted)?;
        Box::pin(read(session, query, args, wanted)).await
    }

    fn query(
        self,
        session: Here<'_>,
        own: EntryFilter,
        wanted: PageSelection,
    ) -> domain::Result<(EntryQuery, PageArgs)> {
        let filter = filters::read_optional(
            self.filter,
            &session.edition_set(),
            session.cx().content_model(),
        );
        let ((edition, filter), args) =
            both(both(self.edition, filter), self.paging.check(wanted))?;
        let none = EntryFilter::default();
        let filter = match filter {
            filter if own == none => filter,
            filter if filter == none => own,
            filter => EntryFilter {
                and: vec![filter],
                ..own
            },
        };
        let order = self.order.map_or_else(EntryOrder::default, Into::into);
        Ok((
            EntryQuery {
                kind: ContentKind::Article,
                edition,
                filter,
                order,
            },
            args,
        ))
    }
}

async fn read(
    session: Here<'_>,
    query: EntryQuery,
    args: PageArgs,
    wanted: PageSelection,
) -> Result<ArticleConnection> {
    // A list that is asked for its facets alone needs no page.
    let page: Page<Article> = if wanted.items || wanted.total {
        entry_lists::read(session, query.clone(), args, wanted.parts)
            .await?
            .try_map(Article::try_from)?
    } else {
        Page::default()
    };
    Ok(Connection::with(page, ArticleFacets { query }))
}

/// The first page of what belongs to `owner`, read together with those of its neighbours.
async fn latest(
    session: Here<'_>,
    owner: Owner,
    edition: Option<EditionId>,
    args: &PageArgs,
    wanted: PageSelection,
) -> Result<Page<Article>> {
    let PageSelection { parts, .. } = wanted;
    // One more than asked for tells whether there is a next page.
    let size = args.size.saturating_add(1);
    let (found, total) = match owner {
        Owner::Term(id) => {
            let total = async {
                if !wanted.total {
                    return Ok(None);
                }
                let count = session.load(TermArticleCount { id, edition }).await?;
                Ok(Some(count.unwrap_or_default()))
            };
            futures::future::try_join(
                session.load(LatestByTerm {
                    id,
                    edition,
                    size,
                    parts,
                }),
                total,
            )
            .await?
        }
        Owner::Author(id) => (
            session
                .load(LatestByAuthor {
                    id,
                    edition,
                    size,
                    parts,
                })
                .await?,
            None,
        ),
    };
    let mut found = found.unwrap_or_default();
    let size = usize::try_from(args.size).unwrap_or(usize::MAX);
    let has_next = found.len() > size;
    found.truncate(size);
    let edges = found
        .into_iter()
        .map(|article| Edge {
            cursor: place(&article),
            node: article,
        })
        .collect();
    Ok(Page {
        edges,
        has_next,
        has_previous: false,
        total,
    })
}

/// The place of an article in a list with the newest first, so that the list can be read on from it.
fn place(article: &Article) -> Cursor {
    let entry = article.entry();
    Cursor {
        order: EntryOrder::default().name().to_owned(),
        key: Key::Time(entry.sort_at),
        id: entry.id.uuid(),
    }
}

/// What lists of articles have beyond other lists.
pub(crate) struct ArticleFacets {
    query: EntryQuery,
}

#[Object]
impl ArticleFacets {
    /// How many articles of the whole list stand in each category, have each tag, are by each
    /// author: the 50 most frequent of each. Counted only when asked for, and not for a list that
    /// hangs on the items of another list.
    async fn facets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to count by.")] by: Vec<FacetField>,
    ) -> Result<Vec<Facet>> {
        if lookahead::is_below_list(ctx) {
            return Err(domain::Error::invalid(
                "by",
                "facets are not counted for the lists of the items of a list; ask for them in a list of its own, such as `articles(filter: …)`",
            )
            .into());
        }
        let mut fields: Vec<application::FacetField> = Vec::with_capacity(by.len());
        for field in by.into_iter().map(application::FacetField::from) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        let found = articles::facets(session(ctx)?.cx(), &self.query, &fields).await?;
        Ok(found.into_iter().map(Facet::from).collect())
    }
}

/// How the articles of a list are spread over the values of one field.
#[derive(SimpleObject)]
pub(crate) struct Facet {
    /// What was counted by.
    field: FacetField,
    /// The values, the most frequent first.
    buckets: Vec<Bucket>,
}

/// One value and how many articles have it.
#[derive(SimpleObject)]
pub(crate) struct Bucket {
    /// The id of the category, tag or author.
    id: async_graphql::ID,
    /// Its name.
    label: String,
    /// Its slug.
    slug: String,
    /// How many articles of the list have it.
    count: u64,
}

impl From<application::Facet> for Facet {
    fn from(facet: application::Facet) -> Self {
        let buckets = facet.buckets.into_iter().map(|bucket| {
            let application::Bucket {
                id,
                label,
                slug,
                count,
            } = bucket;
            Bucket {
                id: async_graphql::ID(id),
                label,
                slug,
                count,
            }
        });
        Self {
            field: facet.field.into(),
            buckets: buckets.collect(),
        }
    }
}
