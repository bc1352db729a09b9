//! What commands do to menus.

use super::{MenuDraft, MenuItemDraft, MenuTarget};
use crate::{
    FieldError,
    body::is_safe_link,
    change::Change,
    checks::{self, Checks},
    error::{Error, Result},
    id::{AuthorId, CategoryId, TagId},
    texts::{ChangedFields, all},
    unseen::keep_unseen,
};

/// How many links stand one below the other at most.
pub const MOST_LEVELS: usize = 10;

/// What a command does to a menu.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MenuChange {
    /// Where the frontend shows it.
    pub location: Change<String>,
    /// Its name.
    pub name: Change<String>,
    /// Its links, nested.
    pub items: Change<Vec<MenuItemDraft>>,
}

impl MenuChange {
    /// What is wrong with it, whatever record it is for.
    pub fn check(&self) -> Vec<FieldError> {
        all(|checks| self.look(checks))
    }

    /// What is wrong with it as a new record.
    pub fn check_new(&self) -> Vec<FieldError> {
        all(|checks| {
            if self.location == Change::Keep {
                checks.wrong("location", "is required");
            }
            if self.name == Change::Keep {
                checks.wrong("name", "is required");
            }
            self.look(checks);
        })
    }

    fn look(&self, checks: &mut Checks) {
        checks.name("location", &self.location, checks::KEY);
        checks.name("name", &self.name, checks::NAME);
        if let Change::Set(items) = &self.items
            && checks.items("items", count(items))
        {
            look_at_links(items, "items", 1, checks);
        }
    }

    /// Leaves links its sender could not see where they are, each with what stands below it.
    pub fn keep_unseen(&mut self, draft: &MenuDraft, is_unseen: &impl Fn(&MenuTarget) -> bool) {
        if let Change::Set(items) = &mut self.items {
            let new = std::mem::take(items);
            let mut used = Vec::new();
            *items = keep_links((&draft.items, &draft.items), new, is_unseen, &mut used);
        }
    }

    /// Changes a draft; answers the names of the fields that differ.
    pub fn apply(self, draft: &mut MenuDraft) -> Vec<String> {
        let mut changed = ChangedFields::default();
        changed.set("location", self.location, &mut draft.location);
        changed.set("name", self.name, &mut draft.name);
        changed.set("items", self.items, &mut draft.items);
        changed.into_names()
    }
}

/// Links beside each other, and all of the menu: what is below a link goes with it to another level.
/// Old links are `used` once.
fn keep_links<'o>(
    (old, all): (&'o [MenuItemDraft], &'o [MenuItemDraft]),
    new: Vec<MenuItemDraft>,
    is_unseen: &impl Fn(&MenuTarget) -> bool,
    used: &mut Vec<&'o MenuItemDraft>,
) -> Vec<MenuItemDraft> {
    let kept = keep_unseen(old, new, |link| is_unseen(&link.target), is_same);
    used.extend(kept.iter().filter_map(|(_, before)| *before));
    let kept = kept.into_iter().map(|(mut link, before)| {
        if is_unseen(&link.target) {
            return link;
        }
        let before = before.or_else(|| {
            let moved = find(all, &link, used)?;
            used.push(moved);
            Some(moved)
        });
        let before = before.map_or(&[][..], |before| &before.children);
        let children = std::mem::take(&mut link.children);
        link.children = keep_links((before, all), children, is_unseen, used);
        link
    });
    kept.collect()
}

/// What leads to no record is known by its label, too.
fn is_same(old: &MenuItemDraft, new: &MenuItemDraft) -> bool {
    let is_address = matches!(old.target, MenuTarget::Url(_));
    old.target == new.target && (!is_address || old.label == new.label)
}

fn find<'o>(
    links: &'o [MenuItemDraft],
    wanted: &MenuItemDraft,
    used: &[&MenuItemDraft],
) -> Option<&'o MenuItemDraft> {
    links.iter().find_map(|link| {
        let is_used = || used.iter().any(|known| std::ptr::eq(*known, link));
        if is_same(link, wanted) && !is_used() {
            Some(link)
        } else {
            find(&link.children, wanted, used)
        }
    })
}

