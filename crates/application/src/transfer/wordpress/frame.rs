//! Cuts the file into the children of `<channel>`, each whole in memory and never two at a time.
//!
//! A conforming parser gives up at the first broken tag. Finding the borders of the items by
//! themselves, before any parser sees what is in them, keeps a fault inside the item it is in.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memmem};

use super::items::Position;

/// How much is read at a time.
const STEP: u64 = 256 * 1024;
/// How long a comment inside an element may be before it is taken for a forgotten end.
const LONGEST_COMMENT: usize = 16 * 1024;

/// Why an element cannot be handed to the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It was skipped, because it is larger than the limit.
    TooLarge,
    /// The next item or the end of the channel came before its closing tag.
    Unterminated,
}

/// One child of the channel; its bytes are the first `len` of [`Framer::window`].
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) start: Position,
    pub(super) len: usize,
    pub(super) name: String,
    pub(super) fault: Option<Fault>,
    /// The post id as far as it could be seen before the element was skipped.
    pub(super) hint: Option<u64>,
}

/// What stands next in the channel.
#[derive(Debug)]
pub(super) enum Framed {
    Chunk(Chunk),
    /// The end of the channel.
    End,
    /// The end of the file, with the start of the element it cut.
    Broken(Option<Position>),
    /// A declaration that has no place here.
    Declaration,
}

/// A search that survives reading more, and drops what it has passed once that is too much.
struct Scan {
    /// Where to search on, counted from the start of the window.
    at: usize,
    too_large: bool,
    hint: Option<u64>,
}

/// The file with a window on the part that is being looked at.
#[derive(Debug)]
pub(super) struct Framer<R> {
    inner: R,
    buffer: Vec<u8>,
    head: usize,
    offset: u64,
    line: u64,
    exhausted: bool,
    limit: usize,
}

impl<R: Read> Framer<R> {
    pub(super) fn new(inner: R, limit: usize) -> Self {
        Self {
            inner,
            buffer: Vec::new(),
            head: 0,
            offset: 0,
            line: 1,
            exhausted: false,
            limit,
        }
    }

