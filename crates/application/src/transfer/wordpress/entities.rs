//! Entities and forbidden characters in text that was written by many hands.

use std::borrow::Cow;

use quick_xml::escape::resolve_html5_entity;

/// The longest name in the table of HTML, with room to spare.
const LONGEST_NAME: usize = 40;

/// What `&name;` or `&#number;` stands for; `None` when nobody defines it.
pub(crate) fn resolve(name: &str) -> Option<Cow<'static, str>> {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map(Cow::Borrowed);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    let character = char::from_u32(code)?;
    Some(Cow::Owned(character.to_string()))
}

/// Decodes the entities of HTML; those which nobody defines stay as they were written.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let window = after
            .as_bytes()
            .get(..LONGEST_NAME)
            .unwrap_or(after.as_bytes());
        let found = memchr::memchr(b';', window)
            .and_then(|end| Some((after.get(..end)?, after.get(end.saturating_add(1)..)?)));
        if let Some((value, tail)) = found.and_then(|(name, tail)| Some((resolve(name)?, tail))) {
            out.push_str(&value);
            rest = tail;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Escapes text for use in an attribute with double quotes, or between tags.
pub(crate) fn encode(text: &str) -> Cow<'_, str> {
    quick_xml::escape::escape(text)
}

/// Whether XML forbids the character.
fn is_forbidden(byte: u8) -> bool {
    byte < 0x20 && byte != b'\n' && byte != b'\t'
}

/// Appends text with the line ends of Unix and without the control characters XML forbids;
/// says whether there were any of those.
pub(crate) fn push_clean(out: &mut String, text: &str) -> bool {
    // Counting all of them instead of stopping at the first lets the compiler use wide registers.
    if text.bytes().filter(|byte| is_forbidden(*byte)).count() == 0 {
        out.push_str(text);
        return false;
    }
    let mut forbidden = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(character),
            '\0'..='\x1f' => forbidden = true,
            _ => out.push(character),
        }
    }
    forbidden
}