fn look_at_links(items: &[MenuItemDraft], place: &str, level: usize, checks: &mut Checks) {
    for (number, item) in items.iter().enumerate() {
        let at = format!("{place}.{number}");
        if level > MOST_LEVELS {
            let message = format!("stands deeper than {MOST_LEVELS} levels");
            checks.wrong(at, message);
            continue;
        }
        let label = Some(item.label.as_str());
        checks.text(format_args!("{at}.label"), label, checks::NAME);
        checks.text(
            format_args!("{at}.hint"),
            item.hint.as_deref(),
            checks::LINE,
        );
        if let MenuTarget::Url(href) = &item.target {
            if !is_safe_link(href) {
                checks.wrong(
                    format_args!("{at}.href"),
                    "must be a path, or an address on the web, of mail or of a telephone",
                );
            }
            checks.text(format_args!("{at}.href"), Some(href), checks::ADDRESS);
            if item.label.trim().is_empty() {
                checks.wrong(
                    format_args!("{at}.label"),
                    "is required of what leads to no record",
                );
            }
        }
        look_at_links(&item.children, &format!("{at}.children"), level + 1, checks);
    }
}

/// How many links there are, nested ones included.
fn count(items: &[MenuItemDraft]) -> usize {
    items.iter().map(|item| 1 + count(&item.children)).sum()
}

impl MenuTarget {
    /// What an id names, if a link can lead there.
    pub fn of_id(id: &str) -> Result<Self> {
        match id.split_once('_').map(|(prefix, _)| prefix) {
            Some("category") => Ok(Self::Term(id.parse::<CategoryId>()?.into())),
            Some("tag") => Ok(Self::Term(id.parse::<TagId>()?.into())),
            Some("author") => Ok(Self::Author(id.parse::<AuthorId>()?)),
            Some("article" | "page" | "issue") => Ok(Self::Entry(id.parse()?)),
            _ => Err(Error::invalid(
                "id",
                "must be the id of an article, page, issue, category, tag or author",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(label: &str, href: &str, children: Vec<MenuItemDraft>) -> MenuItemDraft {
        MenuItemDraft {
            label: label.to_owned(),
            target: MenuTarget::Url(href.to_owned()),
            hint: None,
            opens_new_window: false,
            children,
        }
    }

    fn wrong(items: Vec<MenuItemDraft>) -> Vec<String> {
        let change = MenuChange {
            items: Change::Set(items),
            ..MenuChange::default()
        };
        let errors = change.check().into_iter();
        errors.map(|error| error.field).collect()
    }

    fn told(links: &[MenuItemDraft]) -> String {
        let parts = links.iter().map(|link| {
            let MenuTarget::Url(href) = &link.target else {
                return String::new();
            };
            format!("{href}[{}]", told(&link.children))
        });
        parts.collect()
    }

    /// The targets of links and of those below, in order; those below `/hidden…` are not seen.
    fn kept(old: Vec<MenuItemDraft>, new: Vec<MenuItemDraft>) -> String {
        let mut change = MenuChange {
            items: Change::Set(new),
            ..MenuChange::default()
        };
        let draft = MenuDraft {
            edition: crate::id::Id::from_uuid(uuid::Uuid::nil()),
            location: String::new(),
            name: String::new(),
            items: old,
        };
        let hides = |target: &MenuTarget| matches!(target, MenuTarget::Url(href) if href.starts_with("/hidden"));
        change.keep_unseen(&draft, &hides);
        told(change.items.as_set().map_or(&[], Vec::as_slice))
    }

    #[test]
    fn what_is_hidden_below_links_that_stand_twice_stays_below_each() {
        let x = |below: &[&str]| {
            let below = below.iter().map(|href| link("H", href, Vec::new()));
            link("X", "/x", below.collect())
        };
        let old = || vec![x(&["/hidden1"]), x(&["/hidden2"])];
        assert_eq!(
            kept(old(), vec![x(&[]), x(&[])]),
            "/x[/hidden1[]]/x[/hidden2[]]"
        );
        let below = vec![link("Y", "/y", vec![x(&[]), x(&[])])];
        assert_eq!(
            kept(old(), below),
            "/y[/x[/hidden1[]]/x[/hidden2[]]]",
            "what moves takes along what is below it, once"
        );
    }

    #[test]
    fn ten_levels_are_the_most() {
        let nested = |levels| {
            (1..levels).fold(link("Last", "/", Vec::new()), |inner, _| {
                link("Above", "/", vec![inner])
            })
        };
        assert_eq!(wrong(vec![nested(10)]), Vec::<String>::new());
        let place = format!("items.0{}", ".children.0".repeat(10));
        assert_eq!(wrong(vec![nested(12)]), [place]);
    }

    #[test]
    fn a_link_leads_somewhere_or_is_a_heading() {
        let items = vec![
            link("Heading", "", Vec::new()),
            link("", "/about", Vec::new()),
            link("Bad", "javascript:alert(1)", Vec::new()),
        ];
        assert_eq!(wrong(items), ["items.1.label", "items.2.href"]);
    }
}
