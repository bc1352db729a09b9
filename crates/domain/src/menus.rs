//! Menus: trees of links, per edition and location.

mod change;

pub use change::{MOST_LEVELS, MenuChange};

use std::str::FromStr;

use crate::{
    access::Target,
    body::is_safe_link,
    error::Error,
    events::RecordKind,
    id::{AuthorId, EditionId, EntryId, MenuId},
    terms::TermId,
    time::Timestamp,
};

/// A tree of links.
#[derive(Debug, Clone, PartialEq)]
pub struct Menu {
    /// Its id.
    pub id: MenuId,
    /// The edition.
    pub edition: EditionId,
    /// Where the frontend shows it (`primary`, `footer`); unique per edition.
    pub location: String,
    /// Its name.
    pub name: String,
    /// Counts every save, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Its links, nested; those that lead to what the actor may not read are left out.
    pub items: Vec<MenuItem>,
}

impl Menu {
    /// What the policy needs to know.
    pub fn target(&self) -> Target {
        Target::of_edition(RecordKind::Menu, self.id, self.edition)
    }
}

/// A link.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuItem {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub target: MenuTarget,
    /// The address: a path of the edition, or an absolute URL.
    pub href: String,
    /// A hint shown on hover.
    pub hint: Option<String>,
    /// Whether a new window is asked for.
    pub opens_new_window: bool,
    /// Links below it.
    pub children: Vec<MenuItem>,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuTarget {
    /// To an entry.
    Entry(EntryId),
    /// To a category or tag.
    Term(TermId),
    /// To an author.
    Author(AuthorId),
    /// Elsewhere, or nowhere (a heading).
    Url(String),
}

impl MenuTarget {
    /// The text in the store and in REST.
    pub fn kind(&self) -> MenuTargetKind {
        match self {
            Self::Entry(_) => MenuTargetKind::Entry,
            Self::Term(_) => MenuTargetKind::Term,
            Self::Author(_) => MenuTargetKind::Author,
            Self::Url(_) => MenuTargetKind::Url,
        }
    }
}

/// The kinds of place a link can lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuTargetKind {
    /// An entry.
    Entry,
    /// A category or tag.
    Term,
    /// An author.
    Author,
    /// An address.
    Url,
}

impl FromStr for MenuTargetKind {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "entry" => Ok(Self::Entry),
            "term" => Ok(Self::Term),
            "author" => Ok(Self::Author),
            "url" => Ok(Self::Url),
            _ => Err(Error::invalid("kind", "must be entry, term, author or url")),
        }
    }
}

/// A new menu, or the whole of an existing one.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuDraft {
    /// The edition.
    pub edition: EditionId,
    /// Where the frontend shows it.
    pub location: String,
    /// Its name.
    pub name: String,
    /// Its links, nested.
    pub items: Vec<MenuItemDraft>,
}

impl MenuDraft {
    /// Refuses a menu that stands nowhere, or leads where no reader should be led.
    pub fn check(&self) -> Result<(), Error> {
        if self.location.trim().is_empty() {
            return Err(Error::invalid("location", "must not be empty"));
        }
        check_links(&self.items)
    }
}

fn check_links(items: &[MenuItemDraft]) -> Result<(), Error> {
    items.iter().try_for_each(|item| match &item.target {
        MenuTarget::Url(url) if !is_safe_link(url) => Err(Error::invalid(
            "items.url",
            "must be a path, or an address on the web, of mail or of a telephone",
        )),
        MenuTarget::Url(_) | MenuTarget::Entry(_) | MenuTarget::Term(_) | MenuTarget::Author(_) => {
            check_links(&item.children)
        }
    })
}

/// A link, as a command writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItemDraft {
    /// What it says; empty: the title of where it leads.
    pub label: String,
    /// Where it leads.
    pub target: MenuTarget,
    /// A hint shown on hover.
    pub hint: Option<String>,
    /// Whether a new window is asked for.
    pub opens_new_window: bool,
    /// Links below it.
    pub children: Vec<MenuItemDraft>,
}
