//! What an import tells at its end: what became of everything that was in the file.

use std::collections::BTreeMap;

use serde::Serialize;

use super::items::Position;

/// How many problems, conflicts and notes a report lists; it counts them all.
const MAX_LISTED: usize = 1_000;
/// How many different names a count by name keeps apart.
const MAX_NAMES: usize = 500;
/// What is said of something that has a later version here than its import gave it.
pub(super) const EDITED: &str = "was edited here since its import";
/// What is said of something that was imported and is not there any more.
pub(super) const DELETED: &str = "was deleted here since its import";
/// Where the names beyond those are counted.
const OTHERS: &str = "(others)";

/// What became of the things of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// New here.
    pub created: u64,
    /// Changed since the last import.
    pub updated: u64,
    /// The same as at the last import.
    pub unchanged: u64,
    /// Left out on purpose; the reasons say why.
    pub skipped: u64,
    /// Left alone because it was edited here since the last import.
    pub conflicts: u64,
    /// Could not be imported; the problems say why.
    pub failed: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
        self.conflicts += other.conflicts;
        self.failed += other.failed;
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The kinds of thing a report counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Language versions of the site.
    Editions,
    /// Users who wrote something.
    Authors,
    /// Terms of the taxonomy `category`.
    Categories,
    /// Terms of the taxonomy `post_tag`.
    Tags,
    /// Terms of other taxonomies.
    Taxonomies,
    /// Pictures and other files.
    Attachments,
    /// What became articles.
    Posts,
    /// What became pages.
    Pages,
    /// Comments that people wrote.
    Comments,
    /// Navigation menus.
    Menus,
    /// Old addresses that lead to new ones.
    Redirects,
    /// Items of types that are not imported.
    Other,
}

impl Kind {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 12] = [
        Self::Editions,
        Self::Authors,
        Self::Categories,
        Self::Tags,
        Self::Taxonomies,
        Self::Attachments,
        Self::Posts,
        Self::Pages,
        Self::Comments,
        Self::Menus,
        Self::Redirects,
        Self::Other,
    ];

    /// The word for it in texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Editions => "editions",
            Self::Authors => "authors",
            Self::Categories => "categories",
            Self::Tags => "tags",
            Self::Taxonomies => "taxonomies",
            Self::Attachments => "attachments",
            Self::Posts => "posts",
            Self::Pages => "pages",
            Self::Comments => "comments",
            Self::Menus => "menus",
            Self::Redirects => "redirects",
            Self::Other => "other",
        }
    }
}

/// What became of the things of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Kinds {
    /// Language versions of the site.
    pub editions: Counts,
    /// Users who wrote something.
    pub authors: Counts,
    /// Terms of the taxonomy `category`.
    pub categories: Counts,
    /// Terms of the taxonomy `post_tag`.
    pub tags: Counts,
    /// Terms of other taxonomies, which become tags in a namespace.
    pub taxonomies: Counts,
    /// Pictures and other files.
    pub attachments: Counts,
    /// What became articles.
    pub posts: Counts,
    /// What became pages.
    pub pages: Counts,
    /// Comments that people wrote.
    pub comments: Counts,
    /// Navigation menus.
    pub menus: Counts,
    /// Old addresses that lead to new ones.
    pub redirects: Counts,
    /// Items of types that are not imported.
    pub other: Counts,
}

impl Kinds {
    /// The counts of a kind.
    pub fn of(&self, kind: Kind) -> Counts {
        let mut all = *self;
        *all.of_mut(kind)
    }

    /// The counts of a kind, to change them.
    pub fn of_mut(&mut self, kind: Kind) -> &mut Counts {
        match kind {
            Kind::Editions => &mut self.editions,
            Kind::Authors => &mut self.authors,
            Kind::Categories => &mut self.categories,
            Kind::Tags => &mut self.tags,
            Kind::Taxonomies => &mut self.taxonomies,
            Kind::Attachments => &mut self.attachments,
            Kind::Posts => &mut self.posts,
            Kind::Pages => &mut self.pages,
            Kind::Comments => &mut self.comments,
            Kind::Menus => &mut self.menus,
            Kind::Redirects => &mut self.redirects,
            Kind::Other => &mut self.other,
        }
    }
}

/// Numbers by name, of which only so many are kept apart.
pub type Names = BTreeMap<String, u64>;

/// Why things were left out or carried over differently, with how often.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reasons {
    /// Items of types nobody asked for, by type.
    pub skipped_types: Names,
    /// Items left out for their status (`auto-draft`, a trashed file), by status.
    pub skipped_statuses: Names,
    /// Comments left out (`spam`, `trash`, `pingback`, `trackback`), by reason.
    pub skipped_comments: Names,
    /// Shortcodes nothing is known about; they stay in the text.
    pub unknown_shortcodes: Names,
    /// Blocks of plugins; their content was kept.
    pub unknown_blocks: Names,
    /// Blocks that only WordPress can fill (`core/latest-posts`); they were dropped.
    pub unsupported_blocks: Names,
    /// Pieces of content no block can hold; they were kept as sanitised HTML.
    pub raw_html_blocks: u64,
    /// Reusable blocks that content refers to; nothing is shown for them.
    pub reusable_blocks: u64,
    /// Page breaks within posts; each became a separator.
    pub page_breaks: u64,
    /// Things that share an id, a slug or a path and were kept apart, by what they share.
    pub collisions: Names,
    /// Faults of the file that were mended (unknown entities, control characters, dates), by fault.
    pub mended: Names,
    /// Addresses within bodies that lead to something of these sites nobody has imported yet.
    pub unresolved_links: u64,
    /// Translations and shared records that a list of links has joined.
    pub joined: u64,
    /// Main pictures that were not in the file; they are set by a rerun once they are there.
    pub missing_thumbnails: u64,
    /// Terms of pages, which have none here.
    pub terms_of_pages: u64,
    /// Entries of menus whose target is not there.
    pub lost_menu_items: u64,
}

