//! A pull reader for `WordPress` exports that needs no more memory for a large file than for a
//! small one.

use std::io::BufRead;

use memchr::memmem;
use quick_xml::name::NamespaceResolver;
use sha2::{Digest as _, Sha256};

use super::{
    error::{ItemError, ItemFault, ReadError},
    frame::{Chunk, Fault, Framed, Framer, wide},
    items::{Entry, Position, Record, Site},
    parse::{self, Parsed, SiteField},
    prolog,
};

/// The largest element read when nothing else is asked for.
pub(super) const DEFAULT_MAX_ITEM_BYTES: usize = 32 * 1024 * 1024;

/// How much the reader accepts.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadOptions {
    /// The largest element that is kept in memory; a larger one is skipped and reported.
    pub max_item_bytes: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            max_item_bytes: DEFAULT_MAX_ITEM_BYTES,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Prolog,
    Channel,
    Done,
}

/// What a reader needs to know of a file to begin in the middle of it.
#[derive(Debug, Clone)]
pub(super) struct Bookmark {
    namespaces: NamespaceResolver,
    site: Site,
}

/// Says of an item, as it stands in the file, whether it is to be read at all.
pub(super) type ItemFilter = Box<dyn FnMut(&[u8]) -> bool + Send>;

/// Reads a `WordPress` export record by record.
///
/// A broken element is reported as [`ReadError::Item`] and reading goes on after it; every other
/// error ends the stream. The first record of a readable file is always [`Record::Channel`].
pub(super) struct WxrReader<R> {
    framer: Framer<R>,
    filter: Option<ItemFilter>,
    namespaces: NamespaceResolver,
    site: Site,
    channel: Position,
    announced: bool,
    stage: Stage,
    /// What comes after the channel record, once that has been sent.
    pending: Option<Result<Entry, ReadError>>,
    /// Nothing before this place in the file is looked at a third time.
    rescued_to: u64,
}

impl<R: BufRead> WxrReader<R> {
    /// A reader with the usual limits.
    #[cfg(test)]
    pub(super) fn new(inner: R) -> Self {
        Self::with_options(inner, ReadOptions::default())
    }

    /// A reader with limits of one's own.
    pub(super) fn with_options(inner: R, options: ReadOptions) -> Self {
        Self {
            framer: Framer::new(inner, options.max_item_bytes),
            filter: None,
            namespaces: NamespaceResolver::default(),
            site: Site::default(),
            channel: Position {
                line: 1,
                byte_offset: 0,
            },
            announced: false,
            stage: Stage::Prolog,
            pending: None,
            rescued_to: 0,
        }
    }

