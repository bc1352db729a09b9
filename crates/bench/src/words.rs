//! The words of the four languages that the generated publication is written with: an invented
//! town, ordinary things, nobody real.

mod albanian;
mod arabic;
mod english;
mod persian;

use albanian::ALBANIAN;
use arabic::ARABIC;
use english::ENGLISH;
use persian::PERSIAN;

/// The order of the parts of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The library opens a new room by the river this week.
    SubjectVerbObject,
    /// This week the library by the river a new room opens.
    SubjectObjectVerb,
    /// This week opens the library a new room by the river.
    VerbSubjectObject,
}

/// What is written in one language.
#[derive(Debug)]
pub(crate) struct Language {
    /// Its code, which is the code of its edition.
    pub(crate) code: &'static str,
    /// Its own name.
    pub(crate) name: &'static str,
    /// The title of its edition.
    pub(crate) title: &'static str,
    pub(crate) order: Order,
    pub(crate) subjects: &'static [&'static str],
    pub(crate) verbs: &'static [&'static str],
    pub(crate) objects: &'static [&'static str],
    pub(crate) places: &'static [&'static str],
    pub(crate) times: &'static [&'static str],
    /// Names of the categories at the root, and of those below each of them.
    pub(crate) roots: &'static [&'static str],
    pub(crate) branches: &'static [&'static str],
    /// Parts of the names of tags.
    pub(crate) nouns: &'static [&'static str],
    pub(crate) qualities: &'static [&'static str],
    /// Whether the quality stands before the noun.
    pub(crate) quality_first: bool,
    /// Parts of the names of authors.
    pub(crate) first_names: &'static [&'static str],
    pub(crate) last_names: &'static [&'static str],
    /// What stands in the byline of readers' comments.
    pub(crate) reader: &'static str,
}

/// The languages, in the order of the editions.
pub(crate) const LANGUAGES: [&Language; 4] = [&ENGLISH, &PERSIAN, &ARABIC, &ALBANIAN];

const LATIN_FIRST: &[&str] = &[
    "Mira", "Tomas", "Elira", "Jon", "Sara", "Arben", "Nora", "Luan", "Vera", "Darin",
];
const LATIN_LAST: &[&str] = &[
    "Millbrook",
    "Harbour",
    "Lindhill",
    "Stonegate",
    "Orchard",
    "Fielding",
];
