//! What a selection will need, so that it can be read with the record it hangs on.
//!
//! A hint only: what is not foreseen here is read by the loaders.

use async_graphql::{Context, SelectionField};
use domain::content::Parts;

/// The parts of entries that the field being resolved selects directly.
pub(crate) fn entry_parts(ctx: &Context<'_>) -> Parts {
    of_entry(&ctx.field())
}

/// What a list being resolved is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PageSelection {
    /// The parts of its items.
    pub(crate) parts: Parts,
    /// Whether its total is wanted.
    pub(crate) total: bool,
    /// Whether its items, or the places where it begins and ends, are wanted.
    pub(crate) items: bool,
}

/// What the list being resolved is asked for.
pub(crate) fn page(ctx: &Context<'_>) -> PageSelection {
    let mut wanted = PageSelection::default();
    for field in ctx.field().selection_set() {
        wanted.items |= matches!(field.name(), "nodes" | "edges" | "pageInfo");
        match field.name() {
            "nodes" => wanted.parts = wanted.parts.with(of_entry(&field)),
            "edges" => {
                for node in field.selection_set().filter(|inner| inner.name() == "node") {
                    wanted.parts = wanted.parts.with(of_entry(&node));
                }
            }
            "totalCount" => wanted.total = true,
            _ => {}
        }
    }
    wanted
}

/// Whether a list hangs on the item of another list, so that it is worth reading it together with
/// those of the other items.
pub(crate) fn is_below_list(ctx: &Context<'_>) -> bool {
    ctx.path_node.as_ref().is_some_and(|node| {
        std::iter::once(node)
            .chain(node.parents())
            .any(|node| matches!(node.segment, async_graphql::QueryPathSegment::Index(_)))
    })
}

fn of_entry(field: &SelectionField<'_>) -> Parts {
    field.selection_set().fold(Parts::NONE, |parts, field| {
        parts.with(match field.name() {
            "body" => Parts::BODY,
            "primaryCategory" | "categories" | "tags" => Parts::TERMS,
            "byline" => Parts::BYLINE,
            "hero" => Parts::HERO,
            "attachments" => Parts::ATTACHMENTS,
            "corrections" => Parts::CORRECTIONS,
            "sections" => Parts::SECTIONS,
            "seo" => of_seo(&field),
            _ => Parts::NONE,
        })
    })
}

/// Texts for search engines fall back to other parts of the entry.
fn of_seo(field: &SelectionField<'_>) -> Parts {
    field.selection_set().fold(Parts::SEO, |parts, field| {
        parts.with(match field.name() {
            "image" => Parts::HERO,
            "jsonLd" => Parts::HERO.with(Parts::BYLINE).with(Parts::CORRECTIONS),
            _ => Parts::NONE,
        })
    })
}
