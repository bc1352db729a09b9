//! What stays the same during one run of an import, and the names its records are kept under.

use std::{
    collections::HashMap,
    fmt::Write as _,
    path::PathBuf,
    sync::{PoisonError, RwLock},
};

use domain::{
    content::ContentKind,
    id::{EditionId, EntryId, Id},
    time::Timestamp,
};
use persistence::ImportRecord;
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

use super::{
    addresses::{Base, are_related},
    items::Site,
    known::IdSet,
    meta_fields::MetaFields,
    reader::Bookmark,
    rewrite::Owner,
};
use crate::ActorContext;

/// Grows whenever the same export would be imported differently, so that a rerun brings what was
/// imported before up to date.
const RECIPE: &str = "1";

/// The source under which an import keeps what concerns all sources.
pub(super) const EVERYWHERE: &str = "*";

/// The kinds of outside record, as they are named in the import table.
pub(super) mod kinds {
    /// An item, by its post id.
    pub(in super::super) const POST: &str = "post";
    /// A term, by its term id.
    pub(in super::super) const TERM: &str = "term";
    /// The id of a term, by its taxonomy and slug.
    pub(in super::super) const TERM_SLUG: &str = "term_slug";
    /// The language of a term, by its term id, as Polylang says it.
    pub(in super::super) const TERM_LANGUAGE: &str = "term_language";
    /// The edition of a term, by its term id, as a list of links says it.
    pub(in super::super) const TERM_EDITION: &str = "term_edition";
    /// The edition of an item, by its post id, as a list of links says it.
    pub(in super::super) const POST_EDITION: &str = "post_edition";
    /// A user, by its id.
    pub(in super::super) const AUTHOR: &str = "author";
    /// The id of a user, by its login name.
    pub(in super::super) const LOGIN: &str = "author_login";
    /// A comment, by its id.
    pub(in super::super) const COMMENT: &str = "comment";
    /// A menu, by its slug.
    pub(in super::super) const MENU: &str = "menu";
    /// An uploaded file, by its path below the folder of uploads.
    pub(in super::super) const FILE: &str = "file";
    /// What a group of records that belong together became, by its key.
    pub(in super::super) const GROUP: &str = "group";
    /// Something an import notes about a source.
    pub(in super::super) const STATE: &str = "state";
}

/// The kinds of thing that are left to be done, as they are named in the table of those.
pub(super) mod later {
    /// Pages whose parent has not come yet, by where they stand in the file.
    pub(in super::super) const PAGE: &str = "page";
    /// Categories whose parent has not come yet.
    pub(in super::super) const TERM_PARENT: &str = "term_parent";
    /// Paths that are to lead elsewhere once all entries have theirs.
    pub(in super::super) const REDIRECT: &str = "redirect";
    /// Names of menus.
    pub(in super::super) const MENU: &str = "menu";
    /// Sites that were imported; kept under [`EVERYWHERE`](super::EVERYWHERE).
    pub(in super::super) const SITE: &str = "site";

    /// Bodies that wait for a site nobody has imported yet; kept under
    /// [`EVERYWHERE`](super::EVERYWHERE).
    pub(in super::super) fn links_to(host: &str) -> String {
        format!("links_to:{host}")
    }

    /// Items of a menu.
    pub(in super::super) fn items_of_menu(slug: &str) -> String {
        format!("menu_item:{slug}")
    }

    /// What is attached to an item.
    pub(in super::super) fn attached_to(item: u64) -> String {
        format!("attached:{item}")
    }
}

/// An edition an import writes to, and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) edition: EditionId,
    pub(super) base: Option<Base>,
}

