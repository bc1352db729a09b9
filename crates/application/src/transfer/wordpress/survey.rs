//! The first look at a file: what stands at its head, which languages it is in, and what of it is
//! not public. Items are only skimmed for that, not parsed.

use std::{
    fs::File,
    io::BufReader,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::{Error, Result, time::Timestamp};
use memchr::memmem;
use tokio::sync::mpsc;
use url::Url;

use super::{
    addresses::Base,
    dates, editions,
    error::ReadError,
    items::{Item, Record, Site, Term},
    known::IdSet,
    meta::polylang_term_groups,
    php::PhpValue,
    reader::{Bookmark, ReadOptions, WxrReader},
};

/// The largest element an import keeps in memory.
pub(super) const OPTIONS: ReadOptions = ReadOptions {
    max_item_bytes: 16 * 1024 * 1024,
};
/// How many items are parsed to find out how the addresses of languages look.
const MOST_SAMPLES: usize = 5_000;
/// More languages than this come from no real site.
const MOST_LANGUAGES: usize = 200;
/// Members of translation groups that are handed over at a time.
const GROUPS_AT_A_TIME: usize = 500;

/// A language Polylang knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Language {
    /// Its slug: `fa`.
    pub(super) slug: String,
    /// Its name, in itself.
    pub(super) name: String,
    /// The locale of WordPress: `fa_IR`.
    pub(super) locale: Option<String>,
    /// Where its pages stood.
    pub(super) base: Option<Base>,
}

/// What the first look tells while it goes on.
#[derive(Debug)]
pub(super) enum Sighting {
    /// What is said about the site; told once, before all else.
    Site(Box<Site>),
    /// Terms that are translations of each other.
    Groups(Vec<GroupedTerm>),
}

/// A term that is a translation of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupedTerm {
    pub(super) group: String,
    pub(super) language: String,
    pub(super) id: u64,
}

/// What the first look found.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) site: Site,
    pub(super) bookmark: Bookmark,
    pub(super) bytes: u64,
    pub(super) languages: Vec<Language>,
    /// Items nobody may read without signing in.
    pub(super) unpublished: IdSet,
    pub(super) has_attachments: bool,
    /// Whether terms or authors stand after the first item, as in files that were put together.
    pub(super) has_late_head: bool,
}

/// What is skimmed of items while the reader passes over them.
#[derive(Debug, Default)]
struct Skim {
    unpublished: IdSet,
    has_attachments: bool,
    any: bool,
    /// The languages items name, as they stand in the file.
    languages: Vec<Vec<u8>>,
}

