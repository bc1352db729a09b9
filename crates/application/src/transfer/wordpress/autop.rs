//! What WordPress does to classic content when it is shown: blank lines become paragraphs and
//! line ends become line breaks.
//!
//! WordPress does this with some forty regular expressions one after another. Here the text is cut
//! into atoms once, and the same rules decide about each; where WordPress leaves a paragraph open
//! or closes one that is not, the tags are balanced.

use super::{
    finish::is_marker,
    html::{Token, Tokens, is_block, lower},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Atom<'a> {
    Text(&'a str),
    /// A tag within a line, or a whole element that is not to be touched.
    Inline(&'a str),
    Comment(&'a str),
    Open(&'a str, Name),
    Close(&'a str, Name),
    /// A block-level element that is complete in itself.
    Solid(&'a str),
    Br,
    Newline,
    /// The border between two paragraphs.
    Border,
}

/// The few block-level elements with rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    P,
    Blockquote,
    Other,
}

impl Atom<'_> {
    fn is_gap(&self) -> bool {
        matches!(self, Self::Newline | Self::Border)
    }

    fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Newline | Self::Br | Self::Border => true,
            Self::Inline(_)
            | Self::Comment(_)
            | Self::Open(..)
            | Self::Close(..)
            | Self::Solid(_) => false,
        }
    }

    fn is_block(&self) -> bool {
        matches!(self, Self::Open(..) | Self::Close(..) | Self::Solid(_))
    }
}

/// Makes paragraphs and line breaks of the blank lines and line ends in classic content.
pub(super) fn autop(source: &str) -> String {
    let mut atoms = Atoms::default();
    let mut tokens = Tokens::new(source);
    loop {
        let start = tokens.at();
        let Some(token) = tokens.next() else { break };
        match token {
            Token::Text(text) => atoms.text(text),
            Token::Comment(raw) if is_marker(raw) == Some("nextpage") => atoms.solid(raw),
            Token::Comment(raw) => atoms.push(Atom::Comment(raw)),
            Token::Open { raw, name } => {
                let lowered = lower(name);
                let whole = match &*lowered {
                    "pre" | "script" | "style" | "svg" | "math" | "textarea" => {
                        tokens.take_element(name)
                    }
                    _ => None,
                };
                if whole.is_some() {
                    let element = source.get(start..tokens.at()).unwrap_or_default();
                    if matches!(&*lowered, "pre" | "script" | "style") {
                        atoms.solid(element);
                    } else {
                        atoms.push(Atom::Inline(element));
                    }
                } else {
                    atoms.open(raw, &lowered);
                }
            }
            Token::Close { raw, name } => atoms.close(raw, &lower(name)),
        }
    }
    let mut atoms = atoms.list;
    part_addresses(&mut atoms);
    let mut out = String::with_capacity(source.len().saturating_add(source.len() / 8));
    for paragraph in atoms.split(|atom| *atom == Atom::Border) {
        write(paragraph, &mut out);
    }
    out
}

#[derive(Debug, Default)]
struct Atoms<'a> {
    list: Vec<Atom<'a>>,
    /// White space that follows is dropped.
    eat: bool,
}

impl<'a> Atoms<'a> {
    fn push(&mut self, atom: Atom<'a>) {
        self.eat = false;
        self.list.push(atom);
    }

    fn text(&mut self, text: &'a str) {
        let mut rest = text;
        if self.eat {
            rest = rest.trim_start();
        }
        while !rest.is_empty() {
            let Some(at) = memchr::memchr(b'\n', rest.as_bytes()) else {
                self.push(Atom::Text(rest));
                return;
            };
            let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
            let before = before.trim_end();
            if !before.is_empty() {
                self.push(Atom::Text(before));
            }
            let next = after.trim_start();
            let gap = after.len().saturating_sub(next.len());
            let lines = after
                .bytes()
                .take(gap)
                .filter(|byte| *byte == b'\n')
                .count();
            if lines > 1 {
                self.border();
            } else {
                self.newline();
            }
            rest = next;
        }
    }

    fn newline(&mut self) {
        match self.list.last() {
            None | Some(Atom::Border) => {}
            // Nothing but white space lies between the two.
            Some(Atom::Newline) => self.border(),
            Some(_) => self.push(Atom::Newline),
        }
    }

    fn border(&mut self) {
        self.trim();
        if !self.list.is_empty() {
            self.push(Atom::Border);
        }
        self.eat = false;
    }

    /// Drops the line ends at the end.
    fn trim(&mut self) {
        while self.list.last().is_some_and(Atom::is_gap) {
            self.list.pop();
        }
    }

    fn line_break(&mut self) {
        let mut last = self
            .list
            .iter()
            .rev()
            .filter(|atom| **atom != Atom::Newline);
        match last.next() {
            // Two line breaks in a row are meant as the end of a paragraph.
            Some(Atom::Br) => {
                self.trim();
                self.list.pop();
                self.border();
            }
            None | Some(Atom::Border) => {}
            Some(_) => self.push(Atom::Br),
        }
    }

    fn solid(&mut self, raw: &'a str) {
        self.border();
        self.push(Atom::Solid(raw));
        self.border();
    }

    fn open(&mut self, raw: &'a str, name: &str) {
        match name {
            "br" => self.line_break(),
            "hr" => self.solid(raw),
            "figcaption" | "option" => {
                self.trim();
                let atom = if name == "option" {
                    Atom::Inline(raw)
                } else {
                    Atom::Open(raw, Name::Other)
                };
                self.push(atom);
            }
            "source" | "track" | "param" | "embed" => {
                self.trim();
                self.push(Atom::Inline(raw));
                self.eat = true;
            }
            "audio" | "video" | "object" => {
                self.push(Atom::Inline(raw));
                self.eat = true;
            }
            _ if is_block(name) => {
                self.border();
                self.push(Atom::Open(raw, kind(name)));
            }
            _ => self.push(Atom::Inline(raw)),
        }
    }

    fn close(&mut self, raw: &'a str, name: &str) {
        match name {
            "figcaption" | "option" => {
                let atom = if name == "option" {
                    Atom::Inline(raw)
                } else {
                    Atom::Close(raw, Name::Other)
                };
                self.push(atom);
                self.eat = true;
            }
            "audio" | "video" | "object" => {
                self.trim();
                self.push(Atom::Inline(raw));
            }
            // A browser takes a closing tag of a line break for a line break.
            "br" => self.line_break(),
            _ if is_block(name) => {
                self.push(Atom::Close(raw, kind(name)));
                self.border();
            }
            _ => self.push(Atom::Inline(raw)),
        }
    }
}

fn kind(name: &str) -> Name {
    match name {
        "p" => Name::P,
        "blockquote" => Name::Blockquote,
        _ => Name::Other,
    }
}

/// An address alone on its line becomes a paragraph of its own, for it may be something to embed.
fn part_addresses(atoms: &mut [Atom<'_>]) {
    let edge = |atom: Option<&Atom<'_>>| atom.is_none_or(Atom::is_gap);
    for at in 0..atoms.len() {
        let Some(Atom::Text(text)) = atoms.get(at) else {
            continue;
        };
        let before = at.checked_sub(1);
        let after = at.saturating_add(1);
        let alone = edge(before.and_then(|before| atoms.get(before))) && edge(atoms.get(after));
        if !alone || !is_address(text) {
            continue;
        }
        for border in before.into_iter().chain([after]) {
            if let Some(atom) = atoms.get_mut(border) {
                *atom = Atom::Border;
            }
        }
    }
}

fn is_address(text: &str) -> bool {
    let text = text.trim();
    (text.starts_with("http://") || text.starts_with("https://"))
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
}

/// Writes what lies between two borders, as a paragraph where it is one.
fn write(atoms: &[Atom<'_>], out: &mut String) {
    let first = atoms.iter().position(|atom| !atom.is_blank());
    let last = atoms.iter().rposition(|atom| !atom.is_blank());
    let (Some(first), Some(last)) = (first, last) else {
        return;
    };
    let atoms = atoms.get(first..=last).unwrap_or_default();
    if atoms
        .iter()
        .all(|atom| matches!(atom, Atom::Comment(_)) || atom.is_blank())
    {
        for atom in atoms {
            if let Atom::Comment(raw) = atom {
                out.push_str(raw);
            }
        }
        out.push('\n');
        return;
    }
    let mut open = false;
    if !atoms.first().is_some_and(Atom::is_block) {
        out.push_str("<p>");
        open = true;
    }
    let mut previous_block = true;
    let mut rest = atoms.iter().peekable();
    let mut index = 0_usize;
    while let Some(atom) = rest.next() {
        match atom {
            Atom::Text(text) | Atom::Inline(text) | Atom::Comment(text) | Atom::Solid(text) => {
                out.push_str(text);
            }
            Atom::Open(raw, name) => {
                out.push_str(raw);
                open = open || *name == Name::P;
                let more = rest.clone().any(|atom| !atom.is_blank());
                let next_block = rest.peek().is_some_and(|atom| atom.is_block());
                if index == 0 && *name == Name::Blockquote && more && !next_block {
                    out.push_str("<p>");
                    open = true;
                }
            }
            Atom::Close(raw, name) => {
                let orphan = *name == Name::P && !open;
                if open && *name != Name::P && !is_inner(raw) {
                    out.push_str("</p>");
                    open = false;
                }
                if *name == Name::P {
                    open = false;
                }
                if !orphan {
                    out.push_str(raw);
                }
            }
            Atom::Newline => {
                let next_block = rest.peek().is_some_and(|atom| atom.is_block());
                let next_break = rest.peek().is_some_and(|atom| **atom == Atom::Br);
                if !previous_block && !next_block && !next_break && !out.ends_with("<br />") {
                    out.push_str("<br />");
                }
                out.push('\n');
            }
            Atom::Br => {
                if !previous_block {
                    out.push_str("<br />");
                }
            }
            Atom::Border => {}
        }
        if !matches!(atom, Atom::Newline) {
            previous_block = atom.is_block();
        }
        index = index.saturating_add(1);
    }
    if open {
        out.push_str("</p>");
    }
    out.push('\n');
}

/// Whether the closing tag belongs to an element that may stand within a paragraph here.
fn is_inner(raw: &str) -> bool {
    raw.get(..12)
        .is_some_and(|head| head.eq_ignore_ascii_case("</figcaption"))
}