/// What stays the same during one run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) cx: ActorContext,
    pub(super) path: PathBuf,
    pub(super) now: Timestamp,
    pub(super) source: String,
    pub(super) site: Site,
    pub(super) bookmark: Bookmark,
    pub(super) bytes: u64,
    /// The edition of what says nothing about its language.
    pub(super) default: Place,
    /// The editions of Polylang's languages, by slug.
    pub(super) languages: HashMap<String, Place>,
    /// The editions of what a custom field names, as they are found.
    pub(super) locales: RwLock<HashMap<String, EditionId>>,
    pub(super) locale_meta: Option<String>,
    pub(super) map_types: HashMap<String, ContentKind>,
    pub(super) meta_fields: MetaFields,
    pub(super) overwrite: bool,
    /// Items nobody may read without signing in.
    pub(super) unpublished: IdSet,
    /// Whether what everything else refers to stands at the head of the file, and nowhere else.
    pub(super) has_head_only: bool,
    /// Hosts of other sites of the publication.
    pub(super) sisters: Vec<String>,
    /// What earlier imports left.
    pub(super) past: Past,
    /// What is said about records of this source beside the file itself.
    pub(super) said: Said,
}

/// What earlier imports, and others, left in the store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Past {
    /// Whether nothing was imported from this source before.
    pub(super) is_new_source: bool,
    /// Whether the last run ended before its end.
    pub(super) was_broken_off: bool,
    /// Whether other things than those of this import live in the editions it writes to.
    pub(super) is_shared: bool,
}

/// What lists of links, and Polylang, say about the records of a source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    /// Whether some belong together with others.
    pub(super) groups: bool,
    /// Whether the edition of some is listed.
    pub(super) editions: bool,
}

impl Run {
    /// The kind of entry items of a type become.
    pub(super) fn kind_of(&self, post_type: &str) -> Option<ContentKind> {
        self.map_types.get(post_type).copied().or(match post_type {
            "post" => Some(ContentKind::Article),
            "page" => Some(ContentKind::Page),
            _ => None,
        })
    }

    /// The edition a custom field names, if it is known already.
    pub(super) fn locale(&self, locale: &str) -> Option<EditionId> {
        let locales = self.locales.read().unwrap_or_else(PoisonError::into_inner);
        locales.get(locale).copied()
    }

    pub(super) fn learn_locale(&self, locale: &str, edition: EditionId) {
        let mut locales = self.locales.write().unwrap_or_else(PoisonError::into_inner);
        locales.insert(locale.to_owned(), edition);
    }

    /// Where all the languages of the site stood.
    pub(super) fn bases(&self) -> impl Iterator<Item = (&Base, EditionId)> {
        std::iter::once(&self.default)
            .chain(self.languages.values())
            .filter_map(|place| Some((place.base.as_ref()?, place.edition)))
    }

    /// Where plain addresses (`/?p=12`) of something stand: in its own edition, and in the one at
    /// the root of the site, where WordPress's short links are whatever the language.
    pub(super) fn plain_addresses(
        &self,
        own: EditionId,
        paths: &[String],
    ) -> Vec<(EditionId, String)> {
        let at_root = self
            .languages
            .iter()
            .filter(|(_, place)| place.base == self.default.base)
            // Where several stand there, the default one is asked.
            .min_by_key(|(slug, place)| (place.edition != self.default.edition, *slug))
            .map_or(self.default.edition, |(_, place)| place.edition);
        let mut editions = vec![own];
        if at_root != own {
            editions.push(at_root);
        }
        editions
            .into_iter()
            .flat_map(|edition| paths.iter().map(move |path| (edition, path.clone())))
            .collect()
    }

    /// Whose a host is.
    pub(super) fn owner(&self, host: &str) -> Owner {
        if self.bases().any(|(base, _)| base.host == host) {
            return Owner::Own;
        }
        let related = |known: &str| are_related(known, host);
        if self.bases().any(|(base, _)| related(&base.host))
            || self.sisters.iter().any(|sister| related(sister))
        {
            Owner::Sister
        } else {
            Owner::Foreign
        }
    }

