//! The lexical half of the check: tokens, brackets and positions.

use super::{Bound, Limits, Position, Violation, bounded};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// One of `! $ & ( ) : = @ [ ] { | }`.
    Punctuator(u8),
    /// `...`.
    Spread,
    /// A name or keyword.
    Name(&'a str),
    /// An integer literal.
    Int(&'a str),
    /// A float or a string, whose value does not matter here.
    Literal,
}

impl Kind<'_> {
    /// Whether it is a value by itself, and not the beginning, end or part of one.
    pub(super) fn is_value(self) -> bool {
        matches!(self, Self::Name(_) | Self::Int(_) | Self::Literal)
    }
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    /// What it is.
    pub(super) kind: Kind<'a>,
    /// Its offset in bytes.
    pub(super) start: usize,
    /// Its length in bytes.
    pub(super) bytes: usize,
}

/// The tokens of a document.
pub(super) struct Lexed<'a> {
    /// The tokens up to the end or the first lexical error.
    pub(super) tokens: Vec<Token<'a>>,
    /// Whether there was no such error and every bracket has its partner.
    pub(super) whole: bool,
    /// How many `@` there are.
    pub(super) directives: usize,
}

/// The line and column of an offset.
pub(super) fn position(document: &str, offset: usize) -> Position {
    let mut position = Position { line: 1, column: 1 };
    let mut after_return = false;
    for (at, character) in document.char_indices() {
        if at >= offset {
            break;
        }
        match character {
            // The second half of a CRLF ends no further line.
            '\n' if after_return => {}
            '\n' | '\r' => {
                position.line = position.line.saturating_add(1);
                position.column = 1;
            }
            _ => position.column = position.column.saturating_add(1),
        }
        after_return = character == '\r';
    }
    position
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_name_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// How many bytes from `start` on satisfy `test`.
fn run(bytes: &[u8], start: usize, test: impl Fn(u8) -> bool) -> usize {
    bytes
        .get(start..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| test(**byte))
        .count()
}

/// The length of the string at `start`, or `None` if it does not end.
fn string(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    if rest.starts_with(b"\"\"\"") {
        let mut at = 3;
        loop {
            let tail = rest.get(at..)?;
            if tail.starts_with(b"\"\"\"") {
                return Some(at.saturating_add(3));
            }
            if tail.starts_with(b"\\\"\"\"") {
                at = at.saturating_add(4);
            } else if tail.is_empty() {
                return None;
            } else {
                at = at.saturating_add(1);
            }
        }
    }
    let mut at = 1;
    loop {
        match rest.get(at)? {
            b'"' => return Some(at.saturating_add(1)),
            b'\n' | b'\r' => return None,
            b'\\' => {
                if matches!(rest.get(at.saturating_add(1))?, b'\n' | b'\r') {
                    return None;
                }
                at = at.saturating_add(2);
            }
            _ => at = at.saturating_add(1),
        }
    }
}

/// The length of the number at `start` and whether it is an integer.
fn number(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    let mut at = start;
    if bytes.get(at) == Some(&b'-') {
        at = at.saturating_add(1);
    }
    let digits = run(bytes, at, |byte| byte.is_ascii_digit());
    if digits == 0 || (digits > 1 && bytes.get(at) == Some(&b'0')) {
        return None;
    }
    at = at.saturating_add(digits);
    let mut integer = true;
    if bytes.get(at) == Some(&b'.') {
        let digits = run(bytes, at.saturating_add(1), |byte| byte.is_ascii_digit());
        if digits == 0 {
            return None;
        }
        integer = false;
        at = at.saturating_add(1).saturating_add(digits);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at = at.saturating_add(1);
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at = at.saturating_add(1);
        }
        let digits = run(bytes, at, |byte| byte.is_ascii_digit());
        if digits == 0 {
            return None;
        }
        integer = false;
        at = at.saturating_add(digits);
    }
    // The library would read `1first` differently than the specification does.
    if bytes
        .get(at)
        .is_some_and(|byte| is_name_start(*byte) || *byte == b'.')
    {
        return None;
    }
    Some((at.saturating_sub(start), integer))
}

