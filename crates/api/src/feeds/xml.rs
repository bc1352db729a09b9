//! What every XML document of this folder needs.

use domain::{Error, Result};

/// Makes a text of what a writer wrote, without the characters that no XML 1.0 document may hold
/// (control characters, mostly). The libraries escape markup but let these through, and one of them
/// makes the whole feed unreadable; they can only come from texts, so dropping them here is enough.
pub(super) fn finish(bytes: Vec<u8>) -> Result<String> {
    let text = String::from_utf8(bytes).map_err(Error::internal)?;
    if text.chars().all(is_allowed) {
        Ok(text)
    } else {
        Ok(text.chars().filter(|&c| is_allowed(c)).collect())
    }
}

/// The production `Char` of XML 1.0.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_forbids_are_dropped_and_no_others() {
        let text = "a\u{0}b\u{8}\tc\n\u{b}\u{1f}d\u{7f}\u{fffe}\u{ffff}e\u{fffd}\u{200c}\u{202b}🐝";
        assert_eq!(
            finish(text.as_bytes().to_vec()).unwrap(),
            "ab\tc\nd\u{7f}e\u{fffd}\u{200c}\u{202b}🐝"
        );
    }
}
