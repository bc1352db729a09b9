//! Value types for text: slugs, locales, direction, localized texts, sort keys.

use std::{fmt, str::FromStr};

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::Locale as IcuLocale;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::{editions::Edition, error::Error, id::EditionId};

pub use crate::body::Direction;

/// The longest sort key, in bytes.
pub const MAX_SORT_KEY_BYTES: usize = 1024;
/// The longest slug, in characters.
pub const MAX_SLUG_CHARS: usize = 200;

/// The readable last part of an address: letters and digits of any script, joined by `-`,
/// lower case, NFC. Zero-width joiners inside words (Persian compounds) are kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// Makes a slug of any title; `None` if nothing of it can stand in one.
    pub fn from_title(title: &str) -> Option<Self> {
        let mut slug = String::new();
        let mut chars = 0;
        for c in normal(title).chars() {
            if chars >= MAX_SLUG_CHARS {
                break;
            }
            let joins = is_joiner(c) && slug.ends_with(|c| char::is_alphanumeric(c) || is_mark(c));
            if c.is_alphanumeric() || (is_mark(c) && !slug.is_empty()) || joins {
                slug.push(c);
                chars += 1;
            } else if matches!(c, '\'' | '’' | '\u{640}') {
                // Apostrophes and tatweel join what stands around them.
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
                chars += 1;
            }
        }
        let slug = normal(slug.trim_end_matches(|c| c == '-' || is_joiner(c)));
        (!slug.is_empty()).then_some(Self(slug))
    }

    /// The same title in ASCII letters (`شهر` becomes `shhr`).
    pub fn transliterated(title: &str) -> Option<Self> {
        Self::from_title(&deunicode::deunicode(title))
    }

    /// Adds `-2`, `-3`, … to make it differ from those taken.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let room = MAX_SLUG_CHARS.saturating_sub(suffix.chars().count());
        let stem: String = self.0.chars().take(room).collect();
        Self(format!("{}{suffix}", stem.trim_end_matches('-')))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For text that was validated when it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