    /// What relative addresses of an item are relative to.
    pub(super) fn base_url(&self, link: Option<&str>) -> Option<Url> {
        let site = &self.site;
        [link, site.base_blog_url.as_deref(), site.link.as_deref()]
            .into_iter()
            .flatten()
            .find_map(|address| Url::parse(address).ok())
    }

    /// The hash a record is known by: of what stands in the file, and of what else decides what
    /// becomes of it.
    pub(super) fn digest(&self, raw: &[u8]) -> String {
        let mut hash = Sha256::new();
        hash.update(RECIPE);
        hash.update(domain::body::PARSER_VERSION.to_be_bytes());
        hash.update(self.locale_meta.as_deref().unwrap_or_default());
        hash.update(self.default.edition.uuid().as_bytes());
        hash.update(self.meta_fields.recipe(self.cx.content_model()));
        hash.update(raw);
        hex(&hash.finalize())
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string never fails.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The entry an import record stands for, if it is one.
pub(super) fn entry_of(record: &ImportRecord) -> Option<EntryId> {
    let kind = record.target_kind.parse::<ContentKind>().ok()?;
    Some(EntryId::new(kind, record.target_id))
}

/// The word for assets in import records.
pub(super) const ASSET: &str = "asset";

/// The asset an import record stands for, if it is one.
pub(super) fn asset_of(record: &ImportRecord) -> Option<domain::id::AssetId> {
    (record.target_kind == ASSET).then(|| Id::from_uuid(record.target_id))
}

/// A record that says one thing and stands for nothing of ours.
pub(super) fn saying(what: &str) -> ImportRecord {
    ImportRecord {
        target_kind: "none".to_owned(),
        target_id: Uuid::nil(),
        content_hash: what.to_owned(),
        target_version: 0,
    }
}

/// What an item had to do without when it was written, because it was not there yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Misses {
    /// The attachment that is its main picture.
    pub(super) picture: Option<u64>,
    /// The page it stands below.
    pub(super) parent: Option<u64>,
    /// The time it comes out, in seconds.
    pub(super) due: Option<u64>,
}

const NO_PICTURE: &str = "+waits:";
const NO_PARENT: &str = "+below:";
const NOT_DUE: &str = "+due:";

impl Misses {
    /// A hash that also says what the item did without.
    pub(super) fn hash(self, digest: &str) -> String {
        let mut hash = digest.to_owned();
        for (mark, missed) in [
            (NO_PICTURE, self.picture),
            (NO_PARENT, self.parent),
            (NOT_DUE, self.due),
        ] {
            if let Some(missed) = missed {
                // Writing to a string never fails.
                let _ = write!(hash, "{mark}{missed}");
            }
        }
        hash
    }

    /// Splits a stored hash from what the item did without when it was stored.
    pub(super) fn split(stored: &str) -> (&str, Self) {
        let (stored, due) = without(stored, NOT_DUE);
        let (stored, parent) = without(stored, NO_PARENT);
        let (hash, picture) = without(stored, NO_PICTURE);
        let misses = Self {
            picture,
            parent,
            due,
        };
        (hash, misses)
    }

    /// Whether it was to come out later, and that time has come.
    pub(super) fn is_due(self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| seconds(now) >= Some(due))
    }
}

/// A point in time as it is noted for what is to come out then.
pub(super) fn seconds(at: Timestamp) -> Option<u64> {
    u64::try_from(at.timestamp()).ok()
}

fn without<'a>(stored: &'a str, mark: &str) -> (&'a str, Option<u64>) {
    match stored.split_once(mark) {
        Some((hash, id)) => (hash, id.parse().ok()),
        None => (stored, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_hash_says_what_the_item_did_without() {
        for (picture, parent, due) in [
            (None, None, None),
            (Some(7), None, None),
            (None, Some(8), None),
            (Some(7), Some(8), Some(9)),
            (None, None, Some(9)),
        ] {
            let misses = Misses {
                picture,
                parent,
                due,
            };
            assert_eq!(Misses::split(&misses.hash("abc")), ("abc", misses));
        }
    }
}
