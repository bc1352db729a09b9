//! What WordPress and Polylang keep in custom fields and term descriptions, as types.

use super::{
    items::{Item, Term},
    php::PhpValue,
};

/// What WordPress knows about an uploaded file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct AttachmentMeta {
    /// The width of the picture in pixels.
    pub width: Option<u64>,
    /// The height of the picture in pixels.
    pub height: Option<u64>,
    /// The path of the file below the folder of uploads.
    pub file: Option<String>,
    /// The size of the file in bytes.
    pub filesize: Option<u64>,
    /// The media type; WordPress gives it for sound and film here, else with the sizes.
    pub mime: Option<String>,
    /// The playing time of sound and film, in seconds.
    pub length: Option<u64>,
    /// Who made it, as the file itself says.
    pub credit: Option<String>,
    /// The smaller versions of the picture.
    pub sizes: Vec<SizeVariant>,
}

/// A smaller version of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SizeVariant {
    /// The name of the size, for example `thumbnail`.
    pub name: String,
    /// The name of the file, next to the original.
    pub file: String,
    /// The width in pixels.
    pub width: Option<u64>,
    /// The height in pixels.
    pub height: Option<u64>,
    /// The media type.
    pub mime: Option<String>,
}

/// Reads the custom field `_wp_attachment_metadata`.
pub(super) fn attachment_meta(value: &str) -> Option<AttachmentMeta> {
    let data = unwrap(PhpValue::parse(value)?);
    if data.entries().is_empty() {
        return None;
    }
    let sizes = data.get("sizes").map(PhpValue::entries).unwrap_or_default();
    let sizes = sizes.iter().filter_map(|(name, size)| {
        Some(SizeVariant {
            name: name.clone(),
            file: text(size, "file")?,
            width: number(size, "width"),
            height: number(size, "height"),
            mime: text(size, "mime-type"),
        })
    });
    Some(AttachmentMeta {
        width: number(&data, "width"),
        height: number(&data, "height"),
        file: text(&data, "file"),
        filesize: number(&data, "filesize"),
        mime: text(&data, "mime_type").or_else(|| text(&data, "mime-type")),
        length: number(&data, "length"),
        credit: data
            .get("image_meta")
            .and_then(|facts| text(facts, "credit")),
        sizes: sizes.collect(),
    })
}

/// Some plugins serialise what is serialised already.
fn unwrap(value: PhpValue) -> PhpValue {
    value.as_str().and_then(PhpValue::parse).unwrap_or(value)
}

fn number(data: &PhpValue, key: &str) -> Option<u64> {
    data.get(key)?.as_u64()
}

fn text(data: &PhpValue, key: &str) -> Option<String> {
    data.get(key)?
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// What a menu item leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NavTarget {
    /// A post, page or custom post.
    Post {
        /// Its type, for example `page`.
        post_type: String,
        /// Its id on the exported site.
        id: u64,
    },
    /// A term.
    Term {
        /// Its taxonomy, for example `category`.
        taxonomy: String,
        /// Its id on the exported site.
        id: u64,
    },
    /// The list of all posts of a type.
    Archive {
        /// The type.
        post_type: String,
    },
    /// An address.
    Url(String),
}

/// An entry of a navigation menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NavMenuItem {
    /// The slug of the menu it is in.
    pub menu: Option<String>,
    /// The post id of the entry.
    pub id: Option<u64>,
    /// The post id of the entry above this one.
    pub parent: Option<u64>,
    /// The place among the entries.
    pub order: i64,
    /// The words shown; empty when it is the title of the target.
    pub title: String,
    /// Where it leads; `None` when that is missing or of a kind a plugin added.
    pub target: Option<NavTarget>,
    /// The classes for the style sheet.
    pub classes: Vec<String>,
    /// Whether it opens a new window.
    pub new_window: bool,
}

/// Reads an item of the type `nav_menu_item`.
pub(super) fn nav_menu_item(item: &Item) -> Option<NavMenuItem> {
    if item.post_type != "nav_menu_item" {
        return None;
    }
    let field = |name: &str| {
        item.meta_value(name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    };
    let id = |name: &str| field(name)?.parse::<u64>().ok().filter(|id| *id != 0);
    let object = || field("_menu_item_object").map(str::to_owned);
    let target = match field("_menu_item_type") {
        Some("post_type") => object()
            .zip(id("_menu_item_object_id"))
            .map(|(post_type, id)| NavTarget::Post { post_type, id }),
        Some("taxonomy") => object()
            .zip(id("_menu_item_object_id"))
            .map(|(taxonomy, id)| NavTarget::Term { taxonomy, id }),
        Some("post_type_archive") => object().map(|post_type| NavTarget::Archive { post_type }),
        Some("custom") => field("_menu_item_url").map(|url| NavTarget::Url(url.to_owned())),
        Some(_) | None => None,
    };
    Some(NavMenuItem {
        menu: item
            .terms_of("nav_menu")
            .next()
            .map(|term| term.nicename.clone()),
        id: item.post_id,
        parent: id("_menu_item_menu_item_parent"),
        order: item.menu_order,
        title: item.title.clone(),
        target,
        classes: field("_menu_item_classes").map(strings).unwrap_or_default(),
        new_window: field("_menu_item_target") == Some("_blank"),
    })
}

/// The strings in a serialised array, without the empty ones.
pub(super) fn strings(value: &str) -> Vec<String> {
    let data = PhpValue::parse(value).map(unwrap);
    let entries = data.as_ref().map(PhpValue::entries).unwrap_or_default();
    let strings = entries.iter().filter_map(|(_, value)| value.as_str());
    strings
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The language Polylang has given to an item.
#[must_use]
pub(super) fn polylang_language(item: &Item) -> Option<&str> {
    item.terms_of("language")
        .next()
        .map(|term| term.nicename.as_str())
}

/// The name of the group of translations Polylang has put an item in; the slug of a term of the
/// taxonomy `post_translations`.
#[must_use]
pub(super) fn polylang_group(item: &Item) -> Option<&str> {
    item.terms_of("post_translations")
        .next()
        .map(|term| term.nicename.as_str())
}

/// The terms which are translations of each other, as language and term id, from a term of
/// Polylang's taxonomy `term_translations`.
#[must_use]
pub(super) fn polylang_term_groups(term: &Term) -> Option<Vec<(String, u64)>> {
    if term.taxonomy != "term_translations" {
        return None;
    }
    let data = PhpValue::parse(term.description.as_deref()?)?;
    // Next to the languages stands what is kept in step between them, which is no number.
    let pairs = data
        .entries()
        .iter()
        .filter_map(|(language, id)| Some((language.clone(), id.as_u64().filter(|id| *id != 0)?)));
    Some(pairs.collect())
}