/// Looks through a file. Faults within it are for the passes that follow; what makes it no export
/// at all is told here.
pub(super) fn survey(
    path: &Path,
    now: Timestamp,
    sightings: &mpsc::Sender<Sighting>,
) -> Result<Survey> {
    let (file, bytes) = open(path)?;
    let skim = Arc::new(Mutex::new(Skim::default()));
    let wants_samples = Arc::new(AtomicBool::new(false));
    let filter = {
        let (skim, wants_samples) = (Arc::clone(&skim), Arc::clone(&wants_samples));
        move |item: &[u8]| {
            let mut skim = lock(&skim);
            skim_item(&mut skim, item, now);
            let is_new = skim_language(&mut skim, item);
            is_new.is_some_and(|is_new| is_new || wants_samples.load(Ordering::Relaxed))
        }
    };
    let mut reader = WxrReader::with_options(BufReader::new(file), OPTIONS);
    reader = reader.with_filter(Box::new(filter));
    let mut found = Found::default();
    let mut pending = Vec::new();
    for result in reader.by_ref() {
        match result {
            Ok(entry) => {
                let is_head = !matches!(entry.record, Record::Item(_) | Record::Channel(_));
                found.has_late_head |= is_head && lock(&skim).any;
                if let Record::Channel(site) = &entry.record {
                    tell(sightings, Sighting::Site(site.clone()))?;
                }
                found.record(entry.record, &mut pending);
            }
            Err(error) => {
                if let Some(refusal) = refusal(&error, found.has_channel) {
                    return Err(refusal);
                }
            }
        }
        wants_samples.store(found.wants_samples(), Ordering::Relaxed);
        if pending.len() >= GROUPS_AT_A_TIME {
            tell(sightings, Sighting::Groups(std::mem::take(&mut pending)))?;
        }
    }
    tell(sightings, Sighting::Groups(pending))?;
    let site = reader.site().clone();
    let skim = std::mem::take(&mut *lock(&skim));
    Ok(Survey {
        bookmark: reader.bookmark(),
        has_late_head: found.has_late_head,
        languages: found.finish(&site),
        site,
        bytes,
        unpublished: skim.unpublished,
        has_attachments: skim.has_attachments,
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tell(sightings: &mpsc::Sender<Sighting>, sighting: Sighting) -> Result<()> {
    sightings.blocking_send(sighting).map_err(Error::internal)
}

/// Opens a file and says how long it is.
pub(super) fn open(path: &Path) -> Result<(File, u64)> {
    let file = File::open(path);
    let opened = file.and_then(|file| file.metadata().map(|facts| (file, facts)));
    match opened {
        Ok((file, facts)) if facts.is_file() => Ok((file, facts.len())),
        Ok(_) => Err(Error::invalid(
            "file",
            format!("{} is no file", path.display()),
        )),
        Err(source) => {
            let path = path.display();
            Err(Error::invalid(
                "file",
                format!("{path} cannot be opened: {source}"),
            ))
        }
    }
}

/// What makes a file no export. An export that breaks off, or whose reading fails later on, is one.
fn refusal(error: &ReadError, has_begun: bool) -> Option<Error> {
    match error {
        ReadError::Item(_) | ReadError::Truncated { .. } => None,
        ReadError::Refused { .. } | ReadError::Encoding { .. } | ReadError::Io { .. }
            if has_begun =>
        {
            None
        }
        ReadError::NotWxr { .. }
        | ReadError::Refused { .. }
        | ReadError::Encoding { .. }
        | ReadError::Io { .. } => Some(Error::invalid("file", error.to_string())),
    }
}

/// What is gathered of the head.
#[derive(Debug, Default)]
struct Found {
    languages: Vec<Language>,
    samples: Vec<(String, Url)>,
    parsed: usize,
    has_late_head: bool,
    has_channel: bool,
}

impl Found {
    fn record(&mut self, record: Record, pending: &mut Vec<GroupedTerm>) {
        match record {
            Record::Channel(_) => self.has_channel = true,
            Record::Term(term) => self.term(&term, pending),
            Record::Item(item) => self.sample(&item),
            Record::Author(_) | Record::Category(_) | Record::Tag(_) => {}
        }
    }

    fn term(&mut self, term: &Term, pending: &mut Vec<GroupedTerm>) {
        if term.taxonomy == "language" && self.languages.len() < MOST_LANGUAGES {
            let facts = term.description.as_deref().and_then(PhpValue::parse);
            let locale = facts
                .as_ref()
                .and_then(|facts| facts.get("locale")?.as_str())
                .map(str::to_owned);
            self.languages.push(Language {
                slug: term.slug.clone(),
                name: term.name.clone(),
                locale,
                base: None,
            });
        }
        let members = polylang_term_groups(term).unwrap_or_default();
        pending.extend(members.into_iter().map(|(language, id)| GroupedTerm {
            group: term.slug.clone(),
            language,
            id,
        }));
    }

    fn wants_samples(&self) -> bool {
        self.parsed < MOST_SAMPLES && self.samples.len() < self.languages.len()
    }

    fn sample(&mut self, item: &Item) {
        self.parsed += 1;
        let Some(term) = item.terms_of("language").next() else {
            return;
        };
        let language = &term.nicename;
        // An export of some of the content declares no terms: the item is all that tells of its
        // language.
        let is_known = self.languages.iter().any(|known| known.slug == *language);
        if !is_known && self.languages.len() < MOST_LANGUAGES && names_language(language) {
            self.languages.push(Language {
                slug: language.clone(),
                name: term.name.clone(),
                locale: None,
                base: None,
            });
        }
        let is_new = !self.samples.iter().any(|(known, _)| known == language);
        let url = item.link.as_deref().and_then(|link| Url::parse(link).ok());
        // A plain address (`?p=12`) says nothing about where a language stands.
        let telling = url.filter(|url| url.query().is_none() && url.path() != "/");
        if let Some(url) = telling.filter(|_| is_new && item.post_type != "attachment") {
            self.samples.push((language.clone(), url));
        }
    }

    fn finish(self, site: &Site) -> Vec<Language> {
        let base = site_base(site);
        let Self {
            mut languages,
            samples,
            ..
        } = self;
        for language in &mut languages {
            let sample = samples.iter().find(|(slug, _)| *slug == language.slug);
            language.base = base
                .as_ref()
                .zip(sample)
                .map(|(base, (_, url))| base.of_language(url, &language.slug));
        }
        languages
    }
}

/// Where the exported site stood.
pub(super) fn site_base(site: &Site) -> Option<Base> {
    [&site.base_blog_url, &site.link, &site.base_site_url]
        .into_iter()
        .flatten()
        .find_map(|address| Base::parse(address))
}

/// Reads the little that is needed off an item as it stands in the file. The fields stand after
/// the content, which may hold anything; so their last occurrence counts.
fn skim_item(skim: &mut Skim, item: &[u8], now: Timestamp) {
    skim.any = true;
    skim.has_attachments |= is_attachment(item);
    let has_password = field(item, b"<wp:post_password>").is_some_and(|value| !value.is_empty());
    let is_public = match field(item, b"<wp:status>") {
        Some("publish" | "inherit") | None => !has_password,
        Some("future") => {
            let date = field(item, b"<wp:post_date_gmt>").and_then(dates::moment);
            !has_password && date.is_some_and(|date| date <= now)
        }
        Some(_) => false,
    };
    if !is_public && let Some(id) = field(item, b"<wp:post_id>").and_then(|id| id.parse().ok()) {
        skim.unpublished.insert(id);
    }
}

/// Whether the item names a language, and if so whether it is the first to name it.
fn skim_language(skim: &mut Skim, item: &[u8]) -> Option<bool> {
    const DOMAIN: &[u8] = b"domain=\"language\" nicename=\"";
    let at = memmem::rfind(item, DOMAIN)?.checked_add(DOMAIN.len())?;
    let slug = item.get(at..)?.split(|byte| *byte == b'"').next()?;
    let is_new =
        skim.languages.len() < MOST_LANGUAGES && !skim.languages.iter().any(|known| known == slug);
    if is_new {
        skim.languages.push(slug.to_vec());
    }
    Some(is_new)
}

/// Whether a slug is that of a language (`fa`, `pt-br`) rather than of a term of a site's own
/// taxonomy that happens to have Polylang's name.
fn names_language(slug: &str) -> bool {
    let primary = slug.split('-').next().unwrap_or(slug);
    matches!(primary.len(), 2 | 3) && editions::language_of(slug).is_ok()
}

/// Whether an item as it stands in the file may be an attachment; it is not certain to be one.
pub(super) fn is_attachment(item: &[u8]) -> bool {
    memmem::find_iter(item, b"post_type>").any(|at| {
        let value = item.get(at + b"post_type>".len()..).unwrap_or_default();
        let value = value.trim_ascii_start();
        let value = value.strip_prefix(b"<![CDATA[").unwrap_or(value);
        value.starts_with(b"attachment")
    })
}

fn field<'a>(item: &'a [u8], tag: &[u8]) -> Option<&'a str> {
    let at = memmem::rfind(item, tag)?.checked_add(tag.len())?;
    let value = item.get(at..)?;
    let end = memchr::memchr(b'<', value);
    let (value, end) = match value.strip_prefix(b"<![CDATA[") {
        Some(inner) => (inner, memmem::find(inner, b"]]>")?),
        None => (value, end?),
    };
    std::str::from_utf8(value.get(..end)?).ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skimmed(item: &str) -> Skim {
        let mut skim = Skim::default();
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        skim_item(&mut skim, item.as_bytes(), now);
        skim
    }

    #[test]
    fn what_is_not_public_is_noticed() {
        let item = |status: &str, more: &str| {
            skimmed(&format!(
                "<item><content:encoded><![CDATA[<wp:status>draft</wp:status>]]></content:encoded><wp:post_id>7</wp:post_id><wp:post_date_gmt>2030-01-01 00:00:00</wp:post_date_gmt><wp:status><![CDATA[{status}]]></wp:status>{more}</item>"
            ))
            .unpublished
            .contains(7)
        };
        assert!(!item("publish", "<wp:post_password></wp:post_password>"));
        assert!(item(
            "publish",
            "<wp:post_password><![CDATA[x]]></wp:post_password>"
        ));
        assert!(item("private", ""));
        assert!(item("future", ""));
        assert!(!item("inherit", ""));
    }

    #[test]
    fn attachments_are_noticed_with_and_without_cdata() {
        assert!(skimmed("<wp:post_type>attachment</wp:post_type>").has_attachments);
        assert!(skimmed("<wp:post_type><![CDATA[attachment]]></wp:post_type>").has_attachments);
        assert!(!skimmed("<wp:post_type>post</wp:post_type> an attachment").has_attachments);
    }
}
