//! Navigation menus: their items stand anywhere in a file, so they are gathered in the store and
//! put together at the end.

use std::collections::HashMap;

use domain::menus::{MenuItemDraft, MenuTarget};
use serde::{Deserialize, Serialize};

use super::{
    items::{Item, Position},
    meta::{NavMenuItem, NavTarget, nav_menu_item},
    plain,
};

/// How deep menus go.
const DEEPEST: usize = 8;
/// The address of what leads nowhere: a heading.
pub(super) const NOWHERE: &str = "#";

/// An item of a menu, as it waits for the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PreparedMenuItem {
    #[serde(skip, default = "nowhere")]
    pub(super) position: Position,
    pub(super) menu: String,
    pub(super) menu_name: String,
    pub(super) id: Option<u64>,
    pub(super) parent: Option<u64>,
    order: i64,
    pub(super) label: String,
    hint: Option<String>,
    pub(super) target: LaterTarget,
    opens_new_window: bool,
}

fn nowhere() -> Position {
    Position {
        line: 0,
        byte_offset: 0,
    }
}

/// Where a menu item is to lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum LaterTarget {
    Post(u64),
    Term { taxonomy: String, id: u64 },
    Url(String),
    Nowhere,
}

/// Reads a menu item; `None` when it is in no menu.
pub(super) fn prepare(item: &Item, position: Position) -> Option<PreparedMenuItem> {
    let NavMenuItem {
        menu,
        id,
        parent,
        order,
        title,
        target,
        new_window,
        ..
    } = nav_menu_item(item)?;
    let menu_name = item.terms_of("nav_menu").next()?.name.clone();
    let target = match target {
        Some(NavTarget::Post { id, .. }) => LaterTarget::Post(id),
        Some(NavTarget::Term { taxonomy, id }) => LaterTarget::Term { taxonomy, id },
        Some(NavTarget::Archive { post_type }) if post_type == "post" => {
            LaterTarget::Url("/".to_owned())
        }
        Some(NavTarget::Archive { post_type }) => LaterTarget::Url(format!("/{post_type}")),
        Some(NavTarget::Url(url)) => LaterTarget::Url(url),
        None => LaterTarget::Nowhere,
    };
    Some(PreparedMenuItem {
        position,
        menu: menu?,
        menu_name,
        id,
        parent,
        order,
        label: plain::line(&title),
        hint: plain::some_line(&item.excerpt),
        target,
        opens_new_window: new_window,
    })
}

/// A tree made of items that name what is above them: by their order, below what is there. What is
/// too deep, or above itself, is put where it can stand.
pub(super) fn tree(mut items: Vec<(PreparedMenuItem, MenuTarget)>) -> Vec<MenuItemDraft> {
    items.sort_by_key(|(item, _)| (item.order, item.id));
    let place: HashMap<u64, usize> = items
        .iter()
        .enumerate()
        .filter_map(|(at, (item, _))| Some((item.id?, at)))
        .collect();
    let above = |at: usize| -> Option<usize> {
        let (item, _) = items.get(at)?;
        place
            .get(&item.parent?)
            .copied()
            .filter(|above| *above != at)
    };
    let mut below: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for at in 0..items.len() {
        let mut parent = above(at);
        let (mut next, mut depth) = (parent, 0);
        while let Some(current) = next {
            depth += 1;
            if depth > DEEPEST {
                parent = None;
                break;
            }
            next = above(current);
        }
        below.entry(parent).or_default().push(at);
    }
    level(None, &below, &items)
}

fn level(
    parent: Option<usize>,
    below: &HashMap<Option<usize>, Vec<usize>>,
    items: &[(PreparedMenuItem, MenuTarget)],
) -> Vec<MenuItemDraft> {
    let here = below.get(&parent).map(Vec::as_slice).unwrap_or_default();
    here.iter()
        .filter_map(|at| {
            let (item, target) = items.get(*at)?;
            Some(MenuItemDraft {
                label: item.label.clone(),
                target: target.clone(),
                hint: item.hint.clone(),
                opens_new_window: item.opens_new_window,
                children: level(Some(*at), below, items),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: u64, parent: Option<u64>, order: i64) -> (PreparedMenuItem, MenuTarget) {
        let item = PreparedMenuItem {
            position: nowhere(),
            menu: "main".to_owned(),
            menu_name: "Main".to_owned(),
            id: Some(id),
            parent,
            order,
            label: id.to_string(),
            hint: None,
            target: LaterTarget::Nowhere,
            opens_new_window: false,
        };
        (item, MenuTarget::Url(NOWHERE.to_owned()))
    }

    fn outline(items: &[MenuItemDraft]) -> String {
        let parts: Vec<String> = items
            .iter()
            .map(|item| {
                if item.children.is_empty() {
                    item.label.clone()
                } else {
                    format!("{}({})", item.label, outline(&item.children))
                }
            })
            .collect();
        parts.join(" ")
    }

    #[test]
    fn a_menu_is_a_tree_in_its_order() {
        let items = vec![
            item(3, Some(1), 3),
            item(1, None, 1),
            item(2, None, 4),
            item(4, Some(1), 2),
            item(5, Some(99), 5),
        ];
        assert_eq!(outline(&tree(items)), "1(4 3) 2 5");
    }

    #[test]
    fn circles_and_wells_are_made_flat() {
        let circle = vec![
            item(1, Some(2), 1),
            item(2, Some(1), 2),
            item(3, Some(3), 3),
        ];
        assert_eq!(tree(circle).len(), 3);
        let well: Vec<_> = (1..40)
            .map(|id| item(id, Some(id).filter(|id| *id > 1).map(|id| id - 1), 1))
            .collect();
        let mut count = 0;
        let mut open = tree(well);
        while let Some(next) = open.pop() {
            count += 1;
            open.extend(next.children);
        }
        assert_eq!(count, 39);
    }
}
