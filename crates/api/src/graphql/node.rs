//! Relay's way to fetch any record again by its id alone.

use application::{collections, menus};
use async_graphql::{Context, ID, Interface, Object, Result};
use domain::{
    Error, FieldError,
    content::Parts,
    id::{AnyId, EditionId},
};
use futures::future::try_join_all;

use super::{
    articles::Article,
    authors::Author,
    collections::Collection,
    comments::Comment,
    context::{Here, both, parse_id, session},
    editions::Edition,
    entries::Entry,
    galleries::Gallery,
    loaders::{
        AssetKey, AuthorKey, CommentKey, EntryKey, GalleryKey, NewsletterKey, RedirectKey, TermKey,
    },
    lookahead,
    media::Asset,
    menus::Menu,
    newsletters::{Issue, Newsletter},
    pages::Page,
    redirects::Redirect,
    terms::{Category, Tag},
};

/// A record that can be fetched again by its id alone.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    method = "global_id",
    ty = "ID",
    desc = "Its id, unique among all records of all kinds."
))]
pub(crate) enum Node {
    /// An article.
    Article(Article),
    /// A page.
    Page(Page),
    /// A newsletter issue.
    Issue(Issue),
    /// A category.
    Category(Category),
    /// A tag.
    Tag(Tag),
    /// An author.
    Author(Author),
    /// An asset.
    Asset(Asset),
    /// A gallery.
    Gallery(Gallery),
    /// A collection.
    Collection(Collection),
    /// A newsletter.
    Newsletter(Newsletter),
    /// A menu.
    Menu(Menu),
    /// A comment.
    Comment(Comment),
    /// A redirect.
    Redirect(Redirect),
    /// An edition.
    Edition(Edition),
}

impl From<Entry> for Node {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Article(article) => Self::Article(article),
            Entry::Page(page) => Self::Page(page),
            Entry::Issue(issue) => Self::Issue(issue),
        }
    }
}

/// How many records can be fetched at once.
const MAX_NODES: usize = 100;

/// The root fields that fetch any record.
#[derive(Default)]
pub(crate) struct NodeQueries;

#[Object]
impl NodeQueries {
    /// Any record by its id.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(
            desc = "Code of the edition the texts of a shared record are wanted in. The default edition if absent. An entry is always that of the id."
        )]
        edition: Option<String>,
    ) -> Result<Option<Node>> {
        let session = session(ctx)?;
        let (id, edition) = both(parse_id("id", &id), session.edition_id(edition.as_deref()))?;
        fetch(session, id, edition, lookahead::entry_parts(ctx)).await
    }

    /// Any records by their ids, in the order asked for; null for what is not there.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids: at most 100.")] ids: Vec<ID>,
        #[graphql(
            desc = "Code of the edition the texts of shared records are wanted in. The default edition if absent. An entry is always that of its id."
        )]
        edition: Option<String>,
    ) -> Result<Vec<Option<Node>>> {
        let session = session(ctx)?.with_company();
        let parts = lookahead::entry_parts(ctx);
        let (ids, edition) = both(parse(&ids), session.edition_id(edition.as_deref()))?;
        try_join_all(ids.into_iter().map(|id| fetch(session, id, edition, parts))).await
    }
}

/// Reads ids; every wrong one is named.
fn parse(texts: &[ID]) -> domain::Result<Vec<AnyId>> {
    if texts.len() > MAX_NODES {
        return Err(Error::invalid("ids", format!("may hold {MAX_NODES} ids")));
    }
    let mut ids = Vec::with_capacity(texts.len());
    let mut wrong: Vec<FieldError> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match parse_id(&format!("ids.{index}"), text) {
            Ok(id) => ids.push(id),
            Err(error) => wrong.extend_from_slice(error.fields()),
        }
    }
    if wrong.is_empty() {
        Ok(ids)
    } else {
        Err(Error::Invalid(wrong))
    }
}

pub(crate) async fn fetch(
    session: Here<'_>,
    id: AnyId,
    edition: EditionId,
    parts: Parts,
) -> Result<Option<Node>> {
    let cx = session.cx();
    Ok(match id {
        AnyId::Entry(id) => session.load(EntryKey { id, parts }).await?.map(Node::from),
        AnyId::Category(id) => session
            .load(TermKey {
                id: id.into(),
                edition,
            })
            .await?
            .map(|term| Node::Category(Category::new(term, edition))),
        AnyId::Tag(id) => session
            .load(TermKey {
                id: id.into(),
                edition,
            })
            .await?
            .map(|term| Node::Tag(Tag::new(term, edition))),
        AnyId::Author(id) => session
            .load(AuthorKey { id, edition })
            .await?
            .map(Node::Author),
        AnyId::Asset(id) => session
            .load(AssetKey { id, edition })
            .await?
            .map(Node::Asset),
        AnyId::Gallery(id) => session
            .load(GalleryKey { id, edition })
            .await?
            .map(Node::Gallery),
        AnyId::Newsletter(id) => session.load(NewsletterKey(id)).await?.map(Node::Newsletter),
        AnyId::Collection(id) => collections::get(cx, &collections::CollectionGet::Id(id))
            .await?
            .map(|found| Node::Collection(found.into())),
        AnyId::Menu(id) => menus::get(cx, &menus::MenuGet::Id(id))
            .await?
            .map(|found| Node::Menu(found.into())),
        AnyId::Comment(id) => session.load(CommentKey(id)).await?.map(Node::Comment),
        AnyId::Redirect(id) => session.load(RedirectKey(id)).await?.map(Node::Redirect),
        AnyId::Edition(id) => session
            .editions()
            .into_iter()
            .find(|edition| edition.id() == id)
            .map(Node::Edition),
        // Revisions are read with their entry only.
        AnyId::Revision(_) => None,
    })
}
