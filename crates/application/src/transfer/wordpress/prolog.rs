//! Everything before the first child of `<channel>`: is this a WordPress export at all?

use std::io::Read;

use memchr::memmem;
use quick_xml::{
    events::{BytesStart, Event},
    name::{NamespaceResolver, PrefixDeclaration},
    reader::Reader,
};

use super::{
    error::ReadError,
    frame::Framer,
    items::Position,
    parse::{Ns, namespace},
};

/// How long a tag or comment before the channel may be.
const LONGEST: usize = 1024 * 1024;

/// What the prolog tells.
#[derive(Debug)]
pub(super) struct Prolog {
    pub(super) namespaces: NamespaceResolver,
    pub(super) generator: Option<String>,
    pub(super) channel: Position,
}

/// Reads up to and including the opening tag of the channel.
pub(super) fn read<R: Read>(framer: &mut Framer<R>) -> Result<Prolog, ReadError> {
    run(framer).map_err(|error| match error {
        Stop::Io(source) => ReadError::Io {
            position: framer.position(),
            source,
        },
        Stop::Read(error) => error,
    })
}

enum Stop {
    Io(std::io::Error),
    Read(ReadError),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

fn not_wxr(reason: impl Into<String>) -> Stop {
    Stop::Read(ReadError::NotWxr {
        reason: reason.into(),
    })
}

fn run<R: Read>(framer: &mut Framer<R>) -> Result<Prolog, Stop> {
    signature(framer)?;
    let mut namespaces = NamespaceResolver::default();
    let mut generator = None;
    let mut in_rss = false;
    let mut seen_markup = false;
    loop {
        skip_text(framer, seen_markup, in_rss)?;
        seen_markup = true;
        if framer.starts_with(0, b"<?")? {
            let markup = markup(framer, b"?>", in_rss)?;
            declaration(&markup, framer.position())?;
            framer.advance(markup.len());
        } else if framer.starts_with(0, b"<!--")? {
            let markup = markup(framer, b"-->", in_rss)?;
            generator = generator.or_else(|| generator_of(&markup));
            framer.advance(markup.len());
        } else if framer.starts_with(0, b"<!")? {
            let markup = markup(framer, b">", in_rss)?;
            doctype(&markup, framer.position())?;
            framer.advance(markup.len());
        } else {
            let position = framer.position();
            let Some(end) = framer.tag_end()? else {
                return Err(cut(framer, in_rss));
            };
            let tag = framer.window().get(..end).unwrap_or_default();
            let tag = String::from_utf8_lossy(tag).into_owned();
            let name = framer.tag_name();
            framer.advance(end);
            match (name.to_ascii_lowercase().as_str(), in_rss) {
                ("rss", false) => in_rss = true,
                ("channel", true) => {
                    declare(&mut namespaces, &tag)?;
                    if !speaks_wordpress(&namespaces) {
                        return Err(not_wxr(
                            "it is an RSS feed without the elements a WordPress export adds",
                        ));
                    }
                    return Ok(Prolog {
                        namespaces,
                        generator,
                        channel: position,
                    });
                }
                ("html" | "head" | "body", _) => return Err(not_wxr("it is an HTML page")),
                (_, false) => {
                    return Err(not_wxr(format!("its root element is <{name}>, not <rss>")));
                }
                (_, true) => {
                    return Err(not_wxr(format!(
                        "<rss> begins with <{name}>, not <channel>"
                    )));
                }
            }
            declare(&mut namespaces, &tag)?;
        }
    }
}

/// Recognises by their first bytes the things people choose by mistake.
fn signature<R: Read>(framer: &mut Framer<R>) -> Result<(), Stop> {
    framer.ensure(512)?;
    let window = framer.window();
    let other_encoding = window.starts_with(&[0xff, 0xfe])
        || window.starts_with(&[0xfe, 0xff])
        || window.starts_with(b"<\0")
        || window.starts_with(b"\0<")
        || window.starts_with(b"\0\0");
    if other_encoding {
        return Err(Stop::Read(ReadError::Encoding {
            position: framer.position(),
            reason: "the file is in UTF-16 or UTF-32; save it as UTF-8".to_owned(),
        }));
    }
    if window.starts_with(&[0x1f, 0x8b]) || window.starts_with(b"BZh") {
        return Err(not_wxr("it is compressed; unpack it first"));
    }
    if window.starts_with(b"PK\x03\x04") {
        return Err(not_wxr("it is a ZIP archive; unpack it first"));
    }
    let bom: &[u8] = b"\xef\xbb\xbf";
    if window.starts_with(bom) {
        framer.advance(bom.len());
    }
    Ok(())
}

/// Passes white space; anything else between the tags up here means this is not XML.
fn skip_text<R: Read>(framer: &mut Framer<R>, seen_markup: bool, in_rss: bool) -> Result<(), Stop> {
    loop {
        let window = framer.window();
        let blank = window
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        framer.advance(blank);
        match framer.window().first() {
            Some(b'<') => return Ok(()),
            Some(b'{') if !seen_markup => return Err(not_wxr("it looks like JSON")),
            Some(_) => return Err(not_wxr("it is no XML file")),
            None => {
                if !framer.fill()? {
                    return Err(cut(framer, in_rss || seen_markup));
                }
            }
        }
    }
}

/// The markup at the start of the window, up to and including its end.
fn markup<R: Read>(framer: &mut Framer<R>, end: &[u8], in_rss: bool) -> Result<Vec<u8>, Stop> {
    let mut searched = 0;
    loop {
        let rest = framer.window().get(searched..).unwrap_or_default();
        if let Some(at) = memmem::find(rest, end) {
            let len = searched.saturating_add(at).saturating_add(end.len());
            return Ok(framer.window().get(..len).unwrap_or_default().to_vec());
        }
        let len = framer.window().len();
        if len > LONGEST {
            return Err(not_wxr(
                "it begins with a comment or declaration of enormous length",
            ));
        }
        searched = len.saturating_sub(end.len());
        if !framer.fill()? {
            framer.advance(len);
            return Err(cut(framer, in_rss));
        }
    }
}

fn cut<R: Read>(framer: &Framer<R>, something: bool) -> Stop {
    if something {
        let position = framer.position_of(framer.window().len());
        Stop::Read(ReadError::Truncated {
            position,
            unfinished: None,
        })
    } else if framer.position().byte_offset == 0 && framer.window().is_empty() {
        not_wxr("the file is empty")
    } else {
        not_wxr("it holds no XML element")
    }
}

/// The encoding an XML declaration names must be the one we read.
fn declaration(markup: &[u8], position: Position) -> Result<(), Stop> {
    let text = String::from_utf8_lossy(markup);
    let Some((_, rest)) = text
        .split_once("encoding")
        .filter(|_| text.starts_with("<?xml"))
    else {
        return Ok(());
    };
    let value = rest.trim_start().trim_start_matches('=').trim_start();
    let name: String = value
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    // Plain ASCII is UTF-8 as well.
    if matches!(
        name.to_ascii_lowercase().as_str(),
        "" | "utf-8" | "utf8" | "us-ascii" | "ascii"
    ) {
        return Ok(());
    }
    let reason = format!("the file is declared to be in {name}; save it as UTF-8");
    Err(Stop::Read(ReadError::Encoding { position, reason }))
}

/// Only the bare `<!DOCTYPE rss>` is harmless. Nothing is ever fetched or expanded here, but a file
/// that asks for it was not written by WordPress.
fn doctype(markup: &[u8], position: Position) -> Result<(), Stop> {
    let text = String::from_utf8_lossy(markup).to_ascii_lowercase();
    let inner = text.trim_start_matches("<!").trim_end_matches('>');
    let mut words = inner.split_ascii_whitespace();
    let (keyword, root) = (words.next(), words.next());
    if keyword == Some("doctype") && root.is_some_and(|root| root == "html") {
        return Err(not_wxr("it is an HTML page"));
    }
    if keyword == Some("doctype") && root == Some("rss") && words.next().is_none() {
        return Ok(());
    }
    let reason = "a document type with declarations or an external address is not accepted";
    Err(Stop::Read(ReadError::Refused {
        position,
        reason: reason.to_owned(),
    }))
}

/// WordPress writes `<!-- generator="WordPress/6.5" created="…" -->`.
fn generator_of(markup: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(markup);
    let (_, rest) = text.split_once("generator=\"")?;
    let (value, _) = rest.split_once('"')?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Takes up the namespaces a start tag declares.
fn declare(namespaces: &mut NamespaceResolver, tag: &str) -> Result<(), Stop> {
    let mut reader = Reader::from_str(tag);
    reader.config_mut().check_end_names = false;
    let pushed = match reader.read_event() {
        Ok(Event::Start(start) | Event::Empty(start)) => push(namespaces, &start),
        Ok(_) => Err("no opening tag".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    pushed.map_err(|reason| not_wxr(format!("a tag at its beginning is broken: {reason}")))
}

fn push(namespaces: &mut NamespaceResolver, start: &BytesStart<'_>) -> Result<(), String> {
    namespaces.push(start).map_err(|error| error.to_string())
}

fn speaks_wordpress(namespaces: &NamespaceResolver) -> bool {
    namespaces.bindings().any(|(prefix, uri)| {
        matches!(prefix, PrefixDeclaration::Named(_)) && namespace(uri.as_ref()) == Ns::Wp
    })
}