/// Reads one token, or `None` where none can start.
fn token(document: &str, start: usize) -> Option<Token<'_>> {
    let bytes = document.as_bytes();
    let text = |length: usize| document.get(start..start.saturating_add(length));
    let (kind, length) = match *bytes.get(start)? {
        byte @ (b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{'
        | b'|' | b'}') => (Kind::Punctuator(byte), 1),
        b'.' if text(3) == Some("...") => (Kind::Spread, 3),
        b'"' => (Kind::Literal, string(bytes, start)?),
        byte if is_name_start(byte) => {
            let length = run(bytes, start, is_name_part);
            (Kind::Name(text(length)?), length)
        }
        b'-' | b'0'..=b'9' => match number(bytes, start)? {
            (length, true) => (Kind::Int(text(length)?), length),
            (length, false) => (Kind::Literal, length),
        },
        _ => return None,
    };
    Some(Token {
        kind,
        start,
        bytes: length,
    })
}

/// The length of what is ignored at `start`: white space, commas, byte order
/// marks and comments.
fn ignored(bytes: &[u8], start: usize) -> usize {
    match bytes.get(start) {
        Some(b' ' | b'\t' | b',' | b'\n' | b'\r') => 1,
        Some(b'#') => run(bytes, start, |byte| byte != b'\n' && byte != b'\r'),
        Some(0xEF)
            if bytes.get(start..start.saturating_add(3)) == Some(&[0xEF, 0xBB, 0xBF][..]) =>
        {
            3
        }
        _ => 0,
    }
}

/// The bracket that closes `open`, if that opens one.
fn partner(open: u8) -> Option<u8> {
    match open {
        b'(' => Some(b')'),
        b'[' => Some(b']'),
        b'{' => Some(b'}'),
        _ => None,
    }
}

/// Reads the tokens of a document and bounds what the parser recurses on. Adds bytes read and
/// tokens made to `steps`.
pub(super) fn read<'a>(
    document: &'a str,
    limits: &Limits,
    steps: &mut usize,
) -> Result<Lexed<'a>, Violation> {
    let bytes = document.as_bytes();
    let mut lexed = Lexed {
        tokens: Vec::new(),
        whole: true,
        directives: 0,
    };
    let mut open: Vec<u8> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let skipped = ignored(bytes, at);
        if skipped > 0 {
            *steps = steps.saturating_add(skipped);
            at = at.saturating_add(skipped);
            continue;
        }
        let Some(token) = token(document, at) else {
            lexed.whole = false;
            // A string may have been read to the end of the document, and its brackets are counted.
            *steps = steps.saturating_add(2_usize.saturating_mul(bytes.len().saturating_sub(at)));
            refuse_deep_remains(document, at, open.len(), limits)?;
            break;
        };
        *steps = steps.saturating_add(token.bytes).saturating_add(1);
        match token.kind {
            Kind::Punctuator(b'@') => {
                lexed.directives = lexed.directives.saturating_add(1);
                bounded(Bound::Directives, limits.max_directives, lexed.directives)
                    .map_err(|violation| violation.at(document, at))?;
            }
            Kind::Punctuator(byte) => {
                if let Some(close) = partner(byte) {
                    open.push(close);
                    bounded(Bound::Nesting, limits.max_nesting, open.len())
                        .map_err(|violation| violation.at(document, at))?;
                } else if matches!(byte, b')' | b']' | b'}') {
                    if open.last() == Some(&byte) {
                        open.pop();
                    } else {
                        lexed.whole = false;
                    }
                }
            }
            Kind::Name(_) => bounded(Bound::NameBytes, limits.max_name_bytes, token.bytes)
                .map_err(|violation| violation.at(document, at))?,
            Kind::Spread | Kind::Int(_) | Kind::Literal => {}
        }
        lexed.tokens.push(token);
        bounded(Bound::Tokens, limits.max_tokens, lexed.tokens.len())
            .map_err(|violation| violation.at(document, at))?;
        at = at.saturating_add(token.bytes);
    }
    lexed.whole &= open.is_empty();
    Ok(lexed)
}

/// Refuses a document whose lexical error hides brackets from this lexer.
///
/// After the error the parser may take text for brackets that is a string here,
/// so every opening bracket counts as if it were never closed.
fn refuse_deep_remains(
    document: &str,
    at: usize,
    open: usize,
    limits: &Limits,
) -> Result<(), Violation> {
    let hidden = document
        .as_bytes()
        .get(at..)
        .unwrap_or_default()
        .iter()
        .filter(|byte| partner(**byte).is_some())
        .count();
    if open.saturating_add(hidden) > limits.max_nesting {
        return Err(Violation::new(Bound::Syntax, 0, 1).at(document, at));
    }
    Ok(())
}