    /// A window that begins in the middle of the file, to where `inner` has been moved.
    pub(super) fn resume(inner: R, limit: usize, position: Position) -> Self {
        Self {
            offset: position.byte_offset,
            line: position.line,
            ..Self::new(inner, limit)
        }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Everything that is in memory and not yet dealt with.
    pub(super) fn window(&self) -> &[u8] {
        self.buffer.get(self.head..).unwrap_or_default()
    }

    /// Where the window begins.
    pub(super) fn position(&self) -> Position {
        Position {
            line: self.line,
            byte_offset: self.offset,
        }
    }

    /// Where a byte of the window stands in the file.
    pub(super) fn position_of(&self, at: usize) -> Position {
        let passed = self.window().get(..at).unwrap_or(self.window());
        Position {
            line: self
                .line
                .saturating_add(wide(memchr_iter(b'\n', passed).count())),
            byte_offset: self.offset.saturating_add(wide(passed.len())),
        }
    }

    /// Moves the window on.
    pub(super) fn advance(&mut self, by: usize) {
        let by = by.min(self.window().len());
        let to = self.position_of(by);
        self.line = to.line;
        self.offset = to.byte_offset;
        self.head = self.head.saturating_add(by);
    }

    /// Reads on; `false` at the end of the file.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.exhausted {
            return Ok(false);
        }
        // Moving what is left to the front costs less than what was passed since the last time.
        if self.head > 0 && self.head >= self.window().len() {
            self.buffer.drain(..self.head);
            self.head = 0;
        }
        let read = self
            .inner
            .by_ref()
            .take(STEP)
            .read_to_end(&mut self.buffer)?;
        self.exhausted = read == 0;
        Ok(!self.exhausted)
    }

    /// Makes the window at least that long, if the file is.
    pub(super) fn ensure(&mut self, len: usize) -> io::Result<()> {
        while self.window().len() < len && self.fill()? {}
        Ok(())
    }

    /// Whether the window holds the text at that place; the case of letters counts.
    pub(super) fn starts_with(&mut self, at: usize, text: &[u8]) -> io::Result<bool> {
        self.ensure(at.saturating_add(text.len()))?;
        Ok(self
            .window()
            .get(at..)
            .is_some_and(|rest| rest.starts_with(text)))
    }

    /// Whether a tag of that name opens or closes here: the name must not go on.
    fn is_tag(&mut self, at: usize, tag: &[u8]) -> io::Result<bool> {
        if !self.starts_with(at, tag)? {
            return Ok(false);
        }
        let after = at.saturating_add(tag.len());
        self.ensure(after.saturating_add(1))?;
        Ok(self
            .window()
            .get(after)
            .is_none_or(|byte| is_name_end(*byte)))
    }

    /// Drops everything up to and including the text; `false` when the file ends first.
    pub(super) fn skip_past(&mut self, text: &[u8]) -> io::Result<bool> {
        loop {
            if let Some(at) = memmem::find(self.window(), text) {
                self.advance(at.saturating_add(text.len()));
                return Ok(true);
            }
            let keep = text.len().saturating_sub(1);
            self.advance(self.window().len().saturating_sub(keep));
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// Where the tag at the start of the window ends, `>` included. A `<` before that, which
    /// even a quoted value may not hold, ends it too.
    pub(super) fn tag_end(&mut self) -> io::Result<Option<usize>> {
        let mut at = 1;
        let mut quote = None;
        loop {
            while let Some(byte) = self.window().get(at).copied() {
                match (byte, quote) {
                    (b'<', _) => return Ok(Some(at)),
                    (b'>', None) => return Ok(Some(at.saturating_add(1))),
                    (b'"' | b'\'', None) => quote = Some(byte),
                    (_, Some(open)) if open == byte => quote = None,
                    _ => {}
                }
                at = at.saturating_add(1);
            }
            if at > self.limit {
                return Ok(Some(at));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// The name of the tag at the start of the window, without a slash.
    pub(super) fn tag_name(&self) -> String {
        let bytes = self.window().get(1..).unwrap_or_default();
        let bytes = bytes.strip_prefix(b"/").unwrap_or(bytes);
        let end = bytes
            .iter()
            .take(256)
            .take_while(|byte| !is_name_end(**byte))
            .count();
        String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
    }

    /// Finds the next child of the channel.
    pub(super) fn next(&mut self) -> io::Result<Framed> {
        loop {
            let Some(at) = memchr(b'<', self.window()) else {
                self.advance(self.window().len());
                if self.fill()? {
                    continue;
                }
                return Ok(Framed::Broken(None));
            };
            self.advance(at);
            self.ensure(2)?;
            let start = self.position();
            let whole = match self.window().get(1).copied() {
                None => false,
                Some(b'!') if self.starts_with(0, b"<!--")? => self.skip_past(b"-->")?,
                Some(b'!') if self.starts_with(0, b"<![CDATA[")? => self.skip_past(b"]]>")?,
                Some(b'!') => return Ok(Framed::Declaration),
                Some(b'?') => self.skip_past(b"?>")?,
                Some(b'/') => {
                    let Some(end) = self.tag_end()? else {
                        return Ok(Framed::Broken(Some(start)));
                    };
                    if matches!(self.tag_name().as_str(), "channel" | "rss") {
                        return Ok(Framed::End);
                    }
                    self.advance(end);
                    true
                }
                Some(byte) if is_name_start(byte) => return self.element(start),
                Some(_) => {
                    self.advance(1);
                    true
                }
            };
            if !whole {
                return Ok(Framed::Broken(Some(start)));
            }
        }
    }

    fn element(&mut self, start: Position) -> io::Result<Framed> {
        let Some(tag) = self.tag_end()? else {
            return Ok(Framed::Broken(Some(start)));
        };
        let name = self.tag_name();
        let mut chunk = Chunk {
            start,
            len: tag,
            name,
            fault: None,
            hint: None,
        };
        if self
            .window()
            .get(..tag)
            .is_some_and(|tag| tag.ends_with(b"/>"))
        {
            return Ok(Framed::Chunk(chunk));
        }
        let mut scan = Scan {
            at: tag,
            too_large: false,
            hint: None,
        };
        let closing = [b"</", chunk.name.as_bytes()].concat();
        let Some(closed) = self.body(&mut scan, &closing)? else {
            return Ok(Framed::Broken(Some(start)));
        };
        chunk.len = scan.at;
        chunk.hint = scan.hint;
        if scan.too_large || chunk.len > self.limit {
            chunk.hint = chunk.hint.or_else(|| self.post_id(chunk.len));
            chunk.fault = Some(Fault::TooLarge);
        } else if !closed {
            chunk.fault = Some(Fault::Unterminated);
        }
        Ok(Framed::Chunk(chunk))
    }

    /// Moves the scan past the closing tag and says whether there was one; `None` when the file
    /// ends first.
    fn body(&mut self, scan: &mut Scan, closing: &[u8]) -> io::Result<Option<bool>> {
        loop {
            let Some(found) = self.rest(scan).and_then(|rest| memchr(b'<', rest)) else {
                scan.at = self.window().len();
                if self.more(scan)? {
                    continue;
                }
                return Ok(None);
            };
            scan.at = scan.at.saturating_add(found);
            self.ensure(scan.at.saturating_add(2))?;
            let next = self.window().get(scan.at.saturating_add(1)).copied();
            match next {
                Some(b'!') if self.starts_with(scan.at, b"<![CDATA[")? => {
                    scan.at = scan.at.saturating_add(9);
                    if !self.seek(scan, b"]]>")? {
                        return Ok(None);
                    }
                }
                Some(b'!') if self.starts_with(scan.at, b"<!--")? => {
                    let len = self.comment(scan.at)?;
                    scan.at = scan.at.saturating_add(len);
                }
                Some(b'/') if self.is_tag(scan.at, closing)? => {
                    if !self.seek(scan, b">")? {
                        return Ok(None);
                    }
                    return Ok(Some(true));
                }
                Some(b'/')
                    if self.is_tag(scan.at, b"</channel")? || self.is_tag(scan.at, b"</rss")? =>
                {
                    return Ok(Some(false));
                }
                // Items are never nested, so that another one begins means the end was forgotten.
                Some(b'i') if self.is_tag(scan.at, b"<item")? => return Ok(Some(false)),
                Some(_) => scan.at = scan.at.saturating_add(1),
                None => return Ok(None),
            }
        }
    }

    /// The length of the comment there, or of its opening only if that seems to lack an end.
    fn comment(&mut self, at: usize) -> io::Result<usize> {
        self.ensure(at.saturating_add(LONGEST_COMMENT))?;
        let end = at.saturating_add(LONGEST_COMMENT).min(self.window().len());
        let seen = self.window().get(at..end).unwrap_or_default();
        let comment = memmem::find(seen, b"-->").and_then(|end| seen.get(..end));
        Ok(match comment {
            Some(comment) if memmem::find(comment, b"</item").is_none() => {
                comment.len().saturating_add(3)
            }
            _ => 4,
        })
    }

    fn rest(&self, scan: &Scan) -> Option<&[u8]> {
        self.window().get(scan.at..)
    }

    /// Moves the scan past the text; `false` when the file ends first.
    fn seek(&mut self, scan: &mut Scan, text: &[u8]) -> io::Result<bool> {
        loop {
            if let Some(at) = self.rest(scan).and_then(|rest| memmem::find(rest, text)) {
                scan.at = scan.at.saturating_add(at).saturating_add(text.len());
                return Ok(true);
            }
            let keep = text.len().saturating_sub(1);
            scan.at = scan.at.max(self.window().len().saturating_sub(keep));
            if !self.more(scan)? {
                return Ok(false);
            }
        }
    }

    fn more(&mut self, scan: &mut Scan) -> io::Result<bool> {
        if scan.at > self.limit && !scan.too_large {
            scan.too_large = true;
            scan.hint = self.post_id(scan.at);
        }
        if scan.too_large {
            self.advance(scan.at);
            scan.at = 0;
        }
        self.fill()
    }

    /// The post id in the first bytes of the window, found without parsing them.
    pub(super) fn post_id(&self, len: usize) -> Option<u64> {
        let bytes = self.window().get(..len).unwrap_or(self.window());
        let tag = b"post_id>";
        let value = bytes.get(memmem::find(bytes, tag)?.checked_add(tag.len())?..)?;
        let value = value.strip_prefix(b"<![CDATA[").unwrap_or(value);
        let digits = value
            .iter()
            .take(20)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        std::str::from_utf8(value.get(..digits)?).ok()?.parse().ok()
    }
}

fn is_name_end(byte: u8) -> bool {
    matches!(byte, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n' | b'<')
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b':' || byte >= 0x80
}

/// Widens a length.
pub(super) fn wide(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
