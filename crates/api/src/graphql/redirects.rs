//! Redirects.

use application::redirects;
use async_graphql::{Context, ID, Object, Result};
use domain::redirects::RedirectTarget;

use super::{
    connection::{Connection, Listed, Paging},
    context::session,
    editions::Edition,
    entries::Entry,
    loaders::EntryKey,
    lookahead,
    scalars::DateTime,
};

pub(crate) mod mutations;

pub(crate) use mutations::RedirectMutations;

/// An old path.
#[derive(Clone)]
pub(crate) struct Redirect(domain::redirects::Redirect);

impl From<domain::redirects::Redirect> for Redirect {
    fn from(redirect: domain::redirects::Redirect) -> Self {
        Self(redirect)
    }
}

impl Listed for Redirect {
    const CONNECTION: &'static str = "RedirectConnection";
    const EDGE: &'static str = "RedirectEdge";
}

/// An old path and where it leads.
#[Object]
impl Redirect {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its edition.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.0.edition)?)
    }

    /// The old path; begins with `/`.
    async fn from(&self) -> &str {
        &self.0.from
    }

    /// What it leads to, as it was written: the id of a record, wherever the path of that moves, a
    /// path of the edition, or an absolute address; null for what is gone.
    async fn to(&self) -> Option<String> {
        self.0.to.written()
    }

    /// Where it leads now: a path of the edition or an absolute address; null for what is gone.
    async fn href(&self) -> Option<&str> {
        self.0.href.as_deref()
    }

    /// The same as an absolute address.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let editions = session(ctx)?.edition_set();
        Ok(self.0.url(editions.get(self.0.edition)?))
    }

    /// The entry it leads to, wherever its path moves, if it leads to one.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<Entry>> {
        match self.0.to {
            RedirectTarget::Entry(id) => Ok(session(ctx)?
                .load(EntryKey {
                    id,
                    parts: lookahead::entry_parts(ctx),
                })
                .await?),
            RedirectTarget::Term(_)
            | RedirectTarget::Author(_)
            | RedirectTarget::Newsletter(_)
            | RedirectTarget::Url(_)
            | RedirectTarget::Gone => Ok(None),
        }
    }

    /// Whether it leads nowhere: what was there is gone for good.
    async fn is_gone(&self) -> bool {
        self.0.to == RedirectTarget::Gone
    }

    /// Whether it is for good.
    async fn is_permanent(&self) -> bool {
        self.0.is_permanent
    }

    /// The HTTP status to answer the old path with: 301, 302, or 410 for what is gone.
    async fn status_code(&self) -> i32 {
        match (&self.0.to, self.0.is_permanent) {
            (RedirectTarget::Gone, _) => 410,
            (_, true) => 301,
            (_, false) => 302,
        }
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

/// The root fields about redirects.
#[derive(Default)]
pub(crate) struct RedirectQueries;

#[Object]
impl RedirectQueries {
    /// The redirects, by path.
    async fn redirects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, forward: 0 to 100. Default: 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Page size, backward: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
        #[graphql(desc = "Code of their edition. All editions if absent.")] edition: Option<String>,
    ) -> Result<Connection<Redirect>> {
        let session = session(ctx)?;
        let edition = session.list_edition(edition.as_deref())?;
        let page = Paging::new(first, after, last, before).check(lookahead::page(ctx))?;
        Ok(Connection::new(
            redirects::list(session.cx(), edition, &page).await?,
        ))
    }
}