/// Something that could not be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The line in the file, counted from one; zero where no file is concerned.
    pub line: u64,
    /// The distance from the start of the file in bytes.
    pub byte_offset: u64,
    /// Its id on the exported site, when that is known.
    pub item_id: Option<String>,
    /// What it is: `item`, `post`, `comment`, `wp:author`, `links`.
    pub kind: String,
    /// What is wrong.
    pub reason: String,
}

impl Problem {
    /// A problem at a place in the file.
    pub(super) fn at(
        position: Position,
        kind: impl Into<String>,
        item_id: Option<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            line: position.line,
            byte_offset: position.byte_offset,
            item_id,
            kind: kind.into(),
            reason: reason.into(),
        }
    }
}

/// Something worth knowing about one item: a conflict, or that it was carried over differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Its id on the exported site.
    pub item_id: String,
    /// The kind of thing.
    pub kind: Kind,
    /// Its title or name.
    pub title: String,
    /// What there is to know.
    pub text: String,
}

/// The part of a report that grows with every item; parts of it are put together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// What became of everything, by kind.
    pub kinds: Kinds,
    /// Why things were left out or carried over differently.
    pub reasons: Reasons,
    /// What could not be imported; the first thousand.
    pub problems: Vec<Problem>,
    /// How many problems there are.
    pub problem_count: u64,
    /// What was edited here since the last import and left alone; the first thousand.
    pub conflicts: Vec<Note>,
    /// How many conflicts there are.
    pub conflict_count: u64,
    /// What was carried over differently; the first thousand.
    pub notes: Vec<Note>,
    /// How many notes there are.
    pub note_count: u64,
}

impl Tally {
    /// The counts of a kind, to change them.
    pub fn counts(&mut self, kind: Kind) -> &mut Counts {
        self.kinds.of_mut(kind)
    }

    /// Lists a problem.
    pub fn problem(&mut self, problem: Problem) {
        self.problem_count += 1;
        if self.problems.len() < MAX_LISTED {
            self.problems.push(problem);
        }
    }

    /// Lists and counts what was left alone because it was edited here.
    pub fn conflict(&mut self, note: Note) {
        self.counts(note.kind).conflicts += 1;
        self.conflict_count += 1;
        if self.conflicts.len() < MAX_LISTED {
            self.conflicts.push(note);
        }
    }

    /// Lists what was carried over differently.
    pub fn note(&mut self, note: Note) {
        self.note_count += 1;
        if self.notes.len() < MAX_LISTED {
            self.notes.push(note);
        }
    }

    /// Adds what another tally counted.
    pub fn absorb(&mut self, other: Self) {
        for kind in Kind::ALL {
            self.counts(kind).add(other.kinds.of(kind));
        }
        self.absorb_reasons(other.reasons);
        self.problem_count += other.problem_count;
        self.conflict_count += other.conflict_count;
        self.note_count += other.note_count;
        extend(&mut self.problems, other.problems);
        extend(&mut self.conflicts, other.conflicts);
        extend(&mut self.notes, other.notes);
    }

    fn absorb_reasons(&mut self, other: Reasons) {
        let own = &mut self.reasons;
        for (names, more) in [
            (&mut own.skipped_types, other.skipped_types),
            (&mut own.skipped_statuses, other.skipped_statuses),
            (&mut own.skipped_comments, other.skipped_comments),
            (&mut own.unknown_shortcodes, other.unknown_shortcodes),
            (&mut own.unknown_blocks, other.unknown_blocks),
            (&mut own.unsupported_blocks, other.unsupported_blocks),
            (&mut own.collisions, other.collisions),
            (&mut own.mended, other.mended),
        ] {
            for (name, count) in more {
                add(names, &name, count);
            }
        }
        own.raw_html_blocks += other.raw_html_blocks;
        own.reusable_blocks += other.reusable_blocks;
        own.page_breaks += other.page_breaks;
        own.unresolved_links += other.unresolved_links;
        own.joined += other.joined;
        own.missing_thumbnails += other.missing_thumbnails;
        own.terms_of_pages += other.terms_of_pages;
        own.lost_menu_items += other.lost_menu_items;
    }
}

fn extend<T>(list: &mut Vec<T>, more: Vec<T>) {
    let room = MAX_LISTED.saturating_sub(list.len());
    list.extend(more.into_iter().take(room));
}

/// Counts more of a name.
pub(super) fn add(names: &mut Names, name: &str, count: u64) {
    if let Some(known) = names.get_mut(name) {
        *known += count;
    } else if names.len() < MAX_NAMES {
        names.insert(name.to_owned(), count);
    } else {
        *names.entry(OTHERS.to_owned()).or_default() += count;
    }
}

/// What an import tells at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// The name the import keeps the ids of this file apart by.
    pub source: String,
    /// The code of the edition of what says nothing about its language.
    pub edition: String,
    /// Whether everything was undone at the end.
    pub dry_run: bool,
    /// How long the file is.
    pub bytes: u64,
    /// Items read, of every type.
    pub items: u64,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
    /// What was counted and listed.
    #[serde(flatten)]
    pub tally: Tally,
    /// Why the import ended before the end of the file, and where; what was whole is kept.
    pub error: Option<String>,
}