    /// A reader that passes over the items the filter does not want, without parsing them.
    #[must_use]
    pub(super) fn with_filter(mut self, filter: ItemFilter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// A reader that begins at an element in the middle of the file, to where `inner` has been
    /// moved. It does not announce the channel.
    pub(super) fn resume(
        inner: R,
        options: ReadOptions,
        bookmark: &Bookmark,
        position: Position,
    ) -> Self {
        Self {
            framer: Framer::resume(inner, options.max_item_bytes, position),
            filter: None,
            namespaces: bookmark.namespaces.clone(),
            site: bookmark.site.clone(),
            channel: position,
            announced: true,
            stage: Stage::Channel,
            pending: None,
            rescued_to: 0,
        }
    }

    /// What it takes to resume; complete once the first record has been read.
    pub(super) fn bookmark(&self) -> Bookmark {
        Bookmark {
            namespaces: self.namespaces.clone(),
            site: self.site.clone(),
        }
    }

    /// What is known about the site so far; complete once the first item has been read.
    pub(super) fn site(&self) -> &Site {
        &self.site
    }

    /// How far reading has come.
    pub(super) fn position(&self) -> Position {
        self.framer.position()
    }

    fn advance(&mut self) -> Option<Result<Entry, ReadError>> {
        if self.stage == Stage::Prolog {
            match prolog::read(&mut self.framer) {
                Ok(prolog) => {
                    self.namespaces = prolog.namespaces;
                    self.site.generator = prolog.generator;
                    self.channel = prolog.channel;
                    self.stage = Stage::Channel;
                }
                Err(error) => return self.end(Some(error)),
            }
        }
        while self.stage == Stage::Channel {
            let framed = match self.framer.next() {
                Ok(framed) => framed,
                Err(source) => {
                    let position = self.framer.position();
                    return self.end(Some(ReadError::Io { position, source }));
                }
            };
            match framed {
                Framed::Chunk(chunk) => {
                    if let Some(result) = self.chunk(&chunk) {
                        return Some(self.announce(result));
                    }
                }
                Framed::End => return self.end(None),
                Framed::Broken(unfinished) => {
                    let position = self.framer.position_of(self.framer.window().len());
                    return self.end(Some(ReadError::Truncated {
                        position,
                        unfinished,
                    }));
                }
                Framed::Declaration => {
                    let position = self.framer.position();
                    let reason = "a declaration in the middle of the file is not accepted";
                    let reason = reason.to_owned();
                    return self.end(Some(ReadError::Refused { position, reason }));
                }
            }
        }
        None
    }

    fn end(&mut self, error: Option<ReadError>) -> Option<Result<Entry, ReadError>> {
        let in_channel = self.stage == Stage::Channel;
        self.stage = Stage::Done;
        if in_channel && !self.announced {
            self.pending = error.map(Err);
            return Some(Ok(self.header()));
        }
        error.map(Err)
    }

    /// Puts the record about the channel before the first other one.
    fn announce(&mut self, result: Result<Entry, ReadError>) -> Result<Entry, ReadError> {
        if self.announced {
            return result;
        }
        self.pending = Some(result);
        Ok(self.header())
    }

    fn header(&mut self) -> Entry {
        self.announced = true;
        Entry {
            position: self.channel,
            digest: [0; 32],
            record: Record::Channel(Box::new(self.site.clone())),
        }
    }

    fn chunk(&mut self, chunk: &Chunk) -> Option<Result<Entry, ReadError>> {
        let outcome = match chunk.fault {
            Some(Fault::TooLarge) => {
                let limit = self.framer.limit();
                Err(fail(
                    chunk,
                    chunk.start,
                    chunk.hint,
                    ItemFault::TooLarge { limit },
                ))
            }
            Some(Fault::Unterminated) => {
                let id = self.framer.post_id(chunk.len);
                Err(fail(chunk, chunk.start, id, ItemFault::Unterminated))
            }
            None if self.passes_over(chunk) => Ok(Parsed::Ignored),
            None => self.parse(chunk),
        };
        let digest = match &outcome {
            Ok(Parsed::Record(_)) => Sha256::digest(self.bytes(chunk)).into(),
            Ok(Parsed::Site(..) | Parsed::Ignored) | Err(_) => [0; 32],
        };
        let passed = match &outcome {
            Err(_) if chunk.fault.is_none() => self.rescue(chunk),
            Ok(_) | Err(_) => chunk.len,
        };
        self.framer.advance(passed);
        match outcome {
            Ok(Parsed::Record(record)) => Some(Ok(Entry {
                position: chunk.start,
                digest,
                record,
            })),
            Ok(Parsed::Site(field, text)) => {
                self.set(field, text);
                None
            }
            Ok(Parsed::Ignored) => None,
            Err(error) => Some(Err(ReadError::Item(error))),
        }
    }

    fn bytes(&self, chunk: &Chunk) -> &[u8] {
        self.framer.window().get(..chunk.len).unwrap_or_default()
    }

    fn passes_over(&mut self, chunk: &Chunk) -> bool {
        let Some(filter) = self.filter.as_mut().filter(|_| chunk.name == "item") else {
            return false;
        };
        let window = self.framer.window();
        !filter(window.get(..chunk.len).unwrap_or_default())
    }

    fn parse(&self, chunk: &Chunk) -> Result<Parsed, ItemError> {
        let bytes = self.bytes(chunk);
        let hint = || self.framer.post_id(chunk.len);
        let text = parse::utf8(bytes).map_err(|at| {
            fail(
                chunk,
                self.framer.position_of(at),
                hint(),
                ItemFault::NotUtf8,
            )
        })?;
        parse::element(&text, &self.namespaces).map_err(|fault| {
            let position = self.framer.position_of(fault.at);
            let id = fault.item_id.or_else(hint);
            fail(chunk, position, id, ItemFault::Malformed(fault.reason))
        })
    }

    /// How much of a broken element to pass over. One that was left open inside CDATA or a
    /// comment takes the next item with it; when there is one, reading resumes there. To keep the
    /// work in proportion to the file, no part of it is gone through again more than once.
    fn rescue(&mut self, chunk: &Chunk) -> usize {
        let start = self.framer.position().byte_offset;
        if start < self.rescued_to {
            return chunk.len;
        }
        let bytes = self.framer.window().get(..chunk.len).unwrap_or_default();
        let next = memmem::find_iter(bytes, b"<item").find(|at| {
            let before = bytes.get(..*at).unwrap_or_default().trim_ascii_end();
            let after = at.checked_add(5).and_then(|after| bytes.get(after));
            before.ends_with(b"</item>") && after.is_some_and(|c| *c == b'>' || *c == b' ')
        });
        if next.is_some() {
            self.rescued_to = start.saturating_add(wide(chunk.len));
        }
        next.unwrap_or(chunk.len)
    }

    fn set(&mut self, field: SiteField, text: String) {
        let site = &mut self.site;
        let filled = Some(text).filter(|text| !text.is_empty());
        match field {
            SiteField::Title => site.title = filled.unwrap_or_default(),
            SiteField::Description => site.description = filled.unwrap_or_default(),
            SiteField::Link => site.link = filled,
            SiteField::Language => site.language = filled,
            SiteField::BaseSiteUrl => site.base_site_url = filled,
            SiteField::BaseBlogUrl => site.base_blog_url = filled,
            SiteField::WxrVersion => site.wxr_version = filled,
            SiteField::Generator => site.generator = filled.or(site.generator.take()),
        }
    }
}

fn fail(chunk: &Chunk, position: Position, item_id: Option<u64>, fault: ItemFault) -> ItemError {
    ItemError {
        position,
        element: chunk.name.clone(),
        item_id,
        fault,
    }
}

impl<R> std::fmt::Debug for WxrReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WxrReader")
            .field("site", &self.site)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

impl<R: BufRead> Iterator for WxrReader<R> {
    type Item = Result<Entry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pending.take().or_else(|| self.advance())
    }
}
