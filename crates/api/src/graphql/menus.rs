//! Menus.

use application::menus::{self, MenuGet};
use async_graphql::{Context, ID, Object, Result, Union};
use domain::{id::EditionId, menus::MenuTarget as Target, terms::Taxonomy};

use super::{
    articles::Article,
    authors::Author,
    context::session,
    editions::Edition,
    entries::Entry,
    loaders::{AuthorKey, EntryKey, TermKey},
    lookahead,
    newsletters::Issue,
    pages::Page,
    scalars::DateTime,
    terms::{Category, Tag},
};

pub(crate) mod mutations;

pub(crate) use mutations::MenuMutations;

/// A tree of links.
pub(crate) struct Menu(domain::menus::Menu);

impl From<domain::menus::Menu> for Menu {
    fn from(menu: domain::menus::Menu) -> Self {
        Self(menu)
    }
}

/// A tree of links in one edition.
#[Object]
impl Menu {
    /// Its id.
    #[graphql(name = "id")]
    pub(crate) async fn global_id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its edition.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Edition> {
        Ok(session(ctx)?.edition(self.0.edition)?)
    }

    /// Where the frontend shows it (`primary`, `footer`); unique per edition.
    async fn location(&self) -> &str {
        &self.0.location
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its links, in order. Those that lead to what the caller may not read are left out.
    async fn items(&self) -> Vec<MenuItem<'_>> {
        items(&self.0.items, self.0.edition)
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

/// A link of a menu.
pub(crate) struct MenuItem<'a> {
    item: &'a domain::menus::MenuItem,
    edition: EditionId,
}

fn items(items: &[domain::menus::MenuItem], edition: EditionId) -> Vec<MenuItem<'_>> {
    items
        .iter()
        .map(|item| MenuItem { item, edition })
        .collect()
}

/// A link of a menu, with the links below it.
#[Object]
impl MenuItem<'_> {
    /// What it says.
    async fn label(&self) -> &str {
        &self.item.label
    }

    /// Where it leads: a path of the edition or an absolute address; empty for a heading.
    async fn href(&self) -> &str {
        &self.item.href
    }

    /// The same as an absolute address; null for a heading.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let edition = session(ctx)?.edition(self.edition)?;
        Ok((!self.item.href.is_empty()).then(|| edition.absolute(&self.item.href)))
    }

    /// The record it leads to; null if it leads elsewhere.
    async fn target(&self, ctx: &Context<'_>) -> Result<Option<MenuTarget>> {
        let session = session(ctx)?;
        let edition = self.edition;
        Ok(match self.item.target {
            Target::Entry(id) => session
                .load(EntryKey {
                    id,
                    parts: lookahead::entry_parts(ctx),
                })
                .await?
                .map(MenuTarget::from),
            Target::Term(id) => {
                session
                    .load(TermKey { id, edition })
                    .await?
                    .map(|term| match id.taxonomy {
                        Taxonomy::Category => MenuTarget::Category(Category::new(term, edition)),
                        Taxonomy::Tag => MenuTarget::Tag(Tag::new(term, edition)),
                    })
            }
            Target::Author(id) => session
                .load(AuthorKey { id, edition })
                .await?
                .map(MenuTarget::Author),
            Target::Url(_) => None,
        })
    }

    /// A hint shown on hover.
    async fn hint(&self) -> Option<&str> {
        self.item.hint.as_deref()
    }

    /// Whether a new window is asked for.
    async fn opens_new_window(&self) -> bool {
        self.item.opens_new_window
    }

    /// The links below it, in order.
    async fn children(&self) -> Vec<MenuItem<'_>> {
        items(&self.item.children, self.edition)
    }
}

/// What a link of a menu can lead to.
#[derive(Union)]
pub(crate) enum MenuTarget {
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
}

impl From<Entry> for MenuTarget {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Article(article) => Self::Article(article),
            Entry::Page(page) => Self::Page(page),
            Entry::Issue(issue) => Self::Issue(issue),
        }
    }
}

/// The root fields about menus.
#[derive(Default)]
pub(crate) struct MenuQueries;

#[Object]
impl MenuQueries {
    /// The menu a frontend shows at a place.
    async fn menu(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The place: `primary`, `footer`.")] location: String,
        #[graphql(desc = "Code of the edition. The default edition if absent.")] edition: Option<
            String,
        >,
    ) -> Result<Option<Menu>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        Ok(
            menus::get(session.cx(), &MenuGet::Location { edition, location })
                .await?
                .map(Menu::from),
        )
    }

    /// The menus of an edition, by place.
    async fn menus(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the edition. The default edition if absent.")] edition: Option<
            String,
        >,
    ) -> Result<Vec<Menu>> {
        let session = session(ctx)?;
        let edition = session.edition_id(edition.as_deref())?;
        Ok(menus::list(session.cx(), edition)
            .await?
            .into_iter()
            .map(Menu::from)
            .collect())
    }
}