/// Lower case, NFC: lower case letters may leave a mark that has a letter of its own with them.
fn normal(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
    lower.nfc().collect()
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Zero-width non-joiners and joiners, which shape words in many scripts.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Slug {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let slug = normal(text);
        let good = |c: char| {
            c.is_alphanumeric() || is_mark(c) || is_joiner(c) || matches!(c, '-' | '_' | '.' | '~')
        };
        if slug.is_empty() || slug.chars().count() > MAX_SLUG_CHARS {
            return Err(Error::invalid(
                "slug",
                format!("must have 1 to {MAX_SLUG_CHARS} characters"),
            ));
        }
        if !slug.chars().all(good) || !slug.contains(char::is_alphanumeric) {
            return Err(Error::invalid(
                "slug",
                "must hold a letter or a digit, and beside those `-`, `_`, `.` and `~` only",
            ));
        }
        Ok(Self(slug))
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A language tag (BCP 47), in canonical form: `en`, `fa`, `sr-Latn`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Locale(String);

impl Locale {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The direction its script is written in.
    pub fn direction(&self) -> Direction {
        const RTL_LANGUAGES: [&str; 13] = [
            "ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi",
        ];
        const RTL_SCRIPTS: [&str; 6] = ["arab", "hebr", "nkoo", "syrc", "thaa", "adlm"];
        let mut parts = self.0.split('-');
        let language = parts.next().unwrap_or_default();
        match parts
            .next()
            .filter(|part| part.len() == 4)
            .map(str::to_ascii_lowercase)
        {
            Some(script) if RTL_SCRIPTS.contains(&script.as_str()) => Direction::Rtl,
            None if RTL_LANGUAGES.contains(&language) => Direction::Rtl,
            Some(_) | None => Direction::Ltr,
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Locale {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        // WordPress writes `en_US`.
        let tag = text.trim().replace('_', "-");
        let tag = oxilangtag::LanguageTag::parse_and_normalize(&tag).map_err(|source| {
            Error::invalid(
                "code",
                format!("is not a language tag such as `en` or `fa` (BCP 47): {source}"),
            )
        })?;
        if tag.as_str().len() > 35 {
            return Err(Error::invalid("code", "is too long for a language tag"));
        }
        Ok(Self(tag.into_inner()))
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A text of a shared record together with the edition it was served from, which may be a
/// fallback of the one asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Localized<T> {
    /// Where the text comes from.
    pub edition: EditionId,
    /// The text.
    pub value: T,
}

/// One text of a shared record in a given edition, as a command writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionText<T> {
    /// The edition it stands in.
    pub edition: EditionId,
    /// The text.
    pub value: T,
}

/// Sorts names the way readers of one language expect.
pub struct SortKeys(CollatorBorrowed<'static>);

impl SortKeys {
    /// The collation of an edition's language; the root collation for languages ICU does not know.
    pub fn of(edition: &Edition) -> Option<Self> {
        let locale: IcuLocale = edition.code.as_str().parse().unwrap_or(IcuLocale::UNKNOWN);
        Collator::try_new(locale.into(), CollatorOptions::default())
            .ok()
            .map(Self)
    }

    /// The key of a text as hexadecimal digits: comparing keys as ASCII compares the texts.
    pub fn key(&self, text: &str) -> String {
        let mut bytes = Vec::new();
        // Long names differ long before this; the key lives in an index, whose rows have a limit,
        // and some characters sort as a dozen others.
        let head: String = text.chars().take(80).collect();
        let Ok(()) = self.0.write_sort_key_to(&head, &mut bytes);
        bytes.truncate(MAX_SORT_KEY_BYTES / 2);
        bytes
            .iter()
            .fold(String::with_capacity(bytes.len() * 2), |mut key, byte| {
                key.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
                key.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
                key
            })
    }
}

impl fmt::Debug for SortKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SortKeys")
    }
}

/// Trims, and treats an empty text as none.
pub fn non_empty(text: impl Into<String>) -> Option<String> {
    let text: String = text.into();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        None
    } else if trimmed.len() == text.len() {
        Some(text)
    } else {
        Some(trimmed.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_made_in_the_script_of_the_title() {
        let slug = |title| Slug::from_title(title).map(|s| s.to_string());
        assert_eq!(
            slug("The River’s Rise, 2026!").unwrap(),
            "the-rivers-rise-2026"
        );
        assert_eq!(slug("کتاب‌خانهٔ شهر").unwrap(), "کتاب‌خانهٔ-شهر");
        assert_eq!(slug("السوق الجديد").unwrap(), "السوق-الجديد");
        assert_eq!(slug("Çmimi i mollëve").unwrap(), "çmimi-i-mollëve");
        // A joiner after a mark, and the one Sinhala writes its conjuncts with.
        assert_eq!(slug("مثلاً\u{200c}ها").unwrap(), "مثلاً\u{200c}ها");
        assert_eq!(slug("ශ්\u{200d}රී").unwrap(), "ශ්\u{200d}රී");
        assert_eq!(slug("\u{1f469}\u{200d}\u{1f680} x\u{200d}").unwrap(), "x");
        assert_eq!(slug("!!!"), None);
        assert_eq!(
            Slug::transliterated("Çmimi i mollëve").unwrap().as_str(),
            "cmimi-i-molleve"
        );
    }

    #[test]
    fn a_slug_holds_a_letter_or_a_digit() {
        for text in [
            "\u{200c}",
            "\u{200d}\u{200c}",
            "-",
            ".",
            "..",
            "_~_",
            "\u{301}",
            "",
        ] {
            assert!(text.parse::<Slug>().is_err(), "{text:?}");
        }
        assert_eq!("A_1".parse::<Slug>().unwrap().as_str(), "a_1");
    }

    #[test]
    fn a_sort_key_has_a_limit() {
        let collator = Collator::try_new(IcuLocale::UNKNOWN.into(), CollatorOptions::default());
        let keys = SortKeys(collator.unwrap());
        for text in ["x", "\u{fdfa}", "\u{1f469}\u{200d}\u{1f680}", "漢"] {
            assert!(keys.key(&text.repeat(1000)).len() <= MAX_SORT_KEY_BYTES);
        }
        assert!(keys.key("River") < keys.key("Stream"));
    }

    #[test]
    fn a_slug_that_was_made_reads_back_as_itself() {
        // What stood between a letter and its mark is gone: they are one letter now.
        for title in ["i'\u{323}x", "\u{130}stanbul", "A\u{640}\u{654}"] {
            let slug = Slug::from_title(title).unwrap();
            assert_eq!(slug.as_str().parse::<Slug>().unwrap(), slug);
        }
    }

    #[test]
    fn a_numbered_slug_stays_within_the_limit() {
        let long = Slug::from_title(&"a".repeat(500)).unwrap();
        assert_eq!(long.numbered(12).as_str().chars().count(), MAX_SLUG_CHARS);
    }

    #[test]
    fn a_locale_knows_its_direction() {
        let direction = |tag: &str| tag.parse::<Locale>().unwrap().direction();
        assert_eq!(direction("fa"), Direction::Rtl);
        assert_eq!(direction("ar_EG"), Direction::Rtl);
        assert_eq!(direction("sq"), Direction::Ltr);
        assert_eq!(direction("az-Arab"), Direction::Rtl);
        assert_eq!(direction("en-US"), Direction::Ltr);
        assert!("not a tag!".parse::<Locale>().is_err());
    }

    #[test]
    fn slugs_that_could_leave_their_folder_are_refused() {
        for bad in ["", "..", "a/b", "a b", "a?b", "a#b", "\0"] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }
}
